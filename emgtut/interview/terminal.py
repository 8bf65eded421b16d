"""The interview in a terminal: a script of stubs, checked in processes of their own."""

import json
import os
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from emgtut import _checks
from emgtut.interview._answer import CALL_S, PART_S
from emgtut.interview.notebook import stubs
from emgtut.interview.parts import Part, parts_in
from emgtut.interview.result import Result, Text
from emgtut.interview.room import Interview

#: The script that hints, time and report are about where none is named.
SCRIPT = "my_answers.py"

_HEAD = '''\
"""My answers to the interview, with NumPy, h5py and the standard library.

    emgtut interview check 3 {name}     checks step 3; without a number, all of them
    emgtut interview hint 3 {name}      shows a hint
    emgtut interview report {name}      shows how far each part has come

In the examples, ``session`` is the path of a recording: emgtut make-session practice.hdf5
"""

import h5py
import numpy as np
'''


def start(
    script: str | os.PathLike[str] = SCRIPT,
    *,
    round: str = "core",  # noqa: A002
    minutes: float = 45,
    clock: bool = True,
) -> Text:
    """Write a script with the questions and what is to be filled in, and start the clock.

    Parameters
    ----------
    script : path-like
        File to write; an existing one is refused.
    round : {"core", "stretch", "full"}
        Which parts.
    minutes : float
        Time until the bell.
    clock : bool
        False to study without one.

    Returns
    -------
    Text
        What to do next.

    Raises
    ------
    FileExistsError
        If there is such a file.
    """
    path = Path(script).expanduser()
    if path.suffix != ".py":
        raise ValueError(f"script is {str(path)!r}; name a Python file, such as {SCRIPT}")
    parts = parts_in(round)
    room = Interview(round, minutes, clock, path=_progress_of(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(_HEAD.format(name=path.name) + "".join(map(_section, parts)))
    except FileExistsError as error:
        hint = "is there already; name another script, or delete it"
        raise FileExistsError(error.errno, hint, str(path)) from None
    room.restart()
    return Text(
        f"{path}: {len(parts)} parts to fill in, {room.start()}\n"
        f"next: emgtut interview check {parts[0].step} {path}"
    )


def _section(part: Part) -> str:
    head = f"{part.id}. {part.title} ({part.minutes} minutes)"
    question = textwrap.indent(textwrap.fill(f'"{part.ask}"', 92), "# ")
    return f"\n\n# {head}\n{question}\n{stubs(part)}\n"


def check(
    script: str | os.PathLike[str] = SCRIPT, step: int | str | None = None
) -> Iterator[Result]:
    """Check the answers in a script, each part in a process of its own.

    Parameters
    ----------
    script : path-like
        The answers.
    step : int or str, optional
        Step, part or name; by default all parts of the round.

    Yields
    ------
    Result
        One for each part, as soon as it is there.
    """
    path = _checks.existing_file(script, "script")
    room = _room(path)
    parts = room.parts if step is None else room.parts_at(step)
    for part in parts:
        yield room.record(_in_a_process(path, part))


def hint(step: int | str, script: str | os.PathLike[str] = SCRIPT) -> Text:
    """Show the next hint of a part.

    Parameters
    ----------
    step : int or str
        Step, part or name.
    script : path-like
        The answers.

    Returns
    -------
    Text
        The hint.
    """
    return _room(Path(script).expanduser()).hint(step)


def left(script: str | os.PathLike[str] = SCRIPT) -> Text:
    """Return the time until the bell.

    Parameters
    ----------
    script : path-like
        The answers.

    Returns
    -------
    Text
        Minutes and seconds.
    """
    return _room(Path(script).expanduser()).left()


def report(script: str | os.PathLike[str] = SCRIPT) -> Text:
    """Return how far each part has come.

    Parameters
    ----------
    script : path-like
        The answers.

    Returns
    -------
    Text
        A table.
    """
    return _room(Path(script).expanduser()).report()


def _progress_of(script: Path) -> Path:
    return script.with_suffix(".interview.json")


def _room(script: Path) -> Interview:
    """Open the room of a script; one that nobody started is a study of all parts."""
    progress = _progress_of(script)
    if progress.exists():
        try:
            return Interview.resume(progress)
        except ValueError:
            pass  # damaged: the room says so and starts anew
    elif not script.exists():
        raise FileNotFoundError(
            2, f"no such script; type: emgtut interview start {script.name}", str(script)
        )
    return Interview("full", clock=False, path=progress)


def _in_a_process(
    script: Path,
    part: Part,
    *,
    call_s: float = CALL_S,
    part_s: float = PART_S,
    grace_s: float = 30.0,
) -> Result:
    """Judge one part in another process, which may crash or be ended."""
    with tempfile.TemporaryDirectory(prefix="emgtut-interview-") as folder:
        answer = Path(folder) / "result.json"
        begun = [sys.executable, "-m", "emgtut.interview._examiner", str(script), part.id]
        command = [*begun, str(answer), str(call_s), str(part_s)]
        # What the script prints is seen; what it asks for on standard input is not there.
        try:
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, timeout=part_s + call_s + grace_s, check=False
            )
        except subprocess.TimeoutExpired:
            return Result(
                part.id,
                part.name,
                "stopped",
                got="no end in sight; the process was ended",
                expected="an answer",
                look_at="a loop that does not end",
            )
        if answer.exists():
            return read(answer)
    how = f"signal {-done.returncode}" if done.returncode < 0 else f"status {done.returncode}"
    return Result(
        part.id,
        part.name,
        "stopped",
        got=f"the process ended with {how}",
        expected="a result",
        look_at="a crash in compiled code, too much memory, or os._exit",
    )


def write(result: Result, path: Path) -> None:
    """Write a result for the process that waits for it.

    Parameters
    ----------
    result : Result
        The outcome.
    path : pathlib.Path
        File to write.
    """
    path.write_text(json.dumps(asdict(result)), encoding="utf-8")


def read(path: Path) -> Result:
    """Read a result that another process wrote.

    Parameters
    ----------
    path : pathlib.Path
        File to read.

    Returns
    -------
    Result
        The outcome.
    """
    content = json.loads(path.read_text(encoding="utf-8"))
    return Result(**{**content, "failed": tuple(content["failed"])})
