"""Exact arithmetic of money columns: whole numbers of 1/10,000, rounded half to even where something is divided."""

import numpy as np

from streams.amounts import UNIT
from streams.columnar.columns import NONE, Bools, Ints

LARGEST = (np.iinfo(np.int64).max - 1) // (2 * UNIT)
"""Up to here an amount times 1/10,000 stays a whole number of 64 bits, twice over."""


def or_zero(values: Ints) -> Ints:
    """Nothing given is nothing."""
    return np.where(values == NONE, 0, values)


def within(*columns: Ints) -> Bools:
    """Where every amount is small enough for the arithmetic here."""
    small: Bools = np.all([np.abs(or_zero(column)) <= LARGEST for column in columns], axis=0)
    return small


def half_even(numerator: Ints, denominator: Ints | int) -> Ints:
    """numerator / denominator; the denominator is positive."""
    whole, rest = np.divmod(np.abs(numerator), denominator)
    whole += (2 * rest > denominator) | ((2 * rest == denominator) & (whole % 2 == 1))
    return np.sign(numerator) * whole


def net_of_tax(amount: Ints, tax_rate: Ints) -> Ints:
    """`streams.amounts.net_of_tax` of a column; the rate is in 1/10,000, `NONE` where none is given."""
    if not np.any(amount):
        return amount
    rate = or_zero(tax_rate)
    return np.where(rate == 0, amount, half_even(amount * UNIT, UNIT + rate))
