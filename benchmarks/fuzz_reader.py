"""Read thousands of damaged copies of a session: each must read or say what is wrong.

``python -m benchmarks.fuzz_reader [N]`` damages N copies (3000 by default) of small valid files,
a few bytes, a stretch, a cut or a graft at a time, and reads each in a worker process. What is
neither read nor answered by one `SessionError` is printed with the number that makes it again:
``python -m benchmarks.fuzz_reader --one SEED``.
"""

import argparse
import collections
import signal
import subprocess
import sys
import tempfile
import traceback
from pathlib import Path

import numpy as np

from emgtut import Emg2PoseSessionData, SessionError, write_session

#: Longest a damaged file may keep the reader busy, in seconds.
PATIENCE = 5


def originals(folder: Path) -> list[bytes]:
    """Make the valid files: contiguous and compressed, with every kind of attribute."""
    rng = np.random.default_rng(0)
    data = {"emg": rng.normal(0, 18, (600, 5)), "joint_angles": rng.normal(0, 1, (600, 4))}
    attrs = {"start": 1.67e9, "joint_names": list("abcd"), "side": "left", "note": b"bytes"}
    files = []
    for compression in (None, "gzip"):
        path = write_session(folder / "valid.hdf5", **data, compression=compression, **attrs)
        files.append(path.read_bytes())
    return files


def mutate(files: list[bytes], seed: int) -> bytes:
    """Damage one of the files; the same seed makes the same damage."""
    rng = np.random.default_rng(seed)
    data = bytearray(files[seed % len(files)])
    # The structure sits in the first kilobytes and, for chunked files, around the data.
    end = len(data) if rng.random() < 0.5 else 6000
    kind = rng.integers(5)
    if kind == 0:
        for _ in range(rng.integers(1, 9)):
            data[rng.integers(end)] = rng.integers(256)
    elif kind == 1:
        data[rng.integers(end)] ^= 1 << rng.integers(8)
    elif kind == 2:
        at, length = rng.integers(end), rng.integers(1, 200)
        data[at : at + length] = bytes(length) if rng.random() < 0.5 else b"\xff" * length
    elif kind == 3:
        del data[rng.integers(end) :]
    else:
        at, source, length = rng.integers(end), rng.integers(end), rng.integers(1, 400)
        data[at : at + length] = data[source : source + length]
    return bytes(data)


def read_everything(path: Path) -> str:
    """Use every door of the reader; return how it went."""
    try:
        with Emg2PoseSessionData(path) as session:
            repr(session), str(session), session._repr_html_()
            session.check()
            session.emg, session.joint_angles, session.timestamps, session.valid_runs()
            start = session.timestamps[0]
            session.slice(start + 0.01, start + 0.1), session[:10], session["emg"]
    except (SessionError, OSError) as error:
        if str(path) not in str(error):
            raise
        return "answered"
    return "read"


def work(first: int, last: int, folder: Path) -> None:
    """Read the copies ``first`` to ``last``, one line of output each."""
    files = originals(folder)
    for seed in range(first, last):
        path = folder / "damaged.hdf5"
        path.write_bytes(mutate(files, seed))
        print(seed, "starts", flush=True)
        signal.alarm(PATIENCE)  # ends the worker even inside HDF5
        try:
            print(seed, read_everything(path), flush=True)
        except MemoryError:
            print(seed, "memory", flush=True)
        except Exception:
            last_line = traceback.format_exc().strip().splitlines()[-1]
            print(seed, "finding", last_line, flush=True)


def main(argv: list[str] | None = None) -> int:
    """Run the copies in worker processes, so that a crash of HDF5 is a finding, not the end."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("n", nargs="?", type=int, default=3000, help="number of damaged copies")
    parser.add_argument("--one", type=int, help="make one copy again and show what happens")
    parser.add_argument("--work", nargs=2, type=int, help=argparse.SUPPRESS)
    options = parser.parse_args([] if argv is None else argv)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if options.work:
            work(*options.work, folder)
            return 0
        if options.one is not None:
            path = folder / "damaged.hdf5"
            path.write_bytes(mutate(originals(folder), options.one))
            print(read_everything(path))
            return 0
        return campaign(options.n)


def campaign(n: int) -> int:
    """Read ``n`` damaged copies and print the counts and the findings."""
    counts: collections.Counter[str] = collections.Counter()
    findings = []
    first = 0
    while first < n:
        # A batch that stops early names the copy it died of; the next batch starts behind it.
        last = min(first + 500, n)
        command = [sys.executable, "-m", "benchmarks.fuzz_reader", "--work", str(first), str(last)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        how = f"ended with {done.returncode}: {done.stderr.strip()[-200:]}"
        if done.returncode == -signal.SIGALRM:
            how = f"no answer in {PATIENCE} s"
        seen = [line.split(" ", 2) for line in done.stdout.splitlines()]
        for line in seen:
            if line[1] != "starts":
                counts[line[1]] += 1
            if line[1] == "finding":
                findings.append(" ".join(line))
        if seen and seen[-1][1] == "starts":
            counts["finding"] += 1
            findings.append(f"{seen[-1][0]} {how}")
            first = int(seen[-1][0]) + 1
        elif not seen:
            sys.exit(f"the worker did not start: {how}")
        else:
            first = last
    print(f"  {n} damaged copies: " + ", ".join(f"{v} {k}" for k, v in sorted(counts.items())))
    for finding in findings[:20]:
        print("  ", finding)
    return min(len(findings), 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
