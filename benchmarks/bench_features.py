"""Window features against LibEMG: time, memory, and digits after an artefact."""

import tracemalloc

import numpy as np

from benchmarks.timing import compare
from emgtut.signals.features import reference_features, window_features

N_SAMPLES, N_CHANNELS, WINDOW = 142_674, 16, 400


def made(seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(0, 18, (N_SAMPLES, N_CHANNELS)).astype(np.float32)


def the_peers_way(emg, hop):
    """RMS, MAV and WL as LibEMG computes them: every window copied out, then worked on."""
    windows = np.array([emg[k : k + WINDOW].T for k in range(0, len(emg) - WINDOW + 1, hop)])
    return np.concatenate(
        [
            np.sqrt(np.mean(np.square(windows), 2)),
            np.mean(np.abs(windows), 2),
            np.sum(np.abs(np.diff(windows, axis=2)), 2),
        ],
        axis=1,
    )


def libemg():
    try:
        from libemg.feature_extractor import FeatureExtractor
        from libemg.utils import get_windows
    except Exception as error:  # its own imports fail in several ways on a current NumPy
        what = "not installed" if isinstance(error, ModuleNotFoundError) else "not usable"
        print(f"  libemg {what} ({error}): pip install libemg==2.0.3")
        print("  its algorithm, written out in NumPy, stands in for it")
        return the_peers_way
    extractor = FeatureExtractor()

    def compute(emg, hop):
        found = extractor.extract_features(["RMS", "MAV", "WL"], get_windows(emg, WINDOW, hop))
        return np.concatenate(list(found.values()), axis=1)

    return compute


def extra_memory(call):
    """Return the largest amount of memory held at once while ``call`` runs, in MB."""
    tracemalloc.start()
    call()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 1e6


def main():
    emg = made()
    peer = libemg()
    for hop, target in ((20, 400), (200, 10)):
        same = np.allclose(
            window_features(emg, window=WINDOW, hop=hop), peer(emg, hop), rtol=1e-3, atol=0
        )
        if not same:
            raise AssertionError(f"ours and the peer's features differ at hop {hop}")
        compare(
            f"RMS+MAV+WL, window {WINDOW}, hop {hop}",
            lambda hop=hop: window_features(emg, window=WINDOW, hop=hop),
            lambda hop=hop: peer(emg, hop),
            target=target,
        )
    compare(
        "one read of the array (the peer: our hop 20)",
        emg.sum,
        lambda: window_features(emg, window=WINDOW, hop=20),
        target=0,
    )
    ours = extra_memory(lambda: window_features(emg, window=WINDOW, hop=20))
    theirs = extra_memory(lambda: peer(emg, 20))
    print(
        f"  {'extra memory, hop 20':<44} ours {ours:9.1f} MB  peer {theirs:9.1f} MB  "
        f"target 10 MB  {'ok' if ours <= 10 else 'MISSED'}"
    )

    spiked = emg.copy()
    spiked[5000] = 1e7
    for name, signal in (("noise", emg), ("one spike of 1e7", spiked)):
        piece = signal[:40_000]
        found = window_features(piece, window=WINDOW, hop=20)
        exact = reference_features(piece.astype(np.longdouble), window=WINDOW, hop=20)
        error = np.abs(found / exact - 1).max()
        verdict = "ok" if error <= 1e-9 else "MISSED"
        print(f"  {'largest relative error, ' + name:<44} {error:.1e}  target 1e-9  {verdict}")
