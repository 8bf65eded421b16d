"""One answer under examination: called on copies, in bounded time, its errors made short."""

import copy
import inspect
import linecache
import os
import time
import traceback
import tracemalloc
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from emgtut.interview._bounded import TooLong, bounded

#: Longest single call, and longest examination of one part, in seconds.
CALL_S = 10.0
PART_S = 90.0


class Fault(Exception):  # noqa: N818 - not an error of the program
    """What is wrong with an answer: what came, what should have come, where to look."""

    def __init__(self, got: str, expected: str, look_at: str = "", *, called: str = ""):
        super().__init__(got)
        self.got, self.expected, self.look_at, self.called = got, expected, look_at, called


class Stopped(Fault):
    """A fault after which nothing else is tried: the answer did not come back."""


class NotStarted(Exception):  # noqa: N818
    """The answer is still the stub."""


class Budget:
    """Time that is left for one part."""

    def __init__(self, call_s: float = CALL_S, part_s: float = PART_S):
        self.call_s = call_s
        self.end = time.monotonic() + part_s

    def next_call(self, wanted: float | None = None) -> float:
        """Seconds that the next call may take."""
        return max(0.01, min(wanted or self.call_s, self.end - time.monotonic()))


class Answer:
    """A function of the learner, or an object with a call.

    Attributes
    ----------
    called : str
        The last call, in words.
    seconds : float
        How long it took.
    peak : int
        Memory it allocated at most, in bytes; measured where asked for.
    warned : list of str
        What it warned of.
    kept : dict
        What a check wants to find again later.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        name: str,
        budget: Budget,
        *,
        names: Sequence[str] = (),
        file: str = "",
    ):
        self.function, self.name, self.budget = function, name, budget
        self.names = list(names) or _parameters(function)
        self.file = file or _file_of(function)
        self.called, self.seconds, self.peak = "", 0.0, 0
        self.warned: list[str] = []
        self.made_by = ""
        self.kept: dict[str, Any] = {}
        self.maker: Answer | None = None

    def __call__(
        self, *args: Any, within: float | None = None, memory: bool = False, **kwargs: Any
    ) -> Any:
        """Call the answer on copies of what is passed, and see that they stay as they are."""
        self.called = self._told(args, kwargs)
        if self.maker is not None:
            self.maker.called = f"{self.maker.made_by}, then {self.called}"
        given, given_by_name = copy.deepcopy(args), copy.deepcopy(kwargs)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            if memory:
                tracemalloc.start()
            begun = time.perf_counter()
            try:
                value = bounded(
                    lambda: self.function(*given, **given_by_name), self.budget.next_call(within)
                )
            except NotImplementedError as error:
                raise NotStarted from error
            except (Exception, SystemExit) as error:
                raise Raised(error, self.file) from error
            except TooLong:
                if within is not None:
                    raise
                took = time.perf_counter() - begun
                raise Stopped(
                    f"no answer within {took:.0f} s; the call was stopped",
                    "an answer",
                    "a loop that does not end, or a cost that grows too fast",
                ) from None
            finally:
                self.seconds = time.perf_counter() - begun
                if memory:
                    self.peak = tracemalloc.get_traced_memory()[1]
                    tracemalloc.stop()
        self.warned = [str(one.message) for one in caught]
        names = [*self.names, *kwargs]
        for k, (before, after) in enumerate(
            zip([*args, *kwargs.values()], [*given, *given_by_name.values()], strict=True)
        ):
            if not unchanged(before, after):
                name = names[k] if k < len(names) else f"argument {k + 1}"
                raise Fault(
                    f"{name} is changed by the call",
                    f"{name} as it was",
                    "operations in place (+=, -=, out=) on what comes in; they need a copy",
                )
        return value

    def made(self, *args: Any, **kwargs: Any) -> "Answer":
        """Call a class, and put what it makes under examination."""
        value = self(*args, **kwargs)
        if not callable(value):
            raise Fault("an object that cannot be called", "an object with __call__(self, x, t)")
        found = Answer(value, "f", self.budget, names=("x", "t"), file=self.file)
        self.made_by, found.maker = self.called, self
        return found

    def method(self, name: str) -> "Answer":
        """Put a method under examination."""
        function = getattr(self.function, name, None)
        if function is None:
            raise Fault(f"no method {name}", f"a method {name}()")
        return Answer(function, f"{self.name}.{name}", self.budget, file=self.file)

    def _told(self, args: Sequence[Any], kwargs: dict[str, Any]) -> str:
        named = [(self.names[k] if k < len(self.names) else "", v) for k, v in enumerate(args)]
        parts = [f"{name} {told(value)}".strip() for name, value in (*named, *kwargs.items())]
        return f"{self.name}({', '.join(parts)})"


class Raised(Fault):
    """An exception, cut to the learner's own last line."""

    def __init__(self, error: BaseException, file: str):
        message = (str(error).strip().splitlines() or [""])[0]
        text = f"{type(error).__name__}: {message}" if message else type(error).__name__
        own = [f for f in traceback.extract_tb(error.__traceback__) if f.filename == file]
        where = ""
        if own:
            code = (own[-1].line or linecache.getline(file, own[-1].lineno or 0)).strip()
            where = f"line {own[-1].lineno}{code and f': {code}'}"
        super().__init__(text, "no exception", where)
        self.error = error


def unchanged(before: Any, after: Any) -> bool:
    """Tell whether two values are the same, NaN included."""
    if isinstance(before, np.ndarray):
        if not isinstance(after, np.ndarray) or before.shape != after.shape:
            return False
        return bool(np.array_equal(before, after, equal_nan=before.dtype.kind == "f"))
    if isinstance(before, list | tuple):
        same_length = isinstance(after, list | tuple) and len(before) == len(after)
        return same_length and all(map(unchanged, before, after))
    return bool(before == after)


def told(value: Any) -> str:
    """Return an argument in few words: short ones as they are, arrays by their shape."""
    if isinstance(value, np.ndarray):
        if value.size <= 8 and value.ndim <= 2:
            return " ".join(np.array2string(value, precision=3).split())
        return f"{value.shape}"
    if isinstance(value, os.PathLike):
        return repr(Path(value).name)
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, list | tuple) and len(repr(value)) > 40:
        return f"[{len(value)} of them]"
    return repr(value)


def _parameters(function: Any) -> list[str]:
    try:
        return list(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return []


def _file_of(function: Any) -> str:
    """Name the file, or cell, in which a function or the first method of a class was written."""
    inner = [function, *(vars(function).values() if isinstance(function, type) else ())]
    codes = [getattr(one, "__code__", None) for one in inner]
    return next((code.co_filename for code in codes if code is not None), "")
