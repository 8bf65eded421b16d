"""Features: the compiled code against the definitions, laws, limits, errors."""

import math
import os
import subprocess
import sys
import tracemalloc
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emgtut import feature_names, window_features
from emgtut.signals import features as module
from emgtut.signals.features import FEATURES, reference_features

# Neighbours, factors, primes, longer than the window: everything the blocks depend on.
SIZES = [(1, 1), (2, 1), (3, 3), (8, 4), (8, 3), (7, 1), (7, 7), (12, 8), (5, 9), (6, 13), (97, 97)]


def signals(rng):
    n, channels = 97, 3
    spiky = rng.normal(size=(n, channels))
    spiky[40] = 1e7
    return {
        "random": rng.normal(size=(n, channels)),
        "float32": rng.normal(0, 18, (n, channels)).astype(np.float32),
        "spiky": spiky,
        "constant": np.full((n, channels), 2.5),
        "zero": np.zeros((n, channels)),
        "whole": rng.integers(-2, 3, (n, channels)).astype(np.int16),
        "offset": 1e4 + rng.normal(size=(n, channels)),
        "strided": rng.normal(size=(2 * n, 2 * channels))[::2, ::2],
        "backwards": rng.normal(size=(n, channels))[::-1],
        "transposed": rng.normal(size=(channels, n)).T,
        "one channel": rng.normal(size=(n, 1)),
        "other byte order": rng.normal(size=(n, channels)).astype(">f4"),
    }


def in_two_loops(emg, window, hop):
    """All six features by the book, one number at a time."""
    emg = emg.astype(float).tolist()
    rows = []
    for start in range(0, len(emg) - window + 1, hop):
        columns = list(zip(*emg[start : start + window], strict=True))
        row = [math.sqrt(math.fsum(x * x for x in c) / window) for c in columns]
        row += [math.fsum(map(abs, c)) / window for c in columns]
        row += [math.fsum(abs(b - a) for a, b in pairwise(c)) for c in columns]
        row += [sum(a < 0 < b or b < 0 < a for a, b in pairwise(c)) for c in columns]
        row += [
            sum(a < b > z or a > b < z for a, b, z in zip(c, c[1:], c[2:], strict=False))
            for c in columns
        ]
        for c in columns:
            mean = math.fsum(c) / window
            variance = math.fsum((x - mean) ** 2 for x in c) / window
            row.append(math.log(variance) if variance else -math.inf)
        rows.append(row)
    return np.array(rows)


@pytest.mark.parametrize(("window", "hop"), SIZES)
def test_every_feature_is_what_its_definition_says(rng, window, hop):
    for name, emg in signals(rng).items():
        expected = in_two_loops(emg, window, hop)
        if name == "constant":  # 0 up to rounding, whose logarithm says nothing
            expected = expected[:, : 5 * emg.shape[1]]
        n = expected.shape[1]
        for compute in (window_features, reference_features):
            found = compute(emg, window=window, hop=hop, features=FEATURES)
            assert found.dtype == np.float64
            if window == 1:  # no variance in one sample, but rounding of a mean
                assert (found[:, -emg.shape[1] :] == -np.inf).all(), name
            np.testing.assert_allclose(
                found[:, :n], expected, rtol=1e-9, atol=1e-12, err_msg=f"{name}, {compute.__name__}"
            )


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    n=st.integers(1, 260),
    window=st.integers(1, 90),
    hop=st.integers(1, 120),
    channels=st.integers(1, 5),
    wide=st.booleans(),
)
def test_compiled_code_agrees_with_the_definitions(seed, n, window, hop, channels, wide):
    window = min(window, n)
    emg = np.random.default_rng(seed).normal(size=(n, channels))
    emg = emg if wide else emg.astype(np.float32)
    ours = window_features(emg, window=window, hop=hop, features=FEATURES)
    slow = reference_features(emg, window=window, hop=hop, features=FEATURES)
    assert ours.shape == (1 + (n - window) // hop, 6 * channels)
    np.testing.assert_allclose(ours, slow, rtol=1e-9, atol=1e-13)


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    window=st.integers(2, 50),
    hop=st.integers(1, 60),
    exponent=st.integers(-6, 6),
)
def test_laws(seed, window, hop, exponent):
    emg = np.random.default_rng(seed).normal(size=(151, 2))
    sizes = {"window": window, "hop": hop}
    plain = window_features(emg, **sizes, features=FEATURES)
    # The sign of a signal is no part of its size.
    assert (window_features(-emg, **sizes, features=FEATURES[:3]) == plain[:, :6]).all()
    np.testing.assert_allclose(window_features(-emg, **sizes, features=FEATURES), plain, rtol=1e-9)
    # Powers of two scale sizes exactly, leave counts alone, and move the log by a constant.
    scale = 2.0**exponent
    scaled = window_features(scale * emg, **sizes, features=FEATURES)
    assert (scaled[:, :6] == scale * plain[:, :6]).all()
    assert (scaled[:, 6:10] == plain[:, 6:10]).all()
    np.testing.assert_allclose(
        scaled[:, 10:], plain[:, 10:] + 2 * exponent * math.log(2), rtol=1e-9, atol=1e-12
    )
    # An offset is seen by RMS and MAV only.
    moved = window_features(emg + 1000, **sizes, features=["wl", "ssc", "log_var"])
    np.testing.assert_allclose(moved[:, :4], plain[:, [4, 5, 8, 9]], rtol=1e-9)
    np.testing.assert_allclose(moved[:, 4:], plain[:, 10:], rtol=1e-7, atol=1e-7)
    # Known bounds between them.
    rms, mav, wl = plain[:, :2], plain[:, 2:4], plain[:, 4:6]
    assert (mav <= rms * (1 + 1e-12)).all()
    assert (wl <= 2 * window * mav * (1 + 1e-12)).all()


@pytest.mark.parametrize("hop", [20, 200, 7])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_spike_leaves_nothing_behind(rng, hop, dtype):
    emg = rng.normal(size=(6000, 2)).astype(dtype)
    spoiled = emg.copy()
    at = 2345
    spoiled[at] = 1e7
    window = 400
    found = window_features(spoiled, window=window, hop=hop, features=FEATURES)
    truth = window_features(emg, window=window, hop=hop, features=FEATURES)
    starts = np.arange(len(found)) * hop
    clean = (starts > at) | (starts + window <= at)
    assert clean.sum() > 10
    np.testing.assert_allclose(found[clean], truth[clean], rtol=1e-12)
    with_spike = in_two_loops(spoiled, window, hop)[~clean]
    np.testing.assert_allclose(found[~clean], with_spike, rtol=1e-9)


def test_windows_do_not_share_the_step_between_them():
    emg = np.array([0.0, 1.0, 101.0, 102.0])[:, None]
    assert window_features(emg, window=2, hop=2, features=["wl"]).ravel().tolist() == [1, 1]
    assert window_features(emg, window=2, hop=1, features=["wl"]).ravel().tolist() == [1, 100, 1]
    assert window_features(emg, window=4, hop=9, features=["wl"]).ravel().tolist() == [102]


def test_zero_has_no_sign_and_level_ground_no_slope():
    emg = np.array([1.0, 0.0, -1.0, 1.0, 1.0, -1.0])[:, None]
    assert window_features(emg, window=6, hop=1, features=["zc"]).item() == 2
    assert window_features(emg, window=6, hop=1, features=["ssc"]).item() == 1


@pytest.mark.parametrize("features", [["mav"], ["wl", "rms"], ["zc", "mav"], ("log_var", "ssc")])
def test_any_choice_in_any_order(rng, features):
    emg = rng.normal(size=(300, 4))
    every = window_features(emg, window=40, hop=30, features=FEATURES)
    names = feature_names(4, FEATURES)
    columns = [names.index(name) for name in feature_names(4, features)]
    chosen = window_features(emg, window=40, hop=30, features=features)
    assert (chosen == every[:, columns]).all()


def test_names_travel_feature_by_feature():
    assert feature_names(["a", "b"]) == ("rms_a", "rms_b", "mav_a", "mav_b", "wl_a", "wl_b")
    assert feature_names(16)[15] == "rms_EMG16"
    with pytest.raises(TypeError, match="channel_names is 'EMG01'"):
        feature_names("EMG01")


def test_input_is_left_alone_and_read_where_it_lies(rng, tmp_path):
    emg = rng.normal(size=(500, 3)).astype(np.float32)
    expected = window_features(emg, window=100, hop=50)
    emg.tofile(tmp_path / "emg")
    mapped = np.memmap(tmp_path / "emg", dtype=np.float32, mode="r", shape=emg.shape)
    assert (window_features(mapped, window=100, hop=50) == expected).all()
    before = emg.copy()
    emg.flags.writeable = False
    assert (window_features(emg, window=100, hop=50) == expected).all()
    assert (emg == before).all()
    assert (window_features(emg.tolist(), window=100, hop=50) == expected).all()


def test_little_memory(rng):
    emg = rng.normal(size=(142_674, 16)).astype(np.float32)
    window_features(emg[:500], window=400, hop=20)  # compiled, imported
    for hop, features in ((20, FEATURES[:3]), (1, ["mav"]), (20, FEATURES)):
        n_windows = (len(emg) - 400) // hop + 1
        tracemalloc.start()
        result = window_features(emg, window=400, hop=hop, features=features)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        if features == FEATURES[:3]:
            assert peak < 10e6
        table = 8 * n_windows * 3 * 16
        assert peak < result.nbytes + table + 50e6


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("row", [0, 5, 57, 99])
@pytest.mark.parametrize("features", [("rms", "mav", "wl"), ("zc",), ("log_var", "rms")])
@pytest.mark.parametrize("sizes", [(20, 10), (7, 29), (60, 60)])
def test_not_finite_is_refused_wherever_it_is(rng, value, row, features, sizes):
    emg = rng.normal(size=(100, 2))
    emg[row, 1] = value
    window, hop = sizes
    with pytest.raises(ValueError, match=rf"{value} at row {row}, channel 1 \(1 such rows\); cut"):
        window_features(emg, window=window, hop=hop, features=features)


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"emg": np.zeros(50)}, ValueError, r"shape \(50,\).*for one channel pass emg\[:, np"),
        ({"emg": np.zeros((5, 4, 3))}, ValueError, r"pass numbers in an array of \(n_samples"),
        ({"emg": np.zeros((50, 0))}, ValueError, r"shape \(50, 0\)"),
        ({"emg": [["a"]]}, ValueError, "pass numbers"),
        ({"emg": np.zeros((50, 2), complex)}, ValueError, "type complex128"),
        ({"emg": np.full((50, 2), 1e200)}, ValueError, "reaches 1e[+]200.*microvolts"),
        ({"window": 51}, ValueError, "window is 51 samples but emg has 50; pass a window of at"),
        ({"window": 0}, ValueError, "window is 0; pass a whole number, at least 1"),
        ({"window": 0.2}, TypeError, "window is 0.2; pass a whole number"),
        ({"hop": 0}, ValueError, "hop is 0; pass"),
        ({"hop": -3}, ValueError, "hop is -3; pass"),
        ({"features": ["rms", "RMS"]}, ValueError, "feature is 'RMS'; pass one of 'rms', 'mav'"),
        ({"features": []}, ValueError, "pass one or more names"),
        ({"features": ["rms", "rms"]}, ValueError, "none of them twice"),
        ({"features": "rms"}, TypeError, r"pass a sequence of names: \('rms',\)"),
    ],
)
def test_bad_input_is_named(change, error, says):
    arguments = {"emg": np.zeros((50, 2)), "window": 10, "hop": 5} | change
    with pytest.raises(error, match=says):
        window_features(arguments.pop("emg"), **arguments)


def test_works_without_numba(rng, monkeypatch):
    monkeypatch.setattr(module, "compiled", lambda dtype: None)
    emg = rng.normal(size=(500, 3))
    slow = window_features(emg, window=40, hop=30, features=FEATURES)
    monkeypatch.undo()
    np.testing.assert_allclose(
        slow, window_features(emg, window=40, hop=30, features=FEATURES), rtol=1e-9
    )
    emg[7, 2] = np.nan
    monkeypatch.setattr(module, "compiled", lambda dtype: None)
    with pytest.raises(ValueError, match="nan at row 7, channel 2"):
        window_features(emg, window=40, hop=30)


def in_a_process(code, **env):
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env=os.environ | env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_numba_is_imported_at_first_use_and_not_needed():
    out = in_a_process(
        "import sys, numpy as np\n"
        "from emgtut import window_features\n"
        "print('numba' in sys.modules)\n"
        "sys.modules['numba'] = None\n"  # what an installation without it looks like
        "print(window_features(np.ones((9, 2)), window=3, hop=3).sum())\n"
    )
    assert out.split() == ["False", "12.0"]


def test_the_second_process_does_not_compile(tmp_path):
    code = (
        "import numpy as np\n"
        "from emgtut.signals import _window_sums\n"
        "kernel = _window_sums.compiled('float32')\n"
        "out = np.empty((1, 3, 2))\n"
        "print(kernel(np.ones((4, 2), np.float32), 4, 4, 4, out), out.ravel())\n"
        "print(sum(kernel.stats.cache_hits.values()), sum(kernel.stats.cache_misses.values()))\n"
    )
    first, second = (in_a_process(code, NUMBA_CACHE_DIR=str(tmp_path)) for _ in range(2))
    assert first.splitlines() == ["True [1. 1. 1. 1. 0. 0.]", "0 1"]
    assert second.splitlines()[1] == "1 0"


def test_compiles_where_nothing_can_be_kept():
    """As under a read-only installation without a writable home."""
    out = in_a_process(
        "import numpy as np\n"
        "import numba.core.caching as caching\n"
        "caching.CacheImpl._locator_classes = []\n"
        "from emgtut import window_features\n"
        "print(window_features(np.ones((4, 2)), window=4, hop=4).sum())\n"
    )
    assert out.split() == ["4.0"]


def test_an_array_on_its_side_is_refused():
    with pytest.raises(ValueError, match=r"5000 channels of 16 samples.*pass emg\.T"):
        window_features(np.zeros((16, 5000)), window=4, hop=2)
    assert window_features(np.zeros((10, 64)), window=4, hop=2).shape == (4, 192)
