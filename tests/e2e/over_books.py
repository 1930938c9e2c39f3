"""The dashboard over a company that is written straight into the warehouse: no broker, no worker."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic_core import Url

from tests.e2e.conftest import Served, serving
from tests.integration.warehouse.books import Books
from warehouse.client import Warehouse
from warehouse.migrate import migrate
from warehouse.settings import WarehouseSettings

NOBODY = "127.0.0.1:9"
"""Where no broker is, nor a door: the board moves by comparing the warehouse's watermarks alone."""


@contextmanager
def kept_books(url: str, database: str) -> Iterator[Books]:
    """Empty books in a database of its own."""
    warehouse = Warehouse(WarehouseSettings(url=Url(url), database=database))
    warehouse.ensure_database()
    migrate(warehouse)
    books = Books(warehouse)
    yield books
    books.forget()
    warehouse.close()


@contextmanager
def board_over(url: str, database: str, folder: Path, **env: str) -> Iterator[Served]:
    """The dashboard over that database, a process of its own."""
    with serving(folder) as start:
        yield start(
            "tests.e2e.board_page",
            ONEBOARD_WAREHOUSE_URL=url,
            ONEBOARD_WAREHOUSE_DATABASE=database,
            ONEBOARD_KAFKA_BOOTSTRAP=NOBODY,
            ONEBOARD_DASHBOARD_INGEST_URL=f"http://{NOBODY}",
            **env,
        )
