"""A whole oneboard under load, every part of which may be hurt: a broker, an engine, a door, a worker and a board."""

import os
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Self

from kafka.errors import KafkaError

from deploy.local import ports
from deploy.local.kafka import EmbeddedKafka
from deploy.verify.log import read
from ingest.letters.box import Box
from ingest.publisher import Publisher
from tests.e2e import live_company
from tests.faults.disk import SmallDisk
from tests.faults.feed import Load, Poisoner, Producer
from tests.faults.tab import Tab
from tests.faults.wire import Wire
from tests.stack import TABLES, Stack, until
from warehouse.errors import WarehouseError

SESSION_SECONDS = 6
TOPICS = ("orders", "opportunities", "activities", "collections")
SOON_SECONDS = 120.0
_ENVIRONMENT = {
    "ONEBOARD_WORKER_SESSION_SECONDS": str(SESSION_SECONDS),
    "ONEBOARD_WORKER_TICK_SECONDS": "30",
    "ONEBOARD_DASHBOARD_MIN_REDRAW_SECONDS": "1",
    "ONEBOARD_DASHBOARD_MIN_CHARTS_SECONDS": "4",
    "ONEBOARD_WORKER_DEAD_LETTERS_IN_A_ROW": "1000000",
}


class Ground:
    """Everything runs until the block ends, with a tab that looks; from `send` to `quiet` it is under load."""

    def __init__(
        self,
        folder: Path,
        *,
        is_small: bool = True,
        load: Load = Load(),
        env: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._load = load
        self.disk = SmallDisk(folder / "disk", is_small=is_small)
        self.broker = EmbeddedKafka(self.disk.folder / "kafka", ports.free_port())
        self.warehouse_dir = self.disk.folder / "warehouse"
        self.warehouse_dir.mkdir()
        (folder / "warehouse").symlink_to(self.warehouse_dir)
        wire = ports.free_port()
        self.stack = Stack(self.broker.bootstrap, folder, env={**_ENVIRONMENT, **env})
        self._worker_env = {"ONEBOARD_WAREHOUSE_URL": f"http://{ports.LOOPBACK}:{wire}"}
        self._wire_port = wire
        self._senders: list[Producer | Poisoner] = []

    def __enter__(self) -> Self:
        with ExitStack() as leaving:
            leaving.callback(self.disk.close)
            leaving.enter_context(self.broker)
            self.wire = Wire(self._wire_port, self.stack.ports["warehouse"])
            leaving.callback(self.wire.close)
            leaving.enter_context(self.stack)
            self.start_worker("worker")
            self.stack.start("ingest", "dashboard")
            self.stack.publish("org", live_company.org())
            self._publisher = leaving.enter_context(Publisher(self.stack.kafka))
            self.tab = Tab(self.stack.board_url)
            self.tab.start()
            leaving.callback(self.tab.ask_to_stop)
            leaving.callback(self._ask_to_be_quiet)
            self._leaving = leaving.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leaving.__exit__(kind, value, trace)

    def send(self, seed: int) -> None:
        """Begin the load of a seed: two producers at the door, and one that puts what is no event onto the log."""
        producers = [Producer(self.stack.ingest_url, 2 * seed + one, self._load) for one in range(2)]
        self._senders = [*producers, Poisoner(self._publisher, seed)]
        for sender in self._senders:
            sender.start()

    def quiet(self) -> list[str]:
        """Nothing is sent any more, and what was begun is acknowledged; what the door refused of it."""
        self._ask_to_be_quiet()
        for sender in self._senders:
            sender.join(SOON_SECONDS)
        return [one for sender in self._senders if isinstance(sender, Producer) for one in sender.refused]

    def _ask_to_be_quiet(self) -> None:
        for sender in self._senders:
            sender.ask_to_stop()

    def start_worker(self, name: str) -> None:
        """A worker whose way to the warehouse is the wire."""
        self.stack.start(name, env=self._worker_env)

    @property
    def workers(self) -> list[str]:
        return [name for name in self.stack.running if name.startswith("worker")]

    def words(self) -> str:
        """What all workers have said so far."""
        return "".join(path.read_text(errors="replace") for path in self.stack.folder.glob("worker*.log"))

    def stored(self) -> int:
        """Versions in the warehouse."""
        asked = " UNION ALL ".join(f"SELECT count() FROM {TABLES[topic]} WHERE state != ''" for topic in TOPICS)  # noqa: S608
        return sum(int(count) for (count,) in self.stack.warehouse.rows(asked))

    def wait_for(self, holds: Callable[[], Any], what: str, seconds: float = SOON_SECONDS) -> None:
        """Wait for a condition, while what it asks may be away."""

        def holds_now() -> bool:
            try:
                return bool(holds())
            except (KafkaError, WarehouseError, OSError):
                return False

        until(holds_now, what, seconds)

    def wait_for_more(self, events: int) -> None:
        """Wait until so many more versions are in the warehouse than now."""
        start: list[int] = []

        def has_begun() -> bool:
            start.append(self.stored())
            return True

        self.wait_for(has_begun, "the warehouse answers")
        self.wait_for(lambda: self.stored() >= start[0] + events, f"{events} more events are stored")

    def ends(self) -> dict[tuple[str, int], int]:
        """By topic and partition, the last record on the log."""
        return self.stack.ends_of(*TOPICS)

    def reached(self) -> dict[tuple[str, int], int]:
        """By topic and partition, the last record in the warehouse."""
        asked = " UNION ALL ".join(
            f"SELECT '{topic}', partition, max(offset) FROM {TABLES[topic]}"  # noqa: S608
            f" WHERE topic_id = '{self.stack.topic_ids[topic]}' GROUP BY partition"
            for topic in TOPICS
        )
        return {(topic, int(one)): int(mark) for topic, one, mark in self.stack.warehouse.rows(asked)}

    @contextmanager
    def paused(self, *pids: int) -> Iterator[None]:
        """The processes stand still within."""
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in pids:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)

    def kill_broker(self) -> None:
        """`kill -9`; `broker.start` brings it back on the same port."""
        assert self.broker.pid
        os.kill(self.broker.pid, signal.SIGKILL)
        self.broker.stop()

    def unaccounted(self) -> list[tuple[str, int, int]]:
        """Records that the contract refuses and of which no letter is kept: topic, partition, offset."""
        with Box(self.stack.kafka, kept=1_000_000) as box:
            kept = {(one.letter.topic, *one.letter.origin) for one in box.read() if one.letter.origin}
        refused = [
            (topic, one.partition, one.offset)
            for topic in TOPICS
            for one in read(self.stack.kafka, topic, self.stack.ends(topic))
            if one.event is None
        ]
        return [place for place in refused if place not in kept]

    def bookings(self) -> Any:
        """This month's, as the facts have them."""
        return self.stack.warehouse.rows(
            "SELECT sum(booked_amount) FROM order_changes WHERE NOT is_overlay AND toStartOfMonth(day) ="
            " toStartOfMonth(toDate(now('Asia/Shanghai'))) AND day <= toDate(now('Asia/Shanghai'))"
        )[0][0]
