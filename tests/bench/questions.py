"""How the board's own questions grow: each of them at 10 M and 40 M changes, while a stream goes on.

`python -m tests.bench.questions --millions 10 40`: the full-size company's organisation and targets, changes made by
the engine itself (2 orders : 1 opportunity : 10 activities), then every statement that the board sends for its pages,
asked again and again. What no projection serves is marked.
"""

import argparse
import asyncio
import re
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from dashboard import board, connection
from dashboard.address import Address
from dashboard.asking import load
from dashboard.view_state import ViewState
from deploy.local import ports
from deploy.local.kafka import EmbeddedKafka
from ingest.settings import company as settings
from ingest.simulator.company import Company
from ingest.simulator.org import org
from ingest.simulator.sizes import SIZES
from ingest.simulator.targets import targets
from tests.stack import Stack
from warehouse.client import AsyncWarehouse, Parameters, Settings
from warehouse.errors import WarehouseError
from warehouse.measured import subject
from warehouse.viewer import Viewer

ASKED, A_SECOND, ROWS = 25, 10, 25
"""How often each question is asked; parts a second that come in beside, and the rows of each."""
AT_ONCE = 1_000_000
_COMMON = """WITH (SELECT groupArray(rep_id) FROM posts) AS reps, (SELECT groupArray(office_id) FROM posts) AS offices,
    (SELECT groupArray(product_id) FROM goods) AS products
    SELECT 'fill' AS topic_id, 0 AS partition, {first} + number AS offset,
    concat('{table}-', toString(offset)) AS entity_id, 1 AS version, today() - cityHash64(offset, 1) % 425 AS day,
    day AS entity_day, now64(6) AS changed_at, now64(3) AS received_at, 'fill' AS source,
    1 + cityHash64(offset, 2) % length(reps) AS post, reps[post] AS rep_id, offices[post] AS office_id"""
_PRODUCT = "products[1 + cityHash64(offset, 3) % length(products)] AS product_id"
_MONEY = "toDecimal64(1000 + cityHash64(offset, 4) % 100000000 / 100, 4)"
FILLS = {
    "order_changes": (
        2,
        f"""{_COMMON}, {_PRODUCT}, entity_id AS order_id, '1' AS line_id,
        'standard' AS kind, 'effective' AS status,
        concat('c', toString(cityHash64(offset, 5) % 72000)) AS customer_id, 1 AS lines, 1 AS quantity,
        {_MONEY} AS booked_amount, booked_amount AS accepted_amount, booked_amount AS collected_amount""",
    ),
    "opportunity_changes": (
        1,
        f"""{_COMMON}, {_PRODUCT}, entity_id AS opportunity_id, ['ATI', 'ATB', 'ATC'][1 + offset % 3] AS stage,
        ['A', 'B', 'C'][1 + intDiv(offset, 3) % 3] AS grade, 'direct' AS route, today() + 40 AS expected_close_on,
        1 AS opened_deals, offset % 7 > 3 AS open_deals, if(open_deals, {_MONEY}, 0) AS open_amount,
        offset % 7 = 1 AS won_deals, if(won_deals, {_MONEY}, 0) AS won_amount, offset % 7 = 2 AS lost_deals,
        if(lost_deals, {_MONEY}, 0) AS lost_amount""",
    ),
    "activity_changes": (10, f"{_COMMON}, 'visit' AS kind, 1 AS done, 1 AS visits, 30 AS minutes"),
}
_PARTS = sum(share for share, _ in FILLS.values())


@dataclass
class Question:
    """A statement of the board as one page sent it; `milliseconds` by how many millions of changes there were."""

    sql: str
    parameters: Parameters
    settings: Mapping[str, Any]
    page: str
    is_served: bool = True
    milliseconds: dict[float, list[float]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Table and dimensions."""
        found = re.findall(r"GROUP BY ([^\n)]+)", self.sql)
        by = ", ".join(one.split(" ")[-1].split(".")[-1] for one in found[-1].split(",")) if found else "–"
        return f"{subject(self.sql)} by {by[:60]}"

    def percentile(self, millions: float, share: float) -> float:
        """Milliseconds that `share` of the answers stay within."""
        ordered = sorted(self.milliseconds[millions])
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class Recorder(AsyncWarehouse):
    """Notes what is asked."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.asked: dict[str, Question] = {}
        self.page = ""

    async def query(self, sql: str, parameters: Parameters = None, settings: Settings = None) -> pl.DataFrame:
        self.asked.setdefault(sql, Question(sql, parameters, settings or {}, self.page))
        return await super().query(sql, parameters, settings)


def pages(company: Company) -> dict[str, ViewState]:
    """What people look at, from the company down to a person, and across."""
    office = company.offices[0].id
    return {
        "company": ViewState(),
        "company, revenue": ViewState(metric="revenue"),
        "company, open pipeline": ViewState(metric="open_pipeline"),
        "region": ViewState(unit=company.regions[0].id),
        "office": ViewState(unit=office),
        "rep": ViewState(unit=office, rep=next(one.holder_id for one in posts(company) if one.office_id == office)),
        "product": ViewState(product=company.products[0].id),
        "office × product": ViewState(unit=office, product=company.products[0].id),
    }


@dataclass(frozen=True)
class Holder:
    """Who holds a post, and in which office."""

    holder_id: str
    office_id: str


def posts(company: Company) -> list[Holder]:
    """Every rep's post."""
    return [Holder(f"bench-{post.index}", company.offices[post.office].id) for post in company.posts]


def found(stack: Stack, company: Company) -> None:
    """The organisation and the targets, through the log as ever."""
    by_topic: dict[str, list[Any]] = {}
    for _, topic, event in (*org(company), *targets(company, company.today)):
        if topic in ("org", "targets"):
            by_topic.setdefault(topic, []).append(event)
    for topic, events in by_topic.items():
        stack.publisher.publish(topic, events)
    stack.start("worker")
    stack.settle(600)


def prepare(stack: Stack, company: Company) -> None:
    """What the engine draws from."""
    held = posts(company)
    frames = {
        "posts": {"rep_id": [one.holder_id for one in held], "office_id": [one.office_id for one in held]},
        "goods": {"product_id": [one.id for one in company.products]},
    }
    for name, columns in frames.items():
        declared = ", ".join(f"{column} String" for column in columns)
        stack.warehouse.command(f"CREATE TABLE {name} ({declared}) ENGINE = Memory")
        stack.warehouse.insert(name, pl.DataFrame(columns))


def add(stack: Stack, name: str, first: int, rows: int) -> None:
    """So many changes of a table, in one part."""
    inner = FILLS[name][1].format(first=first, table=name)
    made = re.findall(r"AS (\w+)", inner.partition("SELECT 'fill'")[2])
    columns = ", ".join(["topic_id", *(column for column in made if column not in ("topic_id", "post"))])
    stack.warehouse.command(
        f"INSERT INTO {name} ({columns}) SELECT {columns} FROM ({inner} FROM numbers({rows}))",  # noqa: S608
        settings={"max_insert_threads": 1, "max_block_size": AT_ONCE, "min_insert_block_size_rows": AT_ONCE},
    )


def fill(stack: Stack, already: float, millions: float) -> None:
    """Bring the change tables from so many millions to so many."""
    for name, (share, _) in FILLS.items():
        first, last = (int(one * 1e6 * share / _PARTS) for one in (already, millions))
        for start in range(first, last, AT_ONCE):
            add(stack, name, start, min(AT_ONCE, last - start))


@contextmanager
def stream(stack: Stack) -> Iterator[None]:
    """Within, small parts go into every change table, as in a live stream."""
    over = threading.Event()

    def go_on() -> None:
        due, first = time.monotonic(), 10**12
        while not over.wait(max(0.0, due - time.monotonic())):
            for name in FILLS:
                add(stack, name, first, ROWS)
            first += ROWS
            due += 1 / A_SECOND

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


async def recorded(stack: Stack, company: Company, now: datetime) -> list[Question]:
    """Every statement that the board sends for the pages."""
    recorder = Recorder(stack.warehouse.settings)
    connection.connect()
    connection._open[0].warehouse = recorder
    for name, state in pages(company).items():
        recorder.page = name
        address = Address("/", state)
        for lane in board.parts(address).values():
            found = await load(Viewer.system(), address, lane, now)
            assert not found.failures, found.failures
    await connection.disconnect()
    return list(recorder.asked.values())


async def measure(stack: Stack, questions: Iterable[Question], millions: float) -> None:
    """Ask each again and again, one after the other."""
    warehouse = AsyncWarehouse(stack.warehouse.settings)
    for question in questions:
        times = question.milliseconds.setdefault(millions, [])
        for _ in range(ASKED):
            begun = time.perf_counter()
            await warehouse.query(question.sql, question.parameters, question.settings)
            times.append(1_000 * (time.perf_counter() - begun))
        try:
            await warehouse.query(
                question.sql, question.parameters, {**question.settings, "force_optimize_projection": 1}
            )
        except WarehouseError:
            question.is_served = False
    await warehouse.close()


def table(questions: list[Question], sizes: list[float]) -> list[str]:
    """Of statements that ask the same of the same table, the slowest; slowest first."""
    slowest: dict[str, Question] = {}
    for one in questions:
        last = slowest.get(one.name)
        if last is None or one.percentile(sizes[-1], 0.95) > last.percentile(sizes[-1], 0.95):
            slowest[one.name] = one
    ordered = sorted(slowest.values(), key=lambda one: -one.percentile(sizes[-1], 0.95))
    heads = "".join(f" {size:g} M: p50 ms | p95 ms |" for size in sizes)
    rows = []
    for one in ordered:
        cells = "".join(f" {one.percentile(size, 0.5):.0f} | {one.percentile(size, 0.95):.0f} |" for size in sizes)
        rows.append(f"| {one.name} | {one.page} | {'yes' if one.is_served else '**no**'} |{cells}")
    said = []
    for size in sizes:
        every = sorted(ms for one in questions for ms in one.milliseconds[size])
        said.append(f"{size:g} M: p50 {every[len(every) // 2]:.0f} ms, p95 {every[int(0.95 * len(every))]:.0f} ms")
    return [
        f"{len(questions)} statements of the board, each asked {ASKED} times beside {A_SECOND} small inserts a second"
        f" into each table. All answers, {'; '.join(said)}.",
        "",
        f"| question | page | projection |{heads}",
        "|---|---|---|" + "--:|--:|" * len(sizes),
        *rows,
    ]


def measured(sizes: list[float]) -> list[str]:
    """Fill, ask, fill further, ask again."""
    now = datetime.now(UTC)
    today: date = now.astimezone(settings().zone).date()
    company = Company.make(7, SIZES["full"], today)
    questions: list[Question] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        EmbeddedKafka(Path(folder) / "kafka", ports.free_port()) as kafka,
        Stack(kafka.bootstrap, Path(folder)) as stack,
    ):
        found(stack, company)
        stack.kill("worker")
        prepare(stack, company)
        already = 0.0
        for size in sizes:
            fill(stack, already, size)
            already = size
            questions = questions or asyncio.run(recorded(stack, company, now))
            with stream(stack):
                asyncio.run(measure(stack, questions, size))
    return table(questions, sizes)


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--millions", type=float, nargs="+", default=[10.0, 40.0])
    print("\n".join(measured(arguments.parse_args().millions)))


if __name__ == "__main__":
    main()
