"""The page of the pipeline from what it was told."""

import re
from datetime import date
from decimal import Decimal
from html import unescape
from itertools import pairwise, product
from typing import Any

import polars as pl
import pytest

from dashboard import board as asked
from dashboard.address import Address
from dashboard.components import Drawn
from dashboard.components.behind import months
from dashboard.components.waterfall import rest, steps
from dashboard.interval import between, first_day, is_backwards
from dashboard.pipeline.moves import slipped_share
from dashboard.pipeline.questions import Moved
from dashboard.view_state import ViewState
from ingest.calendar import Period
from tests.unit.dashboard.pictures import NOVEMBER, TODAY, board, misplaced
from warehouse.movement import Cut
from warehouse.queries.dues import Cash
from warehouse.queries.movement import Between, Movement

MONEY = pl.Decimal(38, 4)
PICTURES = list(product(("zh", "en"), ("bars", "table"), (None, "d1")))
BARS = {"opening": 1000, "new": 300, "pulled_in": 50, "won": -400, "lost": -150, "pushed_out": -200, "closing": 600}


def movement(**amounts: int) -> Movement:
    """One deal behind each bar."""
    found = {bar: Decimal(amount) for bar, amount in amounts.items()}
    deals = pl.DataFrame(
        [("d1", bar, amount) for bar, amount in found.items()],
        schema={"opportunity_id": pl.String, "bar": pl.String, "amount": MONEY},
        orient="row",
    )
    slips = pl.DataFrame(
        [("d1", Decimal(200), 1, 2)],
        schema={"opportunity_id": pl.String, "amount": MONEY, "now": pl.Int64, "pushes": pl.Int64},
        orient="row",
    )
    return Movement(deals, slips, {bar: (amount, 1) for bar, amount in found.items()} | {"slipped": (Decimal(200), 1)})


def row(**values: Any) -> pl.DataFrame:
    return pl.DataFrame([values])


def parts() -> dict[str, Any]:
    deal = {
        "id": "d1",
        "amount": Decimal(600),
        "customer_id": "c1",
        "customer_name": "<Acme>",
        "customer_name_en": "<Acme>",
        "product_id": "vms1",
    }
    deal |= {
        "product_name": "VMS 1",
        "product_name_en": "VMS 1",
        "rep_id": "p1",
        "rep_name": "李娜",
        "rep_name_en": "Li Na",
        "stage": "bid",
        "outcome": "open",
        "grade": "A",
    }
    deal |= {"opened_on": date(2026, 10, 1), "expected_close_on": date(2026, 12, 1), "closed_on": None, "pushes": 1}
    deal |= {"months": [date(2026, 11, 1), date(2026, 12, 1), date(2027, 2, 1)]}
    total = {
        "open_deals": 3,
        "open_pipeline": Decimal(600),
        "probable_pipeline": Decimal(300),
        "weighted_pipeline": None,
    }
    cover = {"open": Decimal(600), "booked": Decimal(10), "target": Decimal(410), "coverage": 1.5, "needed": 3.2}
    cover |= {"reason": None}
    wins = {f"{how}_{what}": Decimal(5) for how in ("won", "lost", "abandoned") for what in ("deals", "amount")}
    wins |= {"win_rate": None, "win_rate_reason": "too_few", "win_rate_amount": 0.4, "win_rate_amount_reason": None}
    found = Movement(movement(**BARS).deals, movement().slips, movement(**BARS).bars)
    ages = {"stage": "bid", "deals": 3, "median": 20, "longest": 99, "to_30": 2, "to_60": 0, "to_90": 0, "beyond": 1}
    due = pl.DataFrame(
        [("beyond", True, 1, Decimal(70))], schema=["bucket", "is_retention", "dues", "amount"], orient="row"
    )
    return {
        "moved": Moved(Between(Cut(date(2026, 10, 31)), Cut(TODAY), NOVEMBER), found, pl.DataFrame([deal]), 0, 1),
        "cover": row(id="", **cover),
        "total": row(**total),
        "all_open": row(**total),
        "stages": row(stage="bid", **total),
        "ageing": row(**ages),
        "below": row(id="east", kind="unit", name="华东", name_en="East", **cover),
        "wins": row(**wins),
        "wins_year": row(**wins),
        "cycle": row(deals=0, median=0, p90=0),
        "cycle_year": row(deals=12, median=45, p90=90),
        "cash": Cash(due, True, False, Decimal(0), Decimal(0)),
        "collected": row(metric="collections", actual=Decimal(5), target=None),
        "findings": None,
    }


def draw(state: ViewState, **more: Any) -> Drawn:
    address = Address("/pipeline", state)
    told = board(**{"parts": parts(), **more})
    return {id: props for lane in asked.lanes(address) for id, props in asked.draw(told, address, lane).items()}


def text(drawn: Drawn, id: str) -> str:
    return unescape(re.sub(r"<[^>]*>", " ", drawn[id]["data-html"]))


@pytest.mark.parametrize(
    "state",
    [ViewState(lang=lang, shape=shape, deal=deal) for lang, shape, deal in PICTURES],
    ids=lambda state: state.to_query(),
)  # fmt: skip
def test_all_that_is_drawn_has_its_place_on_the_page(state: ViewState) -> None:
    assert not misplaced(draw(state), Address("/pipeline", state))


def test_the_bars_lead_from_opening_to_closing() -> None:
    found = steps(movement(**BARS))
    assert rest(movement(**BARS)) == 0
    assert [step.bar for step in found][:2] == ["opening", "new"]
    moves = found[1:-1]
    assert moves[0].begin == 1000
    assert all(one.end == following.begin for one, following in pairwise(moves))
    assert moves[-1].end == found[-1].end == 600


def test_every_bar_leads_to_its_deals_from_the_first_page_on() -> None:
    drawn = draw(ViewState(lang="en", page=3))["fall--body"]["data-html"]
    assert unescape(drawn).count('href="?bar=won&lang=en"') == 1
    assert "adds up" in str(draw(ViewState(lang="en"))["fall--head"])


def test_a_movement_that_did_not_add_up_would_say_so() -> None:
    wrong = parts()
    wrong["moved"] = Moved(wrong["moved"].between, movement(**(BARS | {"won": -399})), wrong["moved"].rows, 0, 1)
    assert "off by −1" in str(draw(ViewState(lang="en"), parts=wrong)["fall--head"])


def test_the_sentence_says_what_came_what_went_and_whether_it_is_enough() -> None:
    said = draw(ViewState(lang="en"))["headline--text"]["data-html"]
    for words in ("1.00\u00a0K", "600", "350", "750", "1.5×", "3.2×", "400"):
        assert words in said


def test_the_list_says_how_a_deal_slid_and_the_total_of_all() -> None:
    drawn = draw(ViewState(lang="en"))
    said = text(drawn, "behind--body")
    assert "Nov → Dec → Feb 2027" in said
    assert "<Acme>" in said
    assert "1–1 of 1" in said
    assert months([], None, "en") == "–"


def test_what_cannot_be_told_says_why() -> None:
    said = text(draw(ViewState(lang="en")), "dues--body")
    assert "no payments" in said
    assert "retention" in said
    none = parts() | {"cash": Cash(parts()["cash"].by_age.clear(), False, False, Decimal(0), Decimal(0))}
    assert "No dues have been sent" in text(draw(ViewState(lang="en"), parts=none), "dues--body")
    assert "too few" in text(draw(ViewState(lang="en")), "ends--body")
    assert "no weights" in text(draw(ViewState(lang="en")), "funnel--tiles")


def test_how_deals_ended_is_said_with_the_quarters_it_counts() -> None:
    said = text(draw(ViewState(lang="en")), "funnel--tiles")
    assert "Win rate · 4 quarters" in said
    assert "Cycle time · 4 quarters" in said


def test_what_could_not_be_asked_leaves_the_rest_standing() -> None:
    lost = {name: part for name, part in parts().items() if name not in ("moved", "ageing", "cash", "below")}
    drawn = draw(ViewState(lang="en"), parts=lost, failures={"moved": "too slow"})
    assert "too slow" in text(drawn, "fall--body")
    assert "bid" in text(drawn, "stages--body")


@pytest.mark.parametrize(
    ("state", "period", "first", "last"),
    [
        (ViewState(), NOVEMBER, Cut(date(2026, 10, 31)), Cut(TODAY)),
        (ViewState(), Period.parse("2026-10"), Cut(date(2026, 9, 30)), Cut(date(2026, 10, 31))),
        (ViewState(), Period.parse("2027-Q1"), Cut(date(2026, 10, 31)), Cut(TODAY)),
        (ViewState(from_="2026-11-05", to="2026-11-06"), NOVEMBER, Cut(date(2026, 11, 4)), Cut(date(2026, 11, 6))),
    ],
)  # fmt: skip
def test_between_which_instants(state: ViewState, period: Period, first: Cut, last: Cut) -> None:
    found = between(state, period, TODAY)
    assert (found.first, found.last, found.due) == (first, last, period)
    assert not is_backwards(found)


def test_an_instant_is_of_the_companys_day() -> None:
    found = between(ViewState.from_query("?from=2026-11-05T01:30&to=2026-11-04"), NOVEMBER, TODAY)
    assert found.first.day == first_day(found) == date(2026, 11, 5)
    assert found.first.at is not None
    assert found.first.at.utctimetuple()[:5] == (2026, 11, 4, 17, 30)
    assert is_backwards(found)
    assert ViewState.from_query("?from=yesterday").rejected == ("from=yesterday",)


def test_the_share_that_slipped_is_of_what_was_due_at_the_beginning() -> None:
    assert slipped_share(movement(opening=1000, pushed_out=-200)) == pytest.approx(0.2)
    assert slipped_share(movement(opening=1000, pushed_out=-200, pulled_in=200)) == 0
    assert slipped_share(movement(new=10)) is None
