"""How good a model is on time, people or movements it was not trained on."""

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats
from sklearn.base import clone

from emgtut.anatomy import JOINTS
from emgtut.learn.metrics import angular_error, landmark_distance, r2, skill
from emgtut.learn.models import MeanPose
from emgtut.learn.splits import Split, blocked_split
from emgtut.signals.windows import Windows

#: Scores of `evaluate` that can be averaged over rows.
SCORES = (
    "mae_deg",
    "mean_pose_mae_deg",
    "zero_pose_mae_deg",
    "r2",
    "mean_pose_r2",
    "skill",
    "landmark_mm",
    "mean_pose_landmark_mm",
)
#: Chance that a model without skill is called decodable, for one recording.
_ERROR_RATE = 0.05


def evaluate(
    model: Any,
    windows: Windows,
    *,
    n_blocks: int = 5,
    gap: float = 0.5,
    split: Any = None,
) -> pd.DataFrame:
    """Score a model on blocks of time that it was not trained on, beside two constant hands.

    For each block a copy of the model is fitted to the windows that are at least ``gap`` away
    from it, and scored on the block. The mean pose is that of the same training windows.

    Parameters
    ----------
    model : object with ``fit(X, y)`` and ``predict(X)``
        The model; it is copied, and itself not changed.
    windows : Windows
        Windows with poses, in the order of time.
    n_blocks : int
        Number of blocks.
    gap : float
        Distance between the samples of training and test windows, in seconds; see
        `emgtut.blocked_split`.
    split : splitter or iterable of (train, test), optional
        Other splits, such as ``LeaveUsersOut()`` or pairs of row numbers; ``n_blocks`` and
        ``gap`` are then not used.

    Returns
    -------
    pandas.DataFrame
        One row a block:

        - ``block``: number, from 0;
        - ``mae_deg``, ``mean_pose_mae_deg``, ``zero_pose_mae_deg``: mean absolute error of the
          model, of the mean pose of the training and of the flat hand, in degrees;
        - ``r2``, ``mean_pose_r2``: explained variance of the model and of that mean pose, about
          the mean of the block, joints weighted by how much they move. The mean pose is below 0
          where the block's mean is another;
        - ``skill``: 1 - ``mae_deg`` / ``mean_pose_mae_deg``; 0 or less has learnt nothing;
        - ``landmark_mm``, ``mean_pose_landmark_mm``: mean distance of the points of a hand, in
          mm; NaN unless the targets are the 20 joints of the dataset;
        - ``n_windows``, ``n_train``: windows tested and trained on;
        - ``start_s``, ``stop_s``: first and last stamp of the block, in seconds from the first
          window;
        - ``held_out``: with a splitter by users, stages or recordings, which one it was;
        - ``user``, ``session``, ``stage``, ``side``: where the block is from, if all of it is
          from one.

    Raises
    ------
    ValueError
        If there are too few windows for the blocks, or features and poses do not fit.

    Examples
    --------
    >>> from emgtut import load_sample, windows_of
    >>> from emgtut.learn.evaluate import evaluate
    >>> from emgtut.learn.models import RidgePose
    >>> scores = evaluate(RidgePose(), windows_of(load_sample()))
    >>> len(scores), bool((scores.mae_deg < scores.mean_pose_mae_deg).all())
    (5, True)
    """
    splits, held_out = _splits(windows, n_blocks, gap, split)
    in_space = windows.target_names == JOINTS
    rows = []
    for k, (train, test) in enumerate(splits):
        pred = _fitted(model, windows, train).predict(windows.X[test])
        pose = MeanPose().fit(windows.X[train], windows.y[train]).pose_
        rows.append(_row(windows, test, np.asarray(pred), pose, in_space=in_space))
        rows[-1] |= {"block": k, "n_train": len(train)}
        if held_out:
            rows[-1]["held_out"] = held_out[k]
    table = pd.DataFrame(rows)
    return table[["block", *(name for name in table if name != "block")]]


def predict_blocks(
    model: Any, windows: Windows, *, n_blocks: int = 5, gap: float = 0.5, split: Any = None
) -> np.ndarray:
    """Predict every window by a copy of the model that was trained without its block.

    What `emgtut.evaluate` scores block by block, to draw, or to score as a whole.

    Parameters
    ----------
    model, windows, n_blocks, gap, split
        As for `emgtut.evaluate`.

    Returns
    -------
    ndarray of shape (n_windows, n_targets)
        Predicted angles, in radians; NaN for windows that no split tests.

    Examples
    --------
    >>> from emgtut import load_sample, windows_of
    >>> from emgtut.learn.evaluate import predict_blocks
    >>> from emgtut.learn.metrics import r2
    >>> from emgtut.learn.models import MeanPose, RidgePose
    >>> windows = windows_of(load_sample())
    >>> r2(windows.y, predict_blocks(RidgePose(), windows)) > 0.5
    True
    """
    found = np.full(windows.y.shape, np.nan)
    for train, test in _splits(windows, n_blocks, gap, split)[0]:
        pred = np.asarray(_fitted(model, windows, train).predict(windows.X[test]))
        found[test] = pred.reshape(len(test), -1)
    return found


def verdict(scores: pd.DataFrame) -> str:
    """Say in a sentence whether a recording can be decoded, judged by its blocks.

    Parameters
    ----------
    scores : pandas.DataFrame
        From `emgtut.evaluate`: three blocks or more.

    Returns
    -------
    str
        Begins with ``"decoded"``, with ``"not shown to be decodable"`` (better than the mean
        pose, but no more than blocks differ by chance) or with ``"cannot be decoded"`` (no
        better than the mean pose).

    Notes
    -----
    A one-sided t-test of the blocks' skill against 0, at 5 %. Blocks share training windows and
    are not quite independent, so that this is a rule of thumb: it keeps from calling a lucky
    block a result.

    Examples
    --------
    >>> import pandas as pd
    >>> from emgtut.learn.evaluate import verdict
    >>> skill = [0.1, -0.2, 0.1, -0.1, 0.0]
    >>> verdict(pd.DataFrame({"skill": skill, "mae_deg": 31.0, "mean_pose_mae_deg": 30.5}))
    'cannot be decoded: 31.0 degrees of error, 30.5 for a hand that never moves (skill -0.02,
    better in 2 of 5 blocks)'
    """
    skills = scores["skill"].to_numpy(dtype=float)
    skills = skills[np.isfinite(skills)]
    if len(skills) < 3:
        raise ValueError(f"scores has {len(skills)} blocks with a skill; pass a table of 3 or more")
    mean = skills.mean()
    error = stats.sem(skills)
    # Without any spread there is nothing to test.
    chance = float(stats.t.sf(mean / error, len(skills) - 1)) if error > 0 else 0.0
    if mean <= 0:
        word = "cannot be decoded"
    elif chance >= _ERROR_RATE:
        word = "not shown to be decodable, blocks differ too much"
    else:
        word = "decoded"
    return (
        f"{word}: {scores['mae_deg'].mean():.1f} degrees of error, "
        f"{scores['mean_pose_mae_deg'].mean():.1f} for a hand that never moves "
        f"(skill {mean:.2f}, better in {(skills > 0).sum()} of {len(skills)} blocks)"
    )


def per_user(scores: pd.DataFrame, *, by: str = "user") -> pd.DataFrame:
    """Average scores within each user, so that no one counts more for recording longer.

    Parameters
    ----------
    scores : pandas.DataFrame
        Table with a column for the user and columns of scores, such as several tables of
        `emgtut.evaluate` put together. With a column ``n_windows``, each row counts by it.
    by : str
        Column that tells users apart.

    Returns
    -------
    pandas.DataFrame
        One row a user: ``n_windows`` and the mean of each score.

    Examples
    --------
    >>> import pandas as pd
    >>> from emgtut.learn.evaluate import over_users, per_user
    >>> scores = pd.DataFrame(
    ...     {"user": ["ann", "ann", "ben"], "mae_deg": [10, 12, 20], "n_windows": [1, 3, 9]}
    ... )
    >>> per_user(scores).mae_deg.tolist()
    [11.5, 20.0]
    >>> over_users(per_user(scores)).loc["mae_deg", ["mean", "n", "ddof"]].tolist()
    [15.75, 2.0, 1.0]
    """
    if by not in scores:
        raise ValueError(
            f"scores has the columns {', '.join(map(str, scores))}; pass by= the one with users"
        )
    names = [name for name in SCORES if name in scores]
    if not names:
        raise ValueError(f"scores has no score; pass a table with one of {', '.join(SCORES)}")
    weight = scores["n_windows"] if "n_windows" in scores else pd.Series(1, index=scores.index)
    known = scores[names].notna()
    weights = known.mul(weight, axis=0).groupby(scores[by]).sum()
    sums = scores[names].mul(weight, axis=0).groupby(scores[by]).sum()
    means = (sums / weights.where(weights > 0)).astype(float)
    means.insert(0, "n_windows", weight.groupby(scores[by]).sum())
    return means


def over_users(users: pd.DataFrame) -> pd.DataFrame:
    """Return mean and spread over users.

    Parameters
    ----------
    users : pandas.DataFrame
        From `per_user`: one row a user.

    Returns
    -------
    pandas.DataFrame
        One row a score: ``mean``, ``sd`` (standard deviation over users, divided by ``n`` less
        ``ddof``; NaN for one user), ``n`` users and ``ddof``, which is 1.

    Examples
    --------
    >>> import pandas as pd
    >>> from emgtut.learn.evaluate import over_users
    >>> over_users(pd.DataFrame({"skill": [0.1, 0.3]})).round(3).to_dict("records")
    [{'mean': 0.2, 'sd': 0.141, 'n': 2, 'ddof': 1}]
    """
    scores = users.drop(columns="n_windows", errors="ignore")
    return pd.DataFrame(
        {
            "mean": scores.mean(),
            "sd": scores.std(ddof=1),
            "n": scores.notna().sum(),
            "ddof": 1,
        }
    )


def _splits(
    windows: Windows, n_blocks: int, gap: float, split: Any
) -> tuple[list[Split], list[str]]:
    """Return pairs of rows, and the name of what each holds out, if it has one."""
    if split is None:
        return blocked_split(windows, n_blocks, gap=gap), []
    if not hasattr(split, "split"):
        if not isinstance(split, Iterable):
            raise TypeError(f"split is {split!r}; pass a splitter, or pairs of (train, test)")
        return [(np.asarray(train), np.asarray(test)) for train, test in split], []
    pairs = list(split.split(windows.X, windows.y, windows.groups))
    if not hasattr(split, "names"):
        return pairs, []
    names = split.names(windows.X, windows.groups)
    return pairs, [str(names[test[0]]) for _, test in pairs]


def _fitted(model: Any, windows: Windows, train: np.ndarray) -> Any:
    """Fit a copy of a model; what is no scikit-learn estimator is copied whole."""
    for verb in ("fit", "predict"):
        if not callable(getattr(model, verb, None)):
            raise TypeError(
                f"model is {model!r}; pass one with fit and predict, such as RidgePose()"
            )
    copy = clone(model, safe=False)
    copy.fit(windows.X[train], windows.y[train])
    return copy


def _row(
    windows: Windows, test: np.ndarray, pred: np.ndarray, pose: np.ndarray, *, in_space: bool
) -> dict[str, Any]:
    true, stamps = windows.y[test], windows.time[test] - windows.time.min()
    scores: dict[str, Any] = {
        "mae_deg": angular_error(true, pred),
        "mean_pose_mae_deg": angular_error(true, pose),
        "zero_pose_mae_deg": angular_error(true, np.zeros_like(pose)),
        "r2": r2(true, pred),
        "mean_pose_r2": r2(true, pose),
        "skill": skill(true, pred, pose),
        "landmark_mm": landmark_distance(true, pred) if in_space else math.nan,
        "mean_pose_landmark_mm": landmark_distance(true, pose) if in_space else math.nan,
        "n_windows": len(test),
        "start_s": float(stamps.min()),
        "stop_s": float(stamps.max()),
    }
    if windows.groups is not None:
        where = windows.groups.iloc[test]
        for name in ("user", "session", "stage", "side"):
            one = where[name].unique()
            scores[name] = one[0] if len(one) == 1 else None
    return scores
