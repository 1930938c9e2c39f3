"""Trials of rules in the background: what somebody asked for is tried, its progress told, given up when they say so.

One at a time, on the worker that holds the clock; after each day it rests for as long as that took. A worker that takes
over begins the trial that was under way anew.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from aiokafka.errors import KafkaError

from ingest.events import Action, Trial
from ingest.settings import CompanySettings
from streams.detection.findings import micros
from streams.detection.sweeper import Laws
from streams.detection.trial import Side, tried
from warehouse.client import AsyncWarehouse
from warehouse.thresholds import checked, rule_words

log = logging.getLogger(__name__)

LOOKS_SECONDS = 0.2

MONTHS = 3
"""How far back a rule is tried when nothing is said."""

_ASKED = """
SELECT state FROM action_events WHERE what = 'try_rule' AND substring(subject, 7) NOT IN (
    SELECT trial_id FROM trial_events WHERE trial_state != 'running')
ORDER BY changed_at, version, offset LIMIT 1
"""
_OVER = "SELECT count() FROM trial_events WHERE trial_id = {id:String} AND trial_state != 'running'"
_CANCELLED = "SELECT count() FROM action_events WHERE subject = {subject:String} AND what = 'cancel'"


@dataclass(frozen=True)
class Trials:
    """Takes up what was asked for. `send` puts words on the log, `is_ours` says whether to go on."""

    warehouse: AsyncWarehouse
    company: CompanySettings
    send: Callable[[str, Sequence[Trial]], Awaitable[None]]
    is_ours: Callable[[], bool]

    async def look(self) -> None:
        """Try what waits longest, if anything does, to its end."""
        rows = await self.warehouse.rows(_ASKED)
        if rows and self.is_ours():
            await self._run(Action.model_validate_json(rows[0][0]))

    async def _until_over(self, trial_id: str) -> None:
        """The last word is stored by another stream of this worker, or of another."""
        while self.is_ours():
            if (await self.warehouse.rows(_OVER, {"id": trial_id}))[0][0]:
                return
            await asyncio.sleep(LOOKS_SECONDS)

    async def _run(self, asked: Action) -> None:
        rule, trial_id = asked.rule or "", asked.subject.removeprefix("trial:")

        async def say(state: str, **more: object) -> None:
            """One word; after the last one until it is stored, so that the trial is not taken up again."""
            now = datetime.now(UTC)
            word = {"occurred_at": now, "version": micros(now), "event_id": f"{trial_id}-{micros(now)}"}
            said = {"trial_id": trial_id, "rule": rule, "trial_state": state, "source": "worker", **word, **more}
            await self.send("trials", [Trial.model_validate(said)])
            if state != "running":
                await self._until_over(trial_id)

        try:
            numbers = checked(rule, asked.thresholds or {})
            laws = Laws().with_words(await rule_words(self.warehouse, asked.occurred_at))
            sides = Side(laws, rule), Side(laws.but(rule, numbers), rule)
            begin, how_far = time.monotonic(), {}
            days = tried(self.warehouse, self.company, sides, asked.occurred_at, asked.months or MONTHS)
            async for done, of, start in days:
                if not self.is_ours():
                    return None
                how_far = {"done": done, "of": of, "start": start}
                if (await self.warehouse.rows(_CANCELLED, {"subject": asked.subject}))[0][0]:
                    return await say("cancelled", **how_far)
                if done < of:
                    await say("running", **how_far)
                await asyncio.sleep(time.monotonic() - begin)
                begin = time.monotonic()
            await say("done", as_is=sides[0].result(), changed=sides[1].result(), **how_far)
        except KafkaError:
            raise
        except Exception as error:  # whatever it is, the worker goes on and the trial is not taken up again
            log.exception("the trial %s of %s failed", trial_id, rule)
            await say("failed", error=str(error)[:500])
