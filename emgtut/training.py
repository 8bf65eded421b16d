"""From files to a scored and saved model: ``emgtut train`` and ``emgtut evaluate``."""

from collections.abc import Callable, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import pandas as pd

from emgtut import _checks
from emgtut.learn.conditions import check_conditions
from emgtut.learn.evaluate import evaluate, verdict
from emgtut.learn.models import AveragePose, CatBoostPose, MeanPose, RidgePose
from emgtut.learn.stored import load_model, save_model
from emgtut.sessions.emg2pose import Emg2PoseSessionData
from emgtut.signals.cleaning import needed_filters
from emgtut.signals.pooling import windows_of_many
from emgtut.signals.raw import to_raw
from emgtut.signals.windows import Windows, windows_of

#: Models by the name a person types.
MODELS: dict[str, Callable[[], Any]] = {
    "catboost": CatBoostPose,
    "ridge": RidgePose,
    "average": AveragePose,
    "mean": MeanPose,
}


def windows_for_training(
    files: Sequence[str | PathLike[str]], *, window: float = 0.2, hop: float = 0.05
) -> tuple[Windows, str]:
    """Cut sessions into windows, filtered as the first of them asks for.

    Parameters
    ----------
    files : sequence of path-like
        Session files of the same kind of recording.
    window, hop : float
        Length of a window, and from start to start, in seconds.

    Returns
    -------
    windows : Windows
        The windows of all sessions.
    emg_unit : str
        Name of the stored unit of their EMG.

    Examples
    --------
    >>> from emgtut import load_sample
    >>> from emgtut.training import windows_for_training
    >>> windows, unit = windows_for_training([load_sample()])
    >>> windows.window, unit
    (400, 'noise_sd')
    """
    if not files:
        raise ValueError("no session is named; name at least one file")
    with Emg2PoseSessionData(files[0]) as first:
        unit = first.emg_unit
        design = needed_filters(to_raw(first)).filter(first.sample_rate)
    if len(files) == 1:
        return windows_of(files[0], window=window, hop=hop, filter=design), unit
    return windows_of_many(files, window=window, hop=hop, filter=design), unit


def train(
    files: Sequence[str | PathLike[str]],
    folder: str | PathLike[str],
    *,
    model: str = "catboost",
    window: float = 0.2,
    hop: float = 0.05,
    n_blocks: int = 5,
    gap: float = 0.5,
) -> tuple[Path, pd.DataFrame]:
    """Score a model on blocks of time, then fit it to everything and save it.

    Parameters
    ----------
    files : sequence of path-like
        Session files.
    folder : path-like
        Folder of the model.
    model : str
        ``"catboost"``, ``"ridge"``, their ``"average"``, or ``"mean"`` for the mean pose.
    window, hop : float
        Length of a window, and from start to start, in seconds.
    n_blocks : int
        Blocks to score on.
    gap : float
        Distance between training and test samples, in seconds.

    Returns
    -------
    folder : pathlib.Path
        The saved model, with the conditions of its recording.
    scores : pandas.DataFrame
        From `emgtut.evaluate`, before the final fit.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from emgtut import load_model, load_sample
    >>> from emgtut.training import train
    >>> with tempfile.TemporaryDirectory() as name:
    ...     folder, scores = train([load_sample()], Path(name) / "m", model="ridge", hop=0.1)
    ...     load_model(folder).n_features_in_
    48
    """
    fresh = MODELS[_checks.one_of("model", model, MODELS)]
    windows, unit = windows_for_training(files, window=window, hop=hop)
    scores = evaluate(fresh(), windows, n_blocks=n_blocks, gap=gap)
    fitted = fresh().fit(windows.X, windows.y)
    return save_model(fitted, folder, windows=windows, emg_unit=unit), scores


def score(
    files: Sequence[str | PathLike[str]],
    *,
    model: str = "catboost",
    window: float = 0.2,
    hop: float = 0.05,
    n_blocks: int = 5,
    gap: float = 0.5,
) -> pd.DataFrame:
    """Score a kind of model on blocks of time, or a saved one on sessions it was not trained on.

    Parameters
    ----------
    files : sequence of path-like
        Session files.
    model : str
        One of ``MODELS``, or the folder of a saved model.
    window, hop : float
        As for `train`; a saved model brings its own.
    n_blocks, gap
        As for `train`. A saved model is scored block by block too, but not fitted again.

    Returns
    -------
    pandas.DataFrame
        As from `emgtut.evaluate`.
    """
    if model in MODELS:
        windows, _ = windows_for_training(files, window=window, hop=hop)
        return evaluate(MODELS[model](), windows, n_blocks=n_blocks, gap=gap)
    if not Path(model).is_dir():
        known = ", ".join(map(repr, MODELS))
        raise ValueError(f"model is {model!r}; pass one of {known}, or the folder of a saved model")
    saved = load_model(model)
    conditions = saved.conditions_
    rate = conditions["sample_rate"]
    windows, _ = windows_for_training(
        files, window=conditions["window"] / rate, hop=conditions["hop"] / rate
    )
    check_conditions(saved, windows)
    return evaluate(_AsItIs(saved), windows, n_blocks=n_blocks, gap=gap)


class _AsItIs:
    """A fitted model that stays as it is when it is scored block by block."""

    def __init__(self, model: Any) -> None:
        self.model = model

    def fit(self, X: Any, y: Any) -> "_AsItIs":
        return self

    def predict(self, X: Any) -> Any:
        return self.model.predict(X)

    def __sklearn_clone__(self) -> "_AsItIs":
        return self


def as_text(scores: pd.DataFrame) -> str:
    """Return a table of scores and what they mean, for a terminal.

    Parameters
    ----------
    scores : pandas.DataFrame
        From `emgtut.evaluate`.

    Returns
    -------
    str
        Some lines.
    """
    lines = for_people(scores).to_string(index=False)
    return f"{lines}\n{verdict(scores) if len(scores) >= 3 else ''}".rstrip()


def for_people(scores: pd.DataFrame) -> pd.DataFrame:
    """Return the columns of a score table that a person reads, with units, rounded.

    Parameters
    ----------
    scores : pandas.DataFrame
        From `emgtut.evaluate`.

    Returns
    -------
    pandas.DataFrame
        Text in the columns ``block``, ``error (deg)``, ``mean pose (deg)``, ``flat hand (deg)``,
        ``skill``, ``R2``, ``windows``.
    """
    columns = {
        "block": ("block", "{:.0f}"),
        "mae_deg": ("error (deg)", "{:.1f}"),
        "mean_pose_mae_deg": ("mean pose (deg)", "{:.1f}"),
        "zero_pose_mae_deg": ("flat hand (deg)", "{:.1f}"),
        "skill": ("skill", "{:.2f}"),
        "r2": ("R2", "{:.2f}"),
        "n_windows": ("windows", "{:.0f}"),
    }
    return pd.DataFrame(
        {title: scores[name].map(form.format) for name, (title, form) in columns.items()}
    )
