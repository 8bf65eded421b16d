"""Sessions and corpora made by a recipe: the right layout, known causes, no download.

A made session has the layout, attributes, spectrum, amplitudes, gaps and correlations of a
recorded one, and the attribute ``synthetic=True``. It teaches methods; it proves nothing about
people.
"""

import csv
import errno
import json
import os
import tempfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from emgtut import _checks
from emgtut._checks import SessionError
from emgtut.sessions import layout
from emgtut.sessions.emg2pose import Emg2PoseSessionData
from emgtut.sessions.recipe import movements, muscles, plan
from emgtut.sessions.writer import write_session

#: Number of the recipe: a changed recipe takes the next, and samples are made anew.
_RECIPE = 2

#: Rate of the motion capture, in Hz.
_FRAMES = 60.0
#: Movement before and after a session, in seconds, in which filters settle.
_LEAD = 2.0
#: Shortest session: time for one posture, in seconds.
_SHORTEST = 0.5
_DEFAULT_STAGE = "CountingUpDownFaceSideAway"
_SIDES = ("left", "right")
#: What a corpus folder was made from; a hidden file in it.
_STAMP = ".emgtut-corpus.json"


def make_session(
    path: str | os.PathLike[str],
    *,
    stage: str = _DEFAULT_STAGE,
    duration: float = 60.0,
    side: str = "left",
    seed: int = 0,
    user: int | str | None = None,
) -> Path:
    """Make a session file: a hand goes through a stage, its wristband records.

    The same arguments give the same samples, always. The two sides of one seed are the two hands
    of one recording: they do the same at the same time.

    Parameters
    ----------
    path : path-like
        File to write; an existing one is replaced.
    stage : str
        One of the 29 stages of emg2pose, such as ``"FingerWigglingSpreading"``.
    duration : float
        Length, in seconds, at least 0.5.
    side : {"left", "right"}
        Wrist.
    seed : int
        Which recording.
    user : int or str, optional
        Who wears the band: geometry, gains and resting pose. A name stands in the file as it is.
        By default everybody's sample: average amplitude, a band put on nearly straight.

    Returns
    -------
    pathlib.Path
        The file: 16 channels at 2 kHz in units of the noise floor, 20 angles in radians, 5 to
        13 % of the rows without a pose.

    See Also
    --------
    load_sample : A session made once and kept.
    emgtut.sessions.recipe.postures.posture_labels : Which digits are straight in each row.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from emgtut import Emg2PoseSessionData, make_session
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = make_session(Path(folder.name) / "mine.hdf5", stage="ShakaVulcanPeace", duration=2)
    >>> with Emg2PoseSessionData(path) as data:
    ...     print(repr(data))
    <Emg2PoseSessionData 'mine.hdf5': ShakaVulcanPeace, left wrist, 2.0 s, 16 channels at 2000 Hz,
     20 angles>
    >>> folder.cleanup()
    """
    seed = _checks.count("seed", seed, least=0)
    who = muscles.wearer(_checked_user(user))
    rng = np.random.default_rng([seed, *_key(who.name)])
    day = plan.some_day(rng)
    start = day.timestamp() + round(rng.uniform(300, 28_000) * _FRAMES) / _FRAMES
    return _write(
        _checks.as_path(path),
        stage=stage,
        duration=duration,
        side=side,
        seed=seed,
        who=who,
        session=plan.session_name(day, who.name, "train"),
        start=start,
    )


def _write(
    path: Path,
    *,
    stage: str,
    duration: float,
    side: str,
    seed: int,
    who: muscles.Wearer,
    session: str,
    start: float,
) -> Path:
    duration = _checked_duration(duration)
    _checks.one_of("side", side, _SIDES)
    nuisance = movements.nuisance_of(stage)

    # Three streams of chance: what both hands do, how this hand does it, what its band records.
    both = np.random.default_rng([seed, *_key(stage)])
    hand, band = np.random.default_rng([seed, *_key(stage, side, who.name)]).spawn(2)
    script = movements.pose_script(stage, duration, both, hand_rng=hand, lead=_LEAD)

    n_samples = round(duration * layout.SAMPLE_RATE)
    times = np.arange(n_samples) / layout.SAMPLE_RATE
    frames = np.arange(-_LEAD, duration + _LEAD, 1 / _FRAMES)
    solved = movements.captured(movements.pose_at(script, frames) + who.rest, _FRAMES, hand)
    joint_angles = _resampled(solved, frames, times)
    for first, last in movements.capture_gaps(duration, hand):
        joint_angles[round(first * layout.SAMPLE_RATE) : round(last * layout.SAMPLE_RATE)] = 0

    ahead = movements.pose_at(script, frames + who.lead) + who.rest
    effort = muscles.activation(ahead, _FRAMES, who, band, nuisance=nuisance)
    emg = muscles.record(
        muscles.electrode_signals(
            _resampled(effort, frames, times), who, band, sample_rate=layout.SAMPLE_RATE
        ),
        who,
        band,
        sample_rate=layout.SAMPLE_RATE,
    )
    return write_session(
        path,
        emg=emg,
        joint_angles=joint_angles,
        session=session,
        user=who.name,
        stage=stage,
        side=side,
        start=start,
        end=start + n_samples / layout.SAMPLE_RATE,
        filename=path.stem,
        emg_unit="noise_sd",
        synthetic=True,
        recipe=_RECIPE,
        seed=seed,
        checksum=_checksum(emg, joint_angles),
    )


def _resampled(values: np.ndarray, at: np.ndarray, times: np.ndarray) -> np.ndarray:
    """Linear interpolation of columns, as 32-bit floats."""
    found = np.empty((len(times), values.shape[1]), np.float32)
    for k, column in enumerate(values.T):
        found[:, k] = np.interp(times, at, column)
    return found


def _checksum(emg: np.ndarray, joint_angles: np.ndarray) -> int:
    return zlib.crc32(joint_angles.tobytes(), zlib.crc32(emg.tobytes()))


def _key(*words: str) -> list[int]:
    """Words as numbers for a seed: the same in every process, unlike ``hash``."""
    return [zlib.crc32(word.encode()) for word in words]


def _checked_duration(duration: Any) -> float:
    seconds = _checks.positive("duration", duration, "s")
    if seconds < _SHORTEST:
        raise ValueError(f"duration is {seconds:g} s; pass {_SHORTEST:g} s or more")
    return seconds


def _checked_user(user: Any) -> int | str | None:
    if user is None or (isinstance(user, str) and user.strip()):
        return user
    if isinstance(user, str):
        raise ValueError(f"user is {user!r}; pass a name, a number, or None")
    return _checks.count("user", user, least=0)


def make_corpus(
    folder: str | os.PathLike[str],
    *,
    n_users: int = 4,
    n_sessions: int = 24,
    duration: float = 20.0,
    seed: int = 0,
) -> Path:
    """Make a folder of session files with their ``metadata.csv``, in the likeness of emg2pose.

    Both hands of a recording are there; in two-handed stages they move together. The last users
    are held out of training, and so are the stages emg2pose holds out. The folder appears whole
    or not at all; one that was made before by the same arguments is used as it is.

    Parameters
    ----------
    folder : path-like
        Folder to make; it may exist if it is empty.
    n_users : int
        People; they differ in geometry, gains and resting pose.
    n_sessions : int
        Session files, one for each hand of a recording; at least one a user.
    duration : float
        Length of each, in seconds.
    seed : int
        Which corpus. Its users are the ``user`` of `make_session` from ``1000 * seed`` on.

    Returns
    -------
    pathlib.Path
        The folder.

    See Also
    --------
    Corpus : The folder as a table.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from emgtut import make_corpus
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     made = make_corpus(Path(folder) / "mine", n_users=2, n_sessions=4, duration=1)
    ...     len(list(made.glob("*.hdf5")))
    4
    """
    n_users = _checks.count("n_users", n_users)
    n_sessions = _checks.count("n_sessions", n_sessions)
    if n_sessions < n_users:
        raise ValueError(
            f"n_sessions is {n_sessions} for {n_users} users; pass at least one session a user"
        )
    duration = _checked_duration(duration)
    seed = _checks.count("seed", seed, least=0)
    arguments = {
        "recipe": _RECIPE,
        "n_users": n_users,
        "n_sessions": n_sessions,
        "duration": duration,
        "seed": seed,
    }
    folder = _checks.as_path(folder)
    if _is_made(folder, arguments):
        return folder
    _checks.make_folder(folder.parent)
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}.", dir=folder.parent) as beside:
        part = Path(beside) / "corpus"
        part.mkdir()
        planned = plan.plan_corpus(
            n_users=n_users, n_sessions=n_sessions, duration=duration, seed=seed
        )
        # disable=None: a bar on a terminal, nothing in a log.
        for one in tqdm(planned, desc="making sessions", unit="file", disable=None):
            _write(
                part / f"{one.row['filename']}.hdf5",
                stage=str(one.row["stage"]),
                duration=duration,
                side=str(one.row["side"]),
                seed=one.seed,
                who=one.who,
                session=str(one.row["session"]),
                start=float(str(one.row["start"])),
            )
        with (part / "metadata.csv").open("w", newline="", encoding="utf-8") as file:
            table = csv.DictWriter(file, layout.METADATA_COLUMNS, lineterminator="\n")
            table.writeheader()
            table.writerows(one.row for one in planned)
        (part / _STAMP).write_text(json.dumps(arguments) + "\n", encoding="utf-8")
        try:
            if folder.is_dir():
                folder.rmdir()  # empty, as was checked; Windows renames onto nothing only
            part.rename(folder)
        except OSError:
            # Somebody else was faster: theirs is as good if it came from the same arguments.
            if not _is_made(folder, arguments):
                raise
    return folder


def _is_made(folder: Path, arguments: dict[str, Any]) -> bool:
    """Tell whether the corpus is there already; raise if something else is."""
    if folder.is_file():
        raise NotADirectoryError(errno.ENOTDIR, "is a file; name a folder to make", str(folder))
    if not folder.is_dir() or not any(folder.iterdir()):
        return False
    stamp = folder / _STAMP
    try:
        found = json.loads(stamp.read_text(encoding="utf-8")) if stamp.is_file() else None
    except ValueError:
        found = None
    n_files = sum(path.suffix == ".hdf5" for path in folder.iterdir())
    if found == arguments and (folder / "metadata.csv").is_file():
        if n_files >= arguments["n_sessions"]:
            return True
        what = f"lacks {arguments['n_sessions'] - n_files} of its sessions"
    elif found is not None:
        what = f"holds a corpus made otherwise ({json.dumps(found)})"
    else:
        what = "is not empty, and not a corpus made by make_corpus"
    raise FileExistsError(errno.EEXIST, f"{what}; name another folder or delete it", str(folder))


def load_sample(
    stage: str = _DEFAULT_STAGE,
    *,
    seed: int = 0,
    duration: float = 60.0,
    side: str = "left",
    user: int | str | None = None,
) -> Path:
    """Return a made session, from the cache folder if it was made before.

    Parameters
    ----------
    stage : str
        One of the 29 stages of emg2pose.
    seed : int
        Which recording.
    duration : float
        Length, in seconds.
    side : {"left", "right"}
        Wrist.
    user : int or str, optional
        Who wears the band.

    Returns
    -------
    pathlib.Path
        The file, in ``data_dir() / "samples"``.

    See Also
    --------
    make_session : What the arguments mean; writes where you say.

    Examples
    --------
    >>> from emgtut import Emg2PoseSessionData, load_sample
    >>> with Emg2PoseSessionData(load_sample()) as data:
    ...     data["emg"].shape, data["joint_angles"].shape
    ((120000, 16), (120000, 20))
    """
    from filelock import FileLock

    from emgtut.sessions._remote.download import make_folder
    from emgtut.sessions.fetch import data_dir

    # Before any of them becomes part of a file name.
    _checks.one_of("stage", stage, layout.STAGES)
    _checks.one_of("side", side, _SIDES)
    seed = _checks.count("seed", seed, least=0)
    duration = _checked_duration(duration)
    who = "" if user is None else f"_user-{_key(muscles.wearer(_checked_user(user)).name)[0]:08x}"
    name = f"{stage}_{side}_{duration:.12g}s_seed{seed}{who}_recipe{_RECIPE}.hdf5"
    path = data_dir() / "samples" / name
    if _is_whole(path):  # before anything is written: a shared cache may be read-only
        return path
    make_folder(path.parent)
    # One process makes it, the others wait; each looks before it makes.
    with FileLock(path.with_suffix(".lock")):
        if not _is_whole(path):
            make_session(path, stage=stage, seed=seed, duration=duration, side=side, user=user)
    return path


def _is_whole(path: Path) -> bool:
    if not path.is_file():
        return False
    try:
        with Emg2PoseSessionData(path) as data:
            stated = data.metadata.get("checksum")
            return bool(stated == _checksum(data["emg"], data["joint_angles"]))
    except SessionError:
        return False
