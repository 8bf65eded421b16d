"""The hand that angles are applied to: axes, joints and points of a hand at rest.

Frame of a left hand: origin at the wrist, x to the fingers, y out of the back of the hand, z to the
thumb. A right hand is its mirror image, see `HandModel.mirrored`.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from emgtut import _checks
from emgtut.anatomy import FINGER_JOINTS, FINGER_LANDMARKS, FINGERS, JOINTS, LANDMARKS

#: Rigid parts: root, wrist, and three for each digit, thumb first.
N_BONES = 2 + 3 * len(FINGERS)
_WRIST = 1

# Buryanov & Kotiuk 2010: mean lengths in mm, metacarpal and phalanges, the soft tip last. What the
# thumb calls its first and second phalanx stands where a finger has its first two.
_LENGTHS = {
    "thumb": (46.2, 31.6, 21.7, 5.7),
    "index": (68.1, 39.8, 22.4, 15.8, 3.8),
    "middle": (64.6, 44.6, 26.3, 17.4, 4.0),
    "ring": (58.0, 41.4, 25.7, 17.3, 4.0),
    "little": (53.7, 32.7, 18.1, 16.0, 3.7),
}
#: Wrist to the base of the metacarpals, in mm: makes the hand as long as the average man's.
_CARPUS = 31.0
#: Direction of each metacarpal in the plane of the palm, in degrees to the thumb's side.
_SPLAY = {"index": 9.0, "middle": 0.0, "ring": -9.0, "little": -19.0}
_THUMB_BASE = (24.0, -12.0, 15.0)
_THUMB_REST = (0.60, -0.35, 0.72)
#: Where flexion and abduction of the thumb's base carry it.
_THUMB_FLEXED = (0.2, -0.6, -0.8)
_THUMB_ABDUCTED = (0.3, 1.0, 0.0)
_PALM_CENTER = (60.0, -10.0, 0.0)
#: Hand lengths that a person can have, in mm; a length in cm or m falls outside.
_SHORTEST, _LONGEST = 50.0, 300.0

_SHAPES = {
    "joint_rotation_axes": (22, 3),
    "joint_rest_positions": (22, 3),
    "landmark_rest_positions": (len(LANDMARKS), 3),
    "landmark_rest_bone_indices": (len(LANDMARKS), 3),
    "landmark_rest_bone_weights": (len(LANDMARKS), 3),
}
#: Names the path of Meta's hand, for those who have it.
UMETRACK_JSON = "EMGTUT_UMETRACK_JSON"


@dataclass(frozen=True, eq=False, repr=False)
class HandModel:
    """A hand at rest, in millimetres: all that `landmarks` needs to know.

    Parameters
    ----------
    axes : ndarray of shape (20, 3)
        Unit vector that each joint of `emgtut.anatomy.JOINTS` turns about.
    points : ndarray of shape (20, 3)
        A point on each axis, in mm.
    landmarks : ndarray of shape (21, 3)
        Points of `emgtut.anatomy.LANDMARKS` in the zero pose, in mm.
    weights : ndarray of shape (21, 17)
        How much each landmark follows each bone: root, wrist, then three bones for each digit, the
        thumb's first. Rows sum to 1.
    name : str
        Which hand this is; goes with every number in mm.
    side : {"left", "right"}
        Which of the two.

    See Also
    --------
    emgtut.landmarks : Points of a hand in a pose.

    Examples
    --------
    >>> from emgtut.pose import HandModel
    >>> hand = HandModel.anthropometric()
    >>> hand
    HandModel('anthropometric, 188 mm', side='left')
    >>> hand.landmarks[2].round(1).tolist()  # tip of the middle finger
    [188.0, 0.0, 0.0]
    """

    axes: np.ndarray
    points: np.ndarray
    landmarks: np.ndarray
    weights: np.ndarray
    name: str = "unnamed"
    side: Literal["left", "right"] = "left"

    def __post_init__(self) -> None:
        shapes = {
            "axes": (len(JOINTS), 3),
            "points": (len(JOINTS), 3),
            "landmarks": (len(LANDMARKS), 3),
            "weights": (len(LANDMARKS), N_BONES),
        }
        for field, shape in shapes.items():
            array = np.array(getattr(self, field), float)
            if array.shape != shape:
                raise ValueError(f"{field} has shape {array.shape}; pass {shape}")
            if not np.isfinite(array).all():
                raise ValueError(f"{field} holds NaN or infinity; pass finite numbers")
            array.flags.writeable = False
            object.__setattr__(self, field, array)
        _checks.one_of("side", self.side, ("left", "right"))
        if not np.allclose(np.linalg.norm(self.axes, axis=1), 1, atol=1e-3):
            raise ValueError("axes are not of length 1; divide each by its norm")
        if not np.allclose(self.weights.sum(axis=1), 1, atol=1e-3):
            raise ValueError(
                "weights do not sum to 1 for each landmark; divide each row by its sum"
            )

    def __repr__(self) -> str:
        return f"HandModel({self.name!r}, side={self.side!r})"

    @classmethod
    def anthropometric(
        cls, length_mm: float = 188.0, *, side: Literal["left", "right"] = "left"
    ) -> "HandModel":
        """Build a hand from published bone lengths.

        Parameters
        ----------
        length_mm : float
            From the wrist to the tip of the middle finger, in mm; all lengths scale with it.
        side : {"left", "right"}
            Which hand.

        Returns
        -------
        HandModel
            The hand.

        Notes
        -----
        Lengths of metacarpals, phalanges and soft tips are means over the radiographs of 66 adults
        [1]_. How the metacarpals splay, the length of the carpus, and where the thumb is attached
        are choices made here. Mean distances over landmarks differ by about 1 % from those on the
        hand that emg2pose is scored with, distances of fingertips by about 3 %.

        References
        ----------
        .. [1] Buryanov, A. & Kotiuk, V. (2010). Proportions of hand segments. International Journal
           of Morphology 28(3), 755-758. doi:10.4067/S0717-95022010000300015

        Examples
        --------
        >>> from emgtut.pose import HandModel
        >>> HandModel.anthropometric(166, side="right")
        HandModel('anthropometric, 166 mm', side='right')
        """
        length = _checks.positive("length_mm", length_mm, "mm")
        if not _SHORTEST <= length <= _LONGEST:
            raise ValueError(
                f"length_mm is {length_mm:g}; pass the length of a hand in mm, "
                f"{_SHORTEST:g} to {_LONGEST:g}, such as 188"
            )
        axes, points = np.empty((2, len(JOINTS), 3))
        rest = np.zeros((len(LANDMARKS), 3))
        weights = np.zeros((len(LANDMARKS), N_BONES))
        weights[:, _WRIST] = 1  # until a bone of a digit takes over
        rest[LANDMARKS.index("PALM_CENTER")] = _PALM_CENTER
        for k, finger in enumerate(FINGERS):
            joints, chain = list(FINGER_JOINTS[finger]), list(FINGER_LANDMARKS[finger])
            if finger == "thumb":
                axes[joints], points[joints], along = _thumb()
                moving = chain[1:]
            else:
                axes[joints], points[joints], along = _finger(finger)
                moving = chain[2:]
                rest[chain[1]] = along[0]
            rest[moving] = along[1:]
            weights[moving, _WRIST] = 0
            weights[moving, 2 + 3 * k + np.arange(3)] = 1
        scale = length / (_CARPUS + sum(_LENGTHS["middle"]))
        name = f"anthropometric, {length:g} mm"
        hand = cls(axes, scale * points, scale * rest, weights, name)
        return (
            hand if _checks.one_of("side", side, ("left", "right")) == "left" else hand.mirrored()
        )

    @classmethod
    def from_umetrack_json(cls, path: str | os.PathLike[str] | None = None) -> "HandModel":
        """Load a hand in the JSON layout of UmeTrack, such as the generic hand of emg2pose.

        emgtut neither contains nor downloads that file: its licence (CC BY-NC 4.0) is Meta's to
        give. It is part of the emg2pose repository.

        Parameters
        ----------
        path : path-like, optional
            The file; by default what the environment variable ``EMGTUT_UMETRACK_JSON`` names.

        Returns
        -------
        HandModel
            The hand, as it lies in the file: the generic one is a left hand.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        ValueError
            If it holds something else, or only a part.

        Examples
        --------
        >>> from emgtut.pose import HandModel
        >>> HandModel.from_umetrack_json("generic_hand_model.json")
        Traceback (most recent call last):
        FileNotFoundError: [Errno 2] no such hand model; check the spelling: ...
        """
        if path is None:
            path = os.environ.get(UMETRACK_JSON)
            if not path:
                raise ValueError(
                    f"no path and no {UMETRACK_JSON}; pass the path of generic_hand_model.json of "
                    "emg2pose, or use HandModel.anthropometric()"
                )
        file = _checks.existing_file(path, "hand model")
        table = _umetrack_arrays(file)
        bones = table["landmark_rest_bone_indices"]
        if not (np.isin(bones, np.arange(N_BONES)).all()):
            raise ValueError(
                f"{file}: landmark_rest_bone_indices holds more than the bones 0 to {N_BONES - 1}; "
                "pass a hand model of UmeTrack"
            )
        weights = np.zeros((len(LANDMARKS), N_BONES))
        # Unused entries repeat a bone with weight zero, so they are added, not assigned.
        rows = np.arange(len(LANDMARKS))[:, None]
        np.add.at(weights, (rows, bones.astype(int)), table["landmark_rest_bone_weights"])
        n_joints = len(JOINTS)  # the last two turn the wrist, whose angles are not recorded
        try:
            return cls(
                table["joint_rotation_axes"][:n_joints],
                table["joint_rest_positions"][:n_joints],
                table["landmark_rest_positions"],
                weights,
                file.stem,
            )
        except ValueError as error:
            raise ValueError(f"{file}: {error}") from error

    def mirrored(self) -> "HandModel":
        """Return the other hand: a mirror image that takes the same angles.

        Points change the sign of x: the fingers of a right hand point along -x, the back of the
        hand still faces y and the thumb z. Distances stay what they were.

        Returns
        -------
        HandModel
            The hand of the other side.

        Examples
        --------
        >>> from emgtut.pose import HandModel
        >>> hand = HandModel.anthropometric().mirrored()
        >>> hand.side, hand.landmarks[2].round(1).tolist()
        ('right', [-188.0, 0.0, 0.0])
        """
        flip = np.array([-1.0, 1.0, 1.0])
        return HandModel(
            # What turns one way turns the other way in a mirror: the axis gets the opposite signs.
            axes=-flip * self.axes,
            points=flip * self.points,
            landmarks=flip * self.landmarks,
            weights=self.weights,
            name=self.name,
            side="right" if self.side == "left" else "left",
        )


def _finger(finger: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return axes and points of a finger's four joints, and knuckle, two joints and tip."""
    metacarpal, *phalanges, tip = _LENGTHS[finger]
    phalanges[-1] += tip
    direction = _in_palm(_SPLAY[finger] / 2)
    knuckle = (_CARPUS + metacarpal) * _in_palm(_SPLAY[finger])
    along = knuckle + np.outer(np.cumsum([0.0, *phalanges]), direction)
    spread, bend = np.array([0.0, -1.0, 0.0]), np.cross(direction, [0.0, -1.0, 0.0])
    return np.array([spread, bend, bend, bend]), along[[0, 0, 1, 2]], along


def _thumb() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return axes and points of the thumb's four joints, and its base, two joints and tip."""
    *bones, tip = _LENGTHS["thumb"]
    bones[-1] += tip
    direction = np.array(_THUMB_REST) / np.linalg.norm(_THUMB_REST)
    along = np.array(_THUMB_BASE) + np.outer(np.cumsum([0.0, *bones]), direction)
    # The cross product with the direction leaves out what of the target lies along it.
    axes = np.cross(direction, [_THUMB_FLEXED, _THUMB_ABDUCTED])
    bend, spread = axes / np.linalg.norm(axes, axis=1, keepdims=True)
    return np.array([bend, spread, bend, bend]), along[[0, 0, 1, 2]], along


def _in_palm(degrees: float) -> np.ndarray:
    """Return the direction in the plane of the palm that leans to the thumb's side."""
    angle = np.radians(degrees)
    return np.array([np.cos(angle), 0.0, np.sin(angle)])


def _umetrack_arrays(file: Path) -> dict[str, np.ndarray]:
    """Read what is needed from a JSON file, shapes checked."""
    try:
        content: Any = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise ValueError(
            f"{file}: no JSON, or only a part of it ({error}); fetch generic_hand_model.json again"
        ) from error
    held = content if isinstance(content, Mapping) else {}
    if missing := [key for key in _SHAPES if key not in held]:
        raise ValueError(
            f"{file}: has no {', '.join(missing)}; pass a hand model of UmeTrack, such as "
            "generic_hand_model.json of emg2pose"
        )
    arrays = {}
    for key, shape in _SHAPES.items():
        try:
            array = np.array(held[key], float)
        except (TypeError, ValueError):
            array = np.empty(0)
        if array.shape != shape:
            raise ValueError(
                f"{file}: {key} is no table of {shape[0]} x {shape[1]} numbers; pass a hand model "
                "of UmeTrack, such as generic_hand_model.json of emg2pose"
            )
        arrays[key] = array
    return arrays
