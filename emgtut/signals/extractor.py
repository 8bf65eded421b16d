"""Features of windows as a step of a scikit-learn pipeline."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from emgtut.signals.features import feature_names, window_features

#: Numbers to copy at once where windows do not lie one after the other in memory; 2 MB.
_AT_ONCE = 1 << 18


class FeatureExtractor(TransformerMixin, BaseEstimator):
    """Turn windows of EMG into features, one row a window.

    The features are those of `emgtut.window_features`. That function is the faster way from a
    recording to a table; this class is for windows that are cut out already, as in a loop that
    runs live, and for pipelines, which then take EMG and give poses.

    Parameters
    ----------
    features : sequence of str
        Which features, in this order; see `emgtut.window_features`.

    Attributes
    ----------
    n_features_in_ : int
        Channels of the windows in `fit`.
    window_ : int
        Samples in each of them. Waveform length and counts grow with it, so `transform` takes
        windows of this length only.

    See Also
    --------
    emgtut.window_features : The same from a whole recording.
    emgtut.windows_of : Features and poses of a session.

    Examples
    --------
    >>> import numpy as np
    >>> from emgtut import Emg2PoseSessionData, FeatureExtractor, load_sample, windows_of
    >>> with Emg2PoseSessionData(load_sample()) as session:
    ...     emg, windows = session.emg, windows_of(session)
    >>> cut_out = emg[windows.start[:, np.newaxis] + np.arange(windows.window)]
    >>> cut_out.shape == (len(windows), 400, 16)
    True
    >>> extractor = FeatureExtractor().fit(cut_out)
    >>> np.allclose(extractor.transform(cut_out), windows.X, rtol=1e-9)
    True
    >>> extractor.get_feature_names_out()[[0, -1]].tolist()
    ['rms_EMG01', 'wl_EMG16']
    """

    n_features_in_: int
    window_: int

    def __init__(self, features: Sequence[str] = ("rms", "mav", "wl")) -> None:
        self.features = features

    def fit(self, X: ArrayLike, y: object = None) -> Self:
        """Note how many channels windows have, and how long they are.

        Parameters
        ----------
        X : array-like of shape (n_windows, n_samples, n_channels)
            Windows of EMG, finite.
        y : object
            Not used; pipelines pass it.

        Returns
        -------
        FeatureExtractor
            This object.
        """
        windows = _as_windows(X)
        feature_names(windows.shape[2], self.features)  # refuses features that are not known
        _refuse_not_finite(windows)
        self.window_, self.n_features_in_ = windows.shape[1:]
        return self

    def transform(self, X: ArrayLike) -> np.ndarray:
        """Compute the features of windows.

        Parameters
        ----------
        X : array-like of shape (n_windows, n_samples, n_channels)
            Windows of EMG, finite, as long and as wide as in `fit`.

        Returns
        -------
        ndarray of shape (n_windows, n_features * n_channels)
            All channels of the first feature, then all of the second; 64-bit floats.
        """
        check_is_fitted(self)
        windows = _as_windows(X)
        n_windows, length, width = windows.shape
        if (length, width) != (self.window_, self.n_features_in_):
            raise ValueError(
                f"X has windows of {length} samples and {width} channels, but is expected to have "
                f"{self.window_} samples and {self.n_features_in_} channels as in fit; cut "
                "windows of that shape, or fit again"
            )
        # Windows one after the other are a recording with a hop of one window.
        some = n_windows
        if not windows.flags.c_contiguous:
            some = max(1, _AT_ONCE // (length * width))
        try:
            parts = [self._features_of(windows[k : k + some]) for k in range(0, n_windows, some)]
        except ValueError:
            _refuse_not_finite(windows)
            raise
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def _features_of(self, windows: np.ndarray) -> np.ndarray:
        _, length, width = windows.shape
        samples = windows.reshape(-1, width)
        return window_features(samples, window=length, hop=length, features=self.features)

    def get_feature_names_out(self, input_features: Sequence[str] | None = None) -> np.ndarray:
        """Name the columns of the result.

        Parameters
        ----------
        input_features : sequence of str, optional
            Names of the channels; ``EMG01``, ``EMG02``, ... by default.

        Returns
        -------
        ndarray of str objects
            ``rms_EMG01``, ``rms_EMG02``, ..., ``mav_EMG01``, ...
        """
        check_is_fitted(self)
        channels: Any = self.n_features_in_
        if input_features is not None:
            channels = [str(name) for name in input_features]
            if len(channels) != self.n_features_in_:
                raise ValueError(
                    "input_features should have length equal to number of features: it has "
                    f"{len(channels)}; pass {self.n_features_in_}, one name a channel"
                )
        return np.array(feature_names(channels, self.features), dtype=object)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.three_d_array = True
        return tags


def _as_windows(X: ArrayLike) -> np.ndarray:
    windows = np.asarray(X)
    if windows.ndim != 3 or 0 in windows.shape or windows.dtype.kind not in "fiu":
        hint = ""
        if windows.ndim == 2 and 0 not in windows.shape:
            hint = "; for one window pass X[np.newaxis], for a recording use window_features"
        raise ValueError(
            f"X has shape {windows.shape} and type {windows.dtype}; pass numbers in an array of "
            f"(n_windows, n_samples, n_channels), none of them 0{hint}"
        )
    return windows


def _refuse_not_finite(windows: np.ndarray) -> None:
    bad = ~np.isfinite(windows)
    if bad.any():
        k, i, c = np.argwhere(bad)[0]
        raise ValueError(
            f"X is {windows[k, i, c]} in window {k}, sample {i}, channel {c} "
            f"({int(bad.any(axis=(1, 2)).sum())} such windows); leave those windows out, or repair "
            "the EMG first"
        )
