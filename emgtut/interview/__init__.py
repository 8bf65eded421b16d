"""The interview: fifteen parts from a file to a pose, judged by checks that say what is wrong.

Answers use NumPy, h5py and the standard library. `check` judges one of them; an `Interview` adds
the clock, hints and a report, and keeps them in a file.
"""

from emgtut.interview.judge import check
from emgtut.interview.parts import PARTS, Part, parts_of
from emgtut.interview.result import Result, Results
from emgtut.interview.room import Interview
from emgtut.interview.sessions import hidden_session
from emgtut.interview.solutions import Solution, solution

__all__ = [
    "PARTS",
    "Interview",
    "Part",
    "Result",
    "Results",
    "Solution",
    "check",
    "hidden_session",
    "parts_of",
    "solution",
]
