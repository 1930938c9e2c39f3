"""Every kind of live tile, and who may see one: all of what its address speaks of, or a lock, never a part."""

from collections.abc import Mapping

from dashboard.whiteboard import finding_faces, place_faces
from dashboard.whiteboard.kind import Kind

KINDS: Mapping[str, Kind] = {**place_faces.KINDS, **finding_faces.KINDS}
"""A new kind is a row of either."""


def kind_of(path: str) -> str:
    """ "kpi" of "/tile/kpi"; "" for none there is."""
    name = path.removeprefix("/tile/")
    return name if name in KINDS else ""
