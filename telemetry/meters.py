"""What a part counts about itself: one row a meter, in its room's own `meters.py`, with when to worry.

A row registers itself with Prometheus's own client and is told at `/metrics`. Whatever is counted is counted once a
batch, a statement or a picture, never once an event, so that seeing costs nothing. Names follow Prometheus's
conventions: base units, the unit last, `_total` put behind a counter by the client.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from prometheus_client import Counter, Gauge, Histogram, disable_created_metrics

Kind = Literal["counter", "gauge", "histogram"]

PREFIX = "oneboard_"
FAST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Buckets in seconds for what should take milliseconds."""
SLOW = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)
"""Buckets in seconds for what should take less than one."""
ROWS = (1, 10, 100, 1_000, 5_000, 10_000, 25_000, 50_000, 100_000, 200_000)
"""Buckets for the size of a batch."""

_SUFFIXES = {"counter": ("_total",), "gauge": ("",), "histogram": ("_bucket", "_sum", "_count")}


@dataclass(frozen=True)
class Meter:
    """What is counted, in which unit, and when its reader should worry; `labels` split it."""

    name: str
    kind: Kind
    unit: str
    about: str
    worry: str
    labels: tuple[str, ...]

    @property
    def series(self) -> tuple[str, ...]:
        """The names that can be asked for in Prometheus."""
        return tuple(self.name + suffix for suffix in _SUFFIXES[self.kind])

    @property
    def help(self) -> str:
        """Both sentences, as `/metrics` says them."""
        return f"{self.about} Worry when {self.worry.rstrip('.')}."


DEFINED: dict[str, Meter] = {}
"""Every meter of the rooms imported so far, by name."""

disable_created_metrics()  # type: ignore[no-untyped-call]  # a second series beside every counter, which nobody asks for


def counter(name: str, unit: str, about: str, *, worry: str, labels: Iterable[str] = ()) -> Counter:
    """A number that only grows, from 0 when the part starts: ask for its rate."""
    row = _row(name, "counter", unit, about, worry, labels)
    return Counter(row.name, row.help, row.labels)


def gauge(name: str, unit: str, about: str, *, worry: str, labels: Iterable[str] = ()) -> Gauge:
    """A number as it stands."""
    row = _row(name, "gauge", unit, about, worry, labels)
    return Gauge(row.name, row.help, row.labels)


def histogram(
    name: str, unit: str, about: str, *, worry: str, buckets: Iterable[float], labels: Iterable[str] = ()
) -> Histogram:
    """How often something was at most so large: ask for its quantiles."""
    row = _row(name, "histogram", unit, about, worry, labels)
    return Histogram(row.name, row.help, row.labels, buckets=tuple(buckets))


def _row(name: str, kind: Kind, unit: str, about: str, worry: str, labels: Iterable[str]) -> Meter:
    meter = Meter(f"{PREFIX}{name}_{unit}", kind, unit, about, worry, tuple(labels))
    if meter.name in DEFINED:
        raise ValueError(f"the meter {meter.name} is defined twice")
    DEFINED[meter.name] = meter
    return meter
