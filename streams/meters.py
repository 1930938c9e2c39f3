"""What a worker counts about itself: all of it once a batch, a sweep or every few seconds, never once an event."""

from collections.abc import Iterable, Mapping

from ingest.events import Finding
from telemetry.meters import ROWS, SLOW, counter, gauge, histogram

STORED = counter(
    "worker_stored",
    "records",
    "Records of the log that are in the warehouse because of this worker, by topic.",
    labels=("topic",),
    worry="it stands still while oneboard_worker_lag_records grows.",
)
LAG = gauge(
    "worker_lag",
    "records",
    "Records of the log that are not in the warehouse yet, for the partitions this worker holds.",
    labels=("topic", "partition"),
    worry="it grows for a minute; one partition alone that grows is a stream that stands still.",
)
BATCH_RECORDS = histogram(
    "worker_batch",
    "records",
    "Records of one batch, which is one insert.",
    labels=("topic",),
    buckets=ROWS,
    worry="nearly all are the largest: the worker lives from catching up.",
)
BATCH_SECONDS = histogram(
    "worker_batch",
    "seconds",
    "From a batch being taken up to its rows being in the warehouse, waiting and trying again included.",
    labels=("topic",),
    buckets=SLOW,
    worry="p99 is over 1 s: see the inserts' own time and the retries.",
)
RETRIES = counter(
    "worker_repeated",
    "attempts",
    "Questions and inserts tried again because the warehouse was away or busy, by topic.",
    labels=("topic",),
    worry="it goes on for more than a minute.",
)
DROPPED = counter(
    "worker_dropped",
    "batches",
    "Batches thrown away to be read again: another worker was quicker, or they had become too old.",
    labels=("topic",),
    worry="it grows without workers coming or going: two workers fight over a partition.",
)
LETTERS = counter(
    "worker_dead",
    "letters",
    "Events put aside as dead letters, by topic and reason.",
    labels=("topic", "reason"),
    worry="it grows: something that was sent is not in any figure. See `oneboard doctor`.",
)
SWEEPS = histogram(
    "worker_sweep",
    "seconds",
    "One sweep of detection over the whole company.",
    buckets=SLOW,
    worry="p90 is over ONEBOARD_WORKER_TICK_SECONDS: findings then come late.",
)
SWEEPS_FAILED = counter(
    "worker_failed",
    "sweeps",
    "Sweeps that were given up.",
    worry="it grows: nothing new is found meanwhile.",
)
FINDINGS = counter(
    "worker_told",
    "findings",
    "Words on findings that were put on the log, by rule and what became of them.",
    labels=("rule", "state"),
    worry="one rule tells hundreds an hour: its tolerance is too narrow.",
)


def stored(topic: str, records: int, seconds: float) -> None:
    """A batch of so many records is in the warehouse, so long after it was taken up."""
    STORED.labels(topic).inc(records)
    BATCH_RECORDS.labels(topic).observe(records)
    BATCH_SECONDS.labels(topic).observe(seconds)


_held: set[tuple[str, str]] = set()


def behind(lags: Mapping[tuple[str, int], int]) -> None:
    """The lag of every (topic, partition) this worker holds now; those it no longer holds are forgotten."""
    now = {(topic, str(partition)): lag for (topic, partition), lag in lags.items()}
    for gone in _held - now.keys():
        LAG.remove(*gone)
    for held, lag in now.items():
        LAG.labels(*held).set(lag)
    _held.clear()
    _held.update(now)


def told(findings: Iterable[Finding]) -> None:
    """Words on findings that are on the log."""
    for finding in findings:
        FINDINGS.labels(finding.rule, finding.state).inc()
