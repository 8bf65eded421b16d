"""From a file of wrist EMG to a hand that moves.

Importing this package opens no file, no socket and no heavy library: each public name is
loaded from its module when it is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from emgtut._checks import SessionError as SessionError
    from emgtut.learn.explore import Exploration as Exploration
    from emgtut.learn.explore import explore as explore
    from emgtut.sessions.corpus import Corpus as Corpus
    from emgtut.sessions.emg2pose import Emg2PoseSessionData as Emg2PoseSessionData
    from emgtut.sessions.fetch import data_dir as data_dir
    from emgtut.sessions.fetch import fetch_metadata as fetch_metadata
    from emgtut.sessions.fetch import fetch_session as fetch_session
    from emgtut.sessions.synthetic import load_sample as load_sample
    from emgtut.sessions.synthetic import make_corpus as make_corpus
    from emgtut.sessions.synthetic import make_session as make_session
    from emgtut.sessions.writer import write_session as write_session
    from emgtut.signals.features import feature_names as feature_names
    from emgtut.signals.features import window_features as window_features
    from emgtut.signals.raw import to_raw as to_raw
    from emgtut.signals.windows import Windows as Windows
    from emgtut.signals.windows import windows_of as windows_of

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
