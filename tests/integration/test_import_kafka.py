"""The door and the import against the real Kafka: what is acknowledged is on the log, once, under its entity's key."""

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from kafka.admin import KafkaAdminClient

from deploy.local import ports
from deploy.local.kafka import EmbeddedKafka
from ingest.api import create_app
from ingest.errors import BrokerAway, Terminal
from ingest.events import Action
from ingest.importer.outlets import Workers
from ingest.importer.run import run_import
from ingest.intake import Refused, seal
from ingest.publisher import Publisher, ensure_topics, log_identity
from ingest.settings import IngestSettings, KafkaSettings
from ingest.topics import TOPICS
from tests.integration.records import records

pytestmark = pytest.mark.kafka


def order(number: int, amount: str = "12.50") -> bytes:
    return json.dumps(
        {"occurred_at": "2026-11-02T09:30:00+08:00", "order_id": f"SO-{number}", "amount": amount}
    ).encode()


@pytest.fixture
def publisher(log: KafkaSettings) -> Iterator[Publisher]:
    with Publisher(log) as opened:
        yield opened


def test_every_topic_is_made_once_with_its_partitions_and_keeps_everything(log: KafkaSettings) -> None:
    assert ensure_topics(log) == []
    admin = KafkaAdminClient(bootstrap_servers=log.bootstrap)
    names = [log.topic_prefix + name for name in TOPICS]
    described = {topic["name"]: len(topic["partitions"]) for topic in admin.describe_topics(names)}
    admin.close()
    assert described == {log.topic_prefix + name: topic.partitions for name, topic in TOPICS.items()}
    identity = log_identity(log)
    assert set(identity) == set(TOPICS)
    assert len(set(identity.values())) == len(TOPICS)


def test_what_is_published_is_on_the_log_under_its_entitys_key_with_kafkas_own_time(
    log: KafkaSettings, publisher: Publisher
) -> None:
    ids = publisher.publish("orders", [order(1), order(2), order(1, "13")])
    found = records(log, "orders")
    assert {json.loads(record.value)["event_id"] for record in found} == set(ids)
    assert sorted(record.key for record in found) == [b"SO-1:1", b"SO-1:1", b"SO-2:1"]
    first = [record for record in found if record.key == b"SO-1:1"]
    assert [json.loads(record.value)["amount"] for record in first] == ["12.50", "13"]
    assert {record.timestamp_type for record in found} == {1}  # LogAppendTime
    assert publisher.publish("orders", [order(1)]) == ids[:1]


def test_a_model_is_published_like_json_and_an_invalid_one_not_at_all(log: KafkaSettings, publisher: Publisher) -> None:
    action = Action.model_validate(
        {"occurred_at": "2026-11-02T09:30:00Z", "subject": "finding:1", "who": "li", "what": "take"}
    )
    assert len(publisher.publish("actions", [action])) == 1
    assert [record.key for record in records(log, "actions")] == [b"finding:1"]
    with pytest.raises(Refused, match="amount: is not a number"):
        publisher.publish("orders", [order(1), order(2, "x")])
    assert records(log, "orders") == []
    with pytest.raises(Terminal, match='Did you mean "orders"'):
        publisher.publish("ordes", [order(1)])


def test_a_long_stream_is_sent_with_bounded_windows_and_told_in_order(
    log: KafkaSettings,
) -> None:
    told: list[int] = []
    sealed = (seal(TOPICS["orders"], order(number % 40, str(number))) for number in range(25_000))
    with Publisher(log, bulk=True, timeout_seconds=60) as bulk:
        assert bulk.publish_many("orders", sealed, told.append) == 25_000
    assert told == [10_000, 20_000, 25_000]
    by_key: dict[bytes, list[int]] = {}
    for record in records(log, "orders"):
        by_key.setdefault(record.key, []).append(int(json.loads(record.value)["amount"]))
    assert sum(map(len, by_key.values())) == 25_000
    assert all(amounts == sorted(amounts) for amounts in by_key.values())


async def test_the_door_takes_one_event_an_array_and_lines_and_the_good_ones_among_bad(log: KafkaSettings) -> None:
    app = create_app(IngestSettings(), log)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:8060") as door,
    ):
        one = await door.post("/v1/events/orders", content=order(1))
        many = await door.post("/v1/events/orders", content=b"[" + order(2) + b"," + order(3) + b"]")
        lines = b"\n".join([order(4), order(5, "much"), b"", order(6)])
        mixed = await door.post("/v1/events/orders", content=lines, headers={"content-type": "application/x-ndjson"})
        again = await door.post("/v1/events/orders", content=order(1))
    assert (one.status_code, many.status_code, mixed.status_code) == (202, 202, 422)
    assert len(many.json()["accepted"]) == 2
    assert mixed.json()["rejected"] == [{"line": 2, "field": "amount", "message": "is not a number, got 'much'"}]
    assert again.json()["accepted"] == one.json()["accepted"]
    keys = sorted(record.key for record in records(log, "orders"))
    assert keys == [b"SO-1:1", b"SO-1:1", b"SO-2:1", b"SO-3:1", b"SO-4:1", b"SO-6:1"]


MAPPING = """
[source]
name = "shop"
timezone = "Asia/Shanghai"
[[files]]
name = "lines"
path = "orders.csv"
[[emit]]
topic = "orders"
from = "lines"
fields = { order_id = "Order", occurred_at = "Ordered", amount = "Amount" }
[[emit]]
topic = "orders"
from = "lines"
when = "given(Shipped)"
[emit.fields]
order_id = "Order"
occurred_at = "Shipped"
amount = "Amount"
shipped_amount = "Amount"
"""


@pytest.mark.slow
def test_an_import_by_several_processes_is_whole_and_the_same_when_repeated(log: KafkaSettings, tmp_path: Path) -> None:
    (tmp_path / "shop.toml").write_text(MAPPING, encoding="utf-8")
    rows = [f"A-{n},2026-11-01,{'2026-11-05' if n % 2 else ''},{n}.25" for n in range(3_000)]
    (tmp_path / "orders.csv").write_text("Order,Ordered,Shipped,Amount\n" + "\n".join(rows) + "\n", encoding="utf-8")
    for _ in range(2):
        outlet = Workers(log, processes=2)
        report = run_import(
            tmp_path / "shop.toml", tmp_path, outlet=outlet, state_dir=tmp_path / "state", block_rows=250
        )
        assert report.finished
        assert report.entered == 4_500
    found = records(log, "orders")
    assert len(found) == 9_000
    assert len({record.value for record in found}) == 4_500
    versions: dict[bytes, list[int]] = {}
    for record in found:
        versions.setdefault(record.key, []).append(json.loads(record.value)["version"])
    assert set(map(tuple, versions.values())) == {(1, 1), (1, 2, 1, 2)}


@pytest.mark.slow
def test_a_broker_that_was_killed_is_told_and_taken_up_again_without_loss(tmp_path: Path) -> None:
    broker = EmbeddedKafka(tmp_path / "kafka", ports.free_port())
    settings = KafkaSettings(bootstrap=broker.bootstrap)
    broker.start()
    try:
        ensure_topics(settings)
        with Publisher(settings, timeout_seconds=4) as publisher:
            publisher.publish("orders", [order(1)])
            assert broker.pid is not None
            os.kill(broker.pid, signal.SIGKILL)
            with pytest.raises(BrokerAway, match="try again"):
                publisher.publish("orders", [order(2)])
            broker.stop()
            broker.start()
            ids = _until_taken(publisher, [order(2), order(3)])
        kept = records(settings, "orders")
        assert {json.loads(record.value)["event_id"] for record in kept} >= set(ids)
        assert {record.key for record in kept} == {b"SO-1:1", b"SO-2:1", b"SO-3:1"}
    finally:
        broker.stop()


def _until_taken(publisher: Publisher, events: list[bytes]) -> list[str]:
    for attempt in range(10):
        try:
            return publisher.publish("orders", events)
        except BrokerAway:
            if attempt == 9:
                raise
    raise AssertionError("unreachable")
