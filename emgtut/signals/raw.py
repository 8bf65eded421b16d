"""A session as an MNE Raw: samples read from the file on demand, EMG in volts.

MNE keeps channels first. This is the only module of emgtut that turns arrays round.
"""

import functools
import inspect
import math
from collections.abc import Callable
from dataclasses import replace
from os import PathLike
from typing import Any, Literal

import mne
import numpy as np
from mne.io import BaseRaw
from mne.time_frequency import Spectrum

from emgtut import _checks
from emgtut._checks import SessionError
from emgtut.sessions import layout
from emgtut.sessions.emg2pose import Emg2PoseSessionData
from emgtut.sessions.opening import start_date

#: What most MNE calls need on EMG: ``raw.filter(20, 450, **EMG)``. To MNE, EMG is not a "data
#: channel", so without picks they find no channel to work on.
EMG = {"picks": "emg"}

#: Between these a typical wrist EMG channel swings, in V. A wrong unit is off by 1000 or more.
PLAUSIBLE = (1e-6, 5e-3)

#: Rows read at once: a block of two fields of a compressed file stays in HDF5's chunk cache.
_BLOCK = 4096


def to_raw(
    session: Emg2PoseSessionData | str | PathLike[str],
    *,
    volts_per_unit: float | str | None = None,
    gaps: Literal["raise", "annotate"] = "raise",
) -> "RawSession":
    """Return a session as an MNE Raw that reads from the file on demand.

    The EMG channels ``EMG01``, ``EMG02``, ... have type ``emg`` and are in volts; the joint
    angles follow as channels of type ``misc``, in radians. Stretches without a pose are annotated
    ``BAD_IK``, the whole recording ``stage/<name of the stage>``.

    Parameters
    ----------
    session : Emg2PoseSessionData or path-like
        An open session, or the path of its file. The Raw opens the file by itself when it
        reads, so the session may be closed afterwards.
    volts_per_unit : float or str, optional
        Volts per stored unit, or the name of a unit: ``"noise_sd"`` (2.46e-6 V, an estimate),
        ``"uV"``, ``"mV"``, ``"V"``. By default the unit that the file states; emg2pose files
        state none and count as ``"noise_sd"``.
    gaps : {"raise", "annotate"}
        What to do with holes in time: refuse the file, or mark each hole ``BAD_ACQ_SKIP``. The
        rows on both sides stay adjacent; MNE's filters start afresh at the mark and no epoch
        spans it.

    Returns
    -------
    RawSession
        The recording; nothing is loaded yet.

    Raises
    ------
    SessionError
        If EMG is not finite, time goes back or jumps, the file states an unknown unit, or the
        EMG would swing by less than 1 µV or more than 5 mV in that unit.
    ValueError
        If a parameter is out of its range.

    See Also
    --------
    emgtut.Emg2PoseSessionData : The session as it is stored.

    Notes
    -----
    ``raw.info["description"]`` names the session, stage and wrist, the unit and its volts, and
    says where these are an estimate. Row ``k`` is at ``k / sample_rate`` seconds. ``meas_date``
    is the attribute ``start``, in UTC; None where that is missing or no plausible date.
    ``line_freq`` and ``highpass`` are left as unknown, because the files do not tell: the
    released emg2pose data were high-pass filtered at 40 Hz, recorded where mains are 60 Hz.
    Rows with an angle that is not finite read as zeros, like any unsolved row.

    Examples
    --------
    >>> from emgtut import load_sample, to_raw
    >>> raw = to_raw(load_sample())
    >>> raw.ch_names[0], raw.get_channel_types(unique=True), float(raw.info["sfreq"])
    ('EMG01', ['emg', 'misc'], 2000.0)
    >>> raw.get_data("emg", tmax=1.0, units="uV").shape
    (16, 2000)
    """
    if isinstance(session, Emg2PoseSessionData):
        return RawSession(session, volts_per_unit=volts_per_unit, gaps=gaps)
    with Emg2PoseSessionData(session) as opened:
        return RawSession(opened, volts_per_unit=volts_per_unit, gaps=gaps)


def _default(
    method: Callable[..., Any], parameter: str, choose: Callable[[Any, Any], Any]
) -> Callable[..., Any]:
    """Return ``method`` with one parameter passed through ``choose``; its signature stays."""
    signature = inspect.signature(method)

    @functools.wraps(method)
    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        bound = signature.bind(self, *args, **kwargs)
        bound.arguments[parameter] = choose(self, bound.arguments.get(parameter))
        return method(*bound.args, **bound.kwargs)

    return call


def _emg_if_alone(channels: BaseRaw | Spectrum, picks: Any) -> Any:
    """Return ``"emg"`` where MNE would find no data channel and raise."""
    others = set(channels.get_channel_types(unique=True)) - {"misc", "stim"}
    return "emg" if picks is None and others == {"emg"} else picks


def _fitting_scale(raw: BaseRaw, scalings: Any) -> Any:
    """Return plot scalings with one for EMG that fits the data, unless the caller gave one."""
    if isinstance(scalings, str) or "emg" in (scalings or {}) or "emg" not in raw:
        return scalings
    swing = typical_swing(raw)
    if swing == 0:
        return scalings
    # 1, 2 or 5 times a power of ten, so that the scale bar shows a round number.
    power = 10.0 ** math.floor(math.log10(swing))
    return {**(scalings or {}), "emg": next(k for k in (1, 2, 5, 10) if k * power >= swing) * power}


_emg_psd = _default(BaseRaw.compute_psd, "picks", _emg_if_alone)


class EMGSpectrum(Spectrum):
    """An MNE Spectrum whose `plot` and `get_data` take the EMG where no picks are given."""

    plot = _default(Spectrum.plot, "picks", _emg_if_alone)
    get_data = _default(Spectrum.get_data, "picks", _emg_if_alone)


class RawSession(BaseRaw):
    """A session as an MNE Raw; made by `to_raw`.

    It is an MNE Raw like any other but for two conveniences. `plot` scales EMG traces to the data
    (MNE's default of 1 mV draws wristband EMG as flat lines). `filter`, `notch_filter`,
    `apply_function`, `apply_hilbert` and `compute_psd` work on the EMG where no ``picks`` are
    given; MNE would raise, because EMG is not a "data channel". In a Raw that also holds EEG or
    another data channel, no picks mean what they mean to MNE. A Raw read back from a FIF file is
    MNE's own: pass ``picks="emg"`` there.

    Parameters
    ----------
    session : Emg2PoseSessionData
        An open session; only its file name is kept.
    volts_per_unit : float or str, optional
        See `to_raw`.
    gaps : {"raise", "annotate"}
        See `to_raw`.
    """

    filter = _default(BaseRaw.filter, "picks", _emg_if_alone)
    notch_filter = _default(BaseRaw.notch_filter, "picks", _emg_if_alone)
    apply_function = _default(BaseRaw.apply_function, "picks", _emg_if_alone)
    apply_hilbert = _default(BaseRaw.apply_hilbert, "picks", _emg_if_alone)
    plot = _default(BaseRaw.plot, "scalings", _fitting_scale)

    def __init__(
        self,
        session: Emg2PoseSessionData,
        *,
        volts_per_unit: float | str | None = None,
        gaps: Literal["raise", "annotate"] = "raise",
    ) -> None:
        path = session.hdf5_path
        _checks.one_of("gaps", gaps, ["raise", "annotate"])
        unit, volts = _unit_of(session, volts_per_unit)
        found = session.contents
        problems = replace(found, gaps=[]).problems()
        if found.gaps and gaps == "raise" and not problems:
            problems = [f"{found.problems()[0]}, or pass gaps='annotate' to keep the rows"]
        if problems:
            raise SessionError(f"{path}: {problems[0]}")

        if twice := set(session.channel_names) & set(session.joint_names):
            raise SessionError(
                f"{path}: joint_names holds {min(twice)!r}, which names an EMG channel; write the "
                "file again with other joint_names"
            )

        rate, n_rows = session.sample_rate, len(session)
        kinds = ["emg"] * session.n_channels + ["misc"] * session.n_angles
        info = mne.create_info([*session.channel_names, *session.joint_names], rate, kinds)
        super().__init__(
            info,
            last_samps=[n_rows - 1],
            filenames=[path.resolve()],
            raw_extras=[{"n_channels": session.n_channels, "volts": volts, "n_rows": n_rows}],
            orig_units=dict.fromkeys(session.channel_names, "V")
            | dict.fromkeys(session.joint_names, "rad"),
        )
        swing = typical_swing(self)
        if swing and not PLAUSIBLE[0] <= swing <= PLAUSIBLE[1]:
            raise SessionError(f"{path}: {_implausible(swing, volts, unit)}")

        info["description"] = _description(session, unit, volts, swing)
        if session.user != "unknown":
            info["subject_info"] = {"his_id": session.user}
        self.set_meas_date(start_date(session.metadata))
        # The stage ends with the last sample, not after it: MNE cannot crop to what ends later.
        marks = [(0, n_rows - 1, f"stage/{session.stage}")]
        marks += [(start, stop, "BAD_IK") for start, stop in layout.runs_of(~found.solved)]
        marks += [(row, row, "BAD_ACQ_SKIP") for row, _ in found.gaps]
        start, stop = (np.array([mark[k] for mark in marks]) / rate for k in (0, 1))
        # Ends are kept exact: with the duration as a difference of times, onset + duration is
        # the time of the row after the last.
        self.set_annotations(
            mne.Annotations(start, stop - start, [mark[2] for mark in marks]), emit_warning=False
        )

    @functools.wraps(BaseRaw.compute_psd)
    def compute_psd(self, *args: Any, **kwargs: Any) -> Spectrum:
        """Return the power spectral density, in V²/Hz."""
        spectrum = _emg_psd(self, *args, **kwargs)
        # MNE names its class inside compute_psd; ours differs in defaults, not in contents.
        spectrum.__class__ = EMGSpectrum
        return spectrum

    def _read_segment_file(
        self,
        data: np.ndarray,
        idx: slice | np.ndarray,
        fi: int,
        start: int,
        stop: int,
        cals: np.ndarray | None,
        mult: np.ndarray | None,
    ) -> None:
        """Fill ``data`` with channels ``idx`` of rows ``start`` to ``stop`` of file ``fi``."""
        known = self._raw_extras[fi]
        # Channels are counted in the file here; self.info may hold fewer, in another order.
        wanted = np.arange(known["orig_nchan"])[idx]
        is_emg = wanted < known["n_channels"]
        emg, angles = np.flatnonzero(is_emg), np.flatnonzero(~is_emg)
        factors = np.where(is_emg, known["volts"], 1.0)
        with Emg2PoseSessionData(self.filenames[fi]) as session:
            if len(session) != known["n_rows"]:
                raise SessionError(
                    f"{session.hdf5_path}: had {known['n_rows']} rows and now has {len(session)}; "
                    "call to_raw again"
                )
            for first in range(start, stop, _BLOCK):
                last = min(first + _BLOCK, stop)
                rows = np.empty((len(wanted), last - first))
                if len(emg):
                    stored = session.read(session.EMG, first, last)
                    rows[emg] = stored.T[wanted[emg]]
                if len(angles):
                    stored = session.read(session.JOINT_ANGLES, first, last)
                    stored[~np.isfinite(stored).all(axis=1)] = 0
                    rows[angles] = stored.T[wanted[angles] - known["n_channels"]]
                part = data[:, first - start : last - start]
                if mult is None:
                    np.multiply(rows, factors[:, np.newaxis] * cals, out=part)
                else:
                    np.matmul(mult * factors, rows, out=part)


def typical_swing(raw: BaseRaw, *, n_pieces: int = 10, seconds: float = 1.0) -> float:
    """Return how far a typical EMG channel swings about its middle, in volts.

    In pieces spread over the recording, the distance that 99 % of a channel's samples keep from
    the channel's median; of these, the median over the channels that move. Neither offsets, slow
    drift, single spikes nor a few dead or railing channels matter.

    Parameters
    ----------
    raw : mne.io.BaseRaw
        A Raw with EMG channels.
    n_pieces : int
        Number of pieces to read.
    seconds : float
        Length of each, in seconds.

    Returns
    -------
    float
        The swing, in V; 0 if no channel moves.

    Examples
    --------
    >>> from emgtut import load_sample, to_raw
    >>> 20e-6 < typical_swing(to_raw(load_sample())) < 1e-3
    True
    """
    length = min(raw.n_times, max(1, round(seconds * raw.info["sfreq"])))
    starts = np.unique(np.linspace(0, raw.n_times - length, n_pieces).astype(int))
    pieces = [raw.get_data("emg", start, start + length) for start in starts]
    away = [np.abs(piece - np.median(piece, axis=1, keepdims=True)) for piece in pieces]
    swings = np.quantile(np.concatenate(away, axis=1), 0.99, axis=1)
    moving = swings[swings > 0]
    return float(np.median(moving)) if len(moving) else 0.0


def _unit_of(session: Emg2PoseSessionData, volts_per_unit: float | str | None) -> tuple[str, float]:
    """Return the name of the stored unit, empty for a bare number, and its volts."""
    known = layout.VOLTS_PER_UNIT
    if volts_per_unit is None:
        unit = session.emg_unit
        if unit not in known:
            listed = ", ".join(map(repr, known))
            raise SessionError(
                f"{session.hdf5_path}: emg_unit is {unit!r}; pass volts_per_unit, as a number "
                f"of volts or as one of {listed}"
            )
        return unit, known[unit]
    if isinstance(volts_per_unit, str):
        unit = _checks.one_of("volts_per_unit", volts_per_unit, known)
        return unit, known[unit]
    return "", _checks.positive("volts_per_unit", volts_per_unit, "V")


def _implausible(swing: float, volts: float, unit: str) -> str:
    """Return the sentence for EMG out of range, with the units that would bring it in."""
    low, high = PLAUSIBLE
    fits = [
        f"volts_per_unit={name!r} ({1e3 * swing / volts * each:.2g} mV)"
        for name, each in layout.VOLTS_PER_UNIT.items()
        if low <= swing / volts * each <= high
    ]
    advice = " or ".join(fits) or "volts_per_unit as the volts of one stored unit"
    return (
        f"at {volts:g} V per stored unit{unit and f' ({unit})'} a typical EMG channel swings by "
        f"{1e3 * swing:.2g} mV; wrist EMG swings by {1e3 * low:g} to {1e3 * high:g} mV; pass "
        f"{advice}, or store the unit in the file with write_session(..., emg_unit=...)"
    )


def _description(session: Emg2PoseSessionData, unit: str, volts: float, swing: float) -> str:
    found = session.contents
    parts = [
        f"session {session.session_name}",
        f"stage {session.stage}",
        f"{session.side} wrist",
        f"EMG stored in {unit or 'a unit given by the user'}, {volts:g} V each"
        + (" (estimated from the noise of the band)" if unit == "noise_sd" else ""),
    ]
    if session.synthetic:
        parts.append("made by emgtut, not recorded")
    if not swing:
        parts.append("no EMG channel moves: the unit could not be checked")
    if not found.clock_fits:
        parts.append("stamps do not fit the sample rate: time is row over rate")
    if found.gaps:
        lost = sum(step - 1 / session.sample_rate for _, step in found.gaps)
        parts.append(f"{len(found.gaps)} holes in time, {lost:.3f} s in all, left out")
    return "; ".join(parts)


__all__ = ["EMG", "RawSession", "to_raw", "typical_swing"]
