"""FeatureExtractor: the features of windows, in pipelines, one at a time, without numba."""

import pickle
import subprocess
import sys

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view
from sklearn.base import clone
from sklearn.exceptions import NotFittedError, SkipTestWarning
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_estimator
from sklearn.utils.validation import check_is_fitted, validate_data

from emgtut import window_features
from emgtut.signals.extractor import FeatureExtractor
from emgtut.signals.features import FEATURES


@pytest.fixture
def windows(rng):
    return rng.normal(0, 18, (40, 25, 3))


def expected(windows, features=("rms", "mav", "wl")):
    rows = [window_features(w, window=len(w), hop=1, features=features)[0] for w in windows]
    return np.array(rows)


@pytest.mark.parametrize("features", [("rms", "mav", "wl"), FEATURES, ["zc", "wl"]])
def test_features_are_those_of_each_window(windows, features):
    found = FeatureExtractor(features).fit_transform(windows)
    assert found.dtype == np.float64
    np.testing.assert_allclose(found, expected(windows, features), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    "change",
    [
        lambda w: w.astype(np.float32),
        lambda w: np.round(w).astype(np.int16),
        lambda w: np.asfortranarray(w),
        lambda w: w[::-2, ::-1, ::2],
        lambda w: w.swapaxes(0, 1),
        lambda w: w.tolist(),
        lambda w: w[:1],
        lambda w: w.astype(">f8"),
    ],
)
def test_any_layout_and_type(windows, change):
    given = change(windows)
    found = FeatureExtractor(FEATURES).fit_transform(given)
    want = expected(np.array(given), FEATURES)
    np.testing.assert_allclose(found, want, rtol=1e-9, atol=1e-9)


def test_overlapping_windows_are_those_of_the_recording(rng):
    """Strided views, more than fit into one copy."""
    emg = rng.normal(0, 18, (30_000, 4)).astype(np.float32)
    cut = sliding_window_view(emg, 400, axis=0)[::50].swapaxes(1, 2)
    assert not cut.flags.c_contiguous
    found = FeatureExtractor(FEATURES).fit(cut).transform(cut)
    want = window_features(emg, window=400, hop=50, features=FEATURES)
    np.testing.assert_allclose(found, want, rtol=1e-9)


def test_one_window_gets_the_row_it_has_among_others(windows):
    extractor = FeatureExtractor().fit(windows)
    together = extractor.transform(windows)
    for k in (0, 17, 39):
        assert (extractor.transform(windows[k : k + 1]) == together[k]).all()
        assert (extractor.transform(windows[k][np.newaxis]) == together[k]).all()


def test_names_travel(windows):
    extractor = FeatureExtractor(["wl", "zc"]).fit(windows)
    names = extractor.get_feature_names_out()
    assert names.dtype == object
    assert names.tolist() == [
        "wl_EMG01",
        "wl_EMG02",
        "wl_EMG03",
        "zc_EMG01",
        "zc_EMG02",
        "zc_EMG03",
    ]
    assert extractor.get_feature_names_out(["a", "b", "c"])[:2].tolist() == ["wl_a", "wl_b"]
    with pytest.raises(ValueError, match="it has 2; pass 3, one name a channel"):
        extractor.get_feature_names_out(["a", "b"])
    chain = make_pipeline(FeatureExtractor(["rms"]), StandardScaler()).fit(windows)
    assert chain.get_feature_names_out().tolist() == ["rms_EMG01", "rms_EMG02", "rms_EMG03"]
    table = FeatureExtractor(["rms"]).set_output(transform="pandas").fit_transform(windows)
    assert list(table.columns) == ["rms_EMG01", "rms_EMG02", "rms_EMG03"]


def test_from_emg_to_angles_in_one_pipeline(rng):
    effort = rng.uniform(1, 5, (120, 3))
    emg = rng.normal(size=(120, 200, 3)) * effort[:, np.newaxis]
    chain = make_pipeline(FeatureExtractor(), StandardScaler(), Ridge())
    found = cross_val_predict(chain, emg, effort, cv=3)
    assert np.abs(found - effort).mean() < 0.5 * np.abs(effort - effort.mean(axis=0)).mean()
    step = "featureextractor__features"
    search = GridSearchCV(chain, {step: [("zc",), ("rms",)]}, cv=3).fit(emg, effort)
    assert search.best_params_ == {step: ("rms",)}
    assert search.best_estimator_.predict(emg[:1]).shape == (1, 3)


# -- scikit-learn's own checks --------------------------------------------------------------------


class OneChannel(FeatureExtractor):
    """Takes the tables that scikit-learn's checks bring: each row is a window of one channel."""

    def fit(self, X, y=None):
        table = validate_data(self, X, dtype="numeric")
        super().fit(table[:, :, np.newaxis])
        self.n_features_in_ = table.shape[1]
        return self

    def transform(self, X):
        check_is_fitted(self)
        table = validate_data(self, X, reset=False, dtype="numeric")
        self.__dict__, kept = self.__dict__ | {"n_features_in_": 1}, self.__dict__
        try:
            return super().transform(table[:, :, np.newaxis])
        finally:
            self.__dict__ = kept

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = True
        return tags


def test_scikit_learn_s_checks_pass_but_for_the_shape():
    results = check_estimator(OneChannel(), on_skip=None, on_fail="raise")
    assert sum(result["status"] == "passed" for result in results) > 30
    with pytest.warns(SkipTestWarning, match="three_d_array=True"):
        check_estimator(FeatureExtractor())


def test_construction_stores_and_clones(windows):
    features = ["wl", "rms"]
    extractor = FeatureExtractor(features)
    assert vars(extractor) == {"features": features}
    assert extractor.features is features
    assert clone(extractor.fit(windows)).get_params() == {"features": features}
    assert FeatureExtractor(["no such"]).get_params() == {"features": ["no such"]}
    again = pickle.loads(pickle.dumps(extractor))
    assert (again.transform(windows) == extractor.transform(windows)).all()


# -- what is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda w: w[0], r"shape \(25, 3\).*for one window pass X\[np.newaxis\], for a recording"),
        (lambda w: w[0, 0], r"shape \(3,\).*\(n_windows, n_samples, n_channels\)"),
        (lambda w: w[:0], r"shape \(0, 25, 3\).*none of them 0"),
        (lambda w: w[:, :, :0], r"shape \(40, 25, 0\)"),
        (lambda w: w.astype(str), "type <U32; pass numbers"),
        (lambda w: w * 1j, "type complex128; pass numbers"),
        (lambda w: w[:, :24], "windows of 24 samples and 3 channels.*25 samples and 3.*cut"),
        (lambda w: w[:, :, :2], "windows of 25 samples and 2 channels"),
        (
            lambda w: np.where(w == w[3, 4, 2], np.nan, w),
            "X is nan in window 3, sample 4, channel 2",
        ),
        (
            lambda w: np.where(w == w[3, 4, 2], np.inf, w),
            "X is inf in window 3, sample 4, channel 2",
        ),
    ],
)
def test_bad_windows_are_named(windows, change, says):
    with pytest.raises(ValueError, match=says):
        FeatureExtractor().fit(windows).transform(change(windows))


def test_numbers_too_large_to_square(windows):
    with pytest.raises(ValueError, match="whose square is too large"):
        FeatureExtractor().fit(windows).transform(windows * 1e200)
    with pytest.raises(ValueError, match=r"X is nan in window 0, .*\(40 such windows\)"):
        FeatureExtractor().fit(windows * np.nan)


def test_not_fitted_and_unknown_features(windows):
    with pytest.raises(NotFittedError):
        FeatureExtractor().transform(windows)
    with pytest.raises(NotFittedError):
        FeatureExtractor().get_feature_names_out()
    with pytest.raises(ValueError, match="feature is 'fft'; pass one of 'rms', 'mav'"):
        FeatureExtractor(["fft"]).fit(windows)
    with pytest.raises(TypeError, match=r"features is 'rms'; pass a sequence of names: \('rms',\)"):
        FeatureExtractor("rms").fit(windows)


WITHOUT_NUMBA = """
import sys
sys.modules["numba"] = None  # importing it now fails, as where it is not installed
import numpy as np
from emgtut import load_sample, windows_of
from emgtut.signals._window_sums import compiled
from emgtut.signals.extractor import FeatureExtractor
from emgtut.signals.filters import EMGFilter
from emgtut.signals.pooling import windows_of_many

assert compiled("float32") is None
path = load_sample(duration=10)
windows = windows_of(path, filter=EMGFilter(2000, highpass=20))
assert len(windows_of_many([path])) == len(windows)
emg = np.random.default_rng(0).normal(size=(5, 40, 2))
np.save(sys.argv[1], FeatureExtractor().fit_transform(emg))
assert "numba" not in [name for name, module in sys.modules.items() if module is not None]
"""


def test_without_numba(tmp_path):
    path = tmp_path / "features.npy"
    subprocess.run([sys.executable, "-c", WITHOUT_NUMBA, path], check=True)
    emg = np.random.default_rng(0).normal(size=(5, 40, 2))
    np.testing.assert_allclose(np.load(path), FeatureExtractor().fit_transform(emg), rtol=1e-12)
