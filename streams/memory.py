"""What a worker remembers of entities: their versions as they came, and where the last one stands."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import polars as pl

_RECENT = 200_000


class Kept(NamedTuple):
    """An entity's timeline: every version's bytes in order, and what the next version inherits from the last.

    `beside` are the bytes of `streams.entity.Entity.beside`; where there are any the entity goes row by row.
    Days are days since 1970 or `streams.columnar.columns.NONE`; own days by clock, the expectation as its reading
    has it.
    """

    version: int
    raws: tuple[bytes, ...]
    change_day: int
    own_days: tuple[int, ...]
    expectation: tuple[int, ...]
    goes_by_row: bool = False
    """Whether columns do not know how to read the last version."""
    beside: tuple[bytes, ...] = ()


class Timelines:
    """The most recently used timelines, at most so many."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[str, Kept] = OrderedDict()

    def get(self, entity_id: str) -> Kept | None:
        return self._kept.get(entity_id)

    def keep(self, timelines: Mapping[str, Kept]) -> None:
        """Remember these as the most recent; the oldest above the limit are forgotten."""
        for entity_id, kept in timelines.items():
            self._kept[entity_id] = kept
            self._kept.move_to_end(entity_id)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def clear(self) -> None:
        self._kept.clear()


class Known:
    """Which entities the warehouse has: eight bytes each.

    By hash: an unknown id may be taken for a known one, which costs a look-up that finds nothing; never the reverse.
    """

    def __init__(self, entity_ids: pl.Series) -> None:
        self._sorted = np.sort(entity_ids.hash().to_numpy())
        self._recent: set[int] = set()

    def among(self, entity_ids: Sequence[str] | pl.Series) -> list[str]:
        """Those of the ids that may be known."""
        ids = pl.Series(entity_ids, dtype=pl.String)
        hashes = ids.hash().to_numpy()
        found = np.zeros(len(hashes), np.bool_)
        if len(self._sorted) and len(hashes):
            at = np.minimum(np.searchsorted(self._sorted, hashes), len(self._sorted) - 1)
            found = self._sorted[at] == hashes
        if self._recent:
            found |= np.fromiter((one in self._recent for one in hashes.tolist()), np.bool_, len(hashes))
        known: list[str] = ids.filter(pl.Series(found)).to_list()
        return known

    def add(self, entity_ids: Iterable[str]) -> None:
        """These are in the warehouse from now on."""
        self._recent.update(pl.Series(list(entity_ids), dtype=pl.String).hash().to_list())
        if len(self._recent) > _RECENT:
            recent = np.fromiter(self._recent, np.uint64, len(self._recent))
            self._sorted = np.unique(np.concatenate([self._sorted, recent]))
            self._recent.clear()
