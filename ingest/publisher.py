"""The way onto the log: topics as they must be, and a producer that returns when Kafka has acknowledged.

Everything here blocks; on an event loop call it through `asyncio.to_thread`. A `Publisher` may be shared by threads.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from itertools import islice
from typing import Any, Self

from kafka import KafkaProducer
from kafka.admin import KafkaAdminClient
from kafka.errors import (
    AuthorizationError,
    KafkaConfigurationError,
    KafkaError,
    MessageSizeTooLargeError,
    SaslAuthenticationFailedError,
    TopicAlreadyExistsError,
    UnsupportedSaslMechanismError,
)

from ingest.dead_letters import Letter
from ingest.errors import BrokerAway, EventTooLarge, IngestError, Terminal, did_you_mean
from ingest.events import Event
from ingest.intake import Sealed, seal, seal_event
from ingest.settings import KafkaSettings, kafka
from ingest.topics import TOPICS, Topic

TOPIC_CONFIG = {
    "retention.ms": "-1",  # the log of record has no end
    "cleanup.policy": "delete",
    "message.timestamp.type": "LogAppendTime",  # received_at is Kafka's clock
}
SETTINGS_ARE_WRONG = (
    AuthorizationError,
    KafkaConfigurationError,
    SaslAuthenticationFailedError,
    UnsupportedSaslMechanismError,
)
_WINDOW = 10_000  # records between two looks at the acknowledgements; at most two windows are on the way


def ensure_topics(settings: KafkaSettings | None = None, *, timeout_seconds: float = 30.0) -> list[str]:
    """Create the topics that are missing; returns their names on the log, each ready to be written.

    Raises `BrokerAway` when Kafka does not answer in time. Topics that exist are left as they are.
    """
    settings = settings or kafka()
    admin = _admin(settings, timeout_seconds)
    try:
        present = set(admin.list_topics())
        missing = {
            settings.topic_prefix + topic.name: {
                "num_partitions": min(topic.partitions, settings.most_partitions),
                "replication_factor": settings.replication_factor,
                "configs": _config(topic),
            }
            for topic in TOPICS.values()
            if settings.topic_prefix + topic.name not in present
        }
        for name, wanted in missing.items():
            try:
                admin.create_topics({name: wanted}, wait_for_metadata=True)
            except TopicAlreadyExistsError:
                continue  # another process was quicker
    except KafkaError as error:
        raise BrokerAway(f"Kafka at {settings.bootstrap} did not create the topics: {error}") from error
    finally:
        admin.close()
    return sorted(missing)


def log_identity(settings: KafkaSettings | None = None, *, timeout_seconds: float = 30.0) -> dict[str, str]:
    """Topic name → Kafka's topic id. A topic deleted and made again has another id: what was sent is gone."""
    settings = settings or kafka()
    admin = _admin(settings, timeout_seconds)
    try:
        names = {settings.topic_prefix + name: name for name in TOPICS}
        described = admin.describe_topics([name for name in admin.list_topics() if name in names])
    except KafkaError as error:
        raise BrokerAway(f"Kafka at {settings.bootstrap} did not describe its topics: {error}") from error
    finally:
        admin.close()
    return {names[topic["name"]]: str(topic["topic_id"]) for topic in described}


class Publisher:
    """Sends events and waits for every in-sync replica; each event exactly once per call, in order per entity.

    `bulk` trades the delay of the single event for throughput (imports). The connection is made on first use.
    """

    def __init__(
        self, settings: KafkaSettings | None = None, *, bulk: bool = False, timeout_seconds: float = 10.0
    ) -> None:
        self.settings = settings or kafka()
        self._bulk = bulk
        self._timeout = timeout_seconds
        self._producer: KafkaProducer | None = None
        self._lock = threading.Lock()

    def publish(self, topic: str, events: Iterable[Event | bytes]) -> list[str]:
        """Validate, send and await acknowledgement; returns the event ids in order.

        Events are models or JSON bytes. `Refused` (nothing sent) when one is not valid, `BrokerAway` when Kafka did
        not acknowledge in time: sending the same again is then harmless, the ids stay the same.
        """
        row = _topic(topic)
        sealed = [seal(row, event) if isinstance(event, bytes) else seal_event(row, event) for event in events]
        self.publish_sealed(topic, sealed)
        return [event.event_id for event in sealed]

    def publish_sealed(self, topic: str, sealed: Sequence[Sealed]) -> list[tuple[int, int]]:
        """Send what the door has validated and await acknowledgement; partition and offset of each, in order."""
        places: list[tuple[int, int]] = []
        self.publish_many(topic, sealed, placed=places.extend)
        return places

    def publish_many(
        self,
        topic: str,
        sealed: Iterable[Sealed | Letter],
        acknowledged: Callable[[int], None] | None = None,
        placed: Callable[[Iterable[tuple[int, int]]], None] | None = None,
    ) -> int:
        """Send a stream of any length with bounded memory; returns how many, all acknowledged.

        `acknowledged` is told, in order, how many of the stream Kafka now holds for certain, `placed` where: partition
        and offset of each.
        """
        name = self.settings.topic_prefix + _topic(topic).name
        events, done = iter(sealed), 0
        under_way: deque[list[Any]] = deque()
        while True:
            window = list(islice(events, _WINDOW))
            if not window and not under_way:
                return done
            producer = self._connected()
            try:
                if window:
                    sent = [
                        producer.send(name, key=event.key, value=event.value, headers=list(event.headers))
                        for event in window
                    ]
                    under_way.append(sent)
                if len(under_way) > 1 or not window:
                    oldest = under_way.popleft()
                    self._await(oldest)
                    done += len(oldest)
                    if placed:
                        placed((one.value.partition, one.value.offset) for one in oldest)
                    if acknowledged:
                        acknowledged(done)
            except MessageSizeTooLargeError as error:
                raise EventTooLarge(f"an event for {topic} is too large for Kafka: {error}") from error
            except KafkaError as error:
                self._let_go(producer)
                raise self._away(error) from error

    def close(self) -> None:
        """Let go of the connection; what was acknowledged is safe."""
        with self._lock:
            producer, self._producer = self._producer, None
        if producer is not None:
            with suppress(KafkaError):  # what was not acknowledged was said to whoever sent it
                producer.close(timeout=self._timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _let_go(self, producer: KafkaProducer) -> None:
        """The next call connects anew: a producer whose batches expired while Kafka was away does not come back."""
        with self._lock:
            if self._producer is producer:
                self._producer = None
        with suppress(KafkaError):  # what it still holds has expired, and it says so once more
            producer.close(timeout=0)

    def _await(self, futures: Sequence[Any]) -> None:
        for future in futures:
            if not future.is_done or future.failed():
                future.get(timeout=self._timeout + 1)

    def _connected(self) -> KafkaProducer:
        with self._lock:
            if self._producer is None:
                try:
                    self._producer = KafkaProducer(**self.settings.client_options(), **self._options())
                except KafkaError as error:
                    raise self._away(error) from error
            return self._producer

    def _options(self) -> dict[str, Any]:
        milliseconds = int(self._timeout * 1000)
        shared = {
            "acks": "all",
            "enable_idempotence": True,
            "allow_auto_create_topics": False,
            "bootstrap_timeout_ms": milliseconds,
            "max_block_ms": milliseconds,
            "delivery_timeout_ms": milliseconds,
            "request_timeout_ms": milliseconds // 2,
            "reconnect_backoff_max_ms": 1000,
            "metrics_enabled": False,
        }
        return shared | ({"linger_ms": 20, "batch_size": 256 * 1024, "compression_type": "lz4"} if self._bulk else {})

    def _away(self, error: KafkaError) -> IngestError:
        if isinstance(error, SETTINGS_ARE_WRONG):
            return Terminal(f"Kafka at {self.settings.bootstrap} refuses us: {error}")
        # a broker that does not like a password may only hang up
        guarded = self.settings.security_protocol != "PLAINTEXT"
        hint = (
            ", and see that ONEBOARD_KAFKA_SASL_USERNAME, _SASL_PASSWORD and _SSL_CAFILE are right" if guarded else ""
        )
        return BrokerAway(f"Kafka at {self.settings.bootstrap} did not take the events ({error}); try again{hint}")


def _config(topic: Topic) -> dict[str, str]:
    if topic.keeps_minutes is None:
        return TOPIC_CONFIG
    kept = str(topic.keeps_minutes * 60_000)
    return TOPIC_CONFIG | {"retention.ms": kept, "segment.ms": kept}


def _topic(name: str) -> Topic:
    if name not in TOPICS:
        raise Terminal(f"there is no topic {name!r}.{did_you_mean(name, TOPICS)}")
    return TOPICS[name]


def _admin(settings: KafkaSettings, timeout_seconds: float) -> KafkaAdminClient:
    milliseconds = int(timeout_seconds * 1000)
    try:
        return KafkaAdminClient(
            **settings.client_options(), bootstrap_timeout_ms=milliseconds, request_timeout_ms=milliseconds
        )
    except KafkaError as error:
        raise BrokerAway(f"Kafka at {settings.bootstrap} does not answer ({error})") from error
