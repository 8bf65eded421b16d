"""Figures of an exploration: how much each axis holds, where the clusters lie, when they occur."""

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_rgba
from matplotlib.ticker import MaxNLocator

from emgtut import _checks
from emgtut.learn.explore import Exploration
from emgtut.plots import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: More points than this are drawn smaller and paler.
_MANY = 5_000
#: Pieces into which a strip is cut at most; as many as a wide figure has pixels.
_PIECES = 1_200


@style.themed
def plot_scree(exploration: Exploration, *, ax: "Axes | None" = None) -> "Axes":
    """Draw the share of the variance along each principal axis, and their running sum.

    Parameters
    ----------
    exploration : Exploration
        From `emgtut.explore`.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default on a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        What was drawn on. Bars of the axes that were kept are darker than the others.

    Examples
    --------
    >>> from emgtut import explore, load_sample
    >>> from emgtut.plots.embedding import plot_scree
    >>> plot_scree(explore(load_sample())).get_ylabel()
    'Share of variance (%)'
    """
    _checks.of_type("exploration", exploration, Exploration, "what emgtut.explore returns")
    ax = style.axes_for(ax, figsize=(7, 4))
    percent = 100 * exploration.scree
    number = np.arange(1, len(percent) + 1)
    kept = len(exploration.components)
    ax.bar(number[:kept], percent[:kept], color=style.COLORS[0], label="kept")
    if kept < len(percent):
        ax.bar(number[kept:], percent[kept:], color="0.75", hatch="//", ec="0.55", label="left out")
    ax.plot(number, np.cumsum(percent), color="0.25", marker="o", ms=4, label="so far, all in all")
    ax.set_xlabel(style.label("Principal component", None))
    ax.set_ylabel(style.label("Share of variance", "%"))
    ax.set_ylim(0, 104)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set_title(
        f"{kept} of {len(exploration.names)} dimensions hold {percent[:kept].sum():.0f} % "
        f"of the variance of the {_WHAT[exploration.on]}"
    )
    ax.legend(loc="center right")
    return ax


@style.themed
def plot_clusters(
    exploration: Exploration,
    *,
    dimensions: int = 3,
    ax: Any = None,
    max_points: int = 200_000,
) -> Any:
    """Draw the points of an exploration in its first principal components.

    Parameters
    ----------
    exploration : Exploration
        From `emgtut.explore`.
    dimensions : {3, 2}
        How many components to show.
    ax : matplotlib.axes.Axes or Axes3D, optional
        Where to draw; by default on a new figure.
    max_points : int
        Of more points, this many are drawn, evenly spread over time.

    Returns
    -------
    matplotlib.axes.Axes or Axes3D
        What was drawn on; one line of markers for each cluster.

    Notes
    -----
    Markers of one line are stamped from one picture, which takes a fraction of the time of
    a scatter plot. Regions around k-means centres hide each other in the order of their centres
    along the view, so drawing clusters from far to near, one after the other, is right; turn
    three dimensions with the mouse and the order is that of the first view.

    Examples
    --------
    >>> from emgtut import explore, load_sample
    >>> from emgtut.plots.embedding import plot_clusters
    >>> plot_clusters(explore(load_sample())).get_zlabel()
    'PC3 (noise SD)'
    """
    _checks.of_type("exploration", exploration, Exploration, "what emgtut.explore returns")
    dimensions = _checks.one_of("dimensions", dimensions, (3, 2))
    max_points = _checks.count("max_points", max_points)
    n_components = exploration.scores.shape[1]
    if n_components < dimensions:
        raise ValueError(
            f"dimensions is {dimensions}, but {n_components} components were kept; "
            f"explore with n_components={dimensions}"
        )
    ax = style.axes_for(ax, figsize=(7.5, 5.5), projection="3d" if dimensions == 3 else None)
    towards_eye = np.zeros(n_components)
    if dimensions == 3:
        up, round_ = math.radians(ax.elev), math.radians(ax.azim)
        towards_eye[:3] = (
            math.cos(up) * math.cos(round_),
            math.cos(up) * math.sin(round_),
            math.sin(up),
        )
    else:
        towards_eye[2:3] = 1.0

    every = -(-len(exploration) // max_points)
    points, labels = exploration.scores[::every, :dimensions], exploration.labels[::every]
    many = len(points) > _MANY
    counts = np.bincount(exploration.labels, minlength=len(exploration.centers))
    percent = 100 * counts / len(exploration)
    drawn = {}
    for depth, k in enumerate(np.argsort(exploration.centers @ towards_eye).tolist()):
        (drawn[k],) = ax.plot(
            *points[labels == k].T,
            linestyle="",
            color=_color(k),
            marker=_marker(k),
            markersize=3.5 if many else 5,
            markeredgewidth=0,
            alpha=0.6 if many else 0.8,
            zorder=3 + 0.1 * depth,
            label=f"{k}: {percent[k]:.0f} %",
        )
    unit, pad = _unit(exploration), 10.0 if dimensions == 3 else 4.0
    for name, axis in enumerate("xyz"[:dimensions], start=1):
        getattr(ax, f"set_{axis}label")(style.label(f"PC{name}", unit), labelpad=pad)
        ax.locator_params(axis=axis, nbins=5 if dimensions == 3 else 8)
    ax.set_title(f"{len(exploration.centers)} clusters of the {_WHAT[exploration.on]}")
    legend = ax.legend(
        handles=[drawn[k] for k in sorted(drawn)],
        title="Cluster,\nquiet to loud",
        loc="upper left",
        bbox_to_anchor=(1.0, 1.0),
        markerscale=2.2 if many else 1.5,
        frameon=False,
    )
    for handle in legend.legend_handles:
        handle.set_alpha(1.0)
    if dimensions == 3:
        ax.set_box_aspect(None, zoom=0.88)  # room for the labels
    return ax


@style.themed
def plot_cluster_strip(exploration: Exploration, *, ax: "Axes | None" = None) -> "Axes":
    """Draw which cluster the recording is in over time, one row for each cluster.

    Parameters
    ----------
    exploration : Exploration
        From `emgtut.explore`.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default on a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        What was drawn on. Where several points share a pixel, a row is as dark as its cluster is
        frequent there.

    Examples
    --------
    >>> from emgtut import explore, load_sample
    >>> from emgtut.plots.embedding import plot_cluster_strip
    >>> plot_cluster_strip(explore(load_sample(), on="features")).get_xlabel()
    'Time (s)'
    """
    _checks.of_type("exploration", exploration, Exploration, "what emgtut.explore returns")
    ax = style.axes_for(ax, figsize=(9, 2.8))
    n_clusters = len(exploration.centers)
    step = exploration.hop / exploration.sample_rate
    # Pieces of equally many points, cut again where points are missing.
    size = -(-len(exploration) // _PIECES)
    follows_on = np.diff(exploration.time) < 1.5 * step + 0.02
    first = np.union1d(np.arange(0, len(exploration), size), np.flatnonzero(~follows_on) + 1)
    last = np.append(first[1:], len(exploration)) - 1
    piece = np.repeat(np.arange(len(first)), last - first + 1)
    share = np.zeros((len(first), n_clusters))
    np.add.at(share, (piece, exploration.labels), 1)
    share /= share.sum(axis=1, keepdims=True)

    shown = np.argwhere(share > 0)
    left, right = exploration.time[first] - step, exploration.time[last]
    x = np.stack([left, right, right, left], axis=1)[shown[:, 0]]
    y = shown[:, 1, None] + 0.45 * np.array([-1, -1, 1, 1])
    colors = np.array([to_rgba(_color(k)) for k in range(n_clusters)])[shown[:, 1]]
    colors[:, 3] = share[tuple(shown.T)]
    ax.add_collection(
        PolyCollection(
            list(np.stack([x, y], axis=2)), facecolors=colors, linewidths=0, antialiaseds=False
        )
    )
    ax.set_xlim(left[0], right[-1])
    ax.set_ylim(-0.5, n_clusters - 0.5)
    ax.set_yticks(range(n_clusters))
    ax.grid(visible=False, axis="y")
    ax.set_xlabel(style.label("Time", "s"))
    ax.set_ylabel(style.label("Cluster", None))
    ax.set_title(f"Cluster of each of the {_WHAT[exploration.on]}, from quiet (0) to loud")
    return ax


_WHAT = {"samples": "samples", "features": "windows"}


def _unit(exploration: Exploration) -> str | None:
    if exploration.on == "features":
        return None
    unit = exploration.emg_unit
    return "stored unit" if unit is None else style.emg_unit(unit)


def _color(k: int) -> Any:
    return style.COLORS[k % len(style.COLORS)]


def _marker(k: int) -> str:
    # Shifted by one each time the colours start over: no two of a hundred look the same.
    return style.MARKERS[(k + k // len(style.COLORS)) % len(style.MARKERS)]
