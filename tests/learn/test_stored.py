"""Models on disk: the same predictions from another folder, and every way a folder can be wrong."""

import json
import shutil
import zipfile

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.linear_model import Ridge

from emgtut import load_sample, windows_of
from emgtut.learn.conditions import conditions_of
from emgtut.learn.models import AveragePose, CatBoostPose, MeanPose, RidgePose
from emgtut.learn.stored import load_model, save_model
from emgtut.signals.filters import EMGFilter

FEW = CatBoostPose(iterations=20, thread_count=1)
MODELS = [
    MeanPose(),
    RidgePose(alpha=np.float64(3)),
    RidgePose(log=False),
    FEW,
    AveragePose(trees=FEW),
]


@pytest.fixture
def windows():
    return windows_of(load_sample(), filter=EMGFilter(2000, highpass=60))


@pytest.fixture
def saved(tmp_path, windows):
    """Return the folder of a saved model."""
    model = AveragePose(trees=FEW).fit(windows.X, windows.y)
    return save_model(model, tmp_path / "saved", windows=windows, emg_unit="noise_sd")


@pytest.mark.parametrize("model", MODELS, ids=repr)
@pytest.mark.parametrize("one_target", [False, True])
def test_there_and_back(model, one_target, windows, tmp_path):
    y = windows.y[:, 3] if one_target else windows.y.copy()
    if not one_target:
        y[:, 7] = 0.25
    model = clone(model).fit(pd.DataFrame(windows.X, columns=windows.feature_names), y)
    folder = save_model(model, tmp_path / "deep" / "model", windows=windows)
    folder = shutil.move(folder, tmp_path / "elsewhere")
    again = load_model(folder)
    assert type(again) is type(model)
    table = pd.DataFrame(windows.X[:9], columns=windows.feature_names)
    np.testing.assert_array_equal(again.predict(table), model.predict(table))
    assert again.predict(table).shape == y[:9].shape
    assert list(again.feature_names_in_) == list(windows.feature_names)
    if not isinstance(model, AveragePose):
        assert again.get_params() == model.get_params()
    assert again.conditions_ == conditions_of(windows)
    # A loaded model is one like any other: it can be saved and fitted again.
    twice = load_model(save_model(again, tmp_path / "twice"))
    assert twice.conditions_ == again.conditions_
    clone(again).fit(windows.X, windows.y)


def test_nothing_is_pickled_and_the_folder_says_what_it_is(saved):
    index = json.loads((saved / "model.json").read_text())
    assert sorted(file.name for file in saved.iterdir()) == [
        "model-ridge.npz",
        "model-trees.cbm",
        "model-trees.npz",
        "model.json",
    ]
    assert zipfile.is_zipfile(saved / "model-ridge.npz")
    assert index["format_version"] == 1
    assert index["emgtut"]
    conditions = index["conditions"]
    assert conditions["filter"]["kind"] == "EMGFilter"
    assert conditions["filter"]["highpass"] == 60
    assert conditions["emg_unit"] == "noise_sd"
    assert conditions["channel_names"][:2] == ["EMG01", "EMG02"]
    assert len(conditions["feature_names"]) == 48
    assert len(conditions["target_names"]) == 20
    assert {"sample_rate": 2000.0, "window": 400, "hop": 200}.items() <= conditions.items()
    # A new folder like any other: nothing left beside it, others may read it as usual.
    assert [path.name for path in saved.parent.iterdir()] == ["saved"]
    (saved.parent / "new").mkdir()
    assert saved.stat().st_mode == (saved.parent / "new").stat().st_mode


def test_a_model_is_replaced_whole_and_nothing_else_is(saved, windows, tmp_path):
    save_model(MeanPose().fit(windows.X, windows.y), saved)
    assert sorted(file.name for file in saved.iterdir()) == ["model.json", "model.npz"]
    assert isinstance(load_model(saved), MeanPose)
    assert [path.name for path in tmp_path.iterdir()] == ["saved"]
    thesis = tmp_path / "thesis"
    thesis.mkdir()
    (thesis / "chapter1.txt").write_text("mine")
    with pytest.raises(FileExistsError, match="exists and is not a saved model"):
        save_model(MeanPose().fit(windows.X, windows.y), thesis)
    assert (thesis / "chapter1.txt").read_text() == "mine"
    with pytest.raises(FileExistsError):
        save_model(MeanPose().fit(windows.X, windows.y), thesis / "chapter1.txt")


def test_what_cannot_be_saved(windows, tmp_path):
    with pytest.raises(ValueError, match="RidgePose is not fitted; call its fit"):
        save_model(RidgePose(), tmp_path / "m")
    with pytest.raises(TypeError, match="model is a Ridge; pass one of MeanPose, RidgePose"):
        save_model(Ridge().fit(windows.X, windows.y), tmp_path / "m")
    few = MeanPose().fit(windows.X[:, :5], windows.y)
    with pytest.raises(ValueError, match="trained on 5 features and windows have 48"):
        save_model(few, tmp_path / "m", windows=windows)
    assert list(tmp_path.iterdir()) == []


def _cut(name):
    def break_it(folder):
        file = folder / name
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])

    return break_it


def _edit(**changes):
    def break_it(folder):
        file = folder / "model.json"
        file.write_text(json.dumps(json.loads(file.read_text()) | changes))

    return break_it


def _foreign(folder):
    (folder / "model.json").write_text('{"weights": [1, 2]}')


@pytest.mark.parametrize(
    ("break_it", "message"),
    [
        (_cut("model.json"), "model.json is damaged or cut short"),
        (_cut("model-ridge.npz"), "model-ridge.npz is damaged or cut short"),
        (_cut("model-trees.cbm"), "model-trees.cbm is damaged or cut short"),
        (lambda folder: (folder / "model-trees.cbm").unlink(), "model-trees.cbm is missing"),
        (lambda folder: (folder / "model.json").unlink(), "has no model.json"),
        (_foreign, "model.json is not from emgtut"),
        (lambda folder: (folder / "model.json").write_text("[]"), "is not from emgtut"),
        (_edit(format_version=2), "in format 2, and this emgtut knows 1; type: pip install --up"),
        (_edit(format_version="new"), "in format new"),
        (_edit(sha256=None), "model.json is incomplete"),
        (_edit(model={"kind": "MeanPose"}), "does not fit the files beside it"),
        (_edit(model={"kind": "Evil"}), "kind is 'Evil'"),
    ],
)
def test_a_folder_that_is_wrong_says_so(saved, break_it, message):
    break_it(saved)
    with pytest.raises(ValueError, match=message) as caught:
        load_model(saved)
    assert str(saved) in str(caught.value)


def test_no_folder(tmp_path):
    with pytest.raises(FileNotFoundError, match="no such folder of a model"):
        load_model(tmp_path / "none")
    (tmp_path / "file").write_text("")
    with pytest.raises(ValueError, match="is a file; pass the folder"):
        load_model(tmp_path / "file")
    with pytest.raises(ValueError, match=r"has no model.json"):
        load_model(tmp_path)
