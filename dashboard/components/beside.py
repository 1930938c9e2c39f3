"""A whiteboard beside the page: the links that open one there, and its frame. On a phone it is a page of its own.

`assets/beside.js` opens and shuts it, and keeps it in the URL (`whiteboard=…`), so that back and share work.
"""

from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard import plain
from dashboard.components import Drawn
from dashboard.components.links import aria, data
from dashboard.locales import t
from dashboard.view_state import ViewState
from dashboard.whiteboard.addresses import LIST, address_at

HEAD = "beside--head"


def link(
    subject: str, meeting_id: str | None, state: ViewState, *, text: str = "whiteboard.open", className: str = "button",
    sign: str = "",
) -> Component:  # fmt: skip
    """Leads to the whiteboard of what people meet about. `text` is a key of the catalogue; with a `sign` that stands
    alone, and the text is what it is called."""
    own = ViewState(lang=state.lang, theme=state.theme, meeting=meeting_id).to_query().removesuffix("?")
    named: dict[str, Any] = aria(label=t(text, state.lang)) if sign else {}
    return html.A(
        html.Span(sign, **aria(hidden="true")) if sign else t(text, state.lang),
        href=address_at(subject) + own,
        title=t("whiteboard.open_title", state.lang),
        className=className,
        **data(beside="yes"),
        **named,
    )


def layout(state: ViewState) -> Component:
    """The frame, shut."""
    edge: dict[str, Any] = {"role": "separator", "tabIndex": 0}
    edge |= aria(orientation="vertical", label=t("whiteboard.width", state.lang), valuenow="62")
    return html.Aside(
        [
            html.Div(id="beside--edge", className="beside-edge", **edge),
            plain.place(HEAD, _head(state), html.Header, className="beside-head"),
            plain.place("beside--wait", t("whiteboard.loading", state.lang), html.P, className="beside-wait"),
            html.Div(id="beside--board", className="beside-board"),
        ],
        id="beside",
        className="beside",
        hidden=True,
        **aria(label=t("whiteboard.whiteboard", state.lang)),
    )


def draw(state: ViewState) -> Drawn:
    """Its buttons in the reader's language."""
    return {HEAD: plain.says(_head(state))}


def _head(state: ViewState) -> list[Component]:
    alone, shut = t("whiteboard.alone", state.lang), t("whiteboard.close", state.lang)
    return [
        html.Strong(t("whiteboard.whiteboard", state.lang)),
        html.A("⤢", href=LIST, title=alone, className="quiet", **data(alone="yes"), **aria(label=alone)),
        html.Button("×", title=shut, className="quiet", **data(shut="yes"), **aria(label=shut)),
    ]
