"""What the board has been told: frames as they came, and what could not be asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

import polars as pl

from ingest.calendar import Period
from warehouse.dimensions import EVERYWHERE, Where
from warehouse.measures import QuestionError
from warehouse.queries.org import Node
from warehouse.viewer import Viewer


@dataclass(frozen=True)
class BoardState:
    """Everything `draw` needs. `parts` holds a frame (or cards) a name; `failures` says what a missing one met,
    `unanswerable` are those whose question makes no sense for the metric, with what it said.

    `path` is the chain of units from the top the viewer may see down to the one looked at, `product_path` likewise.
    `where` is everything the page is narrowed to, `columns_of` the product whose children are the columns: of one
    without any the product above it. `offices` are the units the view shows; None means all. `by` is what
    stands below: units, or an office's reps. `unknown` are the fields of the address that name what there is not.
    """

    viewer: Viewer
    now: datetime
    today: date
    period: Period
    path: tuple[Node, ...] = ()
    product_path: tuple[Node, ...] = ()
    rep: str | None = None
    rep_name: tuple[str, str] = ("", "")
    by: Literal["unit", "rep"] = "unit"
    parts: Mapping[str, Any] = field(default_factory=dict)
    failures: Mapping[str, str] = field(default_factory=dict)
    unanswerable: Mapping[str, QuestionError] = field(default_factory=dict)
    where: Where = EVERYWHERE
    customer_name: tuple[str, str] = ("", "")
    columns_of: str | None = None
    offices: frozenset[str] | None = None
    is_unreachable: bool = False
    is_allowed: bool = True
    unknown: tuple[str, ...] = ()

    def frame(self, part: str) -> pl.DataFrame:
        """The frame of a part; an empty one when it is missing."""
        found = self.parts.get(part)
        return found if isinstance(found, pl.DataFrame) else pl.DataFrame()

    @property
    def head(self) -> dict[str, Any]:
        """The headline's row for the metric and the place looked at; {} when it could not be asked."""
        frame = self.frame("head")
        return frame.row(0, named=True) if len(frame) else {}
