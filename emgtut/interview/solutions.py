"""The reference as text: shown without docstrings, emptied into stubs, compiled as if typed."""

import ast
import inspect
import linecache
import re
import time
from collections.abc import Callable
from functools import cache
from typing import Any

from emgtut.interview.judge import judge
from emgtut.interview.parts import PARTS, Part, parts_of
from emgtut.interview.result import Results, Text
from emgtut.learn import scratch

HEAD = "import h5py\nimport numpy as np\n"
_FILE = "<the reference>"


def source_of(name: str) -> str:
    """Return the source of one function or class of the reference.

    Parameters
    ----------
    name : str
        Name in `emgtut.learn.scratch`.

    Returns
    -------
    str
        Its source, with docstrings.
    """
    return inspect.getsource(getattr(scratch, name))


def code_of(name: str) -> str:
    """Return the source of one function or class without its docstrings.

    Parameters
    ----------
    name : str
        Name in `emgtut.learn.scratch`.

    Returns
    -------
    str
        What has to be written in an interview.
    """
    source = source_of(name)
    lines = source.splitlines()
    for first, last in reversed(_docstrings(source)):
        del lines[first - 1 : last]
    text = re.sub(r"^(class .*:)\n\n", r"\1\n", "\n".join(lines))
    return re.sub(r"\n{3,}", "\n\n", text) + "\n"


def stub_of(name: str) -> str:
    """Return a function or class with its docstring and without its code.

    The notes of the docstring, which hold the formula, are left out.

    Parameters
    ----------
    name : str
        Name in `emgtut.learn.scratch`.

    Returns
    -------
    str
        Source that defines it and raises ``NotImplementedError`` when called.
    """
    source = source_of(name)
    tree = ast.parse(source).body[0]
    lines = source.splitlines()
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    inner = [one for one in functions if one.col_offset == (4 if name[0].isupper() else 0)]
    for node in sorted(inner, key=lambda one: one.lineno, reverse=True):
        documented = ast.get_docstring(node) is not None
        first = (node.body[0].end_lineno or 0) + 1 if documented else node.body[0].lineno
        indent = " " * (node.col_offset + 4)
        lines[first - 1 : node.end_lineno] = [f"{indent}raise NotImplementedError"]
    text = re.sub(r"\n +Notes\n +-----\n.*?(?=\n +Examples\n)", "", "\n".join(lines), flags=re.S)
    # The examples of the package open a sample; those who answer have the session of the room.
    text = text.replace(">>> from emgtut import load_sample\n    ", "")
    return text.replace("load_sample()", "session") + "\n"


def _docstrings(source: str) -> list[tuple[int, int]]:
    documented = (ast.FunctionDef, ast.ClassDef)
    return sorted(
        (node.body[0].lineno, node.body[0].end_lineno or 0)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, documented) and ast.get_docstring(node)
    )


@cache
def _typed() -> dict[str, Any]:
    """Run the whole reference as a notebook would, outside this package."""
    source = HEAD + "\n\n" + "\n\n".join(code_of(name) for part in PARTS for name in part.functions)
    linecache.cache[_FILE] = (len(source), None, source.splitlines(keepends=True), _FILE)
    scope: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(source, _FILE, "exec"), scope)
    return scope


class Solution:
    """The reference answer to a step: its code to read, its functions to use.

    Parameters
    ----------
    step : int or str
        Step, part or name.

    Attributes
    ----------
    parts : tuple of Part
        What it answers.
    code : Text
        The code, without docstrings. Printing a solution shows it, and what the checks say.
    """

    def __init__(self, step: int | str):
        self.parts: tuple[Part, ...] = parts_of(step)
        names = [name for part in self.parts for name in part.functions]
        self.code = Text("\n\n".join(code_of(name) for name in names).rstrip())
        self._functions = {name: _typed()[name] for name in names}

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_") or name not in self._functions:
            raise AttributeError(f"{name} is not part of this step")
        function: Callable[..., Any] = self._functions[name]
        return function

    def __str__(self) -> str:
        return f"{self.code}\n\n{self.check()}\n"

    def check(self) -> Results:
        """Check it as any other answer is.

        Returns
        -------
        Results
            One result for each part.
        """
        return Results(judge(part, self._functions) for part in self.parts)

    def timed(self) -> list[tuple[Part, int, float]]:
        """Return each part with its lines of code and the seconds that its checks take.

        Returns
        -------
        list of tuple
            Part, lines with something on them, seconds.
        """
        rows = []
        for part in self.parts:
            code = "".join(code_of(name) for name in part.functions)
            begun = time.perf_counter()
            judge(part, self._functions)
            n_lines = sum(bool(line.strip()) for line in code.splitlines())
            rows.append((part, n_lines, time.perf_counter() - begun))
        return rows


def solution(step: int | str) -> Solution:
    """Return the reference answer to a step: after the interview, not before.

    Parameters
    ----------
    step : int or str
        Step (``3``), part (``"3b"``) or name (``"features"``).

    Returns
    -------
    Solution
        ``code`` to print, and each function as an attribute.

    Examples
    --------
    >>> from emgtut.interview import solution
    >>> print(solution("windows").code)
    def window_starts(runs, width, hop):
        starts = [np.arange(first, stop - width + 1, hop) for first, stop in runs]
        return np.concatenate([np.empty(0, int), *starts])
    >>> solution("windows").window_starts([(0, 5)], 3, 2).tolist()
    [0, 2]
    """
    return Solution(step)
