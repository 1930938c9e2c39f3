"""What of the board can be taken along besides its grids: the numbers on top, products × units, and the days."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

import polars as pl

from dashboard import finding_tables
from dashboard.board_state import BoardState
from dashboard.components import grid, listing
from dashboard.components.cuts import CUTS, Cut
from dashboard.locales import t
from dashboard.table import Column, Kind, Table, Value, of_grid
from dashboard.tiling import tiles_of
from dashboard.view_state import ViewState
from dashboard.words import called, cut_name, labelled, metric_name
from warehouse.metrics import METRICS

_MEASURES: Sequence[tuple[str, Kind]] = (("actual", "money"), ("expected", "money"), ("target", "money"))
_DAYS: Sequence[tuple[str, Kind]] = (("actual", "money"), ("expected", "money"), ("last_year", "money"))


def tables(board: BoardState, state: ViewState) -> list[Table]:
    """The same numbers as on the screen, exact."""
    return [
        _headlines(board, state),
        _cells(board, state),
        _days(board, state),
        *(_cut(cut, board, state) for cut in CUTS),
        *_people(board, state),
        *finding_tables.tables(board, state),
    ]


def _columns(names: Iterable[tuple[str, Kind]], state: ViewState) -> list[Column]:
    return [Column(t(f"board.{name}", state.lang), kind) for name, kind in names]


def _headlines(board: BoardState, state: ViewState) -> Table:
    columns = [
        Column(t("board.metric", state.lang)),
        *_columns((*_MEASURES, ("pace", "pace"), ("yoy", "ratio")), state),
        Column(t("export.detail", state.lang)),
    ]
    rows = [
        (tile.name, tile.actual, tile.expected, tile.target, tile.pace, tile.yoy, tile.detail or None)
        for tile in tiles_of(board, state)
    ]
    return Table("tiles", t("export.numbers", state.lang), tuple(columns), tuple(rows))


def _names(frame: pl.DataFrame, state: ViewState) -> dict[str, str]:
    if frame.is_empty():
        return {}
    return {
        id: called(id, name, name_en, state.lang) for id, name, name_en in frame.select("id", "name", "name_en").rows()
    }


def _cells(board: BoardState, state: ViewState) -> Table:
    units, products = _names(board.frame("units"), state), _names(board.frame("products"), state)
    names: tuple[tuple[str, Kind], ...] = (("actual", "money"), ("expected", "money"), ("pace", "pace"))
    first = "unit" if board.by == "unit" else "rep"
    columns = (*_columns(((first, "text"), ("product", "text")), state), *_columns(names, state))
    cells = board.frame("cells")
    rows = (
        cells.filter(pl.col("unit_id").is_in(list(units)) & pl.col("product_id").is_in(list(products)))
        .sort("unit_id", "product_id")
        .iter_rows(named=True)
        if len(cells)
        else ()
    )
    title = t(f"board.heat_{'units' if board.by == 'unit' else 'reps'}", state.lang)
    return Table(
        "heat",
        title,
        columns,
        tuple(
            (units[row["unit_id"]], products[row["product_id"]], *(_value(row[name]) for name, _ in names))
            for row in rows
        ),
    )


def _days(board: BoardState, state: ViewState) -> Table:
    days = board.frame("curve")
    known = [(name, kind) for name, kind in _DAYS if name in days.columns]
    columns = (Column(t("export.day", state.lang)), *_columns(known, state))
    rows = tuple(
        (row["day"].isoformat(), *(_value(row[name]) for name, _ in known)) for row in days.iter_rows(named=True)
    )
    title = f"{metric_name(state.metric, state.lang)} · {t(f'board.curve_{board.period.kind}', state.lang)}"
    return Table("curve", title, columns, rows)


def _cut(cut: Cut, board: BoardState, state: ViewState) -> Table:
    metric, frame, lang = METRICS[METRICS[state.metric].of or state.metric], board.frame(cut), state.lang
    kind: Kind = "ratio" if metric.unit == "ratio" else "money"
    title = t(f"cuts.{cut}", lang)
    columns = (Column(title), Column(metric_name(metric.id, lang), kind))
    rows = frame.select(cut, pl.col(metric.id).cast(pl.Float64)).rows() if len(frame) else []
    named = sorted(((cut_name(cut, id, lang), value) for id, value in rows if value), key=lambda row: -row[1])
    return Table(f"cuts-{cut}", title, columns, tuple(named))


def _people(board: BoardState, state: ViewState) -> list[Table]:
    """All of them, of whom the screen has a page; of customers and deals there is no more than that page."""
    frame = board.frame("list")
    if listing.listing_of(state.but(rep=board.rep)) != "people" or frame.is_empty():
        return []
    named = labelled(frame, state.lang).with_columns(href=pl.lit(""))
    shown = grid.standings(named, state, first=t("board.rep", state.lang), has_manager=False)
    return [of_grid("list", t("board.people", state.lang), shown["columnDefs"], shown["rowData"])]


def _value(value: Any) -> Value:
    return float(value) if isinstance(value, Decimal) else value
