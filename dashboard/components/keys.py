"""What the keys do: a page's own and those of every page, in a dialog that `?` opens (`assets/keys.js`)."""

from collections.abc import Mapping

from dash import html
from dash.development.base_component import Component

from dashboard import plain
from dashboard.components.links import aria, data
from dashboard.locales import Lang, t

Keys = Mapping[str, str]
"""Key → what it does, as a key of the locales."""
EVERYWHERE: Keys = {
    "/": "keys.find", "Ctrl K": "keys.find", "Tab": "keys.next", "Esc": "keys.close", "?": "keys.help",
}  # fmt: skip
IN_A_GRID: Keys = {"← ↑ ↓ →": "keys.cells", "Enter": "keys.follow"}


def button(lang: Lang, text: str = "?", className: str = "button") -> Component:
    """What opens the list for whoever does not know its key."""
    return html.Button(
        text, className=className, title=t("keys.title", lang), **data(keys="help"), **aria(haspopup="dialog")
    )


def layout(own: Keys, lang: Lang) -> Component:
    """The list, kept out of sight until it is asked for."""
    here = [html.H3(t("keys.here", lang), className="keys-of"), _listed(own, lang)] if own else []
    inside = [
        html.H2(t("keys.title", lang)),
        *here,
        html.H3(t("keys.everywhere", lang), className="keys-of"),
        _listed(EVERYWHERE, lang),
    ]
    return plain.shown(inside, id="keys--help", hidden=True)


def _listed(keys: Keys, lang: Lang) -> Component:
    rows = [html.Div([html.Dt(html.Kbd(key)), html.Dd(t(does, lang))]) for key, does in keys.items()]
    return html.Dl(rows, className="keys")
