"""The only code that writes the session layout."""

import errno
import math
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from numbers import Real
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import ArrayLike

from emgtut import _checks
from emgtut.sessions import layout

#: No angle is larger, in radians, whatever its unit was.
_LARGEST = 1e6


@contextmanager
def beside(path: Path) -> Iterator[Path]:
    """Give a name to write to, in the folder of ``path``; it becomes ``path`` if all goes well.

    A reader sees the old file or the whole new one, never a part; what was begun is removed when
    writing fails or is interrupted.

    Parameters
    ----------
    path : pathlib.Path
        The file to write.

    Yields
    ------
    pathlib.Path
        A new, empty file beside it.
    """
    path = path.resolve()  # a link stays, what it points to is written
    _checks.make_folder(path.parent)
    part = path.with_name(f".{path.stem[:60]}.{secrets.token_hex(6)}.part")
    part.touch(exist_ok=False)
    mode = part.stat().st_mode  # whoever writes may put a private file in its place
    try:
        yield part
        part.chmod(mode)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def write_session(
    path: str | os.PathLike[str],
    *,
    emg: ArrayLike,
    joint_angles: ArrayLike,
    time: ArrayLike | None = None,
    sample_rate: float = layout.SAMPLE_RATE,
    compression: str | None = None,
    **attrs: Any,
) -> Path:
    """Write one session in the emg2pose layout.

    The file is written beside its place and renamed, so that no half file is ever seen under
    ``path``; an existing file is replaced.

    Parameters
    ----------
    path : path-like
        File to write; ``.hdf5`` is the customary ending.
    emg : array-like of shape (n_samples, n_channels)
        EMG, finite, stored as 32-bit floats. Say in ``emg_unit`` which unit it has.
    joint_angles : array-like of shape (n_samples, n_angles)
        Angles, in radians, stored as 32-bit floats. Rows without a pose are all zero; rows that
        are not finite are stored as zeros, which every reader of this layout understands.
    time : array-like of shape (n_samples,), optional
        Unix time of each row, in seconds, never going back. By default rows follow each other at
        ``sample_rate`` from ``start`` on (1970-01-01 if that is not given either).
    sample_rate : float
        Nominal rate, in Hz.
    compression : str, optional
        ``"gzip"`` or another filter of h5py; rows are then stored in shuffled chunks. By default
        they are contiguous, like the released files, which read several times faster.
    **attrs
        Attributes of the file: ``session``, ``user``, ``stage``, ``side`` (``"left"``,
        ``"right"``, ``"unknown"``), ``emg_unit`` (``"noise_sd"``, ``"uV"``, ``"mV"``, ``"V"``),
        ``joint_names``, ``start``, ``end`` and any others. ``num_channels`` is set from ``emg``.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    ValueError
        If shapes disagree, there are no rows, EMG or time is not finite, time goes back, angles
        are beyond any joint, or an attribute does not fit the arrays.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import numpy as np
    >>> from emgtut import Emg2PoseSessionData, write_session
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = write_session(
    ...     Path(folder.name) / "mine.hdf5",
    ...     emg=np.zeros((500, 8)),
    ...     joint_angles=np.ones((500, 5)),
    ...     sample_rate=250,
    ...     side="right",
    ... )
    >>> with Emg2PoseSessionData(path) as data:
    ...     print(repr(data))
    <Emg2PoseSessionData 'mine.hdf5': unknown, right wrist, 2.0 s, 8 channels at 250 Hz, 5 angles>
    >>> folder.cleanup()
    """
    path = _checks.as_path(path)
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, "is a directory; name a file in it", str(path))
    rate = _checks.positive("sample_rate", sample_rate, "Hz")
    if not layout.plausible_rate(rate):
        raise ValueError(f"sample_rate is {rate:g} Hz; {layout.RATE_HINT}")
    emg_array = _table("emg", emg)
    angles = _table("joint_angles", joint_angles)
    if (np.abs(angles, where=np.isfinite(angles), out=np.zeros(angles.shape)) > _LARGEST).any():
        raise ValueError(f"joint_angles holds values above {_LARGEST:g}; pass angles in radians")
    if len(emg_array) != len(angles):
        raise ValueError(
            f"emg has {len(emg_array)} rows and joint_angles has {len(angles)}; "
            "pass one row of each for every sample"
        )
    with np.errstate(over="ignore"):
        emg_array = emg_array.astype(np.float32)
    if not np.isfinite(emg_array).all():
        row, channel = np.argwhere(~np.isfinite(emg_array))[0]
        raise ValueError(
            f"emg is not finite as a 32-bit float at row {row}, channel {channel}; "
            "repair or cut such rows first"
        )
    origin = _start_time(attrs.get("start"))
    stamps = origin + np.arange(len(angles)) / rate if time is None else _stamps(time, len(angles))

    attributes = {
        "session": path.stem,
        "user": "unknown",
        "stage": "unknown",
        "side": "unknown",
        "start": float(stamps[0]),
        "end": float(stamps[-1] + 1 / rate),
        **attrs,
    }
    _check_attributes(attributes, emg_array.shape[1], angles.shape[1])
    attributes |= {"sample_rate": rate, "num_channels": np.int64(emg_array.shape[1])}

    rows = np.empty(len(angles), layout.row_dtype(emg_array.shape[1], angles.shape[1]))
    rows[layout.TIME] = stamps
    rows[layout.EMG] = emg_array
    rows[layout.JOINT_ANGLES] = np.where(np.isfinite(angles).all(axis=1, keepdims=True), angles, 0)
    chunked = {"chunks": True, "shuffle": True, "compression": compression} if compression else {}
    with beside(path) as part, h5py.File(part, "w") as file:
        group = file.create_group(layout.GROUP)
        for name, value in attributes.items():
            try:
                group.attrs[name] = _storable(value)
            except TypeError as error:
                raise ValueError(
                    f"attribute {name}={value!r} cannot be stored; pass text, a number or an array"
                ) from error
        group.create_dataset(layout.TIMESERIES, data=rows, **chunked)
    return path


def _storable(value: Any) -> Any:
    """Return NumPy text as what HDF5 knows: ``str``, or an array of them."""
    if isinstance(value, np.str_):
        return str(value)
    if isinstance(value, np.ndarray) and value.dtype.kind == "U":
        return value.astype(object)
    return value


def _table(name: str, values: ArrayLike) -> np.ndarray:
    array = np.asarray(values)
    if array.ndim != 2 or 0 in array.shape or array.dtype.kind not in "fiu":
        raise ValueError(
            f"{name} has shape {array.shape} and type {array.dtype}; "
            "pass numbers in an array of (n_samples, n_columns), neither 0"
        )
    return array


def _start_time(start: Any) -> float:
    if start is None:
        return 0.0
    if isinstance(start, bool) or not isinstance(start, Real) or not math.isfinite(start):
        raise ValueError(f"start is {start!r}; pass unix time in seconds")
    return float(start)


def _stamps(time: ArrayLike, n_rows: int) -> np.ndarray:
    stamps = np.asarray(time)
    if stamps.dtype.kind not in "fiu":
        raise ValueError(f"time has type {stamps.dtype}; pass unix time in seconds, as numbers")
    stamps = stamps.astype(np.float64)
    if stamps.shape != (n_rows,):
        raise ValueError(f"time has shape {stamps.shape}; pass one stamp a row, ({n_rows},)")
    if not np.isfinite(stamps).all():
        row = int(np.flatnonzero(~np.isfinite(stamps))[0])
        raise ValueError(f"time is {stamps[row]} at row {row}; pass finite seconds")
    back = np.flatnonzero(np.diff(stamps) < 0)
    if len(back):
        raise ValueError(
            f"time goes back at row {back[0] + 1} ({stamps[back[0]]} to {stamps[back[0] + 1]}); "
            "sort the rows by time first"
        )
    return stamps


def _check_attributes(attributes: dict[str, Any], n_channels: int, n_angles: int) -> None:
    _checks.one_of("side", attributes["side"], ["left", "right", "unknown"])
    if "emg_unit" in attributes:
        _checks.one_of("emg_unit", attributes["emg_unit"], layout.VOLTS_PER_UNIT)
    if attributes.get("num_channels", n_channels) != n_channels:
        raise ValueError(
            f"num_channels is {attributes['num_channels']}, but emg has {n_channels} columns; "
            "leave num_channels out, it is set from emg"
        )
    names = attributes.get("joint_names")
    if names is not None and (
        isinstance(names, str) or not len(set(names)) == len(names) == n_angles
    ):
        raise ValueError(
            f"joint_names is {names!r}; pass one name, all different, "
            f"for each of the {n_angles} angles"
        )
