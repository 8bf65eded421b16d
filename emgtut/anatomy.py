"""The tables everything else agrees on: joints, fingers, landmarks, virtual-hand channels.

Angles are in radians, lengths in millimetres. Zero is a flat hand; a positive flexion angle
(``FE``) moves the fingertip towards the palm; a positive abduction angle (``AA``) moves it
towards the thumb's side, the same for every finger and for both hands.
"""

from itertools import pairwise as _pairwise

#: Digits from the thumb's side.
FINGERS = ("thumb", "index", "middle", "ring", "little")

#: The 20 joint angles of emg2pose, in the order of the file. The thumb starts with flexion,
#: the fingers start with abduction: never reshape to (5, 4) and compare columns.
JOINTS = (
    "THUMB_CMC_FE",
    "THUMB_CMC_AA",
    "THUMB_MCP_FE",
    "THUMB_IP_FE",
    "INDEX_MCP_AA",
    "INDEX_MCP_FE",
    "INDEX_PIP_FE",
    "INDEX_DIP_FE",
    "MIDDLE_MCP_AA",
    "MIDDLE_MCP_FE",
    "MIDDLE_PIP_FE",
    "MIDDLE_DIP_FE",
    "RING_MCP_AA",
    "RING_MCP_FE",
    "RING_PIP_FE",
    "RING_DIP_FE",
    "PINKY_MCP_AA",
    "PINKY_MCP_FE",
    "PINKY_PIP_FE",
    "PINKY_DIP_FE",
)

#: Columns of ``JOINTS`` that belong to each digit.
FINGER_JOINTS = {finger: tuple(range(4 * k, 4 * k + 4)) for k, finger in enumerate(FINGERS)}

#: Columns of ``JOINTS`` that flex (the others spread).
FLEXION_JOINTS = tuple(k for k, name in enumerate(JOINTS) if name.endswith("FE"))

#: The 21 points of a drawn hand, in the order of emg2pose: five tips first.
LANDMARKS = (
    *(f"{finger.upper()}_TIP" for finger in ("thumb", "index", "middle", "ring", "pinky")),
    "WRIST_JOINT",
    "THUMB_INTERMEDIATE",
    "THUMB_DISTAL",
    *(
        f"{finger}_{part}"
        for finger in ("INDEX", "MIDDLE", "RING", "PINKY")
        for part in ("PROXIMAL", "INTERMEDIATE", "DISTAL")
    ),
    "PALM_CENTER",
)

#: Points along each digit, from the wrist to the tip, as places in ``LANDMARKS``. Between the
#: wrist and the thumb's first point lies a joint that is no landmark: that distance changes.
FINGER_LANDMARKS = {
    "thumb": (5, 6, 7, 0),
    **{finger: (5, *range(5 + 3 * k, 8 + 3 * k), k) for k, finger in enumerate(FINGERS) if k},
}

#: Pairs of landmarks that are joined in a drawing, digit by digit.
EDGES = tuple(pair for chain in FINGER_LANDMARKS.values() for pair in _pairwise(chain))

#: The 9 channels of the Virtual Hand. Inside emgtut +1 is full flexion on each.
VIRTUAL_HAND_CHANNELS = (
    "thumb_flexion",
    "thumb_abduction",
    "index",
    "middle",
    "ring",
    "pinky",
    "wrist_flexion",
    "wrist_abduction",
    "wrist_rotation",
)
