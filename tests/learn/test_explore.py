"""Embedding and clustering: against scikit-learn, by laws, on bad input."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.metrics import adjusted_mutual_info_score

from emgtut import Emg2PoseSessionData, SessionError, explore, window_features

RATE = 2000.0


@pytest.fixture
def emg(rng):
    """Three sources, seven channels; quiet and loud seconds in turn; an offset."""
    n = 12_000
    sources = rng.normal(size=(n, 3)) * [3.0, 2.0, 1.0]
    sources *= np.repeat([1.0, 6.0, 1.0, 6.0, 1.0, 6.0], 2000)[:, None]
    return sources @ rng.normal(size=(3, 7)) + 0.1 * rng.normal(size=(n, 7)) + 5


def test_samples_are_what_scikit_learn_makes_of_them(emg):
    found = explore(emg, n_components=2, n_clusters=4, sample_rate=RATE)
    pca = PCA(2).fit(emg)
    signs = np.sign((pca.components_ * found.components).sum(axis=1))
    np.testing.assert_allclose(found.components, signs[:, None] * pca.components_, atol=1e-9)
    np.testing.assert_allclose(found.scores, signs * pca.transform(emg), atol=1e-8)
    np.testing.assert_allclose(found.explained_variance_ratio, pca.explained_variance_ratio_)
    np.testing.assert_allclose(found.scree, PCA().fit(emg).explained_variance_ratio_)
    assert found.scree.sum() == pytest.approx(1)
    best = KMeans(4, n_init=10, random_state=0).fit(found.scores)
    assert best.inertia_ * (1 - 1e-9) <= found.inertia <= 1.02 * best.inertia_
    distances = np.linalg.norm(found.scores[:, None] - found.centers, axis=2)
    assert (found.labels == distances.argmin(axis=1)).all()
    assert found.inertia == pytest.approx((distances.min(axis=1) ** 2).sum())
    assert found.rows.tolist() == list(range(len(emg)))
    np.testing.assert_allclose(found.time, np.arange(len(emg)) / RATE)
    assert found.names == tuple(f"EMG{k:02d}" for k in range(1, 8))
    assert (found.window, found.hop, found.emg_unit, len(found)) == (1, 1, None, len(emg))


def test_features_are_standardised_log_rms(emg):
    found = explore(emg, 3, 2, "features", window=0.1, hop=0.05, sample_rate=RATE)
    rms = window_features(emg - emg.mean(axis=0), window=200, hop=100, features=["rms"])
    table = (np.log(rms) - np.log(rms).mean(axis=0)) / np.log(rms).std(axis=0)
    np.testing.assert_allclose(found.scores, table @ found.components.T, atol=1e-9)
    assert found.rows.tolist() == list(range(199, len(emg), 100))
    np.testing.assert_allclose(found.time, found.rows / RATE)
    assert found.names[0] == "log_rms_EMG01"
    loud = np.repeat([0, 1, 0, 1, 0, 1], 2000)[found.rows]
    assert adjusted_mutual_info_score(loud, found.labels) > 0.7
    # Quiet comes first.
    assert found.labels[loud == 0].mean() < 0.2 < 0.8 < found.labels[loud == 1].mean()


@pytest.mark.parametrize("on", ["samples", "features"])
def test_the_same_again_and_clusters_from_quiet_to_loud(emg, on):
    first = explore(emg, on=on, sample_rate=RATE, seed=3)
    again = explore(emg.copy(), on=on, sample_rate=RATE, seed=3)
    assert (first.labels == again.labels).all()
    assert (first.centers == again.centers).all()
    other = explore(emg, on=on, sample_rate=RATE, seed=4)
    assert first.inertia == pytest.approx(other.inertia, rel=0.1)
    if on == "samples":
        size = np.linalg.norm(emg - emg.mean(axis=0), axis=1)
    else:
        rms = window_features(emg - emg.mean(axis=0), window=400, hop=100, features=["rms"])
        size = np.log(rms).mean(axis=1)
    for found in (first, other):
        sizes = [size[found.labels == k].mean() for k in range(5)]
        assert sizes == sorted(sizes)


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 1000),
    n=st.integers(30, 200),
    channels=st.integers(1, 5),
    scale=st.floats(1e-6, 1e6),
)
def test_laws(seed, n, channels, scale):
    emg = np.random.default_rng(seed).normal(size=(n, channels))
    found = explore(emg, 1, 3, sample_rate=100)
    full = explore(emg, channels, 3, sample_rate=100)
    # All components keep all distances; axes are orthonormal; scores are centred, uncorrelated.
    np.testing.assert_allclose(full.components @ full.components.T, np.eye(channels), atol=1e-9)
    back = full.scores @ full.components + emg.mean(axis=0)
    np.testing.assert_allclose(back, emg, atol=1e-9)
    spread = np.cov(full.scores.T).reshape(channels, channels)
    np.testing.assert_allclose(spread, np.diag(np.diag(spread)), atol=1e-9)
    np.testing.assert_allclose(found.scores, full.scores[:, :1], atol=1e-9)
    # The unit does not matter.
    scaled = explore(scale * emg, 1, 3, sample_rate=100)
    np.testing.assert_allclose(scaled.scores, scale * found.scores, rtol=1e-6, atol=1e-9 * scale)
    np.testing.assert_allclose(scaled.explained_variance_ratio, found.explained_variance_ratio)
    # Sign-blind features: the negated signal is the same to them.
    windows = explore(emg, 1, 3, "features", window=0.05, hop=0.02, sample_rate=100)
    negated = explore(-emg, 1, 3, "features", window=0.05, hop=0.02, sample_rate=100)
    np.testing.assert_allclose(negated.scores, windows.scores, atol=1e-9)
    assert (windows.assign(-emg + emg.mean(axis=0) * 2) == windows.labels).all()


def test_assign_puts_the_same_emg_into_the_same_clusters(emg):
    for on in ("samples", "features"):
        found = explore(emg, on=on, sample_rate=RATE)
        assert (found.assign(emg) == found.labels).all()
        part = found.assign(emg[:3000])
        assert (part == found.labels[: len(part)]).all()
        assert len(part) == (3000 if on == "samples" else (3000 - 400) // 100 + 1)
        with pytest.raises(ValueError, match="emg has 3 channels, but 7 were explored"):
            found.assign(emg[:, :3])
    # The opposite sample is in another cluster, unless both are in the quiet one.
    found = explore(emg, on="samples", sample_rate=RATE)
    mirrored = found.assign(2 * found.offset - emg)
    active = found.labels > 0
    assert (mirrored[active] != found.labels[active]).mean() > 0.9


def test_run_lengths(emg):
    found = explore(emg, on="features", window=0.1, hop=0.05, sample_rate=RATE, n_clusters=2)
    lengths = found.run_lengths()
    assert lengths.sum() == pytest.approx(len(found) * 0.05)
    changes = np.flatnonzero(np.diff(found.labels)) + 1
    assert len(lengths) == len(changes) + 1
    assert lengths[0] == pytest.approx(changes[0] * 0.05)


def test_a_session_with_unsolved_rows_and_a_hole_in_time(session_file):
    stamps = 1.67e9 + np.arange(1200) / 2000
    stamps[333:] += 10.0
    path = session_file(time=stamps, unsolved=[(500, 700)], emg_unit="uV")
    with Emg2PoseSessionData(path) as session:
        found = explore(session, 2, 3, "features", window=0.05, hop=0.05)
        samples = explore(session, 2, 3)
        by_array = explore(session.emg, 2, 3, sample_rate=2000)
    assert found.rows.tolist() == [99, 199, 299, *range(432, 1200, 100)]
    np.testing.assert_allclose(found.time[[0, 3]], [99 / 2000, 10 + 432 / 2000], atol=1e-6)
    assert (found.emg_unit, found.sample_rate) == ("uV", 2000)
    assert len(samples) == 1200
    np.testing.assert_allclose(samples.scores, by_array.scores)
    assert (samples.labels == by_array.labels).all()
    assert explore(path, 2, 3).inertia == samples.inertia
    # No stretch of windows goes on across the hole.
    one = explore(path, 2, 1, "features", window=0.05, hop=0.05)
    np.testing.assert_allclose(one.run_lengths(), [0.15, 0.4])


def test_stamps_in_another_unit_do_not_count_as_time(session_file):
    path = session_file(time=np.arange(1200.0))
    np.testing.assert_allclose(explore(path).time, np.arange(1200) / 2000)


def test_a_filter_comes_first(emg):
    found = explore(emg, sample_rate=RATE, filter=lambda x: x * np.array([1, 0, 0, 0, 0, 0, 0.0]))
    assert found.explained_variance_ratio[0] == pytest.approx(1)
    with pytest.raises(ValueError, match="return as many samples"):
        explore(emg, sample_rate=RATE, filter=lambda x: x[:, :2])


def test_dead_and_silent_parts_are_outcomes_not_errors(emg):
    dead = emg.copy()
    dead[4000:4500] = 0.0
    dead[:, 2] = 7.0
    for on in ("samples", "features"):
        found = explore(dead, on=on, sample_rate=RATE)
        assert np.isfinite(found.scores).all()
        assert np.abs(found.components[:, 2]).max() < 1e-9


def test_many_points_are_clustered_as_well_as_all(rng):
    emg = rng.normal(size=(60_000, 4)) * rng.choice([1.0, 8.0], (60_000, 1))
    found = explore(emg, 3, 5, sample_rate=RATE)
    best = KMeans(5, n_init=4, random_state=0).fit(found.scores)
    assert found.inertia < 1.01 * best.inertia_


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"n_components": 8}, "n_components is 8, but there are 7 channels; pass n_comp.*<=7"),
        ({"n_components": 0}, "n_components is 0; pass a whole number, at least 1"),
        ({"n_clusters": 0}, "n_clusters is 0; pass"),
        ({"n_clusters": 99, "emg": np.eye(50, 7)}, "n_clusters is 99, but there are 50 points"),
        ({"n_clusters": 9, "emg": np.eye(50, 7)}, "n_clusters is 9, but fewer points differ"),
        ({"on": "windows"}, "on is 'windows'; pass one of 'samples', 'features'"),
        ({"on": "features", "window": 7}, r"window is 7 s \(14000 samples\).*12000 samples"),
        ({"on": "features", "hop": 0}, "hop is 0 s; pass a finite number above 0"),
        ({"seed": -1}, "seed is -1; pass a whole number, at least 0"),
        ({"n_init": 0}, "n_init is 0; pass"),
        ({"sample_rate": None}, "sample_rate is None; pass the rate of the array, in Hz"),
        ({"sample_rate": 0}, "sample_rate is 0 Hz; pass a finite number above 0"),
        ({"emg": np.full((100, 3), 2.0)}, "emg never changes, so there is nothing to embed"),
        ({"emg": np.full((100, 3), 0.1)}, "emg never changes, so there is nothing to embed"),
        ({"emg": np.zeros((0, 7))}, "emg has no samples"),
        ({"emg": np.zeros(100)}, r"emg has shape \(100,\).*pass numbers in an array"),
        ({"emg": np.array([[1.0, 2.0], [np.nan, 1.0]])}, "emg is nan at row 1, channel 0"),
        (
            {"emg": np.tile([[1.0], [-1.0]], (500, 3)), "on": "features"},
            "all windows are alike.*try on='samples'",
        ),
    ],
)
def test_bad_input_is_named(emg, change, says):
    arguments = {"emg": emg, "sample_rate": RATE} | change
    with pytest.raises(ValueError, match=says):
        explore(arguments.pop("emg"), **arguments)


def test_a_session_knows_its_own_rate(session_file):
    path = session_file()
    with pytest.raises(ValueError, match="sample_rate is 100; leave it out"):
        explore(path, sample_rate=100)
    with pytest.raises(TypeError, match="session is of type list; pass an open"):
        explore([[1.0]])
    other = path.with_name("text.hdf5")
    other.write_text("text")
    with pytest.raises(SessionError, match="not an HDF5 file"):
        explore(other)


def test_repr_says_what_was_found(emg):
    assert repr(explore(emg, sample_rate=RATE)).startswith(
        "<Exploration of 12000 samples at 2000 Hz: 3 of 7 dimensions hold 100 % of the variance, 5"
    )
    found = explore(emg, on="features", sample_rate=RATE)
    assert "windows of 0.2 s every 0.05 s: 3 of 7" in repr(found)


def test_real_recording(real_file):
    with Emg2PoseSessionData(real_file("openbci_fingers_clean.hdf5")) as session:
        for on in ("samples", "features"):
            found = explore(session, on=on)
            assert np.isfinite(found.scores).all()
            assert len(np.unique(found.labels)) == 5
