"""What a check is read from in the warehouse: sales of the place and its peers, contacts, stages, next steps."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import polars as pl

from ingest.calendar import WorkingCalendar
from ingest.events import Sign, Slice, Task
from ingest.settings import company
from streams.effects.differences import Seen, off_by_days
from streams.effects.places import Touched, added_up, on_working_days, peers
from streams.effects.spans import Spans
from streams.organisation import org_at
from warehouse.answers import Reads, ask
from warehouse.client import AsyncWarehouse
from warehouse.dimensions import Where
from warehouse.metric_query import MetricQuery, measure
from warehouse.queries.funnel import cycle
from warehouse.queries.funnel import moved_on as stages_moved_on
from warehouse.queries.tending import tending
from warehouse.task_life import TaskCard
from warehouse.viewer import Viewer

USUAL_CYCLE_DAYS, FEWEST_DEALS, YEAR = 60, 30, timedelta(days=365)
"""How long a deal takes where too few were won to say, how many are few, and back to when they are looked at."""

_FOUND = """
SELECT DISTINCT newest.1, newest.2, newest.3 FROM (
    SELECT finding_id, max(changed_at) AS said_at, min(since) AS begun,
        argMax((unit_id, person_id, product_id, finding_state, JSONExtractInt(state, 'behind_count')),
            (version, offset)) AS newest
    FROM finding_events WHERE state != '' GROUP BY finding_id)
WHERE newest.5 = 0 AND newest.4 != 'retracted' AND begun < toDateTime64({end:Date} + 1, 3)
    AND (newest.4 = 'open' OR said_at >= toDateTime64({start:Date}, 6))
"""


async def cycle_of(warehouse: AsyncWarehouse, slice: Slice, day: date) -> int:
    """Working days from opening to winning in the slice, else in the company, by the year up to a day: the median."""
    for where in (where_of(slice), Where()):
        row = (await cycle(warehouse, Viewer.system(), start=day - YEAR, end=day, where=where)).row(0, named=True)
        if row["deals"] >= FEWEST_DEALS:
            return round(float(row["median"]) * 5 / 7)
    return round(USUAL_CYCLE_DAYS * 5 / 7)


def where_of(slice: Slice) -> Where:
    """A slice as what a question is narrowed to."""
    person = slice.person_id
    return Where(
        unit_id=None if person else slice.unit_id, rep_id=person, product_id=slice.product_id, segment=slice.segment,
        route=slice.route.value if slice.route else None,
    )  # fmt: skip


async def touched(warehouse: AsyncWarehouse, tasks: Iterable[TaskCard], own: Task, spans: Spans) -> Touched:
    """Where something was found, or an action carried out, in the days looked at, beside the task's own place."""
    values = {"start": spans.before_start, "end": spans.end}
    rows = await ask(warehouse, _FOUND, values, Reads("finding_events"))
    slices = [Slice(unit_id=unit or None, person_id=person or None, product_id=product or None)
              for unit, person, product in rows.iter_rows()]  # fmt: skip
    for card in tasks:
        done = card.task.done_on
        if card.task.expects and done and card.task.task_id != own.task_id and done >= spans.before_start:
            slices.append(card.task.expects.slice)
    people = {one.person_id for one in slices if one.person_id}
    units = {one.unit_id for one in slices if one.unit_id and not one.person_id}
    products = {one.product_id for one in slices if one.product_id and not (one.unit_id or one.person_id)}
    return Touched(units, products, people)


async def seen(
    warehouse: AsyncWarehouse, task: Task, among: Touched, spans: Spans, calendar: WorkingCalendar
) -> tuple[Seen | None, list[Seen], tuple[float, float]]:
    """What was sold a working day in the task's place, in each of its peers, and how many such days there are.

    The place is None where it has nothing that could be held against it.
    """
    assert task.expects
    slice, metric = task.expects.slice, task.expects.metric
    org = await org_at(warehouse, spans.end, spans.before_start)
    places = peers(slice, org, among, spans.before_start, spans.end)
    windows = (spans.usual, (spans.before_start, spans.before_end), (spans.start, spans.end))
    days = [calendar.working_days(*window) for window in windows]
    if places is None or not all(days):
        return None, [], (days[1], days[2])
    here = where_of(slice)
    rest = Where(product_id=here.product_id if places.grain != "leaf_product" else None, segment=here.segment,
                 route=here.route)  # fmt: skip
    queries = [MetricQuery((metric,), end, start, (places.grain,), rest) for start, end in windows]
    frames = await asyncio.gather(*(measure(warehouse, query, Viewer.system()) for query in queries))
    rates = [dict(frame.with_columns(pl.col(metric).cast(pl.Float64) / of).iter_rows()) for frame, of in
             zip(frames, days, strict=True)]  # fmt: skip
    treated, untouched = added_up(places, rates)
    if treated is None:
        return None, [], (days[1], days[2])
    off = [await _off(warehouse, metric, window, (here, rest), calendar) for window in windows[1:]]
    return replace(treated, off_before=off[0], off_after=off[1]), untouched, (days[1], days[2])


async def _off(
    warehouse: AsyncWarehouse, metric: str, window: tuple[date, date], of: tuple[Where, Where],
    calendar: WorkingCalendar,
) -> float:  # fmt: skip
    """How far the mean of a place's days in a window may be off, by the place itself and by everywhere."""
    start, end = window
    frames = await asyncio.gather(*(measure(warehouse, MetricQuery((metric,), end, start, ("day",), where),
                                            Viewer.system()) for where in of))  # fmt: skip
    own, every = ({day: float(value) for day, value in frame.iter_rows()} for frame in frames)
    return off_by_days(*on_working_days(own, every, window, calendar))


async def signs(warehouse: AsyncWarehouse, task: Task, spans: Spans) -> list[Sign]:
    """Contacts made, stages moved on, and the share of open deals with a next step to come, before and after."""
    assert task.expects
    windows = ((spans.before_start, spans.before_end), (spans.start, spans.end))
    slice = task.expects.slice
    who = Where(rep_id=slice.person_id, unit_id=None if slice.person_id else slice.unit_id)
    if task.opportunity_id:
        who = Where(opportunity_id=task.opportunity_id)
    deals = Where(opportunity_id=task.opportunity_id) if task.opportunity_id else where_of(slice)
    viewer = Viewer.system()
    met, moved, steps = await asyncio.gather(
        asyncio.gather(*(measure(warehouse, MetricQuery(("effective_contacts",), last, first, (), who), viewer)
                         for first, last in windows)),
        asyncio.gather(*(stages_moved_on(warehouse, viewer, start=first, end=last, where=deals)
                         for first, last in windows)),
        asyncio.gather(*(_next_steps(warehouse, task, slice, last) for _, last in windows)),
    )  # fmt: skip
    contacts = [float(frame["effective_contacts"][0] or 0) for frame in met]
    pairs: Sequence[tuple[str, Sequence[float | None]]] = (
        ("contact", contacts),
        ("stage", moved),
        ("next_step", steps),
    )
    return [Sign.model_validate({"name": name, "before": was, "after": now}) for name, (was, now) in pairs]


async def _next_steps(warehouse: AsyncWarehouse, task: Task, slice: Slice, day: date) -> float | None:
    """Of the deals open at the end of a day the share with a next step that is not past; None where no source tells."""
    open_deals = await tending(warehouse, datetime.combine(day, time(23, 59), company().zone))
    org = await org_at(warehouse, day, day)
    here = pl.lit(True)
    if task.opportunity_id:
        here = pl.col("id") == task.opportunity_id
    elif slice.person_id:
        here = pl.col("rep_id") == slice.person_id
    elif slice.unit_id:
        here = pl.col("office_id").is_in([id for id, node in org.units.items() if slice.unit_id in node.path])
    if slice.product_id and not task.opportunity_id:
        here &= pl.col("product_id").is_in([id for id, node in org.products.items() if slice.product_id in node.path])
    mine = open_deals.filter(here, pl.col("tells_next_steps"))
    if mine.is_empty():
        return None
    is_well = pl.col("has_next_step") & (pl.col("next_step_on").is_null() | (pl.col("next_step_on") >= day))
    return float(mine.select(is_well.mean()).item())
