"""Asking the warehouse for everything the board shows, all questions at once; what fails leaves the rest standing."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, Literal

import polars as pl

from dashboard.board_state import BoardState
from dashboard.cells import expected_cells, year_before
from dashboard.components import findings
from dashboard.components.listing import listing_of
from dashboard.connection import answers, warehouse
from dashboard.place import Place, place_of
from dashboard.view_state import ViewState
from ingest.calendar import Period, business_day
from ingest.settings import company
from warehouse.answers import one_picture
from warehouse.client import AsyncWarehouse
from warehouse.curve import months_of as period_months
from warehouse.dimensions import Where
from warehouse.errors import Transient, WarehouseError
from warehouse.measures import QuestionError
from warehouse.metric_query import MetricQuery, measure
from warehouse.metrics import METRICS
from warehouse.pace import day_curve, headline, headlines, standings
from warehouse.queries.deals import deals, entity_history
from warehouse.queries.verification import last_verification
from warehouse.viewer import Viewer

log = logging.getLogger(__name__)

TILE_METRICS = ("bookings", "revenue", "collections", "open_pipeline", "win_rate")
MOST_PEOPLE, MOST_DEALS = 200, 200


async def _cells(
    asked: AsyncWarehouse, viewer: Viewer, state: ViewState, period: Period, place: Place, units: pl.DataFrame
) -> pl.DataFrame:
    """Products × rows of the page, each with what it should have by now."""
    by = (place.by, "product")
    where = Where(unit_id=place.unit, product_id=place.columns_of)
    now = MetricQuery((state.metric,), by=by, where=where, start=period.start, end=min(period.end, place.day))
    start, end = year_before(period.start)
    before = MetricQuery((state.metric, "order_lines"), by=by, where=where, start=start, end=end)
    is_of_orders = METRICS[state.metric].kind == "flow" and METRICS[state.metric].expression.startswith("order_changes")
    actual, past = await asyncio.gather(
        measure(asked, now, viewer), measure(asked, before, viewer) if is_of_orders else _none()
    )
    tidy = {place.by: "unit_id", "product": "product_id", state.metric: "amount", "order_lines": "orders"}
    months = len(period_months(period))
    return expected_cells(actual.rename(tidy, strict=False), past.rename(tidy, strict=False), units, months)


async def _none() -> pl.DataFrame:
    return pl.DataFrame()


async def load(viewer: Viewer, state: ViewState, lane: str, now: datetime | None = None) -> BoardState:
    """What a lane of `state` shows to `viewer`, as of `now`. The state says it when the warehouse cannot be asked."""
    now = now or datetime.now(UTC)
    today = business_day(now, company().zone)
    period = Period.parse(state.period) if state.period else Period.containing(today, "month")
    asked = warehouse()
    try:
        with one_picture(answers()):
            place = await place_of(asked, viewer, state, max(min(today, period.end), period.start))
            questions = LANES[lane](asked, viewer, state, period, now, place) if place.is_allowed else {}
            found = await _answered(questions)
    except Transient as error:
        log.warning("the board cannot be asked for: %s", error)
        return BoardState(viewer, now, today, period, is_unreachable=True)
    lost = {name: fault for name, fault in found.items() if isinstance(fault, BaseException)}
    for name, fault in lost.items():
        if not isinstance(fault, WarehouseError | QuestionError):
            raise fault
        log.log(_loudness(fault), "part %s of the board cannot be asked for: %s", name, fault)
    if any(isinstance(fault, Transient) for fault in lost.values()):
        return BoardState(viewer, now, today, period, is_unreachable=True)
    parts = {name: part for name, part in found.items() if name not in lost}
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
        failures={name: str(fault) for name, fault in lost.items() if not isinstance(fault, QuestionError)},
        unanswerable=frozenset(name for name, fault in lost.items() if isinstance(fault, QuestionError)),
        offices=place.offices,
        is_allowed=place.is_allowed,
    )


def _loudness(fault: BaseException) -> int:
    """A metric that cannot be split so is nobody's fault."""
    return logging.DEBUG if isinstance(fault, QuestionError) else logging.WARNING


async def _answered(questions: dict[str, Awaitable[Any]]) -> dict[str, Any]:
    """A frame a part, or the error it met."""
    return dict(zip(questions, await asyncio.gather(*questions.values(), return_exceptions=True), strict=True))


def _here(state: ViewState, place: Place) -> Where:
    return Where(unit_id=place.unit, rep_id=place.rep, product_id=state.product, customer_id=state.customer)


def _tiles(
    asked: AsyncWarehouse, viewer: Viewer, state: ViewState, period: Period, now: datetime, place: Place
) -> dict[str, Awaitable[Any]]:
    """The five numbers, and what two of them say of themselves."""
    here = _here(state, place)
    return {
        "tiles": headlines(asked, viewer, metrics=TILE_METRICS, period=period, now=now, where=here),
        "closing": measure(asked, _closing(here, period, place.day), viewer),
        "past_wins": measure(asked, _past_wins(here, period), viewer),
    }


def _rest(
    asked: AsyncWarehouse, viewer: Viewer, state: ViewState, period: Period, now: datetime, place: Place
) -> dict[str, Awaitable[Any]]:
    """Everything but the tiles."""
    when: dict[str, Any] = {"metric": state.metric, "period": period, "now": now}
    here = _here(state, place)
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
        "units": units,
        "products": standings(asked, viewer, by="product", where=columns, **when),
        "cells": cells(),
        "curve": day_curve(asked, viewer, where=here, **when),
        "list": _list(asked, viewer, state, period, now, place, here),
        "findings": findings.load(viewer, state),
        "verification": last_verification(asked),
    }
    if state.deal:
        questions["deal"] = _history(asked, viewer, state.deal)
    return questions


def _closing(here: Where, period: Period, day: date) -> MetricQuery:
    """Open deals expected to close within the period."""
    due = replace(here, expected_from=period.start, expected_to=period.end)
    return MetricQuery(("open_pipeline",), where=due, end=day)


def _past_wins(here: Where, period: Period) -> MetricQuery:
    """What was won of what was decided, by amount, in the four quarters before."""
    start, end = year_before(period.start)
    return MetricQuery(("win_rate_amount",), where=here, start=start, end=end)


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


LANES: Mapping[str, Callable[..., dict[str, Awaitable[Any]]]] = {"tiles": _tiles, "rest": _rest}
"""What is asked apart: the numbers on top are quick and must not wait for the pictures below them."""
