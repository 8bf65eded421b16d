"""Recordings behind the last step: made, with gaps where the cameras lost the hand."""

import os
from pathlib import Path

import h5py
import numpy as np

from emgtut import _checks
from emgtut.sessions import layout

#: Length, and the part that is there to train on, in seconds.
DURATION, TRAINING = 64.0, 45.0
#: Share of the training part without a pose.
UNSOLVED = 0.30


def hidden_session(path: str | os.PathLike[str], *, seed: int = 0) -> Path:
    """Make a recording like the one behind the last step: 64 s, counting, much of it unsolved.

    Parameters
    ----------
    path : path-like
        File to write; an existing one is replaced.
    seed : int
        Which recording.

    Returns
    -------
    pathlib.Path
        The file. In its first 45 s about 30 % of the rows have no pose: all angles are zero.

    See Also
    --------
    emgtut.make_session : What else is in it.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from emgtut.interview import hidden_session
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     hidden_session(Path(folder) / "hidden.hdf5", seed=3).name
    'hidden.hdf5'
    """
    seed = _checks.count("seed", seed, least=0)
    # The recipe brings scipy, which takes longer to load than all other parts take to check.
    from emgtut.sessions.synthetic import make_session

    path = make_session(path, duration=DURATION, seed=1000 + seed)
    with h5py.File(path, "r+") as file:
        dataset = file[f"{layout.GROUP}/{layout.TIMESERIES}"]
        rows = dataset[:]
        n_training = round(TRAINING * layout.SAMPLE_RATE)
        angles = rows[layout.JOINT_ANGLES][:n_training]
        solved = layout.solved_rows(angles)
        rng = np.random.default_rng([seed, n_training])
        while solved.mean() > 1 - UNSOLVED:
            length = round(rng.uniform(0.4, 1.6) * layout.SAMPLE_RATE)
            first = int(rng.integers(n_training - length))
            solved[first : first + length] = False
        rows[layout.JOINT_ANGLES][:n_training][~solved] = 0
        dataset[:] = rows
    return path
