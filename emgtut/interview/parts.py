"""The fifteen parts of the interview: what is asked, and three hints for each."""

from dataclasses import dataclass, field

from emgtut._checks import one_of

#: Rounds by name.
ROUNDS = ("core", "stretch", "full")


@dataclass(frozen=True)
class Part:
    """One part of the interview.

    Attributes
    ----------
    id : str
        Step and letter, such as ``"3b"``.
    name : str
        Short name, such as ``"features"``.
    functions : tuple of str
        What is written for it.
    title : str
        What it is about.
    ask : str
        The question, in the words of the interviewer.
    hints : tuple of str
        A question, the tool, the key expression.
    minutes : int
        Time it should take.
    cost : str
        How the work grows: T samples, n windows, p features, k centres.
    core : bool
        Whether it belongs to the first 45 minutes.
    """

    id: str
    name: str
    functions: tuple[str, ...]
    title: str
    ask: str
    hints: tuple[str, str, str] = field(repr=False)
    minutes: int
    cost: str
    core: bool = True

    @property
    def step(self) -> str:
        """Number of the step it belongs to."""
        return self.id.rstrip("ab")


PARTS = (
    Part(
        "1a",
        "load",
        ("load_slice",),
        "Load and slice",
        "Here is a recording. Give me the rows between two times in seconds from its start, and "
        "tell me which have a usable pose. There may be a hole in the recording.",
        (
            "After a hole in the recording, is row t x rate still at time t?",
            (
                "np.searchsorted on the stamps, the same side for both ends; a slice of a compound "
                "dataset reads rows, with all their fields."
            ),
            (
                "Count seconds from time[0]. A row is usable if any angle differs from zero: "
                "(abs(angles) > 1e-8).any over the joints."
            ),
        ),
        3,
        "log T",
    ),
    Part(
        "1b",
        "runs",
        ("valid_runs",),
        "Usable stretches",
        "Now list the usable stretches, as half-open pairs of rows.",
        (
            "What happens to a stretch that reaches the last row?",
            "np.flatnonzero finds the places where a mask changes.",
            (
                "Pad the mask with False on both sides; the places where it changes then come in "
                "pairs: reshape(-1, 2)."
            ),
        ),
        2,
        "T",
    ),
    Part(
        "2",
        "envelope",
        ("envelope",),
        "High-pass, rectify, envelope",
        "Turn the raw signal into effort over time. It has to run live, so no looking ahead.",
        (
            (
                "What does the average of a signal tell whose mean is zero? And which "
                "samples may the "
                "output at time t depend on?"
            ),
            (
                "A windowed-sinc low-pass; minus it, plus one in the middle, is a high-pass. "
                "Then the "
                "absolute value, then an average."
            ),
            (
                "A moving average is the difference of a cumulative sum, S[t] - S[t - m], with the "
                "start clipped at 0."
            ),
        ),
        10,
        "T x taps",
        core=False,
    ),
    Part(
        "3a",
        "windows",
        ("window_starts",),
        "Windows",
        "Cut windows that stay inside usable stretches.",
        (
            "How many windows fit a stretch of exactly one window's length?",
            "np.arange for each stretch, then np.concatenate; think of no stretch at all.",
            "The last start of a stretch (a, b) is b - width, and np.arange leaves its end out.",
        ),
        4,
        "n",
    ),
    Part(
        "3b",
        "features",
        ("features",),
        "Features whose cost does not grow",
        "Describe each window by RMS, mean absolute value and waveform length. I will ask what "
        "happens when the window gets ten times longer.",
        (
            "How much do neighbouring windows share?",
            (
                "np.cumsum of x squared, of |x| and of the absolute differences, in float64, "
                "with a "
                "row of zeros in front."
            ),
            (
                "The sum over [s, s + w) is S[s + w] - S[s]. A window of w samples has w - 1 "
                "differences: stop one earlier."
            ),
        ),
        4,
        "T + n",
    ),
    Part(
        "4a",
        "standardise",
        ("standardise_fit", "standardise_apply"),
        "Standardise",
        "Scale the features so that the test part cannot influence the training part.",
        (
            "Which rows may set the mean?",
            (
                "X.mean(axis=0) and X.std(axis=0), measured once, applied anywhere; np.where for a "
                "column that never changes."
            ),
            "A column without spread gets the scale 1. Apply (X - mean) / scale to a new array.",
        ),
        3,
        "n p",
    ),
    Part(
        "4b",
        "pca",
        ("pca",),
        "PCA by SVD",
        "Then the main directions, please, with a sign rule so that two runs agree.",
        (
            "What does the first direction show if the mean stays in?",
            "np.linalg.svd of the centred matrix, with full_matrices=False.",
            (
                "The share of variance is s squared over its sum. Signs come last: each row "
                "times the "
                "sign of its largest entry."
            ),
        ),
        8,
        "n p²",
        core=False,
    ),
    Part(
        "5",
        "kmeans",
        ("kmeans",),
        "k-means",
        "Cluster these windows. Two runs with the same seed must agree, and I should not have to "
        "restart it by hand.",
        (
            "What if two of the first centres sit in one blob?",
            (
                "k-means++: draw the next centre with probability proportional to the "
                "squared distance "
                "to the nearest one; rng.choice takes p."
            ),
            (
                "|x - c|2 = |x|2 - 2xc + |c|2 avoids the n x k x p array. A cluster without "
                "members "
                "keeps its centre."
            ),
        ),
        12,
        "n p k, a round",
        core=False,
    ),
    Part(
        "6",
        "ridge",
        ("ridge_fit",),
        "Ridge",
        "Regress all joints at once. Normal equations or QR or SVD, your choice, but tell me when "
        "each is a bad idea.",
        (
            "What should happen to W when every target grows by 100?",
            "Centre X and Y, solve without an intercept, then find b from the means.",
            (
                "solve(A.T A + alpha I, A.T B); with the SVD the factor is s / (s2 + alpha). "
                "b = mean(Y) - mean(X) W."
            ),
        ),
        6,
        "n p²",
    ),
    Part(
        "7a",
        "folds",
        ("blocked_folds",),
        "Blocked folds with a gap",
        "Estimate how this works tomorrow. Windows overlap and the angles are smoothed: convince "
        "me that nothing leaks.",
        (
            "Which samples does window i touch?",
            "np.array_split for the blocks; a comparison of starts for the rows that may train.",
            (
                "Compare s + width + gap with the first tested start, and the reverse at the "
                "other end."
            ),
        ),
        4,
        "n x folds",
    ),
    Part(
        "7b",
        "cross_validation",
        ("cross_val_predict",),
        "Cross-validated predictions",
        "Now predict every tested window by a model that has not seen its fold.",
        (
            "If a tested row were changed to 10 000, which predictions may move?",
            "A loop over folds; the functions of 4a and 6 inside it.",
            (
                "Mean, scale, W and b come from X[train] and Y[train], anew for each fold; "
                "write into "
                "result[test]."
            ),
        ),
        4,
        "n p² x folds",
    ),
    Part(
        "8a",
        "error",
        ("angular_error",),
        "Error in degrees",
        "How wrong is it, in degrees, on the rows that have a truth?",
        (
            "Which rows enter the mean, and when is NaN x 0 not 0?",
            "Boolean indexing along the first axis; np.broadcast_to for one pose.",
            (
                "Choose rows first, error[valid]; an empty choice is answered before any mean is "
                "taken."
            ),
        ),
        4,
        "n",
    ),
    Part(
        "8b",
        "finger",
        ("finger_points",),
        "A finger in space",
        "And where does the fingertip end up, in millimetres?",
        (
            "The finger bends in one plane. What does the spread do to that plane?",
            "np.cumsum along the finger, twice: over flexions, then over bones.",
            (
                "With accumulated flexion f and spread a, a bone points along "
                "(cos a cos f, -sin f, sin a cos f)."
            ),
        ),
        8,
        "n",
        core=False,
    ),
    Part(
        "9",
        "euro",
        ("OneEuro",),
        "One-euro filter",
        "The hand trembles. Calm it without making it slow. Sensors drop values.",
        (
            "Which previous value does the speed use, the raw one or the smoothed one?",
            "alpha(c) = 1 / (1 + 1 / (2 pi c dt)); cutoff = min_cutoff + beta |speed|.",
            (
                "Smooth the speed first, with d_cutoff; then the value. np.where with np.isfinite "
                "leaves dropped components alone."
            ),
        ),
        7,
        "1, a sample",
        core=False,
    ),
    Part(
        "10",
        "pose",
        ("predict_pose",),
        "End to end",
        "A new recording. Predict the hand for the last quarter minute. Then tell me how much "
        "better that is than doing nothing.",
        (
            "What would be left of the prediction if the test angles were noise?",
            "Parts 1, 3, 4a and 6 in that order, with the logarithm of the features.",
            (
                "Targets are the angles at starts + width - 1, of windows inside solved runs "
                "only; the "
                "tested part gives EMG and stamps."
            ),
        ),
        11,
        "T + n p²",
    ),
)

BY_NAME = {key: part for part in PARTS for key in (part.id, part.name, *part.functions)}


def parts_of(which: int | str) -> tuple[Part, ...]:
    """Return the parts that a step, a part or a name means.

    Parameters
    ----------
    which : int or str
        Step (``3``), part (``"3b"``), short name (``"features"``) or function.

    Returns
    -------
    tuple of Part
        One part, or all of a step.

    Examples
    --------
    >>> [part.name for part in parts_of(3)], parts_of("ridge")[0].id
    (['windows', 'features'], '6')
    """
    key = str(which).strip()
    step = tuple(part for part in PARTS if part.step == key)
    if step:
        return step
    if key not in BY_NAME:
        ids, names = ", ".join(p.id for p in PARTS), ", ".join(p.name for p in PARTS)
        raise ValueError(f"step is {which!r}; pass one of {ids}, or one of {names}")
    return (BY_NAME[key],)


def parts_in(round: str) -> tuple[Part, ...]:  # noqa: A002
    """Return the parts of a round, in order.

    Parameters
    ----------
    round : {"core", "stretch", "full"}
        The interview as told, what can be asked beyond it, or both.

    Returns
    -------
    tuple of Part
        Ten, five or fifteen parts.

    Examples
    --------
    >>> [part.id for part in parts_in("stretch")]
    ['2', '4b', '5', '8b', '9']
    """
    one_of("round", round, ROUNDS)
    return tuple(part for part in PARTS if round == "full" or part.core == (round == "core"))
