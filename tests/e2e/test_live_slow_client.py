"""A client that does not read costs one picture, not a queue of them, and loses its loop in the end."""

from collections.abc import Callable
from itertools import count

import pytest

from tests.e2e.conftest import Served, until
from tests.e2e.raw_tab import RawTab
from tests.e2e.test_live_loop import PAGE, put, screens, state

pytestmark = pytest.mark.e2e
PICTURE_BYTES = 1_000_000
PICTURES = 20


def test_a_client_that_does_not_read_does_not_fill_the_memory(serve: Callable[..., Served]) -> None:
    served = serve(PAGE, LIVE_PAGE_PADDING=str(PICTURE_BYTES), LIVE_ANSWER_SECONDS="20")
    tabs = [RawTab(served, "?unit=a"), RawTab(served, "?unit=a")]
    screens(served, 2)
    put(served, "a", 1)
    until(lambda: state(served)["loads"]["a"] > 1)
    before = state(served)["rss"]
    values = count(2)
    until(lambda: put(served, "a", next(values)) or state(served)["loads"]["a"] > PICTURES)
    grown = state(served)["rss"] - before
    print(f"{PICTURES} pictures of {PICTURE_BYTES / 1e6:.0f} MB for 2 clients that do not read: {grown / 1e6:+.1f} MB")
    assert grown < PICTURES / 2 * PICTURE_BYTES
    screens(served, 0)  # they never answered
    for tab in tabs:
        tab.close()
    until(lambda: state(served)["tasks"] <= 5, what=lambda: state(served))
