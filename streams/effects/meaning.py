"""What a measurement says: worked, did not, or too early. Pure."""

from collections.abc import Sequence
from math import sqrt

from ingest.events import Proposal, Sign

ENOUGH_SHARE, MORE_SHARE = 0.9, 0.1
"""A share of open deals with a next step is well from the first on, and better from so much more on."""


def of_effect(effect: tuple[float, float] | None, expected: float, *, is_last: bool) -> Proposal:
    """By the interval (low, high) of an effect: it worked where nought lies below it, it did not where what was
    expected lies above it. While it holds both, or the time is not over, it is too early."""
    if effect is None or not is_last:
        return "too_early"
    low, high = effect
    if low > 0:
        return "worked"
    return "did_not" if high < expected else "too_early"


def of_signs(signs: Sequence[Sign]) -> Proposal:
    """More than half of what is told of moved: it works; nothing of it: it does not."""
    told = [sign for sign in signs if sign.after is not None]
    better = sum(map(moved, told))
    if not told or 0 < better <= len(told) / 2:
        return "too_early"
    return "worked" if better else "did_not"


def moved(sign: Sign) -> bool:
    """Whether a sign is better than before: counts by more than the deviation of their difference (Poisson)."""
    if sign.after is None:
        return False
    before = sign.before or 0.0
    if sign.name == "next_step":
        return sign.after >= ENOUGH_SHARE or sign.after >= before + MORE_SHARE
    return sign.after - before > sqrt(sign.after + before)
