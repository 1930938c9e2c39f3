"""A whole oneboard for a test: the shared broker with topics of its own, an engine and processes of its own."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Self
from uuid import uuid4

from kafka import KafkaConsumer, TopicPartition

from deploy.local import children, ports, readiness
from deploy.verify import Report, verify
from ingest.intake import seal
from ingest.publisher import Publisher, ensure_topics, log_identity
from ingest.settings import CompanySettings, KafkaSettings
from ingest.topics import TOPICS
from warehouse.client import Warehouse
from warehouse.migrate import migrate
from warehouse.settings import WarehouseSettings

PARTITIONS = 2
"""Of a topic, as on one machine."""
LONGEST_PAUSE_SECONDS = 0.3
"""Between two looks at what is waited for: to look costs what it looks at as much as to be under load."""
TABLES = {
    "orders": "order_changes",
    "opportunities": "opportunity_changes",
    "activities": "activity_changes",
    "collections": "collection_changes",
    "org": "org_events",
    "targets": "target_events",
    "tasks": "task_events",
    "findings": "finding_events",
    "actions": "action_events",
    "control-totals": "control_totals",
    "notifications": "notification_events",
    "trials": "trial_events",
    "checks": "check_events",
    "baselines": "baseline_events",
    "verifications": "verifications",
}


def until(holds: Callable[[], bool], what: str, seconds: float = 60.0) -> None:
    """Wait for a condition; fails with `what` when it does not come true in time."""
    deadline, pause = time.monotonic() + seconds, 0.05
    while not holds():
        if time.monotonic() > deadline:
            raise AssertionError(f"within {seconds:.0f} s it did not happen that {what}")
        time.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE_SECONDS)


class Stack:
    """Parts are started by name and can be killed; leaving the context stops what is left."""

    engine: ClassVar[tuple[str, ...]] = ()
    """Options of the engine beside those every engine has."""

    def __init__(
        self,
        bootstrap: str,
        folder: Path,
        company: Mapping[str, str] | None = None,
        partitions: int = PARTITIONS,
        env: Mapping[str, str] | None = None,
    ) -> None:
        prefix = f"t{uuid4().hex[:8]}-"
        self.folder = folder
        self.ports = {name: ports.free_port() for name in ("warehouse", "ingest", "dashboard", "metrics")}
        self.kafka = KafkaSettings(bootstrap=bootstrap, topic_prefix=prefix, most_partitions=partitions)
        self.company = CompanySettings(**(company or {}))  # type: ignore[arg-type]
        url = f"http://{ports.LOOPBACK}:{self.ports['warehouse']}"
        self.warehouse = Warehouse(WarehouseSettings(url=url))  # type: ignore[arg-type]
        self.publisher = Publisher(self.kafka, bulk=True)
        self.ingest_url = f"http://{ports.LOOPBACK}:{self.ports['ingest']}"
        self.board_url = f"http://{ports.LOOPBACK}:{self.ports['dashboard']}"
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self.environment = {
            "ONEBOARD_DATA_DIR": str(folder),
            "ONEBOARD_KAFKA_BOOTSTRAP": bootstrap,
            "ONEBOARD_KAFKA_TOPIC_PREFIX": prefix,
            "ONEBOARD_KAFKA_MOST_PARTITIONS": str(partitions),
            "ONEBOARD_WAREHOUSE_URL": url,
            "ONEBOARD_WORKER_GROUP": f"{prefix}worker",
            "ONEBOARD_INGEST_PORT": str(self.ports["ingest"]),
            "ONEBOARD_DASHBOARD_PORT": str(self.ports["dashboard"]),
            "ONEBOARD_DASHBOARD_DATA_DIR": str(folder / "dashboard"),
            **{f"ONEBOARD_COMPANY_{name.upper()}": value for name, value in (company or {}).items()},
            "ONEBOARD_COMPANY_REPLY_WINDOW_MINUTES": "0",  # who waits for an answer is told by tests of its own
            **(env or {}),
        }

    def __enter__(self) -> Self:
        ensure_topics(self.kafka)
        self.topic_ids = log_identity(self.kafka)
        self._consumer = KafkaConsumer(**self.kafka.client_options(), enable_auto_commit=False)
        self.start("warehouse")
        self.warehouse.ensure_database()
        migrate(self.warehouse)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.publisher.close()
        self._consumer.close()
        self.warehouse.close()
        while self._children:  # nobody needs what they hold any more
            children.stop(self._children.popitem()[1], within_seconds=0)

    def start(self, *names: str, env: Mapping[str, str] | None = None) -> None:
        """Start parts and wait until each can be used. Of one part there may be several: `worker`, `worker-2`; a second
        dashboard has a port and a secret of its own."""
        for name in names:
            argv = {
                "warehouse": ("-m", "warehouse.embedded", "--path", str(self.folder / "warehouse"),
                              "--port", str(self.ports["warehouse"]), *self.engine),
            }.get(name, ("-m", "deploy.cli", name.partition("-")[0]))  # fmt: skip
            own = {"ONEBOARD_METRICS_PORT": str(self.ports["metrics"])} if name == "worker" else {}
            if name.startswith("dashboard-"):
                self.ports.setdefault(name, ports.free_port())
                own = {"ONEBOARD_DASHBOARD_PORT": str(self.ports[name])}
                own["ONEBOARD_DASHBOARD_DATA_DIR"] = str(self.folder / name)
            given = {**self.environment, "ONEBOARD_WORKER_INSTANCE": name, **own, **(env or {})}
            self._children[name] = children.start((sys.executable, *argv), self.log(name), given)
        for name in names:
            self._wait_for(name)

    def _wait_for(self, name: str) -> None:
        if name.startswith(("worker", "tell")):
            return
        path = {"warehouse": "/ping", "ingest": "/health", "dashboard": "/healthz"}[name.partition("-")[0]]
        is_up = readiness.http(f"http://{ports.LOOPBACK}:{self.ports[name]}{path}")

        self.until(is_up, f"{name} answers")

    def get(self, name: str, path: str) -> str:
        """What a part answers over HTTP."""
        with urllib.request.urlopen(f"http://{ports.LOOPBACK}:{self.ports[name]}{path}", timeout=10) as answer:
            return str(answer.read().decode())

    def log(self, name: str) -> Path:
        """The file into which a part writes its log."""
        return self.folder / f"{name}.log"

    def pid(self, name: str) -> int:
        """The process of a part."""
        return self._children[name].pid

    def kill(self, name: str) -> None:
        """`kill -9`."""
        child = self._children.pop(name)
        os.kill(child.pid, signal.SIGKILL)
        child.wait()

    def wait(self, name: str, within_seconds: float) -> int:
        """The exit code of a part that ends by itself; TimeoutExpired when it does not."""
        code = self._children[name].wait(within_seconds)
        del self._children[name]
        return code

    def stop(self, name: str, within_seconds: float = 30) -> int:
        """Ask a part to end; its exit code, −9 when it had to be killed."""
        return children.stop(self._children.pop(name), within_seconds)

    def rename(self, name: str, to: str) -> None:
        """Call a part that runs by another name from now on; its log stays where it is."""
        self._children[to] = self._children.pop(name)

    @property
    def running(self) -> tuple[str, ...]:
        """The parts that were started and neither killed nor stopped."""
        return tuple(self._children)

    def run(self, *arguments: str, seconds: float = 120.0) -> "subprocess.CompletedProcess[str]":
        """A command of `oneboard` at the keyboard of somebody who looks after this one, of so many seconds at most."""
        argv = (sys.executable, "-m", "deploy.cli", *arguments)
        env = {**os.environ, "COLUMNS": "240", **self.environment}
        return subprocess.run(argv, capture_output=True, text=True, check=False, env=env, timeout=seconds)

    def publish(self, topic: str, events: Iterable[Mapping[str, Any]]) -> None:
        """Put events on the log as the door would; returns when the broker has them."""
        self.publisher.publish_many(topic, (seal(TOPICS[topic], json.dumps(event).encode()) for event in events))

    def dead_letters(self) -> int:
        """How many events were put aside."""
        return sum(last + 1 for last in self.ends("dead-letters").values())

    def ends(self, topic: str) -> dict[int, int]:
        """The offset of the last record of each partition; −1 where there is none."""
        return {partition: end for (_, partition), end in self.ends_of(topic).items()}

    def ends_of(self, *topics: str) -> dict[tuple[str, int], int]:
        """The same by topic and partition, asked for at once."""
        name = {self.kafka.topic_prefix + topic: topic for topic in topics}
        places = [TopicPartition(full, one) for full in name for one in self._consumer.partitions_for_topic(full)]
        return {(name[tp.topic], tp.partition): end - 1 for tp, end in self._consumer.end_offsets(places).items()}

    def behind(self) -> int:
        """Records of the log that are not in the warehouse yet."""
        ends = {place: end for place, end in self.ends_of(*TABLES).items() if end >= 0}
        asked = " UNION ALL ".join(
            f"SELECT '{topic}', partition, max(offset) FROM {TABLES[topic]}"  # noqa: S608
            f" WHERE topic_id = '{self.topic_ids[topic]}' GROUP BY partition"
            for topic in sorted({topic for topic, _ in ends})
        )
        marks = self.warehouse.rows(asked) if asked else []
        stored = {(topic, int(partition)): int(offset) for topic, partition, offset in marks}
        return sum(end - stored.get(place, -1) for place, end in ends.items())

    def settle(self, seconds: float = 120.0) -> None:
        """Wait until everything on the log is in the warehouse."""
        self.until(lambda: self.behind() == 0, "the worker catches up", seconds)

    def until(self, holds: Callable[[], bool], what: str, seconds: float = 60.0) -> None:
        """Wait for a condition while every part runs; one that ended says so with its last words."""

        def holds_or_dead() -> bool:
            for name, child in self._children.items():
                assert child.poll() is None, f"{name} ended:\n{children.last_words(self.log(name), 40)}"
            return holds()

        until(holds_or_dead, what, seconds)

    def verify(self, kept: Path | None = None) -> Report:
        """The warehouse's aggregates against the log."""
        return verify(self.warehouse, self.company, self.kafka, snapshots=self.folder / "snapshots", kept=kept)
