"""Whatever a meeting can be about: each kind of subject, and what makes its matter."""

import asyncio
from datetime import datetime

from dashboard.address import Address
from dashboard.locales import Lang
from dashboard.meetings.matter import Matter
from dashboard.meetings.people import called_about
from dashboard.meetings.places import place_matter
from dashboard.meetings.trade import TRADE
from dashboard.meetings.trade_matter import trade_matter
from dashboard.notifications.content import Wording, ids_of
from dashboard.notifications.people import Directory
from dashboard.notifications.seeing import names_of
from dashboard.view_state import ViewState
from dashboard.whiteboard.addresses import FINDING
from ingest.calendar import business_day
from ingest.settings import company
from warehouse.client import AsyncWarehouse
from warehouse.queries.findings import findings
from warehouse.queries.meetings import owners_of
from warehouse.viewer import Viewer


async def matter_of(
    warehouse: AsyncWarehouse, viewer: Viewer, subject: str, lang: Lang, directory: Directory, now: datetime
) -> Matter | None:
    """What the subject is; None where the viewer may not see it, or nobody knows it."""
    if subject.startswith(TRADE):
        return await trade_matter(warehouse, viewer, subject, lang, directory, now, matter_of)
    make = _finding if subject.startswith(FINDING) else place_matter
    return await make(warehouse, viewer, subject, lang, directory, now)


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
        words.place(card, is_for_room=True),
        words.headline(card, is_for_room=True),
        words.about(card),
        Address("/findings", ViewState(lang=lang, finding=id)),
        card.home,
        tuple(called_about(card.finding, directory, owners)),
    )
