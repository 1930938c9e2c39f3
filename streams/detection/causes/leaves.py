"""The leaf table of a finding: its expectation shared out over all that divides its slice, to the cent. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from ingest.events import Finding, Slice
from streams.amounts import CENT, scaled
from streams.attribution.lattice import Values
from streams.detection.baseline import Floats, Ints, added
from streams.detection.causes.sold import Sold
from streams.detection.findings import key_of
from streams.detection.picture import Picture

MOST_LEAVES = 20_000
"""Leaves beyond which the finest level is let go: nobody names a rep from the gap of a whole company."""
Hierarchy = tuple[str, ...]


@dataclass(frozen=True)
class Leaves:
    """`table`: a column a level, `expected` and `observed` (1/10,000), `past` and `lines`, `lines_before`, `list` ….

    The expectations add up to the finding's. A slice in which nothing was sold now or before has no leaves.
    """

    table: pl.DataFrame
    dimensions: tuple[Hierarchy, ...]

    @classmethod
    def of(cls, finding: Finding, sold: Sold, picture: Picture) -> "Leaves":
        """The finding's expectation by the model's rows, within a row by what each leaf sold before."""
        org, frame = picture.org, sold.scaled()
        latest = {one: org.latest(one) for one in frame["leaf_product"].unique()}
        frame = frame.with_columns(pl.col("leaf_product").replace_strict(latest, return_dtype=pl.String))
        due = cents(scaled(finding.expected), _weights(finding, frame, picture))
        units, of_unit = _levels(frame["office"], "unit", org.unit_path)
        products, of_product = _levels(frame["leaf_product"], "product", org.product_path)
        table = pl.DataFrame([*units, *products]).with_columns(
            *(frame[name].replace("", None).alias(name) for name in ("rep", "segment", "route")),
            pl.Series("expected", due), frame["bookings"].alias("observed"), frame["usual"].alias("past"),
            frame["order_lines"].alias("lines"), frame["order_lines_before"].alias("lines_before"),
            *(frame[name] for name in ("listed", "list", "listed_before", "list_before", "usual")),
        )  # fmt: skip
        dimensions = ((*of_unit, "rep"), of_product, ("segment",), ("route",))
        return _coarse(table, dimensions)


def slice_at(own: Slice, cell: Values) -> Slice | None:
    """The slice of a cell within a finding's own; None where the cell is of what has no value."""
    names: dict[str, Any] = own.model_dump()
    for column, value in cell:
        if value is None:
            return None
        field = {"rep": "person_id", "unit": "unit_id", "product": "product_id"}.get(column.split("_")[0], column)
        names[field] = value
    return Slice(**names)


def cents(whole: int, weights: Floats) -> Ints:
    """A whole amount by weights, each part in full cents, together exactly the whole (largest remainder)."""
    if not len(weights):
        return np.zeros(0, np.int64)
    total = weights.sum()
    exact = weights / total * (whole / CENT) if total > 0 else np.full(len(weights), whole / CENT / len(weights))
    parts = np.floor(exact).astype(np.int64)
    left = whole // CENT - int(parts.sum())
    parts[np.argsort(parts - exact, kind="stable")[: max(left, 0)]] += 1
    parts *= CENT
    parts[int(np.argmax(parts))] += whole - int(parts.sum())
    return np.asarray(parts, np.int64)


def _weights(finding: Finding, frame: pl.DataFrame, picture: Picture) -> Floats:
    usual = frame["usual"].to_numpy()
    if key_of(finding).person_id:
        return usual
    side = picture.cells
    modelled = side.sums.month_expected if finding.target is not None else side.sums.expected
    by_key = {(key.unit_id, key.product_id): at for at, key in enumerate(side.model.panel.keys)}
    pairs = zip(frame["office"], frame["leaf_product"], strict=True)
    row = np.array([by_key.get(pair, -1) for pair in pairs], dtype=np.int64)
    past = added(row[row >= 0], usual[row >= 0], len(by_key))
    each = np.divide(modelled, past, out=np.zeros_like(past), where=past > 0)
    return np.where(row >= 0, usual * each[row], 0.0)


def _levels(ids: pl.Series, name: str, path_of: Any) -> tuple[list[pl.Series], Hierarchy]:
    """The path of each id as columns, the coarsest first; what the organisation does not know is a node of its own."""
    known = {one: path_of(one) or (one or None,) for one in ids.unique()}
    names = [f"{name}_{depth}" for depth in range(max(map(len, known.values()), default=0))]
    columns = [
        pl.Series(level, [known[one][depth] if depth < len(known[one]) else None for one in ids], dtype=pl.String)
        for depth, level in enumerate(names)
    ]
    return columns, tuple(names)


def _coarse(table: pl.DataFrame, dimensions: Sequence[Hierarchy]) -> Leaves:
    """Only levels that divide, rows of one leaf together, and no more leaves than can be looked through in time."""
    wide = {level: table[level].n_unique() for levels in dimensions for level in levels}
    kept = [tuple(level for level in levels if wide[level] > 1) for levels in dimensions]
    sums = [pl.col(pl.Int64, pl.Int32, pl.Float64).sum()]
    while True:
        levels = [level for one in kept for level in one]
        grouped = table.group_by(levels, maintain_order=True).agg(sums) if levels else table.select(sums)
        if grouped.height <= MOST_LEAVES:
            return Leaves(grouped, tuple(one for one in kept if one))
        at = max(range(len(kept)), key=lambda one: wide[kept[one][-1]] if kept[one] else 0)
        kept[at] = kept[at][:-1]
