"""`oneboard baseline`: the baseline of the month, built from what the warehouse holds and printed by node."""

import asyncio
import time
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime

from rich.console import Console
from rich.table import Table

from deploy.errors import CannotRun
from ingest.calendar import Period, business_day
from ingest.events import Action
from ingest.publisher import Publisher
from ingest.settings import company
from streams.baseline.sales import LEAST_MONTHS, sales_baseline
from streams.baselines import ASKED
from warehouse.baseline.parts import Name
from warehouse.baseline.reading import METRIC, standing_at
from warehouse.baseline.standing import Standing
from warehouse.client import AsyncWarehouse


def show(now: datetime, depth: int, out: Console) -> None:
    """Builds and prints; CannotRun where too few months are known."""
    began = time.perf_counter()
    month = Period.containing(business_day(now, company().zone), "month")
    standings = asyncio.run(_built(now))
    if not standings:
        raise CannotRun(
            f"A baseline is built of {LEAST_MONTHS} whole months or more, and fewer are known before {month.key}: "
            "import more history, or wait."
        )
    for one in standings.values():
        out.print(_table(month, one, depth))
    nodes = sum(len(one.hierarchy.keys) for one in standings.values())
    out.print(f"{nodes} nodes in {time.perf_counter() - began:.1f} s")


def ask(who: str, now: datetime, out: Console) -> None:
    """Puts the wish for a new version on the log; the worker that holds the clock takes it up."""
    wish = Action(occurred_at=now, source="cli", subject=ASKED + METRIC, who=who, what="build_baseline")
    with closing(Publisher()) as publisher:
        publisher.publish("actions", [wish])
    out.print("A new version is asked for; what it says counts as soon as it is built.")


async def _built(now: datetime) -> Mapping[Name, Standing]:
    warehouse = AsyncWarehouse()
    try:
        version = await sales_baseline(warehouse, company(), now)
        return await standing_at(warehouse, version, now) if version else {}
    finally:
        await warehouse.close()


def _table(month: Period, one: Standing, depth: int) -> Table:
    table = Table("node", "by now", "actual", "landing", "80 %", "", title=f"{month.key}, {company().currency}")
    keys, baseline, means = one.hierarchy.keys, one.hierarchy.baseline, one.means
    whole = "all credit" if keys[-1].person_id else "company"
    for row, key in enumerate(keys):
        if one.hierarchy.level[row] < depth:
            table.add_row(
                " × ".join(part for part in key if part) or whole,
                *(f"{amount:,.0f}" for amount in (means.due[row], one.actual[row], means.landing[row])),
                f"{means.lower[0.8][row]:,.0f} … {means.upper[0.8][row]:,.0f}",
                "by landing" if baseline.by_landing[row] else "",
            )
    return table
