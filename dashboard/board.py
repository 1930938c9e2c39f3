"""The board for whoever shows it: ask (`load`), draw, and what differs between two pictures."""

import hashlib
from collections.abc import Mapping

from dash._utils import to_json

from dashboard.asking import load
from dashboard.board_state import BoardState
from dashboard.components import Drawn
from dashboard.drawing import draw

__all__ = ["BoardState", "changed", "digests", "draw", "load"]


def digests(drawn: Drawn) -> dict[str, str]:
    """ "component.prop" → digest of its value; equal digests are equal on the screen."""
    return {
        f"{component}.{prop}": hashlib.blake2b(str(to_json(value)).encode(), digest_size=8).hexdigest()
        for component, props in drawn.items()
        for prop, value in props.items()
    }


def changed(drawn: Drawn, shown: Mapping[str, str]) -> Drawn:
    """The props of `drawn` whose digest is not the one in `shown`."""
    now = digests(drawn)
    found: Drawn = {}
    for component, props in drawn.items():
        for prop, value in props.items():
            if now[f"{component}.{prop}"] != shown.get(f"{component}.{prop}"):
                found.setdefault(component, {})[prop] = value
    return found
