"""From `board-updates` on the real broker to the picture of a real browser."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from kafka import KafkaProducer
from playwright.sync_api import Page, expect

from deploy.local.kafka import EmbeddedKafka
from ingest.publisher import ensure_topics
from ingest.settings import KafkaSettings
from tests.e2e.conftest import Served, serving, until
from tests.e2e.test_live_loop import PAGE, call, screens, state

pytestmark = [pytest.mark.e2e, pytest.mark.kafka]
PREFIX = "live-"


@pytest.fixture(scope="module")
def served(kafka: EmbeddedKafka, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The page, reading the broker."""
    ensure_topics(KafkaSettings(bootstrap=kafka.bootstrap, topic_prefix=PREFIX))
    with serving(tmp_path_factory.mktemp("updates")) as start:
        yield start(PAGE, ONEBOARD_KAFKA_BOOTSTRAP=kafka.bootstrap, ONEBOARD_KAFKA_TOPIC_PREFIX=PREFIX)


@pytest.fixture(scope="module")
def producer(kafka: EmbeddedKafka) -> Iterator[Any]:
    """What the worker has."""
    producer = KafkaProducer(bootstrap_servers=kafka.bootstrap, acks="all", linger_ms=0)
    yield producer
    producer.close()


def tell(producer: Any, office: str, offset: int, **more: Any) -> None:
    update = {
        "table": "order_changes",
        "topic_id": "t",
        "partition": 0,
        "offset": offset,
        "slices": {"offices": [office]},
    }
    producer.send(f"{PREFIX}board-updates", json.dumps(update | more).encode()).get(timeout=10)


def test_every_update_on_the_broker_is_on_the_page(served: Served, page: Page, producer: Any) -> None:
    page.goto(f"{served.url}/?unit=u")
    screens(served, 1)
    until(lambda: state(served)["reading"], what="the topic is read")
    for value in range(1, 41):
        call(served, f"/test/put?unit=u&value={value}&quiet=true")
        tell(producer, "u", value)
        expect(page.locator("#figure")).to_have_text(f"u {value}")


def test_what_cannot_be_read_and_what_names_nothing_wakes_all(served: Served, page: Page, producer: Any) -> None:
    page.goto(f"{served.url}/?unit=w")
    screens(served, 1)
    until(lambda: state(served)["reading"], what="the topic is read")
    for value, message in enumerate((b"not json", b'{"table": "all", "slices": "all"}'), 1):
        call(served, f"/test/put?unit=w&value={value}&quiet=true")
        producer.send(f"{PREFIX}board-updates", message).get(timeout=10)
        expect(page.locator("#figure")).to_have_text(f"w {value}")
