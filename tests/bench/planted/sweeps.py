"""A month swept as the worker sweeps it: at each tick a picture of what is known by then, and the words carried on."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl

from ingest.calendar import business_day
from ingest.events import Finding
from ingest.settings import CompanySettings
from ingest.simulator.pace import ZONE, opening
from streams.amounts import UNIT
from streams.detection.nodes import Level
from streams.detection.observations import cuts, is_silent
from streams.detection.picture import Picture, Seen
from streams.detection.rules import RULES
from streams.detection.sweeper import found
from streams.detection.watch.desk import WatchDesk
from streams.detection.watch.landing import with_month
from streams.detection.watch.rules import WATCHES
from streams.detection.windows import PAST_DAYS, Windows
from streams.organisation import Org
from tests.bench.planted.causes import with_causes
from tests.bench.planted.expected import built
from tests.bench.planted.expected import landings as landings_at
from tests.bench.planted.schedule import Month
from tests.bench.planted.watched import OFFICES, REPS, facts_at
from warehouse.baseline.standing import curve_of
from warehouse.curve import Curve, learned

TICKS = (timedelta(hours=9),)
"""After opening: once a working day, at 18:00. The worker sweeps every few seconds; here found is up to a day later."""

COMPANY = CompanySettings()
_MONEY = pl.Decimal(38, 4)
_SUMS = (pl.col("amount").sum(), pl.col("lines").sum().cast(pl.Int64))


@dataclass
class Watch:
    """The sweeps of a month so far: the words that stand, and since when each has been told."""

    month: Month
    is_based: bool = True
    """Whether there is a baseline; without one detection has its own expectations."""
    words: dict[str, Finding] = field(default_factory=dict)
    first_told: dict[str, datetime] = field(default_factory=dict)
    node_days: int = 0

    def __post_init__(self) -> None:
        place = self.month.place
        self._rows = _dated(self.month.facts.bookings)
        self.visits = self.month.facts.visits
        self._orgs: dict[date, Org] = {}
        taught = [one for one in place.months if one.end < place.month.start]
        before = self._rows.filter(~pl.col("overlay"), pl.col("day") < place.month.start)
        by_day = dict(before.group_by("day").agg(pl.col("amount").sum() / UNIT).iter_rows())
        self._curve: Curve = learned(by_day, taught, place.company.calendar)
        self._version = built(place, self._rows, taught) if self.is_based else None
        if self._version:
            self._curve = curve_of(self._version)

    def told(self) -> Iterator[Finding]:
        """Every word of the month, in order of time."""
        for day in self.month.place.days:
            for number, after in enumerate(TICKS, 1):
                now = datetime.fromtimestamp(opening(day), UTC) + after
                picture = self.picture(now)
                if picture is None:
                    continue
                for finding in self._sweep(picture, now):
                    self.remember(finding)
                    yield finding
                if number == len(TICKS):
                    self.node_days += tested(picture)
                    company = self.month.place.company
                    self.node_days += REPS * len(company.posts) + OFFICES * len(company.offices)

    def _sweep(self, picture: Picture, now: datetime) -> list[Finding]:
        """What the worker would say: shortfalls with their causes, then what the watch sees."""
        known = self.known(now)
        hunted = [word for word in self.words.values() if word.rule in RULES]
        watched = [word for word in self.words.values() if word.rule in WATCHES]
        short = [
            with_causes(one, picture, known, self.visits, now) if one.state == "open" else one
            for one in found(picture, hunted, RULES)
        ]
        facts = with_month(facts_at(self.month, known, picture.org, now), picture, list(self.words.values()), short)
        return [*short, *WatchDesk(facts, watched, now).settled(WATCHES)]

    def remember(self, finding: Finding) -> None:
        """Carry a word on to the next sweep."""
        if finding.state == "open":
            self.words[finding.finding_id] = finding
            self.first_told.setdefault(finding.finding_id, finding.as_of)
        else:
            self.words.pop(finding.finding_id, None)
            self.first_told.pop(finding.finding_id, None)

    def known(self, now: datetime) -> pl.DataFrame:
        """The booked changes known by `now`, with their day."""
        return self._rows.filter(pl.col("told") <= int(now.timestamp()))

    def picture(self, now: datetime) -> Picture | None:
        """What a sweep as of now would read; None on a hold."""
        place = self.month.place
        calendar, today = place.company.calendar, business_day(now, ZONE)
        known = self.known(now)
        last = datetime.fromtimestamp(int(known["told"].max()), UTC)  # type: ignore[arg-type]
        if is_silent(calendar, last, now, COMPANY):
            return None
        opened, since = cuts(
            [word for word in self.words.values() if word.rule in RULES], self.first_told, calendar, today, COMPANY
        )
        windows = Windows.ending(now, today, ZONE, calendar, since)
        recent, start = windows.recent_start, windows.days[0]
        landings = landings_at(self._version, place, known, now) if self._version else None
        known = known.filter(pl.col("day") >= start)
        sold = known.filter(~pl.col("overlay"))
        visited = self.visits.filter(pl.col("told") <= int(now.timestamp()))
        seen = Seen(
            _money(sold.group_by("day", "office", "product", maintain_order=True).agg(_SUMS)).rename(
                {"product": "leaf_product"}
            ),
            _money(known.group_by("day", "rep", maintain_order=True).agg(_SUMS)),
            _visits(visited.filter(pl.col("day") >= recent)),
            _visits(
                visited.filter(
                    pl.col("day") < recent, pl.col("day") >= calendar.add_working_days(recent, -PAST_DAYS)
                )
            ),
            place.targets, self._curve, opened, landings,
        )  # fmt: skip
        return Picture(windows, self._org(today, start), seen)

    def _org(self, today: date, start: date) -> Org:
        if today not in self._orgs:
            self._orgs = {today: self.month.place.org(today, start)}
        return self._orgs[today]


def tested(picture: Picture) -> int:
    """How many nodes the rules looked at, each rule's own."""
    sides: list[Level] = [level for side in (picture.cells, picture.reps) for level in side.levels]
    return sum(
        int(np.count_nonzero(level.allowed)) for rule in RULES.values() for level in sides if level.grain == rule.grain
    )


def _dated(rows: pl.DataFrame) -> pl.DataFrame:
    local = pl.from_epoch(pl.col("at") + 8 * 3_600, time_unit="s").dt.date()
    return rows.filter((pl.col("amount") != 0) | (pl.col("lines") != 0)).with_columns(day=local).sort("told")


def _money(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(bookings=pl.col("amount").cast(_MONEY) / UNIT, order_lines="lines").drop(
        "amount", "lines"
    )


def _visits(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.group_by("rep", maintain_order=True).agg(pl.col("visits").sum())
