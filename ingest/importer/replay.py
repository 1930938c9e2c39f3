"""Events at their own pace: which of them are due, as a clock goes on."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from ingest.mappings.contents import Block
from ingest.mappings.rules import EventRule

LONGEST_WAIT_SECONDS = 0.5
"""So that a stop is seen soon."""
_TICK_SECONDS = 0.02
_OCCURRED_AT = re.compile(rb'"occurred_at":"([^"]+)"')


def due(
    moments: Sequence[int],
    factor: float,
    clock: Callable[[], float],
    wait: Callable[[float], object],
    *,
    most: int = 2_000,
) -> Iterator[range]:
    """Ranges of places of `moments` (ascending, microseconds) that are due, until all are.

    The first is due at once, every other its distance from the first ÷ `factor` later. `clock` gives seconds, `wait`
    is called when nothing is due; an empty range is yielded after every wait.
    """
    if factor <= 0:
        raise ValueError("the pace must be more than 0")
    begin, at = clock(), 0
    while at < len(moments):
        now = moments[0] + int((clock() - begin) * factor * 1_000_000)
        end = min(bisect_right(moments, now, lo=at), at + most)
        if end == at:
            missing = (moments[at] - now) / factor / 1_000_000
            wait(min(max(missing, _TICK_SECONDS), LONGEST_WAIT_SECONDS))
        yield range(at, end)
        at = end


def one_block(rule: EventRule, events: list[tuple[int, Block, int]]) -> Block:
    """Events of several blocks of a rule as one, with their places in the source."""
    return Block(
        rule,
        [block.contents[place] for _, block, place in events],
        [block.files[place] for _, block, place in events],
        [block.lines[place] for _, block, place in events],
    )


def moment_of(content: bytes) -> int:
    """Microseconds since 1970 of a content's `occurred_at`; 0 when it has none (it will be refused)."""
    match = _OCCURRED_AT.search(content)
    if match is None:
        return 0
    at = datetime.fromisoformat(match[1].decode().replace("Z", "+00:00"))
    return int(at.timestamp()) * 1_000_000 + at.microsecond
