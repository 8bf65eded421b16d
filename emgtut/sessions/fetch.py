"""Real recordings: where they are kept and how they get there."""

import errno
import os
from pathlib import Path


def data_dir() -> Path:
    """Return the folder that holds fetched and made data.

    It is the value of the environment variable ``EMGTUT_DATA``, else the cache folder of the
    operating system. Asking does not create it: whatever first writes into it does.

    Returns
    -------
    pathlib.Path
        An absolute path; there may be nothing there yet.

    Raises
    ------
    ValueError
        If ``EMGTUT_DATA`` is a relative path, which would move with the working folder.
    NotADirectoryError
        If the path is a file.

    Examples
    --------
    >>> from emgtut import data_dir
    >>> data_dir().is_absolute()
    True
    """
    if stated := os.environ.get("EMGTUT_DATA"):
        path = Path(stated).expanduser()
        if not path.is_absolute():
            raise ValueError(
                f"EMGTUT_DATA is {stated!r}, which depends on the working folder; "
                f"set it to an absolute path such as {path.absolute()}"
            )
    else:
        import pooch

        path = Path(pooch.os_cache("emgtut"))
    if path.exists() and not path.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, "is a file; set EMGTUT_DATA to a folder", str(path))
    return path
