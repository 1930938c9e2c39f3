"""A message before it is worded: to whom, by which channel, about which findings."""

import hashlib
from dataclasses import dataclass
from typing import Literal

from dashboard.notifications.told import To
from ingest.events import NotifiedOf
from warehouse.meetings import Meeting
from warehouse.queries.findings import FindingCard
from warehouse.task_life import TaskCard

What = Literal["new", "update", "ended", "contest"]
ROOM = "room:"


@dataclass(frozen=True)
class Item:
    """One finding in a message, and what is said of it."""

    said: NotifiedOf
    card: FindingCard

    @property
    def begins(self) -> bool:
        """Whether it is the first word on a finding, and counts as one of the day."""
        return self.said.what == "new"


@dataclass(frozen=True)
class Reminder:
    """One action in a message, and what is said of it."""

    said: NotifiedOf
    task: TaskCard


@dataclass(frozen=True)
class Message:
    """What one recipient is told by one channel, its id that of every attempt; `items` are ranked by money.

    `meeting` is what a call calls to, `what` it says of it: on, plan, off, ask, message or brief.
    """

    id: str
    to: To
    route: str
    kind: Literal["single", "folded", "reminder", "test", "call"]
    items: tuple[Item, ...] = ()
    meeting: Meeting | None = None
    what: str = ""
    reminders: tuple[Reminder, ...] = ()

    @property
    def said(self) -> tuple[NotifiedOf, ...]:
        """All that it says."""
        return (*(one.said for one in self.items), *(one.said for one in self.reminders))

    @property
    def is_for_room(self) -> bool:
        """Whether anybody may read it: it then names no rep."""
        return self.to.recipient.startswith(ROOM)


def key_of(*parts: object) -> str:
    """Equal exactly for equal parts."""
    return hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()[:32]


def money_of(item: Item) -> float:
    """The size of its gap, by which findings are ranked."""
    return abs(float(item.card.finding.gap))
