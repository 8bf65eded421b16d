"""The offline part of the tutorial, plot to clusters: its script against ours, both warm."""

import tempfile
from pathlib import Path

import matplotlib as mpl

mpl.use("agg")
import matplotlib.pyplot as plt
import mne
import seaborn as sns
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA

from benchmarks.timing import compare
from emgtut import Emg2PoseSessionData, explore, make_session, to_raw
from emgtut.plots.embedding import plot_clusters
from emgtut.plots.emg import plot_emg

ROWS, RATE = 142_674, 2000.0


def drawn(figure):
    figure.canvas.draw()
    plt.close(figure)


def tutorial(path):
    """Do what the tutorial's script does with a file."""
    with Emg2PoseSessionData(path) as data:
        emg = data["emg"]
        names = [f"EMG{k:02d}" for k in range(1, emg.shape[1] + 1)]
        info = mne.create_info(ch_names=names, ch_types=["emg"] * len(names), sfreq=RATE)
        raw = mne.io.RawArray(data["emg"].T, info)
        raw.apply_function(lambda x: x * 1e-6, picks="emg")
        drawn(raw.plot(start=20, duration=20, show=False))
        scores = PCA(n_components=3).fit_transform(data["emg"])
        clusters = KMeans(n_clusters=5).fit_predict(scores)
    with mpl.rc_context():
        sns.set_theme(style="darkgrid")
        figure, ax = plt.subplots(subplot_kw={"projection": "3d"})
        ax.scatter(scores[:, 0], scores[:, 1], scores[:, 2], c=clusters)
        ax.set(xlabel="PC1", ylabel="PC2", zlabel="PC3")
        drawn(figure)


def ours(path):
    """Do the same four steps with emgtut."""
    with Emg2PoseSessionData(path) as session:
        drawn(plot_emg(session, start=20, duration=20).figure)
        found = explore(session, n_components=3, n_clusters=5)
    drawn(plot_clusters(found).figure)


def plot_ours(path):
    with Emg2PoseSessionData(path) as session:
        drawn(plot_emg(session, start=20, duration=20).figure)


def plot_with_mne(path):
    drawn(to_raw(path).plot(start=20, duration=20, show=False))


def scatter(scores, labels):
    figure, ax = plt.subplots(subplot_kw={"projection": "3d"})
    ax.scatter(scores[:, 0], scores[:, 1], scores[:, 2], c=labels)
    drawn(figure)


def main():
    mne.set_log_level("ERROR")
    with tempfile.TemporaryDirectory() as folder:
        path = make_session(Path(folder) / "session.hdf5", duration=ROWS / RATE)
        compare(
            "plot, PCA, k-means, 3-D scatter",
            lambda: ours(path),
            lambda: tutorial(path),
            target=4,
            runs=5,
        )
        found = explore(path)
        emg = Emg2PoseSessionData(path).emg
        compare(
            "plot 20 s: plot_emg against raw.plot",
            lambda: plot_ours(path),
            lambda: plot_with_mne(path),
            target=1,
            runs=5,
        )
    compare(
        "PCA and k-means",
        lambda: explore(emg, sample_rate=RATE),
        lambda: KMeans(n_clusters=5).fit_predict(PCA(n_components=3).fit_transform(emg)),
        target=1,
        runs=5,
    )
    compare(
        "3-D scatter",
        lambda: drawn(plot_clusters(found).figure),
        lambda: scatter(found.scores, found.labels),
        target=4,
        runs=5,
    )
    everything = KMeans(n_clusters=5, n_init=4, random_state=0).fit(found.scores)
    ratio = found.inertia / everything.inertia_
    verdict = "ok" if ratio < 1.01 else "MISSED"
    print(
        f"  {'inertia over that of k-means on all points':<44} {ratio:.4f}  target 1.01  {verdict}"
    )
