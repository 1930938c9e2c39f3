"""What a card says of causes: where, what fell, where it lands, what helped before; every figure leads to the board."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from dash import html

from dashboard.components.findings import Findings, draw
from dashboard.view_state import ViewState
from ingest.events import Cell, Factor, FactorCell, Landing, Slice
from tests.unit.dashboard.test_findings_panel import NAMES, SINCE, all_of, card, drawn, items, text
from warehouse.queries.findings import FindingCard, Treatment
from warehouse.queries.similar import Similar

PERSON = Slice(unit_id="hz", person_id="p-b", product_id="vms")
FACTORS = (
    Factor(name="visits", actual=94, expected=100, contribution=Decimal(-3_000_000)),
    Factor(
        name="conversion", actual=0.2, expected=0.29, contribution=Decimal(-38_200_000),
        cells=(FactorCell(slice=PERSON, actual=3, expected=12),),
    ),
)  # fmt: skip


def with_causes(**fields: Any) -> FindingCard:
    landing = Landing(middle=Decimal(98_800_000), low=Decimal(82_000_000), high=Decimal(112_000_000))
    told: dict[str, Any] = {
        "factors": FACTORS, "kind": "rate", "landing": landing, "at_risk": Decimal(58_000_000), "where": "cells",
    }  # fmt: skip
    return card(**{**told, **fields})


def hrefs(found: dict[str, dict[str, Any]]) -> list[str]:
    return [str(getattr(one, "href", "")) for one in all_of(items(found), html.A)]


def test_a_card_says_what_fell_where_it_lands_and_what_is_at_risk() -> None:
    said = text(items(drawn(with_causes())))
    for words in ("conversion · confidence", "visits −6", "orders a visit −31", "−38.2\u00a0M", "◄", "98.8\u00a0M",
                  "(80 %: 82.0\u00a0M – 112\u00a0M)", "at risk", "58.0\u00a0M", "orders a visit fell at", "Li Na",
                  "−75"):  # fmt: skip
        assert words in said, words


def test_the_share_of_the_largest_deal_stands_beside_the_gap_without_it() -> None:
    assert "−30.0\u00a0M without its largest deal (it is 18" in text(items(drawn(with_causes())))


@pytest.mark.parametrize(("where", "words"), [("alike", "Everybody in it fell alike"), ("elsewhere", "stands out")])
def test_no_cell_is_an_answer_of_its_own(where: str, words: str) -> None:
    whole = Cell(slice=Slice(unit_id="hz", product_id="vms"), actual=0, expected=0, contribution=-41_200_000)  # type: ignore[arg-type]
    said = text(items(drawn(with_causes(where=where, cells=(whole,)))))
    assert words in said
    assert "rest of" not in said


def test_every_figure_leads_to_the_board_at_its_slice() -> None:
    found = hrefs(drawn(with_causes()))
    for metric, rest in (("visits", "unit=hz"), ("orders", "unit=hz"), ("orders", "unit=hz&rep=p-b")):
        assert f"/?metric={metric}&period=2026-11&{rest}&product=vms&lang=en" in found
    assert "/?period=2026-11&unit=hz&product=vms&lang=en" in found
    assert "/targets?period=2026-11&unit=hz&product=vms&lang=en" in found


def past(id: str, **fields: Any) -> Similar:
    treatment = Treatment(status="taken", met_at=SINCE, reply="customer_postponed")
    ended = {"state": "resolved", "reason": "reason.back_in_band", "as_of": SINCE + timedelta(days=12)}
    return Similar(card(id, gap=-12_300_000, **{**ended, **fields}).finding, treatment)


def test_what_helped_before_is_told_of_the_same_rule_at_the_same_place() -> None:
    elsewhere = {"slice": Slice(unit_id="bj"), "cells": ()}
    over = (past("old"), past("other-rule", rule="R2"), past("other-place", **elsewhere))
    found = draw(Findings((with_causes(),), NAMES, (), over), ViewState.from_query("?lang=en"))
    said = text(items(found))
    assert said.count("−12.3\u00a0M") == 1
    assert "taken · met · “The customer postponed” · back within its band after 12 days" in said
    assert [one for one in hrefs(found) if "finding=" in one] == ["?finding=old&lang=en"]


def test_a_finding_without_causes_says_nothing_of_them() -> None:
    said = text(items(drawn(card())))
    assert "at risk" not in said
    assert "Before" not in said
