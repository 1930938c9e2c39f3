"""One trial: the faults of a seed under load, how long each took to be current again, and what the oracle says."""

import random
import time
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any, Self

from tests.faults.ground import Ground
from tests.faults.kinds import FAULTS, plan

MOST_EVENTS_BEFORE = 60


@dataclass
class Trial:
    """What happened: `seconds` after each fault until all that was on the log then was in the warehouse and shown."""

    seed: int
    faults: tuple[str, ...]
    seconds: list[float] = field(default_factory=list)
    events: int = 0
    sums: int = 0
    wrong: list[str] = field(default_factory=list)

    @classmethod
    def planned(cls, seed: int) -> Self:
        """What a seed will go through."""
        return cls(seed, plan(seed))

    @property
    def verdict(self) -> str:
        """In one line."""
        took = ", ".join(f"{one:.1f}" for one in self.seconds)
        said = "; ".join(self.wrong) or f"right in {self.events:,} events and {self.sums:,} sums"
        return f"current again after {took} s; {said}" if took else said

    def row(self) -> dict[str, Any]:
        """As JSON has it."""
        return asdict(self)


def run(ground: Ground, trial: Trial) -> Trial:
    """Hurt what the seed says, at moments it says. The producers go on and are stopped only for the oracle."""
    rng = random.Random(trial.seed)
    ground.send(trial.seed)
    for name in trial.faults:
        ground.wait_for_more(rng.randrange(MOST_EVENTS_BEFORE))
        FAULTS[name](ground, rng)
        trial.seconds.append(round(_until_current(ground), 1))
    return trial


def _until_current(ground: Ground) -> float:
    """Seconds until the warehouse holds all that is on the log now, and the tab was shown something newer."""
    begun, seq = time.monotonic(), ground.tab.seq
    ends: list[dict[tuple[str, int], int]] = []
    ground.wait_for(lambda: ends.append(ground.ends()) is None, "the log answers")

    def is_current() -> bool:
        reached = ground.reached()
        return all(reached.get(place, -1) >= end for place, end in ends[0].items())

    ground.wait_for(is_current, "the warehouse holds what was on the log")
    ground.wait_for(lambda: ground.tab.seq > seq, "the board shows something newer")
    return time.monotonic() - begun


def judge(ground: Ground, trial: Trial) -> Trial:
    """Let everything come to rest; compare the warehouse with the log, letters with what is bad, screen with sums."""
    trial.wrong += [f"the door refused {said}" for said in ground.quiet()]
    ground.stack.settle()
    report = ground.stack.verify()
    trial.events, trial.sums = sum(report.events.values()), report.sums
    trial.wrong += [str(mismatch) for mismatch in report.mismatches[:20]]
    trial.wrong += [f"no letter of {place}" for place in ground.unaccounted()[:20]]
    trial.wrong += [f"the sequence went back from {high} to {low}" for high, low in ground.tab.went_back]
    ground.tab.went_back.clear()
    bookings = Decimal(ground.bookings())
    try:
        ground.wait_for(lambda: ground.tab.bookings == bookings, "the screen")
    except AssertionError:
        trial.wrong.append(f"the screen shows {ground.tab.bookings}, the facts say {bookings}")
    return trial
