"""What somebody wants of a meeting, as the word that goes on the log, or a clear word why not."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field

from dashboard.components.meet_form import BETWEEN, CALL, MOST_CHARACTERS
from dashboard.locales import Lang, t
from dashboard.meetings import Meant, room_for
from dashboard.meetings.entering import Call, id_of, word
from dashboard.meetings.minutes import origin_of
from dashboard.meetings.offering import Desk
from dashboard.meetings.trade import parts_of
from dashboard.rights import may_change_task
from ingest.events import Action, Called, MeetingSaid, Task
from ingest.settings import company
from warehouse.meetings import Meeting

Way = Literal[
    "meet", "call", "plan", "call_off", "ask", "message", "reply", "adjourn", "minute", "task", "brief", "start"
]


class Refused(ValueError):
    """What cannot be done so: `key` of the catalogue "meet" says why."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key

    def said(self, lang: Lang) -> str:
        """Why, in words."""
        return t(f"meet.{self.key}", lang)


class Wish(BaseModel):
    """What somebody wants about `subject`. People are ticked by fields "call:<id>"; `add` is one as offered.

    `edited` where the fields come from the dialog: what is not ticked there is meant. `asked` where the end of a
    meeting asked what came of it, `skip` where somebody passed over that.
    """

    model_config = ConfigDict(extra="allow", frozen=True)

    way: Way = "meet"
    subject: Annotated[str, Field(max_length=200)] = ""
    meeting: Annotated[str, Field(max_length=200)] = ""
    edited: Annotated[str, Field(max_length=10)] = ""
    sure: Annotated[str, Field(max_length=10)] = ""
    add: Annotated[str, Field(max_length=400)] = ""
    agenda: Annotated[str, Field(max_length=MOST_CHARACTERS)] = ""
    note: Annotated[str, Field(max_length=MOST_CHARACTERS)] = ""
    title: Annotated[str, Field(max_length=200)] = ""
    due: date | Literal[""] = ""
    undecided: Annotated[str, Field(max_length=MOST_CHARACTERS)] = ""
    asked: Annotated[str, Field(max_length=10)] = ""
    skip: Annotated[str, Field(max_length=10)] = ""
    slot: Annotated[str, Field(max_length=40)] = ""
    at: Annotated[str, Field(max_length=40)] = ""
    search: Annotated[str, Field(max_length=4_000)] = ""

    def fields(self) -> Mapping[str, str]:
        """Everything that was said, to be said again."""
        said = self.model_dump(exclude_defaults=True, exclude={"sure", "search"})
        return {name: value for name, value in said.items() if isinstance(value, str)}

    def call(self, desk: Desk) -> Call:
        """Who is called: as ticked in the dialog, else as proposed and remembered."""
        offered, out = desk.offered()
        if not self.edited:
            kept = [one for one in offered if one.person_id not in out]
            return Call(kept, sorted(out), desk.agenda, bool(self.sure))
        ticked = {name.removeprefix(CALL) for name in self.model_extra or {} if name.startswith(CALL)}
        known = {one.person_id: one for one in offered}
        if added := self.add.rpartition(BETWEEN)[2].strip():
            if added not in desk.directory.people:
                raise Refused("no_such_person")
            ticked.add(added)
        called = [known.get(id) or Called(person_id=id) for id in ticked if id in desk.directory.people]
        order = {id: number for number, id in enumerate(known)}
        called.sort(key=lambda one: (order.get(one.person_id, len(order)), one.person_id))
        agenda = [line.strip()[:400] for line in self.agenda.splitlines() if line.strip()]
        return Call(called, [id for id in known if id not in ticked], agenda or desk.agenda, bool(self.sure))


async def said_by(wish: Wish, desk: Desk) -> list[Action | Task]:
    """The words of it, in their order, and the task that was agreed. Raises `Refused` and `NobodyActs`."""
    if wish.way == "task":
        return [agreed(wish, desk)]
    if wish.way == "adjourn":
        return _ended(wish, desk)
    call, now, subject = wish.call(desk), desk.now, desk.matter.subject
    known = next((one for one in desk.about if one.id == wish.meeting), None)
    note: str | None = wish.note.strip() or None
    match wish.way:
        case "plan":
            said = await _planned(wish, desk, call)
        case "ask" | "message":
            if not call.called:
                raise Refused("nobody_called")
            if note is None:
                raise Refused("no_note")
            said = _named(desk, MeetingSaid(meeting_id=uuid4().hex[:20], called=tuple(call.called)))
        case "call" if known is not None and known.is_open:
            if not call.called:
                raise Refused("nobody_called")
            said = MeetingSaid(
                meeting_id=known.id, called=tuple(call.called), left_out=tuple(call.left_out), agenda=tuple(call.agenda)
            )
        case "call_off" if known is not None and (known.is_planned or known.kind == "series"):
            said = MeetingSaid(meeting_id=known.id)
        case "start":
            said = _series(desk)
        case "minute" | "brief" if known is not None:
            if wish.way == "minute" and note is None:
                raise Refused("no_note")
            said = MeetingSaid(meeting_id=known.id)
        case "reply" if known is not None:
            if known.kind == "ask" and note is None:
                raise Refused("no_note")
            said = MeetingSaid(meeting_id=known.id)
        case _:
            raise Refused("meeting_gone")
    return [word(desk.viewer, "plan" if wish.way == "start" else wish.way, subject, said, now, note)]


def _ended(wish: Wish, desk: Desk) -> list[Action | Task]:
    """The end of a meeting, after what was decided and agreed where somebody said it with the end."""
    known = next((one for one in desk.about if one.id == wish.meeting), None)
    if known is None or not known.is_open:
        raise Refused("meeting_gone")
    decided, undecided, subject = wish.note.strip(), wish.undecided.strip(), desk.matter.subject
    said: list[Action | Task] = []
    if wish.skip:
        undecided = ""
    else:
        if decided:
            said.append(word(desk.viewer, "minute", subject, MeetingSaid(meeting_id=known.id), desk.now, decided))
        if wish.title.strip() or wish.add.strip() or wish.due:
            said.append(agreed(wish, desk))
        if wish.asked and not said and not undecided:
            raise Refused("nothing_said")
    ends = MeetingSaid(meeting_id=known.id, undecided=undecided or None)
    return [*said, word(desk.viewer, "adjourn", subject, ends, desk.now, None)]


def agreed(wish: Wish, desk: Desk) -> Task:
    """A task that was agreed in a meeting: what, whose, and by when. Raises `Refused`."""
    known = next((one for one in desk.about if one.id == wish.meeting), None)
    who = wish.add.rpartition(BETWEEN)[2].strip()
    if known is None:
        raise Refused("meeting_gone")
    if who not in desk.directory.people:
        raise Refused("no_such_person")
    if not wish.title.strip() or not wish.due:
        raise Refused("no_task")
    home = desk.directory.people[who].unit_id
    path = desk.directory.paths.get(home, ())
    if not (may_change_task(desk.viewer, path, who) or desk.viewer.everything):
        raise Refused("not_your_people")
    return Task(
        occurred_at=desk.now, source="dashboard", task_id=f"task-{uuid4().hex[:12]}", title=wish.title.strip(),
        person_id=who, due_on=wish.due, origin=origin_of(known), who=desk.viewer.person_id,
    )  # fmt: skip


def _series(desk: Desk) -> MeetingSaid:
    """The series of a kind that recurs, from its next time on."""
    parts = parts_of(desk.matter.subject)
    at = parts[0].begins(desk.calendar, desk.path, company().zone, desk.now) if parts else None
    if parts is None or at is None:
        raise Refused("no_series")
    if any(one.recurs and not one.is_called_off for one in desk.about):
        raise Refused("series_runs_already")
    said = MeetingSaid(
        meeting_id=uuid4().hex[:20], called=desk.matter.proposed, agenda=desk.matter.agenda, at=at,
        minutes=parts[0].minutes, recurs=parts[0].recurs,
    )  # fmt: skip
    return _named(desk, said)


async def _planned(wish: Wish, desk: Desk, call: Call) -> MeetingSaid:
    """A meeting at the time that is wished, with a room; the one that is planned already is moved."""
    before = next((one for one in desk.about if one.is_planned), None)
    id = before.id if before else id_of(desk.matter.subject, desk.about)
    if not call.called:
        raise Refused("nobody_called")
    at = _time(wish.at or wish.slot)
    if at <= desk.now:
        raise Refused("past_time")
    said = MeetingSaid(
        meeting_id=id, called=tuple(call.called), left_out=tuple(call.left_out), agenda=tuple(call.agenda), at=at,
        minutes=30,
    )  # fmt: skip
    return _named(desk, await _with_room(said, before, desk))


async def _with_room(said: MeetingSaid, before: Meeting | None, desk: Desk) -> MeetingSaid:
    if before is not None and before.url:
        return said
    room = await room_for(Meant(said.meeting_id, f"oneboard · {desk.matter.name}", said.at, said.minutes or 30))
    return said.model_copy(update={"url": room.url, "provider": room.provider})


def _named(desk: Desk, said: MeetingSaid) -> MeetingSaid:
    return said.model_copy(update={"title": desk.matter.name[:200], "unit_id": desk.matter.unit_id or None})


def _time(text: str) -> datetime:
    """An instant, or a time in the company's zone."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Refused("no_time") from None
    return at if at.tzinfo else at.replace(tzinfo=company().zone)
