"""One way to ask for a library that emgtut does not require."""

from importlib import import_module
from types import ModuleType


def require(module: str, *, extra: str) -> ModuleType:
    """Import ``module``, or raise an ``ImportError`` that says how to install it.

    Parameters
    ----------
    module : str
        Name to import, e.g. ``"catboost"``.
    extra : str
        The extra of emgtut that brings it, e.g. ``"regression"``.

    Returns
    -------
    module
        The imported module.

    Raises
    ------
    ImportError
        If the module is not installed; the message holds the line to type.

    Examples
    --------
    >>> require("math", extra="regression").pi > 3
    True
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise ImportError(
            f"{module} is not installed ({error}); type: pip install 'emgtut[{extra}]'"
        ) from error
