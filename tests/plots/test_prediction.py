"""Traces and scores: what is drawn is what was predicted."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from emgtut import MeanPose, RidgePose, evaluate, load_sample, windows_of
from emgtut.plots import plot_scores, plot_traces


@pytest.fixture(scope="module")
def windows():
    return windows_of(load_sample(duration=20), hop=0.1)


def test_true_and_predicted_in_degrees(windows):
    pred = windows.y + np.radians(3)
    figure = plot_traces(windows, pred, duration=100, joints=["INDEX_MCP_FE"])
    (ax,) = figure.axes
    true, guess = (line.get_ydata() for line in ax.lines)
    kept = np.isfinite(true)
    np.testing.assert_allclose(guess[kept] - true[kept], 3)
    column = windows.target_names.index("INDEX_MCP_FE")
    np.testing.assert_allclose(true[kept], np.degrees(windows.y[:, column]))
    assert "off by 3.0 deg" in ax.get_title(loc="left")
    assert ax.get_xlabel() == "Time (s)"


def test_lines_break_where_windows_are_missing(windows):
    figure = plot_traces(windows, windows.y, duration=100)
    steps = np.diff(windows.time)
    holes = (steps > 1.5 * windows.hop / windows.sample_rate).sum()
    assert holes > 0
    for ax in figure.axes:
        assert np.isnan(ax.lines[0].get_xdata()).sum() == holes


def test_predictions_that_are_missing_leave_a_gap(windows):
    pred = windows.y.copy()
    pred[:50] = np.nan
    assert plot_traces(windows, pred, duration=100).axes


def test_scores_beside_the_mean_pose(windows):
    scores = {"ridge": evaluate(RidgePose(), windows), "mean": evaluate(MeanPose(), windows)}
    ax = plot_scores(scores)
    lines = {line.get_label(): line.get_ydata() for line in ax.lines}
    np.testing.assert_allclose(lines["ridge"], scores["ridge"].mae_deg)
    np.testing.assert_allclose(lines["mean pose"], lines["mean"])


def test_bad_input(windows):
    with pytest.raises(ValueError, match="pred has shape"):
        plot_traces(windows, windows.y[:-1])
    with pytest.raises(ValueError, match="no window lies from 900 s"):
        plot_traces(windows, windows.y, start=900)
    with pytest.raises(ValueError, match="joints is 'NOSE'"):
        plot_traces(windows, windows.y, joints=["NOSE"])
    with pytest.raises(TypeError, match="windows_of returns"):
        plot_traces(windows.X, windows.y)
    with pytest.raises(ValueError, match="scores is empty"):
        plot_scores({})
    assert not plt.get_fignums()
