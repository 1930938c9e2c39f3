"""The process of a worker."""

import gc
import os
import threading

import faust

from ingest.settings import company, kafka
from streams.app import Worker
from streams.settings import worker
from telemetry import exposition, logs
from telemetry.settings import telemetry
from warehouse.settings import WarehouseSettings, warehouse_settings

ENDS_WITHIN_SECONDS = 20.0
"""Told to stop, a worker is gone after this, whatever does not answer: what it holds it can hold again."""


class Process(faust.Worker):
    """Faust's worker, which ends when it is told to even where a broker that is away keeps Faust waiting."""

    async def stop(self) -> None:
        last = threading.Timer(ENDS_WITHIN_SECONDS, os._exit, [0])
        last.daemon = True
        last.start()
        await super().stop()


def create() -> faust.App:
    """The Faust app, from the settings of the environment."""
    return Worker(worker(), company(), kafka(), WarehouseSettings()).app


def main() -> None:
    """Run a worker until it is told to stop."""
    # A batch makes hundreds of thousands of objects and no circles: looking for some took 40 % of the worker's time.
    gc.set_threshold(200_000, 50, 100)
    logs.begin("worker", telemetry(), kafka(), warehouse_settings())
    exposition.serve(telemetry())
    running = Process(create(), override_logging=False, redirect_stdouts=False, quiet=True)
    running.spinner = None  # it would draw between the lines of the log
    running.execute_from_commandline()
