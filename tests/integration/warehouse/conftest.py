"""A database of its own for each test that asks for `books`, on one embedded engine."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path

import pytest
from pydantic_core import Url

from tests.integration.warehouse.books import Books
from warehouse.client import AsyncWarehouse, Warehouse
from warehouse.migrate import migrate
from warehouse.settings import WarehouseSettings

_NUMBERS = count(1)


@pytest.fixture(scope="session")
def engine_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an embedded engine that lives as long as the tests."""
    folder: Path = tmp_path_factory.mktemp("engine")
    command = [sys.executable, "-m", "warehouse.embedded", "--path", str(folder / "data"), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ) as process:
        assert process.stdout is not None
        ready = re.search(r"http://\S+?:\d+", process.stdout.readline())
        assert ready, "the embedded engine did not start"
        yield ready[0]
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)


@pytest.fixture
def database(engine_url: str) -> WarehouseSettings:
    """Settings of a database that nobody else uses; nothing is in it yet."""
    return WarehouseSettings(url=Url(engine_url), database=f"meaning_{next(_NUMBERS)}")


@pytest.fixture
def books(database: WarehouseSettings) -> Iterator[Books]:
    """A migrated, empty warehouse to write into."""
    warehouse = Warehouse(database)
    migrate(warehouse)
    yield Books(warehouse)
    warehouse.command(f"DROP DATABASE {database.database}")
    warehouse.close()


@pytest.fixture
async def asked(books: Books) -> AsyncIterator[AsyncWarehouse]:
    """The same warehouse for questions on the loop."""
    warehouse = AsyncWarehouse(books.warehouse.settings)
    yield warehouse
    await warehouse.close()
