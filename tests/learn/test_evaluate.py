"""Blocked scores of real models on made and recorded sessions, beside constant hands."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from emgtut import load_sample, make_session, windows_of
from emgtut.learn.evaluate import evaluate, over_users, per_user, predict_blocks, verdict
from emgtut.learn.metrics import angular_error, landmark_distance, r2
from emgtut.learn.models import AveragePose, CatBoostPose, MeanPose, RidgePose
from emgtut.learn.splits import LeaveRecordingsOut, LeaveUsersOut, blocked_split
from emgtut.signals.filters import EMGFilter
from emgtut.signals.pooling import windows_of_many

COLUMNS = [
    *("block", "mae_deg", "mean_pose_mae_deg", "zero_pose_mae_deg", "r2", "mean_pose_r2"),
    *("skill", "landmark_mm", "mean_pose_landmark_mm", "n_windows", "start_s", "stop_s"),
    *("user", "session", "stage", "side", "n_train"),
]


@pytest.fixture
def windows():
    return windows_of(load_sample())


def test_the_table_is_what_its_columns_say(windows):
    model = RidgePose()
    table = evaluate(model, windows, n_blocks=4, gap=1.0)
    assert list(table) == COLUMNS
    assert not hasattr(model, "coef_")
    assert table.n_windows.sum() == len(windows)
    splits = blocked_split(windows, 4, gap=1.0)
    for (train, test), row in zip(splits, table.itertuples(), strict=True):
        true, mean = windows.y[test], windows.y[train].mean(axis=0)
        pred = RidgePose().fit(windows.X[train], windows.y[train]).predict(windows.X[test])
        assert row.mae_deg == pytest.approx(angular_error(true, pred))
        assert row.mean_pose_mae_deg == pytest.approx(angular_error(true, mean))
        assert row.zero_pose_mae_deg == pytest.approx(np.degrees(np.abs(true).mean()))
        assert row.r2 == pytest.approx(r2(true, pred))
        assert row.skill == pytest.approx(1 - row.mae_deg / row.mean_pose_mae_deg)
        assert row.landmark_mm == pytest.approx(landmark_distance(true, pred))
        assert (row.n_windows, row.n_train) == (len(test), len(train))
        assert row.stop_s - row.start_s == pytest.approx(np.ptp(windows.time[test]))
    assert table.stage.unique().tolist() == ["CountingUpDownFaceSideAway"]


def test_a_test_block_teaches_nothing(windows):
    (_, test), *_ = blocked_split(windows)
    spoiled = windows.y.copy()
    spoiled[test] = 1.0
    honest = predict_blocks(RidgePose(), windows)[test]
    blind = predict_blocks(RidgePose(), replace(windows, y=spoiled))[test]
    np.testing.assert_array_equal(honest, blind)


def test_mean_pose_has_no_skill_and_predictions_are_those_that_are_scored(windows):
    table = evaluate(MeanPose(), windows)
    assert (table.skill == 0).all()
    assert (table.mae_deg == table.mean_pose_mae_deg).all()
    assert (table.r2 <= 0).all()
    pred = predict_blocks(RidgePose(), windows)
    weighted = np.average(evaluate(RidgePose(), windows).mae_deg, weights=table.n_windows)
    assert angular_error(windows.y, pred) == pytest.approx(weighted)


@pytest.mark.parametrize(
    ("stage", "seed"),
    [("CountingUpDownFaceSideAway", 0), ("CountingUpDownFaceSideAway", 3), ("unconstrained", 3)],
)
def test_trees_beat_ridge_and_both_beat_the_mean_pose(stage, seed):
    windows = windows_of(load_sample(stage, seed=seed))
    ridge, trees = evaluate(RidgePose(), windows), evaluate(CatBoostPose(), windows)
    assert trees.mae_deg.mean() < ridge.mae_deg.mean()
    assert (ridge.skill > 0.2).all()
    assert (trees.skill > 0.25).all()
    assert verdict(trees).startswith("decoded: ")


def test_any_model_with_fit_and_predict(windows):
    class Still:
        def fit(self, X, y):
            self.pose = np.median(y, axis=0)

        def predict(self, X):
            return np.tile(self.pose, (len(X), 1))

    assert len(evaluate(Still(), windows)) == 5
    assert (evaluate(make_pipeline(StandardScaler(), RidgePose()), windows).skill > 0).all()
    with pytest.raises(TypeError, match="pass one with fit and predict, such as RidgePose"):
        evaluate("ridge", windows)
    with pytest.raises(TypeError, match="split is 5; pass a splitter"):
        evaluate(Still(), windows, split=5)


def test_other_joints_have_no_millimetres(windows):
    few = replace(windows, y=windows.y[:, :5], target_names=windows.target_names[:5])
    table = evaluate(RidgePose(), few)
    assert table.landmark_mm.isna().all()
    assert table.mae_deg.notna().all()


def test_new_recordings_and_new_users(tmp_path):
    files = [
        make_session(
            tmp_path / f"2022-12-06-1670313600-e3096-cv-emg-pose-train@2-recording-{k}_{side}.hdf5",
            duration=8,
            seed=k,
            side=side,
            user=k,
        )
        for k in (1, 2, 3)
        for side in ("left", "right")
    ]
    windows = windows_of_many(files)
    for splitter in (LeaveRecordingsOut(), LeaveUsersOut()):
        table = evaluate(RidgePose(), windows, split=splitter)
        assert len(table) == table.held_out.nunique() == 3
        assert table.n_windows.sum() == len(windows)
        assert table.side.isna().all()
        assert table.user.nunique() == 3
    users = per_user(table)
    assert users.index.tolist() == sorted(table.user)
    assert over_users(users).loc["skill", "n"] == 3
    blocks = evaluate(RidgePose(), windows, n_blocks=3)
    assert blocks.user.isna().all()


def test_too_little_to_score(windows):
    one = replace(
        windows,
        X=windows.X[:1],
        y=windows.y[:1],
        time=windows.time[:1],
        start=windows.start[:1],
        groups=windows.groups[:1],
    )
    with pytest.raises(ValueError, match="n_blocks is 5, but a recording has 1 windows"):
        evaluate(RidgePose(), one)


@pytest.mark.parametrize(
    ("skills", "word"),
    [
        ([0.3, 0.35, 0.28, 0.31, 0.4], "decoded: "),
        ([0.2] * 5, "decoded: "),
        ([0.3, -0.25, 0.2, -0.1, 0.05], "not shown to be decodable"),
        ([-0.1, 0.05, -0.2, 0.0, -0.1], "cannot be decoded: "),
        ([0.0] * 5, "cannot be decoded: "),
    ],
)
def test_verdict(skills, word):
    table = pd.DataFrame({"skill": skills, "mae_deg": 30.0, "mean_pose_mae_deg": 31.0})
    assert verdict(table).startswith(word)
    assert f"better in {sum(np.array(skills) > 0)} of 5 blocks" in verdict(table)


def test_verdict_needs_blocks():
    with pytest.raises(ValueError, match="scores has 2 blocks with a skill"):
        verdict(pd.DataFrame({"skill": [0.1, 0.2, np.nan]}))


def test_users_weigh_the_same_however_long_they_recorded():
    scores = pd.DataFrame(
        {
            "user": ["a", "a", "b", "c"],
            "mae_deg": [10.0, 20.0, 30.0, 40.0],
            "landmark_mm": [np.nan, 5.0, np.nan, 7.0],
            "n_windows": [300, 100, 1, 1],
        }
    )
    users = per_user(scores)
    assert users.mae_deg.tolist() == [12.5, 30.0, 40.0]
    assert users.landmark_mm.tolist()[::2] == [5.0, 7.0]
    assert np.isnan(users.landmark_mm["b"])
    assert users.n_windows.tolist() == [400, 1, 1]
    over = over_users(users)
    assert over.loc["mae_deg", "mean"] == pytest.approx(27.5)
    assert over.loc["mae_deg", "sd"] == pytest.approx(np.std([12.5, 30, 40], ddof=1))
    assert over.n.tolist() == [3, 2]
    assert np.isnan(over_users(per_user(scores[:1])).loc["mae_deg", "sd"])
    with pytest.raises(ValueError, match="pass by= the one with users"):
        per_user(scores, by="who")
    with pytest.raises(ValueError, match="scores has no score"):
        per_user(scores[["user"]])


def _recorded(path):
    """Cut windows as the notes of AveragePose say."""
    clean = EMGFilter(250, highpass=15, lowpass=115, notch=60)
    return windows_of(path, window=0.4, hop=0.048, filter=clean)


def test_a_recording_of_a_person(real_file):
    windows = _recorded(real_file("openbci_fingers_clean.hdf5"))
    table = evaluate(AveragePose(), windows, gap=0.75)
    assert (table.skill > 0.1).all()
    assert table.r2.mean() > 0.1
    assert r2(windows.y, predict_blocks(AveragePose(), windows, gap=0.75)) > 0.12
    assert verdict(table).startswith("decoded: ")


def test_a_recording_that_is_hard_to_decode_is_not_called_decoded(real_file):
    windows = _recorded(real_file("openbci_fingers_lost_tracking.hdf5"))
    table = evaluate(AveragePose(), windows, gap=0.75)
    assert table.skill.mean() > 0
    assert verdict(table).startswith("not shown to be decodable")
    assert verdict(evaluate(RidgePose(), windows, gap=0.75)).startswith("not shown")
