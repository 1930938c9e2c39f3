"""What a month should bring and when, from the months before it: volume, curve, and what an order is worth. Pure."""

from dataclasses import dataclass

import numpy as np

from streams.baseline.months import Ledger
from streams.forecast import Choice, forecast
from streams.forecast.smoothing import Floats
from warehouse.baseline.adding_up import Summing, summed
from warehouse.baseline.month import Expectation

ENOUGH_ORDERS = 300.0
"""Orders of its own with which a node's curve counts as much as the whole's; an opinion, to be measured."""

QUARTER_ENDS = 1.0
"""Months of its kind with which a quarter's last month counts as much as all months do; an opinion too."""

YEAR = 12

BY_DAYS = (1.0, 0.5, 0.0)
"""What is tried for the part in which a month grows with its working days."""


@dataclass(frozen=True)
class Method:
    """How volumes are forecast: `choice` of the forecast, and the part in which a month grows with its working days."""

    choice: Choice
    by_days: float


def method_of(ledger: Ledger, summing: Summing) -> Method:
    """The method that was best for the months of a ledger."""
    by_days = _by_days(ledger)
    rates = _rates(ledger, ledger.paths[:, -1], by_days)
    return Method(forecast(rates, summing, _season(rates), 1, origins=6).choice, by_days)


def expected(ledger: Ledger, summing: Summing, working_days: float, quarter_end: bool, method: Method) -> Expectation:
    """The next month of a ledger. With two years of months the season of the year is in it."""
    rates = _rates(ledger, ledger.paths[:, -1], method.by_days)
    told = forecast(rates, summing, _season(rates), 1, origins=0, choice=method.choice)
    paths = summed(ledger.paths, summing)
    orders = summed(ledger.orders.sum(axis=0), summing)
    volume = told.points[0] * max(working_days, 1.0) ** method.by_days
    return Expectation(volume, _curve(ledger, paths, orders, quarter_end), _order(paths[:, -1], orders))


def _rates(ledger: Ledger, totals: Floats, by_days: float) -> Floats:
    return np.asarray(totals / np.maximum(ledger.working_days, 1.0)[:, None] ** by_days)


def _season(rates: Floats) -> int:
    return YEAR if len(rates) >= 2 * YEAR else 1


def _by_days(ledger: Ledger) -> float:
    """Whether a short month brings less (1) or as much as any (0), by the whole's last months; of equals, less.

    Spring Festival falls into January or February: whoever sells by the day loses what its days off would have brought,
    whoever sells to a plan brings it in before or after.
    """
    whole = ledger.paths[:, -1].sum(axis=1, keepdims=True)
    count = len(whole)
    off = []
    for by_days in BY_DAYS:
        rates = _rates(ledger, whole, by_days)
        said = [
            forecast(rates[:at], np.ones((1, 1)), _season(rates[:at]), 1, origins=0).points[0]
            for at in range(max(count - YEAR, 4), count)
        ]
        off.append(float(np.abs(rates[-len(said) :] - said).sum() / np.abs(rates[-len(said) :]).sum()) if said else 0.0)
    return BY_DAYS[int(np.argmin(np.round(off, 3)))]


def _curve(ledger: Ledger, paths: Floats, orders: Floats, quarter_end: bool) -> Floats:
    """Each node's own curve, shrunk to the whole's, which is of months of this kind shrunk to all months."""
    kind = ledger.quarter_end == quarter_end
    whole = paths[:, :, int(np.argmax(orders))]
    whole = whole / np.maximum(whole[:, -1:], 1e-12)
    count = int(kind.sum())
    usual = whole.mean(axis=0)
    of_kind = (whole[kind].sum(axis=0) + QUARTER_ENDS * usual) / (count + QUARTER_ENDS)
    sums = paths.sum(axis=0)
    own = np.divide(sums, sums[-1], out=np.repeat(usual[:, None], sums.shape[1], axis=1), where=sums[-1] > 0)
    trust = orders / (orders + ENOUGH_ORDERS)
    curve = of_kind[:, None] + trust * (own - usual[:, None])
    return np.asarray(np.clip(np.maximum.accumulate(curve, axis=0), 0.0, 1.0))


def _order(totals: Floats, orders: Floats) -> Floats:
    """The worth of an order of each node, few of its own mixed with the whole's."""
    usual = totals.sum() / max(orders.sum(), 1.0)
    return np.asarray(np.maximum((np.maximum(totals.sum(axis=0), 0.0) + 3.0 * usual) / (orders + 3.0), 1e-9))
