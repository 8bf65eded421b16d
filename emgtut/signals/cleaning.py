"""Which filters a recording asks for, and their use: drift, mains hum, nothing else."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from mne.io import BaseRaw

    from emgtut.signals.filters import EMGFilter

#: Below this frequency a wrist shows movement and drift rather than muscle, in Hz (De Luca et
#: al. 2010, doi 10.1016/j.jbiomech.2010.01.027, recommend 20 Hz for surface EMG).
HIGHPASS = 20.0
#: How many times as dense as above it the power below it must be, to be taken out.
_DRIFT = 2.0
#: Mains frequencies there are, in Hz.
MAINS = (50.0, 60.0)
#: Less power than this, in V², is rounding: a thousandth of what the quietest amplifier adds.
_NOTHING = (1e-9) ** 2
#: How far a line must stand out of its surroundings to count as hum, as a ratio of powers.
_STANDS_OUT = 10.0


@dataclass(frozen=True)
class Need:
    """Filters that a recording asks for.

    Attributes
    ----------
    highpass : float or None
        Corner of the high-pass, in Hz.
    notches : tuple of float
        Frequencies to take out, in Hz.
    why : str
        What was seen in the spectrum.
    """

    highpass: float | None
    notches: tuple[float, ...]
    why: str

    def __bool__(self) -> bool:
        return self.highpass is not None or bool(self.notches)

    def __str__(self) -> str:
        parts = [f"high-pass {self.highpass:g} Hz"] if self.highpass else []
        if self.notches:
            parts.append(f"notch {', '.join(f'{f:g}' for f in self.notches)} Hz")
        return ", ".join(parts) or "no filter"

    def filter(self, sample_rate: float, *, causal: bool = False) -> "EMGFilter | None":
        """Return the filters as one design, for arrays and streams.

        Parameters
        ----------
        sample_rate : float
            Rate of the EMG, in Hz.
        causal : bool
            As for `emgtut.EMGFilter`.

        Returns
        -------
        EMGFilter or None
            The design; None if no filter is needed.

        Examples
        --------
        >>> from emgtut.signals.cleaning import Need
        >>> Need(20.0, (50.0, 150.0), "").filter(1000).gain([50, 100]).round(2).tolist()
        [0.0, 1.0]
        """
        from emgtut.signals.filters import EMGFilter

        if not self:
            return None
        return EMGFilter(
            sample_rate,
            highpass=self.highpass,
            notch=self.notches,
            harmonics=False,
            causal=causal,
        )


def needed_filters(raw: "BaseRaw") -> Need:
    """Tell from the spectrum which filters a recording asks for.

    A high-pass at 20 Hz, if the power below is at least twice as dense as above (the median of
    the channels decides); a notch at 50 or 60 Hz and those of its multiples that stand out ten
    times above their surroundings.

    Parameters
    ----------
    raw : mne.io.BaseRaw
        A recording with EMG channels.

    Returns
    -------
    Need
        The filters; false if none is needed.

    Examples
    --------
    >>> from emgtut import load_sample, to_raw
    >>> from emgtut.signals.cleaning import needed_filters
    >>> needed_filters(to_raw(load_sample())).highpass is None  # the band did that already
    True
    """
    rate = raw.info["sfreq"]
    if rate <= 2 * HIGHPASS:
        return Need(None, (), f"at {rate:g} Hz there is no EMG band to look at")
    length = min(int(2 * rate), len(raw.times))
    spectrum = raw.compute_psd(
        "welch", picks="emg", n_fft=length, reject_by_annotation=False, verbose="error"
    )
    power, frequencies = spectrum.get_data(picks="emg", return_freqs=True)
    median = np.median(power, axis=0)
    if median.max() * rate < _NOTHING:
        return Need(None, (), "no channel moves")
    above = max(float(np.median(median[frequencies >= HIGHPASS])), 1e-300)
    low = float(median[frequencies < HIGHPASS].mean()) / above
    loudest = {f: _line(median, frequencies, f) for f in MAINS if f + 10 < rate / 2}
    mains = max(loudest, key=lambda f: loudest[f], default=0.0)

    seen = [f"below {HIGHPASS:g} Hz the power is {low:.2g} times as dense as above"]
    notches: tuple[float, ...] = ()
    if mains and loudest[mains] > _STANDS_OUT:
        multiples = np.arange(mains, rate / 2 - 1, mains)
        notches = tuple(float(f) for f in multiples if _line(median, frequencies, f) > _STANDS_OUT)
        seen.append(f"{mains:g} Hz hum stands out {loudest[mains]:.0f} times")
    else:
        seen.append("no mains hum stands out")
    return Need(
        highpass=HIGHPASS if low > _DRIFT and rate > 4 * HIGHPASS else None,
        notches=notches,
        why=", ".join(seen),
    )


def clean(raw: "BaseRaw", need: Need) -> "BaseRaw":
    """Return a filtered copy of a recording; forward and backward, so nothing is delayed.

    Parameters
    ----------
    raw : mne.io.BaseRaw
        A recording with EMG channels; it stays as it is.
    need : Need
        From `needed_filters`.

    Returns
    -------
    mne.io.BaseRaw
        A copy, loaded into memory.
    """
    raw = raw.copy().load_data(verbose="error")
    if need.highpass is not None:
        raw.filter(need.highpass, None, picks="emg", method="iir", verbose="error")
    for frequency in need.notches:  # MNE takes one at a time with IIR filters
        raw.notch_filter(frequency, picks="emg", method="iir", verbose="error")
    return raw


def _line(power: np.ndarray, frequencies: np.ndarray, at: float) -> float:
    """How many times a line stands out of what is 2 to 8 Hz beside it."""
    away = np.abs(frequencies - at)
    beside = power[(away > 2) & (away < 8)]
    line = power[away <= 1]
    if not len(beside) or not len(line):
        return 0.0
    return float(line.max() / max(np.median(beside), 1e-300))
