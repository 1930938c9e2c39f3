"""The panel of findings: every part of the card, in money order, in both languages, and nothing it was not told."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from dash import html
from dash._utils import to_json
from dash.development.base_component import Component

from dashboard.address import Address
from dashboard.components.finding_parts import parts_of_gap
from dashboard.components.findings import MOST, Findings, draw
from dashboard.components.mine import draw as draw_mine
from dashboard.finding_place import Trees
from dashboard.plain import HTML
from dashboard.stake import together
from dashboard.view_state import ViewState
from dashboard.words import clock
from ingest.events import Behind, Cell, Check, Finding, Slice, Task
from ingest.fields import TaskStatus
from ingest.settings import company
from tests.unit.dashboard.pictures import misplaced
from warehouse.life import ActionRow, State, Treatment
from warehouse.queries.findings import FindingCard
from warehouse.queries.notifications import ToldRow
from warehouse.task_life import folded
from warehouse.viewer import Viewer

SINCE = datetime(2026, 11, 18, 3, 20, tzinfo=UTC)
NAMES = {
    "hz": ("杭州", "Hangzhou"),
    "nb": ("宁波", "Ningbo"),
    "vms": ("VMS", "VMS"),
    "p-a": ("张伟", "Zhang Wei"),
    "p-b": ("李娜", "Li Na"),
}
"""What the organisation calls them."""
EN = ViewState(lang="en")


def cell(unit: str, contribution: int, product: str | None = "vms") -> Cell:
    return Cell(slice=Slice(unit_id=unit, product_id=product), actual=0, expected=0, contribution=contribution)  # type: ignore[arg-type]


def card(id: str = "f1", gap: int = -41_200_000, treatment: Treatment = Treatment(), **fields: Any) -> FindingCard:
    finding = Finding(
        occurred_at=SINCE,
        finding_id=id,
        period="2026-11",
        actual=61_000_000,
        gap=gap,
        gap_without_largest_deal=-30_000_000,
        confidence=0.94,
        **{
            "rule": "R1",
            "metric": "bookings",
            "expected": 102_200_000,
            "target": 140_000_000,
            "slice": Slice(unit_id="hz", product_id="vms"),
            "since": SINCE,
            "as_of": SINCE,
            "cells": (cell("hz", -32_136_000), cell("nb", -4_944_000)),
            "responsible_id": "p-a",
            "responsible_role": "office_manager",
            "stand_in_for_id": "p-b",
            "why": ("why.owner_of_cell|person=p-a|unit=hz|product=vms", "why.unheard_of|x=1"),
            "against": ("against.peers_in_band|count=7|of=8",),
            **fields,
        },
    )
    return FindingCard(
        finding, treatment, (), responsible_name="张伟", status_by_name="李娜" if treatment.status_by else ""
    )


def drawn(*cards: FindingCard, lang: str = "en") -> dict[str, dict[str, Any]]:
    return draw(Findings(cards, NAMES), ViewState.from_query(f"?lang={lang}"))


class Reader(HTMLParser):
    """Plain HTML as the components it was made of."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[list[Any]] = [[]]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {"class": "className"} | ({"rel": "data-rel"} if tag == "form" else {})  # Dash's forms know no `rel`
        named = {names.get(name, name): value for name, value in attrs if name != "style"}
        self.open[-1].append(getattr(html, tag.capitalize())([], **named))
        self.open.append(self.open[-1][-1].children)

    def handle_endtag(self, tag: str) -> None:
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].append(data)


def inside(part: Any) -> list[Any]:
    """What a component holds, plain HTML read again."""
    if said := getattr(part, HTML, None):
        reader = Reader()
        reader.feed(said)
        return reader.open[0]
    held = part if isinstance(part, list | tuple) else getattr(part, "children", None)
    return list(held) if isinstance(held, list | tuple) else [held]


def text(part: Any) -> str:
    """All words of a component, in order."""
    if part is None or isinstance(part, bool | dict):
        return ""
    if isinstance(part, list | tuple | Component):
        return " ".join(filter(None, map(text, inside(part))))
    return str(part)


def all_of(part: Any, kind: type) -> list[Any]:
    found = [part] if isinstance(part, kind) else []
    for child in inside(part):
        found += all_of(child, kind) if isinstance(child, Component | list | tuple) else []
    return found


def items(found: dict[str, dict[str, Any]]) -> list[Any]:
    """The findings of the list."""
    reader = Reader()
    reader.feed(found["findings--list"][HTML])
    return reader.open[0]


def ids(found: dict[str, dict[str, Any]]) -> list[str]:
    """The findings of the list by id."""
    return [id for item in items(found) if (id := known(item, "data-key"))]


def known(part: Component, name: str) -> str | None:
    """An attribute of a component."""
    said: str | None = getattr(part, name, None)
    return said


def test_a_card_says_what_is_off_by_how_much_since_when_where_who_and_why() -> None:
    said = text(items(drawn(card())))
    for words in (
        "−41.2\u00a0M",
        "Hangzhou × VMS",
        "since 18 Nov 11:20",
        "confidence 94",
        "−30.0\u00a0M without its largest deal",
        "Actual 61.0\u00a0M",
        "expected by now 102\u00a0M",
        "target 140\u00a0M",
        "Zhang Wei office manager stand-in for Li Na",
        "Zhang Wei answers for Hangzhou × VMS",
        "why.unheard_of|x=1",
        "7 of 8 peers are within their band",
        "adds up to −41.2\u00a0M",
    ):
        assert words in said, words


def test_the_card_speaks_chinese() -> None:
    said = text(items(drawn(card(), lang="zh")))
    for words in (
        "−4,120万",
        "杭州 × VMS",
        "11月18日 11:20",
        "张伟 办事处主任",
        "张伟 负责 杭州 × VMS",
        "8 个同级中 7 个在区间内",
    ):
        assert words in said, words


def test_the_parts_add_up_to_the_gap_to_the_cent() -> None:
    cells = [cell("a", -5), cell("b", 2), cell("c", -9), cell("d", -1)]
    parts = parts_of_gap(Decimal("-14.01"), cells)
    assert [amount for _, amount in parts] == [Decimal(-9), Decimal(-5), Decimal(2), Decimal("-2.01")]
    assert sum(amount for _, amount in parts) == Decimal("-14.01")
    assert parts[-1][0] is None


def test_no_rest_where_the_cells_are_all_of_it() -> None:
    assert [amount for _, amount in parts_of_gap(Decimal(-7), [cell("a", -7)])] == [Decimal(-7)]


def test_the_largest_gap_comes_first_in_whosever_hand_it_is_and_what_was_put_away_after_all() -> None:
    taken = Treatment("taken", "p-b", SINCE, assignee_id="p-b")
    refused = Treatment("not_a_problem", "p-b", SINCE, reason="the customer moved the tender")
    found = drawn(
        card("small", -1), card("refused", -99, refused), card("big", -5), card("taken", -50, taken), card("mid", -3)
    )
    assert ids(found) == ["taken", "big", "mid", "small", "refused"]
    assert found["findings--count"]["data-html"] == "3"
    said = text(items(found))
    assert [text(one) for one in items(found) if known(one, "className") == "findings-kind"] == [
        "Short of pace",
        "Snoozed or not a problem",
    ]
    assert "taken · Li Na" in said
    assert "not a problem · Li Na" in said
    assert "the customer moved the tender" in said


def test_the_reply_of_the_person_named_stands_in_the_line() -> None:
    said = items(drawn(card(treatment=Treatment(reply="stock_out", reply_by="p-a", reply_at=SINCE))))
    (reply,) = [one for one in all_of(said, html.Div) if known(one, "className") == "finding-reply"]
    assert text(reply) == "“Out of stock” Zhang Wei"


def test_my_page_has_what_names_me_with_the_answers_and_who_looked() -> None:
    look = ActionRow("e", "finding:f1", "p-b", "look", "", "", SINCE)
    one = card("f1", treatment=Treatment(reply="known", reply_by="p-a"))
    mine = FindingCard(one.finding, one.treatment, (look, look), responsible_name="张伟")
    found = draw_mine(
        Findings((mine, card("f2", responsible_id="p-c", stand_in_for_id=None)), NAMES),
        Viewer("p-a", unit_ids=frozenset({"hz"})),
        ViewState.from_query("?lang=en"),
    )
    reader = Reader()
    reader.feed(found["mine--list"][HTML])
    (section,) = all_of(reader.open[0], html.Section)
    posted = [json.loads(fields) for part in all_of(section, Component) if (fields := known(part, "data-fields"))]
    assert [one["reason"] for one in posted if one["what"] == "answer"] == [
        "stock_out", "customer_postponed", "not_mine", "wrong_data",
    ]  # fmt: skip
    assert text(section).endswith("Opened by Li Na (18 Nov 11:20)")
    assert "open findings that name you: 1; without your answer: 0" in found["mine--head"][HTML]


def test_what_is_acted_on_stays_where_it_was_and_takes_no_place_of_what_nobody_has() -> None:
    cards = [card(f"f{number:03}", -1000 - number) for number in range(MOST + 3)]
    before = ids(drawn(*cards))
    hand = Treatment("in_treatment", "p-b", SINCE)
    met = [replace(one, treatment=hand) if number % 2 else one for number, one in enumerate(cards)]
    after = ids(drawn(*met))
    assert after[: len(before)] == before
    assert len(after) == MOST + 3
    assert len(ids(drawn(*(replace(one, treatment=hand) for one in cards * 3)))) == 2 * MOST


def test_what_exceeds_is_summed_up_and_never_dropped() -> None:
    found = drawn(*(card(f"f{number:03}", -1000 - number) for number in range(MOST + 3)))
    assert len(items(found)) == MOST
    every = f'<a class="link findings-every" href="/findings?lang=en">all {MOST + 3} ›</a>'
    assert found["findings--rest"]["data-html"] == f"{every}<div>3 more, −3.00\u00a0K together</div>"


@pytest.mark.parametrize(
    ("query", "listed"),
    [
        ("", {"hz", "east", "line", "deals"}),
        ("unit=east", {"hz", "east", "deals"}),
        ("unit=hz", {"hz", "deals"}),
        ("unit=hz&panel=all", {"hz", "east", "line", "deals"}),
        ("unit=nb", set()),
        ("unit=nb&finding=east", {"east"}),
        ("product=vms", {"hz", "line"}),
        ("rep=p-z", {"deals"}),
        ("customer=c1", {"deals"}),
    ],
)
def test_the_panel_shows_what_lies_at_or_below_what_the_page_looks_at(query: str, listed: set[str]) -> None:
    bad = Behind(kind="deal", id="d1", customer_id="c1", amount=Decimal(1))
    cards = (
        card("hz"),
        card("east", slice=Slice(unit_id="east")),
        card("line", slice=Slice(product_id="vms")),
        replace(card("deals", slice=Slice(), behind=(bad,), behind_count=1, responsible_id="p-z"), home="hz"),
    )
    trees = Trees({"east": ("hq", "east"), "hz": ("hq", "east", "hz"), "nb": ("hq", "east", "nb")}, {"vms": ("vms",)})
    found = draw(Findings(cards, NAMES, trees=trees), ViewState.from_query(f"?lang=en&{query}"))
    assert set(ids(found)) == listed
    head = found["findings--head"]["data-html"]
    assert ("all 4" in head) == bool(query)
    assert ("Hangzhou 2" in head) == ("unit=hz" in query)


def test_nothing_is_off_is_not_the_same_as_not_known() -> None:
    def said(**of: Any) -> str:
        return str(draw(Findings((), **of), EN)["findings--empty"]["data-html"])

    now = datetime.now(UTC)
    assert "Nothing has been looked at yet" in said()
    assert f"Last looked at {clock(now, company().zone, 'en')}" in said(looked_at=now)
    assert "Nothing is off" in said(looked_at=now)
    assert "Nothing is off" not in said(looked_at=now - timedelta(hours=1))

    def mine(**of: Any) -> str:
        return str(draw_mine(Findings((), **of), Viewer("p-c"), EN)["mine--list"][HTML])

    assert "Nothing has been looked at yet" in mine()
    assert "Nothing is said of you" in mine(looked_at=now)
    assert f"Last looked at {clock(now, company().zone, 'en')}" in mine(looked_at=now)
    assert "when it was last looked at" in mine(looked_at=now - timedelta(hours=1))
    assert drawn()["findings--count"]["data-html"] == ""
    unknown = draw((), ViewState.from_query("?lang=en"))
    assert "cannot be read" in unknown["findings--empty"]["data-html"]
    assert unknown["findings--count"]["data-html"] == ""
    assert drawn(card())["findings--empty"]["data-html"] == ""


def test_the_buttons_are_those_that_may_follow_where_it_stands_and_are_the_viewers_to_take() -> None:
    def kinds(status: State, viewer: str = "p-c") -> list[str]:
        one = Findings((card(treatment=Treatment(status, "p-b", SINCE)),), NAMES, viewer=Viewer(viewer))
        found = all_of(items(draw(one, ViewState.from_query("?lang=en"))), Component)
        posts = [(known(part, "data-fields"), known(part, "data-form")) for part in found]
        said = [json.loads(fields)["what"] if fields else parse_qs(urlsplit(form).query)["what"][0]
                for fields, form in posts if fields or (form and form.startswith(("/findings", "/tasks")))]  # fmt: skip
        assert "add" in said  # an action can be agreed wherever it stands
        return [one for one in said if one not in ("judge", "add")]

    assert kinds("open") == ["acknowledge", "treat", "snooze", "merge", "take", "not_a_problem"]
    assert kinds("acknowledged") == ["treat", "snooze", "merge", "take", "not_a_problem"]
    assert kinds("taken") == ["treat", "verify", "snooze", "merge", "release", "not_a_problem"]
    assert kinds("contested") == ["merge", "take", "release", "not_a_problem"]
    assert kinds("not_a_problem") == ["take", "release"]
    assert kinds("open", "p-a") == ["acknowledge", "treat", "take", "not_a_problem"]
    assert kinds("snoozed", "p-a") == ["take"]


def test_one_step_stands_out_and_every_button_of_a_life_says_what_comes_of_it() -> None:
    def first(status: State, viewer: str = "p-c") -> list[Any]:
        one = Findings((card(treatment=Treatment(status, "p-b", SINCE)),), NAMES, viewer=Viewer(viewer, is_ops=True))
        buttons = all_of(items(draw(one, EN.but(finding="f1"))), html.Button)
        steps = [one for one in buttons if known(one, "data-form") or known(one, "data-post")]
        assert all(one.title for one in steps if '"judge"' not in (known(one, "data-fields") or ""))
        return [one.children[0] for one in buttons if "button-first" in (one.className or "")]

    assert first("open") == first("contested") == first("taken") == ["Meet"]
    assert (first("open", "p-a"), first("taken", "p-a")) == (["Take"], ["Start treatment"])
    assert first("in_treatment") == ["+ Agree an action"]
    assert (first("verified"), first("snoozed"), first("closed")) == (["Close"], ["Wake"], [])


def test_meet_opens_a_new_tab_that_knows_neither_the_board_nor_a_name() -> None:
    (meet,) = all_of(items(drawn(card())), html.Form)
    assert (meet.method, meet.action, meet.target) == ("post", "/meet?lang=en", "_blank")
    assert known(meet, "data-rel") == "noopener"
    assert (meet.children[0].name, meet.children[0].value) == ("subject", "finding:f1")
    (board,) = [one for one in all_of(items(drawn(card())), html.A) if known(one, "data-beside")]
    assert board.href == "/whiteboard/of/f1?lang=en"


def test_the_links_lead_to_the_slice_in_the_findings_own_period() -> None:
    hrefs = [one.href for one in all_of(items(drawn(card())), html.A)]
    assert "?period=2026-11&unit=hz&product=vms&lang=en" in hrefs
    assert "/?period=2026-11&unit=nb&product=vms&lang=en" in hrefs


def test_five_dots_say_how_far_it_is_by_the_first_event_of_each() -> None:
    def at(seconds: float) -> datetime:
        return SINCE + timedelta(seconds=seconds)

    meets = [ActionRow(f"e{s}", "finding:f1", "p-b", "meet", "", "", at(s)) for s in (38, 900)]
    met = Treatment("in_treatment", "p-b", SINCE, met_by="p-b", met_at=at(900))
    done = FindingCard(card().finding, met, tuple(meets), found_at=SINCE)
    told = tuple(ToldRow("f1", who, at(s)) for who, s in (("room:east", 1), ("p-a", 4), ("p-a", 60)))
    task = Task(occurred_at=at(600), task_id="t", title="visit", due_on=date(2026, 11, 27), done_on=date(2026, 11, 27),
                status=TaskStatus.DONE, finding_id="f1")  # fmt: skip
    check = Check(
        occurred_at=at(86_400 * 40), check_id="t:2026-11-27:lagging:2026-12-28", task_id="t", kind="lagging",
        day=date(2026, 12, 28), start=date(2026, 11, 28), end=date(2026, 12, 28), proposal="worked",
        effect=3_200_000, low=1_900_000, high=4_400_000,  # type: ignore[arg-type]
    )  # fmt: skip
    tasks = (folded([task], [], [check]), folded([task.model_copy(update={"finding_id": "other"})], []))
    (chain,) = all_of(items(draw(Findings((done,), NAMES, told, tasks=tasks), EN)), html.Ol)
    assert [text(step) for step in chain.children] == [
        "found 11:20:00 ●", "person +4 s ●", "meeting called +38 s ●", "1 actions +10 min ●",
        "+3.20\u00a0M (1.90\u00a0M to 4.40\u00a0M) worked ●",
    ]  # fmt: skip
    (chain,) = all_of(items(drawn(card(responsible_id=None))), html.Ol)
    assert [text(step)[-1] for step in chain.children] == ["●", "○", "○", "○", "○"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_finding_with_the_least_fields_is_drawn(lang: str) -> None:
    bare = Finding(
        occurred_at=SINCE, finding_id="f", rule="R", metric="of_a_later_version", period="2026", slice=Slice(),
        since=SINCE, as_of=SINCE, actual=0, expected=0, gap=0, confidence=0,  # type: ignore[arg-type]
    )  # fmt: skip
    found = drawn(FindingCard(bare, Treatment(), ()), lang=lang)
    assert to_json(found)


def test_the_same_finding_is_the_same_picture() -> None:
    assert to_json(drawn(card())) == to_json(drawn(card()))


def test_the_page_has_a_place_for_all_that_is_drawn() -> None:
    assert not misplaced(drawn(card()), Address("/", ViewState()))


def test_the_card_says_to_whom_it_was_told_and_when() -> None:
    told = (ToldRow("f1", "p-a", SINCE), ToldRow("f2", "p-b", SINCE), ToldRow("f1", "room:sales", SINCE))
    picture = items(draw(Findings((card(),), NAMES, told), ViewState(lang="en")))
    rows = [text(part) for part in all_of(picture, html.Div)]
    at = clock(SINCE, company().zone, "en")
    assert f"Told Zhang Wei {at} · sales {at}" in rows
    (chain,) = all_of(picture, html.Ol)
    assert text(chain.children[1]) == "person +0 s ●"


def behind(id: str, amount: int) -> Behind:
    return Behind(kind="deal", id=id, customer_id="c-1", amount=Decimal(amount), since=date(2026, 11, 3))


def test_a_finding_about_deals_names_the_largest_and_leads_to_each() -> None:
    many = tuple(behind(f"OP{number}", 900_000 - number) for number in range(10))
    about: dict[str, Any] = {
        "rule": "untended-deals", "metric": "open_pipeline", "behind": many, "behind_count": 12, "target": None,
        "slice": Slice(unit_id="hz", person_id="p-a"), "why": ("why.untended_deals|count=12|amount=41200000|days=20",),
    }  # fmt: skip
    names = {**NAMES, "c-1": ("西湖区", "Xihu district")}
    found = draw(Findings((card(**about),), names), ViewState.from_query("?lang=en"))
    said = text(items(found))
    for words in ("untended deals: 12 · Hangzhou × Zhang Wei", "Xihu district · OP0", "900\u00a0K", "2026-11-03",
                  "4 more"):  # fmt: skip
        assert words in said, words
    assert "Actual" not in said
    hrefs = [one.href for one in all_of(items(found), html.A)]
    assert "/?metric=open_pipeline&period=2026-11&unit=hz&rep=p-a&deal=OP0&lang=en" in hrefs
    chinese = text(items(draw(Findings((card(**about),), names), ViewState.from_query("?lang=zh"))))
    assert "失联商机 12 个 · 杭州 × 张伟" in chinese


def test_what_customers_who_complained_buy_is_said_as_that_and_is_no_gap() -> None:
    one = Behind(kind="customer", id="c-1", amount=Decimal(22_000_000), since=date(2026, 11, 3))
    about: dict[str, Any] = {
        "rule": "complaints", "behind": (one,), "behind_count": 1, "target": None, "gap": -22_000_000,
        "expected": Decimal(22_000_000), "slice": Slice(unit_id="hz"),
    }  # fmt: skip
    complained = card(**about)
    names = {**NAMES, "c-1": ("西湖区", "Xihu district")}
    said = text(items(draw(Findings((complained,), names), ViewState.from_query("?lang=en"))))
    assert said.startswith("▼ buys 22.0\u00a0M a year customers with complaints: 1 · Hangzhou")
    assert "bought a year 22.0\u00a0M" in said
    assert "−22.0\u00a0M" not in said
    assert together([complained.finding, card(gap=-1_000_000).finding], "en") == "−1.00\u00a0M"


def test_what_a_manager_is_not_told_today_is_folded_and_can_be_opened() -> None:
    taken = Treatment("taken", "p-b", SINCE, assignee_id="p-b")
    found = drawn(card("told", -5), card("folded", -9, is_folded=True), card("in-hand", -3, taken, is_folded=True))
    assert ids(found) == ["told", "in-hand"]
    assert "1 more, −9 together" in found["findings--rest"][HTML]
    assert 'data-key="folded"' in found["findings--rest"][HTML]
