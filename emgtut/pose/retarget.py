"""From the 20 angles of a pose to the 9 channels of the Virtual Hand, and back.

Channels go by name. Inside emgtut +1 is full flexion on each and 0 is rest; what sign a program at
the other end of a wire wants is settled where the wire is.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from emgtut import _checks
from emgtut.anatomy import JOINTS, VIRTUAL_HAND_CHANNELS
from emgtut.pose.kinematics import checked_angles

#: Angles at +1 on each channel, in degrees: how far the Virtual Hand bends each joint. Joints that
#: are not named, the spread of the fingers, have no channel; the wrist channels have no angles.
FULL_FLEXION: dict[str, dict[str, float]] = {
    "thumb_flexion": {"THUMB_CMC_FE": 45, "THUMB_MCP_FE": 55, "THUMB_IP_FE": 80},
    "thumb_abduction": {"THUMB_CMC_AA": -30},
    "index": {"INDEX_MCP_FE": 85, "INDEX_PIP_FE": 75, "INDEX_DIP_FE": 60},
    "middle": {"MIDDLE_MCP_FE": 85, "MIDDLE_PIP_FE": 85, "MIDDLE_DIP_FE": 60},
    "ring": {"RING_MCP_FE": 85, "RING_PIP_FE": 85, "RING_DIP_FE": 60},
    "pinky": {"PINKY_MCP_FE": 85, "PINKY_PIP_FE": 85, "PINKY_DIP_FE": 60},
    "wrist_flexion": {},
    "wrist_abduction": {},
    "wrist_rotation": {},
}


def retarget(angles: ArrayLike) -> np.ndarray:
    """Return the channels of the Virtual Hand that show a pose best.

    A digit's channel is how far it is bent in all, as a share of how far the Virtual Hand bends it
    at full flexion: the sum of its flexion angles over the sum in ``FULL_FLEXION``. Abduction of
    the thumb is -1 to +1 for 30 degrees either way, +1 over the palm as in a fist. The spread of
    the fingers is lost, and the wrist stays at 0: its angles are not recorded.

    Parameters
    ----------
    angles : array-like of shape (..., 20)
        Joint angles, in radians, in the order of `emgtut.anatomy.JOINTS`.

    Returns
    -------
    ndarray of shape (..., 9)
        Channels in the order of `emgtut.anatomy.VIRTUAL_HAND_CHANNELS`, clipped to -1 to +1: 0 is
        rest, +1 full flexion, below 0 extension. NaN where an angle of the channel is not finite.

    Raises
    ------
    ValueError
        If the last axis is not 20 long, or the angles are in degrees.

    See Also
    --------
    emgtut.pose.angles_of : The way back.

    Examples
    --------
    >>> import numpy as np
    >>> from emgtut.anatomy import JOINTS, VIRTUAL_HAND_CHANNELS
    >>> from emgtut.pose import retarget
    >>> pose = np.zeros(20)
    >>> pose[JOINTS.index("INDEX_PIP_FE")] = np.radians(55)
    >>> dict(zip(VIRTUAL_HAND_CHANNELS, retarget(pose).tolist()))["index"]
    0.25
    """
    q = np.degrees(checked_angles(angles))
    channels = np.zeros((*q.shape[:-1], len(VIRTUAL_HAND_CHANNELS)))
    for k, name in enumerate(VIRTUAL_HAND_CHANNELS):
        if full := FULL_FLEXION[name]:
            bent = q[..., [JOINTS.index(joint) for joint in full]]
            channels[..., k] = np.where(np.isfinite(bent), bent, np.nan).sum(axis=-1)
            channels[..., k] /= sum(full.values())
    return np.clip(channels, -1, 1)


def angles_of(channels: ArrayLike | Mapping[str, Any]) -> np.ndarray:
    """Return the pose that channels of the Virtual Hand stand for.

    Parameters
    ----------
    channels : array-like of shape (..., 9), or dict of str to array-like
        Channels in the order of `emgtut.anatomy.VIRTUAL_HAND_CHANNELS`, or by name; what is not
        named is at rest. Values are clipped to -1 to +1.

    Returns
    -------
    ndarray of shape (..., 20)
        Joint angles, in radians: each joint its share of ``FULL_FLEXION``, others 0. The wrist has
        no angles here. NaN where the channel is not finite.

    Raises
    ------
    ValueError
        If there are not 9 channels, or a name is unknown.

    See Also
    --------
    emgtut.retarget : The other way; ``retarget(angles_of(c))`` is ``c`` again, but for the wrist.

    Examples
    --------
    >>> import numpy as np
    >>> from emgtut.pose import angles_of
    >>> np.degrees(angles_of({"index": 1.0}))[4:8].round().tolist()
    [0.0, 85.0, 75.0, 60.0]
    """
    if isinstance(channels, Mapping):
        named = {_checks.one_of("channel", name, VIRTUAL_HAND_CHANNELS) for name in channels}
        values = [
            np.asarray(channels[name] if name in named else 0.0, float)
            for name in VIRTUAL_HAND_CHANNELS
        ]
        table = np.stack(np.broadcast_arrays(*values), axis=-1)
    else:
        table = np.asarray(channels, float)
    if table.ndim == 0 or table.shape[-1] != len(VIRTUAL_HAND_CHANNELS):
        raise ValueError(
            f"channels has shape {table.shape}; pass (..., {len(VIRTUAL_HAND_CHANNELS)}), the last "
            f"axis in the order {', '.join(VIRTUAL_HAND_CHANNELS)}"
        )
    table = np.clip(np.where(np.isfinite(table), table, np.nan), -1, 1)
    angles = np.zeros((*table.shape[:-1], len(JOINTS)))
    for k, name in enumerate(VIRTUAL_HAND_CHANNELS):
        for joint, degrees in FULL_FLEXION[name].items():
            angles[..., JOINTS.index(joint)] = np.radians(degrees) * table[..., k]
    return angles
