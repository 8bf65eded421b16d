"""Step 3: windows inside runs, features whose cost does not grow with the window."""

from typing import Any

import numpy as np

from emgtut.interview._answer import Answer, Fault
from emgtut.interview._bounded import TooLong
from emgtut.interview._compare import array, number
from emgtut.interview._registry import check
from emgtut.learn import scratch

_BLOCKS = ("RMS", "MAV", "WL")


def _check_starts(
    starts: Answer, runs: list[tuple[int, int]], width: int, hop: int, why: str
) -> None:
    expected = scratch.window_starts(runs, width, hop)
    found = _whole(starts(runs, width, hop))
    if np.array_equal(found, expected):
        return
    lost, extra = np.setdiff1d(expected, found), np.setdiff1d(found, expected)
    got = _n_windows(len(found))
    if len(lost):
        got += f"; none at {lost[0]}"
    if len(extra):
        got += f"; one at {extra[0]}"
    raise Fault(got, f"{_n_windows(len(expected))}: {_few(expected)}", why)


def _n_windows(n: int) -> str:
    return f"{n} window{'s' * (n != 1)}"


def _few(values: np.ndarray) -> str:
    return np.array2string(values, threshold=8, edgeitems=3)


def _whole(value: Any) -> np.ndarray:
    try:
        found = np.asarray(value if isinstance(value, np.ndarray) else list(value))
    except TypeError:
        found = np.asarray(value)
    if found.ndim != 1 or (found.size and found.dtype.kind not in "iu"):
        raise Fault(f"shape {found.shape}, type {found.dtype}", "whole numbers, shape (n,)")
    return found


@check("3a", "the last window of a run")
def last_window(starts: Answer, rng: np.random.Generator) -> None:
    for width, hop in ((11, 1), (40, 7)):
        for more in (-1, 0, 1, 2):
            runs = [(5, 5 + width + more)]
            _check_starts(
                starts,
                runs,
                width,
                hop,
                f"a run of {width + more} samples, with windows of {width}",
            )


@check("3a", "inside runs")
def inside(starts: Answer, rng: np.random.Generator) -> None:
    runs = [(0, 33), (37, 90), (90, 95), (120, 161)]
    _check_starts(starts, runs, 14, 5, "windows across the gap between two runs")


@check("3a", "no runs")
def nothing(starts: Answer, rng: np.random.Generator) -> None:
    found = _whole(starts([], 20, 5))
    if len(found):
        raise Fault(f"{len(found)} windows", "an empty array", "an empty list of runs")
    if found.dtype.kind not in "iu" and isinstance(starts([], 20, 5), np.ndarray):
        raise Fault(
            f"an empty array of {found.dtype}",
            "an empty array of int, which can be used as an index",
            "the type of an empty array",
        )


@check("3a", "hop longer than the window")
def long_hop(starts: Answer, rng: np.random.Generator) -> None:
    _check_starts(starts, [(3, 60), (70, 71), (80, 99)], 4, 17, "hop and width, which are apart")


@check("3a", "random runs")
def random_runs(starts: Answer, rng: np.random.Generator) -> None:
    for _ in range(80):
        edges = np.sort(rng.choice(400, 2 * rng.integers(1, 8), replace=False))
        runs = [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]
        _check_starts(starts, runs, int(rng.integers(1, 40)), int(rng.integers(1, 30)), "each run")


def _by_definition(emg: np.ndarray, starts: np.ndarray, width: int) -> np.ndarray:
    rows = []
    for start in starts:
        x = emg[start : start + width].astype(float)
        rms, mav = np.sqrt((x**2).mean(axis=0)), np.abs(x).mean(axis=0)
        rows.append(np.concatenate([rms, mav, np.abs(np.diff(x, axis=0)).sum(axis=0)]))
    return np.array(rows).reshape(len(starts), 3 * emg.shape[1])


def _check_features(
    features: Answer, emg: np.ndarray, starts: np.ndarray, width: int, why: str = ""
) -> None:
    expected = _by_definition(emg, starts, width)
    found = array(features(emg, starts, width), expected.shape)
    c = emg.shape[1]
    agree = [
        np.allclose(
            found[:, k * c : k * c + c], expected[:, k * c : k * c + c], rtol=1e-6, atol=1e-9
        )
        for k in range(3)
    ]
    if all(agree):
        return
    k = agree.index(False)
    columns = slice(k * c, k * c + c)
    right = " and ".join(name for name, good in zip(_BLOCKS, agree, strict=True) if good)
    got, look_at = _told(found[:, columns], expected[:, columns], emg, starts, width, k)
    got = f"{_BLOCKS[k]} block (columns {k * c}-{k * c + c - 1}) {got}"
    if right:
        got += f"; {right} agree{'s' if ' and ' not in right else ''}"
    meaning = (
        "RMS = root of the mean of x squared, mean not removed",
        "MAV = mean of |x|",
        f"WL = sum of the {width - 1} differences inside the window",
    )
    raise Fault(got, meaning[k], why or look_at)


def _told(
    found: np.ndarray, expected: np.ndarray, emg: np.ndarray, starts: np.ndarray, width: int, k: int
) -> tuple[str, str]:
    """Say what a wrong block looks like, if it looks like something known."""
    x = emg.astype(float)
    if k == 2 and starts.min(initial=1) > 0:
        before = np.abs(x[starts] - x[starts - 1])
        if np.allclose(found - expected, before, rtol=1e-4):
            return (
                "too large by |x[s] - x[s-1]|",
                "where the first difference of each window comes from",
            )
        after = np.abs(x[np.minimum(starts + width, len(x) - 1)] - x[starts + width - 1])
        if np.allclose(found - expected, after, rtol=1e-4):
            return "too large by |x[s+w] - x[s+w-1]|", "where the last difference comes from"
    if k == 0:
        spread = np.array([x[s : s + width].std(axis=0) for s in starts])
        if np.allclose(found, spread, rtol=1e-4):
            return "holds standard deviations", "std, which removes the mean; RMS does not"
    off = np.nan_to_num(np.abs(found - expected), nan=np.inf)
    worst = np.unravel_index(np.argmax(off), found.shape)
    at = [int(i) for i in worst]
    return f"is {number(found[worst])} at {at}, not {number(expected[worst])}", "that block"


@check("3b", "values")
def values(features: Answer, rng: np.random.Generator) -> None:
    for _ in range(20):
        n, channels = int(rng.integers(80, 400)), int(rng.integers(2, 6))
        width = int(rng.integers(3, 60))
        emg = rng.normal(rng.uniform(2, 9), 12, (n, channels))
        starts = rng.permutation(np.arange(1, n - width))[: rng.integers(2, 30)]
        _check_features(features, emg, starts, width)
        _check_features(features, emg, np.array([0, n - width]), width)


@check("3b", "windows of one sample")
def one_sample(features: Answer, rng: np.random.Generator) -> None:
    emg = rng.normal(0, 5, (50, 3))
    _check_features(
        features, emg, np.array([0, 7, 49]), 1, "width 1: no difference inside, WL is 0"
    )
    array(features(emg, np.empty(0, int), 10), (0, 9))


@check("3b", "long recordings in float32")
def precision(features: Answer, rng: np.random.Generator) -> None:
    emg = (1000 + rng.normal(0, 3, (200_000, 2))).astype(np.float32)
    starts = np.array([10, 100_000, 199_500])
    _check_features(features, emg, starts, 400, "sums in float32, which lose digits; use float64")


@check("3b", "cost does not grow with width")
def cost(features: Answer, rng: np.random.Generator) -> str:
    emg = rng.normal(0, 20, (20_000, 16))
    starts = np.arange(0, 18_000, 12)

    def best(width: int, within: float | None = None) -> float:
        took = []
        for _ in range(2):
            features(emg, starts, width, within=within)
            took.append(features.seconds)
        return min(took)

    for _ in range(2):  # once more, lest another program was in the way
        short = best(40)
        limit = 2 * short + 0.05
        try:
            long = best(2000, within=2 * limit + 1)
        except TooLong:
            long = 2 * limit + 1
        if long <= limit:
            break
    if long > limit:
        raise Fault(
            f"{1e3 * short:.0f} ms for windows of 40 samples, {1e3 * long:.0f} ms for 2000",
            "about the same: at most twice, and 50 ms",
            "work that is done again for each window that shares a sample",
        )
    return f"cost does not grow with width ({long / short:.1f}x from 40 to 2000 samples)"
