"""A bad file taken back on a real broker with a real worker: the sums are what they were, whoever dies in between."""

import asyncio
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from deploy.local.kafka import EmbeddedKafka
from ingest.calendar import Period
from ingest.importer.run import run_import
from tests.stack import Stack
from warehouse.client import AsyncWarehouse
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
WRONG = [line.replace(".50", ".5000") if at % 4 else line.replace(".50", "000") for at, line in enumerate(LINES)]
"""Every fourth line has another amount, the others say what they should."""


@pytest.fixture(scope="module")
def stack(kafka: EmbeddedKafka, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("retract")
    with pytest.MonkeyPatch.context() as patch, Stack(kafka.bootstrap, folder) as stack:
        patch.setenv("ONEBOARD_WORKER_TICK_SECONDS", "86400")
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


def retract(stack: Stack, *arguments: str) -> str:
    done = stack.run("retract", "--yes", "--who", "li", "--why", "a bad file", *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


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
    assert "2 events are taken back" in retract(stack, "--source", "oops")
    stack.settle()
    assert booked(stack) == before
    assert stack.verify().is_right
    ends = stack.ends("orders")
    assert "Nothing so stands" in retract(stack, "--source", "oops")
    assert stack.ends("orders") == ends
    stack.publish("orders", [order("c", 7, **wrong)])
    stack.settle()
    assert booked(stack) == before, "what was taken back does not count when it comes again"
    assert stack.verify().is_right


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
    shown = stack.run("retract", "--source", "dealer", "--file", "wrong.csv", "--dry-run")
    assert "orders: 40 events of 40 entities" in shown.stdout
    stack.kill("worker")
    assert "40 events are taken back" in retract(stack, "--source", "dealer", "--file", "wrong.csv")
    assert booked(stack) == with_other, "nobody works"
    stack.start("worker")
    stack.settle()
    assert booked(stack) == with_only_other(before)
    assert stack.verify().is_right
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


def test_what_came_at_a_time_is_undone_and_told_with_who_and_why(stack: Stack) -> None:
    before = booked(stack)
    stack.publish("orders", [order("e", 1, source="shop")])
    stack.settle()
    at = stack.warehouse.rows("SELECT max(received_at) FROM order_changes WHERE source = 'shop'")[0][0]
    moment = f"{at:%Y-%m-%dT%H:%M:%S.%f}"
    assert "Nothing so stands" in retract(stack, "--source", "shop", "--until", moment)
    assert "1 events are taken back" in retract(stack, "--source", "shop", "--topic", "orders", "--since", moment)
    stack.settle()
    assert booked(stack) == before
    (told,) = [line for line in stack.run("retractions").stdout.splitlines() if " shop " in line]
    assert told.split()[3:] == ["shop", "orders", "1", "li", "a", "bad", "file"]


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
    assert "4 events are taken back" in retract(stack, "--source", "oops")
    stack.settle()
    stack.until(lambda: named(stack) == {"hz": "Hangzhou", "hq": "Company"}, "the words before stand again")
    assert target_of(stack) == 100
    asked = "SELECT count() FROM dictionary('customers')"
    stack.until(lambda: stack.warehouse.rows(asked)[0][0] == 0, "nobody knows the customer")
    stack.kill("worker")
    stack.start("worker")
    stack.publish("org", [{**unit, "id": "sz", "name": "Suzhou"}, {**unit, **wrong, "name": "Hagnzhou"}])
    stack.settle()
    known = {"hz": "Hangzhou", "hq": "Company", "sz": "Suzhou"}
    stack.until(lambda: named(stack) == known, "a worker that was not there knows it, too")
    assert stack.verify().is_right


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


def test_what_people_did_is_not_taken_back(stack: Stack) -> None:
    done = stack.run("retract", "--source", "oops", "--topic", "actions", "--why", "so", "--yes")
    assert (done.returncode, done.stderr.strip()) == (1, "what is on actions cannot be taken back: people did it")
    assert "say it with --why" in stack.run("retract", "--source", "oops", "--yes").stderr
