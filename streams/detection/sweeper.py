"""A sweep: what stands as of a tick, and what of it changed since the last word stored."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from ingest.calendar import business_day
from ingest.events import Action, Finding
from ingest.settings import CompanySettings
from streams.detection.adjourning import adjourned
from streams.detection.brinks import Brinks
from streams.detection.candidates import Candidate
from streams.detection.causes.observations import with_causes
from streams.detection.detectors import Hunt
from streams.detection.discoveries import discovered
from streams.detection.findings import Desk, key_of, micros
from streams.detection.holding import Held, held_by
from streams.detection.kept import Kept
from streams.detection.load import within_load
from streams.detection.observations import are_orders_heard, last_words, observed
from streams.detection.picture import Picture
from streams.detection.rules import RULES, Rule, tuned
from streams.detection.signs import Visits, visits
from streams.detection.views import Views
from streams.detection.waking import awakened
from streams.detection.watch.desk import WatchDesk
from streams.detection.watch.facts import Facts
from streams.detection.watch.landing import with_month
from streams.detection.watch.observations import HEARD_DAYS, facts_at, sources_at
from streams.detection.watch.rules import SILENCE, WATCHES, Watch
from streams.detection.watch.rules import tuned as watched
from streams.detection.windows import Windows
from streams.organisation import org_at
from warehouse.answers import one_picture
from warehouse.client import AsyncWarehouse
from warehouse.key import Key
from warehouse.queries.calendar import working_calendar
from warehouse.thresholds import Numbers, RuleWord, rule_words

FALSE_SHARE = 0.35
"""Of what is told at a sweep, the part that may be chance (false discovery rate), in each family of the tree."""

_HEARD = "SELECT uniqExact(finding_id) FROM finding_events WHERE version = {version:UInt64}"


@dataclass(frozen=True)
class Laws:
    """The rules with the numbers they have at an instant."""

    rules: Mapping[str, Rule] = field(default_factory=lambda: RULES)
    watches: Mapping[str, Watch] = field(default_factory=lambda: WATCHES)

    def with_words(self, words: Sequence[RuleWord]) -> "Laws":
        """With what was switched on, the last word on each rule."""
        laws = self
        for word in words:
            laws = laws.but(word.rule, word.numbers)
        return laws

    def but(self, rule: str, numbers: Numbers) -> "Laws":
        """With other numbers of one rule."""
        if rule in self.rules:
            return replace(self, rules={**self.rules, rule: tuned(self.rules[rule], numbers)})
        if rule in self.watches:
            return replace(self, watches={**self.watches, rule: watched(self.watches[rule], numbers)})
        return self


class Sweeper:
    """Looks for findings as of an instant. The warehouse is its memory: between two sweeps it keeps sums alone."""

    def __init__(
        self,
        warehouse: AsyncWarehouse,
        company: CompanySettings,
        laws: Laws | None = None,
    ) -> None:
        self._warehouse, self._company, self._laws = warehouse, company, laws or Laws()
        self._kept = Kept()
        self._brinks: Brinks | None = None
        self._said = 0, 0

    async def sweep(self, as_of: datetime, *, watch: bool = True) -> list[Finding]:
        """All there is to say as of `as_of`; without `watch` nothing of single deals, customers and cash."""
        return await self.told(as_of, await self.facts(as_of) if watch else None)

    async def told(self, as_of: datetime, facts: Facts | None = None) -> list[Finding]:
        """Findings that are new, materially changed, resolved or retracted since the last word; with `facts` also of
        single deals, customers and cash, as of the instant of those.

        Everything is as of `as_of` and what the warehouse holds; no clock is read. While orders are silent for more
        than a working day nothing is raised and nothing is ended but the silence itself: what is missing is data.
        """
        self._brinks = None
        told, switched = await asyncio.gather(last_words(self._warehouse, as_of), rule_words(self._warehouse, as_of))
        laws, words = self._laws.with_words(switched), told.standing
        hunted = [word for word in words if word.rule not in WATCHES]
        held = await self._held(words, as_of)
        with one_picture():
            picture = await observed(self._warehouse, self._company, as_of, hunted, told.first_told, held, self._kept)
        said: list[Finding] = []
        brinks: Brinks | None = None
        if picture is not None:
            changed, brinks = await asyncio.to_thread(looked, picture, hunted, laws.rules, told.ended)
            said += await asyncio.gather(*(with_causes(self._warehouse, finding, picture) for finding in changed))
        if facts is not None:
            only_sources = picture is None or facts.of_sources_alone
            watches = {SILENCE: laws.watches[SILENCE]} if only_sources else laws.watches
            standing = [word for word in words if word.rule in watches]
            if picture is not None and not only_sources:
                facts = with_month(facts, picture, words, said)
            desk = WatchDesk(facts, standing, facts.now, told.ended, held)
            said += await asyncio.to_thread(desk.settled, watches)
        self._said = micros(as_of), sum(finding.as_of == as_of for finding in said)
        self._brinks = brinks
        return within_load(said, words, told.first_told, as_of, self._company.zone)

    async def tips(self) -> bool:
        """Whether what came since the last sweep makes a node short that was not: then it is time for the next. Never
        before what that one said is stored, for the next would say it again."""
        if (brinks := self._brinks) is None or not await self._is_heard():
            return False
        first, kept = brinks.first_day, self._kept
        came = (kept.cells.since(self._warehouse, first), kept.reps.since(self._warehouse, first))
        sold, credits = await asyncio.gather(*came)
        if sold is None or credits is None or sold.is_empty() or brinks is not self._brinks:
            return False
        if not brinks.are_crossed(sold, credits):
            return False
        self._brinks = None
        return True

    async def _is_heard(self) -> bool:
        version, count = self._said
        if count and (await self._warehouse.rows(_HEARD, {"version": version}))[0][0] < count:
            return False
        self._said = 0, 0
        return True

    async def facts(self, as_of: datetime) -> Facts:
        """What there is to know of single deals, customers and cash; while orders are silent, of the sources alone."""
        today = business_day(as_of, self._company.zone)
        await self._kept.look(self._warehouse, as_of)
        with one_picture():
            with self._kept.stated():
                calendar = await working_calendar(self._warehouse)
                org = await org_at(self._warehouse, today, Windows.first_day(today, calendar))
            if not await are_orders_heard(self._warehouse, self._company, calendar, as_of):
                return await sources_at(self._warehouse, self._company, as_of, org, calendar)
            return await facts_at(self._warehouse, self._company, as_of, org, calendar, self._kept)

    async def awakened(self, as_of: datetime) -> list[Action]:
        """The events that arm again what was snoozed until then or until it got so much worse, and that end meetings
        which nobody ended."""
        return [*await awakened(self._warehouse, as_of), *await adjourned(self._warehouse, as_of)]

    async def _held(self, words: Sequence[Finding], now: datetime) -> Held:
        """What is held by the silence that stands."""
        silence = [word for word in words if word.rule == SILENCE]
        if not silence:
            return Held()
        calendar, today = await working_calendar(self._warehouse), business_day(now, self._company.zone)
        return await held_by(self._warehouse, silence, today, calendar.add_working_days(today, -HEARD_DAYS))


def found(
    picture: Picture, words: list[Finding], rules: Mapping[str, Rule], over: Sequence[Finding] = ()
) -> list[Finding]:
    """The pure part of a sweep: from the picture and the last words, `over` on what ended lately, to what has to be
    said now."""
    return looked(picture, words, rules, over)[0]


def looked(
    picture: Picture, words: list[Finding], rules: Mapping[str, Rule], over: Sequence[Finding] = ()
) -> tuple[list[Finding], Brinks | None]:
    """What has to be said now, and where those stand of whom nothing is said."""
    if picture.seen.sales.is_empty():
        return [], None
    standing = {(word.rule, key_of(word)) for word in words if _goes_on(word, picture)}
    signs = _signs(picture)
    looked_at = [rule for rule in rules.values() if rule.against == "target" or picture.has_past]
    sides = (picture.cells, picture.reps)
    views = Views(sides, looked_at, picture.aims(), standing, signs, picture.windows.days_gone)
    brinks = Brinks.of(picture, views)
    told = _told(Hunt(views).candidates(), standing, picture)
    return Desk(picture, words, signs, rules, over).settled(told), brinks


def _told(candidates: Sequence[Candidate], standing: set[tuple[str, Key]], picture: Picture) -> list[Candidate]:
    """Those that may be told when few of all that is told may be chance; what stands goes on standing."""
    chances = {one.key: 0.0 if (one.rule.id, one.key) in standing else one.chance for one in candidates}
    nodes = {key for side in (picture.cells, picture.reps) for level in side.levels for key in level.keys}
    told = discovered(chances, nodes, picture.org.above, FALSE_SHARE)
    return [one for one in candidates if one.key in told or (one.rule.id, one.key) in standing]


def _signs(picture: Picture) -> dict[Key, Visits]:
    """Visits of reps, but of those whose activities are not heard of."""
    now, before = (dict(frame.iter_rows()) for frame in (picture.seen.visits, picture.seen.visits_before))
    unheard = picture.seen.held.offices("activities")
    found = visits(picture.reps, now, before, picture.spans.recent_start)
    return {key: sign for key, sign in found.items() if key.unit_id not in unheard}


def _goes_on(word: Finding, picture: Picture) -> bool:
    """Whether a finding that stands is still the same question, so that it may be left late."""
    rule = RULES.get(word.rule)
    return rule is not None and (rule.against == "history" or word.period == picture.windows.month.key)
