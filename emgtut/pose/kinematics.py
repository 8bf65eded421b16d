"""Forward kinematics: from joint angles to points in space."""

from functools import cache

import numpy as np
from numpy.typing import ArrayLike

from emgtut.anatomy import FINGERS, JOINTS, LANDMARKS
from emgtut.pose.hand import N_BONES, HandModel

#: No joint turns a full circle; angles beyond it, in rad, are degrees taken for radians.
_FULL_TURN = 2 * np.pi
#: Poses worked on at a time: what they need stays in the cache of a processor.
_BLOCK = 512


def landmarks(angles: ArrayLike, *, hand: HandModel | None = None) -> np.ndarray:
    """Return where the 21 points of a hand are, in millimetres from the wrist.

    Parameters
    ----------
    angles : array-like of shape (..., 20)
        Joint angles, in radians, in the order of `emgtut.anatomy.JOINTS`.
    hand : HandModel, optional
        The hand; ``HandModel.anthropometric()`` by default.

    Returns
    -------
    ndarray of shape (..., 21, 3)
        Points in the order of `emgtut.anatomy.LANDMARKS`, in mm: x to the fingers, y out of the
        back of the hand, z to the thumb (a right hand has its fingers along -x). NaN for a pose
        with an angle that is not finite.

    Raises
    ------
    ValueError
        If the last axis is not 20 long, or the angles are in degrees: an angle is beyond a full
        turn. A pose in degrees that is nearly flat cannot be told from one in radians.

    Notes
    -----
    Joint ``j`` with axis ``u`` through the point ``p`` is the map ``x -> R x + (p - R p)``, with
    ``R`` the rotation by its angle about ``u`` (Rodrigues' formula). The bones of a digit with
    joints 0 to 3 are moved by the products of maps 0-1, 0-2 and 0-3; each point is moved from its
    place at rest by the bones that it follows. An unsolved row, all zeros, is drawn as a flat
    hand: leave such rows out before.

    Examples
    --------
    >>> import numpy as np
    >>> from emgtut.anatomy import JOINTS, LANDMARKS
    >>> from emgtut.pose import landmarks
    >>> pose = np.zeros(20)
    >>> pose[JOINTS.index("INDEX_MCP_FE")] = np.radians(90)
    >>> x, y, z = landmarks(pose)[LANDMARKS.index("INDEX_TIP")]
    >>> print(f"{y:.1f} mm: below the palm")
    -81.8 mm: below the palm
    """
    hand = _default_hand() if hand is None else hand
    q = checked_angles(angles)
    poses = q.reshape(-1, len(JOINTS))
    lost = ~np.isfinite(poses).all(axis=1)
    if lost.any():
        poses = np.where(lost[:, None], 0.0, poses)
    rules = _Rules(hand)
    placed = np.empty((len(poses), len(LANDMARKS), 3))
    for start in range(0, len(poses), _BLOCK):
        block = slice(start, start + _BLOCK)
        placed[block] = rules.place(poses[block])
    placed[lost] = np.nan
    return placed.reshape(*q.shape[:-1], len(LANDMARKS), 3)


def checked_angles(angles: ArrayLike) -> np.ndarray:
    """Return poses as float64 if they can be poses in radians.

    Parameters
    ----------
    angles : array-like of shape (..., 20)
        Joint angles, in radians.

    Returns
    -------
    ndarray of shape (..., 20)
        The same angles.

    Raises
    ------
    ValueError
        If the last axis is not 20 long, or an angle is beyond a full turn.

    Examples
    --------
    >>> checked_angles([[90.0] * 20])
    Traceback (most recent call last):
    ValueError: angles reach 90 rad, more than a full turn; if they are in degrees, pass
    np.radians(angles)
    """
    q = np.asarray(angles, dtype=float)
    if q.ndim == 0 or q.shape[-1] != len(JOINTS):
        turned = q.ndim == 2 and q.shape[0] == len(JOINTS)
        raise ValueError(
            f"angles has shape {q.shape}; "
            + ("pass angles.T: " if turned else f"pass (..., {len(JOINTS)}): ")
            + f"the last axis is the joints of emgtut.anatomy.JOINTS, in the order "
            f"{', '.join(JOINTS)}"
        )
    largest = np.max(np.abs(q), initial=0.0, where=np.isfinite(q))
    if largest > _FULL_TURN:
        raise ValueError(
            f"angles reach {largest:.3g} rad, more than a full turn; if they are in degrees, "
            "pass np.radians(angles)"
        )
    return q


@cache
def _default_hand() -> HandModel:
    return HandModel.anthropometric()


class _Rules:
    """What of the kinematics depends on the hand alone, laid out for whole blocks of poses.

    The poses of a block lie along the last axis of every array: each operation then runs over
    neighbouring numbers, where products of many 3 x 3 matrices would not.
    """

    def __init__(self, hand: HandModel) -> None:
        # exp([u] q) for axes as they are: one that is off length 1 in its last digits turns by
        # that much more, as it does upstream.
        self.turn = np.linalg.norm(hand.axes, axis=1)
        x, y, z = (hand.axes / self.turn[:, None]).T
        zero = np.zeros_like(x)
        cross = np.array([[zero, -z, y], [z, zero, -x], [-y, x, zero]])  # (3, 3, joint)
        self.sine = cross[..., None]
        self.cosine = np.einsum("ikj,klj->ilj", cross, cross)[..., None]
        self.points = hand.points.T[..., None]  # (3, joint, 1)
        # Landmark = sum over bones of weight x (map of the bone on the point at rest), one product.
        rest = np.column_stack([hand.landmarks, np.ones(len(LANDMARKS))])
        self.mix = np.einsum("lb,lc->lcb", hand.weights, rest).reshape(len(LANDMARKS), -1)

    def place(self, poses: np.ndarray) -> np.ndarray:
        """Return the landmarks of a block of poses, (poses, 21, 3)."""
        n = len(poses)
        q = poses.T * self.turn[:, None]
        # 1 - cos q, without the loss of digits near zero.
        rotations = np.sin(q) * self.sine + 2 * np.sin(q / 2) ** 2 * self.cosine
        rotations += np.eye(3)[..., None, None]
        shifts = self.points - _times(rotations, self.points[:, None])[:, 0]
        # (3, 4, digit, joint of the digit, pose): the affine map of each joint.
        maps = np.concatenate([rotations, shifts[:, None]], axis=1)
        maps = maps.reshape(3, 4, len(FINGERS), 4, n)

        frames = np.zeros((3, 4, N_BONES, n))
        frames[:, :3, :2] = np.eye(3)[..., None, None]
        moved = maps[..., 0, :]
        for k in (1, 2, 3):
            moved = _then(moved, maps[..., k, :])
            frames[:, :, 1 + k :: 3] = moved
        placed = self.mix @ frames.reshape(3, -1, n)  # (3, landmark, pose)
        return placed.transpose(2, 1, 0)


def _times(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the matrix products over the first two axes, one for each place in the others."""
    return a[:, 0, None] * b[None, 0] + a[:, 1, None] * b[None, 1] + a[:, 2, None] * b[None, 2]


def _then(outer: np.ndarray, inner: np.ndarray) -> np.ndarray:
    """Return the affine map that applies ``inner``, then ``outer``."""
    product = _times(outer[:, :3], inner)
    product[:, 3] += outer[:, 3]
    return product
