"""The one vocabulary of errors: what arrived, what was expected, what to do.

A message names the parameter or the file, the value that arrived, and ends with what to write
instead. Library code raises; the command line turns these exceptions into one line and status 2.
"""

import errno
import math
import os
import tempfile
from collections.abc import Iterable
from difflib import get_close_matches
from numbers import Integral, Real
from pathlib import Path
from typing import Any


class SessionError(ValueError):
    """A session file that cannot be used as it is.

    The message names the file, what is wrong with it, and what to do.
    """


def switched_on(variable: str) -> bool:
    """Return whether an environment variable says yes: set, and not 0, no, off or false."""
    return os.environ.get(variable, "").strip().lower() not in ("", "0", "no", "off", "false")


def one_of(name: str, value: Any, allowed: Iterable[Any]) -> Any:
    """Return ``value`` if it is one of ``allowed``, else raise ``ValueError`` listing them."""
    allowed = list(allowed)
    if value not in allowed:
        near = get_close_matches(str(value), map(str, allowed), n=1) if len(allowed) > 4 else []
        hint = f"did you mean {near[0]!r}? " if near else ""
        listed = ", ".join(map(repr, allowed))
        raise ValueError(f"{name} is {value!r}; {hint}pass one of {listed}")
    return value


def of_type(name: str, value: Any, wanted: type, what: str) -> None:
    """Raise ``TypeError`` unless ``value`` is a ``wanted``; ``what`` says how to come by one."""
    if not isinstance(value, wanted):
        raise TypeError(f"{name} is of type {type(value).__name__}; pass {what}")


def positive(name: str, value: Any, unit: str = "") -> float:
    """Return ``value`` as a float if it is a finite number above 0, else raise."""
    unit = f" {unit}".rstrip()
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{name} is {value!r}; pass a number{unit and f' in{unit}'}")
    number = float(value)
    if not (math.isfinite(number) and number > 0):
        raise ValueError(f"{name} is {value}{unit}; pass a finite number above 0")
    return number


def count(name: str, value: Any, *, least: int = 1) -> int:
    """Return ``value`` as an int if it is a whole number of at least ``least``, else raise."""
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise TypeError(f"{name} is {value!r}; pass a whole number, at least {least}")
    if value < least:
        raise ValueError(f"{name} is {value}; pass a whole number, at least {least}")
    return int(value)


def as_path(path: str | os.PathLike[str]) -> Path:
    """Return ``path`` as a Path with ``~`` written out, else raise."""
    if not isinstance(path, (str, os.PathLike)):
        kind = type(path).__name__
        raise TypeError(f"path is of type {kind}; pass a path as str or pathlib.Path")
    try:
        return Path(path).expanduser()
    except RuntimeError as error:  # ~somebody who does not exist
        raise ValueError(f"{path}: {error}; write the folder out") from None


def make_folder(folder: Path, hint: str = "choose another folder") -> None:
    """Make a folder and see that files can be written there, else raise an ``OSError``."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        what = f"cannot be written to ({error.strerror}); {hint}"
        raise type(error)(error.errno, what, str(folder)) from None


def existing_file(path: str | os.PathLike[str], what: str = "file") -> Path:
    """Return ``path`` as a Path if it is a file that can be read, else raise an ``OSError``.

    The exception is the usual one for its cause (``FileNotFoundError``, ``IsADirectoryError``,
    ``PermissionError``), with a message that says what to do.
    """
    path = as_path(path)
    try:
        path.stat()
    except PermissionError as error:
        hint = f"lies in a folder that may not be entered; try: chmod u+rx {path.parent}"
        raise PermissionError(errno.EACCES, hint, str(path)) from error
    except FileNotFoundError:
        pass  # said below, with a hint
    if path.is_dir():
        inside = sorted(p.name for p in path.glob("*.hdf5"))[:3]
        hint = f"name a file in it, such as {inside[0]}" if inside else "name a file"
        raise IsADirectoryError(errno.EISDIR, f"is a directory; {hint}", str(path))
    if not path.exists():
        near = path.parent
        hint = (
            "check the spelling"
            if near.is_dir()
            else f"there is no folder {near} either: check the path"
        )
        raise FileNotFoundError(errno.ENOENT, f"no such {what}; {hint}", str(path))
    if not path.is_file():
        raise OSError(errno.EINVAL, f"is no regular file; name a {what}", str(path))
    if not os.access(path, os.R_OK):
        raise PermissionError(errno.EACCES, f"may not be read; try: chmod u+r {path}", str(path))
    return path


def one_line(error: BaseException) -> str:
    """Return an exception as one line for a person: no class name, no traceback.

    Examples
    --------
    >>> one_line(FileNotFoundError(2, "no such file; check the spelling", "a.hdf5"))
    'a.hdf5: no such file; check the spelling'
    """
    if isinstance(error, OSError) and error.filename is not None:
        text = f"{error.filename}: {error.strerror}"
    else:
        text = str(error) or type(error).__name__
    return " ".join(text.split())
