"""What every file says of itself: what it shows, as of when, who asked, and the link that shows it again."""

from collections.abc import Sequence

from dashboard import about, session
from dashboard.address import Address
from dashboard.board_state import BoardState
from dashboard.components.paging import ROWS, offset_of, rows_said
from dashboard.limits import credited_twice
from dashboard.locales import t
from dashboard.view_state import ViewState
from dashboard.words import clock, metric_name, period_name
from ingest.settings import company

Stamp = Sequence[tuple[str, str]]
"""Rows of (what, answer)."""

_NAMED = ("customer", "deal", "listing")
"""Fields of the state that are said as they are where the board has no better words for them."""
_SAID = frozenset({"metric", "period", "unit", "rep", "product", "versus", "units", "lang", "theme", "rejected"})


def stamp_of(board: BoardState, address: Address, page: str, link: str) -> Stamp:
    """`page` is what the page is called, `link` the address that shows it again."""
    state, lang = address.state, address.state.lang
    others = [
        (t(f"export.{name}", lang) if name in _NAMED else name, str(getattr(state, name)))
        for name, field in type(state).model_fields.items()
        if name not in _SAID and getattr(state, name) != field.default
    ]
    at = clock(board.now, company().zone, lang)
    return [
        ("oneboard", page),
        (t("board.scope", lang), about.scope_name(board, state)),
        (t("board.metric", lang), metric_name(state.metric, lang)),
        (t("board.period", lang), period_name(board.period, lang)),
        (t("board.versus", lang), t(f"board.versus_{state.versus}", lang)),
        *others,
        *_listed(board, state),
        (t("export.as_of", lang), f"{at} ({company().zone.key}, {board.now:%Y-%m-%d %H:%M:%S} UTC)"),
        (t("export.asked_by", lang), f"{session.name_of(board.viewer, lang)} ({board.viewer.person_id})"),
        (t("export.link", lang), link),
    ]


def _listed(board: BoardState, state: ViewState) -> Stamp:
    """Which rows of a list of customers or deals are in the file, where it is not all of them; of people what their sum
    holds."""
    frame = board.frame("list")
    total = int(frame["total"][0]) if len(frame) and "total" in frame.columns else 0
    if "total" not in frame.columns and (said := credited_twice(frame, board, state)):
        return [(t("board.people", state.lang), said)]
    if total <= ROWS:
        return ()
    said = rows_said(offset_of(state.page, total), ROWS, total, state.lang)
    return [(t("export.listing", state.lang), said)]
