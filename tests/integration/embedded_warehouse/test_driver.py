"""clickhouse-connect as it comes, without our client around it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import clickhouse_connect
import pytest
from clickhouse_connect.driver.exceptions import DatabaseError
from clickhouse_connect.driver.external import ExternalData

from tests.integration.embedded_warehouse.process import EmbeddedWarehouse

pytestmark = pytest.mark.warehouse


@pytest.mark.parametrize("compress", [False, "lz4", "zstd", "gzip"])
@pytest.mark.parametrize("form", [False, True])
def test_it_works_as_with_a_server(server: EmbeddedWarehouse, table: str, compress: bool | str, form: bool) -> None:
    client = clickhouse_connect.get_client(
        host="127.0.0.1", port=server.port, database="oneboard", compress=compress, form_encode_query_params=form
    )
    given = {"n": -1, "s": "天'\n津", "l": ["a'b"], "d": date(2026, 1, 2)}
    answer = client.query("SELECT {n:Int64}, {s:String}, {l:Array(String)}, {d:Date}", given)
    assert answer.result_rows == [tuple(given.values())]
    rows = [[1, 2], ["a", "b"], [date(2026, 1, 1)] * 2, [Decimal("1.0001")] * 2]
    summary = client.insert(table, rows, ["position", "id", "day", "amount_0"], column_oriented=True)
    assert summary.written_rows == 2
    of = {"t": table}
    assert client.query("SELECT sum(amount_0) FROM {t:Identifier}", of).result_rows == [(Decimal("2.0002"),)]
    assert client.query_arrow("SELECT * FROM {t:Identifier}", of).num_rows == 2
    assert client.query("SELECT id, day FROM {t:Identifier} LIMIT 0", of).column_names == ("id", "day")
    assert client.command("SELECT 7") == 7
    with pytest.raises(DatabaseError) as refused:
        client.query("SELECT nosuch")
    assert (refused.value.code, refused.value.name) == (47, "UNKNOWN_IDENTIFIER")


async def test_its_async_client_works_too(server: EmbeddedWarehouse, table: str) -> None:
    client = await clickhouse_connect.get_async_client(host="127.0.0.1", port=server.port, database="oneboard")
    summary = await client.insert(table, [[1, "a"], [2, "b"]], ["position", "id"])
    assert summary.written_rows == 2
    answer = await client.query("SELECT id FROM {t:Identifier} WHERE position = {p:UInt64}", {"t": table, "p": 2})
    assert answer.result_rows == [("b",)]
    assert (await client.query_arrow("SELECT * FROM {t:Identifier}", {"t": table})).num_rows == 2
    with pytest.raises(DatabaseError, match="UNKNOWN_IDENTIFIER"):
        await client.query("SELECT nosuch")
    await client.close()


def test_what_needs_a_server_is_refused_in_clickhouses_words(server: EmbeddedWarehouse) -> None:
    client = clickhouse_connect.get_client(host="127.0.0.1", port=server.port)  # with a session, as it does by default
    with pytest.raises(DatabaseError, match="NOT_IMPLEMENTED"):
        client.command("SET max_threads = 1")
    outside = ExternalData(file_name="e.csv", fmt="CSV", structure=["a Int32"], data=b"1\n")
    with pytest.raises(DatabaseError, match="NOT_IMPLEMENTED"):
        client.query("SELECT * FROM e", external_data=outside)
    with pytest.raises(DatabaseError) as refused:
        clickhouse_connect.get_client(host="127.0.0.1", port=server.port, username="bob", password="x")
    assert refused.value.code == 516
