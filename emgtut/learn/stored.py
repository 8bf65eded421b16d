"""Models on disk: arrays or CatBoost's own format beside a JSON file; nothing is pickled.

A folder holds ``model.json`` (kind, parameters, recording conditions, checksums) and one or two
files of weights, ``.npz`` and ``.cbm``.
"""

import errno
import hashlib
import json
import os
import shutil
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from emgtut import _checks
from emgtut._optional import require
from emgtut.learn._pose_model import PoseModel
from emgtut.learn.conditions import conditions_of, plain
from emgtut.learn.models import AveragePose, CatBoostPose, MeanPose, RidgePose
from emgtut.signals.windows import Windows

#: Number of the folder's layout; a change that old readers would misread takes the next.
FORMAT_VERSION = 1
_FORMAT = "emgtut model"
_INDEX = "model.json"
_KINDS = {kind.__name__: kind for kind in (MeanPose, RidgePose, CatBoostPose, AveragePose)}
#: Fitted arrays of each kind; CatBoost's trees go into a file of their own.
_ARRAYS = {
    "MeanPose": ("pose_",),
    "RidgePose": ("coef_", "intercept_", "mean_", "scale_", "floor_"),
    "CatBoostPose": ("pose_", "moving_"),
}


def save_model(
    model: PoseModel,
    folder: str | os.PathLike[str],
    *,
    windows: Windows | None = None,
    emg_unit: str | None = None,
) -> Path:
    """Save a fitted model as a folder, with the conditions of its recording.

    The folder is written beside its place and renamed. A model that is there is replaced;
    a folder that holds anything else is not touched.

    Parameters
    ----------
    model : MeanPose, RidgePose, CatBoostPose or AveragePose
        A fitted model.
    folder : path-like
        Folder to make.
    windows : Windows, optional
        Windows the model was trained on, for their conditions. By default those that the model
        was loaded with, if any.
    emg_unit : str, optional
        Name of the unit of the EMG, such as ``"noise_sd"`` or ``"uV"``.

    Returns
    -------
    pathlib.Path
        The folder.

    Raises
    ------
    ValueError
        If the model is not fitted, or was trained on other features than those of ``windows``.
    FileExistsError
        If the folder holds something that is not a model.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from emgtut import load_sample, windows_of
    >>> from emgtut.learn.models import RidgePose
    >>> from emgtut.learn.stored import load_model, save_model
    >>> windows = windows_of(load_sample())
    >>> model = RidgePose().fit(windows.X, windows.y)
    >>> with tempfile.TemporaryDirectory() as place:
    ...     again = load_model(save_model(model, Path(place) / "ridge", windows=windows))
    >>> bool((again.predict(windows.X) == model.predict(windows.X)).all())
    True
    >>> again.conditions_["sample_rate"], again.conditions_["window"]
    (2000.0, 400)
    """
    if type(model).__name__ not in _KINDS or not isinstance(model, PoseModel):
        raise TypeError(
            f"model is a {type(model).__name__}; pass one of {', '.join(_KINDS)}: others cannot "
            "be written down without pickle"
        )
    if not hasattr(model, "n_features_in_"):
        raise ValueError(f"{type(model).__name__} is not fitted; call its fit(X, y) first")
    conditions = _conditions_for(model, windows, emg_unit)
    folder = Path(folder).expanduser()
    _refuse_other_content(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=".part", dir=folder.parent))
    try:
        record = _write(model, part, "model")
        index = {
            "format": _FORMAT,
            "format_version": FORMAT_VERSION,
            "emgtut": version("emgtut"),
            "model": record,
            "conditions": conditions,
            "sha256": {file.name: _digest(file) for file in sorted(part.iterdir())},
        }
        (part / _INDEX).write_text(json.dumps(index, indent=1), encoding="utf-8")
        # mkdtemp makes private folders; the result gets the permissions a new one would have.
        mask = os.umask(0)
        os.umask(mask)
        part.chmod(0o777 & ~mask)
        _swap(part, folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return folder


def load_model(folder: str | os.PathLike[str]) -> Any:
    """Load a model that `save_model` has written.

    Parameters
    ----------
    folder : path-like
        The folder.

    Returns
    -------
    MeanPose, RidgePose, CatBoostPose or AveragePose
        The fitted model; its ``conditions_`` hold the conditions of the recording, see
        `emgtut.learn.conditions.conditions_of`.

    Raises
    ------
    FileNotFoundError
        If there is no such folder.
    ValueError
        If the folder is not a model's, is damaged or incomplete, or was written by a newer
        emgtut.

    Examples
    --------
    >>> from emgtut.learn.stored import load_model
    >>> load_model("no/such/folder")
    Traceback (most recent call last):
    FileNotFoundError: [Errno 2] no such folder of a model; check the spelling: 'no/such/folder'
    """
    folder = Path(folder).expanduser()
    if not folder.is_dir():
        if folder.exists():
            raise ValueError(f"{folder}: is a file; pass the folder of a saved model")
        raise FileNotFoundError(
            errno.ENOENT, "no such folder of a model; check the spelling", str(folder)
        )
    index = _read_index(folder)
    for name, digest in index["sha256"].items():
        file = folder / Path(name).name
        if not file.is_file():
            raise ValueError(f"{folder}: {file.name} is missing; save or copy the model again")
        if _digest(file) != digest:
            raise ValueError(
                f"{folder}: {file.name} is damaged or cut short; save or copy the model again"
            )
    try:
        model = _read(index["model"], folder)
    except (KeyError, TypeError, ValueError, OSError) as error:
        raise ValueError(
            f"{folder}: {_INDEX} does not fit the files beside it "
            f"({type(error).__name__}: {error}); save or copy the model again"
        ) from error
    model.conditions_ = index["conditions"]
    return model


def _conditions_for(
    model: PoseModel, windows: Windows | None, emg_unit: str | None
) -> dict[str, Any]:
    if windows is None:
        return dict(getattr(model, "conditions_", {})) | (
            {"emg_unit": emg_unit} if emg_unit else {}
        )
    if windows.X.shape[1] != model.n_features_in_:
        raise ValueError(
            f"model was trained on {model.n_features_in_} features and windows have "
            f"{windows.X.shape[1]}; pass the windows of its training"
        )
    return conditions_of(windows, emg_unit=emg_unit)


def _refuse_other_content(folder: Path) -> None:
    if not folder.exists() and not folder.is_symlink():
        return
    if folder.is_dir() and (not any(folder.iterdir()) or _is_ours(folder)):
        return
    raise FileExistsError(
        errno.EEXIST, "exists and is not a saved model; name a new folder", str(folder)
    )


def _is_ours(folder: Path) -> bool:
    try:
        index = json.loads((folder / _INDEX).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(index, dict) and index.get("format") == _FORMAT


def _read_index(folder: Path) -> dict[str, Any]:
    path = folder / _INDEX
    if not path.is_file():
        raise ValueError(f"{folder}: has no {_INDEX}; pass a folder that save_model has written")
    try:
        index = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(
            f"{folder}: {_INDEX} is damaged or cut short ({error}); save or copy the model again"
        ) from error
    if not isinstance(index, dict) or index.get("format") != _FORMAT:
        raise ValueError(
            f"{folder}: {_INDEX} is not from emgtut; pass a folder that save_model has written"
        )
    number = index.get("format_version")
    if not isinstance(number, int) or number > FORMAT_VERSION:
        raise ValueError(
            f"{folder}: was written by emgtut {index.get('emgtut')} in format {number}, and this "
            f"emgtut knows {FORMAT_VERSION}; type: pip install --upgrade emgtut"
        )
    missing = [name for name in ("model", "conditions", "sha256") if name not in index]
    if missing or not all(isinstance(index[n], dict) for n in ("model", "conditions", "sha256")):
        raise ValueError(f"{folder}: {_INDEX} is incomplete; save or copy the model again")
    return index


def _write(model: PoseModel, folder: Path, stem: str) -> dict[str, Any]:
    """Write a model's arrays and trees, and return what goes into the index."""
    kind = type(model).__name__
    record: dict[str, Any] = {
        "kind": kind,
        "one_target": bool(model.one_target_),
        "n_features": int(model.n_features_in_),
        "feature_names": getattr(model, "feature_names_in_", np.empty(0)).tolist() or None,
    }
    if isinstance(model, AveragePose):
        record["parts"] = {
            "ridge_": _write(model.ridge_, folder, f"{stem}-ridge"),
            "trees_": _write(model.trees_, folder, f"{stem}-trees"),
        }
        return record
    record["parameters"] = json.loads(json.dumps(model.get_params(), default=plain))
    arrays = {name: getattr(model, name) for name in _ARRAYS[kind]}
    record["arrays"] = f"{stem}.npz"
    np.savez(folder / record["arrays"], **{k: v for k, v in arrays.items() if v is not None})
    if isinstance(model, CatBoostPose):
        record["trees"] = None if model.model_ is None else f"{stem}.cbm"
        if model.model_ is not None:
            model.model_.save_model(str(folder / record["trees"]))
    return record


def _read(record: dict[str, Any], folder: Path) -> Any:
    kind = _checks.one_of("kind", record["kind"], _KINDS)
    if kind == "AveragePose":
        parts = {name: _read(record["parts"][name], folder) for name in ("ridge_", "trees_")}
        model: Any = AveragePose(ridge=parts["ridge_"], trees=parts["trees_"])
        model.ridge_, model.trees_ = parts["ridge_"], parts["trees_"]
    else:
        model = _KINDS[kind](**record["parameters"])
        with np.load(folder / Path(record["arrays"]).name, allow_pickle=False) as arrays:
            for name in _ARRAYS[kind]:
                # Ridge without logarithms has no floor.
                absent = name == "floor_" and name not in arrays.files
                setattr(model, name, None if absent else arrays[name])
    model.one_target_ = record["one_target"]
    model.n_features_in_ = record["n_features"]
    if record["feature_names"]:
        model.feature_names_in_ = np.array(record["feature_names"], dtype=object)
    if kind == "CatBoostPose":
        model.model_ = None
        if record["trees"]:
            trees = require("catboost", extra="regression").CatBoostRegressor()
            model.model_ = trees.load_model(str(folder / Path(record["trees"]).name))
    return model


def _swap(part: Path, folder: Path) -> None:
    """Give ``part`` the name of ``folder``, in place of the model that may be there."""
    if not folder.exists():
        part.replace(folder)
        return
    old = part.with_suffix(".old")
    folder.replace(old)
    try:
        part.replace(folder)
    except OSError:
        old.replace(folder)
        raise
    shutil.rmtree(old)


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
