"""Reading a session: ours beside the reader of the first tutorial.

Each side runs in processes of its own where the row says so, and in turn otherwise.
"""

import subprocess
import sys
import tempfile
import tracemalloc
from pathlib import Path

import numpy as np

from benchmarks.timing import compare, report
from benchmarks.tutorial_reader import TutorialReader
from emgtut import Emg2PoseSessionData, write_session

ROWS = 142_674  # the file of the tutorial
START = 1_670_000_000.0


def make(folder: Path, name: str, **storage: object) -> Path:
    """Write a session of the tutorial's size."""
    rng = np.random.default_rng(0)
    return write_session(
        folder / name,
        emg=rng.normal(0, 18.5, (ROWS, 16)).astype("f4"),
        joint_angles=np.repeat(rng.normal(0, 0.5, (ROWS // 33 + 1, 20)), 33, axis=0)[:ROWS],
        start=START,
        **storage,
    )


#: A process that imports what it needs, then opens a file and reads its EMG.
FRESH = {
    "ours": "from emgtut import Emg2PoseSessionData as Reader",
    "theirs": "from benchmarks.tutorial_reader import TutorialReader as Reader",
}
TIMED = """
import sys, time
start = time.perf_counter()
reader = Reader(sys.argv[1])
opened = time.perf_counter()
emg = reader["emg"]
print(opened - start, time.perf_counter() - opened)
"""


def fresh(who: str, path: Path) -> list[float]:
    """Open and read the EMG in a process of its own; return the seconds of both."""
    command = [sys.executable, "-c", FRESH[who] + TIMED, str(path)]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [float(seconds) for seconds in out.split()]


def main() -> None:
    """Print the reading rows."""
    with tempfile.TemporaryDirectory() as name:
        contiguous = make(Path(name), "contiguous.hdf5")
        times = np.array(
            [[fresh(who, contiguous) for who in ("ours", "theirs")] for _ in range(25)]
        )
        opening, reading = times[..., 0], times[..., 1]
        for name, part, target in (
            ("EMG of a contiguous file, fresh process", reading, 3),
            ("opening that file", opening, 0),
            ("both", opening + reading, 0),
        ):
            ours, theirs = 1e3 * np.median(part, axis=0)
            report(name, ours, theirs, float(np.median(part[:, 1] / part[:, 0])), target=target)
        zipped = make(Path(name), "zipped.hdf5", compression="gzip")

        def open_and_slice(reader: type) -> None:
            reader(zipped).slice(START + 30, START + 32)

        compare(
            "2 s slice of a gzip file, opened afresh",
            lambda: open_and_slice(Emg2PoseSessionData),
            lambda: open_and_slice(TutorialReader),
            target=15,
        )
        with Emg2PoseSessionData(zipped) as data:
            peer = TutorialReader(zipped)
            starts = iter(np.linspace(1, 60, 400))

            def span() -> tuple[float, float]:
                at = START + next(starts)
                return at, at + 2

            compare(
                "2 s slice of a gzip file, at 2 s steps",
                lambda: data.slice(*span()),
                lambda: peer.slice(*span()),
                target=15,
            )
        with Emg2PoseSessionData(contiguous) as data:
            tracemalloc.start()
            data["emg"]
            peak = tracemalloc.get_traced_memory()[1] / 1e6
            tracemalloc.stop()
            beyond = peak - ROWS * 64 / 1e6
            print(f"  {'memory beyond the result, EMG contiguous':<44} {beyond:.1f} MB")


if __name__ == "__main__":
    main()
