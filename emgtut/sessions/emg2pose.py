"""Read one session file: one wrist, one stage, one recording."""

import mmap
import warnings
from collections.abc import Iterator, KeysView
from contextlib import contextmanager
from functools import cached_property
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Self

import h5py
import numpy as np

from emgtut import _checks
from emgtut._checks import SessionError
from emgtut.sessions import layout
from emgtut.sessions.contents import Contents, goes_back, not_finite, survey
from emgtut.sessions.opening import damaged, find_rows, is_number, open_hdf5, read_attributes


class Emg2PoseSessionData:
    """A read-only view of one emg2pose session file.

    A file holds one wrist (``side``), one scripted activity (``stage``) and one recording. Its
    rows carry a time stamp, the joint angles of the hand and the EMG of that wrist's band.
    Opening reads the attributes only; samples are read from disk when asked for. Contiguous and
    chunked, compressed or not, 32- and 64-bit angles, any field order and any number of channels
    and angles are accepted.

    Parameters
    ----------
    hdf5_path : path-like
        The session file, ``.hdf5``.

    Attributes
    ----------
    hdf5_path : pathlib.Path
        The file.
    timeseries : h5py.Dataset
        The rows on disk: a compound dataset with the fields ``time`` (unix time, in seconds),
        ``joint_angles`` (radians) and ``emg`` (stored units, see `emg_unit`).
    metadata : dict
        The attributes of the file as they are stored, text as ``str``.

    Raises
    ------
    FileNotFoundError, IsADirectoryError, PermissionError
        If the path cannot be read.
    SessionError
        If the file is not HDF5, is cut short, lacks the group or a field, holds no row, or
        contradicts its own ``num_channels``. The message names the file and what to do.

    See Also
    --------
    emgtut.load_sample : A session to try this on, made on the spot.
    emgtut.to_raw : The session as an MNE Raw.

    Notes
    -----
    Names, attributes and behaviour follow the reader that Meta published with the data, as used
    in the tutorial "Predict hand pose from EMG signals"; code written for it runs unchanged.

    Examples
    --------
    >>> from emgtut import Emg2PoseSessionData, load_sample
    >>> with Emg2PoseSessionData(load_sample()) as data:
    ...     emg = data["emg"]
    ...     first_second = data[:2000]
    ...     rate = data.metadata[Emg2PoseSessionData.SAMPLE_RATE]
    >>> emg.shape, first_second.dtype.names, float(rate)
    ((120000, 16), ('time', 'joint_angles', 'emg'), 2000.0)
    """

    HDF5_GROUP: ClassVar[str] = layout.GROUP
    # fields of the rows
    TIMESERIES: ClassVar[str] = layout.TIMESERIES
    EMG: ClassVar[str] = layout.EMG
    JOINT_ANGLES: ClassVar[str] = layout.JOINT_ANGLES
    TIMESTAMPS: ClassVar[str] = layout.TIME
    # attributes
    SESSION_NAME: ClassVar[str] = "session"
    SIDE: ClassVar[str] = "side"
    STAGE: ClassVar[str] = "stage"
    START_TIME: ClassVar[str] = "start"
    END_TIME: ClassVar[str] = "end"
    NUM_CHANNELS: ClassVar[str] = "num_channels"
    DATASET_NAME: ClassVar[str] = "dataset"
    USER: ClassVar[str] = "user"
    SAMPLE_RATE: ClassVar[str] = "sample_rate"

    timeseries: h5py.Dataset
    metadata: dict[str, Any]

    def __init__(self, hdf5_path: str | PathLike[str]) -> None:
        self.hdf5_path = _checks.existing_file(hdf5_path, "session file")
        self._file = open_hdf5(self.hdf5_path)
        try:
            self.timeseries = find_rows(self._file)
            with self.hdf5_path.open("rb") as stream:
                self.metadata = read_attributes(
                    stream, self._file[self.HDF5_GROUP], self.timeseries
                )
                # The same bytes once more: reading from a map of the file beats HDF5, and
                # another file may get this name while we read.
                self._map = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
        except SessionError as error:
            self.close()
            raise self._error(str(error)) from None
        except Exception as error:  # h5py raises nearly any type on damaged bytes
            self.close()
            raise self._error(damaged("its layout", error)) from error

    # -- opening and closing ------------------------------------------------------------------

    def close(self) -> None:
        """Close the file; closing twice does no harm."""
        self._file.close()
        if hasattr(self, "_map"):
            self._map.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _error(self, text: str) -> SessionError:
        return SessionError(f"{self.hdf5_path}: {text}")

    @contextmanager
    def _reading(self, what: str) -> Iterator[None]:
        """Turn whatever HDF5 raises on a damaged or closed file into one clear error."""
        if not self._file:
            raise self._error(
                "is closed; read inside the with block, or open it again: "
                f"Emg2PoseSessionData({str(self.hdf5_path)!r})"
            )
        try:
            yield
        except (OSError, RuntimeError) as error:
            raise self._error(damaged(what, error)) from error

    # -- the tutorial's interface -------------------------------------------------------------

    def __len__(self) -> int:
        return len(self.timeseries)

    def __getitem__(self, key: Any) -> np.ndarray:
        """Read rows (``data[a:b]``), or whole fields (``data["emg"]``), from the file."""
        if isinstance(key, str):
            if key not in self.fields:
                listed = ", ".join(map(repr, self.fields))
                raise ValueError(f"{self.hdf5_path}: no field {key!r}; its fields are {listed}")
            return self.read(key)
        with self._reading("its rows"):
            return self.timeseries[key]

    def slice(self, start_t: float = -np.inf, end_t: float = np.inf) -> np.ndarray:
        """Read the rows between two times.

        Only the rows asked for and a few around them are read: where they lie is guessed from
        the sample rate, checked on their stamps, and searched by bisection if the guess fails.

        Parameters
        ----------
        start_t : float
            First time, as unix time in seconds. Rows from this time on are part of the slice.
        end_t : float
            Last time, as unix time in seconds. Rows from this time on are not part of it.

        Returns
        -------
        ndarray of shape (n_rows,)
            Structured rows with the fields of the file.

        Raises
        ------
        SessionError
            If the stamps that were read go back in time.

        Examples
        --------
        >>> from emgtut import Emg2PoseSessionData, load_sample
        >>> with Emg2PoseSessionData(load_sample()) as data:
        ...     start = data.metadata["start"]
        ...     len(data.slice(start + 1, start + 3))
        4000
        """
        guess = self._guess_rows(start_t, end_t)
        if guess is not None:
            rows = self._rows_between(*guess)
            stamps = rows[self.TIMESTAMPS]
            opens = guess[0] == 0 or stamps[0] < start_t
            closes = guess[1] == len(self) or stamps[-1] >= end_t
            if len(rows) and opens and closes:
                first, last = stamps.searchsorted([start_t, end_t])
                return rows[first:last]
        first, last = self._bisect(start_t), self._bisect(end_t)
        return self._rows_between(first, max(first, last))

    @property
    def fields(self) -> KeysView[str]:
        """Names of the fields in a row."""
        return self.timeseries.dtype.fields.keys()

    @property
    def timestamps(self) -> np.ndarray:
        """Unix time of every row, in seconds, of shape (n_samples,); reads the whole file.

        Raises `SessionError` where stamps go back in time. Equal stamps pass.
        """
        stamps = self.read(self.TIMESTAMPS)
        self._check_order(stamps)
        return stamps

    @property
    def session_name(self) -> str:
        """Name of the session; the file's name where the attribute is missing."""
        return str(self.metadata.get(self.SESSION_NAME, self.hdf5_path.stem))

    @property
    def user(self) -> str:
        """Who wore the band; ``"unknown"`` where the file does not say."""
        return str(self.metadata.get(self.USER, "unknown"))

    @property
    def no_ik_failure(self) -> np.ndarray:
        """True for each row with a pose: inverse kinematics succeeded, of shape (n_samples,)."""
        return self.contents.solved.copy()

    # -- what emgtut adds ---------------------------------------------------------------------

    def read(self, field: str, start: int = 0, stop: int | None = None) -> np.ndarray:
        """Read a part of one field.

        Parameters
        ----------
        field : str
            ``"time"``, ``"joint_angles"``, ``"emg"`` or any other field of the file.
        start, stop : int
            Rows to read, half open; to the end by default.

        Returns
        -------
        ndarray of shape (n_rows,) or (n_rows, n_columns)
            The values as stored, in memory.
        """
        start, stop, _ = slice(start, stop).indices(len(self))
        stop = max(start, stop)
        with self._reading(f"rows {start} to {stop}"):
            if self._contiguous_at is not None:
                return self._copied(field, start, stop, self._contiguous_at)
            return self.timeseries.fields(field)[start:stop]

    @property
    def emg(self) -> np.ndarray:
        """EMG of the whole session in stored units, of shape (n_samples, n_channels).

        Read from the file at each access: keep the result. ``data["emg"]`` is the same without
        the check; ``data.read("emg", start, stop)`` reads a part.

        Raises `SessionError` where a value is not finite.
        """
        emg = self.read(self.EMG)
        bad = ~np.isfinite(emg)
        if bad.any():
            row, channel = np.argwhere(bad)[0]
            raise self._error(not_finite(int(row), int(channel), int(bad.any(axis=1).sum())))
        return emg

    @property
    def joint_angles(self) -> np.ndarray:
        """Joint angles of the whole session, in radians, of shape (n_samples, n_angles).

        Unsolved rows are all zero; `no_ik_failure` and `valid_runs` tell which. Read from the
        file at each access: keep the result.
        """
        return self.read(self.JOINT_ANGLES)

    @property
    def n_channels(self) -> int:
        """Number of EMG channels."""
        return int(self.timeseries.dtype[self.EMG].shape[0])

    @property
    def n_angles(self) -> int:
        """Number of joint angles."""
        return int(self.timeseries.dtype[self.JOINT_ANGLES].shape[0])

    @property
    def channel_names(self) -> tuple[str, ...]:
        """``EMG01``, ``EMG02``, ... in ring order: the last is beside the first."""
        return layout.channel_names(self.n_channels)

    @property
    def joint_names(self) -> tuple[str, ...]:
        """Names of the angle columns: the file's, else those of `emgtut.anatomy.JOINTS`."""
        stored = self.metadata.get("joint_names")
        return layout.joint_names(
            self.n_angles, None if stored is None else np.atleast_1d(stored).tolist()
        )

    @cached_property
    def sample_rate(self) -> float:
        """Nominal rate, in Hz; estimated from the stamps where the file does not say."""
        stated = self.metadata.get(self.SAMPLE_RATE)
        if stated is not None:
            return float(stated)
        first, last = self._stamp(0), self._stamp(len(self) - 1)
        if not last > first:
            raise self._error(
                "has no attribute sample_rate, and its stamps do not advance; "
                "add the attribute sample_rate, in Hz, to the group emg2pose"
            )
        rate = (len(self) - 1) / (last - first)
        # Devices run at round rates; stamps are rounded, and clocks differ a little.
        return float(round(rate)) if abs(rate - round(rate)) < 1e-3 * rate else rate

    @property
    def duration(self) -> float:
        """Length in seconds: rows over sample rate."""
        return len(self) / self.sample_rate

    @property
    def side(self) -> str:
        """``"left"``, ``"right"`` or ``"unknown"``: the wrist that wore the band.

        The attribute is trusted; a file name that contradicts it is warned about.
        """
        stated, named = self._sides
        if stated and named and stated != named:
            warnings.warn(
                f"{self.hdf5_path}: the attribute says side={stated!r}, the file name says "
                f"{named!r}; {stated!r} is used",
                stacklevel=2,
            )
        return stated or named or "unknown"

    @property
    def _sides(self) -> tuple[str, str]:
        """Side by attribute and by file name, empty where one does not tell."""
        name = Path(str(self.metadata.get("filename", self.hdf5_path.name))).name
        named = layout.parse_stem(name.removesuffix(".hdf5")).get("side", "")
        return str(self.metadata.get(self.SIDE, "")), named

    @property
    def stage(self) -> str:
        """The scripted activity, without a trailing ``_both``, ``_left`` or ``_right``."""
        stage = str(self.metadata.get(self.STAGE, "unknown"))
        for hand in ("_both", "_left", "_right"):
            stage = stage.removesuffix(hand)
        return stage

    @property
    def emg_unit(self) -> str:
        """Name of the stored EMG unit: ``"noise_sd"`` unless the file names another."""
        return str(self.metadata.get("emg_unit", "noise_sd"))

    @property
    def synthetic(self) -> bool:
        """True for a session made by emgtut, False for a recorded one."""
        return bool(self.metadata.get("synthetic", False))

    @cached_property
    def contents(self) -> Contents:
        """What the samples look like, found in one pass over the file and kept."""
        with self._reading("its rows"):
            return survey(self)

    def valid_runs(self, min_samples: int = 1) -> list[tuple[int, int]]:
        """Return the stretches of rows with a pose.

        Parameters
        ----------
        min_samples : int
            Shortest stretch to return, in samples.

        Returns
        -------
        list of (int, int)
            First row and the row after the last, half open. A stretch of exactly
            ``min_samples`` rows is one of them.

        Examples
        --------
        >>> from emgtut import Emg2PoseSessionData, load_sample
        >>> with Emg2PoseSessionData(load_sample()) as data:
        ...     runs = data.valid_runs(min_samples=400)
        >>> all(stop - start >= 400 for start, stop in runs)
        True
        """
        min_samples = _checks.count("min_samples", min_samples)
        return layout.runs_of(self.contents.solved, min_samples)

    def check(self) -> None:
        """Read everything once and raise on the first thing that makes results wrong.

        Raises
        ------
        SessionError
            If EMG is not finite, or stamps go back or jump.
        """
        problems = self.contents.problems()
        if problems:
            raise self._error(problems[0])

    # -- finding rows -------------------------------------------------------------------------

    @cached_property
    def _contiguous_at(self) -> int | None:
        """Where in the file the rows start, if they lie there byte for byte as in memory."""
        rows = self.timeseries
        offset = rows.id.get_offset()
        if rows.file.filename != self._file.filename:
            return None  # linked from another file than the one that is mapped
        if offset is None or rows.external or self._file.driver not in ("sec2", "windows", "stdio"):
            return None
        same = h5py.h5t.py_create(rows.dtype, logical=True) == rows.id.get_type()
        end = offset + len(rows) * rows.dtype.itemsize
        return offset if same and end <= len(self._map) else None

    def _block(self, start: int, stop: int) -> np.ndarray:
        """Return rows to look at and forget: a view of the map where that is possible."""
        if self._contiguous_at is None:
            return self.timeseries[start:stop]
        self._refuse_cut_file()
        dtype = self.timeseries.dtype
        first = self._contiguous_at + start * dtype.itemsize
        return np.frombuffer(self._map, dtype, min(stop, len(self)) - start, first)

    def _refuse_cut_file(self) -> None:
        if self._map.size() < len(self._map):  # touching what is gone would end the process
            raise OSError(f"the file was cut to {self._map.size()} bytes while it was open")

    def _copied(self, field: str, start: int, stop: int, offset: int) -> np.ndarray:
        """Copy one field out of the map: HDF5 would convert whole rows."""
        self._refuse_cut_file()
        dtype = self.timeseries.dtype
        kind, at = dtype.fields[field][:2]
        # As plain bytes, one block a row: numpy copies those faster than small arrays of numbers.
        block = np.dtype((np.void, kind.itemsize))
        copied = np.empty(stop - start, block)
        if len(copied):
            first = offset + start * dtype.itemsize + at
            copied[:] = np.ndarray(len(copied), block, self._map, first, dtype.itemsize)
        return copied.view(kind.base).reshape(-1, *kind.shape)

    def _rows_between(self, start: int, stop: int) -> np.ndarray:
        with self._reading(f"rows {start} to {stop}"):
            rows = self.timeseries[start:stop]
        self._check_order(rows[self.TIMESTAMPS], start)
        return rows

    def _check_order(self, stamps: np.ndarray, start: int = 0) -> None:
        steps = np.diff(stamps.astype(np.float64))
        back = np.flatnonzero(~(steps >= 0))
        if len(back):
            raise self._error(goes_back(float(steps[back[0]]), start + int(back[0]) + 1))

    def _stamp(self, row: int) -> float:
        return float(self.read(self.TIMESTAMPS, row, row + 1)[0])

    def _guess_rows(self, start_t: float, end_t: float) -> tuple[int, int] | None:
        """Rows that should hold a time span, with some to spare; None if that cannot be said."""
        origin = self.metadata.get(self.START_TIME, np.nan)
        if not is_number(origin) or np.isnan([origin, start_t, end_t]).any():
            return None
        spare = 64  # rows by which start and nominal rate may be off before bisection is needed
        bounds = np.array([start_t, end_t]) - origin
        with np.errstate(invalid="ignore"):
            rows = np.clip(bounds * self.sample_rate + [-spare, spare], 0, len(self))
        first, last = int(rows[0]), int(rows[1])
        return (first, last) if last > first else None

    def _bisect(self, t: float) -> int:
        """First row whose stamp is not below ``t``, reading one stamp a step."""
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            if self._stamp(middle) < t or np.isnan(t):
                low = middle + 1
            else:
                high = middle
        return low

    # -- showing ------------------------------------------------------------------------------

    def __str__(self) -> str:
        return f"{type(self).__name__} {self.session_name} ({len(self)} samples)"

    def __repr__(self) -> str:
        if not self._file:
            return f"<{type(self).__name__} {self.hdf5_path.name!r}, closed>"
        stated, named = self._sides
        side = stated or named or "unknown"
        return (
            f"<{type(self).__name__} {self.hdf5_path.name!r}: {self.stage}, {side} wrist, "
            f"{self.duration:.1f} s, {self.n_channels} channels at {self.sample_rate:g} Hz, "
            f"{self.n_angles} angles>"
        )

    def _repr_html_(self) -> str:
        from emgtut.sessions.describe import session_html

        return session_html(self)
