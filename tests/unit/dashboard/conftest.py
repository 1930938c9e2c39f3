"""The dashboard's tests sign with a secret of their own, leave nothing in the working folder, and draw in 2026."""

import os
from collections.abc import Iterator
from datetime import date

import pytest

os.environ["ONEBOARD_DASHBOARD_SECRET"] = "for the tests only"  # before a test module signs something at its import


@pytest.fixture(autouse=True)
def in_2026() -> Iterator[None]:
    """Days of 2026 are called without their year, whatever the clock says."""
    from dashboard.words import page_of

    with page_of(date(2026, 11, 26)):
        yield
