"""The interview's answers agree with the package, and are short enough for an interview."""

import ast
from pathlib import Path

import numpy as np
import pytest

from emgtut import Emg2PoseSessionData, make_session, window_features, windows_of
from emgtut.learn import scratch

FOLDER = Path(scratch.__file__).parent
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in FOLDER.glob("*.py")}
PIECES = [
    (path, node)
    for path, tree in TREES.items()
    for node in tree.body
    if isinstance(node, ast.FunctionDef | ast.ClassDef)
]


def n_code_lines(path, node):
    """Lines with something on them, from the head to the end, without docstrings."""
    docs = [
        inner.body[0]
        for inner in ast.walk(node)
        if isinstance(inner, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(inner)
    ]
    within = {k for doc in docs for k in range(doc.lineno, doc.end_lineno + 1)}
    lines = path.read_text(encoding="utf-8").splitlines()
    return sum(
        bool(lines[k - 1].strip())
        for k in range(node.lineno, node.end_lineno + 1)
        if k not in within
    )


def test_each_answer_is_short():
    lengths = {node.name: n_code_lines(path, node) for path, node in PIECES}
    assert len(lengths) == 16
    assert max(lengths.values()) < 25, lengths


def test_nothing_but_numpy_and_h5py():
    allowed = {"h5py", "numpy", "emgtut.learn.scratch.signal", "emgtut.learn.scratch.fitting"}
    for path, tree in TREES.items():
        if path.name == "__init__.py":
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                assert {alias.name for alias in node.names} <= allowed
            elif isinstance(node, ast.ImportFrom):
                assert node.module in allowed


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    return make_session(tmp_path_factory.mktemp("scratch") / "made.hdf5", duration=6, seed=11)


def test_slices_and_runs_are_those_of_the_reader(session):
    with Emg2PoseSessionData(session) as data:
        rows = scratch.load_slice(session, 1.00025, 4.00025)  # between two stamps
        np.testing.assert_array_equal(rows["emg"], data[2001:8001]["emg"])
        np.testing.assert_array_equal(rows["angles"], data[2001:8001]["joint_angles"])
        rows = scratch.load_slice(session)
        np.testing.assert_array_equal(rows["valid"], data.no_ik_failure)
        assert scratch.valid_runs(rows["valid"]) == data.valid_runs()


def test_windows_and_features_are_those_of_the_package(session):
    rows = scratch.load_slice(session)
    starts = scratch.window_starts(scratch.valid_runs(rows["valid"]), 500, 100)
    with Emg2PoseSessionData(session) as data:
        windows = windows_of(data, window=0.25, hop=0.05)
    assert len(windows.X) == len(starts)
    everywhere = scratch.features(rows["emg"], np.arange(0, len(rows["emg"]) - 499, 100), 500)
    expected = window_features(rows["emg"], window=500, hop=100)
    np.testing.assert_allclose(everywhere, expected, rtol=1e-5)


@pytest.mark.parametrize("alpha", [0.0, 0.3, 1e4])
def test_ridge_is_that_of_scikit_learn(rng, alpha):
    from sklearn.linear_model import LinearRegression, Ridge

    X, Y = rng.normal(3, 2, (40, 7)), rng.normal(-1, 1, (40, 3))
    W, b = scratch.ridge_fit(X, Y, alpha)
    model = (Ridge(alpha) if alpha else LinearRegression()).fit(X, Y)
    np.testing.assert_allclose(W, model.coef_.T, atol=1e-9)
    np.testing.assert_allclose(b, model.intercept_, atol=1e-9)


def test_ridge_without_full_rank(rng):
    X = rng.normal(0, 1, (9, 4))
    X = np.hstack([X, X[:, :1]])
    W, b = scratch.ridge_fit(X, Y := X @ np.ones((5, 1)), 0)
    np.testing.assert_allclose(X @ W + b, Y, atol=1e-9)
    np.testing.assert_allclose(W[0], W[4], atol=1e-9)
    W, _ = scratch.ridge_fit(np.ones((6, 2)), np.ones((6, 1)), 0)  # nothing varies
    assert np.all(W == 0)


def test_components_are_those_of_scikit_learn(rng):
    from sklearn.decomposition import PCA

    X = rng.normal(50, 1, (30, 6)) * [1, 2, 3, 4, 5, 6]
    mean, components, ratio = scratch.pca(X, 4)
    model = PCA(4).fit(X)
    np.testing.assert_allclose(mean, model.mean_)
    np.testing.assert_allclose(np.abs(components @ model.components_.T), np.eye(4), atol=1e-9)
    np.testing.assert_allclose(ratio, model.explained_variance_ratio_)
    with pytest.raises(ValueError, match="k is 7"):
        scratch.pca(X, 7)


def test_kmeans_finds_what_scikit_learn_finds(rng):
    from sklearn.cluster import KMeans

    X = np.concatenate([rng.normal(c, 0.4, (30, 2)) for c in ((0, 0), (9, 0), (0, 9))])
    centres, labels, inertia = scratch.kmeans(X, 3, seed=1)
    model = KMeans(3, n_init=5, random_state=0).fit(X)
    assert inertia == pytest.approx(model.inertia_)
    for centre in centres:
        assert np.abs(model.cluster_centers_ - centre).sum(axis=1).min() < 1e-9
    assert np.bincount(labels).tolist() == [30, 30, 30]


def test_kmeans_with_fewer_places_than_clusters():
    centres, labels, inertia = scratch.kmeans(np.repeat([[0.0], [5.0]], 4, axis=0), 3)
    assert np.isfinite(centres).all()
    assert inertia == 0
    assert len(labels) == 8


def test_prediction_beats_the_mean_pose(session, tmp_path):
    path = make_session(tmp_path / "long.hdf5", duration=30, seed=2)
    found = scratch.predict_pose(path, train=(0, 22), test=(23, 30))
    rows = scratch.load_slice(path)
    at = np.searchsorted(rows["time"], found["time"])
    true, solved = rows["angles"][at], rows["valid"][at]
    model = scratch.angular_error(true, found["angles"], solved)
    constant = scratch.angular_error(true, found["baseline"], solved)
    assert np.diff(found["time"]) == pytest.approx(0.05, abs=1e-5)
    assert model < constant
