"""Booked changes of the company as one frame, and what can be planted in them. Pure.

A row is a change that counts: `order`, `begun` and `at` (epoch seconds of the order's first row and of this one),
`told` (when it is known), office, product, rep, `amount` and `list_amount` (1/10,000), `lines`, `overlay` (counts for
the person alone).
"""

from collections.abc import Sequence
from datetime import date

import numpy as np
import polars as pl

from ingest.calendar import Period
from ingest.simulator.bookings import Deal, plan_month
from ingest.simulator.company import Company
from ingest.simulator.orders import AMENDED, CANCELLED, OVERLAY_SHARE, RETURNED
from ingest.simulator.pace import local_day

CNY = 10_000
DAY, LOCAL = 86_400, 8 * 3600
DISCOUNTS = (0, 5, 8, 10, 12, 15, 20, 25)
HELPED, ELSEWHERE, EXPERT = 0.06, 0.01, 0.08
"""Parts of the orders whose credit is shared with a colleague, with one of another office, with the solution person."""


def planned(company: Company, months: Sequence[Period]) -> list[Deal]:
    """All business of the months, as the simulator plans it."""
    return [deal for month in months for deal in plan_month(company, month)]


def normal(company: Company, deals: Sequence[Deal], rng: np.random.Generator) -> pl.DataFrame:
    """The orders won, and at the simulator's rates: cancelled, amended, returned, shared, with a service line.

    The simulator tells an order version by version, at a hundred times the cost; what is booked is alike.
    """
    won = [deal for deal in deals if deal.fate == "won"]
    count = len(won)
    amount = np.array([deal.amount for deal in won], dtype=np.int64) * CNY
    begun = np.array([deal.at for deal in won], dtype=np.int64)
    big = np.array([deal.big for deal in won], dtype=bool)
    discount = rng.choice(DISCOUNTS, count)
    orders = pl.DataFrame(
        {
            "order": np.arange(count),
            "begun": begun,
            "at": begun,
            "office": np.array([deal.office for deal in won]),
            "product": np.array([deal.product for deal in won]),
            "post": np.array([deal.post for deal in won]),
            "rep": [company.posts[deal.post].seller(local_day(deal.at)) for deal in won],
            "amount": amount,
            "list_amount": amount * 100 // (100 - discount),
            "lines": 1 + ((rng.random(count) < 0.1) & ~big),
            "overlay": np.zeros(count, dtype=bool),
        }
    )
    fate, aside = rng.random(count), rng.random(count)
    small = amount <= 0.6 * company.typical_order * CNY
    cancelled = (fate < CANCELLED) & small
    amended = (fate >= CANCELLED) & (fate < CANCELLED + AMENDED) & ~big
    back = (fate >= CANCELLED + AMENDED) & (fate < CANCELLED + AMENDED + RETURNED)
    by = rng.choice((-15, -10, -5, 5, 10, 15), count)
    later = [
        _after(orders, cancelled, rng.uniform(2, 12, count), -100, -orders["lines"].to_numpy()),
        _after(orders, amended, rng.uniform(1, 2, count), by, 0),
        _after(orders, back, rng.uniform(16, 64, count), -rng.choice((10, 20, 30), count), 0),
        _after(orders, (aside < 0.004) & ~big, rng.uniform(20, 60, count), -10, 0),
    ]
    return _named(company, _shared(company, pl.concat([orders, *later]), rng))


def _after(orders: pl.DataFrame, who: object, days: object, percent: object, lines: object) -> pl.DataFrame:
    """A later change of some orders, so many days after, by so many per cent."""
    rows = orders.with_columns(
        at=pl.col("at") + pl.Series(np.asarray(days) * DAY).cast(pl.Int64),
        amount=pl.col("amount") * pl.Series(np.broadcast_to(percent, len(orders))) // 100,  # type: ignore[arg-type]
        list_amount=pl.col("list_amount") * pl.Series(np.broadcast_to(percent, len(orders))) // 100,  # type: ignore[arg-type]
        lines=pl.Series(np.broadcast_to(lines, len(orders))).cast(pl.Int64),  # type: ignore[arg-type]
    )
    return rows.filter(pl.Series(who))


def _shared(company: Company, rows: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Credit by order: mostly all the rep's, some shared with a helper, some with the solution person on top."""
    count = int(rows["order"].max()) + 1  # type: ignore[arg-type]
    first = rows.filter(pl.col("at") == pl.col("begun")).unique("order", maintain_order=True).sort("order")
    draw, share = rng.random(count), rng.choice((20, 30, 40), count)
    planted = [company.effects.lumpy_post]
    helper = np.full(count, -1)
    office_of = company.offices_of_posts
    for at in np.flatnonzero((draw < HELPED) & ~first["post"].is_in(planted).to_numpy()):
        office = int(first["office"][int(at)])
        if draw[at] < ELSEWHERE:
            office = int(rng.choice(company.offices_in[company.offices[office].parent]))
        others = np.flatnonzero((office_of == office) & (np.arange(len(office_of)) != first["post"][int(at)]))
        one = int(rng.choice(others))
        helper[at] = -1 if one in planted else one
    seller = [
        "" if one < 0 else company.posts[one].seller(local_day(at))
        for one, at in zip(helper.tolist(), first["begun"].to_list(), strict=True)
    ]
    seller = ["" if one == rep else one for one, rep in zip(seller, first["rep"].to_list(), strict=True)]
    expert = [
        company.experts[company.offices[office].parent][0] if one > 1 - EXPERT else ""
        for office, one in zip(first["office"].to_list(), draw.tolist(), strict=True)
    ]
    credit = pl.DataFrame(
        {"order": np.arange(count), "helper": seller, "part": share, "expert": expert, "there": office_of[helper]}
    )
    rows = rows.join(credit, on="order", how="left", maintain_order="left")
    helped, over = pl.col("helper") != "", pl.col("expert") != ""
    part = pl.col("amount") * pl.col("part") // 100
    listed = pl.col("list_amount") * pl.col("part") // 100
    mine = rows.with_columns(
        amount=pl.when(helped).then(pl.col("amount") - part).otherwise("amount"),
        list_amount=pl.when(helped).then(pl.col("list_amount") - listed).otherwise("list_amount"),
    )
    zero = pl.lit(0, pl.Int64)
    helpers = rows.filter(helped).with_columns(
        amount=part, list_amount=listed, rep="helper", office="there", lines=zero
    )
    experts = rows.filter(over).with_columns(
        amount=(pl.col("amount") * float(OVERLAY_SHARE)).cast(pl.Int64), list_amount=zero, rep="expert", lines=zero,
        overlay=True,
    )  # fmt: skip
    return pl.concat([mine, helpers, experts]).drop("helper", "part", "expert", "there", "post")


def _named(company: Company, rows: pl.DataFrame) -> pl.DataFrame:
    """Ids for indexes; what changes an order later does so on a working day."""
    first, last = (local_day(int(rows["at"].min())), local_day(int(rows["at"].max())))  # type: ignore[arg-type]
    works = [company.calendar.weight(date.fromordinal(one)) > 0 for one in range(first.toordinal(), last.toordinal())]
    works.append(True)
    ahead = np.zeros(len(works), dtype=np.int64)
    for place in range(len(works) - 2, -1, -1):
        ahead[place] = 0 if works[place] else ahead[place + 1] + 1
    at = rows["at"].to_numpy()
    moved = at + DAY * ahead[(at + LOCAL) // DAY - (int(at.min()) + LOCAL) // DAY]
    offices = np.array([office.id for office in company.offices])
    products = np.array([product.id for product in company.products])
    return rows.with_columns(
        at=np.where(at == rows["begun"].to_numpy(), at, moved),
        office=offices[rows["office"].to_numpy()],
        product=products[rows["product"].to_numpy()],
    ).with_columns(told=pl.col("at"))
