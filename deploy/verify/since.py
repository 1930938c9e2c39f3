"""What the log adds to snapshots: every entity of which it speaks is computed anew with its history, and without."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from deploy.verify.log import logged, raws
from deploy.verify.parts import COLUMNS, Parts, hashes
from deploy.verify.snapshots import File, of_entities
from deploy.verify.sums import Recomputation
from ingest.retractions import reader
from ingest.settings import KafkaSettings
from ingest.topics import TOPICS

VERSIONS = 16
"""Versions that an entity of which the log speaks has in snapshots, at most on average: parts are made for as many."""
_RECORDS_AT_ONCE = 20_000


def since(
    of: Recomputation, files: Sequence[File], kafka: KafkaSettings, marks: Mapping[int, int], into: Path
) -> list[Path]:
    """The shares of the log up to and with these offsets, saved in the folder `into`. Raises `LogAway`."""
    records = sum(mark + 1 for mark in marks.values())
    held = sum(file.rows for file in files)
    with Parts(of.topic, records + min(held, VERSIONS * records), of.folder) as parts:
        of.say("reading the log")
        wanted = [np.zeros(0, np.uint64)]
        for table in _tables(of.topic, raws(kafka, of.topic, marks)):
            wanted.append(np.unique(hashes(table["entity_id"])))
            parts.deal([table])
        parts.deal(group.table() for group in of_entities(files, np.unique(np.concatenate(wanted))))
        shares = []
        for number in range(len(parts)):
            of.say(f"part {number + 1} of {len(parts)} of the log")
            events = parts.of(number)
            before = [one for one in events if one.partition < 0]
            for name, one in {"with": of.share(events), "without": -of.share(before)}.items():
                shares.append(into / f"{of.topic}-{number}-{name}.parquet")
                one.save(shares[-1])
        return shares


def _tables(topic: str, records: Iterable[tuple[int, int, bytes]]) -> Iterator[Any]:
    parse, left = reader(TOPICS[topic]), iter(records)
    while some := list(islice(left, _RECORDS_AT_ONCE)):
        place, row, raw = zip(*some, strict=True)
        events = (logged(topic, parse, *record).event for record in some)
        ids = pa.array(["" if event is None else event.entity_id for event in events], pa.string())
        yield pa.table([ids, pa.array(place), pa.array(row), pa.array(raw, pa.binary())], schema=COLUMNS)
