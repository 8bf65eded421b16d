"""The plan of a made corpus: who wears the band, in which stages, and for which split."""

import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from emgtut.sessions import layout
from emgtut.sessions.recipe.muscles import Wearer, wearer

# What one user goes through: the order of the published mini set, then all other stages.
_MINI_SET = (
    "ThumbsUpDownThumbRotationsCWCCWP",
    "CountingUpDownFaceSideAway",
    "ThumbsSwipesWholeHand",
    "FingerWigglingSpreading",
    "FingerAbductionSeries",
    "WristFlexionAbduction",
    "FingerPinchesSingleFingerPinchesMultiple",
    "FingerFreeform",
    "IndividualFingerPointingSnap",
    "HandClawGraspFlicks",
    "ShakaVulcanPeace",
    "HookEmHornsOKScissors",
    "TwoHandedFreeStyle",
    "OneHandedFreeStyle",
    "OneHandedFreeStyle",
)
#: What the hand does that is not meant to move in a one-handed stage.
_OTHER_HAND = "unconstrained"
_ORDER = (*_MINI_SET, *(s for s in layout.STAGES if s not in (*_MINI_SET, _OTHER_HAND)))


@dataclass(frozen=True)
class PlannedSession:
    """One file to make: its row of ``metadata.csv`` and what is needed besides.

    Attributes
    ----------
    row : dict
        Values of `emgtut.sessions.layout.METADATA_COLUMNS`, in that order.
    who : Wearer
        Who wears the band.
    seed : int
        Which recording; the same for both of its hands.
    """

    row: dict[str, object]
    who: Wearer
    seed: int


def plan_corpus(
    *, n_users: int, n_sessions: int, duration: float, seed: int
) -> list[PlannedSession]:
    """Return the files of a corpus.

    Parameters
    ----------
    n_users, n_sessions : int
        People and files; users get as many files as each other, or one more.
    duration : float
        Length of each, in seconds.
    seed : int
        Which corpus.

    Returns
    -------
    list of PlannedSession
        User by user, recording by recording, left hand first.

    Examples
    --------
    >>> plan = plan_corpus(n_users=2, n_sessions=4, duration=20, seed=0)
    >>> [(p.row["side"], p.row["split"], p.row["generalization"]) for p in plan]
    [('left', 'train', 'none'), ('right', 'train', 'none'),
     ('left', 'test', 'user'), ('right', 'test', 'user')]
    """
    planned = []
    for k, split in enumerate(_splits(n_users)):
        who = wearer(1000 * seed + k)
        rng = np.random.default_rng([seed, k])
        n_files = n_sessions // n_users + (k < n_sessions % n_users)
        for turn in range(-(-n_files // 2)):
            if turn % len(_ORDER) == 0:  # through all stages: they come back another day
                day = some_day(rng)
                session = session_name(day, who.name, ("train", "demonstration")[k % 2])
                start = day.timestamp() + 600
            recording_seed = int(rng.integers(2**31))
            for side in ("left", "right")[: n_files - 2 * turn]:
                stage, moving = _part_of(side, turn)
                held_out = {
                    "held_out_user": split != "train",
                    "held_out_stage": layout.STAGES[stage],
                }
                kind = "_".join(name[9:] for name, out in held_out.items() if out) or "none"
                row = {
                    "session": session,
                    "user": who.name,
                    "stage": stage,
                    "start": start,
                    "end": start + duration,
                    "side": side,
                    "filename": f"{session}-recording-{turn % len(_ORDER) + 1}_{side}",
                    "moving_hand": moving,
                    **held_out,
                    # What a train user does in a held-out stage is for testing.
                    "split": "test" if kind == "stage" else split,
                    "generalization": kind,
                }
                planned.append(PlannedSession(row, who, recording_seed))
            start = round(60 * (start + duration + rng.uniform(20, 60))) / 60
    return planned


def some_day(rng: np.random.Generator) -> datetime:
    """Return a day of the years emg2pose was recorded in, at the hour its names stand for."""
    return datetime(2022, 6, 1, 8, tzinfo=UTC) + timedelta(days=int(rng.integers(540)))


def session_name(day: datetime, user: str, protocol: str) -> str:
    """Return the name of a session by the scheme of emg2pose.

    Examples
    --------
    >>> session_name(datetime(2022, 12, 6, 8, tzinfo=UTC), "anna", "train")
    '2022-12-06-1670313600-4d358-cv-emg-pose-train@2'
    """
    mark = f"{zlib.crc32(f'{user} {day:%Y-%m-%d}'.encode()):08x}"[:5]
    return f"{day:%Y-%m-%d}-{day.timestamp():.0f}-{mark}-cv-emg-pose-{protocol}@2"


def _part_of(side: str, turn: int) -> tuple[str, str]:
    """Stage of one hand in a recording, and which hand is meant to move."""
    stage = _ORDER[turn % len(_ORDER)]
    if stage != "OneHandedFreeStyle":
        return stage, "both"
    moving = "left" if turn % 2 else "right"
    return (stage if side == moving else _OTHER_HAND), moving


def _splits(n_users: int) -> list[str]:
    """Split of each user: about one in ten is kept for testing, one in thirteen for validation.

    The shares are those of emg2pose (20 and 15 of 193), but at least one as soon as there are
    users to spare.
    """
    n_test = max(min(1, n_users - 1), round(n_users * 20 / 193))
    n_val = max(min(1, max(0, n_users - 2)), round(n_users * 15 / 193))
    return ["train"] * (n_users - n_val - n_test) + ["val"] * n_val + ["test"] * n_test
