"""What the schema leans on, held against the engine itself: range dictionaries, projections, SQL of the board."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from tests.integration.embedded_warehouse.process import EmbeddedWarehouse
from warehouse.client import Warehouse
from warehouse.errors import QueryRefused

pytestmark = pytest.mark.warehouse

SCHEMA = """
CREATE TABLE units (id String, valid_from Date, region_id String, path Array(String), seen UInt64)
    ENGINE = ReplacingMergeTree(seen) ORDER BY (id, valid_from);
CREATE DICTIONARY unit_as_of (
    id String, valid_from Date, valid_to Date, region_id String DEFAULT '', path Array(String)
) PRIMARY KEY id
    SOURCE(CLICKHOUSE(QUERY 'SELECT id, valid_from, toDate(\\'2149-06-06\\') AS valid_to, region_id, path
        FROM oneboard.units FINAL'))
    LAYOUT(COMPLEX_KEY_RANGE_HASHED(range_lookup_strategy 'max')) RANGE(MIN valid_from MAX valid_to) LIFETIME(0);
CREATE TABLE facts (
    topic LowCardinality(String), partition UInt16, offset UInt64, day Date, office_id LowCardinality(String),
    rep_id LowCardinality(String), customer_id String, amount Decimal(18, 4), due Nullable(Decimal(18, 4)),
    PROJECTION by_office (SELECT day, office_id, sum(amount), sum(due) GROUP BY day, office_id),
    PROJECTION by_month (SELECT toStartOfMonth(day), office_id, sum(amount) GROUP BY toStartOfMonth(day), office_id),
    PROJECTION position (SELECT topic, partition, max(offset) GROUP BY topic, partition)
) ENGINE = MergeTree ORDER BY (customer_id, offset) SETTINGS index_granularity = 128;
INSERT INTO units VALUES
    ('o1', '2026-01-01', 'north', ['all', 'north', 'o1'], 1), ('o1', '2026-03-01', 'south', ['all', 'south', 'o1'], 2),
    ('o2', '2026-01-01', 'north', ['all', 'north', 'o2'], 1);
INSERT INTO facts SELECT 'orders', number % 4, number, toDate('2026-01-01') + number % 90, concat('o', number % 3),
    toString(number % 50), toString(number), 1.5, if(number % 2, 2, NULL) FROM numbers(90000)
"""


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    server = EmbeddedWarehouse(tmp_path_factory.mktemp("facts"))
    warehouse = Warehouse(server.settings)
    try:
        for statement in SCHEMA.split(";\n"):
            warehouse.command(statement)
        yield warehouse
    finally:
        warehouse.close()
        server.stop()


def projected(warehouse: Warehouse, sql: str) -> list[tuple[Any, ...]]:
    """The rows, or code 584 where no projection serves the query."""
    return warehouse.rows(sql, settings={"force_optimize_projection": 1})


def test_of_the_ranges_that_hold_a_day_the_one_that_began_last_counts(warehouse: Warehouse) -> None:
    sql = "SELECT dictGet('unit_as_of', 'region_id', {id:String}, {day:Date})"
    for unit, day, region in [
        ("o1", date(2026, 1, 1), "north"),
        ("o1", date(2026, 2, 28), "north"),
        ("o1", date(2026, 3, 1), "south"),
        ("o1", date(2025, 12, 31), ""),
        ("nobody", date(2026, 3, 1), ""),
    ]:
        assert warehouse.rows(sql, {"id": unit, "day": day}) == [(region,)]


def test_a_reload_brings_what_the_source_has_learned(warehouse: Warehouse) -> None:
    warehouse.command("INSERT INTO units VALUES ('o9', '2026-01-01', 'west', ['all', 'west', 'o9'], 1)")
    sql = "SELECT dictGetOrDefault('unit_as_of', 'region_id', 'o9', toDate('2026-02-01'), 'unassigned')"
    assert warehouse.rows(sql) == [("unassigned",)]
    warehouse.command("SYSTEM RELOAD DICTIONARY unit_as_of")
    assert warehouse.rows(sql) == [("west",)]


# A day has 1000 rows of 1.5, all of one office: o0 (no unit), o1, o2 in turn from 1 January on, 90 days.


def test_sums_by_a_dictionarys_attribute_are_served_by_a_projection(warehouse: Warehouse) -> None:
    rows = projected(
        warehouse,
        """SELECT dictGetOrDefault('unit_as_of', 'region_id', office_id, day, 'unassigned') AS region, sum(amount)
        FROM facts WHERE day >= '2026-03-01' GROUP BY region ORDER BY region""",
    )
    assert rows == [("north", 11 * 1500), ("south", 10 * 1500), ("unassigned", 10 * 1500)]


def test_every_level_of_a_tree_comes_from_one_projected_query(warehouse: Warehouse) -> None:
    rows = projected(
        warehouse,
        """SELECT unit, sum(amount) FROM (
            SELECT dictGet('unit_as_of', 'path', office_id, day) AS path, sum(amount) AS amount FROM facts GROUP BY path
        ) ARRAY JOIN path AS unit GROUP BY unit ORDER BY unit""",
    )
    assert dict(rows) == {"all": 90000, "north": 75000, "o1": 45000, "o2": 45000, "south": 15000}


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT office_id, sum(amount), sum(due), toFloat64(sum(amount)) / 3 FROM facts GROUP BY office_id",
        "SELECT sum(amount) FROM facts WHERE has(dictGet('unit_as_of', 'path', office_id, day), 'south')",
        "SELECT toStartOfMonth(day) AS month, office_id, sum(amount) FROM facts GROUP BY month, office_id",
        "SELECT day, sum(sum(amount)) OVER (ORDER BY day) FROM facts GROUP BY day",
        "SELECT office_id, sum(amount) FROM facts WHERE office_id IN ('o1', 'o2') GROUP BY office_id",
        "SELECT partition, max(offset) FROM facts WHERE topic = 'orders' GROUP BY partition",
    ],
)
def test_these_are_served_by_a_projection(warehouse: Warehouse, sql: str) -> None:
    assert projected(warehouse, sql)


@pytest.mark.parametrize(
    "expression", ["count()", "sumIf(amount, day > '2026-02-01')", "uniqExact(rep_id)", "avg(amount)"]
)
def test_and_these_are_not(warehouse: Warehouse, expression: str) -> None:
    with pytest.raises(QueryRefused) as refused:
        projected(warehouse, f"SELECT office_id, {expression} FROM facts GROUP BY office_id")  # noqa: S608
    assert refused.value.code == 584


def test_facts_cannot_be_deleted_beside_their_projections(warehouse: Warehouse) -> None:
    with pytest.raises(QueryRefused, match="projections"):
        warehouse.command("DELETE FROM facts WHERE office_id = 'o1'")


def test_recursion_and_windows_are_there(warehouse: Warehouse) -> None:
    sql = """WITH RECURSIVE up AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM up WHERE n < 5)
        SELECT n, lagInFrame(n) OVER (ORDER BY n) FROM up ORDER BY n DESC LIMIT 1"""
    assert warehouse.rows(sql) == [(5, 4)]
