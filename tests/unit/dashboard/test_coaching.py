"""Coaching: who the two are, numbers beside peers without names, and what to speak of next time."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl

from dashboard.coaching.agenda import agenda
from dashboard.coaching.pair import pair_of
from dashboard.coaching.skill_rows import SKILLS, SkillRow, rows_of
from dashboard.components import coaching_team
from dashboard.components.coaching_team import Member
from dashboard.export.markup import words_in
from dashboard.plain import HTML
from dashboard.view_state import ViewState
from ingest.events import Task
from tests.unit.dashboard.test_findings_panel import SINCE, card
from warehouse.life import ActionRow
from warehouse.task_life import TaskCard, folded
from warehouse.tree import Company
from warehouse.viewer import Viewer

TODAY = date(2026, 11, 26)
ORG = Company(
    {"hq": {"path": ["hq"], "manager_id": "ceo"}, "hz": {"path": ["hq", "hz"], "manager_id": "han"},
     "empty": {"path": ["hq", "empty"], "manager_id": ""}}, {},
    {"rep": {"unit_id": "hz", "role": "rep"}, "han": {"unit_id": "hz", "role": "office_manager"},
     "ann": {"unit_id": "empty", "role": "rep"}},
)  # fmt: skip


def test_the_two_are_whoever_it_is_about_and_whoever_leads_them() -> None:
    pairs = {id: pair_of(id, ORG) for id in ("rep", "han", "hz", "ann", "empty", "nowhere")}
    found = {id: (pair.coached, pair.leader) if pair else None for id, pair in pairs.items()}
    assert found == {"rep": ("rep", "han"), "han": ("han", "ceo"), "hz": ("han", "ceo"), "ann": ("ann", "ceo"),
                     "empty": ("", "ceo"), "nowhere": None}  # fmt: skip
    assert [pairs["rep"].has(Viewer(who)) for who in ("rep", "han", "ceo", "")] == [True, True, False, False]  # type: ignore[union-attr]
    assert not pairs["empty"].has(Viewer(""))  # type: ignore[union-attr]


def frame(values: dict[str, float | None], skill: str = "win_rate") -> pl.DataFrame:
    rows = [{"id": id, "skill": skill, "value": value, "deals": 12} for id, value in values.items()]
    return pl.DataFrame(rows, schema={"id": pl.String, "skill": pl.String, "value": pl.Float64, "deals": pl.Int64})


def test_a_number_stands_beside_the_middle_half_of_ten_peers_or_more() -> None:
    peers: dict[str, float | None] = {f"p{n}": n / 10 for n in range(11)}
    rows = {row.skill: row for row in rows_of("me", list(peers), frame({**peers, "me": 0.2}), frame({"me": 0.4}))}
    row = rows["win_rate"]
    assert (row.median, row.low, row.high, row.peers) == (0.5, 0.25, 0.75, 11)
    assert (row.stands, row.has_moved) == ("behind", True)
    assert [one.stands for one in rows.values()].count("none") == len(SKILLS) - 1
    few = rows_of("me", list(peers)[:9], frame({**peers, "me": 0.2}), frame({}))[SKILLS.index("win_rate")]
    assert (few.median, few.stands, few.peers) == (None, "none", 9)


def test_of_days_and_discounts_less_is_better() -> None:
    assert SkillRow("cycle", 30, None, 40, 35, 50, 12).stands == "ahead"
    assert SkillRow("discount", 0.2, None, 0.1, 0.05, 0.15, 12).stands == "behind"
    assert SkillRow("coverage", 2.0, None, 1.5, 1.2, 1.8, 12).stands == "ahead"
    assert SkillRow("win_rate", 0.5, 0.48).has_moved is False


def task(id: str, due: str, did: tuple[str, ...] = (), said: datetime = SINCE, **more: Any) -> TaskCard:
    word = Task.model_validate({"occurred_at": said, "task_id": id, "title": id, "due_on": due, **more})
    return folded(
        [word], [ActionRow(f"{id}{n}", f"task:{id}", "p-a", what, "", "", SINCE) for n, what in enumerate(did)]
    )


def test_the_agenda_is_what_has_changed_since_the_last_talk() -> None:
    since = SINCE - timedelta(days=5)
    old = SINCE - timedelta(days=60)
    findings = [replace(card("new"), found_at=SINCE), replace(card("old"), found_at=old),
                replace(card("other", responsible_id="p-x", stand_in_for_id=None), found_at=SINCE)]  # fmt: skip
    tasks = [
        task("late", "2026-11-20"), task("done", "2026-12-20", ("done",)), task("agreed", "2026-12-20"),
        task("before", "2026-12-20", said=old),
        task("long-over", "2026-08-01", said=old, status="done", done_on="2026-08-01"),
    ]  # fmt: skip
    skills = [SkillRow("win_rate", 0.2, 0.4, 0.5, 0.3, 0.7, 12), SkillRow("discount", 0.2, 0.2, 0.1, 0.05, 0.15, 12),
              SkillRow("cycle", 40, 40, 40, 30, 50, 12)]  # fmt: skip
    points = agenda("p-a", findings, tasks, skills, since, TODAY)
    assert [(one.what, one.task.task.task_id if one.task else "") for one in points if not one.skill] == [
        ("finding", ""), ("late", "late"), ("done", "done"), ("agreed", "agreed"),
    ]  # fmt: skip
    assert points[0].finding is not None
    assert points[0].finding.finding.finding_id == "new"
    assert [(one.what, one.skill.skill) for one in points if one.skill] == [
        ("moved", "win_rate"),
        ("behind", "discount"),
    ]
    assert agenda("p-a", [], [], [], datetime(2026, 11, 25, tzinfo=UTC), TODAY) == []


def test_whom_to_coach_stands_where_nobody_is_chosen_yet() -> None:
    members = [Member("hz", ("杭州", "Hangzhou"), ("韩梅", "Han Mei"), 0.82, -5_000_000.0),
               Member("nb", ("宁波", "Ningbo"), ("", ""), 1.0, 0.0)]  # fmt: skip
    drawn = {id: props[HTML] for id, props in coaching_team.draw("East", members, ViewState(lang="en")).items()}
    assert words_in(drawn["headline--text"]).startswith("East: 2 lead a unit, 1 of them behind pace")
    assert 'href="?unit=hz&amp;lang=en"' in drawn["coach--agenda"]
    assert words_in(drawn["coach--agenda"]).index("Han Mei") < words_in(drawn["coach--agenda"]).index("Ningbo")
    assert "Once one is chosen" in words_in(drawn["coach--notes"])
