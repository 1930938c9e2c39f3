"""Where a statement ends and its data begins, as ClickHouse reads it."""

import pytest

from warehouse.embedded.refusals import Refusal
from warehouse.embedded.statement import Insert, Query, parse


@pytest.mark.parametrize(
    ("text", "head", "fmt", "data"),
    [
        (b"INSERT INTO t FORMAT CSV\n1,2\n", "INSERT INTO t", "CSV", b"1,2\n"),
        (b"insert into t (a, b) format Native \r\n\x00\n", "insert into t (a, b)", "Native", b"\x00\n"),
        (b"INSERT INTO t FORMAT JSONEachRow {}", "INSERT INTO t", "JSONEachRow", b"{}"),
        (b"INSERT INTO t FORMAT CSV;\n\n1", "INSERT INTO t", "CSV", b"\n1"),
        (b"INSERT INTO t SETTINGS a = 'FORMAT' FORMAT ORC\nORC", "INSERT INTO t SETTINGS a = 'FORMAT'", "ORC", b"ORC"),
        (b"/* FORMAT x */ INSERT INTO `format` (`values`) FORMAT TSV\n", "INSERT INTO `format` (`values`)", "TSV", b""),
        (b"-- why\nINSERT INTO t VALUES (1), ('FORMAT CSV')", "INSERT INTO t", "Values", b" (1), ('FORMAT CSV')"),
        (b"INSERT INTO t (format, values) VALUES (1, 2)", "INSERT INTO t (format, values)", "Values", b" (1, 2)"),
        (b"INSERT INTO {t:Identifier} FORMAT CSV\n1", "INSERT INTO {t:Identifier}", "CSV", b"1"),
    ],
)  # fmt: skip
def test_an_insert_is_split_where_its_data_begins(text: bytes, head: str, fmt: str, data: bytes) -> None:
    statement = parse(text, in_session=False)
    assert isinstance(statement, Insert)
    assert (statement.head.strip(), statement.format, bytes(statement.data)) == (head, fmt, data)


@pytest.mark.parametrize(
    ("text", "fmt"),
    [
        (b"SELECT 1", None),
        (b"SELECT 1\n FORMAT Native", "Native"),
        (b"SELECT 1 FORMAT JSON SETTINGS max_threads = 1;", "JSON"),
        (b"SELECT 'FORMAT CSV'", None),
        (b"INSERT INTO t SELECT 1 AS format, 2 AS values FROM u", None),
        (b"INSERT INTO t (a) WITH 1 AS x SELECT x", None),
        (b"INSERT INTO t", None),
    ],
)
def test_everything_else_goes_to_the_engine_as_it_is(text: bytes, fmt: str | None) -> None:
    assert parse(text, in_session=False) == Query(text.decode(), fmt)


@pytest.mark.parametrize(
    ("text", "in_session", "code"),
    [
        (b"", False, 62),
        (b" -- nothing\n", False, 62),
        (b"SELECT \xff", False, 62),
        (b"CREATE TEMPORARY TABLE t (a Int8)", False, 48),
        (b"SET max_threads = 1", True, 48),
        (b"use other", True, 48),
        (b"SELECT 1 INTO OUTFILE '/tmp/x'", False, 48),
        (b"INSERT INTO t FROM INFILE '/tmp/x' FORMAT CSV", False, 48),
        (b"INSERT INTO t SELECT a FROM input('a Int8') FORMAT CSV\n1", False, 48),
    ],
)
def test_what_cannot_be_done_is_refused_with_clickhouses_code(text: bytes, in_session: bool, code: int) -> None:
    with pytest.raises(Refusal) as refused:
        parse(text, in_session=in_session)
    assert refused.value.code == code
    assert str(refused.value).startswith(f"Code: {code}. DB::Exception: ")


def test_a_file_clause_inside_a_string_is_only_text() -> None:
    text = b"SELECT 'into outfile', 'it''s from infile'"
    assert parse(text, in_session=False) == Query(text.decode(), None)
