"""The line of five dots: a problem found, its person, connected, actions agreed, their effect, each with its time.

Every time is that of an event: the first word of detection, the first message to the person, the earliest meeting, the
first action agreed about it, the day of the last measurement. Nothing is shown that nobody did. Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from dashboard.locales import Lang, t
from ingest.events import Check
from warehouse.queries.findings import FindingCard
from warehouse.queries.notifications import ToldRow
from warehouse.task_life import TaskCard

Name = Literal["found", "person", "connected", "actions", "effect"]


@dataclass(frozen=True)
class Dot:
    """One step: when it was reached, and how long after the problem was found; `at` None for one not reached.

    A step whose time no event tells is reached without one.
    """

    name: Name
    at: datetime | None
    is_reached: bool
    after: timedelta | None = None


@dataclass(frozen=True)
class Line:
    """The five dots of a finding, how many actions were agreed about it, and what was last measured of them."""

    dots: tuple[Dot, ...]
    actions: int = 0
    effect: Check | None = None
    verdict: str = ""


def line(card: FindingCard, told: Sequence[ToldRow], tasks: Sequence[TaskCard]) -> Line:
    """The line of a finding; `told` are messages about it and `tasks` actions, of other findings left out."""
    finding = card.finding
    begin = card.found_at or finding.since
    mine = [one for one in tasks if one.task.finding_id == finding.finding_id]
    named = {finding.responsible_id, finding.stand_in_for_id} - {None}
    person = min(
        (one.at for one in told if one.recipient in named and one.finding_id == finding.finding_id), default=None
    )
    met = min((action.at for action in card.actions if action.what == "meet"), default=card.treatment.met_at)
    agreed = min((one.agreed_at for one in mine if one.agreed_at), default=None)
    last = max(
        (one for one in mine if "lagging" in one.measured), key=lambda one: one.measured["lagging"].day, default=None
    )
    effect = last.measured["lagging"] if last else None
    verdict = ""
    if last and effect:
        decided = last.decided.get("lagging")
        verdict = decided.verdict if decided else effect.proposal
    reached: Sequence[tuple[Name, datetime | None, bool]] = (
        ("found", begin, True),
        ("person", person, person is not None or bool(finding.responsible_id)),
        ("connected", met, met is not None),
        ("actions", agreed, bool(mine)),
        ("effect", effect.occurred_at if effect else None, effect is not None),
    )
    dots = [Dot(name, at, is_so, at - begin if at else None) for name, at, is_so in reached]
    return Line(tuple(dots), len(mine), effect, verdict)


def lasted(after: timedelta, lang: Lang) -> str:
    """ "+4 s", "+38 min", "+3.2 h", "+12 d"; what came before counts as at once."""
    seconds = max(after.total_seconds(), 0.0)
    if seconds < 120:
        return t("dots.seconds", lang, count=f"{seconds:.0f}")
    if seconds < 7_200:
        return t("dots.minutes", lang, count=f"{seconds / 60:.0f}")
    if seconds < 172_800:
        return t("dots.hours", lang, count=f"{seconds / 3_600:.1f}")
    return t("dots.days", lang, count=f"{seconds / 86_400:.0f}")
