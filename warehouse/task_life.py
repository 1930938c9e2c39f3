"""The life of a task: what was stated of it, what people did about it, what was measured and decided. Pure.

A task that says what it expects is over only when that has been checked: carried out it waits for a leading and a
lagging check, and a person decides of each. Whatever else is done about it, any set of events says the same.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Literal, get_args

from ingest.calendar import business_day
from ingest.events import Check, CheckKind, Proposal, Task
from ingest.fields import TaskStatus
from ingest.settings import company
from warehouse.life import ActionRow

Standing = Literal["open", "overdue", "done", "cancelled"]
Column = Literal["todo", "doing", "checking", "closed"]
COLUMNS: tuple[Column, ...] = get_args(Column)
"""Where a task stands on the board of tasks, in the order of its life."""
CHECKS: tuple[CheckKind, ...] = get_args(CheckKind)
VERDICTS: tuple[Proposal, ...] = get_args(Proposal)
ENDS: tuple[Proposal, ...] = ("worked", "did_not")


@dataclass(frozen=True)
class Decision:
    """What a person says of a check, and when."""

    verdict: Proposal
    who: str
    at: datetime
    note: str = ""


@dataclass(frozen=True)
class TaskCard:
    """A task as it stands: `task` holds status, person, days and what it waits for with what people did folded in;
    `path` are the units it belongs to, root first. `changed_by` is who spoke last of it, '' where a source did.

    `attached` is the evidence people added, `measured` the last word of each check since it was carried out, `decided`
    what people said of them; `reopened` counts how often it was taken up again, `agreed_at` is its first word's time.
    """

    task: Task
    path: tuple[str, ...] = ()
    changed_by: str = ""
    changed_at: datetime | None = None
    person_name: tuple[str, str] = ("", "")
    unit_name: tuple[str, str] = ("", "")
    started_at: datetime | None = None
    attached: tuple[ActionRow, ...] = ()
    measured: Mapping[CheckKind, Check] = field(default_factory=dict)
    decided: Mapping[CheckKind, Decision] = field(default_factory=dict)
    reopened: int = 0
    did: tuple[ActionRow, ...] = ()
    agreed_at: datetime | None = None

    def standing(self, today: date) -> Standing:
        """How it stands on a day; overdue from the day after it was due."""
        match self.task.status:
            case TaskStatus.DONE:
                return "done"
            case TaskStatus.CANCELLED:
                return "cancelled"
        return "overdue" if self.task.due_on < today else "open"

    @property
    def column(self) -> Column:
        """Where it stands; what is to be checked is closed by the decision that it worked or did not."""
        if self.task.status is TaskStatus.OPEN:
            return "doing" if self.started_at else "todo"
        return "checking" if self.is_to_be_checked else "closed"

    @property
    def is_to_be_checked(self) -> bool:
        """Whether it was carried out, and nobody has decided yet whether that helped."""
        if self.task.status is not TaskStatus.DONE or self.task.expects is None:
            return False
        lagging = self.decided.get("lagging")
        return lagging is None or lagging.verdict not in ENDS

    @property
    def asks_for(self) -> CheckKind | None:
        """The check whose time is over and which nobody has decided since; the lagging one first."""
        if not self.is_to_be_checked:
            return None
        for kind in reversed(CHECKS):
            check, decided = self.measured.get(kind), self.decided.get(kind)
            if check and check.is_last and (decided is None or decided.at < check.occurred_at):
                return kind
        return None


def subject(task_id: str) -> str:
    """What actions on a task call it."""
    return f"task:{task_id}"


def folded(words: Sequence[Task], actions: Sequence[ActionRow], checks: Sequence[Check] = ()) -> TaskCard:
    """One task: its words in the order of their versions, what people did, and what was measured, the oldest first.

    One word at least. A word changes what it says otherwise than the word before: a source that repeats itself undoes
    nothing.
    """
    found = TaskCard(words[0], changed_by=words[0].who or "", changed_at=words[0].occurred_at)
    waiting = list(actions)
    for before, word in zip([None, *words], words, strict=False):
        while before is not None and waiting and waiting[0].at < word.occurred_at:
            found = _done(found, waiting.pop(0))
        found = _said(found, before, word)
    for action in waiting:
        found = _done(found, action)
    kept = ("status", "person_id", "due_on", "done_on", "waits_for")
    task = words[-1].model_copy(update={name: getattr(found.task, name) for name in kept})
    since = f"{task.task_id}:{task.done_on}:"
    measured = {check.kind: check for check in sorted(checks, key=_order) if check.check_id.startswith(since)}
    return replace(found, task=task, measured=measured, did=tuple(actions), agreed_at=words[0].occurred_at)


def _order(check: Check) -> tuple[date, int]:
    return check.day, check.order_in_time


def _said(card: TaskCard, before: Task | None, word: Task) -> TaskCard:
    """After one more word of whoever states it."""
    changed: dict[str, object] = {}
    if before is None or (word.status, word.done_on) != (before.status, before.done_on):
        is_done = word.status is TaskStatus.DONE
        changed = {"status": word.status}
        changed["done_on"] = (word.done_on or business_day(word.occurred_at, company().zone)) if is_done else None
    if before is not None and word.person_id != before.person_id:
        changed["person_id"] = word.person_id
    for name in ("due_on", "waits_for"):
        if before is not None and getattr(word, name) != getattr(before, name):
            changed[name] = getattr(word, name)
    if not changed:
        return card
    task = card.task.model_copy(update=changed)
    return replace(card, task=task, changed_by=word.who or "", changed_at=word.occurred_at)


def _done(card: TaskCard, action: ActionRow) -> TaskCard:
    """After something that somebody did; what may not follow where it stands changes nothing."""
    task, changed = card.task, dict[str, object]()
    is_open = task.status is TaskStatus.OPEN
    match action.what:
        case "start" if is_open:
            card = replace(card, started_at=card.started_at or action.at)
        case "done":
            changed = {"status": TaskStatus.DONE, "done_on": business_day(action.at, company().zone)}
        case "reopen":
            changed = {"status": TaskStatus.OPEN, "done_on": None}
            card = replace(card, decided={}, reopened=card.reopened + (not is_open))
        case "assign":
            changed = {"person_id": action.assignee_id or task.person_id}
        case "move" if action.until:
            changed = {"due_on": business_day(action.until, company().zone)}
        case "attach":
            card = replace(card, attached=(*card.attached, action))
        case "wait_for":
            changed = {"waits_for": tuple(dict.fromkeys((*task.waits_for, action.into)))}
        case "wait_no_more":
            changed = {"waits_for": tuple(id for id in task.waits_for if id != action.into)}
        case "check" if action.check in CHECKS and action.verdict in VERDICTS and task.status is TaskStatus.DONE:
            decision = Decision(action.verdict, action.who, action.at, action.note)
            card = replace(card, decided={**card.decided, action.check: decision})
        case _:
            return card
    return replace(card, task=task.model_copy(update=changed), changed_by=action.who, changed_at=action.at)


def blocked_by(card: TaskCard, others: Mapping[str, TaskCard]) -> list[TaskCard]:
    """Of the tasks it waits for those that are not carried out yet, as far as they are known."""
    found = (others[id] for id in card.task.waits_for if id in others)
    return [one for one in found if one.task.status is TaskStatus.OPEN]


def would_circle(task_id: str, waits_for: str, others: Mapping[str, TaskCard]) -> bool:
    """Whether a task that waited for another would, through those that one waits for, wait for itself."""
    seen, ahead = set[str](), [waits_for]
    while ahead:
        one = ahead.pop()
        if one == task_id:
            return True
        if one not in seen and one in others:
            seen.add(one)
            ahead += others[one].task.waits_for
    return False


@dataclass(frozen=True)
class Counts:
    """Tasks that count in a period: those due in it, and those of before that are still open. `due` is all of them but
    the cancelled ones, `done` and `overdue` are among them."""

    due: int = 0
    done: int = 0
    overdue: int = 0


def counting(cards: Iterable[TaskCard], start: date, end: date, today: date) -> list[TaskCard]:
    """Of these the tasks of the period, cancelled ones included."""
    return [
        card
        for card in cards
        if start <= card.task.due_on <= end or (card.task.due_on < start and card.standing(today) == "overdue")
    ]


def counted(cards: Iterable[TaskCard], start: date, end: date, today: date) -> Counts:
    """How many of the period's tasks there are, and how they stand."""
    how = [card.standing(today) for card in counting(cards, start, end, today)]
    return Counts(len(how) - how.count("cancelled"), how.count("done"), how.count("overdue"))
