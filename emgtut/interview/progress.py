"""What is kept between calls, kernels and days: the clock and how far each part has come."""

import json
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from emgtut.interview.parts import PARTS, ROUNDS
from emgtut.sessions.writer import beside

_VERSION = 1
_IDS = frozenset(part.id for part in PARTS)


@dataclass
class PartProgress:
    """How far one part has come.

    Attributes
    ----------
    state : str
        Last outcome.
    checks, hints : int
        How often it was checked; how many hints were shown.
    seconds : float
        Time that ended with a check or a hint of this part.
    late : bool
        Whether it first passed after the bell.
    """

    state: str = "not started"
    checks: int = 0
    hints: int = 0
    seconds: float = 0.0
    late: bool = False


@dataclass
class Progress:
    """State of one interview, and the file it is kept in.

    Attributes
    ----------
    path : pathlib.Path
        The file.
    round : str
        Which parts.
    minutes : float
        Time until the bell.
    clock : bool
        Whether there is one.
    elapsed : float or None
        Seconds since the start, when the file was written; None before the start.
    saved : float
        Unix time at which it was written.
    parts : dict of str to PartProgress
        By part.
    """

    path: Path
    round: str
    minutes: float
    clock: bool
    elapsed: float | None = None
    saved: float = 0.0
    parts: dict[str, PartProgress] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._mark = time.monotonic()

    def part(self, name: str) -> PartProgress:
        """Return the progress of one part."""
        return self.parts.setdefault(name, PartProgress())

    def start(self) -> None:
        """Start the clock; once started it runs on."""
        if self.elapsed is None:
            self.elapsed, self._mark = 0.0, time.monotonic()

    def now(self) -> float:
        """Return the seconds since the start."""
        if self.elapsed is None:
            return 0.0
        return self.elapsed + time.monotonic() - self._mark

    def save(self) -> None:
        """Write the file beside and rename it: a reader sees the old or the new one, whole."""
        if self.elapsed is not None:
            self.elapsed, self._mark = self.now(), time.monotonic()
        self.saved = time.time()
        content = {"version": _VERSION, **asdict(self)}
        del content["path"]
        with beside(self.path) as part:
            part.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def load(path: Path) -> Progress | None:
    """Return what a file holds, or None if there is none.

    The clock of a process is monotonic and ends with it. Between the last writing and this
    reading it went on by the wall clock; one that was set back adds nothing.

    Parameters
    ----------
    path : pathlib.Path
        The file.

    Returns
    -------
    Progress or None
        The state, with the time that has passed since.

    Raises
    ------
    ValueError
        If the file cannot be understood.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise ValueError(f"{path}: is not JSON ({error}); delete it to start anew") from error
    try:
        return _understood(path, content)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(
            f"{path}: is not the progress of an interview ({error!r}); delete it to start anew"
        ) from error


def _understood(path: Path, content: dict[str, Any]) -> Progress:
    version = content.pop("version")
    if version != _VERSION or content["round"] not in ROUNDS or not set(content["parts"]) <= _IDS:
        raise KeyError(f"version {version}, round {content['round']!r}")
    parts = {name: PartProgress(**one) for name, one in content.pop("parts").items()}
    progress = Progress(path=path, parts=parts, **content)
    if progress.elapsed is not None:
        progress.elapsed = progress.elapsed + max(0.0, time.time() - progress.saved)
    return progress
