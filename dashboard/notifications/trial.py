"""A test shot of a route: every channel of its row carries a test message, and what it answered is said and kept.

Channels of one's own are tried as they are; one that leads to a person leads to whoever fires, never to anybody else.
"""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from dashboard.notifications.channels import Doors, Undelivered
from dashboard.notifications.content import Wording
from dashboard.notifications.messages import ROOM, Message
from dashboard.notifications.outbox import word
from dashboard.notifications.routes import BUILT_IN, routes
from dashboard.notifications.settings import notifications
from dashboard.notifications.told import To
from dashboard.settings import dashboard
from ingest.events import Notification


@dataclass(frozen=True)
class Shot:
    """What came of a test by one channel, and the word that keeps it."""

    channel: str
    has_arrived: bool
    answer: str
    word: Notification


async def fire(route_name: str, who: str, contact: str = "") -> list[Shot]:
    """Try every channel of a row at once, as `who`, whose contact in the organisation is `contact`.

    Raises `FileFault`.
    """
    found, settings = routes(), notifications()
    row = found.route(route_name)
    doors = Doors(found.channels, settings.answer_seconds)
    wording = Wording(settings.lang, dashboard().address)

    async def shoot(channel: str) -> Shot:
        recipient = who if channel in BUILT_IN else ROOM + channel
        message = Message(uuid4().hex, To(recipient, channel), row.name, "test")
        now = datetime.now(UTC)
        try:
            answer, has_arrived = await doors.open(channel, contact).send(wording.content(message, now)), True
        except Undelivered as error:
            answer, has_arrived = error.answer, False
        state = "sent" if has_arrived else "failed"
        return Shot(channel, has_arrived, answer, word(message, state, 1, now, sender=who, answer=answer[:200]))

    return await asyncio.gather(*map(shoot, row.by))
