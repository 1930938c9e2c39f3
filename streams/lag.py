"""How far this worker is behind the log, and whether anybody is at it."""

from collections.abc import Callable, Mapping

import faust
from aiokafka.errors import KafkaError
from faust.types import TP

from streams.sink import Sink


class Lag:
    """Of every partition that is assigned to this worker and stored by one of `sinks`, which are known by topic.

    `standing` are partitions that wait for somebody to let them through.
    """

    def __init__(self, app: faust.App, prefix: str, sinks: Callable[[], Mapping[str, Sink]]) -> None:
        self._app, self._prefix, self._sinks = app, prefix, sinks
        self.standing: set[TP] = set()

    def _held(self) -> dict[TP, Sink]:
        sinks = self._sinks()
        names = {tp: tp.topic.removeprefix(self._prefix) for tp in self._app.consumer.assignment()}
        return {tp: sinks[name] for tp, name in names.items() if name in sinks}

    @staticmethod
    def _behind(tp: TP, sink: Sink, end: int | None) -> int:
        return max(0, (end or 0) - 1 - sink.reached(tp.partition))

    def known(self) -> dict[tuple[str, int], int]:
        """Records of the log that are not in the warehouse yet, by topic and partition, as of the last fetch."""
        end = self._app.consumer.highwater
        held = self._held().items()
        return {(sink.topic.name, tp.partition): self._behind(tp, sink, end(tp)) for tp, sink in held}

    async def told(self) -> dict[TP, int]:
        """The same from the broker, which knows of records that a consumer that hangs does not fetch; {} where it is
        away."""
        held = self._held()
        try:
            ends = await self._app.consumer.highwaters(*held)
        except KafkaError:
            return {}
        return {tp: self._behind(tp, sink, ends.get(tp)) for tp, sink in held.items()}

    def signs(self) -> dict[TP, tuple[int, int]]:
        """What changes while somebody works at a partition; but for those that are meant to stand still."""
        held = self._held().items()
        return {
            tp: (sink.reached(tp.partition), sink.failures)
            for tp, sink in held
            if tp not in self.standing and not sink.is_refused(tp.partition)
        }
