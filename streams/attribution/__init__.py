"""From a gap to its causes: which cells of a leaf table hold it, for an additive measure and for a ratio."""

from streams.attribution.additive import AdditiveSettings, attribute_gap
from streams.attribution.answers import Answer, Part, Verdict

__all__ = ["AdditiveSettings", "Answer", "Part", "Verdict", "attribute_gap"]
