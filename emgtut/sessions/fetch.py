"""Real recordings: where they are kept and how they get there."""

import errno
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import Literal, overload

from emgtut import _checks
from emgtut._checks import SessionError
from emgtut.sessions import layout
from emgtut.sessions._remote import archive, download
from emgtut.sessions._remote.sets import MINI, RemoteSet

__all__ = ["MINI", "RemoteSet", "data_dir", "fetch_metadata", "fetch_session"]

METADATA = "metadata.csv"

#: The session of the first tutorial.
FIRST = f"{MINI.session}-recording-1_left"


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
        path = _checks.as_path(stated)
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


@overload
def fetch_session(  # type: ignore[overload-overlap]
    name: Literal["all"], *, drop_tar: bool = False, source: RemoteSet = MINI
) -> list[Path]: ...
@overload
def fetch_session(
    name: str = FIRST, *, drop_tar: bool = False, source: RemoteSet = MINI
) -> Path: ...
def fetch_session(
    name: str = FIRST, *, drop_tar: bool = False, source: RemoteSet = MINI
) -> Path | list[Path]:
    """Return real sessions, from the cache or, the first time, over the network.

    The emg2pose mini set (Salter et al. 2024, arXiv:2412.02725; licence CC BY-NC-SA 4.0) is one
    tar of 647 MB: it is downloaded as a whole, checked, and kept, so that further sessions need
    no network. Size, licence and citation are written to standard error before the download
    starts; a progress bar follows if that is a terminal and ``EMGTUT_QUIET`` is not set. With
    ``EMGTUT_OFFLINE=1`` the network is never used. Each extracted session is about 22 MB and is
    checked against its hash at each call. Several processes may call this at the same time.

    Parameters
    ----------
    name : str
        Name of a session, with or without ``.hdf5``; or the end of it, from ``recording-`` on;
        or ``"all"``.
    drop_tar : bool
        Delete the tar afterwards. Sessions that were extracted stay usable and are not fetched
        again; another one then needs another download.
    source : RemoteSet
        The set to take it from.

    Returns
    -------
    pathlib.Path or list of pathlib.Path
        The file, in `emgtut.data_dir`; for ``"all"`` the files, by recording and side.

    Raises
    ------
    ValueError
        If there is no such session; the message lists names that are near.
    SessionError
        If what the server sent is not the set that was expected.
    FileNotFoundError
        If it is not in the cache and ``EMGTUT_OFFLINE`` is set.
    ConnectionError
        If it is not in the cache and cannot be downloaded.
    OSError
        If the cache folder cannot be written to, or has too little space.

    See Also
    --------
    emgtut.load_sample : A made session, without any download.

    Examples
    --------
    >>> from emgtut import Emg2PoseSessionData, fetch_session
    >>> with Emg2PoseSessionData(fetch_session()) as data:  # doctest: +SKIP
    ...     len(data)
    142674
    >>> fetch_session("recording-1_lft")
    Traceback (most recent call last):
    ValueError: name is 'recording-1_lft', ... pass 'recording-1_left', ...
    """
    if not isinstance(name, str):
        raise TypeError(f"name is {name!r}; pass the name of a session as text, or 'all'")

    def pick(names: Sequence[str]) -> list[str]:
        sessions = sorted((n for n in names if n.endswith(".hdf5")), key=_by_recording)
        return sessions if name == "all" else [_find(name, sessions, source)]

    files = _have(pick, source, drop_tar=drop_tar)
    return files if name == "all" else files[0]


def fetch_metadata(*, source: RemoteSet = MINI) -> Path:
    """Return the table of all emg2pose sessions, from the cache or over the network.

    The table names session, user, stage, side, time and split of each of the 25253 files of the
    whole data set, also of those that the mini set does not hold. It comes with the first
    session that is fetched; by itself it is a download of 5.7 MB.

    Parameters
    ----------
    source : RemoteSet
        The set it belongs to.

    Returns
    -------
    pathlib.Path
        ``metadata.csv``, beside the sessions in `emgtut.data_dir`.

    Raises
    ------
    SessionError
        If what the server sent is not the table that was expected.
    FileNotFoundError
        If it is not in the cache and ``EMGTUT_OFFLINE`` is set.
    ConnectionError
        If it is not in the cache and cannot be downloaded.
    OSError
        If the cache folder cannot be written to, or has too little space.

    Examples
    --------
    >>> import pandas as pd
    >>> from emgtut import fetch_metadata
    >>> len(pd.read_csv(fetch_metadata()))  # doctest: +SKIP
    25253
    """
    folder, tar = _places(source)
    path = folder / METADATA
    if not _metadata_fault(path, source):
        return path
    if not tar.exists():
        _refuse_offline(path, _metadata_fault(path, source))
    with _working_in(source):
        fault = _metadata_fault(path, source)  # another process may have been quicker
        if not fault:
            return path
        if path.exists():
            download.say(f"{path} {fault}; fetching it again")
        if _is_whole(tar, source) and _extract(_only_metadata, source):
            return path
        _refuse_offline(path, fault)
        download.download(
            source.metadata_url,
            path,
            known_hash=f"md5:{source.metadata_md5}",
            size=source.metadata_size,
            space=source.metadata_size,
            notice=_notice(f"metadata of the {source.title}", source.metadata_url, source),
        )
    return path


# -- from names to files ------------------------------------------------------------------------

_Pick = Callable[[Sequence[str]], list[str]]


def _have(pick: _Pick, source: RemoteSet, *, drop_tar: bool) -> list[Path]:
    """Return the files that ``pick`` chooses from the names in the set, whole."""
    folder, tar = _places(source)
    files, fault = _first_fault(pick, source)
    if fault and not tar.exists():
        _refuse_offline(folder / fault[0], fault[1], *files)
    if fault or (drop_tar and tar.exists()):
        with _working_in(source):
            files, fault = _first_fault(pick, source)  # another process may have been quicker
            if fault:
                path, what = folder / fault[0], fault[1]
                if path.exists():
                    download.say(f"{path} {what}; taking it from the archive")
                if not _is_whole(tar, source):
                    _refuse_offline(path, what, *files)
                    _download_tar(source, everything=len(files) > 1)
                files = _extract(pick, source)
            if drop_tar:
                tar.unlink(missing_ok=True)
    return [folder / file for file in files]


def _first_fault(pick: _Pick, source: RemoteSet) -> tuple[list[str], tuple[str, str] | None]:
    """Return the files picked, and the first that is not whole with what is wrong with it."""
    folder, _ = _places(source)
    stamp = archive.read_stamp(folder, source.sha256)
    files = pick(stamp.names or _expected(source))
    for file in files:
        if what := archive.fault(folder / file, stamp.members.get(file)):
            return files, (file, what)
    return files, None


def _metadata_fault(path: Path, source: RemoteSet) -> str:
    if path.is_file() and archive.digest(path, "md5") == source.metadata_md5:
        return ""
    stamp = archive.read_stamp(path.parent, source.sha256)
    return archive.fault(path, stamp.members.get(METADATA))


def _only_metadata(names: Sequence[str]) -> list[str]:
    return [name for name in names if name == METADATA]


def _places(source: RemoteSet) -> tuple[Path, Path]:
    """Return the folder of the sessions and the path of the tar."""
    return data_dir() / source.folder, data_dir() / f"{source.folder}.tar"


def _expected(source: RemoteSet) -> list[str]:
    """Return the names that can be told before the tar was ever here."""
    return [
        f"{source.session}-recording-{number}_{side}.hdf5"
        for number in range(1, source.recordings + 1)
        for side in ("left", "right")
    ]


def _find(name: str, sessions: Sequence[str], source: RemoteSet) -> str:
    stem = name.removeprefix(f"{source.folder}/").removesuffix(".hdf5")
    for file in (f"{stem}.hdf5", f"{source.session}-{stem}.hdf5"):
        if file in sessions:
            return file
    short = [_short(file, source) for file in sessions]
    near = get_close_matches(_short(stem, source), short) or short[:3]
    raise ValueError(
        f"name is {name!r}, and the {source.title} has no such session; "
        f"pass {', '.join(map(repr, near))}, or 'all' for its {len(short)} sessions"
    )


def _short(file: str, source: RemoteSet) -> str:
    return file.removeprefix(f"{source.session}-").removesuffix(".hdf5")


def _by_recording(file: str) -> tuple[str, int, str]:
    parts = layout.parse_stem(file.removesuffix(".hdf5"))
    if not parts:
        return file, 0, ""
    return parts["session"], int(parts["recording"]), parts["side"]


# -- from the set to the cache ------------------------------------------------------------------


@contextmanager
def _working_in(source: RemoteSet) -> Iterator[None]:
    """Make the cache folder and keep other processes out of this set."""
    download.make_folder(data_dir())
    with download.alone(data_dir() / f".{source.folder}.lock"):
        yield


def _refuse_offline(path: Path, what: str, *files: str) -> None:
    """Raise if the network may not be used."""
    if not _checks.switched_on("EMGTUT_OFFLINE"):
        return
    if path.name == METADATA:
        option, call = "--metadata", "fetch_metadata()"
    elif len(files) > 1:
        option, call = "--all", "fetch_session('all')"
    else:
        option = path.stem.partition("@2-")[2] or path.stem
        call = f"fetch_session({option!r})"
    raise FileNotFoundError(
        errno.ENOENT,
        f"{what}, and EMGTUT_OFFLINE is set; unset it and type: emgtut fetch {option} "
        f"(in Python: emgtut.{call}). Without network, emgtut.load_sample() makes a session",
        str(path),
    )


def _is_whole(tar: Path, source: RemoteSet) -> bool:
    if not tar.exists():
        return False
    if archive.digest(tar) == source.sha256:
        return True
    download.say(f"{tar} is damaged (its SHA-256 is not the expected one); it is not used")
    return False


def _notice(what: str, url: str, source: RemoteSet) -> str:
    size = source.size if url == source.url else source.metadata_size
    return (
        f"downloading the {what}: {download.megabytes(size)} from {url}\n"
        f"  into     {data_dir()}\n"
        f"  licence  {source.licence}\n"
        f"  cite     {source.citation}"
    )


def _download_tar(source: RemoteSet, *, everything: bool) -> None:
    _, tar = _places(source)
    download.download(
        source.url,
        tar,
        known_hash=f"sha256:{source.sha256}",
        size=source.size,
        space=source.size * (2 if everything else 1),
        notice=_notice(source.title, source.url, source),
    )


def _extract(pick: _Pick, source: RemoteSet) -> list[str]:
    """Take from the tar what is picked and not there, and the metadata; return what is picked."""
    folder, tar = _places(source)
    sizes = archive.files_of(tar, source.folder)
    if not any(name.endswith(".hdf5") for name in sizes):
        raise SessionError(
            f"{tar}: has no folder {source.folder} with sessions (.hdf5); delete it and fetch again"
        )
    files = pick(list(sizes))
    stamp = archive.read_stamp(folder, source.sha256)
    needed = [
        name
        for name in {*files, METADATA} & set(sizes)
        if archive.fault(folder / name, stamp.members.get(name))
    ]
    download.make_folder(folder)
    for leftover in folder.glob(".*.part"):  # of a process that was killed
        leftover.unlink(missing_ok=True)
    download.check_space(folder, sum(sizes[name] for name in needed))
    members = archive.extract(tar, source.folder, needed, folder)
    archive.write_stamp(folder, archive.Stamp(source.sha256, tuple(sizes), stamp.members | members))
    return files
