"""The layout of a session file: names, types, units, stages. One place for each fact.

A file holds one wrist, one stage, one recording: the group ``emg2pose`` with attributes, and in
it one compound dataset ``timeseries`` with the fields ``time``, ``joint_angles`` and ``emg``.
Layout and names are those of the emg2pose data (Salter et al. 2024, arXiv:2412.02725).
"""

import re
from collections.abc import Sequence

import numpy as np

from emgtut.anatomy import JOINTS

GROUP = "emg2pose"
TIMESERIES = "timeseries"
TIME, JOINT_ANGLES, EMG = "time", "joint_angles", "emg"

#: Nominal rate of the emg2pose wristband, in Hz.
SAMPLE_RATE = 2000.0

#: Sample rates outside are mistakes, in Hz.
RATES = (0.01, 1e7)
RATE_HINT = f"expected a number from {RATES[0]:g} to {RATES[1]:g}, in Hz"

#: Volts per stored unit, by the name in the attribute ``emg_unit``. emg2pose files carry no
#: unit: their numbers were scaled until the noise floor had a standard deviation of 1, and the
#: band's noise is about 2.46 microvolt.
VOLTS_PER_UNIT = {"noise_sd": 2.46e-6, "uV": 1e-6, "mV": 1e-3, "V": 1.0}

#: A row is unsolved when every angle is this close to zero, in radians.
UNSOLVED_BELOW = 1e-8

#: The 29 scripted activities; True where the stage was held out of training.
STAGES = {
    "AllFingerPinchesThumbSwipeThumbRotate": False,
    "CoffeePanicPete": False,
    "CountingUpDownFaceSideAway": True,
    "CountingUpDownFingerWigglingSpreading": True,
    "DoorknobFingerGraspFistGrab": False,
    "FastPongFronthandBackhandThrowing": False,
    "FingerAbductionSeries": False,
    "FingerFreeform": True,
    "FingerPinchesSingleFingerPinchesMultiple": False,
    "FingerTouchPalmClapmrburns": False,
    "FingerWigglingSpreading": False,
    "GraspPunchCloseFar": False,
    "HandClawGraspFlicks": False,
    "HandDeskSeparateClaspedChest": False,
    "HandOverHandAllFingerPinchesThumbSwipeThumbRotate": False,
    "HandOverHandCountingUpDownFingerWigglingSpreading": True,
    "HookEmHornsOKScissors": True,
    "IndexPinchesMiddlePinchesThumbswipes": False,
    "IndividualFingerPointingSnap": False,
    "OneHandedFreeStyle": False,
    "PlayBlocksChess": False,
    "PokeDrawPinchRotateclosefar": False,
    "PokePinchCloseFar": False,
    "ShakaVulcanPeace": True,
    "ThumbsSwipesWholeHand": False,
    "ThumbsUpDownThumbRotationsCWCCWP": False,
    "TwoHandedFreeStyle": False,
    "WristFlexionAbduction": False,
    "unconstrained": False,
}

#: Columns of ``metadata.csv``, in order.
METADATA_COLUMNS = (
    "session",
    "user",
    "stage",
    "start",
    "end",
    "side",
    "filename",
    "moving_hand",
    "held_out_user",
    "held_out_stage",
    "split",
    "generalization",
)

_STEM = re.compile(
    r"(?P<session>\d{4}-\d{2}-\d{2}-\d{10}-[0-9a-f]{5}-cv-emg-pose-(?:train|demonstration)@2)"
    r"-recording-(?P<recording>\d+)_(?P<side>left|right)"
)


def parse_stem(stem: str) -> dict[str, str]:
    """Return session, recording and side from a file name without its ending.

    Parameters
    ----------
    stem : str
        File name without ``.hdf5``.

    Returns
    -------
    dict of str to str
        Keys ``session``, ``recording``, ``side``; empty for any other name.

    Examples
    --------
    >>> parse_stem("2022-12-06-1670313600-e3096-cv-emg-pose-train@2-recording-1_left")["side"]
    'left'
    >>> parse_stem("my_recording")
    {}
    """
    match = _STEM.fullmatch(stem)
    return match.groupdict() if match else {}


def plausible_rate(rate: float) -> bool:
    """Return whether a number can be a sample rate, in Hz.

    Examples
    --------
    >>> plausible_rate(2000.0), plausible_rate(0.0), plausible_rate(float("nan"))
    (True, False, False)
    """
    return RATES[0] <= rate <= RATES[1]


def row_dtype(n_channels: int, n_angles: int, *, angle_type: str = "<f4") -> np.dtype:
    """Return the row type of a session file.

    Parameters
    ----------
    n_channels, n_angles : int
        Widths of ``emg`` and ``joint_angles``.
    angle_type : str
        ``"<f4"`` as in the released files (152 bytes a row for 16 channels and 20 angles) or
        ``"<f8"`` (232 bytes).

    Returns
    -------
    dtype
        Packed structured type with the fields ``time``, ``joint_angles``, ``emg``.

    Examples
    --------
    >>> row_dtype(16, 20).itemsize, row_dtype(16, 20, angle_type="<f8").itemsize
    (152, 232)
    """
    return np.dtype(
        [(TIME, "<f8"), (JOINT_ANGLES, angle_type, (n_angles,)), (EMG, "<f4", (n_channels,))]
    )


def channel_names(n_channels: int) -> tuple[str, ...]:
    """Return ``EMG01``, ``EMG02``, ... in ring order.

    Examples
    --------
    >>> channel_names(16)[0], channel_names(16)[-1]
    ('EMG01', 'EMG16')
    """
    return tuple(f"EMG{k:02d}" for k in range(1, n_channels + 1))


def joint_names(n_angles: int, stored: Sequence[str] | None = None) -> tuple[str, ...]:
    """Return the names of the angle columns: stored ones, else those of emg2pose.

    Parameters
    ----------
    n_angles : int
        Number of columns.
    stored : sequence of str, optional
        Names carried by the file; used if there is one for each column and none is repeated.

    Returns
    -------
    tuple of str
        The stored names; ``anatomy.JOINTS`` for 20 unnamed columns; else ``ANGLE01``, ...
    """
    if (
        stored is not None
        and len(set(stored)) == len(stored) == n_angles
        and all(isinstance(name, str) for name in stored)
    ):
        return tuple(stored)
    if n_angles == len(JOINTS):
        return JOINTS
    return tuple(f"ANGLE{k:02d}" for k in range(1, n_angles + 1))


def solved_rows(joint_angles: np.ndarray) -> np.ndarray:
    """Return True for each row whose pose the motion capture solved.

    A row is unsolved when all its angles are zero (within ``1e-8`` rad) or any is not finite.
    One zero angle among others is a pose like any other.

    Parameters
    ----------
    joint_angles : ndarray of shape (n_samples, n_angles)
        Angles, in radians.

    Returns
    -------
    ndarray of bool, shape (n_samples,)
        True where the row has a pose.

    Examples
    --------
    >>> solved_rows(np.array([[0.0, 0.0], [0.0, 0.1], [np.nan, 0.1]])).tolist()
    [False, True, False]
    """
    with np.errstate(invalid="ignore"):  # signalling NaN of damaged bytes
        posed = (np.abs(joint_angles) > UNSOLVED_BELOW).any(axis=1)
    return posed & np.isfinite(joint_angles).all(axis=1)


def runs_of(mask: np.ndarray, min_samples: int = 1) -> list[tuple[int, int]]:
    """Return the maximal stretches of True, half open.

    Parameters
    ----------
    mask : ndarray of bool, shape (n_samples,)
        Which samples belong to a run.
    min_samples : int
        Shortest run to keep, in samples.

    Returns
    -------
    list of (int, int)
        ``start`` and ``stop`` of each run, in order; sample ``stop`` is not part of it.

    Examples
    --------
    >>> runs_of(np.array([True, True, False, True]))
    [(0, 2), (3, 4)]
    """
    edges = np.flatnonzero(np.diff(mask.astype(np.int8), prepend=0, append=0))
    pairs = edges.reshape(-1, 2)
    return [(int(a), int(b)) for a, b in pairs if b - a >= min_samples]
