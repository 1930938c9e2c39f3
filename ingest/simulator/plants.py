"""Problems planted in the company, with their answers, and things that look like problems and are none."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from ingest.events import Slice

PlantKind = Literal[
    "rep_stopped_visiting",
    "office_lost_line",
    "product_falling",
    "region_on_holiday",
    "rep_with_few_big_orders",
    "successor_product",
    "stock_taking",
]


@dataclass(frozen=True)
class Plant:
    """One planted fact: where it is, since when, and what a fair board must say about it.

    `responsible_id` is who shall be named, None where nobody shall. `expected_gap_sign` is -1 where bookings fall
    short of the calendar-adjusted pace of the slice's target, 0 where they do not, or where the shortfall of the slice
    is no evidence (a product that its successor replaces, a rep with few and large orders).
    """

    id: str
    kind: PlantKind
    slice: Slice
    responsible_id: str | None
    since: date
    expected_gap_sign: int
    explanation: str
    is_problem: bool


@dataclass(frozen=True)
class Effects:
    """What the plants do to the simulation; offices, posts, lines and products by index, days in company time.

    Problems begin 25 working days before today (`since`), so the month before this one shows them too: in the first
    days of a month, when the month itself has too little money in it, look at the 25 working days behind.
    """

    since: date
    silent_since: date
    silent_post: int
    lost_cell: tuple[int, int]
    falling_product: int
    predecessor: int
    successor: int
    lumpy_post: int
    lumpy_days: frozenset[date]

    SILENT_KEEPS = 0.06
    LOST_KEEPS = 0.02
    FALLING_KEEPS = 0.45

    def keeps(self, day: date, post: int, office: int, line: int, product: int) -> float:
        """Which part of its usual bookings a cell still has on `day`, 1 where nothing is planted."""
        if day < self.since:
            return 1.0
        kept = 1.0
        if post == self.silent_post:
            kept *= self.SILENT_KEEPS
        if (office, line) == self.lost_cell:
            kept *= self.LOST_KEEPS
        if product == self.falling_product:
            kept *= self.FALLING_KEEPS
        return kept
