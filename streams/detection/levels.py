"""The levels of office × product rows: units by depth, lines, unit × line by depth, products by depth."""

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl

from streams.detection.baseline import Ints
from streams.detection.nodes import Level, Past, level
from streams.organisation import Org, branching
from warehouse.key import Key


def cell_levels(offices: pl.Series, sold: pl.Series, org: Org, past: Past) -> Iterator[Level]:
    """Every level of rows, each with its office and product, coarse before fine; what the organisation does not know
    stands in none."""
    units, unit = _distinct(offices)
    products, product = _distinct(sold)
    unit_paths, product_paths = list(map(org.unit_path, units)), list(map(org.product_path, products))
    line = branching(product_paths)
    by_unit = [_at(depth, unit_paths, unit) for depth in range(max(map(len, unit_paths), default=0))]
    by_product = [_at(depth, product_paths, product) for depth in range(line, max(map(len, product_paths), default=0))]
    for names, label in by_unit:
        yield level("unit", [Key(one) for one in names], label, past)
    for lines, of_line in by_product[:1]:
        yield level("line", [Key("", one) for one in lines], of_line, past)
        for names, label in by_unit[branching(unit_paths) :]:
            crossed = np.where((label >= 0) & (of_line >= 0), label * len(lines) + of_line, -1)
            there, row = np.unique(crossed[crossed >= 0], return_inverse=True)
            crossed[crossed >= 0] = row
            cells = [Key(names[cell // len(lines)], lines[cell % len(lines)]) for cell in there]
            yield level("cell", cells, crossed, past)
    for names, label in by_product:
        yield level("product", [Key("", one) for one in names], label, past)


def _distinct(ids: pl.Series) -> tuple[list[str], Ints]:
    """The ids, each once in the order in which they come, and which of them each row has."""
    once = ids.unique(maintain_order=True)
    return once.to_list(), ids.replace_strict(once, range(len(once)), return_dtype=pl.Int64).to_numpy()


def _at(depth: int, paths: Sequence[tuple[str, ...]], row: Ints) -> tuple[list[str], Ints]:
    """The nodes at a depth, and which of them each row lies in; −1 for rows that end above it."""
    reach = np.array([len(path) > depth for path in paths], dtype=bool)
    names, place = _distinct(pl.Series([path[depth] for path in paths if len(path) > depth], dtype=pl.String))
    label = np.full(len(paths), -1, dtype=np.int64)
    label[reach] = place
    return names, label[row]
