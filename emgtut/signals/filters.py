"""Filters for EMG: one design, for whole arrays and for chunks as they come in."""

import math
from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import signal

from emgtut import _checks
from emgtut.signals.features import as_samples, refuse_not_finite

#: Highest corner of an envelope as a share of the sample rate: above it, its poles would turn
#: negative and the envelope of something positive could ring below zero.
_ENVELOPE_LIMIT = math.atan(math.sqrt(math.sqrt(2) - 1)) / math.pi
#: Poles as close as this to the unit circle cannot be told from it in 64-bit floats.
_TOO_CLOSE = 1e-7


@dataclass(frozen=True)
class EMGFilter:
    """A filter for EMG, by its corners: made once, used on arrays and on streams.

    Call it with an array of (n_samples, n_channels), or pass it as ``filter`` to
    `emgtut.windows_of` and `emgtut.explore`. `stream` makes a filter with a memory, for chunks.

    Parameters
    ----------
    sample_rate : float
        Rate of the EMG, in Hz.
    highpass, lowpass : float, optional
        Corners of a Butterworth filter, in Hz; with both, a band-pass.
    notch : float or sequence of float, optional
        Frequencies to take out, such as 50 or 60 for mains hum, in Hz.
    harmonics : bool
        Whether to take out the multiples of ``notch`` as well, up to half the sample rate.
    notch_width : float
        Width of each notch between its corners, in Hz.
    rectify : bool
        Whether to return absolute values, after the filters above.
    envelope : float, optional
        Corner of a low-pass over the rectified signal, in Hz; a few Hz give the effort over time.
        Rectifies, whatever ``rectify`` says.
    order : int
        Order of the Butterworth filter at each edge; beyond it, the gain falls by
        ``6 * order`` dB an octave.
    causal : bool
        Whether a call uses the present and the past only, exactly as a stream does. By default
        it runs forward and backward: nothing is delayed, and every effect doubles in dB.

    Attributes
    ----------
    sample_rate, highpass, lowpass, notch, harmonics, notch_width, rectify, envelope, order, causal
        As passed; ``notch`` as a tuple, or None. ``dataclasses.asdict`` gives them as a dict that
        JSON can hold, and ``EMGFilter(**that)`` the same filter.

    Raises
    ------
    ValueError
        If a corner is not above 0 and below half the sample rate, or no band is left.

    See Also
    --------
    emgtut.signals.cleaning.needed_filters : Which filters a recording asks for.

    Notes
    -----
    A corner is where one pass lets half of the power through (-3 dB); forward and backward it is
    a quarter (-6 dB). All of it is second-order sections of ``scipy.signal``.

    Recordings begin anywhere, raw ones on an offset of millivolts. So every filter starts as if
    the first sample had always been there; otherwise that step would ring through the first
    second. An array that is filtered forward and backward is continued beyond its ends, point
    reflected, until the slowest part has settled.

    The envelope's low-pass is critically damped, two equal first-order sections: unlike a
    Butterworth filter, it never falls below zero. With a corner ``f`` it is late by
    ``0.205 / f`` seconds where it is causal.

    References
    ----------
    High-pass at 20 Hz: De Luca et al. 2010, J. Biomech. 43:1573. Rectify and smooth, the linear
    envelope: Winter 2009, Biomechanics and Motor Control of Human Movement, chapter 10.
    Critically damped filters: Robertson and Dowling 2003, J. Electromyogr. Kinesiol. 13:569.

    Examples
    --------
    >>> import numpy as np
    >>> from emgtut import EMGFilter
    >>> design = EMGFilter(2000, highpass=20, lowpass=450, notch=50)
    >>> time = np.arange(4000) / 2000
    >>> hum = np.sin(2 * np.pi * 50 * time)[:, np.newaxis] + 10000
    >>> bool(np.abs(design(hum)[1000:-1000]).max() < 0.01)
    True
    >>> design.gain([20, 100, 120]).round(2).tolist()
    [0.5, 0.0, 1.0]
    """

    sample_rate: float
    _: KW_ONLY
    highpass: float | None = None
    lowpass: float | None = None
    notch: float | Sequence[float] | None = None
    harmonics: bool = True
    notch_width: float = 2.0
    rectify: bool = False
    envelope: float | None = None
    order: int = 4
    causal: bool = False

    def __post_init__(self) -> None:
        rate = self._set("sample_rate", _checks.positive("sample_rate", self.sample_rate, "Hz"))
        for name in ("highpass", "lowpass", "envelope"):
            corner = getattr(self, name)
            if corner is not None:
                limit = rate * (_ENVELOPE_LIMIT if name == "envelope" else 0.5)
                self._set(name, _below(name, corner, limit, rate))
        if self.highpass and self.lowpass and self.highpass >= self.lowpass:
            raise ValueError(
                f"highpass is {self.highpass:g} Hz and lowpass {self.lowpass:g} Hz: nothing passes "
                "both; pass a highpass below the lowpass"
            )
        width = self._set("notch_width", _checks.positive("notch_width", self.notch_width, "Hz"))
        if self.notch is not None:
            several = isinstance(self.notch, tuple | list | np.ndarray)
            given: Any = self.notch if several else [self.notch]
            low, high = width / 2, rate / 2 - width / 2
            found = tuple(_below("notch", one, high, rate, above=low) for one in given)
            self._set("notch", found or None)
        self._set("order", _checks.count("order", self.order))
        for name in ("harmonics", "rectify", "causal"):
            self._set(name, bool(_checks.one_of(name, getattr(self, name), (False, True))))
        if len(self._sections) and _slowest_pole(self._sections) > 1 - _TOO_CLOSE:
            raise ValueError(
                f"a corner is so low, or a notch so narrow, that 64-bit floats cannot hold the "
                f"filter at {rate:g} Hz; pass a higher corner, a wider notch, or a lower order"
            )

    def _set(self, name: str, value: Any) -> Any:
        object.__setattr__(self, name, value)  # the way of frozen dataclasses to tidy their fields
        return value

    # -- use ----------------------------------------------------------------------------------

    def __call__(self, emg: ArrayLike) -> np.ndarray:
        """Filter a whole recording.

        Parameters
        ----------
        emg : array-like of shape (n_samples, n_channels)
            EMG in any unit, finite; any number of samples.

        Returns
        -------
        ndarray of shape (n_samples, n_channels)
            Filtered EMG, 64-bit floats, in the same unit.
        """
        if self.causal:
            return self.stream().process(emg)
        samples = as_samples(emg)
        refuse_not_finite(samples)
        filtered = _both_ways(self._sections, samples, "odd")
        if self.rectify or self.envelope is not None:
            np.abs(filtered, out=filtered)
        # Mirrored, not point reflected: what continues a positive signal has to be positive.
        return _both_ways(self._envelope_sections, filtered, "even")

    def stream(self) -> "FilterStream":
        """Return the causal filter for EMG that comes in chunks.

        Returns
        -------
        FilterStream
            A filter with a memory; one for each stream.
        """
        return FilterStream(self)

    # -- what it does -------------------------------------------------------------------------

    def gain(self, frequency: ArrayLike) -> np.ndarray:
        """Tell how much is left of an oscillation, before rectification.

        Parameters
        ----------
        frequency : array-like of float
            In Hz.

        Returns
        -------
        ndarray of float
            Amplitude after over amplitude before: 1 passes, 0 is taken out.
        """
        at = np.asarray(frequency, dtype=np.float64)
        response = np.ones(at.size)
        if len(self._sections):
            response = np.abs(signal.sosfreqz(self._sections, at.ravel(), fs=self.sample_rate)[1])
        return (response if self.causal else response**2).reshape(at.shape)

    def delay(self, frequency: ArrayLike) -> np.ndarray:
        """Tell by how much a burst of an oscillation comes out late: the group delay.

        Parameters
        ----------
        frequency : array-like of float
            In Hz.

        Returns
        -------
        ndarray of float
            Delay of the causal filter and of its envelope, in seconds; 0 unless ``causal``.
        """
        at = np.asarray(frequency, dtype=np.float64)
        samples = np.zeros(at.size)
        if self.causal:
            samples += _group_delay(self._sections, at.ravel(), self.sample_rate)
            samples += _group_delay(self._envelope_sections, np.zeros(1), self.sample_rate)
        return (samples / self.sample_rate).reshape(at.shape)

    # -- sections, of shape (n_sections, 6) ---------------------------------------------------

    @cached_property
    def _sections(self) -> np.ndarray:
        parts = [np.empty((0, 6))]
        if self.highpass is not None and self.lowpass is not None:
            parts.append(self._butter("bandpass", [self.highpass, self.lowpass]))
        elif self.highpass is not None:
            parts.append(self._butter("highpass", self.highpass))
        elif self.lowpass is not None:
            parts.append(self._butter("lowpass", self.lowpass))
        for frequency in self._notches:
            b, a = signal.iirnotch(frequency, frequency / self.notch_width, fs=self.sample_rate)
            parts.append(signal.tf2sos(b, a))
        return np.concatenate(parts)

    def _butter(self, kind: str, corners: float | list[float]) -> np.ndarray:
        return signal.butter(self.order, corners, kind, fs=self.sample_rate, output="sos")

    @property
    def _notches(self) -> list[float]:
        """Frequencies to take out, with their multiples."""
        given = self.notch if isinstance(self.notch, tuple) else ()
        if not self.harmonics:
            return list(given)
        limit = self.sample_rate / 2 - self.notch_width / 2
        return sorted({float(m) for f in given for m in np.arange(f, limit, f)})

    @cached_property
    def _envelope_sections(self) -> np.ndarray:
        if self.envelope is None:
            return np.empty((0, 6))
        # Two sections in a row halve the power where each lets through its square root.
        bent = math.tan(math.pi * self.envelope / self.sample_rate) / math.sqrt(math.sqrt(2) - 1)
        corner = self.sample_rate / math.pi * math.atan(bent)
        one = signal.butter(1, corner, "lowpass", fs=self.sample_rate, output="sos")
        return np.concatenate([one, one])


class FilterStream:
    """A causal filter with a memory, for EMG that comes in chunks of any size.

    Made by `emgtut.EMGFilter.stream`. The chunks of a recording, filtered one after the other, are
    the recording filtered at once.

    Parameters
    ----------
    design : EMGFilter
        Which filter.

    Attributes
    ----------
    design : EMGFilter
        Which filter.
    n_channels : int or None
        Width of the stream; None before the first chunk.

    Examples
    --------
    >>> import numpy as np
    >>> from emgtut import EMGFilter
    >>> emg = np.random.default_rng(0).normal(size=(300, 2))
    >>> design = EMGFilter(2000, highpass=20, causal=True)
    >>> stream = design.stream()
    >>> chunks = [stream.process(emg[:1]), stream.process(emg[1:200]), stream.process(emg[200:])]
    >>> np.allclose(np.concatenate(chunks), design(emg), rtol=0, atol=1e-12)
    True
    """

    def __init__(self, design: EMGFilter) -> None:
        self.design = design
        self.reset()

    def reset(self) -> None:
        """Forget everything: the next chunk begins a new recording, of any width."""
        self.n_channels: int | None = None
        self._memory: tuple[np.ndarray, np.ndarray] | None = None

    def process(self, chunk: ArrayLike) -> np.ndarray:
        """Filter the next samples.

        Parameters
        ----------
        chunk : array-like of shape (n_samples, n_channels)
            EMG that follows the chunk before; there may be no row.

        Returns
        -------
        ndarray of shape (n_samples, n_channels)
            As many samples, filtered, 64-bit floats.

        Raises
        ------
        ValueError
            If the chunk has another width than those before, or holds values that are not
            finite: one of them would stay in the memory for ever. The memory is as it was, so
            the stream can go on with a repaired chunk.
        """
        samples = as_samples(chunk)
        width = samples.shape[1]
        if self.n_channels not in (None, width):
            raise ValueError(
                f"the chunk has {width} channels, but those before had {self.n_channels}; "
                "pass the same channels, or call reset() for another recording"
            )
        refuse_not_finite(samples)
        self.n_channels = width
        if not len(samples):
            return np.empty((0, width))

        sections, smoothing = self.design._sections, self.design._envelope_sections
        first, second = self._memory or (None, None)
        filtered, first = _onwards(sections, samples, first)
        if self.design.rectify or self.design.envelope is not None:
            np.abs(filtered, out=filtered)
        filtered, second = _onwards(smoothing, filtered, second)
        self._memory = first, second
        return filtered

    def __repr__(self) -> str:
        return f"<FilterStream of {self.n_channels or 'any'} channels through {self.design}>"


def _onwards(
    sections: np.ndarray, samples: np.ndarray, memory: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    """Filter forward; return the memory as well. Without one, start at rest on the first row."""
    if not len(sections):
        return samples.astype(np.float64), np.empty((0, 2, samples.shape[1]))
    if memory is None:
        memory = signal.sosfilt_zi(sections)[:, :, np.newaxis] * samples[0].astype(np.float64)
    return signal.sosfilt(sections, samples, axis=0, zi=memory)


def _both_ways(sections: np.ndarray, samples: np.ndarray, mirror: str) -> np.ndarray:
    """Filter forward and backward, continued beyond the ends until the filter has settled."""
    if not len(sections) or not len(samples):
        return samples.astype(np.float64)
    settled = math.ceil(math.log(1e-3) / math.log(_slowest_pole(sections)))
    beyond = min(settled, len(samples) - 1)
    return signal.sosfiltfilt(sections, samples, axis=0, padtype=mirror, padlen=beyond)


def _slowest_pole(sections: np.ndarray) -> float:
    """Largest radius of a pole: the factor by which the slowest part decays from row to row."""
    return float(np.abs(signal.sos2zpk(sections)[1]).max())


def _group_delay(sections: np.ndarray, frequency: np.ndarray, rate: float) -> np.ndarray:
    """Group delay in samples. All zeros lie on the unit circle: each delays by half a sample."""
    total = np.zeros(len(frequency))
    for section in sections:
        b, a = section[:3], section[3:]
        total += signal.group_delay(([1.0], a), frequency, fs=rate)[1] + np.flatnonzero(b)[-1] / 2
    return total


def _below(name: str, value: float, limit: float, rate: float, *, above: float = 0.0) -> float:
    number = _checks.positive(name, value, "Hz")
    if not above < number < limit:
        between = f"between {above:g} and" if above else "less than"
        raise ValueError(
            f"{name} is {number:g} Hz, which a rate of {rate:g} Hz cannot hold; "
            f"pass {between} {limit:g}"
        )
    return number
