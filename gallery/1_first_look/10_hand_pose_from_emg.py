# emgtut: minutes=15 budget_s=15 data=real-ok network=no
"""
Predict hand pose from wrist EMG
================================

One recording on its way from a file to a predicted, drawn hand, with the one number that says
whether the prediction is any good.

.. admonition:: Objectives
   :class: objectives

   * Load a session, and plot its signals above the angles they move.
   * Compare the error of a model with that of a hand that never moves.
   * Draw the true and the predicted hand.

**You need:** NumPy arrays, and a glance at Matplotlib.

**Not covered:** why any of this works. Each shortcut is named at the end, with the lesson that
repairs it.

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

from emgtut import (
    Emg2PoseSessionData,
    RidgePose,
    evaluate,
    explore,
    landmark_distance,
    to_raw,
    windows_of,
)
from emgtut.anatomy import FINGER_JOINTS
from emgtut.learn.evaluate import predict_blocks
from emgtut.plots import compare_hands, plot_clusters, plot_session, plot_traces, theme
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

windows = windows_of(data, window=0.2, hop=0.05)
rms = windows.X[:, : data.n_channels]
with theme():
    figure, axes = plt.subplots(figsize=(9, 3.4), layout="constrained")
    seconds = windows.start / data.sample_rate
    channels = np.arange(1, data.n_channels + 1)
    image = axes.pcolormesh(seconds, channels, np.log10(rms.T), rasterized=True)
    axes.set(title="RMS of each window", xlabel="time (s)", ylabel="channel (no unit)")
    axes.invert_yaxis()
    figure.colorbar(image, label="log10 of RMS in noise SD (no unit)")
    plt.show()

# %%
# There are blocks, and each lights up its own set of channels. Where there is no pose,
# ``windows_of`` makes no window, and the neighbours are drawn wider.
#
# Predict the pose
# ----------------
# Each row of this picture, with two more features for each channel, goes into :term:`ridge`
# regression. Time is cut into five blocks; each is predicted by a model that was trained on the
# others. Compare the two columns of errors.

table = evaluate(RidgePose(), windows, n_blocks=5, gap=0.5)
columns = {"mae_deg": "ridge (deg)", "mean_pose_mae_deg": "mean pose (deg)"}
print(
    table[["block", *columns]].rename(columns=columns).round(1).to_string(index=False)
)
facts["ridge_mae_deg"] = float(table["mae_deg"].mean())
facts["blocks_mean_pose_mae_deg"] = float(table["mean_pose_mae_deg"].mean())
facts["skill"] = float(table["skill"].mean())
print(f"skill: {facts['skill']:.2f} (0 is the mean pose, 1 is perfect)")

# %%
# In every block the model is off by much less than the hand that never moves. The number hides
# where it fails. In the traces, look for a finger that is late, and for one that is missed.

pred = predict_blocks(RidgePose(), windows)
plot_traces(windows, pred, start=2, duration=14)
plt.show()

# %%
# The dashed line follows most movements, trembles where the true one rests, and does not reach all
# the peaks. Angles become a hand by bones and joints. Three moments, from open to closed:

order = np.argsort(windows.y.sum(axis=1))
moments = order[[len(order) // 20, len(order) // 2, -len(order) // 20]]
labels = [f"{windows.time[k] - windows.time[0]:.1f} s" for k in moments]
compare_hands(windows.y[moments], pred[moments], labels=labels)
plt.show()
facts["landmark_mm"] = landmark_distance(windows.y, pred)
still = np.tile(windows.y.mean(axis=0), (len(windows), 1))
facts["mean_pose_landmark_mm"] = landmark_distance(windows.y, still)
print(f"points of the hand are off by {facts['landmark_mm']:.1f} mm", end=", ")
print(f"of the mean pose by {facts['mean_pose_landmark_mm']:.1f} mm")

# %%
# What was skipped
# ----------------
# Each line names a shortcut and where it is repaired.

skipped = {
    "rows without a pose": "What is inside a session file",
    "spectrum and filters": "Look at EMG with MNE",
    "five clusters, without a reason": "What do clusters of EMG mean?",
    "three features of a window": "From signal to features",
    "ridge, and its penalty": "Linear regression of joint angles",
    "blocks of time, and the gap": "Splits for overlapping windows",
    "another hand, another day": "New hand, new movement, shifted band",
    "degrees that become millimetres": "Forward kinematics",
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
#    * Windows carry what samples hide; a linear model of them already beats a still hand.
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
# :func:`emgtut.windows_of`, :class:`emgtut.RidgePose`, :func:`emgtut.evaluate`,
# :func:`emgtut.plots.compare_hands`.
