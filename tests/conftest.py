"""The real parts, started once for all tests that ask for them."""

import gc
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings
from kafka import KafkaAdminClient
from kafka.admin import NewTopic

from deploy.local import children, ports, readiness
from deploy.local.jars import class_path
from deploy.local.kafka import EmbeddedKafka
from deploy.local.mirrors import repositories
from deploy.settings import local
from ingest.publisher import ensure_topics
from ingest.settings import KafkaSettings
from tests.full import examples
from tests.stack import Stack

gc.set_threshold(20_000, 10, 10)  # as `oneboard` has it
# Workers sweep when a test sends a tick: what is found is the test's own.
os.environ.setdefault("ONEBOARD_WORKER_TICK_SECONDS", "86400")
# Where nothing comes, each of a worker's thirteen agents looks as often as it gathers, 50 µs of CPU each time.
os.environ.setdefault("ONEBOARD_WORKER_GATHER_SECONDS", "0.05")
# Charts follow as soon as words do: a test waits for them.
os.environ.setdefault("ONEBOARD_DASHBOARD_MIN_CHARTS_SECONDS", "0.5")
# What a test asks is small, and others run beside: to share it out among threads costs a quarter more.
Stack.engine = ("--threads", "1")
WAREHOUSE_READY_WITHIN_SECONDS = 60.0

MEMORY, MEMORY_BYTES = Path("/dev/shm"), 6 << 30
if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > MEMORY_BYTES:
    # An engine makes and drops some fifty files an insert, which some file systems take tens of milliseconds for.
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))

# How long an example takes says nothing about it: other tests run beside.
settings.register_profile(
    "untimed", deadline=None, max_examples=examples(100), suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("untimed")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Before several processes start a broker each: its jars are fetched once."""
    class_path(local().cache_dir, partial(repositories, local().maven_repository))


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedKafka]:
    """A real broker on loopback, empty when the tests begin; `kafka.bootstrap` is its address."""
    with EmbeddedKafka(tmp_path_factory.mktemp("kafka"), ports.free_port()) as broker:
        yield broker


@pytest.fixture(scope="session")
def make_topic(kafka: EmbeddedKafka) -> Iterator[Callable[..., str]]:
    """Makes a topic of a name nobody else has: `make_topic("orders", partitions=4)` → `orders-3f2a9c01`."""
    admin = KafkaAdminClient(bootstrap_servers=kafka.bootstrap)

    def make(name: str, partitions: int = 1) -> str:
        topic = f"{name}-{uuid4().hex[:8]}"
        admin.create_topics([NewTopic(topic, num_partitions=partitions, replication_factor=1)])
        admin.wait_for_topics([topic])
        return topic

    yield make
    admin.close()


@pytest.fixture
def log(kafka: EmbeddedKafka) -> KafkaSettings:
    """Topics nobody else has."""
    settings = KafkaSettings(bootstrap=kafka.bootstrap, topic_prefix=f"t{uuid4().hex[:8]}-")
    ensure_topics(settings)
    return settings


@pytest.fixture(scope="session")
def warehouse_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of the embedded ClickHouse engine, in a process and a folder of its own."""
    folder: Path = tmp_path_factory.mktemp("warehouse")
    port = ports.free_port()
    argv = (sys.executable, "-m", "warehouse.embedded", "--path", str(folder), "--port", str(port), *Stack.engine)
    server = children.start(argv, folder.with_suffix(".log"))
    url, deadline = f"http://{ports.LOOPBACK}:{port}", time.monotonic() + WAREHOUSE_READY_WITHIN_SECONDS
    try:
        answers = readiness.http(f"{url}/ping")
        while not answers():
            if server.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"the warehouse did not start:\n{children.last_words(folder.with_suffix('.log'))}")
            time.sleep(0.05)
        yield url
    finally:
        children.stop(server, within_seconds=10)
