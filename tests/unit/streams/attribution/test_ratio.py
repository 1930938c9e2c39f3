"""Which cells moved a ratio, and what is mix and what is rate."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.attribution import RatioAnswer, UnusableMeasure, Verdict, attribute_ratio
from tests.unit.streams.attribution.sales import DIMENSIONS, decided


def of(table: pl.DataFrame, rising: bool = False, before: bool = True) -> RatioAnswer:
    return attribute_ratio(
        table,
        DIMENSIONS,
        numerator="won",
        denominator="decided",
        numerator_before="won_before" if before else None,
        denominator_before="decided_before" if before else None,
        rising=rising,
    )


@pytest.mark.parametrize("cell", [{"office": "o5"}, {"product": "p2"}, {"region": "r1", "channel": "c0"}])
@pytest.mark.parametrize("before", [True, False])
def test_where_the_rate_fell_is_named_and_ranked_first(cell: dict[str, str], before: bool) -> None:
    answer = of(decided(lambda row: 0.12 if cell.items() <= row.items() else 0.3), before=before)
    assert answer.verdict is Verdict.CELLS
    assert [dict(part.cell) for part in answer.parts] == [cell]
    assert dict(answer.ranking[0]) == cell
    assert answer.parts[0].ratio == pytest.approx(0.12, abs=0.02)


def test_what_hits_all_of_an_office_is_the_offices_though_it_hits_one_product_hardest() -> None:
    def bad(row: dict[str, object]) -> float:
        return (0.45 if row["product"] == "p1" else 0.2) if row["office"] == "o3" else 0.05

    answer = of(decided(bad, lambda row: 0.05), rising=True)
    assert [part.cell for part in answer.parts] == [(("office", "o3"),)]


def test_two_causes_are_both_named() -> None:
    answer = of(decided(lambda row: 0.1 if row["office"] == "o1" or row["product"] == "p6" else 0.3))
    assert {part.cell for part in answer.parts} == {(("office", "o1"),), (("product", "p6"),)}


def test_rates_that_always_differed_are_no_cause() -> None:
    def always(row: dict[str, object]) -> float:
        return {"p0": 0.1, "p1": 0.5}.get(str(row["product"]), 0.3)

    assert of(decided(always, always)).parts == ()


@pytest.mark.parametrize("seed", range(10))
def test_noise_alone_is_in_none_of_these_dimensions(seed: int) -> None:
    for rising in (True, False):
        answer = of(decided(lambda row: 0.3, seed=seed), rising)
        assert (answer.verdict, answer.parts) == (Verdict.ELSEWHERE, ())


def test_everybody_alike_is_said_and_nobody_named() -> None:
    answer = of(decided(lambda row: 0.24))
    assert (answer.verdict, answer.parts) == (Verdict.ALIKE, ())


def test_weights_that_moved_are_mix_and_no_rate() -> None:
    def always(row: dict[str, object]) -> float:
        return 0.1 if row["product"] == "p3" else 0.4

    answer = of(decided(always, always, weight=lambda row: 4.0 if row["product"] == "p3" else 1.0))
    assert answer.verdict is Verdict.MIX
    assert answer.parts[0].cell == (("product", "p3"),)
    mix, rate = (sum(getattr(part, kind) for part in (*answer.parts, answer.rest)) for kind in ("mix", "rate"))
    assert mix < 0
    assert abs(rate) < 0.1 * abs(mix)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from("xy"), *(st.integers(0, 500) for _ in range(4))),
        min_size=1,
        max_size=40,
    )
)
def test_mix_and_rate_add_up_to_the_change(rows: list[tuple[str, str, int, int, int, int]]) -> None:
    table = pl.DataFrame(
        [(one, two, won, won + lost, then, then + lost_then) for one, two, won, lost, then, lost_then in rows],
        schema=["one", "two", "won", "decided", "won_before", "decided_before"],
        orient="row",
    )
    answer = attribute_ratio(
        table,
        ["one", "two"],
        numerator="won",
        denominator="decided",
        numerator_before="won_before",
        denominator_before="decided_before",
    )
    now, of_now, then, of_then = (table[name].sum() for name in ("won", "decided", "won_before", "decided_before"))
    parts = (*answer.parts, answer.rest)
    assert sum(part.numerator for part in parts) == now
    if of_now and of_then:
        assert sum((part.mix or 0) + (part.rate or 0) for part in parts) == pytest.approx(now / of_now - then / of_then)
    else:
        assert all(part.mix is None and part.rate is None for part in parts)


def test_more_won_than_decided_is_refused() -> None:
    table = decided(lambda row: 0.3).with_columns(won=pl.col("decided") + 1)
    with pytest.raises(UnusableMeasure, match="won"):
        of(table)
