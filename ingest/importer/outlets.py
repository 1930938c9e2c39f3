"""Where contents go: validated and sealed first, then kept, counted, or sent to Kafka by one process or several."""

import multiprocessing
import os
import re
import signal
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Protocol

from ingest.errors import Transient
from ingest.importer.sealing import Origin, Receipt, seal_all
from ingest.intake import Sealed
from ingest.publisher import Publisher, ensure_topics, log_identity
from ingest.retractions import last_retraction
from ingest.settings import KafkaSettings

_VERSION = re.compile(rb'"version":(\d+)')


class Outlet(Protocol):
    """Takes canonical contents; the receipt comes when they are safe."""

    def take(self, topic: str, contents: Sequence[bytes], origin: Origin = Origin()) -> "Future[Receipt]": ...

    def last_retraction(self, source: str) -> str:
        """The id of the last retraction of a source on that log; "" for none."""
        ...

    def log(self) -> Mapping[str, str]:
        """Topic → id of the log the events go to; another id means another log."""
        ...

    def close(self) -> None: ...


def _done(receipt: Receipt) -> "Future[Receipt]":
    future: Future[Receipt] = Future()
    future.set_result(receipt)
    return future


class Checked:
    """Validates and lets go: the outlet of a dry run. It remembers ids, to see versions that contradict each other."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, bytes, bytes], str] = {}

    def take(self, topic: str, contents: Sequence[bytes], origin: Origin = Origin()) -> "Future[Receipt]":
        sealed, receipt = seal_all(topic, contents, origin)
        refused = {place for place, _ in receipt.refused}
        accepted = [place for place in range(len(contents)) if place not in refused]
        if topic != "org":  # there a statement is about a day, too
            for place, event in zip(accepted, sealed, strict=True):
                version = _VERSION.search(event.value)
                state = (topic, event.key, version[1] if version else b"")
                if self._seen.setdefault(state, event.event_id) != event.event_id:
                    receipt.conflicting.append((place, event.key.decode()))
        return _done(receipt)

    def last_retraction(self, source: str) -> str:
        return ""

    def log(self) -> Mapping[str, str]:
        return {}

    def close(self) -> None:
        """Nothing is held."""


class Kept:
    """Keeps what it was given, in order: for tests, and for who wants to look at it."""

    def __init__(self) -> None:
        self.events: list[tuple[str, Sealed]] = []

    def take(self, topic: str, contents: Sequence[bytes], origin: Origin = Origin()) -> "Future[Receipt]":
        sealed, receipt = seal_all(topic, contents, origin)
        self.events += [(topic, event) for event in sealed]
        return _done(receipt)

    def last_retraction(self, source: str) -> str:
        return ""

    def log(self) -> Mapping[str, str]:
        return {"kept": str(id(self))}

    def close(self) -> None:
        """What was kept stays."""


class ToKafka:
    """Sends through a publisher of this process."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher

    def take(self, topic: str, contents: Sequence[bytes], origin: Origin = Origin()) -> "Future[Receipt]":
        return _done(_send(self._publisher, topic, contents, origin))

    def last_retraction(self, source: str) -> str:
        return last_retraction(self._publisher.settings, source)

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

    def take(self, topic: str, contents: Sequence[bytes], origin: Origin = Origin()) -> "Future[Receipt]":
        try:
            return self._pool.submit(_send_here, topic, list(contents), origin)
        except BrokenProcessPool as error:
            raise Transient("a sending process died; run the import again, it goes on where it was") from error

    def last_retraction(self, source: str) -> str:
        return last_retraction(self._settings, source)

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


def _send_here(topic: str, contents: list[bytes], origin: Origin) -> Receipt:
    assert _publisher is not None
    return _send(_publisher, topic, contents, origin)


def _send(publisher: Publisher, topic: str, contents: Sequence[bytes], origin: Origin) -> Receipt:
    sealed, receipt = seal_all(topic, contents, origin)
    publisher.publish_many(topic, sealed)
    return receipt
