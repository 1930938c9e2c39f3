"""What a sweep finds short, before it is worded, and what a node shall reach."""

from dataclasses import dataclass
from typing import NamedTuple

from streams.detection.rules import Rule
from warehouse.key import Key


class Aim(NamedTuple):
    """A node's target (1/10,000) and the share of it expected by now and by the end of the working day before."""

    target: float
    share: float
    share_before: float


@dataclass(frozen=True)
class Candidate:
    """A node that is short: amounts in units of 1/10,000, `expected` as of now.

    `chance` is that of so large a shortfall on this node by chance, `confidence` 1 / (1 + false alarms expected).
    `peers` (in band, of) and `places` (offices that fall, of) are evidence where the rule looks at them.
    """

    rule: Rule
    key: Key
    of_month: bool
    actual: int
    expected: int
    target: int | None
    chance: float
    confidence: float
    orders: float
    peers: tuple[int, int] = (0, 0)
    places: tuple[int, int] = (0, 0)

    @property
    def gap(self) -> int:
        return self.actual - self.expected
