"""The warehouse is a function of the set of events: any order, any repetition, the same sums."""

import pytest
from hypothesis import given, settings

from streams.readings import READINGS as BOTH
from tests.full import examples
from tests.unit.streams.logs import logs, retracted_logs
from tests.unit.streams.readings import COMPANY, sums

READINGS = {topic: by_row(COMPANY) for topic, (by_row, _) in BOTH.items()}


@pytest.mark.parametrize("topic", sorted(READINGS))
def test_permuted_and_repeated_logs_give_equal_sums(topic):
    reading = READINGS[topic]

    @settings(max_examples=examples(30))
    @given(logs(topic))
    def holds(pair):
        log, shuffled = pair
        for by in reading.ids[:3]:
            assert sums(reading, topic, log, by) == sums(reading, topic, shuffled, by)

    holds()


@pytest.mark.parametrize("topic", sorted(READINGS))
def test_what_is_taken_back_counts_for_nothing_whenever_that_is_said(topic):
    reading = READINGS[topic]

    @settings(max_examples=examples(30))
    @given(retracted_logs(topic))
    def holds(pair):
        stands, shuffled = pair
        assert sums(reading, topic, stands, *reading.ids) == sums(reading, topic, shuffled, *reading.ids)

    holds()
