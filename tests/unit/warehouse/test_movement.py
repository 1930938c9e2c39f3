"""What moved the pipeline: every step of a deal under the bars it speaks of, adding up to the last digit."""

from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.movement import MOVES, STEPS, moves, slipped
from warehouse.queries.movement import put_together

ZERO = dict.fromkeys(STEPS.names()[2:10], Decimal(0)) | {"won_deals": 0, "lost_deals": 0, "pushes": 0}


def step(number: int = 1, deal: str = "d1", **added: Any) -> dict[str, Any]:
    """A version of a deal; what is inside or later is open too, and what was won was worth it."""
    row = {"opportunity_id": deal, "step": number, **ZERO, **{name: Decimal(value) for name, value in added.items()}}
    row["open"] = row["open"] + row["inside"] + row["later"]
    return row


def frame(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=STEPS)


def told(*rows: dict[str, Any]) -> dict[str, int]:
    return {bar: int(amount) for bar, amount in moves(frame(*rows)).select("bar", "amount").iter_rows()}


STOOD = step(0, inside=100)


@pytest.mark.parametrize(
    ("version", "bars"),
    [
        (step(inside=20), {"up": 20}),
        (step(inside=-30), {"down": -30}),
        (step(inside=-100, won=100, won_deals=1), {"won": -100}),
        (step(inside=-100, won=120, won_deals=1), {"won": -120, "up": 20}),
        (step(inside=-100, won=80, won_deals=1), {"won": -80, "down": -20}),
        (step(inside=-100, lost=100, lost_deals=1), {"lost": -100}),
        (step(inside=-100, lost_deals=1), {"lost": -100}),
        (step(inside=-100, abandoned=100), {"abandoned": -100}),
        (step(inside=-100), {"abandoned": -100}),
        (step(inside=-100, later=100), {"pushed_out": -100}),
        (step(inside=-100, later=70), {"pushed_out": -70, "down": -30}),
        (step(inside=-100, elsewhere=100, open=100), {"moved_out": -100}),
        (step(inside=-40, elsewhere=40, open=40), {"moved_out": -40}),
        (step(inside=-100, elsewhere=100), {"moved_out": -100}),
        (step(won=100, won_deals=1), {}),
    ],
)
def test_what_a_version_did_to_a_deal_that_stood(version: dict[str, Any], bars: dict[str, int]) -> None:
    assert told(STOOD, version) == bars


@pytest.mark.parametrize(
    ("before", "version", "bars"),
    [
        ({}, {"inside": 50}, {"new": 50}),
        ({"later": 50}, {"later": -50, "inside": 50}, {"pulled_in": 50}),
        ({"later": 50}, {"later": -50, "inside": 60}, {"pulled_in": 50, "up": 10}),
        ({"elsewhere": 50, "open": 50}, {"elsewhere": -50, "open": -50, "inside": 50}, {"moved_in": 50}),
        ({"lost": 50}, {"lost": -50, "lost_deals": -1, "inside": 50}, {"new": 50}),
    ],
)
def test_how_a_deal_came_in(before: dict[str, int], version: dict[str, int], bars: dict[str, int]) -> None:
    assert told(step(0, **before), step(1, **version)) == bars


def test_each_version_is_told_by_itself_and_what_comes_back_is_in_both_bars() -> None:
    away = step(1, inside=-100, later=100)
    back = step(2, inside=100, later=-100)
    assert told(STOOD, away, back) == {"pushed_out": -100, "pulled_in": 100}


amount = st.integers(-(10**6), 10**6).map(lambda n: Decimal(n) / 10_000)
version = st.fixed_dictionaries(
    {name: amount for name in ("inside", "later", "elsewhere", "won", "lost", "abandoned", "open")}
    | {name: st.integers(-1, 1) for name in ("won_deals", "lost_deals", "pushes")}
)


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), version), max_size=12))
def test_opening_and_moves_are_the_closing_whatever_happened(history: list[tuple[str, dict[str, Any]]]) -> None:
    """However odd the rows, whatever the days they came for: nothing is lost and nothing is made up."""
    rows = [step(number, deal, **added) for number, (deal, added) in enumerate(history)]
    steps = frame(*rows)
    sums = {
        deal: (
            sum((row["inside"] for row in rows if row["opportunity_id"] == deal and not row["step"]), Decimal(0)),
            sum((row["inside"] for row in rows if row["opportunity_id"] == deal), Decimal(0)),
        )
        for deal in "abc"
    }
    stood = pl.DataFrame(
        [(deal, opening, closing) for deal, (opening, closing) in sums.items()],
        schema={"opportunity_id": pl.String, "opening": pl.Decimal(38, 4), "closing": pl.Decimal(38, 4)},
        orient="row",
    )
    found = put_together(stood, steps)
    assert found.amount("opening") + sum(map(found.amount, MOVES)) == found.amount("closing")
    for bar in (*MOVES, "opening", "closing"):
        behind = found.behind(bar)
        assert behind["amount"].sum() == found.amount(bar)
        assert len(behind) == found.count(bar) == behind["opportunity_id"].n_unique()


def test_slipped_deals_say_how_often_in_between_and_ever() -> None:
    found = slipped(
        frame(
            step(0, pushes=2, worth=100),
            step(1, pushes=1),
            step(0, "d2", pushes=3, worth=70),
            step(1, "d2", worth=-10),
        )
    )
    assert found.rows() == [("d1", Decimal(100), 1, 3)]
