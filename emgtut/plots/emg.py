"""Signals and angles over time, spectra, and the ring of electrodes."""

from os import PathLike
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from mne.io import BaseRaw
from numpy.typing import ArrayLike

from emgtut import _checks
from emgtut.plots import style
from emgtut.sessions import layout
from emgtut.sessions.emg2pose import Emg2PoseSessionData
from emgtut.signals.raw import to_raw
from emgtut.signals.windows import opened

#: An open session, or the path of its file.
Source = Emg2PoseSessionData | str | PathLike[str]

#: Columns a trace is drawn with: more than pixels in a figure, far fewer than samples.
_COLUMNS = 1500


@style.themed
def plot_emg(
    source: Source | BaseRaw,
    *,
    start: float = 0.0,
    duration: float = 10.0,
    channels: list[str] | None = None,
    ax: Any = None,
) -> Any:
    """Draw EMG channels above each other over time.

    Each pixel column shows the lowest and the highest sample that fall on it, so that no burst is
    lost however long the stretch.

    Parameters
    ----------
    source : Emg2PoseSessionData, path-like or mne.io.BaseRaw
        A session or the path of its file (drawn in its stored unit), or an MNE Raw (drawn in µV).
    start, duration : float
        Stretch to draw, in seconds from the start of the recording.
    channels : list of str, optional
        Channels to draw, ``"EMG01"`` and so on; all by default.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.axes.Axes
        The axes with the traces, the first channel at the top.

    Raises
    ------
    ValueError
        If the stretch lies outside the recording, or a channel is unknown.

    Examples
    --------
    >>> from emgtut import Emg2PoseSessionData, load_sample
    >>> from emgtut.plots import plot_emg
    >>> with Emg2PoseSessionData(load_sample()) as data:
    ...     ax = plot_emg(data, start=2, duration=4, channels=["EMG01", "EMG05"])
    >>> ax.get_xlabel(), [text.get_text() for text in ax.get_yticklabels()]
    ('Time (s)', ['EMG01', 'EMG05'])
    """
    times, emg, names, unit = _emg_of(source, start, duration, channels)
    if not np.isfinite(emg).all():
        row, channel = np.argwhere(~np.isfinite(emg))[0]
        raise ValueError(
            f"{names[channel]} is not finite at {times[row]:.4f} s; choose another stretch, or "
            "repair the recording first"
        )
    emg = emg - np.median(emg, axis=0)
    # One step between the lines of zero fits nearly all of the loudest channel.
    step = 2 * float(np.quantile(np.abs(emg), 0.999)) or 1.0
    ax = style.axes_for(ax, figsize=(9, 1.2 + 0.34 * len(names)))
    for k, name in enumerate(names):
        at, low, high = _envelope(times, emg[:, k])
        ax.fill_between(
            at,
            low - k * step,
            high - k * step,
            color=style.COLORS[k % 2],
            linewidth=0.4,
            label=name,
        )
    ax.set_yticks([-k * step for k in range(len(names))], names)
    ax.set_ylim(-(len(names) - 0.3) * step, 0.7 * step)
    _limit(ax, times)
    ax.set_ylabel("EMG channel (no unit)")
    ax.set_title(f"EMG; one row of the grid is {step:.3g} {unit}")
    return ax


@style.themed
def plot_angles(
    session: Source,
    *,
    start: float = 0.0,
    duration: float = 10.0,
    joints: list[str] | None = None,
    ax: Any = None,
) -> Any:
    """Draw joint angles over time, stretches without a pose hatched.

    Parameters
    ----------
    session : Emg2PoseSessionData or path-like
        An open session, or the path of its file.
    start, duration : float
        Stretch to draw, in seconds from the start of the recording.
    joints : list of str, optional
        Names of the angles to draw; by default one flexion angle a digit.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.axes.Axes
        The axes with the angles, in degrees.

    Raises
    ------
    ValueError
        If the stretch lies outside the recording, or a joint is unknown.

    Examples
    --------
    >>> from emgtut import Emg2PoseSessionData, load_sample
    >>> from emgtut.plots import plot_angles
    >>> with Emg2PoseSessionData(load_sample()) as data:
    ...     ax = plot_angles(data, duration=20, joints=["INDEX_MCP_FE", "PINKY_MCP_FE"])
    >>> ax.get_ylabel()
    'Joint angle (deg)'
    """
    with opened(session) as session:
        return _draw_angles(session, start, duration, joints, ax)


def _draw_angles(
    session: Emg2PoseSessionData,
    start: float,
    duration: float,
    joints: list[str] | None,
    ax: Any,
) -> Any:
    first, last = _rows(session.duration, session.sample_rate, len(session), start, duration)
    names = session.joint_names
    if joints is None:
        joints = [name for name in names if name.endswith(("MCP_FE", "CMC_FE"))] or list(names[:5])
        joints = [name for name in joints if name != "THUMB_MCP_FE"] or joints
    columns = [names.index(_checks.one_of("joints", joint, names)) for joint in joints]
    angles = np.degrees(session.read(layout.JOINT_ANGLES, first, last)[:, columns])
    solved = layout.solved_rows(session.read(layout.JOINT_ANGLES, first, last))
    angles[~solved] = np.nan
    times = np.arange(first, last) / session.sample_rate
    every = max(1, len(times) // _COLUMNS)

    ax = style.axes_for(ax, figsize=(9, 3))
    for k, joint in enumerate(joints):
        ax.plot(
            times[::every],
            angles[::every, k],
            label=joint,
            color=style.COLORS[k % len(style.COLORS)],
            linestyle=style.LINES[k % len(style.LINES)],
        )
    for a, b in layout.runs_of(~solved):
        ax.axvspan(times[a], times[b - 1], **style.UNSOLVED)
    _limit(ax, times)
    ax.set_ylabel(style.label("Joint angle", "deg"))
    ax.set_title("Joint angles" + ("" if solved.all() else "; hatched: no pose"))
    ax.legend(loc="upper left", bbox_to_anchor=(1.01, 1), borderaxespad=0)
    return ax


@style.themed
def plot_session(session: Source, *, start: float = 0.0, duration: float = 10.0) -> Figure:
    """Draw EMG above joint angles on one time axis.

    Parameters
    ----------
    session : Emg2PoseSessionData or path-like
        An open session, or the path of its file.
    start, duration : float
        Stretch to draw, in seconds from the start of the recording.

    Returns
    -------
    matplotlib.figure.Figure
        A new figure with two axes.

    Examples
    --------
    >>> from emgtut import Emg2PoseSessionData, load_sample
    >>> from emgtut.plots import plot_session
    >>> with Emg2PoseSessionData(load_sample()) as data:
    ...     figure = plot_session(data, start=5, duration=8)
    >>> len(figure.axes)
    2
    """
    with opened(session) as session:
        # Before a figure exists that nobody would close.
        _rows(session.duration, session.sample_rate, len(session), start, duration)
        figure, (above, below) = plt.subplots(
            2,
            1,
            sharex=True,
            figsize=(10, 3.4 + 0.28 * session.n_channels),
            height_ratios=[1 + 0.2 * session.n_channels, 2],
            layout="constrained",
        )
        plot_emg(session, start=start, duration=duration, ax=above)
        above.set_xlabel("")
        plot_angles(session, start=start, duration=duration, ax=below)
        figure.suptitle(f"{session.stage}: EMG and the pose it moves")
    return figure


@style.themed
def plot_psd(
    raw: BaseRaw | Source, *, fmin: float = 1.0, ax: Any = None, title: str | None = None
) -> Any:
    """Draw the power spectral density of each EMG channel and their median, log-log.

    Parameters
    ----------
    raw : mne.io.BaseRaw, Emg2PoseSessionData or path-like
        A recording, such as `emgtut.to_raw` returns, or a session.
    fmin : float
        Lowest frequency to draw, in Hz.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.
    title : str, optional
        Title of the axes.

    Returns
    -------
    matplotlib.axes.Axes
        The axes with the spectra, in µV²/Hz.

    Examples
    --------
    >>> from emgtut import load_sample, to_raw
    >>> from emgtut.plots import plot_psd
    >>> plot_psd(to_raw(load_sample())).get_ylabel()
    'Power spectral density (µV²/Hz)'
    """
    _checks.positive("fmin", fmin, "Hz")
    recording: BaseRaw = raw if isinstance(raw, BaseRaw) else to_raw(raw)
    length = min(int(recording.info["sfreq"] * 2), len(recording.times))
    if length < 16:
        raise ValueError(f"the recording has {length} samples; a spectrum takes 16 or more")
    spectrum = recording.compute_psd(
        "welch", picks="emg", fmin=fmin, n_fft=length, reject_by_annotation=False, verbose="error"
    )
    power, frequencies = spectrum.get_data(picks="emg", return_freqs=True)
    power = power * 1e12
    ax = style.axes_for(ax, figsize=(8, 4))
    ax.loglog(frequencies, power.T, color=style.COLORS[5], linewidth=0.6, alpha=0.7)
    ax.loglog(frequencies, np.median(power, axis=0), color="0.15", linewidth=2, label="median")
    ax.plot([], [], color=style.COLORS[5], linewidth=0.6, label=f"{len(power)} channels")
    ax.set_xlim(frequencies[0], frequencies[-1])
    ax.set_xlabel(style.label("Frequency", "Hz"))
    ax.set_ylabel(style.label("Power spectral density", "µV²/Hz"))
    ax.set_title(title or "Spectrum of each EMG channel")
    ax.legend(loc="lower left")
    return ax


@style.themed
def plot_wristband(
    values: ArrayLike,
    *,
    quantity: str = "RMS",
    unit: str | None = "noise SD",
    limits: tuple[float, float] | None = None,
    title: str | None = None,
    ax: Any = None,
) -> Any:
    """Draw one value per channel on the ring of electrodes.

    Neighbours in the file are neighbours on the wrist, and the last is beside the first. Where on
    the wrist channel 1 sits is not published; it is drawn at the top.

    Parameters
    ----------
    values : array-like of shape (n_channels,)
        One value per channel, in ring order, not negative.
    quantity : str
        What the values are, for the colour bar.
    unit : str or None
        Their unit; None for none.
    limits : (float, float), optional
        Ends of the colour scale; from 0 to the largest value by default.
    title : str, optional
        Title of the axes.
    ax : matplotlib.axes.Axes, optional
        Polar axes to draw on; a new figure by default.

    Returns
    -------
    matplotlib.axes.Axes
        Polar axes with one sector a channel.

    Raises
    ------
    ValueError
        If the values are not one finite, non-negative number a channel.

    Examples
    --------
    >>> from emgtut.plots import plot_wristband
    >>> ax = plot_wristband([1, 2, 8, 4, 2, 1, 1, 1], title="One burst")
    >>> len(ax.patches)
    8
    """
    amounts = np.asarray(values, dtype=float)
    if amounts.ndim != 1 or not len(amounts) or not np.isfinite(amounts).all() or min(amounts) < 0:
        raise ValueError(
            f"values is {values!r}; pass one finite number of at least 0 for each channel"
        )
    low, high = limits or (0.0, float(amounts.max()) or 1.0)
    ax = style.axes_for(ax, figsize=(5, 4.6), projection="polar")
    angles = 2 * np.pi * np.arange(len(amounts)) / len(amounts)
    colors = plt.get_cmap(style.AMOUNT)(np.clip((amounts - low) / (high - low), 0, 1))
    ax.bar(
        angles,
        amounts,
        width=2 * np.pi / len(amounts) * 0.92,
        bottom=0.35 * high,
        color=colors,
        edgecolor="white",
    )
    ax.set_theta_zero_location("N")
    ax.set_theta_direction(-1)
    ax.set_xticks(angles, layout.channel_names(len(amounts)), fontsize=8)
    ax.set_ylim(0, 1.4 * high)
    ax.set_yticks([])
    ax.grid(visible=False)
    scale = ScalarMappable(Normalize(low, high), style.AMOUNT)
    bar = ax.figure.colorbar(scale, ax=ax, shrink=0.7, pad=0.12)
    bar.set_label(style.label(quantity, unit))
    ax.set_title(title or f"{quantity} around the wrist", pad=16)
    return ax


def _limit(ax: Any, times: np.ndarray) -> None:
    ax.set_xlim(times[0], times[-1] if len(times) > 1 else times[0] + 1e-3)
    ax.set_xlabel(style.label("Time", "s"))


def _rows(
    length: float, rate: float, n_rows: int, start: float, duration: float
) -> tuple[int, int]:
    """Return the rows of a stretch, half open, or say what the recording offers."""
    _checks.positive("duration", duration, "s")
    if not 0 <= start < length:
        raise ValueError(
            f"start is {start} s, but the recording has {length:.3f} s; "
            f"pass a start from 0 to below {length:.3f}"
        )
    first = min(round(start * rate), n_rows - 1)
    return first, min(max(first + 1, round((start + duration) * rate)), n_rows)


def _emg_of(
    source: Source | BaseRaw,
    start: float,
    duration: float,
    channels: list[str] | None,
) -> tuple[np.ndarray, np.ndarray, list[str], str]:
    """Return times, samples, names and unit of a stretch of either kind of source."""
    if not isinstance(source, BaseRaw):
        with opened(source) as session:
            return _stored_emg(session, start, duration, channels)
    rate, n_rows = source.info["sfreq"], len(source.times)
    kinds = source.get_channel_types()
    names = [name for name, kind in zip(source.ch_names, kinds, strict=True) if kind == "emg"]
    first, last = _rows(n_rows / rate, rate, n_rows, start, duration)
    wanted = [_checks.one_of("channels", name, names) for name in channels or names]
    data = source.get_data(picks=wanted, start=first, stop=last, units={"emg": "uV"})
    return np.arange(first, last) / rate, data.T, wanted, "µV"


def _stored_emg(
    session: Emg2PoseSessionData, start: float, duration: float, channels: list[str] | None
) -> tuple[np.ndarray, np.ndarray, list[str], str]:
    rate, names = session.sample_rate, session.channel_names
    first, last = _rows(session.duration, rate, len(session), start, duration)
    wanted = [_checks.one_of("channels", name, names) for name in channels or names]
    emg = session.read(layout.EMG, first, last)[:, [names.index(name) for name in wanted]]
    return np.arange(first, last) / rate, emg, wanted, style.emg_unit(session.emg_unit)


def _envelope(times: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return time, minimum and maximum of a trace in each of the columns it is drawn with."""
    starts = np.linspace(0, len(values), min(len(values), _COLUMNS), endpoint=False).astype(int)
    # Each column reaches to the first sample of the next, or steep flanks would show as gaps.
    low, high = np.minimum.reduceat(values, starts), np.maximum.reduceat(values, starts)
    low[:-1] = np.minimum(low[:-1], values[starts[1:]])
    high[:-1] = np.maximum(high[:-1], values[starts[1:]])
    return times[starts], low, high
