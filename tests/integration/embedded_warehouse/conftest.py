from __future__ import annotations

import asyncio
import inspect
import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.integration.embedded_warehouse.process import EmbeddedWarehouse
from tests.integration.embedded_warehouse.wide import CREATE
from warehouse.client import AsyncWarehouse, Warehouse

_numbers = itertools.count()


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedWarehouse]:
    """One embedded warehouse for all tests here; it must end cleanly when they have."""
    server = EmbeddedWarehouse(tmp_path_factory.mktemp("warehouse"))
    yield server
    assert server.stop() == 0


@pytest.fixture
def table(server: EmbeddedWarehouse) -> str:
    """A fresh wide table."""
    name = f"wide_{next(_numbers)}"
    assert server.ask(CREATE, param_t=name).status_code == 200
    return name


class Facade:
    """`Warehouse` and `AsyncWarehouse` under one face, so that one test holds both."""

    def __init__(self, client: Warehouse | AsyncWarehouse, loop: asyncio.AbstractEventLoop) -> None:
        self._client, self._loop = client, loop

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._client, name)

        def call(*arguments: Any, **named: Any) -> Any:
            if inspect.iscoroutinefunction(method):
                return self._loop.run_until_complete(method(*arguments, **named))
            return method(*arguments, **named)

        return call


@pytest.fixture(params=[Warehouse, AsyncWarehouse])
def kind(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.fixture
def connect(kind: Any) -> Iterator[Callable[..., Facade]]:
    """Makes a client from settings; every one made is closed afterwards."""
    loop, made = asyncio.new_event_loop(), []

    def connect(settings: Any) -> Facade:
        made.append(Facade(kind(settings), loop))
        return made[-1]

    yield connect
    for facade in made:
        facade.close()
    loop.close()


@pytest.fixture
def client(connect: Callable[..., Facade], server: EmbeddedWarehouse) -> Facade:
    return connect(server.settings)
