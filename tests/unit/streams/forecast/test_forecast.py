"""Forecasts of hierarchies: they add up, follow what is plain and hold as often as they say."""

import numpy as np
import pytest
from scipy.sparse import csr_array

from streams.forecast import UnusableHistory, UnusableSumming, forecast
from streams.forecast.reconciliation import MAPS, adding_up, shrunk
from streams.forecast.smoothing import Floats
from streams.forecast.tiers import tiers

CROSSED = np.array([[1, 1, 1, 1], [1, 1, 0, 0], [0, 0, 1, 1], [1, 0, 1, 0], [0, 1, 0, 1], *np.eye(4)])
"""Four bottom series summed by two hierarchies that cross."""


def seasonal(periods: int, series: int, seed: int = 1, noise: float = 5.0) -> Floats:
    """Quarters around 100 with a season, and noise."""
    chance = np.random.default_rng(seed)
    pattern = np.array([10.0, -5.0, 0.0, -5.0])[np.arange(periods) % 4]
    return 100 + pattern[:, None] + noise * chance.standard_normal((periods, series))


def test_every_level_adds_up_where_hierarchies_cross() -> None:
    told = forecast(seasonal(40, 4), CROSSED, season=4, horizon=6)
    assert told.points.shape == (6, 9)
    np.testing.assert_allclose(told.points, told.points[:, 5:] @ CROSSED.T, rtol=1e-12)


def test_a_season_that_never_varies_comes_again() -> None:
    told = forecast(seasonal(32, 4, noise=0.0), CROSSED, season=4, horizon=4)
    np.testing.assert_allclose(told.points[:, 5], [110, 95, 100, 95], atol=1e-6)
    np.testing.assert_allclose(told.points[:, 0], [440, 380, 400, 380], atol=1e-5)


def test_a_steady_rise_goes_on() -> None:
    rising = np.outer(100 + 2.0 * np.arange(48), np.ones(4)) + seasonal(48, 4, noise=0.5) - 100
    told = forecast(rising, CROSSED, season=4, horizon=4)
    assert told.points[:, 0] == pytest.approx(4 * (100 + 2 * np.arange(48, 52) + [10, -5, 0, -5]), rel=0.02)


def test_the_unit_of_money_changes_nothing_but_the_unit() -> None:
    history = seasonal(40, 4)
    in_yuan, in_fen = (forecast(history * unit, CROSSED, season=4, horizon=4) for unit in (1, 100))
    assert in_fen.choice == in_yuan.choice
    np.testing.assert_allclose(in_fen.points, 100 * in_yuan.points, rtol=1e-4)
    np.testing.assert_allclose(in_fen.half_widths[0.8], 100 * in_yuan.half_widths[0.8], rtol=1e-3)


def test_intervals_hold_as_often_as_they_say() -> None:
    summing = np.vstack([np.ones(60), np.eye(60)])
    history = seasonal(88, 60, seed=7)
    told = forecast(history[:80], summing, season=4, horizon=8)
    came = history[80:] @ summing.T
    for level in (0.8, 0.95):
        lower, upper = told.interval(level)
        assert np.mean((lower <= came) & (came <= upper)) == pytest.approx(level, abs=0.06)


def test_a_history_too_short_to_try_gives_points_and_no_interval() -> None:
    told = forecast(seasonal(8, 4), CROSSED, season=4, horizon=4)
    assert np.isfinite(told.points).all()
    with pytest.raises(KeyError, match="there are none"):
        told.interval(0.8)


def test_a_series_that_never_sold_is_expected_to_sell_nothing() -> None:
    history = seasonal(40, 4)
    history[:, 3] = 0.0
    told = forecast(history, CROSSED, season=4, horizon=4)
    assert np.isfinite(told.points).all()
    assert np.abs(told.points[:, 8]).max() < 10


def test_without_a_season_a_level_is_kept() -> None:
    told = forecast(np.full((12, 4), 7.0), CROSSED, season=1, horizon=3)
    np.testing.assert_allclose(told.points[:, 0], 28.0)


def test_maps_share_out_what_does_not_add_up() -> None:
    """10 is told of the whole, 3 and 4 of its parts: 3 too much in the whole, or too little in the parts."""
    summing = csr_array([[1.0, 1.0], [1.0, 0.0], [0.0, 1.0]])
    said, errors = np.array([10.0, 3.0, 4.0]), np.ones((5, 3))
    alike = MAPS["ols"](summing, errors)(said)
    np.testing.assert_allclose(alike, [9, 4, 5])
    by_size = MAPS["struct"](summing, errors)(said)
    np.testing.assert_allclose(by_size, [8.5, 3.75, 4.75])
    sure_of_the_whole = adding_up(summing, np.array([1e-9, 1.0, 2.0]))(said)
    np.testing.assert_allclose(sure_of_the_whole, [10, 4, 6], rtol=1e-6)


@pytest.mark.parametrize("whole_covariance", [False, True])
def test_a_map_is_the_projection_of_its_paper(whole_covariance: bool) -> None:
    random = np.random.default_rng(4)
    errors = random.standard_normal((30, 9))
    weight = errors.T @ errors if whole_covariance else (errors**2).sum(axis=0)
    inverse = np.linalg.inv(weight if whole_covariance else np.diag(weight))
    said = random.standard_normal((3, 9))
    by_the_book = CROSSED @ np.linalg.inv(CROSSED.T @ inverse @ CROSSED) @ CROSSED.T @ inverse
    np.testing.assert_allclose(adding_up(csr_array(CROSSED), weight)(said), said @ by_the_book.T, atol=1e-9)


def test_bottom_series_without_rows_of_their_own_are_told_apart_by_sums() -> None:
    sums = np.array([[1.0, 1.0, 0.0], [0.0, 1.0, 1.0], [1.0, 0.0, 1.0], [1.0, 1.0, 1.0]])
    told = forecast(seasonal(24, 3), sums, season=4, horizon=2)
    np.testing.assert_allclose(told.points[:, :3].sum(axis=1), 2 * told.points[:, 3])


def test_a_covariance_of_more_series_than_periods_can_be_inverted() -> None:
    errors = np.random.default_rng(3).standard_normal((6, 20))
    assert np.linalg.eigvalsh(shrunk(errors)).min() > 0


def test_series_of_one_size_are_of_one_tier() -> None:
    summing = csr_array(np.vstack([np.ones(60), np.kron(np.eye(30), [1, 1]), np.eye(60)]))
    assert [int((tiers(summing) == one).sum()) for one in (0, 1)] == [31, 60]


@pytest.mark.parametrize(
    ("history", "summing", "error", "says"),
    [
        (np.ones(8), CROSSED, UnusableHistory, "periods × bottom series"),
        (np.ones((7, 4)), CROSSED, UnusableHistory, "give 8"),
        (np.where(np.eye(8, 4), np.nan, 1.0), CROSSED, UnusableHistory, "period 0 of series 0"),
        (np.ones((8, 3)), CROSSED, UnusableSumming, "3 bottom series"),
        (np.ones((8, 4)), CROSSED[:5], UnusableSumming, "a row for each bottom series"),
    ],
)
def test_what_cannot_be_forecast_says_what_to_mend(
    history: Floats, summing: Floats, error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        forecast(history, summing, season=4, horizon=2)
