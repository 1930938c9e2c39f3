"""The signed rows that lead from each version to the next: `streams.timeline.transition` for whole columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from streams.columnar.columns import NONE, Bools, Columns, Ints
from streams.columnar.contributions import Contributions
from streams.timeline import Clock


@dataclass(frozen=True)
class Standing:
    """Versions in their places. `known` ones came earlier: they are followed, and bring no rows of their own."""

    columns: Columns
    known: Bools
    change_day: Ints
    corrects: Bools
    own_days: Sequence[Ints]

    @property
    def entity_day(self) -> Ints:
        return _or(self.own_days[0], self.change_day)


@dataclass(frozen=True)
class Changes:
    """Signed rows, by version: `version` is its row in the columns, `part` the contribution that gives the ids."""

    version: Ints
    part: Ints
    day: Ints
    entity_day: Ints
    amounts: Ints

    def take(self, at: Any) -> "Changes":
        return Changes(self.version[at], self.part[at], self.day[at], self.entity_day[at], self.amounts[at])

    def and_also(self, *others: "Changes") -> "Changes":
        every = (self, *others)
        return Changes(
            np.concatenate([one.version for one in every]),
            np.concatenate([one.part for one in every]),
            np.concatenate([one.day for one in every]),
            np.concatenate([one.entity_day for one in every]),
            np.concatenate([one.amounts for one in every]),
        )


def changes(clocks: Sequence[Clock], standing: Standing, contributions: Contributions) -> Changes:
    """What each version adds and takes away: equal ids and days netted, zeros left out, in order of versions."""
    pieces = _pieces(clocks, standing, contributions)
    alone: Bools = np.bincount(pieces.version, minlength=len(standing.known))[pieces.version] == 1
    met = _netted(pieces.take(~alone), contributions)
    both = pieces.take(alone).and_also(met)
    both = both.take(both.amounts.any(axis=1))
    return both.take(np.argsort(both.version, kind="stable"))


def _or(day: Ints, other: Ints) -> Ints:
    return np.where(day == NONE, other, day)


def _before(values: Ints) -> Ints:
    return np.concatenate([[NONE], values[:-1]])


def _days(clock: Clock, standing: Standing, own: Ints) -> tuple[Ints, Ints]:
    """The days on which a clock's measures are taken from the version before and given to this one."""
    change, begins = standing.change_day, standing.columns.begins
    before, change_before = _before(own), _before(change)
    moved = (before != NONE) & (own != NONE) & (before != own)
    back = moved | standing.corrects | clock.restated
    first_named = (before == NONE) & (own != NONE)
    plus = np.where(begins | back | first_named, _or(own, change), change)
    return np.where(back, _or(before, change_before), change), plus


def _pieces(clocks: Sequence[Clock], standing: Standing, contributions: Contributions) -> Changes:
    """Every contribution on the days it is given, and on those it is taken again when a version follows."""
    begins, entity_day = standing.columns.begins, standing.entity_day
    days = [_days(clock, standing, own) for clock, own in zip(clocks, standing.own_days, strict=True)]
    owner = contributions.owner
    given = np.flatnonzero(~standing.known[owner])
    followed = np.concatenate([~begins[1:], [False]]) if len(begins) else begins
    taken = np.flatnonzero(followed[owner])
    version = np.concatenate([owner[given], owner[taken] + 1])
    part = np.concatenate([given, taken])
    amounts = np.concatenate([contributions.amounts[given], -contributions.amounts[taken]])
    on_day = [np.concatenate([plus[owner[given]], minus[owner[taken] + 1]]) for minus, plus in days]
    together: Bools = np.all([day == on_day[0] for day in on_day], axis=0)
    whole = Changes(version, part, on_day[0], entity_day[owner[part]], amounts)
    if together.all():
        return whole
    found, start = [whole.take(together)], 0
    apart = whole.take(~together)
    for clock, day in zip(clocks, on_day, strict=True):
        end = start + len(clock.measures)
        masked = np.zeros_like(apart.amounts)
        masked[:, start:end] = apart.amounts[:, start:end]
        one = Changes(apart.version, apart.part, day[~together], apart.entity_day, masked)
        found.append(one.take(masked.any(axis=1)))
        start = end
    return found[0].and_also(*found[1:])


def _netted(pieces: Changes, contributions: Contributions) -> Changes:
    """Pieces of equal version, days and ids added up."""
    if not len(pieces.version):
        return pieces
    ids = contributions.alike(pieces.part)
    order = np.lexsort((ids, pieces.entity_day, pieces.day, pieces.version))
    pieces, ids = pieces.take(order), ids[order]
    keys = (pieces.version, pieces.day, pieces.entity_day, ids)
    differs = np.logical_or.reduce([key[1:] != key[:-1] for key in keys])
    first = np.flatnonzero(np.concatenate([[True], differs]))
    return Changes(
        pieces.version[first],
        pieces.part[first],
        pieces.day[first],
        pieces.entity_day[first],
        np.add.reduceat(pieces.amounts, first, axis=0),
    )
