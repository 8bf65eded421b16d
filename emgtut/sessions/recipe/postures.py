"""Postures of a hand: making one, naming one, telling one from joint angles."""

import numpy as np
from numpy.typing import ArrayLike

from emgtut.anatomy import FINGER_JOINTS, FINGERS, FLEXION_JOINTS, JOINTS
from emgtut.sessions import layout

# Angles in degrees, columns of anatomy.JOINTS: a flat hand, and every digit closed.
_OPEN = np.array([0, 8, 2, 2] + 4 * [0, -5, 3, 2], float)
_CLOSED = np.array([35, -5, 40, 30] + 4 * [0, 70, 90, 45], float)
#: Where the thumb goes to meet a fingertip; the fingers do not take part.
_OPPOSED = np.array([38, -22, 18, 22], float)
#: Abduction of the four fingers when the hand is spread, and when it parts in the middle.
_SPREAD = np.array([10, 2, -6, -14], float)
_PARTED = np.array([-4, -8, 8, 3], float)
_ABDUCTION = [k for k in range(4, len(JOINTS)) if k not in FLEXION_JOINTS]
_DIGIT_FLEXION = [[k for k in FINGER_JOINTS[f] if k in FLEXION_JOINTS] for f in FINGERS]


def posture(
    curls: ArrayLike, *, spread: float = 0.0, parted: float = 0.0, opposed: float = 0.0
) -> np.ndarray:
    """Return a pose from how far each digit is bent.

    Parameters
    ----------
    curls : array-like of shape (5,)
        Thumb to little finger, 0 for straight, 1 for closed.
    spread : float
        How far the fingers are spread, 0 to 1; below 0 they press together.
    parted : float
        How far index and middle finger part from ring and little finger, 0 to 1.
    opposed : float
        How far the thumb is turned towards the fingertips, 0 to 1.

    Returns
    -------
    ndarray of shape (20,)
        Joint angles, in radians, in the order of `emgtut.anatomy.JOINTS`.

    Examples
    --------
    >>> fist = posture([1, 1, 1, 1, 1])
    >>> np.degrees(fist[4:8]).round().tolist()  # index: abduction, then three flexions
    [0.0, 70.0, 90.0, 45.0]
    """
    bent = np.repeat(np.asarray(curls, float), 4)
    degrees = (1 - bent) * _OPEN + bent * _CLOSED
    degrees[:4] += opposed * (_OPPOSED - degrees[:4])
    degrees[_ABDUCTION] += spread * _SPREAD + parted * _PARTED
    return np.radians(degrees)


def _hooked(mcp: float, rest: float) -> np.ndarray:
    """Return a claw: knuckles straight, the outer joints bent."""
    pose = posture([rest, 0, 0, 0, 0], spread=0.5)
    for finger in FINGERS[1:]:
        columns = FINGER_JOINTS[finger]
        pose[columns[1]] = np.radians(_CLOSED[columns[1]] * mcp)
        pose[list(columns[2:])] = np.radians(_CLOSED[list(columns[2:])] * rest)
    return pose


#: Poses by name, in radians. Curls are thumb to little finger.
POSTURES = {
    "relaxed": posture([0.3, 0.3, 0.35, 0.38, 0.4]),
    "loose": posture([0.15, 0.12, 0.15, 0.18, 0.2]),
    "flat": posture([0.05, 0, 0, 0, 0]),
    "together": posture([0.3, 0.22, 0.22, 0.24, 0.26], spread=-0.3),
    "spread": posture([0, 0, 0, 0, 0], spread=1.2),
    "parted": posture([0, 0, 0, 0, 0], parted=1.2),
    "fist": posture([1, 1, 1, 1, 1]),
    "one": posture([1, 0, 1, 1, 1]),
    "two": posture([1, 0, 0, 1, 1], spread=0.4),
    "three": posture([1, 0, 0, 0, 1], spread=0.4),
    "four": posture([1, 0, 0, 0, 0], spread=0.4),
    "five": posture([0, 0, 0, 0, 0], spread=0.7),
    "middle only": posture([1, 1, 0, 1, 1]),
    "ring only": posture([1, 1, 0.9, 0, 0.8]),
    "little only": posture([1, 1, 1, 0.8, 0]),
    "bend thumb": posture([1, 0.1, 0.1, 0.1, 0.1]),
    "bend index": posture([0.1, 0.95, 0.2, 0.1, 0.1]),
    "bend middle": posture([0.1, 0.15, 0.95, 0.25, 0.1]),
    "bend ring": posture([0.1, 0.1, 0.3, 0.95, 0.35]),
    "bend little": posture([0.1, 0.1, 0.1, 0.35, 0.95]),
    "pinch index": posture([0.5, 0.63, 0.15, 0.15, 0.15], opposed=0.8),
    "pinch middle": posture([0.55, 0.15, 0.64, 0.2, 0.15], opposed=0.9),
    "pinch ring": posture([0.6, 0.12, 0.2, 0.66, 0.25], opposed=1.0),
    "pinch little": posture([0.65, 0.1, 0.12, 0.3, 0.68], opposed=1.1),
    "pinch all": posture([0.5, 0.63, 0.63, 0.65, 0.66], opposed=1.0),
    "thumb up": posture([0, 1, 1, 1, 1]),
    "thumb in": posture([0.85, 0.65, 0.7, 0.72, 0.75]),
    "thumb out": posture([0, 0.65, 0.7, 0.72, 0.75]),
    "thumb forward": posture([0.2, 0.65, 0.7, 0.72, 0.75], opposed=0.9),
    "thumb back": posture([0.05, 0.65, 0.7, 0.72, 0.75], opposed=-0.4),
    "index on palm": posture([0.1, 1, 0.2, 0.1, 0.1]),
    "middle on palm": posture([0.1, 0.2, 1, 0.3, 0.1]),
    "ring on palm": posture([0.1, 0.1, 0.35, 1, 0.45]),
    "little on palm": posture([0.1, 0.1, 0.1, 0.5, 1]),
    "grasp": posture([0.4, 0.62, 0.62, 0.64, 0.66], spread=0.3, opposed=0.6),
    "squeeze": posture([0.75, 0.8, 0.8, 0.8, 0.8], opposed=0.3),
    "claw": _hooked(0.05, 0.75),
    "shaka": posture([0, 1, 1, 1, 0], spread=0.5),
    "peace": posture([1, 0, 0, 1, 1], spread=1.0),
    "scissors": posture([1, 0, 0, 1, 1], spread=-0.2),
    "horns": posture([0, 0, 1, 1, 0], spread=0.3),
    "hook 'em": posture([1, 0, 1, 1, 0], spread=0.3),
    "ok": posture([0.5, 0.64, 0.05, 0, 0], spread=0.6, opposed=0.8),
    "snap ready": posture([0.6, 0.3, 0.5, 0.7, 0.75], opposed=0.9),
    "snapped": posture([0.3, 0.3, 1, 0.9, 0.9]),
}


def curls(joint_angles: np.ndarray) -> np.ndarray:
    """Return how far each digit is bent: the mean of its flexion angles.

    Parameters
    ----------
    joint_angles : ndarray of shape (n_samples, 20)
        Joint angles, in radians.

    Returns
    -------
    ndarray of shape (n_samples, 5)
        Thumb to little finger, in radians.

    Examples
    --------
    >>> np.degrees(curls(POSTURES["fist"][None])).round(1).tolist()
    [[35.0, 68.3, 68.3, 68.3, 68.3]]
    """
    return np.stack([joint_angles[:, k].mean(axis=1) for k in _DIGIT_FLEXION], axis=1)


def posture_labels(joint_angles: ArrayLike) -> np.ndarray:
    """Return which digits are straight in each row, as a word such as ``"-IM--"``.

    A letter (Thumb, Index, Middle, Ring, Little) stands for a straight digit, a dash for a bent
    one: its mean flexion is beyond halfway between a flat hand and a fist. That is all the word
    says; spreading and the turn of the thumb do not change it. Works on any session with the 20
    angles of emg2pose.

    Parameters
    ----------
    joint_angles : array-like of shape (n_samples, 20)
        Joint angles, in radians, in the order of `emgtut.anatomy.JOINTS`.

    Returns
    -------
    ndarray of str, shape (n_samples,)
        One word a row; empty where the row has no pose.

    Examples
    --------
    >>> posture_labels([POSTURES["fist"], POSTURES["peace"], np.zeros(20)]).tolist()
    ['-----', '-IM--', '']
    """
    angles = np.asarray(joint_angles, float)
    if angles.ndim != 2 or angles.shape[1] != len(JOINTS):
        raise ValueError(
            f"joint_angles has shape {angles.shape}; pass (n_samples, {len(JOINTS)}), the angles "
            "of emg2pose"
        )
    halfway = curls(np.radians([(_OPEN + _CLOSED) / 2]))
    straight = curls(np.nan_to_num(angles)) < halfway
    words = np.array(
        [
            "".join(f[0].upper() if code >> k & 1 else "-" for k, f in enumerate(FINGERS))
            for code in range(2 ** len(FINGERS))
        ]
    )
    labels = words[straight @ (1 << np.arange(len(FINGERS)))]
    labels[~layout.solved_rows(angles)] = ""
    return labels
