"""Puts a file of events on a topic at a rate, open loop: `BOOTSTRAP TOPIC FILE RATE`; prints the seconds it took.

Runs in the environment of the others (`tests.bench.rivals`), for confluent-kafka sends as fast as is asked for.
"""

import sys
import time

TICK_SECONDS = 0.02


def main(bootstrap: str, topic: str, file: str, rate: int) -> None:
    """Send every line, keyed by the entity as the door does."""
    from confluent_kafka import Producer

    producer = Producer({"bootstrap.servers": bootstrap, "linger.ms": 20, "queue.buffering.max.messages": 2_000_000})
    with open(file, "rb") as lines:
        events = [(line.split(b'"', 4)[3], line.rstrip()) for line in lines]
    begun, sent = time.perf_counter(), 0
    while sent < len(events):
        due = min(len(events), int((time.perf_counter() - begun + TICK_SECONDS) * rate))
        for key, value in events[sent:due]:
            producer.produce(topic, value, key)
        sent = due
        producer.poll(0)
        time.sleep(max(0.0, begun + sent / rate - time.perf_counter()))
    producer.flush()
    print(time.perf_counter() - begun)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
