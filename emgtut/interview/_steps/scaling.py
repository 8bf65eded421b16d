"""Step 4: standardising, and principal components."""

from typing import Any

import numpy as np

from emgtut.interview._answer import Answer, Fault
from emgtut.interview._compare import array, refuses, same, several
from emgtut.interview._registry import check
from emgtut.learn import scratch


def _fitted(fit: Answer, X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    mean, scale = several(fit(X), ("mean", "scale"))
    return array(mean, X.shape[1:], "mean"), array(scale, X.shape[1:], "scale")


@check("4a", "input stays as it is")
def untouched(fit: Answer, apply: Answer, rng: np.random.Generator) -> None:
    X = rng.normal(5, 3, (30, 4))
    array(apply(X, *_fitted(fit, X)), X.shape)  # the call itself looks


@check("4a", "constant column")
def constant(fit: Answer, apply: Answer, rng: np.random.Generator) -> None:
    X = rng.normal(5, 3, (40, 3))
    X[:, 1] = 4
    mean, scale = _fitted(fit, X)
    if not (np.isfinite(scale).all() and scale[1] == 1):
        raise Fault(
            f"the scale of a constant column is {scale[1]:.3g}", "1", "columns without any spread"
        )
    if not np.isfinite(found := np.asarray(apply(X, mean, scale))).all():
        row, column = np.argwhere(~np.isfinite(found))[0]
        raise Fault(f"row {row}, column {column} is not finite", "0", "a division by 0")


@check("4a", "a row alone and among others")
def alone(fit: Answer, apply: Answer, rng: np.random.Generator) -> None:
    mean, scale = _fitted(fit, rng.normal(5, 3, (60, 5)))
    X = rng.normal(7, 9, (20, 5))
    among = array(apply(X, mean, scale), X.shape)
    for k in (0, 7):
        one = array(apply(X[k : k + 1], mean, scale), (1, 5))
        if not np.allclose(one[0], among[k]):
            raise Fault(
                f"a row gives {one[0, 0]:.4g} alone and {among[k, 0]:.4g} among others",
                "the same number",
                "statistics taken from the rows that are applied to",
            )


@check("4a", "mean 0, SD 1")
def unit(fit: Answer, apply: Answer, rng: np.random.Generator) -> None:
    X = rng.normal(5, [1, 30, 0.01], (400, 3))
    found = array(apply(X, *_fitted(fit, X)), X.shape)
    same(found.mean(axis=0), np.zeros(3), "mean of a training column", atol=1e-6)
    same(found.std(axis=0), np.ones(3), "SD of a training column", rtol=0.01)  # either ddof


@check("4a", "back again")
def inverse(fit: Answer, apply: Answer, rng: np.random.Generator) -> None:
    mean, scale = _fitted(fit, rng.normal(5, 3, (60, 5)))
    X = rng.normal(-2, 4, (9, 5))
    found = array(apply(X, mean, scale), X.shape)
    same(found * scale + mean, X, "result * scale + mean", look_at="(X - mean) / scale")


def _parts(value: Any, X: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    mean, components, ratio = several(value, ("mean", "components", "ratio"))
    return (
        array(mean, X.shape[1:], "mean"),
        array(components, (k, X.shape[1]), "components"),
        array(ratio, (k,), "ratio"),
    )


def _table(rng: np.random.Generator, n: int, p: int, offset: float = 0.0) -> np.ndarray:
    """Random rows whose directions differ well in variance."""
    mixing = np.linalg.qr(rng.normal(size=(p, p)))[0]
    return offset + rng.normal(size=(n, p)) * 1.6 ** np.arange(p, 0, -1) @ mixing


@check("4b", "shapes")
def shapes(pca: Answer, rng: np.random.Generator) -> None:
    for n, p, k in ((30, 7, 3), (5, 11, 4)):
        _parts(pca(X := _table(rng, n, p), k), X, k)


@check("4b", "an offset changes nothing")
def centred(pca: Answer, rng: np.random.Generator) -> None:
    X = _table(rng, 50, 6)
    plain, shifted = _parts(pca(X, 3), X, 3), _parts(pca(X + 500, 3), X, 3)
    overlap = np.abs((plain[1] * shifted[1]).sum(axis=1))
    if not np.allclose(overlap, 1, atol=1e-6) or not np.allclose(plain[2], shifted[2], rtol=1e-5):
        raise Fault(
            "with 500 added to X, directions or shares are others",
            "the same: variance does not know the mean",
            "the mean, which has to go before the SVD",
        )
    same(shifted[0], (X + 500).mean(axis=0), "mean")


@check("4b", "shares of variance")
def shares(pca: Answer, rng: np.random.Generator) -> None:
    for _ in range(12):
        n, p = int(rng.integers(5, 40)), int(rng.integers(3, 12))
        X = _table(rng, n, p, 100)
        k = int(rng.integers(1, min(n, p)))
        same(
            _parts(pca(X, k), X, k)[2],
            scratch.pca(X, k)[2],
            "ratio",
            look_at="variance is proportional to s squared; the sum runs over all directions",
        )


@check("4b", "orthonormal rows")
def orthonormal(pca: Answer, rng: np.random.Generator) -> None:
    components = _parts(pca(X := _table(rng, 40, 8), 5), X, 5)[1]
    same(components @ components.T, np.eye(5), "components @ components.T", atol=1e-8)


@check("4b", "sign rule")
def signs(pca: Answer, rng: np.random.Generator) -> None:
    for _ in range(12):
        components = _parts(pca(X := _table(rng, 30, 9, 3), 6), X, 6)[1]
        largest = components[np.arange(6), np.abs(components).argmax(axis=1)]
        if (largest < 0).any():
            row = int(np.argmax(largest < 0))
            raise Fault(
                f"the largest entry of component {row} is {largest[row]:.3f}",
                f"{-largest[row]:.3f}: positive",
                "the sign of an SVD, which is free until a rule fixes it",
            )


@check("4b", "directions")
def directions(pca: Answer, rng: np.random.Generator) -> None:
    for _ in range(12):
        n, p = int(rng.integers(6, 40)), int(rng.integers(3, 12))
        X = _table(rng, n, p, 1000)
        k = int(rng.integers(1, min(n - 1, p) + 1))
        same(_parts(pca(X, k), X, k)[1], scratch.pca(X, k)[1], "components", atol=1e-5)


@check("4b", "all directions rebuild the data")
def rebuild(pca: Answer, rng: np.random.Generator) -> None:
    X = _table(rng, 25, 6, 10)
    mean, components, _ = _parts(pca(X, 6), X, 6)
    same((X - mean) @ components.T @ components + mean, X, "the rebuilt X", atol=1e-6)


@check("4b", "k out of range")
def refused(pca: Answer, rng: np.random.Generator) -> None:
    X = rng.normal(size=(8, 5))
    for k in (0, 6, -1):
        refuses(pca, X, k, because=f"k is {k}, and 1 to 5 make sense")


@check("4b", "memory")
def memory(pca: Answer, rng: np.random.Generator) -> str:
    X = rng.normal(size=(4000, 48))
    _parts(pca(X, 5, memory=True), X, 5)
    megabytes = pca.peak / 1e6
    if megabytes > 40:
        raise Fault(
            f"{megabytes:.0f} MB for 4000 x 48 numbers",
            "less than 40 MB",
            "full_matrices, which asks for all 4000 x 4000 left vectors",
        )
    return f"{megabytes:.0f} MB at most"
