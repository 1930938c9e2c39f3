"""The sales baseline: what every node should have by now, and where it lands, with intervals that hold."""

from streams.baseline.months import STEPS, Ledger, paths_of
from streams.baseline.version import Baseline, Landing, built

__all__ = ["STEPS", "Baseline", "Landing", "Ledger", "built", "paths_of"]
