"""Predicted angles beside true ones, and scores beside their baselines."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from emgtut import _checks
from emgtut.plots import style
from emgtut.signals.windows import Windows


@style.themed
def plot_traces(
    windows: Windows,
    pred: ArrayLike,
    *,
    start: float = 0.0,
    duration: float = 20.0,
    joints: list[str] | None = None,
) -> Figure:
    """Draw true and predicted angles over time, one axis a joint.

    Parameters
    ----------
    windows : Windows
        Windows with their true poses.
    pred : array-like of shape (n_windows, n_targets)
        Predicted angles, in radians; rows that are not finite leave a gap.
    start, duration : float
        Stretch to draw, in seconds from the first window.
    joints : list of str, optional
        Names of targets; by default one flexion angle a digit.

    Returns
    -------
    matplotlib.figure.Figure
        The figure; each axis tells the mean absolute error of what it shows, in degrees.

    Raises
    ------
    ValueError
        If shapes differ, the stretch holds no window, or a joint is unknown.

    Examples
    --------
    >>> from emgtut import RidgePose, load_sample, windows_of
    >>> from emgtut.learn.evaluate import predict_blocks
    >>> from emgtut.plots import plot_traces
    >>> windows = windows_of(load_sample())
    >>> figure = plot_traces(windows, predict_blocks(RidgePose(), windows))
    >>> len(figure.axes)
    5
    """
    import matplotlib.pyplot as plt

    _checks.of_type("windows", windows, Windows, "what emgtut.windows_of returns")
    _checks.positive("duration", duration, "s")
    angles = np.asarray(pred, float)
    if angles.shape != windows.y.shape:
        raise ValueError(
            f"pred has shape {angles.shape}, the windows have poses of {windows.y.shape}; "
            "pass one row a window, one column a target"
        )
    names = windows.target_names
    if joints is None:
        joints = [name for name in names if name.endswith(("MCP_FE", "CMC_FE"))]
        joints = [name for name in joints if name != "THUMB_MCP_FE"] or list(names[:5])
    columns = [names.index(_checks.one_of("joints", joint, names)) for joint in joints]
    seconds = windows.time - windows.time[0]
    shown = (seconds >= start) & (seconds < start + duration)
    if not shown.any():
        raise ValueError(
            f"no window lies from {start:g} s to {start + duration:g} s; "
            f"the windows reach from 0 to {seconds[-1]:.3f} s"
        )
    seconds = seconds[shown]
    # Lines break where windows are missing.
    breaks = np.flatnonzero(np.diff(seconds) > 1.5 * windows.hop / windows.sample_rate) + 1
    figure, axes = plt.subplots(
        len(joints), 1, sharex=True, figsize=(9, 1 + 1.25 * len(joints)), layout="constrained"
    )
    for ax, joint, column in zip(np.atleast_1d(axes), joints, columns, strict=True):
        true, guess = np.degrees(windows.y[shown, column]), np.degrees(angles[shown, column])
        for label, values, look in (
            ("true", true, style.TRUE),
            ("predicted", guess, style.PREDICTED),
        ):
            ax.plot(
                np.insert(seconds, breaks, np.nan),
                np.insert(values, breaks, np.nan),
                label=label,
                **look,
            )
        off = np.abs(guess - true)
        error = off[np.isfinite(off)].mean() if np.isfinite(off).any() else np.nan
        ax.set_title(f"{joint}: off by {error:.1f} deg", fontsize=10, loc="left")
        ax.set_ylabel(style.label("Angle", "deg"), fontsize=9)
    np.atleast_1d(axes)[0].legend(
        loc="lower right", bbox_to_anchor=(1, 1), borderaxespad=0, frameon=False, ncols=2
    )
    np.atleast_1d(axes)[-1].set_xlabel(style.label("Time", "s"))
    return figure


@style.themed
def plot_scores(scores: dict[str, pd.DataFrame], *, ax: Any = None) -> Any:
    """Draw the error of models block by block, beside the hand that never moves.

    Parameters
    ----------
    scores : dict of str to pandas.DataFrame
        Name of each model and its table from `emgtut.evaluate`, of the same windows and blocks.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.axes.Axes
        The axes: one group of points a block.

    Examples
    --------
    >>> from emgtut import RidgePose, evaluate, load_sample, windows_of
    >>> from emgtut.plots import plot_scores
    >>> ax = plot_scores({"ridge": evaluate(RidgePose(), windows_of(load_sample()))})
    >>> ax.get_ylabel()
    'Mean absolute error (deg)'
    """
    if not scores:
        raise ValueError("scores is empty; pass at least one table from emgtut.evaluate")
    ax = style.axes_for(ax, figsize=(8, 3.8))
    first = next(iter(scores.values()))
    blocks = first["block"].to_numpy()
    ax.plot(
        blocks, first["mean_pose_mae_deg"], marker="_", ms=16, label="mean pose", **style.BASELINE
    )
    for k, (name, table) in enumerate(scores.items()):
        ax.plot(
            table["block"],
            table["mae_deg"],
            marker=style.MARKERS[k],
            color=style.COLORS[k],
            linestyle="",
            ms=8,
            label=name,
        )
    ax.set_xticks(blocks)
    ax.set_ylim(0, None)
    ax.set_xlabel("Block of time (no unit)")
    ax.set_ylabel(style.label("Mean absolute error", "deg"))
    ax.set_title("Each block predicted by a model that was trained on the others")
    ax.legend()
    return ax
