"""The worker as it runs, on a real broker: what it puts aside, where it begins, and when it stands still."""

import json
import os
import signal
from collections.abc import Iterator

import polars as pl
import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, OffsetAndMetadata, TopicPartition
from kafka.errors import CommitFailedError

from deploy.local.kafka import EmbeddedKafka
from ingest.publisher import Publisher, ensure_topics, log_identity
from streams.watchdog import EXIT_CODE
from tests.integration.records import records
from tests.stack import Stack

pytestmark = [pytest.mark.kafka, pytest.mark.warehouse, pytest.mark.slow]
ALLOWED_IN_A_ROW = 20


@pytest.fixture(scope="module")
def stack(kafka: EmbeddedKafka, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("worker")
    with pytest.MonkeyPatch.context() as patch, Stack(kafka.bootstrap, folder, partitions=8) as stack:
        patch.setenv("ONEBOARD_WORKER_DEAD_LETTERS_IN_A_ROW", str(ALLOWED_IN_A_ROW))
        patch.setenv("ONEBOARD_WORKER_SESSION_SECONDS", "6")
        stack.start("worker")
        yield stack


def order(id: str, version: int = 1, amount: int = 100) -> dict[str, object]:
    return {"order_id": id, "version": version, "amount": amount, "occurred_at": "2026-11-02T10:00:00+08:00"}


def send_raw(stack: Stack, partition: int, *records: tuple[bytes | None, bytes]) -> None:
    """Put bytes on `orders` as somebody does who goes around the door."""
    producer = KafkaProducer(bootstrap_servers=stack.kafka.bootstrap, linger_ms=50, acks="all")
    for key, value in records:
        producer.send(stack.kafka.topic_prefix + "orders", value, key=key, partition=partition)
    producer.close()


def letters(stack: Stack) -> list[tuple[bytes | None, bytes | None, dict[str, bytes]]]:
    """Every dead letter: key, bytes, headers."""
    return [(one.key, one.value, dict(one.headers)) for one in records(stack.kafka, "dead-letters")]


def booked(stack: Stack) -> int:
    return int(stack.warehouse.rows("SELECT sum(booked_amount) FROM order_changes")[0][0])


def test_a_bad_event_is_kept_whole_and_the_stream_goes_on(stack: Stack) -> None:
    bad = b'{"order_id": "o9", "amount": "1.123456", "occurred_at": "2026-11-01T00:00:00Z", "note": "\xe4\xb8\xad"}'
    send_raw(stack, 1, (b"o9:1", bad), (None, b"no json"), (b"a:1", json.dumps(order("a")).encode()))
    stack.settle()
    assert [(key, value) for key, value, _ in letters(stack)] == [(b"o9:1", bad), (None, b"no json")]
    headers = letters(stack)[0][2]
    assert headers["__connect.errors.topic"].decode().removeprefix(stack.kafka.topic_prefix) == "orders"
    assert headers["__connect.errors.partition"] == b"1"
    assert headers["__connect.errors.offset"] == b"0"
    assert headers["__connect.errors.exception.class.name"] == b"invalid-event"
    assert b"amount" in headers["__connect.errors.exception.message"]
    assert booked(stack) == 100


def test_a_version_that_contradicts_itself_is_put_aside(stack: Stack) -> None:
    stack.publish("orders", [order("b"), order("b", amount=999), order("b", version=2, amount=70)])
    stack.settle()
    assert [headers["__connect.errors.exception.class.name"] for _, _, headers in letters(stack)[2:]] == [
        b"version-conflict"
    ]
    assert booked(stack) == 170


def test_a_worker_that_hangs_is_ended_and_another_goes_on_where_it_was(stack: Stack) -> None:
    stack.settle()
    stack.stop("worker")
    stack.start("worker", env={"ONEBOARD_WORKER_STUCK_SECONDS": "6"})
    stack.publish("orders", [order("before-it-hangs", amount=0)])
    stack.settle()
    warehouse = stack.pid("warehouse")
    os.kill(warehouse, signal.SIGSTOP)  # no answer, and no error either: the worker hangs in its insert
    try:
        stack.publish("orders", [order("while-it-hangs", amount=0)])
        assert stack.wait("worker", within_seconds=60) == EXIT_CODE
    finally:
        os.kill(warehouse, signal.SIGCONT)
    stack.start("worker")
    stack.settle()
    hung = "SELECT entity_id FROM order_changes WHERE entity_id LIKE '%-it-hangs%' ORDER BY entity_id"
    assert [id.partition(":")[0] for (id,) in stack.warehouse.rows(hung)] == ["before-it-hangs", "while-it-hangs"]


def test_it_begins_at_the_warehouse_s_watermark_whatever_was_committed(stack: Stack) -> None:
    """Kafka is told that everything is done; what the warehouse does not have is read all the same, once."""
    stack.kill("worker")
    stack.publish("orders", [order(f"c{i}", amount=1) for i in range(500)])
    name = stack.kafka.topic_prefix + "orders"
    ends = {TopicPartition(name, partition): last + 1 for partition, last in stack.ends("orders").items()}
    committing = KafkaConsumer(
        bootstrap_servers=stack.kafka.bootstrap, group_id=f"{stack.kafka.topic_prefix}worker", enable_auto_commit=False
    )

    def committed() -> bool:
        """Only once the killed worker's session has ended is the group free to be told."""
        try:
            committing.commit({tp: OffsetAndMetadata(end, "", -1) for tp, end in ends.items()})
        except CommitFailedError:
            return False
        return True

    try:
        stack.until(committed, "the group takes commits")
    finally:
        committing.close()
    stack.start("worker")
    stack.settle()
    assert booked(stack) == 670
    assert stack.warehouse.rows("SELECT count() FROM order_changes WHERE entity_id LIKE 'c%'") == [(500,)]


def collection(number: int) -> dict[str, object]:
    return {
        "collection_id": f"p{number}", "customer_id": "c", "received_on": "2026-11-02", "amount": 1,
        "occurred_at": "2026-11-02T10:00:00+08:00",
    }  # fmt: skip


def test_a_topic_made_anew_is_noticed_and_read_from_its_own_beginning(stack: Stack) -> None:
    stack.publish("collections", map(collection, range(30)))
    stack.settle()
    name, before = stack.kafka.topic_prefix + "collections", stack.topic_ids["collections"]
    admin = KafkaAdminClient(bootstrap_servers=stack.kafka.bootstrap)
    admin.delete_topics([name])
    stack.until(lambda: name not in admin.list_topics(), "the topic is gone")
    admin.close()
    ensure_topics(stack.kafka)
    stack.topic_ids = log_identity(stack.kafka)
    assert stack.topic_ids["collections"] != before
    with Publisher(stack.kafka) as publisher:
        publisher.publish("collections", [json.dumps(collection(100 + number)).encode() for number in range(5)])
    stack.settle()
    counted = "SELECT topic_id, count() FROM collection_changes WHERE state != '' GROUP BY topic_id"
    assert dict(stack.warehouse.rows(counted)) == {before: 30, stack.topic_ids["collections"]: 5}
    assert "topic collections was made anew" in stack.log("worker").read_text()


def test_too_many_bad_in_a_row_stand_still_and_say_so(stack: Stack) -> None:
    before = len(letters(stack))
    send_raw(stack, 0, *[(b"k", b"no json")] * (3 * ALLOWED_IN_A_ROW))
    stack.until(lambda: "the stream stands still at offset" in stack.log("worker").read_text(), "the worker says so")
    assert len(letters(stack)) == before, "a flood is not diverted quietly"
    assert stack.behind() == 3 * ALLOWED_IN_A_ROW


def test_a_log_that_is_shorter_than_what_the_warehouse_has_of_it_is_said_and_not_guessed_over(stack: Stack) -> None:
    stack.kill("worker")
    place = {"topic_id": stack.topic_ids["activities"], "partition": 0, "offset": 999, "entity_id": "", "version": 0}
    stack.warehouse.insert("activity_changes", pl.DataFrame(place))
    stack.start("worker")
    said = "activities:0 stands still: the warehouse has it up to offset 999, but the log ends before 0"
    stack.until(lambda: said in stack.log("worker").read_text(), "the worker says so")
    stack.publish("collections", [collection(200)])
    paid = "SELECT count() FROM collection_changes WHERE entity_id = 'p200'"
    stack.until(lambda: stack.warehouse.rows(paid) == [(1,)], "the other topics go on")
