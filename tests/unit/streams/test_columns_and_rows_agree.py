"""Whole columns and row by row give the same change rows: the rules are one, the columns only quicker."""

import asyncio
import json
from collections import Counter
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.retractions import reader
from ingest.settings import CompanySettings, Rate
from ingest.topics import TOPICS
from streams.batches import Batch, Position, Record
from streams.entity import Entities, Entity
from streams.memory import Known
from streams.readings import READINGS, transform_of
from tests.full import examples
from tests.unit.streams.logs import logs, retracted_logs

COMPANY = CompanySettings(rates=(Rate(currency="USD", valid_from="2026-11-10", rate="7.1234"),))
POSITION = Position("made-up", 0)


def by_row(topic, raws):
    """The change rows of events as they come, one by one, the events that leave a trace, and the offsets of those that
    cannot be taken."""
    reading, entities = READINGS[topic][0](COMPANY), {}
    how = Entities(topic, reading, COMPANY.zone, reader(TOPICS[topic]))
    rows, states, refused = [], Counter(), []
    for offset, raw in enumerate(raws):
        event = how.parse(raw)
        try:
            placed = how.put(entities.get(event.entity_id, Entity()), event, raw)
        except ValueError:
            refused.append(offset)
            continue
        if placed:
            entities[event.entity_id], new = placed
            states[event.entity_id, event.order_in_time, raw] += 1
            rows += [
                (offset, event.entity_id, row.version, row.changed_at, row.source, row.day, row.entity_day, row.ids,
                 row.amounts)
                for row in new
            ]  # fmt: skip
    return Counter(rows), states, refused


class Batches:
    """The worker's transform over a log cut into batches, without a warehouse."""

    def __init__(self, topic, cached=1_000):
        self.topic, self.reading = topic, READINGS[topic][0](COMPANY)
        self.transform = transform_of(topic, COMPANY, None, cached)
        self.transform._known = Known(pa_ids())
        self.rows, self.states, self.refused = Counter(), Counter(), []

    def put(self, first, raws):
        records = [Record(first + at, 1_795_000_000_000 + at, b"k", raw) for at, raw in enumerate(raws)]
        batch = Batch(self.topic, 0, records)
        decoded = self.transform.decode(batch)
        asyncio.run(self.transform.prepare(decoded))
        outcome = self.transform.outcome(batch, POSITION, decoded)
        self.transform.remember(outcome)
        self.refused += sorted(letter.record.offset for letter in outcome.letters)
        names = self.transform._columns
        ids, amounts = names[11 : 11 + len(self.reading.ids)], names[11 + len(self.reading.ids) : -1]
        found = outcome.table.to_pylist()
        assert max(row["offset"] for row in found) == batch.last
        for row in found:
            if row["state"]:
                self.states[row["entity_id"], row["version"], row["state"].encode()] += 1
            measured = tuple(in_units(row[name]) for name in amounts)
            if any(measured):
                self.rows[
                    row["offset"], row["entity_id"], row["version"], row["changed_at"], row["source"], row["day"],
                    row["entity_day"], tuple(row[name] for name in ids), measured
                ] += 1  # fmt: skip


def pa_ids():
    import polars as pl

    return pl.Series([], dtype=pl.String)


def in_units(value):
    return int(value * 10_000) if isinstance(value, Decimal) else value


CUTS = st.sets(st.integers(1, 12), max_size=3)


def agree(topic, log, cuts):
    batches, start = Batches(topic), 0
    for cut in sorted({cut for cut in cuts if cut < len(log)} | {len(log)}):
        batches.put(start, log[start:cut])
        start = cut
    assert (batches.rows, batches.states, batches.refused) == by_row(topic, log)


@pytest.mark.parametrize("topic", sorted(READINGS))
def test_batches_cut_anywhere_give_the_rows_of_one_event_at_a_time(topic):
    @settings(max_examples=examples(25))
    @given(logs(topic, currencies=("CNY", "USD")), CUTS)
    def holds(pair, cuts):
        for log in pair:
            agree(topic, log, cuts)

    holds()


@pytest.mark.parametrize("topic", sorted(READINGS))
def test_so_do_batches_with_events_that_are_taken_back(topic):
    @settings(max_examples=examples(25))
    @given(retracted_logs(topic, currencies=("CNY", "USD")), CUTS)
    def holds(pair, cuts):
        agree(topic, pair[1], cuts)

    holds()


def order(**fields):
    return json.dumps({"order_id": "o", "occurred_at": "2026-11-02T10:00:00+08:00", **fields}).encode()


def test_the_widest_amount_and_the_finest_tax_are_exact_in_columns():
    """1/3 of a tax-free 0.0001, and 99,999,999,999,999.9999 at 13 %: rounded half even as one by one."""
    log = [
        order(order_id=str(at), amount=amount, tax_rate=rate)
        for at, (amount, rate) in enumerate(
            (amount, rate)
            for amount in ("99999999999999.9999", "0.0001", "-0.0005", "46116860184.2737", "0.00015"[:6])
            for rate in ("0.13", "0.0001", "0.9999", "0.5")
        )
    ]
    batches = Batches("orders")
    batches.put(0, log)
    assert batches.rows == by_row("orders", log)[0]


def test_words_that_repeat_travel_as_a_dictionary_and_those_that_do_not_as_text():
    batches = Batches("orders")
    records = [Record(at, 0, b"k", order(order_id=f"o{at}", amount=1, office_id="hz")) for at in range(10)]
    batch = Batch("orders", 0, records)
    table = batches.transform.outcome(batch, POSITION, batches.transform.decode(batch)).table
    assert pa.types.is_dictionary(table.schema.field("office_id").type)
    assert pa.types.is_string(table.schema.field("order_id").type)
