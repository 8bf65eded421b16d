"""What people write in an interview, the check that has to catch it, and words of what it says."""
# ruff: noqa: ISC004 - a change is a pair of texts, some of them on two lines

from interview_answers import Variant


def _wrong(part, label, check, says, *changes, code=""):
    return Variant(part, label, check, says, changes, code)


WRONG = (
    # 1a
    _wrong(
        "1a", "row = time x rate", "a hole in time", "found by their stamps",
        ("first = np.searchsorted(time, start)",
         "first = min(int(np.ceil(start * 512)), len(time))"),
        ("max(first, np.searchsorted(time, stop))",
         "max(first, int(np.ceil(min(stop, 1e6) * 512)))"),
    ),
    _wrong(
        "1a", "closed right end", "half-open ends", "start <= time < stop",
        ("np.searchsorted(time, stop))", 'np.searchsorted(time, stop, side="right"))'),
    ),
    _wrong(
        "1a", "any zero is invalid", "which rows have a pose", "1 of 7 angles zero: valid is False",
        ("> 1e-8).any(axis=1)", "> 1e-8).all(axis=1)"),
    ),
    _wrong(
        "1a", "unix time returned", "time begins at 0", "unix time",
        ('"time": time[first:last]', '"time": part["time"]'),
    ),
    _wrong(
        "1a", "file left open", "the file is closed", "still open",
        ('    with h5py.File(path, "r") as file:\n',
         '    file = _open.setdefault(len(_open), h5py.File(path, "r"))\n    if True:\n'),
        code="_open = {}",
    ),
    # 1b
    _wrong(
        "1b", "inclusive ends", "half-open pairs", "[(1, 3), (5, 5)]",
        ("[(int(a), int(b)) for a, b", "[(int(a), int(b) - 1) for a, b"),
    ),
    _wrong(
        "1b", "last run lost", "the last run", "no False ends",
        code="""
        def valid_runs(valid):
            runs, start = [], None
            for k, good in enumerate(valid):
                if good and start is None:
                    start = k
                elif not good and start is not None:
                    runs.append((start, k))
                    start = None
            return runs
        """,
    ),
    # 2
    _wrong(
        "2", "no rectifier", "never negative", "below 0",
        ("np.cumsum(np.abs(fast), axis=0)", "np.cumsum(fast, axis=0)"),
    ),
    _wrong(
        "2", "zero-phase", "only the past", "the output changes from 1",
        ("np.convolve(column, taps)[: len(x)]", 'np.convolve(column, taps, mode="same")'),
    ),
    _wrong(
        "2", "no high-pass", "slow parts are gone", "of a sine of 5 Hz",
        ("taps = -low / low.sum()", "taps = 0 * low"),
    ),
    _wrong(
        "2", "subtracts the mean", "slow parts are gone", "of a sine of 5 Hz",
        ("x = x - x[:1]", "x = x - x.mean(axis=0)"),
        ("taps = -low / low.sum()", "taps = 0 * low"),
    ),
    _wrong(
        "2", "first difference", "muscle comes through", "gain at 150 Hz is 0.47",
        ("np.convolve(column, taps)[: len(x)]", "np.diff(column, prepend=column[0])"),
    ),
    # 3a
    _wrong(
        "3a", "last window lost", "the last window of a run", "a run of 11 samples, with",
        ("np.arange(first, stop - width + 1, hop)", "np.arange(first, stop - width, hop)"),
    ),
    _wrong(
        "3a", "runs ignored", "inside runs", "between two runs",
        ("    starts = [np.arange(first, stop - width + 1, hop) for first, stop in runs]\n",
         "    runs = [(runs[0][0], runs[-1][1])] if runs else []\n"
         "    starts = [np.arange(first, stop - width + 1, hop) for first, stop in runs]\n"),
    ),
    # 3b
    _wrong(
        "3b", "Python loop", "cost does not grow with width", "2000",
        code="""
        def features(emg, starts, width):
            rows = [np.empty((0, 3 * emg.shape[1]))]
            for s in starts:
                x = np.asarray(emg[s : s + width], float)
                rms, mav = np.sqrt((x**2).mean(0)), np.abs(x).mean(0)
                rows.append(np.concatenate([rms, mav, np.abs(np.diff(x, axis=0)).sum(0)])[None])
            return np.concatenate(rows)
        """,
    ),
    _wrong(
        "3b", "sliding windows", "cost does not grow with width", "2000",
        code="""
        def features(emg, starts, width):
            x = np.asarray(emg, float)
            w = np.lib.stride_tricks.sliding_window_view(x, width, axis=0)[np.asarray(starts, int)]
            rms, mav = np.sqrt((w**2).mean(-1)), np.abs(w).mean(-1)
            return np.concatenate([rms, mav, np.abs(np.diff(w)).sum(-1)], axis=1)
        """,
    ),
    _wrong(
        "3b", "WL over the left edge", "values", "too large by |x[s] - x[s-1]|; RMS and MAV agree",
        ("np.abs(np.diff(x, axis=0))", "np.abs(np.diff(x, axis=0, prepend=x[:1]))"),
        ("steps[stop - 1] - steps[start]", "steps[stop] - steps[start]"),
    ),
    _wrong(
        "3b", "sums in float32", "long recordings in float32", "use float64",
        ("    x = np.asarray(emg, float)\n    start = np.asarray(starts, int)",
         "    x = np.asarray(emg)\n    start = np.asarray(starts, int)"),
        ("np.zeros((1, x.shape[1])), np.cumsum(values",
         "np.zeros((1, x.shape[1]), x.dtype), np.cumsum(values"),
    ),
    _wrong(
        "3b", "SD for RMS", "values", "RMS block (columns 0-",
        ("    rms = np.sqrt((power[stop] - power[start]) / width)\n",
         "    level = sums(x)\n"
         "    mean = (level[stop] - level[start]) / width\n"
         "    rms = np.sqrt(np.maximum((power[stop] - power[start]) / width - mean**2, 0))\n"),
    ),
    # 4a
    _wrong(
        "4a", "fits again", "a row alone and among others", "rows that are applied",
        ("    return (X - mean) / scale\n",
         "    mean, scale = standardise_fit(X)\n    return (X - mean) / scale\n"),
    ),
    _wrong(
        "4a", "divides by zero", "constant column", "scale of a constant column is 0",
        ("np.where(np.ptp(X, axis=0) > 0, X.std(axis=0), 1.0)", "X.std(axis=0)"),
    ),
    _wrong(
        "4a", "in place", "input stays as it is", "X is changed",
        ("    return (X - mean) / scale\n", "    X -= mean\n    X /= scale\n    return X\n"),
    ),
    # 4b
    _wrong(
        "4b", "not centred", "an offset changes nothing", "with 500 added",
        ("np.linalg.svd(X - mean, full_matrices=False)\n    components",
         "np.linalg.svd(X, full_matrices=False)\n    components"),
    ),
    _wrong(
        "4b", "s not squared", "shares of variance", "s squared",
        ("s[:k] ** 2 / np.sum(s**2)", "s[:k] / np.sum(s)"),
    ),
    _wrong(
        "4b", "directions as columns", "shapes", "components has shape (7, 3)",
        ("components * np.sign(largest)[:, None], s",
         "(components * np.sign(largest)[:, None]).T, s"),
    ),
    _wrong(
        "4b", "no sign rule", "sign rule", "positive",
        ("components * np.sign(largest)[:, None], s", "components, s"),
    ),
    _wrong(
        "4b", "full matrices", "memory", "less than 40 MB",
        ("np.linalg.svd(X - mean, full_matrices=False)", "np.linalg.svd(X - mean)"),
    ),
    _wrong(
        "4b", "any k", "k out of range", "ValueError",
        ("if not 1 <= k <= min(X.shape):", "if False:"),
    ),
    # 5
    _wrong(
        "5", "random start", "blobs without a restart", "of 20 sets",
        ("chance = near / near.sum() if near.sum() > 0 else None", "chance = None"),
    ),
    _wrong(
        "5", "random start, best of five", "blobs without a restart", "of 20 sets",
        ("chance = near / near.sum() if near.sum() > 0 else None", "chance = None"),
        code="""
        one_start = kmeans

        def kmeans(X, k, seed=0, n_iter=100):
            found = [one_start(X, k, 5 * seed + j, n_iter) for j in range(5)]
            return min(found, key=lambda one: one[2])
        """,
    ),
    _wrong(
        "5", "empty cluster is NaN", "fewer places than clusters", "a cluster without members",
        ("for j in np.unique(labels):", "for j in range(k):"),
    ),
    _wrong(
        "5", "double loop", "many rows", "Python loops",
        ("        found = (X**2).sum(1)[:, None] - 2 * X @ centres.T + (centres**2).sum(1)\n",
         "        found = np.array([[np.sum((x - c) ** 2) for c in centres] for x in X])\n"),
    ),
    # 6
    _wrong(
        "6", "penalised intercept", "targets that are all larger", "pulls at the intercept",
        code="""
        def ridge_fit(X, Y, alpha):
            A = np.column_stack([X, np.ones(len(X))])
            W = np.linalg.lstsq(A.T @ A + alpha * np.eye(A.shape[1]), A.T @ Y, rcond=None)[0]
            return W[:-1], W[-1]
        """,
    ),
    _wrong(
        "6", "no intercept", "targets that are all larger", "b is 0",
        code="""
        def ridge_fit(X, Y, alpha):
            W = np.linalg.lstsq(X.T @ X + alpha * np.eye(X.shape[1]), X.T @ Y, rcond=None)[0]
            return W, np.zeros(Y.shape[1])
        """,
    ),
    _wrong(
        "6", "alpha x n", "the gradient is zero", "W solves the problem for alpha",
        ("np.where(real, s**2 + alpha, 1)", "np.where(real, s**2 + alpha * len(X), 1)"),
    ),
    # 7a
    _wrong(
        "7a", "shuffled", "blocks of time", "a shuffle",
        ("np.array_split(np.arange(len(starts)), n_folds)",
         "np.array_split(np.random.default_rng(0).permutation(len(starts)), n_folds)"),
    ),
    _wrong(
        "7a", "no gap", "the gap", "[s, s + width)",
        ("folds.append((np.flatnonzero(before | after), test))",
         "folds.append((np.setdiff1d(np.arange(len(starts)), test), test))"),
    ),
    _wrong(
        "7a", "gap in windows", "nothing dropped needlessly", "samples, not windows",
        ("before = starts + width + gap <= starts[test[0]]",
         "before = np.arange(len(starts)) + width + gap < test[0]"),
        ("after = starts >= starts[test[-1]] + width + gap",
         "after = np.arange(len(starts)) > test[-1] + width + gap"),
    ),
    _wrong(
        "7a", "gap between starts", "the gap", "the width of a window",
        ("before = starts + width + gap <= starts[test[0]]",
         "before = starts + gap < starts[test[0]]"),
        ("after = starts >= starts[test[-1]] + width + gap",
         "after = starts > starts[test[-1]] + gap"),
    ),
    _wrong(
        "7a", "gap on one side", "the gap", "the other side of the block",
        ("after = starts >= starts[test[-1]] + width + gap",
         "after = np.arange(len(starts)) > test[-1]"),
    ),
    # 7b
    _wrong(
        "7b", "scaler on all rows", "other tested rows are not used", "mean and scale",
        ("mean, scale = standardise_fit(X[train])\n        W",
         "mean, scale = standardise_fit(X)\n        W"),
    ),
    _wrong(
        "7b", "gap rows trained on", "rows in the gap are not used", "what is not tested",
        ("    for train, test in folds:\n",
         "    for train, test in folds:\n        train = np.setdiff1d(np.arange(len(X)), test)\n"),
    ),
    _wrong(
        "7b", "fits on all", "tested targets are not used", "the weights are fitted on",
        ("    for train, test in folds:\n",
         "    for train, test in folds:\n        train = np.arange(len(X))\n"),
    ),
    # 8a
    _wrong(
        "8a", "mask ignored", "rows without a truth", "valid, which is not used",
        ("np.broadcast_to(pred, true.shape)[valid] - true[valid]", "pred - true"),
    ),
    _wrong(
        "8a", "radians", "degrees", "1.571 for predictions",
        ("np.degrees(np.abs(np.broadcast", "(np.abs(np.broadcast"),
    ),
    _wrong(
        "8a", "NaN x 0", "NaN where there is no truth", "0 x NaN",
        ("    error = np.degrees("
         "np.abs(np.broadcast_to(pred, true.shape)[valid] - true[valid]))\n",
         "    error = np.degrees(np.abs(pred - true))"
         " * valid[:, None] * len(valid) / valid.sum()\n"),
    ),
    _wrong(
        "8a", "mask on the joint axis", "rows without a truth", "it chose joints",
        ("np.broadcast_to(pred, true.shape)[valid] - true[valid]",
         "(pred - true)[:, valid] if len(true) == true.shape[1] else (pred - true)[valid]"),
    ),
    # 8b
    _wrong(
        "8b", "sign of flexion", "flexion bends to the palm", "the sign of flexion",
        ("-np.sin(bend)", "np.sin(bend)"),
    ),
    _wrong(
        "8b", "flexions not added", "flexion adds up along the finger", "(46.0, -43.0",
        ("spread, bend = angles[:, :1], np.cumsum(angles[:, 1:], axis=1)",
         "spread, bend = angles[:, :1], angles[:, 1:]"),
    ),
    _wrong(
        "8b", "degrees in", "flexion bends to the palm", "the unit of the angles",
        ("    angles = np.asarray(angles, float)\n    spread",
         "    angles = np.radians(angles)\n    spread"),
    ),
    _wrong(
        "8b", "spread first", "spread of a bent finger", "turns that plane",
        ("[np.cos(spread) * np.cos(bend), -np.sin(bend), np.sin(spread) * np.cos(bend)]",
         "[np.cos(spread) * np.cos(bend), -np.cos(spread) * np.sin(bend), "
         "np.sin(spread) + 0 * bend]"),
    ),
    # 9
    _wrong(
        "9", "speed from raw values", "known values", "from the smoothed value before",
        ("step = np.where(known & self.seen, x - self.y, 0)\n",
         "step = np.where(known & self.seen, x - self.y, 0)\n"
         "            raw = np.where(known & self.seen, x - self.raw, 0)\n"),
        ("(step / dt - self.v)", "(raw / dt - self.v)"),
        ("        return self.y.copy()\n",
         "        self.raw = np.where(known, x, getattr(self, 'raw', 0 * self.y))\n"
         "        return self.y.copy()\n"),
    ),
    _wrong(
        "9", "NaN sticks", "dropped values", "gets into what the filter remembers",
        ("known = np.isfinite(x)\n", "known = np.full(x.shape, True)\n"),
    ),
    _wrong(
        "9", "fixed dt", "time between samples", "after 10 ms and after 200 ms",
        ("dt = t - self.t\n", "dt = 1 / 32 if t > self.t else 0\n"),
    ),
    _wrong(
        "9", "one speed for all", "components apart", "one speed for each component",
        ("self.beta * np.abs(self.v)", "self.beta * np.linalg.norm(self.v)"),
    ),
    # 10
    _wrong(
        "10", "trains on tested rows", "the truth is not used", "angles of the tested part",
        ("known, new = load_slice(path, *train), load_slice(path, *test)",
         "known, new = load_slice(path, train[0], test[1]), load_slice(path, *test)"),
    ),
    _wrong(
        "10", "corrects with the tested mean", "the truth is not used", "angles of the tested part",
        ("mean, scale) @ W + b,\n        \"baseline\"",
         "mean, scale) @ W + new[\"angles\"].mean(axis=0),\n        \"baseline\""),
    ),
    _wrong(
        "10", "mean pose only", "skill", "skill 0.00",
        ("standardise_apply(described(new, starts), mean, scale) @ W + b,",
         "np.tile(known[\"angles\"][known[\"valid\"]].mean(axis=0), (len(starts), 1)),"),
    ),
    _wrong(
        "10", "zeros kept", "the mean pose", "zeros pull the mean",
        ("starts = window_starts(valid_runs(known[\"valid\"]), width, hop)",
         "starts = window_starts([(0, len(known[\"time\"]))], width, hop)"),
        ("known[\"angles\"][known[\"valid\"]].mean(axis=0),\n    }",
         "known[\"angles\"].mean(axis=0),\n    }"),
    ),
    _wrong(
        "10", "zeros kept as targets", "skill", "of solved windows",
        ("starts = window_starts(valid_runs(known[\"valid\"]), width, hop)",
         "starts = window_starts([(0, len(known[\"time\"]))], width, hop)"),
    ),
    _wrong(
        "10", "scaled over the whole file", "the future is not used", "over the whole file",
        ("    starts = window_starts([(0, len(new[\"time\"]))], width, hop)\n",
         "    loud = load_slice(path)[\"emg\"].std(axis=0)\n"
         "    new[\"emg\"] = new[\"emg\"] / loud * known[\"emg\"].std(axis=0)\n"
         "    starts = window_starts([(0, len(new[\"time\"]))], width, hop)\n"),
    ),
)  # fmt: skip
