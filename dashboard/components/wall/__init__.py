"""The parts of a wall: plain HTML, sized in the wall's own unit (1em is the smallest text that may be, 2.2 % of the
height), readable from five metres."""

from collections.abc import Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard.theme import SYMBOLS, State, state_of

Children = Sequence[Component | str]


def box(children: Any, name: str, **props: Any) -> Component:
    """A div of that class."""
    found: Component = html.Div(children, className=name, **props)
    return found


def span(children: Any, name: str = "", **props: Any) -> Component:
    """A span of that class."""
    found: Component = html.Span(children, className=name or None, **props)
    return found


def mark(pace: float | None) -> Component:
    """The state of a pace as its symbol."""
    return state_mark(state_of(pace))


def state_mark(state: State) -> Component:
    """A state as its symbol, in its colour."""
    return span(SYMBOLS[state], f"mark state-{state}")


def percent(part: float) -> str:
    """A share of the box around it, within it."""
    return f"{min(max(part, 0.0), 1.0):.2%}"


def scene(title: str, body: Children, note: Any = None) -> list[Component]:
    """What fills the stage: a title that says what it says, and the picture that shows it."""
    head = [html.H2(title), *([span(note, "wall-note")] if note else [])]
    return [box(head, "scene-head"), box(list(body), "scene-body")]
