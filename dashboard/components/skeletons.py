"""Shapes that keep the place of what is loading."""

from dash import html
from dash.development.base_component import Component


def line() -> Component:
    """A sentence to come."""
    return html.Div(html.Div(className="shape"), className="skeleton-line")


def tiles(count: int = 5) -> list[Component]:
    """Tiles to come."""
    return [html.Div(className="tile tile-empty") for _ in range(count)]
