"""All that is known when somebody wants to meet about something: what it is, who is called, who is free, what is on."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dashboard import session
from dashboard.address import Address
from dashboard.components.meet_form import BETWEEN, Offered
from dashboard.connection import warehouse
from dashboard.locales import Lang, t
from dashboard.meetings.entering import book
from dashboard.meetings.matter import Matter, agenda_of
from dashboard.meetings.matters import matter_of
from dashboard.meetings.people import remembered
from dashboard.meetings.slots import free_slots
from dashboard.notifications.people import Directory
from dashboard.notifications.seeing import directory, names_of
from dashboard.subjects import as_seen
from dashboard.view_state import ViewState
from dashboard.words import clock
from ingest.calendar import WorkingCalendar
from ingest.events import Called
from ingest.settings import company
from warehouse.meetings import Meeting, next_one, open_one
from warehouse.queries import org
from warehouse.queries.calendar import working_calendar
from warehouse.queries.meetings import meetings
from warehouse.queries.visits import Visit, planned_visits
from warehouse.viewer import Viewer

REMEMBERED = timedelta(days=90)
"""So far back counts whom somebody called."""
AHEAD = timedelta(days=15)
_PHONE = re.compile(r"^(tel:)?\+?[\d\s()-]{5,24}$")


class NotYours(LookupError):
    """What somebody may not see, or what nobody knows."""


@dataclass(frozen=True)
class Desk:
    """What `viewer` needs to meet about `matter` at `now`; `about` are the meetings on it, `lately` all of late."""

    viewer: Viewer
    matter: Matter
    directory: Directory
    calendar: WorkingCalendar
    about: Sequence[Meeting]
    lately: Sequence[Meeting]
    now: datetime
    lang: Lang

    @property
    def current(self) -> Meeting | None:
        """The meeting that a click joins."""
        return open_one(self.about, self.now)

    @property
    def next(self) -> Meeting | None:
        """The one that is on, else the next one planned."""
        return self.current or next_one(self.about)

    @property
    def path(self) -> Sequence[str]:
        """The units it belongs to, root first."""
        return self.directory.paths.get(self.matter.unit_id, ())

    @property
    def is_after_hours(self) -> bool:
        """Whether it is no office hour where it belongs."""
        return not self.calendar.is_office_hour(self.now, company().zone, self.path)

    def offered(self) -> tuple[list[Called], frozenset[str]]:
        """Who is offered, and who of them is not ticked; never whoever looks."""
        me = self.viewer.person_id
        mine = [one for one in self.lately if one.by == me]
        found, out = remembered(self.matter.proposed, self.about, mine, self.matter.unit_id)
        if self.next is not None and self.next.called:
            found, out = remembered(self.matter.proposed, [self.next], (), self.matter.unit_id)
        return [one for one in found if one.person_id != me], out

    @property
    def agenda(self) -> Sequence[str]:
        """What there is to speak of: as it was said of the meeting, else by its kind."""
        said = self.next.agenda if self.next else ()
        return said or self.matter.agenda or agenda_of(self.matter.subject, self.lang)


async def desk_of(subject: str, lang: Lang, now: datetime) -> Desk:
    """The desk of whoever asks. Raises `NotYours`, and as the log and the warehouse do."""
    viewer, today = await session.viewer(), session.today()
    subject = as_seen(subject, viewer)
    who, calendar, about, lately = await asyncio.gather(
        directory(warehouse(), today),
        working_calendar(warehouse()),
        book().on(warehouse(), subject),
        meetings(warehouse(), now - REMEMBERED),
    )
    matter = await matter_of(warehouse(), viewer, subject, lang, who, now)
    if matter is None:
        matter = _private(subject, viewer, about, lang)
    return Desk(viewer, matter, who, calendar, about, lately, now, lang)


def _private(subject: str, viewer: Viewer, about: Sequence[Meeting], lang: Lang) -> Matter:
    """What somebody who is called knows of it though they may not see it: that they are called."""
    called = next((one for one in about if viewer.person_id in {who.person_id for who in one.called}), None)
    if called is None:
        raise NotYours(subject)
    return Matter(
        subject, called.title, t("meet.private", lang), (), Address("/", ViewState(lang=lang)), called.unit_id
    )


async def offer(desk: Desk) -> Offered:
    """What the dialog shows."""
    called, out = desk.offered()
    ids = {one.person_id for one in called} | {desk.viewer.person_id}
    until = desk.now + AHEAD
    visits, names, everybody = await asyncio.gather(
        planned_visits(warehouse(), ids, desk.now, until),
        names_of(warehouse(), ids, session.today()),
        org.people_of(warehouse(), None, session.today()),
    )
    which = 1 if desk.lang == "en" else 0
    people = everybody.select("name_en" if which else "name", "id").iter_rows()
    contacts = {id: desk.directory.people[id].contact for id in ids if id in desk.directory.people}
    return Offered(
        desk.matter.subject,
        desk.matter.title,
        called,
        out,
        {id: pair[which] for id, pair in names.items()},
        _remarks(desk, visits),
        {id: contact.removeprefix("tel:") for id, contact in contacts.items() if _PHONE.match(contact)},
        [f"{name}{BETWEEN}{id}" for name, id in people],
        desk.agenda,
        slots(desk, ids, visits),
        desk.next,
    )


def slots(desk: Desk, people: set[str], visits: Sequence[Visit]) -> list[datetime]:
    """When all of these people are free."""
    busy = [(one.starts_at, one.ends_at) for one in visits if one.person_id in people]
    busy += [
        (one.at, one.ends_at)
        for one in desk.lately
        if one.is_planned and one.at and one.subject != desk.matter.subject and one.people & people
    ]
    return free_slots(busy, desk.calendar, desk.path, company().zone, desk.now)


def _remarks(desk: Desk, visits: Sequence[Visit]) -> Mapping[str, str]:
    """What speaks against calling somebody right now."""
    lang, zone, found = desk.lang, company().zone, dict[str, str]()
    for id, post in desk.directory.people.items():
        if post.status == "leave":
            found[id] = t("meet.on_leave", lang)
    for visit in visits:
        if visit.starts_at <= desk.now < visit.ends_at:
            found[visit.person_id] = t("meet.on_visit", lang, until=clock(visit.ends_at, zone, lang))
    return found
