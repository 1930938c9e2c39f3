"""The recomputation and the stream read the trade alike: two implementations, any log, the same sums."""

from collections import defaultdict

import pytest
from hypothesis import given, settings

from deploy.verify import readings
from deploy.verify.log import Logged
from ingest.topics import TOPICS
from streams.timeline import measures
from tests.unit.streams.readings import COMPANY, taken
from tests.unit.streams.test_order_does_not_matter import READINGS, logs

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


def recomputed(topic, log):
    recompute, keys = RECOMPUTED[topic]
    logged = [Logged(0, offset, TOPICS[topic].model.validate_json(raw)) for offset, raw in enumerate(log)]
    frame = recompute(logged, COMPANY)
    names = [name for name in frame.columns if name not in ("day", *keys)]
    return {
        (row["day"], *(row[key] for key in keys), name): row[name]
        for row in frame.iter_rows(named=True)
        for name in names
        if row[name]
    }


@pytest.mark.parametrize("topic", sorted(RECOMPUTED))
def test_the_recomputation_agrees_with_the_stream_on_any_log(topic):
    @settings(deadline=None, max_examples=60)
    @given(logs(topic))
    def holds(pair):
        _, shuffled = pair
        assert recomputed(topic, shuffled) == of_the_stream(topic, shuffled, RECOMPUTED[topic][1])

    holds()
