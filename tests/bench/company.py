"""The demo's company with all its history behind a board of its own, for what is measured on the screens."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from deploy.local import ports
from deploy.local.kafka import EmbeddedKafka
from deploy.settings import local
from deploy.simulation import Simulation
from ingest.settings import company as settings
from ingest.simulator.company import Company
from ingest.simulator.sizes import SIZES
from tests.stack import Stack

SEED = 7


def company_of(size: str) -> Company:
    """The company that `on_the_board` shows today."""
    return Company.make(SEED, SIZES[size], datetime.now(settings().zone).date())


@contextmanager
def on_the_board(size: str) -> Iterator[Stack]:
    """Everything of one machine, caught up until now, with the dashboard started; `size` is one of SIZES."""
    with (
        tempfile.TemporaryDirectory() as folder,
        EmbeddedKafka(Path(folder) / "kafka", ports.free_port()) as kafka,
        Stack(kafka.bootstrap, Path(folder), partitions=local().kafka_most_partitions) as stack,
    ):
        stack.start("worker", "ingest")
        now = datetime.now(UTC)
        today = now.astimezone(settings().zone).date()
        Simulation(size, SEED, stack.publisher, Path(folder) / "simulation.json", today).catch_up(now, lambda *_: None)
        stack.settle(3_600)
        stack.start("dashboard")
        yield stack
