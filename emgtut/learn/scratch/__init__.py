"""The interview's answers: from a file to a pose with NumPy and h5py, nothing hidden.

Short pieces, each with its formula. They are what the interview measures answers against, and what
the lesson on it prints. Rows are samples or windows, columns are channels, features or joints;
angles are in radians; every interval is half open, [start, stop).
"""

from emgtut.learn.scratch.fitting import (
    blocked_folds,
    cross_val_predict,
    kmeans,
    pca,
    ridge_fit,
    standardise_apply,
    standardise_fit,
)
from emgtut.learn.scratch.hand import OneEuro, angular_error, finger_points, predict_pose
from emgtut.learn.scratch.signal import envelope, features, load_slice, valid_runs, window_starts

__all__ = [
    "OneEuro",
    "angular_error",
    "blocked_folds",
    "cross_val_predict",
    "envelope",
    "features",
    "finger_points",
    "kmeans",
    "load_slice",
    "pca",
    "predict_pose",
    "ridge_fit",
    "standardise_apply",
    "standardise_fit",
    "valid_runs",
    "window_starts",
]
