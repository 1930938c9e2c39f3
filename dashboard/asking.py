"""Asking the warehouse for everything the board shows, all questions at once; what fails leaves the rest standing."""

import asyncio
import logging
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Literal

import polars as pl

from dashboard.board_state import BoardState
from dashboard.cells import expected_cells, year_before
from dashboard.components import findings
from dashboard.components.listing import listing_of
from dashboard.connection import OnePicture
from dashboard.view_state import ViewState
from ingest.calendar import Period, business_day
from ingest.settings import company
from warehouse.client import AsyncWarehouse
from warehouse.dimensions import Where
from warehouse.errors import Transient, WarehouseError
from warehouse.measures import QuestionError
from warehouse.metric_query import MetricQuery, measure
from warehouse.metrics import METRICS
from warehouse.pace import day_curve, headline, headlines, standings
from warehouse.queries import org
from warehouse.queries.deals import deals, entity_history
from warehouse.queries.freshness import freshness
from warehouse.viewer import Viewer, in_scope

log = logging.getLogger(__name__)

TILE_METRICS = ("bookings", "revenue", "collections", "open_pipeline", "win_rate")
MOST_PEOPLE, MOST_DEALS = 200, 200


@dataclass(frozen=True)
class Place:
    """Where in the organisation and in the products a question is asked, names and children included."""

    day: date
    unit: str | None
    rep: str | None
    path: tuple[org.Node, ...]
    product_path: tuple[org.Node, ...]
    columns_of: str | None
    by: Literal["unit", "rep"]
    rep_name: tuple[str, str]
    offices: frozenset[str] | None
    is_allowed: bool

    @property
    def siblings(self) -> Where:
        """The rows of the page: what is below the unit, or beside the rep."""
        return Where(unit_id=self.unit)


async def _place(asked: AsyncWarehouse, viewer: Viewer, state: ViewState, day: date) -> Place:
    rep = state.rep or (viewer.person_id if viewer.only_own else None)
    unit = state.unit or viewer.home_unit
    person = await org.person(asked, rep, day) if rep else None
    if unit is None and person is not None:
        unit = person.unit_id or None
    units, products = await asyncio.gather(org.units_as_of(asked, day), org.products_as_of(asked, day))
    nodes = {row["id"]: row for row in units.iter_rows(named=True)}
    goods = {row["id"]: row for row in products.iter_rows(named=True)}
    path = _chain(nodes, unit)
    roots = [id for id, row in nodes.items() if len(row["path"]) == 1]
    if unit is None and len(roots) == 1:
        path = _chain(nodes, roots[0])
    allowed = (
        viewer.everything or unit is None or viewer.only_own or in_scope(viewer, [node.id for node in path] or [unit])
    )
    here = path[-1].id if path else None
    below = [row for row in nodes.values() if row["parent_id"] == (here or "") and not row["closed"]]
    product_path = _chain(goods, state.product)
    is_leaf = state.product is not None and not any(row["parent_id"] == state.product for row in goods.values())
    columns_of = product_path[-1].parent_id or None if is_leaf and product_path else state.product
    return Place(
        day=day,
        unit=unit,
        rep=rep,
        path=path,
        product_path=product_path,
        columns_of=columns_of,
        by="rep" if rep or not below else "unit",
        rep_name=(person.name, person.name_en) if person else (rep or "", ""),
        offices=None if here in (None, *roots) else frozenset(id for id, row in nodes.items() if here in row["path"]),
        is_allowed=allowed,
    )


def _chain(nodes: Mapping[str, Mapping[str, Any]], id: str | None) -> tuple[org.Node, ...]:
    row = nodes.get(id or "")
    if row is None:
        return ()
    fields = ("id", "name", "name_en", "tier", "parent_id", "manager_id")
    steps = [nodes[step] for step in row["path"] if step in nodes]
    return tuple(org.Node(**{name: step[name] for name in fields}, path=tuple(step["path"])) for step in steps)


async def _cells(
    asked: AsyncWarehouse, viewer: Viewer, state: ViewState, period: Period, place: Place, units: pl.DataFrame
) -> pl.DataFrame:
    """Products × rows of the page, each with what it should have by now."""
    names = (place.by, "product")
    where = Where(unit_id=place.unit, product_id=place.columns_of)
    now = MetricQuery((state.metric,), by=names, where=where, start=period.start, end=min(period.end, place.day))
    start, end = year_before(period.start)
    before = MetricQuery((state.metric,), by=names, where=where, start=start, end=end)
    is_flow = METRICS[state.metric].kind == "flow"
    actual, past = await asyncio.gather(
        measure(asked, now, viewer), measure(asked, before, viewer) if is_flow else _none()
    )
    tidy = {place.by: "unit_id", "product": "product_id", state.metric: "amount"}
    return expected_cells(actual.rename(tidy), past.rename(tidy) if len(past) else pl.DataFrame(), units)


async def _none() -> pl.DataFrame:
    return pl.DataFrame()


async def load(viewer: Viewer, state: ViewState, now: datetime | None = None) -> BoardState:
    """Everything `state` shows to `viewer`, as of `now`. Never raises for the warehouse's sake: the state says it."""
    now = now or datetime.now(UTC)
    today = business_day(now, company().zone)
    period = Period.parse(state.period) if state.period else Period.containing(today, "month")
    asked = OnePicture()
    try:
        place = await _place(asked, viewer, state, max(min(today, period.end), period.start))
        found = await _parts(asked, viewer, state, period, now, place) if place.is_allowed else {}
    except Transient as error:
        log.warning("the board cannot be asked for: %s", error)
        return BoardState(viewer, now, today, period, is_unreachable=True)
    finally:
        await asked.close()
    lost = {name: fault for name, fault in found.items() if isinstance(fault, BaseException)}
    for name, fault in lost.items():
        if not isinstance(fault, WarehouseError | QuestionError):
            raise fault
        log.warning("part %s of the board cannot be asked for: %s", name, fault)
    if any(isinstance(fault, Transient) for fault in lost.values()):
        return BoardState(viewer, now, today, period, is_unreachable=True)
    parts = {name: part for name, part in found.items() if name not in lost}
    newest = parts["freshness"]["received_at"].max() if "freshness" in parts else None
    return BoardState(
        viewer=viewer,
        now=now,
        today=today,
        period=period,
        path=place.path,
        product_path=place.product_path,
        rep=place.rep,
        rep_name=place.rep_name,
        by=place.by,
        parts=parts,
        failures={name: str(fault) for name, fault in lost.items()},
        offices=place.offices,
        newest_at=newest if isinstance(newest, datetime) else None,
        is_allowed=place.is_allowed,
    )


async def _parts(
    asked: AsyncWarehouse, viewer: Viewer, state: ViewState, period: Period, now: datetime, place: Place
) -> dict[str, Any]:
    """A frame a part, or the error it met."""
    when: dict[str, Any] = {"metric": state.metric, "period": period, "now": now}
    here = Where(unit_id=place.unit, rep_id=place.rep, product_id=state.product, customer_id=state.customer)
    beside = Where(unit_id=place.unit, product_id=state.product)
    columns = Where(unit_id=place.unit, rep_id=place.rep, product_id=place.columns_of)
    units = asyncio.ensure_future(standings(asked, viewer, by=place.by, where=beside, **when))
    all_units = (
        units
        if place.columns_of == state.product
        else standings(asked, viewer, by=place.by, where=Where(unit_id=place.unit, product_id=place.columns_of), **when)
    )

    async def cells() -> pl.DataFrame:
        return await _cells(asked, viewer, state, period, place, await all_units)

    questions: dict[str, Awaitable[Any]] = {
        "head": headline(asked, viewer, where=here, **when),
        "tiles": headlines(asked, viewer, metrics=TILE_METRICS, period=period, now=now, where=here),
        "units": units,
        "products": standings(asked, viewer, by="product", where=columns, **when),
        "cells": cells(),
        "curve": day_curve(asked, viewer, where=here, **when),
        "list": _list(asked, viewer, state, period, now, place, here),
        "findings": findings.load(viewer, state),
        "freshness": freshness(asked),
    }
    if state.deal:
        questions["deal"] = _history(asked, viewer, state.deal)
    return dict(zip(questions, await asyncio.gather(*questions.values(), return_exceptions=True), strict=True))


async def _list(
    asked: AsyncWarehouse, viewer: Viewer, state: ViewState, period: Period, now: datetime, place: Place, here: Where
) -> pl.DataFrame:
    which = listing_of(state.but(rep=place.rep))
    if which == "people":
        where = Where(unit_id=place.unit, product_id=state.product)
        return await standings(asked, viewer, metric=state.metric, period=period, now=now, by="rep", where=where)
    return await deals(asked, viewer, what=which, where=here, period=period, now=now, limit=MOST_DEALS)


async def _history(asked: AsyncWarehouse, viewer: Viewer, deal: str) -> pl.DataFrame:
    """The versions of a deal, or of an order of that id; both where the ids are shared."""
    topics: tuple[Literal["opportunities", "orders"], ...] = ("opportunities", "orders")
    found = await asyncio.gather(*(entity_history(asked, viewer, topic, deal) for topic in topics))
    return (
        pl.concat([frame for frame in found if len(frame)], how="diagonal_relaxed")
        if any(map(len, found))
        else found[0]
    )
