"""Step 7: folds that do not leak, and predictions that did not see their fold."""

from typing import Any

import numpy as np

from emgtut.interview._answer import Answer, Fault
from emgtut.interview._compare import array, kind, refuses
from emgtut.interview._registry import check

_Fold = tuple[np.ndarray, np.ndarray]


def _folds(value: Any, n: int) -> list[_Fold]:
    try:
        folds = [(np.asarray(train), np.asarray(test)) for train, test in value]
    except (TypeError, ValueError):
        raise Fault(kind(value), "a list of (train, test)") from None
    for fold in folds:
        for name, rows in zip(("train", "test"), fold, strict=True):
            if rows.ndim != 1 or (rows.size and rows.dtype.kind not in "iu"):
                raise Fault(f"{name} has shape {rows.shape}, {rows.dtype}", "indices of windows")
            if rows.size and not 0 <= rows.min() <= rows.max() < n:
                raise Fault(f"{name} goes from {rows.min()} to {rows.max()}", f"0 to {n - 1}")
    return [(train.astype(int), test.astype(int)) for train, test in folds]


def _layout(rng: np.random.Generator) -> tuple[np.ndarray, int, int, int]:
    """Windows of runs with holes between them; gaps from none to more than a fold."""
    width, hop = int(rng.integers(5, 60)), int(rng.integers(2, 25))
    first, starts = 0, []
    for _ in range(int(rng.integers(1, 5))):
        n = int(rng.integers(5, 40))
        starts.append(first + hop * np.arange(n))
        first = int(starts[-1][-1]) + width + int(rng.integers(1, 200))
    gap = (0, int(rng.integers(1, 50)), int(rng.integers(100, 400)))[rng.integers(3)]
    return np.concatenate(starts), width, int(rng.integers(2, 6)), gap


def _distances(starts: np.ndarray, width: int, fold: _Fold) -> tuple[np.ndarray, np.ndarray]:
    """Count samples from each training window to the tested block: before it, after it."""
    train, test = fold
    return starts[test[0]] - (starts[train] + width), starts[train] - (starts[test[-1]] + width)


@check("7a", "every window is tested once")
def once(make: Answer, rng: np.random.Generator) -> None:
    for _ in range(10):
        starts, width, n_folds, gap = _layout(rng)
        folds = _folds(make(starts, width, n_folds, gap), len(starts))
        if len(folds) != n_folds:
            raise Fault(f"{len(folds)} folds", f"{n_folds} folds")
        tested = np.bincount(np.concatenate([test for _, test in folds]), minlength=len(starts))
        if (tested != 1).any():
            k = int(np.argmax(tested != 1))
            raise Fault(f"window {k} is tested {tested[k]} times", "once")


@check("7a", "blocks of time")
def contiguous(make: Answer, rng: np.random.Generator) -> None:
    for _ in range(10):
        starts, width, n_folds, gap = _layout(rng)
        folds = _folds(make(starts, width, n_folds, gap), len(starts))
        for k, (_, test) in enumerate(folds):
            if len(test) and test.max() - test.min() + 1 != len(test):
                raise Fault(
                    f"fold {k} tests windows {np.sort(test)[:4]}...",
                    "neighbours: one block of time",
                    "a shuffle, or every n-th window; both leave twins in the training part",
                )
        sizes = [len(test) for _, test in folds]
        if max(sizes) - min(sizes) > 1:
            raise Fault(f"blocks of {sizes} windows", "equal within one window")


@check("7a", "the gap")
def gaps(make: Answer, rng: np.random.Generator) -> None:
    plain = (10 * np.arange(60), 30, 4, 50)  # the first to speak: windows on both sides, a real gap
    for starts, width, n_folds, gap in (plain, *(_layout(rng) for _ in range(30))):
        folds = _folds(make(starts, width, n_folds, gap), len(starts))
        for train, test in sorted(folds, key=lambda fold: abs(fold[1].mean() - len(starts) / 2)):
            _far_enough(starts, width, gap, train, np.sort(test))


def _far_enough(
    starts: np.ndarray, width: int, gap: int, train: np.ndarray, test: np.ndarray
) -> None:
    before, after = _distances(starts, width, (train, test))
    near = np.maximum(before, after)
    if not len(train) or near.min() >= gap:
        return
    k = int(np.argmin(near))
    sides = {
        name
        for name, rows in (("before", train < test[0]), ("after", train > test[-1]))
        if (near[rows] < gap).any()
    }
    inside = ((train >= test[0]) & (train <= test[-1])).any()
    side = "in" if inside else " and ".join(sorted(sides, reverse=True))
    lies = f"overlaps it by {-near[k]} samples" if near[k] < 0 else f"is {near[k]} samples away"
    look_at = "the samples [s, s + width) that a window touches"
    if len(sides) == 1 and (train < test[0]).any() and (train > test[-1]).any():
        look_at = "the other side of the block"
    elif near.min() + width >= gap:
        look_at = "the width of a window: from start to start is not from end to start"
    raise Fault(
        f"a training window {side} the tested block {lies}",
        f"at least {gap} samples between what both touch",
        look_at,
    )


@check("7a", "nothing dropped needlessly")
def kept(make: Answer, rng: np.random.Generator) -> None:
    for _ in range(30):
        starts, width, n_folds, gap = _layout(rng)
        for train, test in _folds(make(starts, width, n_folds, gap), len(starts)):
            everyone = np.arange(len(starts))
            before, after = _distances(starts, width, (everyone, np.sort(test)))
            may = np.flatnonzero(np.maximum(before, after) >= gap)
            if len(lost := np.setdiff1d(may, train)):
                away = int(max(before[lost[0]], after[lost[0]]))
                raise Fault(
                    f"window {lost[0]}, {away} samples from the tested block, is dropped",
                    f"windows at least {gap} samples away train",
                    "the unit of gap: samples, not windows",
                )


@check("7a", "more folds than windows")
def refused(make: Answer, rng: np.random.Generator) -> None:
    refuses(make, np.arange(0, 50, 10), 20, 6, 5, because="6 folds of 5 windows")


def _case(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, _Fold, np.ndarray]:
    """Rows that a line explains, one fold, and the rows that it leaves out."""
    X = rng.normal(3, 2, (90, 5))
    Y = X @ rng.normal(size=(5, 3)) + 2 + rng.normal(0, 0.1, (90, 3))
    test = np.arange(40, 60)
    out = np.r_[30:40, 60:70]
    return X, Y, (np.setdiff1d(np.arange(90), np.r_[test, out]), test), out


def _predicted(predict: Answer, X: np.ndarray, Y: np.ndarray, fold: _Fold) -> np.ndarray:
    return array(predict(X, Y, [fold], 1.0), Y.shape)[fold[1]]


@check("7b", "tested targets are not used")
def targets(predict: Answer, rng: np.random.Generator) -> None:
    X, Y, fold, _ = _case(rng)
    other = Y.copy()
    other[fold[1]] = 1e4
    if not np.allclose(_predicted(predict, X, Y, fold), _predicted(predict, X, other, fold)):
        raise Fault(
            "with other targets in the tested rows, their predictions change",
            "no change",
            "the rows that the weights are fitted on",
        )


@check("7b", "other tested rows are not used")
def others(predict: Answer, rng: np.random.Generator) -> None:
    X, Y, fold, _ = _case(rng)
    other = X.copy()
    other[fold[1][1:]] = 1e4
    first, second = (_predicted(predict, rows, Y, fold)[0] for rows in (X, other))
    if not np.allclose(first, second):
        raise Fault(
            "with other tested rows at 10 000, the prediction of a row changes",
            "no change",
            "the rows that mean and scale are measured on",
        )


@check("7b", "rows in the gap are not used")
def in_gap(predict: Answer, rng: np.random.Generator) -> None:
    X, Y, fold, out = _case(rng)
    X_other, Y_other = X.copy(), Y.copy()
    X_other[out], Y_other[out] = 1e4, -1e4
    first, second = _predicted(predict, X, Y, fold), _predicted(predict, X_other, Y_other, fold)
    if not np.allclose(first, second):
        raise Fault(
            "with other rows in the gap, predictions change",
            "no change: a row is in train, in test, or in neither",
            "training rows made from what is not tested",
        )


@check("7b", "predictions are good")
def good(predict: Answer, rng: np.random.Generator) -> None:
    X, Y, _, _ = _case(rng)
    order = np.arange(90)
    folds = [(order[order // 30 != k], order[order // 30 == k]) for k in range(3)]
    found = array(predict(X, Y, folds, 1e-3), Y.shape)
    if not np.isfinite(found).all():
        raise Fault(f"{int((~np.isfinite(found)).any(axis=1).sum())} rows without a number", "none")
    error, spread = np.abs(found - Y).mean(), np.abs(Y - Y.mean(axis=0)).mean()
    if error > 0.1 * spread:
        raise Fault(
            f"mean error {error:.3g} where Y is a line plus noise of 0.1",
            "about 0.1",
            "the order of rows, and the intercept",
        )
