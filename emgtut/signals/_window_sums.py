"""The compiled heart of `window_features`: sums over windows in one pass, without subtraction.

The samples are cut into blocks of ``gcd(window, hop)``, so that every window is a row of whole
blocks. Each block is summed once. Blocks are looked at in groups as long as a window: a window
is then the end of one group (a sum from the right, kept from the group before) and the beginning
of the next (a sum from the left, growing as blocks come in). Only additions of numbers that are
not negative take place, so a large artefact leaves nothing behind once it has left the window.
"""

import math
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np


def sums_of_windows(
    emg: np.ndarray, window: int, hop: int, block: int, out: np.ndarray
) -> bool:  # pragma: no cover - runs compiled
    """Fill ``out`` with RMS, MAV and WL; return whether all samples it read are finite.

    Parameters
    ----------
    emg : ndarray of shape (n_samples, n_channels)
        Samples, 32- or 64-bit floats, row by row in memory.
    window, hop : int
        In samples.
    block : int
        Greatest common divisor of both.
    out : ndarray of shape (n_windows, 3, n_channels)
        Where the results go.

    Returns
    -------
    bool
        False if a sample, or its square, is not finite.
    """
    n_channels = emg.shape[1]
    blocks_in_window = window // block
    blocks_in_hop = hop // block
    n_blocks = (out.shape[0] - 1) * blocks_in_hop + blocks_in_window

    shape = (blocks_in_window, n_channels)
    # Of each block of the group at hand: sum of squares, of absolute values, of absolute steps
    # inside the block; and the step into the block from the sample before it, which counts only
    # for windows that reach across.
    square, size, path, step = np.empty(shape), np.empty(shape), np.empty(shape), np.empty(shape)
    # From each block to the end of the group before.
    end_square, end_size, end_path = np.empty(shape), np.empty(shape), np.empty(shape)
    # From the beginning of the group at hand.
    so_far_square, so_far_size = np.empty(n_channels), np.empty(n_channels)
    so_far_path = np.empty(n_channels)
    poison = 0.0

    for first in range(0, n_blocks, blocks_in_window):
        n_here = min(blocks_in_window, n_blocks - first)
        for b in range(n_here):
            row = (first + b) * block
            for c in range(n_channels):
                x = np.float64(emg[row, c])
                square[b, c] = x * x
                size[b, c] = abs(x)
                path[b, c] = 0.0
                step[b, c] = abs(x - np.float64(emg[row - 1, c])) if row else 0.0
            # Four rows at a time: the sums then travel to memory and back a quarter as often.
            fours = (block - 1) // 4 * 4
            for i in range(row + 1, row + 1 + fours, 4):
                for c in range(n_channels):
                    v = np.float64(emg[i - 1, c])
                    w = np.float64(emg[i, c])
                    x = np.float64(emg[i + 1, c])
                    y = np.float64(emg[i + 2, c])
                    z = np.float64(emg[i + 3, c])
                    square[b, c] += (w * w + x * x) + (y * y + z * z)
                    size[b, c] += (abs(w) + abs(x)) + (abs(y) + abs(z))
                    path[b, c] += (abs(w - v) + abs(x - w)) + (abs(y - x) + abs(z - y))
            for i in range(row + 1 + fours, row + block):
                for c in range(n_channels):
                    x = np.float64(emg[i, c])
                    square[b, c] += x * x
                    size[b, c] += abs(x)
                    path[b, c] += abs(x - np.float64(emg[i - 1, c]))

        for c in range(n_channels):
            so_far_square[c] = so_far_size[c] = so_far_path[c] = 0.0
        for b in range(n_here):
            for c in range(n_channels):
                so_far_square[c] += square[b, c]
                so_far_size[c] += size[b, c]
                so_far_path[c] += path[b, c] + (step[b, c] if b else 0.0)
                poison += square[b, c] * 0.0  # not a number once a square is not finite
            start = first + b + 1 - blocks_in_window
            if start < 0 or start % blocks_in_hop:
                continue
            k = start // blocks_in_hop
            if start == first:
                for c in range(n_channels):
                    out[k, 0, c] = math.sqrt(so_far_square[c] / window)
                    out[k, 1, c] = so_far_size[c] / window
                    out[k, 2, c] = so_far_path[c]
            else:
                a = start % blocks_in_window
                for c in range(n_channels):
                    out[k, 0, c] = math.sqrt((end_square[a, c] + so_far_square[c]) / window)
                    out[k, 1, c] = (end_size[a, c] + so_far_size[c]) / window
                    out[k, 2, c] = end_path[a, c] + step[0, c] + so_far_path[c]

        if n_here == blocks_in_window:
            for c in range(n_channels):
                end_square[n_here - 1, c] = square[n_here - 1, c]
                end_size[n_here - 1, c] = size[n_here - 1, c]
                end_path[n_here - 1, c] = path[n_here - 1, c]
            for b in range(n_here - 2, -1, -1):
                for c in range(n_channels):
                    end_square[b, c] = square[b, c] + end_square[b + 1, c]
                    end_size[b, c] = size[b, c] + end_size[b + 1, c]
                    end_path[b, c] = path[b, c] + step[b + 1, c] + end_path[b + 1, c]
    return poison == 0.0


@cache
def compiled(dtype: str) -> Callable[..., bool] | None:
    """Return `sums_of_windows` compiled for one type of sample; None without numba.

    Numba is imported here, at first use: it takes longer to import than most scripts take to
    run. The machine code is kept on disk, so that only the first process ever compiles it.

    Parameters
    ----------
    dtype : str
        ``"float32"`` or ``"float64"``.

    Returns
    -------
    callable or None
        The compiled function.
    """
    try:
        import numba
    except ImportError:
        return None
    types = numba.types
    # Declared read-only, so that maps of files and writable arrays share one machine code.
    samples = types.Array(getattr(types, dtype), 2, "C", readonly=True)
    table = types.Array(types.float64, 3, "C")
    signature = types.boolean(samples, types.int64, types.int64, types.int64, table)
    options: dict[str, Any] = {"nogil": True}
    try:
        return numba.njit([signature], cache=True, **options)(sums_of_windows)
    except (RuntimeError, OSError):
        # No folder to keep machine code in: neither beside this file nor in the home folder.
        return numba.njit([signature], **options)(sums_of_windows)
