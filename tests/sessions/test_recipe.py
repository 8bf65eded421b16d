"""The figures that a made session shares with recorded ones, and what lessons rest on."""

import numpy as np
import pytest
from scipy import signal
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.ensemble import ExtraTreesRegressor
from sklearn.linear_model import Ridge
from sklearn.metrics import adjusted_mutual_info_score, r2_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

from emgtut import Emg2PoseSessionData, load_sample, make_session
from emgtut.sessions.recipe.postures import posture_labels

COUNTING = "CountingUpDownFaceSideAway"
STAGES_MEASURED = [COUNTING, "FingerWigglingSpreading", "ThumbsSwipesWholeHand", "unconstrained"]


def read(path):
    with Emg2PoseSessionData(path) as data:
        return data["emg"], data["joint_angles"], data.no_ik_failure


@pytest.fixture(scope="module")
def counting():
    return read(load_sample())


def windows(emg, angles, solved, *, window=500, hop=100, shift=0):
    """Features and labels at the last sample, written out plainly for the check's sake."""
    starts = np.arange(0, len(emg) - window + 1, hop)
    views = np.lib.stride_tricks.sliding_window_view(emg.astype(float), window, axis=0)[starts]
    rms = np.sqrt((views**2).mean(axis=2))
    length = np.abs(np.diff(views, axis=2)).sum(axis=2)
    features = np.log(np.hstack([rms, np.abs(views).mean(axis=2), length]))
    at = np.clip(starts + window - 1 + shift, 0, len(emg) - 1)
    whole = np.array([solved[s : s + window].all() for s in starts]) & solved[at]
    return features[whole], np.degrees(angles[at[whole]]), rms


def block_score(features, targets, model, gap=10):
    cut = len(features) * 3 // 4
    scaler = StandardScaler().fit(features[:cut])
    model.fit(scaler.transform(features[:cut]), targets[:cut])
    predicted = model.predict(scaler.transform(features[cut + gap :]))
    return r2_score(targets[cut + gap :], predicted, multioutput="variance_weighted")


@pytest.mark.parametrize("stage", STAGES_MEASURED)
@pytest.mark.parametrize("seed", [0, 3])
def test_amplitudes_and_redundancy(stage, seed):
    emg, angles, solved = read(load_sample(stage, seed=seed))
    features, targets, rms = windows(emg, angles, solved)
    assert 15 < emg.std() < 22
    assert 1 < np.quantile(rms, 0.02) < 3
    assert 30 < np.quantile(rms, 0.98) < 70
    assert 0.5 < PCA(3).fit(emg[::7]).explained_variance_ratio_.sum() < 0.85
    assert 0.25 < block_score(features, targets, Ridge(10)) < 0.8
    log_rms = StandardScaler().fit_transform(features[:, :16])
    assert PCA(3).fit(log_rms).explained_variance_ratio_.sum() > 0.75


@pytest.mark.parametrize("stage", STAGES_MEASURED)
def test_a_random_split_flatters_trees(stage):
    features, targets, _ = windows(*read(load_sample(stage, seed=3)))
    trees = ExtraTreesRegressor(20, random_state=0, min_samples_leaf=2)
    honest = block_score(features, targets, trees)
    x, x_test, y, y_test = train_test_split(features, targets, test_size=0.25, random_state=0)
    leaked = r2_score(y_test, trees.fit(x, y).predict(x_test), multioutput="variance_weighted")
    assert leaked > honest + 0.1


@pytest.mark.parametrize(("window", "best"), [(200, 50), (500, 0)])
def test_emg_leads_movement(window, best):
    shifts = np.arange(-175, 176, 25)
    scores = np.zeros(len(shifts))
    for seed in (0, 3):
        session = read(load_sample("unconstrained", seed=seed))
        scores += [
            block_score(*windows(*session, window=window, shift=int(2 * ms))[:2], Ridge(10))
            for ms in shifts
        ]
    assert abs(shifts[scores.argmax()] - best) <= 50


def test_spectrum(counting):
    f, power = signal.welch(counting[0], 2000, nperseg=1024, axis=0)
    share = np.cumsum(power.mean(axis=1)) / power.mean(axis=1).sum()
    low, middle, high = (f[np.searchsorted(share, part)] for part in (0.05, 0.5, 0.95))
    assert 40 < low < 60
    assert 90 < middle < 120
    assert 280 < high < 350


def test_neighbours_on_the_ring_hear_the_same(counting):
    correlation = np.corrcoef(counting[0][::3].T)
    beside = np.mean([correlation[k, (k + 1) % 16] for k in range(16)])
    opposite = np.mean([correlation[k, (k + 8) % 16] for k in range(16)])
    assert 0.6 < beside < 0.85
    assert abs(opposite) < 0.1
    assert correlation[15, 0] > 0.5  # the ring closes


def test_clusters_of_samples_are_no_postures_but_clusters_of_features_are():
    emg, angles, solved = read(load_sample(COUNTING, seed=3))
    scores = PCA(3).fit_transform(emg)
    raw = KMeans(5, n_init=1, random_state=0).fit(scores[::50]).predict(scores)
    changes = np.flatnonzero(np.diff(raw, prepend=-1))
    assert np.median(np.diff(changes)) / 2 < 5  # ms

    features, targets, _ = windows(emg, angles, solved, window=400)
    words = posture_labels(np.radians(targets))
    log_rms = StandardScaler().fit_transform(features[:, :16])
    clusters = KMeans(6, n_init=3, random_state=0).fit_predict(PCA(5).fit_transform(log_rms))
    assert 0.3 < adjusted_mutual_info_score(words, clusters) < 0.7
    raw_words = posture_labels(angles)
    seen = slice(None, None, 50)
    assert adjusted_mutual_info_score(raw_words[seen], raw[seen]) < 0.2


def test_another_user_is_harder_than_oneself(tmp_path):
    people = [
        windows(
            *read(make_session(tmp_path / "a", stage="unconstrained", duration=40, seed=u, user=u))
        )[:2]
        for u in range(5)
    ]
    own, others, mean_pose = [], [], []
    for u, (features, targets) in enumerate(people):
        cut = len(features) * 3 // 4
        test_x, test_y = features[cut + 10 :], targets[cut + 10 :]
        rest_x, rest_y = (
            np.vstack([person[k] for v, person in enumerate(people) if v != u]) for k in (0, 1)
        )
        for found, x, y in ((own, features[:cut], targets[:cut]), (others, rest_x, rest_y)):
            scaler = StandardScaler().fit(x)
            model = Ridge(10).fit(scaler.transform(x), y)
            found.append(np.abs(model.predict(scaler.transform(test_x)) - test_y).mean())
        mean_pose.append(np.abs(rest_y.mean(axis=0) - test_y).mean())
    assert np.mean(own) + 1 < np.mean(others) < np.mean(mean_pose) + 1
    assert np.mean(others) > 0.8 * np.mean(mean_pose)
