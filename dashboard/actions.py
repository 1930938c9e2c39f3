"""What people do on the board is an event like any other: on the log first, on every screen from there."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Literal

from ingest.events import Action
from warehouse.viewer import Viewer

if TYPE_CHECKING:
    from ingest.publisher import Publisher

What = Literal[
    "acknowledge", "take", "release", "not_a_problem", "meet", "comment", "assign", "look", "answer",
    "treat", "verify", "close", "snooze", "rearm", "merge", "split", "reopen", "judge",
]  # fmt: skip


class ReasonMissing(ValueError):
    """ "Not a problem" without saying why."""


class NobodyActs(ValueError):
    """Somebody without a scope tried to act."""


def action(viewer: Viewer, what: What, finding_id: str, note: str | None, now: datetime) -> Action:
    """The event of `viewer` doing `what` about a finding. Raises `ReasonMissing` and `NobodyActs`."""
    note = (note or "").strip() or None
    if what == "not_a_problem" and note is None:
        raise ReasonMissing("a finding is no problem only for a reason")
    if viewer == Viewer.nobody(viewer.person_id):
        raise NobodyActs("who has no scope cannot act on findings")
    return Action(
        occurred_at=now, source="dashboard", subject=f"finding:{finding_id}", who=viewer.person_id, what=what, note=note
    )


async def act(viewer: Viewer, what: What, finding_id: str, note: str | None = None) -> str:
    """Put it on the log and wait until Kafka has it; the event's id. Raises as `action` and `Publisher.publish` do."""
    event = action(viewer, what, finding_id, note, datetime.now(UTC))
    (event_id,) = await publish([event])
    return event_id


async def publish(events: Sequence[Action]) -> Sequence[str]:
    """Put actions on the log and wait until Kafka has them; their ids."""
    return await asyncio.to_thread(publisher().publish, "actions", events)


def close() -> None:
    """Let go of the connection to Kafka, if there was one."""
    if publisher.cache_info().currsize:
        publisher().close()
        publisher.cache_clear()


@cache
def publisher() -> "Publisher":
    """The dashboard's one way onto the log."""
    from ingest.publisher import Publisher  # half a second to load: not before somebody acts

    return Publisher()
