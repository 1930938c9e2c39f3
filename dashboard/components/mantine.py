"""What Mantine's fields need around them, in the light of the page; only pages with such fields load its megabyte."""

from typing import Any

import dash_mantine_components as dmc
from dash import Input, Output, clientside_callback
from dash.development.base_component import Component

from dashboard import theme
from dashboard.view_state import ViewState

_ID = "mantine--provider"


def around(children: Any, state: ViewState) -> Component:
    """The provider, once on a page."""
    provider: Component = dmc.MantineProvider(children, id=_ID, theme=theme.mantine(), forceColorScheme=state.theme)
    return provider


clientside_callback(
    "search => new URLSearchParams(search).get('theme') === 'dark' ? 'dark' : 'light'",
    Output(_ID, "forceColorScheme"),
    Input("url", "search"),
)
