"""All conjunctions of a leaf table at once: every leaf knows, by integer, the cell it lies in at each cuboid."""

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from streams.attribution.errors import UnusableLeaves

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
Values = tuple[tuple[str, object], ...]
"""A cell as it is said: attribute and value, in the order of the dimensions."""

Dimension = str | Sequence[str]
"""One column, or the columns of a hierarchy from the coarsest to the finest: a cell names one level of it."""

_RANK = "the rank of a value"
ROOMY = 8
"""A cuboid with up to this many times as many codes as leaves is counted as it is; a larger one is packed first."""


@dataclass(frozen=True)
class Cell:
    """A conjunction that holds at least one leaf: a row of the lattice, its code there, and a leaf that lies in it."""

    cuboid: int
    code: int
    leaf: int


class Lattice:
    """The cuboids over `dimensions` with at most `finest` of them crossed, coarsest first.

    `codes[k][i]` is the cell of leaf `i` in cuboid `k`, in `range(sizes[k])`. A value that is null is one like others.
    """

    def __init__(self, leaves: pl.DataFrame, dimensions: Sequence[Dimension], finest: int | None = None) -> None:
        self.dimensions = [(one,) if isinstance(one, str) else tuple(one) for one in dimensions]
        self.leaves = leaves
        named = [level for levels in self.dimensions for level in levels]
        missing = [level for level in named if level not in leaves.columns]
        if not named or missing or len(set(named)) < len(named) or leaves.is_empty():
            raise UnusableLeaves(named, leaves.columns, leaves.height)
        ranks: dict[str, Ints] = {}
        widths: dict[str, int] = {}
        for level in named:
            seen = leaves.select(level).unique(maintain_order=True)
            ranked = seen.with_columns(pl.int_range(len(seen)).alias(_RANK))
            by_row = leaves.select(level).join(ranked, on=level, how="left", nulls_equal=True, maintain_order="left")
            ranks[level], widths[level] = by_row[_RANK].to_numpy(), len(seen)
        levels = [range(-1, len(one)) for one in self.dimensions]
        deepest = len(self.dimensions) if finest is None else finest
        shapes = [one for one in itertools.product(*levels) if 0 < _crossed(one) <= deepest]
        self.shapes = sorted(shapes, key=lambda one: (_crossed(one), sum(one)))
        """Of each cuboid the level of every dimension, -1 where it does not divide by it."""
        self.codes: list[Ints] = []
        self.sizes: list[int] = []
        for shape in self.shapes:
            columns = [self.dimensions[at][level] for at, level in enumerate(shape) if level >= 0]
            size, code = 1, np.zeros(leaves.height, np.int64)
            for column in columns:
                size, code = size * widths[column], code * widths[column] + ranks[column]
                if size > ROOMY * leaves.height:
                    packed, inverse = np.unique(code, return_inverse=True)
                    size, code = len(packed), inverse.astype(np.int64)
            self.codes.append(code)
            self.sizes.append(size)

    @cached_property
    def crossed(self) -> list[int]:
        """Of each cuboid how many dimensions it divides by."""
        return [_crossed(shape) for shape in self.shapes]

    @cached_property
    def breadths(self) -> list[float]:
        """Of each cuboid the nats it takes to name one of its cells: which cuboid, and which of its cells."""
        return [math.log(len(self.sizes)) + math.log(size) for size in self.sizes]

    @cached_property
    def _rows(self) -> dict[tuple[int, ...], int]:
        return {shape: row for row, shape in enumerate(self.shapes)}

    def sums(self, cuboid: int, weights: Floats) -> Floats:
        """Of each cell of a cuboid the sum of the leaves' weights."""
        return np.bincount(self.codes[cuboid], weights, self.sizes[cuboid]).astype(np.float64)

    def holds(self, cell: Cell) -> Mask:
        """Which leaves lie in the cell."""
        return np.asarray(self.codes[cell.cuboid] == cell.code)

    def cell(self, cuboid: int, code: int) -> Cell:
        """The cell of a code that some leaf has."""
        return Cell(cuboid, code, int(np.argmax(self.codes[cuboid] == code)))

    def parents(self, cell: Cell) -> Iterator[Cell]:
        """The cells one level of one dimension coarser."""
        shape = self.shapes[cell.cuboid]
        for at, level in enumerate(shape):
            row = self._rows.get((*shape[:at], level - 1, *shape[at + 1 :])) if level >= 0 else None
            if row is not None:
                yield Cell(row, int(self.codes[row][cell.leaf]), cell.leaf)

    def children(self, cell: Cell) -> Iterator[Cell]:
        """The cells one level of one dimension finer."""
        shape, inside = self.shapes[cell.cuboid], np.flatnonzero(self.holds(cell))
        for at, level in enumerate(shape):
            row = self._rows.get((*shape[:at], level + 1, *shape[at + 1 :]))
            if row is not None:
                codes, first = np.unique(self.codes[row][inside], return_index=True)
                yield from (Cell(row, int(c), int(inside[f])) for c, f in zip(codes, first, strict=True))

    def columns(self, cuboid: int) -> tuple[str, ...]:
        """The attributes that a cuboid divides by, in the order of the dimensions."""
        return tuple(self.dimensions[at][level] for at, level in enumerate(self.shapes[cuboid]) if level >= 0)

    def values(self, cell: Cell) -> Values:
        """What the cell says: its attributes and their values."""
        return tuple((column, self.leaves[column][cell.leaf]) for column in self.columns(cell.cuboid))


def _crossed(shape: Sequence[int]) -> int:
    return sum(level >= 0 for level in shape)
