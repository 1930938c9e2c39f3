"""Snoozed findings whose time has come, or that got as much worse as was said: armed again by an event."""

from datetime import datetime

from ingest.events import Action
from streams.detection.findings import micros
from warehouse.client import AsyncWarehouse
from warehouse.life import DETECTION
from warehouse.queries.findings import FindingCard, findings, subject
from warehouse.viewer import Viewer

_ASLEEP = """
SELECT substring(subject, 9) FROM action_events
WHERE startsWith(subject, 'finding:') AND what IN ('snooze', 'rearm') AND changed_at <= {now:DateTime64(6, 'UTC')}
GROUP BY subject HAVING argMax(what, (changed_at, version, offset)) = 'snooze' ORDER BY subject
"""


async def awakened(warehouse: AsyncWarehouse, now: datetime) -> list[Action]:
    """The events that arm again what is to wake as of `now`; the same for every asking, so that one counts."""
    asleep = [id for (id,) in await warehouse.rows(_ASLEEP, {"now": now})]
    if not asleep:
        return []
    cards = await findings(warehouse, Viewer.system(), now, states=(), also=asleep, until=now)
    return [_event(card, now) for card in cards if card.treatment.wakes(now)]


def _event(card: FindingCard, now: datetime) -> Action:
    since = card.treatment.status_at or now
    return Action(
        occurred_at=now, source=DETECTION, event_id=f"rearm-{card.finding.finding_id}-{micros(since)}",
        subject=subject(card.finding), who=DETECTION, what="rearm",
    )  # fmt: skip
