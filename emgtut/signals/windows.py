"""Where windows lie: inside stretches with a pose, never across a hole in time."""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from os import PathLike

import numpy as np
import pandas as pd

from emgtut import _checks
from emgtut._checks import SessionError
from emgtut.sessions import layout
from emgtut.sessions.emg2pose import Emg2PoseSessionData
from emgtut.signals.features import feature_names, window_features

#: Where in a window the pose is read that the window is to predict.
LABELS = ("last", "middle")


@dataclass(frozen=True, eq=False)
class Windows:
    """Features and poses of the windows of a recording, row by row.

    Attributes
    ----------
    X : ndarray of shape (n_windows, n_features)
        Features, see `emgtut.window_features`.
    y : ndarray of shape (n_windows, n_targets)
        Joint angles at the label's sample, in radians.
    time : ndarray of shape (n_windows,)
        Stamp of the label's sample: unix time, in seconds.
    start : ndarray of int, shape (n_windows,)
        First row of each window in the file.
    feature_names : tuple of str
        Columns of ``X``.
    target_names : tuple of str
        Columns of ``y``.
    sample_rate : float
        Rate of the EMG, in Hz.
    window, hop : int
        Length of a window, and from start to start, in samples.
    label : str
        ``"last"`` or ``"middle"``: where ``y`` and ``time`` were read.
    features, channel_names : tuple of str
        What was computed of which channels, in the order of ``X``.
    filter : callable or None
        What the EMG went through before.
    groups : pandas.DataFrame or None
        Where each window is from, one row a window: ``user``, ``session``, ``recording`` (the
        same for both hands), ``stage``, ``side`` and ``file``.

    Examples
    --------
    >>> from emgtut import load_sample, windows_of
    >>> windows = windows_of(load_sample())
    >>> len(windows) == len(windows.X) == len(windows.y) == len(windows.time)
    True
    """

    X: np.ndarray
    y: np.ndarray
    time: np.ndarray
    start: np.ndarray
    feature_names: tuple[str, ...]
    target_names: tuple[str, ...]
    sample_rate: float
    window: int
    hop: int
    label: str
    features: tuple[str, ...] = ()
    channel_names: tuple[str, ...] = ()
    filter: Callable[[np.ndarray], np.ndarray] | None = None
    groups: pd.DataFrame | None = None

    def __len__(self) -> int:
        return len(self.X)

    def __repr__(self) -> str:
        rate = self.sample_rate
        return (
            f"<Windows: {len(self)} of {self.window / rate:g} s every {self.hop / rate:g} s, "
            f"{len(self.feature_names)} features, {len(self.target_names)} targets "
            f"at the {self.label} sample>"
        )


def windows_of(
    session: Emg2PoseSessionData | str | PathLike[str],
    *,
    window: float = 0.2,
    hop: float = 0.1,
    label: str = "last",
    features: Sequence[str] = ("rms", "mav", "wl"),
    filter: Callable[[np.ndarray], np.ndarray] | None = None,  # noqa: A002 - the word for it
) -> Windows:
    """Cut a session into windows and return their features and poses.

    A window lies within one stretch of rows that all have a pose and follow each other without a
    hole in time. The first starts with its stretch, the others follow every ``hop``; the last is
    the last that fits. A stretch of exactly one window yields one.

    Parameters
    ----------
    session : Emg2PoseSessionData or path-like
        An open session, or the path of its file.
    window, hop : float
        Length of a window, and from start to start, in seconds; rounded to whole samples, to the
        even one from halfway.
    label : {"last", "middle"}
        Which sample's pose the window is to predict. ``"last"`` needs nothing from the future:
        row ``start + window - 1``. ``"middle"`` is row ``start + window // 2``.
    features : sequence of str
        See `emgtut.window_features`.
    filter : callable, optional
        Takes and returns EMG of shape (n_samples, n_channels). It sees the whole session at once,
        before windows are cut.

    Returns
    -------
    Windows
        Features, poses, times, starts and names.

    Raises
    ------
    SessionError
        If no row has a pose, if no stretch is as long as a window, if EMG is not finite, or if
        stamps go back.
    ValueError
        If an argument cannot be used.

    Examples
    --------
    >>> from emgtut import Emg2PoseSessionData, load_sample, windows_of
    >>> with Emg2PoseSessionData(load_sample()) as session:
    ...     windows = windows_of(session, window=0.25, hop=0.05)
    >>> windows.X.shape[1], windows.y.shape[1], windows.feature_names[0]
    (48, 20, 'rms_EMG01')
    >>> windows.window, windows.hop
    (500, 100)
    """
    label = _checks.one_of("label", label, LABELS)
    with opened(session) as session:
        rate = session.sample_rate
        n_window = samples_in("window", window, rate)
        n_hop = samples_in("hop", hop, rate)
        columns = feature_names(session.channel_names, features)

        runs = [run for run in unbroken_runs(session) if run[1] - run[0] >= n_window]
        if not runs:
            raise _too_short(session, window, n_window)
        start = window_starts(runs, n_window, n_hop)
        labelled = start + (n_window - 1 if label == "last" else n_window // 2)
        emg = filtered(session.emg, filter, sample_rate=rate)
        parts = [
            window_features(emg[a:b], window=n_window, hop=n_hop, features=features)
            for a, b in runs
        ]
        return Windows(
            X=np.concatenate(parts),
            y=session.joint_angles[labelled].astype(np.float64),
            time=session.timestamps[labelled],
            start=start,
            feature_names=columns,
            target_names=session.joint_names,
            sample_rate=rate,
            window=n_window,
            hop=n_hop,
            label=label,
            features=tuple(features),
            channel_names=session.channel_names,
            filter=filter,
            groups=_groups(session, len(start)),
        )


def window_starts(runs: Iterable[tuple[int, int]], window: int, hop: int) -> np.ndarray:
    """Return where windows start: at each run's first sample, then every hop while they fit.

    Parameters
    ----------
    runs : iterable of (int, int)
        Stretches of samples, half open.
    window, hop : int
        In samples.

    Returns
    -------
    ndarray of int, shape (n_windows,)
        First sample of each window. Window ``k`` is ``[start[k], start[k] + window)`` and lies
        within one run.

    Examples
    --------
    >>> from emgtut.signals.windows import window_starts
    >>> window_starts([(0, 10), (20, 24), (30, 33)], window=4, hop=3).tolist()
    [0, 3, 6, 20]
    """
    window, hop = _checks.count("window", window), _checks.count("hop", hop)
    starts = [np.arange(a, b - window + 1, hop, dtype=np.int64) for a, b in runs]
    return np.concatenate(starts) if starts else np.empty(0, np.int64)


def samples_in(name: str, seconds: float, sample_rate: float) -> int:
    """Return a length in whole samples, rounded; at least one.

    Parameters
    ----------
    name : str
        What it is the length of, for the message.
    seconds : float
        Length, in seconds.
    sample_rate : float
        Rate, in Hz.

    Returns
    -------
    int
        Samples.

    Examples
    --------
    >>> from emgtut.signals.windows import samples_in
    >>> samples_in("window", 0.2, 2000.0)
    400
    """
    n_samples = round(_checks.positive(name, seconds, "s") * sample_rate)
    if n_samples < 1:
        raise ValueError(
            f"{name} is {seconds:g} s, less than one sample at {sample_rate:g} Hz; "
            f"pass at least {1 / sample_rate:g}"
        )
    return n_samples


def unbroken_runs(session: Emg2PoseSessionData, *, solved: bool = True) -> list[tuple[int, int]]:
    """Return the stretches of a session without a hole in time, half open.

    Parameters
    ----------
    session : Emg2PoseSessionData
        An open session.
    solved : bool
        Whether every row must have a pose.

    Returns
    -------
    list of (int, int)
        First row and the row after the last.

    Examples
    --------
    >>> from emgtut import Emg2PoseSessionData, load_sample
    >>> from emgtut.signals.windows import unbroken_runs
    >>> with Emg2PoseSessionData(load_sample()) as session:
    ...     unbroken_runs(session, solved=False)
    [(0, 120000)]
    """
    contents = session.contents
    runs = layout.runs_of(contents.solved) if solved else [(0, len(session))]
    holes = np.array([row for row, _ in contents.gaps], dtype=np.int64)
    parts = []
    for a, b in runs:
        inside = holes[np.searchsorted(holes, a, "right") : np.searchsorted(holes, b)]
        parts += list(pairwise([a, *inside.tolist(), b]))
    return parts


@contextmanager
def opened(
    session: Emg2PoseSessionData | str | PathLike[str],
) -> Iterator[Emg2PoseSessionData]:
    """Give an open session: the one passed, or that of a path, closed again at the end.

    Parameters
    ----------
    session : Emg2PoseSessionData or path-like
        An open session, or the path of its file.

    Yields
    ------
    Emg2PoseSessionData
        The open session.

    Examples
    --------
    >>> from emgtut import load_sample
    >>> from emgtut.signals.windows import opened
    >>> with opened(load_sample()) as session:
    ...     session.n_channels
    16
    """
    if isinstance(session, Emg2PoseSessionData):
        yield session
    elif isinstance(session, (str, PathLike)):
        with Emg2PoseSessionData(session) as own:
            yield own
    else:
        raise TypeError(
            f"session is of type {type(session).__name__}; pass an open Emg2PoseSessionData, or "
            "the path of a session file"
        )


def filtered(
    emg: np.ndarray,
    filter: Callable[[np.ndarray], np.ndarray] | None,  # noqa: A002
    *,
    sample_rate: float | None = None,
) -> np.ndarray:
    """Return EMG after a filter that was passed in, checked; as it is without one.

    Parameters
    ----------
    emg : ndarray of shape (n_samples, n_channels)
        EMG.
    filter : callable or None
        Takes and returns such an array.
    sample_rate : float, optional
        Rate of the EMG, in Hz. A filter that has a ``sample_rate`` must have been designed for
        this one, to 1 %.

    Returns
    -------
    ndarray of shape (n_samples, n_channels)
        Filtered EMG.

    Examples
    --------
    >>> import numpy as np
    >>> from emgtut.signals.windows import filtered
    >>> filtered(np.ones((2, 1)), lambda emg: 3 * emg).ravel().tolist()
    [3.0, 3.0]
    """
    if filter is None:
        return emg
    if not callable(filter):
        raise TypeError(f"filter is {filter!r}; pass a function of (n_samples, n_channels)")
    designed_for = getattr(filter, "sample_rate", None)
    if designed_for and sample_rate and not math.isclose(designed_for, sample_rate, rel_tol=0.01):
        raise ValueError(
            f"filter was designed for {designed_for:g} Hz, but the EMG has {sample_rate:g} Hz; "
            f"design it with sample_rate={sample_rate:g}"
        )
    result = np.asarray(filter(emg))
    if result.shape != emg.shape:
        raise ValueError(
            f"filter made an array of {result.shape} from one of {emg.shape}; "
            "return as many samples and channels as came in"
        )
    if not np.isfinite(result).all():
        raise ValueError("filter returned values that are not finite; check that it is stable")
    return result


def _groups(session: Emg2PoseSessionData, n_windows: int) -> pd.DataFrame:
    row = {
        "user": session.user,
        "session": session.session_name,
        "recording": _recording(session),
        "stage": session.stage,
        "side": session.side,
        "file": session.hdf5_path.name,
    }
    return pd.DataFrame(row, index=range(n_windows))


def _recording(session: Emg2PoseSessionData) -> str:
    """Name what both hands recorded together; rather too much than too little under one name."""
    name = str(session.metadata.get("filename", session.hdf5_path.name))
    stem = name.rpartition("/")[2].removesuffix(".hdf5")
    if not layout.parse_stem(stem):
        stem = session.session_name
    return stem.removesuffix("_left").removesuffix("_right")


class NoWindowError(SessionError):
    """A session that is sound but has no stretch with a pose as long as a window."""


def _too_short(session: Emg2PoseSessionData, window: float, n_window: int) -> NoWindowError:
    where = session.hdf5_path
    runs = unbroken_runs(session)
    if not runs:
        return NoWindowError(
            f"{where}: no row has a pose, so no window has one to predict; explore its EMG with "
            "explore or window_features, or choose another session"
        )
    longest = max(b - a for a, b in runs)
    rate = session.sample_rate
    at_most = math.floor(1e4 * longest / rate) / 1e4
    return NoWindowError(
        f"{where}: window is {window:g} s ({n_window} samples), but the longest stretch with a "
        f"pose has {longest} samples; pass window<={at_most:g}, in seconds"
    )
