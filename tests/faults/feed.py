"""What is sent: histories of entities from a seed, late, twice, out of order, contradicting; and what is no event.

Producers go on for as long as a trial lasts and send everything until it is acknowledged, so that what they send twice
because an answer was lost is part of the trial.
"""

import json
import random
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from typing import Any

from ingest.dead_letters import Letter
from ingest.errors import Transient
from ingest.publisher import Publisher

Event = tuple[str, dict[str, Any]]
OFFICES, PRODUCTS = ("hz", "nb"), ("vms", "cam", "nvr")
SKEWS = (timedelta(0), timedelta(0), timedelta(0), timedelta(hours=3), -timedelta(days=2), -timedelta(days=45))
"""How far a producer's clock, or what it tells of, is from now."""
POISON: tuple[bytes | None, ...] = (
    b"",
    b"{",
    b"\xff\xfe",
    None,
    b"[]",
    b'{"order_id": "x"}',
    b'{"order_id": "x", "occurred_at": "yesterday", "amount": 1}',
    b'{"order_id": "x", "occurred_at": "2026-01-01T00:00:00Z", "amount": NaN}',
    b'{"order_id": "x", "occurred_at": "2026-01-01T00:00:00Z", "amount": "12345678901234567890.123456"}',
    b'{"order_id": "x", "occurred_at": "9999-01-01T00:00:00Z", "amount": 1}',
)
AGAIN_SECONDS = 0.3


@dataclass(frozen=True)
class Load:
    """Fewer than `batch` events at once from each producer, again after a pause: something is on the way at every
    moment, and no more of it than keeps a part from being what is hurt."""

    batch: int = 12
    pause_seconds: float = 0.5


def stories(rng: random.Random, run: str) -> Iterator[Event]:
    """Events of many entities at once, without end: of each some versions, shuffled among those of the others."""
    waiting: list[tuple[float, int, Event]] = []
    for number in range(10**9):
        for event in _story(rng, f"{run}-{number}"):
            for _ in range(2 if rng.random() < 0.1 else 1):
                heappush(waiting, (number + rng.expovariate(0.1), rng.randrange(10**9), event))
        while waiting and waiting[0][0] <= number:
            yield heappop(waiting)[2]


def _story(rng: random.Random, name: str) -> Iterator[Event]:
    topic = rng.choice(("orders", "orders", "orders", "opportunities", "activities", "collections"))
    begun = datetime.now(UTC) + rng.choice(SKEWS)
    for version in range(rng.choice((1, 1, 2, 3, 5))):
        event = {
            "occurred_at": (begun + timedelta(seconds=version)).isoformat(),
            "version": version,
            **_FIELDS[topic](rng, f"{name}'\"😀" if rng.random() < 0.02 else name),
        }
        yield topic, event
        if rng.random() < 0.01:
            yield topic, {**event, "source": "somebody else", **_other(topic, event)}


def _other(topic: str, event: dict[str, Any]) -> dict[str, Any]:
    """What contradicts the event under the same version."""
    return {"duration_minutes": 1_000} if topic == "activities" else {"amount": event["amount"] + 1}


def _where(rng: random.Random) -> dict[str, Any]:
    office = rng.choice(OFFICES)
    return {"office_id": office, "rep_id": f"r-{office}", "customer_id": f"c{rng.randrange(40)}"}


def _order(rng: random.Random, name: str) -> dict[str, Any]:
    amount = rng.randrange(100, 10_000_000) / 100
    return {
        "order_id": name, "amount": amount, "product_id": rng.choice(PRODUCTS), **_where(rng),
        "status": rng.choice(("effective", "effective", "effective", "cancelled")),
        "shipped_amount": round(amount / 2, 2), "quantity": rng.randrange(1, 90),
    }  # fmt: skip


def _opportunity(rng: random.Random, name: str) -> dict[str, Any]:
    return {
        "opportunity_id": name, "amount": rng.randrange(1, 10_000), "product_id": rng.choice(PRODUCTS), **_where(rng),
        "outcome": rng.choice(("open", "open", "won", "lost")), "stage": rng.choice(("ATI", "ATB", "ATC")),
    }  # fmt: skip


def _activity(rng: random.Random, name: str) -> dict[str, Any]:
    return {
        "activity_id": name, "kind": rng.choice(("visit", "call", "complaint")), "duration_minutes": rng.randrange(90),
        **_where(rng),
    }  # fmt: skip


def _collection(rng: random.Random, name: str) -> dict[str, Any]:
    received_on = (datetime.now(UTC) - timedelta(days=rng.randrange(60))).date().isoformat()
    return {
        "collection_id": name, "customer_id": f"c{rng.randrange(40)}", "received_on": received_on,
        "amount": rng.randrange(1, 10_000),
    }  # fmt: skip


_FIELDS = {"orders": _order, "opportunities": _opportunity, "activities": _activity, "collections": _collection}


class Producer(threading.Thread):
    """Sends to the door, without end; what was not acknowledged is sent again as it was."""

    def __init__(self, url: str, seed: int, load: Load) -> None:
        super().__init__(daemon=True)
        self._url, self._rng, self._load = url, random.Random(seed), load
        self._events = stories(self._rng, f"e{seed}")
        self._over = threading.Event()
        self.acknowledged = 0
        self.refused: list[str] = []
        """What the door would not take: nothing of what is sent here is wrong."""

    def run(self) -> None:
        while not self._over.is_set():
            by_topic: dict[str, list[dict[str, Any]]] = {}
            for _ in range(self._rng.randrange(1, self._load.batch)):
                topic, event = next(self._events)
                by_topic.setdefault(topic, []).append(event)
            for topic, events in by_topic.items():
                while not self._sent(topic, events):
                    time.sleep(AGAIN_SECONDS)
                self.acknowledged += len(events)
            self._over.wait(self._load.pause_seconds)

    def ask_to_stop(self) -> None:
        """It ends when the last of what was begun is acknowledged."""
        self._over.set()

    def _sent(self, topic: str, events: list[dict[str, Any]]) -> bool:
        body = json.dumps(events).encode()
        request = urllib.request.Request(f"{self._url}/v1/events/{topic}", body, {"content-type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return bool(answer.status == 202)
        except urllib.error.HTTPError as error:
            if error.code != 503:
                self.refused.append(error.read().decode())
            return error.code != 503
        except OSError:
            return False


class Poisoner(threading.Thread):
    """Puts onto the log, past the door, what is no event."""

    def __init__(self, publisher: Publisher, seed: int) -> None:
        super().__init__(daemon=True)
        self._publisher, self._rng = publisher, random.Random(seed)
        self._over = threading.Event()

    def run(self) -> None:
        while not self._over.wait(self._rng.uniform(0.1, 1.0)):
            letter = Letter(b"poison", self._rng.choice(POISON), [("sent-by", b"the poisoner")])
            while not self._sent(letter):
                time.sleep(AGAIN_SECONDS)

    def ask_to_stop(self) -> None:
        """It ends when the last of what was begun is acknowledged."""
        self._over.set()

    def _sent(self, letter: Letter) -> bool:
        try:
            self._publisher.publish_many("orders", [letter])
        except Transient:
            return False
        return True
