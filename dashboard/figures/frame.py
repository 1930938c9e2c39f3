"""What every chart has in common: the theme's layout, and a picture that stays where the reader put it."""

from functools import cache
from typing import Any

from dashboard import theme as looks
from dashboard.theme import Theme

CONFIG: Any = {
    "displayModeBar": False,
    "responsive": True,
    "showTips": False,
    "doubleClick": False,
    "scrollZoom": False,
}
"""Plotly's own settings of a chart: no toolbar, nothing loaded from elsewhere."""

NBSP = "\N{NO-BREAK SPACE}"


@cache
def _template(theme: Theme) -> dict[str, Any]:
    return dict(looks.template(theme).to_plotly_json())


def figure(traces: list[dict[str, Any]], theme: Theme, **layout: Any) -> dict[str, Any]:
    """A figure as plain JSON: Plotly checks it in the browser, here it would only cost time."""
    return {"data": traces, "layout": {"template": _template(theme), "uirevision": "fixed", "autosize": True, **layout}}
