"""Who is a peer of whom, who is ranked, and who may see which row: on frames written by hand."""

from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from warehouse.cohorts import marked, with_cohort
from warehouse.measures import QuestionError
from warehouse.queries.ranges import rolled_up
from warehouse.ranking import By, check, ranked_among, seen_by
from warehouse.viewer import Viewer

DAY = date(2026, 11, 20)
LONG_AGO = date(2020, 1, 1)


def people(**roles_since: date | None) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {"id": key, "role_since": since, "is_moved": False, "is_away": False, "away": 0.0}
            for key, since in roles_since.items()
        ],
        schema_overrides={"role_since": pl.Date},
    )


def test_who_is_new_away_or_moved_is_marked() -> None:
    tenure = people(old=LONG_AGO, new=date(2026, 8, 1), unknown=None, ill=LONG_AGO, moved=date(2026, 11, 2))
    tenure = tenure.with_columns(
        pl.when(pl.col("id") == "ill").then(0.6).otherwise(pl.col("away")).alias("away"),
        (pl.col("id") == "moved").alias("is_moved"),
    )
    found = marked(tenure.select("id"), tenure, DAY)
    assert dict(found.select("id", "mark").iter_rows()) == {
        "old": "", "new": "ramp_up", "unknown": "", "ill": "leave", "moved": "transfer",
    }  # fmt: skip


def nodes(*sizes: float, months: float = 60.0, kind: str = "rep") -> list[dict[str, Any]]:
    return [
        {"id": f"{kind}{months:.0f}-{n}", "kind": kind, "months": months, "mark": "", "size": size}
        for n, size in enumerate(sizes)
    ]


def test_thirds_by_size_where_each_has_enough() -> None:
    found = with_cohort(pl.DataFrame(nodes(*range(1, 31))))
    assert found["third"].to_list() == ["small"] * 10 + ["middle"] * 10 + ["large"] * 10
    few = with_cohort(pl.DataFrame(nodes(*range(1, 30))))
    assert set(few["cohort"]) == {"rep||"}


def test_a_short_time_in_the_role_is_a_class_only_where_both_have_enough() -> None:
    old, new = nodes(*range(1, 21)), nodes(*range(1, 11), months=12.0)
    assert set(with_cohort(pl.DataFrame(old + new))["tenure"]) == {"new", "seasoned"}
    assert set(with_cohort(pl.DataFrame(old + new[:-1]))["tenure"]) == {""}


def test_figures_of_leaves_go_up_the_tree_of_their_day() -> None:
    ranges = pl.DataFrame(
        {
            "id": ["hz", "hz"],
            "valid_from": [LONG_AGO, date(2026, 11, 10)],
            "valid_to": [date(2026, 11, 9), date(2149, 6, 6)],
            "path": [["hq", "east", "hz"], ["hq", "north", "hz"]],
        }
    )
    days = [date(2026, 11, 9), date(2026, 11, 10), date(2026, 11, 10)]
    amounts = pl.DataFrame({"id": ["hz", "hz", "??"], "day": days, "amount": [Decimal("1.25"), Decimal(3), Decimal(9)]})
    found = dict(rolled_up(amounts, ranges).iter_rows())
    assert found == {"hq": Decimal("4.25"), "hz": Decimal("4.25"), "east": Decimal("1.25"), "north": Decimal(3)}


def standing(id: str, attainment: float | None, before: float | None = None, **more: Any) -> dict[str, Any]:
    row = {"id": id, "name": id, "name_en": id, "kind": "rep", "unit_id": "hz", "path": ["hq", "east", "hz"]}
    row |= {"months": 60.0, "mark": "", "tenure": "", "third": "", "cohort": "rep||", "actual": Decimal(7)}
    return row | {"attainment": attainment, "attainment_before": before, "gap": 1.0, **more}


BY: By = "attainment"


def test_ranks_are_taken_among_peers_and_without_who_is_marked() -> None:
    frame = pl.DataFrame(
        [
            standing("a", 0.9, 0.1),
            standing("b", 0.7, 0.9),
            standing("c", 0.7, 0.5),
            standing("new", 1.9, 1.9, mark="ramp_up"),
            standing("none", None),
            standing("other", 0.1, cohort="ar||"),
        ]
    )
    found = ranked_among(frame, BY)
    ranks = {row["id"]: (row["rank"], row["rank_before"], row["peers"]) for row in found.iter_rows(named=True)}
    assert ranks["a"] == (1, 3, 3)
    assert ranks["b"] == (2, 1, 3)
    assert ranks["c"] == (2, 2, 3)
    assert ranks["new"][:2] == (None, None)
    assert ranks["none"][:2] == (None, None)
    assert ranks["other"][:2] == (None, None)  # among fewer than three nobody is ranked


def test_a_rep_sees_the_own_row_and_ten_others_without_their_amounts() -> None:
    many = [standing(f"p{n:02}", 1 - n / 100, 0.5) for n in range(40)] + [standing("ar", 2.0, 0.1, cohort="ar||")]
    ranked = ranked_among(pl.DataFrame(many), BY)
    found = seen_by(ranked, Viewer("p30", own_rows=True), "reps", BY)
    assert sorted(found["id"]) == [*(f"p{n:02}" for n in range(10)), "p30"]
    others = found.filter(pl.col("is_other"))
    assert others["actual"].null_count() == others["gap"].null_count() == 10
    assert others["attainment"].null_count() == others["rank"].null_count() == 0
    own = found.filter(pl.col("id") == "p30").row(0, named=True)
    assert (own["rank"], own["peers"], own["actual"]) == (31, 40, 7)


def test_a_manager_sees_their_people_and_nobody_else() -> None:
    rows = [standing("mine", 0.5), standing("x", 0.6, path=["hq", "north", "bj"]), standing("y", 0.7, path=["hq"])]
    found = seen_by(ranked_among(pl.DataFrame(rows), BY), Viewer("m", unit_ids=frozenset({"east"})), "reps", BY)
    assert found["id"].to_list() == ["mine"]
    assert found["rank"].to_list() == [3]


def test_units_are_not_shown_to_who_leads_none() -> None:
    ranked = ranked_among(pl.DataFrame([standing("hz", 0.5)]), BY)
    assert seen_by(ranked, Viewer("p1", own_rows=True), "units", BY).is_empty()
    assert seen_by(ranked, Viewer.nobody(), "reps", BY).is_empty()


def test_nobody_is_ranked_by_activity() -> None:
    with pytest.raises(QuestionError, match="not ranked by their activities"):
        check("reps", "visits")
    check("units", "visits")
    with pytest.raises(QuestionError, match="does not add up"):
        check("units", "win_rate")
