"""Models from window features to joint angles: a constant hand, ridge, boosted trees.

They keep scikit-learn's interface: rows of ``X`` are windows in the order of time, ``y`` holds
joint angles in radians.
"""

import math
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.linear_model import Ridge

from emgtut import _checks
from emgtut._optional import require
from emgtut.learn._pose_model import PoseModel


class MeanPose(PoseModel):
    """Predict the mean pose of the training, whatever the signal says.

    The baseline: a model that does not beat it has learnt nothing from the EMG.

    Attributes
    ----------
    pose_ : ndarray of shape (n_joints,)
        Mean pose, in radians.
    n_features_in_ : int
        Number of features in training.

    Examples
    --------
    >>> from emgtut.learn.models import MeanPose
    >>> MeanPose().fit([[1.0], [2.0]], [[0.2, 0.4], [0.4, 0.4]]).predict([[9.0]])
    array([[0.3, 0.4]])
    """

    def _fit(self, X: np.ndarray, y: np.ndarray) -> None:
        self.pose_ = y.mean(axis=0)

    def _predict(self, X: np.ndarray) -> np.ndarray:
        return np.tile(self.pose_, (len(X), 1))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.regressor_tags.poor_score = True
        return tags


class RidgePose(PoseModel):
    """Predict joint angles by ridge regression on standardised logarithms of the features.

    Amplitudes act by ratios: twice the effort is one step up, from quiet or from loud. So
    features that are never negative, such as RMS, MAV and WL, go through a logarithm first. Each
    column is then brought to mean 0 and standard deviation 1 in the training rows.

    Parameters
    ----------
    alpha : float
        Penalty on the squared weights, 0 or more; the intercept is free. It weighs against the
        sum over windows: twice the windows halve its effect.
    log : bool or "auto"
        Whether to take logarithms. ``"auto"`` takes them if no feature is negative anywhere in
        the training rows.

    Attributes
    ----------
    coef_ : ndarray of shape (n_joints, n_features)
        Weights of the standardised features, in radians a standard deviation.
    intercept_ : ndarray of shape (n_joints,)
        Mean pose of the training, in radians.
    mean_, scale_ : ndarray of shape (n_features,)
        Subtracted from the columns, then divided by; the scale of a constant column is 1.
    floor_ : ndarray of shape (n_features,) or None
        Smallest positive value of each column in training. What is below counts as this much:
        silence has no logarithm. None without logarithms.
    n_features_in_ : int
        Number of features in training.

    Notes
    -----
    A column that is constant in training, such as that of a dead channel, gets the weight 0.

    Examples
    --------
    >>> import numpy as np
    >>> from emgtut.learn.models import RidgePose
    >>> rms = np.array([[1.0], [2.0], [4.0], [8.0]])
    >>> model = RidgePose(alpha=0).fit(rms, [0.1, 0.2, 0.3, 0.4])
    >>> model.predict([[16.0]]).round(3)
    array([0.5])
    """

    _least_rows = 2

    def __init__(self, alpha: float = 10.0, *, log: bool | str = "auto") -> None:
        self.alpha = alpha
        self.log = log

    def _fit(self, X: np.ndarray, y: np.ndarray) -> None:
        _at_least("alpha", self.alpha, 0)
        log = _checks.one_of("log", self.log, [True, False, "auto"])
        if log is True and (X < 0).any():
            raise ValueError(
                f"log is True, but X has negative values, down to {X.min():.3g}; pass log=False, "
                "or features that are amplitudes"
            )
        self.floor_ = None
        if log is True or (log == "auto" and not (X < 0).any()):
            floor = np.min(X, axis=0, initial=np.inf, where=X > 0)
            self.floor_ = np.where(np.isfinite(floor), floor, 1.0)
        table = self._logs(X)
        still = np.ptp(table, axis=0) == 0
        self.mean_ = table.mean(axis=0)
        self.scale_ = np.where(still, 1.0, table.std(axis=0))
        table = (table - self.mean_) / self.scale_
        table[:, still] = 0
        ridge = Ridge(alpha=self.alpha).fit(table, y)
        self.coef_ = np.reshape(ridge.coef_, (y.shape[1], -1))
        self.coef_[:, still] = 0
        self.intercept_ = np.reshape(ridge.intercept_, -1)

    def _predict(self, X: np.ndarray) -> np.ndarray:
        return (self._logs(X) - self.mean_) / self.scale_ @ self.coef_.T + self.intercept_

    def _logs(self, X: np.ndarray) -> np.ndarray:
        return X if self.floor_ is None else np.log(np.maximum(X, self.floor_))


class CatBoostPose(PoseModel):
    """Predict all joint angles at once by boosted trees (CatBoost, ``MultiRMSE``).

    The settings are made for a minute of EMG. Trees split on the order of the values, so no
    logarithm is needed; they never predict a pose beyond those seen in training.

    Parameters
    ----------
    iterations : int
        Number of trees, or the most with ``early_stopping``.
    learning_rate : float
        Share of each tree's correction that is taken, above 0, at most 1.
    depth : int
        Depth of the trees, 1 to 16.
    l2_leaf_reg : float
        Penalty on the leaves, 0 or more, in windows: a leaf that holds so many moves halfway.
        Overlapping windows are near copies, so that a leaf knows less than its windows are many.
    border_count : int
        Number of values at which a feature can be split, 1 to 255. 32 trains several times
        faster than CatBoost's 254, at the same score.
    early_stopping : int, optional
        Stop when so many trees in a row have not improved the score on the tail, keep those up to
        the best, and fit as many again to all rows. Off by default: in a recording of a minute
        the tail is a few movements, which may be unlike the rest.
    validation_fraction : float
        Share of the rows, the last in time, that make the tail.
    gap : int
        Rows left out before the tail, whose windows may overlap with it.
    thread_count : int
        Number of threads; -1 for as many as there are cores.
    random_seed : int
        Same seed and data, same model.

    Attributes
    ----------
    model_ : catboost.CatBoostRegressor or None
        The trees; None if nothing varied in training.
    pose_ : ndarray of shape (n_joints,)
        Mean pose of the training, in radians: what is predicted for joints that did not move.
    moving_ : ndarray of bool, shape (n_joints,)
        True for the joints that the trees predict.
    n_features_in_ : int
        Number of features in training.

    Notes
    -----
    ``MultiRMSE`` refuses a target that is constant; such joints are left out of the trees and
    put back. Nothing is printed, and nothing is written into the working folder.

    References
    ----------
    Prokhorenkova et al. 2018, CatBoost: unbiased boosting with categorical features, NeurIPS 31.

    Examples
    --------
    >>> import numpy as np
    >>> from emgtut.learn.models import CatBoostPose
    >>> rms = np.linspace(1, 9, 500)[:, np.newaxis]
    >>> bent = np.hstack([rms > 5, np.ones((500, 1))]) * 0.5
    >>> CatBoostPose().fit(rms, bent).predict([[1.0], [9.0]]).round(1)
    array([[0. , 0.5],
           [0.5, 0.5]])
    """

    _least_rows = 2

    def __init__(
        self,
        iterations: int = 200,
        *,
        learning_rate: float = 0.05,
        depth: int = 4,
        l2_leaf_reg: float = 20.0,
        border_count: int = 32,
        early_stopping: int | None = None,
        validation_fraction: float = 0.2,
        gap: int = 10,
        thread_count: int = -1,
        random_seed: int = 0,
    ) -> None:
        self.iterations = iterations
        self.learning_rate = learning_rate
        self.depth = depth
        self.l2_leaf_reg = l2_leaf_reg
        self.border_count = border_count
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.gap = gap
        self.thread_count = thread_count
        self.random_seed = random_seed

    def _fit(self, X: np.ndarray, y: np.ndarray) -> None:
        settings = self._settings()
        self.pose_ = y.mean(axis=0)
        self.model_ = None
        n_fitted, n_tail = self._tail(len(X))
        self.moving_ = _varies(y) & _varies(y[:n_fitted])
        if not (self.moving_.any() and _varies(X[:n_fitted]).any()):
            self.moving_ = np.zeros_like(self.moving_)
            return
        moving = y[:, self.moving_]
        trees = require("catboost", extra="regression").CatBoostRegressor
        if self.early_stopping is not None:
            first = trees(**settings).fit(
                X[:n_fitted],
                moving[:n_fitted],
                eval_set=(X[-n_tail:], moving[-n_tail:]),
                early_stopping_rounds=self.early_stopping,
            )
            settings["iterations"] = max(1, first.tree_count_)
        self.model_ = trees(**settings).fit(X, moving)
        if hasattr(self, "feature_names_in_"):
            self.model_.set_feature_names(list(self.feature_names_in_))

    def _predict(self, X: np.ndarray) -> np.ndarray:
        found = np.tile(self.pose_, (len(X), 1))
        if self.model_ is not None:
            found[:, self.moving_] = self.model_.predict(X).reshape(len(X), -1)
        return found

    def _settings(self) -> dict[str, Any]:
        if _at_least("learning_rate", self.learning_rate, 0) > 1 or self.learning_rate == 0:
            raise ValueError(f"learning_rate is {self.learning_rate}; pass above 0, at most 1")
        if self.early_stopping is not None:
            _checks.count("early_stopping", self.early_stopping)
        if _checks.count("depth", self.depth) > 16:
            raise ValueError(f"depth is {self.depth}; pass at most 16")
        if _checks.count("border_count", self.border_count) > 255:
            raise ValueError(f"border_count is {self.border_count}; pass at most 255")
        return {
            "loss_function": "MultiRMSE",
            "iterations": _checks.count("iterations", self.iterations),
            "learning_rate": self.learning_rate,
            "depth": self.depth,
            "l2_leaf_reg": _at_least("l2_leaf_reg", self.l2_leaf_reg, 0),
            "border_count": self.border_count,
            "thread_count": self.thread_count,
            "random_seed": self.random_seed,
            "allow_writing_files": False,
            "verbose": False,
        }

    def _tail(self, n_rows: int) -> tuple[int, int]:
        """Return how many rows are fitted before the gap, and how many make the tail."""
        if self.early_stopping is None:
            return n_rows, 0
        gap = _checks.count("gap", self.gap, least=0)
        share = _checks.positive("validation_fraction", self.validation_fraction)
        n_tail = math.ceil(share * n_rows)
        n_fitted = n_rows - n_tail - gap
        if n_fitted < 2:
            raise ValueError(
                f"validation_fraction {share:g} and gap {gap} leave {max(n_fitted, 0)} of {n_rows} "
                "rows to fit; pass smaller ones, more windows, or early_stopping=None"
            )
        return n_fitted, n_tail


class AveragePose(PoseModel):
    """Predict the average of ridge and trees, which go wrong in different ways.

    Ridge follows the signal beyond anything seen in training; trees follow bends that ridge
    cannot, and never leave the poses of the training. On noisy recordings the average of both
    explains more than either.

    Parameters
    ----------
    ridge : RidgePose, optional
        The one model; ``RidgePose()`` by default.
    trees : CatBoostPose, optional
        The other; ``CatBoostPose()`` by default.

    Attributes
    ----------
    ridge_, trees_ : RidgePose, CatBoostPose
        Fitted copies.
    n_features_in_ : int
        Number of features in training.

    Notes
    -----
    For recordings of eight electrodes at 250 Hz that hum, with angles from a camera::

        clean = EMGFilter(250, highpass=15, lowpass=115, notch=60)
        windows = windows_of(path, window=0.4, hop=0.048, filter=clean)
        scores = evaluate(AveragePose(), windows, n_blocks=5, gap=0.75)
        print(verdict(scores))

    At such a rate 0.2 s are 50 samples, too few to tell amplitudes apart; 0.4 s are steadier.

    Examples
    --------
    >>> import numpy as np
    >>> from emgtut.learn.models import AveragePose
    >>> rms = np.linspace(1, 9, 50)[:, np.newaxis]
    >>> model = AveragePose().fit(rms, 0.1 * np.log(rms))
    >>> model.predict([[100.0]]) < 0.1 * np.log(100)
    array([[ True]])
    """

    _least_rows = 2

    def __init__(
        self, *, ridge: RidgePose | None = None, trees: CatBoostPose | None = None
    ) -> None:
        self.ridge = ridge
        self.trees = trees

    def _fit(self, X: np.ndarray, y: np.ndarray) -> None:
        self.ridge_ = (RidgePose() if self.ridge is None else clone(self.ridge)).fit(X, y)
        self.trees_ = (CatBoostPose() if self.trees is None else clone(self.trees)).fit(X, y)

    def _predict(self, X: np.ndarray) -> np.ndarray:
        return (self.ridge_.predict(X) + self.trees_.predict(X)) / 2


def _at_least(name: str, value: float, least: float) -> float:
    if not (math.isfinite(value) and value >= least):
        raise ValueError(f"{name} is {value}; pass a finite number of at least {least}")
    return value


def _varies(table: np.ndarray) -> np.ndarray:
    """Return True for each column that is not constant in the 32-bit floats of CatBoost."""
    return np.ptp(table.astype(np.float32), axis=0) > 0
