"""The seeded company of a month: hundreds of reps, dozens of offices, 14 months of history, and who is who in it."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property

import polars as pl

from ingest.calendar import Period, WorkingCalendar
from ingest.simulator.company import Company
from ingest.simulator.org import org
from ingest.simulator.pace import ZONE
from ingest.simulator.sizes import CompanySize
from ingest.simulator.staff import months_of
from ingest.simulator.targets import of_units
from streams.org import RANGES
from streams.organisation import Org
from warehouse.key import Key

SIZE = CompanySize(
    regions=12,
    offices=60,
    reps=600,
    lines=6,
    products=36,
    months=14,
    orders_per_rep_month=6.5,
    deals_share=0.22,
    activities_per_rep_month=115,
    customers_per_rep=1,
)
"""A tenth of the size oneboard is built for, as dense as that: orders, visits and deals of a rep are the same."""

MIDDLE = 15
"""The working day of the month on which the simulator hangs what is none: days off before it, a big order after."""

NOBODY, NEVER = -1, date(2100, 1, 1)


@dataclass(frozen=True, eq=False)
class Place:
    """A company and the month in which it is watched."""

    company: Company
    month: Period

    @classmethod
    def made(cls, seed: int, size: CompanySize = SIZE, *, bare: bool = False, after: int = 0) -> "Place":
        """April to December 2026 by turns. No problem of the simulator's own is left in it; `bare`: nothing at all.

        The company lives on for so many months `after` it; they are of its size's months.
        """
        month = last = Period.parse(f"2026-{4 + seed // 10 % 9:02}")
        for _ in range(after):
            last = last.next()
        today = WorkingCalendar("CN").add_working_days(last.start, MIDDLE - 1)
        company = Company.make(seed, size, today)
        effects = company.effects
        silent, lumpy = company.posts[effects.silent_post], company.posts[effects.lumpy_post]
        silent.orders = size.orders_per_rep_month * silent.weight**0.6
        effects = replace(
            effects, silent_since=NEVER, silent_post=NOBODY, lost_cell=(NOBODY, NOBODY), falling_product=NOBODY
        )
        if bare:
            lumpy.orders = size.orders_per_rep_month * lumpy.weight**0.6
            effects = replace(effects, since=NEVER, lumpy_days=frozenset())
        return cls(replace(company, effects=effects, days_off={} if bare else company.days_off), month)

    @property
    def months(self) -> list[Period]:
        """Every month of history and the one that is watched."""
        return list(months_of(self.company.first_day, self.month.end))

    @cached_property
    def days(self) -> list[date]:
        """The working days of the month."""
        every = [date.fromordinal(n) for n in range(self.month.start.toordinal(), self.month.end.toordinal() + 1)]
        return [day for day in every if self.company.calendar.weight(day) > 0]

    @cached_property
    def _ranges(self) -> dict[str, pl.DataFrame]:
        stated = [event for _, topic, event in org(self.company) if topic == "org"]
        frames = {}
        for kind in ("unit", "product", "person"):
            _, names, rows_of = RANGES[kind]
            rows = rows_of([event for event in stated if event.entity_id.startswith(f"{kind}:")])  # type: ignore[misc]
            frames[kind] = pl.DataFrame(rows, schema=list(names), orient="row", infer_schema_length=None).sort(
                "id", "valid_from"
            )
        return frames

    def org(self, day: date, start: date) -> Org:
        """The organisation as of a day, with the spans of people since `start`: what the warehouse would answer."""
        units, products = (
            frame.filter(pl.col("valid_from") <= day, pl.col("valid_to") >= day)
            for frame in (self._ranges["unit"], self._ranges["product"])
        )
        people = self._ranges["person"].filter(pl.col("valid_from") <= day, pl.col("valid_to") >= start)
        spans = ("id", "valid_from", "valid_to", "unit_id", "role", "role_since", "status", "stand_in_id")
        return Org.of(day, units, products, people.select(spans))

    @cached_property
    def targets(self) -> dict[Key, float]:
        """Base targets of the month by unit and by product, in units of 1/10,000."""
        found = {}
        for _, _, event in of_units(self.company, self.month, 0):
            part = event.slice  # type: ignore[attr-defined]
            if event.tier == "base" and not (part.unit_id and part.product_id):  # type: ignore[attr-defined]
                found[Key(part.unit_id or "", part.product_id or "")] = float(event.value) * 1e4  # type: ignore[attr-defined]
        return found

    def seconds(self, day: date, hour: int = 0) -> int:
        """The epoch second of that hour of a company's day."""
        return int(datetime(day.year, day.month, day.day, hour, tzinfo=ZONE).timestamp())
