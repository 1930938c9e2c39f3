"""Of few scores as of many, as many of what is unseen lie between the ends as is said."""

import numpy as np
import pytest

from streams.baseline.conformal import adapted, ends


@pytest.mark.parametrize("outside", [0.2, 0.05])
@pytest.mark.parametrize("seen", [12, 18, 60])
def test_as_much_of_what_is_unseen_lies_outside_as_is_said(seen: int, outside: float) -> None:
    scores = np.random.default_rng(3).normal(0.3, 2.0, (seen + 1, 4_000, 1))
    low, high = ends(scores[:seen], outside)
    unseen = scores[seen, :, 0]
    assert ((unseen < low) | (unseen > high)).mean() == pytest.approx(outside, abs=0.015)


def test_what_is_skewed_reaches_further_on_its_side() -> None:
    scores = np.random.default_rng(4).gamma(2.0, 1.0, (19, 4_000, 1))
    low, high = ends(scores[:18], 0.05)
    middle = np.median(scores[:18, :, 0], axis=0)
    assert ((high - middle) / (middle - low)).mean() > 1.5
    assert ((scores[18, :, 0] < low) | (scores[18, :, 0] > high)).mean() == pytest.approx(0.05, abs=0.02)


def test_months_that_surprise_no_more_often_than_chance_adapt_nothing_and_such_as_kept_surprising_widen() -> None:
    random = np.random.default_rng(5)
    usual = random.normal(0, 1, (18, 500, 1))
    assert adapted(usual, 0.2) == pytest.approx(0.2, abs=0.005)
    moved = usual[:, :8] + 3 * random.normal(0, 1, (18, 1, 1))
    assert 0.02 <= adapted(moved, 0.2) < 0.25
    assert adapted(np.concatenate((usual[:1], usual[:1] + 50.0)), 0.2) < 0.2
