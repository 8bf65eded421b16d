"""Answers to the interview: the reference as a learner types it, and other right ones."""

import inspect
import linecache
import textwrap
from dataclasses import dataclass

from emgtut.interview.parts import PARTS
from emgtut.learn import scratch

REFERENCE = "import h5py\nimport numpy as np\n\n\n" + "\n\n".join(
    inspect.getsource(getattr(scratch, name)) for part in PARTS for name in part.functions
)


@dataclass(frozen=True)
class Variant:
    """An answer that differs from the reference in one point.

    ``changes`` replaces pieces of the reference; ``code`` is put behind it and replaces functions.
    """

    part: str
    label: str
    check: str = ""
    says: str = ""
    changes: tuple[tuple[str, str], ...] = ()
    code: str = ""

    def functions(self):
        source = REFERENCE
        for old, new in self.changes:
            assert source.count(old) == 1, f"{self.label}: {old!r} occurs {source.count(old)} times"
            source = source.replace(old, new)
        return run(source + "\n\n" + textwrap.dedent(self.code), f"<answers {self.label}>")


def run(source, name="<answers>"):
    """Run source as a notebook does: its lines can be looked up."""
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    scope = {"__name__": "__main__"}
    exec(compile(source, name, "exec"), scope)
    return scope


RIGHT = (
    Variant(
        "6", "normal equations",
        code="""
        def ridge_fit(X, Y, alpha):
            A, B = X - X.mean(0), Y - Y.mean(0)
            W = np.linalg.solve(A.T @ A + alpha * np.eye(X.shape[1]), A.T @ B)
            return W, Y.mean(0) - X.mean(0) @ W
        """,
    ),
    Variant(
        "6", "QR of the extended problem",
        code="""
        def ridge_fit(X, Y, alpha):
            p = X.shape[1]
            A = np.vstack([X - X.mean(0), np.sqrt(alpha) * np.eye(p)])
            Q, R = np.linalg.qr(A)
            W = np.linalg.solve(R, Q.T @ np.vstack([Y - Y.mean(0), np.zeros((p, Y.shape[1]))]))
            return W, Y.mean(0) - X.mean(0) @ W
        """,
    ),
    Variant(
        "8b", "matrices",
        code="""
        def finger_points(angles, lengths):
            def turn(axis, angle):
                c, s, o, i = np.cos(angle), np.sin(angle), 0 * angle, 0 * angle + 1
                rows = [[c, o, -s], [o, i, o], [s, o, c]]
                if axis == "z":
                    rows = [[c, s, o], [-s, c, o], [o, o, i]]
                return np.moveaxis(np.array(rows), 2, 0)

            found = np.zeros((len(angles), 4, 3))
            frame = turn("y", angles[:, 0])
            for j in range(3):
                frame = frame @ turn("z", angles[:, j + 1])
                found[:, j + 1] = found[:, j] + frame @ [lengths[j], 0, 0]
            return found
        """,
    ),
    Variant(
        # Too near to the right answer to be told apart on any finite number of sets.
        "5", "weighted by the distance, not its square",
        changes=(("near = squares(centres).min(axis=1)",
                  "near = np.sqrt(squares(centres).min(axis=1))"),),
    ),
    Variant(
        "1b", "arrays of ends",
        code="""
        def valid_runs(valid):
            edges = np.diff(np.r_[0, np.asarray(valid, int), 0])
            return np.column_stack([np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)])
        """,
    ),
    Variant(
        "2", "two one-pole filters",
        code="""
        def envelope(emg, fs, highpass=40.0, smooth=0.05):
            a = np.exp(-2 * np.pi * 0.68 * highpass / fs)
            out = np.array(emg, float)
            out -= out[:1]
            for _ in range(3):
                last_in, last_out = out[0].copy(), np.zeros(out.shape[1])
                for k in range(len(out)):
                    this = out[k].copy()
                    last_out = a * last_out + (1 + a) / 2 * (this - last_in)
                    out[k], last_in = last_out, this
            out = np.abs(out)
            slow, level = np.exp(-1 / (smooth * fs)), np.zeros(out.shape[1])
            for k in range(len(out)):
                level = slow * level + (1 - slow) * out[k]
                out[k] = level
            return out
        """,
    ),
    Variant(
        "3a", "a list of numbers",
        code="""
        def window_starts(runs, width, hop):
            return [s for a, b in runs for s in range(a, b - width + 1, hop)]
        """,
    ),
    Variant(
        "4a", "sample SD",
        changes=(("X.std(axis=0), 1.0)", "X.std(axis=0, ddof=1), 1.0)"),),
    ),
    Variant(
        "7a", "distances of footprints",
        code="""
        def blocked_folds(starts, width, n_folds, gap):
            n = len(starts)
            if n_folds > n:
                raise ValueError("too many")
            cuts = [n * k // n_folds for k in range(n_folds + 1)]
            folds = []
            for a, b in zip(cuts, cuts[1:]):
                first, last = starts[a], starts[b - 1] + width
                near = (starts + width > first - gap) & (starts < last + gap)
                folds.append((np.flatnonzero(~near), np.arange(a, b)))
            return folds
        """,
    ),
)  # fmt: skip
