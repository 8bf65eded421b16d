"""Every figure of the package; no other room draws."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from emgtut.plots.animation import animate_hand as animate_hand
    from emgtut.plots.embedding import plot_cluster_strip as plot_cluster_strip
    from emgtut.plots.embedding import plot_clusters as plot_clusters
    from emgtut.plots.embedding import plot_scree as plot_scree
    from emgtut.plots.emg import plot_angles as plot_angles
    from emgtut.plots.emg import plot_emg as plot_emg
    from emgtut.plots.emg import plot_psd as plot_psd
    from emgtut.plots.emg import plot_session as plot_session
    from emgtut.plots.emg import plot_wristband as plot_wristband
    from emgtut.plots.hand import compare_hands as compare_hands
    from emgtut.plots.hand import draw_hand as draw_hand
    from emgtut.plots.prediction import plot_scores as plot_scores
    from emgtut.plots.prediction import plot_traces as plot_traces
    from emgtut.plots.style import theme as theme

_HOME = {
    "animate_hand": "animation",
    "compare_hands": "hand",
    "draw_hand": "hand",
    "plot_angles": "emg",
    "plot_cluster_strip": "embedding",
    "plot_clusters": "embedding",
    "plot_emg": "emg",
    "plot_psd": "emg",
    "plot_scores": "prediction",
    "plot_scree": "embedding",
    "plot_session": "emg",
    "plot_traces": "prediction",
    "plot_wristband": "emg",
    "theme": "style",
}

__all__ = list(_HOME)


def __getattr__(name: str) -> Any:
    if name in _HOME:
        value = getattr(import_module(f"emgtut.plots.{_HOME[name]}"), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'emgtut.plots' has no attribute {name!r}")
