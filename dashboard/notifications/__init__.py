"""Telling people: who is told of which finding or called to which meeting, when and by which channel; what was told."""
