"""Rectangles by size, as square as they can be (Bruls, Huizing & van Wijk 2000): pure arithmetic."""

from collections.abc import Sequence
from typing import NamedTuple


class Rect(NamedTuple):
    """A rectangle; left and top count from the upper left corner."""

    left: float
    top: float
    width: float
    height: float


def squarified(sizes: Sequence[float], width: float, height: float) -> list[Rect]:
    """One rectangle a size (all above 0), in their order, which together fill `width` × `height`."""
    total = sum(sizes)
    order = sorted(range(len(sizes)), key=lambda n: (-sizes[n], n))
    areas = [sizes[n] * width * height / total for n in order]
    placed: list[Rect] = []
    free = Rect(0.0, 0.0, width, height)
    while len(placed) < len(areas):
        row, free = _row(areas[len(placed) :], free)
        placed += row
    found = dict(zip(order, placed, strict=True))
    return [found[n] for n in range(len(sizes))]


def _row(areas: Sequence[float], free: Rect) -> tuple[list[Rect], Rect]:
    """As many areas along the shorter side as make it no less square, and what stays free."""
    side = min(free.width, free.height)
    count = 1
    while count < len(areas) and _worst(areas[: count + 1], side) <= _worst(areas[:count], side):
        count += 1
    taken = areas[:count]
    deep, at, row = sum(taken) / side, 0.0, list[Rect]()
    for area in taken:
        along = area / deep
        if free.width >= free.height:
            row.append(Rect(free.left, free.top + at, deep, along))
        else:
            row.append(Rect(free.left + at, free.top, along, deep))
        at += along
    if free.width >= free.height:
        return row, Rect(free.left + deep, free.top, free.width - deep, free.height)
    return row, Rect(free.left, free.top + deep, free.width, free.height - deep)


def _worst(areas: Sequence[float], side: float) -> float:
    """The largest ratio of sides among the areas laid along `side`."""
    deep = sum(areas) / side
    return max(max(deep * deep / area, area / (deep * deep)) for area in areas)
