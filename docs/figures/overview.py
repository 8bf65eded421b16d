"""Make the figure of the first page and of the README: ``python docs/figures/overview.py``.

EMG, movement and clusters of one made session on one time axis, for light and for dark pages.
"""

import io
from pathlib import Path

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt
import numpy as np
from PIL import Image

from emgtut import Emg2PoseSessionData, explore, load_sample
from emgtut.anatomy import FINGER_JOINTS, FLEXION_JOINTS

STATIC = Path(__file__).resolve().parents[1] / "_static"
FIRST, LAST = 35.0, 49.0  # seconds to show: a stretch in which every row has a pose
FINGER_COLOURS = ("#56b4e9", "#0173b2", "#029e73", "#de8f05", "#d55e00")


def draw(ink, quiet):
    """Return the figure, its words in the colour ``ink`` and its signal in ``quiet``."""
    with Emg2PoseSessionData(load_sample()) as session:
        found = explore(session, n_components=5, n_clusters=6, on="features")
        rate = session.sample_rate
        rows = slice(int(FIRST * rate), int(LAST * rate))
        emg, angles = session.emg[rows], session.joint_angles[rows]
        assert session.no_ik_failure[rows].all()
    time = FIRST + np.arange(len(emg)) / rate

    colours = {"text.color": ink, "axes.labelcolor": ink, "xtick.color": ink, "ytick.color": ink}
    with plt.rc_context({**colours, "font.size": 11, "axes.edgecolor": ink}):
        figure, (signal, pose, clusters) = plt.subplots(
            3, sharex=True, figsize=(9.6, 4.6), height_ratios=(5, 3.2, 0.55), layout="constrained"
        )
        apart = 90
        for channel in range(emg.shape[1]):
            signal.plot(time, emg[:, channel] - apart * channel, color=quiet, linewidth=0.25)
        signal.set_ylim(-apart * (emg.shape[1] - 0.2), apart * 0.8)
        signal.set_yticks([0, -apart * (emg.shape[1] - 1)], ["EMG01", f"EMG{emg.shape[1]}"])
        signal.set_title("The muscles of the forearm ...", loc="left")

        for (finger, columns), colour in zip(FINGER_JOINTS.items(), FINGER_COLOURS, strict=True):
            bends = [k for k in columns if k in FLEXION_JOINTS]
            curl = np.degrees(angles[:, bends].mean(axis=1))
            pose.plot(time, curl, color=colour, linewidth=2, label=finger)
        pose.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False, handlelength=1)
        pose.set_ylabel("flexion (deg)")
        pose.set_title("... move the fingers ...", loc="left")

        shown = (found.time >= FIRST) & (found.time <= LAST)
        strip = found.labels[shown][np.newaxis]
        extent = (found.time[shown][0], found.time[shown][-1], 0, 1)
        clusters.imshow(strip, aspect="auto", extent=extent, cmap="viridis", interpolation="none")
        clusters.set_yticks([])
        clusters.set_xlabel("time (s)")
        clusters.set_title("... and each moment falls into a cluster", loc="left")
        for axes in figure.axes:
            axes.spines[["top", "right", "left"]].set_visible(False)
            axes.tick_params(left=False)
        for axes in (signal, pose):
            axes.spines["bottom"].set_visible(False)
            axes.tick_params(bottom=False)
        clusters.set_xlim(FIRST, LAST)
    return figure


def main():
    """Write both files."""
    for name, ink, quiet in (("light", "#1f2328", "#3c4650"), ("dark", "#e6edf3", "#aab4be")):
        figure = draw(ink, quiet)
        drawn = io.BytesIO()
        figure.savefig(drawn, dpi=130, transparent=True)
        plt.close(figure)
        # A palette makes the file a third of its size; with 128 colours nobody can tell.
        small = Image.open(drawn).quantize(128, method=Image.Quantize.FASTOCTREE)
        small.save(STATIC / f"overview-{name}.png", optimize=True)


if __name__ == "__main__":
    main()
