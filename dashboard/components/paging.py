"""Where the rows that are shown stand among all, and the way to those before and after."""

from dash import html
from dash.development.base_component import Component

from dashboard import amounts
from dashboard.components.links import aria, link
from dashboard.locales import t
from dashboard.view_state import ViewState

ROWS = 200
"""On a page of a list."""


def offset_of(page: int, count: int, rows: int = ROWS) -> int:
    """The rows before a page of `count`; those before the last page, where there is no such page."""
    return min(page - 1, max(0, count - 1) // rows) * rows


def paging(offset: int, rows: int, count: int, state: ViewState) -> Component:
    """From row `offset` on `rows` at a time of all `count`."""
    lang = state.lang
    number = offset // rows + 1
    last = (count - 1) // rows + 1
    said = t(
        "pipeline.rows",
        lang,
        first=amounts.count(offset + 1),
        last=amounts.count(min(count, offset + rows)),
        count=amounts.count(count),
    )

    def step(to: int, arrow: str, key: str) -> Component:
        if not 1 <= to <= last:
            return html.Span(arrow, className="step faint")
        return link(arrow, state.but(page=to), className="step", **aria(label=t(key, lang)))

    return html.Nav(
        [
            step(number - 1, "‹", "pipeline.before"),
            html.Span(said, className="num"),
            step(number + 1, "›", "pipeline.after"),
        ],
        className="paging",
    )
