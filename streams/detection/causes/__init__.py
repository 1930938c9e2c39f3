"""From a gap that was found to its causes: what fell, where, what kind of problem it is, and where it will land."""
