"""Rows between positions of the log: how far a table is, and the part of a WHERE that holds it there."""

from collections.abc import Mapping, Sequence

Place = tuple[str, int]
"""A topic id and a partition of it; of a snapshot, its identity and a file."""
Marks = Mapping[Place, int]
"""By place, the last offset that is looked at."""

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
