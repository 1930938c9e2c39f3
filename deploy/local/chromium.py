"""The browser of the tests: where it is, or one clear sentence.

`python -m deploy.local.chromium` prints its path, or the sentence and ends with code 1.
"""

import shutil
import sys
from itertools import chain
from pathlib import Path

from deploy.errors import CannotRun
from deploy.settings import LocalSettings, local

# Without a window Chromium takes half the time for a page.
_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_BUNDLES = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
_PLAYWRIGHT = ("~/.cache/ms-playwright", "~/Library/Caches/ms-playwright")
_IN_PLAYWRIGHT = ("chromium-*/chrome-linux*/chrome", "chromium-*/chrome-mac*/*.app/Contents/MacOS/*")


def find(settings: LocalSettings) -> Path | None:
    """The setting if there is one; else what PATH, macOS and Playwright's own cache have."""
    if settings.chromium:
        return settings.chromium if settings.chromium.exists() else None
    on_path = (Path(path) for name in _NAMES if (path := shutil.which(name)))
    bundles = (Path(path) for path in _BUNDLES if Path(path).exists())
    fetched = (
        path for folder in _PLAYWRIGHT for pattern in _IN_PLAYWRIGHT for path in Path(folder).expanduser().glob(pattern)
    )
    return next(chain(on_path, bundles, fetched), None)


def require(settings: LocalSettings) -> Path:
    """Where the browser is; `CannotRun` when there is none."""
    if found := find(settings):
        return found
    if settings.chromium:
        raise CannotRun(f"There is no browser at {settings.chromium}, where CHROMIUM points: correct it or unset it.")
    raise CannotRun(
        "The tests drive Chromium and there is none on this machine: install it (on Debian: apt-get install chromium), "
        "or set CHROMIUM to the path of a Chrome or Chromium."
    )


if __name__ == "__main__":
    try:
        print(require(local()))
    except CannotRun as problem:
        sys.exit(str(problem))
