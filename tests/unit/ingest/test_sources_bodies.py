"""Any JSON is rows or a reason: where the rows are, what stands around them, and what is none."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.sources.bodies import rows_of_body


def found(body: object, path: str | None = None) -> list[dict[str, str | None]]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    rows = rows_of_body(raw, path, lines=False)
    assert [row.fault for row in rows] == [None] * len(rows)
    assert [row.number for row in rows] == list(range(1, len(rows) + 1))
    return [dict(row.values) for row in rows]


def faults(body: bytes, path: str | None = None) -> list[str | None]:
    return [row.fault for row in rows_of_body(body, path, lines=False)]


def test_a_body_is_one_row_or_a_list_of_rows() -> None:
    assert found({"id": 7, "to": {"city": "杭州", "zip": None}}) == [{"id": "7", "to.city": "杭州", "to.zip": None}]
    assert found([{"id": 1}, {"id": 2, "paid": True}]) == [{"id": "1"}, {"id": "2", "paid": "true"}]
    assert found([]) == []


def test_rows_inside_see_what_stands_around_them() -> None:
    order = {"event": "paid", "order": {"no": "A-1", "lines": [{"sku": "x"}, {"sku": "y", "qty": 2}]}}
    assert found(order, "order.lines") == [
        {"sku": "x", "body.event": "paid", "body.order.no": "A-1"},
        {"sku": "y", "qty": "2", "body.event": "paid", "body.order.no": "A-1"},
    ]
    assert found([order, order], "order.lines")[3]["body.order.no"] == "A-1"
    assert found({"order": {"lines": None}}, "order.lines") == []


def test_digits_stay_as_they_were_written() -> None:
    assert found(b'{"a": 12345678901234567890.1234567890, "b": 1e2, "c": NaN}') == [
        {"a": "12345678901234567890.1234567890", "b": "1e2", "c": "NaN"}
    ]


def test_lines_are_rows_of_their_own() -> None:
    rows = rows_of_body(b'{"a": 1}\n\n{"a": \n[{"a": 3}, 4]\n', None, lines=True)
    assert [(row.number, dict(row.values)) for row in rows if row.fault is None] == [(1, {"a": "1"}), (3, {"a": "3"})]
    assert [(row.number, row.fault) for row in rows if row.fault] == [
        (2, "is not JSON: Expecting value: line 1 column 7 (char 6)"),
        (4, "must be an object in braces"),
    ]


@pytest.mark.parametrize(
    ("body", "path", "said"),
    [
        (b"", None, "the body is empty"),
        (b" \n", None, "the body is empty"),
        (b"hello", None, "is not JSON"),
        (b'{"a": 1', None, "is not JSON"),
        (b"null", None, "must be an object in braces"),
        (b"[[[7]]]", None, "must be an object in braces"),
        (b'{"a": 1}', "lines", "there is no 'lines', where the rows should be"),
        (b'{"data": {}}', "data.lines", "there is no 'data.lines', where the rows should be"),
        (b'{"data": 7}', "data.lines", "data. must be an object with 'lines' in it"),
        (b'{"a.b": 1, "a": {"b": 2}}', None, "has 'a.b' twice"),
        (b'{"\\u0000row": 1}', None, "has a name that cannot be"),
        (b'{"a": "\\ud800"}', None, "half a character"),
        (b'{"\\ud800": 1}', None, "half a character"),
        ("{}".encode("utf-16"), None, "is not UTF-8"),
        (b"[" * 200_000, None, "nested too deeply"),
        (b'{"a":' * 100_000, None, "nested too deeply"),
        (b'{"a":' * 5_000 + b"1" + b"}" * 5_000, None, "nested too deeply"),
        (b"[" * 5_000 + b"{}" + b"]" * 5_000, None, "nested too deeply"),
    ],
)
def test_what_is_no_row_says_why(body: bytes, path: str | None, said: str) -> None:
    [fault] = faults(body, path)
    assert fault is not None
    assert said in fault


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=20,
)


@given(JSON, st.sampled_from([None, "a", "a.b"]))
def test_any_json_is_rows_or_reasons(value: object, path: str | None) -> None:
    for row in rows_of_body(json.dumps(value).encode(), path, lines=False):
        assert row.fault is None or not row.values
        assert all(one is None or isinstance(one, str) for one in row.values.values())


@given(st.binary(), st.booleans())
def test_no_bytes_whatever_bring_anything_but_rows_or_reasons(raw: bytes, lines: bool) -> None:
    assert all(isinstance(row.number, int) for row in rows_of_body(raw, "a", lines=lines))
