"""Comparing what came with what should have come, so that the difference can be told."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from emgtut.interview._answer import Answer, Fault, Raised
from emgtut.interview._bounded import TooLong

#: An answer may take this many times as long as the reference, on this machine at this moment.
SLOWER = 20


def array(value: Any, shape: tuple[int, ...], what: str = "the result") -> np.ndarray:
    """Return a result as an array of that shape, or say what it is."""
    try:
        found = np.asarray(value)
        found = found if found.dtype.kind in "biuf" else found.astype(float)
    except (TypeError, ValueError):
        raise Fault(f"{what} is {kind(value)}", f"an array of shape {shape}") from None
    if found.shape != shape:
        raise Fault(
            f"{what} has shape {found.shape}", f"shape {shape}", "the order and number of the axes"
        )
    return found


def same(
    value: Any,
    expected: np.ndarray,
    what: str = "the result",
    *,
    rtol: float = 1e-6,
    atol: float = 1e-9,
    look_at: str = "",
) -> None:
    """Raise a fault at the entry that is furthest off, if any is too far."""
    expected = np.asarray(expected)
    found = array(value, expected.shape, what)
    close = np.isclose(found, expected, rtol=rtol, atol=atol, equal_nan=True)
    if close.all():
        return
    distance = np.where(close, -1.0, np.nan_to_num(np.abs(found - 1.0 * expected), nan=np.inf))
    at = tuple(int(k) for k in np.unravel_index(np.argmax(distance), expected.shape))
    place = f"{what}{list(at)}" if at else what
    n_wrong = int((~close).sum())
    others = f"; {n_wrong} of {close.size} entries differ" if close.size > 1 else ""
    raise Fault(f"{place} is {number(found[at])}{others}", f"{number(expected[at])}", look_at)


def number(value: Any) -> str:
    """Return a number in six digits."""
    return str(value) if isinstance(value, bool | np.bool_) else f"{float(value):.6g}"


def kind(value: Any) -> str:
    """Return what something is."""
    return "None (is there a return?)" if value is None else f"a {type(value).__name__}"


def several(value: Any, names: tuple[str, ...]) -> tuple[Any, ...]:
    """Return a result that is a tuple with as many parts as names, or say what it is."""
    if not isinstance(value, tuple | list) or len(value) != len(names):
        size = f" of {len(value)}" if isinstance(value, tuple | list) else ""
        raise Fault(f"{kind(value)}{size}", f"({', '.join(names)})", "what is returned")
    return tuple(value)


def refuses(answer: Answer, *args: Any, because: str) -> None:
    """Raise a fault if the answer takes what it should refuse with a ``ValueError``."""
    try:
        answer(*args)
    except Raised as raised:
        if not isinstance(raised.error, ValueError):
            raise Fault(raised.got, f"ValueError: {because}", raised.look_at) from raised
    else:
        raise Fault("a result", f"ValueError: {because}", "a test of the arguments at the start")


def fast_enough(
    answer: Answer, args: tuple[Any, ...], reference: Callable[..., Any], *, floor: float = 1.0
) -> str:
    """Raise a fault if an answer is far slower than the reference, measured now and here."""
    begun = time.perf_counter()
    reference(*args)
    took = time.perf_counter() - begun
    limit = max(floor, SLOWER * took)
    try:
        answer(*args, within=1.5 * limit)
    except TooLong:
        answer.seconds = np.inf
    if answer.seconds > limit:
        took_text = f"{answer.seconds:.1f} s" if np.isfinite(answer.seconds) else "no end in sight"
        raise Fault(
            took_text,
            f"at most {limit:.1f} s on this machine (reference {took:.2f} s)",
            "Python loops over rows; one array operation does all rows",
        )
    return f"{answer.seconds:.2f} s (reference {took:.2f} s)"
