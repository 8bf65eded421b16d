"""Hands: from the front, from the side and in space; a true one beside a predicted one."""

from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Polygon
from mpl_toolkits.mplot3d.art3d import Poly3DCollection
from numpy.typing import ArrayLike

from emgtut import _checks
from emgtut.anatomy import FINGER_LANDMARKS, JOINTS, LANDMARKS
from emgtut.plots import _hand_shapes, style
from emgtut.pose import HandModel, landmarks

#: How far the palm view is turned about the forearm, in degrees, to see a left hand from elsewhere.
_TURNS = {"palm": 0, "back": 180, "side": 90}
#: Where a hand can be seen from.
VIEWS = (*_TURNS, "3d")
_MIDDLE_KNUCKLE = FINGER_LANDMARKS["middle"][1]
#: Points that count in a mean distance: all but the knuckles, which no pose moves.
_COUNTED = [k for k, name in enumerate(LANDMARKS) if not name.endswith("PROXIMAL")]
_BAR = 50  # mm


@style.themed
def draw_hand(
    pose: ArrayLike,
    *,
    hand: HandModel | None = None,
    view: str = "palm",
    color: str | None = None,
    ax: Any = None,
) -> Any:
    """Draw a hand.

    Parameters
    ----------
    pose : array-like of shape (20,) or (21, 3)
        Joint angles, in radians, or the landmarks of a hand, in mm.
    hand : HandModel, optional
        The hand that the angles are applied to.
    view : {"palm", "back", "side", "3d"}
        From where: onto the palm, onto the back, from the thumb's side, or in space.
    color : str, optional
        One colour for all digits; by default each has its own.
    ax : matplotlib.axes.Axes, optional
        Where to draw; for ``"3d"`` with that projection. A new figure by default.

    Returns
    -------
    matplotlib.axes.Axes
        The axes, lengths to scale in mm.

    Raises
    ------
    ValueError
        If there is more than one pose, it is not finite, or the view is unknown.

    See Also
    --------
    compare_hands : Two hands, and how far they are apart.

    Examples
    --------
    >>> from emgtut.plots.hand import draw_hand
    >>> ax = draw_hand([0.3] * 20, view="side")
    >>> ax.get_title()
    'Left hand, thumb side'
    """
    _checks.one_of("view", view, VIEWS)
    points = points_of(pose, hand=hand)
    if points.shape != (len(LANDMARKS), 3):
        raise ValueError(
            f"pose holds {len(points.reshape(-1, len(LANDMARKS), 3))} poses; pass one, such as "
            "angles[0], or use compare_hands or animate_hand"
        )
    if not np.isfinite(points).all():
        raise ValueError("pose holds NaN: it is a row without a pose; pass one that is solved")
    seen = seen_from_the_palm(points)
    if view == "3d":
        ax = style.axes_for(ax, figsize=(5, 5.5), projection="3d")
        _draw_in_space(ax, seen, color)
    else:
        ax = style.axes_for(ax, figsize=(3.6, 4.4))
        _draw_flat(ax, turned(seen, view, right=is_right(points)), color)
    where = {"side": "thumb side", "3d": "in space"}.get(view, f"{view} side")
    ax.set_title(f"{'Right' if is_right(points) else 'Left'} hand, {where}")
    return ax


@style.themed
def compare_hands(
    true: ArrayLike,
    pred: ArrayLike,
    *,
    hand: HandModel | None = None,
    view: str = "palm",
    names: tuple[str, str] = ("True", "Predicted"),
    labels: Sequence[str] | None = None,
) -> Figure:
    r"""Draw true and predicted hands beside each other, with their error.

    The predicted hand carries the bones of the true one as thin lines.

    Parameters
    ----------
    true, pred : array-like of shape (20,) or (n_poses, 20)
        Joint angles, in radians, or landmarks, (21, 3) or (n_poses, 21, 3), in mm. One pose makes
        two hands in a row; several make a column of two for each, true above predicted.
    hand : HandModel, optional
        The hand that angles are applied to, true and predicted ones alike.
    view : {"palm", "back", "side"}
        From where.
    names : (str, str)
        What the two are called.
    labels : sequence of str, optional
        What each pose is called, such as its time.

    Returns
    -------
    matplotlib.figure.Figure
        The figure. Titles give the mean absolute error over joints, in degrees (for angles), and
        the mean distance over the landmarks that are no knuckle, in mm.

    Raises
    ------
    ValueError
        If the two differ in shape, or a pose is not finite.

    See Also
    --------
    animate_hand : The same, moving.

    Examples
    --------
    >>> import numpy as np
    >>> from emgtut.plots.hand import compare_hands
    >>> figure = compare_hands(np.zeros(20), np.full(20, 0.1))
    >>> [ax.get_title() for ax in figure.axes]
    ['True', 'Predicted\n5.7 deg, 9.5 mm off']
    """
    _checks.one_of("view", view, _TURNS)
    first, second = points_of(true, hand=hand), points_of(pred, hand=hand)
    if first.shape != second.shape or first.ndim > 3:
        raise ValueError(
            f"true has shape {np.shape(true)} and pred {np.shape(pred)}; pass the same number of "
            "poses for both, one or a row of them"
        )
    one = first.ndim == 2
    first, second = first.reshape(-1, *first.shape[-2:]), second.reshape(-1, *second.shape[-2:])
    if labels is not None and len(labels) != len(first):
        raise ValueError(f"{len(labels)} labels for {len(first)} poses; pass one for each")
    mm = mm_off(first, second)
    degrees = None
    if np.shape(true)[-1] == np.shape(pred)[-1] == len(JOINTS):
        off = np.degrees(np.abs(np.subtract(true, pred)))
        degrees = off.reshape(-1, len(JOINTS)).mean(axis=1)
    n_rows, n_columns = (1, 2) if one else (2, len(first))
    size = (2.7 * n_columns, 3.5 * n_rows)
    figure, grid = plt.subplots(
        n_rows, n_columns, figsize=size, squeeze=False, layout="constrained"
    )
    for k, (a, b) in enumerate(zip(first, second, strict=True)):
        upper, lower = grid[0] if one else grid[:, k]
        draw_hand(a, view=view, ax=upper)
        draw_hand(b, view=view, ax=lower)
        bones = turned(seen_from_the_palm(a), view, right=is_right(a))
        for chain in FINGER_LANDMARKS.values():
            lower.plot(*bones[list(chain[1:]), :2].T, **style.TRUE, lw=1.3, zorder=3)
        text = f"{mm[k]:.1f} mm off"
        if degrees is not None:
            text = f"{degrees[k]:.1f} deg, {text}"
        upper.set_title(names[0] if labels is None else f"{names[0]}, {labels[k]}")
        lower.set_title(f"{names[1]}\n{text}")
    limits = np.array([[*ax.get_xlim(), *ax.get_ylim()] for ax in grid.flat])
    for ax in grid.flat:  # one scale, so that sizes compare
        ax.set_xlim(limits[:, 0].min(), limits[:, 1].max())
        ax.set_ylim(limits[:, 2].min(), limits[:, 3].max())
    return figure


def points_of(pose: ArrayLike, *, hand: HandModel | None = None) -> np.ndarray:
    """Return landmarks, whether angles or landmarks arrived.

    Parameters
    ----------
    pose : array-like of shape (..., 20) or (..., 21, 3)
        Joint angles, in radians, or landmarks, in mm.
    hand : HandModel, optional
        The hand that angles are applied to.

    Returns
    -------
    ndarray of shape (..., 21, 3)
        Landmarks, in mm.

    Examples
    --------
    >>> points_of([0.0] * 20).shape
    (21, 3)
    """
    points = np.asarray(pose, float)
    if points.shape[-2:] == (len(LANDMARKS), 3):
        return points
    return landmarks(points, hand=hand)


def mm_off(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return how far two hands are apart: the mean distance over landmarks that are no knuckle.

    Parameters
    ----------
    first, second : ndarray of shape (..., 21, 3)
        Landmarks, in mm.

    Returns
    -------
    ndarray of shape (...)
        Mean distance, in mm.

    Examples
    --------
    >>> print(mm_off(points_of([0.0] * 20), points_of([0.1] * 20)).round(1))
    9.5
    """
    return np.linalg.norm(first - second, axis=-1)[..., _COUNTED].mean(axis=-1)


def seen_from_the_palm(points: np.ndarray) -> np.ndarray:
    """Return landmarks as somebody sees them who looks at the palm, fingers up.

    Parameters
    ----------
    points : ndarray of shape (..., 21, 3)
        Landmarks, in mm, in the frame of the hand.

    Returns
    -------
    ndarray of shape (..., 21, 3)
        To the right, up, and towards the viewer, in mm.

    Examples
    --------
    >>> right, up, near = seen_from_the_palm(points_of([0.0] * 20))[2]  # tip of the middle finger
    >>> round(up)
    188
    """
    x, y, z = np.moveaxis(points, -1, 0)
    if is_right(points):
        return np.stack([z, -x, -y], axis=-1)
    return np.stack([-z, x, -y], axis=-1)


def turned(seen: np.ndarray, view: str, *, right: bool) -> np.ndarray:
    """Return points after walking round the hand, from the palm to another view.

    Parameters
    ----------
    seen : ndarray of shape (..., 3)
        To the right, up, and towards the viewer of the palm.
    view : {"palm", "back", "side"}
        Where to walk.
    right : bool
        Whether it is a right hand, whose thumb lies on the other side.

    Returns
    -------
    ndarray of shape (..., 3)
        To the right, up, and towards the viewer.

    Examples
    --------
    >>> import numpy as np
    >>> turned(np.array([1.0, 2.0, 3.0]), "back", right=False).round().tolist()
    [-1.0, 2.0, -3.0]
    """
    angle = np.radians(_TURNS[view]) * (-1 if right and view == "side" else 1)
    across, up, near = np.moveaxis(seen, -1, 0)
    cosine, sine = np.cos(angle), np.sin(angle)
    return np.stack([across * cosine + near * sine, up, near * cosine - across * sine], axis=-1)


def is_right(points: np.ndarray) -> bool:
    """Return whether landmarks are those of a right hand: fingers along -x.

    Parameters
    ----------
    points : ndarray of shape (..., 21, 3)
        Landmarks, in mm, at least one pose finite.

    Returns
    -------
    bool
        The knuckles, which never move, tell.

    Examples
    --------
    >>> is_right(points_of([0.0] * 20))
    False
    """
    return bool(np.nanmedian(points[..., _MIDDLE_KNUCKLE, 0]) < 0)


def _draw_flat(ax: Any, seen: np.ndarray, color: str | None) -> None:
    """Paint outlines one over the other, far ones paler, with a scale below."""
    shapes = _hand_shapes.flat_shapes(seen, color)
    near, far = shapes[-1][0], shapes[0][0]
    reach = max(near - far, _hand_shapes.size_of(seen))
    for order, (depth, corners, paint) in enumerate(shapes):
        pale = 0.0 if paint == _hand_shapes.PALM_COLOR else 0.4 * (near - depth) / reach
        face, edge = _mixed(paint, "white", pale), _mixed(paint, "black", 0.4)
        ax.add_patch(
            Polygon(corners, facecolor=face, edgecolor=edge, linewidth=0.7, zorder=2 + order / 100)
        )
    every = np.concatenate([corners for _, corners, _ in shapes])
    low, high = every.min(axis=0), every.max(axis=0)
    ax.plot([low[0], low[0] + _BAR], [low[1] - 10] * 2, color="0.3", lw=2, solid_capstyle="butt")
    ax.text(low[0], low[1] - 13, f"{_BAR} mm", fontsize=8, color="0.3", va="top")
    ax.set(xlim=(low[0] - 4, max(high[0], low[0] + _BAR) + 4), ylim=(low[1] - 26, high[1] + 4))
    ax.set_aspect("equal")
    ax.set_axis_off()


def _draw_in_space(ax: Any, seen: np.ndarray, color: str | None) -> None:
    """Draw one lit body: matplotlib sorts the faces of one collection, not of several."""
    faces = _hand_shapes.solid_faces(seen, color)
    # mplot3d stands its third axis up: across, away from the viewer, up.
    corners = [face[:, [0, 2, 1]] * [1, -1, 1] for face, _, _ in faces]
    lit = [_mixed(paint, "black", 0.5 * (1 - light)) for _, paint, light in faces]
    body = Poly3DCollection(corners, facecolors=lit, edgecolors=lit, linewidths=0.3)
    # Limits are set below: matplotlib would take them from faces of unequal length, padded with
    # whatever lies in memory.
    ax.add_collection3d(body, autolim=False)
    every = np.concatenate(corners)
    low, high = every.min(axis=0), every.max(axis=0)
    ax.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]), zlim=(low[2], high[2]))
    ax.set_box_aspect(high - low)
    ax.set_axis_off()
    ax.patch.set_visible(False)  # drawn even where axes are off
    ax.view_init(elev=18, azim=-62)


def _mixed(color: Any, other: str, share: float) -> tuple[float, ...]:
    """Return a colour with a share of another."""
    return tuple((1 - share) * np.array(to_rgb(color)) + share * np.array(to_rgb(other)))
