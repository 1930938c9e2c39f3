"""What a sweep of the whole company costs: the first, which reads everything, and those after it, which add what came.

`python -m tests.bench.sweep --size broad`: the demo's company on this machine, with its last five months and a fifth of
its visits (`full`: all of both), once the worker has told what stands of deals, customers and cash; between two sweeps
so many orders come in, and half as many deals, contacts and payments each. `--url http://127.0.0.1:8123` sweeps a
warehouse that is there, and tells nobody. Seconds are of processors: of the sweep itself and of the engine, together
what they would take on one core.
"""

import argparse
import asyncio
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from statistics import mean
from typing import Any

import psutil
from pydantic_core import Url

from deploy.local import ports
from ingest.settings import company as settings
from streams.detection.sweeper import Sweeper
from tests.bench.company import company_of, on_the_board
from tests.bench.visible import orders, post
from tests.stack import Stack
from warehouse.client import AsyncWarehouse
from warehouse.settings import WarehouseSettings, warehouse_settings

SWEEPS, BETWEEN = 6, 1_000
TOLD, LONGEST_SECONDS = "overdue-dues", 300
_TOLD = "SELECT count() FROM finding_events WHERE rule = {rule:String}"


def deal(order: dict[str, Any]) -> dict[str, Any]:
    """One that stands as the order does."""
    said = ("version", "occurred_at", "amount", "office_id", "product_id", "rep_id")
    day = datetime.fromisoformat(order["occurred_at"]).date()
    return {
        **{name: order[name] for name in said}, "opportunity_id": order["order_id"], "customer_id": order["rep_id"],
        "stage": "qualified", "opened_on": str(day), "expected_close_on": str(day + timedelta(days=60)),
    }  # fmt: skip


def contact(order: dict[str, Any]) -> dict[str, Any]:
    """One with the customer of `deal`."""
    return {
        "activity_id": order["order_id"], "kind": "call", "outcome": "ok", "opportunity_id": order["order_id"],
        **{name: order[name] for name in ("version", "occurred_at", "office_id", "rep_id")},
        "customer_id": order["rep_id"],
    }  # fmt: skip


def payment(order: dict[str, Any]) -> dict[str, Any]:
    """All of the order at once."""
    return {
        "collection_id": order["order_id"], "version": order["version"], "occurred_at": order["occurred_at"],
        "customer_id": order["rep_id"], "received_on": order["occurred_at"][:10], "amount": order["amount"],
        "allocations": [{"order_id": order["order_id"], "amount": order["amount"]}],
    }  # fmt: skip


BESIDE = {"opportunities": deal, "activities": contact, "collections": payment}


def spent(process: psutil.Process) -> float:
    """Processor seconds of a process so far."""
    times = process.cpu_times()
    return float(times.user + times.system)


async def swept(
    at: WarehouseSettings, engine: psutil.Process | None, sweeps: int, between: "Between"
) -> tuple[list[float], list[float]]:
    """Processor seconds of each sweep over units, products and reps, and of each with deals, customers and cash."""
    asked = AsyncWarehouse(at)
    sweeper, own = Sweeper(asked, settings()), psutil.Process()
    nodes: list[float] = []
    cases: list[float] = []
    for number in range(2 * sweeps):
        found = cases if number % 2 else nodes
        begun = spent(own) + (spent(engine) if engine else 0.0)
        began = time.perf_counter()
        words = await sweeper.sweep(datetime.now(UTC), watch=found is cases)
        took = spent(own) + (spent(engine) if engine else 0.0) - begun
        wall = time.perf_counter() - began
        print(f"sweep {number}: {took:.2f} s of processor, {wall:.2f} s by the clock, {len(words)} words", flush=True)
        found.append(took)
        await asyncio.to_thread(between.come)
    await asked.close()
    return nodes, cases


class Between:
    """What comes in between two sweeps, all stored; nothing where the warehouse is somebody's own."""

    def __init__(self, count: int, stack: Stack | None, size: str) -> None:
        self._stack = stack
        self._count = count if stack else 0
        self._orders = orders(company_of(size), seed=time.time_ns() % 10**9, most=100)

    def come(self) -> None:
        if self._stack:
            came = [next(self._orders) for _ in range(self._count)]
            post(self._stack.ingest_url, came)
            for topic, event in BESIDE.items():
                post(self._stack.ingest_url, [event(order) for order in came[::2]], topic)
            self._stack.settle()


def told(stack: Stack) -> bool:
    """Whether the worker has told of deals, customers and cash."""
    return stack.warehouse.rows(_TOLD, {"rule": TOLD})[0][0] > 0


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--size", default="broad", help="small, medium, broad or full")
    arguments.add_argument("--url", default="", help="a warehouse that is there already")
    arguments.add_argument("--sweeps", type=int, default=SWEEPS)
    asked = arguments.parse_args()
    with ExitStack() as held:
        stack = None if asked.url else held.enter_context(on_the_board(asked.size))
        if stack:
            stack.until(lambda: told(stack), "the worker told of dues", LONGEST_SECONDS)
        url = asked.url or f"http://{ports.LOOPBACK}:{stack.ports['warehouse']}"
        engine = psutil.Process(stack.pid("warehouse")) if stack else None
        at = WarehouseSettings(url=Url(url)) if stack else warehouse_settings().model_copy(update={"url": Url(url)})
        nodes, cases = asyncio.run(swept(at, engine, asked.sweeps, Between(BETWEEN, stack, asked.size)))
    print("| company | a sweep | first | after it, mean | largest |\n|---|---|--:|--:|--:|")
    for name, took in (("of shortfalls", nodes), ("with deals, customers and cash", cases)):
        first, *later = took
        print(f"| {asked.url or asked.size} | {name} | {first:.2f} | {mean(later):.2f} | {max(later):.2f} |")


if __name__ == "__main__":
    main()
