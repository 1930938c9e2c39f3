"""Where the month of a finding ends if it goes on as it does, and what is at risk. Pure."""

from decimal import Decimal
from math import sqrt

from ingest.events import Finding, Landing
from streams.amounts import UNIT, scaled
from streams.detection.causes.sold import scale_of
from streams.detection.findings import key_of, money
from streams.detection.picture import Picture

KNOWN_ORDERS = 10.0
"""Orders of going on as expected that a gap of now is held against: a few that are missing are no trend."""
WITHIN_80 = 1.2816
"""Standard deviations to either side that hold 80 % of a normal distribution."""


def landing(finding: Finding, picture: Picture) -> tuple[Landing, Decimal] | None:
    """The landing of the month, and what is missing at its low end to the target or to what was expected of it.

    It is what the month's baseline says of the node, as the board does; its interval was tried on months before. Where
    there is none, the rest of the month comes at the rate of now over what was expected, drawn towards 1 by
    `KNOWN_ORDERS`; it scatters as orders of chance do, and by how little is known of that rate. None where nothing is
    expected.
    """
    windows, key = picture.windows, key_of(finding)
    side = picture.reps if key.person_id else picture.cells
    rows = side.rows(key)
    share = picture.share(key, windows.now)
    booked = float(side.model.panel.booked(picture.spans.month)[rows].sum())
    expected = float(scaled(finding.expected))
    so_far = float(side.model.expected(picture.spans.month)[rows].sum())
    whole = float(scaled(finding.target)) if finding.target is not None else so_far / share if share > 0 else 0.0
    if whole <= 0 or expected <= 0:
        return None
    if (node := picture.seen.landings.of(key) if picture.seen.landings else None) is not None:
        middle = booked + node.rest * UNIT
        return _told(whole, middle, middle + node.low * UNIT, middle + node.high * UNIT)
    one = scale_of(picture)
    orders = expected / one
    rate = (max(float(scaled(finding.actual)), 0.0) / one + KNOWN_ORDERS) / (orders + KNOWN_ORDERS)
    rest = whole * max(1 - share, 0.0) * rate
    off = WITHIN_80 * one * sqrt(rest / one * (1 + rest / one / (orders + KNOWN_ORDERS)))
    return _told(whole, booked + rest, booked + max(rest - off, 0.0), booked + rest + off)


def _told(whole: float, middle: float, low: float, high: float) -> tuple[Landing, Decimal]:
    amounts = [money(round(one / 100) * 100) for one in (middle, low, high, max(whole - low, 0.0))]
    return Landing(middle=amounts[0], low=amounts[1], high=amounts[2]), amounts[3]
