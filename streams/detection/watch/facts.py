"""What the watching rules look at, as of a tick, and the one shape in which they say what they saw. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

import polars as pl

from ingest.calendar import WorkingCalendar, business_day
from ingest.events import Finding
from streams.organisation import Org

MONEY = pl.Decimal(38, 4)
FLAGS = pl.Schema(
    {
        "kind": pl.String(), "id": pl.String(), "customer_id": pl.String(), "person_id": pl.String(),
        "office_id": pl.String(), "amount": MONEY, "since": pl.Date(), "days": pl.Int64(),
    }
)  # fmt: skip
"""A row a thing that is off. kind: as `Behind`. `person_id` owns it, `office_id` is where,
`amount` the money in it, `since` the day from which on it is off, `days` how long what is said of it has gone on."""


@dataclass(frozen=True)
class Facts:
    """Frames as the warehouse gives them; one that is empty or None was not asked for.

    `deals`: `tending`, `ages`: `stage_ages` of `warehouse.queries.tending`. `dues`: `Cash.open` with customer_id,
    rep_id and office_id of the order. `accepted`: `accepted_lines`, `ordered`: `ordered_deals` of
    `warehouse.queries.fulfilment`. `covered`: `coverage` of offices now, with needed_before and coverage_before of the
    week before. `complaints` and `prices` are the queries of that name. `fell_due`, `decided`, `channel`, `sent`,
    `unassigned`, `month_ends` and `told` are said at the tests that read them (`cash.late`, `wins`, `cram`, `sources`,
    `landing`). `of_sources_alone`: all others were not asked for, and nothing is to be said of what they hold.
    """

    now: datetime
    zone: ZoneInfo
    calendar: WorkingCalendar
    org: Org
    deals: pl.DataFrame = field(default_factory=pl.DataFrame)
    ages: pl.DataFrame = field(default_factory=pl.DataFrame)
    dues: pl.DataFrame = field(default_factory=pl.DataFrame)
    accepted: pl.DataFrame = field(default_factory=pl.DataFrame)
    ordered: pl.DataFrame = field(default_factory=pl.DataFrame)
    covered: pl.DataFrame = field(default_factory=pl.DataFrame)
    complaints: pl.DataFrame = field(default_factory=pl.DataFrame)
    prices: pl.DataFrame = field(default_factory=pl.DataFrame)
    fell_due: pl.DataFrame = field(default_factory=pl.DataFrame)
    decided: pl.DataFrame = field(default_factory=pl.DataFrame)
    channel: pl.DataFrame = field(default_factory=pl.DataFrame)
    sent: pl.DataFrame = field(default_factory=pl.DataFrame)
    unassigned: pl.DataFrame = field(default_factory=pl.DataFrame)
    month_ends: pl.DataFrame = field(default_factory=pl.DataFrame)
    told: Sequence[Finding] = ()
    of_sources_alone: bool = False

    @property
    def today(self) -> date:
        """The business day of the tick."""
        return business_day(self.now, self.zone)

    def ago(self, days: int, office: str = "office_id") -> pl.Expr:
        """The day so many working days before today, by the calendar of the row's office."""
        at = {unit: self.calendar.add_working_days(self.today, -days, self.org.unit_path(unit)) for unit in self._apart}
        plain = self.calendar.add_working_days(self.today, -days)
        return pl.col(office).replace_strict(at, default=plain, return_dtype=pl.Date) if at else pl.lit(plain)

    @cached_property
    def _apart(self) -> list[str]:
        """Units whose last half year had other working days than the company's."""
        start = date.fromordinal(self.today.toordinal() - 183)
        days = [date.fromordinal(start.toordinal() + n) for n in range(184)]
        usual = [self.calendar.weight(day) for day in days]
        return [
            unit
            for unit, node in self.org.units.items()
            if self.calendar.working_days(start, self.today, node.path) != sum(usual)
        ]

    def working_days(self, since: date, office_id: str) -> int:
        """Working days of the office after `since`, up to today."""
        after = date.fromordinal(since.toordinal() + 1)
        return int(self.calendar.working_days(after, self.today, self.org.unit_path(office_id)))

    @cached_property
    def there_since(self) -> dict[str, date]:
        """By person since when they are what they are today: at work, away or gone, in today's unit.

        Nobody's deal is untended for the days on which it was somebody else's to tend.
        """
        found: dict[str, date] = {}
        for one in self.org.people:
            if (today := self.org.on(one)) is None:
                continue
            began = today.start
            for span in reversed(self.org.people[one]):
                if span.start < began:
                    if (span.status, span.unit_id) != (today.status, today.unit_id):
                        found[one] = began
                        break
                    began = span.start
        return found


def flags(frame: pl.DataFrame, kind: str, *, since: pl.Expr, days: pl.Expr) -> pl.DataFrame:
    """`FLAGS` of rows with id, customer_id, office_id, amount and rep_id (the owner)."""
    return frame.select(
        pl.lit(kind).alias("kind"), "id", "customer_id", pl.col("rep_id").alias("person_id"), "office_id", "amount",
        since.alias("since"), days.alias("days"),
    ).cast(FLAGS)  # fmt: skip


NOTHING = pl.DataFrame(schema=FLAGS)
