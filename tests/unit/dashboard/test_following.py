"""When a new generation has come as far as what a board shows."""

import polars as pl
import pytest

from dashboard.live.following import _has_reached

SHOWN = {"order_changes": 7, "activity_changes": 3}


def positions(**marks: int) -> pl.DataFrame:
    rows = [(table, "t", 0, mark) for table, mark in marks.items()]
    return pl.DataFrame(rows, schema=["table", "topic_id", "partition", "watermark"], orient="row")


@pytest.mark.parametrize(
    ("now", "reached"),
    [
        ({**SHOWN}, True),
        ({**SHOWN, "order_changes": 9, "org_events": 1}, True),
        ({**SHOWN, "order_changes": 6}, False),
        ({"order_changes": 7}, False),
    ],
)
def test_nothing_that_is_shown_may_be_missing(now: dict[str, int], reached: bool) -> None:
    assert _has_reached(positions(**now), positions(**SHOWN)) is reached
