"""What the page of targets asks the warehouse for."""

import asyncio
from collections.abc import Awaitable
from dataclasses import replace
from typing import Any

import polars as pl

from dashboard.look import Look
from dashboard.target_edits import split_of, where_of
from warehouse.queries.target_words import Nodes, TargetWord, target_words
from warehouse.queries.tasks import tasks
from warehouse.targets import Split
from warehouse.task_life import TaskCard
from warehouse.tiers import kinds_of, of_node, tiered
from warehouse.tree import company_as_of


def periods(look: Look) -> dict[str, Awaitable[Any]]:
    """The place itself in the month, the quarter and the year around the day looked at."""
    asked, viewer, metric, now = look.asked, look.viewer, look.state.metric, look.now
    return {
        period.kind: of_node(asked, viewer, metric=metric, period=period, now=now, where=look.here)
        for period in kinds_of(look.today, look.period)
    }


def rows(look: Look) -> dict[str, Awaitable[Any]]:
    """What stands below, the place itself in the period shown, its tasks, and what was said of all these targets."""
    asked, viewer, split = look.asked, look.viewer, split_of(look.state, look.place)
    where = replace(where_of(look.state, look.place, split), customer_id=look.state.customer)
    below = asyncio.ensure_future(tiered(asked, viewer, by=split, where=where, **look.when))
    return {
        "rows": below,
        "own": of_node(asked, viewer, where=look.here, **look.when),
        "tasks": tasks(asked, viewer, look.today),
        "org": company_as_of(asked, look.today),
        "words": _words(look, split, below),
    }


async def _words(look: Look, split: Split, below: Awaitable[pl.DataFrame]) -> list[TargetWord]:
    state, place = look.state, look.place
    here = place.path[-1].id if place.path else place.unit or ""
    ids = [state.row] if state.row else [*(await below)["id"], *([here] if split == "unit" else [""])]
    product = state.product or ""
    if split == "unit":
        nodes = Nodes(unit_ids=ids, product_id=product)
    elif split == "rep":
        nodes = Nodes(person_ids=[id for id in ids if id], product_id=product)
    else:
        ids = [id or product for id in ids]
        nodes = Nodes(product_ids=ids, unit_id="" if place.rep else here, person_id=place.rep or "")
    return await target_words(
        look.asked, look.viewer, metric=state.metric, period=look.period, nodes=nodes, day=look.today
    )


def key_tasks(look: Look) -> dict[str, Awaitable[Any]]:
    """The key tasks of the place."""
    return {"tasks": _tasks_here(look)}


async def _tasks_here(look: Look) -> list[TaskCard]:
    found = await tasks(look.asked, look.viewer, look.today)
    place = look.place
    if look.state.customer:
        found = [card for card in found if card.task.customer_id == look.state.customer]
    if place.rep:
        return [card for card in found if card.task.person_id == place.rep]
    if place.offices is None:
        return found
    org = await company_as_of(look.asked, look.today)
    return [card for card in found if place.unit in _paths(card, org.people, org.units)]


def _paths(card: TaskCard, people: Any, units: Any) -> set[str]:
    """The units a task belongs to, and those of whoever has it."""
    unit = people.get(card.task.person_id or "", {}).get("unit_id", "")
    return {*card.path, *units.get(unit, {}).get("path", ())}
