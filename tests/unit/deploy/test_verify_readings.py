"""The recomputation and the stream read the trade alike: two implementations, any log, the same sums."""

from collections import defaultdict

import pytest
from hypothesis import given, settings

from deploy.verify import readings
from deploy.verify.log import logged
from deploy.verify.standing import counted
from ingest.retractions import Retraction, reader
from ingest.topics import TOPICS
from streams.timeline import measures
from tests.full import examples
from tests.unit.streams.logs import logs, retracted_logs
from tests.unit.streams.readings import COMPANY, taken
from tests.unit.streams.test_order_does_not_matter import READINGS

RECOMPUTED = {
    "orders": (readings.orders, readings.KEYS),
    "opportunities": (readings.opportunities, readings.KEYS),
    "activities": (readings.activities, ("office_id", "rep_id")),
    "collections": (readings.collections, ("customer_id",)),
}


def of_the_stream(topic, log, keys):
    reading = READINGS[topic]
    names, places = measures(reading), [reading.ids.index(key) for key in keys]
    sums = defaultdict(int)
    for _, _, rows in taken(reading, topic, log):
        for row in rows or ():
            for name, amount in zip(names, row.amounts, strict=True):
                sums[(row.day, *(row.ids[place] for place in places), name)] += amount
    return {key: total for key, total in sums.items() if total}


def of_the_log(topic, log):
    parse = reader(TOPICS[topic])
    return counted(logged(topic, parse, 0, offset, raw) for offset, raw in enumerate(log))


def recomputed(topic, log):
    recompute, keys = RECOMPUTED[topic]
    frame = recompute(of_the_log(topic, log).events, COMPANY)
    names = [name for name in frame.columns if name not in ("day", *keys)]
    return {
        (row["day"], *(row[key] for key in keys), name): row[name]
        for row in frame.iter_rows(named=True)
        for name in names
        if row[name]
    }


@pytest.mark.parametrize("topic", sorted(RECOMPUTED))
def test_the_recomputation_agrees_with_the_stream_on_any_log(topic):
    @settings(max_examples=examples(25))
    @given(logs(topic))
    def holds(pair):
        _, shuffled = pair
        assert recomputed(topic, shuffled) == of_the_stream(topic, shuffled, RECOMPUTED[topic][1])

    holds()


@pytest.mark.parametrize("topic", sorted(RECOMPUTED))
def test_they_agree_on_what_is_taken_back(topic):
    @settings(max_examples=examples(25))
    @given(retracted_logs(topic))
    def holds(pair):
        log = [*pair[1], *pair[1]]  # what was refused is sent again
        assert recomputed(topic, log) == of_the_stream(topic, log, RECOMPUTED[topic][1])
        traces = [event for _, event, rows in taken(READINGS[topic], topic, log) if rows is not None]
        events = [event for event in traces if not isinstance(event, Retraction)]
        found = of_the_log(topic, log)
        assert (found.counts.stored, found.counts.retractions) == (len(events), len(traces) - len(events))
        assert found.counts.versions == len({(event.entity_id, event.order_in_time) for event in events})

    holds()
