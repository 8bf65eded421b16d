"""What an answer uses: NumPy, h5py and the standard library, or something that does the work."""

import dis
import functools
import inspect
from collections.abc import Iterator
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Any, NamedTuple

REFUSED = frozenset(
    {"scipy", "sklearn", "torch", "tensorflow", "jax", "catboost", "pandas", "mne", "numba"}
    | {"emgtut"}
)


class Finding(NamedTuple):
    """A name in an answer that leads to a library which is not allowed."""

    function: str
    name: str
    library: str
    line: int | None


def first_refused(answer: Any) -> Finding | None:
    """Return the first forbidden thing that an answer reaches, through its helpers too."""
    return next(_walk(answer, getattr(answer, "__name__", "the answer"), set()), None)


def _library(value: Any) -> str:
    if isinstance(value, ModuleType):
        home = value.__name__
    elif isinstance(value, type | FunctionType) or callable(value):
        home = getattr(value, "__module__", None) or type(value).__module__
        if not isinstance(value, type | FunctionType) and _root(home) not in REFUSED:
            home = type(value).__module__  # a compiled function names its maker there
    else:
        home = type(value).__module__
    return _root(home)


def _root(module: Any) -> str:
    return str(module).partition(".")[0]


def _walk(value: Any, name: str, seen: set[int]) -> Iterator[Finding]:
    if id(value) in seen:
        return
    seen.add(id(value))
    if _library(value) in REFUSED:
        yield Finding(name, name, _library(value), None)
    elif isinstance(value, functools.partial):
        yield from _walk(value.func, name, seen)
    elif isinstance(value, MethodType):
        yield from _walk(value.__func__, name, seen)
    elif isinstance(value, type):
        if _root(value.__module__) not in ("builtins", "numpy", "h5py"):
            for parent in value.__mro__[1:-1]:
                yield from _walk(parent, parent.__name__, seen)
            for inner in vars(value).values():
                for one in _functions(inner):
                    yield from _walk(one, one.__qualname__, seen)
    elif isinstance(value, FunctionType) and _root(value.__module__) not in ("numpy", "h5py"):
        closure = inspect.getclosurevars(value).nonlocals
        yield from _walk_code(value.__code__, {**value.__globals__, **closure}, name, seen)


def _functions(value: Any) -> Iterator[FunctionType]:
    """Yield what a class stores: functions, also those in properties and class methods."""
    for one in (value, *(getattr(value, part, None) for part in ("__func__", "fget", "func"))):
        if isinstance(one, FunctionType):
            yield one


def _walk_code(
    code: CodeType, scope: dict[str, Any], name: str, seen: set[int]
) -> Iterator[Finding]:
    line = code.co_firstlineno
    for step in dis.get_instructions(code):
        line = (step.positions.lineno if step.positions else None) or line
        if step.opname == "IMPORT_NAME":
            if _root(step.argval) in REFUSED:
                yield Finding(name, step.argval, _root(step.argval), line)
        elif step.opname in ("LOAD_GLOBAL", "LOAD_DEREF", "LOAD_NAME") and step.argval in scope:
            value = scope[step.argval]
            if _library(value) in REFUSED:
                yield Finding(name, step.argval, _library(value), line)
            else:
                yield from _walk(value, step.argval, seen)
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _walk_code(inner, scope, name, seen)
