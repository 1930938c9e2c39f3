"""Where contents go: validated and sealed first, then kept, counted, or sent to Kafka by one process or several."""

import multiprocessing
import os
import re
import signal
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from ingest.errors import Transient
from ingest.intake import Fault, Refused, Sealed, event_id_of, require_size, seal, validate, with_event_id
from ingest.publisher import Publisher, ensure_topics, log_identity
from ingest.settings import KafkaSettings
from ingest.topics import TOPICS

_VERSION = re.compile(rb'"version":(\d+)')


@dataclass(frozen=True)
class Totals:
    """Of events: how many, the sum of their `amount`s, and the first and the last instant."""

    count: int = 0
    amount: Decimal = Decimal(0)
    first: datetime | None = None
    last: datetime | None = None

    def __add__(self, other: "Totals") -> "Totals":
        firsts = [at for at in (self.first, other.first) if at is not None]
        lasts = [at for at in (self.last, other.last) if at is not None]
        return Totals(
            self.count + other.count,
            self.amount + other.amount,
            min(firsts, default=None),
            max(lasts, default=None),
        )


@dataclass(frozen=True)
class Receipt:
    """What became of a batch of contents: `refused` says which places of it may not enter, and why; `conflicting`,
    where it is looked for, which say something else than an earlier one of the same entity and version.
    """

    totals: Totals
    refused: list[tuple[int, Fault]] = field(default_factory=list)
    conflicting: list[tuple[int, str]] = field(default_factory=list)


class Outlet(Protocol):
    """Takes canonical contents; the receipt comes when they are safe."""

    def take(self, topic: str, contents: Sequence[bytes]) -> "Future[Receipt]": ...

    def log(self) -> Mapping[str, str]:
        """Topic → id of the log the events go to; another id means another log."""
        ...

    def close(self) -> None: ...


def seal_all(topic: str, contents: Sequence[bytes]) -> tuple[list[Sealed], Receipt]:
    """Validate and seal; contents must be canonical (`intake.canonical`), as the mapping language writes them."""
    row = TOPICS[topic]
    sealed: list[Sealed] = []
    refused: list[tuple[int, Fault]] = []
    amount, first, last = Decimal(0), None, None
    for place, content in enumerate(contents):
        try:
            require_size(content)
            if b'"event_id":' in content:
                sealed.append(seal(row, content))
            event = validate(row, content)
        except Refused as reason:
            refused.append((place, reason.faults[0]))
            continue
        if b'"event_id":' not in content:
            event_id = event_id_of(topic, content)
            sealed.append(Sealed(event.entity_id.encode(), with_event_id(content, event_id), event_id))
        amount += getattr(event, "amount", None) or 0
        at = event.occurred_at
        first = at if first is None or at < first else first
        last = at if last is None or at > last else last
    return sealed, Receipt(Totals(len(sealed), amount, first, last), refused)


def _done(receipt: Receipt) -> "Future[Receipt]":
    future: Future[Receipt] = Future()
    future.set_result(receipt)
    return future


class Checked:
    """Validates and lets go: the outlet of a dry run. It remembers ids, to see versions that contradict each other."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, bytes, bytes], str] = {}

    def take(self, topic: str, contents: Sequence[bytes]) -> "Future[Receipt]":
        sealed, receipt = seal_all(topic, contents)
        refused = {place for place, _ in receipt.refused}
        accepted = [place for place in range(len(contents)) if place not in refused]
        if topic != "org":  # there a statement is about a day, too
            for place, event in zip(accepted, sealed, strict=True):
                version = _VERSION.search(event.value)
                state = (topic, event.key, version[1] if version else b"")
                if self._seen.setdefault(state, event.event_id) != event.event_id:
                    receipt.conflicting.append((place, event.key.decode()))
        return _done(receipt)

    def log(self) -> Mapping[str, str]:
        return {}

    def close(self) -> None:
        """Nothing is held."""


class Kept:
    """Keeps what it was given, in order: for tests, and for who wants to look at it."""

    def __init__(self) -> None:
        self.events: list[tuple[str, Sealed]] = []

    def take(self, topic: str, contents: Sequence[bytes]) -> "Future[Receipt]":
        sealed, receipt = seal_all(topic, contents)
        self.events += [(topic, event) for event in sealed]
        return _done(receipt)

    def log(self) -> Mapping[str, str]:
        return {"kept": str(id(self))}

    def close(self) -> None:
        """What was kept stays."""


class ToKafka:
    """Sends through a publisher of this process."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher

    def take(self, topic: str, contents: Sequence[bytes]) -> "Future[Receipt]":
        return _done(_send(self._publisher, topic, contents))

    def log(self) -> Mapping[str, str]:
        ensure_topics(self._publisher.settings)
        return log_identity(self._publisher.settings)

    def close(self) -> None:
        """The publisher belongs to the caller."""


class Workers:
    """Sends through several processes: validating and sending is Python, and one process has one interpreter lock."""

    def __init__(self, settings: KafkaSettings, processes: int | None = None) -> None:
        self._settings = settings
        self._pool = ProcessPoolExecutor(
            processes or max(1, min(4, os.cpu_count() or 1)),
            mp_context=multiprocessing.get_context("spawn"),  # polars' threads do not survive a fork
            initializer=_begin,
            initargs=(settings,),
        )

    def take(self, topic: str, contents: Sequence[bytes]) -> "Future[Receipt]":
        try:
            return self._pool.submit(_send_here, topic, list(contents))
        except BrokenProcessPool as error:
            raise Transient("a sending process died; run the import again, it goes on where it was") from error

    def log(self) -> Mapping[str, str]:
        ensure_topics(self._settings)
        return log_identity(self._settings)

    def close(self) -> None:
        """Let the processes end; batches not yet begun are dropped."""
        self._pool.shutdown(wait=True, cancel_futures=True)


_publisher: Publisher | None = None


def _begin(settings: KafkaSettings) -> None:
    global _publisher
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the importing process's to handle
    _publisher = Publisher(settings, bulk=True, timeout_seconds=60)


def _send_here(topic: str, contents: list[bytes]) -> Receipt:
    assert _publisher is not None
    return _send(_publisher, topic, contents)


def _send(publisher: Publisher, topic: str, contents: Sequence[bytes]) -> Receipt:
    sealed, receipt = seal_all(topic, contents)
    publisher.publish_many(topic, sealed)
    return receipt
