"""What each figure says when asked "what is this?": definition, scope, time, and how to read it."""

from dashboard.board_state import BoardState
from dashboard.components.panel import About
from dashboard.locales import CATALOGUE, t
from dashboard.view_state import ViewState
from dashboard.words import called, metric_name, period_name
from warehouse.metrics import METRICS


def scope_name(board: BoardState, state: ViewState) -> str:
    """ "HQ ▸ East ▸ Hangzhou × VMS"."""
    steps = [called(node.id, node.name, node.name_en, state.lang) for node in board.path] or [
        t("board.top", state.lang)
    ]
    if board.rep:
        steps.append(called(board.rep, *board.rep_name, state.lang))
    product = [called(node.id, node.name, node.name_en, state.lang) for node in board.product_path[-1:]]
    return " × ".join([" ▸ ".join(steps), *product])


def definition(metric: str, state: ViewState) -> str:
    """The metric's definition in the viewer's language, where it is worded there."""
    key = f"metrics.{metric}"
    return t(key, state.lang) if key in CATALOGUE else METRICS[metric].description


def of_metric(metric: str, board: BoardState, state: ViewState, how: str | None = None) -> About:
    """The answers for a figure that shows `metric`; `how` is the key that says how to read it."""
    lang = state.lang
    rows = [
        (metric_name(metric, lang), definition(metric, state)),
        (t("board.scope", lang), scope_name(board, state)),
        (t("board.time", lang), period_name(board.period, lang)),
    ]
    return [(t("board.how", lang), t(how, lang)), *rows] if how else rows
