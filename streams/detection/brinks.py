"""How little is missing until a node is short: what comes between two sweeps is held against it.

It says when to look and never what is found: an event that makes a node short, or one that is short fall on, is reason
to sweep at once. What only the clock or everybody else moves is for the next tick. Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from streams.amounts import UNIT
from streams.detection.baseline import Floats, Ints, Mask, added
from streams.detection.findings import MATERIAL
from streams.detection.looks import Look
from streams.detection.picture import Picture
from streams.detection.views import Views
from warehouse.key import Key


@dataclass(frozen=True)
class Brink:
    """One rule's view of one level. By node, in units of 1/10,000: what was booked from `since` on, what is expected,
    and the amount under which it is short; nothing is below where the node stands already, or is not judged."""

    label: Ints
    since: date
    booked: Floats
    expected: Floats
    short: Floats

    @classmethod
    def of(cls, look: Look, since: date) -> "Brink":
        """From a rule's look before anything was put back."""
        return cls(look.level.label, since, look.raw, look.expected, np.where(look.stands, -np.inf, look.short))

    def is_crossed(self, row: Ints, amount: Floats) -> bool:
        """Whether so much more of the rows makes a node short, or one that is short by a tenth of its gap more."""
        node = self.label[row]
        moved = added(node[node >= 0], amount[node >= 0], len(self.booked))
        now = self.booked + moved
        falls: Mask = (moved < 0) & (now < self.short)
        return bool((falls & ((self.booked >= self.short) | (-moved >= MATERIAL * (self.expected - now)))).any())


@dataclass(frozen=True)
class Brinks:
    """Of a sweep: the brinks of both sides, and which row an office and product, or a rep, is."""

    cells: tuple[Brink, ...]
    reps: tuple[Brink, ...]
    row_of: Mapping[Key, int]
    row_of_rep: Mapping[str, int]
    latest: Mapping[str, str]
    first_day: date

    @classmethod
    def of(cls, picture: Picture, views: Views) -> "Brinks":
        """Before a hunt begins: it puts back what it explains."""
        windows = picture.windows
        found: dict[bool, list[Brink]] = {False: [], True: []}
        for look, of_month in views.first_looks():
            since = windows.month.start if of_month else windows.recent_start
            found[look.level.grain == "rep"].append(Brink.of(look, since))
        return cls(
            tuple(found[False]), tuple(found[True]),
            {key: at for at, key in enumerate(picture.cells.model.panel.keys)},
            {key.person_id: at for at, key in enumerate(picture.reps.model.panel.keys)},
            picture.latest, min(windows.month.start, windows.recent_start),
        )  # fmt: skip

    def are_crossed(self, sold: pl.DataFrame, credits: pl.DataFrame) -> bool:
        """Whether what came since makes a node short. `sold`: day, office, leaf_product, bookings; `credits`: day, rep,
        bookings."""
        cells = [
            self.row_of.get(Key(office, self.latest.get(product, product)), -1)
            for office, product in sold.select("office", "leaf_product").iter_rows()
        ]
        reps = [self.row_of_rep.get(one, -1) for one in credits["rep"].to_list()]
        return _are_crossed(self.cells, sold, cells) or _are_crossed(self.reps, credits, reps)


def _are_crossed(brinks: tuple[Brink, ...], came: pl.DataFrame, rows: list[int]) -> bool:
    row, amount = np.array(rows, dtype=np.int64), (came["bookings"] * UNIT).cast(pl.Float64).to_numpy()
    for since in {brink.since for brink in brinks}:
        there = (row >= 0) & (came["day"] >= since).to_numpy()
        if any(brink.is_crossed(row[there], amount[there]) for brink in brinks if brink.since == since):
            return True
    return False
