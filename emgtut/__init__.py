"""From a file of wrist EMG to a hand that moves.

Importing this package opens no file, no socket and no heavy library: each public name is
loaded from its module when it is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from emgtut._checks import SessionError as SessionError
    from emgtut.learn.evaluate import evaluate as evaluate
    from emgtut.learn.explore import Exploration as Exploration
    from emgtut.learn.explore import explore as explore
    from emgtut.learn.metrics import angular_error as angular_error
    from emgtut.learn.metrics import landmark_distance as landmark_distance
    from emgtut.learn.models import AveragePose as AveragePose
    from emgtut.learn.models import CatBoostPose as CatBoostPose
    from emgtut.learn.models import MeanPose as MeanPose
    from emgtut.learn.models import RidgePose as RidgePose
    from emgtut.learn.splits import LeaveRecordingsOut as LeaveRecordingsOut
    from emgtut.learn.splits import LeaveStagesOut as LeaveStagesOut
    from emgtut.learn.splits import LeaveUsersOut as LeaveUsersOut
    from emgtut.learn.splits import blocked_split as blocked_split
    from emgtut.learn.stored import load_model as load_model
    from emgtut.learn.stored import save_model as save_model
    from emgtut.pose.hand import HandModel as HandModel
    from emgtut.pose.kinematics import landmarks as landmarks
    from emgtut.pose.retarget import retarget as retarget
    from emgtut.sessions.corpus import Corpus as Corpus
    from emgtut.sessions.emg2pose import Emg2PoseSessionData as Emg2PoseSessionData
    from emgtut.sessions.fetch import data_dir as data_dir
    from emgtut.sessions.fetch import fetch_metadata as fetch_metadata
    from emgtut.sessions.fetch import fetch_session as fetch_session
    from emgtut.sessions.synthetic import load_sample as load_sample
    from emgtut.sessions.synthetic import make_corpus as make_corpus
    from emgtut.sessions.synthetic import make_session as make_session
    from emgtut.sessions.writer import write_session as write_session
    from emgtut.signals.extractor import FeatureExtractor as FeatureExtractor
    from emgtut.signals.features import feature_names as feature_names
    from emgtut.signals.features import window_features as window_features
    from emgtut.signals.filters import EMGFilter as EMGFilter
    from emgtut.signals.pooling import windows_of_many as windows_of_many
    from emgtut.signals.raw import to_raw as to_raw
    from emgtut.signals.windows import Windows as Windows
    from emgtut.signals.windows import windows_of as windows_of

#: Where each public name lives.
_HOME = {
    "AveragePose": "learn.models",
    "CatBoostPose": "learn.models",
    "Corpus": "sessions.corpus",
    "EMGFilter": "signals.filters",
    "Emg2PoseSessionData": "sessions.emg2pose",
    "Exploration": "learn.explore",
    "FeatureExtractor": "signals.extractor",
    "HandModel": "pose.hand",
    "LeaveRecordingsOut": "learn.splits",
    "LeaveStagesOut": "learn.splits",
    "LeaveUsersOut": "learn.splits",
    "MeanPose": "learn.models",
    "RidgePose": "learn.models",
    "SessionError": "_checks",
    "Windows": "signals.windows",
    "angular_error": "learn.metrics",
    "blocked_split": "learn.splits",
    "data_dir": "sessions.fetch",
    "evaluate": "learn.evaluate",
    "explore": "learn.explore",
    "feature_names": "signals.features",
    "fetch_metadata": "sessions.fetch",
    "fetch_session": "sessions.fetch",
    "landmark_distance": "learn.metrics",
    "landmarks": "pose.kinematics",
    "load_model": "learn.stored",
    "load_sample": "sessions.synthetic",
    "make_corpus": "sessions.synthetic",
    "make_session": "sessions.synthetic",
    "retarget": "pose.retarget",
    "save_model": "learn.stored",
    "to_raw": "signals.raw",
    "window_features": "signals.features",
    "windows_of": "signals.windows",
    "windows_of_many": "signals.pooling",
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
