"""What is off with where a month ends: a unit that is not short of its pace, and will most likely miss its target.

A unit is held to no more of its target than all others in the units above it reach of theirs: what all miss alike is
theirs. Of units that miss, the one is told that is the surest to: of all that hold the same shortfall it is the
narrowest. What is told of it, here or as a shortfall of its pace, explains as much of what those above it miss, and all
below it.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import copysign, inf
from statistics import NormalDist

import polars as pl

from ingest.events import Finding
from streams.amounts import UNIT
from streams.detection.baseline import added
from streams.detection.findings import key_of
from streams.detection.picture import Picture
from streams.detection.rules import RULES
from streams.detection.watch.facts import MONEY, NOTHING, Facts, flags
from streams.organisation import Org
from warehouse.key import Key

LANDING = "landing-short"
"""The rule that speaks of where a month ends."""
FROM_DAY = 8
"""Working days of the month from which on a landing is judged (DOMAIN §4, R2)."""
PART = 0.95
SURE, STAYS_SURE = (NormalDist().inv_cdf(sure) for sure in (0.8, 0.6))
"""P(landing < `PART` of the target) from which on it is told, and until which it stands, in standard deviations."""
UPPER_OF_80 = NormalDist().inv_cdf(0.9)
"""The upper end of an interval that holds 80 of 100, in standard deviations."""
MONTH_ENDS = pl.Schema(
    {"unit_id": pl.String(), "target": pl.Float64(), "landing": pl.Float64(), "high": pl.Float64(),
     "is_judged": pl.Boolean()}
)  # fmt: skip

Ends = Mapping[str, tuple[float, float, float]]
"""By unit its target, where its month ends, and the upper end of the band."""


def month_ends(picture: Picture) -> pl.DataFrame:
    """Where the month of each unit with a target ends by the baseline (columns of `MONTH_ENDS`, reporting currency);
    nothing while it is early or without a baseline. That knows no days of a unit's own, nor of silence: of a unit that
    has such nothing is raised."""
    seen, windows = picture.seen, picture.windows
    rows: list[tuple[str, float, float, float, bool]] = []
    if seen.landings is None or windows.days_gone < FROM_DAY:
        return pl.DataFrame(schema=MONTH_ENDS)
    for level in picture.cells.levels:
        if level.grain == "unit":
            inside, month = level.label >= 0, picture.cells.sums.month_actual
            booked = added(level.label[inside], month[inside], len(level.keys)) / UNIT
            for key, amount in zip(level.keys, booked.tolist(), strict=True):
                node = seen.landings.of(Key() if key.unit_id == picture.org.root else key)
                target = seen.targets.get(key, 0.0)
                if node is not None and target > 0:
                    landing, is_judged = amount + node.rest, picture.has_a_month_like_all(key.unit_id)
                    rows.append((key.unit_id, target / UNIT, landing, landing + node.high, is_judged))
    return pl.DataFrame(rows, schema=MONTH_ENDS, orient="row")


def with_month(facts: Facts, picture: Picture, *words: Sequence[Finding]) -> Facts:
    """The facts with where months end, and with what stands of shortfalls and landings after `words`, oldest first."""
    last = {word.finding_id: word for said in words for word in said}
    told = [word for word in last.values() if word.state == "open" and (word.rule in RULES or word.rule == LANDING)]
    return replace(facts, month_ends=month_ends(picture), told=told)


def missing(facts: Facts) -> pl.DataFrame:
    """Units that will most likely end the month under `PART` of their target; amount: by how much, of what nothing else
    told explains.

    `facts.month_ends` and `facts.told`: see `with_month`.
    """
    ends = {unit: (target, landing, high) for unit, target, landing, high, _ in facts.month_ends.iter_rows()}
    judged: set[str] = set(facts.month_ends.filter("is_judged")["unit_id"]) if ends else set()
    stands = {key_of(finding).unit_id for finding in facts.told if finding.rule not in RULES} & ends.keys()
    told, explained = _told(facts, ends)
    alike = {unit: _alike(unit, ends, facts.org) for unit in ends}
    found: list[tuple[str, float]] = []
    while True:
        sure = [
            (_deviations(*ends[unit], explained[unit], alike[unit]) - (STAYS_SURE if unit in stands else SURE), unit)
            for unit in sorted(judged | stands)
            if not told.intersection(facts.org.unit_path(unit))
        ]
        surest, unit = max(sure, default=(-1.0, ""))
        if surest < 0:
            break
        target, landing, _ = ends[unit]
        short = target - landing - explained[unit]
        found.append((unit, short))
        told.add(unit)
        for above in facts.org.unit_path(unit):
            explained[above] += short
    if not found:
        return NOTHING
    rows = pl.DataFrame(found, schema={"id": pl.String, "amount": pl.Float64}, orient="row").with_columns(
        pl.col("amount").round(2).cast(MONEY), office_id="id", customer_id=pl.lit(""), rep_id=pl.lit("")
    )
    gone = facts.calendar.working_days(facts.today.replace(day=1), facts.today)
    return flags(rows, "unit", since=pl.lit(facts.today), days=pl.lit(int(gone)))


def _told(facts: Facts, ends: Ends) -> tuple[set[str], dict[str, float]]:
    """The units that are told as short of their pace, and by unit what all that is told as short explains: above it,
    and where it is a product's, of what lies below each its part."""
    told: set[str] = set()
    explained: dict[str, float] = defaultdict(float)
    for finding in facts.told:
        if finding.rule not in RULES:
            continue
        part, unit, short = finding.slice, finding.slice.unit_id or facts.org.root, float(-finding.gap)
        if unit in ends and not (part.product_id or part.person_id):
            told.add(unit)
            short = max(short, ends[unit][0] - ends[unit][1])
        path = facts.org.unit_path(unit)
        for above in path:
            explained[above] += short
        if unit in ends and part.product_id:
            for below in ends.keys() - set(path):
                if unit in facts.org.unit_path(below):
                    explained[below] += short * ends[below][0] / ends[unit][0]
    return told, explained


def _alike(unit: str, ends: Ends, org: Org) -> float:
    """The least part of their targets that all others in a unit above reach, 1 at most."""
    target, landing, _ = ends[unit]
    over = [ends[above] for above in org.unit_path(unit)[:-1] if above in ends]
    others = [(above[0] - target, above[1] - landing) for above in over]
    return min([1.0, *(max(reached, 0.0) / wanted for wanted, reached in others if wanted > 0)])


def _deviations(target: float, landing: float, high: float, explained: float, alike: float) -> float:
    """By how many standard deviations the month ends under `PART` of a target of which all reach `alike`, with what is
    explained as if it came."""
    apart = (high - landing) / UPPER_OF_80
    short = PART * alike * target - landing - explained
    return short / apart if apart > 0 else copysign(inf, short)
