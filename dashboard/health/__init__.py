"""How the system itself is: looked at every few seconds, kept for a quarter of an hour, told on a page."""

from dashboard.health.record import PARTS, Flow, Record, Sample, Standing
from dashboard.health.watch import record, start, stop

__all__ = ["PARTS", "Flow", "Record", "Sample", "Standing", "record", "start", "stop"]
