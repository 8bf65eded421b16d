"""What a hand does in each of the 29 stages: which postures, in what order, at what pace.

A stage is a list of phrases, a phrase a list of postures. `pose_script` strings them together
with times; `pose_at` gives the pose at any time, by minimum-jerk steps from posture to posture.
Nothing here knows about EMG or files.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import signal

from emgtut import _checks
from emgtut.anatomy import JOINTS
from emgtut.sessions import layout
from emgtut.sessions.recipe.postures import POSTURES, posture

#: Postures in the order they are held; ``None`` stands for a pose of chance.
_PHRASES: dict[str, tuple[str | None, ...]] = {
    "count": ("fist", "one", "two", "three", "four", "five", "four", "three", "two", "one"),
    "wiggle": (
        *("loose", "bend thumb", "loose", "bend index", "loose", "bend middle"),
        *("loose", "bend ring", "loose", "bend little"),
    ),
    "spread": ("together", "spread", "together", "spread"),
    "part": ("together", "spread", "together", "parted"),
    "point": ("fist", "one", "fist", "middle only", "fist", "ring only", "fist", "little only"),
    "snap": ("snap ready", "snapped", "relaxed"),
    "single pinches": (
        *("flat", "pinch index", "flat", "pinch middle", "flat", "pinch ring"),
        *("flat", "pinch little"),
    ),
    "index pinches": ("relaxed", "pinch index"),
    "middle pinches": ("relaxed", "pinch middle"),
    "full pinch": ("flat", "pinch all"),
    "run of pinches": ("pinch index", "pinch middle", "pinch ring", "pinch little", "pinch all"),
    "swipe": ("thumb in", "thumb out"),
    "rotate": ("thumb in", "thumb forward", "thumb out", "thumb back"),
    "rotate back": ("thumb in", "thumb back", "thumb out", "thumb forward"),
    "thumbs up": ("thumb up", "fist", "thumb up", "relaxed"),
    "whole hand": ("relaxed", "squeeze", "loose", "grasp"),
    "palm": ("flat", "index on palm", "middle on palm", "ring on palm", "little on palm"),
    "clap": ("flat", "together"),
    "grasp": ("flat", "grasp", "squeeze", "relaxed"),
    "fist": ("relaxed", "fist", "flat", "fist"),
    "punch": ("fist", "fist", "relaxed"),
    "close": ("spread", "fist"),
    "claw": ("flat", "claw", "relaxed", "claw"),
    "flick": ("squeeze", "flat"),
    "poke": ("one", "relaxed", "one", "fist"),
    "draw": ("one", "pinch index"),
    "cup": ("grasp", "squeeze", "grasp", "relaxed"),
    "wave": ("spread", "bend index", "bend middle", "bend ring", "bend little", "spread", "fist"),
    "paddle": ("together", "grasp", "together", "relaxed"),
    "throw": ("squeeze", "spread", "relaxed"),
    "pieces": ("relaxed", "pinch index", "grasp", "pinch middle", "flat", "pinch all"),
    "shaka": ("relaxed", "shaka"),
    "vulcan": ("flat", "parted"),
    "peace": ("fist", "peace"),
    "hook 'em": ("fist", "hook 'em"),
    "horns": ("fist", "horns"),
    "ok": ("relaxed", "ok"),
    "scissors": ("peace", "scissors", "peace", "scissors"),
    "rest": ("relaxed",),
    "lie": ("relaxed", "flat", "together"),
    "chance": (None, None, None, None),
}


class _Pace(NamedTuple):
    """Shortest and longest time to reach a posture and to stay in it, in seconds."""

    step: tuple[float, float]
    hold: tuple[float, float]


_BRISK = _Pace(step=(0.15, 0.35), hold=(0.05, 0.4))
_STEADY = _Pace(step=(0.25, 0.6), hold=(0.2, 0.8))
_CALM = _Pace(step=(0.3, 0.6), hold=(0.3, 1.0))


@dataclass(frozen=True)
class _Stage:
    """Phrases of a stage, in order, and how they are performed."""

    phrases: tuple[str, ...]
    pace: _Pace = _STEADY
    #: Take phrases in any order instead of in turn.
    shuffled: bool = False
    #: Wrist and forearm effort that no finger shows, as a multiple of the usual.
    nuisance: float = 1.0


_FREE = ("chance", "chance", "chance", "wiggle", "single pinches", "grasp", "swipe", "spread")

_STAGES = {
    "AllFingerPinchesThumbSwipeThumbRotate": _Stage(("single pinches", "swipe", "rotate")),
    "CoffeePanicPete": _Stage(("cup", "wave", "close"), nuisance=1.5),
    "CountingUpDownFaceSideAway": _Stage(("count",), pace=_CALM, nuisance=1.2),
    "CountingUpDownFingerWigglingSpreading": _Stage(("count", "wiggle", "spread")),
    "DoorknobFingerGraspFistGrab": _Stage(("cup", "grasp", "fist"), nuisance=1.5),
    "FastPongFronthandBackhandThrowing": _Stage(("paddle", "throw"), pace=_BRISK, nuisance=2.0),
    "FingerAbductionSeries": _Stage(("spread", "part", "vulcan"), nuisance=2.5),
    "FingerFreeform": _Stage(_FREE, shuffled=True),
    "FingerPinchesSingleFingerPinchesMultiple": _Stage(
        ("single pinches", "run of pinches", "full pinch")
    ),
    "FingerTouchPalmClapmrburns": _Stage(("palm", "clap", "full pinch")),
    "FingerWigglingSpreading": _Stage(("wiggle", "wiggle", "spread"), pace=_BRISK),
    "GraspPunchCloseFar": _Stage(("grasp", "punch"), nuisance=1.5),
    "HandClawGraspFlicks": _Stage(("claw", "grasp", "flick")),
    "HandDeskSeparateClaspedChest": _Stage(("lie",), pace=_CALM, nuisance=3.5),
    "HandOverHandAllFingerPinchesThumbSwipeThumbRotate": _Stage(
        ("single pinches", "swipe", "rotate"), nuisance=1.3
    ),
    "HandOverHandCountingUpDownFingerWigglingSpreading": _Stage(
        ("count", "wiggle", "spread"), nuisance=1.3
    ),
    "HookEmHornsOKScissors": _Stage(("hook 'em", "horns", "ok", "scissors")),
    "IndexPinchesMiddlePinchesThumbswipes": _Stage(
        ("index pinches", "index pinches", "middle pinches", "middle pinches", "swipe", "swipe")
    ),
    "IndividualFingerPointingSnap": _Stage(("point", "snap")),
    "OneHandedFreeStyle": _Stage(_FREE, shuffled=True),
    "PlayBlocksChess": _Stage(("pieces", "chance"), pace=_CALM, shuffled=True),
    "PokeDrawPinchRotateclosefar": _Stage(("poke", "draw", "index pinches", "rotate")),
    "PokePinchCloseFar": _Stage(("poke", "index pinches", "close")),
    "ShakaVulcanPeace": _Stage(("shaka", "vulcan", "peace")),
    "ThumbsSwipesWholeHand": _Stage(("swipe", "swipe", "swipe", "whole hand"), nuisance=1.6),
    "ThumbsUpDownThumbRotationsCWCCWP": _Stage(("thumbs up", "rotate", "rotate back")),
    "TwoHandedFreeStyle": _Stage((*_FREE, "clap", "palm"), shuffled=True),
    "WristFlexionAbduction": _Stage(("rest", "lie"), pace=_CALM, nuisance=3.0),
    "unconstrained": _Stage(_FREE, shuffled=True),
}

#: How far a held posture differs from the one meant, in radians.
_JITTER = np.radians(4.0)
#: Joints set off within this share of a step, not all at once.
_STAGGER = 0.15


@dataclass(frozen=True)
class PoseScript:
    """Which posture a hand goes to, and when.

    Attributes
    ----------
    names : list of str
        Posture of each step; ``"chance"`` where it is none of `POSTURES`.
    starts : ndarray of shape (n_steps,)
        When the hand sets off, in seconds.
    steps : ndarray of shape (n_steps,)
        How long it takes to arrive, in seconds.
    targets : ndarray of shape (n_steps, 20)
        Joint angles it arrives at, in radians.
    delays : ndarray of shape (n_steps, 20)
        How late each joint sets off, as a share of the step.
    """

    names: list[str]
    starts: np.ndarray
    steps: np.ndarray
    targets: np.ndarray
    delays: np.ndarray


def nuisance_of(stage: str) -> float:
    """Return the wrist and forearm effort of a stage, as a multiple of the usual."""
    return _STAGES[_checks.one_of("stage", stage, layout.STAGES)].nuisance


def pose_script(
    stage: str,
    duration: float,
    rng: np.random.Generator,
    *,
    hand_rng: np.random.Generator | None = None,
    lead: float = 2.0,
) -> PoseScript:
    """Return what a hand does in a stage, from ``-lead`` to ``duration + lead`` seconds.

    Parameters
    ----------
    stage : str
        One of the 29 stages.
    duration : float
        Length, in seconds.
    rng : numpy.random.Generator
        Decides postures and times. The two hands of a recording share them.
    hand_rng : numpy.random.Generator, optional
        Decides how one hand misses the posture meant; ``rng`` by default.
    lead : float
        Movement before and after, in seconds, so that filters settle outside the session.

    Returns
    -------
    PoseScript
        Postures, times and targets.

    Examples
    --------
    >>> script = pose_script("ShakaVulcanPeace", 30, np.random.default_rng(0))
    >>> sorted(set(script.names))
    ['fist', 'flat', 'parted', 'peace', 'relaxed', 'shaka']
    """
    plan = _STAGES[_checks.one_of("stage", stage, layout.STAGES)]
    names: list[str] = []
    targets, starts, steps = [], [], []
    now, turn = -float(lead), int(rng.integers(len(plan.phrases)))
    while now < duration + lead:
        turn = int(rng.integers(len(plan.phrases))) if plan.shuffled else turn + 1
        for name in _PHRASES[plan.phrases[turn % len(plan.phrases)]]:
            names.append(name or "chance")
            targets.append(POSTURES[name] if name else _pose_of_chance(rng))
            starts.append(now)
            steps.append(rng.uniform(*plan.pace.step))
            now += steps[-1] + rng.uniform(*plan.pace.hold)
    hand_rng = hand_rng or rng
    shape = (len(names), len(JOINTS))
    return PoseScript(
        names,
        np.array(starts),
        np.array(steps),
        np.array(targets) + _JITTER * hand_rng.standard_normal(shape),
        hand_rng.uniform(0, _STAGGER, shape),
    )


def _pose_of_chance(rng: np.random.Generator) -> np.ndarray:
    # Fingers move together more than apart: a shared part and one of its own.
    curls = rng.uniform(0, 1) * 0.5 + rng.uniform(-0.2, 0.7, 5)
    return posture(np.clip(curls, 0, 1), spread=rng.uniform(-0.3, 1), opposed=rng.uniform(-0.2, 1))


def pose_at(script: PoseScript, times: ArrayLike) -> np.ndarray:
    """Return the pose at given times: minimum-jerk steps between the postures of a script.

    Parameters
    ----------
    script : PoseScript
        Postures and times.
    times : array-like of shape (n_times,)
        Times, in seconds.

    Returns
    -------
    ndarray of shape (n_times, 20)
        Joint angles, in radians.

    Examples
    --------
    >>> script = pose_script("unconstrained", 5, np.random.default_rng(0))
    >>> pose_at(script, [0.0, 0.1, 0.2]).shape
    (3, 20)
    """
    times = np.asarray(times, float)
    now = np.clip(np.searchsorted(script.starts, times, side="right") - 1, 0, None)
    since = (times - script.starts[now]) / script.steps[now]
    late = script.delays[now]
    done = np.clip((since[:, None] - late) / (1 - late), 0, 1)
    done = done**3 * (10 - 15 * done + 6 * done**2)
    before, after = script.targets[np.maximum(now - 1, 0)], script.targets[now]
    return before + done * (after - before)


def captured(poses: np.ndarray, rate: float, rng: np.random.Generator) -> np.ndarray:
    """Return poses as a motion capture gives them: with noise, then smoothed.

    Parameters
    ----------
    poses : ndarray of shape (n_frames, 20)
        Joint angles, in radians.
    rate : float
        Frames a second.
    rng : numpy.random.Generator
        Decides the noise, 0.3 degrees before smoothing.

    Returns
    -------
    ndarray of shape (n_frames, 20)
        Joint angles below 15 Hz, in radians.

    Examples
    --------
    >>> still = np.ones((120, 20))
    >>> seen = captured(still, 60, np.random.default_rng(0))
    >>> bool(0 < np.abs(seen - still).max() < np.radians(2))
    True
    """
    smooth = signal.butter(2, 15, fs=rate, output="sos")
    noisy = poses + np.radians(0.3) * rng.standard_normal(poses.shape)
    return signal.sosfiltfilt(smooth, noisy, axis=0)


def capture_gaps(duration: float, rng: np.random.Generator) -> list[tuple[float, float]]:
    """Return stretches that the motion capture cannot solve: two to six a minute, 5 to 13 %.

    Parameters
    ----------
    duration : float
        Length of the session, in seconds.
    rng : numpy.random.Generator
        Decides how many, how long and where.

    Returns
    -------
    list of (float, float)
        Start and end of each, in seconds, in order and apart from each other. Each lasts 0.2 to
        3 s where the session is long enough.

    Examples
    --------
    >>> gaps = capture_gaps(60, np.random.default_rng(0))
    >>> 2 <= len(gaps) <= 6
    True
    """
    total = rng.uniform(0.06, 0.12) * duration
    wanted = round(rng.integers(2, 7) * max(1.0, duration / 60))
    most, fewest = max(1, int(total / 0.25)), int(np.ceil(total / 2.5))
    n_gaps = int(np.clip(wanted, fewest, most))
    least = min(0.2, total / n_gaps)
    lengths = least + (total - n_gaps * least) * rng.dirichlet(np.full(n_gaps, 3.0))
    while lengths.max() > 3:  # shares drawn too unequal come closer to each other
        lengths = 0.8 * lengths + 0.2 * total / n_gaps
    # Even the shortest space between two is a fifth of the usual one.
    spaces = 0.2 / (n_gaps + 1) + 0.8 * rng.dirichlet(np.full(n_gaps + 1, 2.0))
    starts = np.cumsum(spaces[:-1]) * (duration - total) + np.cumsum(lengths) - lengths
    return [(float(a), float(a + b)) for a, b in zip(starts, lengths, strict=True)]
