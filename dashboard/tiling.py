"""The five tiles from what the board was told."""

from typing import Any

from dashboard import about, amounts
from dashboard.board_state import BoardState
from dashboard.components.tiles import Tile
from dashboard.locales import t
from dashboard.view_state import ViewState
from dashboard.words import metric_name
from warehouse.metrics import METRICS


def tiles_of(board: BoardState, state: ViewState) -> tuple[Tile, ...]:
    """One tile a row of the headlines, in their order."""
    return tuple(_tile(row, board, state) for row in board.frame("tiles").iter_rows(named=True))


def _tile(row: dict[str, Any], board: BoardState, state: ViewState) -> Tile:
    metric = METRICS[row["metric"]]
    details = {"open_pipeline": pipeline_detail, "win_rate": _wins_detail}
    return Tile(
        metric=metric.id,
        name=metric_name(metric.id, state.lang),
        unit=metric.unit,
        actual=_float(row["actual"]),
        target=_float(row["target"]),
        expected=row["expected"],
        pace=row["pace"],
        yoy=row["yoy"],
        spark=tuple(value for value in row["spark"] or () if value is not None),
        runs=metric.kind == "flow",
        note=t("board.too_few", state.lang),
        detail=details[metric.id](board, state) if metric.id in details else "",
        about=about.of_metric(metric.id, board, state),
    )


def _float(value: Any) -> float | None:
    return None if value is None else float(value)


def _only(board: BoardState, part: str, column: str) -> float | None:
    frame = board.frame(part)
    return _float(frame[column][0]) if len(frame) else None


def pipeline_detail(board: BoardState, state: ViewState) -> str:
    """What is due to close in the period, how often it covers what is still to be booked, and how often it should."""
    lang = state.lang
    closing = _only(board, "closing", "open_pipeline")
    if closing is None:
        return ""
    said: list[str] = []
    booked = next((row for row in board.frame("tiles").iter_rows(named=True) if row["metric"] == "bookings"), None)
    if booked and booked["target"]:
        left = float(booked["target"] - booked["actual"])
        said.append(t("board.met", lang) if left <= 0 else t("board.coverage", lang, factor=f"{closing / left:.1f}"))
        won = _only(board, "past_wins", "win_rate_amount")
        if won and left > 0:
            said.append(t("board.coverage_needed", lang, factor=f"{1 / won:.1f}"))
    return " · ".join(said) or t("board.closing", lang, amount=amounts.short(closing, lang))


def _wins_detail(board: BoardState, state: ViewState) -> str:
    won = _only(board, "past_wins", "win_rate_amount")
    return "" if won is None else t("board.past_wins", state.lang, share=amounts.share(won, state.lang))
