"""What the samples of a session look like: one pass over the file, little memory."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from emgtut.sessions import layout

if TYPE_CHECKING:
    from emgtut.sessions.emg2pose import Emg2PoseSessionData
    from emgtut.sessions.rows import Rows

#: A step between stamps is a hole when it is longer than this many seconds ...
GAP_SECONDS = 0.02
#: ... and longer than this many samples.
GAP_SAMPLES = 5
#: Rows to read at once, at the least; whole chunks of the file.
_BLOCK = 8192
#: About this many rows, evenly spread, stand for all in the quantiles.
_THINNED = 20_000


@dataclass(frozen=True)
class Contents:
    """What one pass over a session found.

    Attributes
    ----------
    solved : ndarray of bool, shape (n_samples,)
        True where the row has a pose.
    gaps : list of (int, float)
        Holes in time: the row after the hole, and the step to it in seconds.
    backwards : list of (int, float)
        Rows whose stamp is before that of the row above, and the (negative) step in seconds;
        not a number where a stamp is none.
    clock_fits : bool
        False where stamps do not advance in seconds at the sample rate; holes are then unknown.
    n_repeated_rows : int
        Rows whose EMG equals that of the row above.
    n_not_finite : int
        Rows with an EMG value that is not finite.
    first_not_finite : (int, int) or None
        Row and channel of the first of them.
    emg_mean, emg_sd : ndarray of shape (n_channels,)
        Offset and standard deviation, in stored units.
    emg_low, emg_high : ndarray of shape (n_channels,)
        0.1 and 99.9 % quantiles, in stored units.
    """

    solved: np.ndarray = field(repr=False)
    gaps: list[tuple[int, float]] = field(repr=False)
    backwards: list[tuple[int, float]] = field(repr=False)
    clock_fits: bool
    n_repeated_rows: int
    n_not_finite: int
    first_not_finite: tuple[int, int] | None
    emg_mean: np.ndarray = field(repr=False)
    emg_sd: np.ndarray = field(repr=False)
    emg_low: np.ndarray = field(repr=False)
    emg_high: np.ndarray = field(repr=False)

    @property
    def solved_share(self) -> float:
        """Share of rows with a pose, 0 to 1."""
        return float(self.solved.mean())

    @property
    def dead_channels(self) -> list[int]:
        """Columns that never change."""
        return [int(k) for k in np.flatnonzero(self.emg_sd == 0)]

    def problems(self) -> list[str]:
        """Return what makes results wrong, worst first, each with what to do."""
        found = []
        if self.first_not_finite is not None:
            found.append(not_finite(*self.first_not_finite, self.n_not_finite))
        if self.backwards:
            row, step = self.backwards[0]
            found.append(goes_back(step, row, len(self.backwards)))
        if self.gaps:
            row, step = self.gaps[0]
            found.append(
                f"time jumps by {step:.6g} s at row {row} ({len(self.gaps)} such rows); cut the "
                "file there and write the parts with write_session"
            )
        return found

    def notes(self) -> list[str]:
        """Return what is worth knowing but does no harm by itself."""
        found = []
        if not self.clock_fits:
            found.append("stamps do not advance at the sample rate: rows over rate count as time")
        if self.n_repeated_rows:
            found.append(f"{self.n_repeated_rows} rows repeat the EMG of the row above")
        if self.dead_channels:
            names = ", ".join(f"EMG{k + 1:02d}" for k in self.dead_channels)
            found.append(f"channels that never change: {names}")
        if not self.solved.any():
            found.append("no row has a pose: the file can be explored, not learned from")
        return found


def goes_back(step: float, row: int, n_such: int = 1) -> str:
    """Return the sentence for a stamp that is not after the one above it."""
    what = f"time goes back by {-step:.6g} s" if step < 0 else "time is not a number"
    such = f" ({n_such} such rows)" if n_such > 1 else ""
    return (
        f"{what} at row {row}{such}; sort the rows by time, or cut the file there and write the "
        "parts with write_session"
    )


def not_finite(row: int, channel: int, n_rows: int) -> str:
    """Return the sentence for EMG that is not finite."""
    return (
        f"EMG is not finite in {n_rows} rows, first at row {row}, channel EMG{channel + 1:02d}; "
        "cut those rows out, or repair them, and write the file again with write_session"
    )


def survey(session: "Emg2PoseSessionData", rows_of: "Rows") -> Contents:
    """Read a session once, block by block, and return what it holds.

    Parameters
    ----------
    session : Emg2PoseSessionData
        An open session.
    rows_of : Rows
        Its rows.

    Returns
    -------
    Contents
        What was found.
    """
    n_rows, n_channels = len(session), session.n_channels
    block = _BLOCK
    if chunks := session.timeseries.chunks:
        block = max(1, _BLOCK // chunks[0]) * chunks[0]
    thin = max(1, n_rows // _THINNED)

    solved = np.empty(n_rows, bool)
    stamps = np.empty(n_rows)
    kept = []
    n_repeated = n_not_finite = 0
    first_not_finite: tuple[int, int] | None = None
    total, total_of_squares = np.zeros(n_channels), np.zeros(n_channels)
    n_finite = np.zeros(n_channels)
    origin: np.ndarray | None = None
    above = None

    for start in range(0, n_rows, block):
        rows = rows_of.block(start, start + block)
        solved[start : start + len(rows)] = layout.solved_rows(rows[layout.JOINT_ANGLES])
        stamps[start : start + len(rows)] = rows[layout.TIME]

        with np.errstate(invalid="ignore"):  # signalling NaN of damaged bytes
            emg = np.ascontiguousarray(rows[layout.EMG], dtype=np.float64)
        n_repeated += _repeats(emg, above)
        above = emg[-1:].copy()
        kept.append(emg[-start % thin :: thin].copy())

        # Sums of differences to the first row: raw recordings sit on offsets a hundred times
        # their signal.
        if origin is None:
            origin = np.nan_to_num(emg[0], posinf=0, neginf=0)
        emg -= origin
        finite_in_block = np.full(n_channels, len(emg))
        if not np.isfinite(emg.sum()):
            finite = np.isfinite(emg)
            n_not_finite += int((~finite.all(axis=1)).sum())
            if first_not_finite is None and not finite.all():
                row, channel = np.argwhere(~finite)[0]
                first_not_finite = (start + int(row), int(channel))
            emg[~finite] = 0
            finite_in_block = finite.sum(axis=0)
        n_finite += finite_in_block
        total += emg.sum(axis=0)
        total_of_squares += np.einsum("ij,ij->j", emg, emg)

    with np.errstate(invalid="ignore", divide="ignore"):
        mean = total / n_finite
        variance = total_of_squares / n_finite - mean**2
    low, high = _quantiles(np.concatenate(kept))
    return Contents(
        solved=solved,
        **_clock(stamps, session.sample_rate),
        n_repeated_rows=n_repeated,
        n_not_finite=n_not_finite,
        first_not_finite=first_not_finite,
        emg_mean=(0 if origin is None else origin) + mean,
        emg_sd=np.sqrt(np.maximum(variance, 0.0)),
        emg_low=low,
        emg_high=high,
    )


def _repeats(emg: np.ndarray, above: np.ndarray | None) -> int:
    """Count the rows that equal the one above them."""
    lower, upper = emg[1:], emg[:-1]
    same = np.flatnonzero(lower[:, 0] == upper[:, 0])  # few pass, so few rows are compared whole
    count = int((lower[same] == upper[same]).all(axis=1).sum())
    return count + (above is not None and bool((emg[0] == above[0]).all()))


def _clock(stamps: np.ndarray, rate: float) -> dict[str, Any]:
    """Find holes and steps back in the stamps, and whether they tell time at all."""
    steps = np.diff(stamps)
    gap = max(GAP_SECONDS, GAP_SAMPLES / rate)
    back = np.flatnonzero(~(steps >= 0))
    jumps = np.flatnonzero(steps > gap)
    # Without its holes, a recording takes about as long as its rows at the rate.
    advanced = float(steps.sum() - steps[jumps].sum())
    expected = (len(stamps) - 1 - len(jumps)) / rate
    fits = len(jumps) <= max(1, len(stamps) // 10) and (
        len(back) > 0 or expected / 2 <= advanced <= expected * 2
    )
    return {
        "clock_fits": bool(fits),
        "gaps": _listed(jumps, steps) if fits else [],
        "backwards": _listed(back, steps),
    }


def _listed(found: np.ndarray, steps: np.ndarray) -> list[tuple[int, float]]:
    return list(zip((found + 1).tolist(), steps[found].tolist(), strict=True))


def _quantiles(emg: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the 0.1 and 99.9 % quantiles of each channel, of its finite values."""
    quantiles = np.full((2, emg.shape[1]), np.nan)
    if np.isfinite(emg).all():
        return tuple(np.quantile(emg, [0.001, 0.999], axis=0))
    for k in range(emg.shape[1]):
        column = emg[np.isfinite(emg[:, k]), k]
        if len(column):
            quantiles[:, k] = np.quantile(column, [0.001, 0.999])
    return quantiles[0], quantiles[1]
