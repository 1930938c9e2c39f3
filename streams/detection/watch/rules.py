"""What is worth telling about single deals, customers and cash: one row a rule. The watch is one loop over them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial

import polars as pl

from ingest.events import ProblemKind
from streams.detection.responsibility import First
from streams.detection.watch import cash, coverage, cram, customers, deals, landing, prices, sources, wins
from streams.detection.watch.facts import Facts
from warehouse.measures import DefinitionError, did_you_mean
from warehouse.metrics import METRICS
from warehouse.thresholds import Numbers, defaults

SILENCE = "data-silence"
"""The rule that speaks while all others are held."""
STANDS_WITH = Decimal("0.5")
"""A finding stands until its money is under this part of what raises one (hysteresis)."""


@dataclass(frozen=True)
class Watch:
    """When things of one kind are a finding of one person.

    `test` says which are off and since when (`facts.FLAGS`); the minimum duration is part of each test's own threshold,
    and stated in `lasting` for the reader. Those of one person together are one finding, raised from `least_amount`
    (reporting currency) on. `first` answers; `domain` is the row of the trade's table that this is.
    `against` are sentences that always speak against such a finding, `kind` is what kind of problem it is, `reads` the
    topics without which nothing can be said of it.
    """

    id: str
    domain: str
    metric: str
    test: Callable[[Facts], pl.DataFrame]
    lasting: str
    first: First
    against: tuple[str, ...] = ()
    kind: ProblemKind | None = None
    least_amount: int = 0
    reads: tuple[str, ...] = ("opportunities",)

    @property
    def sentence(self) -> str:
        """The message id of what it says."""
        return f"why.{self.id.replace('-', '_')}"

    @property
    def name(self) -> str:
        """The message id of what a screen calls the things it speaks of."""
        return f"findings.item_{self.id.replace('-', '_')}"


_UNSEEN = ("against.contact_not_entered",)
_ROWS = (
    Watch(landing.LANDING, "R2", "bookings", landing.missing,
          "the month ends under 95 % of its target at 80 % or more, from working day 8", "unit", kind="volume",
          reads=("orders",)),
    Watch("untended-deals", "R5", "open_pipeline", deals.untended,
          "no contact for 10 (S, A), 15 (B), 25 (C) working days; from solution on no next step, or late for 3",
          "owner", _UNSEEN, "activity", reads=("opportunities", "activities")),
    Watch("pushed-deals", "R6", "open_pipeline", deals.pushed,
          "moved a second time, or while committed, in the last 5 working days", "owner", kind="rate"),
    Watch("slipping-deals", "R6", "open_pipeline", deals.slipping,
          "more of what was due this month moved on than by all others, 2 deals or more", "owner",
          kind="rate"),
    Watch("unproven-commits", "R8", "open_pipeline", deals.unproven,
          "committed for this month before negotiation, or no contact for 14 days", "owner", _UNSEEN,
          "rate", reads=("opportunities", "activities")),
    Watch("unsigned-awards", "R11", "awarded", deals.unsigned,
          "awarded for 30 days, no effective order", "owner", kind="cash", reads=("opportunities", "orders")),
    Watch("stuck-deals", "R7", "open_pipeline", deals.stuck,
          "longer in its stage than 90 % of 30 or more deals won, same segment and grade", "owner",
          kind="rate"),
    Watch("late-dues", "R10", "bookings", cash.late,
          "later than 90 % of dues are paid, up to 30 days", "owner", kind="cash", reads=("orders", "collections")),
    Watch("overdue-dues", "R10", "bookings", partial(cash.overdue, over=cash.OVERDUE_DAYS, until=60),
          "31 to 60 days past the day due", "owner", kind="cash", reads=("orders", "collections")),
    Watch("overdue-dues-60", "R10", "bookings", partial(cash.overdue, over=60, until=90),
          "61 to 90 days past the day due", "unit", kind="cash", reads=("orders", "collections")),
    Watch("overdue-dues-90", "R10", "bookings", partial(cash.overdue, over=90, until=None),
          "more than 90 days past the day due", "above", kind="cash", reads=("orders", "collections")),
    Watch("uninvoiced-orders", "R11", "revenue", cash.uninvoiced,
          "accepted for 10 working days, not invoiced", "fulfilment", kind="cash", reads=("orders",)),
    Watch("thin-coverage", "R9", "open_pipeline", coverage.thin,
          "coverage under 1 ÷ win rate now and a week ago, weeks 2 to 9 of the quarter", "unit",
          kind="volume", reads=("opportunities", "orders")),
    Watch("complaints", "R14", "bookings", customers.complained,
          "severe open 24 h, other 72 h; a second in 90 days of an S or A customer", "fulfilment",
          reads=("activities",)),
    Watch("price-leak", "R12", "realised_price", prices.leaking,
          "realised price 3 points under peers over 20 working days, mix removed", "unit", kind="price",
          reads=("orders",)),
    Watch("win-rate-falling", "R4", "win_rate", wins.losing,
          "fewer of 10 or more deals won than before, 20 working days against 60", "unit", kind="rate"),
    Watch("month-end-cram", "R13", "bookings", cram.crammed,
          "over half of a month in its last 3 working days and twice the norm, or back-dated 3 days", "ops",
          reads=("orders",)),
    Watch(SILENCE, "R15", "bookings", sources.silent,
          "2 working hours under the 1 % quantile, or over 1 % of the money of no known office", "ops", reads=()),
)  # fmt: skip


def _checked(rows: tuple[Watch, ...]) -> dict[str, Watch]:
    for row in rows:
        if row.metric not in METRICS:
            raise DefinitionError(f"rule {row.id} reads metric {row.metric!r}.{did_you_mean(row.metric, METRICS)}")
    if len({row.id for row in rows}) < len(rows):
        raise DefinitionError("two rules have the same id")
    return {row.id: tuned(row, defaults(row.id)) for row in rows}


def tuned(rule: Watch, numbers: Numbers) -> Watch:
    """The rule with these numbers."""
    return replace(rule, least_amount=int(numbers["least_amount"]))


WATCHES = _checked(_ROWS)
"""By id, in the order they are shown."""
