"""Step 6: ridge, judged by what its solution has to satisfy."""

from typing import Any

import numpy as np

from emgtut.interview._answer import Answer, Fault, Raised
from emgtut.interview._compare import array, same, several
from emgtut.interview._registry import bonus, check
from emgtut.learn import scratch


def _parts(value: Any, X: np.ndarray, Y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    W, b = several(value, ("W", "b"))
    return array(W, (X.shape[1], Y.shape[1]), "W"), array(b, (Y.shape[1],), "b")


def _problem(rng: np.random.Generator, n: int, p: int, q: int = 2) -> tuple[np.ndarray, np.ndarray]:
    X = rng.normal(2, 1, (n, p))
    return X, X @ rng.normal(size=(p, q)) + rng.normal(4, 1, (n, q))


@check("6", "shapes")
def shapes(fit: Answer, rng: np.random.Generator) -> None:
    for n, p, q in ((20, 6, 3), (7, 4, 1)):
        X, Y = _problem(rng, n, p, q)
        _parts(fit(X, Y, 1.0), X, Y)


@check("6", "targets that are all larger")
def shift(fit: Answer, rng: np.random.Generator) -> None:
    X, Y = _problem(rng, 30, 5)
    W, b = _parts(fit(X, Y, 3.0), X, Y)
    W_later, b_later = _parts(fit(X, Y + 100, 3.0), X, Y)
    if np.allclose(b, 0) and np.allclose(b_later, 0):
        raise Fault("b is 0", "an intercept, which moves by 100 when the targets do", "the means")
    if not np.allclose(W, W_later, rtol=1e-6, atol=1e-8):
        raise Fault(
            f"with 100 added to Y, W changes and b moves by {b_later[0] - b[0]:.4g}",
            "the same W, and b larger by 100",
            "a penalty that also pulls at the intercept",
        )
    same(b_later - b, np.full(2, 100.0), "the change of b")


@check("6", "the gradient is zero")
def gradient(fit: Answer, rng: np.random.Generator) -> None:
    for k in range(15):
        n, p = (9, 14) if k % 5 == 4 else (int(rng.integers(15, 60)), int(rng.integers(2, 9)))
        X, Y = _problem(rng, n, p)
        if k % 5 == 3:
            X = X * np.logspace(-2, 2, p)
        alpha = float(10 ** rng.uniform(-1, 2))
        W, b = _parts(fit(X, Y, alpha), X, Y)
        rest = Y - X @ W - b
        same(rest.mean(axis=0), np.zeros(2), "mean residual", atol=1e-6 * np.abs(Y).max())
        pull = (X - X.mean(axis=0)).T @ rest
        scale = np.abs((X - X.mean(axis=0)).T @ (Y - Y.mean(axis=0))).max()
        if np.abs(pull - alpha * W).max() > 1e-6 * scale:
            fits = float((pull * W).sum() / (W**2).sum())
            raise Fault(
                f"W solves the problem for alpha {fits:.4g} rather than {alpha:.4g} (n = {n})",
                "|Y - X W - b|^2 + alpha |W|^2 at its minimum",
                "the penalty: not times n, not squared",
            )


@check("6", "alpha 0 is least squares")
def least_squares(fit: Answer, rng: np.random.Generator) -> None:
    X, Y = _problem(rng, 40, 6)
    W, b = _parts(fit(X, Y, 0.0), X, Y)
    expected = np.linalg.lstsq(np.column_stack([X, np.ones(40)]), Y, rcond=None)[0]
    same(W, expected[:-1], "W", atol=1e-7)
    same(b, expected[-1], "b", atol=1e-7)


@check("6", "twin columns")
def twins(fit: Answer, rng: np.random.Generator) -> None:
    X, Y = _problem(rng, 30, 4)
    X = np.column_stack([X, X[:, 1]])
    W, _ = _parts(fit(X, Y, 0.5), X, Y)
    same(W[4], W[1], "weight of a column's twin", atol=1e-7, look_at="the penalty shares weight")


@check("6", "large alpha")
def large(fit: Answer, rng: np.random.Generator) -> None:
    X, Y = _problem(rng, 30, 4)
    W, b = _parts(fit(X, Y, 1e12), X, Y)
    mean = np.tile(Y.mean(axis=0), (30, 1))
    same(X @ W + b, mean, "prediction", rtol=1e-4, look_at="what is left when W vanishes: the mean")


@bonus("6", "ill-conditioned")
def ill_conditioned(fit: Answer, rng: np.random.Generator) -> str:
    """Say how the answer stands cases that are shown and not required."""
    t = np.linspace(0, 1, 60)
    powers = np.vander(t, 14)[:, :-1]
    Y = np.sin(6 * t)[:, None]
    flat = np.column_stack([powers[:, -3:], powers[:, -1]])
    stands = []
    for X in (powers, flat):
        try:
            W, b = _parts(fit(X, Y, 0.0), X, Y)
            best, offset = scratch.ridge_fit(X, Y, 0.0)
            rest, least = (np.abs(Y - X @ w - c).max() for w, c in ((W, b), (best, offset)))
            stands.append(bool(rest < 2 * least + 1e-6))
        except (Fault, Raised):
            stands.append(False)
    if all(stands):
        return "bonus: stands ill-conditioned columns and twins at alpha 0"
    if stands[0]:
        return "not required: twins at alpha 0 need an SVD"
    return "not required: powers of t at alpha 0 need QR or an SVD"
