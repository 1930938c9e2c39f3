"""The box every figure stands in: a title that can be asked "what is this?", tools, a body of fixed height."""

import json
from collections.abc import Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard import plain
from dashboard.components.links import aria
from dashboard.locales import Lang, t
from dashboard.view_state import ViewState

About = Sequence[tuple[str, str]]
"""Rows of "what is this?": (what, answer)."""


def panel(id: str, body: Any, state: ViewState) -> Component:
    """The empty box with its place kept; `<id>--head` and what is inside `body` are drawn later."""
    waiting = html.Span(t("board.loading", state.lang), className="faint")
    top = plain.place(f"{id}--head", waiting, html.Header, className="panel-head")
    return html.Section(
        [top, html.Div(body, className="panel-body")],
        id=f"{id}--panel",
        className=f"panel panel-{id}",
    )


def head(
    title: Any, state: ViewState, *, about: About = (), note: Any = None, tools: Sequence[Component] = ()
) -> list[Component]:
    """The inside of a box's header."""
    parts: list[Component] = [html.H2(title)]
    if about:
        parts.append(what_is_this(about, state))
    if note:
        parts.append(html.Span(note, className="panel-note", title=note if isinstance(note, str) else None))
    return [*parts, html.Div(list(tools), className="panel-tools")]


def what_is_this(about: About, state: ViewState, target: Component | None = None) -> Component:
    """A question mark (or `target`) that answers when pointed at or focused; `assets/about.js` shows the card."""
    answers: dict[str, Any] = {"data-about": json.dumps(list(about), ensure_ascii=False)}
    if target is not None:
        return html.Span(target, tabIndex=0, **answers)
    return html.Button("?", className="ask", **aria(label=t("board.what_is_this", state.lang)), **answers)


def scrolls(table: Any, className: str = "totals-scroll") -> Component:
    """A table in a box that scrolls aside where it is wider, by the keyboard too."""
    return html.Div(table, className=className, tabIndex=0)


def nothing(text: str, hint: str, symbol: str = "◌") -> Component:
    """An honest empty: what is not here, and what to do."""
    return html.Div(
        [html.Span(symbol, className="nothing-symbol"), html.Strong(text), html.Span(hint, className="faint")],
        className="nothing",
        role="status",
    )


def locked(text: str, hint: str) -> Component:
    """What somebody sees in the place of what they may not see."""
    return nothing(text, hint, "⊘")


def not_allowed(lang: Lang) -> Component:
    """The same of a place that is beyond a person's scope."""
    return locked(t("board.not_allowed", lang), t("board.not_allowed_hint", lang))


def skeleton(height: int | str, count: int = 1) -> Component:
    """A grey shape of the same size as what is coming."""
    tall = f"{height}px" if isinstance(height, int) else height
    return html.Div([html.Div(className="shape", style={"height": tall}) for _ in range(count)], className="skeleton")
