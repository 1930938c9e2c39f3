"""The line under the header that says what is not as it should be; empty when all is well."""

from collections.abc import Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashboard import plain
from dashboard.components import Drawn


def draw(
    warnings: Sequence[Any],
    *,
    past: Component | None = None,
    calls: Sequence[Component] = (),
    is_unreachable: bool = False,
) -> Drawn:
    """`past` says that the page is not of now, `calls` to which meetings its reader is called; one line a warning;
    unreachable also greys the page, whose last picture stays."""
    lines = [html.Div(["⚠ ", text], className="notice-line") for text in warnings]
    classes = ["frame", *(["is-stale"] if is_unreachable else []), *(["is-past"] if past else [])]
    return {
        "notice--slot": plain.says([*([past] if past else []), *calls, *lines]),
        "board--frame": {"className": " ".join(classes)},
    }
