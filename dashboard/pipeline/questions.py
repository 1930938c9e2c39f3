"""What the page of the pipeline asks the warehouse for."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import polars as pl

from dashboard.interval import between, is_backwards, months_of
from dashboard.look import Look
from dashboard.versions import versions
from ingest.calendar import business_day
from ingest.settings import company
from warehouse.coverage import coverage
from warehouse.dimensions import Where
from warehouse.metric_query import MetricQuery, measure
from warehouse.movement import DEALS
from warehouse.pace import headlines
from warehouse.queries.dues import cash
from warehouse.queries.funnel import ageing, cycle
from warehouse.queries.movement import Between, Movement, movement, worded
from warehouse.tree import company_as_of

PAGE_ROWS = 20
FOUR_QUARTERS = timedelta(days=365)
STANDING = ("open_deals", "open_pipeline", "probable_pipeline", "weighted_pipeline")
WINS = (
    "won_deals", "won_amount", "lost_deals", "lost_amount", "abandoned_deals", "abandoned_amount", "win_rate",
    "win_rate_amount",
)  # fmt: skip


@dataclass(frozen=True)
class Moved:
    """The movement, and the page of the deals behind the chosen bar: `rows` from `offset` on of all `count`."""

    between: Between
    movement: Movement
    rows: pl.DataFrame
    offset: int = 0
    count: int = 0


def moves(look: Look) -> dict[str, Awaitable[Any]]:
    """The movement between two instants, the deals behind one of its bars, and one deal's history."""
    questions: dict[str, Awaitable[Any]] = {"moved": _moved(look), "cover": _coverage(look)}
    if look.state.deal:
        questions["deal"] = versions(look.asked, look.viewer, look.state.deal, look.today, with_orders=False)
    return questions


def standing(look: Look) -> dict[str, Awaitable[Any]]:
    """How the pipeline stands now: by stage, against what is missing, and how deals end."""
    asked, viewer, day, here = look.asked, look.viewer, _as_of(look), look.here
    due = _due(look)
    year_ago = day - FOUR_QUARTERS
    return {
        "total": measure(asked, MetricQuery(STANDING, day, where=due), viewer),
        "all_open": measure(asked, MetricQuery(STANDING, day, where=here), viewer),
        "stages": measure(asked, MetricQuery(STANDING, day, by=("stage",), where=due), viewer),
        "ageing": ageing(asked, viewer, as_of=day, where=due),
        "cover": _coverage(look),
        "below": _below(look),
        "wins": measure(asked, MetricQuery(WINS, look.today, look.period.start, where=here), viewer),
        "wins_year": measure(asked, MetricQuery(WINS, day, year_ago, where=here), viewer),
        "cycle": cycle(asked, viewer, start=look.period.start, end=look.today, where=here),
        "cycle_year": cycle(asked, viewer, start=year_ago, end=day, where=here),
    }


def money(look: Look) -> dict[str, Awaitable[Any]]:
    """What is owed, and what came in."""
    here = look.here
    return {
        "cash": cash(look.asked, look.viewer, as_of=_as_of(look), where=here),
        "collected": headlines(
            look.asked, look.viewer, metrics=("collections",), period=look.period, now=look.now, where=here
        ),
    }


def _as_of(look: Look) -> date:
    """Today, or the end of a period that is over: of one still to come the pipeline stands today."""
    return min(_today(look), look.period.end)


def _today(look: Look) -> date:
    return business_day(look.now, company().zone)


def _due(look: Look) -> Where:
    if look.state.horizon == "all":
        return look.here
    due = months_of(look.period)
    return replace(look.here, expected_from=due.start, expected_to=due.end)


def _coverage(look: Look) -> Awaitable[pl.DataFrame]:
    return coverage(look.asked, look.viewer, period=look.period, now=look.now, where=look.here)


async def _below(look: Look) -> pl.DataFrame:
    """Coverage of what stands below, with names: the columns of `coverage`, name and name_en."""
    by = "product" if look.state.cut == "product" else look.place.by
    found, org = await asyncio.gather(
        coverage(look.asked, look.viewer, period=look.period, now=look.now, by=by, where=look.here),
        company_as_of(look.asked, _as_of(look), everybody=by == "rep"),
    )
    listed = set(org.listed(by, look.here, look.viewer))
    stands = pl.col("id").is_in(sorted(listed)) | (pl.col("open") != 0) | (pl.col("booked") != 0)
    found = found.filter(stands).with_columns(pl.lit(by).alias("kind"))
    words = [org.words(by, id) for id in found["id"]]
    return found.with_columns(
        pl.Series("name", [row["name"] for row in words], dtype=pl.String),
        pl.Series("name_en", [row["name_en"] for row in words], dtype=pl.String),
    )


async def _moved(look: Look) -> Moved:
    state = look.state
    asked = between(state, look.period, _today(look))
    if is_backwards(asked):
        none = pl.DataFrame(schema=DEALS)
        return Moved(asked, Movement(none, none), none)
    found = await movement(look.asked, look.viewer, asked, look.here)
    behind = found.behind(state.bar)
    offset = min(state.page - 1, max(0, len(behind) - 1) // PAGE_ROWS) * PAGE_ROWS
    page = behind.slice(offset, PAGE_ROWS)
    rows = await worded(look.asked, page, asked.last, look.here) if len(page) else page
    return Moved(asked, found, rows, offset, len(behind))
