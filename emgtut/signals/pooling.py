"""Windows of several sessions in one table, each row with the name of where it is from."""

import math
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from tqdm import tqdm

from emgtut._checks import SessionError
from emgtut.sessions.emg2pose import Emg2PoseSessionData
from emgtut.signals.windows import NoWindowError, Windows, opened, samples_in, windows_of

#: Rates that are as close as this count as one, as a share: clocks of two bands of one kind
#: differ by less.
_SAME_RATE = 1e-3


def windows_of_many(
    sessions: Iterable[Emg2PoseSessionData | str | PathLike[str]],
    *,
    window: float = 0.2,
    hop: float = 0.1,
    label: str = "last",
    features: Sequence[str] = ("rms", "mav", "wl"),
    filter: Callable[[np.ndarray], np.ndarray] | None = None,  # noqa: A002 - the word for it
    progress: bool | None = None,
) -> Windows:
    """Cut several sessions into windows and put them into one table.

    Parameters
    ----------
    sessions : Corpus or iterable of Emg2PoseSessionData or path-like
        Sessions that fit each other: the same rate, channels, joints and unit of EMG. A
        `emgtut.Corpus`, or a part of one, will do.
    window, hop, label, features, filter
        See `emgtut.windows_of`.
    progress : bool, optional
        Whether to show a progress bar; by default, on a terminal only.

    Returns
    -------
    Windows
        All windows, session after session. ``groups`` says where each is from, for splits that
        leave out users, stages or recordings; ``start`` counts from the first row of its file.
        The column ``file`` of ``groups`` holds whole paths where names repeat.

    Raises
    ------
    SessionError
        If two sessions do not fit each other, the message names both files; if none has a window.
        Else as `emgtut.windows_of`.
    ValueError
        If there is no session, if one is there twice, or if an argument cannot be used.

    Warns
    -----
    UserWarning
        For each session without a stretch as long as a window; it is left out.

    Examples
    --------
    >>> from emgtut import load_sample, windows_of_many
    >>> both = [load_sample(duration=10, seed=seed) for seed in (0, 1)]
    >>> windows = windows_of_many(both, window=0.25, hop=0.05)
    >>> windows.groups["recording"].nunique(), len(windows.groups) == len(windows)
    (2, True)
    """
    if isinstance(sessions, (str, PathLike, Emg2PoseSessionData)):
        raise TypeError(
            f"sessions is of type {type(sessions).__name__}; pass a list of sessions, "
            "or use windows_of for one"
        )
    sources = list(sessions)
    paths = _refuse_unlike(sources, window, hop)
    unique = len({path.name for path in paths}) == len(paths)
    parts: list[Windows] = []
    hidden = None if progress is None else not progress  # None: tqdm looks for a terminal itself
    bar = tqdm(sources, "windows", unit="file", disable=hidden)
    for path, source in zip(paths, bar, strict=True):
        try:
            one = windows_of(
                source, window=window, hop=hop, label=label, features=features, filter=filter
            )
        except NoWindowError as error:
            if source is sources[-1] and not parts:
                raise
            warnings.warn(f"{error}; it is left out", stacklevel=2)
        else:
            if not unique:  # files of one name in several folders
                one = replace(one, groups=pd.DataFrame(one.groups).assign(file=str(path)))
            parts.append(one)
    together: dict[str, Any] = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in ("X", "y", "time", "start")
    }
    groups = pd.concat([part.groups for part in parts], ignore_index=True)
    return replace(parts[0], groups=groups, **together)


def _refuse_unlike(sources: list[Any], window: float, hop: float) -> list[Path]:
    """Return the files; raise before anything is computed if they cannot be in one table."""
    if not sources:
        raise ValueError("sessions is empty; pass at least one session or path")
    paths: list[Path] = []
    seen: set[Path] = set()
    first: dict[str, Any] = {}
    origin = sources[0]
    for source in sources:
        with opened(source) as session:
            path = session.hdf5_path
            if path.resolve() in seen:
                raise ValueError(
                    f"{path} is there twice, so that its windows could be in training and test; "
                    "pass each session once"
                )
            seen.add(path.resolve())
            paths.append(path)
            rate = session.sample_rate
            found: dict[str, Any] = {
                "sample_rate": rate,
                "channels": session.channel_names,
                "joints": session.joint_names,
                "emg_unit": session.emg_unit,
            }
            lengths = [samples_in("window", window, rate), samples_in("hop", hop, rate)]
        if not first:
            first, origin, expected = found, path, lengths
        for name, value in found.items():
            same = value == first[name]
            if name == "sample_rate":
                same = math.isclose(rate, first[name], rel_tol=_SAME_RATE) and lengths == expected
            if not same:
                raise SessionError(
                    f"{path}: {name} {_short(value)}, but {_short(first[name])} in {origin}; "
                    "pass sessions that agree, or cut each kind into windows by itself"
                )
    return paths


def _short(value: Any) -> str:
    if isinstance(value, tuple):
        return f"are {len(value)} ({', '.join(value[:3])}, ...)" if len(value) > 3 else f"{value}"
    return f"is {value:g} Hz" if isinstance(value, float) else f"is {value!r}"
