"""From cases to findings: ids, words, and what changed since the last word on each. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

import polars as pl

from ingest.calendar import OPENS
from ingest.events import Cell, Finding
from streams.detection.findings import differs, ended, finding_id, key_of, micros, slice_of
from streams.detection.holding import EVERYWHERE, Held
from streams.detection.responsibility import Answer, Evidence, answer, code
from streams.detection.watch.cases import Case, cases
from streams.detection.watch.facts import Facts
from streams.detection.watch.rules import Watch

CERTAIN = 1.0
"""These are facts, not estimates: what speaks against them is said, not weighed."""

MOST_OF_IT = Decimal("0.5")


@dataclass(frozen=True)
class WatchDesk:
    """Writes the findings of one look at the facts. `words` are the last words on those of its rules that stand,
    `over` on what ended lately: found again, it is opened again."""

    facts: Facts
    words: Sequence[Finding]
    now: datetime
    over: Sequence[Finding] = ()
    held: Held = field(default_factory=Held)

    def settled(self, rules: Mapping[str, Watch]) -> list[Finding]:
        """Every finding that is new, materially other than its last word, resolved or retracted."""
        standing = {(word.rule, key_of(word)): word for word in self.words}
        lately = {(word.rule, key_of(word)): word for word in sorted(self.over, key=lambda word: word.order_in_time)}
        told = {word.finding_id: word for word in self.words}
        changed: list[Finding] = []
        spoken_of: dict[str, Finding] = {}
        for rule in rules.values():
            flagged, held = rule.test(self.facts), self.held.offices(*rule.reads)
            if EVERYWHERE in held:
                continue
            flagged = flagged.filter(~pl.col("office_id").is_in(list(held))) if held else flagged
            deals = pl.col("kind") == "deal"
            flagged = flagged.filter(~(deals & pl.col("id").is_in(list(spoken_of)))) if spoken_of else flagged
            for case in cases(rule, flagged, self.facts, standing.keys()):
                key = rule.id, case.key
                word = standing.get(key)
                found = answer(rule.first, case.key, self.facts.org, Evidence(CERTAIN, case.count, case.days))
                if word is None or _is_news(case, found, word):
                    changed.append(finding := self._written(case, found, word, lately.get(key)))
                else:
                    finding = word
                spoken_of.update(dict.fromkeys(case.ids, finding))
                told.pop(finding.finding_id, None)
        over = [word for word in told.values() if word.rule not in rules or not self._is_held(word, rules[word.rule])]
        return [*changed, *(self._ended(word, rules, spoken_of) for word in over)]

    def _is_held(self, word: Finding, rule: Watch) -> bool:
        """Whether data of what it speaks of is missing: then it cannot be known to be over."""
        held, unit = self.held.offices(*rule.reads), word.slice.unit_id or ""
        return any(office == EVERYWHERE or unit in (office, *self.facts.org.unit_path(office)) for office in held)

    def _written(self, case: Case, found: Answer, word: Finding | None, before: Finding | None) -> Finding:
        """The finding of a case; one that stands keeps its `since`, its id, and whether it is folded."""
        rule, key, facts = case.rule, case.key, self.facts
        said = word or before
        period = said.period if said else f"{facts.today:%Y-%m}"
        since = word.since if word else datetime.combine(min(case.since, facts.today), OPENS, self.now.tzinfo)
        one, version = finding_id(rule.id, key, period), micros(self.now)
        zero, largest = Decimal(0), max(item.amount for item in case.behind)
        named = (found.person_id, *found.consulted_ids)
        owners = tuple(owner for owner in case.owners if owner not in named) if rule.first != "owner" else ()
        against = list(rule.against)
        if case.count > 1 and largest > MOST_OF_IT * case.amount:
            against.append(code("against.one_deal", amount=largest, share=round(largest / case.amount, 4)))
        return Finding(
            occurred_at=self.now, source="detection", version=version, event_id=f"{one}-{version}",
            finding_id=one, rule=rule.id, metric=rule.metric, period=period, slice=slice_of(key), since=since,
            as_of=self.now, actual=zero, expected=case.amount, gap=-case.amount,
            gap_without_largest_deal=largest - case.amount, confidence=CERTAIN,
            cells=(Cell(slice=slice_of(key), actual=zero, expected=case.amount, contribution=-case.amount),),
            responsible_id=found.person_id, responsible_role=found.role, stand_in_for_id=found.stand_in_for_id,
            consulted_ids=(*found.consulted_ids, *owners),
            why=(
                code(rule.sentence, count=case.count, amount=case.amount, days=case.days, unit=key.unit_id),
                *found.why,
            ),
            kind=rule.kind, at_risk=case.amount, against=tuple(against), behind=case.behind, behind_count=case.count,
            is_folded=word.is_folded if word else False,
        )  # fmt: skip

    def _ended(self, word: Finding, rules: Mapping[str, Watch], spoken_of: Mapping[str, Finding]) -> Finding:
        """Why a finding no longer stands: most of it is asked of somebody else by now, or under another rule, or its
        rule is no more; else it was dealt with. `spoken_of` says under which rule each thing is told now."""
        if word.rule not in rules:
            return ended(word, self.now, "retracted", "reason.better_cell")
        under = [spoken_of[item.id] for item in word.behind if item.id in spoken_of]
        if len(under) * 2 <= len(word.behind):
            return ended(word, self.now, "resolved", "reason.dealt_with")
        is_moved = [one.rule for one in under].count(word.rule) * 2 > len(under)
        if is_moved:
            return ended(word, self.now, "retracted", "reason.moved_on")
        into = max(under, key=lambda one: (under.count(one), one.finding_id)).finding_id
        return ended(word, self.now, "retracted", "reason.better_cell", into)


def _is_news(case: Case, found: Answer, word: Finding) -> bool:
    """Whether a case says something materially other than the last word on it, or speaks of other things, most of
    them. Most that stands says what it said: nothing is written down to find that out."""
    now, before = {item["id"] for item in case.largest}, {item.id for item in word.behind}
    return differs(-case.amount, found.person_id, found.stand_in_for_id, word) or len(now & before) * 2 < len(now)
