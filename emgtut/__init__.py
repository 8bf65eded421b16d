"""From a file of wrist EMG to a hand that moves.

Importing this package opens no file, no socket and no heavy library: each public name is
loaded from its module when it is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from emgtut.learn.explore import Exploration, explore
    from emgtut.sessions.corpus import Corpus
    from emgtut.sessions.emg2pose import Emg2PoseSessionData
    from emgtut.sessions.fetch import data_dir, fetch_metadata, fetch_session
    from emgtut.sessions.synthetic import load_sample, make_corpus, make_session
    from emgtut.sessions.writer import write_session
    from emgtut.signals.features import feature_names, window_features
    from emgtut.signals.raw import to_raw
    from emgtut.signals.windows import Windows, windows_of

#: Where each public name lives.
_HOME = {
    "Corpus": "sessions.corpus",
    "Emg2PoseSessionData": "sessions.emg2pose",
    "Exploration": "learn.explore",
    "SessionError": "_checks",
    "Windows": "signals.windows",
    "data_dir": "sessions.fetch",
    "explore": "learn.explore",
    "feature_names": "signals.features",
    "fetch_metadata": "sessions.fetch",
    "fetch_session": "sessions.fetch",
    "load_sample": "sessions.synthetic",
    "make_corpus": "sessions.synthetic",
    "make_session": "sessions.synthetic",
    "to_raw": "signals.raw",
    "window_features": "signals.features",
    "windows_of": "signals.windows",
    "write_session": "sessions.writer",
}

__all__ = [*_HOME, "__version__"]  # noqa: PLE0604


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("emgtut")
    if name in _HOME:
        value = getattr(import_module(f"emgtut.{_HOME[name]}"), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'emgtut' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
