"""The life of a finding: its states, the steps that lead from one to another, who may take them, and where it stands.

Steps are rows; what happened is folded over them in the order of time. A step that may not follow where a finding
stands changes nothing, so that a log in which two people raced says the same to everybody. Pure.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Literal, get_args

from ingest.events import Finding
from warehouse.measures import DefinitionError

State = Literal[
    "open", "acknowledged", "taken", "in_treatment", "contested", "snoozed", "merged", "not_a_problem",
    "verified", "closed", "retracted",
]  # fmt: skip
STATES: tuple[State, ...] = get_args(State)
ACTIVE: tuple[State, ...] = ("open", "acknowledged", "taken", "in_treatment")
RESTS: tuple[State, ...] = ("snoozed", "merged")
"""States that a finding leaves for where it stood before."""
ENDS: tuple[State, ...] = ("verified", "closed", "retracted")

Part = Literal["named", "holder", "leader", "ops", "detection"]
"""Who somebody is to a finding: named by it, the one who has it in hand, whoever leads the place, sales operations."""
ANYBODY: tuple[Part, ...] = ("named", "holder", "leader", "ops")
DECIDES: tuple[Part, ...] = ("leader", "ops")
DETECTION = "detection"

Reply = Literal["known", "stock_out", "customer_postponed", "not_mine", "wrong_data"]
REPLIES: tuple[Reply, ...] = get_args(Reply)
"""What the person named says with one tap."""
CONTESTS: tuple[Reply, ...] = ("stock_out", "not_mine", "wrong_data")
"""Replies that say, as "not a problem" does, that it is not theirs to answer for."""
Verdict = Literal["right", "wrong_person", "no_problem"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
"""What people say with one click of whether it was found rightly."""


@dataclass(frozen=True)
class Step:
    """`what` leads from any of `after` to `to` (None: where it stood before it rested), and may be taken by `by`."""

    what: str
    after: tuple[State, ...]
    to: State | None
    by: tuple[Part, ...]
    needs_note: bool = False


_OPEN: tuple[State, ...] = ("open", "acknowledged")
_ROWS = (
    Step("acknowledge", ("open",), "acknowledged", ANYBODY),
    Step("take", ("open", "acknowledged", "taken", "contested", "snoozed", "not_a_problem"), "taken", ANYBODY),
    Step("assign", (*ACTIVE, "contested"), "taken", ("holder", *DECIDES)),
    Step("meet", ("open", "acknowledged", "taken"), "in_treatment", ANYBODY),
    Step("treat", ("open", "acknowledged", "taken"), "in_treatment", ANYBODY, needs_note=True),
    Step("verify", ("taken", "in_treatment"), "verified", (*DECIDES, "detection")),
    Step("close", ("verified",), "closed", DECIDES),
    Step("end", (*ACTIVE, *RESTS, "contested", "not_a_problem"), "closed", ("detection",)),
    Step("snooze", ACTIVE, "snoozed", DECIDES),
    Step("rearm", ("snoozed",), None, (*DECIDES, "detection")),
    Step("merge", (*ACTIVE, "contested"), "merged", (*DECIDES, "detection")),
    Step("split", ("merged",), None, DECIDES),
    Step("contest", ACTIVE, "contested", ("named",), needs_note=True),
    Step("not_a_problem", (*ACTIVE, "contested", "snoozed"), "not_a_problem", DECIDES, needs_note=True),
    Step("release", ("acknowledged", "taken", "in_treatment", "contested", "not_a_problem"), "open",
         ("holder", *DECIDES)),
    Step("reopen", ENDS, "open", (*DECIDES, "detection")),
    Step("retract", tuple(one for one in STATES if one != "retracted"), "retracted", ("detection",)),
)  # fmt: skip


def _checked(rows: Sequence[Step]) -> dict[str, Step]:
    found = {row.what: row for row in rows}
    if len(found) < len(rows):
        raise DefinitionError("two steps of a finding's life have the same name")
    if left := set(STATES) - {"open"} - {row.to for row in rows}:
        raise DefinitionError(f"no step leads to {', '.join(sorted(left))}")
    return found


STEPS = _checked(_ROWS)
"""By what is done."""


@dataclass(frozen=True)
class ActionRow:
    """What somebody did, and when by the business's clock; the last five where a step says them."""

    event_id: str
    subject: str
    who: str
    what: str
    note: str
    assignee_id: str
    at: datetime
    until: datetime | None = None
    worse_by: Decimal | None = None
    into: str = ""
    check: str = ""
    verdict: str = ""


@dataclass(frozen=True)
class Word:
    """What detection said of a finding at an instant, and whom it named."""

    at: datetime
    state: str
    gap: Decimal
    responsible_id: str = ""
    into: str = ""


@dataclass(frozen=True)
class Treatment:
    """Where a finding stands: who has it, since when, what was said to it.

    `before` is where it goes back to when it rests no more; `gap` is the last that detection said. `touched_at` is when
    somebody first did something about it since it was opened (again), `ended_at` when it was over, `named_at` since
    when it names who answers now.
    """

    status: State = "open"
    status_by: str = ""
    status_at: datetime | None = None
    reason: str = ""
    assignee_id: str = ""
    met_by: str = ""
    met_at: datetime | None = None
    reply: str = ""
    reply_by: str = ""
    reply_at: datetime | None = None
    before: State = "open"
    until: datetime | None = None
    worse_by: Decimal | None = None
    gap_then: Decimal = Decimal(0)
    into: str = ""
    gap: Decimal = Decimal(0)
    named: str = ""
    named_at: datetime | None = None
    opened_at: datetime | None = None
    touched_at: datetime | None = None
    ended_at: datetime | None = None
    reopened: int = 0
    verdicts: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_active(self) -> bool:
        """Whether it stands and asks for somebody."""
        return self.status in (*ACTIVE, "contested")

    def wakes(self, now: datetime) -> bool:
        """Whether a snoozed one is to be armed again: its time has come, or it is worse by as much as was said."""
        if self.status != "snoozed":
            return False
        is_time = self.until is not None and now >= self.until
        return is_time or (self.worse_by is not None and self.gap <= self.gap_then * (1 + self.worse_by))


def is_about(finding: Finding, person_id: str) -> bool:
    """Whether it names this person: who answers for it, for whom they stand in, or of whose figures it speaks."""
    return person_id in {finding.responsible_id, finding.stand_in_for_id, finding.slice.person_id} - {None, ""}


def step_of(what: str, note: str, status: State, *, is_named: bool) -> Step | None:
    """The step that an action is; None for what moves nothing. What the one named says against it is a contest."""
    if what == "answer":
        return STEPS["contest"] if is_named and note in CONTESTS and status in _OPEN else None
    if what == "not_a_problem" and is_named:
        return STEPS["contest"]
    return STEPS.get(what)


def refusal(step: Step, status: State, parts: Collection[Part]) -> Literal["state", "person"] | None:
    """Why somebody may not take a step: it does not follow where the finding stands, or is not theirs; None: may."""
    if status not in step.after:
        return "state"
    return None if set(step.by) & set(parts) else "person"


def folded(actions: Iterable[ActionRow], words: Iterable[Word] = (), finding: Finding | None = None) -> Treatment:
    """What was said and done, in any order, folded to where it stands; `finding` says whom it names."""
    happened: list[tuple[datetime, int, int, ActionRow | Word]] = []
    happened += [(word.at, 0, n, word) for n, word in enumerate(words)]
    happened += [(action.at, 1, n, action) for n, action in enumerate(actions)]
    found = Treatment()
    for *_, one in sorted(happened, key=lambda one: one[:3]):
        found = _said(found, one) if isinstance(one, Word) else _done(found, one, finding)
    return found


def _moved(found: Treatment, step: Step, who: str, at: datetime) -> Treatment:
    """After a step that may follow; unchanged after one that may not."""
    if step.to is None and found.status in step.after:
        return replace(found, status=found.before, until=None, worse_by=None, into="")
    if step.to is None or found.status not in step.after:
        return found
    before = found.status if step.to in RESTS else found.before
    ended = at if step.to in ENDS else None
    return replace(
        found, status=step.to, status_by=who, status_at=at, reason="", before=before, until=None, worse_by=None,
        into="", ended_at=ended,
    )  # fmt: skip


def _said(found: Treatment, word: Word) -> Treatment:
    last, found = found.gap, replace(found, gap=word.gap, opened_at=found.opened_at or word.at)
    if word.state == "open":
        by_detection = found.status_by == DETECTION
        is_worse = not by_detection and found.status in ENDS and word.gap < last
        if is_worse or (by_detection and found.status in (*ENDS, "merged")):
            found = Treatment(
                status_by=DETECTION, status_at=word.at, gap=word.gap, opened_at=word.at,
                reopened=found.reopened + 1, verdicts=found.verdicts,
            )  # fmt: skip
        is_theirs = found.named_at is not None and found.named == word.responsible_id
        return found if is_theirs else replace(found, named=word.responsible_id, named_at=word.at)
    if word.state == "retracted":
        step = STEPS["merge"] if word.into and found.status in STEPS["merge"].after else STEPS["retract"]
        return replace(_moved(found, step, DETECTION, word.at), into=word.into, ended_at=word.at)
    was_treated = (found.before if found.status in RESTS else found.status) in STEPS["verify"].after
    if was_treated:
        found = replace(found, status="in_treatment")
    return _moved(found, STEPS["verify" if was_treated else "end"], DETECTION, word.at)


def _done(found: Treatment, action: ActionRow, finding: Finding | None) -> Treatment:
    who, at, note = action.who, action.at, action.note
    match action.what:
        case "answer":
            found = replace(found, reply=note, reply_by=who, reply_at=at)
        case "meet":
            found = replace(found, met_by=who, met_at=at)
        case "judge" if note in VERDICTS:
            return replace(found, verdicts={**found.verdicts, who: note})
    step = step_of(action.what, note, found.status, is_named=finding is not None and is_about(finding, who))
    if who != DETECTION and (step or action.what == "answer"):
        found = replace(found, touched_at=found.touched_at or at)
    if step is None or found.status not in step.after:
        return found
    found = _moved(found, step, who, at)
    match step.what:
        case "take":
            return replace(found, assignee_id=who)
        case "assign":
            return replace(found, assignee_id=action.assignee_id)
        case "meet" | "treat":
            return replace(found, assignee_id=found.assignee_id or who, reason=note)
        case "not_a_problem" | "contest":
            return replace(found, assignee_id="", reason=note)
        case "release" | "reopen":
            return replace(found, assignee_id="", status_by="", status_at=None)
        case "snooze":
            return replace(found, until=action.until, worse_by=action.worse_by, gap_then=found.gap, reason=note)
        case "merge":
            return replace(found, into=action.into)
    return found
