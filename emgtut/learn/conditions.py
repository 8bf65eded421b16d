"""The conditions of a recording that a model was trained under, and whether others match."""

import json
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from typing import Any

import numpy as np

from emgtut.signals.windows import Windows

#: What a model carries; names of `Windows`, and the unit of the EMG.
_CONDITIONS = (
    "sample_rate",
    "window",
    "hop",
    "label",
    "channel_names",
    "features",
    "feature_names",
    "target_names",
    "filter",
    "emg_unit",
)


def conditions_of(windows: Windows, *, emg_unit: str | None = None) -> dict[str, Any]:
    """Return what a model has to know about the recording it was trained on.

    Parameters
    ----------
    windows : Windows
        Windows of the training.
    emg_unit : str, optional
        Name of the unit of the EMG.

    Returns
    -------
    dict
        ``sample_rate`` (Hz), ``window`` and ``hop`` (samples), ``label``, ``channel_names``,
        ``features``, ``feature_names``, ``target_names``, ``filter`` (its corners, or its name;
        None for no filter) and ``emg_unit``; only what JSON can hold.

    Examples
    --------
    >>> from emgtut import load_sample, windows_of
    >>> from emgtut.learn.conditions import conditions_of
    >>> conditions = conditions_of(windows_of(load_sample()), emg_unit="noise_sd")
    >>> conditions["window"], conditions["features"], conditions["filter"]
    (400, ['rms', 'mav', 'wl'], None)
    """
    found = {name: getattr(windows, name, None) for name in _CONDITIONS}
    found["filter"] = _written_filter(windows.filter)
    found["emg_unit"] = emg_unit
    conditions: dict[str, Any] = json.loads(json.dumps(found, default=plain))
    return conditions


def check_conditions(model: Mapping[str, Any] | Any, other: Mapping[str, Any] | Windows) -> None:
    """Raise if a model meets other conditions than those of its training.

    The hop is free: a model does not know how often it is asked. What one side does not know is
    not compared.

    Parameters
    ----------
    model : mapping or model
        Conditions of the training, as from `emgtut.learn.conditions.conditions_of`, or a model
        with ``conditions_``.
    other : mapping or Windows
        Conditions that it meets.

    Raises
    ------
    ValueError
        Naming each condition that differs, with both sides.

    Examples
    --------
    >>> from emgtut.learn.conditions import check_conditions
    >>> check_conditions({"window": 500, "hop": 100}, {"window": 500, "hop": 50})
    >>> check_conditions({"window": 500}, {"window": 2000})
    Traceback (most recent call last):
    ValueError: conditions differ from those of the training: window was 500 and is 2000;
    record and cut windows as in training, or train a model under these conditions
    """
    trained = model if isinstance(model, Mapping) else getattr(model, "conditions_", None)
    if trained is None:
        raise ValueError(
            f"{type(model).__name__} carries no conditions; save it with windows= and load it"
        )
    met = other if isinstance(other, Mapping) else conditions_of(other)
    differ = [
        f"{name} was {_short(trained[name], met[name])} and is {_short(met[name], trained[name])}"
        for name in _CONDITIONS
        if name != "hop" and _known(name, trained) and _known(name, met)
        if not _same(trained[name], met[name])
    ]
    if differ:
        raise ValueError(
            f"conditions differ from those of the training: {'; '.join(differ)}; "
            "record and cut windows as in training, or train a model under these conditions"
        )


def plain(value: Any) -> Any:
    """Turn what NumPy brings into what JSON holds.

    Parameters
    ----------
    value : object
        What ``json`` does not know.

    Returns
    -------
    object
        Numbers and lists.

    Examples
    --------
    >>> import numpy as np
    >>> from emgtut.learn.conditions import plain
    >>> plain(np.float64(0.5)), plain(np.array([1, 2]))
    (0.5, [1, 2])
    """
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    raise TypeError(f"{value!r} cannot be written as JSON")


def _written_filter(design: Any) -> Any:
    if design is None:
        return None
    if is_dataclass(design) and not isinstance(design, type):
        return {"kind": type(design).__name__, **asdict(design)}
    return {"kind": getattr(design, "__qualname__", type(design).__name__)}


def _known(name: str, conditions: Mapping[str, Any]) -> bool:
    # No filter is something to know; all else that is None or empty was not told.
    return name in conditions and (name == "filter" or conditions[name] not in (None, [], ()))


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, float | int) and isinstance(other, float | int):
        return bool(np.isclose(one, other, rtol=1e-6, atol=0))
    return bool(json.dumps(one, default=plain) == json.dumps(other, default=plain))


def _short(value: Any, beside: Any) -> str:
    if isinstance(value, (list, tuple)) and len(value) > 4:
        if isinstance(beside, (list, tuple)) and len(value) == len(beside):
            first = next(k for k, (a, b) in enumerate(zip(value, beside, strict=True)) if a != b)
            return f"{len(value)} with {value[first]} at {first}"
        return f"{len(value)}: {', '.join(map(str, value[:2]))}, ..., {value[-1]}"
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
