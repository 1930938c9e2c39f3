"""A bad file taken back on a real broker with a real worker: the sums are what they were, whoever dies in between."""

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from deploy.local.kafka import EmbeddedKafka
from deploy.retract import retract
from ingest.calendar import Period
from ingest.importer.run import run_import
from ingest.intake import Sealed, seal
from ingest.retractions import retractable
from ingest.topics import TOPICS
from tests.stack import Stack
from tests.unit.streams.logs import retraction
from warehouse.client import AsyncWarehouse
from warehouse.retractions import Which
from warehouse.targets import targets
from warehouse.viewer import Viewer

pytestmark = [pytest.mark.kafka, pytest.mark.warehouse, pytest.mark.slow]
MAPPING = """
[source]
name = "dealer"
timezone = "Asia/Shanghai"
[[files]]
name = "orders"
path = "*.csv"
[[emit]]
topic = "orders"
from = "orders"
fields = { order_id = "no", occurred_at = "on", amount = "amount", office_id = "office", rep_id = "rep" }
"""
HEAD = "no,on,office,rep,amount\n"
LINES = [f"d{at},2026-11-{1 + at % 20:02d}T10:00:00+08:00,{'hz' if at % 2 else 'sz'},ann,{at}.50\n" for at in range(40)]
WRONG = [line if at % 4 else line.replace(".50", "000") for at, line in enumerate(LINES)]
"""Every fourth line has another amount, the others are as they should be."""
COMPANY = {"hz": "Hangzhou", "hq": "Company", "sz": "Suzhou"}


@pytest.fixture(scope="module")
def stack(kafka: EmbeddedKafka, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("retract")
    with Stack(kafka.bootstrap, folder) as stack:
        stack.start("worker")
        yield stack


def order(id: str, amount: float, **fields: Any) -> dict[str, Any]:
    content = {"order_id": id, "version": 1, "amount": amount, "occurred_at": "2026-11-02T10:00:00+08:00", **fields}
    return {"office_id": "hz", "source": "erp", **content}


def booked(stack: Stack) -> dict[tuple[str, str], Decimal]:
    """By day and office; zeros left out."""
    asked = "SELECT toString(day), office_id, sum(booked_amount) AS total FROM order_changes GROUP BY day, office_id"
    return {(day, office): total for day, office, total in stack.warehouse.rows(asked) if total}


def bring(stack: Stack, folder: Path, name: str, lines: list[str]) -> None:
    files, mapping = folder / name.removesuffix(".csv"), folder / "dealer.toml"
    files.mkdir()
    (files / name).write_text(HEAD + "".join(lines))
    mapping.write_text(MAPPING)
    report = run_import(mapping, files, publisher=stack.publisher)
    assert report.entered == len(lines)


def take_back(stack: Stack, source: str, topic: str = "", **which: Any) -> int:
    """How many events were."""
    topics, now = retractable(topic), datetime.now(UTC)
    return retract(stack.warehouse, stack.publisher, topics, Which(source, **which), "li", "a bad file", now)[1]


def test_a_source_is_undone_and_a_version_of_another_source_below_it_stands_again(stack: Stack) -> None:
    stack.publish("orders", [order("a", 100), order("b", 50)])
    stack.settle()
    before = booked(stack)
    wrong = {"source": "oops", "occurred_at": "2026-11-05T10:00:00+08:00"}
    stack.publish("orders", [order("a", 900, version=2, **wrong), order("c", 7, **wrong)])
    stack.settle()
    assert booked(stack) != before
    shown = stack.run("retract", "--source", "oops", "--dry-run")
    assert "orders: 2 events of 2 entities, 2026-11-02 to 2026-11-05, amount 907.00" in shown.stdout
    done = stack.run("retract", "--source", "oops", "--why", "a bad file", "--who", "li", "--yes")
    assert "2 events are taken back" in done.stdout, done.stderr
    stack.settle()
    assert booked(stack) == before
    (told,) = [line for line in stack.run("retractions").stdout.splitlines() if " oops " in line]
    assert told.split()[3:] == ["oops", "orders", "2", "li", "a", "bad", "file"]
    ends = stack.ends("orders")
    assert take_back(stack, "oops") == 0
    assert stack.ends("orders") == ends
    stack.publish("orders", [order("c", 7, **wrong)])
    stack.settle()
    assert booked(stack) == before, "what was taken back does not count when it comes again"
    assert stack.verify().is_right


def test_what_came_at_a_time_is_undone_and_one_that_broke_off_goes_on(stack: Stack) -> None:
    before = booked(stack)
    shop = [order("e", 1, source="shop"), order("f", 2, source="shop")]
    stack.publish("orders", shop)
    stack.settle()
    (at,) = stack.warehouse.rows("SELECT min(received_at) FROM order_changes WHERE source = 'shop'")[0]
    assert take_back(stack, "shop", until=at) == 0
    one = retraction("orders", seal(TOPICS["orders"], json.dumps(shop[0]).encode()).value)
    stack.publisher.publish_many("orders", [Sealed(b"e:1", one, "")])
    stack.settle()
    assert take_back(stack, "shop", "orders", since=at) == 1
    stack.settle()
    assert booked(stack) == before


def test_targets_and_statements_about_the_company_fall_back_to_the_word_before(stack: Stack) -> None:
    dated = {"occurred_at": "2026-01-01T00:00:00Z", "valid_from": "2026-01-01"}
    target = {"period": "2026-11", "slice": {}, **dated, "source": "plan"}
    unit = {"kind": "unit", "id": "hz", **dated, "source": "hr"}
    stack.publish("targets", [{**target, "value": 100}])
    stack.publish("org", [{**unit, "name": "Hangzhou"}, {**unit, "id": "hq", "name": "Company"}])
    wrong = {"version": 2**60, "source": "oops"}
    stack.publish("targets", [{**target, **wrong, "value": 999}])
    stack.publish("org", [{**unit, **wrong, "name": "Hagnzhou"}, {**unit, **wrong, "id": "xx"}])
    stack.publish("org", [{"kind": "customer", "id": "c1", **dated, "source": "oops"}])
    stack.settle()
    stack.until(lambda: named(stack) == {"hz": "Hagnzhou", "hq": "Company", "xx": "xx"}, "the wrong words stand")
    assert target_of(stack) == 999
    assert take_back(stack, "oops") == 4
    stack.settle()
    stack.until(lambda: named(stack) == {"hz": "Hangzhou", "hq": "Company"}, "the words before stand again")
    assert target_of(stack) == 100
    asked = "SELECT count() FROM dictionary('customers')"
    stack.until(lambda: stack.warehouse.rows(asked)[0][0] == 0, "nobody knows the customer")
    stack.publish("org", [{**unit, **wrong, "name": "Hagnzhou"}, {**unit, "id": "sz", "name": "Suzhou"}])
    stack.settle()
    stack.until(lambda: named(stack) == COMPANY, "what was taken back comes again, and does not count")


def named(stack: Stack) -> dict[str, str]:
    return dict(stack.warehouse.rows("SELECT id, any(name) FROM dictionary('units') GROUP BY id"))


def target_of(stack: Stack) -> int:
    async def ask() -> Decimal:
        warehouse = AsyncWarehouse(stack.warehouse.settings)
        try:
            found = await targets(
                warehouse, Viewer.system(), metric="bookings", period=Period.parse("2026-11"), as_of=date(2026, 11, 20)
            )
        finally:
            await warehouse.close()
        return found["target"].item()

    return int(asyncio.run(ask()))


def test_a_file_is_undone_through_the_death_of_the_worker_and_comes_again_corrected(
    stack: Stack, tmp_path: Path
) -> None:
    before = booked(stack)
    bring(stack, tmp_path, "wrong.csv", WRONG)
    stack.settle()
    wrong = booked(stack)
    bring(stack, tmp_path, "other.csv", ["other,2026-11-03T10:00:00+08:00,hz,ann,11.00\n"])
    stack.settle()
    with_other = booked(stack)
    stack.kill("worker")
    assert take_back(stack, "dealer", file="wrong.csv") == 40
    assert booked(stack) == with_other, "nobody works"
    stack.start("worker")
    stack.settle()
    assert booked(stack) == with_only_other(before)
    assert named(stack) == COMPANY, "a worker that was not there knows what was taken back of the company, too"
    bring(stack, tmp_path, "right.csv", LINES)
    stack.settle()
    right = booked(stack)
    assert sum(right.values()) == sum(with_only_other(before).values()) + sum(Decimal(f"{at}.50") for at in range(40))
    assert right != wrong
    assert stack.dead_letters() == 0, "other content under a version that was taken back is no conflict"
    assert stack.verify().is_right


def with_only_other(before: dict[tuple[str, str], Decimal]) -> dict[tuple[str, str], Decimal]:
    day = ("2026-11-03", "hz")
    return before | {day: before.get(day, Decimal(0)) + 11}
