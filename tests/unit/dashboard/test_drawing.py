"""From what the board was told to what is on the screen."""

import json
import re
from html import unescape
from typing import Any

import polars as pl
import pytest
from plotly.utils import PlotlyJSONEncoder

from dashboard import board as asked
from dashboard import pages
from dashboard.address import Address
from dashboard.board_state import BoardState
from dashboard.components import Drawn
from dashboard.export.markup import words_in
from dashboard.live import Picture
from dashboard.view_state import ViewState
from tests.unit.dashboard.pictures import EAST, HQ, NOW, board, misplaced, standing, standings
from warehouse.measures import QuestionError
from warehouse.queries.org import Node
from warehouse.viewer import Viewer

STATES = [
    ViewState(units=shape, lang=lang, theme=theme)
    for shape in ("treemap", "bars", "table")
    for lang in ("zh", "en")
    for theme in ("light", "dark")
]


def plain(value: Any) -> Any:
    return json.loads(json.dumps(value, cls=PlotlyJSONEncoder))


def draw(told: BoardState, state: ViewState) -> Drawn:
    """All lanes of a picture."""
    address = Address("/", state)
    return {id: props for lane in asked.lanes(address) for id, props in asked.draw(told, address, lane).items()}


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.to_query())
def test_all_that_is_drawn_has_its_place_on_the_page(state: ViewState) -> None:
    assert not misplaced(draw(board(), state), Address("/", state))


@pytest.mark.parametrize("path", pages.found())
@pytest.mark.parametrize("told", [board(), board(is_unreachable=True), board(is_allowed=False, parts={})])
def test_no_two_lanes_draw_the_same(told: BoardState, path: str) -> None:
    address = Address(path, ViewState())
    drawn = [
        (id, prop)
        for lane in asked.lanes(address)
        for id, props in asked.draw(told, address, lane).items()
        for prop in props
    ]
    assert len(drawn) == len(set(drawn))
    for lane in asked.lanes(address):
        assert not misplaced(asked.draw(told, address, lane), address)


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.to_query())
def test_charts_stay_small_and_where_the_reader_put_them(state: ViewState) -> None:
    drawn = draw(board(), state)
    for figure in (props["figure"] for props in drawn.values() if "figure" in props):
        assert figure["layout"]["uirevision"] == "fixed"
        assert len(figure["data"]) <= 10
        assert sum(len(trace.get("x") or trace.get("ids") or ()) for trace in figure["data"]) <= 2000


def test_the_same_is_drawn_the_same() -> None:
    state = ViewState()
    first, again = draw(board(), state), draw(board(), state)
    assert asked.digests(first) == asked.digests(again)


def test_only_what_differs_is_sent() -> None:
    state = ViewState()
    shown = asked.digests(draw(board(), state))
    more = board()
    more.parts["list"] = more.parts["list"].head(0)  # type: ignore[index]
    drawn = draw(more, state)
    picture = Picture(2, drawn, asked.digests(drawn), None, True)
    assert set(picture.beyond(shown)) == {"list--body", "list--empty"}


def test_the_sentence_says_the_gap_and_where_most_of_it_is() -> None:
    drawn = draw(board(), ViewState(lang="en"))
    said = "".join(words_in(drawn[f"headline--{part}"]["data-html"]) for part in ("text", "end"))
    percent = "\N{NARROW NO-BREAK SPACE}%"
    assert said == (
        f"▼Head office is at 62.3{percent} of Nov 2026's Bookings target, 70.0{percent} expected by now;"
        f" landing 92.3{percent}, 230\u00a0K behind pace; the largest hole is North × Vms, −400\u00a0K."
    )


@pytest.mark.parametrize(
    ("versions", "said"),
    [
        (
            ({"amount": 1_000_000, "stage": "lead"}, {"amount": 3_200_000, "stage": "bid"}),
            "Deal d1: 3.20\u00a0M · bid.",
        ),
        (({"order_id": "d1", "amount": 50}, {"retracts": "x", "who": "p", "why": "w"}), "Deal d1: how it came about"),
    ],
)
def test_the_sentence_over_a_deal_is_about_it_and_says_whose_the_figures_are(versions: Any, said: str) -> None:
    times = {
        "changed_at": NOW, "received_at": NOW, "source": "crm", "entity_id": "d1", "version": 1, "names": "{}",
    }  # fmt: skip
    told = board()
    told.parts["deal"] = pl.DataFrame([times | {"state": json.dumps(one)} for one in versions])
    sentence = words_in(draw(told, ViewState(lang="en", deal="d1"))["headline--text"]["data-html"])
    assert said in sentence
    assert sentence.endswith("are those of Head office.")
    assert "target" not in sentence
    assert "▼" not in sentence


def test_of_the_products_beside_it_a_product_is_called_by_its_name() -> None:
    goods = tuple(Node(id, id, id.title(), "", above, "", ()) for id, above in (("all", ""), ("vms", "all")))
    told = board(product_path=goods, columns_of="all")
    heads = draw(told, ViewState(lang="en", product="vms"))["heat--body"]["data-html"].split("</thead>")[0]
    assert "Vms" in heads
    assert "Direct" not in heads


def test_a_unit_leads_to_itself_and_what_is_not_assigned_leads_nowhere() -> None:
    state = ViewState(lang="en")
    trace = draw(board(), state)["units--chart"]["figure"]["data"][0]
    links = dict(zip(trace["ids"], (data[0] for data in trace["customdata"]), strict=True))
    assert links == {"east": "?unit=east&lang=en", "north": "?unit=north&lang=en", "south": "?unit=south&lang=en"}
    assert trace["ids"] == ["east", "north", "south"]  # by size of target, what has none by its actual


def test_a_cell_leads_to_its_unit_and_product_and_few_orders_have_no_pace() -> None:
    table = unescape(draw(board(), ViewState())["heat--body"]["data-html"])
    assert '"?unit=north&product=vms"' in table
    assert "0.20" in table  # 100,000 of 500,000
    assert "0.45" not in table  # 9,000 of 20,000: noise
    assert "9,000" in table


def test_no_target_is_no_target_and_few_deals_are_too_few() -> None:
    tiles = re.sub("<[^>]*>", " ", draw(board(), ViewState(lang="en"))["tiles--row"]["data-html"])
    assert "no target" in tiles
    assert "too few" in tiles
    assert "0.0" not in tiles


def test_an_unreachable_warehouse_keeps_the_last_picture() -> None:
    drawn = draw(board(is_unreachable=True, parts={}), ViewState())
    assert set(drawn) == {"notice--slot", "board--frame"}
    assert "is-stale" in drawn["board--frame"]["className"]


def test_who_may_not_look_sees_a_lock_and_no_number() -> None:
    nobody = Viewer.nobody("p9")
    drawn = draw(board(is_allowed=False, parts={}, viewer=nobody, path=(HQ, EAST)), ViewState(lang="en"))
    words = json.dumps(plain(drawn))
    assert "You may not see this" in words
    assert "p9" in words
    assert "figure" not in {prop for props in drawn.values() for prop in props}


def test_a_rate_says_of_which_period_it_is_and_what_is_beside_it_counts() -> None:
    told = board()
    told.parts["past_wins"] = pl.DataFrame({"win_rate_amount": [0.539]})  # type: ignore[index]
    said = words_in(draw(told, ViewState(metric="win_rate", lang="en"))["tiles--row"]["data-html"])
    assert "Win rate · Nov 2026" in said
    assert "by amount over four quarters" in said


def test_people_who_make_up_more_than_their_unit_are_said_to() -> None:
    told = board(by="rep")
    people = standings(standing("p1", "1800000", None), standing("p2", "100000", None))
    told.parts["units"] = people  # type: ignore[index]
    head = words_in(draw(told, ViewState(lang="en"))["units--head"]["data-html"])
    assert "adds up to 30.0\u00a0K more: overlay credit" in head
    told.parts["units"] = people.filter(id="p1")  # type: ignore[index]
    assert "overlay credit" not in words_in(draw(told, ViewState(lang="en"))["units--head"]["data-html"])


def test_what_could_not_be_asked_is_said_and_the_rest_stands() -> None:
    told = board(failures={"curve": "the query took longer than 30 s"})
    told.parts.pop("curve")  # type: ignore[attr-defined]
    drawn = draw(told, ViewState(lang="en"))
    assert "the query took longer than 30 s" in words_in(drawn["notice--slot"]["data-html"])
    assert "shows-empty" in drawn["curve--body"]["className"]
    assert "shows-treemap" in drawn["units--body"]["className"]


def test_what_a_metric_cannot_show_is_said_in_its_place() -> None:
    told = board(unanswerable={"curve": QuestionError("no day"), "cells": QuestionError("no product", by="product")})
    drawn = draw(told, ViewState(metric="win_rate", lang="en"))
    assert "Win rate cannot be shown this way" in words_in(drawn["curve--empty"]["data-html"])
    assert "Win rate is not counted by product" in drawn["heat--body"]["data-html"]
    assert drawn["notice--slot"]["data-html"] == ""


def test_parts_of_the_link_that_could_not_be_read_are_named() -> None:
    state = ViewState.from_query("?unit=east&metric=bokings&lang=en")
    assert "There is no metric “bokings”" in words_in(draw(board(path=(HQ, EAST)), state)["notice--slot"]["data-html"])


def test_the_breadcrumb_leads_back_up() -> None:
    told = board(path=(HQ, EAST), rep="p1", rep_name=("李娜", "Li Na"), by="rep")
    told.parts["list"] = pl.DataFrame()  # type: ignore[index]
    drawn = draw(told, ViewState(unit="east", rep="p1"))
    where = drawn["header--where"]["data-html"]
    assert 'href="?"' in where
    assert 'href="?unit=east"' in where
    assert words_in(drawn["header--where"]["data-html"]) == "总部▸华东大区▸李娜"
