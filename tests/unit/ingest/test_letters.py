"""A dead letter as it is read, shown to a person and made ready to go back."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.dead_letters import CUT, attempt_of, error_headers
from ingest.errors import Terminal
from ingest.letters.box import Found, Settled
from ingest.letters.letter import Letter, Position, by_reason, letter_of, pretty
from ingest.letters.replay import NoSuchLetter, chosen, prepared

AT = datetime(2026, 11, 2, 8, tzinfo=UTC)
GOOD = b'{"order_id": "4711", "amount": "12.50", "occurred_at": "2026-11-02T10:00:00+08:00"}'


def record(value=GOOD, key=b"4711:1", headers=(), offset=7, timestamp=1_793_606_400_000):
    return SimpleNamespace(
        partition=0, offset=offset, timestamp=timestamp, key=key, value=value, headers=list(headers)
    )  # fmt: skip


def letter(value=GOOD, key=b"4711:1", topic="orders", attempt=1, offset=7, reason="invalid-event", size=None, at=AT):
    return Letter(
        Position(0, offset), at, topic, (3, 120), reason, "amount: too many digits", attempt, key, value,
        len(value) if size is None else size, (("traceparent", b"00-1"),),
    )  # fmt: skip


def test_a_letter_is_read_from_kafka_connect_s_headers():
    headers = [
        *error_headers("t1-orders", "invalid-event", "amount: 中", partition=3, offset=120, attempt=2),
        ("traceparent", b"00-1"),
    ]
    found = letter_of(record(headers=headers), "t1-", 1_000)
    assert (found.topic, found.origin, found.reason, found.message) == (
        "orders",
        (3, 120),
        "invalid-event",
        "amount: 中",
    )
    assert (found.attempt, found.position, str(found.position)) == (2, Position(0, 7), "0:7")
    assert found.headers == (("traceparent", b"00-1"),)
    assert found.is_whole


def test_a_letter_somebody_else_wrote_without_headers_is_read_all_the_same():
    found = letter_of(record(value=None, key=None), "", 1_000)
    assert (found.topic, found.origin, found.reason, found.attempt, found.value) == ("", None, "", 1, b"")
    assert prepared(found).said == "no_topic"


def test_a_letter_that_was_cut_says_how_large_the_event_is():
    found = letter_of(record(value=b"x" * 100, headers=[(CUT, b"1048000")]), "", 10)
    assert (len(found.value), found.size, found.is_whole) == (10, 1_048_000, False)


@pytest.mark.parametrize("said", [b"", b"-1", b"two", b"99999999999999999999"])
def test_an_attempt_that_is_no_number_is_the_first(said):
    assert attempt_of([("__connect.errors.attempt", said)]) == 1


def test_bytes_are_shown_with_every_digit_they_have():
    assert pretty(b'{"a":1.10,"b":[12345678901234567890.123]}') == (
        '{\n  "a": 1.10,\n  "b": [\n    12345678901234567890.123\n  ]\n}'
    )


def test_what_is_no_json_is_shown_as_text_without_anything_a_terminal_obeys():
    assert pretty(b"\x1b[31mred\xff\n") == "\\x1b[31mred\\xff\n"
    assert pretty("客户".encode()) == "客户"


def test_ten_megabytes_are_shown_by_their_beginning():
    shown = pretty(b'{"note": "' + b"x" * 10_000_000 + b'"}')
    assert len(shown) < 5_000
    assert shown.endswith("(10,000,012 bytes in all)")


@given(st.binary(max_size=300))
def test_any_bytes_can_be_shown_and_prepared(value):
    shown = pretty(value)
    assert all(one.isprintable() or one in "\n\t" for one in shown)
    prepared(letter(value))


def test_an_event_goes_back_as_it_was_under_its_key_as_the_next_attempt():
    ready = prepared(letter(attempt=2))
    assert ready.said == "ready"
    assert (ready.sealed.key, ready.sealed.value) == (b"4711:1", GOOD)
    assert ready.sealed.headers == (("traceparent", b"00-1"), ("__connect.errors.attempt", b"3"))


def test_an_event_without_a_key_goes_where_its_entity_s_versions_are():
    assert prepared(letter(key=None)).sealed.key == b"4711:1"


def test_what_the_contract_still_refuses_stays_and_says_why():
    broken = prepared(letter(b'{"order_id": "4711", "amount": "1.123456", "occurred_at": "2026-11-02T10:00:00Z"}'))
    assert (broken.said, broken.sealed) == ("refused", None)
    assert [fault.field for fault in broken.faults] == ["amount"]


def test_mended_bytes_go_under_the_key_of_the_entity_they_name():
    ready = prepared(letter(b"no json", key=b"?"), edited=GOOD)
    assert ready.said == "ready"
    assert ready.sealed.key == b"4711:1"
    assert b'"event_id"' in ready.sealed.value


def test_half_an_event_does_not_go_back():
    assert prepared(letter(GOOD[:20], size=5_000)).said == "no_topic"


def test_those_that_wait_of_a_topic_and_reason_are_chosen_oldest_first():
    done = Settled("replayed", "p1", AT)
    found = [
        Found(letter(offset=3, at=AT.replace(hour=9)), None),
        Found(letter(offset=2), None),
        Found(letter(offset=1), done),
        Found(letter(offset=0, reason="version-conflict"), None),
    ]
    assert [one.letter.position.offset for one in chosen(found, topic="orders", reason="invalid-event")] == [2, 3]
    assert [one.letter.position.offset for one in chosen(found, [Position(0, 1), Position(0, 1)])] == [1]
    assert by_reason(one.letter for one in found) == {("orders", "invalid-event"): 3, ("orders", "version-conflict"): 1}
    with pytest.raises(NoSuchLetter, match="0:9"):
        chosen(found, [Position(0, 9)])
    with pytest.raises(Terminal, match=r'Did you mean "orders"'):
        chosen(found, topic="order")


@pytest.mark.parametrize("text", ["", "7", "0:-1", "a:b", "0:7:1", "0:" + "9" * 40])
def test_what_is_no_position_is_refused_with_an_example(text):
    with pytest.raises(Terminal, match="0:17"):
        Position.parse(text)
