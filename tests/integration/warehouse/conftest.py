"""An empty warehouse for each test that asks for `books`, in one database of the embedded engine."""

from collections.abc import AsyncIterator, Iterator

import pytest
from pydantic_core import Url

from tests.integration.warehouse.books import Books
from tests.integration.warehouse.counting import Counting
from warehouse.client import AsyncWarehouse, Warehouse
from warehouse.migrate import migrate
from warehouse.settings import WarehouseSettings


@pytest.fixture(scope="session")
def migrated(warehouse_server: str) -> Iterator[Warehouse]:
    """A warehouse with its schema and nothing in it."""
    warehouse = Warehouse(WarehouseSettings(url=Url(warehouse_server), database="meaning"))
    migrate(warehouse)
    yield warehouse
    warehouse.close()


@pytest.fixture
def books(migrated: Warehouse) -> Iterator[Books]:
    """That warehouse to write into; what a test wrote is gone after it."""
    books = Books(migrated)
    yield books
    books.forget()


@pytest.fixture
async def asked(books: Books) -> AsyncIterator[AsyncWarehouse]:
    """The same warehouse for questions on the loop."""
    warehouse = AsyncWarehouse(books.warehouse.settings)
    yield warehouse
    await warehouse.close()


@pytest.fixture
async def counted(books: Books) -> AsyncIterator[Counting]:
    warehouse = Counting(books.warehouse.settings)
    yield warehouse
    await warehouse.close()
