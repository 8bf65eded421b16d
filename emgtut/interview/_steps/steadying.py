"""Step 9: the one-euro filter."""

import numpy as np

from emgtut.interview._answer import Answer, Fault
from emgtut.interview._compare import array, number, same
from emgtut.interview._registry import check
from emgtut.learn import scratch

#: Published constants at 1/32 s: what goes in, what comes out.
_KNOWN = (
    ((0, -1, -1, -1, -1, -1), (0, -0.178290, -0.332234, -0.460913, -0.566255, -0.651380)),
    ((0, 0.5, -0.25, 1, 1, 0), (0, 0.085634, 0.030151, 0.203586, 0.352867, 0.289766)),
)


def _run(f: Answer, values: np.ndarray, times: np.ndarray) -> np.ndarray:
    shape = values.shape[1:]
    return np.array([array(f(x, float(t)), shape) for x, t in zip(values, times, strict=True)])


@check("9", "time between samples")
def elapsed(euro: Answer, rng: np.random.Generator) -> None:
    after = []
    for dt in (0.01, 0.2):
        f = euro.made()
        after.append(_run(f, np.array([[0.0], [1.0]]), np.array([5, 5 + dt]))[1, 0])
    if np.isclose(after[0], after[1]):
        raise Fault(
            f"a step reaches {after[0]:.3f} after 10 ms and after 200 ms",
            "more after more time",
            "dt, which is the difference of two stamps",
        )


@check("9", "components apart")
def components(euro: Answer, rng: np.random.Generator) -> None:
    times = np.arange(30) / 40
    values = rng.normal(0, [0.1, 9], (30, 2)).cumsum(axis=0)
    among = _run(euro.made(beta=0.5), values, times)
    alone = _run(euro.made(beta=0.5), values[:, :1], times)
    same(
        among[:, :1],
        alone,
        "of a slow component beside a fast one, the result",
        look_at="one speed for each component, not one for all",
    )


@check("9", "dropped values")
def dropped(euro: Answer, rng: np.random.Generator) -> None:
    f = euro.made()
    nan = np.nan
    values = np.array([[0, nan], [1, nan], [nan, 3], [nan, 4], [2, nan], [2, 4]], float)
    found = _run(f, values, np.arange(6) / 20)
    if not np.isfinite(found).all():
        row, column = (int(k) for k in np.argwhere(~np.isfinite(found))[0])
        raise Fault(
            f"call {row} returns {number(found[row, column])} where {values[row, column]} came in",
            "finite values only",
            "NaN that gets into what the filter remembers",
        )
    same(found[:2, 1], np.zeros(2), "before its first value, a component")
    same(found[2, 1], np.array(3.0), "at its first value, a component", look_at="what seeds it")
    same(found[2:4, 0], np.full(2, found[1, 0]), "without a value, a component", look_at="hold it")


@check("9", "known values")
def known(euro: Answer, rng: np.random.Generator) -> None:
    for values, expected in _KNOWN:
        found = _run(euro.made(), np.array(values, float)[:, None], np.arange(6) / 32)
        same(
            found[:, 0],
            np.array(expected),
            f"for {values}, the result",
            atol=2e-6,
            look_at="the speed: from the smoothed value before, and smoothed itself",
        )


@check("9", "constants")
def constants(euro: Answer, rng: np.random.Generator) -> None:
    values = np.tile([2.5, -7.0], (20, 1))
    same(_run(euro.made(), values, np.arange(20) / 30), values, "of a constant, the result")


@check("9", "repeated stamps")
def repeated(euro: Answer, rng: np.random.Generator) -> None:
    f = euro.made()
    found = _run(f, np.array([[0.0], [1.0], [1.0], [1.0]]), np.array([0, 0.02, 0.02, 0.04]))[:, 0]
    if not np.isfinite(found).all():
        raise Fault("nan or inf at a repeated stamp", "a finite value", "a division by dt = 0")
    if not (found[1] - 1e-9 <= found[2] <= 1 + 1e-9 and found[2] - 1e-9 <= found[3]):
        raise Fault(f"{np.round(found, 3)} for 0, 1, 1, 1", "a way from 0 to 1", "dt = 0")


@check("9", "irregular stamps")
def irregular(euro: Answer, rng: np.random.Generator) -> None:
    times = 100 + np.cumsum(rng.uniform(0.002, 0.09, 200))
    values = rng.normal(0, 1, (200, 3)).cumsum(axis=0)
    options = {"min_cutoff": 0.7, "beta": 0.3, "d_cutoff": 2.0}
    reference = scratch.OneEuro(**options)
    expected = np.array([reference(x, t) for x, t in zip(values, times, strict=True)])
    same(_run(euro.made(**options), values, times), expected, "the result")


@check("9", "reset")
def reset(euro: Answer, rng: np.random.Generator) -> None:
    f = euro.made()
    first = _run(f, np.array([[1.0], [5.0]]), np.array([0, 0.1]))
    f.method("reset")()
    again = _run(f, np.array([[1.0], [5.0]]), np.array([0, 0.1]))
    same(again, first, "after reset(), the result", look_at="everything that is remembered")
