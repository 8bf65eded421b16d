"""Open a session file and find out whether it is one, before any sample is read."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import h5py
import numpy as np
import pyfive

from emgtut import _checks
from emgtut._checks import SessionError
from emgtut.sessions import layout

#: Attributes that are one value.
_SCALARS = {
    "session",
    "user",
    "stage",
    "side",
    "start",
    "end",
    "filename",
    "num_channels",
    "sample_rate",
    "emg_unit",
}
_WRITE_HINT = "write_session writes the layout emgtut reads"


def open_hdf5(path: Path) -> h5py.File:
    """Open an HDF5 file to read.

    Parameters
    ----------
    path : pathlib.Path
        An existing file.

    Returns
    -------
    h5py.File
        The open file.

    Raises
    ------
    SessionError
        If it is empty, not HDF5, cut short or damaged.
    """
    try:
        return h5py.File(path, "r")
    except Exception as error:  # h5py raises nearly any type on damaged bytes
        size = path.stat().st_size
        if size == 0:
            what = "is empty (0 bytes); fetch or copy it again"
        elif "truncated" in str(error):
            what = f"is cut short at {size} bytes; fetch or copy it again"
        elif not h5py.is_hdf5(path):
            what = "is not an HDF5 file; name a session file (.hdf5)"
        else:
            what = damaged("its structure", error)
        raise SessionError(f"{path}: {what}") from error


def find_rows(file: h5py.File) -> h5py.Dataset:
    """Return the rows of an open session file, or say why there are none.

    Parameters
    ----------
    file : h5py.File
        An open file.

    Returns
    -------
    h5py.Dataset
        The compound dataset ``emg2pose/timeseries``.

    Raises
    ------
    SessionError
        If the layout is another. The message does not name the file; the caller does.
    """
    group = file.get(layout.GROUP)
    if not isinstance(group, h5py.Group):
        raise SessionError(f"no group {layout.GROUP!r}: it holds {_listed(file)}; {_WRITE_HINT}")
    rows = group.get(layout.TIMESERIES)
    if not isinstance(rows, h5py.Dataset):
        raise SessionError(
            f"no dataset {layout.TIMESERIES!r} in group {layout.GROUP!r}: "
            f"it holds {_listed(group)}; {_WRITE_HINT}"
        )
    dtype = rows.dtype
    fields = dtype.fields
    if fields is None or rows.ndim != 1:
        raise SessionError(
            f"{layout.TIMESERIES!r} has type {dtype} and shape {rows.shape}; expected one "
            f"dimension of rows with the fields time, joint_angles, emg; {_WRITE_HINT}"
        )
    for name, ndim in ((layout.TIME, 0), (layout.JOINT_ANGLES, 1), (layout.EMG, 1)):
        if name not in fields:
            raise SessionError(
                f"no field {name!r}: its fields are {_listed(fields)}; "
                f"rename the field, or {_WRITE_HINT}"
            )
        kind = fields[name][0]
        if kind.base.kind not in "fiu" or kind.ndim != ndim or 0 in kind.shape:
            expected = "one number" if ndim == 0 else "several numbers"
            raise SessionError(
                f"field {name!r} is {kind.base} of shape {kind.shape} in each row; "
                f"expected {expected}; {_WRITE_HINT}"
            )
    if not len(rows):
        raise SessionError("holds no rows; record or fetch it again")
    return rows


def read_attributes(stream: BinaryIO, group: h5py.Group, rows: h5py.Dataset) -> dict[str, Any]:
    """Return the attributes of a session, checked against its rows.

    Parameters
    ----------
    stream : binary file
        The same file, opened as bytes.
    group : h5py.Group
        The group that has the attributes.
    rows : h5py.Dataset
        The rows, as found by `find_rows`.

    Returns
    -------
    dict of str to object
        Text as ``str``, 0-d arrays as scalars, anything else as stored.

    Raises
    ------
    SessionError
        If ``num_channels`` or ``sample_rate`` cannot be true. The message does not name the file.
    """
    metadata = {name: _plain(value) for name, value in _stored_attributes(stream, group).items()}
    for name in _SCALARS & metadata.keys():
        if np.size(metadata[name]) == 1:  # some writers store everything as arrays
            metadata[name] = _plain(np.ravel(metadata[name])[0])
    n_channels = rows.dtype[layout.EMG].shape[0]
    stated = metadata.get("num_channels", n_channels)
    if not (is_number(stated) and stated == n_channels):
        raise SessionError(
            f"says num_channels={stated}, but each row holds {n_channels} EMG values; "
            "correct the attribute, or write the file again with write_session"
        )
    rate = metadata.get("sample_rate", layout.SAMPLE_RATE)
    if not (is_number(rate) and layout.plausible_rate(rate)):
        raise SessionError(
            f"says sample_rate={rate!r}; {layout.RATE_HINT}; "
            "correct the attribute, or remove it to have the rate estimated from the stamps"
        )
    return metadata


def refuse_another_file(file: h5py.File, stream: BinaryIO) -> None:
    """Raise if a name led to two files, because it was given to another one in between."""
    if file.driver == "sec2":
        opened = os.fstat(file.id.get_vfd_handle())
        if not os.path.samestat(opened, os.fstat(stream.fileno())):
            raise SessionError("was replaced while it was being opened; open it again")


def start_date(metadata: dict[str, Any]) -> datetime | None:
    """Return the attribute ``start`` as a date, in UTC; None if it is missing or no plausible date.

    MNE and FIF files hold dates of 1970 to 2038.
    """
    start = metadata.get("start")
    if start is None or not is_number(start) or not 0 < start < 2**31:
        return None
    return datetime.fromtimestamp(float(start), UTC)


def damaged(what: str, error: BaseException) -> str:
    """Return the sentence for bytes that HDF5 cannot make sense of."""
    return (
        f"cannot read {what} ({_checks.one_line(error)}); "
        "the file is damaged: fetch or copy it again"
    )


def is_number(value: Any) -> bool:
    """Return whether an attribute is one number."""
    return isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)


def _stored_attributes(stream: BinaryIO, group: h5py.Group) -> dict[str, Any]:
    """Return the attributes of a group, whatever damage they have taken.

    Text lies in a heap of its own. Where that is damaged, the HDF5 library loops for ever or
    crashes (seen with 1.14 and 2.0); a reader in Python raises.
    """
    try:
        stored = dict(pyfive.File(stream)[group.name].attrs.items())
    except Exception as error:  # whatever damaged bytes lead to
        raise SessionError(
            f"cannot read its attributes ({_checks.one_line(error)}): the file is damaged, or "
            "written in a way that is not supported; fetch or copy it again, or write it again "
            "with write_session"
        ) from error
    # Truth values are stored as an enumeration of bytes, which HDF5 gives back as what they are.
    return {
        name: group.attrs[name] if isinstance(value, np.int8) else value
        for name, value in stored.items()
    }


def _listed(names: Any) -> str:
    return ", ".join(map(repr, names)) or "nothing"


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        if value.ndim == 0:
            return _plain(value[()])
        if value.dtype.kind in "SO":
            return np.array([_plain(v) for v in value.ravel()], dtype=object).reshape(value.shape)
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace")
    return str(value) if isinstance(value, str) else value
