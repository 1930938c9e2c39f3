"""What somebody wants to do about a finding, held against its life: the event of it, or a clear word why not. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal

from dashboard.actions import What, action
from dashboard.locales import Lang, t
from ingest.calendar import OPENS, WorkingCalendar, business_day
from ingest.events import Action
from ingest.settings import company
from warehouse.life import REPLIES, STEPS, VERDICTS, Part, Step, refusal, step_of
from warehouse.queries.findings import FindingCard
from warehouse.viewer import Viewer

Pause = Literal["hours", "tomorrow", "week", ""]
PAUSES: Mapping[Pause, timedelta | int] = {"hours": timedelta(hours=2), "tomorrow": 1, "week": 5}
"""For how long a finding is snoozed: a while, or so many working days, until the office opens."""
WORSE: tuple[str, ...] = ("0.1", "0.2", "0.5")
"""By which part of its gap it must get worse to be armed again before that."""


class Refused(ValueError):
    """A step that may not be taken: `key` of the catalogue "life", with what to fill in by keys of the catalogue."""

    def __init__(self, key: str, **args: str) -> None:
        super().__init__(key)
        self.key, self.args_of = key, args

    def said(self, lang: Lang) -> str:
        """Why, in words."""
        return t(f"life.{self.key}", lang, **{name: _worded(value, lang) for name, value in self.args_of.items()})


def _worded(keys: str, lang: Lang) -> str:
    return t("life.or", lang).join(t(f"life.{key}", lang) for key in keys.split())


@dataclass(frozen=True)
class Wish:
    """What somebody wants: `reason` in words or a reply or verdict; when a snoozed one is armed; what to merge into."""

    what: What
    reason: str = ""
    pause: Pause = ""
    worse: str = ""
    into: str = ""


def event(
    viewer: Viewer, card: FindingCard, wish: Wish, now: datetime, calendar: WorkingCalendar,
    others: Mapping[str, FindingCard],
) -> Action:  # fmt: skip
    """The event of `viewer` doing it; `others` are the findings they see, by id. Raises `Refused` and `action`'s."""
    treatment, parts = card.treatment, card.parts_of(viewer)
    if wish.what == "answer" and not ("named" in parts and wish.reason in REPLIES):
        raise Refused("not_your_answer")
    if wish.what == "judge" and wish.reason not in VERDICTS:
        raise Refused("no_verdict")
    step = step_of(wish.what, wish.reason, treatment.status, is_named="named" in parts)
    if step and wish.what not in ("meet", "answer"):  # to meet or to answer is never refused; it may move nothing
        _check(step, card, parts)
    if step and step.needs_note and not wish.reason.strip():
        raise Refused("needs_note")
    more: dict[str, object] = {}
    if wish.what == "snooze":
        more = _snoozed(wish, now, calendar)
    elif wish.what == "merge":
        more = {"into": _target(card, others.get(wish.into))}
    return action(viewer, wish.what, card.finding.finding_id, wish.reason, now).model_copy(update=more)


def _check(step: Step, card: FindingCard, parts: frozenset[Part]) -> None:
    match refusal(step, card.treatment.status, parts):
        case "state":
            after = " ".join(f"state_{one}" for one in step.after)
            raise Refused("refused_state", state=f"state_{card.treatment.status}", step=f"do_{step.what}", after=after)
        case "person":
            by = " ".join(f"part_{one}" for one in step.by if one != "detection")
            raise Refused("refused_person", step=f"do_{step.what}", by=by)


def _snoozed(wish: Wish, now: datetime, calendar: WorkingCalendar) -> dict[str, object]:
    if not wish.pause and wish.worse not in WORSE:
        raise Refused("needs_until")
    worse = Decimal(wish.worse) if wish.worse in WORSE else None
    return {"until": ends(wish.pause, now, calendar), "worse_by": worse}


def ends(pause: Pause, now: datetime, calendar: WorkingCalendar) -> datetime | None:
    """When a pause that begins at `now` is over; None for one that ends by no time."""
    if not pause:
        return None
    long, zone = PAUSES[pause], company().zone
    if isinstance(long, timedelta):
        return now + long
    day = calendar.add_working_days(business_day(now, zone), long)
    return datetime.combine(day, OPENS, zone)


def _target(card: FindingCard, into: FindingCard | None) -> str:
    if into is None or into is card or not into.treatment.is_active:
        raise Refused("no_target")
    return into.finding.finding_id


def may(card: FindingCard, viewer: Viewer | None, what: str) -> bool:
    """Whether a button for it is of use to `viewer`; None: to anybody."""
    parts: frozenset[Part] = card.parts_of(viewer) if viewer else frozenset(("leader", "ops", "holder"))
    step = step_of(what, "", card.treatment.status, is_named="named" in parts) or STEPS[what]
    return refusal(step, card.treatment.status, parts) is None
