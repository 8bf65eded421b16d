"""Models: scikit-learn's own checks, closed forms, and what must be refused."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from emgtut.learn.models import AveragePose, CatBoostPose, MeanPose, RidgePose

FEW = CatBoostPose(iterations=60, thread_count=1)
MODELS = [MeanPose(), RidgePose(), FEW, AveragePose(trees=FEW)]
EACH = pytest.mark.parametrize("model", MODELS, ids=lambda m: type(m).__name__)
FITTING = pytest.mark.parametrize("model", MODELS[1:], ids=lambda m: type(m).__name__)

IN_DEGREES = "scikit-learn's targets are beyond a full turn, which is refused as degrees"


def _refused(estimator):
    return {
        "check_regressor_data_not_an_array": IN_DEGREES,
        "check_regressor_multioutput": IN_DEGREES,
    }


@parametrize_with_checks(
    [MeanPose(), RidgePose(), CatBoostPose(iterations=100, thread_count=1)],
    expected_failed_checks=_refused,
)
def test_is_a_scikit_learn_estimator(estimator, check):
    check(estimator)


@pytest.fixture
def data(rng):
    """Return amplitudes of 7 columns over 300 windows and 3 joints that follow their logarithms."""
    effort = np.cumsum(rng.normal(0, 0.1, (300, 7)), axis=0)
    X = np.exp(effort)
    y = 0.4 + np.tanh(effort[:, :3]) / 3 + rng.normal(0, 0.02, (300, 3))
    return X, y


@FITTING
def test_several_joints_at_once(model, data):
    X, y = data
    fitted = clone(model).fit(X, y)
    assert fitted.predict(X).shape == y.shape
    error = np.abs(fitted.predict(X) - y).mean(axis=0)
    assert (error < np.abs(y - y.mean(axis=0)).mean(axis=0)).all()
    # Rows alone and among others are predicted alike; one joint comes back as a vector.
    np.testing.assert_allclose(fitted.predict(X[:1]), fitted.predict(X)[:1], rtol=1e-12)
    assert clone(model).fit(X, y[:, 0]).predict(X).shape == (300,)
    assert clone(model).fit(X, y[:, :1]).predict(X).shape == (300, 1)


def test_mean_pose(data):
    X, y = data
    np.testing.assert_array_equal(
        MeanPose().fit(X, y).predict(X[:2] + 9), np.tile(y.mean(axis=0), (2, 1))
    )
    np.testing.assert_array_equal(MeanPose().fit(X[:1], y[:1]).predict(X), np.tile(y[0], (300, 1)))


def test_ridge_is_ridge_on_standardised_logarithms(data):
    X, y = data
    ours = RidgePose(alpha=7.0).fit(X, y)
    theirs = make_pipeline(StandardScaler(), Ridge(alpha=7.0)).fit(np.log(X), y)
    np.testing.assert_allclose(ours.predict(X), theirs.predict(np.log(X)), atol=1e-10)
    linear = make_pipeline(StandardScaler(), Ridge(alpha=7.0)).fit(X, y)
    np.testing.assert_allclose(
        RidgePose(7.0, log=False).fit(X, y).predict(X), linear.predict(X), atol=1e-10
    )
    # The unit of the EMG does not matter, the intercept is free.
    np.testing.assert_allclose(
        RidgePose(7.0).fit(X * 2.46e-6, y).predict(X * 2.46e-6), ours.predict(X), atol=1e-9
    )
    np.testing.assert_allclose(
        RidgePose(7.0).fit(X, y + 1).predict(X), ours.predict(X) + 1, atol=1e-10
    )


def test_logarithms_only_where_nothing_is_negative(data):
    X, y = data
    centred = X - X.mean(axis=0)
    assert RidgePose().fit(X, y).floor_ is not None
    assert RidgePose().fit(centred, y).floor_ is None
    assert make_pipeline(StandardScaler(), RidgePose()).fit(X, y).predict(X).shape == y.shape
    with pytest.raises(ValueError, match="log is True, but X has negative values"):
        RidgePose(log=True).fit(centred, y)
    # Silence counts as the quietest that was heard in training.
    fitted = RidgePose().fit(X, y)
    np.testing.assert_array_equal(fitted.predict(0 * X[:1]), fitted.predict(X.min(0)[np.newaxis]))


@FITTING
@pytest.mark.parametrize("level", [0.0, 3.0])
def test_a_constant_or_dead_channel_says_nothing(model, data, level):
    X, y = data
    dead = X.copy()
    dead[:, 2] = level
    fitted = clone(model).fit(dead, y)
    expected = fitted.predict(dead)
    alive = dead.copy()
    alive[:, 2] = 1e3
    np.testing.assert_array_equal(fitted.predict(alive), expected)
    without = clone(model).fit(np.delete(dead, 2, axis=1), y)
    np.testing.assert_allclose(without.predict(np.delete(dead, 2, axis=1)), expected, atol=1e-6)


@FITTING
def test_nothing_but_dead_channels_is_the_mean_pose(model, data):
    _, y = data
    fitted = clone(model).fit(np.ones((300, 4)), y)
    np.testing.assert_allclose(fitted.predict(np.ones((2, 4))), np.tile(y.mean(axis=0), (2, 1)))


@FITTING
def test_joints_that_do_not_move(model, data):
    X, y = data
    still = np.hstack([y[:, :1], np.full((300, 1), 0.3), y[:, 1:]])
    fitted = clone(model).fit(X, still)
    np.testing.assert_allclose(fitted.predict(X)[:, 1], 0.3, rtol=1e-12)
    np.testing.assert_allclose(
        np.delete(fitted.predict(X), 1, axis=1), clone(model).fit(X, y).predict(X), atol=1e-9
    )
    np.testing.assert_allclose(clone(model).fit(X, 0 * y + 0.3).predict(X), 0.3)


@FITTING
def test_trees_write_nothing_say_nothing_and_repeat(model, data, tmp_path, monkeypatch, capfd):
    X, y = data
    monkeypatch.chdir(tmp_path)
    one = clone(model).fit(X, y).predict(X)
    np.testing.assert_array_equal(clone(model).fit(X, y).predict(X), one)
    assert capfd.readouterr() == ("", "")
    assert list(Path().iterdir()) == []


def test_trees_do_not_leave_the_poses_of_the_training_and_ridge_does():
    effort = np.linspace(1, 2, 200)[:, np.newaxis]
    X, y = np.exp(effort), 0.5 * effort
    beyond = np.exp([[3.0]])
    assert CatBoostPose().fit(X, y).predict(beyond) < 1.05
    assert RidgePose(alpha=1e-6).fit(X, y).predict(beyond) == pytest.approx(1.5, abs=1e-3)
    average = AveragePose(ridge=RidgePose(alpha=1e-6)).fit(X, y)
    assert 1.2 < average.predict(beyond) < 1.3


def test_early_stopping_keeps_the_best_of_the_tail(data, rng):
    X, y = data
    noise = rng.uniform(0.1, 0.9, y.shape)
    stopped = CatBoostPose(400, learning_rate=0.3, early_stopping=10, thread_count=1)
    n_trees = stopped.fit(X, noise).model_.tree_count_
    assert n_trees < 40
    # As many trees, fitted to all rows.
    again = CatBoostPose(n_trees, learning_rate=0.3, thread_count=1).fit(X, noise)
    np.testing.assert_array_equal(stopped.predict(X), again.predict(X))
    with pytest.raises(ValueError, match="leave 0 of 300 rows to fit"):
        clone(stopped).set_params(gap=290).fit(X, y)


@EACH
def test_names_of_features_travel(model, data):
    X, y = data
    table = pd.DataFrame(X, columns=[f"rms_EMG{k:02d}" for k in range(1, 8)])
    fitted = clone(model).fit(table, y)
    assert list(fitted.feature_names_in_) == list(table)
    with pytest.raises(ValueError, match="feature names"):
        fitted.predict(table[table.columns[::-1]])
    if isinstance(model, CatBoostPose):
        assert fitted.model_.feature_names_ == list(table)
    table.iloc[4, 2] = np.nan
    with pytest.raises(ValueError, match=r"X is NaN at row 4, column rms_EMG03 \(1 such rows\)"):
        fitted.predict(table)


@EACH
def test_what_is_refused(model, data):
    X, y = data
    model = clone(model)
    with pytest.raises(ValueError, match="X has 300 rows and y has 299; pass one row of each"):
        model.fit(X, y[:-1])
    with pytest.raises(ValueError, match=r"y reaches .* rad, more than a full turn; if it is in "):
        model.fit(X, np.degrees(y))
    holed = X.copy()
    holed[[7, 9], 3] = np.nan
    with pytest.raises(ValueError, match=r"X is NaN at row 7, column 3 \(2 such rows\); leave"):
        model.fit(holed, y)
    with pytest.raises(ValueError, match="y is inf at row 2, column 1"):
        model.fit(X, np.where(np.arange(900).reshape(300, 3) == 7, np.inf, y))
    model.fit(X, y)
    with pytest.raises(ValueError, match="trained on another number of channels or features"):
        model.predict(X[:, :5])
    with pytest.raises(ValueError, match="X is NaN at row 7"):
        model.predict(holed)


@FITTING
def test_one_window_is_not_enough(model, data):
    X, y = data
    with pytest.raises(ValueError, match="minimum of 2 is required"):
        clone(model).fit(X[:1], y[:1])
    assert np.isfinite(clone(model).fit(X[:2], y[:2]).predict(X)).all()


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (RidgePose(alpha=-1), "alpha is -1"),
        (RidgePose(alpha=np.nan), "alpha is nan"),
        (RidgePose(log="yes"), "log is 'yes'; pass one of"),
        (CatBoostPose(iterations=0), "iterations is 0"),
        (CatBoostPose(depth=17), "depth is 17; pass at most 16"),
        (CatBoostPose(border_count=256), "border_count is 256"),
        (CatBoostPose(learning_rate=0), "learning_rate is 0"),
        (CatBoostPose(learning_rate=2), "learning_rate is 2"),
        (CatBoostPose(l2_leaf_reg=-1), "l2_leaf_reg is -1"),
        (CatBoostPose(early_stopping=0), "early_stopping is 0"),
        (CatBoostPose(early_stopping=5, validation_fraction=0), "validation_fraction is 0"),
        (CatBoostPose(early_stopping=5, gap=-1), "gap is -1"),
    ],
)
def test_parameters(model, message, data):
    with pytest.raises(ValueError, match=message):
        model.fit(*data)


def test_scikit_learn_searches_the_parameters_of_both(data):
    X, y = data
    search = GridSearchCV(RidgePose(), {"alpha": [0.1, 1e6]}, cv=3).fit(X, y)
    assert search.best_params_ == {"alpha": 0.1}
    average = AveragePose(ridge=RidgePose(), trees=FEW).set_params(ridge__alpha=3.0)
    assert average.fit(X, y).ridge_.alpha == 3.0
