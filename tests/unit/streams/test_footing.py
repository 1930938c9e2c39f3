"""Whether a log can be gone on with where the warehouse stands."""

import pytest

from streams.footing import misfit


@pytest.mark.parametrize(("offset", "first", "end"), [(0, 0, 0), (0, 0, 5), (5, 0, 5), (3, 3, 9)])
def test_a_place_on_the_log_or_just_after_it_is_gone_on_from(offset: int, first: int, end: int) -> None:
    assert misfit(offset, first, end) is None


def test_a_log_that_ends_before_the_warehouse_has_lost_records() -> None:
    assert "up to offset 6, but the log ends before 5" in (misfit(7, 0, 5) or "")


def test_a_log_that_begins_after_the_warehouse_has_had_records_deleted() -> None:
    assert "from offset 7 on, but the log begins with 9" in (misfit(7, 9, 12) or "")
