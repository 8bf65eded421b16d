"""How far a predicted pose is from the true one: degrees, millimetres, explained variance.

Angles come in radians; scores are in the units a person reads. A row without a pose is left out
of every score.
"""

import math

import numpy as np
from numpy.typing import ArrayLike

from emgtut.anatomy import FINGER_JOINTS, JOINTS, LANDMARKS
from emgtut.pose import HandModel
from emgtut.pose import landmarks as landmarks_of
from emgtut.sessions import layout

#: No finger turns a full circle: larger angles, in rad, are degrees taken for radians.
FULL_TURN = 2 * math.pi

#: Points of a hand that can move when fingers do: all but the knuckles of the four fingers.
MOVING_LANDMARKS = tuple(k for k, name in enumerate(LANDMARKS) if not name.endswith("_PROXIMAL"))
FINGERTIPS = tuple(k for k, name in enumerate(LANDMARKS) if name.endswith("_TIP"))

#: Poses that are placed in space at a time; 21 points of two hands, 2 MB.
_AT_ONCE = 2048


def angular_error(true: ArrayLike, pred: ArrayLike, *, valid: ArrayLike | None = None) -> float:
    """Return the mean absolute error of joint angles, in degrees.

    Parameters
    ----------
    true : array-like of shape (..., n_joints)
        True angles, in radians.
    pred : array-like of shape (..., n_joints) or (n_joints,)
        Predicted angles, in radians; one pose stands for all rows.
    valid : array-like of bool, shape (...), optional
        Which rows count. By default the rows that have a pose: finite and not all zero; if
        every row is zero, that is a flat hand and all rows count.

    Returns
    -------
    float
        Mean over rows and joints, in degrees; NaN if no row counts.

    Raises
    ------
    ValueError
        If shapes disagree or angles are in degrees: beyond a full turn.

    Examples
    --------
    >>> import numpy as np
    >>> from emgtut.learn.metrics import angular_error
    >>> true = np.array([[0.5, 0.1], [0.0, 0.0], [0.7, 0.1]])
    >>> round(angular_error(true, true + np.radians(3)), 6)
    3.0
    """
    return _mean(joint_errors(true, pred, valid=valid))


def joint_errors(true: ArrayLike, pred: ArrayLike, *, valid: ArrayLike | None = None) -> np.ndarray:
    """Return the mean absolute error of each joint angle, in degrees.

    Parameters
    ----------
    true, pred, valid : array-like
        As for `angular_error`.

    Returns
    -------
    ndarray of shape (n_joints,)
        Mean over rows, in degrees; NaN if no row counts.

    Examples
    --------
    >>> import numpy as np
    >>> from emgtut.learn.metrics import joint_errors
    >>> joint_errors([[0.5, 0.1], [0.7, 0.1]], [0.5, 0.1]).round(1)
    array([5.7, 0. ])
    """
    true, pred = scored_rows(true, pred, valid)
    if not len(true):
        return np.full(true.shape[1], np.nan)
    return np.degrees(np.abs(pred - true).mean(axis=0))


def finger_errors(
    true: ArrayLike, pred: ArrayLike, *, valid: ArrayLike | None = None
) -> dict[str, float]:
    """Return the mean absolute error of each finger, in degrees.

    Parameters
    ----------
    true, pred, valid : array-like
        As for `angular_error`, with the 20 joints of `emgtut.anatomy.JOINTS`.

    Returns
    -------
    dict of str to float
        Degrees for thumb, index, middle, ring and little; each the mean of four joints.

    Examples
    --------
    >>> import numpy as np
    >>> from emgtut.learn.metrics import finger_errors
    >>> pose = np.full((3, 20), 0.2)
    >>> wrong = pose.copy()
    >>> wrong[:, 4:8] += np.radians(10)
    >>> {finger: round(error) for finger, error in finger_errors(pose, wrong).items()}
    {'thumb': 0, 'index': 10, 'middle': 0, 'ring': 0, 'little': 0}
    """
    errors = joint_errors(true, pred, valid=valid)
    if len(errors) != len(JOINTS):
        raise ValueError(
            f"true has {len(errors)} joints; fingers need the {len(JOINTS)} of "
            "emgtut.anatomy.JOINTS, or use joint_errors"
        )
    return {finger: _mean(errors[list(joints)]) for finger, joints in FINGER_JOINTS.items()}


def landmark_distance(
    true: ArrayLike,
    pred: ArrayLike,
    *,
    hand: HandModel | None = None,
    valid: ArrayLike | None = None,
) -> float:
    """Return how far apart the points of the true and the predicted hand are, in millimetres.

    Parameters
    ----------
    true, pred, valid : array-like
        As for `angular_error`, with the 20 joints of `emgtut.anatomy.JOINTS`.
    hand : HandModel, optional
        The hand both poses are put on; see `emgtut.landmarks`.

    Returns
    -------
    float
        Mean distance over rows and points, in mm; NaN if no row counts.

    Notes
    -----
    The mean is over 17 of the 21 points, as in published results on emg2pose: the knuckles of
    the four fingers never move and are left out. The wrist never moves either and is kept, so
    that the numbers compare; without it they would be 17/16 as large.

    Examples
    --------
    >>> import numpy as np
    >>> from emgtut.learn.metrics import landmark_distance
    >>> pose = np.full((3, 20), 0.2)
    >>> landmark_distance(pose, pose)
    0.0
    >>> 5 < landmark_distance(pose, pose + np.radians(10)) < 20
    True
    """
    return _distance(true, pred, hand, valid, MOVING_LANDMARKS)


def fingertip_distance(
    true: ArrayLike,
    pred: ArrayLike,
    *,
    hand: HandModel | None = None,
    valid: ArrayLike | None = None,
) -> float:
    """Return how far apart the true and the predicted fingertips are, in millimetres.

    Parameters
    ----------
    true, pred, hand, valid
        As for `landmark_distance`.

    Returns
    -------
    float
        Mean distance over rows and the five tips, in mm; NaN if no row counts.

    Examples
    --------
    >>> import numpy as np
    >>> from emgtut.learn.metrics import fingertip_distance, landmark_distance
    >>> pose = np.full((3, 20), 0.2)
    >>> wrong = pose + np.radians(10)
    >>> fingertip_distance(pose, wrong) > landmark_distance(pose, wrong)
    True
    """
    return _distance(true, pred, hand, valid, FINGERTIPS)


def r2(true: ArrayLike, pred: ArrayLike, *, valid: ArrayLike | None = None) -> float:
    """Return the share of the variance of the true angles that a prediction explains.

    Joints count as much as they move: squared errors and squared deviations from the mean of the
    scored rows are both summed over joints before they are divided. Near-constant joints, whose
    own R2 can be any negative number, cannot spoil it.

    Parameters
    ----------
    true, pred, valid : array-like
        As for `angular_error`.

    Returns
    -------
    float
        1 for a perfect prediction, 0 for the mean of the scored rows, below 0 for worse. NaN if
        fewer than two rows count or nothing moves.

    See Also
    --------
    sklearn.metrics.r2_score : The same number with ``multioutput="variance_weighted"``.

    Examples
    --------
    >>> import numpy as np
    >>> from emgtut.learn.metrics import r2
    >>> true = np.array([[0.1, 0.5], [0.3, 0.5], [0.5, 0.5]])
    >>> r2(true, true), round(r2(true, true.mean(axis=0)), 6)
    (1.0, 0.0)
    """
    errors, spread = _squares(true, pred, valid)
    moves = spread > 0
    return 1 - float(errors[moves].sum() / spread[moves].sum()) if moves.any() else math.nan


def r2_per_joint(true: ArrayLike, pred: ArrayLike, *, valid: ArrayLike | None = None) -> np.ndarray:
    """Return the R2 of each joint.

    Parameters
    ----------
    true, pred, valid : array-like
        As for `angular_error`.

    Returns
    -------
    ndarray of shape (n_joints,)
        As `r2`, joint by joint; NaN for a joint that does not move.

    Examples
    --------
    >>> import numpy as np
    >>> from emgtut.learn.metrics import r2_per_joint
    >>> r2_per_joint([[0.1, 0.5], [0.3, 0.5], [0.5, 0.5]], [0.3, 0.4])
    array([ 0., nan])
    """
    errors, spread = _squares(true, pred, valid)
    moves = spread > 0
    return 1 - np.divide(errors, spread, out=np.full(len(errors), np.nan), where=moves)


def skill(
    true: ArrayLike, pred: ArrayLike, baseline: ArrayLike, *, valid: ArrayLike | None = None
) -> float:
    """Return how much of a baseline's angular error a prediction takes away.

    Parameters
    ----------
    true, pred, valid : array-like
        As for `angular_error`.
    baseline : array-like of shape (..., n_joints) or (n_joints,)
        What is to be beaten, in radians: the mean pose of the training rows.

    Returns
    -------
    float
        1 for no error, 0 for the baseline's, below 0 for a larger one. NaN if no row counts or
        the baseline makes no error.

    Examples
    --------
    >>> from emgtut.learn.metrics import skill
    >>> round(skill([[0.2], [0.6]], [[0.3], [0.5]], baseline=[0.4]), 6)
    0.5
    """
    reference = angular_error(true, baseline, valid=valid)
    error = angular_error(true, pred, valid=valid)
    return 1 - error / reference if reference > 0 else math.nan


def scored_rows(
    true: ArrayLike, pred: ArrayLike, valid: ArrayLike | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows of truth and prediction that count, checked.

    Parameters
    ----------
    true, pred, valid : array-like
        As for `angular_error`.

    Returns
    -------
    true, pred : ndarray of shape (n_counted, n_joints)
        Angles, in radians.

    Examples
    --------
    >>> from emgtut.learn.metrics import scored_rows
    >>> scored_rows([[0.1], [0.2]], [[0.1], [float("nan")]], [True, False])
    (array([[0.1]]), array([[0.1]]))
    """
    truth, guess = np.asarray(true, dtype=float), np.asarray(pred, dtype=float)
    if truth.ndim == 0 or 0 in truth.shape[-1:]:
        raise ValueError(f"true has shape {truth.shape}; pass (n_rows, n_joints)")
    if guess.shape not in (truth.shape, truth.shape[-1:]):
        raise ValueError(
            f"true has shape {truth.shape} and pred {guess.shape}; pass one prediction for each "
            f"row, or one pose of shape {truth.shape[-1:]}"
        )
    guess = np.broadcast_to(guess, truth.shape).reshape(-1, truth.shape[-1])
    rows = truth.reshape(-1, truth.shape[-1])
    counted = _counted(rows, truth.shape[:-1], valid)
    rows, guess = rows[counted], guess[counted]
    refuse_degrees("true", rows)
    if valid is not None and not np.isfinite(rows).all():
        raise ValueError("true is not finite in rows that valid counts; pass False for those")
    return rows, guess


def refuse_degrees(name: str, angles: np.ndarray) -> None:
    """Raise if angles, which are to be in radians, are beyond a full turn.

    Parameters
    ----------
    name : str
        What they are called.
    angles : ndarray
        Angles, in radians.

    Examples
    --------
    >>> import numpy as np
    >>> from emgtut.learn.metrics import refuse_degrees
    >>> refuse_degrees("y", np.array([45.0]))
    Traceback (most recent call last):
    ValueError: y reaches 45 rad, more than a full turn; if it is in degrees, pass np.radians(y)
    """
    largest = float(np.max(np.abs(angles), initial=0.0, where=np.isfinite(angles)))
    if largest > FULL_TURN:
        raise ValueError(
            f"{name} reaches {largest:.4g} rad, more than a full turn; "
            f"if it is in degrees, pass np.radians({name})"
        )


def _counted(rows: np.ndarray, shape: tuple[int, ...], valid: ArrayLike | None) -> np.ndarray:
    """Return True for each row that counts: the mask as passed, or the rows that have a pose."""
    if valid is None:
        posed = layout.solved_rows(rows)
        return posed if posed.any() else np.isfinite(rows).all(axis=1)
    mask = np.asarray(valid)
    if mask.dtype != bool or mask.shape != shape:
        raise ValueError(
            f"valid has shape {mask.shape} and type {mask.dtype}; "
            f"pass True or False for each row: shape {shape}, type bool"
        )
    return mask.ravel()


def _mean(values: np.ndarray) -> float:
    return float(values.mean())


def _squares(
    true: ArrayLike, pred: ArrayLike, valid: ArrayLike | None
) -> tuple[np.ndarray, np.ndarray]:
    """Return squared errors and squared deviations from the mean, summed over rows."""
    truth, guess = scored_rows(true, pred, valid)
    if len(truth) < 2:
        return np.zeros(truth.shape[1]), np.zeros(truth.shape[1])
    spread = ((truth - truth.mean(axis=0)) ** 2).sum(axis=0)
    # Rounding of the mean gives a constant column a spread of about 1e-32.
    spread[np.ptp(truth, axis=0) == 0] = 0
    return ((guess - truth) ** 2).sum(axis=0), spread


def _distance(
    true: ArrayLike,
    pred: ArrayLike,
    hand: HandModel | None,
    valid: ArrayLike | None,
    points: tuple[int, ...],
) -> float:
    truth, guess = scored_rows(true, pred, valid)
    if not len(truth):
        return math.nan
    total = 0.0
    for start in range(0, len(truth), _AT_ONCE):
        some = slice(start, start + _AT_ONCE)
        apart = landmarks_of(truth[some], hand=hand) - landmarks_of(guess[some], hand=hand)
        total += np.linalg.norm(apart[:, points], axis=-1).sum()
    return float(total / (len(truth) * len(points)))
