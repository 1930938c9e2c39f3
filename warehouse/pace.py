"""How every node stands: actual against target, against the time gone, and against last year."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl

from ingest.calendar import Period, WorkingCalendar, business_day
from ingest.settings import company
from warehouse.client import AsyncWarehouse
from warehouse.curve import Curve, days_of, end_of_day, expected_share, learned, same_working_day
from warehouse.dimensions import EVERYWHERE, Where
from warehouse.metric_query import MetricQuery, measure
from warehouse.metrics import metric as metric_named
from warehouse.queries.calendar import working_calendar
from warehouse.standing import MONEY, SCHEMA, Against, derived
from warehouse.targets import Split, targets
from warehouse.tree import company_as_of
from warehouse.viewer import Viewer

LEARN_MONTHS = 12


@dataclass(frozen=True)
class _Time:
    """The period, the moment, and what the calendar and the past say of it."""

    period: Period
    now: datetime
    calendar: WorkingCalendar
    curve: Curve
    adds_up: bool

    @property
    def today(self) -> date:
        """The last business day of the period that counts: today, or its end when it is over."""
        return min(business_day(self.now, company().zone), self.period.end)

    def share(self, path: Sequence[str]) -> float | None:
        if not self.adds_up:
            return None
        return expected_share(self.curve, self.calendar, self.period, self.now, company().zone, path)

    def remaining(self, path: Sequence[str]) -> float:
        return self.calendar.remaining_weight(self.period.start, self.period.end, self.now, company().zone, path)

    def until(self, other: Period) -> date:
        return same_working_day(self.calendar, self.period, other, self.today)


async def _time(warehouse: AsyncWarehouse, metric: str, period: Period, now: datetime) -> _Time:
    """The shape of the month is the company's, whoever asks: it is shares, and no amounts."""
    adds_up = metric_named(metric).kind == "flow"
    first = Period.containing(period.start, "month").previous()
    months = [first]
    while len(months) < LEARN_MONTHS:
        months.append(months[-1].previous())
    if not adds_up:
        return _Time(period, now, await working_calendar(warehouse), Curve(), adds_up)
    by_day = MetricQuery((metric,), first.end, months[-1].start, ("day",))
    calendar, amounts = await asyncio.gather(working_calendar(warehouse), measure(warehouse, by_day, Viewer.system()))
    curve = learned({day: float(amount) for day, amount in amounts.iter_rows()}, months, calendar)
    return _Time(period, now, calendar, curve, adds_up)


@dataclass(frozen=True)
class _Amounts:
    """By id: the actual, its days, and the same of a year and of a period ago (None where the company has no past)."""

    actual: dict[str, Decimal | None]
    days: dict[str, dict[date, float]]
    last_year: dict[str, Decimal] | None
    previous: dict[str, Decimal] | None


def _by_id(frame: pl.DataFrame, dimension: str | None, metric: str) -> dict[str, Decimal | None]:
    ids = frame[dimension] if dimension else [""] * len(frame)
    return dict(zip(ids, frame[metric].cast(MONEY), strict=True))


async def _amounts(
    warehouse: AsyncWarehouse, viewer: Viewer, metric: str, time: _Time, dimension: str | None, where: Where
) -> _Amounts:
    by = (dimension,) if dimension else ()
    daily = time.adds_up and (dimension != "rep" or where.unit_id is not None)
    period = time.period
    asked = [MetricQuery((metric,), time.today, period.start, (*by, "day") if daily else by, where)]
    for other in (period.year_before(), period.previous()):
        asked.append(MetricQuery((metric,), time.until(other), other.start, by, where))
    now, *past = await asyncio.gather(*(measure(warehouse, query, viewer) for query in asked))
    days: dict[str, dict[date, float]] = {}
    actual: dict[str, Decimal | None]
    if daily:
        for row in now.iter_rows(named=True):
            days.setdefault(row[dimension] if dimension else "", {})[row["day"]] = float(row[metric])
        total = pl.col(metric).sum()
        summed = now.group_by(by).agg(total) if by else now.select(total)
        actual = _by_id(summed, dimension, metric)
    else:
        actual = _by_id(now, dimension, metric)
    before = [
        {key: value or Decimal(0) for key, value in _by_id(frame, dimension, metric).items()}
        if _has_past(frame, metric)
        else None
        for frame in past
    ]
    return _Amounts(actual, days, before[0], before[1])


def _has_past(frame: pl.DataFrame, metric: str) -> bool:
    return bool(frame.select((pl.col(metric).cast(pl.Float64) != 0).any()).item())


def _row(
    key: str, words: Mapping[str, str], path: Sequence[str], amounts: _Amounts, target: Decimal | None, time: _Time
) -> dict[str, Any]:
    against = Against(
        target,
        time.share(path),
        time.remaining(path),
        None if amounts.last_year is None else amounts.last_year.get(key, Decimal(0)),
        None if amounts.previous is None else amounts.previous.get(key, Decimal(0)),
    )
    by_day = amounts.days.get(key, {})
    shown = (days_of(replace(time.period, end=time.today))) if by_day else []
    nothing = Decimal(0) if time.adds_up else None
    return {
        "id": key,
        **words,
        **derived(amounts.actual.get(key, nothing), against),
        "spark": [by_day.get(day, 0.0) for day in shown],
    }


async def standings(
    warehouse: AsyncWarehouse,
    viewer: Viewer,
    *,
    metric: str = "bookings",
    period: Period,
    now: datetime,
    by: Split = "unit",
    where: Where = EVERYWHERE,
) -> pl.DataFrame:
    """One row a child of the node of `where` (a unit, a rep of it, or a product), those without a sale too.

    Columns of `warehouse.standing.SCHEMA`; worst gap first. QuestionError when the metric cannot be split so.
    """
    time = await _time(warehouse, metric, period, now)
    amounts, aims, org = await asyncio.gather(
        _amounts(warehouse, viewer, metric, time, by, where),
        targets(warehouse, viewer, metric=metric, period=period, by=by, where=where, as_of=time.today),
        company_as_of(warehouse, time.today),
    )
    aim = dict(aims.iter_rows())
    keys = set(amounts.actual) | set(org.listed(by, where, viewer))
    if by == "rep":
        keys |= aim.keys()
    rows = [_row(key, org.words(by, key), org.path_of(by, key, where), amounts, aim.get(key), time) for key in keys]
    frame = pl.DataFrame(rows, schema=SCHEMA, orient="row")
    return frame.sort("gap", "id", nulls_last=True)


async def headlines(
    warehouse: AsyncWarehouse,
    viewer: Viewer,
    *,
    metrics: tuple[str, ...],
    period: Period,
    now: datetime,
    where: Where = EVERYWHERE,
) -> pl.DataFrame:
    """One row a metric for the node of `where` itself: `metric`, the columns of `standings`, and `children_target`."""
    found = await asyncio.gather(
        *(headline(warehouse, viewer, metric=name, period=period, now=now, where=where) for name in metrics)
    )
    return pl.concat(
        frame.select(pl.lit(name).alias("metric"), pl.all()) for name, frame in zip(metrics, found, strict=True)
    )


async def headline(
    warehouse: AsyncWarehouse,
    viewer: Viewer,
    *,
    metric: str = "bookings",
    period: Period,
    now: datetime,
    where: Where = EVERYWHERE,
) -> pl.DataFrame:
    """Exactly one row: how the node of `where` stands, and `children_target`, what its direct children shall reach.

    `children_target` over `target` is the over-assignment factor (加码); null when no child has a target.
    """
    time = await _time(warehouse, metric, period, now)
    asked: dict[str, Any] = {"metric": metric, "period": period, "where": where, "as_of": time.today}
    amounts, own, below, org = await asyncio.gather(
        _amounts(warehouse, viewer, metric, time, None, where),
        targets(warehouse, viewer, **asked),
        targets(warehouse, viewer, by="unit", **asked),
        company_as_of(warehouse, time.today),
    )
    kind, key = org.node_of(where)
    target = own["target"][0] if len(own) else None
    row = _row("", org.words(kind, key), org.path_of(kind, key, where), amounts, target, time)
    children = set(org.listed("unit", where, viewer))
    aims: Iterable[Decimal] = [value for child, value in below.iter_rows() if child in children]
    frame = pl.DataFrame([row | {"id": key}], schema=SCHEMA, orient="row")
    return frame.with_columns(pl.lit(sum(aims) if aims else None, MONEY).alias("children_target"))


async def day_curve(
    warehouse: AsyncWarehouse,
    viewer: Viewer,
    *,
    metric: str = "bookings",
    period: Period,
    now: datetime,
    where: Where = EVERYWHERE,
) -> pl.DataFrame:
    """The period by day: day, weight, amount and actual (cumulative; null after today), expected, target, last_year.

    `expected` is the target times the share expected by the end of that day, `last_year` the cumulative amount of the
    year before by the same working day. QuestionError for what does not add up by day.
    """
    metric_by_day = MetricQuery((metric,), period.end, period.start, ("day",), where)
    before = period.year_before()
    time = await _time(warehouse, metric, period, now)
    rows, past, own, org = await asyncio.gather(
        measure(warehouse, metric_by_day, viewer),
        measure(warehouse, replace(metric_by_day, start=before.start, end=before.end), viewer),
        targets(warehouse, viewer, metric=metric, period=period, where=where, as_of=time.today),
        company_as_of(warehouse, time.today),
    )
    kind, key = org.node_of(where)
    path = org.path_of(kind, key, where)
    amounts, earlier = dict(rows.select("day", metric).iter_rows()), dict(past.select("day", metric).iter_rows())
    target = own["target"][0] if len(own) else None
    return _curve_frame(time, path, amounts, earlier, target)


def _curve_frame(
    time: _Time,
    path: Sequence[str],
    amounts: Mapping[date, Decimal],
    earlier: Mapping[date, Decimal],
    target: Decimal | None,
) -> pl.DataFrame:
    zone, period = company().zone, time.period
    found: list[dict[str, Any]] = []
    actual, last_year, reached = Decimal(0), Decimal(0), period.year_before().start
    for day in days_of(period):
        amount = Decimal(amounts.get(day, 0))
        actual += amount
        until = same_working_day(time.calendar, period, period.year_before(), day)
        while reached <= until:
            last_year += Decimal(earlier.get(reached, 0))
            reached += timedelta(days=1)
        share = expected_share(time.curve, time.calendar, period, end_of_day(day, zone), zone, path)
        over = day > time.today
        found.append(
            {
                "day": day,
                "weight": time.calendar.weight(day, path),
                "amount": None if over else amount,
                "actual": None if over else actual,
                "expected": None if target is None else float(target) * share,
                "target": target,
                "last_year": last_year if earlier else None,
            }
        )
    schema = {
        "day": pl.Date(), "weight": pl.Float64(), "amount": MONEY, "actual": MONEY, "expected": pl.Float64(),
        "target": MONEY, "last_year": MONEY,
    }  # fmt: skip
    return pl.DataFrame(found, schema=schema, orient="row")
