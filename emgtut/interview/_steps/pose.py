"""Step 10: from a file to a pose."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from emgtut.interview._answer import Answer, Fault
from emgtut.interview._compare import array, fast_enough, kind
from emgtut.interview._registry import check
from emgtut.interview.sessions import hidden_session
from emgtut.learn import scratch

_SEED = 4
_TRAIN, _TEST = (0, 45), (46, 60)
_LEAST_SKILL = 0.40
_FIELDS = ("time", "angles", "baseline")


@cache
def _folder() -> "tempfile.TemporaryDirectory[str]":
    """One folder a process: making a session takes seconds."""
    return tempfile.TemporaryDirectory(prefix="emgtut-interview-")


def _hidden() -> Path:
    path = Path(_folder().name) / "hidden.hdf5"
    if not path.exists():
        part = path.with_suffix(".part")
        hidden_session(part, seed=_SEED)
        part.replace(path)
    return path


@contextmanager
def _altered(first: float, stop: float, field: str, rng: np.random.Generator) -> Iterator[Path]:
    """Give the hidden file with one field of some rows replaced by noise."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        path = Path(shutil.copy(_hidden(), Path(folder) / "hidden.hdf5"))
        with h5py.File(path, "r+") as file:
            dataset = file["emg2pose/timeseries"]
            time = dataset["time"]
            begin, end = np.searchsorted(time - time[0], [first, stop])
            rows = dataset[begin:end]
            rows[field] = rng.normal(0, 2 if field == "joint_angles" else 500, rows[field].shape)
            rows[field][: len(rows) // 3] = 0
            dataset[begin:end] = rows
        yield path


def _found(value: Any) -> dict[str, np.ndarray]:
    if not isinstance(value, dict) or set(value) != set(_FIELDS):
        keys = f" with {sorted(map(str, value))}" if isinstance(value, dict) else ""
        raise Fault(f"{kind(value)}{keys}", f"a dict with {', '.join(_FIELDS)}")
    time = np.asarray(value["time"], float)
    if time.ndim != 1:
        raise Fault(f"time has shape {time.shape}", "(n,)")
    return {
        "time": time,
        "angles": array(value["angles"], (len(time), 20), "angles"),
        "baseline": array(value["baseline"], (20,), "baseline"),
    }


def _predicted(predict: Answer, path: Path) -> dict[str, np.ndarray]:
    return _found(predict(path, train=_TRAIN, test=_TEST))


def _hidden_prediction(predict: Answer) -> dict[str, np.ndarray]:
    """Return what the answer makes of the hidden file; asked once an examination."""
    if "hidden" not in predict.kept:
        predict.kept["hidden"] = _predicted(predict, _hidden())
        predict.kept["called"] = predict.called
    predict.called = predict.kept["called"]
    kept: dict[str, np.ndarray] = predict.kept["hidden"]
    return kept


def _rows(start: float, stop: float) -> dict[str, np.ndarray]:
    return scratch.load_slice(_hidden(), start, stop)


@check("10", "20 predictions a second")
def times(predict: Answer, rng: np.random.Generator) -> None:
    found = _hidden_prediction(predict)
    time, most = found["time"], 20 * (_TEST[1] - _TEST[0])
    if not 0.9 * most <= len(time) <= most + 1:
        raise Fault(f"{len(time)} predictions", f"{0.9 * most:.0f} to {most}: 20 a second")
    if (
        time[0] < _TEST[0]
        or time[-1] >= _TEST[1]
        or not np.allclose(np.diff(time), 0.05, atol=1e-3)
    ):
        raise Fault(
            f"times from {time[0]:.2f} to {time[-1]:.2f} s",
            f"one each 0.05 s, in {_TEST[0]} <= time < {_TEST[1]}",
            "the stamp of the last sample of each window",
        )
    if not np.isfinite(found["angles"]).all():
        raise Fault("angles that are not finite", "a number for each joint", "log of 0")


@check("10", "the truth is not used")
def unseen(predict: Answer, rng: np.random.Generator) -> None:
    first = _hidden_prediction(predict)
    with _altered(*_TEST, "joint_angles", rng) as path:
        second = _predicted(predict, path)
    if first["angles"].shape != second["angles"].shape or not np.allclose(
        first["angles"], second["angles"], atol=1e-9
    ):
        raise Fault(
            "with other angles in the tested part, the predictions change",
            "no change: tomorrow nobody knows them",
            "every place where angles of the tested part are read",
        )


@check("10", "the future is not used")
def future(predict: Answer, rng: np.random.Generator) -> None:
    first = _hidden_prediction(predict)
    with _altered(_TEST[1], np.inf, "emg", rng) as path:
        second = _predicted(predict, path)
    if not np.allclose(first["angles"], second["angles"], atol=1e-9):
        raise Fault(
            "with other EMG after the tested part, the predictions change",
            "no change",
            "filters and statistics over the whole file",
        )


@check("10", "the mean pose")
def baseline(predict: Answer, rng: np.random.Generator) -> None:
    known = _rows(*_TRAIN)
    expected = known["angles"][known["valid"]].mean(axis=0)
    off = np.degrees(np.abs(_hidden_prediction(predict)["baseline"] - expected).max())
    if off > 1.5:
        raise Fault(
            f"baseline is {off:.1f} deg off at one joint",
            "within 1.5 deg of the mean training pose",
            "rows without a pose: zeros pull the mean to the open hand",
        )


@check("10", "skill")
def skill(predict: Answer, rng: np.random.Generator) -> str:
    found, rows = _hidden_prediction(predict), _rows(*_TEST)
    at = np.clip(np.searchsorted(rows["time"], found["time"] - 1e-5), 0, len(rows["time"]) - 1)
    true, valid = rows["angles"][at], rows["valid"][at]
    known = _rows(*_TRAIN)
    constant = scratch.angular_error(true, known["angles"][known["valid"]].mean(axis=0), valid)
    error = scratch.angular_error(true, found["angles"], valid)
    gained = 1 - error / constant
    numbers = f"{error:.1f} deg against {constant:.1f} deg of the mean pose, skill {gained:.2f}"
    if gained < _LEAST_SKILL:
        raise Fault(
            numbers,
            f"skill of at least {_LEAST_SKILL:.2f}",
            "targets at starts + width - 1, of solved windows; logarithms of the features",
        )
    return numbers


@check("10", "time")
def speed(predict: Answer, rng: np.random.Generator) -> None:
    fast_enough(predict, (_hidden(), _TRAIN, _TEST), scratch.predict_pose, floor=20)
