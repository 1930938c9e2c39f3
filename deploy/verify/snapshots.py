"""The events of snapshots as they stand in their files, up to given rows."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pyarrow.parquet as pq

from deploy.verify.log import Logged, logged
from ingest.retractions import reader
from ingest.topics import TOPICS
from streams.snapshot.manifest import check, snapshots

BEFORE_THE_LOG = -1_000_000
"""A snapshot's files stand before the log's partitions: of a version that is in both, the snapshot's came first."""


class Snapshots:
    """Every snapshot below a folder; none where there is no folder."""

    def __init__(self, folder: Path | None) -> None:
        self._found = list(snapshots(folder)) if folder else []
        self.topic_ids = [manifest.topic_id for _, manifest in self._found]

    def read(self, topic: str, up_to: Mapping[tuple[str, int], int]) -> Iterator[Logged]:
        """Every event of a topic up to and with the given row of each file."""
        parse = reader(TOPICS[topic])
        place = BEFORE_THE_LOG
        for folder, manifest in self._found:
            for partition, file in manifest.of_topic(topic):
                rows = up_to.get((manifest.topic_id, partition), -1) + 1
                place += 1
                if rows:
                    events = pq.read_table(check(folder, file), columns=["event"])["event"][:rows]
                    for row, event in enumerate(events):
                        yield logged(topic, parse, place, row, event.as_py().encode())
