"""The sales baseline: what every node should have by now, and where it lands, with intervals that hold."""
