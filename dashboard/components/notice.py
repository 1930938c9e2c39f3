"""The line under the header that says what is not as it should be; empty when all is well."""

from collections.abc import Sequence

from dash import html

from dashboard.components import Drawn


def draw(warnings: Sequence[str], *, is_unreachable: bool = False) -> Drawn:
    """One line a warning; unreachable also greys the page, whose last picture stays."""
    lines = [html.Div(["⚠ ", text], className="notice-line") for text in warnings]
    return {
        "notice--slot": {"children": lines},
        "board--frame": {"className": "frame is-stale" if is_unreachable else "frame"},
    }
