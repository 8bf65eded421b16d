"""Step 5: k-means."""

from typing import Any

import numpy as np

from emgtut.interview._answer import Answer, Fault
from emgtut.interview._compare import array, fast_enough, number, same, several
from emgtut.interview._registry import check
from emgtut.learn import scratch

#: Sets of blobs, and how many have to be found. k-means++ finds 97 of 100, random rows find 4.
_SETS, _LEAST = 20, 14


def _parts(value: Any, X: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray, float]:
    centres, labels, inertia = several(value, ("centres", "labels", "inertia"))
    found = array(labels, (len(X),), "labels")
    if found.dtype.kind not in "iu" or found.min() < 0 or found.max() >= k:
        raise Fault(
            f"labels of type {found.dtype}, {found.min()} to {found.max()}", f"0 to {k - 1}"
        )
    return array(centres, (k, X.shape[1]), "centres"), found, float(inertia)


def _squares(X: np.ndarray, centres: np.ndarray) -> np.ndarray:
    return np.asarray(((X[:, None] - centres) ** 2).sum(axis=2))


def _blobs(rng: np.random.Generator, k: int, n: int, p: int = 6) -> tuple[np.ndarray, float]:
    """Well separated blobs, and the sum of squares of the right clustering."""
    X = rng.normal(0, 20, (k, 1, p)) + rng.normal(0, 0.5, (k, n, p))
    return X.reshape(-1, p), float(((X - X.mean(axis=1, keepdims=True)) ** 2).sum())


@check("5", "fewer places than clusters")
def duplicates(kmeans: Answer, rng: np.random.Generator) -> None:
    X = np.repeat(rng.normal(0, 5, (3, 4)), 6, axis=0)
    centres, _, inertia = _parts(kmeans(X, 5), X, 5)
    if not (np.isfinite(centres).all() and np.isfinite(inertia)):
        bad = int(np.argmax(~np.isfinite(centres).all(axis=1)))
        raise Fault(
            f"centre {bad} is {number(centres[bad, 0])} for 3 different places and k 5",
            "finite centres",
            "the mean of a cluster without members",
        )
    same(inertia, np.array(0.0), "inertia", atol=1e-6)


@check("5", "same seed, same answer")
def repeated(kmeans: Answer, rng: np.random.Generator) -> None:
    X = rng.normal(0, 5, (80, 4))
    first, second = (_parts(kmeans(X, 6, seed=11), X, 6) for _ in range(2))
    for k, name in enumerate(("centres", "labels")):
        same(second[k], np.asarray(first[k]), name, look_at="random numbers made from the seed")


@check("5", "nearest centre")
def nearest(kmeans: Answer, rng: np.random.Generator) -> None:
    for offset in (0, 300):
        X = rng.normal(offset, 4, (150, 3))
        centres, labels, _ = _parts(kmeans(X, 7, seed=2), X, 7)
        squares = _squares(X, centres)
        chosen, least = squares[np.arange(len(X)), labels], squares.min(axis=1)
        if (far := np.flatnonzero(chosen > least * (1 + 1e-6) + 1e-9)).size:
            raise Fault(
                f"row {far[0]} is in cluster {labels[far[0]]}, {len(far)} rows in a farther one",
                f"cluster {squares[far[0]].argmin()}",
                "labels given before the centres moved last",
            )


@check("5", "centres are means")
def means(kmeans: Answer, rng: np.random.Generator) -> None:
    X, _ = _blobs(rng, 5, 20)
    centres, labels, _ = _parts(kmeans(X, 5, seed=3), X, 5)
    for j in np.unique(labels):
        same(centres[j], X[labels == j].mean(axis=0), f"centre {j}", atol=1e-6)


@check("5", "inertia adds up")
def inertia(kmeans: Answer, rng: np.random.Generator) -> None:
    for k in (1, 4):
        X = rng.normal(3, 4, (90, 5))
        centres, labels, found = _parts(kmeans(X, k), X, k)
        expected = ((X - centres[labels]) ** 2).sum()
        same(found, expected, "inertia", look_at="squared distances to the own centre, summed")


@check("5", "blobs without a restart")
def blobs(kmeans: Answer, rng: np.random.Generator) -> str:
    n_right = 0
    for k in range(_SETS):
        X, best = _blobs(rng, 8, 20)
        n_right += _parts(kmeans(X, 8, seed=100 + k), X, 8)[2] < 1.05 * best
    if n_right < _LEAST:
        raise Fault(
            f"8 well separated blobs are found in {n_right} of {_SETS} sets",
            f"at least {_LEAST} of {_SETS}",
            "where the first centres come from: two in one blob never part",
        )
    return f"{n_right} of {_SETS} sets of blobs found"


@check("5", "one cluster, and one for each row")
def extremes(kmeans: Answer, rng: np.random.Generator) -> None:
    X = rng.normal(3, 4, (12, 2))
    same(_parts(kmeans(X, 1), X, 1)[0][0], X.mean(axis=0), "the only centre", atol=1e-6)
    same(_parts(kmeans(X, 12), X, 12)[2], np.array(0.0), "inertia of 12 clusters", atol=1e-6)


@check("5", "many rows")
def speed(kmeans: Answer, rng: np.random.Generator) -> None:
    X = rng.normal(0, 1, (20_000, 48))
    fast_enough(kmeans, (X, 6, 1, 5), scratch.kmeans, floor=1.5)
