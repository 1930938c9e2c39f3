"""A bad file taken back on a real broker with a real worker: the sums are what they were, whoever dies in between."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from deploy.local.kafka import EmbeddedKafka
from ingest.importer.run import run_import
from tests.stack import Stack

pytestmark = [pytest.mark.kafka, pytest.mark.warehouse, pytest.mark.slow]
MAPPING = """
title = "Orders of a dealer"
[source]
name = "dealer"
[files.orders]
path = "*.csv"
[[emit]]
topic = "orders"
from = "orders"
order_id = "no"
occurred_at = "on"
amount = "amount"
office_id = "office"
rep_id = "rep"
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
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(HEAD + "".join(lines))
    (folder.parent / "mapping.toml").write_text(MAPPING)
    report = run_import(folder.parent / "mapping.toml", folder, publisher=stack.publisher)
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
