"""Every way in which a part is hurt, one function a fault: it does the harm and takes it away again.

A fault returns when what was hurt has been started again; how long it takes until all is current is measured after.
"""

import os
import random
import shutil
from collections.abc import Callable

from kafka import KafkaConsumer, OffsetAndMetadata, TopicPartition

from tests.faults.ground import SESSION_SECONDS, Ground
from tests.faults.wire import Mischief
from warehouse.embedded.room import RESERVE_BYTES

Fault = Callable[[Ground, random.Random], None]
FAULTS: dict[str, Fault] = {}
EACH = 4
"""Faults of a seed."""
PAUSE_SECONDS = SESSION_SECONDS + 4


def fault(function: Fault) -> Fault:
    """Enter a fault into the table under its name."""
    FAULTS[function.__name__.replace("_", " ")] = function
    return function


@fault
def worker_killed(ground: Ground, rng: random.Random) -> None:
    ground.stack.kill("worker")
    ground.start_worker("worker")


@fault
def warehouse_killed(ground: Ground, rng: random.Random) -> None:
    ground.stack.kill("warehouse")
    ground.stack.start("warehouse")


@fault
def worker_paused_longer_than_its_session(ground: Ground, rng: random.Random) -> None:
    """Another takes over; the first wakes with a batch in its hands that is stored already."""
    ground.start_worker("worker-2")
    with ground.paused(ground.stack.pid("worker")):
        before = ground.reached()
        ground.wait_for(
            lambda: all(mark > before.get(place, -1) for place, mark in ground.reached().items()),
            "another worker has taken over every partition",
        )
    ground.wait_for_more(20)
    _leave_one_worker(ground, rng)


@fault
def answers_of_inserts_lost(ground: Ground, rng: random.Random) -> None:
    _mischief(ground, rng, "lose the answer")


@fault
def broker_killed(ground: Ground, rng: random.Random) -> None:
    ground.kill_broker()
    ground.broker.start()


@fault
def dashboard_killed(ground: Ground, rng: random.Random) -> None:
    ground.stack.kill("dashboard")
    ground.stack.start("dashboard")


@fault
def workers_come_and_go(ground: Ground, rng: random.Random) -> None:
    """Joining and leaving again in the middle of each other's rebalances, with and without a word."""
    for number in range(2, 5):
        ground.start_worker(f"worker-{number}")
        ground.wait_for_more(rng.randrange(20))
        if rng.random() < 0.6:
            leaving = rng.choice(ground.workers)
            ground.stack.kill(leaving) if rng.random() < 0.5 else ground.stack.stop(leaving)
    _leave_one_worker(ground, rng)


@fault
def inserts_sent_twice(ground: Ground, rng: random.Random) -> None:
    _mischief(ground, rng, "send it twice")


@fault
def disk_full(ground: Ground, rng: random.Random) -> None:
    """Engine and broker share a disk on which nothing has room any more; the broker gives up and is started again."""
    assert ground.broker.pid
    if not ground.disk.is_small:
        return  # nobody here may mount one
    with ground.disk.filled(left=RESERVE_BYTES // 2):
        failures = ground.words().count("trying again")
        ground.wait_for(lambda: ground.words().count("trying again") > failures, "an insert has failed")
        with ground.disk.filled(left=0) as fill:
            ground.wait_for(lambda: fill() or _has_ended(ground.broker.pid), "the broker has given up", 60)
    ground.kill_broker()
    ground.broker.start()


@fault
def ingest_killed(ground: Ground, rng: random.Random) -> None:
    ground.stack.kill("ingest")
    ground.stack.start("ingest")


@fault
def inserts_refused(ground: Ground, rng: random.Random) -> None:
    _mischief(ground, rng, "refuse", "cut")


@fault
def warehouse_restored_from_an_older_copy(ground: Ground, rng: random.Random) -> None:
    """While the worker that wrote what is gone again goes on."""
    folder = ground.warehouse_dir
    copy = folder.with_name("warehouse-copy")
    ground.stack.stop("warehouse")
    shutil.copytree(folder, copy, symlinks=True)
    ground.stack.start("warehouse")
    ground.wait_for_more(50)
    ground.stack.kill("warehouse")
    shutil.rmtree(folder)
    copy.rename(folder)
    ground.stack.start("warehouse")


@fault
def offsets_committed_past_the_data(ground: Ground, rng: random.Random) -> None:
    ground.stack.kill("worker")
    settings = ground.stack.kafka
    group = f"{settings.topic_prefix}worker"
    consumer = KafkaConsumer(**settings.client_options(), group_id=group, enable_auto_commit=False)
    try:
        ends = {
            TopicPartition(settings.topic_prefix + topic, one): OffsetAndMetadata(end + 1 + rng.randrange(100), "", -1)
            for (topic, one), end in ground.ends().items()
        }
        ground.wait_for(lambda: consumer.commit(ends) is None, "Kafka takes the offsets")
    finally:
        consumer.close()
    ground.start_worker("worker")


@fault
def everything_killed_at_once(ground: Ground, rng: random.Random) -> None:
    parts = list(ground.stack.running)
    rng.shuffle(parts)
    ground.kill_broker()
    for part in parts:
        ground.stack.kill(part)
    ground.broker.start()
    ground.stack.start("warehouse")
    ground.start_worker("worker")
    ground.stack.start("ingest", "dashboard")


@fault
def warehouse_paused(ground: Ground, rng: random.Random) -> None:
    with ground.paused(ground.stack.pid("warehouse")):
        _hold_breath(ground)


@fault
def broker_paused(ground: Ground, rng: random.Random) -> None:
    assert ground.broker.pid
    with ground.paused(ground.broker.pid):
        _hold_breath(ground)


@fault
def rolling_restart(ground: Ground, rng: random.Random) -> None:
    """Every part in its turn, asked to end and started again; of the worker a second one is there first."""
    ground.start_worker("worker-2")
    ground.wait_for_more(20)
    assert ground.stack.stop("worker") == 0
    ground.start_worker("worker")
    ground.wait_for_more(20)
    assert ground.stack.stop("worker-2") == 0
    for part in ("ingest", "dashboard", "warehouse"):
        ground.stack.stop(part)
        ground.stack.start(part)


def plan(seed: int) -> tuple[str, ...]:
    """The faults of a seed: the first seeds go through the table, every later one draws."""
    names = list(FAULTS)
    return tuple(names[seed * EACH : (seed + 1) * EACH]) or tuple(random.Random(seed).choices(names, k=EACH))


def _mischief(ground: Ground, rng: random.Random, *kinds: Mischief) -> None:
    inserts = rng.randrange(3, 12)
    done = ground.wire.done
    ground.wire.next_inserts.extend(rng.choice(kinds) for _ in range(inserts))
    ground.wait_for(lambda: ground.wire.done == done + inserts, "the inserts have gone over the wire")


def _leave_one_worker(ground: Ground, rng: random.Random) -> None:
    """Any of those that are there; it is called `worker` from now on."""
    while len(ground.workers) > 1:
        ground.stack.stop(rng.choice(ground.workers))
    if not ground.workers:
        ground.start_worker("worker")
    ground.stack.rename(ground.workers[0], "worker")


def _has_ended(pid: int | None) -> bool:
    """Whether a process is gone, or only waits to be asked how it ended."""
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def _hold_breath(ground: Ground) -> None:
    """For as long as sessions last and somewhat longer; measured where nothing else moves that could tell."""
    over = os.times().elapsed + PAUSE_SECONDS
    ground.wait_for(lambda: os.times().elapsed > over, "the pause is over")
