"""The tiles from what the board was told: the five numbers, and the metric that was chosen where it is none of them."""

from typing import Any

from dashboard import about, amounts
from dashboard.board_state import BoardState
from dashboard.components.tiles import Tile
from dashboard.limits import refused, stands_for
from dashboard.locales import t
from dashboard.view_state import ViewState
from dashboard.words import metric_name, period_name
from warehouse.metric_query import refusal
from warehouse.metrics import METRICS, Metric

TILE_METRICS = ("bookings", "revenue", "collections", "open_pipeline", "win_rate")


def shown_metrics(state: ViewState) -> tuple[str, ...]:
    """The metrics that have a tile, in their order."""
    return TILE_METRICS if state.metric in TILE_METRICS else (state.metric, *TILE_METRICS)


def tiles_of(board: BoardState, state: ViewState) -> tuple[Tile, ...]:
    """One tile a metric; what cannot be asked so says why."""
    rows = {row["metric"]: row for row in board.frame("tiles").iter_rows(named=True)}
    found: list[Tile] = []
    for metric in shown_metrics(state):
        if refused_tile := _refused(metric, board, state):
            found.append(refused_tile)
        elif row := rows.get(METRICS[metric].of or metric):
            found.append(_tile(metric, row, board, state))
    return tuple(found)


def _refused(metric: str, board: BoardState, state: ViewState) -> Tile | None:
    """The tile of a metric that the filters of the page cannot be applied to; None where they can."""
    fault = refusal(METRICS[metric].of or metric, (), board.where)
    if fault is None:
        return None
    said, hint = refused(metric, fault, state.lang), t("cuts.not_by_hint", state.lang)
    name = metric_name(metric, state.lang)
    about_it = about.of_metric(metric, board, state)
    return Tile(
        metric, name, METRICS[metric].unit, None, note=amounts.NOTHING, detail=f"{said}. {hint}", about=about_it
    )


def _standing(metric: str, row: dict[str, Any], board: BoardState, state: ViewState) -> Tile:
    """The tile of a standing: how a flow stands against its target, its pace or its last year."""
    value = _coverage(board) if metric == "coverage" else row[metric]
    return Tile(
        metric,
        metric_name(metric, state.lang),
        METRICS[metric].unit,
        None if metric in _FACTORS else _float(value),
        pace=row["pace"],
        runs=False,
        note=_FACTORS[metric].format(value) if metric in _FACTORS and value is not None else amounts.NOTHING,
        detail=stands_for(state) if value is not None else t(_MISSING.get(metric, "board.no_target"), state.lang),
        about=about.of_metric(metric, board, state),
    )


_FACTORS = {"pace": "{:.2f}", "coverage": "{:.1f}×"}
"""Standings that are told as a factor and not as a percentage."""
_MISSING = {"yoy": "cuts.no_value", "landing": "cuts.too_early", "coverage": "cuts.nothing_to_cover"}
"""What it means that a standing has no value; of the others, that there is no target."""


def _tile(id: str, row: dict[str, Any], board: BoardState, state: ViewState) -> Tile:
    metric = METRICS[id]
    if metric.of:
        return _standing(id, row, board, state)
    details = {"open_pipeline": pipeline_detail, "win_rate": _wins_detail}
    few = metric.unit == "ratio" and bool(metric.enough)
    return Tile(
        metric=metric.id,
        name=_name(metric, board, state),
        unit=metric.unit,
        actual=_float(row["actual"]),
        target=_float(row["target"]),
        expected=row["expected"],
        pace=row["pace"],
        change=_change(id, row, board, state),
        yoy=row["yoy"],
        spark=tuple(value for value in row["spark"] or () if value is not None),
        runs=metric.kind == "flow",
        note=t("board.too_few" if few else "cuts.no_value", state.lang),
        detail=details[metric.id](board, state) if metric.id in details else "",
        about=about.of_metric(metric.id, board, state),
    )


def _name(metric: Metric, board: BoardState, state: ViewState) -> str:
    """What the tile is called; of a ratio with the period, because other figures beside it are of other periods."""
    name = metric_name(metric.id, state.lang)
    return f"{name} · {period_name(board.period, state.lang)}" if metric.kind == "ratio" else name


def _change(metric: str, row: dict[str, Any], board: BoardState, state: ViewState) -> float | None:
    """How much more than what it is held against, as a share of it; None where there is nothing to hold it against."""
    other: float | None
    if state.versus == "baseline":
        whole = _only(board, f"baseline_{metric}", "baseline")
        other = None if whole is None or row["expected_share"] is None else whole * row["expected_share"]
    else:
        other = _float(row["previous" if state.versus == "last_period" else "last_year"])
    return None if row["actual"] is None or not other or other < 0 else float(row["actual"]) / other - 1


def _coverage(board: BoardState) -> float | None:
    """The open pipeline closing in the period over what is still missing; None where nothing is."""
    closing = _only(board, "closing", "open_pipeline")
    booked = next((row for row in board.frame("tiles").iter_rows(named=True) if row["metric"] == "bookings"), None)
    if closing is None or not booked or not booked["target"] or booked["target"] <= booked["actual"]:
        return None
    return closing / float(booked["target"] - booked["actual"])


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
