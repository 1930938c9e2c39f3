"""ClickHouse's HTTP protocol, request by request, as a server would answer."""

from __future__ import annotations

import io
import itertools
import json
from concurrent.futures import ThreadPoolExecutor

import httpx
import lz4.frame
import polars as pl
import pytest

from tests.integration.embedded_warehouse.process import EmbeddedWarehouse
from tests.integration.embedded_warehouse.wide import wide

pytestmark = pytest.mark.warehouse

_numbers = itertools.count()


def test_ping_answers_without_the_engine(server: EmbeddedWarehouse) -> None:
    assert httpx.get(server.url + "ping").text == "Ok.\n"
    assert httpx.get(server.url).text == "Ok.\n"
    assert httpx.get(server.url + "nowhere").status_code == 404


def test_an_answer_is_headed_like_a_servers(server: EmbeddedWarehouse) -> None:
    answer = server.ask("SELECT number FROM numbers(3) FORMAT JSONEachRow", query_id="q-1")
    assert [json.loads(line)["number"] for line in answer.text.splitlines()] == [0, 1, 2]
    assert answer.headers["X-ClickHouse-Query-Id"] == "q-1"
    assert answer.headers["X-ClickHouse-Format"] == "JSONEachRow"
    assert answer.headers["X-ClickHouse-Timezone"] == "UTC"
    assert answer.headers["X-ClickHouse-Server-Display-Name"]
    summary = json.loads(answer.headers["X-ClickHouse-Summary"])
    assert summary["read_rows"] == summary["result_rows"] == "3"


def test_any_setting_the_engine_knows_is_honoured_for_this_request_alone(server: EmbeddedWarehouse) -> None:
    sql = "SELECT getSetting('max_block_size'), getSetting('join_use_nulls'), getSetting('log_comment')"
    answer = server.ask(sql, max_block_size="777", join_use_nulls="1", log_comment="it's \\ 天津")
    assert answer.text == "777\ttrue\tit\\'s \\\\ 天津\n"
    assert server.ask(sql).text.split("\t")[0] != "777"


def test_an_unknown_setting_is_clickhouses_own_error(server: EmbeddedWarehouse) -> None:
    answer = server.ask("SELECT 1", nosuch="1")
    assert (answer.status_code, answer.headers["X-ClickHouse-Exception-Code"]) == (404, "115")
    assert answer.text.startswith("Code: 115. DB::Exception: Unknown setting 'nosuch'")


@pytest.mark.parametrize(
    ("sql", "code", "status"),
    [
        ("SELEC 1", "62", 400),
        ("SELECT 1; SELECT 2", "62", 400),
        ("SELECT {p:UInt8}", "456", 400),
        ("SELECT nosuch", "47", 404),
        ("SELECT * FROM nosuch", "60", 404),
        ("SELECT throwIf(number = 3) FROM numbers(10)", "395", 500),
        ("CREATE TEMPORARY TABLE t (a Int8)", "48", 501),
    ],
)
def test_an_error_has_clickhouses_code_in_header_body_and_status(
    server: EmbeddedWarehouse, sql: str, code: str, status: int
) -> None:
    answer = server.ask(sql)
    assert (answer.status_code, answer.headers["X-ClickHouse-Exception-Code"]) == (status, code)
    assert answer.text.startswith(f"Code: {code}. ")


def test_an_unknown_database_is_not_silently_another(server: EmbeddedWarehouse) -> None:
    assert server.ask("SELECT 1", database="nosuch").headers["X-ClickHouse-Exception-Code"] == "81"


def test_get_reads_and_cannot_write(server: EmbeddedWarehouse, table: str) -> None:
    assert server.ask(method="GET", query="SELECT 1").text == "1\n"
    refused = server.ask(method="GET", query="DROP TABLE {t:Identifier}", param_t=table)
    assert refused.headers["X-ClickHouse-Exception-Code"] == "164"


def test_parameters_are_bound_in_queries_and_inserts(server: EmbeddedWarehouse) -> None:
    server.ask("CREATE TABLE bound (a String, b Decimal(18, 4)) ENGINE = MergeTree ORDER BY a")
    given = {"param_t": "bound", "param_a": "x'\\\\y", "param_b": "0.1"}  # \\ is how HTTP parameters spell a backslash
    insert = server.ask("INSERT INTO {t:Identifier} VALUES ({a:String}, {b:Decimal(18, 4)})", **given)
    assert insert.status_code == 200, insert.text
    answer = server.ask("SELECT * FROM bound WHERE a = {a:String} FORMAT TSVRaw", param_a=given["param_a"])
    assert answer.text == "x'\\y\t0.1\n"


@pytest.mark.parametrize("place", ["url", "body"])
@pytest.mark.parametrize(
    ("fmt", "body"),
    [
        ("CSV", b'1,"a"\n2,"b"\n'),
        ("TSV", b"1\ta\n2\tb\n"),
        ("JSONEachRow", b'{"a":1,"b":"a"}\n{"a":2,"b":"b"}'),
        ("Values", b"(1,'a'),(2,'b')"),
        ("RowBinary", b"\x01\x00\x00\x00\x01a\x02\x00\x00\x00\x01b"),
    ],
)
def test_rows_come_in_any_format_the_engine_knows(server: EmbeddedWarehouse, fmt: str, body: bytes, place: str) -> None:
    name = f"rows_{next(_numbers)}"
    server.ask("CREATE TABLE {t:Identifier} (a Int32, b String) ENGINE = MergeTree ORDER BY a", param_t=name)
    sql = f"INSERT INTO {{t:Identifier}} (a, b) FORMAT {fmt}"
    if place == "url":
        packed = lz4.frame.compress(body)
        answer = server.ask(packed, query=sql, param_t=name, headers={"Content-Encoding": "lz4"})
    else:
        answer = server.ask(sql.encode() + b"\n" + body, param_t=name)
    assert answer.status_code == 200, answer.text
    assert json.loads(answer.headers["X-ClickHouse-Summary"])["written_rows"] == "2"
    assert server.ask("SELECT * FROM {t:Identifier} ORDER BY a", param_t=name).text == "1\ta\n2\tb\n"


def test_half_a_body_stores_nothing(server: EmbeddedWarehouse, table: str) -> None:
    block = io.BytesIO()
    wide(50_000).write_ipc_stream(block, compat_level=pl.CompatLevel.oldest())
    half = block.getvalue()[: len(block.getvalue()) // 2]
    into = "INSERT INTO {t:Identifier} FORMAT "
    assert server.ask(half, query=f"{into} ArrowStream", param_t=table).status_code != 200
    lines = b"".join(b'{"position": %d}\n' % number for number in range(50_000)) + b"{oops"
    assert server.ask(lines, query=f"{into} JSONEachRow", param_t=table).status_code == 400
    assert server.ask("SELECT count() FROM {t:Identifier}", param_t=table).text == "0\n"


def test_questions_are_answered_at_the_same_time(server: EmbeddedWarehouse) -> None:
    def begun_at(_: int) -> float:
        return float(server.ask("SELECT toUnixTimestamp64Milli(now64(3)) / 1000 FROM (SELECT sleep(2))").text)

    with ThreadPoolExecutor(4) as askers:
        begun = list(askers.map(begun_at, range(4)))
    assert max(begun) < min(begun) + 2, "the last begins while the first still sleeps"


def test_the_metrics_count_what_the_engine_answered_and_refused(server: EmbeddedWarehouse) -> None:
    def count(series: str) -> float:
        lines = httpx.get(server.url + "metrics").text.splitlines()
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(series + " "))

    answered = 'oneboard_warehouse_engine_seconds_count{kind="query"}'
    refused = 'oneboard_warehouse_engine_refused_statements_total{code="60"}'
    before = count(answered), count(refused)
    server.ask("SELECT 1")
    server.ask("SELECT * FROM not_there")
    assert (count(answered) - before[0], count(refused) - before[1]) == (2, 1)
    assert count("oneboard_warehouse_engine_present_statements") == 0
    assert count("process_resident_memory_bytes") > 0
