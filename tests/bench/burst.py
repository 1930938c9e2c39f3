"""A burst: so many events a second for so long, whatever the worker keeps up with; how far it falls behind, and when it
has caught up.

`python -m tests.bench.burst`: 50,000 order events a second for 20 s, put on the log by confluent-kafka from a process
of its own, beside one worker, the engine and the broker on the same cores.
"""

import argparse
import json
import random
import tempfile
import time
from pathlib import Path

import psutil

from deploy.local import children, ports
from deploy.local.kafka import EmbeddedKafka
from tests.bench.rivals import ROOT, python
from tests.stack import Stack

RATE, SECONDS = 50_000, 20
LOOK_SECONDS = 0.5


def order(rng: random.Random, number: int) -> dict[str, object]:
    """One of 200 offices, 4,000 reps and 120 products; every second one amends the one before it."""
    return {
        "order_id": f"burst-{number // 2}",
        "version": number % 2,
        "occurred_at": f"2026-11-{1 + number // 2 % 22:02d}T10:00:00+08:00",
        "amount": rng.randrange(1_000, 10_000_000) / 100,
        "rep_id": f"r{rng.randrange(4_000)}",
        "office_id": f"o{rng.randrange(200)}",
        "product_id": f"p{rng.randrange(120)}",
        "customer_id": f"c{rng.randrange(20_000)}",
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=int, default=RATE)
    parser.add_argument("--seconds", type=int, default=SECONDS)
    asked = parser.parse_args()
    rng = random.Random(1)
    with (
        tempfile.TemporaryDirectory() as folder,
        EmbeddedKafka(Path(folder) / "kafka", ports.free_port()) as kafka,
        Stack(kafka.bootstrap, Path(folder)) as stack,
    ):
        stack.start("worker")
        stack.publish("orders", (order(rng, -number) for number in range(2, 20_002)))
        stack.settle()
        events = Path(folder) / "events"
        with events.open("w") as out:
            for number in range(asked.rate * asked.seconds):
                out.write(json.dumps(order(rng, number)) + "\n")
        lines = measured(stack, events, asked.rate)
    print("\n".join(lines))


def measured(stack: Stack, events: Path, rate: int) -> list[str]:
    """The burst itself: what was sent, how far the worker fell behind, and when it had caught up."""
    topic = stack.kafka.topic_prefix + "orders"
    argv = (str(python()), "-m", "tests.bench.burst_source", stack.kafka.bootstrap, topic, str(events), str(rate))
    done = stack.folder / "burst.log"
    worker, most_held, furthest = psutil.Process(stack.pid("worker")), 0, 0
    before = sum(last + 1 for last in stack.ends("orders").values())
    source = children.start(argv, done, {**stack.environment, "PYTHONPATH": str(ROOT)})
    began = caught_up = 0.0
    while not caught_up:
        time.sleep(LOOK_SECONDS)
        behind, is_sending = stack.behind(), source.poll() is None
        sent = sum(last + 1 for last in stack.ends("orders").values()) - before
        began = began or (time.monotonic() if sent else 0.0)
        furthest, most_held = max(furthest, behind), max(most_held, worker.memory_info().rss)
        if not is_sending and behind == 0:
            caught_up = time.monotonic()
    took = float(done.read_text().split()[-1])
    through = sent / (caught_up - began)
    return [
        "| a burst of orders | |",
        "|---|--:|",
        f"| events sent | {sent:,} in {took:.1f} s ({sent / took:,.0f}/s) |",
        f"| furthest behind | {furthest:,} |",
        f"| stored from first to last | {through:,.0f} events/s |",
        f"| lag 0 again, after the last was sent | {caught_up - began - took:.1f} s |",
        f"| the worker held at most | {most_held / 2**20:,.0f} MB |",
    ]


if __name__ == "__main__":
    main()
