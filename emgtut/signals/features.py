"""From samples to features: what each channel did inside each window.

RMS, MAV and WL come from one pass over the samples in compiled code; `reference_features` says
in plain NumPy what each feature is, is compared with the fast code in the tests, and takes its
place where numba is not installed.
"""

import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike

from emgtut import _checks
from emgtut.sessions import layout
from emgtut.signals._window_sums import compiled

#: The features that `window_features` knows, by name.
FEATURES = ("rms", "mav", "wl", "zc", "ssc", "log_var")

#: Those that the compiled code computes together.
SUMS = ("rms", "mav", "wl")

#: Numbers to hold at once where windows are cut out for plain NumPy; 2 MB.
_AT_ONCE = 1 << 18


def window_features(
    emg: ArrayLike,
    *,
    window: int,
    hop: int,
    features: Sequence[str] = ("rms", "mav", "wl"),
) -> np.ndarray:
    """Compute features of each channel in windows that follow each other.

    Window ``k`` is made of the samples from ``k * hop`` up to, not including,
    ``k * hop + window``. Windows that would reach beyond the last sample are left out.

    Parameters
    ----------
    emg : array-like of shape (n_samples, n_channels)
        EMG in any unit, finite. 32- and 64-bit floats that lie row by row in memory are read
        where they are; anything else is copied once.
    window : int
        Samples in a window.
    hop : int
        Samples from one window's start to the next one's.
    features : sequence of str
        Which features, in this order:

        - ``"rms"``: root mean square, in the unit of ``emg``.
        - ``"mav"``: mean absolute value, in the unit of ``emg``.
        - ``"wl"``: waveform length, the sum of the ``window - 1`` absolute steps between
          neighbouring samples inside the window, in the unit of ``emg``. It grows with the
          window.
        - ``"zc"``: zero crossings, how many neighbouring samples have opposite signs. A sample
          that is exactly zero has no sign.
        - ``"ssc"``: slope sign changes, how many inner samples are above both neighbours or
          below both.
        - ``"log_var"``: natural logarithm of the variance about the window's own mean (division
          by ``window``), in log of the squared unit; minus infinity where nothing moves.

    Returns
    -------
    ndarray of shape (n_windows, n_features * n_channels)
        64-bit floats; all channels of the first feature, then all of the second.
        `feature_names` names the columns.

    Raises
    ------
    ValueError
        If ``emg`` is not two-dimensional, not finite, or shorter than one window; if a feature
        is not known.

    Notes
    -----
    RMS, MAV and WL are sums over blocks of ``gcd(window, hop)`` samples, joined by prefix and
    suffix sums within groups of one window's length (van Herk 1992, Gil and Werman 1993).
    Nothing is ever subtracted: differences of running sums would lose all digits after one large
    artefact. No threshold is applied to ``"zc"`` and ``"ssc"``, unlike in the first description.

    References
    ----------
    Definitions of RMS, MAV, WL, ZC and SSC: Hudgins, Parker, Scott 1993, IEEE Trans. Biomed.
    Eng. 40:82; Phinyomark, Phukpattaranont, Limsakul 2012, Expert Syst. Appl. 39:7420.
    Logarithm of the variance: Ramoser, Mueller-Gerking, Pfurtscheller 2000, IEEE Trans. Rehabil.
    Eng. 8:441.

    Examples
    --------
    >>> import numpy as np
    >>> from emgtut import window_features
    >>> emg = np.array([[3.0], [-3.0], [3.0], [-3.0]])
    >>> window_features(emg, window=2, hop=1)
    array([[3., 3., 6.],
           [3., 3., 6.],
           [3., 3., 6.]])
    """
    samples = as_samples(emg)
    window = _checks.count("window", window)
    hop = _checks.count("hop", hop)
    names = _feature_list(features)
    if window > len(samples):
        raise ValueError(
            f"window is {window} samples but emg has {len(samples)}; "
            f"pass a window of at most {len(samples)}, or more samples"
        )
    n_windows = (len(samples) - window) // hop + 1

    found: dict[str, np.ndarray] = {}
    kernel = compiled(samples.dtype.name) if any(name in SUMS for name in names) else None
    if kernel is None:
        refuse_not_finite(samples)
    else:
        table = np.empty((n_windows, len(SUMS), samples.shape[1]))
        # A lone window shares nothing with a neighbour: one block holds it.
        step = window if n_windows == 1 else hop
        finite = kernel(samples, window, step, math.gcd(window, step), table)
        # The kernel has not seen what follows the last window.
        if not (finite and np.isfinite(samples[(n_windows - 1) * hop + window :]).all()):
            refuse_not_finite(samples)
        if names == SUMS:
            return table.reshape(n_windows, -1)
        found = {name: table[:, k] for k, name in enumerate(SUMS)}

    for name in names:
        if name not in found:
            compute = _FASTER.get(name) or _by_definition(name)
            found[name] = compute(samples, window, hop)
    return np.concatenate([found[name] for name in names], axis=1)


def feature_names(
    channel_names: Sequence[str] | int, features: Sequence[str] = ("rms", "mav", "wl")
) -> tuple[str, ...]:
    """Name the columns of `window_features`.

    Parameters
    ----------
    channel_names : sequence of str or int
        Names of the channels, or how many there are for ``EMG01``, ``EMG02``, ...
    features : sequence of str
        The features, as passed to `window_features`.

    Returns
    -------
    tuple of str
        ``rms_EMG01``, ``rms_EMG02``, ..., ``mav_EMG01``, ...

    Examples
    --------
    >>> from emgtut import feature_names
    >>> feature_names(2, ["rms", "wl"])
    ('rms_EMG01', 'rms_EMG02', 'wl_EMG01', 'wl_EMG02')
    """
    if isinstance(channel_names, str):
        raise TypeError(f"channel_names is {channel_names!r}; pass a sequence of names")
    if not isinstance(channel_names, Sequence):
        channel_names = layout.channel_names(_checks.count("channel_names", channel_names))
    names = _feature_list(features)
    return tuple(f"{feature}_{channel}" for feature in names for channel in channel_names)


def reference_features(
    emg: ArrayLike,
    *,
    window: int,
    hop: int,
    features: Sequence[str] = ("rms", "mav", "wl"),
) -> np.ndarray:
    """Compute what `window_features` computes, straight from the definitions.

    Slower, but each feature is one line to read. Every window is cut out and worked on by
    itself, in 64-bit floats.

    Parameters
    ----------
    emg : array-like of shape (n_samples, n_channels)
        EMG in any unit, finite.
    window, hop : int
        As for `window_features`, in samples.
    features : sequence of str
        As for `window_features`.

    Returns
    -------
    ndarray of shape (n_windows, n_features * n_channels)
        As from `window_features`.

    Examples
    --------
    >>> import numpy as np
    >>> from emgtut.signals.features import reference_features
    >>> reference_features(np.array([[3.0], [-4.0]]), window=2, hop=1, features=["wl", "zc"])
    array([[7., 1.]])
    """
    samples = np.asarray(emg)
    return np.concatenate(
        [_by_definition(name)(samples, window, hop) for name in _feature_list(features)], axis=1
    )


# -- definitions: windows of shape (n_windows, window, n_channels) -> (n_windows, n_channels) ------


def _rms(windows: np.ndarray) -> np.ndarray:
    return np.sqrt((windows**2).mean(axis=1))


def _mav(windows: np.ndarray) -> np.ndarray:
    return np.abs(windows).mean(axis=1)


def _wl(windows: np.ndarray) -> np.ndarray:
    return np.abs(np.diff(windows, axis=1)).sum(axis=1)


def _zc(windows: np.ndarray) -> np.ndarray:
    signs = np.sign(windows)
    return (signs[:, 1:] * signs[:, :-1] < 0).sum(axis=1)


def _ssc(windows: np.ndarray) -> np.ndarray:
    return _zc(np.diff(windows, axis=1))


def _log_var(windows: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore"):
        return np.log(windows.var(axis=1))


_DEFINITIONS = {
    "rms": _rms,
    "mav": _mav,
    "wl": _wl,
    "zc": _zc,
    "ssc": _ssc,
    "log_var": _log_var,
}


def _by_definition(name: str) -> Callable[[np.ndarray, int, int], np.ndarray]:
    def compute(samples: np.ndarray, window: int, hop: int) -> np.ndarray:
        define = _DEFINITIONS[name]
        return np.concatenate([define(some) for some in _cut(samples, window, hop)]).astype(float)

    return compute


def _cut(samples: np.ndarray, window: int, hop: int) -> Iterator[np.ndarray]:
    """Yield all windows, a few at a time, as 64-bit floats of (n_some, window, n_channels)."""
    every = sliding_window_view(samples, window, axis=0)[::hop].swapaxes(1, 2)
    some = max(1, _AT_ONCE // every[0].size)
    for start in range(0, len(every), some):
        yield every[start : start + some].astype(np.float64)


# -- counts and variances without compiled code ---------------------------------------------------


def _count_changes(signs: np.ndarray, window: int, hop: int, n_windows: int) -> np.ndarray:
    """Count neighbours with opposite signs in each window of signs, column by column.

    Running counts are whole numbers: here a difference of them is exact.
    """
    counts = np.empty((n_windows, signs.shape[1]))
    starts = np.arange(n_windows) * hop
    running = np.zeros(len(signs), dtype=np.int64)
    for k, column in enumerate(signs.T):
        np.cumsum(column[1:] * column[:-1] < 0, out=running[1:])
        counts[:, k] = running[starts + window - 1] - running[starts]
    return counts


def _fast_zc(samples: np.ndarray, window: int, hop: int) -> np.ndarray:
    n_windows = (len(samples) - window) // hop + 1
    return _count_changes(np.sign(samples).astype(np.int8), window, hop, n_windows)


def _fast_ssc(samples: np.ndarray, window: int, hop: int) -> np.ndarray:
    n_windows = (len(samples) - window) // hop + 1
    if window < 3:
        return np.zeros((n_windows, samples.shape[1]))
    # Compared, not subtracted: whole and 32-bit numbers would wrap or round.
    slopes = (samples[1:] > samples[:-1]).astype(np.int8)
    slopes -= samples[1:] < samples[:-1]
    return _count_changes(slopes, window - 1, hop, n_windows)


def _fast_log_var(samples: np.ndarray, window: int, hop: int) -> np.ndarray:
    """Join the variances of blocks of gcd(window, hop) samples, which all weigh the same."""
    block = math.gcd(window, hop)
    if block == 1:
        return _by_definition("log_var")(samples, window, hop)
    n_blocks = len(samples) // block
    blocks = samples[: n_blocks * block].reshape(n_blocks, block, -1)
    mean = blocks.mean(axis=1, dtype=np.float64)
    variance = np.concatenate([some.var(axis=1) for some in _cut(samples, block, block)])
    rows = [
        within.mean(axis=1) + between.var(axis=1)
        for within, between in zip(
            _cut(variance, window // block, hop // block),
            _cut(mean, window // block, hop // block),
            strict=True,
        )
    ]
    with np.errstate(divide="ignore"):
        return np.log(np.concatenate(rows))


_FASTER = {"zc": _fast_zc, "ssc": _fast_ssc, "log_var": _fast_log_var}


# -- what arrived ---------------------------------------------------------------------------------


#: No band has more electrodes: a wider array that is not longer lies on its side.
_MOST_CHANNELS = 256


def as_samples(emg: ArrayLike) -> np.ndarray:
    """Return EMG as 32- or 64-bit floats that lie row by row, or say why that cannot be.

    Parameters
    ----------
    emg : array-like of shape (n_samples, n_channels)
        Numbers.

    Returns
    -------
    ndarray of shape (n_samples, n_channels)
        The same array if it is like that already, else a copy.

    Examples
    --------
    >>> from emgtut.signals.features import as_samples
    >>> as_samples([[1, 2]]).dtype.name
    'float64'
    """
    array = np.asarray(emg)
    if array.ndim != 2 or array.shape[1] == 0 or array.dtype.kind not in "fiu":
        hint = "; for one channel pass emg[:, np.newaxis]" if array.ndim == 1 else ""
        raise ValueError(
            f"emg has shape {array.shape} and type {array.dtype}; "
            f"pass numbers in an array of (n_samples, n_channels){hint}"
        )
    if array.shape[1] > max(array.shape[0], _MOST_CHANNELS):
        raise ValueError(
            f"emg has shape {array.shape}: {array.shape[1]} channels of {array.shape[0]} samples; "
            "samples come first: pass emg.T"
        )
    narrow = array.dtype.kind == "f" and array.dtype.itemsize <= 4
    return np.require(array, np.float32 if narrow else np.float64, ["C", "A"])


def _feature_list(features: Sequence[str]) -> tuple[str, ...]:
    if isinstance(features, str):
        raise TypeError(f"features is {features!r}; pass a sequence of names: ({features!r},)")
    names = tuple(features)
    for name in names:
        _checks.one_of("feature", name, FEATURES)
    if not names or len(set(names)) < len(names):
        raise ValueError(f"features is {names!r}; pass one or more names, none of them twice")
    return names


def refuse_not_finite(samples: np.ndarray) -> None:
    """Raise if a sample is not finite, or so large that its square is not.

    Parameters
    ----------
    samples : ndarray of shape (n_samples, n_channels)
        Samples.
    """
    bad = ~np.isfinite(samples)
    if bad.any():
        row, channel = np.argwhere(bad)[0]
        raise ValueError(
            f"emg is {samples[row, channel]} at row {row}, channel {channel} "
            f"({int(bad.any(axis=1).sum())} such rows); cut those rows out or repair them first"
        )
    largest = float(np.abs(samples).max(initial=0.0))
    if not math.isfinite(largest * largest):
        raise ValueError(
            f"emg reaches {largest:.3g}, whose square is too large for a number; "
            "scale it to microvolts first"
        )
