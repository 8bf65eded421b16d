"""Files in, scores and a saved model out."""

import numpy as np
import pandas as pd
import pytest

from emgtut import AveragePose, EMGFilter, evaluate, load_model, load_sample, windows_of
from emgtut.learn.evaluate import predict_blocks, verdict
from emgtut.learn.metrics import r2
from emgtut.training import as_text, score, train, windows_for_training


@pytest.fixture(scope="module")
def sample():
    return load_sample("CountingUpDownFaceSideAway", seed=3, duration=30)


@pytest.mark.parametrize("model", ["ridge", "mean"])
def test_trained_scored_saved_loaded(sample, tmp_path, model):
    folder, scores = train([sample], tmp_path / "m", model=model, hop=0.1)
    assert len(scores) == 5
    assert (scores.skill > 0.2).all() if model == "ridge" else np.allclose(scores.skill, 0)
    again = load_model(folder)
    windows, _ = windows_for_training([sample], hop=0.1)
    assert again.predict(windows.X).shape == windows.y.shape
    assert again.conditions_["window"] == 400
    text = as_text(scores)
    assert "mean pose (deg)" in text
    assert ("cannot be decoded" in text) == (model == "mean")


def test_a_saved_model_on_another_recording(sample, tmp_path):
    folder, _ = train([sample], tmp_path / "m", model="ridge", hop=0.1)
    other = load_sample("CountingUpDownFaceSideAway", seed=4, duration=30)
    scores = score([other], model=str(folder))
    assert scores.skill.mean() > 0.1
    assert scores.mae_deg.mean() > score([sample], model=str(folder)).mae_deg.mean()


def test_a_model_is_refused_where_conditions_differ(sample, tmp_path, session_file):
    folder, _ = train([sample], tmp_path / "m", model="ridge", hop=0.1)
    with pytest.raises(ValueError, match=r"channels|targets|EMG"):
        score([session_file(n=9000, channels=8, angles=20)], model=str(folder))


def test_several_sessions_are_one_table(sample):
    other = load_sample("FingerWigglingSpreading", seed=3, duration=30)
    windows, unit = windows_for_training([sample, other], hop=0.1)
    assert windows.groups["stage"].nunique() == 2
    assert unit == "noise_sd"


def test_bad_input(sample, tmp_path):
    with pytest.raises(ValueError, match="model is 'forest'; pass one of 'catboost'"):
        train([sample], tmp_path / "m", model="forest")
    with pytest.raises(ValueError, match="or the folder of a saved model"):
        score([sample], model="no/such/folder")
    with pytest.raises(ValueError, match="name at least one file"):
        windows_for_training([])
    assert not (tmp_path / "m").exists()


def test_the_table_for_people_has_units():
    scores = pd.DataFrame(
        {
            "block": [0],
            "mae_deg": [8.123],
            "mean_pose_mae_deg": [16.6],
            "zero_pose_mae_deg": [20.0],
            "skill": [0.5],
            "r2": [0.61],
            "n_windows": [100],
        }
    )
    assert as_text(scores).split() == [
        *("block", "error", "(deg)", "mean", "pose", "(deg)", "flat", "hand", "(deg)"),
        *("skill", "R2", "windows"),
        *("0", "8.1", "16.6", "20.0", "0.50", "0.61", "100"),
    ]


@pytest.mark.parametrize("name", ["openbci_fingers_clean", "openbci_fingers_lost_tracking"])
def test_real_recordings_are_judged(real_file, name):
    path = real_file(f"{name}.hdf5")
    # the pipeline of the guide page "A recording of another device"
    clean = EMGFilter(250.0, highpass=15, lowpass=115, notch=60)
    windows = windows_of(path, window=0.2, hop=0.048, filter=clean)
    scores = evaluate(AveragePose(), windows, n_blocks=5, gap=0.75)
    assert "degrees of error" in as_text(scores)
    pred = predict_blocks(AveragePose(), windows, n_blocks=5, gap=0.75)
    if name.endswith("clean"):
        assert r2(windows.y, pred) >= 0.10
        assert verdict(scores).startswith("decoded")
    else:
        assert scores.skill.mean() > 0
        assert verdict(scores).startswith("not shown to be decodable")
