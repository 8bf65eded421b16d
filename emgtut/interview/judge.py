"""Examine an answer: the guard first, then every check, the most telling failure reported."""

import time
import zlib
from collections.abc import Callable, Mapping
from inspect import signature
from typing import Any

import numpy as np

import emgtut.interview._steps  # noqa: F401 - registers the checks
from emgtut.interview._answer import CALL_S, PART_S, Answer, Budget, Fault, NotStarted, Stopped
from emgtut.interview._guard import first_refused
from emgtut.interview._registry import BONUS, CHECKS
from emgtut.interview.parts import Part, parts_of
from emgtut.interview.result import Result
from emgtut.learn import scratch


def judge(
    part: Part,
    functions: Mapping[str, Callable[..., Any]],
    *,
    call_s: float = CALL_S,
    part_s: float = PART_S,
) -> Result:
    """Run all checks of a part on the functions written for it.

    Parameters
    ----------
    part : Part
        Which part.
    functions : mapping of str to callable
        The answers by the names in ``part.functions``; a missing one is "not started".
    call_s, part_s : float
        Longest single call, and longest examination, in seconds.

    Returns
    -------
    Result
        The outcome. Nothing that an answer does is raised.

    See Also
    --------
    check : The same by a short name.
    """
    if not set(part.functions) <= functions.keys():
        return Result(part.id, part.name, "not started")
    chosen = [functions[name] for name in part.functions]
    for name, function in zip(part.functions, chosen, strict=True):
        if not callable(function):
            raise TypeError(f"{name} is {function!r}; pass the function itself, without brackets")
        if _is_stub(function):
            return Result(part.id, part.name, "not started")
        if found := first_refused(function):
            place = f" (line {found.line})" if found.line else ""
            return Result(
                part.id,
                part.name,
                "refused",
                got=f"{found.function} uses {found.name} from {found.library}{place}",
                expected="NumPy, h5py and the standard library",
            )
    budget = Budget(call_s, part_s)
    answers = [
        Answer(function, name, budget, names=_names(name))
        for name, function in zip(part.functions, chosen, strict=True)
    ]
    return _examined(part, answers)


def _is_stub(function: Callable[..., Any]) -> bool:
    """Tell whether a function does nothing but raise, before anything is made for it."""
    code = getattr(function, "__code__", None)
    return code is not None and code.co_names == ("NotImplementedError",)


def _names(name: str) -> list[str]:
    """Names of the parameters by the question, whatever the answer calls them."""
    return list(signature(getattr(scratch, name)).parameters)


def _examined(part: Part, answers: list[Answer]) -> Result:
    checks = CHECKS[part.id]
    first: Fault | None = None
    failed: list[str] = []
    remarks: list[str] = []
    n_run = 0
    begun = time.perf_counter()
    for name, run in checks.items():
        for answer in answers:
            answer.called = ""
        n_run += 1
        try:
            if remark := run(*answers, rng=_seeded(part.id, name)):
                remarks.append(remark)
        except NotStarted:
            return Result(part.id, part.name, "not started")
        except Fault as fault:
            failed.append(name)
            called = [answer.called for answer in answers if answer.called]
            fault.called = fault.called or (called[-1] if called else "")
            first = first or fault
            if isinstance(fault, Stopped):
                break
        except Exception as error:
            # Whatever an answer returns, the page with fifteen of them goes on.
            failed.append(name)
            got = f"a result that cannot be read ({type(error).__name__}: {error})"
            first = first or Fault(got, "what the docstring says", called=answers[-1].called)
        if time.monotonic() > answers[0].budget.end:
            break
    out_of_time = n_run < len(checks)
    if out_of_time and first is None:
        first = Fault("all calls together take too long", "a few seconds", "its cost")
    if first is None:
        for name, run_bonus in BONUS.get(part.id, {}).items():
            remarks.append(run_bonus(*answers, rng=_seeded(part.id, name)))
    state = "pass" if first is None else "stopped" if out_of_time else "fail"
    return Result(
        part.id,
        part.name,
        state,
        n_checks=len(checks),
        failed=tuple(failed),
        n_left_out=len(checks) - n_run,
        called=first.called if first else "",
        got=first.got if first else "",
        expected=first.expected if first else "",
        look_at=first.look_at if first else "",
        seconds=time.perf_counter() - begun,
        remark="; ".join(remarks),
    )


def _seeded(part: str, check: str) -> np.random.Generator:
    """Random numbers of one check: the same in every run, so that a failure comes back."""
    return np.random.default_rng(zlib.crc32(f"{part} {check}".encode()))


def check(step: int | str, *functions: Callable[..., Any]) -> Result:
    """Check the answer to one part, without a room or a clock.

    Parameters
    ----------
    step : int or str
        Part (``"3b"``), short name (``"ridge"``) or name of the function.
    *functions : callable
        The answer, under any name; for ``"standardise"`` both, fit first.

    Returns
    -------
    Result
        What to print.

    See Also
    --------
    Interview : The same with a clock, hints and a report.

    Examples
    --------
    >>> from emgtut.interview import check
    >>> check("ridge")
    step 6   ridge   not started
    """
    parts = parts_of(step)
    if len(parts) > 1:
        names = " or ".join(repr(part.name) for part in parts)
        raise ValueError(f"step {step} has {len(parts)} parts; pass {names}")
    (part,) = parts
    if functions and len(functions) != len(part.functions):
        raise ValueError(
            f"{len(functions)} functions for {part.name!r}; pass {', '.join(part.functions)}"
        )
    return judge(part, dict(zip(part.functions, functions, strict=False)))
