"""What became of findings like those that stand: the same rule in the past, what was done, how it ended."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from ingest.calendar import business_day
from ingest.events import Finding
from ingest.settings import company
from warehouse.answers import Reads, ask
from warehouse.client import AsyncWarehouse
from warehouse.life import Treatment, folded
from warehouse.queries.findings import actions_on, parsed, subject
from warehouse.viewer import ScopeColumns, Viewer, scope_of

MOST, YEAR = 300, 366
"""Findings looked at, the newest first, and the days back to which they are."""

_OVER = """
SELECT state FROM (
    SELECT state, finding_state, changed_at, finding_id, product_id, person_id,
        if(unit_id = '' AND person_id != '', dictGet('people', 'unit_id', person_id, {day:Date}), unit_id) AS home
    FROM finding_events WHERE state != '' AND rule IN {rules:Array(String)} AND changed_at <= {now:DateTime64(6, 'UTC')}
    ORDER BY finding_id, version DESC, offset DESC LIMIT 1 BY finding_id)
WHERE finding_state != 'open' AND changed_at > {since:Date} AND SCOPE
ORDER BY changed_at DESC, finding_id LIMIT {most:UInt32}
"""


@dataclass(frozen=True)
class Similar:
    """A finding that is over, by its last word, and what people did about it."""

    finding: Finding
    treatment: Treatment

    def is_like(self, other: Finding) -> bool:
        """Whether it speaks of the same rule and, in its slice or a cell, of a place the other speaks of too."""
        return self.finding.rule == other.rule and bool(_places(self.finding) & _places(other))


async def over(warehouse: AsyncWarehouse, viewer: Viewer, rules: Collection[str], now: datetime) -> list[Similar]:
    """Findings of these rules that are over as of `now`, as far as the viewer may see them; the newest first."""
    if not rules:
        return []
    day = business_day(now, company().zone)
    scope, values = scope_of(viewer, ScopeColumns("home", "person_id", "product_id"), "{day:Date}")
    since = date.fromordinal(day.toordinal() - YEAR)
    values |= {"day": day, "rules": sorted(rules), "now": now, "since": since, "most": MOST}
    rows = await ask(warehouse, _OVER.replace("SCOPE", scope), values, Reads("finding_events"))
    found = [parsed(state) for state in rows["state"]]
    done = await actions_on(warehouse, *map(subject, found), until=now) if found else []
    return [Similar(one, folded([act for act in done if act.subject == subject(one)], finding=one)) for one in found]


def _places(finding: Finding) -> set[str]:
    return {finding.slice.key, *(cell.slice.key for cell in finding.cells)}
