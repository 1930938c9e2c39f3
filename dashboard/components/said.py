"""A word about what somebody just did: it stands over the page for some seconds and goes by itself."""

import time

from dash import html
from dash.development.base_component import Component


def place(id: str) -> Component:
    """Where it is said."""
    return html.Div(id=id, className="said", role="status")


def said(text: str) -> Component | None:
    """The word; nothing for "". The same word said again is shown again."""
    return html.Span(text, key=str(time.time_ns())) if text else None
