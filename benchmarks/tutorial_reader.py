"""What the first tutorial's reader does with a file, as a peer to time.

Open with h5py, look that the fields are there, read the attributes, read a field of the compound
dataset, find times by reading every stamp.
"""

from pathlib import Path

import h5py
import numpy as np


class TutorialReader:
    """What the tutorial's class does, and no more."""

    def __init__(self, path: Path) -> None:
        self.file = h5py.File(path, "r")
        group = self.file["emg2pose"]
        self.rows = group["timeseries"]
        if not all(name in self.rows.dtype.fields for name in ("emg", "joint_angles", "time")):
            raise ValueError("not a session")
        self.metadata = dict(group.attrs.items())

    def __getitem__(self, key: str) -> np.ndarray:
        """Read a field, or rows."""
        return self.rows[key]

    def slice(self, start: float, end: float) -> np.ndarray:
        """Read all stamps, then the rows between two times."""
        stamps = self.rows["time"]
        if not (np.diff(stamps) >= 0).all():
            raise ValueError("not monotonic")
        first, last = stamps.searchsorted([start, end])
        return self.rows[first:last]
