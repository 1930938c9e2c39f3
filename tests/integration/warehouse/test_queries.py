"""Findings, deals, history and freshness: what a panel and a list are made of."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from ingest.calendar import Period
from ingest.events import Action, Finding
from tests.integration.warehouse.books import Books
from warehouse.client import AsyncWarehouse
from warehouse.dimensions import Where
from warehouse.measures import QuestionError
from warehouse.queries.deals import deals, entity_history
from warehouse.queries.directory import by_id
from warehouse.queries.findings import actions_on, findings
from warehouse.queries.freshness import freshness
from warehouse.queries.latest import latest
from warehouse.queries.org import names, people_of, product_path, unit, unit_children, unit_path, viewers
from warehouse.queries.similar import over
from warehouse.viewer import Viewer

pytestmark = pytest.mark.warehouse
ALL = Viewer.system()
NOW = datetime(2026, 11, 16, 10, tzinfo=UTC)
TODAY = date(2026, 11, 16)
TREE = {"hq": "hq", "east": "hq/east", "north": "hq/north", "hz": "hq/east/hz", "bj": "hq/north/bj"}


def find(books: Books, key: str, gap: int, version: int = 1, state: str = "open", **fields: Any) -> None:
    slice_ = {name: fields.pop(name) for name in ("unit_id", "person_id", "product_id") if name in fields}
    finding = Finding.model_validate(
        {
            "occurred_at": NOW, "finding_id": key, "rule": "R1", "metric": "bookings", "period": "2026-11",
            "slice": slice_, "state": state, "since": NOW, "as_of": NOW, "actual": 0, "expected": -gap, "gap": gap,
            "confidence": 0.9, **fields,
        }
    )  # fmt: skip
    row = {"finding_id": key, "entity_id": key, "version": version, "state": finding.model_dump_json(), "gap": gap}
    row |= {"finding_state": state, "responsible_id": finding.responsible_id or "", "rule": "R1", **slice_}
    row |= {"since": NOW, "changed_at": NOW, "received_at": NOW, "topic_id": "f", "offset": version}
    books.insert("finding_events", [row])


def act(books: Books, minute: int, who: str, what: str, key: str = "f1", **fields: str) -> None:
    at = NOW + timedelta(minutes=minute)
    row = {"subject": f"finding:{key}", "who": who, "what": what, "event_id": f"{who}{what}{minute}", **fields}
    books.insert("action_events", [row | {"version": minute, "offset": minute, "changed_at": at, "received_at": at}])


async def test_the_last_word_of_a_finding_stands_with_what_people_did(books: Books, asked: AsyncWarehouse) -> None:
    books.units(TREE)
    books.people(ann={"unit_id": "east", "role": "region_manager", "contact": "ann@x"}, eve={"unit_id": "hq"})
    find(books, "f1", -100, unit_id="east", responsible_id="ann")
    find(books, "f1", -300, version=2, unit_id="east", responsible_id="ann")
    find(books, "f2", -500, unit_id="north")
    find(books, "f3", -900, unit_id="north")
    find(books, "f3", -900, version=2, state="retracted", unit_id="north", reason="late order")
    assert [(card.finding.finding_id, card.finding.gap) for card in await findings(asked, ALL, NOW)] == [
        ("f2", -500),
        ("f1", -300),
    ]
    act(books, 1, "eve", "acknowledge")
    act(books, 2, "ann", "take")
    act(books, 3, "eve", "acknowledge")  # does not take it out of ann's hands
    act(books, 4, "ann", "meet")
    card = (await findings(asked, ALL, NOW))[1]
    assert (card.unit_name, card.responsible_name, card.responsible_contact) == ("east 名", "ann 名", "ann@x")
    assert (card.treatment.status, card.status_by_name, card.treatment.met_by) == ("in_treatment", "ann 名", "ann")
    assert (card.treatment.assignee_id, card.treatment.status_at) == ("ann", NOW + timedelta(minutes=4))
    act(books, 5, "eve", "not_a_problem", note="stock-taking")
    act(books, 5, "eve", "not_a_problem", note="stock-taking")  # delivered twice
    card = (await findings(asked, ALL, NOW))[1]
    assert (card.treatment.status, card.treatment.reason) == ("not_a_problem", "stock-taking")
    assert [action.what for action in await actions_on(asked, "finding:f1")][-2:] == ["meet", "not_a_problem"]
    assert [c.finding.finding_id for c in await findings(asked, ALL, NOW, states=("retracted",))] == ["f3"]


async def test_until_the_reply_window_is_over_only_the_one_named_and_ops_are_told_the_name(
    books: Books, asked: AsyncWarehouse
) -> None:
    books.units(TREE)
    books.people(ann={"unit_id": "hz", "role": "rep"})
    find(books, "f1", -100, unit_id="hz", person_id="ann", responsible_id="ann", responsible_role="rep")
    manager, ops = Viewer("m", unit_ids=frozenset({"hz"})), Viewer("o", everything=True, is_ops=True)

    async def named(viewer: Viewer, now: datetime) -> tuple[str | None, str, bool]:
        (card,) = await findings(asked, viewer, now)
        return card.finding.responsible_id, card.responsible_name, card.is_masked

    before = datetime(2026, 11, 17, 1, 29, tzinfo=UTC)  # said after hours: the window ends at 09:30 of the next day
    known = ("ann", "ann 名", False)
    assert [await named(one, before) for one in (manager, ops, Viewer("ann", own_rows=True), ALL)] == [
        (None, "", True), known, known, known,
    ]  # fmt: skip
    assert await named(manager, before + timedelta(minutes=1)) == known
    act(books, 2, "ann", "answer", note="known")
    assert await named(manager, NOW + timedelta(minutes=3)) == known


async def test_snoozed_and_merged_say_until_when_and_into_what(books: Books, asked: AsyncWarehouse) -> None:
    find(books, "f1", -100)
    find(books, "f2", -50)
    until = NOW + timedelta(hours=3)
    for minute, what, key, more in ((1, "snooze", "f1", {"until": until}), (2, "merge", "f2", {"into": "f1"})):
        event = Action(occurred_at=NOW, subject=f"finding:{key}", who="op", what=what, **more)
        act(books, minute, "op", what, key, state=event.model_dump_json())
    slept, merged = await findings(asked, ALL, NOW)
    assert (slept.treatment.status, slept.treatment.until) == ("snoozed", until)
    assert (merged.treatment.status, merged.treatment.into) == ("merged", "f1")


async def test_findings_are_seen_in_scope_and_by_who_answers_for_them(books: Books, asked: AsyncWarehouse) -> None:
    books.units(TREE)
    books.people(ann={"unit_id": "hz"})
    find(books, "f1", -1, unit_id="hz", person_id="ann", responsible_id="ann")
    find(books, "f2", -2, unit_id="bj", responsible_id="ann")
    find(books, "f3", -3, unit_id="bj", product_id="vms")
    find(books, "f4", -4, person_id="ann")

    async def seen(viewer: Viewer) -> set[str]:
        return {card.finding.finding_id for card in await findings(asked, viewer, NOW)}

    assert await seen(Viewer("x", unit_ids=frozenset({"east"}))) == {"f1", "f4"}
    assert await seen(Viewer("ann", own_rows=True)) == {"f1", "f2", "f4"}
    assert await seen(Viewer.nobody()) == set()
    assert await seen(Viewer.nobody("bob")) == set()


async def test_what_became_of_findings_of_a_rule_is_seen_in_scope_with_what_was_done(
    books: Books, asked: AsyncWarehouse
) -> None:
    books.units(TREE)
    books.people(ann={"unit_id": "hz"})
    for one, home in (("f1", "hz"), ("f2", "bj"), ("f3", "hz")):
        find(books, one, -1, unit_id=home)
    for one, home in (("f1", "hz"), ("f2", "bj")):
        find(books, one, -1, version=2, state="resolved", unit_id=home, reason="reason.back_in_band")
    act(books, 1, "ann", "take")
    rule = (await findings(asked, ALL, NOW))[0].finding.rule
    later = NOW + timedelta(hours=1)
    assert {one.finding.finding_id: one.treatment.status for one in await over(asked, ALL, {rule}, later)} == {
        "f1": "taken", "f2": "open",
    }  # fmt: skip
    east = Viewer("x", unit_ids=frozenset({"east"}))
    assert [one.finding.finding_id for one in await over(asked, east, {rule}, later)] == ["f1"]
    assert await over(asked, ALL, {"another"}, later) == []


async def test_open_deals_are_what_the_signed_rows_add_up_to(books: Books, asked: AsyncWarehouse) -> None:
    books.units(TREE)
    books.customers(acme={})
    books.people(ann={"unit_id": "hz"}, bob={"unit_id": "bj"})
    lead = {"opportunity_id": "d1", "stage": "lead", "outcome": "open", "rep_id": "ann", "office_id": "hz"}
    lead |= {"customer_id": "acme", "opened_on": "2026-10-01", "entity_id": "d1", "product_id": "vms"}
    books.deal("2026-10-01", **lead, open_deals=1, open_amount=100)
    books.deal("2026-11-02", **lead, open_deals=-1, open_amount=-100)
    books.deal("2026-11-02", **{**lead, "stage": "bid"}, open_deals=1, open_amount=80, expected_close_on="2026-12-31")
    won = {**lead, "opportunity_id": "d2", "outcome": "won", "closed_on": "2026-11-05", "rep_id": "bob"}
    books.deal("2026-11-05", **won, won_deals=1, won_amount=50)
    books.change("activity_changes", "2026-11-06", customer_id="acme", opportunity_id="d1", done=1)
    books.change("activity_changes", "2026-11-10", customer_id="acme", done=1)
    books.change("activity_changes", "2026-11-12", customer_id="acme", opportunity_id="d2", done=1)
    open_now = await deals(asked, ALL, now=NOW, where=Where(unit_id="east"))
    assert open_now.select("id", "amount", "stage", "total", "customer_name", "rep_name").rows() == [
        ("d1", Decimal(80), "bid", 1, "Acme", "ann 名")
    ]
    assert open_now.select("opened_on", "expected_close_on", "closed_on", "last_contact_on").row(0) == (
        date(2026, 10, 1),
        date(2026, 12, 31),
        None,
        date(2026, 11, 6),
    )
    assert open_now["days_since_contact"][0] == 10
    closed = await deals(asked, ALL, what="won", period=Period.parse("2026-11"), now=NOW, where=Where(rep_id="bob"))
    assert closed.select("id", "amount", "outcome").rows() == [("d2", Decimal(50), "won")]
    assert (await deals(asked, Viewer.nobody(), now=NOW)).is_empty()
    assert (await deals(asked, Viewer("bob", own_rows=True), now=NOW)).is_empty()
    with pytest.raises(QuestionError, match="Did you mean 'amount'"):
        await deals(asked, ALL, now=NOW, sort="amout")


async def test_orders_of_a_customer_page_by_page(books: Books, asked: AsyncWarehouse) -> None:
    books.units(TREE)
    for number in range(5):
        books.order("2026-11-03", 10 + number, order_id=f"o{number}", customer_id="acme", office_id="hz")
    books.order("2026-11-04", 100, order_id="o0", customer_id="acme", office_id="hz")
    books.order("2026-11-05", -12, order_id="o2", customer_id="acme", office_id="hz", quantity=-1)
    page = await deals(
        asked, ALL, what="orders", period=Period.parse("2026-11"), now=NOW, where=Where(customer_id="acme"), limit=2
    )
    assert page.select("id", "amount", "total", "day").rows() == [
        ("o0", Decimal(110), 5, date(2026, 11, 3)),
        ("o4", Decimal(14), 5, date(2026, 11, 3)),
    ]


async def test_the_history_of_an_order_holds_every_line_as_it_came(books: Books, asked: AsyncWarehouse) -> None:
    books.units(TREE)
    books.order("2026-11-03", 10, entity_id="o1:1", version=1, state='{"v": 1}', office_id="hz", rep_id="ann")
    books.order("2026-11-03", 10, entity_id="o1:2", version=1, state='{"v": 2}', office_id="bj")
    books.order("2026-11-03", 10, entity_id="o11:1", version=1, state='{"v": 9}', office_id="hz")
    rows = await entity_history(asked, ALL, "orders", "o1")
    assert rows.select("entity_id", "state").rows() == [("o1:1", '{"v": 1}'), ("o1:2", '{"v": 2}')]
    own = await entity_history(asked, Viewer("ann", own_rows=True), "orders", "o1")
    assert own["entity_id"].to_list() == ["o1:1"]
    assert (await entity_history(asked, Viewer.nobody("ann"), "orders", "o1")).is_empty()


async def test_freshness_tells_the_watermark_of_every_partition(books: Books, asked: AsyncWarehouse) -> None:
    books.order("2026-11-03", 10, partition=3)
    books.change("order_changes", "2026-11-03", partition=3, received_at=NOW)
    rows = await freshness(asked)
    assert rows.select("table", "topic_id", "partition", "watermark", "received_at").rows() == [
        ("order_changes", "t", 3, 2, datetime(2026, 11, 20, 8, tzinfo=UTC))
    ]


async def test_the_organisation_is_told_as_of_the_day(books: Books, asked: AsyncWarehouse) -> None:
    books.units({**TREE, "hz": [("2020-01-01", "hq/east/hz"), ("2026-11-10", "hq/north/hz")]}, east="ann")
    books.products({"all": "all", "vms": "all/vms"})
    books.people(
        ann={"unit_id": "east", "role": "region_manager"},
        bob={"unit_id": "hz"},
        old={"unit_id": "hz", "status": "left"},
        pat={"unit_id": "hq", "role": "ops"},
    )
    assert [node.id for node in await unit_path(asked, "hz", date(2026, 11, 9))] == ["hq", "east", "hz"]
    assert [node.id for node in await unit_path(asked, "hz", TODAY)] == ["hq", "north", "hz"]
    assert [node.id for node in await unit_children(asked, "north", TODAY)] == ["bj", "hz"]
    assert [node.id for node in await unit_children(asked, None, TODAY)] == ["east", "north"]
    assert [node.id for node in await product_path(asked, "vms", TODAY)] == ["all", "vms"]
    assert await unit(asked, "mars", TODAY) is None
    assert (await people_of(asked, "north", TODAY))["id"].to_list() == ["bob"]
    assert await names(asked, "person", ["bob", "mars"], TODAY) == {"bob": ("bob 名", "Bob"), "mars": ("mars", "mars")}
    many = [f"somebody-with-a-long-id-{number}" for number in range(20_000)]
    found = await names(asked, "person", ["bob", *many], TODAY)
    assert len(found) == 20_001
    assert found["bob"] == ("bob 名", "Bob")
    assert found[many[-1]] == (many[-1], many[-1])
    chooser = await viewers(asked, TODAY)
    assert chooser["person_id"].to_list() == ["pat", "ann", "bob"]
    assert chooser["unit_name"].to_list() == ["hq 名", "east 名", "hz 名"]
    assert chooser["unit_name_en"].to_list() == ["Hq", "East", "Hz"]


async def test_reps_whom_a_finding_names_are_offered_as_viewers_first(books: Books, asked: AsyncWarehouse) -> None:
    books.units(TREE)
    reps = {name: {"unit_id": "hz"} for name in ("abe", "ben", "cai", "dan")}
    books.people(ann={"unit_id": "east", "role": "region_manager"}, sam={"unit_id": "hq", "role": "sr"}, **reps)
    find(books, "f1", -100, unit_id="hz", responsible_id="dan")
    find(books, "f2", -300, unit_id="hz", responsible_id="cai")
    find(books, "f3", -900, unit_id="hz", responsible_id="abe")
    find(books, "f3", -900, version=2, state="resolved", unit_id="hz", responsible_id="abe")
    chooser = await viewers(asked, TODAY)
    assert chooser["person_id"].to_list() == ["ann", "cai", "dan", "abe", "ben", "sam"]
    assert chooser.filter("is_named")["person_id"].to_list() == ["cai", "dan"]


async def test_the_newest_wins_and_payments_of_seven_days_are_told(books: Books, asked: AsyncWarehouse) -> None:
    books.units(TREE)
    at = {hour: datetime(2026, 11, 16, hour, tzinfo=UTC) for hour in (1, 2, 3)}
    won = {"won_deals": 1, "office_id": "hz", "rep_id": "ann"}
    books.deal("2026-11-16", opportunity_id="d1", won_amount=Decimal(70), changed_at=at[1], **won)
    books.deal("2026-11-16", opportunity_id="d2", won_amount=Decimal(20), changed_at=at[3], **won)
    books.deal("2026-11-16", opportunity_id="d2", won_amount=Decimal(-20), changed_at=at[3], **won)  # taken back
    books.deal("2026-11-09", opportunity_id="d3", won_amount=Decimal(90), changed_at=at[3], **won)  # eight days ago
    books.change("collection_changes", "2026-11-15", collection_id="p1", received_amount=Decimal(5), office_id="bj",
                 changed_at=at[2])  # fmt: skip
    found = await latest(asked, ALL, today=TODAY)
    assert found.select("kind", "id", "office_id", "amount").rows() == [
        ("received", "p1", "bj", Decimal(5)), ("won", "d1", "hz", Decimal(70)),
    ]  # fmt: skip
    assert found["at"].to_list() == [at[2], at[1]]
    assert (await latest(asked, ALL, today=TODAY, where=Where(unit_id="east")))["id"].to_list() == ["d1"]
    books.deal("2026-11-16", opportunity_id="d4", won_amount=Decimal(1), changed_at=at[3], **won)
    assert (await latest(asked, ALL, today=TODAY, limit=1))["id"].to_list() == ["d4", "p1"]
    assert (await latest(asked, ALL, today=TODAY, where=Where(segment="public")))["kind"].to_list() == []


async def test_deals_and_orders_are_found_by_the_beginning_of_their_id(books: Books, asked: AsyncWarehouse) -> None:
    books.change_of("opportunity_changes", entity_id="OP26-1", opportunity_id="OP26-1", customer_id="c1")
    books.change_of("opportunity_changes", entity_id="OP26-2", opportunity_id="", state="{}")  # moved nothing
    books.change_of("order_changes", entity_id="OP26-7:1", order_id="OP26-7", customer_id="c2")
    found = await by_id(asked, Viewer.system(), "OP26")
    assert found.rows() == [("OP26-1", "deal", "c1"), ("OP26-7", "order", "c2")]
    assert (await by_id(asked, Viewer("a", unit_ids=frozenset({"hz"})), "OP26")).is_empty()
