"""What the board asks the warehouse for."""

import asyncio
from collections.abc import Awaitable
from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl

from dashboard.cells import expected_cells, year_before
from dashboard.components import ticker
from dashboard.components.listing import listing_of
from dashboard.components.paging import ROWS
from dashboard.look import Look
from dashboard.tiling import shown_metrics
from dashboard.versions import versions
from ingest.calendar import Period
from warehouse.aims import cross_targets
from warehouse.curve import months_of as period_months
from warehouse.dimensions import Where
from warehouse.metric_query import MetricQuery, measure, refusal
from warehouse.metrics import METRICS
from warehouse.pace import day_curve, headlines, standings
from warehouse.queries.calendar import working_calendar
from warehouse.queries.customers import customers
from warehouse.queries.deals import deals


async def _cells(look: Look, standing: Awaitable[pl.DataFrame]) -> pl.DataFrame:
    """Products × rows of the page, each with what it should have by now, as the rows stand."""
    asked, viewer, period, place = look.asked, look.viewer, look.period, look.place
    by = (place.by, "product")
    where = look.beside(replace(look.here, product_id=place.columns_of))
    now = MetricQuery((look.metric,), by=by, where=where, start=period.start, end=min(period.end, place.day))
    start, end = year_before(period.start)
    counted = tuple(dict.fromkeys((look.metric, "order_lines")))
    before = MetricQuery(counted, by=by, where=where, start=start, end=end)
    row = METRICS[look.metric]
    is_of_orders = row.kind == "flow" and row.expression.startswith("order_changes")
    actual, past, units, own = await asyncio.gather(
        measure(asked, now, viewer),
        measure(asked, before, viewer) if is_of_orders else _none(),
        standing,
        cross_targets(asked, viewer, where=where, **look.when),
    )
    keys = {place.by: "unit_id", "product": "product_id"}
    if past.columns:
        past = past.rename(keys).with_columns(amount=look.metric, orders="order_lines")
    actual = actual.rename({**keys, look.metric: "amount"}, strict=False)
    return expected_cells(actual, past, units, len(period_months(period)), own)


async def _none() -> pl.DataFrame:
    return pl.DataFrame()


def tiles(look: Look) -> dict[str, Awaitable[Any]]:
    """The sentence and the numbers on top, and what some of them say of themselves.

    What cannot be asked so is left to the drawing.
    """
    asked, viewer, here, period = look.asked, look.viewer, look.here, look.period
    metrics = _on_tiles(look)
    on_top = _headlines(look, metrics)
    questions: dict[str, Awaitable[Any]] = {
        "head": _head(look, on_top),
        "tiles": on_top,
        "closing": measure(asked, _closing(here, period, look.today), viewer),
        "past_wins": measure(asked, _past_wins(here, period), viewer),
    }
    if look.state.versus == "baseline":
        questions |= {f"baseline_{id}": _baseline(look, id, None) for id in metrics if METRICS[id].kind == "flow"}
    return questions


def _on_tiles(look: Look) -> tuple[str, ...]:
    """The metrics of the tiles that can be asked here."""
    counted = dict.fromkeys(METRICS[id].of or id for id in shown_metrics(look.state))
    return tuple(id for id in counted if refusal(id, (), look.here) is None)


async def _head(look: Look, tiles: Awaitable[pl.DataFrame] | None = None) -> pl.DataFrame:
    """How the place stands, one row: of the tiles' own answer where the metric is among them."""
    found = await (tiles if tiles and look.metric in _on_tiles(look) else _headlines(look, (look.metric,)))
    return found.filter(metric=look.metric).drop("metric")


def _headlines(look: Look, metrics: tuple[str, ...]) -> "asyncio.Future[pl.DataFrame]":
    asked = headlines(look.asked, look.viewer, metrics=metrics, period=look.period, now=look.now, where=look.here)
    return asyncio.ensure_future(asked)


def pictures(look: Look) -> dict[str, Awaitable[Any]]:
    """Everything below the tiles but the list."""
    asked, viewer, state, place, here, when = look.asked, look.viewer, look.state, look.place, look.here, look.when
    beside, columns = look.beside(here), replace(here, product_id=place.columns_of)
    units = asyncio.ensure_future(standings(asked, viewer, by=place.by, where=beside, **when))
    all_units = (
        units
        if place.columns_of == state.product
        else standings(asked, viewer, by=place.by, where=look.beside(columns), **when)
    )

    questions: dict[str, Awaitable[Any]] = {
        "head": _head(look),
        "units": units,
        "products": standings(asked, viewer, by="product", where=columns, **when),
        "cells": _cells(look, all_units),
        "curve": day_curve(asked, viewer, where=here, **when),
    }
    if state.deal:
        questions["deal"] = versions(asked, viewer, state.deal, look.today, state.moment)
    if state.versus == "baseline":
        questions["baseline"] = _baseline(look, look.metric, place.by)
    return questions


def cuts(look: Look) -> dict[str, Awaitable[Any]]:
    """The metric by route and by segment, each with all its values though one of them be chosen; what came in last."""
    start, end = look.period.start, min(look.period.end, look.today)

    def split(by: str) -> Awaitable[pl.DataFrame]:
        return measure(
            look.asked,
            MetricQuery((look.metric,), end, start, (by,), replace(look.here, **{by: None})),
            look.viewer,
        )

    return {"route": split("route"), "segment": split("segment"), "latest": ticker.load(look, look.here)}


def listed(look: Look) -> dict[str, Awaitable[Any]]:
    """The list at the bottom: of the whole company six thousand people, which nothing above is to wait for."""
    return {"list": _list(look)}


def _closing(here: Where, period: Period, day: date) -> MetricQuery:
    """Open deals expected to close within the period."""
    due = replace(here, expected_from=period.start, expected_to=period.end)
    return MetricQuery(("open_pipeline",), where=due, end=day)


def _past_wins(here: Where, period: Period) -> MetricQuery:
    """What was won of what was decided, by amount, in the four quarters before."""
    start, end = year_before(period.start)
    return MetricQuery(("win_rate_amount",), where=here, start=start, end=end)


async def _baseline(look: Look, metric: str, by: str | None) -> pl.DataFrame:
    """id, baseline: what the whole period would bring at the pace of the twelve months before it, a working day."""
    start, end = year_before(look.period.start.replace(day=1))
    where = look.beside(look.here) if by else look.here
    query = MetricQuery((metric,), end, start, (by,) if by else (), where)
    calendar, past = await asyncio.gather(working_calendar(look.asked), measure(look.asked, query, look.viewer))
    share = calendar.working_days(look.period.start, look.period.end) / calendar.working_days(start, end)
    ids = pl.col(by) if by else pl.lit("")
    return past.select(ids.alias("id"), (pl.col(metric).cast(pl.Float64) * share).alias("baseline"))


async def _list(look: Look) -> pl.DataFrame:
    place, here = look.place, look.here
    which = listing_of(look.state.but(rep=place.rep))
    if which == "people":
        return await standings(look.asked, look.viewer, by="rep", where=look.beside(here), **look.when)
    if which == "customers":
        return await customers(look.asked, look.viewer, where=here, page=look.state.page, limit=ROWS, **look.when)

    async def page(number: int) -> pl.DataFrame:
        return await deals(
            look.asked, look.viewer, what=which, where=here, period=look.period, now=look.now,
            offset=(number - 1) * ROWS, limit=ROWS,
        )  # fmt: skip

    found = await page(look.state.page)
    return found if len(found) or look.state.page == 1 else await page(1)
