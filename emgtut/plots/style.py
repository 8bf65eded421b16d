"""The look of every figure: seaborn's dark grid, colours all readers can tell apart, units.

A plotting function of emgtut is decorated with `themed`, takes an optional ``ax``, gets its axes
from `axes_for`, labels them with `label`, and returns them. None calls ``plt.show``.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import matplotlib.pyplot as plt
import seaborn as sns
from cycler import cycler
from matplotlib.axes import Axes

P = ParamSpec("P")
R = TypeVar("R")

#: Colours of unordered things such as clusters. They differ in lightness as well as in hue, so
#: that they stay apart for colour-blind readers and in print (seaborn's "colorblind").
COLORS = (
    "#0173b2",
    "#de8f05",
    "#029e73",
    "#cc78bc",
    "#ca9161",
    "#56b4e9",
    "#d55e00",
    "#949494",
    "#fbafe4",
    "#ece133",
)
#: Markers and lines that go with them: colour is never the only difference.
MARKERS = ("o", "^", "s", "D", "v", "P", "X", "<", ">", "*")
LINES = ("-", "--", ":", "-.")

#: What has the same meaning looks the same on every page.
TRUE = {"color": "0.25", "linestyle": "-"}
PREDICTED = {"color": COLORS[0], "linestyle": "--"}
BASELINE = {"color": "0.5", "linestyle": ":"}
UNSOLVED = {"facecolor": "0.75", "edgecolor": "0.55", "hatch": "///", "linewidth": 0, "alpha": 0.6}

#: Colour maps: amounts (dark is little), and what lies on both sides of zero.
AMOUNT = "viridis"
SIGNED = "RdBu_r"

#: How a unit of `emgtut.sessions.layout.VOLTS_PER_UNIT` is written on an axis.
EMG_UNITS = {"noise_sd": "noise SD", "uV": "µV", "mV": "mV", "V": "V"}


@contextmanager
def theme() -> Iterator[None]:
    """Draw in the style of emgtut within a ``with`` block; the settings before come back after.

    Yields
    ------
    None
        Nothing; figures and axes made in the block have the style.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from emgtut.plots.style import theme
    >>> before = plt.rcParams["axes.facecolor"]
    >>> with theme():
    ...     ax = plt.figure().add_subplot()
    >>> plt.rcParams["axes.facecolor"] == before
    True
    """
    settings = sns.plotting_context("notebook") | sns.axes_style("darkgrid")
    settings |= {
        "axes.prop_cycle": cycler(color=COLORS),
        "axes.titlesize": 12,
        "axes.labelsize": 11,
        "xtick.labelsize": 10,
        "ytick.labelsize": 10,
        "legend.fontsize": 10,
        "image.cmap": AMOUNT,
    }
    with plt.rc_context(settings):
        yield


def themed(plot: Callable[P, R]) -> Callable[P, R]:
    """Make a plotting function draw in the style of emgtut.

    Parameters
    ----------
    plot : callable
        A function that draws.

    Returns
    -------
    callable
        The same function, drawing within `theme`.
    """

    @wraps(plot)
    def within(*args: P.args, **kwargs: P.kwargs) -> R:
        with theme():
            return plot(*args, **kwargs)

    return within


def axes_for(
    ax: Any = None, *, figsize: tuple[float, float] = (8, 4.5), projection: str | None = None
) -> Any:
    """Return the axes to draw on: the given ones, or those of a new figure.

    Parameters
    ----------
    ax : matplotlib.axes.Axes, optional
        Axes that the caller wants to have drawn on.
    figsize : (float, float)
        Width and height of a new figure, in inches.
    projection : str, optional
        ``"3d"`` or ``"polar"``; given axes must have it.

    Returns
    -------
    matplotlib.axes.Axes
        The axes.

    Examples
    --------
    >>> from emgtut.plots.style import axes_for
    >>> axes_for(figsize=(6, 3)).figure.get_size_inches().tolist()
    [6.0, 3.0]
    """
    if ax is None:
        figure = plt.figure(figsize=figsize, layout="constrained")
        return figure.add_subplot(projection=projection)
    if not isinstance(ax, Axes):
        raise TypeError(f"ax is {ax!r}; pass one matplotlib Axes, or leave it out")
    wanted = projection or "rectilinear"
    if ax.name != wanted:
        raise ValueError(
            f"ax has projection {ax.name!r}; make it with plt.subplots("
            + (f"subplot_kw={{'projection': {projection!r}}})" if projection else ")")
        )
    return ax


def label(name: str, unit: str | None) -> str:
    """Return the text of an axis: what it shows, and its unit.

    Parameters
    ----------
    name : str
        What the axis shows.
    unit : str or None
        Its unit; None for none.

    Returns
    -------
    str
        Name and unit in parentheses.

    Examples
    --------
    >>> from emgtut.plots.style import label
    >>> label("Time", "s"), label("Cluster", None)
    ('Time (s)', 'Cluster (no unit)')
    """
    return f"{name} ({unit or 'no unit'})"


def emg_unit(name: str) -> str:
    """Return how a stored EMG unit is written on an axis.

    Parameters
    ----------
    name : str
        Name in the file: ``"noise_sd"``, ``"uV"``, ``"mV"``, ``"V"``; any other is written as it
        is.

    Returns
    -------
    str
        What to write.

    Examples
    --------
    >>> from emgtut.plots.style import emg_unit
    >>> emg_unit("noise_sd"), emg_unit("uV")
    ('noise SD', 'µV')
    """
    return EMG_UNITS.get(name, name)
