"""A sweep: what stands as of a tick, and what of it changed since the last word stored."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from ingest.calendar import business_day
from ingest.events import Action, Finding
from ingest.settings import CompanySettings
from streams.detection.adjourning import adjourned
from streams.detection.candidates import Candidate
from streams.detection.causes.observations import with_causes
from streams.detection.detectors import Hunt
from streams.detection.discoveries import discovered
from streams.detection.findings import Desk, key_of
from streams.detection.holding import Held, held_by
from streams.detection.load import within_load
from streams.detection.observations import Sales, last_words, observed
from streams.detection.picture import Picture
from streams.detection.rules import RULES, Rule, tuned
from streams.detection.signs import Visits, visits
from streams.detection.waking import awakened
from streams.detection.watch.desk import WatchDesk
from streams.detection.watch.observations import HEARD_DAYS, facts_at, sources_at
from streams.detection.watch.rules import SILENCE, WATCHES, Watch
from streams.detection.watch.rules import tuned as watched
from streams.organisation import org_at
from warehouse.client import AsyncWarehouse
from warehouse.key import Key
from warehouse.queries.calendar import working_calendar
from warehouse.thresholds import Numbers, RuleWord, rule_words

FALSE_SHARE = 0.2
"""Of what is told at a sweep, the part that may be chance (false discovery rate), in each family of the tree."""


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
        self._sales = Sales()

    async def sweep(self, as_of: datetime, *, watch: bool = True) -> list[Finding]:
        """Findings that are new, materially changed, resolved or retracted since the last word.

        Without `watch` nothing is said of single deals, customers and cash.

        Everything is as of `as_of` and what the warehouse holds; no clock is read. While orders are silent for more
        than a working day nothing is raised and nothing is ended but the silence itself: what is missing is data.
        """
        told, switched = await asyncio.gather(last_words(self._warehouse, as_of), rule_words(self._warehouse, as_of))
        laws = self._laws.with_words(switched)
        words, first_told = told.standing, told.first_told
        hunted = [word for word in words if word.rule not in WATCHES]
        held = await self._held(words, as_of)
        picture = await observed(self._warehouse, self._company, as_of, hunted, first_told, held, self._sales)
        if picture is None and not watch:
            return []
        if picture is None:
            silence = [word for word in words if word.rule == SILENCE]
            return within_load(
                await self._silence(as_of, silence, told.ended, laws), words, first_told, as_of, self._company.zone
            )
        changed = await asyncio.to_thread(found, picture, hunted, laws.rules, told.ended)
        short = await asyncio.gather(*(with_causes(self._warehouse, finding, picture) for finding in changed))
        standing = [word for word in words if word.rule in WATCHES]
        watched = await self._watched(picture, standing, told.ended, laws, held) if watch else []
        return within_load([*short, *watched], words, first_told, as_of, self._company.zone)

    async def awakened(self, as_of: datetime) -> list[Action]:
        """The events that arm again what was snoozed until then or until it got so much worse, and that end meetings
        which nobody ended."""
        return [*await awakened(self._warehouse, as_of), *await adjourned(self._warehouse, as_of)]

    async def _silence(self, now: datetime, words: list[Finding], over: list[Finding], laws: Laws) -> list[Finding]:
        """What there is to say of the sources alone, while nothing else can be told."""
        rules = {name: rule for name, rule in laws.watches.items() if name == SILENCE}
        today = business_day(now, self._company.zone)
        calendar, org = await asyncio.gather(
            working_calendar(self._warehouse), org_at(self._warehouse, today, today)
        )  # fmt: skip
        facts = await sources_at(self._warehouse, self._company, now, org, calendar)
        return WatchDesk(facts, words, now, over).settled(rules)

    async def _held(self, words: Sequence[Finding], now: datetime) -> Held:
        """What is held by the silence that stands."""
        silence = [word for word in words if word.rule == SILENCE]
        if not silence:
            return Held()
        calendar, today = await working_calendar(self._warehouse), business_day(now, self._company.zone)
        return await held_by(self._warehouse, silence, today, calendar.add_working_days(today, -HEARD_DAYS))

    async def _watched(
        self, picture: Picture, words: list[Finding], over: list[Finding], laws: Laws, held: Held
    ) -> list[Finding]:
        """What there is to say about single deals, customers and cash."""
        windows = picture.windows
        facts = await facts_at(self._warehouse, self._company, windows.now, picture.org, windows.calendar)
        return await asyncio.to_thread(WatchDesk(facts, words, windows.now, over, held).settled, laws.watches)


def found(
    picture: Picture, words: list[Finding], rules: Mapping[str, Rule], over: Sequence[Finding] = ()
) -> list[Finding]:
    """The pure part of a sweep: from the picture and the last words, `over` on what ended lately, to what has to be
    said now."""
    if picture.seen.sales.is_empty():
        return []
    standing = {(word.rule, key_of(word)) for word in words if _goes_on(word, picture)}
    candidates, seen = _hunted(picture, standing, rules)
    return Desk(picture, words, seen, rules, over).settled(_told(candidates, standing, picture))


def _told(candidates: Sequence[Candidate], standing: set[tuple[str, Key]], picture: Picture) -> list[Candidate]:
    """Those that may be told when few of all that is told may be chance; what stands goes on standing."""
    chances = {one.key: 0.0 if (one.rule.id, one.key) in standing else one.chance for one in candidates}
    nodes = {key for side in (picture.cells, picture.reps) for level in side.levels for key in level.keys}
    told = discovered(chances, nodes, picture.org.above, FALSE_SHARE)
    return [one for one in candidates if one.key in told or (one.rule.id, one.key) in standing]


def _hunted(
    picture: Picture, standing: set[tuple[str, Key]], rules: Mapping[str, Rule]
) -> tuple[list[Candidate], dict[Key, Visits]]:
    seen = visits(
        picture.reps, dict(picture.seen.visits.iter_rows()), dict(picture.seen.visits_before.iter_rows()),
        picture.spans.recent_start,
    )  # fmt: skip
    unheard = picture.seen.held.offices("activities")
    seen = {key: sign for key, sign in seen.items() if key.unit_id not in unheard}
    looked_at = [rule for rule in rules.values() if rule.against == "target" or picture.has_past]
    sides = (picture.cells, picture.reps)
    hunt = Hunt(sides, looked_at, picture.aims(), standing, seen, picture.windows.days_gone)
    return hunt.candidates(), seen


def _goes_on(word: Finding, picture: Picture) -> bool:
    """Whether a finding that stands is still the same question, so that it may be left late."""
    rule = RULES.get(word.rule)
    return rule is not None and (rule.against == "history" or word.period == picture.windows.month.key)
