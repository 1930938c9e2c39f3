"""A page of its own beside the board: a heading and a few words, in the board's light and type."""

from dashboard import theme
from dashboard.locales import Lang

_STYLE = """
body{font:14px/1.5 system-ui,"Noto Sans SC",sans-serif;background:var(--ob-page);color:var(--ob-ink);max-width:44rem;
margin:2rem auto;padding:0 1rem}h1{font-size:20px}h2{font-size:14px;color:var(--ob-ink-2);margin:1.5rem 0 .5rem}
p{color:var(--ob-ink-2)}form{display:flex;flex-wrap:wrap;gap:8px}button{font:inherit;color:inherit;cursor:pointer;
background:var(--ob-surface);border:1px solid var(--ob-line);border-radius:8px;padding:8px 12px;min-height:40px}
button:hover,button:focus-visible{border-color:var(--ob-accent)}button[aria-current]{border:2px solid var(--ob-accent)}
input[type=search]{font:inherit;color:inherit;background:var(--ob-surface);border:1px solid var(--ob-line);
border-radius:8px;padding:8px 12px;min-height:40px;box-sizing:border-box;flex:1 1 14rem}
small{color:var(--ob-ink-2);margin-left:.5em}a{color:var(--ob-accent)}
"""


def small_page(inside: str, lang: Lang, dark: bool = False) -> str:
    """The whole document around `inside`, which is HTML."""
    light = "dark" if dark else "light"
    return (
        f"<!doctype html><html lang={'en' if lang == 'en' else 'zh-CN'} data-theme={light}><meta charset=utf-8>"
        f"<meta name=viewport content='width=device-width'><title>oneboard</title>"
        f"<style>{theme.css()}{_STYLE}</style><main>{inside}</main>"
    )
