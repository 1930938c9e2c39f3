"""Cells of leaves too rare to be looked at one by one, found by their sums."""

from typing import Any

import numpy as np
import polars as pl
import pytest

from streams.attribution import UnusableLeaves, UnusableMeasure, attribute_counts

WHERE = [("region", "office", "rep"), "product"]


def leaves(kept: dict[tuple[str, str], float], seed: int = 1) -> pl.DataFrame:
    """2 regions × 3 offices × 4 reps × 6 products, half an order each; `kept`: what is left by (column, value)."""
    rng = np.random.default_rng(seed)
    rows = []
    for office in range(6):
        for rep in range(4):
            for product in range(6):
                row: dict[str, Any] = {
                    "region": f"r{office // 3}", "office": f"o{office}", "rep": f"o{office}-{rep}",
                    "product": f"p{product}",
                }  # fmt: skip
                left = np.prod([share for (column, value), share in kept.items() if row[column] == value])
                rows.append({**row, "expected": 2.0, "past": 6.0, "observed": float(rng.poisson(2 * left))})
    return pl.DataFrame(rows)


@pytest.mark.parametrize("cell", [("region", "r1"), ("office", "o2"), ("rep", "o4-1"), ("product", "p3")])
def test_the_cell_that_sells_nothing_is_the_one_named(cell: tuple[str, str]) -> None:
    answer = attribute_counts(leaves({cell: 0.0}), WHERE)
    assert (answer.verdict, [part.cell for part in answer.parts]) == ("cells", [(cell,)])
    assert answer.parts[0].observed == 0


def test_two_causes_are_two_cells_the_larger_first() -> None:
    answer = attribute_counts(leaves({("office", "o1"): 0.0, ("product", "p0"): 0.1}), WHERE)
    assert [part.cell for part in answer.parts] == [(("office", "o1"),), (("product", "p0"),)]


def test_what_falls_alike_everywhere_names_no_cell() -> None:
    answer = attribute_counts(leaves(dict.fromkeys((("region", "r0"), ("region", "r1")), 0.5)), WHERE)
    assert (answer.verdict, answer.parts) == ("alike", ())
    assert answer.rest.ratio == pytest.approx(0.5, abs=0.1)


def test_chance_names_nothing() -> None:
    verdicts = [attribute_counts(leaves({}, seed), WHERE) for seed in range(20)]
    assert sum(len(answer.parts) for answer in verdicts) <= 1


def test_parts_and_rest_are_the_gap_exactly_in_whole_numbers() -> None:
    table = leaves({("office", "o1"): 0.0}).with_columns(
        (pl.col(name) * 12_345_678).cast(pl.Int64) for name in ("expected", "observed", "past")
    )
    answer = attribute_counts(table, WHERE, one=12_345_678)
    assert sum(part.contribution for part in (*answer.parts, answer.rest)) == answer.gap
    assert answer.gap == table["observed"].sum() - table["expected"].sum()


def test_a_level_that_is_known_to_scatter_needs_more_to_stand_out() -> None:
    table = leaves({("office", "o2"): 0.3})
    office = (("office", "o2"),)
    assert office in [part.cell for part in attribute_counts(table, WHERE).parts]
    assert office not in [part.cell for part in attribute_counts(table, WHERE, scatter={("office",): 8.0}).parts]


def test_what_cannot_be_used_is_said() -> None:
    with pytest.raises(UnusableLeaves, match="region"):
        attribute_counts(leaves({}).head(0), WHERE)
    with pytest.raises(UnusableMeasure, match='"past" must hold a number'):
        attribute_counts(leaves({}).drop("past"), WHERE)
