"""The rows of an open session file: copy fields, look at blocks, find times."""

import mmap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import h5py
import numpy as np

from emgtut._checks import SessionError
from emgtut.sessions import layout
from emgtut.sessions.contents import goes_back
from emgtut.sessions.opening import damaged

#: Rows by which start and nominal rate may be off before stamps are searched by bisection.
_SPARE = 64


class Rows:
    """The rows of one open file.

    Parameters
    ----------
    path : pathlib.Path
        The file, for messages.
    stored : h5py.Dataset
        The compound dataset.
    bytes_of_file : mmap.mmap
        The same file, mapped; closed by `close`.
    """

    def __init__(self, path: Path, stored: h5py.Dataset, bytes_of_file: mmap.mmap) -> None:
        self._path = path
        self._map = bytes_of_file
        self.stored = stored
        #: Where in the file the rows start, if they lie there byte for byte as in memory.
        self.contiguous_at = self._start_of_rows()

    def close(self) -> None:
        """Give the map back."""
        self._map.close()

    def error(self, text: str) -> SessionError:
        """Return an error that names the file."""
        return SessionError(f"{self._path}: {text}")

    @contextmanager
    def reading(self, what: str) -> Iterator[None]:
        """Turn whatever HDF5 raises on a damaged or closed file into one clear error."""
        if not self.stored:
            raise self.error(
                "is closed; read inside the with block, or open it again: "
                f"Emg2PoseSessionData({str(self._path)!r})"
            )
        try:
            yield
        except (OSError, RuntimeError) as error:
            raise self.error(damaged(what, error)) from error

    # -- reading ------------------------------------------------------------------------------

    def field(self, name: str, start: int, stop: int) -> np.ndarray:
        """Return one field of some rows, in memory."""
        stop = max(start, stop)
        with self.reading(f"rows {start} to {stop}"):
            if self.contiguous_at is None:
                return self.stored.fields(name)[start:stop]
            return self._copied(name, start, stop, self.contiguous_at)

    def block(self, start: int, stop: int) -> np.ndarray:
        """Return rows to look at and forget: a view of the map where that is possible."""
        if self.contiguous_at is None:
            return self.stored[start:stop]
        self._refuse_cut_file()
        dtype = self.stored.dtype
        first = self.contiguous_at + start * dtype.itemsize
        return np.frombuffer(self._map, dtype, min(stop, len(self.stored)) - start, first)

    def between(self, start: int, stop: int) -> np.ndarray:
        """Return whole rows whose stamps are in order."""
        with self.reading(f"rows {start} to {stop}"):
            rows = self.stored[start:stop]
        self.check_order(rows[layout.TIME], start)
        return rows

    def _start_of_rows(self) -> int | None:
        rows = self.stored
        offset = rows.id.get_offset()
        if offset is None or rows.external or not Path(rows.file.filename).samefile(self._path):
            return None  # elsewhere than in the file that is mapped
        if rows.file.driver not in ("sec2", "windows", "stdio"):
            return None
        same = h5py.h5t.py_create(rows.dtype, logical=True) == rows.id.get_type()
        end = offset + len(rows) * rows.dtype.itemsize
        return offset if same and end <= len(self._map) else None

    def _refuse_cut_file(self) -> None:
        if self._map.size() < len(self._map):  # touching what is gone would end the process
            raise OSError(f"the file was cut to {self._map.size()} bytes while it was open")

    def _copied(self, field: str, start: int, stop: int, offset: int) -> np.ndarray:
        """Copy one field out of the map: HDF5 would convert whole rows."""
        self._refuse_cut_file()
        dtype = self.stored.dtype
        kind, at = dtype.fields[field][:2]
        # As plain bytes, one block a row: numpy copies those faster than small arrays of numbers.
        block = np.dtype((np.void, kind.itemsize))
        copied = np.empty(stop - start, block)
        if len(copied):
            first = offset + start * dtype.itemsize + at
            copied[:] = np.ndarray(len(copied), block, self._map, first, dtype.itemsize)
        return copied.view(kind.base).reshape(-1, *kind.shape)

    # -- finding ------------------------------------------------------------------------------

    def check_order(self, stamps: np.ndarray, start: int = 0) -> None:
        """Raise where stamps go back; ``start`` is the row of the first."""
        steps = np.diff(stamps.astype(np.float64))
        back = np.flatnonzero(~(steps >= 0))
        if len(back):
            raise self.error(goes_back(float(steps[back[0]]), start + int(back[0]) + 1))

    def stamp(self, row: int) -> float:
        """Return the time of one row, in seconds."""
        return float(self.field(layout.TIME, row, row + 1)[0])

    def within(self, start_t: float, end_t: float, *, origin: float, rate: float) -> np.ndarray:
        """Return the rows from ``start_t`` on, before ``end_t``.

        Where they lie is guessed from the time of the first row and the rate, and checked on
        their stamps; if the guess fails, stamps are searched by bisection.
        """
        bounds = np.array([start_t, end_t])
        if not np.isnan([*bounds, origin]).any():
            with np.errstate(invalid="ignore"):
                guess = (bounds - origin) * rate + [-_SPARE, _SPARE]
            first, last = (int(k) for k in np.clip(guess, 0, len(self.stored)))
            if last > first:
                rows = self.between(first, last)
                stamps = rows[layout.TIME]
                opens = first == 0 or stamps[0] < start_t
                closes = last == len(self.stored) or stamps[-1] >= end_t
                if opens and closes:
                    low, high = stamps.searchsorted(bounds)
                    return rows[low:high]
        low, high = self._bisect(start_t), self._bisect(end_t)
        return self.between(low, max(low, high))

    def _bisect(self, t: float) -> int:
        """First row whose stamp is not below ``t``, reading one stamp a step."""
        low, high = 0, len(self.stored)
        while low < high:
            middle = (low + high) // 2
            if self.stamp(middle) < t or np.isnan(t):
                low = middle + 1
            else:
                high = middle
        return low
