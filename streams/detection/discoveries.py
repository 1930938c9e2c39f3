"""Which shortfalls may be told so that few of them are chance: the false share is held down the tree (FDR).

The nodes are a tree: units over units, over all their crosses and over all their reps; lines over products. Of
each node two things are asked: is it short itself, and is anything at or below it. The chance of the latter is Simes'
of what is below; from the root down the family of a node that holds something is tested by Benjamini and Hochberg, at
the level of the node above times the part of its family that was found (TreeBH: Bogomolov, Peterson, Benjamini &
Sabatti, *JASA* 2021; by families down a tree: Yekutieli, *JASA* 2008). So a branch in which nothing is off costs the
others nothing, and one in which much is off lets what is in it be told sooner.

Chances are those at which a shortfall was taken, what was taken before it put back; of nodes that were not taken it is
1. Pure.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

T = TypeVar("T")


def discovered(chances: Mapping[T, float], nodes: Iterable[T], above: Callable[[T], T | None], level: float) -> set[T]:
    """Of the nodes with a chance those that may be told, at most `level` of them false in each family on average.

    `nodes` are all that were tested, `above` is the node over one, None over the root; what was not tested itself may
    stand over others.
    """
    tested = set(nodes)
    over = _over(tested | chances.keys(), above)
    sizes = Counter(over[node] for node in _over(tested, over.__getitem__))
    sizes.update(tested)  # whether a node is short itself is one of its family
    below: dict[T | None, dict[T, float]] = {}
    ways = {node: _way(node, over) for node in chances}
    deepest = max(map(len, ways.values()), default=0)
    groups: dict[T, float] = {}
    for depth in reversed(range(deepest)):
        for node in dict.fromkeys(way[depth] for way in ways.values() if len(way) > depth):
            found = [*([chances[node]] if node in chances else []), *below.get(node, {}).values()]
            groups[node] = _simes(found, sizes[node])
            below.setdefault(over[node], {})[node] = groups[node]
    told: set[T] = set()
    waiting = [(node, level) for node in below.get(None, {})]
    while waiting:
        node, at = waiting.pop()
        family: list[tuple[float, T | None]] = [(chances[node], None)] if node in chances else []
        family += [(chance, one) for one, chance in below.get(node, {}).items()]
        chosen = _chosen(family, sizes[node], at)
        told |= {node for _, one in chosen if one is None}
        waiting += [(one, at * len(chosen) / sizes[node]) for _, one in chosen if one is not None]
    return told


def _over(nodes: Iterable[T], above: Callable[[T], T | None]) -> dict[T, T | None]:
    """Of these nodes and of all that stand over them the node above."""
    over: dict[T, T | None] = {}
    for node in nodes:
        at: T | None = node
        while at is not None and at not in over:
            over[at] = above(at)
            at = over[at]
    return over


def _way(node: T, over: Mapping[T, T | None]) -> list[T]:
    """From the root down to the node."""
    way = [node]
    while (above := over[way[-1]]) is not None:
        way.append(above)
    return way[::-1]


def _simes(chances: Sequence[float], of: int) -> float:
    """The chance that none of a family is short, where only some of its members have one below 1 (Simes 1986)."""
    return min(1.0, *(of * chance / place for place, chance in enumerate(sorted(chances), 1)))


def _chosen(family: Sequence[tuple[float, T | None]], of: int, level: float) -> list[tuple[float, T | None]]:
    """Benjamini and Hochberg's step-up over a family of so many."""
    ordered = sorted(family, key=lambda one: one[0])
    last = max((place for place, (chance, _) in enumerate(ordered, 1) if chance <= level * place / of), default=0)
    return ordered[:last]
