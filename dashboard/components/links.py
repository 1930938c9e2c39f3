"""Links: every step through the board is a real one, so it can be shared, opened in a new tab and taken back.

`assets/navigate.js` follows an `<a href="?…">` without loading the page again.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.locales import t
from dashboard.view_state import ViewState


def aria(**says: str) -> dict[str, Any]:
    """What a reading program is told: `aria(label="…")` as props."""
    return {f"aria-{name}": text for name, text in says.items()}


def data(**says: str) -> dict[str, Any]:
    """What scripts and styles of ours read off an element: `data(task_id="t-1")` as props."""
    return {f"data-{name.replace('_', '-')}": text for name, text in says.items()}


def link(children: Any, state: ViewState, *, className: str = "link", **props: Any) -> Component:
    """A link to `state`."""
    return html.A(children, href=state.to_query(), className=className, **props)


def switch(options: Sequence[tuple[str, ViewState, bool]], label: str) -> Component:
    """A few states side by side, of which one is on: (text, state, is on)."""
    return html.Div(
        [
            link(text, state, className="switch-on" if on else "switch-off", **(aria(current="true") if on else {}))
            for text, state, on in options
        ],
        className="switch",
        role="group",
        **aria(label=label),
    )


def choose(kind: str, text: str, values: Mapping[str, str], base: ViewState, state: ViewState) -> Component:
    """A button that asks for what no list can hold, a "range" of days or a "moment", and goes there from `base`.

    `values` are the fields asked for, with what they hold at first; `assets/choose.js` asks.
    """
    words = {f"data-word-{name}": t(f"cuts.{name}", state.lang) for name in (*values, "show", "cancel")}
    held = {f"data-{name}": value for name, value in values.items()}
    says: dict[str, Any] = {"data-choose": kind, "data-base": base.to_query(), **words, **held}
    return html.Button(html.Span("⋯"), className="choose", title=text, **aria(label=text), **says)


def menu(
    name: str,
    shown: Any,
    groups: Sequence[tuple[str, Sequence[tuple[str, ViewState | None, bool]]]],
    label: str,
) -> Component:
    """A picker that opens a list of links, in groups: (heading, [(text, state, is on), …]); no state, no link.

    The browser opens and shuts it; `assets/menu.js` puts it under its button and moves in it by the arrows.
    """
    id = f"menu--{name}"
    every = [option for _, options in groups for option in options]
    first = next((option for option in every if option[2]), every[0])
    lists = [
        html.Div(
            [html.Div(heading, className="menu-label"), *(_item(*option, option is first) for option in options)],
            role="group",
            **aria(label=heading),
        )
        for heading, options in groups
    ]
    opens = {**data(popovertarget=id), **aria(haspopup="menu", label=label)}
    arrow = html.Span("▾", className="picker-arrow", **aria(hidden="true"))
    return html.Span(
        [
            html.Button([shown, arrow], className="picker", title=label, **opens),
            html.Div(lists, id=id, className="menu", role="menu", **data(popover="auto"), **aria(label=label)),
        ]
    )


def _item(text: str, state: ViewState | None, on: bool, is_first: bool) -> Component:
    """`is_first` is where the keyboard enters the list."""
    if state is None:
        return html.Span(text, className="menu-none", role="menuitem", **aria(disabled="true"))
    more = aria(current="true") if on else {}
    return link(
        text, state, className="menu-on" if on else "menu-off", role="menuitem", tabIndex=0 if is_first else -1, **more
    )
