"""Training of boosted trees: our settings against CatBoost's own, at the same blocked score."""

import numpy as np
from catboost import CatBoostRegressor

from benchmarks.timing import compare
from emgtut import load_sample, windows_of
from emgtut.learn.evaluate import predict_blocks
from emgtut.learn.metrics import angular_error, r2
from emgtut.learn.models import CatBoostPose

N_WINDOWS, N_TREES = 1423, 200


def as_it_comes():
    """Make a CatBoost with what it has to be told, and its own settings for all else."""
    return CatBoostRegressor(
        loss_function="MultiRMSE", iterations=N_TREES, allow_writing_files=False, verbose=False
    )


def main():
    windows = windows_of(load_sample(duration=90), hop=0.05)
    X, y = windows.X[:N_WINDOWS], windows.y[:N_WINDOWS]
    assert X.shape == (N_WINDOWS, 48)
    compare(
        f"{N_TREES} trees, {len(X)} x {X.shape[1]} -> {y.shape[1]}",
        lambda: CatBoostPose(N_TREES).fit(X, y),
        lambda: as_it_comes().fit(X, y),
        target=4,
        runs=3,
    )
    models = CatBoostPose(N_TREES), as_it_comes()
    ours, theirs = (predict_blocks(model, windows) for model in models)
    mine, peer = (angular_error(windows.y, pred) for pred in (ours, theirs))
    verdict = "ok" if mine <= 1.01 * peer else "MISSED"
    print(
        f"  {'blocked error (degrees), explained variance':<44} "
        f"ours {mine:6.2f} {r2(windows.y, ours):.2f}  peer {peer:6.2f} {r2(windows.y, theirs):.2f}"
        f"  target <= 1.01  {verdict}"
    )
    mean = np.abs(windows.y - windows.y.mean(axis=0)).mean()
    print(f"  {'mean pose (degrees)':<44} {np.degrees(mean):6.2f}")
