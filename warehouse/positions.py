"""Rows between positions of the log: how far a table is, and the part of a WHERE that holds it there."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from warehouse.client import AsyncWarehouse
from warehouse.selects import Flow, Statement

Place = tuple[str, int]
"""A topic id and a partition of it; of a snapshot, its identity and a file."""
Marks = Mapping[Place, int]
"""By place, the last offset that is looked at."""

FEW_PLACES = 8
_MARKS = "SELECT topic_id, partition, max(offset) FROM {table} GROUP BY topic_id, partition"
_PLACE = "(indexOf({ids:Array(String)}, topic_id) - 1) * {width:UInt32} + partition + 1"
WITHIN = (
    "has({ids:Array(String)}, topic_id)"
    f" AND toInt64(offset) > arrayElement({{low:Array(Int64)}}, {_PLACE})"
    f" AND toInt64(offset) <= arrayElement({{high:Array(Int64)}}, {_PLACE})"
)
"""Rows of the topics of `between`, after its low marks and up to its high ones."""


def between(topic_ids: Sequence[str], low: Marks, high: Marks) -> dict[str, object]:
    """The parameters of `WITHIN`; a place that is not named has nothing (−1) on that side."""
    width = max((partition for _, partition in (*low, *high)), default=0) + 1
    places = [(topic, partition) for topic in topic_ids for partition in range(width)]
    return {
        "ids": list(topic_ids),
        "width": width,
        "low": [low.get(place, -1) for place in places],
        "high": [high.get(place, -1) for place in places],
    }


async def marks_of(warehouse: AsyncWarehouse, table: str) -> dict[Place, int]:
    """How far a table is."""
    rows = await warehouse.rows(_MARKS.format(table=table))
    return {(topic, int(partition)): int(offset) for topic, partition, offset in rows}


def went_back(now: Marks, before: Marks) -> bool:
    """Whether a table lacks what it had: another took its place."""
    return any(now.get(place, -1) < mark for place, mark in before.items())


def within(low: Marks, high: Marks) -> tuple[str, dict[str, object]]:
    """The part of a WHERE that leaves the rows after `low` and up to `high`, and its bound values."""
    moved = {place: mark for place, mark in high.items() if mark > low.get(place, -1)}
    return _each(low, moved) if 0 < len(moved) <= FEW_PLACES else _any(low, moved)


def rows_between(flow: Flow, low: Marks, high: Marks) -> Statement:
    """The flow, of the rows after `low` and up to `high` alone."""
    text, bound = within(low, high)
    return replace(flow, narrowed=(*flow.narrowed, text), bound={**flow.bound, **bound}).statement()


def _any(low: Marks, high: Marks) -> tuple[str, dict[str, object]]:
    return WITHIN, between(sorted({topic for topic, _ in high}), low, high)


def _each(low: Marks, high: Marks) -> tuple[str, dict[str, object]]:
    """The same place by place: a third of the work, where rows of few places are looked for among all."""
    places, bound = list[str](), dict[str, object]()
    for number, ((topic, partition), mark) in enumerate(high.items()):
        names = (f"topic_{number}", f"partition_{number}", f"low_{number}", f"high_{number}")
        bound |= zip(names, (topic, partition, low.get((topic, partition), -1), mark), strict=True)
        places.append(
            f"topic_id = {{topic_{number}:String}} AND partition = {{partition_{number}:UInt16}}"
            f" AND offset > {{low_{number}:Int64}} AND offset <= {{high_{number}:Int64}}"
        )
    return f"({' OR '.join(places)})", bound
