"""What the models share: the input that scikit-learn's interface brings is checked in one place."""

from abc import ABC, abstractmethod
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, MultiOutputMixin, RegressorMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from emgtut.learn.metrics import refuse_degrees


class PoseModel(MultiOutputMixin, RegressorMixin, BaseEstimator, ABC):
    """A regressor of joint angles, in radians, from features; subclasses fit and predict arrays."""

    _least_rows = 1
    n_features_in_: int

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Fit the model.

        Parameters
        ----------
        X : array-like of shape (n_windows, n_features)
            Features, finite, in the order of time.
        y : array-like of shape (n_windows, n_joints) or (n_windows,)
            Joint angles, in radians.

        Returns
        -------
        object
            The fitted model.

        Raises
        ------
        ValueError
            If lengths disagree, a value is not finite, or ``y`` is in degrees.
        """
        n_rows, n_poses = _n_rows(X), _n_rows(y)
        if None not in (n_rows, n_poses) and n_rows != n_poses:
            raise ValueError(
                f"X has {n_rows} rows and y has {n_poses}; pass one row of each for every window"
            )
        given = np.asarray(y)
        if given.dtype.kind == "f" and given.ndim in (1, 2):
            # scikit-learn would refuse it too, without saying where.
            self._refuse_not_finite("y", given)
        table, poses = validate_data(
            self,
            X,
            y,
            multi_output=True,
            y_numeric=True,
            dtype=np.float64,
            ensure_all_finite=False,
            ensure_min_samples=self._least_rows,
        )
        self._refuse_not_finite("X", table)
        refuse_degrees("y", poses)
        self.one_target_ = poses.ndim == 1
        self._fit(table, poses.reshape(len(poses), -1).astype(np.float64))
        return self

    def predict(self, X: ArrayLike) -> np.ndarray:
        """Predict joint angles.

        Parameters
        ----------
        X : array-like of shape (n_windows, n_features)
            Features, finite: the same as in training, in the same order.

        Returns
        -------
        ndarray of shape (n_windows, n_joints) or (n_windows,)
            Joint angles, in radians; shaped as ``y`` was in training.

        Raises
        ------
        ValueError
            If the number of features is not that of the training, or a value is not finite.
        """
        check_is_fitted(self)
        try:
            table = validate_data(self, X, reset=False, dtype=np.float64, ensure_all_finite=False)
        except ValueError as error:
            if "features as input" in str(error):
                raise ValueError(
                    f"{error}: it was trained on another number of channels or features; "
                    "compute the features of the training, on as many channels"
                ) from None
            raise
        self._refuse_not_finite("X", table)
        found = self._predict(table)
        return found[:, 0] if self.one_target_ else found

    @abstractmethod
    def _fit(self, X: np.ndarray, y: np.ndarray) -> None: ...

    @abstractmethod
    def _predict(self, X: np.ndarray) -> np.ndarray: ...

    def _refuse_not_finite(self, name: str, values: np.ndarray) -> None:
        bad = ~np.isfinite(values.reshape(len(values), -1))
        if bad.any():
            row, column = (int(k) for k in np.argwhere(bad)[0])
            label = getattr(self, "feature_names_in_", None) if name == "X" else None
            where = f"column {column}" if label is None else f"column {label[column]}"
            kind = "NaN" if np.isnan(values.reshape(len(values), -1)[row, column]) else "inf"
            raise ValueError(
                f"{name} is {kind} at row {row}, {where} ({int(bad.any(axis=1).sum())} such rows); "
                "leave those windows out"
            )


def _n_rows(values: Any) -> int | None:
    shape = getattr(values, "shape", None)
    if shape is not None:
        return int(shape[0]) if shape else None
    return len(values) if isinstance(values, (list, tuple)) else None
