"""Links: every step through the board is a real one, so it can be shared, opened in a new tab and taken back.

`assets/navigate.js` follows an `<a href="?…">` without loading the page again.
"""

from collections.abc import Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from dashboard.view_state import ViewState


def aria(**says: str) -> dict[str, Any]:
    """What a reading program is told: `aria(label="…")` as props."""
    return {f"aria-{name}": text for name, text in says.items()}


def data(**says: str) -> dict[str, Any]:
    """What scripts and tests know a thing by: `data(bar="won")` as props."""
    return {f"data-{name}": text for name, text in says.items()}


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


def menu(shown: Any, groups: Sequence[tuple[str, Sequence[tuple[str, ViewState, bool]]]], label: str) -> Component:
    """A picker that opens a list of links, in groups: (heading, [(text, state, is on), …])."""
    items: list[Component] = []
    for heading, options in groups:
        items.append(dmc.MenuLabel(heading))
        items += [
            dmc.MenuItem(text, href=state.to_query(), className="menu-on" if on else "menu-off")
            for text, state, on in options
        ]
    picker: Component = dmc.Menu(
        [
            dmc.MenuTarget(
                html.Button([shown, html.Span("▾", className="picker-arrow")], className="picker", title=label)
            ),
            dmc.MenuDropdown(html.Div(items, className="menu-scroll")),
        ],
        position="bottom-end",
        shadow="md",
        transitionProps={"duration": 150},
    )
    return picker
