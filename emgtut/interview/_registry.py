"""The checks of each part, in the order in which they speak: the most telling first."""

from collections.abc import Callable
from typing import Any, TypeVar

Run = TypeVar("Run", bound=Callable[..., Any])

#: For each part the checks by name: called with the answers and ``rng``, they raise a fault or
#: return None, or a remark for the line of success.
CHECKS: dict[str, dict[str, Callable[..., str | None]]] = {}
#: Shown with a success, not required.
BONUS: dict[str, dict[str, Callable[..., str]]] = {}


def check(part: str, name: str) -> Callable[[Run], Run]:
    """Register a check."""
    return _into(CHECKS, part, name)


def bonus(part: str, name: str) -> Callable[[Run], Run]:
    """Register something to remark on an answer that passes."""
    return _into(BONUS, part, name)


def _into(table: dict[str, dict[str, Any]], part: str, name: str) -> Callable[[Run], Run]:
    def register(run: Run) -> Run:
        table.setdefault(part, {})[name] = run
        return run

    return register
