"""What is to be told now: from the findings as they stand, what was done and told, the routes and the people. Pure.

One problem is one thread with each recipient and channel: a first word, updates, an end. Of a day's first words the
largest few stand alone, what exceeds is ranked by money and folded into one message; nothing is dropped. Whoever is
named is told at once; others only while nobody has acknowledged or answered it, after their row's working minutes. A
contest of the one who is named holds that until their manager, who is told of it, decides.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from dashboard.notifications.circumstances import Circumstances
from dashboard.notifications.messages import ROOM, Item, Message, What, key_of, money_of
from dashboard.notifications.packing import Packing
from dashboard.notifications.routes import Route
from dashboard.notifications.told import Thread, To
from ingest.calendar import business_day
from ingest.events import NotifiedOf
from warehouse.queries.findings import FindingCard

ANEW = ("release", "rearm", "split", "reopen")
"""Steps after which it waits for somebody as at first."""


@dataclass(frozen=True)
class Plan:
    """The findings, and the circumstances in which they are told of."""

    cards: Sequence[FindingCard]
    at: Circumstances

    def due(self) -> list[Message]:
        """Every message that is to be sent now, the one about most money first."""
        groups: dict[To, dict[str, tuple[Item, str]]] = {}
        for to, route, item in self._items():
            key = item.said.key
            if self.at.told.is_new(key):
                groups.setdefault(to, {}).setdefault(key, (item, route))  # two rows may lead to one person
        packing = Packing(self.at.told, self.at.routes, business_day(self.at.now, self.at.zone), self.at.now)
        found = [message for to, items in groups.items() for message in packing.pack(to, [*items.values()])]
        ready = [message for message in found if self.at.told.life(message.id).may_be_taken_up(self.at.now)]
        return sorted(ready, key=lambda one: (-money_of(one.items[0]), one.id))

    @cached_property
    def _rows(self) -> dict[str, Route]:
        return {route.name: route for route in self.at.routes.routes}

    def _items(self) -> Iterator[tuple[To, str, Item]]:
        for card in self.cards:
            for to, route, item in (*self._first_words(card), *self._further_words(card)):
                row = self._rows.get(route)
                if to.channel == "app" or row is None or not self.at.is_quiet(row):
                    yield to, route, item

    def _first_words(self, card: FindingCard) -> Iterator[tuple[To, str, Item]]:
        if card.finding.state != "open":
            return
        path = self.at.directory.path_of(card.finding)
        for route in self.at.routes.routes:
            if not route.concerns(card.finding, path):
                continue
            what: What = "new"
            if route.to != "person":
                if route.to == "manager" and self.is_contested(card):
                    what = "contest"
                elif not self._has_waited(card, route):
                    continue
            elif self._is_settled(card):
                continue
            for to in self._recipients(card, route):
                thread = self.at.told.thread(to, card.finding.finding_id)
                if what == "contest":
                    at = card.treatment.status_at or card.treatment.reply_at or self.at.now
                    yield to, route.name, self._item(to, card, what, f"contest@{at.isoformat()}")
                elif thread is None or not thread.is_open:
                    yield to, route.name, self._item(to, card, what, f"new{thread.endings if thread else 0}")

    def _further_words(self, card: FindingCard) -> Iterator[tuple[To, str, Item]]:
        version = card.finding.order_in_time
        for to, thread in self.at.told.threads.get(card.finding.finding_id, {}).items():
            if not thread.is_open:
                continue
            if card.finding.state != "open" or self._answers_no_more(card, to, thread):
                yield to, thread.route, self._item(to, card, "ended", f"ended{thread.endings}")
            elif version > thread.version and card.treatment.is_active:
                waited = self.at.calendar.working_minutes(thread.last_at, self.at.now, self.at.zone)
                if waited >= self.at.routes.update_after_minutes:
                    yield to, thread.route, self._item(to, card, "update", f"update{version}")

    def _item(self, to: To, card: FindingCard, what: What, sign: str) -> Item:
        finding = card.finding
        if card.is_awaited and to.recipient != self._named(card):
            card = card.masked()
        key = key_of(*to, finding.finding_id, sign)
        version = finding.order_in_time
        return Item(
            NotifiedOf(key=key, finding_id=finding.finding_id, what=what, version=version, gap=finding.gap), card
        )

    def _is_settled(self, card: FindingCard) -> bool:
        """Whether it rests or is over, or whoever is named has it in hand: there is nothing new to tell them."""
        treatment = card.treatment
        is_theirs = treatment.status != "open" and self._is_named(card, treatment.status_by)
        return not treatment.is_active or is_theirs

    def is_contested(self, card: FindingCard) -> bool:
        """Whether whoever is named says that it is no problem or not theirs, and nobody has decided yet."""
        return card.treatment.status == "contested"

    def _is_answered(self, card: FindingCard) -> bool:
        """Whether whoever is named has replied, and it was not opened again since."""
        treatment = card.treatment
        if treatment.reply_at is None or not self._is_named(card, treatment.reply_by):
            return False
        return all(action.at < treatment.reply_at for action in card.actions if action.what == "release")

    def _is_named(self, card: FindingCard, person_id: str) -> bool:
        return card.is_about(person_id) or person_id == self._named(card)

    def _has_waited(self, card: FindingCard, route: Route) -> bool:
        """Whether nobody has acknowledged it for as long as the row says, since the person was told of it.

        Where there is nobody to tell first, since it was found. What opens it again begins the wait anew.
        """
        if card.treatment.status != "open" or self._is_answered(card):
            return False
        since = self.at.told.told_at(card.finding.finding_id, self._named(card))
        if since is None and not self._can_be_told(card):
            since = card.found_at
        if since is None:
            return False
        since = max([since, *(action.at for action in card.actions if action.what in ANEW)])
        return self.at.calendar.working_minutes(since, self.at.now, self.at.zone) >= route.after_minutes

    def _can_be_told(self, card: FindingCard) -> bool:
        """Whether some row still leads to whoever is named."""
        path = self.at.directory.path_of(card.finding)
        rows = (route for route in self.at.routes.routes if route.to == "person" and route.concerns(card.finding, path))
        ways = [to for route in rows for to in self._recipients(card, route)]
        keys = (self._item(to, card, "new", "new0").said.key for to in ways)
        return any(key not in self.at.told.given_up for key in keys)

    def _answers_no_more(self, card: FindingCard, to: To, thread: Thread) -> bool:
        """Whether somebody was told as the one who is named, and now another is."""
        row = self._rows.get(thread.route)
        return row is not None and row.to == "person" and to.recipient != self._named(card)

    def _named(self, card: FindingCard) -> str | None:
        """Whoever answers: the one named or who stands in for them; where nobody is there, who leads the unit."""
        there = self.at.directory.at_work(card.finding.responsible_id)
        return there or self.at.directory.manager_of(card.finding, ()) or self.at.directory.head(card.finding)

    def _recipients(self, card: FindingCard, route: Route) -> Iterator[To]:
        if route.to == "room":
            yield from (To(ROOM + channel, channel) for channel in route.by)
            return
        who = named = self._named(card)
        if route.to != "person":
            find = self.at.directory.manager_of if route.to == "manager" else self.at.directory.head
            who = find(card.finding, {named} if named else ())
        if who:
            yield from (To(who, channel) for channel in self.at.ways(who, route.by))
