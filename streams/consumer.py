"""Faust's consumer with two overrides: one message is one fetched batch, and it begins where the warehouse says.

Faust makes two tasks for every message and seeks to Kafka's committed offsets after each rebalance. Here a message
is the list of raw records of one partition and fetch, and the offsets come from the warehouse's watermarks.
Agents, streams, assignment and rebalancing stay Faust's. Written against faust-streaming 0.15.3.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any

from aiokafka.errors import IllegalStateError
from faust.transport.drivers import aiokafka as driver
from faust.types import TP

from streams.batches import Batch, Record

BeginAt = Callable[[set[TP]], Awaitable[Mapping[TP, int]]]


class BatchConsumer(driver.Consumer):
    """`begin_at` maps assigned partitions to the offset to read next; those it leaves out stay with Kafka's."""

    begin_at: BeginAt

    async def seek_to_committed(self) -> Mapping[TP, int]:
        """Seek every assigned partition to the record after the warehouse's watermark."""
        while self.assignment():
            with suppress(IllegalStateError):  # one has gone to another worker meanwhile: begin anew with those left
                committed = dict(await super().seek_to_committed())
                for tp, offset in (await self.begin_at(set(self.assignment()))).items():
                    await self.seek(tp, offset)
                    committed[tp] = offset
                return committed
        return {}

    async def getmany(self, timeout: float) -> AsyncIterator[tuple[TP, Any]]:  # noqa: ASYNC109
        """Yield, for every partition of a fetch, one message: its value a `Batch`, its offset the last record's."""
        records, active = await self._wait_next_records(timeout)
        if records is None or self.should_stop:
            return
        if not self.flow_active:
            await self.perform_seek()
            return
        generation = self.app.consumer_generation_id
        for tp, fetched in records.items():
            if not fetched or (active is not None and tp not in active and tp not in self._buffered_partitions):
                continue
            if self.app.consumer_generation_id != generation or not self.flow_active:
                break
            self.app.monitor.track_tp_end_offset(tp, self.highwater(tp))
            message = self._to_message(tp, fetched[-1])
            batch = Batch(
                tp.topic,
                tp.partition,
                [Record(one.offset, one.timestamp, one.key, one.value, one.headers) for one in fetched],
            )
            message.value = batch  # type: ignore[assignment]
            yield tp, message
