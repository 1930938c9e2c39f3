"""Our client, sync and async, on the real engine: exact values, bound parameters, our errors, one part an insert."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from deploy.local import ports
from tests.integration.embedded_warehouse.conftest import Facade
from tests.integration.embedded_warehouse.process import EmbeddedWarehouse
from tests.integration.embedded_warehouse.wide import CREATE, wide
from warehouse.client import AsyncWarehouse, Warehouse
from warehouse.errors import QueryRefused, QueryTooSlow, SessionOver, WarehouseBusy, WarehouseUnavailable
from warehouse.settings import WarehouseSettings

pytestmark = pytest.mark.warehouse


def test_a_frame_comes_back_as_it_went(client: Facade, table: str) -> None:
    frame = wide(3, first=10**13)
    assert client.insert(table, frame) == 3
    back = client.query("SELECT * FROM {t:Identifier} ORDER BY position", {"t": table})
    assert back.schema == frame.schema
    assert back.equals(frame)
    rows = client.rows("SELECT amount_0, day, at, name FROM {t:Identifier} ORDER BY position LIMIT 1", {"t": table})
    assert rows == [(Decimal("10000000000000.0001"), date(2026, 3, 31), frame["at"][0], frame["name"][0])]


def test_values_are_bound_and_never_spliced(client: Facade, table: str) -> None:
    client.insert(table, wide(10))
    at = datetime(2026, 3, 31, 15, 59, 59, 999999, UTC)
    sql = """SELECT id FROM {t:Identifier} WHERE name IN {names:Array(String)}
        AND at = {at:DateTime64(6, 'UTC')} AND amount_1 = {amount:Decimal(18, 4)}"""
    given = {"t": table, "names": ["上海办-3", "' OR 1=1 --"], "at": at, "amount": Decimal("3.0001")}
    assert client.rows(sql, given) == [("SO-2026-3",)]
    awkward = "it's 100%s \\n {x:UInt8} \n天"
    answer = client.query("SELECT {s:String} AS s, {n:Nullable(String)} AS n", {"s": awkward, "n": None})
    assert answer.rows() == [(awkward, None)]


def test_an_empty_answer_has_its_columns_and_an_empty_frame_is_no_insert(client: Facade, table: str) -> None:
    answer = client.query("SELECT day, amount_0 FROM {t:Identifier}", {"t": table})
    assert answer.schema == {"day": pl.Date, "amount_0": pl.Decimal(18, 4)}
    assert client.insert(table, wide(0)) == 0


def test_columns_left_out_and_nulls_take_their_defaults(client: Facade, table: str) -> None:
    client.insert(table, pl.DataFrame({"id": ["x"], "day": pl.Series([None], dtype=pl.Date)}))
    assert client.rows("SELECT id, day, amount_3 FROM {t:Identifier}", {"t": table}) == [("x", date(1970, 1, 1), 0)]


def test_errors_are_ours_and_name_the_fault(client: Facade, table: str) -> None:
    with pytest.raises(QueryRefused) as refused:
        client.query("SELECT nosuch")
    assert (refused.value.code, refused.value.name) == (47, "UNKNOWN_IDENTIFIER")
    long = "SELECT count() FROM numbers(1e11) WHERE sipHash64(number) = 1"
    with pytest.raises(QueryTooSlow, match="Narrow the window"):
        client.rows(long, settings={"max_execution_time": 0.2})
    with pytest.raises(QueryRefused):
        client.insert(table, pl.DataFrame({"nosuch": [1]}))
    with pytest.raises(QueryRefused):
        client.command("CREATE TABLE")
    with pytest.raises(ValueError, match="not the name of a table"):
        client.insert(f"{table}; DROP TABLE {table}", wide(1))
    assert client.ping()


def test_an_amount_too_large_for_its_column_is_refused_and_not_wrapped(client: Facade, table: str) -> None:
    amount = pl.Series(["1234567890123456.0"]).cast(pl.Decimal(38, 4))
    with pytest.raises(QueryRefused, match="overflow"):
        client.insert(table, pl.DataFrame({"id": ["x"], "amount_0": amount}))


def test_an_insert_is_stored_within_its_session_and_refused_when_that_is_over(client: Facade, table: str) -> None:
    client.open_session("ours")
    assert client.insert(table, wide(5), session="ours") == 5
    with pytest.raises(SessionOver, match="begin another session"):
        client.insert(table, wide(5, first=5), session="of a former life")
    stored: list[Any] = client.rows("SELECT count() FROM {t:Identifier}", {"t": table})
    assert stored == [(5,)]


def test_an_insert_that_the_engine_cannot_write_is_not_taken_for_stored(client: Facade) -> None:
    """chDB says nothing of it by itself."""
    one = pl.DataFrame({"id": [9]}, schema={"id": pl.UInt32})
    client.command(
        "CREATE TABLE crowded (id UInt32) ENGINE = MergeTree ORDER BY id"
        " SETTINGS parts_to_throw_insert = 2, parts_to_delay_insert = 3"
    )
    try:
        client.command("SYSTEM STOP MERGES crowded")
        for number in range(2):
            client.insert("crowded", one.with_columns(id=pl.lit(number, pl.UInt32)))
        with pytest.raises(WarehouseBusy, match="Too many parts"):
            client.insert("crowded", one)
        stored: list[Any] = client.rows("SELECT count() FROM crowded")
        assert stored == [(2,)]
    finally:
        client.command("DROP TABLE crowded")


def test_nobody_there_is_unavailable(connect: Callable[..., Facade]) -> None:
    client = connect(WarehouseSettings.model_validate({"url": f"http://127.0.0.1:{ports.free_port()}"}))
    assert not client.ping()
    with pytest.raises(WarehouseUnavailable):
        client.rows("SELECT 1")
    with pytest.raises(WarehouseUnavailable):
        client.insert("t", wide(1))


def test_an_answer_that_does_not_come_is_unavailable(connect: Callable[..., Facade], server: EmbeddedWarehouse) -> None:
    client = connect(server.settings.model_copy(update={"answer_timeout_seconds": 1}))
    with pytest.raises(WarehouseUnavailable):
        client.rows("SELECT sleep(2.5)")


def test_the_database_is_made_where_it_is_missing(connect: Callable[..., Facade], server: EmbeddedWarehouse) -> None:
    name = f"another_{id(connect)}"
    client = connect(server.settings.model_copy(update={"database": name}))
    with pytest.raises(QueryRefused, match="UNKNOWN_DATABASE"):
        client.rows("SELECT 1")
    client.ensure_database()
    assert client.rows("SELECT currentDatabase()") == [(name,)]


async def test_one_client_serves_many_questions_at_once(server: EmbeddedWarehouse) -> None:
    client = AsyncWarehouse(server.settings)
    answers = await asyncio.gather(*(client.rows("SELECT {n:UInt8}", {"n": number}) for number in range(40)))
    await client.close()
    assert answers == [[(number,)] for number in range(40)]


def parts(server: EmbeddedWarehouse, table: str) -> list[int]:
    """Rows of each part as inserted, before any merge."""
    sql = "SELECT rows FROM system.parts WHERE table = {t:String} AND database = 'oneboard' AND level = 0"
    return [int(line) for line in server.ask(sql, param_t=table).text.split()]


def test_200_000_wide_rows_are_one_part_through_arrow(server: EmbeddedWarehouse, table: str) -> None:
    frame = pl.concat([wide(50_000, first=number * 50_000) for number in range(4)], rechunk=False)
    assert frame.n_chunks() == 4, "four record batches, so that the engine is tempted to split"
    Warehouse(server.settings).insert(table, frame)
    assert parts(server, table) == [200_000]


def test_200_000_wide_rows_are_one_part_through_native(server: EmbeddedWarehouse, table: str) -> None:
    Warehouse(server.settings).insert(table, wide(200_000))
    native = server.ask("SELECT * FROM {t:Identifier} FORMAT Native", param_t=table, max_block_size="10000").content
    other = f"{table}_native"
    server.ask(CREATE, param_t=other)
    answer = server.ask(native, query="INSERT INTO {t:Identifier} FORMAT Native", param_t=other)
    assert answer.status_code == 200, answer.text
    assert parts(server, other) == [200_000]


def test_a_token_is_stored_once_and_the_loser_is_not_told(client: Facade, table: str) -> None:
    assert client.insert(table, wide(500), token="t:0:0") == 500
    assert client.insert(table, wide(700), token="t:0:0") == 700, "the summary counts what was sent"
    assert client.insert(table, wide(500, first=500), token="t:0:500") == 500
    stored: list[Any] = client.rows("SELECT count(), max(position) FROM {t:Identifier}", {"t": table})
    assert stored == [(1000, 999)]
