"""When so much is bad that a stream stands still: in a row, as a share, and what is not counted."""

import pytest

from streams.batches import Batch, Record
from streams.dead_letters import DeadLetter, Limits, Tally, TooManyDeadLetters, refuse_a_flood

LIMITS = Limits(in_a_row=100, share=0.5, window=20)
REPLAYED = (("__connect.errors.attempt", b"2"),)


def taken(said: str, first: int, before: Tally, limits: Limits = LIMITS) -> Tally:
    """A batch written as "g" good, "b" bad, "r" bad and replayed by somebody."""
    headers = {"r": REPLAYED}
    records = [Record(first + at, 0, b"k", b"v", headers.get(one, ())) for at, one in enumerate(said)]
    batch = Batch("orders", 3, records)
    letters = [
        DeadLetter("orders", 3, record, "invalid-event", "")
        for record, one in zip(records, said, strict=True)
        if one != "g"
    ]
    return refuse_a_flood(batch, letters, before, limits)


def test_a_share_of_the_last_events_stops_the_stream_though_good_ones_lie_between():
    tally = taken("gggggggggg", 0, Tally())
    tally = taken("bbgbbgbbgb", 10, tally)
    with pytest.raises(TooManyDeadLetters, match=r"14 of the last 20 .*stands still at offset 20") as flood:
        taken("bbgbbgbbgb", 20, tally)
    assert (flood.value.partition, flood.value.offset) == (3, 20)


def test_half_bad_is_still_allowed_and_nothing_is_judged_by_less_than_a_window():
    assert taken("b" * 19, 0, Tally()).in_a_row == 19
    tally = taken("bg" * 10, 0, Tally())
    for first in range(20, 200, 20):
        tally = taken("gb" * 10, first, tally)
    assert tally.in_a_row == 1


def test_what_lies_before_the_window_is_forgotten():
    tally = taken("bg" * 5, 0, Tally())
    tally = taken("g" * 20, 10, tally)
    tally = taken("bbbbbbbbbg", 30, tally)
    with pytest.raises(TooManyDeadLetters, match="18 of the last 20"):
        taken("bbbbbbbbbg", 40, tally)


def test_the_window_stays_small_when_events_come_one_by_one():
    tally = Tally()
    for at in range(2_000):
        tally = taken("b" if at % 4 == 0 else "g", at, tally, Limits(100, 0.5, 1_000))
    assert len(tally.stretches) <= 25
    assert 1_000 <= sum(events for events, _ in tally.stretches) <= 1_100


def test_what_somebody_replayed_and_fails_again_is_no_flood():
    limits = Limits(in_a_row=3, share=0.1, window=5)
    assert taken("rrrrrrrr", 0, Tally(), limits).in_a_row == 0
    assert DeadLetter("orders", 3, Record(1, 0, b"k", b"v", REPLAYED), "version-conflict", "").headers()[-1] == (
        "__connect.errors.attempt",
        b"2",
    )


def test_in_a_row_is_counted_over_batches_and_forgotten_with_a_good_one():
    limits = Limits(in_a_row=4, share=1, window=1_000)
    tally = taken("bgbbb", 0, Tally(), limits)
    assert taken("g", 5, tally, limits).in_a_row == 0
    with pytest.raises(TooManyDeadLetters, match="4 events of orders:3 in a row are bad, up to offset 5"):
        taken("b", 5, tally, limits)
