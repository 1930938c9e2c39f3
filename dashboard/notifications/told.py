"""What was told already, folded from the words on the topic `notifications` in the order of the log. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from ingest.calendar import business_day
from ingest.events import Notification, NotifiedOf
from ingest.settings import company

LEASE = timedelta(minutes=5)
"""A message that was taken up and of which nothing was heard since is taken up anew after this: longer than any channel
is waited for."""


BEFORE = datetime.min.replace(tzinfo=UTC)


class To(NamedTuple):
    """A recipient and the channel that leads there."""

    recipient: str
    channel: str


@dataclass
class Life:
    """How one message fares. `attempts` only grow, so that each is claimed once; `tries` begin anew with "again"."""

    state: str = "again"
    at: datetime = BEFORE
    attempts: int = 0
    tries: int = 0
    retry_at: datetime | None = None

    def may_be_taken_up(self, now: datetime) -> bool:
        """Whether nobody has it in hand, and it is neither over nor waiting."""
        match self.state:
            case "sending":
                return now - self.at >= LEASE
            case "failed":
                return self.retry_at is None or now >= self.retry_at
        return self.state == "again"


@dataclass
class Thread:
    """What one recipient was told of one finding by one channel: one problem, one thread."""

    route: str
    first_at: datetime
    last_at: datetime
    version: int
    is_open: bool = True
    is_folded: bool = False
    endings: int = 0


@dataclass
class Told:
    """Everything that was told. `take` the words one after the other; what is asked for costs nothing."""

    threads: dict[str, dict[To, Thread]] = field(default_factory=dict)
    """By finding."""
    lives: dict[str, Life] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)
    """Keys of what was said."""
    given_up: set[str] = field(default_factory=set)
    """Keys of what could not be said and is a dead letter."""
    _carried: dict[str, str] = field(default_factory=dict)
    """By key the message that was last taken up with it."""
    _singles: dict[tuple[To, date], set[str]] = field(default_factory=dict)
    _folded: dict[tuple[To, date], list[datetime]] = field(default_factory=dict)
    _folds: dict[tuple[To, date], set[str]] = field(default_factory=dict)

    def is_new(self, key: str) -> bool:
        """Whether it was neither said nor given up."""
        return key not in self.done and key not in self.given_up

    def carrier(self, key: str) -> str | None:
        """The message that was last taken up with it: what did not arrive is tried again as the same message."""
        return self._carried.get(key)

    def is_free(self, key: str, now: datetime) -> bool:
        """Whether it is new and no message that is under way, or waits to be tried again, says it."""
        carrier = self.carrier(key)
        return self.is_new(key) and (carrier is None or self.life(carrier).may_be_taken_up(now))

    @classmethod
    def of(cls, words: Iterable[Notification]) -> "Told":
        """From the words in the order of the log."""
        told = cls()
        for word in words:
            told.take(word)
        return told

    def take(self, word: Notification) -> bool:
        """One more word; False where it takes up a message, or what another says, that somebody has in hand already."""
        life = self.lives.setdefault(word.notification_id, Life())
        if word.state == "sending":
            if word.attempt <= life.attempts or any(self._is_taken(item.key, word) for item in word.items):
                return False
            life.attempts, life.tries = word.attempt, life.tries + 1
            self._carried |= {item.key: word.notification_id for item in word.items}
        elif word.state == "again":
            life.tries = 0
            self.given_up -= {item.key for item in word.items}
        life.state, life.at, life.retry_at = word.state, word.occurred_at, word.retry_at
        if word.state == "sent":
            self._sent(word)
        elif word.state == "dead":
            self.given_up |= {item.key for item in word.items}
        if word.kind == "folded" and word.state in ("sent", "dead"):
            self._folds.setdefault(_day_of(word), set()).add(word.notification_id)
        return True

    def life(self, notification_id: str) -> Life:
        """How that message fares; a fresh one's where nobody has heard of it."""
        return self.lives.get(notification_id) or Life()

    def thread(self, to: To, finding_id: str) -> Thread | None:
        """What the recipient was told of that finding."""
        return self.threads.get(finding_id, {}).get(to)

    def told_at(self, finding_id: str, recipient: str | None) -> datetime | None:
        """When they were first told of a finding as it stands, by whichever channel."""
        threads = self.threads.get(finding_id, {}).items()
        return min((one.first_at for to, one in threads if to.recipient == recipient and one.is_open), default=None)

    def new_on(self, to: To, day: date) -> int:
        """How many new findings the recipient was told of one by one on that day."""
        return len(self._singles.get((to, day), ()))

    def folds_on(self, to: To, day: date) -> int:
        """How many folded messages of that day are over."""
        return len(self._folds.get((to, day), ()))

    def last_fold(self, to: To, day: date) -> datetime | None:
        """When the recipient had the last folded message of that day."""
        return max(self._folded.get((to, day), ()), default=None)

    @property
    def open_findings(self) -> set[str]:
        """Findings of whose end somebody is still to be told."""
        return {id for id, threads in self.threads.items() if any(one.is_open for one in threads.values())}

    def _is_taken(self, key: str, word: Notification) -> bool:
        """Whether another message said it, or is about to, when this one was taken up."""
        return self.carrier(key) not in (None, word.notification_id) and not self.is_free(key, word.occurred_at)

    def _sent(self, word: Notification) -> None:
        to, day = _day_of(word)
        if word.kind == "folded":
            self._folded.setdefault((to, day), []).append(word.occurred_at)
        for item in word.items:
            self.done.add(item.key)
            if item.what == "new" and word.kind == "single":
                self._singles.setdefault((to, day), set()).add(item.key)
            if item.finding_id:
                self._told_of(to, item.finding_id, item, word)

    def _told_of(self, to: To, finding_id: str, item: NotifiedOf, word: Notification) -> None:
        threads = self.threads.setdefault(finding_id, {})
        at, thread = word.occurred_at, threads.get(to)
        if thread is None:
            thread = threads[to] = Thread(word.route, at, at, item.version)
            thread.is_folded = word.kind == "folded"
        elif not thread.is_open and item.what != "ended":
            thread.first_at, thread.is_folded = at, word.kind == "folded"
        thread.route, thread.last_at, thread.version = word.route, at, item.version
        thread.endings += item.what == "ended" and thread.is_open
        thread.is_open = item.what != "ended"


def _day_of(word: Notification) -> tuple[To, date]:
    return To(word.recipient, word.channel), business_day(word.occurred_at, company().zone)
