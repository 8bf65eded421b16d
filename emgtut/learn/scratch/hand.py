"""From predictions to a hand: errors, a finger in space, a steady value, the whole way."""
# mypy: allow-untyped-defs, allow-incomplete-defs
# Written as one writes in an interview; shapes and units stand in the docstrings.

import numpy as np

from emgtut.learn.scratch.fitting import ridge_fit, standardise_apply, standardise_fit
from emgtut.learn.scratch.signal import features, load_slice, valid_runs, window_starts


def angular_error(true, pred, valid, per_joint=False):
    """Mean absolute error of joint angles, on the rows that have a truth.

    Parameters
    ----------
    true : ndarray of shape (n, joints)
        Angles, in radians.
    pred : ndarray of shape (n, joints) or (joints,)
        Predictions, or one pose for all rows.
    valid : ndarray of bool, shape (n,)
        Rows that count; predictions elsewhere may be NaN.
    per_joint : bool
        One number a joint.

    Returns
    -------
    float or ndarray of shape (joints,)
        Error, in degrees; NaN if no row counts.

    Raises
    ------
    ValueError
        If the shapes do not fit.

    Notes
    -----
    Rows are chosen, not multiplied by 0: ``0 * nan`` is ``nan``.

    Examples
    --------
    >>> true, pred = np.zeros((2, 3)), np.full(3, np.pi / 2)
    >>> angular_error(true, pred, valid=np.array([True, False]))
    90.0
    """
    true, pred, valid = np.asarray(true), np.asarray(pred), np.asarray(valid, bool)
    if pred.shape not in (true.shape, true.shape[1:]) or valid.shape != true.shape[:1]:
        raise ValueError(f"true {true.shape}, pred {pred.shape} and valid {valid.shape} do not fit")
    if not valid.any():
        return np.full(true.shape[1], np.nan) if per_joint else float("nan")
    error = np.degrees(np.abs(np.broadcast_to(pred, true.shape)[valid] - true[valid]))
    return error.mean(axis=0) if per_joint else float(error.mean())


def finger_points(angles, lengths):
    """Place the knuckle, the two joints and the tip of a finger.

    Parameters
    ----------
    angles : ndarray of shape (n, 4)
        Spread, then flexion of knuckle, middle and end joint, in radians. Zero is a straight
        finger; flexion bends to the palm, spread turns to the thumb's side.
    lengths : array-like of shape (3,)
        Bones from the knuckle outwards, in mm.

    Returns
    -------
    ndarray of shape (n, 4, 3)
        Points in mm, the knuckle at the origin: x along the straight finger, y out of the back
        of the hand, z to the thumb's side.

    Notes
    -----
    Flexions add up along the finger, ``f = cumsum``; a bone points along
    ``(cos a cos f, -sin f, sin a cos f)`` for spread ``a``: the finger bends in one plane, and
    the spread turns that plane.

    Examples
    --------
    >>> finger_points(np.array([[0, np.pi / 2, 0, 0]]), [40, 25, 20])[0].round(6).tolist()
    [[0.0, 0.0, 0.0], [0.0, -40.0, 0.0], [0.0, -65.0, 0.0], [0.0, -85.0, 0.0]]
    """
    angles = np.asarray(angles, float)
    spread, bend = angles[:, :1], np.cumsum(angles[:, 1:], axis=1)
    along = np.stack(
        [np.cos(spread) * np.cos(bend), -np.sin(bend), np.sin(spread) * np.cos(bend)], axis=2
    )
    bones = along * np.asarray(lengths, float)[:, None]
    return np.concatenate([np.zeros((len(angles), 1, 3)), np.cumsum(bones, axis=1)], axis=1)


class OneEuro:
    """Low-pass filter whose cut-off rises with speed: calm at rest, quick in movement.

    Calling it with values ``x`` of shape (n,) and their time ``t`` in seconds returns smoothed
    values of that shape. A component that is not finite keeps its last output, 0 before its first
    finite value. A repeated stamp repeats the output.

    Parameters
    ----------
    min_cutoff : float
        Cut-off at rest, in Hz.
    beta : float
        How much the cut-off rises with speed, in Hz per unit a second.
    d_cutoff : float
        Cut-off of the speed, in Hz.

    Notes
    -----
    ``y += alpha(min_cutoff + beta |v|) (x - y)`` with ``alpha(c) = 1 / (1 + 1 / (2 pi c dt))``.
    The speed ``v`` is smoothed too: ``v += alpha(d_cutoff) ((x - y) / dt - v)``, from the smoothed
    value before this one. Casiez, Roussel and Vogel (2012).

    Examples
    --------
    >>> calm = OneEuro()
    >>> calm(np.array([0.0, np.nan]), 0.0).tolist(), calm(np.array([1.0, 5.0]), 0.03125).round(3)
    ([0.0, 0.0], array([0.178, 5.   ]))
    """

    def __init__(self, min_cutoff=1.0, beta=0.02, d_cutoff=1.0):
        self.min_cutoff, self.beta, self.d_cutoff = min_cutoff, beta, d_cutoff
        self.reset()

    def reset(self):
        """Forget all values."""
        self.t = None

    def __call__(self, x, t):
        """Return smoothed values."""
        x = np.asarray(x, float)
        known = np.isfinite(x)
        if self.t is None:
            self.t, self.y, self.v = t, np.zeros(x.shape), np.zeros(x.shape)
            self.seen = np.zeros(x.shape, bool)
        dt = t - self.t
        if dt > 0:

            def alpha(cutoff):
                return 1 / (1 + 1 / (2 * np.pi * cutoff * dt))

            step = np.where(known & self.seen, x - self.y, 0)
            v = self.v + alpha(self.d_cutoff) * (step / dt - self.v)
            self.v = np.where(known, v, self.v)
            self.y = self.y + alpha(self.min_cutoff + self.beta * np.abs(self.v)) * step
        self.y = np.where(known & ~self.seen, x, self.y)
        self.seen, self.t = self.seen | known, t
        return self.y.copy()


def predict_pose(path, train=(0, 45), test=(46, 60)):
    """Learn from one part of a recording, predict the hand in another.

    Parameters
    ----------
    path : path-like
        Session file.
    train, test : tuple of float
        Half-open ranges, in seconds since the first row.

    Returns
    -------
    dict
        ``time`` (n,) in seconds and ``angles`` (n, joints) in radians: 20 predictions a second,
        each for the last sample of its window. ``baseline`` (joints,): the mean training pose.

    Notes
    -----
    Windows of 250 ms every 50 ms; logarithms of features; ridge with alpha 10. Trained on windows
    of solved rows; the tested rows give EMG and stamps, never their angles.

    Examples
    --------
    >>> from emgtut import load_sample
    >>> found = predict_pose(load_sample())
    >>> found["time"].shape, found["angles"].shape, found["baseline"].shape
    ((276,), (276, 20), (20,))
    """
    known, new = load_slice(path, *train), load_slice(path, *test)
    rate = 1 / np.median(np.diff(known["time"]))
    width, hop = round(rate / 4), round(rate / 20)

    def described(rows, starts):
        return np.log(features(rows["emg"], starts, width) + 1e-3)

    starts = window_starts(valid_runs(known["valid"]), width, hop)
    last = known["angles"][starts + width - 1].astype(float)
    mean, scale = standardise_fit(X := described(known, starts))
    W, b = ridge_fit(standardise_apply(X, mean, scale), last, alpha=10)
    starts = window_starts([(0, len(new["time"]))], width, hop)
    return {
        "time": new["time"][starts + width - 1],
        "angles": standardise_apply(described(new, starts), mean, scale) @ W + b,
        "baseline": known["angles"][known["valid"]].mean(axis=0),
    }
