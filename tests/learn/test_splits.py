"""Blocks with a gap between footprints; whole users, stages and recordings."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.dummy import DummyRegressor
from sklearn.model_selection import cross_val_score

from emgtut import load_sample, windows_of
from emgtut.learn.splits import (
    LeaveRecordingsOut,
    LeaveStagesOut,
    LeaveUsersOut,
    blocked_split,
)


def distance(start, window, one, others):
    """Return the samples between two footprints, below 0 if they overlap."""
    return np.maximum(start[others] - start[one], start[one] - start[others]) - window


@settings(max_examples=60, deadline=None)
@given(
    steps=st.lists(st.integers(1, 300), min_size=12, max_size=60),
    window=st.integers(1, 250),
    gap=st.integers(0, 400),
    n_blocks=st.integers(2, 5),
)
def test_footprints_keep_the_gap_and_no_window_is_lost(steps, window, gap, n_blocks):
    start = np.cumsum(steps)
    try:
        splits = blocked_split(start, n_blocks, gap=gap, window=window)
    except ValueError as error:
        assert "leaves no window to train on" in str(error)  # noqa: PT017 - it may happen or not
        return
    tested = np.concatenate([test for _, test in splits])
    assert sorted(tested) == list(range(len(start)))
    sizes = [len(test) for _, test in splits]
    assert max(sizes) - min(sizes) <= 1
    for train, test in splits:
        assert (np.diff(test) == 1).all()
        far = [k for k in range(len(start)) if (distance(start, window, k, test) >= gap).all()]
        assert train.tolist() == far


def test_windows_count_seconds_and_only_what_is_too_near_is_left_out():
    windows = windows_of(load_sample())
    for train, test in blocked_split(windows, gap=0.5):
        far = [
            k
            for k in range(len(windows))
            if (distance(windows.start, windows.window, k, test) >= 1000).all()
        ]
        assert train.tolist() == far
    # 0.3 s is 600 samples, whatever binary fractions make of it.
    (train, test), *_ = blocked_split(windows, gap=0.3)
    assert distance(windows.start, windows.window, test[-1], train).min() == 600


def test_unsorted_starts_and_seconds():
    start = np.array([5.0, 0.0, 2.0, 1.0, 4.0, 3.0])
    splits = blocked_split(start, 3, gap=0.5, window=1)
    assert [test.tolist() for _, test in splits] == [[1, 3], [2, 5], [0, 4]]
    assert splits[0][0].tolist() == [0, 4, 5]


def test_recordings_are_cut_one_by_one_and_both_hands_at_once():
    # As pooled windows are: two hands that started half a second apart, and another recording.
    one = windows_of(load_sample(), hop=0.2)
    n = len(one)
    groups = pd.DataFrame(
        {"recording": ["a"] * 2 * n + ["b"] * n, "file": ["l"] * n + ["r"] * n + ["b"] * n}
    )
    both = replace(
        one,
        X=np.tile(one.X, (3, 1)),
        y=np.tile(one.y, (3, 1)),
        start=np.tile(one.start, 3),
        time=np.concatenate([one.time, one.time + 0.5, one.time]),
        groups=groups,
    )
    late = np.repeat([0, 1000, 0], n)
    place = both.start + late
    recording = np.repeat([0, 0, 1], n)
    splits = blocked_split(both, 4, gap=0.5)
    assert sorted(np.concatenate([test for _, test in splits])) == list(range(3 * n))
    for train, test in splits:
        for k in (0, 1):
            a, b = train[recording[train] == k], test[recording[test] == k]
            assert len(b)
            nearest = np.abs(place[a][:, None] - place[b]).min() - one.window
            assert 998 <= nearest <= 1402  # stamps of hands agree to a sample; hop is 400
    with pytest.raises(ValueError, match=r"start anew at row \d+: they come from several files"):
        blocked_split(replace(both, groups=None))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (((np.arange(4),), {"window": 1, "gap": 0}), "n_blocks is 5, but a recording has 4"),
        (((np.arange(9), 1), {"window": 1, "gap": 0}), "n_blocks is 1"),
        (((np.arange(9), 3), {"window": 1, "gap": 99}), "leaves no window to train on"),
        (((np.arange(9), 3), {"window": 1, "gap": -1}), "gap is -1"),
        (((np.arange(9), 3), {"window": 1, "gap": np.nan}), "gap is nan"),
        (((np.arange(9), 3), {"window": 1}), "gap is 0.5, but starts are whole samples"),
        (((np.arange(9), 3), {"window": 0, "gap": 1}), "window is 0"),
        (((np.zeros((9, 2)), 3), {"window": 1, "gap": 1}), r"windows has shape \(9, 2\)"),
    ],
)
def test_blocks_that_cannot_be(arguments, message):
    positional, named = arguments
    with pytest.raises(ValueError, match=message):
        blocked_split(*positional, **named)


def test_a_window_length_is_for_arrays():
    with pytest.raises(TypeError, match="window is missing"):
        blocked_split(np.arange(9), 3, gap=1)
    with pytest.raises(TypeError, match="leave it out"):
        blocked_split(windows_of(load_sample()), window=400)


def test_leaving_out_in_scikit_learn(rng):
    X, y = rng.normal(size=(30, 2)), rng.normal(size=30)
    groups = pd.DataFrame(
        {
            "user": np.repeat(["u1", "u2", "u3"], 10),
            "stage": np.tile(["pinch", "grasp"], 15),
            "recording": np.repeat(["r1", "r2"], 15),
        }
    )
    for splitter, n in ((LeaveUsersOut(), 3), (LeaveStagesOut(), 2), (LeaveRecordingsOut(), 2)):
        assert splitter.get_n_splits(X, y, groups) == n
        assert len(cross_val_score(DummyRegressor(), X, y, groups=groups, cv=splitter)) == n
        column = groups[splitter.column].to_numpy()
        for train, test in clone(splitter, safe=False).split(X, y, column):
            assert not set(column[train]) & set(column[test])
            assert len(train) + len(test) == 30


def test_both_hands_of_a_recording_stay_together():
    files = ["x-recording-1_left", "x-recording-1_right", "x-recording-12_left.hdf5"]
    splits = list(LeaveRecordingsOut().split(np.zeros((3, 1)), groups=files))
    assert [test.tolist() for _, test in splits] == [[0, 1], [2]]


def test_windows_bring_their_groups():
    windows = windows_of(load_sample())
    assert windows.groups is not None
    with pytest.raises(ValueError, match=r"all rows are of user .* use blocked_split"):
        list(LeaveUsersOut().split(windows))
    with pytest.raises(ValueError, match="groups is missing"):
        list(LeaveUsersOut().split(windows.X))
    with pytest.raises(ValueError, match="pass one with 'user'"):
        list(LeaveUsersOut().split(windows.X, groups=pd.DataFrame({"who": [1]})))
    with pytest.raises(ValueError, match=r"groups has 2 rows and X \d+"):
        list(LeaveUsersOut().split(windows.X, groups=["a", "b"]))
