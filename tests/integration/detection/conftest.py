"""A database of its own for each company, on one embedded engine."""

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

from ingest.settings import CompanySettings
from tests.integration.detection.store import Store
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
async def store(engine_url: str) -> AsyncIterator[Store]:
    """An empty, migrated warehouse to store into."""
    settings = WarehouseSettings(url=Url(engine_url), database=f"detection_{next(_NUMBERS)}")
    plain = Warehouse(settings)
    migrate(plain)
    warehouse = AsyncWarehouse(settings)
    yield Store(warehouse, CompanySettings())
    await warehouse.close()
    plain.command(f"DROP DATABASE {settings.database}")
    plain.close()
