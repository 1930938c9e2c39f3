"""A database of its own for each company, on one embedded engine."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count

import pytest
from pydantic_core import Url

from ingest.settings import CompanySettings
from tests.integration.detection.store import Store
from warehouse.client import AsyncWarehouse, Warehouse
from warehouse.migrate import migrate
from warehouse.settings import WarehouseSettings

_NUMBERS = count(1)


@pytest.fixture
async def store(warehouse_server: str) -> AsyncIterator[Store]:
    """An empty, migrated warehouse to store into."""
    async with _made(warehouse_server) as made:
        yield made


@pytest.fixture
async def another(warehouse_server: str) -> AsyncIterator[Store]:
    """One more."""
    async with _made(warehouse_server) as made:
        yield made


@asynccontextmanager
async def _made(url: str) -> AsyncIterator[Store]:
    settings = WarehouseSettings(url=Url(url), database=f"detection_{next(_NUMBERS)}")
    plain = Warehouse(settings)
    migrate(plain)
    warehouse = AsyncWarehouse(settings)
    yield Store(warehouse, CompanySettings())
    await warehouse.close()
    plain.command(f"DROP DATABASE {settings.database}")
    plain.close()
