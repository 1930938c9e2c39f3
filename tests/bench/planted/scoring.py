"""What was found against what was planted. Pure: from the words of a month to one row a plant and one of the month."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date, datetime

import polars as pl

from ingest.calendar import WorkingCalendar
from ingest.events import Cell, Finding
from ingest.simulator.pace import ZONE, opening
from streams.amounts import UNIT
from streams.detection.findings import key_of
from streams.detection.watch.landing import LANDING
from streams.detection.windows import recent_days
from streams.organisation import Org
from tests.bench.planted.plants import Plant
from warehouse.key import Key

MOST_OF_IT = 0.5
"""A finding is a plant's when at least so much of its gap is what was planted."""

MINUTES_A_DAY = 540


@dataclass(frozen=True)
class Tree:
    """What lies in what, by id, the thing itself included: offices in units, products in lines."""

    offices: Mapping[str, Sequence[str]]
    products: Mapping[str, Sequence[str]]

    @classmethod
    def of(cls, org: Org) -> "Tree":
        """The tree of an organisation."""
        return cls(
            {one: [unit for unit in org.units if one in org.unit_path(unit)] for one in org.units},
            {
                one: [leaf for leaf in org.products if one in org.product_path(leaf) or one == leaf]
                for one in org.products
            },
        )

    def inside(self, key: Key) -> pl.Expr:
        """The booked changes of a key; a person's are wherever they book."""
        if key.person_id:
            found = pl.col("rep") == key.person_id
        else:
            found = ~pl.col("overlay")
            if key.unit_id:
                found &= pl.col("office").is_in(list(self.offices.get(key.unit_id, ())))
        return found & pl.col("product").is_in(list(self.products.get(key.product_id, ()))) if key.product_id else found

    def within(self, inner: Key, outer: Key) -> bool:
        """Whether a key lies in another; a rep in the units above."""
        if outer.person_id and inner.person_id != outer.person_id:
            return False
        offices, products = self.offices.get(inner.unit_id, ()), self.products.get(inner.product_id, ())
        if outer.unit_id and not (inner.unit_id and set(offices) <= set(self.offices.get(outer.unit_id, ()))):
            return False
        return not outer.product_id or bool(
            inner.product_id and set(products) <= set(self.products.get(outer.product_id, ()))
        )


@dataclass
class PlantScore:
    """How one plant fared: whether its exact cell was told (`right`), and how many other cells of it (`wrong`).

    `named` are who was asked to answer, in order; `minutes` of business time until the first word, None for never.
    """

    kind: str
    size: float
    is_problem: bool
    right: bool = False
    wrong: int = 0
    minutes: float | None = None
    responsible_id: str | None = None
    named: list[str] = field(default_factory=list)

    @property
    def found(self) -> bool:
        return self.minutes is not None

    @property
    def right_first(self) -> bool:
        return bool(self.named) and self.named[0] == self.responsible_id

    @property
    def wrongly_named(self) -> int:
        """People named who do not answer for it."""
        return len({one for one in self.named if one != self.responsible_id})


@dataclass
class MonthScore:
    """What a month adds to the whole."""

    plants: list[PlantScore] = field(default_factory=list)
    findings: int = 0
    reps_named: int = 0
    reps_wrong: int = 0
    false_alarms: list[str] = field(default_factory=list)
    on_none: list[str] = field(default_factory=list)
    node_days: int = 0
    days: int = 0
    managers: int = 0
    most_a_day: int = 0
    foretold: int = 0
    """Misses of a target that nobody planted, foretold and come true."""
    told: list[dict[str, object]] = field(default_factory=list)


def score(
    words: Iterable[Finding],
    plants: Sequence[Plant],
    tree: Tree,
    calendar: WorkingCalendar,
    reps: frozenset[str],
    missed: AbstractSet[str] = frozenset(),
) -> MonthScore:
    """Judge the open words of a month, in order of time, each finding at its first.

    A finding is a problem's when its slice is the planted one, or most of its gap is what was planted; else it is on
    what is none when it lies there; else it is a false alarm. `reps` are who must not be named lightly, `missed` the
    units that missed their target in the end: who foretold that is right, whatever was planted.
    """
    month = MonthScore()
    scores = [PlantScore(one.kind, one.size, one.is_problem, responsible_id=one.responsible_id) for one in plants]
    told: dict[str, Plant | None] = {}
    a_day: Counter[date] = Counter()
    for word in words:
        if word.state != "open":
            continue
        is_new = word.finding_id not in told
        key = key_of(word)
        if is_new:
            plant = told[word.finding_id] = explained_by(word, plants, tree, calendar)
            about = plant.kind if plant else "false alarm"
            month.findings += 1
            a_day[word.as_of.astimezone(ZONE).date()] += 1
            if plant is None and word.rule == LANDING and word.slice.unit_id in missed:
                month.foretold += 1
                about = "foretold"
            elif plant is None:
                of_none = next((one for one in plants if not one.is_problem and tree.within(key, one.key)), None)
                sink, what = (month.on_none, of_none.kind) if of_none else (month.false_alarms, word.rule)
                sink.append(what)
                about = of_none.kind if of_none else about
            ratio = float(word.actual / word.expected) if word.expected else 1.0
            month.told.append(
                {"at": word.as_of.isoformat(), "rule": word.rule, "slice": key, "about": about,
                 "ratio": round(ratio, 3), "gap": round(float(word.gap)), "confidence": word.confidence,
                 "named": word.responsible_id}
            )  # fmt: skip
        plant = told[word.finding_id]
        if word.responsible_id in reps and is_new:
            month.reps_named += 1
            month.reps_wrong += plant is None or plant.responsible_id != word.responsible_id
        if plant is None or not plant.is_problem:
            continue
        mine = scores[next(at for at, one in enumerate(plants) if one is plant)]
        if word.responsible_id and word.responsible_id not in mine.named:
            mine.named.append(word.responsible_id)
        if is_new:
            exact = plant.key in (key, *(Key(*map(_text, _parts(cell))) for cell in word.cells[:1]))
            mine.right |= exact
            mine.wrong += not exact
            if mine.minutes is None:
                mine.minutes = minutes(calendar, plant.since, word.as_of)
    month.plants = scores
    month.most_a_day = max(a_day.values(), default=0)
    return month


def _parts(cell: Cell) -> tuple[str | None, str | None, str | None]:
    return cell.slice.unit_id, cell.slice.product_id, cell.slice.person_id


def _text(part: str | None) -> str:
    return part or ""


def explained_by(word: Finding, plants: Sequence[Plant], tree: Tree, calendar: WorkingCalendar) -> Plant | None:
    """The problem that a finding is about: the one planted on its slice, else the one that holds most of its gap."""
    key = key_of(word)
    problems = [one for one in plants if one.is_problem]
    for plant in problems:
        if plant.key == key and word.as_of.astimezone(ZONE).date() >= plant.since:
            return plant
    held = [(missing(plant, word, tree, calendar), plant) for plant in problems]
    most, plant = max(held, key=lambda one: one[0], default=(0.0, None))
    return plant if most >= MOST_OF_IT * -float(word.gap) else None


def missing(plant: Plant, word: Finding, tree: Tree, calendar: WorkingCalendar) -> float:
    """What a plant took from a finding's slice in the days it speaks of (CNY)."""
    if plant.before is None or plant.after is None:
        return 0.0
    last = word.as_of.astimezone(ZONE).date()
    first = last.replace(day=1) if word.target is not None else recent_days(calendar, last)[0]
    part = tree.inside(key_of(word)) & (pl.col("at") >= opening(first) - 9 * 3600)
    part &= pl.col("told") <= int(word.as_of.timestamp())
    return float(plant.before.filter(part)["amount"].sum() - plant.after.filter(part)["amount"].sum()) / UNIT


def minutes(calendar: WorkingCalendar, since: date, until: datetime) -> float:
    """Business minutes from the opening of a day to an instant; a working day has 540."""
    return calendar.elapsed_weight(since, until.astimezone(ZONE).date(), until, ZONE) * MINUTES_A_DAY
