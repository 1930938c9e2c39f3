"""What to speak of in the next one-to-one: what has changed since the last. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, get_args

from dashboard.coaching.skill_rows import SkillRow
from warehouse.queries.findings import FindingCard
from warehouse.task_life import TaskCard

What = Literal["finding", "check", "late", "done", "agreed", "moved", "behind"]
MOST_BEHIND = 2
"""Skills behind the peers that are spoken of though they have not moved, the furthest first."""


@dataclass(frozen=True)
class Point:
    """One thing to speak of, with what it is about."""

    what: What
    finding: FindingCard | None = None
    task: TaskCard | None = None
    skill: SkillRow | None = None


def agenda(
    person_id: str, cards: Iterable[FindingCard], tasks: Sequence[TaskCard], skills: Sequence[SkillRow],
    since: datetime, today: date,
) -> list[Point]:  # fmt: skip
    """New findings that name them, actions to decide, late, carried out or agreed, numbers that moved or lie behind."""
    points = [
        Point("finding", finding=card)
        for card in sorted(cards, key=lambda one: one.finding.gap)
        if card.is_about(person_id) and card.finding.state == "open" and (card.found_at or since) >= since
    ]
    of_tasks = [Point(what, task=card) for card in tasks if (what := _why(card, since, today))]
    points += sorted(of_tasks, key=lambda one: get_args(What).index(one.what))
    moved = [row for row in skills if row.has_moved]
    behind = [row for row in skills if row.stands == "behind" and row not in moved]
    behind.sort(key=lambda row: (row.gap or 0.0) / (abs(row.median or 0.0) or 1.0))
    return [
        *points,
        *(Point("moved", skill=row) for row in moved),
        *(Point("behind", skill=row) for row in behind[:MOST_BEHIND]),
    ]


def _why(card: TaskCard, since: datetime, today: date) -> What | None:
    """Why an action is spoken of; None where nothing has changed about it."""
    if card.asks_for:
        return "check"
    if card.standing(today) == "overdue":
        return "late"
    if card.task.done_on and card.task.done_on >= since.date():
        return "done"
    is_new = card.agreed_at is not None and card.agreed_at >= since
    return "agreed" if is_new and card.column in ("todo", "doing") else None
