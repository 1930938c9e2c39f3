"""Which cells hold the gap of an additive measure."""

from decimal import Decimal

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.attribution import UnusableLeaves, UnusableMeasure, Verdict, attribute_gap
from tests.unit.streams.attribution.sales import DIMENSIONS, sold


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from("xy"), st.integers(0, 10**12), st.integers(-(10**9), 10**12)),
        min_size=1,
        max_size=60,
    )
)
def test_contributions_add_up_to_the_gap_to_the_cent(rows: list[tuple[str, str, int, int]]) -> None:
    table = pl.DataFrame(rows, schema=["one", "two", "expected", "observed"], orient="row")
    answer = attribute_gap(table, ["one", "two"])
    assert answer.gap == sum(row[3] - row[2] for row in rows)
    assert sum(part.contribution for part in answer.parts) + answer.rest.contribution == answer.gap


def test_decimals_stay_decimals() -> None:
    table = sold(lambda row: 0.5 if row["office"] == "o1" else 1.0)
    cents = table.with_columns((pl.col("expected", "observed").cast(pl.Decimal(18, 2)) / 100).cast(pl.Decimal(18, 2)))
    answer = attribute_gap(cents, DIMENSIONS)
    assert [part.cell for part in answer.parts] == [(("office", "o1"),)]
    assert isinstance(answer.gap, Decimal)
    assert sum((part.contribution for part in answer.parts), answer.rest.contribution) == answer.gap


@pytest.mark.parametrize(
    "cell",
    [
        {"region": "r1"},
        {"office": "o5"},
        {"product": "p2"},
        {"office": "o3", "product": "p4"},
        {"region": "r0", "product": "p6"},
        {"office": "o7", "channel": "c1"},
    ],
)
def test_a_planted_cell_is_named_at_its_own_level(cell: dict[str, str]) -> None:
    table = sold(lambda row: 0.6 if cell.items() <= row.items() else 1.0)
    answer = attribute_gap(table, DIMENSIONS)
    assert answer.verdict is Verdict.CELLS
    assert [dict(part.cell) for part in answer.parts] == [cell]
    assert answer.parts[0].ratio == pytest.approx(0.6, abs=0.02)


def test_causes_that_fell_unlike_are_told_apart_the_largest_first() -> None:
    def factor(row: dict[str, object]) -> float:
        offices = {"o2": 0.2, "o6": 1.5}
        return offices.get(str(row["office"]), 0.7 if row["product"] == "p1" else 1.0)

    answer = attribute_gap(sold(factor), DIMENSIONS)
    assert {part.cell for part in answer.parts} == {(("office", "o2"),), (("product", "p1"),), (("office", "o6"),)}
    assert [part.contribution for part in answer.parts] == sorted(part.contribution for part in answer.parts)


@pytest.mark.parametrize("seed", range(12))
def test_noise_alone_is_in_none_of_these_dimensions(seed: int) -> None:
    answer = attribute_gap(sold(lambda row: 1.0, seed, noise=0.1), DIMENSIONS)
    assert (answer.verdict, answer.parts) == (Verdict.ELSEWHERE, ())


@pytest.mark.parametrize("seed", range(6))
def test_few_small_orders_are_no_cause(seed: int) -> None:
    table = sold(lambda row: 1.0, seed)
    rng = np.random.default_rng(seed)
    due = rng.uniform(0.05, 3, table.height)
    rare = table.with_columns(expected=pl.Series(due), observed=pl.Series(rng.poisson(due)))
    assert attribute_gap(rare, DIMENSIONS).verdict is Verdict.ELSEWHERE


def test_everybody_alike_is_said_and_nobody_named() -> None:
    answer = attribute_gap(sold(lambda row: 0.8), DIMENSIONS)
    assert (answer.verdict, answer.parts) == (Verdict.ALIKE, ())
    assert answer.rest.ratio == pytest.approx(0.8, abs=0.02)


def test_who_stands_out_is_named_even_where_everybody_fell() -> None:
    answer = attribute_gap(sold(lambda row: 0.3 if row["office"] == "o4" else 0.85), DIMENSIONS)
    assert answer.verdict is Verdict.ALIKE
    assert [part.cell for part in answer.parts] == [(("office", "o4"),)]


def test_what_cannot_be_attributed_is_said_with_the_column() -> None:
    table = sold(lambda row: 1.0)
    with pytest.raises(UnusableLeaves, match="city"):
        attribute_gap(table, ["city"])
    with pytest.raises(UnusableLeaves):
        attribute_gap(table.head(0), DIMENSIONS)
    with pytest.raises(UnusableMeasure, match="observed"):
        attribute_gap(table.with_columns(observed=pl.lit(None, pl.Int64)), DIMENSIONS)
    with pytest.raises(UnusableMeasure, match="region"):
        attribute_gap(table, DIMENSIONS, observed="region")
