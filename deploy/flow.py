"""How the data flow, for `oneboard doctor`: asked of the broker and the warehouse, apart from any worker."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from deploy.settings import LocalSettings
from ingest.errors import IngestError
from ingest.events import Verification
from ingest.log_watch import LogState, LogWatch
from ingest.settings import KafkaSettings, company
from streams.settings import worker
from warehouse.client import AsyncWarehouse
from warehouse.errors import WarehouseError
from warehouse.queries.dead_letters import settled
from warehouse.queries.freshness import behind, freshness
from warehouse.queries.unassigned import Unassigned, unassigned
from warehouse.queries.verification import last_verification
from warehouse.settings import WarehouseSettings
from warehouse.viewer import Viewer

BETWEEN_LOOKS_SECONDS = 2.0
SHOWN_STRAYS = 5
Told = tuple[str, bool, str]
"""What was looked at, whether it is well, and how it stands with what to do."""


@dataclass(frozen=True)
class _Flow:
    lag: int
    log: LogState
    newest_at: datetime | None
    letters: int
    verified: Verification | None
    strays: list[Unassigned]


def look(settings: LocalSettings) -> Iterator[Told]:
    """Workers, lag, freshness, dead letters and ids nobody knows; nothing where Kafka or the warehouse does not answer.

    Where there is a lag it looks again after two seconds: one that shrinks is a worker catching up.
    """
    kafka = KafkaSettings(bootstrap=settings.bootstrap)
    with LogWatch(kafka, worker().group) as watch:
        try:
            flow = asyncio.run(_seen(watch, settings))
            earlier = flow.lag
            if flow.lag and flow.log.workers:
                time.sleep(BETWEEN_LOOKS_SECONDS)
                flow = asyncio.run(_seen(watch, settings))
        except (IngestError, WarehouseError):
            return
    yield _workers(flow)
    yield _lag(flow, earlier)
    yield _freshness(flow)
    yield _letters(flow)
    yield _strays(flow)
    yield _verified(flow)


async def _seen(watch: LogWatch, settings: LocalSettings) -> _Flow:
    warehouse = AsyncWarehouse(WarehouseSettings.model_validate({"url": settings.warehouse}))
    try:
        stood, dealt_with = await freshness(warehouse), await settled(warehouse)
        verified = await last_verification(warehouse)
        strays = await unassigned(warehouse, Viewer.system(), datetime.now(company().zone).date())
    finally:
        await warehouse.close()
    log = await asyncio.to_thread(watch.look)
    newest = stood["received_at"].max() if len(stood) else None
    return _Flow(
        sum(behind(log.to_store.items(), stood).values()),
        log,
        newest if isinstance(newest, datetime) else None,
        max(0, log.written("dead-letters") - dealt_with),
        verified,
        strays,
    )


def _workers(flow: _Flow) -> Told:
    held = sum(flow.log.workers.values())
    if not flow.log.workers:
        return "workers", False, "nobody reads the log: start one with `oneboard worker`, or everything with `make up`"
    return "workers", True, f"{len(flow.log.workers)} in touch with Kafka, {held} partitions in hand"


def _lag(flow: _Flow, earlier: int) -> Told:
    if not flow.lag:
        return "lag", True, "everything on the log is in the warehouse"
    said = f"{flow.lag:,} records of the log are not in the warehouse yet"
    if not flow.log.workers:
        return "lag", False, f"{said}, and no worker takes them"
    if flow.lag >= earlier:
        return "lag", False, f"{said}, and not fewer than before: see the worker's log"
    rate = (earlier - flow.lag) / BETWEEN_LOOKS_SECONDS
    return "lag", True, f"{said}, {rate:,.0f} fewer each second"


def _freshness(flow: _Flow) -> Told:
    if flow.newest_at is None:
        return "freshness", True, "there is no event in the warehouse yet"
    age = max(0.0, (datetime.now(UTC) - flow.newest_at).total_seconds())
    return "freshness", True, f"the newest event reached the log {_length(age)} ago"


def _letters(flow: _Flow) -> Told:
    if not flow.letters:
        return "dead letters", True, "none waits"
    many = "1 event" if flow.letters == 1 else f"{flow.letters:,} events"
    return "dead letters", False, f"{many} could not be taken and stand in no figure: see what and why"


def _strays(flow: _Flow) -> Told:
    wrong = [one for one in flow.strays if one.is_wrong]
    if not wrong:
        return "unassigned", True, "every office, product and rep of this month's events is known to the organisation"
    many = len({(one.kind, one.id) for one in wrong})
    named = "; ".join(
        f"{one.kind} {one.id or '(none named)'}: {one.count:,} {_EVENTS[one.topic]}, {one.amount:,.2f} this month"
        f" ({one.count_today:,}, {one.amount_today:,.2f} today), since {one.since}"
        for one in wrong[:SHOWN_STRAYS]
    )
    more = f"; and {len(wrong) - SHOWN_STRAYS:,} more" if len(wrong) > SHOWN_STRAYS else ""
    todo = "load them on the topic org from that day on, or send the events corrected: the page Health has them all"
    ids = "1 id" if many == 1 else f"{many:,} ids"
    return "unassigned", False, f"{ids} of this month's events are not known to the organisation: {named}{more}; {todo}"


_EVENTS = {"orders": "order lines", "opportunities": "deals", "activities": "activities"}


def _verified(flow: _Flow) -> Told:
    found = flow.verified
    if found is None:
        return "verify", True, "has not run yet: `oneboard verify` compares every sum with the log"
    ago = _length(max(0.0, (datetime.now(UTC) - found.occurred_at).total_seconds()))
    if found.wrong:
        return "verify", False, f"{ago} ago {found.wrong:,} of {found.sums:,} sums were not the log's: run it again"
    return "verify", True, f"{ago} ago all {found.sums:,} sums were the log's"


def _length(seconds: float) -> str:
    for limit, size, unit in ((90, 1, "s"), (5_400, 60, "min"), (172_800, 3_600, "h")):
        if seconds < limit:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds / 86_400:.0f} days"
