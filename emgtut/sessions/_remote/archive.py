"""What is in a tar, which of it was extracted, and whether that is still whole."""

import hashlib
import json
import tarfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, cast

from emgtut._checks import SessionError
from emgtut.sessions.writer import beside

#: Name of the stamp file, beside the extracted members.
STAMP = "extracted.json"


@dataclass(frozen=True)
class Member:
    """Size in bytes and SHA-256 of a member as it was extracted."""

    size: int
    sha256: str


@dataclass(frozen=True)
class Stamp:
    """What is known of an archive without having it.

    Parameters
    ----------
    sha256 : str
        SHA-256 of the archive.
    names : tuple of str
        Names of all its files, without the top folder.
    members : dict of str to Member
        The ones that were extracted.
    """

    sha256: str
    names: tuple[str, ...] = ()
    members: dict[str, Member] = field(default_factory=dict)


def read_stamp(folder: Path, sha256: str) -> Stamp:
    """Return the stamp in ``folder``; an empty one if there is none for the archive ``sha256``."""
    try:
        stored = json.loads((folder / STAMP).read_text(encoding="utf-8"))
        if stored["sha256"] != sha256:
            return Stamp(sha256)
        members = {str(name): Member(**member) for name, member in stored["members"].items()}
        return Stamp(sha256, tuple(map(str, stored["names"])), members)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        # No stamp or a damaged one: the archive tells everything again.
        return Stamp(sha256)


def write_stamp(folder: Path, stamp: Stamp) -> None:
    """Write the stamp of ``folder``."""
    with beside(folder / STAMP) as part:
        part.write_text(json.dumps(asdict(stamp), indent=1) + "\n", encoding="utf-8")


def digest(path: Path, algorithm: str = "sha256") -> str:
    """Return the hash of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()


def fault(path: Path, member: Member | None) -> str:
    """Say what is wrong with an extracted file; empty if it is whole."""
    if not path.is_file():
        return "is not in the cache"
    if member is None:
        return "is in the cache, but not known to come from the archive"
    size = path.stat().st_size
    if size != member.size:
        return f"is damaged ({size} bytes instead of {member.size})"
    if digest(path) != member.sha256:
        return "is damaged (its SHA-256 differs from the one extracted)"
    return ""


def files_of(tar: Path, top: str) -> dict[str, int]:
    """Return the files of an archive with their sizes in bytes, after looking at every member.

    Parameters
    ----------
    tar : pathlib.Path
        An uncompressed tar.
    top : str
        The folder that all sessions lie in.

    Returns
    -------
    dict of str to int
        Names, without ``top``, of the files directly in it.

    Raises
    ------
    SessionError
        If the file is not a tar, or any member is a link or a device, lies outside the folder
        that it is extracted to, or comes twice.
    """
    with _opened(tar) as archive:
        return {name: info.size for name, info in _safe_files(tar, archive, top)}


def extract(tar: Path, top: str, names: Collection[str], folder: Path) -> dict[str, Member]:
    """Write files of an archive into a folder, each beside its place and then renamed.

    Parameters
    ----------
    tar : pathlib.Path
        An uncompressed tar, whose members `files_of` has looked at.
    top : str
        The folder of the archive that the files lie in.
    names : collection of str
        Their names, without ``top``.
    folder : pathlib.Path
        Where they are written.

    Returns
    -------
    dict of str to Member
        Size and hash of what was written.
    """
    written = {}
    with _opened(tar) as archive:
        for name, info in _safe_files(tar, archive, top):
            if name not in names:
                continue
            source = cast(IO[bytes], archive.extractfile(info))  # None for folders only
            sha256 = hashlib.sha256()
            with beside(folder / name) as part, part.open("wb") as target:
                while block := source.read(1 << 20):
                    sha256.update(block)
                    target.write(block)
            written[name] = Member(info.size, sha256.hexdigest())
    return written


@contextmanager
def _opened(tar: Path) -> Iterator[tarfile.TarFile]:
    try:
        # "r:" reads plain tars only: what unpacks to more than its size is not expected here.
        with tarfile.open(tar, "r:") as archive:
            yield archive
    except tarfile.TarError as error:
        raise SessionError(
            f"{tar}: cannot be read as a tar ({error}); delete it and fetch again"
        ) from error


def _safe_files(
    tar: Path, archive: tarfile.TarFile, top: str
) -> Iterator[tuple[str, tarfile.TarInfo]]:
    seen: set[str] = set()
    for info in archive:
        # Names that differ in case only are one file on Windows and macOS.
        place = str(PurePosixPath(info.name)).casefold()
        problem = "comes twice" if place in seen else _problem(info)
        if problem:
            raise SessionError(
                f"{tar}: member {info.name!r} {problem}; nothing of this archive is extracted, "
                "fetch the data from its own source"
            )
        seen.add(place)
        path = PurePosixPath(info.name)
        if info.isreg() and path.parent == PurePosixPath(top):
            yield path.name, info


def _problem(info: tarfile.TarInfo) -> str:
    """Say why a member must not be extracted; empty if it may."""
    kinds = {
        tarfile.SYMTYPE: f"is a symbolic link to {info.linkname!r}",
        tarfile.LNKTYPE: f"is a hard link to {info.linkname!r}",
        tarfile.CHRTYPE: "is a device",
        tarfile.BLKTYPE: "is a device",
        tarfile.FIFOTYPE: "is a pipe",
    }
    if info.type in kinds:
        return kinds[info.type]
    if info.type not in (tarfile.REGTYPE, tarfile.AREGTYPE, tarfile.DIRTYPE) or info.sparse:
        return "is neither a plain file nor a folder"
    if info.name.startswith("/") or "\\" in info.name or ":" in info.name:
        return "has an absolute path or one of another system"
    if ".." in PurePosixPath(info.name).parts:
        return "points out of its folder"
    if not info.name.isprintable():
        return "has a name with control characters"
    return ""
