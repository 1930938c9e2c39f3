"""Visits of the people of a slice: how many were done, and how many were to be. Pure."""

from dataclasses import dataclass
from functools import cached_property

import polars as pl

from ingest.events import Finding
from streams.detection.causes.sold import Days, Sold
from streams.detection.picture import Picture
from streams.detection.windows import PAST_DAYS
from streams.organisation import Org


@dataclass(frozen=True)
class Visited:
    """`people`: unit_0 … from the root down, rep, visits, visits_before and `due` (as they visited before)."""

    people: pl.DataFrame
    levels: tuple[str, ...]

    @classmethod
    def of(cls, finding: Finding, sold: Sold, picture: Picture) -> "Visited":
        """The people of a unit, or the one a finding is about; nobody for a slice of products: visits tell of none."""
        windows, org, days = picture.windows, picture.org, Days.of(finding, picture)
        own = finding.slice
        units = {one: (span.unit_id if (span := org.on(one)) else "") for one in sold.visits["rep"].to_list()}
        inside = [
            one
            for one, unit in units.items()
            if not own.product_id and (own.person_id == one or (not own.person_id and _within(own.unit_id, unit, org)))
        ]
        people = sold.visits.filter(pl.col("rep").is_in(inside))
        path = org.unit_path(own.unit_id or "")
        now = windows.calendar.elapsed_weight(days.start, days.end, windows.now, windows.zone, path)
        before = max(windows.calendar.working_days(days.past_start, days.past_last, path), 1.0)
        rate = now / before * (1.0 if len(path) <= 1 else _moved(picture))
        paths = [org.unit_path(units[one]) for one in people["rep"].to_list()]
        depth = max(map(len, paths), default=0)
        names = tuple(f"unit_{at}" for at in range(depth))
        columns = [
            pl.Series(name, [one[at] if at < len(one) else None for one in paths], dtype=pl.String)
            for at, name in enumerate(names)
        ]
        return cls(people.with_columns(*columns, due=pl.col("visits_before") * rate), names)

    @cached_property
    def done(self) -> float:
        return float(self.people["visits"].sum())

    @cached_property
    def due(self) -> float:
        return float(self.people["due"].sum())


def _within(unit_id: str | None, inner: str, org: Org) -> bool:
    return unit_id is None or unit_id in org.unit_path(inner)


def _moved(picture: Picture) -> float:
    """How everybody visits lately against before, by the day; of today only the hours that have gone are a day."""
    windows = picture.windows
    recent, before = (float(frame["visits"].sum()) for frame in (picture.seen.visits, picture.seen.visits_before))
    days = windows.calendar.elapsed_weight(windows.recent_start, windows.today, windows.now, windows.zone)
    return recent / before * PAST_DAYS / days if before > 0 and recent > 0 and days > 0 else 1.0
