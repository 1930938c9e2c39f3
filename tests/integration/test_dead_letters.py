"""Dead letters on a real broker with a real worker: seen, mended, sent back once, and streams that are let through."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from kafka import KafkaProducer

from deploy.local.kafka import EmbeddedKafka
from ingest.letters.box import Box
from ingest.letters.letter import Position
from ingest.letters.standing import marks_of, standing
from ingest.reader import Reader
from tests.stack import Stack

pytestmark = [pytest.mark.kafka, pytest.mark.warehouse, pytest.mark.slow]
ALLOWED_IN_A_ROW = 20
BROKEN = b'{"order_id": "o9", "amount": "1.123456", "occurred_at": "2026-11-02T10:00:00+08:00"}'
ALMOST_TOO_LARGE = b'{"order_id": "' + b"x" * 1_048_370 + b'"}'
"""Kafka takes it; with the headers of a letter it would not."""


@pytest.fixture(scope="module")
def stack(kafka: EmbeddedKafka, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("letters")
    with pytest.MonkeyPatch.context() as patch, Stack(kafka.bootstrap, folder, partitions=8) as stack:
        patch.setenv("ONEBOARD_WORKER_DEAD_LETTERS_IN_A_ROW", str(ALLOWED_IN_A_ROW))
        patch.setenv("ONEBOARD_WORKER_STANDSTILL_SECONDS", "0.2")
        stack.start("worker")
        yield stack


@pytest.fixture
def box(stack: Stack) -> Iterator[Box]:
    with Box(stack.kafka) as box:
        yield box


def order(id: str, version: int = 1, amount: int = 100) -> dict[str, object]:
    return {"order_id": id, "version": version, "amount": amount, "occurred_at": "2026-11-02T10:00:00+08:00"}


def send_raw(stack: Stack, partition: int, *values: bytes, key: bytes | None = b"k", topic: str = "orders") -> None:
    """Put bytes on a topic as somebody does who goes around the door."""
    producer = KafkaProducer(bootstrap_servers=stack.kafka.bootstrap, linger_ms=50, acks="all")
    for value in values:
        producer.send(stack.kafka.topic_prefix + topic, value, key=key, partition=partition, headers=[("trace", b"1")])
    producer.close()


def booked(stack: Stack, order_id: str) -> int:
    asked = "SELECT sum(booked_amount) FROM order_changes WHERE order_id = {id:String}"
    return int(stack.warehouse.rows(asked, {"id": order_id})[0][0])


def newest(box: Box) -> Position:
    return box.read()[0].letter.position


def test_a_letter_is_listed_shown_mended_and_sent_back_once(stack: Stack, box: Box, tmp_path: Path) -> None:
    send_raw(stack, 3, BROKEN, key=b"o9:1")
    stack.settle()
    place = str(newest(box))
    listed = stack.run("dead-letters", "list", "--topic", "orders", "--since", "1h")
    assert f"{place} " in listed.stdout
    assert "orders:3:0" in listed.stdout
    assert "1  orders  invalid-event  (1 wait)" in listed.stdout
    shown = stack.run("dead-letters", "show", place)
    assert '"amount": "1.123456"' in shown.stdout
    assert "header trace 1" in shown.stdout
    assert "mend       amount: " in shown.stdout
    as_it_is = stack.run("dead-letters", "replay", place)
    assert as_it_is.returncode == 1
    assert "still refused" in as_it_is.stdout
    mended = tmp_path / "mended.json"
    mended.write_bytes(BROKEN.replace(b"1.123456", b"112.50"))
    assert "sent" in stack.run("dead-letters", "replay", place, "--edit", str(mended)).stdout
    stack.settle()
    ends = stack.ends("orders")
    assert booked(stack, "o9") == 112
    again = stack.run("dead-letters", "replay", place, "--edit", str(mended))
    assert (again.returncode, "settled before, left alone" in again.stdout) == (0, True)
    stack.settle()
    assert (booked(stack, "o9"), stack.ends("orders")) == (112, ends)
    settled = box.read()[0].settled
    assert settled is not None
    assert (settled.how, settled.who.startswith("shell:"), settled.note) == ("replayed", True, "edited")
    sent = box.sent(settled)
    assert sent is not None
    assert (json.loads(sent.value)["amount"], sent.place.topic, sent.again) == ("112.50", "orders", None)
    assert '"amount": "112.50"' in stack.run("dead-letters", "show", place).stdout


def test_one_that_fails_again_is_a_new_letter_with_its_attempt(stack: Stack, box: Box) -> None:
    stack.publish("orders", [order("b"), order("b", amount=999)])
    stack.settle()
    first, ends = newest(box), stack.ends("orders")
    tried = stack.run("dead-letters", "replay", "--reason", "version-conflict", "--topic", "orders", "--dry-run")
    assert "1 would be sent" in tried.stdout
    assert stack.ends("orders") == ends
    assert "1 sent" in stack.run("dead-letters", "replay", "--reason", "version-conflict").stdout
    stack.settle()
    second = box.read()[0]
    assert second.letter.position > first
    assert (second.letter.reason, second.letter.attempt, second.settled) == ("version-conflict", 2, None)
    settled = {one.letter.position: one.settled for one in box.read()}[first]
    assert settled is not None
    sent = box.sent(settled)
    assert sent is not None
    assert sent.again == second.letter.position
    assert f"as dead letter {sent.again}" in stack.run("dead-letters", "show", str(first)).stdout
    assert booked(stack, "b") == 100
    refused = stack.run("dead-letters", "dismiss", str(second.letter.position))
    assert (refused.returncode, "only for a reason" in refused.stderr) == (1, True)
    assert "1 dismissed" in stack.run(
        "dead-letters", "dismiss", str(second.letter.position), "--why", "the first one is right"
    ).stdout  # fmt: skip
    assert not [one for one in box.read() if one.settled is None]


def test_a_letter_that_with_its_headers_is_too_large_is_still_all_there(stack: Stack, box: Box) -> None:
    send_raw(stack, 1, ALMOST_TOO_LARGE, json.dumps(order("after")).encode())
    stack.settle()
    found = box.read()[0].letter
    assert (found.size, found.is_whole) == (len(ALMOST_TOO_LARGE), False)
    whole = box.whole(found.position)
    assert whole is not None
    assert whole.value == ALMOST_TOO_LARGE
    assert booked(stack, "after") == 100


def test_a_fresh_box_says_the_same_as_one_that_followed(stack: Stack, box: Box) -> None:
    followed = box.read()
    send_raw(stack, 2, b"no json")
    stack.settle()
    with Box(stack.kafka) as fresh:
        assert fresh.read() == box.read()
    assert len(box.read()) == len(followed) + 1
    with Box(stack.kafka, kept=2) as small:
        assert [one.letter.position for one in small.read()] == [one.letter.position for one in box.read()[:2]]
        assert small.older == len(followed) - 1


def test_a_stream_that_stands_still_is_told_and_goes_on_when_it_is_let_through(stack: Stack, box: Box) -> None:
    before = len(box.read())
    send_raw(stack, 5, *[b"no json"] * (3 * ALLOWED_IN_A_ROW), json.dumps(order("held-up")).encode())
    stack.until(lambda: "the stream stands still at offset" in stack.log("worker").read_text(), "the worker says so")
    stored = stack.warehouse.rows(
        "SELECT topic_id, partition, max(offset) FROM order_changes GROUP BY topic_id, partition"
    )
    marks = marks_of(stored, stack.topic_ids)
    at_once = stack.kafka.model_copy(update={"standing_seconds": 0})
    with pytest.MonkeyPatch.context() as patch, Reader(at_once) as reader:
        patch.setattr("ingest.letters.standing.STORED", ("orders",))
        (still,) = standing(reader, marks)
    assert (still.topic, still.partition, still.behind) == ("orders", 5, 3 * ALLOWED_IN_A_ROW + 1)
    assert still.is_flood
    assert "not JSON" in still.why
    visit = {"activity_id": "v1", "kind": "visit", "rep_id": "r", "occurred_at": "2026-11-02T10:00:00Z"}
    stack.publish("activities", [visit])
    stack.until(lambda: stack.warehouse.rows("SELECT count() FROM activity_changes")[0][0] > 0, "other streams go on")
    assert len(box.read()) == before
    place = still.subject.removeprefix("standstill:")
    assert "goes on in a moment" in stack.run("dead-letters", "let-through", place).stdout
    stack.settle()
    assert len(box.read()) == before + 3 * ALLOWED_IN_A_ROW
    assert booked(stack, "held-up") == 100
    assert stack.verify().is_right
