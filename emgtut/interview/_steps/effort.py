"""Step 2: the envelope, judged by what it does to known signals, not by a reference output."""

import numpy as np

from emgtut.interview._answer import Answer, Fault
from emgtut.interview._compare import array, fast_enough, same
from emgtut.interview._registry import check
from emgtut.learn import scratch

_FS = 2000.0


def _gain(envelope: Answer, frequency: float, fs: float) -> float:
    """Envelope of a sine against its mean rectified value, once everything has settled."""
    time = np.arange(int(2 * fs)) / fs
    sine = 10 * np.sin(2 * np.pi * frequency * time)[:, None]
    found = array(envelope(sine, fs), sine.shape)
    return float(found[len(found) // 2 :].mean() / (10 * 2 / np.pi))


@check("2", "shape and first samples")
def first_samples(envelope: Answer, rng: np.random.Generator) -> None:
    emg = rng.normal(0, 20, (700, 3))
    found = array(envelope(emg, _FS), emg.shape)
    if not np.isfinite(found).all():
        row = int(np.argwhere(~np.isfinite(found))[0][0])
        raise Fault(f"row {row} is not finite", "a number in every row", "the first samples")
    array(envelope(emg[:5], _FS), (5, 3))


@check("2", "never negative")
def non_negative(envelope: Answer, rng: np.random.Generator) -> None:
    found = array(envelope(emg := rng.normal(0, 20, (3000, 2)), _FS), emg.shape)
    if found.min() < -1e-6 * np.abs(found).max():
        raise Fault(
            f"the smallest value is {found.min():.3g}",
            "nothing below 0",
            "the rectifier, between the filter and the average",
        )


@check("2", "slow parts are gone")
def slow_parts(envelope: Answer, rng: np.random.Generator) -> None:
    for fs in (_FS, 1600.0):
        for frequency in (5.0, 10.0):
            if not (gain := _gain(envelope, frequency, fs)) < 0.05:
                raise Fault(
                    f"{100 * gain:.0f} % of a sine of {frequency:g} Hz comes through",
                    "less than 5 %: that is movement of the electrode",
                    "the high-pass",
                )
    emg = rng.normal(0, 20, (4000, 2))
    plain, shifted = array(envelope(emg, _FS), emg.shape), envelope(emg + 3000, _FS)
    same(
        np.asarray(shifted)[2000:],
        plain[2000:],
        "with an offset of 3000, the envelope",
        rtol=1e-3,
        look_at="a constant offset, which the high-pass has to remove",
    )


@check("2", "muscle comes through")
def muscle(envelope: Answer, rng: np.random.Generator) -> None:
    for fs in (_FS, 1600.0):
        for frequency in (150.0, 300.0):
            if not abs((gain := _gain(envelope, frequency, fs)) - 1) <= 0.12:
                raise Fault(
                    f"the gain at {frequency:g} Hz is {gain:.2f}",
                    "0.88 to 1.12 of the mean rectified value",
                    "what the high-pass does far above its cut-off",
                )


@check("2", "only the past")
def causal(envelope: Answer, rng: np.random.Generator) -> None:
    emg = rng.normal(0, 20, (3000, 2))
    later = emg.copy()
    later[2000:] = rng.normal(0, 200, (1000, 2))
    before = array(envelope(emg, _FS), emg.shape)
    after = array(envelope(later, _FS), emg.shape)
    changed = np.flatnonzero(np.abs(before - after)[:2000].max(axis=1) > 1e-6 * before.max())
    if len(changed):
        raise Fault(
            f"samples from 2000 on were changed; the output changes from {changed[0]} on",
            "no change before sample 2000",
            "filters that run both ways, centred windows, statistics of the whole signal",
        )


@check("2", "blind to the sign")
def sign(envelope: Answer, rng: np.random.Generator) -> None:
    emg = rng.normal(0, 20, (2500, 2))
    same(envelope(-emg, _FS), np.asarray(envelope(emg, _FS)), "envelope(-emg)", rtol=1e-6)


@check("2", "scales with the signal")
def scale(envelope: Answer, rng: np.random.Generator) -> None:
    emg = rng.normal(0, 20, (2500, 2))
    same(envelope(3 * emg, _FS), 3 * np.asarray(envelope(emg, _FS)), "envelope(3 emg)", rtol=1e-6)


@check("2", "quick enough")
def rise(envelope: Answer, rng: np.random.Generator) -> str:
    time = np.arange(5000) / _FS
    burst = np.where(time >= 1.5, np.sin(2 * np.pi * 150 * time), 0)[:, None]
    found = array(envelope(burst, _FS), burst.shape)[:, 0]
    half = np.flatnonzero(found >= 0.5 * np.median(found[-1000:]))
    delay = 1e3 * (time[half[0]] - 1.5) if len(half) else np.inf
    if delay >= 120:
        raise Fault(
            f"half of a burst's height is reached after {delay:.0f} ms",
            "less than 120 ms",
            "the length of the filter and of the average",
        )
    return f"half-rise {delay:.0f} ms"


@check("2", "channels apart")
def channels(envelope: Answer, rng: np.random.Generator) -> None:
    emg = rng.normal(0, [20, 0, 5], (2500, 3))
    found = array(envelope(emg, _FS), emg.shape)
    if np.abs(found[:, 1]).max() > 1e-6:
        raise Fault(
            f"a silent channel has an envelope of {np.abs(found[:, 1]).max():.3g}",
            "0",
            "operations that mix channels",
        )
    same(found[:, 2:], np.asarray(envelope(emg[:, 2:], _FS)), "channel 2 among others")


@check("2", "steady on steady noise")
def steady(envelope: Answer, rng: np.random.Generator) -> None:
    emg = rng.normal(0, 20, (6000, 2))
    found = array(envelope(emg, _FS), emg.shape)[2000:]
    if (spread := float((found.std(axis=0) / found.mean(axis=0)).max())) >= 0.35:
        raise Fault(
            f"spread / mean is {spread:.2f} on steady noise",
            "less than 0.35",
            "the average over the last smooth * fs samples",
        )


@check("2", "a minute of 16 channels")
def speed(envelope: Answer, rng: np.random.Generator) -> None:
    fast_enough(envelope, (rng.normal(0, 20, (60_000, 16)), 1000.0), scratch.envelope, floor=1.5)
