"""Step 1: slices of a file, runs of a mask."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from emgtut.interview._answer import Answer, Fault
from emgtut.interview._compare import array, fast_enough, kind, same
from emgtut.interview._registry import check
from emgtut.learn import scratch

_FIELDS = ("time", "emg", "angles", "valid")
#: A power of two: stamps and differences of stamps are exact.
_RATE = 512.0


def _write(
    path: Path,
    rng: np.random.Generator,
    *,
    n: int = 900,
    channels: int = 5,
    joints: int = 7,
    hole: int | None = None,
    angle_type: str = "<f4",
    order: tuple[str, ...] = ("time", "joint_angles", "emg"),
) -> np.ndarray:
    """Write a session with random rows, some of them unsolved; return the seconds of its rows."""
    types = {
        "time": ("time", "<f8"),
        "joint_angles": ("joint_angles", angle_type, (joints,)),
        "emg": ("emg", "<f4", (channels,)),
    }
    rows = np.zeros(n, np.dtype([types[name] for name in order]))
    seconds = np.arange(n) / _RATE
    if hole is not None:
        seconds[hole:] += 1.5
    rows["time"] = 1.6e9 + 12_345 + seconds
    rows["emg"] = rng.normal(0, 20, (n, channels))
    angles = rng.normal(0.4, 0.3, (n, joints))
    angles[n // 3 : n // 3 + 40] = 0
    angles[n // 2, 2] = 0
    angles[n // 2 + 1, : joints - 1] = 0
    rows["joint_angles"] = angles
    with h5py.File(path, "w") as file:
        group = file.create_group("emg2pose")
        group.attrs.update({"sample_rate": _RATE, "num_channels": channels})
        group.create_dataset("timeseries", data=rows, chunks=True)
    return seconds


@contextmanager
def _folder() -> Iterator[Path]:
    # On Windows a file that an answer left open cannot be deleted; that is told elsewhere.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def _fields(value: Any) -> dict[str, np.ndarray]:
    if not isinstance(value, dict) or set(value) != set(_FIELDS):
        keys = f" with {sorted(map(str, value))}" if isinstance(value, dict) else ""
        raise Fault(f"{kind(value)}{keys}", f"a dict with {', '.join(_FIELDS)}")
    return value


def _between(value: Any, path: Path, start: float, stop: float | None) -> None:
    found, expected = _fields(value), scratch.load_slice(path, start, stop)
    n, n_expected = np.shape(found["time"])[:1], len(expected["time"])
    if n != (n_expected,):
        raise Fault(f"{n[0] if n else 'no'} rows", f"{n_expected} rows", "both ends of the range")
    for name in _FIELDS:
        same(found[name], expected[name], f"{name!r}")


@check("1a", "time begins at 0")
def origin(load: Answer, rng: np.random.Generator) -> None:
    with _folder() as folder:
        _write(path := folder / "first.hdf5", rng)
        time = np.asarray(_fields(load(path))["time"], float)
        if time.ndim != 1 or not len(time) or abs(time[0]) > 1e-9:
            first = f"{time.flat[0]:.3f}" if time.size else "missing"
            raise Fault(
                f"the first time is {first}",
                "0: seconds since the first row",
                "the stamps in the file, which are unix time",
            )


@check("1a", "a hole in time")
def hole(load: Answer, rng: np.random.Generator) -> None:
    with _folder() as folder:
        seconds = _write(path := folder / "hole.hdf5", rng, hole=400)
        start, stop = (seconds[k] - 0.4 / _RATE for k in (520, 600))
        found = _fields(load(path, start, stop))
        time = np.asarray(found["time"], float)
        if len(time) != 80 or abs(time[0] - seconds[520]) > 1e-6:
            got = f"{len(time)} rows" + (f" from {time[0]:.3f} s on" if len(time) else "")
            raise Fault(
                got,
                f"80 rows from {seconds[520]:.3f} s on",
                "rows found by their stamps: stamps jump 1.5 s in this file, rows do not",
            )
        _between(found, path, start, stop)


@check("1a", "half-open ends")
def ends(load: Answer, rng: np.random.Generator) -> None:
    with _folder() as folder:
        seconds = _write(path := folder / "ends.hdf5", rng)
        for first, last in ((100, 164), (256, 257), (64, 64)):
            time = _fields(load(path, seconds[first], seconds[last]))["time"]
            if len(time) != last - first:
                raise Fault(
                    f"{len(time)} rows",
                    f"{last - first} rows: start <= time < stop",
                    "a row whose time equals stop",
                )


@check("1a", "which rows have a pose")
def usable(load: Answer, rng: np.random.Generator) -> None:
    with _folder() as folder:
        _write(path := folder / "valid.hdf5", rng)
        expected = scratch.load_slice(path)["valid"]
        valid = array(_fields(load(path))["valid"], expected.shape, "'valid'").astype(bool)
        if (wrong := np.flatnonzero(valid != expected)).size:
            with h5py.File(path) as file:
                angles = file["emg2pose/timeseries"][int(wrong[0])]["joint_angles"]
            raise Fault(
                f"row {wrong[0]}, {int((angles == 0).sum())} of {len(angles)} angles zero: "
                f"valid is {bool(valid[wrong[0]])}",
                str(bool(expected[wrong[0]])),
                "any and all: only a row with every angle zero has no pose",
            )


@check("1a", "empty slices")
def empty(load: Answer, rng: np.random.Generator) -> None:
    with _folder() as folder:
        seconds = _write(path := folder / "empty.hdf5", rng, channels=3, joints=4)
        for start, stop in ((1.0, 0.5), (seconds[-1] + 5, None), (0.25, 0.25)):
            found = _fields(load(path, start, stop))
            for name, shape in zip(_FIELDS, ((0,), (0, 3), (0, 4), (0,)), strict=True):
                array(found[name], shape, f"{name!r}")


@check("1a", "slices of two files")
def slices(load: Answer, rng: np.random.Generator) -> None:
    with _folder() as folder:
        files: dict[str, dict[str, Any]] = {
            "a.hdf5": {"hole": 333},
            "b.hdf5": {"order": ("emg", "time", "joint_angles")},
        }
        for name, options in files.items():
            more: dict[str, Any] = {"angle_type": "<f8", "n": 777} if name[0] == "b" else {}
            seconds = _write(path := folder / name, rng, **options, **more)
            _between(load(path), path, 0.0, None)
            _between(load(path, 0.3001, np.inf), path, 0.3001, np.inf)
            for _ in range(5):
                start, stop = np.sort(rng.integers(0, len(seconds), 2))
                pair = float(seconds[start] - 0.3 / _RATE), float(seconds[stop] + 0.3 / _RATE)
                _between(load(path, *pair), path, *pair)


@check("1a", "the file is closed")
def closed(load: Answer, rng: np.random.Generator) -> None:
    with _folder() as folder:
        _write(path := folder / "closed.hdf5", rng)
        keep = load(path, 0.1, 0.2)
        try:
            with h5py.File(path, "r+"):
                pass
        except OSError:
            raise Fault(
                "the file is still open afterwards",
                "a file that can be opened for writing",
                "with h5py.File(path) as file: closes it, also after an error",
            ) from None
        _fields(keep)


def _pairs(value: Any) -> list[tuple[int, int]]:
    try:
        return [(int(start), int(stop)) for start, stop in value]
    except (TypeError, ValueError):
        raise Fault(kind(value), "a list of (start, stop)") from None


def _check_runs(runs: Answer, mask: np.ndarray, look_at: str = "") -> None:
    found, expected = _pairs(runs(mask)), scratch.valid_runs(mask)
    if found == expected:
        return
    if len(mask) <= 12:
        marks = "".join(".T"[int(m)] for m in mask)
        raise Fault(str(found), str(expected), look_at, called=f"valid_runs({marks})")
    if len(found) != len(expected):
        raise Fault(f"{len(found)} runs", f"{len(expected)} runs", look_at)
    wrong = next(k for k, pair in enumerate(found) if pair != expected[k])
    raise Fault(f"run {wrong} is {found[wrong]}", str(expected[wrong]), look_at)


@check("1b", "half-open pairs")
def half_open(runs: Answer, rng: np.random.Generator) -> None:
    mask = np.array([False, True, True, True, False, True, False])
    _check_runs(runs, mask, "stop is the first row that does not belong")


@check("1b", "the last run")
def last_run(runs: Answer, rng: np.random.Generator) -> None:
    for text in ("..TT", "T.TTT", "TTTT"):
        mask = np.array([mark == "T" for mark in text])
        _check_runs(runs, mask, "a run that no False ends")


@check("1b", "edges")
def edges(runs: Answer, rng: np.random.Generator) -> None:
    for text in ("", ".", "T", "...", "T..", "..T", "T.T", "T.T.T"):
        _check_runs(runs, np.array([mark == "T" for mark in text], bool), "the ends of the mask")


@check("1b", "random masks")
def random_masks(runs: Answer, rng: np.random.Generator) -> None:
    for _ in range(60):
        mask = np.repeat(rng.random(rng.integers(1, 40)) < 0.6, rng.integers(1, 7))
        _check_runs(runs, mask)


@check("1b", "a long mask")
def long_mask(runs: Answer, rng: np.random.Generator) -> str:
    mask = rng.random(200_000) < 0.8
    return "200 000 rows in " + fast_enough(runs, (mask,), scratch.valid_runs)
