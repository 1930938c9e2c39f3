"""From the frames of a sweep to what the detectors look at: windows, panels, levels, aims. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cached_property

import numpy as np
import polars as pl

from streams.amounts import UNIT
from streams.detection.attendance import Attendance
from streams.detection.baseline import Floats, Ints, Model, Panel, added
from streams.detection.candidates import Aim
from streams.detection.holding import Held
from streams.detection.levels import cell_levels
from streams.detection.nodes import Past, Side, Spans, level, rows_within, sums_of
from streams.detection.windows import Windows
from streams.organisation import Org
from warehouse.baseline.standing import Landings
from warehouse.curve import Curve, end_of_day, expected_share
from warehouse.key import Key

ENOUGH_PAST = 15
"""Working days of history below which nothing is judged against history."""

LONGEST_ONSET_DAYS = 40
"""Working days back to which the beginning of a shortfall is looked for."""

PRESENT = 0.6
FEW_LINES = 2.0
"""Order lines that were to come while none came, from which on an office's month is not judged: it may be silent."""


@dataclass(frozen=True)
class Seen:
    """What a sweep reads. `sales`: day, office, leaf_product, bookings, order_lines. `credits`: day, rep, the same two.

    `visits` and `visits_before` (rep, visits) are of the recent days and of the `PAST_DAYS` before. `targets` are base
    targets of the month by key, `opened` the day on which the past of a key ends whose finding stands. `landings` is
    what the month's baseline says, where there is one; `curve` is its own then. `held`: of which
    offices data is missing.
    """

    sales: pl.DataFrame
    credits: pl.DataFrame
    visits: pl.DataFrame
    visits_before: pl.DataFrame
    targets: Mapping[Key, float] = field(default_factory=dict)
    curve: Curve = field(default_factory=Curve)
    opened: Mapping[Key, date] = field(default_factory=dict)
    landings: Landings | None = None
    held: Held = field(default_factory=Held)


@dataclass(frozen=True)
class Picture:
    """Everything the detectors look at."""

    windows: Windows
    org: Org
    seen: Seen

    @cached_property
    def spans(self) -> Spans:
        first = self.seen.sales["day"].min()
        return self.windows.spans(first if isinstance(first, date) else self.windows.today)

    @property
    def has_past(self) -> bool:
        """Whether there is enough history to judge against."""
        return bool(self._there.working_days[self.spans.start : self.spans.recent_start].sum() >= ENOUGH_PAST)

    @cached_property
    def latest(self) -> dict[str, str]:
        """Of each product that was sold the one that succeeds it in the end: they are looked at as one."""
        return {one: self.org.latest(one) for one in self.seen.sales["leaf_product"].unique().to_list()}

    @cached_property
    def cells(self) -> Side:
        """Office × product, with the levels unit, line, office × line and product; what is unassigned is in none."""
        org, sales, latest = self.org, self.seen.sales, self.latest
        pair = ("office", "product")
        sold = sales.with_columns(
            pl.col("leaf_product").replace_strict(latest, return_dtype=pl.String).alias("product")
        )
        rows = sold.select(pair).unique(maintain_order=True).with_row_index("row")
        row = sold.join(rows, on=pair, how="left", maintain_order="left")["row"].cast(pl.Int64).to_numpy()
        products = {one: at for at, one in enumerate(sorted(set(latest.values())))}
        keys = list(map(Key, rows["office"].to_list(), rows["product"].to_list()))
        office, product = (
            rows[name].replace_strict(places, return_dtype=pl.Int64).to_numpy()
            for name, places in (("office", self._there.offices), ("product", products))
        )
        paths = [frozenset(org.product_path(one)) for one in products]
        panel = self._panel(self.seen.sales, keys, row, office, self._there.office_weights)
        model = Model.fitted(panel, self.spans.start, self._ends(keys, office, product, paths))
        sums = sums_of(model, self.spans, self._month_expected(model, office))
        levels = tuple(cell_levels(rows["office"], rows["product"], org, Past.of(model, self.spans)))
        return Side(model, sums, levels, office, self._unit_paths, product, paths)

    def has_a_month_like_all(self, unit: str) -> bool:
        """Whether a unit works the company's days of this month, and is heard of: no office in it is silent, nor does
        an office itself wait for `FEW_LINES` that were to come."""
        calendar, month = self.windows.calendar, self.windows.month
        path = self.org.unit_path(unit)
        if any(unit in self.org.unit_path(office) for office in self._there.silent):
            return False
        if unit in self._there.waits and self._there.waits[unit].lines >= FEW_LINES:
            return False
        return calendar.working_days(month.start, month.end, path) == calendar.working_days(month.start, month.end)

    @cached_property
    def reps(self) -> Side:
        """Reps of today, each under the office of today; their days are those on which they were there at work."""
        people, weights = self._there.people(slice(self.spans.start, self.spans.recent_start))
        keys = [Key(self.org.homes[one], "", one) for one in people]
        places = {one: at for at, one in enumerate(people)}
        sold = self.seen.credits.filter(pl.col("rep").is_in(people))
        row = np.asarray(sold["rep"].replace_strict(places, return_dtype=pl.Int64).to_numpy(), dtype=np.int64)
        day = (sold["day"] - self.windows.days[0]).dt.total_days().cast(pl.Int64).to_numpy()
        here = weights[row, day] > 0 if len(row) else np.zeros(0, dtype=bool)
        office = np.array([self._there.offices[key.unit_id] for key in keys], dtype=np.int64)
        panel = self._panel(sold.filter(here), keys, row[here], np.arange(len(people)), weights)
        whatever = np.zeros(len(keys), dtype=np.int64), [frozenset[str]()]
        model = Model.fitted(panel, self.spans.start, self._ends(keys, office, *whatever))
        enough = PRESENT * self._there.office_weights[office][:, self.spans.recent].sum(axis=1)
        present = weights[:, self.spans.recent].sum(axis=1) >= np.maximum(enough, 1e-9)
        judged = present & np.array([self.org.may_be_judged(one) for one in people], dtype=bool)
        by_rep = level("rep", keys, np.arange(len(keys)), Past.of(model, self.spans), judged)
        sums = sums_of(model, self.spans, self._month_expected(model, office))
        return Side(model, sums, (by_rep,), office, self._unit_paths, *whatever)

    def onset(self, key: Key) -> date:
        """The working day from which on a key fell behind: from where what is missing up to today is largest, the
        latest of several."""
        windows = self.windows
        side = self.reps if key.person_id else self.cells
        behind = side.behind(key)
        first = windows.place(windows.calendar.add_working_days(windows.today, -LONGEST_ONSET_DAYS))
        at = len(behind) - 1 - int(np.argmin(np.cumsum(np.rint(behind[first:][::-1]))))
        while at < len(windows.days) - 1 and not self._there.working_days[at]:
            at += 1
        return windows.days[at]

    def _month_expected(self, model: Model, office: Ints) -> Floats:
        """The month so far by row: its office's target by now, split by what the rows sold before.

        An office without a target expects what its history does.
        """
        expected = model.expected(self.spans.month)
        targets = np.array([self.seen.targets.get(Key(unit), 0.0) for unit in self._there.offices])
        by_now = targets * [self._shares_at(self.windows.now)[unit] for unit in self._there.offices]
        whole = added(office, model.past, len(targets))
        split = np.divide(model.past, whole[office], out=np.zeros_like(model.past), where=whole[office] > 0)
        return np.asarray(np.where((by_now > 0)[office], split * by_now[office], expected))

    def aims(self) -> dict[Key, Aim]:
        """Targets of the month with the share expected by now and by the end of the working day before."""
        yesterday = end_of_day(self.windows.calendar.add_working_days(self.windows.today, -1), self.windows.zone)
        instants = (self.windows.now, yesterday)
        shares = dict(zip(*self._shares_of_nodes(instants), strict=True))
        return {
            key: Aim(target, *(shares[key] if key in shares else [self.share(key, until) for until in instants]))
            for key, target in self.seen.targets.items()
        }

    def _shares_of_nodes(self, instants: Sequence[datetime]) -> tuple[list[Key], list[list[float]]]:
        """`share` of the nodes that had sales, all at once: the keys, and of each its share by every instant."""
        past, office = self.cells.model.past, self.cells.office
        keys: list[Key] = []
        found: list[list[float]] = []
        for one in self.cells.levels:
            count, inside = len(one.keys), one.label >= 0
            label, sold = one.label[inside], past[inside]
            whole = added(label, sold, count)
            by_now = [added(label, sold * self._office_shares(at)[office[inside]], count) for at in instants]
            sells = whole > 0
            keys += [key for key, one in zip(one.keys, sells.tolist(), strict=True) if one]
            found += (np.array(by_now)[:, sells] / whole[sells]).T.tolist()
        return keys, found

    def share(self, key: Key, until: datetime) -> float:
        """The share of the month's target expected by `until`: the company's curve over the offices' own working days.

        Offices count by what they usually sell of it, so that a region on holiday does not make a product late.
        """
        past = self.cells.model.past[rows] if (rows := self.cells.rows(key)).any() else np.zeros(0)
        by_office = added(self.cells.office[rows], past, len(self._there.offices))
        if by_office.sum() <= 0:
            return self._shares_at(until)[""] if not key.unit_id else self._share(self._exceptions(key.unit_id), until)
        return float(by_office @ self._office_shares(until) / by_office.sum())

    def _office_shares(self, until: datetime) -> Floats:
        each = self._shares_at(until)
        return np.array([each[unit] for unit in self._there.offices])

    def _shares_at(self, until: datetime) -> dict[str, float]:
        if until not in self._shares:
            known = {
                unit: min(until, datetime.combine(since, time.min, self.windows.zone))
                for unit, since in self._there.silent.items()
            }
            own = {unit: (self._exceptions(unit), known.get(unit, until)) for unit in {"", *self._there.offices}}
            shares = {one: self._share(*one) for one in set(own.values())}
            self._shares[until] = {unit: shares[one] for unit, one in own.items()}
        return self._shares[until]

    def _exceptions(self, unit_id: str) -> tuple[str, ...]:
        return self.windows.calendar.exceptions(self.org.unit_path(unit_id))

    def _share(self, path: tuple[str, ...], until: datetime) -> float:
        windows = self.windows
        if until.astimezone(windows.zone).date() < windows.month.start:
            return 0.0
        return expected_share(self.seen.curve, windows.calendar, windows.month, until, windows.zone, path)

    @cached_property
    def _shares(self) -> dict[datetime, dict[str, float]]:
        return {}

    @cached_property
    def _there(self) -> Attendance:
        return Attendance(self.windows, self.org, self.seen.sales, self.seen.credits, self.seen.held)

    def _panel(self, frame: pl.DataFrame, keys: Sequence[Key], row: Ints, profile: Ints, weights: Floats) -> Panel:
        scaled = (frame["bookings"] * UNIT).cast(pl.Int64).to_numpy()
        day = (frame["day"] - self.windows.days[0]).dt.total_days().cast(pl.Int64).to_numpy()
        return Panel(keys, self.windows.days, profile, weights, row, day, scaled, frame["order_lines"].to_numpy())

    def _ends(self, keys: Sequence[Key], office: Ints, product: Ints, products: Sequence[frozenset[str]]) -> Ints:
        """Where each row's past ends: before the recent days, or where a finding it lies in began."""
        ends = np.full(len(keys), self.spans.recent_start, dtype=np.int64)
        of_people = bool(keys and keys[0].person_id)
        for opened, since in self.seen.opened.items():
            if since < self.windows.recent_start and bool(opened.person_id) == of_people:
                rows = rows_within(opened, keys, office, self._unit_paths, product, products)
                ends[rows] = np.minimum(ends[rows], self.windows.place(since))
        return ends

    @cached_property
    def _unit_paths(self) -> list[frozenset[str]]:
        return [frozenset(self.org.unit_path(unit)) for unit in self._there.offices]
