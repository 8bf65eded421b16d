"""From a file to windows: slices, runs, envelope, features."""
# mypy: allow-untyped-defs, allow-incomplete-defs
# Written as one writes in an interview; shapes and units stand in the docstrings.

import h5py
import numpy as np


def load_slice(path, start=0.0, stop=None):
    """Read the rows of a session between two times.

    Parameters
    ----------
    path : path-like
        Session file: records ``time``, ``joint_angles``, ``emg`` in ``emg2pose/timeseries``.
    start, stop : float
        Half-open range in seconds since the first row; None reads to the end.

    Returns
    -------
    dict
        ``time`` (n,) in seconds since the first row, ``emg`` (n, channels), ``angles``
        (n, joints) in radians, ``valid`` (n,): whether a row has a pose. A row has none if all
        its angles are zero, within 1e-8.

    Notes
    -----
    Rows found by their stamps, in O(log n) once the stamps are read: after a hole in the
    recording, row ``t * rate`` is no longer at time ``t``.

    Examples
    --------
    >>> from emgtut import load_sample
    >>> rows = load_slice(load_sample(), 2.0, 2.5)
    >>> rows["emg"].shape, rows["angles"].shape, bool(rows["valid"].all())
    ((1000, 16), (1000, 20), True)
    """
    with h5py.File(path, "r") as file:
        rows = file["emg2pose/timeseries"]
        time = rows["time"]
        time = time - time[:1]
        first = np.searchsorted(time, start)
        last = len(time) if stop is None else max(first, np.searchsorted(time, stop))
        part = rows[first:last]
    valid = (np.abs(part["joint_angles"]) > 1e-8).any(axis=1)
    return {
        "time": time[first:last],
        "emg": part["emg"],
        "angles": part["joint_angles"],
        "valid": valid,
    }


def valid_runs(valid):
    """List the maximal stretches of True in a mask.

    Parameters
    ----------
    valid : ndarray of bool, shape (n,)
        Mask.

    Returns
    -------
    list of tuple of int
        Half-open ``(start, stop)``, in order.

    Notes
    -----
    Between two values of False the mask changes an even number of times: up, down, up, down. O(n).

    Examples
    --------
    >>> valid_runs(np.array([True, True, False, True]))
    [(0, 2), (3, 4)]
    """
    padded = np.concatenate([[False], np.asarray(valid, bool), [False]])
    changes = np.flatnonzero(padded[1:] != padded[:-1])
    return [(int(a), int(b)) for a, b in changes.reshape(-1, 2)]


def envelope(emg, fs, highpass=40.0, smooth=0.05):
    """Turn EMG into effort over time, with nothing but the past.

    Parameters
    ----------
    emg : ndarray of shape (n, channels)
        Signal.
    fs : float
        Rate, in Hz.
    highpass : float
        Slower parts are movement of the electrode, not muscle; in Hz.
    smooth : float
        Length of the moving average, in seconds.

    Returns
    -------
    ndarray of shape (n, channels)
        Mean rectified amplitude, in the unit of the signal.

    Notes
    -----
    High-pass taps are ``delta - h`` with ``h = sinc(2 fc k / fs) * hamming``, scaled to the sum 1.
    Then ``|x|``, then the mean of the last ``smooth * fs`` values: ``(S[t] - S[t - m]) / m`` with
    the running sum ``S``. O(n taps); delay: half the taps and half the average.

    Examples
    --------
    >>> t = np.arange(4000) / 2000
    >>> effort = envelope(np.sin(2 * np.pi * 100 * t)[:, None] + 7, fs=2000)
    >>> round(float(effort[2000:].mean()), 1), round(2 / np.pi, 1)
    (0.6, 0.6)
    """
    half = round(2 * fs / highpass)
    low = np.sinc(2 * highpass / fs * np.arange(-half, half + 1)) * np.hamming(2 * half + 1)
    taps = -low / low.sum()
    taps[half] += 1
    x = np.asarray(emg, float)
    x = x - x[:1]  # or the first samples would be a step
    fast = np.stack([np.convolve(column, taps)[: len(x)] for column in x.T], axis=1)
    total = np.concatenate([np.zeros((1, x.shape[1])), np.cumsum(np.abs(fast), axis=0)])
    stop = np.arange(1, len(x) + 1)
    start = np.maximum(stop - round(smooth * fs), 0)
    return (total[stop] - total[start]) / (stop - start)[:, None]


def window_starts(runs, width, hop):
    """Find where windows begin that lie within runs.

    Parameters
    ----------
    runs : list of tuple of int
        Half-open ``(start, stop)``.
    width, hop : int
        Length of a window, distance between starts within a run; in samples.

    Returns
    -------
    ndarray of int, shape (n,)
        First sample of each window.

    Notes
    -----
    The last start of a run is ``stop - width``, included: a run of ``width`` samples has a window.

    Examples
    --------
    >>> window_starts([(0, 5), (8, 10), (20, 23)], width=3, hop=2).tolist()
    [0, 2, 20]
    """
    starts = [np.arange(first, stop - width + 1, hop) for first, stop in runs]
    return np.concatenate([np.empty(0, int), *starts])


def features(emg, starts, width):
    """Describe windows by RMS, mean absolute value and waveform length.

    Parameters
    ----------
    emg : ndarray of shape (n, channels)
        Signal.
    starts : ndarray of int, shape (windows,)
        First sample of each window, in any order.
    width : int
        Length of a window, in samples.

    Returns
    -------
    ndarray of shape (windows, 3 * channels)
        RMS of all channels, then MAV, then WL: the sum of the ``width - 1`` absolute differences
        inside a window.

    Notes
    -----
    With ``S[t]`` the sum of the first ``t`` values, the sum over ``[s, s + w)`` is
    ``S[s + w] - S[s]``: O(n) for any width. In float64, or the sums of a long signal lose digits.

    Examples
    --------
    >>> features(np.array([[3.0], [-3.0], [3.0], [0.0]]), starts=[0, 1], width=3).round(2).tolist()
    [[3.0, 3.0, 12.0], [2.45, 2.0, 9.0]]
    """
    x = np.asarray(emg, float)
    start = np.asarray(starts, int)
    stop = start + width

    def sums(values):
        return np.concatenate([np.zeros((1, x.shape[1])), np.cumsum(values, axis=0)])

    power, size, steps = sums(x**2), sums(np.abs(x)), sums(np.abs(np.diff(x, axis=0)))
    rms = np.sqrt((power[stop] - power[start]) / width)
    mav = (size[stop] - size[start]) / width
    return np.concatenate([rms, mav, steps[stop - 1] - steps[start]], axis=1)
