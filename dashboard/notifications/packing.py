"""What is due to one recipient, as messages: the largest alone, the rest ranked by money and folded into one. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from dashboard.notifications.messages import Item, Message, key_of, money_of
from dashboard.notifications.routes import Routes
from dashboard.notifications.told import To, Told

Due = list[tuple[Item, str]]
"""Items, each with the route it goes by."""


@dataclass(frozen=True)
class Packing:
    """By what was told `today` until `now`, and how much the routes allow."""

    told: Told
    routes: Routes
    today: date
    now: datetime

    def pack(self, to: To, due: Due) -> Iterator[Message]:
        """The messages. What is folded waits while the day's last folded message is fresh; it stays due."""
        alone, rest = self._split(to, due)
        for item, route in alone:
            yield Message(item.said.key, to, route, "single", (item,))
        if rest and self._may_fold(to):
            items = tuple(sorted((item for item, _ in rest), key=lambda one: (-money_of(one), one.said.key)))
            id = key_of(*to, "folded", self.today, self.told.folds_on(to, self.today))
            yield Message(id, to, rest[0][1], "folded", items)

    def _split(self, to: To, due: Due) -> tuple[Due, Due]:
        """First words stand alone up to the day's limit, further ones up to as many a time, contests always.

        What is said further of a finding that was folded is folded too.
        """
        most = self.routes.most_new_a_day
        new, further = most - self.told.new_on(to, self.today), most
        alone: Due = []
        rest: Due = []
        for item, route in sorted(due, key=lambda one: self._rank(one[0])):
            thread = self.told.thread(to, item.card.finding.finding_id)
            is_alone = item.said.what == "contest"
            if item.begins and new > 0:
                is_alone, new = True, new - 1
            elif not (item.begins or is_alone or (thread and thread.is_folded)) and further > 0:
                is_alone, further = True, further - 1
            (alone if is_alone else rest).append((item, route))
        return alone, rest

    def _rank(self, item: Item) -> tuple[bool, float, str]:
        """What is under way alone keeps its place; then by money."""
        is_begun = self.told.life(item.said.key).state in ("sending", "failed")
        return not is_begun, -money_of(item), item.said.key

    def _may_fold(self, to: To) -> bool:
        last = self.told.last_fold(to, self.today)
        return last is None or (self.now - last).total_seconds() >= 60 * self.routes.fold_again_minutes
