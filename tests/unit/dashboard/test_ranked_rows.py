"""The list of a ranking: found, gathered, sorted and cut, over as many people as a large company has."""

from decimal import Decimal

import polars as pl
import pytest

from dashboard.ranked_rows import listed, points, sent
from dashboard.ranked_words import worded
from dashboard.view_state import ViewState
from warehouse.ranking import ranked_among

PEOPLE, OFFICES, REGIONS = 6_000, 200, 20
NAMES = {f"o{n}": (f"{n}办", f"Office {n}") for n in range(OFFICES)}
NAMES |= {f"r{n}": (f"{n}区", f"Region {n}") for n in range(REGIONS)}
REPS = ViewState(ranked="reps", lang="en")


@pytest.fixture(scope="module")
def ranked() -> pl.DataFrame:
    """Person n is in office n mod 200, region n mod 20, and has reached n of 6,000; the last one is ramping up."""
    rows = [
        {
            "id": f"p{n}", "name": f"人{n}", "name_en": f"Person {n}", "kind": "rep", "unit_id": f"o{n % OFFICES}",
            "path": ["hq", f"r{n % REGIONS}", f"o{n % OFFICES}"], "months": 60.0, "tenure": "seasoned",
            "mark": "ramp_up" if n == PEOPLE - 1 else "", "third": "small", "cohort": "rep|seasoned|small",
            "actual": Decimal(n), "target": Decimal(PEOPLE), "gap": float(n - PEOPLE), "trend": None,
            "attainment": n / PEOPLE, "attainment_before": (PEOPLE - n) / PEOPLE, "spark": [1.0, 3.0, 2.0],
        }
        for n in range(PEOPLE)
    ]  # fmt: skip
    return ranked_among(pl.DataFrame(rows, schema_overrides={"trend": pl.Float64}), "attainment")


def shown(ranked: pl.DataFrame, state: ViewState) -> pl.DataFrame:
    return listed(worded(ranked, NAMES, state), state)


def test_the_best_come_first_and_a_block_is_what_was_asked_for(ranked: pl.DataFrame) -> None:
    rows = shown(ranked, REPS)
    assert len(rows) == PEOPLE
    first = sent(rows, 0, 3)
    assert [row["label"] for row in first] == ["Person 5999", "Person 5998", "Person 5997"]
    assert (first[0]["rank"], first[0]["why"]) == (None, "ramping up")
    assert (first[1]["rank"], first[1]["of"], first[1]["moved"]) == (1, PEOPLE - 1, PEOPLE - 2)
    assert (first[1]["place"], first[1]["actual"]) == ("Office 198", 5998.0)
    assert [row["id"] for row in sent(rows, 5_998, 9_999)] == ["p1", "p0"]


def test_sorted_by_any_column_both_ways(ranked: pl.DataFrame) -> None:
    assert sent(shown(ranked, REPS.but(sort="gap")), 0, 1)[0]["id"] == "p0"
    assert sent(shown(ranked, REPS.but(sort="rank")), 0, 1)[0]["id"] == "p5998"
    assert sent(shown(ranked, REPS.but(sort="-label")), 0, 1)[0]["label"] == "Person 999"
    assert sent(shown(ranked, REPS.but(sort="-nonsense")), 0, 1)[0]["id"] == "p5999"


def test_found_by_name_or_office_or_region(ranked: pl.DataFrame) -> None:
    assert set(shown(ranked, REPS.but(find="person 599"))["label"]) == {
        "Person 599", *(f"Person 599{n}" for n in range(10))
    }  # fmt: skip
    assert len(shown(ranked, REPS.but(find="Office 7"))) == (1 + 10) * PEOPLE // OFFICES
    assert len(shown(ranked, REPS.but(find="(.*"))) == 0


def test_gathered_by_office_with_one_of_them_open(ranked: pl.DataFrame) -> None:
    closed = shown(ranked, REPS.but(group="office"))
    assert len(closed) == OFFICES
    best = sent(closed, 0, 1)[0]
    assert (best["label"], best["count"], best["ranked"]) == ("Office 199", 30, 29)
    assert best["actual"] == sum(range(199, PEOPLE, OFFICES))
    assert best["attainment"] == pytest.approx(best["actual"] / (30 * PEOPLE))
    rows = sent(shown(ranked, REPS.but(group="office", opened="o198")), 0, 34)
    assert [row["count"] is not None for row in rows] == [True, True, *[False] * 30, True, True]
    assert rows[2]["id"] == "p5998"
    assert len(shown(ranked, REPS.but(group="region"))) == REGIONS
    assert len(shown(ranked, REPS.but(group="cohort"))) == 1


def test_a_group_that_people_do_not_have_gathers_nothing(ranked: pl.DataFrame) -> None:
    assert len(shown(ranked, REPS.but(group="line"))) == PEOPLE


def test_the_line_of_some_months() -> None:
    assert points([0.0, 10.0, 5.0]) == "0,20.0 50,0.0 100,10.0"
    assert points([0.0, 0.0]) == points(None) == ""
