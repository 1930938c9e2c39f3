"""Rules tried on the past: who asked for it with which numbers, how far it is, and what came of it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from ingest.events import Action, Trial
from warehouse.answers import Reads, ask
from warehouse.client import AsyncWarehouse

_ASKED = """
SELECT state, substring(subject, 7) AS id FROM action_events WHERE what = 'try_rule'
ORDER BY changed_at DESC, version DESC, offset DESC LIMIT 1 BY subject LIMIT {most:UInt32}
"""
_WORDS = """
SELECT trial_id, argMax(state, (trial_state != 'running', version, offset)) FROM trial_events WHERE state != ''
GROUP BY trial_id
"""
_CANCELLED = "SELECT DISTINCT substring(subject, 7) FROM action_events WHERE what = 'cancel' AND subject LIKE 'trial:%'"


@dataclass(frozen=True)
class TrialCard:
    """A trial; `word` is the last on it, None while it waits."""

    id: str
    rule: str
    who: str
    at: datetime
    numbers: Mapping[str, Decimal] = field(default_factory=dict)
    word: Trial | None = None
    is_cancelled: bool = False

    @property
    def state(self) -> str:
        """waiting, running, cancelled, failed or done; cancelled as soon as somebody said so."""
        if self.word and self.word.trial_state != "running":
            return self.word.trial_state
        return "cancelled" if self.is_cancelled else "running" if self.word else "waiting"


async def trials(warehouse: AsyncWarehouse, most: int = 50) -> list[TrialCard]:
    """The newest trials, the newest first."""
    asked, words, gone = await asyncio.gather(
        ask(warehouse, _ASKED, {"most": most}, Reads("action_events")),
        ask(warehouse, _WORDS, {}, Reads("trial_events")),
        ask(warehouse, _CANCELLED, {}, Reads("action_events")),
    )
    said, cancelled = dict(words.iter_rows()), set(gone.to_series()) if len(gone) else set()
    found = []
    for state, id in asked.iter_rows():
        event = Action.model_validate_json(state)
        word = Trial.model_validate_json(said[id]) if id in said else None
        numbers = event.thresholds or {}
        found.append(TrialCard(id, event.rule or "", event.who, event.occurred_at, numbers, word, id in cancelled))
    return found
