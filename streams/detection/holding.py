"""What is held while data is missing (DOMAIN R15): the rules that read a source that fell silent, where it feeds them.

A finding that says so stands; as long as it does, nothing that depends on that source is raised or ended there.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from ingest.events import Finding
from warehouse.client import AsyncWarehouse
from warehouse.queries.sent import fed

FEEDS = 0.1
"""Part of what an office was heard of from a source, from which on its figures depend on it."""

EVERYWHERE = ""
"""In the place of an office: what a topic feeds belongs to no one office."""


def said_of(topic: str, source: str) -> str:
    """How a finding names a source of a topic."""
    return f"{topic}:{source}"


@dataclass(frozen=True)
class Held:
    """By topic and office, the day since when what it feeds is held."""

    since: Mapping[str, Mapping[str, date]] = field(default_factory=dict)

    def offices(self, *topics: str) -> dict[str, date]:
        """The offices of which any of the topics is silent, each since the earliest day."""
        found: dict[str, date] = {}
        for topic in topics:
            for office, day in self.since.get(topic, {}).items():
                found[office] = min(day, found.get(office, day))
        return found


async def held_by(warehouse: AsyncWarehouse, silence: Sequence[Finding], today: date, heard_from: date) -> Held:
    """What is held by the findings of silence that stand; `heard_from` is the day from which on sources are known."""
    quiet: dict[str, dict[str, date]] = {}
    for word in silence:
        for one in word.behind:
            topic, _, source = one.id.partition(":")
            if one.kind == "source" and source and not one.amount:  # money of no known office is there, and counts
                quiet.setdefault(topic, {})[source] = one.since or today
    frames = await asyncio.gather(*(fed(warehouse, topic, sorted(of), heard_from) for topic, of in quiet.items()))
    found: dict[str, dict[str, date]] = {}
    for (topic, sources), frame in zip(quiet.items(), frames, strict=True):
        since = min(sources.values())
        offices = [one for one, things, theirs in frame.iter_rows() if theirs >= FEEDS * things]
        found[topic] = dict.fromkeys(offices or ([EVERYWHERE] if frame.is_empty() else []), since)
    return Held(found)
