"""One file over the network: announced, checked, whole or not there; one process at a time."""

import errno
import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from emgtut import _checks
from emgtut._checks import SessionError
from emgtut.sessions.writer import beside

#: Seconds without a byte after which a server counts as silent.
SILENT_AFTER = 30.0
#: Seconds to wait before each further attempt.
PAUSES = (1.0, 4.0)
#: Seconds after which waiting for another process is worth a line.
PATIENCE = 1.0


def say(text: str) -> None:
    """Write a line to standard error, where there is one."""
    if sys.stderr is not None:
        sys.stderr.write(f"emgtut: {text}\n")
        sys.stderr.flush()


def megabytes(size: int) -> str:
    """Return a number of bytes as text, in MB of 1e6 bytes."""
    return f"{size / 1e6:.1f} MB" if size < 1e8 else f"{size / 1e6:.0f} MB"


def make_folder(folder: Path) -> None:
    """Create a cache folder, or say how to choose another one."""
    _checks.make_folder(folder, "set EMGTUT_DATA to a folder that can")


def check_space(folder: Path, needed: int) -> None:
    """Raise an ``OSError`` unless the disk of ``folder`` has that many bytes to spare."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise OSError(
            errno.ENOSPC,
            f"has {megabytes(free)} free, {megabytes(needed)} are needed; "
            "make room, or set EMGTUT_DATA to a folder on another disk",
            str(folder),
        )


@contextmanager
def alone(lock_path: Path) -> Iterator[None]:
    """Keep other processes and threads out; they wait, and say so."""
    from filelock import FileLock, Timeout

    lock = FileLock(lock_path)
    try:
        lock.acquire(timeout=PATIENCE)
    except Timeout:
        say(f"another process is fetching into {lock_path.parent}; waiting until it is done")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def download(
    url: str, target: Path, *, known_hash: str, size: int, space: int, notice: str
) -> None:
    """Bring a file here; ``target`` appears when it is complete and its hash is right.

    The caller keeps other processes out.

    Parameters
    ----------
    url : str
        Where it is, over HTTP or HTTPS.
    target : pathlib.Path
        Where it goes.
    known_hash : str
        ``"sha256:..."`` or ``"md5:..."``.
    size : int
        Its size in bytes, for the progress bar.
    space : int
        Bytes that have to be free on the disk.
    notice : str
        What a person should know before it starts.

    Raises
    ------
    ConnectionError
        If the server cannot be reached, refuses, falls silent or breaks off, also when asked
        again.
    SessionError
        If what arrived is not what was expected.
    OSError
        If there is not enough space, or it cannot be written.
    """
    import pooch
    import requests

    rescue = f"or download it in another way and put it at {target}"
    # A folder of its own: what a killed process leaves there is known to be worthless.
    scratch = target.parent / f".{target.name}.download"
    shutil.rmtree(scratch, ignore_errors=True)
    make_folder(target.parent)
    check_space(target.parent, space)
    say(notice)
    try:
        for pause in (*PAUSES, None):
            try:
                with _quiet_pooch(), _progress(size) as bar:
                    fetcher = pooch.HTTPDownloader(
                        progressbar=bar, chunk_size=1 << 18, timeout=SILENT_AFTER
                    )
                    arrived = pooch.retrieve(
                        url, known_hash, fname=target.name, path=scratch, downloader=fetcher
                    )
                break
            except requests.RequestException as error:
                what = _what_happened(error)
                if pause is None or not _passing(error):
                    raise ConnectionError(
                        f"{url}: {what}; check the connection and try again, {rescue}"
                    ) from None
                say(f"{url}: {what}; trying again in {pause:g} s")
                time.sleep(pause)
            except ValueError:
                raise SessionError(
                    f"{url}: what arrived does not have the hash {known_hash}, so it was changed "
                    f"there or on the way and is not kept; try another network, {rescue}"
                ) from None
            except OSError as error:
                what = f"cannot be written to ({error.strerror}); nothing of the download is kept"
                raise OSError(error.errno, what, str(target.parent)) from None
        with beside(target) as part:
            Path(arrived).replace(part)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


@contextmanager
def _progress(size: int) -> Iterator[object]:
    """Give a progress bar where a person watches; elsewhere None."""
    shown = (
        sys.stderr is not None and sys.stderr.isatty() and not _checks.switched_on("EMGTUT_QUIET")
    )
    if not shown:
        yield None
        return
    from tqdm import tqdm

    with tqdm(total=size, unit="B", unit_scale=True, ncols=79, ascii=os.name == "nt") as bar:
        yield bar


@contextmanager
def _quiet_pooch() -> Iterator[None]:
    """Keep back pooch's own notice: it names the scratch folder, and ours was given."""
    import pooch

    logger = pooch.get_logger()
    level = logger.level
    logger.setLevel("WARNING")
    try:
        yield
    finally:
        logger.setLevel(level)


def _passing(error: Exception) -> bool:
    """Return True for what may be gone a moment later."""
    import requests

    if isinstance(error, requests.HTTPError) and error.response is not None:
        status = error.response.status_code
        return status >= 500 or status in (408, 429)
    passing = (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError)
    return isinstance(error, passing)


def _what_happened(error: Exception) -> str:
    """Say in a few words what the libraries below say in many lines."""
    import requests

    if isinstance(error, requests.HTTPError) and error.response is not None:
        return f"the server answered {error.response.status_code} {error.response.reason}"
    if isinstance(error, requests.Timeout) or "timed out" in str(error):
        return f"the server was silent for {SILENT_AFTER:g} s"
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return "the connection broke off before the end"
    if isinstance(error, requests.exceptions.SSLError):
        return "a secure connection could not be made"
    cause: BaseException | None = error
    while cause is not None:
        # The operating system's own words lie at the bottom of the chain.
        if isinstance(cause, OSError) and cause.strerror:
            return f"cannot be reached ({cause.strerror})"
        cause = cause.__cause__ or cause.__context__
    return f"cannot be reached ({type(error).__name__})"
