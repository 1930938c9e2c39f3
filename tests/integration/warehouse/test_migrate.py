"""Migrations: each statement once, in order, and no edited file."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from pydantic_core import Url

from warehouse.client import Warehouse
from warehouse.errors import QueryRefused
from warehouse.measures import MIGRATIONS
from warehouse.migrate import MigrationRefused, migrate
from warehouse.settings import WarehouseSettings

pytestmark = pytest.mark.warehouse
FIRST = """-- why; not a statement
CREATE TABLE a (x String DEFAULT 'a;\\'b') ENGINE = Memory;
CREATE TABLE b (x String) ENGINE = Memory;
"""


@pytest.fixture
def empty(warehouse_server: str) -> Iterator[Warehouse]:
    """A warehouse whose database does not exist yet."""
    settings = WarehouseSettings(url=Url(warehouse_server), database=f"m{uuid4().hex[:8]}")
    warehouse = Warehouse(settings)
    yield warehouse
    warehouse.command(f"DROP DATABASE IF EXISTS {settings.database}")
    warehouse.close()


def tables(warehouse: Warehouse) -> set[str]:
    rows = warehouse.rows("SELECT name FROM system.tables WHERE database = currentDatabase()")
    return {name for (name,) in rows} - {"schema_migrations"}


def test_the_schema_is_made_once_with_its_dictionaries(empty: Warehouse) -> None:
    assert migrate(empty) == sorted(path.name for path in MIGRATIONS.glob("*.sql"))
    assert {"order_changes", "opportunity_changes", "units", "people", "target_events"} <= tables(empty)
    assert empty.rows("SELECT dictGet('units', 'path', 'hz', today())") == [([],)]
    assert migrate(empty) == []


def test_a_new_file_is_applied_after_the_old_ones(empty: Warehouse, tmp_path: Path) -> None:
    (tmp_path / "0001_first.sql").write_text(FIRST)
    assert migrate(empty, tmp_path) == ["0001_first.sql"]
    assert tables(empty) == {"a", "b"}
    (tmp_path / "0002_more.sql").write_text("CREATE VIEW c AS SELECT * FROM {database}.a")
    assert migrate(empty, tmp_path) == ["0002_more.sql"]
    (tmp_path / "0000_late.sql").write_text("SELECT 1")
    with pytest.raises(MigrationRefused, match=r"0000_late\.sql comes before 0002_more\.sql"):
        migrate(empty, tmp_path)


@pytest.mark.parametrize("edited", [FIRST.replace("CREATE TABLE b", "CREATE TABLE c"), FIRST + "SELECT 1;", "SELECT 1"])
def test_an_applied_file_that_was_edited_is_refused(empty: Warehouse, tmp_path: Path, edited: str) -> None:
    (tmp_path / "0001_first.sql").write_text(FIRST)
    migrate(empty, tmp_path)
    (tmp_path / "0001_first.sql").write_text(edited)
    with pytest.raises(MigrationRefused, match=r"0001_first\.sql was edited after it was applied"):
        migrate(empty, tmp_path)
    assert tables(empty) == {"a", "b"}


def test_a_file_that_failed_half_way_goes_on_where_it_stopped(empty: Warehouse, tmp_path: Path) -> None:
    path = tmp_path / "0001_first.sql"
    path.write_text(FIRST + "CREATE TABLE nonsense (x Nothing2) ENGINE = Memory;")
    with pytest.raises(QueryRefused):
        migrate(empty, tmp_path)
    path.write_text(FIRST + "CREATE TABLE mended (x String) ENGINE = Memory;")
    assert migrate(empty, tmp_path) == ["0001_first.sql"]
    assert tables(empty) == {"a", "b", "mended"}


def test_a_program_older_than_the_warehouse_is_told_so(empty: Warehouse, tmp_path: Path) -> None:
    (tmp_path / "0001_first.sql").write_text(FIRST)
    migrate(empty, tmp_path)
    (tmp_path / "0001_first.sql").unlink()
    with pytest.raises(MigrationRefused, match="newer than this program"):
        migrate(empty, tmp_path)


def test_a_file_is_numbered_once(empty: Warehouse, tmp_path: Path) -> None:
    (tmp_path / "0001_first.sql").write_text(FIRST)
    (tmp_path / "0001_other.sql").write_text(FIRST)
    with pytest.raises(MigrationRefused, match="two migrations are numbered 0001"):
        migrate(empty, tmp_path)
