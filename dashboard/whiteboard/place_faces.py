"""Tiles of a place: a figure, its days, the units below, in the metric and the period of the address."""

from collections.abc import Awaitable, Mapping
from dataclasses import replace
from typing import Any

import polars as pl

from dashboard import amounts
from dashboard.board_state import BoardState
from dashboard.locales import t
from dashboard.look import Look
from dashboard.theme import state_of
from dashboard.view_state import ViewState
from dashboard.whiteboard.face import Face, Row
from dashboard.whiteboard.kind import Answers, Kind, frozen, ranked, unit_of
from dashboard.words import called, metric_name, period_name
from warehouse.clock import adds_up
from warehouse.metrics import METRICS
from warehouse.pace import day_curve, headlines, standings


def _head(look: Look) -> Awaitable[pl.DataFrame]:
    return headlines(look.asked, look.viewer, metrics=(look.metric,), period=look.period, now=look.now, where=look.here)


def _place(board: BoardState, state: ViewState) -> str:
    lang = state.lang
    parts = []
    if board.rep:
        parts.append(called(board.rep, *board.rep_name, lang))
    elif board.path:
        parts.append(called(board.path[-1].id, board.path[-1].name, board.path[-1].name_en, lang))
    if board.product_path:
        parts.append(
            called(board.product_path[-1].id, board.product_path[-1].name, board.product_path[-1].name_en, lang)
        )
    return " × ".join(parts) or t("findings.company", lang)


def _title(board: BoardState, state: ViewState) -> str:
    return f"{metric_name(METRICS[state.metric].of or state.metric, state.lang)} · {_place(board, state)}"


def _foot(board: BoardState, state: ViewState) -> str:
    """The period; of a frozen tile also the instant it shows."""
    return " · ".join(part for part in (period_name(board.period, state.lang), frozen(state)) if part)


def _kpi_ask(look: Look) -> Mapping[str, Awaitable[Any]]:
    return {"head": _head(look)}


def _kpi(told: Answers, board: BoardState, state: ViewState) -> Face | None:
    row, lang = board.head, state.lang
    if not row:
        return None
    unit = unit_of(state)
    where = state_of(row["pace"])
    rows = [
        Row(t(f"findings.{key}", lang), amounts.of(row[key], unit, lang))
        for key in ("target", "expected")
        if row.get(key) is not None
    ]
    if row.get("landing") is not None:
        rows.append(Row(t("board.landing", lang), amounts.of(row["landing"], unit, lang)))
    said = t("board.vs_pace", lang, pace=amounts.pace(row["pace"])) if row["pace"] is not None else ""
    return Face(
        _title(board, state), amounts.of(row["actual"], unit, lang), where, said, tuple(rows), foot=_foot(board, state)
    )


def _curve_ask(look: Look) -> Mapping[str, Awaitable[Any]]:
    questions: dict[str, Awaitable[Any]] = {"head": _head(look)}
    if adds_up(look.metric):
        questions["curve"] = day_curve(look.asked, look.viewer, where=look.here, **look.when)
    return questions


def _curve(told: Answers, board: BoardState, state: ViewState) -> Face | None:
    days, figure = board.frame("curve"), _kpi(told, board, state)
    if figure is None or days.is_empty():
        return figure
    lines = tuple(tuple(days[name].cast(pl.Float64)) for name in ("actual", "expected", "last_year"))
    return replace(figure, lines=lines)


def _units_ask(look: Look) -> Mapping[str, Awaitable[Any]]:
    where = look.beside(look.here)
    return {"units": standings(look.asked, look.viewer, by=look.place.by, where=where, **look.when)}


def _units(told: Answers, board: BoardState, state: ViewState) -> Face | None:
    return Face(_title(board, state), rows=ranked(board.frame("units"), state), foot=_foot(board, state))


KINDS: Mapping[str, Kind] = {
    "kpi": Kind(_kpi_ask, _kpi),
    "curve": Kind(_curve_ask, _curve),
    "units": Kind(_units_ask, _units),
}
