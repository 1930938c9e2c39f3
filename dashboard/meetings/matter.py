"""What a meeting is about, as far as who asks may see it: its name and figures, where it stands, and whom to call."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

from dashboard.address import Address
from dashboard.locales import Lang, t
from dashboard.meetings.people import called_about
from dashboard.notifications.content import Wording, ids_of
from dashboard.notifications.people import Directory
from dashboard.notifications.seeing import names_of
from dashboard.view_state import ViewState
from ingest.calendar import business_day
from ingest.events import Called
from ingest.settings import company
from warehouse.client import AsyncWarehouse
from warehouse.queries.findings import findings
from warehouse.queries.meetings import owners_of
from warehouse.viewer import Viewer

FINDING = "finding:"


@dataclass(frozen=True)
class Matter:
    """`title` names no person; `lines` are figures and reasons in words; `unit_id` is whose it is, "" the company's."""

    subject: str
    title: str
    lines: tuple[str, ...]
    address: Address
    unit_id: str
    proposed: tuple[Called, ...] = ()


def whiteboard_of(subject: str, lang: Lang) -> Address:
    """Where what was drawn about it stands."""
    return Address(f"/whiteboard/{subject}", ViewState(lang=lang))


def agenda_of(subject: str, lang: Lang) -> tuple[str, ...]:
    """What there is to speak of, in its order."""
    kind = "finding" if subject.startswith(FINDING) else "matter"
    return tuple(t(f"meet.agenda_{kind}_{number}", lang) for number in range(1, 5))


async def matter_of(
    warehouse: AsyncWarehouse, viewer: Viewer, subject: str, lang: Lang, directory: Directory, now: datetime
) -> Matter | None:
    """What the subject is; None where the viewer may not see it, or nobody knows it."""
    if subject.startswith(FINDING):
        return await _finding(warehouse, viewer, subject, lang, directory, now)
    return None


async def _finding(
    warehouse: AsyncWarehouse, viewer: Viewer, subject: str, lang: Lang, directory: Directory, now: datetime
) -> Matter | None:
    id = subject.removeprefix(FINDING)
    cards = await findings(warehouse, viewer, now, states=(), also=[id])
    if not cards:
        return None
    card, day = cards[0], business_day(now, company().zone)
    names, owners = await asyncio.gather(
        names_of(warehouse, ids_of(card), day), owners_of(warehouse, card.finding.behind, day)
    )
    words = Wording(lang, "", names)
    return Matter(
        subject,
        words.headline(card, is_for_room=True),
        words.about(card),
        Address("/findings", ViewState(lang=lang, finding=id)),
        card.home,
        tuple(called_about(card.finding, directory, owners)),
    )
