"""The process that tells people: it looks, takes up what is due, and carries it out while it goes on looking.

All it knows follows from the log and the warehouse, so that it may be killed at any moment, and run twice.
"""

import asyncio
import logging
import signal
import time
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

from dashboard import meters
from dashboard.connection import answers
from dashboard.mail import mail
from dashboard.meetings.inviting import invitation
from dashboard.meetings.matters import matter_of
from dashboard.meetings.minutes import minutes_of
from dashboard.notifications.calling import Calls
from dashboard.notifications.channels import Doors, Undelivered
from dashboard.notifications.circumstances import Circumstances
from dashboard.notifications.content import Content, Wording
from dashboard.notifications.messages import Message
from dashboard.notifications.outbox import Outbox, word
from dashboard.notifications.planning import Plan
from dashboard.notifications.reminders import Reminders
from dashboard.notifications.retry import next_try
from dashboard.notifications.routes import Routes, routes
from dashboard.notifications.seeing import Marks, Sight, names_of
from dashboard.notifications.settings import NotificationSettings, channel, notifications
from dashboard.own_file import FileFault
from dashboard.settings import dashboard
from dashboard.whiteboard.faces import faces_of
from ingest.calendar import business_day
from ingest.errors import IngestError
from ingest.events import Notification
from ingest.settings import company, kafka
from telemetry import exposition, logs
from telemetry.settings import telemetry
from warehouse.errors import WarehouseError
from warehouse.queries.meetings import meetings_on
from warehouse.settings import warehouse_settings
from warehouse.viewer import viewer_for

log = logging.getLogger(__name__)
MOST_AT_ONCE = 40
"""Messages that are taken up by one look."""
LOOKS_ANYWAY_SECONDS = 15.0
"""Waits and quiet hours end without anything moving."""
SAYS_AGAIN_SECONDS = 2.0


class Teller:
    """`look` does what is due now; what it began goes on by itself, `finish` waits for it."""

    def __init__(self, settings: NotificationSettings, outbox: Outbox, sight: Sight) -> None:
        self._settings, self._outbox, self._sight = settings, outbox, sight
        self._turn = asyncio.Lock()
        self._under_way: set[asyncio.Task[None]] = set()
        self._seen: Marks | None = None
        self._looked = 0.0
        self._routes: Routes | None = None

    async def look(self) -> None:
        """Tell what is due. Raises `IngestError`, `WarehouseError` and, before any routes were read, `FileFault`."""
        async with self._turn:
            has_read = await asyncio.to_thread(self._outbox.read)
        marks = await self._sight.marks()
        waited = time.monotonic() - self._looked
        if marks == self._seen and not has_read and waited < LOOKS_ANYWAY_SECONDS:
            return
        now, found = datetime.now(UTC), self._read_routes()
        cards = await self._sight.cards(now, self._outbox.told.open_findings)
        directory, calendar = await self._sight.organisation(marks, now)
        at = Circumstances(
            self._outbox.told, found, directory, calendar, company().zone, now, mails=mail().host is not None
        )
        meetings, away = await self._sight.meetings(now)
        calls, reminders = Calls(meetings, at, away=away), Reminders(await self._sight.tasks(now), at)
        due = [*calls.due(), *Plan(cards, at).due(), *reminders.due()]  # before all others who waits in a room
        await self._take_up(at, due[:MOST_AT_ONCE], now)
        self._seen, self._looked = marks, time.monotonic()

    async def finish(self) -> None:
        """Wait until what is under way has arrived or not."""
        if self._under_way:
            await asyncio.wait(self._under_way)

    async def _take_up(self, at: Circumstances, due: list[Message], now: datetime) -> None:
        if not due:
            return
        names = await self._sight.names(due, now)
        wording = Wording(self._settings.lang, dashboard().address, names)
        async with self._turn:
            ours = await asyncio.to_thread(self._outbox.take_up, due, now)
        for message, attempt in ours:
            task = asyncio.create_task(self._carry(message, attempt, at, wording))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def _carry(self, message: Message, attempt: int, at: Circumstances, wording: Wording) -> None:
        tries = self._outbox.told.life(message.id).tries
        try:
            answer = await self._send(message, at, wording)
        except Undelivered as error:
            await self._failed(message, attempt, tries, error)
        except WarehouseError as error:
            await self._failed(message, attempt, tries, Undelivered(str(error)))
        except Exception as error:  # whatever a library raises: it is said, and tried again like the rest
            log.exception("%s to %s failed", message.to.channel, message.to.recipient)
            await self._failed(message, attempt, tries, Undelivered(f"{type(error).__name__}: {error}"))
        else:
            meters.MESSAGES.labels(self._kind(message), "sent").inc()
            log.info("%s was told by %s", message.to.recipient, message.to.channel, extra=_fields(message, attempt))
            await self._say(word(message, "sent", attempt, datetime.now(UTC), answer=answer[:200]))

    async def _send(self, message: Message, at: Circumstances, wording: Wording) -> str:
        """Word it and give it to its channel, for whoever may see what it speaks of."""
        now, recipient = datetime.now(UTC), message.to.recipient
        begun = [item.card.finding.finding_id for item in message.items if item.said.what != "ended"]
        if begun and not message.is_for_room and not await self._sight.may_see(recipient, begun, now):
            # whoever stands in since a moment ago may see it when detection has named them
            raise Undelivered(f"{recipient} may not see what they would be told of")
        post = at.directory.people.get(recipient)
        doors = Doors(at.routes.channels, self._settings.answer_seconds)
        way = doors.open(message.to.channel, post.contact if post else "")
        return await way.send(await self._worded(message, at, wording, now))

    async def _worded(self, message: Message, at: Circumstances, wording: Wording, now: datetime) -> Content:
        """A call speaks of what its reader may see, everything else of what was asked for already."""
        if message.meeting is None:
            return wording.content(message, now)
        asked, day = self._sight.warehouse, business_day(now, company().zone)
        viewer = await viewer_for(asked, message.to.recipient, day)
        meeting, lang = message.meeting, wording.lang
        matter = await matter_of(asked, viewer, meeting.subject, lang, at.directory, now)
        said: list[str] = []
        if message.what == "brief":
            about = await meetings_on(asked, [meeting.subject])
            answers().clear()  # nobody tells this process what has moved
            found = await minutes_of(asked, viewer, meeting, about, day)
            said = replace(found, faces=await faces_of(viewer, meeting.shown, lang)).lines(day, lang)
        return invitation(message, matter, await names_of(asked, meeting.people, day), wording, now, said)

    async def _failed(self, message: Message, attempt: int, tries: int, error: Undelivered) -> None:
        now = datetime.now(UTC)
        retry_at = None if error.is_final else next_try(self._settings, tries, now, error.after_seconds)
        state = "failed" if retry_at else "dead"
        meters.MESSAGES.labels(self._kind(message), state).inc()
        log.warning(
            "%s was not told by %s, %s: %s", message.to.recipient, message.to.channel,
            f"it is tried again at {retry_at:%H:%M:%S} UTC" if retry_at else "it is a dead letter", error.answer,
            extra=_fields(message, attempt),
        )  # fmt: skip
        answer = error.answer[:200]
        if retry_at:
            await self._say(word(message, "failed", attempt, now, answer=answer, retry_at=retry_at))
        else:
            await self._persist(self._outbox.put_aside, message, attempt, answer, now)

    async def _say(self, said: Notification) -> None:
        await self._persist(self._outbox.say, [said])

    async def _persist(self, write: object, *arguments: object) -> None:
        """What happened is put on the log, however long that is away: else it would happen again."""
        assert callable(write)
        while True:
            try:
                return await asyncio.to_thread(write, *arguments)
            except IngestError as error:
                log.warning("what was told cannot be put on the log, trying again: %s", error)
                await asyncio.sleep(SAYS_AGAIN_SECONDS)

    def _kind(self, message: Message) -> str:
        row = self._routes.channels.get(message.to.channel) if self._routes else None
        return row.kind if row else message.to.channel

    def _read_routes(self) -> Routes:
        """The routes as their file says now; with a file that was broken since, as they were."""
        try:
            self._routes = routes()
        except FileFault as fault:
            if self._routes is None:
                raise
            log.error("the routes stay as they were: %s", fault)
        return self._routes


def _fields(message: Message, attempt: int) -> dict[str, object]:
    return {"notification": message.id, "kind": message.kind, "route": message.route, "attempt": attempt}


def run() -> None:
    """Tell people until interrupted."""
    own = (channel(name) for name in routes().channels)
    logs.begin("tell", telemetry(), notifications(), mail(), kafka(), warehouse_settings(), *own)
    exposition.serve(telemetry())
    with suppress(KeyboardInterrupt):
        asyncio.run(_for_ever(notifications()))


async def _for_ever(settings: NotificationSettings) -> None:
    is_over, loop = asyncio.Event(), asyncio.get_running_loop()
    for one in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(one, is_over.set)
    outbox, sight = Outbox(), Sight()
    teller, is_well = Teller(settings, outbox, sight), True
    try:
        while not is_over.is_set():
            try:
                await teller.look()
                is_well = True
            except (IngestError, WarehouseError) as error:
                if is_well:
                    log.warning("nobody can be told right now, trying again: %s", error)
                is_well = False
            with suppress(TimeoutError):
                await asyncio.wait_for(is_over.wait(), settings.look_seconds)
    finally:
        await teller.finish()
        await sight.close()
        await asyncio.to_thread(outbox.close)
