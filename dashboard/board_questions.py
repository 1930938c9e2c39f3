"""What the board asks the warehouse for."""

import asyncio
from collections.abc import Awaitable
from dataclasses import replace
from datetime import date
from typing import Any, Literal

import polars as pl

from dashboard.cells import expected_cells, year_before
from dashboard.components.listing import listing_of
from dashboard.look import Look
from ingest.calendar import Period
from warehouse.client import AsyncWarehouse
from warehouse.curve import months_of as period_months
from warehouse.dimensions import Where
from warehouse.metric_query import MetricQuery, measure
from warehouse.metrics import METRICS
from warehouse.pace import day_curve, headline, headlines, standings
from warehouse.queries.deals import deals, entity_history
from warehouse.viewer import Viewer

TILE_METRICS = ("bookings", "revenue", "collections", "open_pipeline", "win_rate")
MOST_DEALS = 200


async def _cells(look: Look, units: pl.DataFrame) -> pl.DataFrame:
    """Products × rows of the page, each with what it should have by now."""
    asked, viewer, state, period, place = look.asked, look.viewer, look.state, look.period, look.place
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


def tiles(look: Look) -> dict[str, Awaitable[Any]]:
    """The five numbers, and what two of them say of themselves."""
    asked, viewer, here, period = look.asked, look.viewer, look.here, look.period
    return {
        "tiles": headlines(asked, viewer, metrics=TILE_METRICS, period=period, now=look.now, where=here),
        "closing": measure(asked, _closing(here, period, look.today), viewer),
        "past_wins": measure(asked, _past_wins(here, period), viewer),
    }


def pictures(look: Look) -> dict[str, Awaitable[Any]]:
    """Everything below the tiles."""
    asked, viewer, state, place, here, when = look.asked, look.viewer, look.state, look.place, look.here, look.when
    beside = Where(unit_id=place.unit, product_id=state.product)
    columns = Where(unit_id=place.unit, rep_id=place.rep, product_id=place.columns_of)
    units = asyncio.ensure_future(standings(asked, viewer, by=place.by, where=beside, **when))
    all_units = (
        units
        if place.columns_of == state.product
        else standings(asked, viewer, by=place.by, where=Where(unit_id=place.unit, product_id=place.columns_of), **when)
    )

    async def cells() -> pl.DataFrame:
        return await _cells(look, await all_units)

    questions: dict[str, Awaitable[Any]] = {
        "head": headline(asked, viewer, where=here, **when),
        "units": units,
        "products": standings(asked, viewer, by="product", where=columns, **when),
        "cells": cells(),
        "curve": day_curve(asked, viewer, where=here, **when),
        "list": _list(look),
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


async def _list(look: Look) -> pl.DataFrame:
    state, place = look.state, look.place
    which = listing_of(state.but(rep=place.rep))
    if which == "people":
        where = Where(unit_id=place.unit, product_id=state.product)
        return await standings(look.asked, look.viewer, by="rep", where=where, **look.when)
    here, period, now = look.here, look.period, look.now
    return await deals(look.asked, look.viewer, what=which, where=here, period=period, now=now, limit=MOST_DEALS)


async def _history(asked: AsyncWarehouse, viewer: Viewer, deal: str) -> pl.DataFrame:
    """The versions of a deal, or of an order of that id; both where the ids are shared."""
    topics: tuple[Literal["opportunities", "orders"], ...] = ("opportunities", "orders")
    found = await asyncio.gather(*(entity_history(asked, viewer, topic, deal) for topic in topics))
    return (
        pl.concat([frame for frame in found if len(frame)], how="diagonal_relaxed")
        if any(map(len, found))
        else found[0]
    )
