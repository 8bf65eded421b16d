"""Which recording a lesson works on."""

from pathlib import Path

from emgtut import _checks
from emgtut.sessions.fetch import FIRST, MINI, data_dir
from emgtut.sessions.synthetic import load_sample


def lesson_session(stage: str, *, seed: int = 3) -> Path:
    """Return the recording for a lesson: a made one, or a real one if that was asked for.

    A real one is asked for with the environment variable ``EMGTUT_REAL=1`` and used if it has been
    fetched (``emgtut fetch``); nothing is downloaded here. Lessons print which one it is.

    Parameters
    ----------
    stage : str
        Stage of the made recording.
    seed : int
        Which made recording.

    Returns
    -------
    pathlib.Path
        The session file.

    Examples
    --------
    >>> from emgtut import Emg2PoseSessionData
    >>> from emgtut.sessions.lessons import lesson_session
    >>> with Emg2PoseSessionData(lesson_session("CountingUpDownFaceSideAway")) as data:
    ...     data.synthetic
    True
    """
    if _checks.switched_on("EMGTUT_REAL"):
        real = data_dir() / MINI.folder / f"{FIRST}.hdf5"
        if real.is_file():
            return real
    return load_sample(stage, seed=seed)
