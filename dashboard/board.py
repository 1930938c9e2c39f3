"""The board for whoever shows it: ask (`load`), draw, and what differs between two pictures."""

import hashlib
import json
from collections.abc import Mapping

from plotly.utils import PlotlyJSONEncoder

from dashboard.asking import load
from dashboard.board_state import BoardState
from dashboard.components import Drawn
from dashboard.drawing import draw

__all__ = ["BoardState", "changed", "digests", "draw", "load"]


def digests(drawn: Drawn) -> dict[str, str]:
    """ "component.prop" → digest of its value; equal digests are equal on the screen."""
    return {
        f"{component}.{prop}": _digest(value) for component, props in drawn.items() for prop, value in props.items()
    }


def _digest(value: object) -> str:
    return hashlib.blake2b(json.dumps(value, cls=PlotlyJSONEncoder).encode(), digest_size=8).hexdigest()


def changed(drawn: Drawn, shown: Mapping[str, str]) -> Drawn:
    """The props of `drawn` whose digest is not the one in `shown`."""
    now = digests(drawn)
    found: Drawn = {}
    for component, props in drawn.items():
        for prop, value in props.items():
            if now[f"{component}.{prop}"] != shown.get(f"{component}.{prop}"):
                found.setdefault(component, {})[prop] = value
    return found
