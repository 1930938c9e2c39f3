"""Filling a generation: the snapshots beside the log, then the log, again and again until little of it is left."""

import asyncio
import math
import time
from collections.abc import Collection
from pathlib import Path

from deploy.rebuild.spread import Into, OfLog, OfSnapshot, Spread
from ingest import log_watch
from ingest.letters.letter import letter_of
from ingest.log_watch import LogState, LogWatch
from ingest.reader import Reader
from ingest.settings import KafkaSettings
from streams.edition import Editions
from streams.readings import READINGS
from streams.replay import Place, Replay
from streams.snapshot.loading import load_snapshot
from streams.snapshot.manifest import Manifest, snapshots
from warehouse.client import AsyncWarehouse
from warehouse.queries.freshness import freshness

FEW_EVENTS = 50_000
"""Fewer are through before other processes have begun."""
LEFT_RECORDS, LEFT_SECONDS = 2_000, 1.0
"""So little of the log, or so short a round, is left to the workers."""
MOST_ROUNDS = 20
SHRINKS = 0.8


class Told:
    """The places of which letters lie on the log; `read` brings it up to date."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._reader, self._prefix = Reader(settings), settings.topic_prefix
        self._next: dict[object, int] = {}
        self.places: set[Place] = set()

    def read(self) -> set[Place]:
        partitions = self._reader.partitions("dead-letters")
        begins, ends = self._reader.begins(partitions), self._reader.ends(partitions)
        for record in self._reader.records({tp: self._next.get(tp, begins[tp]) for tp in partitions}, ends):
            letter = letter_of(record, self._prefix, 0)
            if letter.origin:
                self.places.add((letter.topic, *letter.origin))
        self._next |= ends
        return self.places

    def close(self) -> None:
        self._reader.close()


class Filling:
    """What one rebuild does to its generation; `warehouse` is that generation's."""

    def __init__(self, into: Into, warehouse: AsyncWarehouse, processes: int) -> None:
        self._into, self._warehouse, self._processes = into, warehouse, processes
        self._watch, self._told = LogWatch(into.kafka, ""), Told(into.kafka)
        self._replays: dict[str, Replay] = {}
        self._entered = 0
        self._spread: Spread | None = None

    @property
    def events(self) -> int:
        """How many have entered."""
        return self._entered + (self._spread.events if self._spread else 0)

    async def first(self, folder: Path) -> None:
        """Enter every snapshot below a folder, one after the other, then the log as it stands."""
        state = await asyncio.to_thread(self._watch.look)
        kept = list(snapshots(folder))
        many = sum(manifest.events for _, manifest in kept) + sum(state.to_store.values())
        if many < FEW_EVENTS:
            for path, manifest in kept:
                await load_snapshot(path, manifest, self._into.company, self._warehouse, self._progress)
            return await self._round(state, await asyncio.to_thread(self._told.read))
        with Spread(self._into, self._processes) as self._spread:
            for path, manifest in kept:
                await self._spread.all([OfSnapshot(path, files) for files in self._shares(manifest)])
            told = frozenset(await asyncio.to_thread(self._told.read))
            places = sorted(state.to_store.items(), key=lambda one: -one[1])
            errands = [OfLog(*place, end, told) for place, end in places]
            for place, reached in zip(places, await self._spread.all(errands), strict=True):
                whole = self._replay(place[0]).reached
                whole.offsets |= reached.offsets
                whole.held |= reached.held
            self._entered, self._spread = self.events, None
        return None

    def _shares(self, manifest: Manifest) -> list[frozenset[int]]:
        """The files of each topic, dealt to as many as there are processes."""
        dealt = []
        for topic in READINGS:
            places = [place for place, _ in manifest.of_topic(topic)]
            dealt += [frozenset(places[first :: self._processes]) for first in range(self._processes)]
        return [one for one in dealt if one]

    async def catch_up(self) -> None:
        """Follow the log until little is left of it, or no less from round to round, and leave the organisation's
        editions behind."""
        before = math.inf
        for _ in range(MOST_ROUNDS):
            state = await asyncio.to_thread(self._watch.look)
            told = await asyncio.to_thread(self._told.read)
            left = self._left(state, told)
            if left < LEFT_RECORDS or left > before * SHRINKS:
                break
            before = left
            began = time.monotonic()
            await self._round(state, told)
            if time.monotonic() - began < LEFT_SECONDS:
                break
        await Editions(self._warehouse).begin()

    async def _round(self, state: LogState, told: Collection[Place]) -> None:
        ends: dict[str, dict[int, int]] = {}
        for place, end in state.to_store.items():
            self._replay(place)
            ends.setdefault(place.topic, {})[place.partition] = end
        await asyncio.gather(
            *(self._replays[topic].go_on(of_topic, told, self._progress) for topic, of_topic in ends.items())
        )

    def _replay(self, place: log_watch.Place) -> Replay:
        if place.topic not in self._replays:
            into = self._into
            self._replays[place.topic] = Replay(
                place.topic, place.topic_id, into.company, into.kafka, self._warehouse, into.cached_entities
            )
        return self._replays[place.topic]

    def _left(self, state: LogState, told: Collection[Place]) -> int:
        """Records not replayed yet, but for those of partitions that wait for a worker."""
        left = 0
        for place, end in state.to_store.items():
            reached = self._replay(place).reached
            held = reached.held.get(place.partition)
            if held is None or (place.topic, place.partition, held) in told:
                left += max(0, end - 1 - reached.offsets.get(place.partition, -1))
        return left

    async def missing(self, old: AsyncWarehouse) -> list[str]:
        """What the old generation has of the log and this one cannot have, in words: records that the log has lost, and
        records that a worker took and that are bad by the rules of today."""
        stood = (await freshness(old)).select("topic_id", "partition", "watermark").iter_rows()
        marks = {(topic_id, partition): mark for topic_id, partition, mark in stood}
        told = await asyncio.to_thread(self._told.read)  # whatever is in there was judged before
        ends = (await asyncio.to_thread(self._watch.look)).to_store
        found = []
        for place, end in ends.items():
            mark, held = marks.get(place[1:], -1), self._replay(place).reached.held.get(place.partition)
            where = f"{place.topic}, partition {place.partition}"
            if mark >= end:
                found.append(f"{where}: the old one has it up to offset {mark:,}, and the log ends before {end:,}")
            if held is not None and held <= mark and (place.topic, place.partition, held) not in told:
                found.append(
                    f"{where}: the record at offset {held:,} was taken, and is refused by the rules of today; it and"
                    " what follows is left to the worker"
                )
        return found

    def _progress(self, events: int) -> None:
        self._entered += events

    async def close(self) -> None:
        """Let go of the log."""
        for replay in self._replays.values():
            await replay.close()
        await asyncio.to_thread(self._watch.close)
        await asyncio.to_thread(self._told.close)
