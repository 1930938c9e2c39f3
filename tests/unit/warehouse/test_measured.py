"""What a statement is counted under: few names, and always one of a table."""

import pytest
from prometheus_client import REGISTRY

from warehouse.errors import QueryRefused, WarehouseUnavailable
from warehouse.measured import statement, subject


@pytest.mark.parametrize(
    ("sql", "table"),
    [
        ("SELECT sum(amount) FROM order_changes WHERE day > 1", "order_changes"),
        ("SELECT a\nFROM (\n  SELECT * FROM opportunity_changes) GROUP BY a", "opportunity_changes"),
        ("SELECT id FROM dictionary('units')", "dictionary"),
        ("INSERT INTO schema_migrations (file) VALUES (1)", "schema_migrations"),
        ("CREATE TABLE IF NOT EXISTS targets (a Int8)", "targets"),
        ("SYSTEM RELOAD DICTIONARY units", "units"),
        ("SELECT 1", "none"),
    ],
)
def test_a_statement_is_counted_under_the_first_table_it_names(sql: str, table: str) -> None:
    assert subject(sql) == table


def value(metric: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(metric, labels) or 0.0


def test_a_statement_that_fails_is_timed_and_counted_by_the_name_of_its_error() -> None:
    failed = {"kind": "query", "error": "WarehouseUnavailable"}
    timed = {"kind": "query", "table": "never_there"}
    before = value("oneboard_warehouse_failed_statements_total", **failed)
    with pytest.raises(WarehouseUnavailable), statement("query", "never_there", "query"):
        raise ConnectionError("gone")
    assert value("oneboard_warehouse_failed_statements_total", **failed) == before + 1
    assert value("oneboard_warehouse_statement_seconds_count", **timed) == 1


def test_a_statement_that_is_answered_is_no_failure() -> None:
    before = value("oneboard_warehouse_failed_statements_total", kind="insert", error=QueryRefused.__name__)
    with statement("insert", "answered_here", "insert"):
        pass
    assert value("oneboard_warehouse_statement_seconds_count", kind="insert", table="answered_here") == 1
    assert value("oneboard_warehouse_failed_statements_total", kind="insert", error=QueryRefused.__name__) == before
