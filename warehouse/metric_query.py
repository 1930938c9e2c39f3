"""Ask the warehouse for metrics: what, split by what, where, when, and for whom. Ratios are made after the sums."""

import ast
import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, reduce
from typing import TypeVar

import polars as pl

from warehouse.answers import ORG, Reads, ask, held
from warehouse.client import AsyncWarehouse, Warehouse
from warehouse.dimensions import DIMENSIONS, EVERYWHERE, Where, dimension
from warehouse.measures import TABLES, DefinitionError, QuestionError, parsed
from warehouse.metrics import FEW, METRICS, Metric, measures_of, metric
from warehouse.pieces import Sums, sums
from warehouse.pipeline import WEIGHTED_BY, weighted, weights
from warehouse.queries.ranges import TREES, paths_of
from warehouse.question import Question
from warehouse.roots import Roots, roots_from, roots_on
from warehouse.selects import DayBasis, Statement
from warehouse.statements import statements
from warehouse.viewer import Viewer

NO_ROOTS = Roots()
T = TypeVar("T", pl.DataFrame, pl.LazyFrame)


@dataclass(frozen=True)
class MetricQuery:
    """`metrics` split `by` dimensions, narrowed by `where`.

    Flows, distinct counts and ratios count start ≤ day ≤ end (from the beginning without `start`), stocks day ≤ end.
    `day_basis` "entity_day" gives the restated view: changes on the day of the booking they belong to.
    """

    metrics: tuple[str, ...]
    end: date
    start: date | None = None
    by: tuple[str, ...] = ()
    where: Where = EVERYWHERE
    day_basis: DayBasis = "day"

    def __post_init__(self) -> None:
        if not self.metrics:
            raise QuestionError("a question needs at least one metric")
        for row in map(metric, self.metrics):
            if row.kind == "standing":
                raise QuestionError(f"{row.id} is asked of warehouse.pace (standings, headline), not as a MetricQuery")
        for name in self.by:
            dimension(name)

    @property
    def reads(self) -> list[Reads]:
        """The tables it is answered from, and the organisation."""
        found: list[Reads] = [ORG]
        for row in map(metric, self.metrics):
            start = None if row.kind in ("stock", "weighted") else self.start
            for table in {one.table for one in measures_of(row, METRICS)}:
                found.append(Reads(table, start, self.end) if self.day_basis == "day" else Reads(table))
        return found


def compiled(query: MetricQuery, viewer: Viewer, roots: Roots = NO_ROOTS) -> list[Statement]:
    """The statements of a query, in a fixed order; QuestionError when a metric cannot be asked so.

    Without `roots` they can be looked at, and not asked.
    """
    question = Question(query.by, query.where, query.start, query.end, query.day_basis, viewer, roots)
    return statements([metric(name) for name in query.metrics if metric(name).kind != "weighted"], question)


def combined(query: MetricQuery, parts: Sequence[Statement], frames: Sequence[pl.LazyFrame]) -> pl.DataFrame:
    """One frame of the statements' frames: outer-joined on the dimensions, the metrics computed, sorted.

    In one pass: frames are small, and each step of its own would wait for another thread.
    """
    named = [frame.rename(_names(part, query.by, frame)) for part, frame in zip(parts, frames, strict=True)]
    frame = _joined([_typed(frame, query.by) for frame in named], query.by)
    columns = [_column(metric(name)) for name in query.metrics if metric(name).kind != "weighted"]
    reasons = [_reason(metric(name)) for name in query.metrics if metric(name).kind == "ratio"]
    return _sorted(frame.select(*query.by, *columns, *reasons), query.by).collect()


async def measure(warehouse: AsyncWarehouse, query: MetricQuery, viewer: Viewer) -> pl.DataFrame:
    """The metrics of `query` as far as `viewer` may see them.

    One row a combination of the `by` columns (dates or strings), one row without `by`; a column a metric (money
    Decimal(38,4), counts Int64, ratios Float64 with null for none and `<id>_reason` "too_few" beside it).
    """
    key = ("measure", id(warehouse), query, viewer)
    return await held(key, query.reads, lambda: _measured(warehouse, query, viewer))


async def _measured(warehouse: AsyncWarehouse, query: MetricQuery, viewer: Viewer) -> pl.DataFrame:
    roots = await roots_on(warehouse, query.end)
    parts = compiled(query, viewer, roots)
    frames = await asyncio.gather(*(_ask(warehouse, part) for part in parts))
    found = combined(query, parts, frames)
    if "weighted_pipeline" in query.metrics:
        by_weight = _weighted_question(query)
        open_parts = compiled(by_weight, viewer, roots)
        shares = weights(query.end)
        answers = await asyncio.gather(*(_ask(warehouse, part) for part in (*open_parts, shares)))
        found = _with_weighted(query, found, combined(by_weight, open_parts, answers[:-1]), answers[-1].collect())
    return found


def measure_sync(warehouse: Warehouse, query: MetricQuery, viewer: Viewer) -> pl.DataFrame:
    """The same as `measure`, for code that may block."""
    roots = roots_from((warehouse.query(paths_of(tree)) for tree in TREES), query.end)
    parts = compiled(query, viewer, roots)
    found = combined(query, parts, [_ask_sync(warehouse, part) for part in parts])
    if "weighted_pipeline" in query.metrics:
        by_weight = _weighted_question(query)
        open_parts = compiled(by_weight, viewer, roots)
        opened = combined(by_weight, open_parts, [_ask_sync(warehouse, part) for part in open_parts])
        found = _with_weighted(query, found, opened, _ask_sync(warehouse, weights(query.end)).collect())
    return found


async def _ask(warehouse: AsyncWarehouse, part: Statement) -> pl.LazyFrame:
    if isinstance(part, Sums):
        return await sums(warehouse, part)
    return (await ask(warehouse, part.sql, part.parameters, part.reads, part.settings)).lazy()


def _ask_sync(warehouse: Warehouse, part: Statement) -> pl.LazyFrame:
    return warehouse.query(part.sql, part.parameters, part.settings).lazy()


def _weighted_question(query: MetricQuery) -> MetricQuery:
    by = query.by + tuple(name for name in WEIGHTED_BY if name not in query.by)
    return MetricQuery(("open_pipeline",), query.end, None, by, query.where, query.day_basis)


def _with_weighted(query: MetricQuery, found: pl.DataFrame, opened: pl.DataFrame, shares: pl.DataFrame) -> pl.DataFrame:
    columns = [name for metric_id in query.metrics for name in (metric_id, f"{metric_id}_reason")]
    frame = _joined([found.lazy(), weighted(opened, shares, query.by).lazy()], query.by).collect()
    return _sorted(frame.select(*query.by, *(name for name in columns if name in frame.columns)), query.by)


def _names(part: Statement, by: tuple[str, ...], frame: pl.LazyFrame) -> dict[str, str]:
    names = {f"by_{name}": name for name in by}
    sums = [name for name in frame.collect_schema() if name not in names]
    return names | dict(zip(sums, part.sums, strict=True))


def _typed(frame: pl.LazyFrame, by: tuple[str, ...]) -> pl.LazyFrame:
    return frame.with_columns(pl.col(name).cast(pl.Date if DIMENSIONS[name].is_date else pl.String) for name in by)


def _joined(frames: list[pl.LazyFrame], by: tuple[str, ...]) -> pl.LazyFrame:
    frames = frames or [pl.LazyFrame(schema=dict.fromkeys(by, pl.String))]
    if not by:
        return pl.concat(frames, how="horizontal")
    joined = reduce(lambda left, right: left.join(right, on=list(by), how="full", coalesce=True), frames)
    return joined.with_columns(pl.col(pl.Decimal, pl.Int64, pl.UInt64).fill_null(0))


def _sorted(frame: T, by: tuple[str, ...]) -> T:
    return frame.sort(by) if by else frame


def _column(row: Metric) -> pl.Expr:
    if row.kind == "distinct":
        return pl.col(f"distinct.{row.id}").cast(pl.Int64).alias(row.id)
    if row.kind != "ratio":
        return _linear(parsed(row.expression)).alias(row.id)
    value = _ratio(parsed(row.expression))
    value = pl.when(value.is_finite()).then(value)
    if row.enough:
        value = pl.when(_ratio(parsed(row.enough)) >= FEW).then(value)
    return value.alias(row.id)


def _reason(row: Metric) -> pl.Expr:
    few = _ratio(parsed(row.enough)) < FEW if row.enough else pl.lit(False)
    return pl.when(few).then(pl.lit("too_few")).otherwise(pl.lit(None, pl.String)).alias(f"{row.id}_reason")


def _linear(node: ast.expr) -> pl.Expr:
    match node:
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _linear(left) + _linear(right)
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            return _linear(left) - _linear(right)
        case ast.Attribute(value=ast.Name(id=table), attr=column):
            kind = pl.Decimal(38, 4) if TABLES[table].columns[column].startswith("Decimal") else pl.Int64
            return pl.col(f"{table}.{column}").cast(kind)
    raise DefinitionError(f"{ast.unparse(node)!r} does not add measures")


def _ratio(node: ast.expr) -> pl.Expr:
    match node:
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _ratio(left) + _ratio(right)
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            return _ratio(left) - _ratio(right)
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return _ratio(left) * _ratio(right)
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            return _ratio(left) / _ratio(right)
        case ast.Name(id=name):
            return _ratio(parsed(METRICS[name].expression))
    return _linear(node).cast(pl.Float64)


@lru_cache(maxsize=1_000)
def refusal(metric_id: str, by: tuple[str, ...] = (), where: Where = EVERYWHERE) -> QuestionError | None:
    """Why a metric cannot be asked so; None where it can. Nothing is asked for it."""
    row = metric(metric_id)
    asked = "open_pipeline" if row.kind == "weighted" else metric_id
    try:
        compiled(MetricQuery((asked,), date.max, None, by, where), Viewer.system())
    except QuestionError as error:
        return error
    return None
