"""Lag: what is on the log and not in the warehouse, by topic."""

import polars as pl

from warehouse.queries.freshness import behind

STOOD = pl.DataFrame(
    [("order_changes", "id-1", 0, 9), ("order_changes", "id-1", 1, 4), ("org_events", "id-2", 0, 0)],
    schema=["table", "topic_id", "partition", "watermark"],
    orient="row",
)


def test_lag_is_the_records_after_each_watermark() -> None:
    ends = {("orders", "id-1", 0): 12, ("orders", "id-1", 1): 5, ("org", "id-2", 0): 1}
    assert behind(ends.items(), STOOD) == {"orders": 2, "org": 0}


def test_a_partition_of_which_nothing_is_stored_lags_by_all_it_has() -> None:
    assert behind({("targets", "id-3", 0): 7, ("actions", "id-4", 0): 0}.items(), STOOD) == {"targets": 7, "actions": 0}


def test_a_topic_made_anew_lags_by_all_it_has_whatever_stood_of_the_former() -> None:
    assert behind({("orders", "id-9", 0): 3}.items(), STOOD) == {"orders": 3}


def test_a_warehouse_that_is_ahead_of_the_log_does_not_lag() -> None:
    assert behind({("orders", "id-1", 0): 2}.items(), STOOD) == {"orders": 0}
