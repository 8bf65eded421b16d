"""What is in a recording before any pose is looked at: principal components and clusters."""

from collections.abc import Callable
from dataclasses import dataclass
from os import PathLike
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from emgtut import _checks
from emgtut.learn._clusters import find_centers, means_of, nearest, principal_axes
from emgtut.sessions import layout
from emgtut.sessions.emg2pose import Emg2PoseSessionData
from emgtut.signals.features import as_samples, refuse_not_finite, window_features
from emgtut.signals.windows import filtered, opened, samples_in, unbroken_runs, window_starts

#: What is embedded and clustered.
KINDS = ("samples", "features")

#: RMS below this share of the usual counts as this share: silence has no logarithm.
_SILENCE = 1e-6


@dataclass(frozen=True, eq=False, repr=False)
class Exploration:
    """Points of a recording, embedded and clustered.

    Attributes
    ----------
    scores : ndarray of shape (n_points, n_components)
        The points in principal components: in the unit of the EMG for samples, without unit for
        features.
    labels : ndarray of int, shape (n_points,)
        Cluster of each point. Clusters are numbered from quiet to loud.
    components : ndarray of shape (n_components, n_columns)
        Principal axes, unit vectors.
    explained_variance_ratio : ndarray of shape (n_components,)
        Share of the variance along each axis, 0 to 1.
    scree : ndarray of shape (n_possible,)
        The same for every axis there is.
    centers : ndarray of shape (n_clusters, n_components)
        Centre of each cluster, as a point among ``scores``.
    inertia : float
        Sum of the squared distances to the nearest centre, of all points.
    time : ndarray of shape (n_points,)
        Time of each point since the first sample, in seconds.
    rows : ndarray of int, shape (n_points,)
        Sample that each point stands for: itself, or the last of its window.
    on : str
        ``"samples"`` or ``"features"``.
    names : tuple of str
        Names of the columns before the embedding.
    sample_rate : float
        Rate of the EMG, in Hz.
    window, hop : int
        In samples; both 1 for samples.
    emg_unit : str or None
        Name of the stored EMG unit; None if not known.
    mean, scale : ndarray of shape (n_columns,)
        Subtracted from the columns, then divided by, before the embedding.
    offset : ndarray of shape (n_channels,)
        Mean of each channel, taken off before anything else; in the unit of the EMG.
    floor : float
        RMS below this counted as this, in the unit of the EMG; 0 for samples.

    Examples
    --------
    >>> from emgtut import explore, load_sample
    >>> found = explore(load_sample(), on="features")
    >>> found.labels.shape == found.time.shape == found.rows.shape
    True
    """

    scores: np.ndarray
    labels: np.ndarray
    components: np.ndarray
    explained_variance_ratio: np.ndarray
    scree: np.ndarray
    centers: np.ndarray
    inertia: float
    time: np.ndarray
    rows: np.ndarray
    on: str
    names: tuple[str, ...]
    sample_rate: float
    window: int
    hop: int
    emg_unit: str | None
    mean: np.ndarray
    scale: np.ndarray
    offset: np.ndarray
    floor: float

    def __len__(self) -> int:
        return len(self.scores)

    def __repr__(self) -> str:
        share = 100 * self.explained_variance_ratio.sum()
        return (
            f"<Exploration of {len(self)} {self._what}: {self.scores.shape[1]} of "
            f"{len(self.names)} dimensions hold {share:.0f} % of the variance, "
            f"{len(self.centers)} clusters>"
        )

    @property
    def _what(self) -> str:
        if self.on == "samples":
            return f"samples at {self.sample_rate:g} Hz"
        window, hop = self.window / self.sample_rate, self.hop / self.sample_rate
        return f"windows of {window:g} s every {hop:g} s"

    def run_lengths(self) -> np.ndarray:
        """Return how long the recording stays in one cluster at a time.

        Returns
        -------
        ndarray of shape (n_runs,)
            Length of each stretch of points with the same label, in order, in seconds. A stretch
            also ends where points are missing.

        Examples
        --------
        >>> import numpy as np
        >>> from emgtut import explore, load_sample
        >>> samples = explore(load_sample())
        >>> bool(np.median(samples.run_lengths()) < 0.005)
        True
        """
        ends = (np.diff(self.labels) != 0) | (np.diff(self.rows) != self.hop)
        edges = np.concatenate([[0], np.flatnonzero(ends) + 1, [len(self)]])
        return np.diff(edges) * self.hop / self.sample_rate

    def assign(self, emg: ArrayLike) -> np.ndarray:
        """Return the clusters into which other EMG falls; axes and centres stay as they are.

        Parameters
        ----------
        emg : array-like of shape (n_samples, n_channels)
            EMG in the same unit, at the same rate, from the same channels.

        Returns
        -------
        ndarray of int, shape (n_points,)
            Cluster of each sample, or of each window from the first sample on.

        Examples
        --------
        >>> import numpy as np
        >>> from emgtut import explore
        >>> emg = np.random.default_rng(0).normal(size=(500, 4))
        >>> found = explore(emg, sample_rate=2000)
        >>> bool((found.assign(emg) == found.labels).all())
        True
        """
        samples = _finite(emg)
        if samples.shape[1] != len(self.offset):
            raise ValueError(
                f"emg has {samples.shape[1]} channels, but {len(self.offset)} were explored; "
                "pass the same channels"
            )
        samples = samples - self.offset
        if self.on == "features":
            rms = window_features(samples, window=self.window, hop=self.hop, features=["rms"])
            samples = np.log(np.maximum(rms, self.floor))
        return nearest((samples - self.mean) / self.scale @ self.components.T, self.centers)[0]


class _Recording(NamedTuple):
    """What `explore` needs to know, whether from a session or from an array."""

    emg: np.ndarray
    seconds: np.ndarray | None
    sample_rate: float
    runs: list[tuple[int, int]]
    channel_names: tuple[str, ...]
    emg_unit: str | None
    where: str = ""  # begins a message: the file, if there is one


def explore(
    session: Emg2PoseSessionData | str | PathLike[str] | np.ndarray,
    n_components: int = 3,
    n_clusters: int = 5,
    on: str = "samples",
    *,
    window: float = 0.2,
    hop: float = 0.05,
    n_init: int = 4,
    seed: int = 0,
    sample_rate: float | None = None,
    filter: Callable[[np.ndarray], np.ndarray] | None = None,  # noqa: A002 - the word for it
) -> Exploration:
    """Embed EMG in principal components and cluster it there with k-means.

    All rows take part, those without a pose too.

    Parameters
    ----------
    session : Emg2PoseSessionData, path-like or ndarray of shape (n_samples, n_channels)
        An open session, the path of its file, or EMG itself.
    n_components : int
        Principal components to keep.
    n_clusters : int
        Clusters to form.
    on : {"samples", "features"}
        ``"samples"``: each sample is a point, with one column for each channel. EMG swings around
        zero, so these clusters tell how loud it is at that instant, and on which side of zero.
        ``"features"``: each window is a point: the logarithm of each channel's RMS, standardised.
    window, hop : float
        Length of a window, and from start to start, in seconds; for ``"features"``.
    n_init : int
        How often k-means starts anew; the best result is kept.
    seed : int
        Where k-means starts, and which 10,000 points it looks at if there are more.
    sample_rate : float, optional
        Rate of an array, in Hz; a session knows its own.
    filter : callable, optional
        Takes and returns EMG of shape (n_samples, n_channels); applied to all of it first.

    Returns
    -------
    Exploration
        Scores, clusters, axes, times.

    Raises
    ------
    ValueError
        If more components than columns or more clusters than points are asked for, if EMG is
        constant or not finite, or if another argument cannot be used.

    See Also
    --------
    emgtut.plots.plot_clusters : Draws the result.

    Examples
    --------
    >>> from emgtut import explore, load_sample
    >>> found = explore(load_sample())
    >>> found.scores.shape, found.centers.shape
    ((120000, 3), (5, 3))
    >>> explore(load_sample(), n_components=5, n_clusters=6, on="features").components.shape
    (5, 16)
    """
    on = _checks.one_of("on", on, KINDS)
    n_components = _checks.count("n_components", n_components)
    n_clusters = _checks.count("n_clusters", n_clusters)
    n_init, seed = _checks.count("n_init", n_init), _checks.count("seed", seed, least=0)
    recording = _recording(session, sample_rate, filter)
    rate = recording.sample_rate
    n_channels = recording.emg.shape[1]
    if n_components > n_channels:
        raise ValueError(
            f"{recording.where}n_components is {n_components}, but there are {n_channels} "
            f"channels; pass n_components<={n_channels}"
        )

    if len(recording.emg) == 0:
        raise ValueError("emg has no samples; pass at least as many as clusters")
    offset = recording.emg.mean(axis=0, dtype=np.float64)
    samples = recording.emg - offset
    if (recording.emg == recording.emg[0]).all():
        raise ValueError(
            f"{recording.where}emg never changes, so there is nothing to embed; "
            "try another recording"
        )
    if on == "samples":
        n_window, n_hop, floor = 1, 1, 0.0
        rows = np.arange(len(samples))
        points, mean, scale = samples, np.zeros(n_channels), np.ones(n_channels)
        loudness = np.sqrt(np.einsum("ij,ij->i", samples, samples))
    else:
        n_window, n_hop = samples_in("window", window, rate), samples_in("hop", hop, rate)
        runs = [run for run in recording.runs if run[1] - run[0] >= n_window]
        if not runs:
            longest = max(b - a for a, b in recording.runs)
            raise ValueError(
                f"{recording.where}window is {window:g} s ({n_window} samples), but the longest "
                f"stretch without a hole has {longest} samples; pass a shorter window, in seconds"
            )
        rows = window_starts(runs, n_window, n_hop) + n_window - 1
        rms = np.concatenate(
            [
                window_features(samples[a:b], window=n_window, hop=n_hop, features=["rms"])
                for a, b in runs
            ]
        )
        floor = _SILENCE * float(np.median(rms[rms > 0])) if rms.any() else 1.0
        points = np.log(np.maximum(rms, floor))
        loudness = points.mean(axis=1)
        mean, scale = points.mean(axis=0), points.std(axis=0)
        scale[scale < 1e-9] = 1.0  # a dead channel: nothing but rounding
        points = (points - mean) / scale
    _refuse_too_few(points, n_components, n_clusters)

    components, scree = principal_axes(points)
    components = components[:n_components]
    scores = points @ components.T
    centers = find_centers(scores, n_clusters, n_init, seed)
    labels, squares = nearest(scores, centers)
    by_loudness = np.argsort(means_of(loudness, labels, n_clusters), kind="stable")
    number = np.empty(n_clusters, np.intp)
    number[by_loudness] = np.arange(n_clusters)
    return Exploration(
        scores=scores,
        labels=number[labels],
        components=components,
        explained_variance_ratio=scree[:n_components],
        scree=scree,
        centers=centers[by_loudness],
        inertia=float(squares.sum()),
        time=rows / rate if recording.seconds is None else recording.seconds[rows],
        rows=rows,
        on=on,
        names=tuple(
            name if on == "samples" else f"log_rms_{name}" for name in recording.channel_names
        ),
        sample_rate=rate,
        window=n_window,
        hop=n_hop,
        emg_unit=recording.emg_unit,
        mean=mean,
        scale=scale,
        offset=offset,
        floor=floor,
    )


def _recording(
    session: Emg2PoseSessionData | str | PathLike[str] | np.ndarray,
    sample_rate: float | None,
    filter: Callable[[np.ndarray], np.ndarray] | None,  # noqa: A002
) -> _Recording:
    if isinstance(session, np.ndarray):
        if sample_rate is None:
            raise ValueError("sample_rate is None; pass the rate of the array, in Hz")
        rate = _checks.positive("sample_rate", sample_rate, "Hz")
        emg = filtered(_finite(session), filter, sample_rate=rate)
        names = layout.channel_names(emg.shape[1])
        return _Recording(emg, None, rate, [(0, len(emg))], names, None)
    if sample_rate is not None:
        raise ValueError(f"sample_rate is {sample_rate}; leave it out, a session knows its own")
    with opened(session) as session:
        emg = filtered(session.emg, filter, sample_rate=session.sample_rate)
        seconds = None
        if session.contents.clock_fits:
            stamps = session.timestamps
            seconds = stamps - stamps[0]
        return _Recording(
            emg=emg,
            seconds=seconds,
            sample_rate=session.sample_rate,
            runs=unbroken_runs(session, solved=False),
            channel_names=session.channel_names,
            emg_unit=session.emg_unit,
            where=f"{session.hdf5_path}: ",
        )


def _finite(emg: ArrayLike) -> np.ndarray:
    samples = as_samples(emg)
    refuse_not_finite(samples)
    return samples


def _refuse_too_few(points: np.ndarray, n_components: int, n_clusters: int) -> None:
    for name, value in (("n_components", n_components), ("n_clusters", n_clusters)):
        if value > len(points):
            raise ValueError(
                f"{name} is {value}, but there are {len(points)} points; "
                f"pass {name}<={len(points)}, or a longer recording"
            )
    if not points.any():
        raise ValueError("all windows are alike, so there is nothing to embed; try on='samples'")
