"""What is taken without a model is what the model takes, with the same values; whatever else goes to the model."""

import json
from datetime import date, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.settings import CompanySettings
from ingest.topics import TOPICS
from streams.batches import Batch, Record
from streams.columnar.columns import NONE, Coded, Parts
from streams.columnar.decoding import Decoder
from streams.columnar.shapes import filled
from streams.readings import READINGS, transform_of
from tests.full import examples

COMPANY = CompanySettings()
BARE = {
    "orders": {"order_id": "o", "amount": 1, "occurred_at": "2026-11-02T10:00:00+08:00"},
    "opportunities": {"opportunity_id": "d", "occurred_at": "2026-11-02T10:00:00+08:00"},
    "activities": {"activity_id": "a", "kind": "visit", "rep_id": "r", "occurred_at": "2026-11-02T10:00:00+08:00"},
    "collections": {"collection_id": "k", "customer_id": "c", "received_on": "2026-11-02", "amount": 1,
                    "occurred_at": "2026-11-02T10:00:00+08:00"},
}  # fmt: skip
WRITTEN = [
    "null", "true", "0", "-0", "1", "1.5", "1.50000", "0.00015", "1e2", "0.1000000000000000055", "12345678901234.5678",
    "99999999999.9999", "123456789012345678", "1" * 30, "NaN", "Infinity", "[]", "{}", '""', '" 1 "', '"007"', '"1.5"',
    '"1.50000"', '"-1.5"', '"1_000"', '"1e2"', '"NaN"', '"0.13"', "0.13", "1.0", '"1"', '"2026-11-02"', '"2026-11-31"',
    '"2026-1-2"', '"20261102"', '"2026-11-02T00:00:00"', '"2026-11-02T10:00:00Z"', '"2026-11-02T10:00:00"',
    '"2026-11-02 10:00:00+08:00"', '"2026-11-02T10:00:00.1234567Z"', '"2026-11-02T10:00:00.123456-05:30"',
    '"2026-11-02T24:00:00Z"', '"2026-11-02T10:00:60Z"', '"2026-02-30T10:00:00Z"', '"1969-12-31T10:00:00Z"',
    '"2149-01-01T00:00:00Z"', '"1970-01-01T00:00:00+08:00"', '"CNY"', '"CNY\\n"', '"cny"', '"draft"', '"done"', '"won"',
    '"DRAFT"', '"中文 😀"', '"\\ud83d\\ude00"', '"\\ud800"', '"' + "x" * 200 + '"', '"' + "x" * 201 + '"',
    '[{"on": "2026-12-01", "amount": 3}]', '[{"on": "2026-12-01", "amount": "3.00001"}]', '[{"amount": 3}]',
    '[{"product_id": "p", "amount": 2, "more": 1}]', '[{"order_id": 7, "amount": 2}]', '[{"person_id": "p"}]',
    '[{"person_id": "p", "share": "0.5"}]', "9223372036854775807", "9223372036854775808", "-1",
]  # fmt: skip


def names(topic):
    """Fields of the topic's model, and one it does not know."""
    return [*READINGS[topic][1].model.model_fields, "unknown"]


def raw(bare, written):
    fields = {name: json.dumps(value) for name, value in bare.items()} | written
    return ("{" + ", ".join(f"{json.dumps(name)}: {value}" for name, value in fields.items()) + "}").encode()


def values(column):
    """A column as Python values."""
    if isinstance(column, Coded):
        return column.text().to_pylist()
    if isinstance(column, Parts):
        return column.owner.tolist(), {name: values(part) for name, part in column.fields.items()}
    return column.tolist()


@pytest.mark.parametrize("topic", sorted(READINGS))
def test_columns_hold_what_the_model_reads_and_letters_what_it_refuses(topic):
    model, zone = TOPICS[topic].model, COMPANY.zone
    decoder = Decoder(READINGS[topic][1].model, READINGS[topic][1].fields, zone)
    transform = transform_of(topic, COMPANY, None, 1)

    @settings(max_examples=examples(30))
    @given(st.lists(st.dictionaries(st.sampled_from(names(topic)), st.sampled_from(WRITTEN), max_size=2), min_size=1))
    def holds(drawn):
        raws = [raw(BARE[topic], written) for written in drawn]
        events = []
        for one in raws:
            try:
                events.append(model.validate_json(one))
            except ValueError:
                events.append(None)
        decoded = transform.decode(Batch(topic, 0, [Record(at, 0, None, one) for at, one in enumerate(raws)]))
        assert sorted(letter.record.offset for letter in decoded.letters) == [
            at for at, event in enumerate(events) if event is None
        ]
        taken = decoded.taken
        assert list(taken.at) == [at for at, event in enumerate(events) if event is not None]
        assert list(taken.columns.entity_id) == [event.entity_id for event in events if event is not None]
        for place, at in enumerate(taken.at):
            event = events[at]
            moments = [value for value in vars(event).values() if isinstance(value, datetime)]
            if taken.by_row[place] or any(one.year < 1970 for one in moments):
                continue  # the first hours of 1970, east of Greenwich
            alone, beyond = decoder._taken([filled(decoder._struct, event)])
            assert not beyond.any()
            one = taken.columns.take(np.array([place]))
            assert one.version.tolist() == [event.order_in_time]
            assert one.happened_on.tolist() == [(event.occurred_at.astimezone(zone).date() - date(1970, 1, 1)).days]
            assert values(one.source) == [event.source]
            for name, column in one.fields.items():
                assert values(column) == values(alone.fields[name]), name

    holds()


def test_a_plain_batch_needs_no_model_and_numbers_for_ids_are_their_digits():
    decoder = Decoder(READINGS["orders"][1].model, READINGS["orders"][1].fields, COMPANY.zone)
    written = {"order_id": "4711", "rep_id": "12", "amount": "1234.56", "effective_on": '"2026-11-03"'}
    asked = []
    taken = decoder.columns([raw(BARE["orders"], written)], lambda at: asked.append(at))
    fields = taken.columns.fields
    assert not asked
    assert list(taken.columns.entity_id) == ["4711:1"]
    assert values(fields["rep_id"]) == ["12"]
    assert fields["amount"].tolist() == [12_345_600]
    assert fields["effective_on"].tolist() == [(date(2026, 11, 3) - date(1970, 1, 1)).days]
    assert fields["list_amount"].tolist() == [NONE]


@pytest.mark.parametrize("topic", sorted(READINGS))
def test_what_may_be_left_out_keeps_no_event_from_the_columns(topic):
    decoder = Decoder(READINGS[topic][1].model, READINGS[topic][1].fields, COMPANY.zone)
    taken = decoder.columns([raw(BARE[topic], {})] * 3, lambda at: pytest.fail("a model is asked for a bare event"))
    assert not taken.by_row.any()
