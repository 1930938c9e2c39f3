"""When the digest goes out, to whom, and what was sent already: once a working day and person, restarts included."""

import asyncio
import json
import logging
import smtplib
from contextlib import suppress
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

from dashboard import session
from dashboard.address import Address
from dashboard.connection import connect, disconnect
from dashboard.digest.letter import letter
from dashboard.digest.settings import DigestSettings, digest
from dashboard.export.page import shown
from dashboard.export.stamp import stamp_of
from dashboard.live.reader import last_sweep
from dashboard.locales import t
from dashboard.mail import mail, send
from dashboard.view_state import ViewState
from ingest.calendar import WorkingCalendar
from ingest.errors import BrokerAway
from ingest.settings import company, kafka
from warehouse.errors import WarehouseError

log = logging.getLogger(__name__)
AGAIN_SECONDS = 300.0
LATE = timedelta(hours=4)
"""A digest that could not go out within this is left out: the next one says what is then."""


def run(*, once: bool = False) -> None:
    """Send it every working day, for ever; `once` sends it now, to everybody, and ends."""
    settings = digest()
    asyncio.run(_once(settings) if once else _for_ever(settings))


async def _once(settings: DigestSettings) -> None:
    connect()
    try:
        for person, address in settings.people.items():
            await _sent(await made(settings, person, address))
    finally:
        await disconnect()


async def _for_ever(settings: DigestSettings) -> None:
    sent = Sent(settings.data_dir / "digests.json")
    connect()
    try:
        while True:
            now = datetime.now(company().zone)
            await asyncio.sleep(min(AGAIN_SECONDS, (due(settings, now) - now).total_seconds()))
            await _send_due(settings, sent, datetime.now(company().zone))
    finally:
        await disconnect()


async def _send_due(settings: DigestSettings, sent: "Sent", now: datetime) -> None:
    today = now.date()
    begins = datetime.combine(today, settings.at, now.tzinfo)
    if not (WorkingCalendar(company().holidays).weight(today) > 0 and begins <= now < begins + LATE):
        return
    for person, address in settings.people.items():
        if not sent.has(person, today):
            try:
                await _sent(await made(settings, person, address))
            except (OSError, smtplib.SMTPException, WarehouseError, BrokerAway) as error:
                log.warning("the digest of %s was not sent, it is tried again: %s", person, error)
            else:
                sent.add(person, today)


def due(settings: DigestSettings, now: datetime) -> datetime:
    """When to look next: at today's hour while it is to come; within it soon again; else at tomorrow's."""
    today = datetime.combine(now.date(), settings.at, now.tzinfo)
    if now < today:
        return today
    return now + timedelta(seconds=AGAIN_SECONDS) if now < today + LATE else today + timedelta(days=1)


async def made(settings: DigestSettings, person: str, address: str) -> EmailMessage:
    """The person's digest, as they would see the board now. Raises `WarehouseError` and `BrokerAway`."""
    here = Address("/", ViewState(lang=settings.lang))
    page, looked_at = await asyncio.gather(shown(await session.viewer_for_id(person), here), last_sweep(kafka()))
    if page.board.is_unreachable:
        raise WarehouseError("the warehouse does not answer")
    link = here.link(settings.board_url)
    stamp = stamp_of(page.board, here, t("digest.title", settings.lang), link)
    return letter(page, stamp, link, settings.lang, looked_at=looked_at, sender=mail().sender, to=address)


async def _sent(message: EmailMessage) -> None:
    await send(mail(), message)
    log.info("a digest went to %s", message["To"])


class Sent:
    """Who has had the digest of which day, kept in a file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._days: dict[str, str] = {}
        with suppress(OSError, ValueError):
            self._days = dict(json.loads(path.read_text("utf-8")))

    def has(self, person: str, day: date) -> bool:
        return self._days.get(person) == day.isoformat()

    def add(self, person: str, day: date) -> None:
        self._days[person] = day.isoformat()
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps(self._days), "utf-8")
        fresh.replace(self._path)
