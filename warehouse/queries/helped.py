"""The library of what helped: for each kind of cause and each measure, what came of all actions that were decided."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from ingest.events import Finding
from warehouse.answers import ORG, Reads, ask_of_ids, held
from warehouse.client import AsyncWarehouse
from warehouse.pooling import Outcome, Pooled, pooled
from warehouse.queries.findings import SUBJECTS_AT_ONCE, parsed
from warehouse.queries.tasks import tasks
from warehouse.task_life import ENDS, TaskCard
from warehouse.viewer import Viewer

_CAUSES = """
SELECT argMax(state, (version, offset)) FROM finding_events
WHERE finding_id IN {ids:Array(String)} AND state != '' GROUP BY finding_id
"""


@dataclass(frozen=True)
class Helped:
    """What came of one measure against one kind of cause, of the whole company, without names."""

    cause: str
    remedy: str
    outcome: Pooled


def cause_of(finding: Finding) -> str:
    """What kind of cause a finding has: the factor that fell where one is known, else what its rule looks for."""
    return finding.kind or finding.rule


async def helped(warehouse: AsyncWarehouse, day: date) -> list[Helped]:
    """All measures that were taken, by cause; the one that helped most often first. Pooled over everybody's actions."""
    reads = (Reads("task_events"), Reads("action_events"), Reads("check_events"), Reads("finding_events"), ORG)
    return await held(("helped", id(warehouse), day), reads, lambda: _helped(warehouse, day))


async def _helped(warehouse: AsyncWarehouse, day: date) -> list[Helped]:
    every = await tasks(warehouse, Viewer.system(), day, "finding_id")
    over = [card for card in every if card.task.finding_id and card.task.remedy and _verdict(card) in ENDS]
    if not over:
        return []
    ids = {card.task.finding_id or "" for card in over}
    rows = await ask_of_ids(warehouse, _CAUSES, ids, {}, Reads("finding_events"), SUBJECTS_AT_ONCE)
    found = [parsed(state) for (state,) in rows.iter_rows()]
    return gathered(over, {one.finding_id: cause_of(one) for one in found})


def gathered(over: Iterable[TaskCard], causes: Mapping[str, str]) -> list[Helped]:
    """Actions that were decided, by the cause of their finding and by measure. Pure."""
    outcomes: dict[tuple[str, str], list[Outcome]] = {}
    for card in over:
        cause, remedy = causes.get(card.task.finding_id or ""), card.task.remedy
        if cause and remedy:
            outcomes.setdefault((cause, remedy.value), []).append(_outcome(card))
    found = [Helped(cause, remedy, pooled(of)) for (cause, remedy), of in outcomes.items()]
    return sorted(found, key=lambda one: (-one.outcome.worked / one.outcome.count, -one.outcome.count, one.remedy))


def _verdict(card: TaskCard) -> str:
    decided = card.decided.get("lagging")
    return decided.verdict if decided else ""


def _outcome(card: TaskCard) -> Outcome:
    check = card.measured.get("lagging")
    worked = _verdict(card) == "worked"
    if check is None or check.effect is None or check.low is None or check.high is None or not check.expected:
        return Outcome(worked)
    effect, low, high = (float(one / check.expected) for one in (check.effect, check.low, check.high))
    return Outcome(worked, (effect, low, high))
