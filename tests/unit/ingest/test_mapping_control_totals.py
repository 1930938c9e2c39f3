"""The committed mappings against the control totals of the published data, to the cent, from the events they give.

Of the shop's half a million lines a cut is taken, with ONEBOARD_TEST_FULL=1 every one.
"""

import csv
import gzip
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ingest.importer.outlets import Kept
from ingest.importer.report import ImportReport
from ingest.importer.run import run_import
from tests.full import FULL
from tests.real_input import MAPPINGS, folder

ONLINE_RETAIL = "online_retail_II_2009-2010.csv.gz"


def imported(name: str, files: Path) -> tuple[ImportReport, list[tuple[str, dict[str, Any]]]]:
    kept = Kept()
    report = run_import(MAPPINGS / f"{name}.toml", files, outlet=kept)
    return report, [(topic, json.loads(event.value)) for topic, event in kept.events]


# ---- regional sales: what is won, lost and open, by territory, manager, owner and product ----------------------------


@pytest.fixture(scope="module")
def regional() -> tuple[ImportReport, list[tuple[str, dict[str, Any]]]]:
    return imported("regional_sales", folder("regional_sales"))


def regional_rows() -> Iterator[dict[str, str]]:
    """The source's deals, with what their keys point to, read without any of our code."""

    def table(name: str) -> list[dict[str, str]]:
        with (folder("regional_sales") / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    accounts = {row["AccountSeq"]: row for row in table("accounts")}
    territories = {row["State Or Province"]: row["Territory"] for row in table("territories")}
    owners = {row["SystemUserSeq"]: row for row in table("owners")}
    products = {row["ProductSeq"]: row for row in table("products")}
    for deal in table("opportunities"):
        state = accounts[deal["AccountSeq"]]["State or Province"]
        owner, product = owners[deal["SystemUserSeq"]], products[deal["ProductSeq"]]
        yield deal | {
            "state": state,
            "territory": territories[state],
            "owner": owner["Owner"],
            "manager": owner["Manager"],
            "product": product["Product"],
            "category": product["Product Category"],
        }


def latest_deals(events: list[tuple[str, dict[str, Any]]]) -> dict[str, dict[str, Any]]:
    deals: dict[str, dict[str, Any]] = {}
    for topic, event in events:
        if (
            topic == "opportunities"
            and event["version"] > deals.get(event["opportunity_id"], {"version": 0})["version"]
        ):
            deals[event["opportunity_id"]] = event
    return deals


def test_won_lost_and_open_deals_have_the_counts_and_amounts_of_the_source(
    regional: tuple[ImportReport, list[tuple[str, dict[str, Any]]]],
) -> None:
    count: Counter[str] = Counter()
    amount: dict[str, Decimal] = defaultdict(Decimal)
    for deal in latest_deals(regional[1]).values():
        count[deal["outcome"]] += 1
        amount[deal["outcome"]] += Decimal(deal["amount"])
    assert count == {"won": 7_282, "lost": 7_385, "open": 5_333}
    assert amount == {"won": Decimal(26_435_925), "lost": Decimal(23_003_910), "open": Decimal(27_812_381)}


@pytest.mark.parametrize("dimension", ["territory", "state", "manager", "owner", "product", "category"])
def test_every_outcome_adds_up_by_every_dimension(
    regional: tuple[ImportReport, list[tuple[str, dict[str, Any]]]], dimension: str
) -> None:
    org = {(event["kind"], event["id"]): event for topic, event in regional[1] if topic == "org"}

    def of(deal: dict[str, Any]) -> str:
        unit, person = org["unit", deal["office_id"]], org["person", deal["rep_id"]]
        product, team = org["product", deal["product_id"]], org["unit", person["unit_id"]]
        found = {
            "state": unit["name"],
            "territory": org["unit", unit["parent_id"]]["name"],
            "owner": person["name"],
            "manager": org["person", team["manager_id"]]["name"],
            "product": product["name"],
            "category": org["product", product["parent_id"]]["name"],
        }
        return str(found[dimension])

    expected: Counter[tuple[str, str]] = Counter()
    for row in regional_rows():
        expected[row[dimension], row["Status"].lower()] += int(row["Value"])
    found: Counter[tuple[str, str]] = Counter()
    for deal in latest_deals(regional[1]).values():
        found[of(deal), deal["outcome"]] += int(deal["amount"])
    assert found == expected


def test_a_won_deal_keeps_the_stage_the_source_gives_it(
    regional: tuple[ImportReport, list[tuple[str, dict[str, Any]]]],
) -> None:
    stages = {(row["OpportunitySeq"], row["Sales Stage"]) for row in regional_rows()}
    deals = latest_deals(regional[1])
    assert {(deal["opportunity_id"], deal["stage"]) for deal in deals.values()} == stages
    assert any(deal["outcome"] == "won" and deal["stage"] == "1-Qualify" for deal in deals.values())


def test_territories_and_managers_cross_and_the_org_is_complete(
    regional: tuple[ImportReport, list[tuple[str, dict[str, Any]]]],
) -> None:
    report, events = regional
    tiers = Counter(event["tier"] for topic, event in events if topic == "org" and event["kind"] == "unit")
    assert tiers == {"company": 1, "region": 4, "office": 51, "team": 3}
    assert report.left_out.total == 0
    assert not any(file.warnings for file in report.files)
    pairs = {(row["territory"], row["manager"]) for row in regional_rows()}
    assert max(Counter(territory for territory, _ in pairs).values()) > 1
    assert max(Counter(manager for _, manager in pairs).values()) > 1


# ---- online retail: net sales by country and month, with cancellations, corrections and duplicates -------------------


@pytest.fixture(scope="module")
def retail_rows() -> list[dict[str, str]]:
    """The lines brought in: the first days of the months, all corrections, and of each country its first line."""
    countries: set[str] = set()

    def is_taken(row: dict[str, str]) -> bool:
        is_new = row["Country"] not in countries
        countries.add(row["Country"])
        return FULL or is_new or row["InvoiceDate"][8:10] == "01" or row["Invoice"].startswith("A")

    with gzip.open(folder("online_retail") / ONLINE_RETAIL, "rt", encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if is_taken(row)]


@pytest.fixture(scope="module")
def retail_folder(retail_rows: list[dict[str, str]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("online_retail")
    with gzip.open(home / ONLINE_RETAIL, "wt", compresslevel=1, encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, retail_rows[0])
        writer.writeheader()
        writer.writerows(retail_rows)
    return home


@pytest.fixture(scope="module")
def retail(retail_folder: Path) -> tuple[ImportReport, list[tuple[str, dict[str, Any]]]]:
    return imported("online_retail", retail_folder)


def amount_of(row: dict[str, str]) -> Decimal:
    return int(row["Quantity"]) * Decimal(row["Price"])


def without_duplicates(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    return list({tuple(row.values()): row for row in rows}.values())


def test_every_line_counts_to_the_tenth_of_a_penny(
    retail: tuple[ImportReport, list[tuple[str, dict[str, Any]]]], retail_rows: list[dict[str, str]]
) -> None:
    report, events = retail
    lines = [event for topic, event in events if topic == "orders"]
    assert len(lines) == len({(line["order_id"], line["line_id"]) for line in lines}) == len(retail_rows)
    assert sum(Decimal(line["amount"]) for line in lines) == sum(map(amount_of, retail_rows))
    assert Counter(line["order_id"] for line in lines) == Counter(row["Invoice"] for row in retail_rows)
    assert any(line["kind"] == "return" for line in lines)
    assert all((line["kind"] == "return") == line["order_id"].startswith("C") for line in lines)
    nobody = sum(not row["Customer ID"] for row in retail_rows)
    assert sum("customer_id" not in line for line in lines) == nobody > 0
    corrections = [Decimal(line["amount"]) for line in lines if line["order_id"].startswith("A")]
    assert corrections == [Decimal("-53594.36"), Decimal("-44031.79"), Decimal("-38925.87")]
    assert report.files[0].duplicates == len(retail_rows) - len(without_duplicates(retail_rows)) > 0
    assert report.left_out.total == 0


def test_net_sales_by_country_and_month_are_those_of_the_source(
    retail: tuple[ImportReport, list[tuple[str, dict[str, Any]]]], retail_rows: list[dict[str, str]]
) -> None:
    expected: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in retail_rows:
        expected[row["Country"], row["InvoiceDate"][:7]] += amount_of(row)
    found: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    units = set()
    for topic, event in retail[1]:
        if topic == "orders":
            found[event["office_id"], event["effective_on"][:7]] += Decimal(event["amount"])
        elif event["kind"] == "unit" and event["tier"] == "office":
            units.add(event["id"])
    assert found == expected
    assert len(units) == 40
    assert {country for country, _ in expected} == units


def test_london_times_become_instants(
    retail: tuple[ImportReport, list[tuple[str, dict[str, Any]]]], retail_rows: list[dict[str, str]]
) -> None:
    moments = {event["line_id"]: event["occurred_at"] for topic, event in retail[1] if topic == "orders"}
    assert moments["1"] == "2009-12-01T07:45:00Z"  # winter: the clock is UTC's
    line, local = next(
        (str(n), row["InvoiceDate"]) for n, row in enumerate(retail_rows, 1) if row["InvoiceDate"] > "2010-07"
    )
    assert local.startswith("2010-07-01 ")
    assert moments[line] == f"2010-07-01T{int(local[11:13]) - 1:02}{local[13:]}Z"  # summer: an hour ahead of UTC


def test_exact_duplicates_are_dropped_by_the_option_and_only_by_it(
    retail_folder: Path, retail_rows: list[dict[str, str]]
) -> None:
    report = run_import(MAPPINGS / "online_retail.toml", retail_folder, dry_run=True, drop_duplicates=True)
    lines = next(rule for rule in report.rules if rule.topic == "orders")
    distinct = without_duplicates(retail_rows)
    assert report.files[0].duplicates == report.files[0].dropped == len(retail_rows) - len(distinct)
    assert lines.totals.count == len(distinct)
    assert lines.totals.amount == sum(map(amount_of, distinct))
