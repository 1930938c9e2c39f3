"""Versions of the sales baseline: built once a night and when somebody asks, told as events in parts."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from ingest.calendar import Period, business_day
from ingest.events import Baseline
from ingest.settings import CompanySettings
from streams.baseline.sales import LEAST_MONTHS, sales_baseline
from warehouse.baseline.reading import METRIC
from warehouse.client import AsyncWarehouse

log = logging.getLogger(__name__)

ASKED = "baseline:"
"""What the subject of the action `build_baseline` begins with; the rest is the metric."""

_NEWEST = """
SELECT max(built) FROM (SELECT max(changed_at) AS built FROM baseline_events
    WHERE metric = {metric:String} AND period = {period:String}
    GROUP BY baseline_id HAVING uniqExact(part) = max(parts))
"""
_ASKED = """
SELECT who, toUnixTimestamp64Micro(changed_at) FROM action_events
WHERE subject = {subject:String} AND what = 'build_baseline'
ORDER BY changed_at DESC, version DESC, offset DESC LIMIT 1
"""


@dataclass
class Baselines:
    """Builds what is wanted. `send` puts events on the log; what was tried is remembered, so that a company of too few
    months is not read again at every look."""

    company: CompanySettings
    send: Callable[[str, Sequence[Baseline]], Awaitable[None]]
    _tried_on: date | None = None
    _tried_for: datetime = field(default=datetime.min.replace(tzinfo=UTC))

    async def look(self, warehouse: AsyncWarehouse, now: datetime) -> bool:
        """Build as of now where the newest version is of another night, or somebody asked since; whether it did."""
        today = business_day(now, self.company.zone)
        month = Period.containing(today, "month")
        rows = await warehouse.rows(_NEWEST, {"metric": METRIC, "period": month.key})
        newest: datetime = rows[0][0]
        asked = await warehouse.rows(_ASKED, {"subject": ASKED + METRIC})
        who, at = (asked[0][0], datetime.fromtimestamp(asked[0][1] / 1e6, UTC)) if asked else (None, self._tried_for)
        is_asked = bool(asked) and at > max(newest, self._tried_for)
        is_of_today = business_day(newest, self.company.zone) == today or self._tried_on == today
        if is_of_today and not is_asked:
            return False
        try:
            version = await sales_baseline(warehouse, self.company, now)
        except (ArithmeticError, LookupError, ValueError):  # LinAlgError too: what was known cannot be forecast
            log.exception("no baseline of %s can be built of what is known", month.key)
            version = None
        self._tried_on, self._tried_for = today, max(at, self._tried_for)
        if version is None:
            log.info("no baseline of %s: it is built of %d whole months or more", month.key, LEAST_MONTHS)
            return False
        await self.send("baselines", version.parts(now, who if is_asked else None))
        return True
