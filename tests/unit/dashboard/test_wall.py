"""From what a wall was told to what is on it: the figures, in whose hands, and no name that is not for a wall."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import polars as pl
import pytest

from dashboard import board as asked
from dashboard.address import Address
from dashboard.components.ticker import Ticking
from dashboard.components.wall import red, units
from dashboard.components.wall.red import Words
from dashboard.components.wall.replay import frames
from dashboard.plain import HTML, markup
from dashboard.view_state import ViewState
from dashboard.wall_questions import About, Red, Replay, Wins
from dashboard.walls import SCENES, Wall
from ingest.events import Behind, Slice, Task
from tests.unit.dashboard.pictures import NOVEMBER, NOW, TODAY, board, days, misplaced, standing, standings
from tests.unit.dashboard.test_findings_panel import NAMES, SINCE, card
from warehouse.landing import Past
from warehouse.life import ActionRow, Treatment
from warehouse.queries.notifications import ToldRow
from warehouse.task_life import folded

UNITS = {"east": ("hq", "east"), "hz": ("hq", "east", "hz"), "nb": ("hq", "east", "nb")}
LABELS = {**NAMES, "east": ("华东大区", "East"), "north": ("华北大区", "North")}
TAKEN = Treatment(status="taken", status_by="p-b", status_at=SINCE, assignee_id="p-b")
MET = replace(TAKEN, status="in_treatment", met_by="p-b", met_at=SINCE)
CARDS = (
    card("a", -300_000, MET),
    card("b", -100_000, TAKEN, slice=Slice(unit_id="nb")),
    card("c", -50_000, slice=Slice(unit_id="north")),
)
WON = {
    "id": "d1",
    "closed_on": TODAY,
    "amount": Decimal(3_200_000),
    "office_id": "hz",
    "product_id": "vms",
    "rep_id": "p-a",
}


def told(wall: Wall = Wall(), lang: Any = "en", cards: Any = CARDS, won: Any = (WON,)) -> Any:
    """HQ in November, 230,000 behind, as the questions of a wall answer it."""
    head = standings(standing("hq", "1870000", "3000000")).with_columns(children_target=pl.lit(None))
    rows = standings(
        standing("north", "500000", "1200000"), standing("east", "1300000", "1600000"), standing("x", "1", None)
    )
    wins = Wins(pl.DataFrame(list(won), schema=list(WON)), LABELS, len(won), Decimal(3_200_000))
    about = About(wall, ViewState(lang=lang, theme="dark"))
    found = Red(tuple(cards), UNITS, {"vms": ("vms",)}, LABELS)
    stages = pl.DataFrame({"stage": ["bid", "lead"], "open_pipeline": [Decimal(9), Decimal(3)], "open_deals": [2, 1]})
    covered = pl.DataFrame({"coverage": [1.5], "needed": [2.0], "reason": [None]})
    parts = {
        "urgent": {"about": about, "head": head.row(0, named=True), "interval": (2.64e6, 2.94e6), "red": found},
        "scenes": {
            "about": about, "by": "unit", "units": rows, "products": rows, "curve": days(), "head": head,
            "stages": stages, "coverage": covered, "cash_head": head, "cash_curve": days(), "cash_units": rows,
            "red": found, "awarded": pl.DataFrame({"awarded": [Decimal(5)]}), "months": [Past(50, 100)] * 12,
            "wins": wins, "latest": Ticking(pl.DataFrame(list(won), schema=list(WON)).select(
                pl.lit("won").alias("kind"), "id", "office_id", "rep_id", "amount", pl.lit(NOW).alias("at")
            ), LABELS),
        },
    }  # fmt: skip
    return board(parts=parts)


def shown(state: Any, lang: Any = "en", **query: Any) -> dict[str, dict[str, Any]]:
    address = Address("/wall/company", ViewState(lang=lang, **query))
    drawn = {id: props for lane in asked.lanes(address) for id, props in asked.draw(state, address, lane).items()}
    assert not misplaced(drawn, address)
    return drawn


def words(drawn: dict[str, dict[str, Any]], id: str) -> str:
    """The text of a place, without its marks."""
    inside = pl.Series([drawn[id][HTML]]).str.replace_all("<[^>]*>", " ").str.replace_all(r"\s+", " ")[0]
    return str(inside).replace("\N{NARROW NO-BREAK SPACE}", " ")


def test_the_headline_says_where_it_stands_where_it_lands_and_in_whose_hands_what_is_missing_is() -> None:
    said = words(shown(told()), "wall--head")
    assert "Nov 2026" in said
    assert "▼ 62.3 %" in said
    assert "70.0 % expected by now" in said
    assert "landing 92.3 % 80 %: 88–98" in said
    assert "230 K short by now" in said
    assert "= 300 K in treatment + 100 K taken + 50 K nobody's − 220 K everything else" in said
    assert "应达" in words(shown(told(lang="zh"), "zh"), "wall--head")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_scene_is_in_the_document(lang: Any) -> None:
    drawn = shown(told(lang=lang), lang)
    assert drawn["wall--stage"]["data-scenes"] == ",".join(SCENES)
    for scene in SCENES:
        assert "<h2>" in drawn[f"wall--{scene}"][HTML], scene


def test_only_the_scenes_of_the_file_are_drawn() -> None:
    drawn = shown(told(Wall(scenes=("red", "wins"), seconds=5)))
    assert drawn["wall--stage"] == {"data-scenes": "red,wins", "data-seconds": 5, "data-lang": "en"}
    assert {id for id in drawn if id.removeprefix("wall--") in SCENES} == {"wall--red", "wall--wins"}


def test_red_shows_unit_and_role_and_a_name_only_where_the_file_allows_it() -> None:
    for allowed in (False, True):
        drawn = shown(told(Wall(show_names=allowed)))
        for place in ("wall--red", "wall--company", "wall--pin"):
            said = words(drawn, place)
            assert ("Zhang Wei" in said) is allowed
            assert "Li Na" not in said
        assert "East · Hangzhou × VMS −300 K office manager" in words(drawn, "wall--red")


@pytest.mark.parametrize(
    ("units", "said"),
    [
        (("3890000", "2990000"), "U0 3.89 M U1 2.99 M Unassigned 1.42 M"),
        (("5305000", "2994000"), "U0 5.31 M U1 2.99 M"),
        (("900000",) * 9, f"{' '.join(f'U{n} 0.90 M' for n in range(8))} the rest 1.10 M"),
        (("9000000",), "U0 9.00 M Unassigned −0.70 M"),
    ],
)
def test_what_the_scene_of_cash_lists_adds_up_to_its_title(units: Sequence[str], said: str) -> None:
    state = told(Wall(scenes=("cash",)))
    rows = [standing(f"u{n}", amount, None) for n, amount in enumerate(units)]
    state.parts["scenes"]["cash_units"] = standings(*rows, standing("", "1", None))
    state.parts["scenes"]["cash_head"] = standings(standing("hq", "8300000", None))
    shows = words(shown(state), "wall--cash")
    assert "collections 8.30 M" in shows
    assert f"Collections by unit {said} awarded" in shows


def test_the_scene_of_cash_stands_before_anything_is_collected() -> None:
    state = told(Wall(scenes=("cash",)))
    state.parts["scenes"]["cash_units"] = standings()
    state.parts["scenes"]["cash_head"] = standings(standing("hq", "0", None))
    assert "collections 0," in words(shown(state), "wall--cash")


def test_wins_are_said_with_names() -> None:
    drawn = shown(told())
    assert "One deal won today, 3.20 M ▲ Zhang Wei Hangzhou × VMS 3.20 M" in words(drawn, "wall--wins")
    assert "▲ Won Hangzhou · Zhang Wei 3.20 M 11:00" in words(drawn, "wall--ticker")


def test_before_the_first_win_of_the_day_the_latest_are_shown() -> None:
    yesterday = {**WON, "closed_on": TODAY - timedelta(days=1)}
    state = told(won=(yesterday,))
    state.parts["scenes"]["wins"] = replace(state.parts["scenes"]["wins"], count=0)
    assert "Nothing won yet today; the latest wins" in words(shown(state), "wall--wins")
    assert "22 Nov" in words(shown(state), "wall--wins")
    assert "Nothing won or received" in words(shown(told(won=())), "wall--ticker")


def test_the_newest_of_what_nobody_has_is_pinned_until_somebody_takes_it() -> None:
    said = words(shown(told()), "wall--pin")
    assert "Who takes it? North −50.0 K" in said
    newer = card("d", -10_000, slice=Slice(unit_id="hz"), since=SINCE + timedelta(hours=1))
    said = words(shown(told(cards=(*CARDS, newer))), "wall--pin")
    assert "East · Hangzhou −10.0 K" in said
    assert "1 more, −50.0 K" in said
    said = words(shown(told(cards=CARDS[:2])), "wall--pin")
    assert "Everything red is in somebody's hands" in said
    calm = told(cards=())
    assert "Nothing is red" in words(shown(calm), "wall--pin")
    calm.parts["urgent"]["red"] = replace(calm.parts["urgent"]["red"], is_looked=False)
    for place in ("wall--pin", "wall--red"):
        assert "Nothing has been looked at yet" in words(shown(calm), place)


def test_a_tile_stands_at_the_same_place_whatever_is_sold() -> None:
    rows = [standing("a", "10", "100"), standing("b", "10", "50"), standing("c", "1", "2")]
    sold = [standing("c", "9", "2"), standing("b", "90", "50"), standing("a", "0", "100")]

    def laid(rows: list[dict[str, Any]]) -> list[str]:
        tiles = units.tiles(units.worth_showing(standings(*rows)), "en")
        return [str(tile.style) for tile in tiles.children]

    assert laid(rows) == laid(sold)


def test_what_is_wrong_with_a_wall_is_said_on_it() -> None:
    fault = About(Wall(), ViewState(), "There is no wall 'eats'; there are: company.")
    drawn = shown(board(parts={"urgent": {"about": fault}, "scenes": {"about": fault}}))
    assert "There is no wall 'eats'; there are: company." in words(drawn, "wall--fault")
    assert drawn.keys() == {"wall--fault"}
    assert shown(told())["wall--fault"][HTML] == ""


def test_what_somebody_wrote_is_never_markup() -> None:
    bad = {**LABELS, "hz": ("<script>", "<script>")}
    said = markup(red.beside(CARDS, Words(bad, UNITS, "en")))
    assert "<script>" not in said
    assert "&lt;script&gt;" in said


def _stood(day: date, id: str, actual: int, target: int, pace: float) -> dict[str, Any]:
    row = standing(id, str(actual), str(target))
    keep = ("name", "name_en", "actual", "target", "attainment", "expected_share", "expected", "gap", "landing")
    return {"day": day, "id": id, "pace": pace, **{name: row[name] for name in keep}}


def test_a_month_over_again_shows_a_gap_opening_being_taken_and_closing() -> None:
    first = NOVEMBER.start
    rows = [
        row
        for n in range(4)
        for row in (
            _stood(first + timedelta(days=n), "", 100, 1_000, 0.5),
            _stood(first + timedelta(days=n), "east", 100, 900, 0.5 + n / 5),
        )
    ]
    found = SINCE.replace(day=2)
    take = ActionRow("e", "finding:a", "p-b", "take", "", "", SINCE.replace(day=3))
    one = replace(card("a", -80, since=found, as_of=SINCE.replace(day=4), state="resolved"), actions=(take,))
    played = json.loads(
        frames(Replay(NOVEMBER, pl.DataFrame(rows), Red((one,), UNITS, {}, LABELS)), "bookings", "HQ", "en")
    )
    red_by_day = [day["parts"]["red"] for day in played["days"]]
    news = [day["parts"]["news"] for day in played["days"]]
    assert [("Hangzhou" in text) for text in red_by_day] == [False, True, True, False]
    assert "nobody's" in red_by_day[1]
    assert "taken" in red_by_day[2]
    assert [word in text for word, text in zip(("nothing new", "found", "taken", "closed"), news, strict=True)] == [
        True
    ] * 4
    assert [day["tiles"]["east"][2][0] for day in played["days"]] == ["▼", "▼", "▼", "▲"]
    assert played["seconds"] == 30


def test_red_shows_how_far_each_has_come_and_how_soon() -> None:
    loose, finding = CARDS[2], CARDS[2].finding
    seen = (ToldRow(finding.finding_id, finding.responsible_id or "", SINCE + timedelta(seconds=4)),)
    task = Task.model_validate({
        "occurred_at": SINCE + timedelta(minutes=50), "task_id": "t", "title": "visit", "due_on": "2026-12-01",
        "finding_id": finding.finding_id,
    })  # fmt: skip
    known = Words(LABELS, UNITS, "en", told=seen)
    agreed = replace(MET, met_by="", met_at=None)  # in treatment, and nobody met
    assert "since the meeting" not in markup(red.state(replace(loose, treatment=agreed), known))
    waited = replace(known, ages={finding.finding_id: 150.0})
    assert "nobody's 2.5 working h" in unescape(markup(red.state(loose, waited)))
    assert "●●○○○ +4 s" in markup(red.dots(loose, known))
    assert "●●○●○ +50 min" in markup(red.dots(loose, replace(known, tasks=(folded([task], []),))))


def test_red_says_what_is_no_gap_and_leaves_out_what_is_folded() -> None:
    deals = (Behind(kind="deal", id="OP1", amount=Decimal(90_000)),)
    about: dict[str, Any] = {"rule": "untended-deals", "behind": deals, "behind_count": 1}
    folded = card("e", -70_000, slice=Slice(unit_id="north"), is_folded=True)
    said = markup(red.beside((card("d", -90_000, **about), folded), Words(LABELS, UNITS, "en")))
    assert "untended deals: 1 · East · Hangzhou × VMS" in said
    assert "North" not in said
