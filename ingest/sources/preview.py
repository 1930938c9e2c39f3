"""What the first rows of live sources would become; nothing is sent and nothing remembered."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from ingest.dead_letters import Letter
from ingest.errors import IngestError
from ingest.intake import Sealed
from ingest.mappings.shape import KafkaTopic, SqlTable, Webhook
from ingest.settings import IngestSettings
from ingest.sources.found import live_tables
from ingest.sources.listening import source_of
from ingest.sources.live import LiveTable, Mapped

EXAMPLES = 5
"""So many events and so many faults are shown of each source."""


def preview(paths: Iterable[Path], settings: IngestSettings, most: int) -> Iterator[str]:
    """Lines for a person: of every source what its first `most` rows would become, or why it cannot be read."""
    for live in live_tables(paths):
        if isinstance(live.shape, Webhook):
            yield f"{live.name} (webhook): post a body of its own to /v1/hooks/{live.name}?dry_run=true of the door"
            continue
        try:
            yield from _previewed(live, settings, most)
        except IngestError as error:
            yield f"{live.name} ({_of(live)}): {error}"


def _previewed(live: LiveTable, settings: IngestSettings, most: int) -> Iterator[str]:
    source = source_of(live, _Nothing(), settings)
    try:
        mapped = source.first(most)
    finally:
        source.let_go()
    yield from shown(live, mapped)


def shown(live: LiveTable, mapped: Mapped) -> Iterator[str]:
    """What rows would become, in lines: events, faults, and what the mapping names and no row has."""
    unused = f"; no rule is about {mapped.unused:,} of them" if mapped.unused else ""
    yield f"{live.name} ({_of(live)}): {mapped.rows:,} rows would become {mapped.events:,} events{unused}"
    events = [(topic, event.value.decode()) for topic, sealed in mapped.sealed.items() for event in sealed]
    yield from (f"  {topic}: {event}" for topic, event in events[:EXAMPLES])
    yield from (f"  row {one.place + 1}: {one.said()}" for one in mapped.rejected[:EXAMPLES])
    if len(mapped.rejected) > EXAMPLES:
        yield f"  and {len(mapped.rejected) - EXAMPLES:,} more rows that cannot be mapped"
    yield from (f"  note: {note}" for note in live.notes())


def _of(live: LiveTable) -> str:
    shape = live.shape
    if isinstance(shape, KafkaTopic):
        return f"topic {shape.topic}"
    return f"table {shape.table}" if isinstance(shape, SqlTable) and shape.table else "query"


class _Nothing:
    """A log for who only looks."""

    def publish_many(self, topic: str, sealed: Iterable[Sealed | Letter]) -> int:
        raise AssertionError("a look sends nothing")
