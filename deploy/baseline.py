"""`oneboard baseline`: the baseline of the month, built from what the warehouse holds and printed by node."""

import asyncio
import time
from datetime import datetime

from rich.console import Console
from rich.table import Table

from deploy.errors import CannotRun
from ingest.period import Period
from ingest.settings import company
from streams.baseline.sales import LEAST_MONTHS, Standing, sales_baseline
from warehouse.client import AsyncWarehouse


def show(now: datetime, depth: int, out: Console) -> None:
    """Builds and prints; CannotRun where too few months are known."""
    began = time.perf_counter()
    month, standings = asyncio.run(_built(now))
    if not standings:
        raise CannotRun(
            f"A baseline is built of {LEAST_MONTHS} whole months or more, and fewer are known before {month.key}: "
            "import more history, or wait."
        )
    for one in standings:
        out.print(_table(month, one, depth))
    nodes = sum(len(one.nodes.keys) for one in standings)
    out.print(f"{nodes} nodes in {time.perf_counter() - began:.1f} s")


async def _built(now: datetime) -> tuple[Period, list[Standing]]:
    warehouse = AsyncWarehouse()
    try:
        return await sales_baseline(warehouse, company(), now)
    finally:
        await warehouse.close()


def _table(month: Period, one: Standing, depth: int) -> Table:
    table = Table("node", "by now", "actual", "landing", "80 %", "", title=f"{month.key}, {company().currency}")
    whole = "all credit" if one.nodes.keys[-1].person_id else "company"
    thin, means = one.baseline.by_landing, one.means
    for row, key in enumerate(one.nodes.keys):
        if one.nodes.level[row] < depth:
            table.add_row(
                " × ".join(part for part in key if part) or whole,
                *(f"{amount:,.0f}" for amount in (means.due[row], one.actual[row], means.landing[row])),
                f"{means.lower[0.8][row]:,.0f} … {means.upper[0.8][row]:,.0f}",
                "by landing" if thin[row] else "",
            )
    return table
