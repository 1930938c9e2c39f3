"""What tasks that were carried out brought, as of an instant: each check whose day is over and nobody has measured yet.

It keeps nothing between two looks; its words follow from the tick and what the warehouse holds, so that a replay says
the same, and one said twice counts once.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from ingest.calendar import WorkingCalendar, business_day
from ingest.events import Check, Expected
from ingest.settings import CompanySettings
from streams.effects import meaning
from streams.effects.differences import LEVEL, Seen, difference
from streams.effects.observations import cycle_of, seen, signs, touched
from streams.effects.spans import LEADING_DAYS, SHORTEST, Spans, due
from warehouse.client import AsyncWarehouse
from warehouse.measures import QuestionError
from warehouse.queries.calendar import working_calendar
from warehouse.queries.findings import findings
from warehouse.queries.tasks import tasks
from warehouse.task_life import TaskCard
from warehouse.viewer import Viewer

log = logging.getLogger(__name__)

MOST = 20
"""Checks measured in one look; what is left is measured in the next."""


@dataclass(frozen=True)
class Checker:
    """Measures what is due."""

    warehouse: AsyncWarehouse
    company: CompanySettings

    async def due(self, as_of: datetime) -> list[Check]:
        """The checks whose last day is over by `as_of`, those carried out first in front."""
        today = business_day(as_of, self.company.zone)
        every = await tasks(self.warehouse, Viewer.system(), today, "expects")
        waiting = [card for card in every if card.is_to_be_checked and (card.task.done_on or today) < today]
        if not waiting:
            return []
        calendar, since = await working_calendar(self.warehouse), await self._since(waiting, as_of)
        found: list[Check] = []
        for card in sorted(waiting, key=lambda one: (one.task.done_on or today, one.task.task_id)):
            if len(found) >= MOST:
                break
            cycle = await self._cycle(card, today)
            for spans in due(card, since.get(card.task.finding_id or ""), cycle, calendar, today):
                found.append(await self._measured(card, spans, every, calendar, as_of))
        return found

    async def _cycle(self, card: TaskCard, today: date) -> int:
        """The sales cycle of its slice by the day it was carried out; the shortest while not even that is over."""
        done = card.task.done_on or today
        if card.task.expects is None or (today - done).days < LEADING_DAYS:
            return SHORTEST
        return await cycle_of(self.warehouse, card.task.expects.slice, done)

    async def _since(self, cards: list[TaskCard], as_of: datetime) -> Mapping[str, date]:
        """When each finding that something is done about was found."""
        ids = {card.task.finding_id for card in cards if card.task.finding_id}
        seen_ones = await findings(self.warehouse, Viewer.system(), as_of, states=(), also=ids) if ids else []
        return {one.finding.finding_id: business_day(one.found_at or as_of, self.company.zone) for one in seen_ones}

    async def _measured(
        self, card: TaskCard, spans: Spans, every: list[TaskCard], calendar: WorkingCalendar, as_of: datetime
    ) -> Check:
        task = card.task
        said: dict[str, object] = {
            "occurred_at": as_of, "source": "worker", "task_id": task.task_id, "kind": spans.kind, "day": spans.end,
            "check_id": f"{task.task_id}:{task.done_on}:{spans.kind}:{spans.end}", "start": spans.start,
            "end": spans.end, "before_start": spans.before_start, "before_end": spans.before_end,
            "is_last": spans.is_last,
        }  # fmt: skip
        said["event_id"] = said["check_id"]
        assert task.expects
        try:
            if spans.kind == "leading":
                told = await signs(self.warehouse, task, spans)
                return Check.model_validate({**said, "signs": told, "proposal": meaning.of_signs(told)})
            among = await touched(self.warehouse, every, task, spans)
            place, peers, days = await seen(self.warehouse, task, among, spans, calendar)
            return Check.model_validate({**said, **effect(task.expects, spans, place, peers, days, calendar)})
        except QuestionError as error:  # a source may expect what cannot be asked for: it is said, and stays too early
            log.warning("task %s cannot be measured: %s", task.task_id, error)
            return Check.model_validate(said)


def effect(
    expects: Expected, spans: Spans, place: Seen | None, peers: Sequence[Seen], days: tuple[float, float],
    calendar: WorkingCalendar,
) -> dict[str, object]:  # fmt: skip
    """The figures of a lagging check, in money to the cent, of all its days together; what is expected goes on as it
    was expected until its day. Pure."""
    wanted = calendar.working_days(spans.start, expects.by)
    by_then = float(expects.amount) * days[1] / wanted if wanted else float(expects.amount)
    said: dict[str, object] = {"expected": _money(by_then), "peers": len(peers)}
    if place is None:
        return said
    said |= {"usual": _money(place.usual * days[1]), "against_baseline": _money((place.after - place.before) * days[1])}
    found = difference(place, peers, days)
    if found is None:
        return said
    gained, low, high = (one * days[1] for one in (found.effect, found.low, found.high))
    proposal = meaning.of_effect((low, high), by_then, is_last=spans.is_last)
    return said | {
        "effect": _money(gained), "low": _money(low), "high": _money(high), "level": Decimal(str(LEVEL)),
        "peers": found.peers, "proposal": proposal,
    }  # fmt: skip


def _money(value: float) -> Decimal:
    return Decimal(str(round(value, 2)))
