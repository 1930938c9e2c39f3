"""Sealing: the same content is the same event, and no byte of what came is lost."""

import json
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.events import Order
from ingest.intake import Fault, Refused, canonical, event_id_of, parse, seal, seal_event, split, with_event_id
from ingest.topics import TOPICS

ORDERS = TOPICS["orders"]
BARE = {"occurred_at": "2026-11-02T09:30:00+08:00", "order_id": 4711, "amount": 12.5}


def test_the_id_follows_from_the_content_whatever_the_order_and_the_blanks() -> None:
    one = seal(ORDERS, json.dumps(BARE).encode())
    other = seal(ORDERS, json.dumps(dict(reversed(BARE.items())), indent=2).encode())
    assert one.event_id == other.event_id
    assert one.event_id != seal(ORDERS, json.dumps({**BARE, "amount": 12.6}).encode()).event_id
    assert uuid.UUID(one.event_id).version == 5


def test_the_same_content_on_another_topic_is_another_event() -> None:
    assert event_id_of("orders", b"{}") != event_id_of("org", b"{}")


def test_the_bytes_that_came_stay_and_the_id_is_put_behind_them() -> None:
    raw = b'{ "order_id": 4711, "amount": 12.50, "occurred_at":"2026-11-02T09:30:00+08:00", "\xe5\xa4\x87": "x" }'
    sealed = seal(ORDERS, raw)
    assert sealed.value.startswith(raw[:-1].rstrip())
    assert json.loads(sealed.value)["event_id"] == sealed.event_id
    assert sealed.key == b"4711:1"


def test_an_id_that_was_given_is_kept_with_every_byte() -> None:
    raw = json.dumps({**BARE, "event_id": "mine"}).encode()
    assert seal(ORDERS, raw).value == raw
    assert seal(ORDERS, raw).event_id == "mine"


def test_an_id_of_null_is_no_id() -> None:
    sealed = seal(ORDERS, json.dumps({"event_id": None, **BARE}).encode())
    assert ORDERS.model is not None
    assert ORDERS.model.validate_json(sealed.value).event_id == sealed.event_id


def test_a_model_is_sealed_like_its_json() -> None:
    event = Order.model_validate_json(json.dumps(BARE))
    assert seal_event(ORDERS, event) == seal(ORDERS, event.model_dump_json(exclude_none=True).encode())


contents = st.dictionaries(
    st.text(max_size=8),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
        max_leaves=6,
    ),
    max_size=5,
)


@given(contents)
def test_canonical_bytes_are_their_own_canonical_form(content: dict[str, object]) -> None:
    once = canonical(content)
    assert canonical(parse(once)) == once


@given(st.lists(contents, min_size=1, max_size=4))
def test_an_array_and_lines_split_into_the_same_events(events: list[dict[str, object]]) -> None:
    array = list(split(json.dumps(events).encode(), lines=False))
    lines = list(split("\n".join(map(json.dumps, events)).encode(), lines=True))
    assert [number for number, _ in array] == [number for number, _ in lines]
    assert [json.loads(raw) for _, raw in array] == events  # type: ignore[arg-type]
    assert [json.loads(raw) for _, raw in lines] == events  # type: ignore[arg-type]


def test_what_stands_before_the_break_of_an_array_is_read() -> None:
    found = list(split(b'[{"a":1}, {"b":', lines=False))
    assert found[0] == (1, b'{"a":1}')
    assert isinstance(found[1][1], Fault)
    assert found[1][0] == 2


@given(st.binary(max_size=60))
def test_no_bytes_whatever_bring_anything_but_a_refusal(raw: bytes) -> None:
    for _, part in split(raw, lines=False):
        if isinstance(part, bytes):
            with pytest.raises(Refused):
                seal(ORDERS, part)


def test_the_id_goes_behind_the_last_member() -> None:
    assert with_event_id(b'{"a":1} \n', "x") == b'{"a":1,"event_id":"x"}'
