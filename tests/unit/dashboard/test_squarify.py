"""Tiles by size: they fill the box, none lies on another, and each has its share."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.figures.squarify import squarified

SIZES = st.lists(st.floats(0.5, 1_000), min_size=1, max_size=40)


@given(SIZES)
def test_every_tile_has_its_share_and_all_fill_the_box(sizes):
    placed = squarified(sizes, 47, 24)
    for size, rect in zip(sizes, placed, strict=True):
        assert rect.width * rect.height == pytest.approx(size / sum(sizes) * 47 * 24, rel=1e-6)
        assert rect.left > -1e-6
        assert rect.top > -1e-6
        assert rect.left + rect.width < 47 + 1e-6
        assert rect.top + rect.height < 24 + 1e-6


@given(SIZES)
def test_no_tile_lies_on_another(sizes):
    placed = squarified(sizes, 47, 24)
    for n, one in enumerate(placed):
        for other in placed[n + 1 :]:
            wide = min(one.left + one.width, other.left + other.width) - max(one.left, other.left)
            high = min(one.top + one.height, other.top + other.height) - max(one.top, other.top)
            assert min(wide, high) < 1e-6


def test_equal_sizes_lie_in_the_order_they_came():
    placed = squarified([1, 1, 1, 1], 10, 10)
    assert placed == squarified([1, 1, 1, 1], 10, 10)
    assert all(rect.width == rect.height == pytest.approx(5) for rect in placed)
