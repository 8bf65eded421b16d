"""Read one session file: one wrist, one stage, one recording."""

import mmap
import warnings
from collections.abc import KeysView
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
from emgtut.sessions.contents import Contents, not_finite, survey
from emgtut.sessions.opening import (
    damaged,
    find_rows,
    is_number,
    open_hdf5,
    read_attributes,
    refuse_another_file,
)
from emgtut.sessions.rows import Rows


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
                refuse_another_file(self._file, stream)
                self.metadata = read_attributes(
                    stream, self._file[self.HDF5_GROUP], self.timeseries
                )
                # The same bytes once more: reading from a map of the file beats HDF5, and
                # another file may get this name while we read.
                mapped = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
            self._rows = Rows(self.hdf5_path, self.timeseries, mapped)
        except SessionError as error:
            self._file.close()
            raise SessionError(f"{self.hdf5_path}: {error}") from None
        except Exception as error:  # h5py raises nearly any type on damaged bytes
            self._file.close()
            raise SessionError(f"{self.hdf5_path}: {damaged('its layout', error)}") from error

    # -- opening and closing ------------------------------------------------------------------

    def close(self) -> None:
        """Close the file; closing twice does no harm."""
        self._file.close()
        self._rows.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

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
        with self._rows.reading("its rows"):
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
        origin = self.metadata.get(self.START_TIME, np.nan)
        return self._rows.within(
            start_t,
            end_t,
            origin=origin if is_number(origin) else np.nan,
            rate=self.sample_rate,
        )

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
        self._rows.check_order(stamps)
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
        return self._rows.field(field, start, stop)

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
            raise self._rows.error(not_finite(int(row), int(channel), int(bad.any(axis=1).sum())))
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
        first, last = self._rows.stamp(0), self._rows.stamp(len(self) - 1)
        if not last > first:
            raise self._rows.error(
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
        with self._rows.reading("its rows"):
            return survey(self, self._rows)

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
            raise self._rows.error(problems[0])

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
