"""What the causes of one finding are read from: what was sold in its slice by leaf, and who visited. Pure."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from ingest.events import Finding
from streams.amounts import UNIT
from streams.detection.baseline import OUTSIZED
from streams.detection.findings import key_of
from streams.detection.picture import Picture
from streams.detection.windows import PAST_DAYS

AMOUNTS = ("bookings", "listed", "list")


@dataclass(frozen=True)
class Days:
    """The days of which a finding speaks (start ≤ day ≤ end); those it is measured by: past_start ≤ day < past_end."""

    start: date
    end: date
    past_start: date
    past_end: date

    @property
    def past_last(self) -> date:
        """The last day of the past."""
        return date.fromordinal(self.past_end.toordinal() - 1)

    @classmethod
    def of(cls, finding: Finding, picture: Picture) -> "Days":
        """The month of a target, else the recent days; a past that holds nothing of the problem itself."""
        windows = picture.windows
        start = windows.month.start if finding.target is not None else windows.recent_start
        opened = picture.seen.opened.get(key_of(finding), start)
        past_end = min(start, windows.recent_start, opened)
        return cls(start, windows.today, windows.calendar.add_working_days(past_end, -PAST_DAYS), past_end)


@dataclass(frozen=True)
class Sold:
    """`leaves` as `warehouse.queries.leaves` gives them; `visits`: rep, visits and visits_before of the same days.

    Amounts come as decimals, or as whole numbers of 1/10,000.
    """

    leaves: pl.DataFrame
    visits: pl.DataFrame

    def scaled(self) -> pl.DataFrame:
        """The leaves with every amount in whole 1/10,000, and `usual`: their past with outsized deals cut."""
        frame = self.leaves
        for name in (name for one in AMOUNTS for name in (one, f"{one}_before")):
            if frame.schema[name].is_decimal():
                frame = frame.with_columns((pl.col(name) * UNIT).cast(pl.Int64))
        lines = frame["order_lines_before"].to_numpy().clip(0)
        past = frame["bookings_before"].to_numpy().clip(0)
        most = OUTSIZED * past.sum() / max(int(lines.sum()), 1) * np.maximum(lines, 1)
        return frame.with_columns(pl.Series("usual", np.minimum(past, most).astype(np.float64)))


def scale_of(picture: Picture) -> float:
    """The money of one order of chance (1/10,000): orders of unlike size scatter as fewer of `Σx² ÷ Σx` each would.

    That of a compound Poisson sum (Bohm & Zech 2014), from what reps sold a day, outsized deals cut.
    """
    panel = picture.reps.model.panel
    sold = panel.usual[panel.usual > 0].astype(np.float64)
    return float((sold @ sold) / sold.sum()) if len(sold) else 1.0


def scatter_of(picture: Picture, one: float) -> dict[tuple[str, ...], float]:
    """How the levels that detection looks at scatter, as a part of `one`, by the columns of a leaf table."""
    org, found = picture.org, dict[tuple[str, ...], float]()
    for side in (picture.cells, picture.reps):
        for level in side.levels:
            if not len(level.keys):
                continue
            key, scale = level.keys[0], float(np.median(level.scale)) / one
            unit, product = len(org.unit_path(key.unit_id)) - 1, len(org.product_path(key.product_id)) - 1
            columns = ("rep",) if key.person_id else (
                *([f"unit_{unit}"] if key.unit_id else []), *([f"product_{product}"] if key.product_id else [])
            )  # fmt: skip
            found[columns] = scale
    return found
