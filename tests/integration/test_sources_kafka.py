"""Topics of others on the real broker: Debezium's changes and plain JSON become events, whatever is killed."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from kafka import KafkaProducer

from deploy.local.kafka import EmbeddedKafka
from ingest.api import create_app
from ingest.errors import Terminal, Transient
from ingest.mappings.mapping import compile_text
from ingest.publisher import Publisher
from ingest.settings import IngestSettings, KafkaSettings
from ingest.sources.counters import Counters
from ingest.sources.delivery import Delivery
from ingest.sources.kafka import KafkaSource
from ingest.sources.listening import attend, listen
from ingest.sources.live import LiveTable
from tests.integration.records import records

pytestmark = pytest.mark.kafka

CUSTOMERS = """\
[source]
name = "crm"
timezone = "UTC"
starts_on = 2019-01-01
[[kafka]]
name = "customers"
topic = "TOPIC"
envelope = "debezium"
[[emit]]
topic = "org"
from = "customers"
set = { kind = "customer" }
fields = { id = "id", name = "concat(first_name, ' ', last_name)" }
[[emit]]
name = "gone"
topic = "org"
from = "customers"
on = "delete"
set = { kind = "customer", segment = "gone" }
fields = { id = "id" }
"""
ORDERS = """\
[source]
name = "erp"
timezone = "UTC"
[[kafka]]
name = "orders"
topic = "TOPIC"
[[emit]]
topic = "orders"
from = "orders"
fields = { order_id = "no", occurred_at = "kafka.timestamp", amount = "amount" }
"""


def payload(op: str, before: object, after: object) -> dict[str, Any]:
    """A change as the documentation of Debezium's connector for PostgreSQL prints it: all with one time and one lsn."""
    source = {"version": "3.3.1.Final", "connector": "postgresql", "name": "PostgreSQL_server", "ts_ms": 1559033904863,
              "ts_us": 1559033904863123, "ts_ns": 1559033904863123000, "snapshot": False, "db": "postgres",
              "sequence": '["24023119","24023128"]', "schema": "public", "table": "customers", "txId": 556,
              "lsn": 24023128, "xmin": None}  # fmt: skip
    return {"before": before, "after": after, "source": source, "op": op, "ts_ms": 1465581902461}


ANNE = {"id": 1, "first_name": "Anne", "last_name": "Kretchmar", "email": "annek@noanswer.org"}
MARIE = {**ANNE, "first_name": "Anne Marie"}
CHANGES = [payload("c", None, ANNE), payload("u", {"id": 1}, MARIE), payload("d", {"id": 1}, None)]


@pytest.fixture
def sender(kafka: EmbeddedKafka) -> Iterator[KafkaProducer]:
    producer = KafkaProducer(bootstrap_servers=kafka.bootstrap, acks="all")
    yield producer
    producer.close()


def send(sender: KafkaProducer, topic: str, *values: object, key: bytes | None = b'{"id":1}') -> None:
    for value in values:
        raw = value if value is None or isinstance(value, bytes) else json.dumps(value).encode()
        sender.send(topic, key=key, value=raw, partition=0).get(timeout=10)


class Reading:
    """A topic, a mapping and a log; `until` takes turns until a condition holds."""

    def __init__(self, mapping: str, topic: str, log: KafkaSettings, folder: Path, most_bad: int = 1_000) -> None:
        live = LiveTable(
            compile_text(mapping.replace("TOPIC", topic)),
            mapping.partition('[[kafka]]\nname = "')[2].split('"')[0],
            folder,
        )
        self.publisher = Publisher(log)
        self.counters = Counters(live.name, "topic", "mapping.toml")
        delivery = Delivery(live, self.publisher, self.counters, most_bad)
        outside = KafkaSettings(bootstrap=log.bootstrap)
        self.source = KafkaSource(live, outside, delivery, self.counters)

    def until(self, holds: Callable[[Counters], bool]) -> None:
        for _ in range(60):
            self.source.turn()
            if holds(self.counters):
                return
        raise AssertionError(self.counters)

    def close(self) -> None:
        self.source.let_go()
        self.publisher.close()


@pytest.mark.parametrize("with_schema", [True, False])
def test_changes_of_debezium_become_states_in_their_order_and_a_delete_what_the_mapping_says(
    log: KafkaSettings, sender: KafkaProducer, make_topic: Callable[..., str], tmp_path: Path, with_schema: bool
) -> None:
    topic = make_topic("customers")
    changes = [{"schema": {"type": "struct", "fields": []}, "payload": one} if with_schema else one for one in CHANGES]
    send(sender, topic, *changes, None)  # the tombstone follows the delete
    desk = Reading(CUSTOMERS, topic, log, tmp_path)
    desk.until(lambda counters: counters.rows == 3 and counters.lag == 0)
    desk.close()
    events = [json.loads(record.value) for record in records(log, "org")]
    assert [(one["id"], one.get("name"), one.get("segment")) for one in events] == [
        ("1", "Anne Kretchmar", None),
        ("1", "Anne Marie Kretchmar", None),
        ("1", None, "gone"),
    ]
    first = (1559033904863 << 18) * 8  # the database's time and the offset, with room for eight blocks
    assert [one["version"] for one in events] == [first, first + 8, first + 16 + 1]  # the second block of org
    assert records(log, "dead-letters") == []


def test_what_cannot_be_mapped_is_put_aside_whole_and_the_rest_goes_on(
    log: KafkaSettings, sender: KafkaProducer, make_topic: Callable[..., str], tmp_path: Path
) -> None:
    topic = make_topic("orders")
    avro, truncated = b"\x00\x00\x00\x00\x07\xff\xfe", payload("t", None, None)
    send(
        sender,
        topic,
        {"no": "A-1", "amount": 10},
        avro,
        {"no": "A-2", "amount": "x"},
        b"",
        [{"no": "A-3", "amount": 1}, 7],
    )
    desk = Reading(ORDERS, topic, log, tmp_path)
    desk.until(lambda counters: counters.rows == 6 and counters.lag == 0)
    assert (desk.counters.events, desk.counters.rejected) == (2, 4)
    assert desk.counters.worries(desk.counters.told_at) == [
        "the last row that cannot be mapped: must be an object in braces"
    ]
    desk.close()
    assert sorted(json.loads(one.value)["order_id"] for one in records(log, "orders")) == ["A-1", "A-3"]
    letters = {record.value: dict(record.headers) for record in records(log, "dead-letters")}
    assert set(letters) >= {avro, b"", b'{"no": "A-2", "amount": "x"}'}
    headers = letters[b'{"no": "A-2", "amount": "x"}']
    assert headers["__connect.errors.topic"] == topic.encode()
    assert (headers["__connect.errors.partition"], headers["__connect.errors.offset"]) == (b"0", b"2")
    assert headers["__connect.errors.exception.message"] == b"orders 1, amount: 'x' is not a number"
    assert b"only JSON can be read" in letters[avro]["__connect.errors.exception.message"]

    wrong = Reading(CUSTOMERS, make_topic("truncated"), log, tmp_path)
    send(sender, wrong.source._shape.topic, truncated, {"no": 1})
    wrong.until(lambda counters: counters.rows == 2)
    wrong.close()
    said = [dict(record.headers)["__connect.errors.exception.message"] for record in records(log, "dead-letters")]
    assert b"is of op 't', which is about no single row (c, u, r and d are)" in said
    assert any(b'it has no "op"' in one for one in said)


def test_what_was_delivered_and_not_committed_comes_again_as_the_same_events(
    log: KafkaSettings, sender: KafkaProducer, make_topic: Callable[..., str], tmp_path: Path
) -> None:
    topic = make_topic("orders", 2)
    send(sender, topic, *({"no": f"A-{n}", "amount": n} for n in range(20)))
    first = Reading(ORDERS, topic, log, tmp_path)
    consumer = first.source._connected()
    consumer.commit = lambda **_: (_ for _ in ()).throw(KeyboardInterrupt)  # dies between acknowledgement and commit
    with pytest.raises(KeyboardInterrupt):
        first.until(lambda counters: counters.rows >= 20)
    first.close()
    second = Reading(ORDERS, topic, log, tmp_path)
    second.until(lambda counters: counters.rows >= 20 and counters.lag == 0)
    second.close()
    found = [json.loads(record.value) for record in records(log, "orders")]
    assert len(found) == 40
    assert len({one["event_id"] for one in found}) == 20
    third = Reading(ORDERS, topic, log, tmp_path)
    send(sender, topic, {"no": "A-20", "amount": 1})
    third.until(lambda counters: counters.rows >= 1 and counters.lag == 0)
    assert third.counters.rows == 1
    third.close()


def test_a_topic_that_is_not_there_yet_is_waited_for_and_a_circle_is_refused(
    log: KafkaSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = Reading(ORDERS, f"nowhere-{uuid4().hex[:8]}", log, tmp_path)
    with pytest.raises(Transient, match="there is no topic"):
        missing.source.turn()
    missing.close()
    monkeypatch.setattr("ingest.sources.kafka.kafka", lambda: log)
    with pytest.raises(Terminal, match="a topic of oneboard itself"):
        Reading(ORDERS, f"{log.topic_prefix}orders", log, tmp_path)


def test_a_source_whose_cluster_is_away_waits_and_tells(log: KafkaSettings, tmp_path: Path) -> None:
    live = LiveTable(compile_text(ORDERS.replace("TOPIC", "t")), "orders", tmp_path)
    counters = Counters("orders", "topic", "mapping.toml")
    publisher, stop = Publisher(log), threading.Event()
    source = KafkaSource(live, KafkaSettings(bootstrap="127.0.0.1:1"), Delivery(live, publisher, counters, 9), counters)
    thread = threading.Thread(target=attend, args=(source, stop))
    thread.start()
    for _ in range(600):
        if counters.errors:
            break
        stop.wait(0.05)
    stop.set()
    thread.join(timeout=30)
    assert not thread.is_alive()
    assert counters.state == "waiting"
    assert "127.0.0.1:1" in (counters.last_error or "")
    assert (counters.last_error or "").endswith("mend ONEBOARD_SOURCE_ORDERS_BOOTSTRAP")


@pytest.mark.slow
def test_listening_is_killed_in_the_middle_and_goes_on_without_loss(
    log: KafkaSettings, sender: KafkaProducer, make_topic: Callable[..., str], tmp_path: Path
) -> None:
    """Both kinds of sources in a process of their own, killed while rows still arrive."""
    topic, database = make_topic("orders", 2), sqlite3.connect(tmp_path / "erp.db", isolation_level=None)
    database.execute("CREATE TABLE visits (id INTEGER PRIMARY KEY, at TEXT, rep TEXT)")
    mapping = ORDERS.replace("TOPIC", topic) + (
        '[[sql]]\nname = "visits"\ntable = "visits"\ncursor = "at"\npage_rows = 50\nevery_seconds = 0.2\n[[emit]]\n'
        'topic = "activities"\nfrom = "visits"\nset = { kind = "visit" }\n'
        'fields = { activity_id = "id", occurred_at = "at", rep_id = "rep" }\n'
    )
    (tmp_path / "live.toml").write_text(mapping, encoding="utf-8")
    environment = {
        **os.environ,
        "ONEBOARD_DATA_DIR": str(tmp_path / "data"),
        "ONEBOARD_KAFKA_BOOTSTRAP": log.bootstrap,
        "ONEBOARD_KAFKA_TOPIC_PREFIX": log.topic_prefix,
        "ONEBOARD_SOURCE_VISITS_URL": f"sqlite:///{tmp_path / 'erp.db'}",
    }
    command = (sys.executable, "-m", "deploy.cli", "listen", str(tmp_path / "live.toml"))
    wanted_orders, wanted_visits = set(), set()

    def arrive(numbers: range) -> None:
        for n in numbers:
            sender.send(topic, value=json.dumps({"no": f"A-{n}", "amount": n}).encode())
            database.execute("INSERT INTO visits VALUES (?, ?, 'li')", (n, f"2026-11-02 10:{n // 100:02}:00"))
            wanted_orders.add(f"A-{n}")
            wanted_visits.add(str(n))
        sender.flush()

    for round_number in range(2):
        child = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        before = len(records(log, "orders"))
        first = round_number * 1_000
        arrive(range(first, first + 500))
        _wait(lambda b=before: len(records(log, "orders")) > b, child)
        arrive(range(first + 500, first + 1_000))
        child.send_signal(signal.SIGKILL)
        child.wait()
    child = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        _wait(lambda: {json.loads(r.value)["order_id"] for r in records(log, "orders")} == wanted_orders, child)
        _wait(lambda: {json.loads(r.value)["activity_id"] for r in records(log, "activities")} == wanted_visits, child)
    finally:
        child.send_signal(signal.SIGTERM)
        _, errors = child.communicate(timeout=60)
    assert child.returncode == 0, errors.decode()
    for topic_name, field in (("orders", "order_id"), ("activities", "activity_id")):
        found = [json.loads(record.value) for record in records(log, topic_name)]
        assert len({one["event_id"] for one in found}) == len({one[field] for one in found}) == 2_000
    states = {one.name: one for one in Counters.all_in(tmp_path / "data" / "sources")}
    assert {name: one.lag for name, one in states.items()} == {"orders": 0, "visits": 0}


def _wait(holds: Callable[[], bool], child: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if holds():
            return
        try:
            child.wait(timeout=0.1)
        except subprocess.TimeoutExpired:
            continue
        assert child.stderr is not None
        raise AssertionError(child.stderr.read().decode())
    raise AssertionError("it did not come in time")


def test_listening_to_nothing_says_so(log: KafkaSettings, tmp_path: Path) -> None:
    with Publisher(log) as publisher, pytest.raises(Terminal, match="nothing to listen to"):
        listen([tmp_path], IngestSettings(), publisher, threading.Event())


async def test_a_webhook_is_on_the_log_once_however_often_it_is_posted(log: KafkaSettings, tmp_path: Path) -> None:
    hook = '[[webhooks]]\nname = "orders"\n'
    mapping = (
        '[source]\nname = "shop"\ntimezone = "UTC"\n'
        + hook
        + (
            '[[emit]]\ntopic = "orders"\nfrom = "orders"\n'
            'fields = { order_id = "no", occurred_at = "at", amount = "sum", rep_id = "rep" }\n'
        )
    )
    (tmp_path / "shop.toml").write_text(mapping, encoding="utf-8")
    app = create_app(IngestSettings(sources_dir=tmp_path, state_dir=tmp_path / "state"), log)
    rows = [
        {"no": "A-1'\"😀", "at": "2026-11-02T10:00:00Z", "sum": 10},
        {"no": "A-2", "at": "2026-11-02", "sum": "ten"},
    ]
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:8060") as door,
    ):
        first = await door.post("/v1/hooks/orders", json=rows)
        again = await door.post("/v1/hooks/orders", json=rows)
        good = await door.post("/v1/hooks/orders", json=rows[0])
    assert (first.status_code, again.status_code, good.status_code) == (422, 422, 202)
    assert first.json()["rejected"] == [
        {"row": 2, "rule": "orders 1", "field": "amount", "message": "'ten' is not a number"}
    ]
    assert first.json()["accepted"] == again.json()["accepted"] == good.json()["accepted"]
    found = records(log, "orders")
    assert len({record.value for record in found}) == 1
    assert [record.key.decode() for record in found] == ["A-1'\"😀:1"] * 3
    [state] = Counters.all_in(tmp_path / "state")
    assert (state.rows, state.events, state.rejected) == (5, 3, 2)
