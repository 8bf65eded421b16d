"""What is installed, where data lies, and what to type for what is missing: ``emgtut check``."""

import os
import platform
import re
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version

from emgtut.sessions.fetch import MINI, data_dir

#: Environment variables emgtut listens to, and what they do.
VARIABLES = {
    "EMGTUT_DATA": "folder for fetched and made data",
    "EMGTUT_OFFLINE": "1: never use the network",
    "EMGTUT_QUIET": "1: no progress bars",
    "EMGTUT_DEBUG": "1: errors of the command line with their traceback",
    "EMGTUT_REAL": "1: lessons use the fetched recording where they can",
}


@dataclass(frozen=True)
class Finding:
    """One line of the check.

    Attributes
    ----------
    group, name, state : str
        What was looked at and how it is.
    fix : str
        What to type; empty if nothing is missing.
    needed : bool
        True if emgtut does not work without.
    """

    group: str
    name: str
    state: str
    fix: str = ""
    needed: bool = False


def look_around() -> list[Finding]:
    """Look at Python, the libraries, the optional libraries, the data and the variables.

    Returns
    -------
    list of Finding
        In the order to show them.

    Examples
    --------
    >>> from emgtut.environment import look_around
    >>> look_around()[0].name
    'Python'
    """
    found = [Finding("Python", "Python", f"{platform.python_version()}, {platform.platform()}")]
    found.append(Finding("Python", "emgtut", version("emgtut")))
    for requirement in requires("emgtut") or []:
        name = re.match(r"[\w.-]+", requirement)
        extra = re.search(r"extra == ['\"](\w+)['\"]", requirement)
        if name is None or (extra and extra[1] == "all") or name[0] == "emgtut":
            continue
        try:
            state, missing = version(name[0]), False
        except PackageNotFoundError:
            state, missing = "not installed", True
        if extra:
            fix = f"pip install 'emgtut[{extra[1]}]'" if missing else ""
            found.append(Finding(f"for {extra[1]}", name[0], state, fix))
        else:
            fix = f"pip install '{requirement}'" if missing else ""
            found.append(Finding("libraries", name[0], state, fix, needed=missing))
    return found + _data() + _variables()


def _data() -> list[Finding]:
    try:
        folder = data_dir()
    except (OSError, ValueError) as error:
        return [Finding("data", "cache", str(error), "unset EMGTUT_DATA", needed=True)]
    near = next(path for path in (folder, *folder.parents) if path.exists())
    found = []
    if os.access(near, os.W_OK):
        found.append(Finding("data", "cache", str(folder)))
    else:
        fix = "export EMGTUT_DATA=$HOME/emgtut-data"
        found.append(Finding("data", "cache", f"{folder} may not be written", fix, needed=True))
    samples = list((folder / "samples").glob("*.hdf5"))
    found.append(
        Finding("data", "samples", f"{len(samples)} made", "" if samples else "emgtut demo")
    )
    real = list((folder / MINI.folder).glob("*.hdf5"))
    fix = "" if real else "emgtut fetch"
    found.append(Finding("data", "real sessions", f"{len(real)} fetched", fix))
    return found


def _variables() -> list[Finding]:
    return [
        Finding("variables", name, f"{os.environ.get(name, 'not set')} ({what})")
        for name, what in VARIABLES.items()
    ]
