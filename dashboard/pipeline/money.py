"""The cash beside the pipeline: what is due, overdue and paid."""

from dashboard import amounts
from dashboard.board_state import BoardState
from dashboard.components import Drawn, owed
from dashboard.components.panel import head
from dashboard.locales import t
from dashboard.pipeline.boxes import box, locked, lost, row_of, scope
from dashboard.view_state import ViewState


def draw_money(board: BoardState, state: ViewState) -> Drawn:
    """What is owed, and the cash."""
    if not board.is_allowed:
        return locked(board, state, "dues", is_first=False)
    cash = board.parts.get("cash")
    if cash is None:
        return lost(board, "cash", state, "dues")
    lang = state.lang
    title = t("pipeline.dues_title", lang)
    if cash.has_dues:
        late, old = owed.overdue(cash), owed.overdue(cash, "beyond")
        title = t("pipeline.dues_none", lang)
        if late:
            title = t("pipeline.dues", lang, overdue=amounts.short(late, lang), old=amounts.short(old, lang))
    how = [(t("board.how", lang), t("pipeline.how_dues", lang, basis=owed.basis(state))), *scope(board, state)]
    body = [owed.dues(cash, state), owed.money(cash, row_of(board.frame("collected")), state)]
    return box("dues", head(title, state, about=how), body)
