"""Where the rows that are shown stand among all, and the way to those before and after."""

from dash import html
from dash.development.base_component import Component

from dashboard import amounts
from dashboard.components.links import aria, link
from dashboard.locales import Lang, t
from dashboard.view_state import ViewState

ROWS = 200
"""On a page of a list."""


def offset_of(page: int, count: int, rows: int = ROWS) -> int:
    """The rows before a page of `count`; those before the last page, where there is no such page."""
    return min(page - 1, max(0, count - 1) // rows) * rows


def rows_said(offset: int, rows: int, count: int, lang: Lang) -> str:
    """ "201–400 of 6,155"."""
    first, last = offset + 1, min(count, offset + rows)
    return t("pipeline.rows", lang, **{name: amounts.count(n) for name, n in
                                       (("first", first), ("last", last), ("count", count))})  # fmt: skip


def paging(offset: int, rows: int, count: int, state: ViewState) -> Component:
    """From row `offset` on `rows` at a time of all `count`."""
    lang = state.lang
    number = offset // rows + 1
    last = (count - 1) // rows + 1
    said = rows_said(offset, rows, count, lang)

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
