"""Money inside a stream: whole numbers of 1/10,000, so that sums and splits are exact and fast."""

from collections.abc import Sequence
from decimal import Decimal

SCALE = 4
UNIT = 10**SCALE
CENT = UNIT // 100


def scaled(amount: Decimal | None) -> int:
    """The amount in units of 1/10,000; None is 0. Exact: contracts allow four decimals at most."""
    return 0 if amount is None else int(amount.scaleb(SCALE))


def split(amount: int, shares: Sequence[Decimal]) -> list[int]:
    """Split a scaled amount by shares that add up to 1, to the cent, by the largest remainder.

    The parts add up to the amount. What is finer than a cent goes with the first of the largest remainders.
    """
    if len(shares) == 1:
        return [amount]
    sign = -1 if amount < 0 else 1
    cents, finer = divmod(abs(amount), CENT)
    exact = [cents * share for share in shares]
    parts = [int(part) for part in exact]
    by_remainder = sorted(range(len(shares)), key=lambda i: (parts[i] - exact[i], i))
    for i in by_remainder[: cents - sum(parts)]:
        parts[i] += 1
    scaled_parts = [sign * part * CENT for part in parts]
    scaled_parts[by_remainder[0]] += sign * finer
    return scaled_parts


def net_of_tax(amount: int, tax_rate: Decimal | None) -> int:
    """The scaled amount without the tax it includes, rounded half even to 1/10,000."""
    if not tax_rate:
        return amount
    return int((amount / (1 + tax_rate)).to_integral_value())
