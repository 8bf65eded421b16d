# emgtut: minutes=15 budget_s=15 data=real-ok network=no
"""
Hand pose from wrist EMG
========================

One recording on its way from a file to pictures: signals, the pose they move, and clusters.

.. admonition:: Objectives
   :class: objectives

   * Load a session, and plot its signals above the angles they move.
   * Compute the error of a hand that never moves, the number every model has to beat.
   * Compare clusters of raw samples with clusters of window features.

**You need:** NumPy arrays, and a glance at Matplotlib.

**Not covered:** a model. The clusters below never see an angle; predicting the pose and drawing it
as a hand are lessons of their own.

**Settings:** :term:`window` 200 ms, :term:`hop` 50 ms.
"""

# %%
# Open a session
# --------------
# Meta's emg2pose data hold hours of wrist :term:`EMG` beside the :term:`pose` of the hand. Each
# file is one :term:`session`: one wrist, one scripted :term:`stage`, about a minute. This page
# makes one of that kind, and says so. For a real one, type ``emgtut fetch`` once and run the lesson
# with ``EMGTUT_REAL=1`` set: see :doc:`/guide/real_data`.

from itertools import combinations

import matplotlib.pyplot as plt
import numpy as np
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.metrics import adjusted_rand_score

from emgtut import Emg2PoseSessionData, explore, to_raw, windows_of
from emgtut.anatomy import FINGER_JOINTS
from emgtut.plots import plot_cluster_strip, plot_clusters, plot_session, theme
from emgtut.sessions.lessons import lesson_session

# %%
# Attributes are read at once, samples when they are asked for.

# sphinx_gallery_thumbnail_number = 1
# sphinx_gallery_tags = ["session", "mne", "clusters"]
data = Emg2PoseSessionData(lesson_session("CountingUpDownFaceSideAway"))
facts = {"seconds": data.duration, "rows": len(data)}
facts["unsolved_percent"] = 100 * float(1 - data.no_ik_failure.mean())
print("This page uses a", "made" if data.synthetic else "recorded", "session:")
print(f"{data.stage}, {data.side} wrist")
print(f"{data.n_channels} channels at {data.sample_rate:.0f} Hz")
print(f"{facts['rows']} rows, {facts['seconds']:.1f} s", end=", ")
print(f"{facts['unsolved_percent']:.1f} % of them without a pose")

# %%
# Signals above angles
# --------------------
# Look at the upper part first: some electrodes burst together, others stay quiet. Then look down:
# does the burst come before the angle moves, or after?

plot_session(data, start=2, duration=8)
plt.show()

# %%
# Bursts begin a little before the fingers move: muscle first, motion after. Hatched stretches
# have no pose, because the cameras lost the hand there.
#
# The number to beat
# ------------------
# .. admonition:: Predict
#    :class: predict
#
#    Somebody shows a model with an error of a dozen degrees for each joint. Is that good? Guess how
#    far off a hand is that never moves: once frozen in its mean pose, once held flat.

angles = np.degrees(data.joint_angles)[data.no_ik_failure]
cut = 3 * len(angles) // 4
mean_pose = angles[:cut].mean(axis=0)
facts["mean_pose_mae_deg"] = float(np.abs(angles[cut:] - mean_pose).mean())
facts["zero_pose_mae_deg"] = float(np.abs(angles[cut:]).mean())
print("how far off in the last quarter is ...")
print(f"the mean pose of the rest: {facts['mean_pose_mae_deg']:.1f} deg")
print(f"the flat hand:             {facts['zero_pose_mae_deg']:.1f} deg")
print("\n digit  its joints vary by  the mean pose is off by")
for finger, columns in FINGER_JOINTS.items():
    joints = list(columns)
    moves = angles[:, joints].std(axis=0).mean()
    off = np.abs(angles[cut:, joints] - mean_pose[joints]).mean()
    facts[f"mean_pose_mae_{finger}_deg"] = float(off)
    print(f"{finger:>6} {moves:15.1f} deg {off:19.1f} deg")

# %%
# **What happened.** A hand that ignores the signal is off by this much, and by less where the
# joints move less. So a dozen degrees beats doing nothing here, by less than a third; for the thumb
# and the index finger alone it would be worse than doing nothing. An error means something next to
# that number only.
#
# .. admonition:: Mistake: "so many degrees are good"
#    :class: mistake M01
#
#    On a stage with small movements a useless model has a small error. Quote the mean pose beside
#    every error, computed on the same rows.
#
# The same recording in MNE
# -------------------------
# :term:`MNE-Python` is the library for signals of brain and body: filters, spectra, a browser. It
# wants volts and channels first; :func:`emgtut.to_raw` sees to both, once. In the picture, look for
# electrodes that fire together: they are neighbours on the ring. A red band marks rows without a
# pose, ``BAD_IK``.

raw = to_raw(data)
look = {"picks": "emg", "annotation_regex": "^BAD", "show": False, "verbose": "error"}
figure = raw.plot(start=20, duration=10, n_channels=16, **look)
figure.suptitle("EMG in MNE", y=0.995)
figure.axes[0].set_ylabel("EMG channel (no unit)")
plt.show()
facts["loudest_uv"] = float(1e6 * raw.get_data("emg").std(axis=1).max())
print(f"loudest channel: SD {facts['loudest_uv']:.0f} µV")

# %%
# Clusters, as everybody starts
# -----------------------------
# :term:`Principal components <PCA>`, then :term:`k-means`, on the raw samples; the cloud is seen
# from above. Look at its shape: where does one colour end and the next begin?

found = explore(data, n_components=3, n_clusters=5)
figure = plt.figure(figsize=(8, 5), layout="constrained")
axes = figure.add_subplot(projection="3d", elev=55, azim=-75)
plot_clusters(found, ax=axes)
plt.show()
facts["variance_percent"] = 100 * float(found.explained_variance_ratio.sum())
print(f"three components hold {facts['variance_percent']:.0f} % of the variance")

# %%
# There are no islands: one cloud, cut into pieces. The next cell does the same in scikit-learn's
# own words, from six random starts: do the borders come out in the same places? And how long does
# the recording stay in one colour?

scores = PCA(n_components=3).fit_transform(data["emg"])[::20]
starts = [
    KMeans(5, n_init=1, random_state=seed).fit_predict(scores) for seed in range(6)
]
agree = [adjusted_rand_score(one, other) for one, other in combinations(starts, 2)]
facts["agreement_least"], facts["agreement_most"] = float(min(agree)), float(max(agree))
facts["stay_samples_ms"] = 1000 * float(np.median(found.run_lengths()))
print(f"agreement of two starts: {min(agree):.2f} to {max(agree):.2f}", end=" ")
print("(1 is the same, 0 is chance)")
print(f"time in one cluster: {facts['stay_samples_ms']:.1f} ms (median)")

# %%
# Some starts agree and some hardly do: borders through a cloud without islands depend on the start.
# And a hand holds a posture for hundreds of milliseconds, so these clusters are no postures: EMG
# swings around zero, and a sample that lies on one side lies on the other a moment later.
#
# From samples to windows
# -----------------------
# A :term:`window` has no sign. The :term:`RMS` of each channel in each window makes a picture that
# can be read; look for blocks that stand for a while.

windows = windows_of(data, window=0.2, hop=0.05, features=("rms",))
with theme():
    figure, axes = plt.subplots(figsize=(9, 3.4), layout="constrained")
    seconds, channels = (
        windows.start / data.sample_rate,
        np.arange(1, data.n_channels + 1),
    )
    image = axes.pcolormesh(seconds, channels, np.log10(windows.X.T), rasterized=True)
    axes.set(title="RMS of each window", xlabel="time (s)", ylabel="channel (no unit)")
    axes.invert_yaxis()
    figure.colorbar(image, label="log10 of RMS in noise SD (no unit)")
    plt.show()

# %%
# There are blocks, and each lights up its own set of channels. Where there is no pose,
# ``windows_of`` makes no window, and the neighbours are drawn wider; :func:`emgtut.explore` needs
# no pose and takes windows of the whole recording. Look at the strip below its cloud.

postures = explore(data, n_components=5, n_clusters=6, on="features")
with theme():
    figure = plt.figure(figsize=(9, 6.4), layout="constrained")
    above, below = figure.subplots(2, 1, height_ratios=[3, 1])
    plot_clusters(postures, dimensions=2, ax=above)
    plot_cluster_strip(postures, ax=below)
    plt.show()
facts["stay_windows_ms"] = 1000 * float(np.median(postures.run_lengths()))
print(f"time in one cluster: {facts['stay_windows_ms']:.0f} ms (median)")

# %%
# Now a colour lasts hundreds of times as long: that is the pace of a hand, although a posture is
# often held for longer. Whether a colour *is* a posture is the question of
# :ref:`sphx_glr_auto_gallery_2_structure_20_pca_and_kmeans.py`.
#
# What was skipped
# ----------------
# Each line names a shortcut and where it is repaired.

skipped = {
    "rows without a pose": "What is inside a session file",
    "the unit of the numbers": "What is inside a session file",
    "holes in time": "What is inside a session file",
    "spectrum and filters": "Look at EMG with MNE",
    "picks and scales": "Look at EMG with MNE",
    "five clusters, without a reason": "What do clusters of EMG mean?",
    "what a cluster has to do with a pose": "What do clusters of EMG mean?",
}
for shortcut, lesson in skipped.items():
    print(f"{shortcut:<38} -> {lesson}")
data.close()

# %%
# .. admonition:: Exercise 1: another stage
#    :class: exercise
#
#    Compute the error of the mean pose for ``FingerWigglingSpreading``. Is that hand the easier one
#    to predict?
#
#    .. admonition:: Hint
#       :class: hint
#       :collapsible: closed
#
#       ``load_sample(stage, seed=3)`` makes the recording. What does the error of the mean pose
#       say about a model, and what about the movement?
#
#    .. admonition:: Solution
#       :class: solution
#       :collapsible: closed
#
#       The error is smaller because the hand moves less. That says nothing about a model.
#
#       .. code-block:: python
#
#          from emgtut import load_sample
#
#          path = load_sample("FingerWigglingSpreading", seed=3)
#          with Emg2PoseSessionData(path) as other:
#              pose = np.degrees(other.joint_angles)[other.no_ik_failure]
#          split = 3 * len(pose) // 4
#          off = np.abs(pose[split:] - pose[:split].mean(axis=0)).mean()
#          assert off < facts["mean_pose_mae_deg"]
#          assert pose.std(axis=0).mean() < angles.std(axis=0).mean()
#
# .. admonition:: Exercise 2: the loudest second
#    :class: exercise
#
#    Find the second in which the band is loudest, and draw it. The session was closed above: open
#    it again.
#
#    .. admonition:: Hint
#       :class: hint
#       :collapsible: closed
#
#       Windows of one second have an RMS for each channel; which row has the largest mean?
#
#    .. admonition:: Solution
#       :class: solution
#       :collapsible: closed
#
#       .. code-block:: python
#
#          path = lesson_session("CountingUpDownFaceSideAway")
#          with Emg2PoseSessionData(path) as again:
#              long = windows_of(again, window=1.0, hop=0.1, features=("rms",))
#              loudness = long.X.mean(axis=1)
#              start = long.start[loudness.argmax()] / again.sample_rate
#              plot_session(again, start=start, duration=1)
#          assert loudness.max() > 1.5 * np.median(loudness)
#
# .. admonition:: Recap
#    :class: recap
#
#    * EMG comes first and the movement follows; some rows have no pose at all.
#    * The mean pose is the number to beat, and it differs from stage to stage.
#    * Clusters of samples sort loudness and sign; clusters of windows go at the pace of a hand.
#
# Check yourself
# --------------
# 1. Which part of the figure moves first, and why?
# 2. Why is an error in degrees worth nothing by itself?
# 3. Why can raw samples of one posture lie in several clusters?
#
# .. admonition:: Answers
#    :class: answer
#    :collapsible: closed
#
#    1. The EMG: muscle fibres fire before the tendon moves the bone.
#    2. It depends on how much the hand moves; the mean pose sets the scale.
#    3. They swing around zero, so they change side many times in each posture.
#
# Where next
# ----------
# Next: :ref:`sphx_glr_auto_gallery_1_first_look_11_inside_a_session.py`. Used here:
# :class:`emgtut.Emg2PoseSessionData`, :func:`emgtut.to_raw`, :func:`emgtut.explore`,
# :func:`emgtut.windows_of`.
