"""A seeded company's figures from its events alone, by polars, apart from the streams and the SQL; and as text."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Context, Decimal

import polars as pl

from deploy.verify import readings
from deploy.verify.log import Logged
from ingest.events import Event, Product, Unit
from ingest.settings import CompanySettings

Told = Sequence[tuple[str, Event]]
TEN_THOUSANDTHS = Decimal(10_000)
SUMS: Mapping[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "bookings": ("orders", ("booked_amount",), ("returned_amount",)),
    "returned": ("orders", ("returned_amount",), ()),
    "revenue": ("orders", ("accepted_net_amount",), ("returned_net_amount",)),
    "quantity": ("orders", ("quantity",), ()),
    "order_lines": ("orders", ("lines",), ()),
    "open_pipeline": ("opportunities", ("open_amount",), ()),
    "won_amount": ("opportunities", ("won_amount",), ()),
    "lost_deals": ("opportunities", ("lost_deals",), ()),
    "opened_amount": ("opportunities", ("opened_amount",), ()),
    "visits": ("activities", ("visits",), ()),
}
COUNTS = frozenset({"order_lines", "lost_deals", "visits"})
STOCKS = frozenset({"open_pipeline"})
WITHOUT_PRODUCT = frozenset({"activities"})


@dataclass(frozen=True)
class Slice:
    """What is asked; `first` and `last` are the days that count."""

    metric: str
    unit: str | None
    rep: str | None
    product: str | None
    first: date
    last: date


class Figures:
    """The sums of everything told up to a moment, and the trees that the organisation's own events make."""

    def __init__(self, told: Told, until: datetime) -> None:
        company = CompanySettings()
        known = [(topic, event) for topic, event in told if event.occurred_at <= until]
        by_topic = {topic: [event for name, event in known if name == topic] for topic in ("orders", "opportunities")}
        visits = [event for name, event in known if name == "activities"]
        self.frames = {
            "orders": readings.orders(_logged(by_topic["orders"]), company),
            "opportunities": readings.opportunities(_logged(by_topic["opportunities"]), company),
            "activities": readings.activities(_logged(visits), company),
        }
        org = [event for name, event in known if name == "org"]
        self.units = {one.id: one.parent_id for one in org if isinstance(one, Unit)}
        products = [one for one in org if isinstance(one, Product)]
        self.products = {one.id: one.parent_id for one in products}
        self.launched = {
            one.id: one.valid_from for one in sorted(products, key=lambda one: one.valid_from, reverse=True)
        }

    def value(self, asked: Slice) -> Decimal:
        """The sum of the slice: an amount, or a count."""
        table, plus, minus = SUMS[asked.metric]
        frame = self._narrowed(self.frames[table], table, asked)
        total = sum(int(frame[name].sum()) for name in plus) - sum(int(frame[name].sum()) for name in minus)
        return Decimal(total) if asked.metric in COUNTS else Decimal(total) / TEN_THOUSANDTHS

    def below(self, tree: Mapping[str, str | None], node: str) -> list[str]:
        """The node and all below it."""
        found = [node]
        for one in found:
            found += [child for child, parent in tree.items() if parent == one]
        return found

    def _narrowed(self, frame: pl.DataFrame, table: str, asked: Slice) -> pl.DataFrame:
        frame = frame.filter(pl.col("day") <= asked.last)
        if asked.metric not in STOCKS:
            frame = frame.filter(pl.col("day") >= asked.first)
        if asked.unit is not None and self.units[asked.unit]:
            frame = frame.filter(pl.col("office_id").is_in(self.below(self.units, asked.unit)))
        if asked.rep is not None:
            frame = frame.filter(pl.col("rep_id") == asked.rep)
        elif "is_overlay" in frame.columns:
            frame = frame.filter(pl.col("is_overlay") == 0)
        if asked.product is not None and table not in WITHOUT_PRODUCT:
            frame = frame.filter(pl.col("product_id").is_in(self.below(self.products, asked.product)))
            known_on = pl.lit(asked.last) if asked.metric in STOCKS else pl.col("day")
            launched_on = pl.col("product_id").replace_strict(self.launched, return_dtype=pl.Date)
            frame = frame.filter((launched_on <= known_on) | (pl.col("product_id") == asked.product))
        return frame


def _logged(events: Iterable[Event]) -> list[Logged]:
    return [Logged(0, offset, event) for offset, event in enumerate(events)]


def exact(value: Decimal) -> str:
    """ "1,234.50", whole amounts without cents."""
    cents = value.quantize(Decimal("0.01"), ROUND_HALF_UP)
    text = f"{abs(cents):,.2f}".removesuffix(".00")
    return f"−{text}" if cents < 0 else text


def short(value: Decimal, metric: str) -> str:
    """As a Chinese reader sees it: three digits that count, in 亿 or 万; counts whole."""
    if metric in COUNTS:
        return f"{value:,}"
    rounded = Context(prec=3, rounding=ROUND_HALF_UP).create_decimal(abs(value))
    size, unit = next(one for one in ((10**8, "亿"), (10**4, "万"), (1, "")) if rounded >= one[0] or one[0] == 1)
    scaled = rounded / size
    places = 0 if not unit and scaled == int(scaled) else 2 if scaled < 10 else 1 if scaled < 100 else 0
    return f"{'−' if value < 0 and rounded else ''}{scaled:,.{places}f}{unit}"
