"""A shop's published invoice lines through mapping, log, worker and warehouse, to the cent.

Half a million lines take minutes, so the first of them stand for all; with ONEBOARD_TEST_FULL=1 every test takes every
line, and the totals are those published.
"""

from contextlib import contextmanager
from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from ingest.importer.outlets import Workers
from ingest.importer.run import run_import
from tests.full import FULL
from tests.real_input import MAPPINGS, folder
from tests.stack import Stack
from warehouse.dimensions import Where
from warehouse.metric_query import MetricQuery, measure_sync
from warehouse.viewer import Viewer

pytestmark = [pytest.mark.kafka, pytest.mark.warehouse, pytest.mark.slow]
MAPPING = MAPPINGS / "online_retail.toml"
END = date(2026, 11, 23)
LINES, DUPLICATES = 525_461, 6_865
SOME, MORE = 5_000, LINES if FULL else 20_000
NET = ("bookings", "order_lines")


@pytest.fixture(scope="module")
def published():
    """Every line of the source, prices exact, apart from the mapping."""
    [file] = folder("online_retail").glob("*.csv*")
    lines = pl.read_csv(file, schema_overrides={"Price": pl.String, "Invoice": pl.String, "Customer ID": pl.String})
    price = pl.col("Price").cast(pl.Decimal(18, 4))
    return lines.with_columns(
        month=pl.col("InvoiceDate").str.to_datetime().dt.date().dt.truncate("1mo"),
        amount=(price * pl.col("Quantity").cast(pl.Decimal(18, 4))).cast(pl.Decimal(18, 4)),
    )


@pytest.fixture(scope="module")
def source(published):
    """The lines that are brought in."""
    return published.head(MORE)


class Shop:
    """The shop on a board."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack

    def bring_in(self, **options):
        report = run_import(MAPPING, folder("online_retail"), outlet=Workers(self.stack.kafka), **options)
        assert report.left_out.total == 0, report.text()
        self.stack.settle(900)
        assert self.stack.dead_letters() == 0
        return report

    def asked(self, metrics, *by, where=None):
        """{key: values} as the board asks for them; rows that are all zero left out."""
        query = MetricQuery(metrics, END, by=by, where=where or Where())
        frame = measure_sync(self.stack.warehouse, query, Viewer.system())
        return {row[: len(by)]: row[len(by) :] for row in frame.iter_rows() if any(row[len(by) :])}


@contextmanager
def opened(kafka, folder):
    with Stack(kafka.bootstrap, folder, {"timezone": "Europe/London", "currency": "GBP"}) as stack:
        stack.start("worker")
        yield Shop(stack)


def net(lines, *by):
    """{key: (net sales, lines)} of the source."""
    frame = lines.group_by(by).agg(pl.col("amount").sum(), pl.len())
    return {row[:-2]: row[-2:] for row in frame.iter_rows() if any(row[-2:])}


def without_duplicates(lines):
    return lines.unique(subset=lines.columns[:8], keep="first", maintain_order=True)


@pytest.fixture(scope="module")
def shop(kafka, tmp_path_factory, source):
    """First some lines without their duplicates, then every line: row numbers stay, so those known change nothing."""
    with opened(kafka, tmp_path_factory.mktemp("shop")) as shop:
        some = source.head(SOME)
        report = shop.bring_in(limit=SOME, drop_duplicates=True)
        [file] = report.files
        assert file.duplicates == file.dropped == SOME - without_duplicates(some).height > 0
        assert shop.asked(NET, "unit", "month") == net(without_duplicates(some), "Country", "month")
        report = shop.bring_in(limit=MORE, drop_duplicates=False)
        [file] = report.files
        assert (file.rows, file.duplicates) == (MORE, MORE - without_duplicates(source).height)
        assert file.dropped == 0
        yield shop


def test_the_source_is_what_its_control_totals_say(published):
    """What the other tests compare with, held against what was published with it."""
    distinct = without_duplicates(published)
    assert (published.height, published.height - distinct.height) == (LINES, DUPLICATES)
    assert published["amount"].sum() == Decimal("9539484.634")
    assert distinct["amount"].sum() == Decimal("9505775.564")
    assert published["Country"].n_unique() == 40
    assert published["Invoice"].n_unique() == 28_816
    assert published["Customer ID"].null_count() == 107_927
    assert published["Invoice"].str.starts_with("C").sum() == 10_206
    assert published["Invoice"].str.starts_with("A").sum() == 3


def test_net_sales_by_country_and_month(shop, source):
    assert shop.asked(NET) == {(): (source["amount"].sum(), MORE)}
    assert shop.asked(NET, "unit", "month") == net(source, "Country", "month")


def test_cancellations_count_on_their_own_day_and_can_be_told_apart(shop, source):
    """Invoices that start with C."""
    cancelled = source.filter(pl.col("Invoice").str.starts_with("C"))
    assert len(cancelled) > 0
    by_kind = shop.asked(("order_lines", "bookings"), "kind")
    assert by_kind[("return",)] == (len(cancelled), cancelled["amount"].sum())
    assert by_kind[("standard",)][0] == MORE - len(cancelled)
    months = {(month,): amount for month, amount in cancelled.group_by("month").agg(pl.col("amount").sum()).iter_rows()}
    found = shop.asked(("bookings",), "month", where=Where(kind="return"))
    assert {key: amount for key, (amount,) in found.items()} == months


@pytest.mark.skipif(not FULL, reason="the three lines stand far down; set ONEBOARD_TEST_FULL=1 to bring in every line")
def test_corrections_of_a_bad_debt_keep_their_negative_price(shop, source):
    """The three invoices that start with A."""
    for invoice, amount in (
        source.filter(pl.col("Invoice").str.starts_with("A")).select("Invoice", "amount").iter_rows()
    ):
        assert shop.asked(("bookings",), where=Where(order_id=invoice)) == {(): (amount,)}


def test_orders_are_invoices_and_lines_without_customer_are_unassigned(shop, source):
    assert shop.asked(("orders",)) == {(): (source["Invoice"].n_unique(),)}
    without = source.filter(pl.col("Customer ID").is_null())
    found = shop.asked(("order_lines", "bookings"), where=Where(customer_id="unassigned"))
    assert found == {(): (without.height, without["amount"].sum())}


def test_days_are_those_of_london(shop, source):
    """Lines of a summer evening after midnight in Shanghai, or before it in UTC, stay on their day in London."""
    days = source.with_columns(day=pl.col("InvoiceDate").str.to_datetime().dt.date())
    assert shop.asked(NET, "day") == net(days, "day")


@pytest.mark.skipif(not FULL, reason="takes minutes; set ONEBOARD_TEST_FULL=1 to run it")
def test_every_line_without_duplicates_then_with_them(kafka, tmp_path, published):
    """The second import repeats half a million known lines, which change nothing, and adds the duplicates."""
    with opened(kafka, tmp_path) as shop:
        report = shop.bring_in(drop_duplicates=True)
        assert report.files[0].dropped == DUPLICATES
        assert shop.asked(NET) == {(): (Decimal("9505775.564"), LINES - DUPLICATES)}
        assert shop.asked(NET, "unit", "month") == net(without_duplicates(published), "Country", "month")
        shop.bring_in(drop_duplicates=False)
        assert shop.asked(NET) == {(): (Decimal("9539484.634"), LINES)}
        verified = shop.stack.verify()
        assert verified.is_right, verified.mismatches[:5]
        assert verified.events["orders"] == 2 * LINES - DUPLICATES
