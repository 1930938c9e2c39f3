"""The sink on the real engine, without a broker: what is stored, once, whatever is delivered how often and by whom."""

import asyncio
import json
from collections import defaultdict
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic_core import Url

from ingest.settings import CompanySettings
from ingest.topics import TOPICS
from streams.batches import Batch, Record
from streams.dead_letters import TooManyDeadLetters
from streams.edition import Editions
from streams.readings import transform_of
from streams.settings import WorkerSettings
from streams.sink import Sink
from tests.full import examples
from tests.unit.streams.logs import retraction
from warehouse.client import AsyncWarehouse, Warehouse
from warehouse.migrate import migrate
from warehouse.settings import WarehouseSettings

pytestmark = pytest.mark.warehouse
COMPANY = CompanySettings()
incarnations = count(1)


@pytest.fixture(scope="module")
def migrated(warehouse_server):
    warehouse = Warehouse(WarehouseSettings(url=Url(warehouse_server), database="sink"))
    migrate(warehouse)
    yield warehouse
    warehouse.close()


class Desk:
    """A worker's sinks with what goes out of them written down, for a topic nobody else has."""

    def __init__(self, warehouse: Warehouse, topic: str = "orders", **worker):
        self.topic, self.topic_id = topic, f"{topic}-{next(incarnations)}"
        self.reader = warehouse
        self.warehouse = AsyncWarehouse(warehouse.settings)
        self.settings = WorkerSettings(**worker)
        self.letters, self.updates, self.rewinds = [], [], []

    async def sink(self, begin=True, stored=None, cached=1_000) -> Sink:
        """One worker's sink, as it is after the partition was assigned to it."""
        row = TOPICS[self.topic]
        transform = transform_of(self.topic, COMPANY, self.warehouse, cached)

        async def send_letters(letters):
            self.letters += letters

        async def announce(update):
            self.updates.append(update)

        async def rewind(topic, partition, offset):
            self.rewinds.append((topic, partition, offset))

        sink = Sink(
            row, transform, self.warehouse, self.settings,
            send_letters=send_letters, announce=announce, rewind=rewind, stored=stored,
        )  # fmt: skip
        if begin:
            await sink.begin(self.topic_id, [0])
        return sink

    def batch(self, first, *values, keys=None) -> Batch:
        records = [
            Record(first + i, 1_795_000_000_000 + i, keys[i] if keys else b"k", value) for i, value in enumerate(values)
        ]
        return Batch(self.topic, 0, records)

    def watermark(self) -> int:
        rows = self.rows("SELECT max(offset) FROM {table} WHERE {mine} GROUP BY topic_id, partition")
        return int(rows[0][0]) if rows else -1

    def rows(self, sql):
        table = {"orders": "order_changes", "opportunities": "opportunity_changes", "org": "org_events"}[self.topic]
        return self.reader.rows(sql.format(table=table, mine="topic_id = {id:String}"), {"id": self.topic_id})

    def sums(self, measure="booked_amount", by="office_id"):
        """(day of November, id) → sum; zeros left out."""
        question = "SELECT day, {by}, sum({measure}) AS total FROM {{table}} WHERE {{mine}} GROUP BY day, {by}"
        found = self.rows(question.format(by=by, measure=measure))
        return {(day.day, one): total for day, one, total in found if total}


@pytest.fixture
async def desk(migrated):
    desk = Desk(migrated)
    yield desk
    await desk.warehouse.close()


def order(order_id="o1", **fields):
    day = fields.pop("on", 1)
    content = {"occurred_at": f"2026-11-{day:02d}T10:00:00+08:00", "order_id": order_id, "office_id": "hz", **fields}
    return json.dumps({"amount": 100, "rep_id": "ann", **content}).encode()


async def test_a_batch_delivered_twice_leaves_the_sums_unchanged(desk):
    prefix = desk.topic_id
    batch = desk.batch(0, order(prefix, version=1), order(prefix, version=2, amount=80, on=5))
    sink = await desk.sink()
    await sink.take([batch])
    await sink.take([batch])
    await (await desk.sink()).take([batch])  # after an assignment, from the warehouse's memory alone
    assert desk.sums() == {(1, "hz"): 100, (5, "hz"): -20}
    assert len(desk.updates) == 1


async def test_what_is_taken_back_counts_for_nothing_for_workers_without_memory(desk):
    first, second = order(desk.topic_id, version=1), order(desk.topic_id, version=2, amount=80, on=5)
    await (await desk.sink()).take([desk.batch(0, retraction("orders", second), first)])
    assert desk.sums() == {(1, "hz"): 100}
    await (await desk.sink()).take([desk.batch(2, second)])
    assert desk.sums() == {(1, "hz"): 100}, "it came after it was taken back"
    await (await desk.sink()).take([desk.batch(3, order(desk.topic_id, version=1, event_id="again"))])
    await (await desk.sink()).take([desk.batch(4, retraction("orders", first))])
    assert desk.sums() == {(1, "hz"): 100}, "another event says the same"
    again = retraction("orders", order(desk.topic_id, version=1, event_id="again"))
    await (await desk.sink()).take([desk.batch(5, again, again)])
    assert desk.sums() == {}
    assert desk.updates[-1]["slices"]["offices"] == ["hz"]
    assert desk.updates[-1]["days"] == ["2026-11-01"]
    await (await desk.sink()).take([desk.batch(7, order(desk.topic_id, version=1, amount=7))])
    assert desk.sums() == {(1, "hz"): 7}, "other content under the same version is welcome"
    assert desk.letters == []
    assert desk.watermark() == 7


async def test_an_event_repeated_under_a_new_offset_leaves_the_sums_unchanged(desk):
    event = order(desk.topic_id, version=1)
    sink = await desk.sink()
    await sink.take([desk.batch(0, event, event)])
    await sink.take([desk.batch(2, event)])
    await (await desk.sink()).take([desk.batch(3, event)])
    assert desk.sums() == {(1, "hz"): 100}
    assert desk.watermark() == 3
    assert not desk.letters


async def test_versions_of_one_batch_of_two_batches_and_of_two_workers_chain_alike(desk):
    a, b, c = (desk.topic_id + one for one in "abc")
    sink = await desk.sink()
    steps = [order(x, version=v, amount=v * 10, on=v) for v in (1, 2, 3) for x in (a, b, c)]
    await sink.take([desk.batch(0, *steps[:4])])
    await sink.take([desk.batch(4, *steps[4:5])])
    await (await desk.sink()).take([desk.batch(5, *steps[5:])])
    assert desk.sums() == {(1, "hz"): 30, (2, "hz"): 30, (3, "hz"): 30}


async def test_what_one_batch_pushes_out_of_memory_the_next_one_reads_again(desk):
    """Two partitions in one take, a memory for one timeline: made ready while the other is stored, and still right."""
    sink = await desk.sink(cached=1)
    names = [f"{desk.topic_id}-{i}" for i in range(6)]
    await sink.begin(desk.topic_id, [0, 1])

    def batches(first, version, amount, on):
        events = [order(name, version=version, amount=amount, on=on) for name in names]
        return [replace(desk.batch(first, *events[at : at + 3]), partition=at // 3) for at in (0, 3)]

    await sink.take(batches(0, 1, 100, 1))
    await sink.take(batches(3, 2, 80, 5))
    assert desk.sums() == {(1, "hz"): 600, (5, "hz"): -120}


async def test_a_batch_half_known_is_cut_at_the_watermark(desk):
    events = [order(f"{desk.topic_id}-{i}", version=1) for i in range(6)]
    sink = await desk.sink()
    await sink.take([desk.batch(0, *events[:3])])
    await sink.take([desk.batch(1, *events[1:])])
    assert desk.sums() == {(1, "hz"): 600}
    assert desk.rows("SELECT count(), uniqExact(offset) FROM {table} WHERE {mine}") == [(6, 6)]


async def test_batches_that_meet_go_in_as_one_part(desk):
    events = [order(f"{desk.topic_id}-{i}", version=1) for i in range(4)]
    await (await desk.sink()).take([desk.batch(0, *events[:2]), desk.batch(2, *events[2:])])
    assert desk.rows("SELECT count(), uniqExact(_part) FROM {table} WHERE {mine}") == [(4, 1)]


async def test_a_gap_in_what_is_delivered_is_fetched_again_and_never_jumped(desk):
    events = [order(f"{desk.topic_id}-{i}", version=1) for i in range(5)]
    sink = await desk.sink()
    await sink.take([desk.batch(0, *events[:2])])
    await sink.take([desk.batch(4, events[4])])
    assert desk.rewinds == [("orders", 0, 2)]
    assert desk.watermark() == 1


async def test_a_zombies_insert_is_dropped_and_noticed(desk):
    """Two workers believe the partition theirs; the second to come has another cut of the same records."""
    events = [order(f"{desk.topic_id}-{i}", version=1) for i in range(5)]
    zombie = await desk.sink()
    await zombie.take([desk.batch(0, events[0])])
    await (await desk.sink()).take([desk.batch(1, *events[1:4])])
    before = len(desk.updates)
    await zombie.take([desk.batch(1, *events[1:3])])
    assert desk.sums() == {(1, "hz"): 400}
    assert desk.rewinds == [("orders", 0, 4)]
    assert len(desk.updates) == before, "rows that were not stored must not be announced"
    await zombie.take([desk.batch(4, events[4])])
    assert desk.sums() == {(1, "hz"): 500}


async def test_a_warehouse_that_was_started_anew_refuses_what_was_made_before(desk):
    """It may be an older copy: a batch on top of what it no longer has would leave a gap behind that nobody sees."""
    sink = await desk.sink()
    await sink.take([desk.batch(0, order(f"{desk.topic_id}-a"))])
    sink._session = "of a former life"
    await sink.take([desk.batch(1, order(f"{desk.topic_id}-b"))])
    assert desk.watermark() == 0
    assert desk.rewinds == [("orders", 0, 1)]
    await sink.take([desk.batch(1, order(f"{desk.topic_id}-b"))])
    assert desk.watermark() == 1


async def test_what_is_stored_while_everything_is_read_again_is_known_afterwards(desk):
    """A partition is assigned anew while a batch is on its way: known was read before its rows were there."""
    sink, one = await desk.sink(), order(f"{desk.topic_id}-a")

    async def begin_again(letters):
        await sink.begin(desk.topic_id, [0])
        await sink.transform.know()

    sink._send_letters = begin_again
    await sink.take([desk.batch(0, b"no json", one)])
    await sink.take([desk.batch(2, one)])
    assert desk.watermark() == 2
    assert desk.rows("SELECT count() FROM {table} WHERE {mine} AND state != ''") == [(1,)]


async def test_a_zombie_forgets_what_it_knew_before_it_goes_on(desk):
    """Its memory of an order is older than what the owner wrote: built upon, it would reverse the wrong amount."""
    one = desk.topic_id
    zombie = await desk.sink()
    await zombie.take([desk.batch(0, order(one, version=1))])
    await (await desk.sink()).take([desk.batch(1, order(one, version=2, amount=70, office_id="sz", on=3))])
    await zombie.take([desk.batch(1, order(one, version=2, amount=70, office_id="sz", on=3), order("x", version=1))])
    assert desk.rewinds == [("orders", 0, 2)]
    await zombie.take([desk.batch(2, order(one, version=3, amount=60, office_id="sz", on=4))])
    assert desk.sums() == {(1, "hz"): 100, (3, "hz"): -100, (3, "sz"): 70, (4, "sz"): -10}


async def test_of_two_workers_that_insert_at_the_same_instant_one_wins(desk):
    """Twelve races for the same records in different cuts; whoever loses reads again, as the consumer would."""
    events = [order(f"{desk.topic_id}-{i}", version=1, amount=1) for i in range(48)]
    sinks = [await desk.sink(), await desk.sink()]
    for _ in range(100):
        start = desk.watermark() + 1
        if start == len(events):
            break
        cuts = (start + 4, start + 3)
        await asyncio.gather(
            *(sink.take([desk.batch(start, *events[start:cut])]) for sink, cut in zip(sinks, cuts, strict=True))
        )
    assert desk.sums() == {(1, "hz"): 48}
    assert desk.rows("SELECT count(), uniqExact(offset) FROM {table} WHERE {mine}") == [(48, 48)]


async def test_the_last_offset_is_left_behind_even_where_nothing_changed(desk):
    known = order(desk.topic_id, version=1)
    sink = await desk.sink()
    await sink.take([desk.batch(0, known)])
    await sink.take([desk.batch(1, known, known)])
    assert desk.watermark() == 2
    await sink.take([desk.batch(3, b"no json", b"{}")])
    assert desk.watermark() == 4
    assert desk.sums() == {(1, "hz"): 100}


async def test_a_bad_event_is_put_aside_whole_and_the_stream_goes_on(desk):
    bad = [b"no json", b'{"order_id": "o9", "amount": "1.123456", "occurred_at": "2026-11-01T00:00:00Z"}', None]
    good = order(desk.topic_id, version=1)
    await (await desk.sink()).take([desk.batch(7, *bad, good, keys=[b"x", b"o9:1", None, b"k"])])
    assert desk.rewinds == [("orders", 0, 0)], "offset 7 is not where an empty warehouse begins"
    await (await desk.sink()).take([desk.batch(0, *bad, good, keys=[b"x", b"o9:1", None, b"k"])])
    assert [(letter.record.key, letter.record.value) for letter in desk.letters] == list(
        zip([b"x", b"o9:1", None], bad, strict=True)
    )
    headers = dict(desk.letters[1].headers())
    assert headers["__connect.errors.topic"] == b"orders"
    assert (headers["__connect.errors.partition"], headers["__connect.errors.offset"]) == (b"0", b"1")
    assert headers["__connect.errors.exception.class.name"] == b"invalid-event"
    assert b"amount" in headers["__connect.errors.exception.message"]
    assert desk.sums() == {(1, "hz"): 100}


async def test_the_same_version_with_other_content_is_a_dead_letter(desk):
    one = desk.topic_id
    sink = await desk.sink()
    await sink.take([desk.batch(0, order(one, version=1))])
    await sink.take([desk.batch(1, order(one, version=1, amount=999), order(one, version=2, amount=70, on=2))])
    [letter] = desk.letters
    assert (letter.reason, letter.record.offset) == ("version-conflict", 1)
    assert desk.sums() == {(1, "hz"): 100, (2, "hz"): -30}


async def test_letters_are_acknowledged_before_the_batch_is_inserted(desk):
    sink = await desk.sink()

    async def no_broker(letters):
        raise ConnectionError("no broker")

    sink._send_letters = no_broker
    with pytest.raises(ConnectionError):
        await sink.take([desk.batch(0, b"no json", order(desk.topic_id, version=1))])
    assert desk.watermark() == -1


async def test_too_many_bad_in_a_row_stop_the_stream_and_say_so(migrated):
    desk = Desk(migrated, dead_letters_in_a_row=3)
    sink = await desk.sink()
    await sink.take([desk.batch(0, b"bad", b"bad", order(desk.topic_id, version=1))])
    with pytest.raises(TooManyDeadLetters, match="stands still at offset 3"):
        await sink.take([desk.batch(3, b"bad", b"bad", b"bad")])
    assert (desk.watermark(), len(desk.letters)) == (2, 2)
    await desk.warehouse.close()


async def test_bad_events_in_a_row_are_counted_over_batches_and_forgotten_with_a_good_one(migrated):
    """A source that goes wrong slowly sends its bad events one by one."""
    desk = Desk(migrated, dead_letters_in_a_row=4)
    sink = await desk.sink()
    for offset, value in enumerate([b"bad", b"bad", b"bad", order(desk.topic_id, version=1), b"bad", b"bad", b"bad"]):
        await sink.take([desk.batch(offset, value)])
    with pytest.raises(TooManyDeadLetters, match="offset 7"):
        await sink.take([desk.batch(7, b"bad")])
    with pytest.raises(TooManyDeadLetters, match="offset 7"):
        await sink.take([desk.batch(7, b"bad")])
    assert (desk.watermark(), len(desk.letters)) == (6, 6)
    await desk.warehouse.close()


async def test_a_batch_that_waited_too_long_is_thrown_away_and_fetched_again(migrated):
    desk = Desk(migrated, oldest_batch_seconds=0.0)
    await (await desk.sink()).take([desk.batch(0, order(desk.topic_id, version=1))])
    assert (desk.watermark(), desk.rewinds) == (-1, [("orders", 0, 0)])
    await desk.warehouse.close()


async def test_a_topic_made_anew_under_the_same_name_begins_at_its_own_beginning(desk):
    await (await desk.sink()).take([desk.batch(0, order(desk.topic_id, version=1))])
    other = Desk(desk.reader)
    sink = await other.sink(begin=False)
    assert await sink.begin(other.topic_id, [0, 3]) == {0: -1, 3: -1}
    await other.warehouse.close()


async def test_a_late_org_event_moves_history_and_no_fact(migrated):
    """The office is unknown while its orders come; its unit's statement names it, without a new row."""
    facts, org = Desk(migrated), Desk(migrated, "org")
    office, region = f"{org.topic_id}-hz", f"{org.topic_id}-east"
    await (await facts.sink()).take([facts.batch(0, order(facts.topic_id, version=1, office_id=office))])
    editions = Editions(org.warehouse)
    await editions.begin()
    sink = await org.sink(stored=editions.stored)

    def where_it_counts():
        return facts.rows(
            "SELECT dictGetOrDefault('units', 'parent_id', office_id, day, 'unassigned'), sum(booked_amount), count()"
            " FROM {table} WHERE {mine} GROUP BY 1"
        )

    def unit(one, **fields):
        stated = {"occurred_at": "2026-11-20T10:00:00+08:00", "kind": "unit", "id": one, **fields}
        return json.dumps({"valid_from": "2020-01-01", **stated}).encode()

    assert where_it_counts() == [("unassigned", 100, 1)]
    await sink.take([org.batch(0, unit(region, name="东区"), unit(office, parent_id=region))])
    assert where_it_counts() == [(region, 100, 1)]
    moved = unit(office, parent_id="north", valid_from="2026-10-01", version=2)
    await sink.take([org.batch(2, moved)])
    assert where_it_counts() == [("north", 100, 1)]
    for desk in (facts, org):
        await desk.warehouse.close()


DAYS, CENTS = st.integers(1, 28), st.integers(-100_000, 1_000_000).map(lambda cents: cents / 100)
CONTENTS = st.fixed_dictionaries(
    {
        "order_id": st.sampled_from(["o1", "o2"]),
        "on": DAYS,
        "amount": CENTS,
        "status": st.sampled_from(["draft", "effective", "cancelled"]),
        "office_id": st.sampled_from(["hz", "sz"]),
        "rep_id": st.sampled_from(["ann", "bob"]),
        "correction": st.booleans(),
        "returned_amount": CENTS,
    }
)


@st.composite
def logs(draw):
    """A small log, and the same permuted with repetitions and cut into batches anywhere, the worker changed between."""
    log = [
        order(version=version, **drawn)
        for version, drawn in enumerate(draw(st.lists(CONTENTS, min_size=2, max_size=8)))
    ]
    shuffled = draw(st.permutations(log + draw(st.lists(st.sampled_from(log), max_size=4))))
    cuts = sorted(draw(st.sets(st.integers(1, len(shuffled)), max_size=4)) | {len(shuffled)})
    return log, shuffled, cuts, draw(st.sets(st.integers(0, 4)))


def test_a_permuted_and_repeated_log_gives_equal_sums_in_the_engine(migrated):
    def stored(log, cuts, new_workers):
        async def run():
            migrated.command("TRUNCATE TABLE order_changes")
            desk = Desk(migrated)
            sink = await desk.sink()
            start = 0
            for number, cut in enumerate(cuts):
                if number in new_workers:
                    sink = await desk.sink()
                await sink.take([desk.batch(start, *log[start:cut])])
                start = cut
            await desk.warehouse.close()
            assert not desk.letters
            sums = defaultdict(dict)
            for measure in ("booked_amount", "returned_amount", "lines"):
                for by in ("office_id", "rep_id"):
                    sums[measure] |= desk.sums(measure, by)
            return sums

        return asyncio.run(run())

    @settings(max_examples=examples(6))
    @given(logs())
    def holds(drawn):
        log, shuffled, cuts, new_workers = drawn
        assert stored(shuffled, cuts, new_workers) == stored(log, [len(log)], set())

    holds()


async def test_days_and_amounts_arrive_exactly(desk):
    """The widest amount, the finest fraction and the last hour of the business's day."""
    widest, finest = Decimal("99999999999999.9999"), Decimal("0.0001")
    late = order(f"{desk.topic_id}-3", version=1, amount=1).replace(
        b"2026-11-01T10:00:00+08:00", b"2026-11-01T15:59:59.999999Z"
    )
    events = [order(f"{desk.topic_id}-{i}", version=1, amount=str(amount)) for i, amount in enumerate([widest, finest])]
    await (await desk.sink()).take([desk.batch(0, *events, late)])
    found = desk.rows("SELECT entity_id, day, booked_amount FROM {table} WHERE {mine} ORDER BY entity_id")
    assert [(day, amount) for _, day, amount in found] == [
        (date(2026, 11, 1), widest), (date(2026, 11, 1), finest), (date(2026, 11, 1), 1),
    ]  # fmt: skip
