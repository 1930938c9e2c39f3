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
    """The dashboard over that database, a process of its own; it moves by comparing the watermarks alone."""
    with serving(folder) as start:
        yield start(
            "tests.e2e.board_page",
            ONEBOARD_WAREHOUSE_URL=url,
            ONEBOARD_WAREHOUSE_DATABASE=database,
            **env,
        )
