"""Shapes that keep the place of what is loading."""

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component


def line() -> Component:
    """A sentence to come."""
    return html.Div(dmc.Skeleton(animate=False, h=20, w="60%", radius=8), className="skeleton-line")


def tiles(count: int = 5) -> list[Component]:
    """Tiles to come."""
    return [html.Div(dmc.Skeleton(animate=False, h=96, radius=8), className="tile tile-empty") for _ in range(count)]
