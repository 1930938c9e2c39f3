"""What is planted is really missing, by exactly the size asked, and nothing else is touched."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from ingest.simulator.pace import opening
from tests.bench.planted import booked, cash, deals, visits

SINCE = date(2026, 6, 8)
BEFORE, AFTER = opening(date(2026, 6, 1)), opening(date(2026, 6, 10))
INSIDE = pl.col("office") == "a"


def rng() -> np.random.Generator:
    return np.random.default_rng(5)


@pytest.fixture
def rows() -> pl.DataFrame:
    """Forty orders of two offices, a third of them begun before, each fifth with a later change."""
    generator = np.random.default_rng(3)
    order = np.arange(40)
    begun = np.where(order % 3 == 0, BEFORE, AFTER) + order * 600
    first = pl.DataFrame(
        {
            "order": order,
            "begun": begun,
            "at": begun,
            "office": np.where(order % 2 == 0, "a", "b"),
            "product": np.where(order % 4 < 2, "p", "q"),
            "rep": np.where(order % 4 == 0, "a1", "a2"),
            "amount": generator.integers(50_000_000, 900_000_000, 40),
            "list_amount": generator.integers(900_000_000, 1_000_000_000, 40),
            "lines": np.ones(40, dtype=np.int64),
            "overlay": order % 10 == 9,
        }
    )
    later = first.filter(pl.col("order") % 5 == 0).with_columns(
        at=pl.col("at") + 86_400, amount=-pl.col("amount") // 10, lines=pl.lit(0, pl.Int64)
    )
    return pl.concat([first, later]).with_columns(told=pl.col("at"))


def amount(rows: pl.DataFrame, *where: pl.Expr) -> int:
    return int(rows.filter(*where)["amount"].sum())


@pytest.mark.parametrize("size", [0.1, 0.35, 0.6, 1.0])
def test_exactly_the_asked_part_of_the_slice_is_missing(rows: pl.DataFrame, size: float) -> None:
    begun = pl.col("begun") >= opening(SINCE)
    less = booked.fewer(rows, INSIDE, SINCE, size, rng())
    whole = amount(rows, INSIDE, begun)
    assert amount(less, INSIDE, begun) == whole - round(size * whole)
    assert less.filter(~INSIDE | ~begun).equals(rows.filter(~INSIDE | ~begun))
    assert (less["amount"].abs() <= rows["amount"].abs()).all()


def test_orders_that_become_smaller_keep_their_price(rows: pl.DataFrame) -> None:
    large = rows.with_columns(amount=pl.col("amount") * 1_000, list_amount=pl.col("amount") * 1_250)
    less = booked.fewer(large, INSIDE, SINCE, 0.35, rng()).filter(INSIDE, pl.col("amount") > 0)
    price = less.select((pl.col("amount") / pl.col("list_amount")).alias("price"))["price"]
    assert price.is_between(0.79, 0.81).all()


def test_mostly_whole_orders_are_missing_with_all_their_changes(rows: pl.DataFrame) -> None:
    less = booked.fewer(rows, INSIDE, SINCE, 0.5, rng())
    of_order = (
        less.filter(INSIDE).group_by("order").agg(pl.col("lines").sum(), (pl.col("amount") == 0).all().alias("gone"))
    )
    assert of_order["gone"].any()
    assert of_order.filter("gone")["lines"].sum() == 0


def test_what_is_sold_instead_is_not_missing(rows: pl.DataFrame) -> None:
    of_line = INSIDE & (pl.col("product") == "p")
    other = booked.instead(rows, of_line, "q", SINCE, 0.5, rng())
    assert amount(other, INSIDE) == amount(rows, INSIDE)
    assert amount(other, of_line) < amount(rows, of_line)


def test_credit_that_moves_stays_in_the_office(rows: pl.DataFrame) -> None:
    moved = booked.credited(rows, "a1", "a2", SINCE, 0.6, rng())
    assert amount(moved, INSIDE) == amount(rows, INSIDE)
    assert amount(moved, pl.col("rep") == "a1") < amount(rows, pl.col("rep") == "a1")


def test_an_outage_hides_its_days_until_it_ends(rows: pl.DataFrame) -> None:
    until = AFTER + 10 * 86_400
    hidden = booked.silent(rows, INSIDE, SINCE, date(2026, 6, 12), until)
    begun = INSIDE & (pl.col("at") >= opening(SINCE))
    assert (hidden.filter(begun)["told"] == until).all()
    assert hidden.drop("told").equals(rows.drop("told"))


def test_a_cram_moves_orders_and_loses_none(rows: pl.DataFrame) -> None:
    when = [AFTER + 10 * 86_400]
    crammed = booked.crammed(rows, INSIDE, SINCE, date(2026, 6, 12), when, 0.5, rng())
    assert amount(crammed, INSIDE) == amount(rows, INSIDE)
    assert 0 < len(crammed.filter(pl.col("at") == when[0])) < len(rows.filter(INSIDE))


def test_a_price_leak_lowers_the_price_realised_by_the_size_and_no_amount(rows: pl.DataFrame) -> None:
    leaking = booked.cheaper(rows, INSIDE, SINCE, 0.2)
    here = INSIDE & (pl.col("begun") >= opening(SINCE))
    was, now = (frame.filter(here)["list_amount"].sum() for frame in (rows, leaking))
    assert was / now == pytest.approx(0.8)
    assert amount(leaking) == amount(rows)


def test_exactly_the_asked_part_of_a_reps_visits_is_not_done() -> None:
    done = pl.DataFrame(
        {"day": [date(2026, 6, 1), SINCE, SINCE], "rep": ["a1", "a1", "a2"], "visits": [10, 10, 10], "told": [0, 0, 0]}
    )
    less = visits.fewer(done, "a1", SINCE, 0.3, rng())
    assert less["visits"].to_list() == [10, 7, 10]


def test_more_deals_are_lost_until_the_win_rate_is_lower_by_the_size() -> None:
    known = pl.DataFrame({"office": ["a"] * 10, "closed": [SINCE] * 10, "won": [True] * 5 + [False] * 5})
    worse = deals.lost_more(known, INSIDE, SINCE, 0.5)
    assert worse["won"].mean() == pytest.approx(0.25)
    assert worse["won"].sum() == 5


def test_deals_that_slip_stay_open_until_the_next_month() -> None:
    known = pl.DataFrame({"office": ["a"] * 10, "closed": [SINCE] * 10})
    slipped = deals.slipped(known, INSIDE, SINCE, 0.4, date(2026, 7, 1), rng())
    assert slipped["closed"].to_list().count(date(2026, 7, 1)) == 4


def test_overdue_orders_are_not_paid() -> None:
    owed = pl.DataFrame({"office": ["a"] * 10, "due": [AFTER] * 10, "paid": [AFTER] * 10})
    assert cash.overdue(owed, INSIDE, SINCE, 0.3, rng())["paid"].null_count() == 3
