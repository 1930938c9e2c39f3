"""What a sweep keeps for the next: sums by day, to which only what came since is added, and what moves seldom."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from streams.detection.watch.kept import KeptFacts
from warehouse.answers import Answers, one_picture
from warehouse.client import AsyncWarehouse
from warehouse.kept import KeptSums

_SOLD = ("bookings", "order_lines")

SETTLES = timedelta(minutes=1)
"""A new edition is in its table some moments before all that is looked up in it says so."""

_STATED = """
SELECT 'unit_ranges' AS stated, toInt64(max(edition)) FROM unit_ranges
UNION ALL SELECT 'product_ranges', toInt64(max(edition)) FROM product_ranges
UNION ALL SELECT 'person_ranges', toInt64(max(edition)) FROM person_ranges
UNION ALL SELECT 'customer_ranges', toInt64(max(edition)) FROM customer_ranges
UNION ALL SELECT 'calendar_days', toInt64(max(edition)) FROM calendar_days
UNION ALL SELECT concat(topic_id, ':', toString(partition)), toInt64(max(offset))
FROM target_events GROUP BY topic_id, partition
"""

MOST_ANSWERS = 32


@dataclass
class Kept:
    """Of one warehouse: sold by office and product, and by rep; visits by rep; single deals, orders and contacts;
    organisation, calendar and targets."""

    cells: KeptSums = field(default_factory=lambda: KeptSums(_SOLD, ("office", "leaf_product")))
    reps: KeptSums = field(default_factory=lambda: KeptSums(_SOLD, ("rep",)))
    visits: KeptSums = field(default_factory=lambda: KeptSums(("visits",), ("rep",)))
    facts: KeptFacts = field(default_factory=KeptFacts)
    _stated: Answers = field(default_factory=lambda: Answers(MOST_ANSWERS))
    _marks: frozenset[tuple[str, int]] = frozenset()
    _moved_at: datetime | None = None
    _settles: bool = True

    async def look(self, warehouse: AsyncWarehouse, now: datetime) -> None:
        """Forget what was stated of organisation, calendar and targets where that moved lately."""
        marks = frozenset((str(name), int(mark)) for name, mark in await warehouse.rows(_STATED))
        if marks != self._marks or self._moved_at is None:
            self._marks, self._moved_at = marks, now
        settled, self._settles = not self._settles, abs(now - self._moved_at) < SETTLES
        if self._settles or not settled:
            self._stated.clear()

    @contextmanager
    def stated(self) -> Iterator[None]:
        """Within, what is asked of organisation, calendar and targets is asked once, until it moves."""
        with one_picture(self._stated):
            yield
