"""What runs, seen from outside: metrics of the worker, the doctor's and the health page's looks, logs as JSON."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from prometheus_client.parser import text_string_to_metric_families

from deploy.flow import look
from deploy.local.kafka import EmbeddedKafka
from deploy.settings import LocalSettings
from ingest.log_watch import LogWatch
from ingest.topics import TOPICS
from streams.readings import READINGS
from streams.statements import STATEMENTS
from tests.stack import Stack

pytestmark = [pytest.mark.kafka, pytest.mark.warehouse, pytest.mark.slow]


def order(number: int) -> dict[str, object]:
    return {"order_id": f"o-{number}", "amount": 100, "occurred_at": "2026-11-02T10:00:00+08:00"}


@pytest.fixture(scope="module")
def stack(kafka: EmbeddedKafka, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with pytest.MonkeyPatch.context() as patch, Stack(kafka.bootstrap, tmp_path_factory.mktemp("inside")) as stack:
        patch.setenv("ONEBOARD_LOG_FORMAT", "json")
        patch.setenv("ONEBOARD_WORKER_SESSION_SECONDS", "6")
        stack.start("worker")
        stack.publish("orders", map(order, range(50)))
        stack.publish("orders", [{**order(1), "amount": 1, "version": 7}, {**order(1), "amount": 2, "version": 7}])
        stack.settle()
        yield stack


@pytest.fixture
def local(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> LocalSettings:
    """The settings of somebody who asks the doctor about this stack."""
    monkeypatch.setenv("ONEBOARD_KAFKA_TOPIC_PREFIX", stack.kafka.topic_prefix)
    monkeypatch.setattr("deploy.flow.worker", lambda: GroupOf(stack))
    return LocalSettings(kafka_bootstrap=stack.kafka.bootstrap, warehouse_url=str(stack.warehouse.settings.url))


class GroupOf:
    """The one setting of the worker that the doctor reads."""

    def __init__(self, stack: Stack) -> None:
        self.group = f"{stack.kafka.topic_prefix}worker"


def measured(stack: Stack) -> dict[tuple[str, ...], float]:
    """Every sample of the worker's metrics, by its name and its labels' values, in the order of the labels' names."""
    families = text_string_to_metric_families(stack.get("metrics", "/metrics"))
    return {
        (one.name, *(value for _, value in sorted(one.labels.items()))): one.value
        for family in families
        for one in family.samples
    }


def test_what_is_marked_as_stored_is_what_the_worker_stores() -> None:
    assert {topic.name for topic in TOPICS.values() if topic.is_stored} == {*READINGS, *STATEMENTS}


def test_the_worker_counts_records_batches_letters_and_lag(stack: Stack) -> None:
    stored = "oneboard_worker_stored_records_total", "orders"
    stack.until(lambda: measured(stack)[stored] == 52, "what is stored is counted")
    told = measured(stack)
    assert told["oneboard_worker_batch_records_sum", "orders"] == 52
    assert told["oneboard_worker_batch_seconds_count", "orders"] >= 1
    assert told["oneboard_worker_dead_letters_total", "version-conflict", "orders"] == 1
    assert told["oneboard_warehouse_statement_seconds_count", "insert", "order_changes"] >= 1
    stack.until(
        lambda: (
            [value for name, value in lags(stack).items() if name[2] == "orders"] == [0] * len(stack.ends("orders"))
        ),
        "the lag of every partition is told as 0",
    )


def lags(stack: Stack) -> dict[tuple[str, ...], float]:
    return {name: value for name, value in measured(stack).items() if name[0] == "oneboard_worker_lag_records"}


def test_the_broker_knows_the_log_and_who_reads_it(stack: Stack) -> None:
    with LogWatch(stack.kafka, f"{stack.kafka.topic_prefix}worker") as watch:
        state = watch.look()
    assert state.written("orders") == 52
    assert state.written("dead-letters") == 1
    assert {place.topic_id for place in state.ends if place.topic == "orders"} == {stack.topic_ids["orders"]}
    assert {place.topic for place in state.to_store} == {topic.name for topic in TOPICS.values() if topic.is_stored}
    assert len(state.workers) == 1
    assert sum(state.workers.values()) >= len(state.to_store)


def test_the_doctor_tells_workers_lag_and_letters_and_what_somebody_dealt_with(
    stack: Stack, local: LocalSettings
) -> None:
    told = {subject: (ok, what) for subject, ok, what in look(local)}
    assert told["workers"][0]
    assert told["lag"] == (True, "everything on the log is in the warehouse")
    assert told["freshness"][0]
    assert told["dead letters"][0] is False
    assert told["dead letters"][1].startswith("1 event")
    assert told["verify"][1].startswith("has not run yet")
    dealt_with = {"subject": "dead-letter:0:0", "who": "p1", "what": "acknowledge"}
    stack.publish("actions", [{**dealt_with, "occurred_at": "2026-11-02T10:00:00+08:00"}])
    found = {"events": 52, "sums": 90, "wrong": 3, "behind": 0, "took_seconds": 1, "source": "verify"}
    stack.publish("verifications", [{**found, "occurred_at": "2026-11-02T10:00:00+08:00"}])
    stack.settle()
    told = {subject: (ok, what) for subject, ok, what in look(local)}
    assert told["dead letters"][0]
    assert told["verify"][0] is False
    assert "3 of 90 sums were not the log's" in told["verify"][1]


def test_the_doctor_names_ids_that_nobody_knows_until_the_organisation_does(stack: Stack, local: LocalSettings) -> None:
    now = {"occurred_at": datetime.now(UTC).isoformat()}
    unit = {"kind": "unit", "id": "hq", "tier": "company", "valid_from": "2020-01-01", **now}
    ids = {"office_id": "nowhere", "product_id": "strange", "rep_id": "p99"}
    stack.publish("org", [unit])
    stack.publish("orders", [{"order_id": "stray", "amount": 1000, **ids, **now}])
    stack.settle()
    ok, what = {subject: (ok, what) for subject, ok, what in look(local)}["unassigned"]
    assert not ok
    for one in ("unit nowhere", "product strange", "person p99"):
        assert f"{one}: 1 order lines, 1,000.00 this month (1, 1,000.00 today), since " in what
    stack.publish("org", [
        {**unit, "id": "nowhere", "parent_id": "hq"},
        {**unit, "kind": "product", "id": "strange"},
        {**unit, "kind": "person", "id": "p99", "role": "rep", "unit_id": "nowhere"},
    ])  # fmt: skip
    stack.settle()
    stack.until(lambda: not set(ids.values()) & set(re.findall(r"\w+", unassigned_of(local))), "the ids are known")


def unassigned_of(local: LocalSettings) -> str:
    return next(what for subject, _, what in look(local) if subject == "unassigned")


def test_the_worker_logs_one_json_object_a_line(stack: Stack) -> None:
    lines = [json.loads(line) for line in stack.log("worker").read_text().splitlines()]
    assert {line["part"] for line in lines} == {"worker"}
    assert all({"time", "level", "logger", "message"} <= line.keys() for line in lines)


def test_a_worker_that_was_killed_shows_with_what_it_left(stack: Stack, local: LocalSettings) -> None:
    stack.kill("worker")
    stack.publish("orders", map(order, range(100, 110)))
    stack.until(lambda: dict_of(local)["workers"] is False, "the broker misses the worker")
    told = {subject: (ok, what) for subject, ok, what in look(local)}
    assert told["lag"] == (False, "10 records of the log are not in the warehouse yet, and no worker takes them")


def dict_of(local: LocalSettings) -> dict[str, bool]:
    return {subject: ok for subject, ok, _ in look(local)}
