"""`python -m tests.bench.rebuild`: how fast the warehouse is built anew from a log that holds so many orders already.

Twice: the second time there is an equal generation to be compared with. With `--snapshots` the events of a folder of
snapshots instead.
"""

import argparse
import os
import resource
import tempfile
import time
from itertools import count, islice
from pathlib import Path

import psutil

from deploy.local import ports
from deploy.local.kafka import EmbeddedKafka
from deploy.rebuild import rebuild
from tests.bench.__main__ import orders
from tests.stack import Stack


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=300_000)
    parser.add_argument("--snapshots", type=Path, help="a folder as `oneboard snapshot simulate` leaves it")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        EmbeddedKafka(Path(folder) / "kafka", ports.free_port()) as kafka,
        Stack(kafka.bootstrap, Path(folder)) as stack,
    ):
        if options.snapshots is None:
            stack.publish("orders", islice((order for run in count() for order in orders(run)), options.events))
        engine = psutil.Process(stack.pid("warehouse"))
        for run in ("nothing to compare with", "compared"):
            before, ours, began = _seconds(engine), _own_seconds(), time.monotonic()
            snapshots = options.snapshots or Path(folder) / "snapshots"
            done = rebuild(stack.warehouse.settings, stack.kafka, stack.company, snapshots, print, settled_seconds=0)
            assert done.is_current, done.verdicts
            took = time.monotonic() - began
            spent = (_seconds(engine) - before, _own_seconds() - ours)
            of_engine, of_ours = (seconds * 1e6 / done.events for seconds in spent)
            cores = os.cpu_count() or 1
            print(
                f"{run}: {done.events:,} events in {done.seconds:.1f} s, {done.events / done.seconds:,.0f} events/s,"
                f" and {took:.1f} s with everything; CPU an event: {of_ours:.1f} µs here and {of_engine:.1f} µs in the"
                f" engine, which is {cores * 1e6 / (of_engine + of_ours):,.0f} events/s where {cores} cores are idle"
            )


def _own_seconds() -> float:
    used = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


if __name__ == "__main__":
    main()
