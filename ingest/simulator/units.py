"""The tree of units: the head office, its regions, their offices."""

from dataclasses import dataclass

from ingest.simulator.places import Place

HQ = "hq"


@dataclass(frozen=True)
class Unit:
    """A region (`parent` -1: the head office) or an office (`parent`: its region's index)."""

    index: int
    id: str
    place: Place
    parent: int
    manager_id: str
