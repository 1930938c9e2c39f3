"""A table of a real database, asked again and again: ties, late rows and restarts lose and double nothing."""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.dead_letters import Letter
from ingest.errors import BrokerAway, MappingError, Terminal, Transient
from ingest.intake import Sealed
from ingest.mappings.mapping import compile_text
from ingest.sources.counters import Counters
from ingest.sources.cursor import behind, place_in_time, restored, written
from ingest.sources.delivery import Delivery, TooManyBad
from ingest.sources.live import LiveTable
from ingest.sources.sql import SqlSource

MAPPING = """\
[source]
name = "erp"
timezone = "Asia/Shanghai"
[[sql]]
name = "orders"
table = "sales_orders"
cursor = "changed_at"
page_rows = 3
overlap = 60
[[emit]]
topic = "orders"
from = "orders"
fields = { order_id = "no", occurred_at = "ordered_at", amount = "amount", rep_id = "rep" }
"""


@dataclass
class Kept:
    """A log that keeps what it is given; `fails` makes the next sending go wrong after it was kept."""

    sent: list[tuple[str, Sealed | Letter]] = field(default_factory=list)
    fails: bool = False

    def publish_many(self, topic: str, sealed: Iterable[Sealed | Letter]) -> int:
        given = [(topic, one) for one in sealed]
        self.sent += given
        if self.fails:
            self.fails = False
            raise BrokerAway("the answer was lost")
        return len(given)

    def orders(self) -> list[dict[str, Any]]:
        return [json.loads(one.value or b"") for topic, one in self.sent if topic == "orders"]

    def letters(self) -> list[Letter]:
        return [one for _, one in self.sent if isinstance(one, Letter)]


class Desk:
    """A database, a mapping and a log; `source()` is a listener started anew."""

    def __init__(self, folder: Path, mapping: str = MAPPING) -> None:
        self.folder, self.mapping, self.log = folder, mapping, Kept()
        self.database = sqlite3.connect(folder / "erp.db", isolation_level=None)
        self.database.execute(
            "CREATE TABLE sales_orders (id INTEGER PRIMARY KEY, no TEXT, ordered_at TEXT, amount NUMERIC, rep TEXT, "
            "changed_at TEXT)"
        )

    def source(self, most_bad: int = 1_000) -> SqlSource:
        live = LiveTable(compile_text(self.mapping), "orders", self.folder)
        counters = Counters("orders", "table", "mapping.toml")
        delivery = Delivery(live, self.log, counters, most_bad)
        return SqlSource(live, f"sqlite:///{self.folder / 'erp.db'}", delivery, counters, self.folder / "state")

    def put(self, number: int, changed_at: str | None, amount: object = 10) -> None:
        self.database.execute(
            "INSERT OR REPLACE INTO sales_orders VALUES (?, ?, '2026-11-02 09:30:00', ?, 'li', ?)",
            (number, f"A-{number}", amount, changed_at),
        )

    def sweep(self, source: SqlSource) -> None:
        """Turns until nothing is new."""
        while source.turn() == 0.0:
            pass

    def taken(self) -> list[str]:
        return [order["order_id"] for order in self.log.orders()]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_rows_become_events_with_the_time_of_change_as_their_version(desk: Desk) -> None:
    desk.put(1, "2026-11-02 10:00:00", 12.5)
    source = desk.source()
    desk.sweep(source)
    [order] = desk.log.orders()
    event_id = order.pop("event_id")
    # 2026-11-02 10:00:00 read as UTC is 1793613600 s; × 1,000,000 for µs, × 256 for changes, × 8 for blocks
    assert order == {"amount": "12.5", "occurred_at": "2026-11-02T01:30:00Z", "order_id": "A-1", "rep_id": "li",
                     "source": "erp", "version": 1793613600 * 1_000_000 * 2_048}  # fmt: skip
    assert event_id
    assert (source.counters.rows, source.counters.events, source.counters.lag) == (1, 1, 0)


def test_rows_that_share_a_time_are_taken_once_whatever_the_page_holds(desk: Desk) -> None:
    for number in range(1, 11):
        desk.put(number, "2026-11-02 10:00:00")
    source = desk.source()
    desk.sweep(source)
    desk.sweep(source)
    assert desk.taken() == [f"A-{number}" for number in range(1, 11)]


def test_a_row_that_commits_late_is_found_within_the_overlap(desk: Desk) -> None:
    source = desk.source()
    desk.put(1, "2026-11-02 10:00:00")
    desk.put(3, "2026-11-02 10:00:50")
    desk.sweep(source)
    desk.put(2, "2026-11-02 10:00:10")
    desk.sweep(source)
    assert desk.taken() == ["A-1", "A-3", "A-2"]


def test_a_row_that_changes_again_under_the_same_time_is_a_newer_version(desk: Desk) -> None:
    source = desk.source()
    desk.put(1, "2026-11-02 10:00:00", 10)
    desk.sweep(source)
    desk.put(1, "2026-11-02 10:00:00", 20)
    desk.sweep(source)
    desk.put(1, "2026-11-02 10:00:00", 30)
    desk.sweep(desk.source())  # a restart does not forget what may still change
    versions = [order["version"] for order in desk.log.orders()]
    assert [order["amount"] for order in desk.log.orders()] == ["10", "20", "30"]
    assert versions == [versions[0], versions[0] + 8, versions[0] + 16]


def test_a_restart_goes_on_where_it_was_and_gives_the_same_events(desk: Desk) -> None:
    for number in range(1, 8):
        desk.put(number, f"2026-11-02 1{number}:00:00")
    desk.source().turn()
    assert desk.taken() == ["A-1", "A-2", "A-3"]
    desk.sweep(desk.source())
    assert sorted(set(desk.taken())) == [f"A-{number}" for number in range(1, 8)]
    assert desk.taken().count("A-1") == 1
    ids = {(order["order_id"], order["event_id"]) for order in desk.log.orders()}
    assert len(ids) == 7


def test_an_answer_that_was_lost_gives_the_same_events_again(desk: Desk) -> None:
    for number in range(1, 6):
        desk.put(number, "2026-11-02 10:00:00")
    source = desk.source()
    desk.log.fails = True
    with pytest.raises(Transient):
        source.turn()
    source.let_go()
    desk.sweep(source)
    assert sorted(desk.taken()) == sorted(["A-1", "A-2", "A-3"] + [f"A-{number}" for number in range(1, 6)])
    assert len({order["event_id"] for order in desk.log.orders()}) == 5


def test_a_row_that_cannot_be_mapped_is_a_dead_letter_with_all_of_it(desk: Desk) -> None:
    desk.put(1, "2026-11-02 10:00:00", "ten")
    desk.put(2, "2026-11-02 10:00:00")
    source = desk.source()
    desk.sweep(source)
    assert desk.taken() == ["A-2"]
    [letter] = desk.log.letters()
    assert json.loads(letter.value or b"")["amount"] == "ten"
    assert dict(letter.headers)["__connect.errors.topic"] == b"sales_orders"
    assert dict(letter.headers)["__connect.errors.exception.message"] == b"orders 1, amount: 'ten' is not a number"
    assert source.counters.rejected == 1
    desk.sweep(source)
    assert len(desk.log.letters()) == 1


def test_too_many_in_a_row_stop_before_anything_of_them_is_sent(desk: Desk) -> None:
    for number in range(1, 4):
        desk.put(number, "2026-11-02 10:00:00", "much")
    with pytest.raises(TooManyBad, match=r"3 rows in a row cannot be mapped.*'much' is not a number"):
        desk.source(most_bad=3).turn()
    assert desk.log.sent == []


def test_rows_without_the_cursor_are_told(desk: Desk) -> None:
    desk.put(1, None)
    source = desk.source()
    desk.sweep(source)
    assert source.counters.losses == ["1 rows have no changed_at and are never read"]


def test_a_query_and_a_growing_id_work_as_well(tmp_path: Path) -> None:
    mapping = MAPPING.replace('table = "sales_orders"', "query = \"SELECT o.*, ':x' AS colon FROM sales_orders o\"")
    mapping = mapping.replace('cursor = "changed_at"', 'cursor = "id"\nkey = "id"').replace("overlap = 60\n", "")
    desk = Desk(tmp_path, mapping)
    source = desk.source()
    for number in (1, 2, 3, 5):
        desk.put(number, None)
    desk.sweep(source)
    desk.put(4, None)
    desk.sweep(source)
    assert desk.taken() == ["A-1", "A-2", "A-3", "A-5", "A-4"]
    assert [order["version"] for order in desk.log.orders()] == [number * 2_048 for number in (1, 2, 3, 5, 4)]


def test_reading_begins_where_the_mapping_says(tmp_path: Path) -> None:
    desk = Desk(tmp_path, MAPPING.replace("overlap = 60", "since = 2026-11-02"))
    desk.put(1, "2026-11-01 23:59:59")
    desk.put(2, "2026-11-02 00:00:00")
    desk.sweep(desk.source())
    assert desk.taken() == ["A-2"]


@pytest.mark.parametrize(
    ("old", "new", "error", "said"),
    [
        ("sales_orders", "sale_orders", Terminal, "there is no table 'sale_orders'. Did you mean \"sales_orders\"?"),
        ("changed_at", "change_at", Terminal, "there is no column 'change_at'. Did you mean \"changed_at\"?"),
        ('amount = "amount"', 'amount = "amonut"', MappingError, "there is no column 'amonut' in orders. Did you mean"),
        ('rep_id = "rep"', 'rep_id = "row()"', MappingError, "row() means nothing in a database"),
        ('table = "sales_orders"', 'query = "SELECT 1"', MappingError, "say by key which columns tell its rows apart"),
        ('table = "sales_orders"', "", MappingError, "give either table or query"),
    ],
)
def test_what_is_not_there_is_said_before_anything_is_read(
    tmp_path: Path, old: str, new: str, error: type[Exception], said: str
) -> None:
    desk = Desk(tmp_path, MAPPING.replace(old, new))
    desk.put(1, "2026-11-02 10:00:00")
    with pytest.raises(error) as caught:
        desk.source().turn()
    assert said in str(caught.value)
    assert desk.log.sent == []


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgres://me:s3cret@nowhere/db", "SQLAlchemy knows no such database"),
        ("not an address s3cret", "ONEBOARD_SOURCE_ORDERS_URL is no address"),
        ("sqlite:////nowhere/at/all/s3cret.db", "unable to open database file"),
    ],
)
def test_an_address_that_leads_nowhere_is_told_without_its_password(desk: Desk, url: str, said: str) -> None:
    live = LiveTable(compile_text(MAPPING), "orders", desk.folder)
    counters = Counters("orders", "table", "mapping.toml")
    with pytest.raises((Terminal, Transient)) as caught:
        SqlSource(live, url, Delivery(live, desk.log, counters, 10), counters, None).turn()
    assert said in str(caught.value)
    assert "s3cret" not in str(caught.value)


VALUES = [datetime(2026, 11, 2, 9, 30, tzinfo=UTC), date(2026, 11, 2), 7, 1.5, Decimal("1.10"), "é'\"", b"\x00\xff",
          UUID(int=7)]  # fmt: skip


@pytest.mark.parametrize("value", VALUES, ids=[type(value).__name__ for value in VALUES])
def test_a_cursor_comes_back_from_disk_as_what_it_was(value: object) -> None:
    assert restored(json.loads(json.dumps(written(value)))) == value
    assert type(restored(written(value))) is type(value)


@given(
    st.datetimes(datetime.fromisoformat("1971-01-01"), datetime.fromisoformat("2100-01-01")),
    st.integers(0, 100_000),
    st.sampled_from("T "),
)
def test_behind_a_text_that_is_a_time_stands_no_later_text(moment: datetime, overlap: int, between: str) -> None:
    text = moment.isoformat(sep=between)
    earlier = behind(text, overlap)
    assert earlier <= text
    assert datetime.fromisoformat(earlier) > moment - timedelta(seconds=overlap + 1)
    assert place_in_time(text) == place_in_time(moment)


def test_behind_other_cursors() -> None:
    assert behind(1_500, None) == 500
    assert behind(date(2026, 11, 2), 1) == date(2026, 11, 1)
    assert behind("2026-11-02", 60) == "2026-11-01"
    assert behind("v7", None) == "v7"
    assert place_in_time("v7") is None
