"""Write the challenge as a notebook: questions, stubs and checks made from the reference.

``python -m emgtut.interview.notebook notebooks/interview_challenge.ipynb`` writes it again.
"""

import json
import sys
from pathlib import Path
from typing import Any

from emgtut.interview.parts import Part, parts_in
from emgtut.interview.solutions import stub_of
from emgtut.sessions.writer import beside

_OPENING = """\
# The interview

From a file to a pose in 45 minutes, with NumPy and h5py; then a second round with what can be asked
beyond it.

* Each cell below holds a question, what to write, and a check. Replace `raise NotImplementedError`,
  run the cell, and then the one with `room.check`.
* Stuck? `room.hint("3a")`: first a question, then the tool, then the key expression.
* `room.left()` tells the time, `room.report()` how far each part has come. The clock starts with
  the first check and does not stop; `Interview(clock=False)` is for studying.
* Allowed are NumPy, h5py and the standard library.

The answers are in the lesson *The interview, solved in NumPy*, the rules in the guide.
"""
_SETUP = """\
from pathlib import Path
from tempfile import gettempdir

import h5py
import numpy as np

from emgtut.interview import Interview, hidden_session

session = hidden_session(Path(gettempdir()) / "interview.hdf5")  # for the examples
room = Interview("core", minutes=45)"""
_SECOND = """\
# The second round

Five more parts, 45 more minutes, a clock of their own."""


def cells() -> list[tuple[str, str]]:
    """Return the cells of the notebook.

    Returns
    -------
    list of tuple of str
        ``"markdown"`` or ``"code"``, and the text.
    """
    found = [("markdown", _OPENING), ("code", _SETUP)]
    for name in ("core", "stretch"):
        if name == "stretch":
            found += [("markdown", _SECOND), ("code", 'room = Interview("stretch", minutes=45)')]
        for part in parts_in(name):
            found += [("markdown", asked(part)), ("code", stubs(part)), ("code", checked(part))]
        found += [("markdown", "## How far?"), ("code", "room.report()")]
    return found


def asked(part: Part) -> str:
    """Return the question of a part as Markdown."""
    return f"## {part.id}. {part.title}\n\n*{part.ask}* ({part.minutes} minutes)"


def stubs(part: Part) -> str:
    """Return what is to be filled in for a part."""
    return "\n\n".join(stub_of(name).rstrip() + "\n" for name in part.functions).rstrip()


def checked(part: Part) -> str:
    """Return the call that checks a part."""
    return f'room.check("{part.id}", {", ".join(part.functions)})'


def as_json() -> str:
    """Return the notebook: the same text each time, without outputs.

    Returns
    -------
    str
        JSON of the notebook format, version 4.5.
    """
    written: list[dict[str, Any]] = []
    for number, (kind, text) in enumerate(cells()):
        cell: dict[str, Any] = {"cell_type": kind, "id": f"cell-{number:02d}", "metadata": {}}
        if kind == "code":
            cell |= {"execution_count": None, "outputs": []}
        written.append(cell | {"source": text.rstrip().splitlines(keepends=True)})
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    book = {
        "cells": written,
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(book, indent=1, ensure_ascii=False) + "\n"


def main(path: str = "notebooks/interview_challenge.ipynb") -> None:
    """Write the notebook.

    Parameters
    ----------
    path : str
        File to write.
    """
    with beside(Path(path)) as part:
        part.write_text(as_json(), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:2])
