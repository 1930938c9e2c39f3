"""Which database is the warehouse: said by one row, heard by whoever connects, and nothing dropped that is not ours."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from pydantic_core import Url

from warehouse.client import Warehouse
from warehouse.generations import Generations, RebuildUnderWay
from warehouse.settings import WarehouseSettings

pytestmark = pytest.mark.warehouse


@pytest.fixture
def settings(warehouse_server: str) -> Iterator[WarehouseSettings]:
    """Of a database that nobody else has; every generation of it is gone afterwards."""
    root = f"g{uuid4().hex[:8]}"
    settings = WarehouseSettings(url=Url(warehouse_server), database=root)
    warehouse = Warehouse(settings, generation="default")
    Warehouse(settings, generation=root).ensure_database()
    yield settings
    for (name,) in warehouse.rows("SELECT name FROM system.databases WHERE startsWith(name, {root:String})",
                                  {"root": root}):  # fmt: skip
        warehouse.command("DROP DATABASE {name:Identifier}", {"name": name})
    warehouse.close()


@pytest.fixture
def generations(settings: WarehouseSettings) -> Iterator[Generations]:
    with Generations(settings, "us") as generations:
        yield generations


def held(warehouse: Warehouse) -> list[int]:
    return [number for (number,) in warehouse.rows("SELECT number FROM facts ORDER BY number")]


def hold(warehouse: Warehouse, number: int) -> None:
    warehouse.command("CREATE TABLE IF NOT EXISTS facts (number UInt8) ENGINE = MergeTree ORDER BY number")
    warehouse.command("INSERT INTO facts VALUES ({number:UInt8})", {"number": number})


def test_who_is_connected_stays_and_who_connects_asks_the_current_one(
    settings: WarehouseSettings, generations: Generations
) -> None:
    before = Warehouse(settings)
    hold(before, 1)
    assert before.generation() == before.current() == settings.database
    shadow = generations.begin()
    hold(Warehouse(settings, generation=shadow.database), 2)
    assert held(Warehouse(settings)) == [1]
    generations.switch(shadow)
    assert (held(before), before.current()) == ([1], shadow.database)
    assert held(Warehouse(settings)) == [2]
    before.close()
    assert held(before) == [2]


def test_what_is_forgotten_is_what_a_rebuild_left_and_not_what_is_called_alike(
    settings: WarehouseSettings, generations: Generations
) -> None:
    alike = Warehouse(settings, generation=f"{settings.database}_2")
    alike.ensure_database()
    hold(Warehouse(settings), 1)
    hold(alike, 7)
    shadow = generations.begin()
    assert shadow.database == f"{settings.database}_3"
    generations.left(shadow)
    shadow = generations.begin()
    assert f"{settings.database}_3" not in {name for (name,) in alike.rows("SHOW DATABASES")}, "it was not finished"
    hold(Warehouse(settings, generation=shadow.database), 3)
    generations.switch(shadow)
    assert generations.forget() == [settings.database]
    assert generations.old() == []
    assert (held(Warehouse(settings)), held(alike)) == ([3], [7])


def test_two_that_rebuild_at_once(settings: WarehouseSettings, generations: Generations) -> None:
    shadow = generations.begin()
    with Generations(settings, "them") as others:
        with pytest.raises(RebuildUnderWay, match="A rebuild by us began"):
            others.begin()
        generations.switch(shadow)
        generations.alive(shadow)  # a last sign of life that was under way
        assert others.begin().database != shadow.database
