"""The demo's company with all its history behind a board of its own, for what is measured on the screens."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from deploy.local import ports
from deploy.local.kafka import EmbeddedKafka
from deploy.settings import local
from ingest.settings import company as settings
from ingest.simulator.company import Company
from ingest.simulator.sizes import SIZES
from tests.stack import Stack

SEED, LONGEST_SECONDS = 7, 7_200


def company_of(size: str) -> Company:
    """The company that `on_the_board` shows today."""
    return Company.make(SEED, SIZES[size], datetime.now(settings().zone).date())


@contextmanager
def on_the_board(size: str) -> Iterator[Stack]:
    """Everything of one machine, with the dashboard started; `size` is one of SIZES. History enters as snapshots."""
    with (
        tempfile.TemporaryDirectory() as folder,
        EmbeddedKafka(Path(folder) / "kafka", ports.free_port()) as kafka,
        Stack(kafka.bootstrap, Path(folder), partitions=local().kafka_most_partitions) as stack,
    ):
        began = time.monotonic()
        entered = stack.run("snapshot", "simulate", "--size", size, "--seed", str(SEED), seconds=LONGEST_SECONDS)
        if entered.returncode:
            raise RuntimeError(f"the history of {size} did not enter: {entered.stderr[-2_000:]}")
        stack.start("worker", "ingest")
        stack.settle(3_600)
        stack.start("dashboard")
        print(f"{size}: set up in {time.monotonic() - began:.0f} s", flush=True)
        yield stack
