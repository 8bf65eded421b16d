"""Splits that do not leak: blocks of time with a gap, whole users, stages or recordings."""

import math
from collections.abc import Iterator
from numbers import Integral
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.model_selection import BaseCrossValidator

from emgtut import _checks
from emgtut.signals.windows import Windows

#: Rows for training and rows for testing.
Split = tuple[np.ndarray, np.ndarray]


def blocked_split(
    windows: Windows | ArrayLike,
    n_blocks: int = 5,
    *,
    gap: float = 0.5,
    window: float | None = None,
) -> list[Split]:
    """Split windows into blocks of time, each tested once, with a gap to the training windows.

    Windows overlap and poses are smooth, so neighbours are near copies. A window is trained on
    only if the samples it touches, its footprint ``[start, start + window)``, are at least
    ``gap`` away from the footprint of every test window, before and after. No other is left out.

    Parameters
    ----------
    windows : Windows or array-like of shape (n_windows,)
        The windows, or where each starts. Windows of several recordings are cut recording by
        recording, both hands of one at the same time; test ``k`` is block ``k`` of each.
    n_blocks : int
        Number of blocks, 2 or more; they are as long as each other, to one window.
    gap : float
        Distance between footprints, in seconds, rounded up to whole samples. For an array: in
        its unit, whatever that is.
    window : float, optional
        Length of a window, for an array; in its unit.

    Returns
    -------
    list of (ndarray of int, ndarray of int)
        For each block, rows to train on and rows to test on, both ascending.

    Raises
    ------
    ValueError
        If there are more blocks than windows, or a block leaves nothing to train on.

    Examples
    --------
    >>> from emgtut import load_sample, windows_of
    >>> from emgtut.learn.splits import blocked_split
    >>> windows = windows_of(load_sample())
    >>> splits = blocked_split(windows, n_blocks=5, gap=0.5)
    >>> train, test = splits[1]
    >>> before = train[train < test[0]]
    >>> ends = windows.start[before[-1]] + windows.window
    >>> bool(windows.start[test[0]] - ends >= 0.5 * windows.sample_rate)
    True
    >>> [train.tolist() for train, test in blocked_split([0, 1, 2, 3, 4, 5], 3, gap=1, window=1)]
    [[3, 4, 5], [0, 5], [0, 1, 2]]
    """
    n_blocks = _checks.count("n_blocks", n_blocks, least=2)
    if isinstance(gap, bool) or not math.isfinite(gap) or gap < 0:
        raise ValueError(f"gap is {gap!r}; pass a finite number, 0 or more")
    if isinstance(windows, Windows):
        if window is not None:
            raise TypeError("window is for arrays of starts; leave it out, Windows know theirs")
        recording, start = _places(windows)
        length: float = windows.window
        # Rounded up, but not over a whole sample by an error of rounding.
        gap = math.ceil(round(gap * windows.sample_rate, 6))
    else:
        start = _starts(windows, gap)
        if window is None:
            raise TypeError("window is missing; pass how long each window is, in the unit of start")
        length = _checks.positive("window", window)
        recording = np.zeros(len(start), dtype=int)

    # 1. Which block each window is in.
    block = np.empty(len(start), dtype=int)
    parts = [np.flatnonzero(recording == k) for k in np.unique(recording)]
    for rows in parts:
        if len(rows) < n_blocks:
            raise ValueError(
                f"n_blocks is {n_blocks}, but a recording has {len(rows)} windows; "
                f"pass fewer blocks, a shorter hop, or a longer recording"
            )
        in_order = rows[np.argsort(start[rows], kind="stable")]
        for k, some in enumerate(np.array_split(in_order, n_blocks)):
            block[some] = k

    # 2. Which windows are far enough from it.
    splits = []
    for k in range(n_blocks):
        test = np.flatnonzero(block == k)
        free = block != k
        for rows in parts:
            tested = start[rows[block[rows] == k]]
            low, high = tested.min() - gap - length, tested.max() + length + gap
            free[rows] &= (start[rows] <= low) | (start[rows] >= high)
        if not free.any():
            raise ValueError(
                f"block {k} of {n_blocks} leaves no window to train on; "
                "pass a shorter gap, more blocks, or a longer recording"
            )
        splits.append((np.flatnonzero(free), test))
    return splits


def _starts(starts: ArrayLike, gap: float) -> np.ndarray:
    array = np.asarray(starts)
    if array.ndim != 1 or array.dtype.kind not in "iuf" or not np.isfinite(array).all():
        raise ValueError(
            f"windows has shape {array.shape} and type {array.dtype}; "
            "pass Windows, or where each window starts, as numbers"
        )
    if array.dtype.kind in "iu" and not isinstance(gap, Integral) and not float(gap).is_integer():
        raise ValueError(
            f"gap is {gap}, but starts are whole samples; pass the gap in samples as well"
        )
    return array


def _places(windows: Windows) -> tuple[np.ndarray, np.ndarray]:
    """Return each window's recording, by number, and its first sample in that recording."""
    groups = windows.groups
    if groups is None or groups["file"].nunique() == 1:
        back = np.flatnonzero(np.diff(windows.start) <= 0)
        if len(back):
            raise ValueError(
                f"windows start anew at row {back[0] + 1}: they come from several files; "
                "put the column groups with them, or split each file's windows"
            )
        return np.zeros(len(windows), dtype=int), windows.start
    recording = pd.factorize(groups["recording"])[0]
    start = np.empty(len(windows), dtype=np.int64)
    late = windows.window - 1 if windows.label == "last" else windows.window // 2
    for k in range(recording.max() + 1):
        rows = np.flatnonzero(recording == k)
        if groups["file"].iloc[rows].nunique() == 1:
            start[rows] = windows.start[rows]
        else:
            # Rows of two files do not count from the same moment; stamps do.
            seconds = windows.time[rows] - windows.time[rows].min()
            start[rows] = np.rint(seconds * windows.sample_rate).astype(np.int64) - late
    return recording, start


class _LeaveOut(BaseCrossValidator):
    """Leave one group out at a time; scikit-learn's interface."""

    #: Column of ``Windows.groups``.
    column = ""

    def split(self, X: Any, y: Any = None, groups: Any = None) -> Iterator[Split]:
        """Give the rows for training and for testing, group by group.

        Parameters
        ----------
        X : Windows or array-like of shape (n_windows, n_features)
            The windows, or their features.
        y : object
            Ignored.
        groups : array-like of shape (n_windows,) or pandas.DataFrame, optional
            Group of each row, or a table like ``Windows.groups``. Windows bring their own.

        Yields
        ------
        train, test : ndarray of int
            Rows, ascending.
        """
        names = self.names(X, groups)
        for name in sorted(set(names)):
            held_out = names == name
            yield np.flatnonzero(~held_out), np.flatnonzero(held_out)

    def get_n_splits(self, X: Any = None, y: Any = None, groups: Any = None) -> int:
        """Return how many groups there are.

        Parameters
        ----------
        X, y, groups : object
            As for ``split``.

        Returns
        -------
        int
            Number of splits.
        """
        return len(set(self.names(X, groups)))

    def names(self, X: Any, groups: Any = None) -> np.ndarray:
        """Return the name of the group of each row.

        Parameters
        ----------
        X, groups : object
            As for ``split``.

        Returns
        -------
        ndarray of str, shape (n_windows,)
            Names.
        """
        if groups is None:
            groups = getattr(X, "groups", None)
        if groups is None:
            raise ValueError(
                f"groups is missing; pass groups=windows.groups, or the {self.column} of each row"
            )
        if isinstance(groups, pd.DataFrame):
            if self.column not in groups:
                raise ValueError(
                    f"groups has the columns {', '.join(map(str, groups))}; "
                    f"pass one with {self.column!r}, such as windows.groups"
                )
            groups = groups[self.column]
        names = np.array([self._name(str(group)) for group in groups])
        n_rows = len(X) if X is not None else len(names)
        if len(names) != n_rows:
            raise ValueError(f"groups has {len(names)} rows and X {n_rows}; pass one for each row")
        if len(set(names)) < 2:
            raise ValueError(
                f"all rows are of {self.column} {names[0] if n_rows else None!r}; leaving it out "
                f"leaves nothing to train on: pass rows of two or more, or use blocked_split"
            )
        return names

    @staticmethod
    def _name(group: str) -> str:
        return group


class LeaveUsersOut(_LeaveOut):
    """Test on each user in turn, train on all others, as for a person it has never seen.

    Examples
    --------
    >>> import numpy as np
    >>> from emgtut.learn.splits import LeaveUsersOut
    >>> users = ["ann", "ben", "ann", "cat"]
    >>> for train, test in LeaveUsersOut().split(np.zeros((4, 3)), groups=users):
    ...     print(train.tolist(), test.tolist())
    [1, 3] [0, 2]
    [0, 2, 3] [1]
    [0, 1, 2] [3]
    """

    column = "user"


class LeaveStagesOut(_LeaveOut):
    """Test on each stage in turn, train on all others, as for movements it has never seen.

    Examples
    --------
    >>> import numpy as np
    >>> from emgtut.learn.splits import LeaveStagesOut
    >>> LeaveStagesOut().get_n_splits(np.zeros((3, 1)), groups=["grasp", "pinch", "grasp"])
    2
    """

    column = "stage"


class LeaveRecordingsOut(_LeaveOut):
    """Test on each recording in turn, train on all others.

    Both hands move at the same time and alike, so both files of a recording are left out
    together: names that differ only in ``_left`` and ``_right`` are one recording.

    Examples
    --------
    >>> import numpy as np
    >>> from emgtut.learn.splits import LeaveRecordingsOut
    >>> files = ["rec-1_left.hdf5", "rec-1_right.hdf5", "rec-2_left.hdf5"]
    >>> for train, test in LeaveRecordingsOut().split(np.zeros((3, 1)), groups=files):
    ...     print(train.tolist(), test.tolist())
    [2] [0, 1]
    [0, 1] [2]
    """

    column = "recording"

    @staticmethod
    def _name(group: str) -> str:
        return group.removesuffix(".hdf5").removesuffix("_left").removesuffix("_right")
