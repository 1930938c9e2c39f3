"""What messages say: words and the link for people, ids and figures for machines, no rep's name in a room."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from dashboard.notifications.content import MOST_LISTED, Wording
from dashboard.notifications.messages import Item, Message
from dashboard.notifications.told import To
from ingest.events import Finding, NotifiedOf, Slice
from warehouse.life import Treatment
from warehouse.queries.findings import FindingCard

NOW = datetime(2026, 11, 26, 10, 0, tzinfo=UTC)
NAMES = {
    "hz": ("杭州", "Hangzhou"),
    "vms": ("视频管理", "VMS"),
    "rep": ("张伟", "Zhang Wei"),
    "han": ("韩梅", "Han Mei"),
}
WORDING = Wording("en", "https://board.example.com", NAMES)


def item(
    id: str = "f1", gap: int = -412_345, what: str = "new", treatment: Treatment | None = None, **more: Any
) -> Item:
    finding = Finding.model_validate(
        {
            "occurred_at": NOW, "finding_id": id, "rule": "rep-gap", "metric": "bookings", "period": "2026-11",
            "slice": Slice(unit_id="hz", product_id="vms", person_id="rep"), "since": NOW, "as_of": NOW,
            "actual": Decimal(100_000), "expected": Decimal(100_000 - gap), "gap": Decimal(gap), "confidence": 0.95,
            "responsible_id": "rep", "responsible_role": "rep", "why": ("why.no_visit|person=rep|days=20",), **more,
        }
    )  # fmt: skip
    said = NotifiedOf.model_validate({"key": id, "finding_id": id, "what": what})
    return Item(said, FindingCard(finding, treatment or Treatment(), ()))


def message(*items: Item, to: str = "han") -> Message:
    return Message("m1", To(to, "crm"), "person", "folded" if items[1:] else "single", items)


def test_a_message_says_how_much_where_who_and_why_and_leads_to_its_finding() -> None:
    content = WORDING.content(message(item()), NOW)
    assert content.title == "▼ −412\u00a0K Bookings · Hangzhou × VMS × Zhang Wei"
    assert content.lines[0].startswith("Answers for it: Zhang Wei")
    assert content.lines[1] == "Actual 100\u00a0K, 512\u00a0K expected by now"
    assert "Zhang Wei" in content.lines[2]
    assert content.link == "https://board.example.com/findings?finding=f1&lang=en"
    assert content.type == "finding.new"


def test_machines_get_ids_and_exact_figures() -> None:
    (row,) = WORDING.content(message(item()), NOW).data["findings"]
    assert (row["finding_id"], row["unit_id"], row["responsible_id"]) == ("f1", "hz", "rep")
    assert (row["gap"], row["currency"]) == ("-412345", "CNY")


def test_in_a_room_no_rep_is_named_in_words_or_ids() -> None:
    content = WORDING.content(message(item(), to="room:sales"), NOW)
    everything = f"{content.title} {content.text} {content.data['findings'][0]}"
    assert "Zhang" not in everything
    assert "person_id" not in content.data["findings"][0]
    assert "responsible_id" not in content.data["findings"][0]
    assert content.data["findings"][0]["responsible_role"] == "rep"


def test_a_folded_message_lists_the_largest_and_sums_up_the_others() -> None:
    items = [item(f"f{number}", gap=-1_000_000) for number in range(MOST_LISTED + 2)]
    content = WORDING.content(message(*items), NOW)
    assert content.title == "▼ 10 more findings, −10.0\u00a0M together"
    assert len(content.lines) == MOST_LISTED + 1
    assert content.lines[-1] == "2 further, −2.00\u00a0M together"
    assert content.link == "https://board.example.com/findings?lang=en"
    assert len(content.data["findings"]) == 10


def test_an_end_says_why() -> None:
    content = WORDING.content(message(item(what="ended", state="retracted", reason="reason.corrected")), NOW)
    assert content.title.startswith("● Taken back: ")
    assert content.lines[-1] == "corrected by data that came later"
    assert content.type == "finding.retracted"


def test_a_contest_stands_there_in_its_own_words_or_as_it_was_tapped() -> None:
    said = Treatment("contested", "rep", NOW, reason="stock-taking until Friday")
    content = WORDING.content(message(item(what="contest", treatment=said)), NOW)
    assert content.lines[0] == "Zhang Wei contests it: “stock-taking until Friday”"
    tapped = Treatment("contested", "rep", NOW, reason="stock_out", reply="stock_out", reply_by="rep", reply_at=NOW)
    assert (
        "Zhang Wei contests it: “Out of stock”"
        in WORDING.content(message(item(what="contest", treatment=tapped)), NOW).lines[0]
    )
