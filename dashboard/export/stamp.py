"""What every file says of itself: what it shows, as of when, who asked, and the link that shows it again."""

from collections.abc import Sequence

from dashboard import about, session
from dashboard.address import Address
from dashboard.board_state import BoardState
from dashboard.locales import t
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
        (t("export.as_of", lang), f"{at} ({company().zone.key}, {board.now:%Y-%m-%d %H:%M:%S} UTC)"),
        (t("export.asked_by", lang), f"{session.name_of(board.viewer, lang)} ({board.viewer.person_id})"),
        (t("export.link", lang), link),
    ]
