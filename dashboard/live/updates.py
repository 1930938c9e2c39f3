"""What `board-updates` says: which slices of which table moved, up to which position."""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

Position = tuple[str, str, int]
"""A table, a topic id and a partition: where a watermark stands."""


class Slices(BaseModel):
    """Ids whose figures moved; None where the writer did not say, which means any."""

    model_config = ConfigDict(frozen=True)

    offices: frozenset[str] | None = None
    products: frozenset[str] | None = None


class Update(BaseModel):
    """One insert of the worker. `slices` "all" after an assignment and wherever the writer cannot say less."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    table: str
    topic_id: str = ""
    partition: int = 0
    offset: int = -1
    slices: Slices | Literal["all"] = "all"
    days: tuple[date, ...] | None = None
    """The days whose figures moved; None where the writer did not say, which means any."""
    at: datetime | None = None
    generation: str | None = None
    """The database in which it moved; None where the writer did not say."""

    @property
    def position(self) -> Position:
        return self.table, self.topic_id, self.partition

    def concerns(self, offices: frozenset[str] | None) -> bool:
        """Whether a view of these offices shows something that moved; None stands for a view that cannot tell."""
        if self.slices == "all" or offices is None or self.slices.offices is None:
            return True
        return not offices.isdisjoint(self.slices.offices)


EVERYTHING = Update(table="")
"""All moved, as far as we know: after a gap in what we heard."""
