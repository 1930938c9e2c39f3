"""The demo's company on a real log: all of its history once, whatever stops it in between."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from kafka import KafkaConsumer
from kafka.structs import TopicPartition

from deploy.errors import CannotRun
from deploy.local.kafka import EmbeddedKafka
from deploy.simulation import Simulation
from ingest.errors import BrokerAway
from ingest.publisher import Publisher, ensure_topics
from ingest.settings import KafkaSettings
from ingest.simulator.company import Company
from ingest.simulator.history import history
from ingest.simulator.sizes import SIZES

pytestmark = pytest.mark.kafka
NOW = datetime.now(UTC).replace(hour=7, minute=30, second=0, microsecond=0) - timedelta(days=3)
TOPICS = ("orders", "opportunities", "activities", "collections", "org", "targets", "tasks")


class Log:
    """Topics of our own on the shared broker."""

    def __init__(self, kafka: EmbeddedKafka) -> None:
        self.settings = KafkaSettings(bootstrap=kafka.bootstrap, topic_prefix=f"s{uuid4().hex[:8]}-")
        ensure_topics(self.settings)
        self.publisher = Publisher(self.settings, bulk=True)

    def event_ids(self) -> Counter[str]:
        """How often each event is on the log."""
        reader = KafkaConsumer(bootstrap_servers=self.settings.bootstrap, auto_offset_reset="earliest")
        places = [
            TopicPartition(name, partition)
            for name in (self.settings.topic_prefix + topic for topic in TOPICS)
            for partition in reader.partitions_for_topic(name)
        ]
        reader.assign(places)
        left = sum(reader.end_offsets(places).values())
        ids: Counter[str] = Counter()
        while left > 0:
            for records in reader.poll(timeout_ms=1000).values():
                ids.update(json.loads(record.value)["event_id"] for record in records)
                left -= len(records)
        reader.close()
        return ids


@pytest.fixture
def log(kafka: EmbeddedKafka) -> Iterator[Log]:
    log = Log(kafka)
    yield log
    log.publisher.close()


def begun(log: Log, folder: Path) -> Simulation:
    return Simulation("small", 7, log.publisher, folder / "simulation.json", NOW.date())


def event_ids(until: datetime) -> set[str]:
    company = Company.make(7, SIZES["small"], NOW.date())
    return {event.event_id for _, event in history(company, until) if event.event_id}


def expected(until: datetime) -> int:
    return len(event_ids(until))


def test_the_whole_history_enters_once_and_a_later_run_adds_what_is_new(log: Log, tmp_path: Path) -> None:
    first = begun(log, tmp_path)
    assert first.is_new
    assert first.catch_up(NOW, lambda reached, sent: None) == expected(NOW)
    later = begun(log, tmp_path)
    assert not later.is_new
    tomorrow = NOW + timedelta(days=1)
    assert later.catch_up(tomorrow, lambda reached, sent: None) == expected(tomorrow) - expected(NOW)
    ids = log.event_ids()
    assert len(ids) == ids.total() == expected(tomorrow)


def test_another_company_is_refused_beside_the_first(log: Log, tmp_path: Path) -> None:
    begun(log, tmp_path).catch_up(NOW, lambda reached, sent: None)
    with pytest.raises(CannotRun, match=r"another company \(--size small --seed 7\).*make clean"):
        Simulation("small", 8, log.publisher, tmp_path / "simulation.json", NOW.date())


def test_a_history_that_was_cut_off_goes_on_and_nothing_is_missing(
    log: Log, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deploy.simulation._AT_ONCE", 500)

    def cut_off(reached: datetime, sent: int) -> None:
        if sent >= 1_500:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        begun(log, tmp_path).catch_up(NOW, cut_off)
    begun(log, tmp_path).catch_up(NOW, lambda reached, sent: None)
    assert len(log.event_ids()) == expected(NOW)


def test_live_sends_each_event_when_its_time_has_come_and_ends_when_told(log: Log, tmp_path: Path) -> None:
    simulation = begun(log, tmp_path)
    simulation.catch_up(NOW, lambda reached, sent: None)  # all since then is due, and what comes after is not
    waits: list[float] = []

    def over(seconds: float) -> bool:
        waits.append(seconds)
        return True

    begun_at = datetime.now(UTC)
    simulation.live(over)
    assert len(waits) == 1
    assert 0 < waits[0] <= 1.0
    ids, due, known = log.event_ids(), event_ids(begun_at), event_ids(datetime.now(UTC))
    assert due <= ids.keys()
    assert {ids[one] for one in ids.keys() & known} == {1}  # what is beside the company's days may be told twice
    assert ids.keys().isdisjoint(event_ids(NOW + timedelta(days=30)) - known)


def test_live_waits_for_a_broker_that_is_away(tmp_path: Path) -> None:
    nobody = Publisher(KafkaSettings(bootstrap="127.0.0.1:1"), timeout_seconds=0.2)
    simulation = Simulation("small", 7, nobody, tmp_path / "simulation.json", NOW.date())
    with pytest.raises(BrokerAway):
        simulation.catch_up(NOW, lambda reached, sent: None)
    tries: list[float] = []

    def over(seconds: float) -> bool:
        tries.append(seconds)
        return len(tries) == 2

    simulation.live(over)
    assert simulation.is_new
