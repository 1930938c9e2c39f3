"""From a gap to its causes: which cells of a leaf table hold it, for an additive measure and for a ratio."""

from streams.attribution.additive import AdditiveSettings, attribute_gap
from streams.attribution.answers import Answer, Part, Verdict
from streams.attribution.counts import CountSettings, attribute_counts
from streams.attribution.errors import UnusableLeaves, UnusableMeasure
from streams.attribution.rates import RatioAnswer, RatioPart
from streams.attribution.ratio import attribute_ratio
from streams.attribution.scan import RatioSettings

__all__ = [
    "AdditiveSettings",
    "Answer",
    "CountSettings",
    "Part",
    "RatioAnswer",
    "RatioPart",
    "RatioSettings",
    "UnusableLeaves",
    "UnusableMeasure",
    "Verdict",
    "attribute_counts",
    "attribute_gap",
    "attribute_ratio",
]
