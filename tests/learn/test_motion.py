"""Derivatives with the right power of the rate, lag, and the scan over target shifts."""

import numpy as np
import pytest

from emgtut import load_sample
from emgtut.learn.models import RidgePose
from emgtut.learn.motion import (
    angular_acceleration,
    angular_velocity,
    jerk,
    lag_ms,
    shift_scan,
)


@pytest.mark.parametrize(
    ("score", "order"), [(angular_velocity, 1), (angular_acceleration, 2), (jerk, 3)]
)
@pytest.mark.parametrize("rate", [50.0, 250.0])
def test_a_polynomial_has_the_derivative_of_the_books(score, order, rate):
    time = np.arange(1, 60) / rate
    angles = np.radians(7 * time**order / [1, 1, 2, 6][order])[:, np.newaxis] + 0.2
    assert score(angles, sample_rate=rate) == pytest.approx(7, rel=1e-6)


@pytest.mark.parametrize(
    ("score", "order"), [(angular_velocity, 1), (angular_acceleration, 2), (jerk, 3)]
)
def test_a_difference_counts_if_all_its_rows_do(score, order, rng):
    angles = rng.normal(0.5, 0.1, (40, 3))
    valid = np.ones(40, bool)
    valid[[10, 11, 25]] = False
    runs = [angles[:10], angles[12:25], angles[26:]]
    expected = np.abs(np.concatenate([np.diff(run, order, axis=0) for run in runs])).mean()
    broken = angles.copy()
    broken[~valid] = 0
    found = np.degrees(expected) * 50.0**order
    assert score(broken, sample_rate=50, valid=valid) == pytest.approx(found)
    assert score(broken, sample_rate=50) == pytest.approx(found)
    broken[~valid] = np.nan
    assert score(broken, sample_rate=50) == pytest.approx(found)


@pytest.mark.parametrize("score", [angular_velocity, angular_acceleration, jerk])
def test_nothing_to_differentiate(score):
    assert np.isnan(score(np.ones((1, 2)), sample_rate=50))
    assert np.isnan(score(np.ones((9, 2)), sample_rate=50, valid=np.arange(9) % 2 == 0))
    with pytest.raises(ValueError, match=r"90 rad.*np.radians\(angles\)"):
        score(np.full((9, 2), 90.0), sample_rate=50)
    with pytest.raises(ValueError, match="sample_rate is 0"):
        score(np.ones((9, 2)), sample_rate=0)


@pytest.mark.parametrize("late", [-120, -33, 0, 45, 200])
def test_lag(late, rng):
    rate, n = 100.0, 800
    time = np.arange(n) / rate
    parts = [(f, rng.uniform(0, 6)) for f in (0.3, 0.7, 1.1)]

    def hand(t):
        return 1 + 0.2 * np.array([np.sin(2 * np.pi * f * t + p) for f, p in parts]).T

    true, pred = hand(time), hand(time - late / 1e3)
    assert lag_ms(true, pred, sample_rate=rate) == pytest.approx(late, abs=2)
    # Neither offset, nor gain, nor rows without a pose move it.
    true[100:140] = 0
    assert lag_ms(true, 0.3 + 0.5 * pred, sample_rate=rate) == pytest.approx(late, abs=2)


def test_lag_of_nothing():
    still = np.full((50, 2), 0.5)
    assert np.isnan(lag_ms(still, still, sample_rate=50))
    with pytest.raises(ValueError, match="max_lag is 5000 ms, 250 of 50 rows"):
        lag_ms(still, still, sample_rate=50, max_lag=5000)
    with pytest.raises(ValueError, match="pass one prediction a row"):
        lag_ms(still, still[:, :1], sample_rate=50)


def test_the_scan_finds_where_the_recipe_puts_the_hand():
    scan = shift_scan(RidgePose(), load_sample(), shifts=[-400, -200, 0, 200, 400])
    assert scan.shift_ms.tolist() == [-400, -200, 0, 200, 400]
    assert scan.n_windows.nunique() == 1
    best = scan.shift_ms[scan.r2.idxmax()]
    assert abs(best) <= 200
    assert scan.r2.max() > scan.r2.min() + 0.1


def test_scan_of_impossible_shifts():
    with pytest.raises(ValueError, match="no window has a pose at each"):
        shift_scan(RidgePose(), load_sample(), shifts=[-90e3, 90e3])
    with pytest.raises(ValueError, match="shifts is "):
        shift_scan(RidgePose(), load_sample(), shifts=[])


@pytest.mark.parametrize("value", [0.1, 1 / 3, 0.7])
def test_a_prediction_that_never_moves_has_no_lag(rng, value):
    true = np.cumsum(rng.normal(0, 0.01, (400, 3)), axis=0)
    assert np.isnan(lag_ms(true, np.full((400, 3), value), sample_rate=20))
