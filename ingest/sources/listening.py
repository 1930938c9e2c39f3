"""`oneboard listen`: the topics and tables of mappings, each read in a thread of its own until it is told to stop."""

import logging
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol

from ingest.errors import Terminal, Transient
from ingest.mappings.shape import KafkaTopic, SqlTable
from ingest.publisher import Publisher, ensure_topics
from ingest.settings import IngestSettings, source, source_kafka, source_prefix
from ingest.sources.counters import Counters
from ingest.sources.delivery import Delivery, Log
from ingest.sources.found import live_tables
from ingest.sources.kafka import KafkaSource
from ingest.sources.live import LiveTable
from ingest.sources.sql import SqlSource

_SHORTEST_PAUSE, _LONGEST_PAUSE = 1.0, 30.0
_TELL_EVERY_SECONDS = 1.0
_log = logging.getLogger(__name__)


class Source(Protocol):
    """Something to be read in turns."""

    name: str
    counters: Counters

    def turn(self) -> float:
        """Take what is there; seconds to rest. `Transient` is tried again, `Terminal` is the end."""
        ...

    def let_go(self) -> None: ...


def sources_of(paths: Iterable[Path], log: Log, settings: IngestSettings) -> list[Source]:
    """The topics and tables of mappings, ready to be read; raises before any is read when one cannot be."""
    return [source_of(live, log, settings) for live in live_tables(paths, (KafkaTopic, SqlTable))]


def source_of(live: LiveTable, log: Log, settings: IngestSettings) -> KafkaSource | SqlSource:
    """One of them. What it lacks in settings is a `Terminal`."""
    kind = "topic" if isinstance(live.shape, KafkaTopic) else "table"
    counters = Counters(live.name, kind, live.mapping.title)
    delivery = Delivery(live, log, counters, settings.bad_rows_in_a_row)
    if isinstance(live.shape, KafkaTopic):
        return KafkaSource(live, source_kafka(live.shape.connection or live.name), delivery, counters)
    assert isinstance(live.shape, SqlTable)
    return SqlSource(live, url_of(live.shape), delivery, counters, settings.state_dir)


def url_of(shape: SqlTable) -> str:
    """The address of a table's database, from the environment only."""
    name = shape.connection or shape.name
    url = source(name).url
    if url is None:
        raise Terminal(
            f"put the address of the database of {shape.name} into {source_prefix(name)}URL, as "
            "postgresql+psycopg://user:password@host/database"
        )
    return url.get_secret_value()


def listen(paths: Sequence[Path], settings: IngestSettings, publisher: Publisher, stop: threading.Event) -> bool:
    """Read every topic and table until `stop`; False when all of them had to stop by themselves.

    One that fails is tried again, later and later; one that somebody must mend stops and the others go on.
    """
    sources = sources_of(paths, publisher, settings)
    if not sources:
        raise Terminal("no mapping here has a [[kafka]] or an [[sql]]: there is nothing to listen to")
    ensure_topics(publisher.settings)
    threads = [threading.Thread(target=attend, args=(one, stop), name=one.name, daemon=True) for one in sources]
    for thread in threads:
        thread.start()
    while alive := [thread for thread in threads if thread.is_alive()]:
        for one in sources:
            one.counters.save(settings.state_dir)
        alive[0].join(_TELL_EVERY_SECONDS)
    for one in sources:
        one.counters.save(settings.state_dir)
    return stop.is_set()


def attend(source: Source, stop: threading.Event) -> None:
    """Read one source, turn by turn, until `stop` or until somebody must mend it."""
    pause = _SHORTEST_PAUSE
    try:
        while not stop.is_set():
            try:
                rest = source.turn()
            except Transient as error:
                _log.warning("%s: %s; trying again in %.0f s", source.name, error, pause)
                source.counters.failed(error, for_good=False)
                source.let_go()
                stop.wait(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)
            else:
                pause = _SHORTEST_PAUSE
                if rest:
                    stop.wait(rest)
    except Terminal as error:
        _log.error("%s stops: %s", source.name, error)
        source.counters.failed(error, for_good=True)
    finally:
        if not stop.is_set() and source.counters.state != "stopped":
            source.counters.failed(Terminal("it ended by a fault of oneboard; the log says which"), for_good=True)
        source.let_go()
