"""`make bench`: how fast the chain is on this machine. One table, several runs each, the middle one counts."""

import asyncio
import json
import platform
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import psutil

from deploy.local import ports
from deploy.local.kafka import EmbeddedKafka
from ingest.calendar import Period
from ingest.settings import company
from streams.batches import Batch, Position, Record
from streams.readings import transform_of
from tests.bench import visible
from tests.bench.rivals import RIVALS, through
from tests.stack import Stack, until
from warehouse.client import AsyncWarehouse
from warehouse.metric_query import MetricQuery, measure
from warehouse.pace import standings
from warehouse.viewer import Viewer

EVENTS, RUNS = 100_000, 3
STEPS = {
    "decode": "decode and validate",
    "known": "which entities are known",
    "timelines": "timelines to change rows",
    "insert": "insert, five projections",
    "remember": "remember the timelines",
}
WHY = "## Where the time goes"
"""What is written by hand, below the tables."""
DOC = Path(__file__).parents[2] / "docs" / "benchmarks.md"


def orders(run: int) -> Iterator[dict[str, object]]:
    """Orders of which every second is an amendment, over 208 offices, 6,000 reps and 120 products."""
    rng = random.Random(run)
    for index in range(EVENTS):
        yield {
            "order_id": f"{run}-{index // 2}",
            "version": index % 2,
            "occurred_at": f"2026-11-{1 + index % 22:02d}T10:00:00+08:00",
            "amount": rng.randrange(1_000, 10_000_000) / 100,
            "rep_id": f"r{rng.randrange(6_000)}",
            "office_id": f"o{rng.randrange(208)}",
            "product_id": f"p{rng.randrange(120)}",
            "customer_id": f"c{rng.randrange(20_000)}",
        }


class Rates:
    """Seconds of each step, run by run."""

    def __init__(self) -> None:
        self.seconds: dict[str, list[float]] = {}

    def timed(self, step: str, work: Callable[[], object]) -> object:
        """The result of `work`, its time noted under `step`."""
        begin = time.perf_counter()
        result = work()
        self.seconds.setdefault(step, []).append(time.perf_counter() - begin)
        return result

    def rate(self, step: str) -> float:
        """Events a second of the middle run."""
        return EVENTS / statistics.median(self.seconds[step])


def from_memory(stack: Stack, rates: Rates) -> None:
    """Decode, transform and insert, fed from memory: what the broker and Faust are measured against."""
    transform = transform_of("orders", company(), AsyncWarehouse(stack.warehouse.settings), 10**6)
    for run in range(RUNS):
        values = [json.dumps(order).encode() for order in orders(run)]
        batch = Batch("orders", 0, [Record(at, 1_795_000_000_000, b"k", value) for at, value in enumerate(values)])
        position = Position("memory", run)
        decoded = rates.timed("decode", lambda batch=batch: transform.decode(batch))  # type: ignore[misc]
        rates.timed("known", lambda decoded=decoded: asyncio.run(transform.prepare(decoded)))  # type: ignore[misc]
        outcome = rates.timed(
            "timelines",
            lambda b=batch, p=position, d=decoded: transform.outcome(b, p, d),  # type: ignore[misc]
        )
        rates.timed(
            "insert",
            lambda o=outcome, run=run: stack.warehouse.insert("order_changes", o.table, token=f"m:{run}"),  # type: ignore[misc]
        )
        rates.timed("remember", lambda o=outcome: transform.remember(o))  # type: ignore[misc]


def through_the_broker(stack: Stack, rates: Rates) -> None:
    """From a log that holds them already until the last one is in the warehouse: one worker, then the others."""
    for run in range(RUNS):
        stack.publish("orders", orders(100 + run))
        stack.start("worker")
        until(lambda: stack.behind() < EVENTS, "the worker has begun")
        left = stack.behind()
        begin = time.perf_counter()
        until(lambda: stack.behind() == 0, "the worker is through", 300)
        rates.seconds.setdefault("through", []).append((time.perf_counter() - begin) * EVENTS / max(left, 1))
        stack.kill("worker")
        for number, name in enumerate(RIVALS, 1):
            stack.publish("orders", orders(100 * (number + 1) + run))
            rates.seconds.setdefault(name, []).append(EVENTS / through(stack, name))


def questions(stack: Stack) -> dict[str, float]:
    """Milliseconds of the board's questions, the middle of twenty."""
    now = datetime(2026, 11, 23, 3, tzinfo=UTC)
    month = Period.parse("2026-11")

    async def ask() -> dict[str, float]:
        warehouse = AsyncWarehouse(stack.warehouse.settings)
        viewer = Viewer.system()
        by = {
            f"bookings by {name}": MetricQuery(("bookings",), end=date(2026, 11, 30), start=month.start, by=(name,))
            for name in ("office", "rep", "leaf_product", "day")
        }
        times: dict[str, list[float]] = {}
        for _ in range(20):
            for name, query in by.items():
                begin = time.perf_counter()
                await measure(warehouse, query, viewer)
                times.setdefault(name, []).append(time.perf_counter() - begin)
            begin = time.perf_counter()
            await standings(warehouse, viewer, period=month, now=now, by="unit")
            times.setdefault("standings of units", []).append(time.perf_counter() - begin)
        await warehouse.close()
        return {name: 1_000 * statistics.median(seconds) for name, seconds in times.items()}

    return asyncio.run(ask())


def file_system(folder: str) -> str:
    """The kind of file system a folder is on, such as "ext4"."""
    mounts = [one for one in psutil.disk_partitions(all=True) if Path(folder).is_relative_to(one.mountpoint)]
    return max(mounts, key=lambda one: len(one.mountpoint)).fstype


def main() -> None:
    """Measure, print and keep the table."""
    rates = Rates()
    with (
        tempfile.TemporaryDirectory() as folder,
        EmbeddedKafka(Path(folder) / "kafka", ports.free_port()) as kafka,
        Stack(kafka.bootstrap, Path(folder)) as stack,
    ):
        from_memory(stack, rates)
        through_the_broker(stack, rates)
        asked = questions(stack)
        rows = stack.warehouse.rows("SELECT count() FROM order_changes")[0][0]
    memory = 1 / sum(1 / rates.rate(step) for step in STEPS)
    lines = [
        "# Benchmarks",
        f"`make bench` of {datetime.now(UTC):%Y-%m-%d}: {platform.machine()}, {platform.system()}, Python"
        f" {platform.python_version()}, the middle of {RUNS} runs of {EVENTS:,} order events."
        f" Take ratios from it; the machine is shared, its data lay on {file_system(tempfile.gettempdir())}.",
        "",
        "| one process | events/s |",
        "|---|--:|",
        *(f"| {what} | {rates.rate(step):,.0f} |" for step, what in STEPS.items()),
        f"| **all of it, fed from memory** | **{memory:,.0f}** |",
        f"| **one worker, through the real broker** | **{rates.rate('through'):,.0f}** |",
        *(f"| {what}: our transform, our sink | {rates.rate(name):,.0f} |" for name, what in RIVALS.items()),
        "",
        f"| question of the board, {rows:,} change rows | ms |",
        "|---|--:|",
        *(f"| {name} | {ms:.0f} |" for name, ms in asked.items()),
        "",
        *visible.table(visible.measured(visible.RATES, visible.SECONDS)),
    ]
    _, _, why = DOC.read_text(encoding="utf-8").partition(WHY)
    DOC.write_text("\n".join([*lines, "", WHY]) + why, encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
