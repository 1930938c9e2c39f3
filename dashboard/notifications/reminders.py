"""Of which actions people are reminded now, and who hears when nobody does them; by the same rows as findings. Pure.

Whoever has an action is told two working days before it is due, and once it is late; their manager and the head of the
company hear of one that was to bring something after the working minutes of their rows. When a check can be decided
whoever leads is told, as nobody decides of their own. All that is due to a recipient at once is one message; what one
that is under way says is in no other, and what did not arrive is tried again as the same.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from dashboard.notifications.circumstances import Circumstances
from dashboard.notifications.messages import Message, Reminder, key_of
from dashboard.notifications.routes import Route
from dashboard.notifications.told import To
from ingest.calendar import business_day
from ingest.events import NotifiedOf
from warehouse.task_life import TaskCard

BEFORE_DAYS, LATE_DAYS = 2, 10
"""Working days before its day on which one is reminded, and after it beyond which nobody is told any more."""

What = Literal["due", "late", "check"]


@dataclass(frozen=True)
class Reminders:
    """The actions, and the circumstances in which people are reminded of them."""

    cards: Sequence[TaskCard]
    at: Circumstances

    def due(self) -> list[Message]:
        """A message a recipient and channel, with all that they are to be told now."""
        groups: dict[tuple[To, str | None], dict[str, tuple[Reminder, str]]] = {}
        for card in self.cards:
            for what, sign in self._said(card):
                for route in self.at.routes.routes:
                    for to in self._recipients(card, what, route):
                        key = key_of(*to, card.task.task_id, what, sign)
                        if self.at.told.is_free(key, self.at.now):
                            said = NotifiedOf(key=key, task_id=card.task.task_id, what=what)
                            group = groups.setdefault((to, self.at.told.carrier(key)), {})
                            group.setdefault(key, (Reminder(said, card), route.name))
        found = []
        for (to, tried), items in groups.items():
            reminders = tuple(one for one, _ in sorted(items.values(), key=_order))
            id = tried or key_of(*to, "reminders", *(one.said.key for one in reminders))
            name = next(iter(items.values()))[1]
            found.append(Message(id, to, name, "reminder", reminders=reminders))
        return found

    def _said(self, card: TaskCard) -> Iterator[tuple[What, str]]:
        """What there is to say of an action today; the sign changes where it is to be said again."""
        today, due = business_day(self.at.now, self.at.zone), card.task.due_on
        if (kind := card.asks_for) is not None:
            yield "check", card.measured[kind].check_id
        if card.column not in ("todo", "doing") or self.at.calendar.add_working_days(due, LATE_DAYS) < today:
            return
        if today > due:
            yield "late", str(due)
        elif today >= self.at.calendar.add_working_days(due, -BEFORE_DAYS):
            yield "due", str(due)

    def _recipients(self, card: TaskCard, what: What, route: Route) -> Iterator[To]:
        task, leaders = card.task, {"manager": self._leader(card), "hq": self._head(card)}
        if route.rules or route.to == "room" or (route.unit and route.unit not in card.path):
            return
        if self.at.is_quiet(route) and route.by != ("app",):
            channels: tuple[str, ...] = ("app",) if "app" in route.by else ()
        else:
            channels = route.by
        if what == "check":
            who = leaders["manager"] if route.to == "manager" else None
        elif route.to == "person":
            who = self.at.directory.at_work(task.person_id) if what in ("due", "late") else None
        else:
            matters = bool(task.expects or task.finding_id)
            who = leaders[route.to] if what == "late" and matters and self._has_waited(task.due_on, route) else None
        if who:
            yield from (To(who, channel) for channel in self.at.ways(who, channels))

    def _has_waited(self, due: date, route: Route) -> bool:
        since = datetime.combine(due + timedelta(days=1), time(), self.at.zone)
        return self.at.calendar.working_minutes(since, self.at.now, self.at.zone) >= route.after_minutes

    def _leader(self, card: TaskCard) -> str | None:
        """Whoever leads the unit and is at work, the next up where that is the one who has it."""
        for unit in reversed(card.path):
            who = self.at.directory.at_work(self.at.directory.managers.get(unit))
            if who and who != card.task.person_id:
                return who
        return None

    def _head(self, card: TaskCard) -> str | None:
        who = self.at.directory.at_work(self.at.directory.managers.get(card.path[0])) if card.path else None
        return who if who != card.task.person_id else None


def _order(item: tuple[Reminder, str]) -> tuple[date, str]:
    return item[0].task.task.due_on, item[0].said.key
