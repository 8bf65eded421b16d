"""How a predicted hand moves: speed, trembling, and how late it is."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from os import PathLike
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from emgtut import _checks
from emgtut.learn.evaluate import predict_blocks
from emgtut.learn.metrics import angular_error, r2, refuse_degrees, skill
from emgtut.learn.models import MeanPose
from emgtut.sessions import layout
from emgtut.sessions.emg2pose import Emg2PoseSessionData
from emgtut.signals.windows import Windows, opened, windows_of


def angular_velocity(
    angles: ArrayLike, *, sample_rate: float, valid: ArrayLike | None = None
) -> float:
    """Return the mean absolute speed of the joints, in degrees per second.

    Parameters
    ----------
    angles : array-like of shape (n_samples, n_joints)
        Angles at equal steps of time, in radians.
    sample_rate : float
        Rows a second, in Hz: for predictions, one over the hop.
    valid : array-like of bool, shape (n_samples,), optional
        Which rows count; by default those that have a pose: a single joint that passes exactly
        through zero looks like a row without one, so say which count. A difference counts if
        every row it is made of does.

    Returns
    -------
    float
        Mean over differences and joints; NaN if none counts.

    Examples
    --------
    >>> import numpy as np
    >>> from emgtut.learn.motion import angular_velocity
    >>> turning = np.radians(30) * np.arange(1, 11)[:, np.newaxis] / 50
    >>> round(angular_velocity(turning, sample_rate=50), 6)
    30.0
    """
    return _mean_difference(angles, 1, sample_rate, valid)


def angular_acceleration(
    angles: ArrayLike, *, sample_rate: float, valid: ArrayLike | None = None
) -> float:
    """Return the mean absolute acceleration of the joints, in degrees per second squared.

    Parameters
    ----------
    angles, sample_rate, valid
        As for `angular_velocity`.

    Returns
    -------
    float
        Mean of the second differences times the rate squared; NaN if none counts.

    Examples
    --------
    >>> import numpy as np
    >>> from emgtut.learn.motion import angular_acceleration
    >>> falling = np.radians(10 / 2) * (np.arange(1, 11)[:, np.newaxis] / 50) ** 2
    >>> round(angular_acceleration(falling, sample_rate=50), 6)
    10.0
    """
    return _mean_difference(angles, 2, sample_rate, valid)


def jerk(angles: ArrayLike, *, sample_rate: float, valid: ArrayLike | None = None) -> float:
    """Return the mean absolute jerk of the joints, in degrees per second cubed.

    A hand that trembles has a large one.

    Parameters
    ----------
    angles, sample_rate, valid
        As for `angular_velocity`.

    Returns
    -------
    float
        Mean of the third differences times the rate cubed; NaN if none counts.

    Examples
    --------
    >>> import numpy as np
    >>> from emgtut.learn.motion import jerk
    >>> angles = np.radians(6 / 6) * (np.arange(1, 11)[:, np.newaxis] / 50) ** 3
    >>> round(jerk(angles, sample_rate=50), 6)
    6.0
    """
    return _mean_difference(angles, 3, sample_rate, valid)


def lag_ms(
    true: ArrayLike,
    pred: ArrayLike,
    *,
    sample_rate: float,
    max_lag: float = 500.0,
    valid: ArrayLike | None = None,
) -> float:
    """Return how late a prediction is, in milliseconds.

    Parameters
    ----------
    true, pred : array-like of shape (n_samples, n_joints)
        Angles at equal steps of time, in radians.
    sample_rate : float
        Rows a second, in Hz: for predictions, one over the hop.
    max_lag : float
        Largest shift that is tried, both ways, in ms.
    valid : array-like of bool, shape (n_samples,), optional
        Which rows count; by default those where truth has a pose.

    Returns
    -------
    float
        Shift at which both correlate best, in ms; above 0 if the prediction is late, below 0 if
        it is early. NaN if nothing moves.

    Notes
    -----
    The correlation is that of all joints together, each about its own mean over the rows that
    meet at that shift. A parabola through the best shift and its neighbours places the maximum
    between rows.

    Examples
    --------
    >>> import numpy as np
    >>> from emgtut.learn.motion import lag_ms
    >>> time = np.arange(500) / 50
    >>> true = 1 + np.sin(2 * np.pi * 0.7 * time)[:, np.newaxis]
    >>> late = 1 + np.sin(2 * np.pi * 0.7 * (time - 0.08))[:, np.newaxis]
    >>> round(lag_ms(true, late, sample_rate=50))
    80
    """
    rate = _checks.positive("sample_rate", sample_rate, "Hz")
    truth, mask = _series("true", true, valid)
    guess = np.asarray(pred, dtype=float)
    if guess.shape != truth.shape:
        raise ValueError(
            f"true has shape {truth.shape} and pred {guess.shape}; pass one prediction a row"
        )
    most = round(_checks.positive("max_lag", max_lag, "ms") / 1e3 * rate)
    if not 1 <= most <= len(truth) // 2:
        raise ValueError(
            f"max_lag is {max_lag:g} ms, {most} of {len(truth)} rows at {rate:g} Hz; "
            "pass at least one row, and at most half of them"
        )
    shifts = np.arange(-most, most + 1)
    found = np.array([_correlation(truth, guess, mask, shift) for shift in shifts.tolist()])
    if np.isnan(found).all():
        return math.nan
    best = int(np.nanargmax(found))
    return float((shifts[best] + _vertex(found[max(best - 1, 0) : best + 2])) / rate * 1e3)


def shift_scan(
    model: Any,
    session: Emg2PoseSessionData | str | PathLike[str],
    *,
    shifts: Sequence[float] = (-200, -150, -100, -50, 0, 50, 100),
    window: float = 0.2,
    hop: float = 0.1,
    features: Sequence[str] = ("rms", "mav", "wl"),
    filter: Callable[[np.ndarray], np.ndarray] | None = None,  # noqa: A002 - the word for it
    n_blocks: int = 5,
    gap: float = 0.5,
) -> pd.DataFrame:
    """Score a model for targets read earlier and later than the window's last sample.

    EMG leads movement, and a window looks back: where the best shift lies says by how much.

    Parameters
    ----------
    model : object with ``fit(X, y)`` and ``predict(X)``
        The model, copied for each fit.
    session : Emg2PoseSessionData or path-like
        An open session, or the path of its file.
    shifts : sequence of float
        When the pose is read, counted from the last sample of the window, in milliseconds:
        below 0 earlier, above 0 later, rounded to whole samples.
    window, hop, features, filter
        As for `emgtut.windows_of`.
    n_blocks, gap
        As for `emgtut.evaluate`; the largest shift is added to the gap, in seconds.

    Returns
    -------
    pandas.DataFrame
        One row a shift: ``shift_ms``; ``r2``, ``mae_deg`` and ``skill`` of all blocks together;
        ``n_windows``. The windows are the same for all shifts: those with a pose at each.

    Examples
    --------
    >>> from emgtut import load_sample
    >>> from emgtut.learn.motion import shift_scan
    >>> from emgtut.learn.models import RidgePose
    >>> scan = shift_scan(RidgePose(), load_sample(), shifts=[-400, 0])
    >>> bool(scan.r2[1] > scan.r2[0])
    True
    """
    milliseconds = np.asarray(shifts, dtype=float)
    if milliseconds.ndim != 1 or not len(milliseconds) or not np.isfinite(milliseconds).all():
        raise ValueError(f"shifts is {shifts!r}; pass one or more numbers, in ms")
    with opened(session) as session:
        windows = windows_of(session, window=window, hop=hop, features=features, filter=filter)
        angles = session.joint_angles
        by = np.rint(milliseconds / 1e3 * windows.sample_rate).astype(np.int64)
        labelled = windows.start + windows.window - 1 + by[:, np.newaxis]
        inside = (labelled >= 0) & (labelled < len(angles))
        labelled = np.clip(labelled, 0, len(angles) - 1)
        kept = (inside & layout.solved_rows(angles)[labelled]).all(axis=0)
        if not kept.any():
            raise ValueError(
                f"shifts reach {milliseconds.min():g} to {milliseconds.max():g} ms, and no window "
                "has a pose at each; pass smaller shifts"
            )
        rows = []
        for shift, at in zip(milliseconds, labelled, strict=True):
            moved = _some(windows, kept, angles[at[kept]].astype(np.float64))
            wider = gap + float(np.abs(milliseconds).max()) / 1e3
            pred = predict_blocks(model, moved, n_blocks=n_blocks, gap=wider)
            mean = predict_blocks(MeanPose(), moved, n_blocks=n_blocks, gap=wider)
            rows.append(
                {
                    "shift_ms": shift,
                    "r2": r2(moved.y, pred),
                    "mae_deg": angular_error(moved.y, pred),
                    "skill": skill(moved.y, pred, mean),
                    "n_windows": len(moved),
                }
            )
    return pd.DataFrame(rows)


def _series(name: str, angles: ArrayLike, valid: ArrayLike | None) -> tuple[np.ndarray, np.ndarray]:
    """Return angles as floats, with True for each row that counts."""
    rows = np.asarray(angles, dtype=float)
    if rows.ndim != 2 or rows.shape[1] == 0:
        raise ValueError(f"{name} has shape {rows.shape}; pass (n_samples, n_joints)")
    refuse_degrees(name, rows)
    finite = np.isfinite(rows).all(axis=1)
    if valid is None:
        posed = layout.solved_rows(rows)
        return rows, posed if posed.any() else finite
    mask = np.asarray(valid)
    if mask.dtype != bool or mask.shape != (len(rows),):
        raise ValueError(
            f"valid has shape {mask.shape} and type {mask.dtype}; "
            f"pass True or False for each of the {len(rows)} rows"
        )
    return rows, mask & finite


def _mean_difference(
    angles: ArrayLike, order: int, sample_rate: float, valid: ArrayLike | None
) -> float:
    rate = _checks.positive("sample_rate", sample_rate, "Hz")
    rows, mask = _series("angles", angles, valid)
    n_found = len(rows) - order
    if n_found < 1:
        return math.nan
    whole = np.logical_and.reduce([mask[k : k + n_found] for k in range(order + 1)])
    found = np.abs(np.diff(rows, order, axis=0))[whole]
    return float(np.degrees(found.mean()) * rate**order) if len(found) else math.nan


def _correlation(truth: np.ndarray, guess: np.ndarray, mask: np.ndarray, shift: int) -> float:
    """Correlate truth with what was predicted ``shift`` rows later."""
    n = len(truth) - abs(shift)
    a, b = max(-shift, 0), max(shift, 0)
    x, y = truth[a : a + n], guess[b : b + n]
    met = mask[a : a + n] & mask[b : b + n] & np.isfinite(y).all(axis=1)
    if met.sum() < 2:
        return math.nan
    swings = []
    for rows in (x[met], y[met]):
        swing = rows - rows.mean(axis=0)
        # What never moves differs from its mean by rounding only.
        if np.abs(swing).max() <= 1e-12 * max(np.abs(rows).max(), 1e-300):
            return math.nan
        swings.append(swing)
    x, y = swings
    return float((x * y).sum() / math.sqrt((x**2).sum() * (y**2).sum()))


def _vertex(values: Iterable[float]) -> float:
    """Return where a parabola through three neighbours has its top, -0.5 to 0.5 of a step."""
    left, middle, right = ([*values, math.nan, math.nan])[:3]
    bend = left - 2 * middle + right
    return 0.5 * (left - right) / bend if bend < 0 else 0.0


def _some(windows: Windows, kept: np.ndarray, y: np.ndarray) -> Windows:
    groups = windows.groups
    return replace(
        windows,
        X=windows.X[kept],
        y=y,
        time=windows.time[kept],
        start=windows.start[kept],
        groups=None if groups is None else groups[kept].reset_index(drop=True),
    )
