"""What a meeting leaves behind, as far as it is facts: who was there, what the board showed, what was agreed."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from dashboard.address import Address
from dashboard.locales import Lang, t
from dashboard.view_state import ViewState
from dashboard.whiteboard.addresses import FINDING, board_at
from dashboard.whiteboard.face import Face
from dashboard.words import clock, day_name
from ingest.settings import company
from warehouse.client import AsyncWarehouse
from warehouse.meetings import Meeting, before_it
from warehouse.queries import org
from warehouse.queries.tasks import tasks
from warehouse.task_life import TaskCard
from warehouse.viewer import Viewer


def origin_of(meeting: Meeting) -> str:
    """What a task that was agreed in the meeting says of where it comes from."""
    return f"meeting:{meeting.id}"


@dataclass(frozen=True)
class Minutes:
    """`agreed` are the actions of the meeting, `carried` those of the ones before it that are not done; `names` is id →
    (Chinese, English); `faces` are what its whiteboard showed, as far as who reads may see it."""

    meeting: Meeting
    agreed: Sequence[TaskCard] = ()
    carried: Sequence[TaskCard] = ()
    names: dict[str, tuple[str, str]] = field(default_factory=dict)
    faces: Sequence[Face] = ()

    def name(self, id: str, lang: Lang) -> str:
        """What somebody is called."""
        pair = self.names.get(id, (id, id))
        return (pair[1] if lang == "en" else pair[0]) or id

    def shown(self, about: ViewState) -> Address | None:
        """The board as it was when the meeting began."""
        if self.meeting.opened_at is None:
            return None
        local = self.meeting.opened_at.astimezone(company().zone)
        return Address("/findings" if about.finding else "/", about.but(as_of=f"{local:%Y-%m-%dT%H:%M}", known="then"))

    def lines(self, today: date, lang: Lang) -> list[str]:
        """All of it in words, a line each."""
        meeting, zone = self.meeting, company().zone
        lines = []
        if meeting.opened_at:
            until = clock(meeting.ended_at, zone, lang) if meeting.ended_at else t("meet.still_on", lang)
            lines.append(t("meet.held_at", lang, at=clock(meeting.opened_at, zone, lang), until=until))
        there = t("mine.and", lang).join(self.name(one, lang) for one in meeting.joined)
        lines.append(t("meet.here", lang, people=there or "–"))
        if missing := [one.person_id for one in meeting.called if one.person_id not in meeting.joined]:
            people = t("mine.and", lang).join(self.name(one, lang) for one in missing)
            lines.append(t("meet.missing", lang, people=people))
        lines += [t("meet.showed", lang, what=one.words) for one in self.faces]
        lines += [t("meet.decided", lang, what=one.what, who=self.name(one.who, lang)) for one in meeting.decisions]
        lines += [t("meet.undecided", lang, why=meeting.undecided)] if meeting.undecided else []
        lines += [t("meet.agreed", lang, what=action(one, today, lang)) for one in self.agreed]
        lines += [t("meet.carried", lang, what=action(one, today, lang)) for one in self.carried]
        return lines


def action(card: TaskCard, today: date, lang: Lang) -> str:
    """ "call the customer · Zhang Wei · 30 Nov · overdue"."""
    task = card.task
    named = card.person_name[1] if lang == "en" else card.person_name[0]
    who = named or task.person_id or t("targets.task_nobody", lang)
    title = (task.title_en if lang == "en" else None) or task.title
    return " · ".join((title, who, day_name(task.due_on, lang), t(f"targets.task_{card.standing(today)}", lang)))


async def minutes_of(
    warehouse: AsyncWarehouse, viewer: Viewer, meeting: Meeting, about: Sequence[Meeting], today: date
) -> Minutes:
    """The minutes as `viewer` may see them; `about` are all meetings about the same thing."""
    earlier = before_it(meeting, about)
    every, names = await asyncio.gather(
        tasks(warehouse, viewer, today), org.names(warehouse, "person", meeting.people, today)
    )
    agreed = [card for card in every if is_agreed_in(meeting, card)]
    left = [card for card in every if _is_open(card, meeting, today)]
    carried = [card for card in left if any(is_agreed_in(one, card) for one in earlier)]
    return Minutes(meeting, agreed, carried, names)


def is_agreed_in(meeting: Meeting, card: TaskCard) -> bool:
    """Whether an action was agreed in the meeting: by its form, or on a note of its whiteboard. A finding's board
    serves each meeting about it, so there it counts when."""
    note = f"note:{board_at(meeting.subject, meeting.id)}:"
    if not (card.task.origin or "").startswith(note):
        return card.task.origin == origin_of(meeting)
    if not meeting.subject.startswith(FINDING):
        return True
    at, began = card.agreed_at, meeting.opened_at
    return at is not None and began is not None and began <= at and (meeting.ended_at is None or at <= meeting.ended_at)


def has_outcome(meeting: Meeting, cards: Iterable[TaskCard]) -> bool:
    """Whether something was decided or agreed in it; an action on its finding counts from when it began."""

    def is_of_it(card: TaskCard) -> bool:
        at, began = card.agreed_at, meeting.opened_at
        is_meanwhile = at is not None and began is not None and began <= at
        return is_agreed_in(meeting, card) or (is_meanwhile and meeting.subject == f"{FINDING}{card.task.finding_id}")

    return bool(meeting.decisions) or any(map(is_of_it, cards))


def _is_open(card: TaskCard, meeting: Meeting, today: date) -> bool:
    """Whether it was not done when the meeting began, and so is on its table."""
    if card.standing(today) in ("open", "overdue"):
        return True
    began: Any = meeting.opened_at or datetime.max.replace(tzinfo=company().zone)
    return card.standing(today) == "done" and card.changed_at is not None and card.changed_at >= began
