"""A company's published deals, through mapping, log, worker and warehouse: the board's numbers are the source's."""

import asyncio
from datetime import UTC, date, datetime
from decimal import Decimal

import polars as pl
import pytest

from ingest.importer.run import run_import
from tests.full import FULL
from tests.real_input import MAPPINGS, folder
from tests.stack import Stack
from warehouse.client import AsyncWarehouse
from warehouse.dimensions import Where
from warehouse.metric_query import MetricQuery, measure_sync
from warehouse.queries.deals import deals as deals_of
from warehouse.viewer import Viewer, viewer_for

pytestmark = [pytest.mark.kafka, pytest.mark.warehouse, pytest.mark.slow]
ALL_OUTCOMES = ("won_deals", "won_amount", "lost_deals", "lost_amount", "open_deals", "open_pipeline")
END = date(2026, 11, 23)
AGAIN = 20_000 if FULL else 4_000


@pytest.fixture(scope="module")
def source():
    """The source's own files, put together as its README says and apart from the mapping."""
    home = folder("regional_sales")
    tables = {path.stem: pl.read_csv(path) for path in home.glob("*.csv")}
    territories = tables["territories"].select("TerritorySeq", "Territory", state="State Or Province")
    return (
        tables["opportunities"]
        .join(tables["accounts"].select("AccountSeq", "TerritorySeq"), on="AccountSeq", validate="m:1")
        .join(territories, on="TerritorySeq", validate="m:1")
        .join(tables["owners"].select("SystemUserSeq", "Owner", "Manager"), on="SystemUserSeq", validate="m:1")
        .join(tables["products"].select("ProductSeq", "Product", "Product Category"), on="ProductSeq", validate="m:1")
        .with_columns(closed_on=pl.col("CloseDate").str.to_date())
    )


@pytest.fixture(scope="module")
def stack(kafka, tmp_path_factory, source):
    settings = {"timezone": "America/Chicago", "currency": "USD"}
    with Stack(kafka.bootstrap, tmp_path_factory.mktemp("deals"), settings) as stack:
        stack.start("worker")
        stack.report = run_import(MAPPINGS / "regional_sales.toml", folder("regional_sales"), publisher=stack.publisher)
        stack.settle()
        yield stack


def expected(source, *by):
    """The six numbers of the source by these columns, as {key: (won deals, won amount, lost …, open …)}."""
    sums = [
        expression
        for status in ("Won", "Lost", "Open")
        for expression in (
            (pl.col("Status") == status).sum().alias(f"{status} deals"),
            pl.col("Value").filter(pl.col("Status") == status).sum().alias(f"{status} amount"),
        )
    ]
    return {row[: len(by)]: row[len(by) :] for row in source.group_by(by).agg(sums).iter_rows()}


def asked(stack, *by, where=None, viewer=None, **words):
    """The same six numbers as the board asks for them; rows that are all zero, as the board leaves them out, too."""
    query = MetricQuery(ALL_OUTCOMES, END, by=by, where=where or Where(), **words)
    frame = measure_sync(stack.warehouse, query, viewer or Viewer.system())
    return {row[: len(by)]: row[len(by) :] for row in frame.iter_rows() if not by or any(row[len(by) :])}


def names(stack, dictionary):
    """id → name, as the board shows it."""
    return dict(stack.warehouse.rows(f"SELECT id, any(name) FROM dictionary('{dictionary}') GROUP BY id"))  # noqa: S608


def named(numbers, names):
    return {(names[key[0]],): values for key, values in numbers.items()}


def test_everything_enters(stack):
    assert stack.report.finished
    assert stack.report.left_out.total == 0, stack.report.text()
    assert stack.warehouse.rows("SELECT uniqExact(opportunity_id) FROM opportunity_changes WHERE entity_id != ''") == [
        (20_000,)
    ]


def test_totals_are_those_of_the_source(stack):
    assert asked(stack) == {(): (7282, 26_435_925, 7385, 23_003_910, 5333, 27_812_381)}


def test_by_territory(stack, source):
    assert named(asked(stack, "unit"), names(stack, "units")) == expected(source, "Territory")


def test_by_state_of_each_territory(stack, source):
    by_state = expected(source, "state")
    assert asked(stack, "office") == by_state
    territories = set(source["Territory"])
    drilled = [asked(stack, "unit", where=Where(unit_id=territory)) for territory in territories]
    assert {key: value for states in drilled for key, value in states.items()} == by_state


def test_by_owner(stack, source):
    assert named(asked(stack, "rep"), names(stack, "people")) == expected(source, "Owner")


def test_by_manager_whose_owners_sell_in_several_territories(stack, source):
    people = names(stack, "people")
    by_manager = expected(source, "Manager")
    assert len(by_manager) == 3
    assert named(asked(stack, "manager"), people) == by_manager
    crossing = expected(source, "Manager", "Territory")
    assert len(crossing) > 4, "the two hierarchies cross"
    found = asked(stack, "manager", "unit")
    assert {(people[manager], territory): values for (manager, territory), values in found.items()} == crossing
    for manager in {key[0] for key in found}:
        own = asked(stack, "rep", where=Where(manager_id=manager))
        assert set(named(own, people)) == {(owner,) for owner in source.filter(Manager=people[manager])["Owner"]}


def test_by_product_line_and_product(stack, source):
    products = names(stack, "products")
    assert named(asked(stack, "product"), products) == expected(source, "Product Category")
    assert named(asked(stack, "leaf_product"), products) == expected(source, "Product")


def test_by_the_month_in_which_deals_closed(stack, source):
    query = MetricQuery(("won_amount", "lost_deals"), END, by=("month",))
    frame = measure_sync(stack.warehouse, query, Viewer.system()).filter(pl.any_horizontal(pl.exclude("month") != 0))
    closed = source.filter(pl.col("Status") != "Open").with_columns(month=pl.col("closed_on").dt.truncate("1mo"))
    won = pl.col("Value").filter(pl.col("Status") == "Won").sum()
    months = closed.group_by("month").agg(won, (pl.col("Status") == "Lost").sum().alias("lost")).sort("month")
    assert frame.rows() == months.rows()


def test_an_owner_sees_own_deals_only(stack, source):
    async def ask():
        warehouse = AsyncWarehouse(stack.warehouse.settings)
        try:
            return await viewer_for(warehouse, "owner-2", END)
        finally:
            await warehouse.close()

    own = expected(source.filter(SystemUserSeq=2), "Owner")
    assert list(asked(stack, viewer=asyncio.run(ask())).values()) == list(own.values())
    assert asked(stack, viewer=Viewer.nobody()) == {(): (0, 0, 0, 0, 0, 0)}


def test_the_largest_won_deals_are_listed_with_their_owners(stack, source):
    now = datetime(END.year, END.month, END.day, tzinfo=UTC)

    async def ask():
        warehouse = AsyncWarehouse(stack.warehouse.settings)
        try:
            return await deals_of(warehouse, Viewer.system(), what="won", now=now, limit=5)
        finally:
            await warehouse.close()

    listed = asyncio.run(ask())
    won = source.filter(Status="Won")
    assert listed["total"][0] == len(won)
    top = won.sort("Value", descending=True).head(5)
    assert [Decimal(value) for value in top["Value"]] == listed["amount"].to_list()
    owners = dict(won.select(pl.col("OpportunitySeq").cast(pl.String), "Owner").iter_rows())
    assert all(owners[row["id"]] == row["rep_name"] for row in listed.iter_rows(named=True))


def test_the_same_import_again_changes_nothing_and_verify_agrees(stack, tmp_path):
    """The first of the deals stand for all."""
    for file in folder("regional_sales").iterdir():
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        (tmp_path / file.name).write_text("".join(lines[: 1 + AGAIN]), encoding="utf-8")
    deals = pl.read_csv(tmp_path / "opportunities.csv")
    before = asked(stack, "office", "rep", "leaf_product")
    run_import(MAPPINGS / "regional_sales.toml", tmp_path, publisher=stack.publisher)
    stack.settle()
    assert asked(stack, "office", "rep", "leaf_product") == before
    report = stack.verify()
    assert report.is_right, report.mismatches[:5]
    once = 20_000 + 7_282 + 7_385
    assert report.events["opportunities"] == once + AGAIN + deals.filter(pl.col("Status") != "Open").height
    assert stack.dead_letters() == 0
