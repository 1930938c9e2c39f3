"""Skills of one beside those of their peers, and beside their own of last time. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import polars as pl

from ingest.fields import STAGES
from warehouse.metrics import FEW

SKILLS: Sequence[str] = (*(f"stage:{one}" for one in STAGES), "win_rate", "cycle", "discount", "coverage")
LESS_IS_BETTER: Collection[str] = frozenset({"cycle", "discount"})
MOVED = 0.1
"""A change by a tenth of what it was is worth speaking of."""


@dataclass(frozen=True)
class SkillRow:
    """One skill: one's own value, now and `before`; the middle of the peers, and between what half of them lie."""

    skill: str
    own: float | None
    before: float | None
    median: float | None = None
    low: float | None = None
    high: float | None = None
    peers: int = 0

    @property
    def gap(self) -> float | None:
        """How much better than the middle of the peers; below 0 it is worse."""
        if self.own is None or self.median is None:
            return None
        return (self.median - self.own) if self.skill in LESS_IS_BETTER else (self.own - self.median)

    @property
    def stands(self) -> str:
        """ "behind" or "ahead" outside the middle half of the peers, "band" in it, "none" where it is not known."""
        if self.own is None or self.low is None or self.high is None:
            return "none"
        if self.low <= self.own <= self.high:
            return "band"
        return "ahead" if (self.gap or 0.0) > 0 else "behind"

    @property
    def has_moved(self) -> bool:
        """Whether it is another than last time by so much that it should be spoken of."""
        if self.own is None or not self.before:
            return False
        return abs(self.own / self.before - 1) >= MOVED


def rows_of(id: str, peers: Collection[str], now: pl.DataFrame, before: pl.DataFrame) -> list[SkillRow]:
    """A row a skill; peers are named by nobody, and say nothing where they are fewer than ten."""

    def value(frame: pl.DataFrame, skill: str) -> float | None:
        found = frame.filter(pl.col("id") == id, pl.col("skill") == skill)["value"]
        return float(found[0]) if len(found) and found[0] is not None else None

    found = []
    for skill in SKILLS:
        others = now.filter(pl.col("skill") == skill, pl.col("id").is_in(list(peers)), pl.col("id") != id)
        values = others["value"].drop_nulls()
        own, was = value(now, skill), value(before, skill)
        if len(values) < FEW:
            found.append(SkillRow(skill, own, was, peers=len(values)))
            continue
        low, median, high = (values.quantile(q, "linear") for q in (0.25, 0.5, 0.75))
        found.append(SkillRow(skill, own, was, median, low, high, len(values)))
    return found
