"""The page of a whiteboard: one document that loads the built front end, from this server and nowhere else."""

import json
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from dashboard import files, theme
from dashboard.locales import CATALOGUE, LANGS, Lang, t
from dashboard.theme import Theme
from dashboard.whiteboard.settings import WhiteboardSettings
from ingest.settings import company

BUILT = Path(__file__).parent / "built"
FILES = files.BUILT.rstrip("/")
_ENTRY, _KEYS = "src/main.tsx", "whiteboard."

POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self' data: blob:",
        "worker-src 'self' blob:",
        "frame-src 'none'",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'self'",
    )
)
"""What the page may load: a script within a drawing, or a file of somebody else's, is not among it."""


@cache
def _entry(stamp: float) -> str:
    """What the page loads of the build of that time: styles, the script, and beside it all that this will ask for."""
    manifest = json.loads((BUILT / "manifest.json").read_text())
    row = manifest[_ENTRY]
    parts: dict[str, None] = {}
    waiting = [_ENTRY, *row.get("dynamicImports", ())]
    while waiting:
        if (name := waiting.pop()) not in parts:
            parts[name] = None
            waiting += manifest[name].get("imports", ())
    styles = dict.fromkeys(style for name in parts for style in manifest[name].get("css", ()))
    files = [manifest[name]["file"] for name in parts if name != _ENTRY]
    return (
        "".join(f'<link rel="stylesheet" href="{FILES}/{style}">' for style in styles)
        + "".join(f'<link rel="modulepreload" href="{FILES}/{file}">' for file in files)
        + f'<script type="module" src="{FILES}/{row["file"]}"></script>'
    )


def is_built() -> bool:
    """Whether `make` has built the front end."""
    return (BUILT / "manifest.json").is_file()


def texts(lang: Lang) -> dict[str, str]:
    """What the front end says, by the part of its key after "whiteboard."."""
    place = LANGS.index(lang)
    return {key.removeprefix(_KEYS): said[place] for key, said in CATALOGUE.items() if key.startswith(_KEYS)}


def document(boot: dict[str, Any], limits: WhiteboardSettings, lang: Lang, light: Theme) -> str:
    """The page that opens a board; `boot` is what the front end begins with."""
    said = {
        **boot,
        "lang": lang,
        "theme": light,
        "texts": texts(lang),
        "limits": limits.model_dump(include={"message_bytes", "image_bytes", "object_bytes", "board_bytes"}),
    }
    data = json.dumps(said, ensure_ascii=False).replace("<", "\\u003c")
    return _html(
        boot["title"],
        f'<script type="application/json" id="boot">{data}</script>{_entry((BUILT / "manifest.json").stat().st_mtime)}'
        '<link rel="stylesheet" href="/assets/form.css"><script src="/assets/form.js" defer></script>',
        '<div id="page--said" class="said" role="status"></div>'
        f'<div id="root"><p class="whiteboard-loading">{escape(t("whiteboard.loading", lang))}</p></div>',
        lang,
        light,
    )


def words(title: str, said: str, back: str, lang: Lang, light: Theme) -> str:
    """A page that says why there is no board."""
    link = f'<p><a href="{escape(back)}" target="_top">{escape(t("whiteboard.back", lang))}</a></p>'
    body = f'<main class="whiteboard-words"><h1>{escape(title)}</h1><p>{escape(said)}</p>{link}</main>'
    return _html(title, "", body, lang, light)


def _html(title: str, head: str, body: str, lang: Lang, light: Theme) -> str:
    tongue = "en" if lang == "en" else "zh-CN"
    style = (
        f"{theme.css()}body{{margin:0;background:var(--ob-page);color:var(--ob-ink);font:16px/1.5 var(--ob-font)}}"
        ".whiteboard-words{max-width:40em;margin:15vh auto;padding:0 24px}.whiteboard-words a{color:var(--ob-accent)}"
    )
    return (
        f'<!DOCTYPE html><html lang="{tongue}" data-theme="{light}" data-zone="{escape(str(company().zone))}"><head>'
        f'<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)} · oneboard</title><style>{style}</style>{head}</head><body>{body}</body></html>"
    )
