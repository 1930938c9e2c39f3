"""What somebody wants of a task, held against who may what and what can be: the event, or a word why not. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Annotated, Literal
from uuid import uuid4

from pydantic import BaseModel, Field

from dashboard import amounts
from dashboard.rights import may_change_task, may_decide
from ingest.calendar import WorkingCalendar
from ingest.events import Action, CheckKind, Expected, Proposal, Slice, Task
from ingest.fields import Remedy, TaskKind, TaskStatus
from ingest.settings import company
from warehouse.metrics import METRICS
from warehouse.task_life import TaskCard, subject, would_circle
from warehouse.tree import Company
from warehouse.viewer import Viewer

BETWEEN = " · "
What = Literal["start", "done", "reopen", "assign", "move", "attach", "wait_for", "wait_no_more", "check"]
ASKED: tuple[What, ...] = ("assign", "move", "attach", "wait_for", "check")
"""What is asked about in a dialog before it is done."""
MOST_CHARACTERS, FEWEST_DAYS = 2_000, 10.0


class NotAllowed(ValueError):
    """What the viewer may not do, or has not said enough for: `key` is what to say, in the catalogue "targets"."""

    def __init__(self, key: str = "task_refused") -> None:
        super().__init__(key)
        self.key = key


class Wanted(BaseModel):
    """What somebody does about a task, or the one they add, on the page whose query is `search`; `who` as offered."""

    what: What | Literal["add"]
    task: Annotated[str, Field(max_length=200)] = ""
    title: Annotated[str, Field(max_length=200)] = ""
    kind: TaskKind = TaskKind.OTHER
    remedy: Remedy | Literal[""] = ""
    due: date | Literal[""] = ""
    who: Annotated[str, Field(max_length=400)] = ""
    amount: Annotated[str, Field(max_length=40)] = ""
    by: date | Literal[""] = ""
    origin: Annotated[str, Field(max_length=200)] = ""
    finding: Annotated[str, Field(max_length=200)] = ""
    note: Annotated[str, Field(max_length=MOST_CHARACTERS)] = ""
    into: Annotated[str, Field(max_length=400)] = ""
    check: CheckKind | Literal[""] = ""
    verdict: Proposal | Literal[""] = ""
    search: Annotated[str, Field(max_length=4_000)] = ""

    @property
    def person_id(self) -> str | None:
        """The id at the end of what was offered."""
        return self.who.rpartition(BETWEEN)[2].strip() or None


@dataclass(frozen=True)
class About:
    """What a new task is about, as whoever may see it found it: its slice and figures, its deal, whose it would be.

    So much is `missing` `since` a day `until` another.
    """

    finding_id: str | None = None
    deal_id: str | None = None
    customer_id: str | None = None
    unit_id: str | None = None
    person_id: str | None = None
    metric: str = "bookings"
    slice: Slice = field(default_factory=Slice)
    missing: Decimal | None = None
    since: date | None = None
    until: date | None = None

    def goes_missing(self, start: date, by: date, calendar: WorkingCalendar) -> Decimal | None:
        """What would be missing from `start` until `by` if it went on as from `since` `until` now; None where it is no
        gap of figures. At least ten days say how it goes on."""
        if self.missing is None or self.missing <= 0 or self.since is None or self.until is None:
            return None
        gone = max(calendar.working_days(self.since, self.until), FEWEST_DAYS)
        return (self.missing * Decimal(calendar.working_days(start, by)) / Decimal(gone)).quantize(Decimal(1))

    @property
    def measured(self) -> str:
        """The metric an effect is measured in: its own where that adds up over days, else bookings."""
        found = METRICS.get(self.metric)
        return self.metric if found and found.kind == "flow" and found.good == "up" else "bookings"


def done(viewer: Viewer, wanted: Wanted, known: Mapping[str, TaskCard], now: datetime) -> Action:
    """The event of `viewer` doing it; `known` are the tasks they may see. Raises `NotAllowed`."""
    card = known.get(wanted.task)
    if card is None:
        raise NotAllowed("task_gone")
    if not (may_decide if wanted.what == "check" else may_change_task)(viewer, card.path, card.task.person_id):
        raise NotAllowed("check_refused" if wanted.what == "check" else "task_refused")
    more: dict[str, object] = {}
    note = wanted.note.strip() or None
    match wanted.what:
        case "assign":
            more = {"assignee_id": wanted.person_id}
            if not wanted.person_id:
                raise NotAllowed("who_required")
        case "move":
            if not wanted.due:
                raise NotAllowed("due_required")
            more = {"until": datetime.combine(wanted.due, time(23, 59), company().zone)}
        case "attach" if note is None:
            raise NotAllowed("note_required")
        case "wait_for":
            into = wanted.into.rpartition(BETWEEN)[2].strip()
            if into not in known:
                raise NotAllowed("task_gone")
            if would_circle(wanted.task, into, known):
                raise NotAllowed("wait_circle")
            more = {"into": into}
        case "wait_no_more":
            more = {"into": wanted.into or None}
        case "check":
            if not (wanted.check and wanted.verdict):
                raise NotAllowed("verdict_required")
            if card.task.status is not TaskStatus.DONE or card.task.expects is None:
                raise NotAllowed("nothing_to_check")
            more = {"check": wanted.check, "verdict": wanted.verdict}
    return Action(
        occurred_at=now, source="dashboard", subject=subject(wanted.task), who=viewer.person_id, what=wanted.what,
        note=note, **more,
    )  # fmt: skip


def added(viewer: Viewer, wanted: Wanted, about: About, org: Company, now: datetime) -> Task:
    """The task that somebody adds, for a person or for the unit they look at. Raises `NotAllowed`."""
    title = wanted.title.strip()
    if not title or not wanted.due:
        raise NotAllowed("due_required" if title else "title_required")
    who = wanted.person_id or about.person_id
    unit = str(org.people.get(who or "", {}).get("unit_id", "")) if who else about.unit_id or ""
    if not may_change_task(viewer, org.units.get(unit, {}).get("path", ()), who):
        raise NotAllowed
    note = wanted.note.strip()
    return Task(
        occurred_at=now, source="dashboard", task_id=f"task-{uuid4().hex[:12]}", title=title, kind=wanted.kind,
        unit_id=None if who else unit or None, person_id=who, due_on=wanted.due, customer_id=about.customer_id,
        opportunity_id=about.deal_id, finding_id=about.finding_id, origin=wanted.origin or None,
        remedy=wanted.remedy or None, expects=_expected(wanted, about, unit), evidence=(note,) if note else (),
        who=viewer.person_id,
    )  # fmt: skip


def _expected(wanted: Wanted, about: About, unit: str) -> Expected | None:
    """What it is to bring; None where nothing is said, and nothing is to be checked."""
    if not wanted.amount.strip():
        return None
    try:
        amount = amounts.typed(wanted.amount)
    except ValueError:
        raise NotAllowed("amount_unreadable") from None
    if amount <= 0:
        raise NotAllowed("amount_unreadable")
    if not wanted.by or not wanted.due or wanted.by <= wanted.due:
        raise NotAllowed("by_required")
    slice = about.slice
    if slice == Slice() and not about.finding_id:
        slice = Slice(person_id=wanted.person_id) if wanted.person_id else Slice(unit_id=unit or None)
    return Expected(metric=about.measured, slice=slice, amount=amount, by=wanted.by)
