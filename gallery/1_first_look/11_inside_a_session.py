# emgtut: minutes=20 budget_s=10 data=real-ok network=no
"""
What is inside a session file
=============================

Every field, unit and gap of one recording, and what goes wrong when they are ignored.

.. admonition:: Objectives
   :class: objectives

   * Read the HDF5 layout by hand, and with `emgtut.Emg2PoseSessionData`.
   * Mark the rows without a pose, and list the runs that have one.
   * Measure the damage that such rows do to a model when they stay in.

**You need:** NumPy, and :ref:`sphx_glr_auto_gallery_1_first_look_10_hand_pose_from_emg.py`.

**Not covered:** filters and spectra, which follow in
:ref:`sphx_glr_auto_gallery_1_first_look_12_emg_in_mne.py`.

**Settings:** :term:`window` 500 samples (250 ms), :term:`hop` 100 (50 ms), label at the last
sample, log features, :term:`ridge` with alpha 10, the last quarter as test.
"""

# %%
# The layout, by hand
# -------------------
# A :term:`session` is an HDF5 file with one group. The attributes of the group say who, which
# hand and how fast. One dataset holds the rows, and each row is a small record: a time stamp, the
# :term:`pose`, and one :term:`EMG` sample of each channel.

from itertools import pairwise

import h5py
import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from emgtut import Emg2PoseSessionData, window_features
from emgtut.anatomy import FINGER_JOINTS, JOINTS
from emgtut.sessions.lessons import lesson_session
from emgtut.sessions.recipe.postures import curls

# %%
# A made recording says so itself, in the attribute ``synthetic``; a recorded one has none.

# sphinx_gallery_thumbnail_number = 2
# sphinx_gallery_tags = ["session", "units", "unsolved rows"]
path = lesson_session("CountingUpDownFaceSideAway")
facts = {}
sns.set_theme(palette="colorblind")
with h5py.File(path) as file:
    group = file["emg2pose"]
    print("a", "made" if "synthetic" in group.attrs else "recorded", "session:")
    for name in ("stage", "side", "sample_rate", "num_channels", "start", "synthetic"):
        print(f"{name:>12}: {group.attrs.get(name, 'not stored')}")
    rows = group["timeseries"]
    facts["bytes_per_row"] = rows.dtype.itemsize
    print(f"\n{len(rows)} rows of {facts['bytes_per_row']} bytes:")
    for name, (kind, _) in rows.dtype.fields.items():
        print(f"{name:>12}: {kind.base} x {kind.shape or 1}")

# %%
# The layout, with a reader
# -------------------------
# Rows lie one after the other, each with all its fields. So one second of everything is one small
# read, but one field of the whole recording passes over the whole file.

with Emg2PoseSessionData(path) as session:
    rate = session.sample_rate
    second = session[: int(rate)]
    stamps = session["time"]
    emg, angles = session.emg, session.joint_angles
    solved, runs = session.no_ik_failure, session.valid_runs()

facts["megabytes_second"] = second.nbytes / 1e6
facts["megabytes_file"] = len(stamps) * facts["bytes_per_row"] / 1e6
print(f"one second of all fields: {facts['megabytes_second']:5.2f} MB to pass over")
print(f"all of the time stamps:   {facts['megabytes_file']:5.2f} MB to pass over")

# %%
# Which unit is that?
# -------------------
# The file stores numbers and names no volts. They were scaled until the noise of the device had a
# standard deviation of one, and that noise is estimated at 2.46 µV. Three readings are around; the
# amplifier rules one of them out, because it clips at 6.6 mV.

facts["emg_sd"] = float(emg.std())
peak = float(np.percentile(np.abs(emg), 99.9))
print(f"SD of all samples: {facts['emg_sd']:.1f} noise SD")
for label, volts in {"noise_sd": 2.46e-6, "microvolt": 1e-6, "millivolt": 1e-3}.items():
    facts[f"peak_mv_as_{label}"] = below = 1e3 * peak * volts
    verdict = "impossible" if below > 6.6 else "possible"
    print(f"as {label:<10} 99.9 % lie below {below:7.3f} mV: {verdict}")

# %%
# .. admonition:: Mistake: "the numbers are millivolts"
#    :class: mistake M03
#
#    The tutorial that this project began with says so, next to the factor for microvolts. Plots
#    survive either reading; thresholds and comparisons with other devices do not.
#
# Is time regular?
# ----------------
# Stamps are unix seconds. A step of several samples would mean lost rows, a negative step a clock
# that was set back. Look for either: steps off the axis are counted in the bars at its two ends.

steps = 1e6 * np.diff(stamps)
least, most = float(steps.min()), float(steps.max())
facts |= {"smallest_step_us": least, "largest_step_us": most}
facts["stamp_resolution_us"] = float(1e6 * np.spacing(stamps[0]))
figure, axes = plt.subplots(figsize=(7, 2.8), layout="constrained")
axes.hist(np.clip(steps, 498, 502), bins=np.arange(497.975, 502.05, 0.05))
axes.set(title="Steps between time stamps", xlabel="step (µs)", ylabel="rows (count)")
axes.set(yscale="log", xlim=(497.9, 502.1), ylim=(0.5, None))
plt.show()
print(f"smallest step: {least:.2f} µs, largest: {most:.2f} µs")
print(f"resolution of a stamp: {facts['stamp_resolution_us']:.2f} µs")

# %%
# There is neither. Both bars belong to one regular clock: a number as large as unix time has no
# finer digits left in 64 bits, so steps are rounded to the resolution printed above.
#
# The pose, and where it is missing
# ---------------------------------
# A row holds 20 angles in radians. The thumb begins with flexion (FE, bending), the fingers with
# :term:`abduction` (AA, spreading): the first column of a (5, 4) table would mix the two. Hatched
# below are rows for which the motion capture has no solution; all 20 numbers are there, though.
#
# .. admonition:: Predict
#    :class: predict
#
#    Which pose does an :term:`unsolved row <unsolved frame>` show: the last one seen, a fist, or
#    something else? And would a model notice that it is no pose?

for finger, columns in FINGER_JOINTS.items():
    print(f"{finger:>7}:", *(f"{k:>2} {JOINTS[k].partition('_')[2]}" for k in columns))

figure, axes = plt.subplots(figsize=(8, 4.2), layout="constrained")
extent = (0, len(emg) / rate, len(JOINTS) - 0.5, -0.5)
degrees = np.degrees(angles[::100]).T
image = axes.imshow(degrees, aspect="auto", extent=extent, cmap="cividis")
for before, after in pairwise(runs):
    gap = before[1] / rate, after[0] / rate
    axes.axvspan(*gap, facecolor="none", edgecolor="white", hatch="//", linewidth=0)
axes.set_yticks([1.5 + 4 * k for k in range(5)], FINGER_JOINTS)
axes.set(title="Joint angles, unsolved rows hatched", xlabel="time (s)")
axes.set_ylabel("finger (no unit)")
axes.grid(visible=False)
figure.colorbar(image, label="angle (deg)")
plt.show()
facts["unsolved_percent"] = float(100 * (1 - solved.mean()))
print(f"rows without a pose: {facts['unsolved_percent']:.1f} %")

# %%
# **What happened.** Inside each hatched stretch all angles have one and the same colour, whatever
# came before. There the cameras lost the markers, and :term:`inverse kinematics` had nothing to
# solve. How much is a finger bent, one row before the first stretch and in its first row?

row = runs[0][1]
bend = np.degrees(curls(angles[row - 1 : row + 1]))
print("mean flexion (deg)", *(f"{finger:>7}" for finger in FINGER_JOINTS))
for what, fingers in zip(("last solved row", "unsolved row"), bend, strict=True):
    print(f"{what:>18}", *(f"{angle:7.0f}" for angle in fingers))
facts["largest_unsolved_deg"] = float(np.degrees(np.abs(angles[~solved]).max()))
print(f"largest angle of all unsolved rows: {facts['largest_unsolved_deg']:.1f} deg")

# %%
# Every angle is zero, and zero is a pose: the flat, open hand. Within one sample the hand seems to
# jump there from wherever it was. Nothing in the numbers warns a model.
#
# .. admonition:: Mistake: "zeros are a pose"
#    :class: mistake M02
#
#    One zero angle among others is a pose. All of them zero means that nobody knows.
#
# Runs are half open: ``stop`` is the first row that does not belong. A run of ``n`` rows then holds
# ``n - width + 1`` windows, one for each row that a window can start at (a hop of one). The code
# published with emg2pose takes the last row for ``stop`` and subtracts once more.

width, hop = 500, 100
lengths = np.array([stop - start for start, stop in runs])
n_windows = int((lengths - width + 1).sum())
n_slipped = int((lengths - 1 - 1 - width + 1).sum())
facts |= {"n_runs": len(runs), "n_windows": n_windows, "n_lost": n_windows - n_slipped}
print(f"{len(runs)} runs hold {n_windows} windows; the slip loses {facts['n_lost']}")

# %%
# What do the zeros cost?
# -----------------------
# Two models see the same windows. One trains on all of them, the other on those within a run. Both
# are scored on solved windows of the last quarter, beside a hand that never moves.

X = np.log(window_features(emg, window=width, hop=hop))
starts = hop * np.arange(len(X))
y = np.degrees(angles[starts + width - 1])
whole = np.array([solved[a : a + width].all() for a in starts])
cut = int(0.75 * len(emg))
train, test = starts + width + 1000 <= cut, (starts >= cut) & whole
knuckles = [k for k, name in enumerate(JOINTS) if name.endswith("MCP_FE") and k > 3]
bent = y[test][:, knuckles] > 30
predicted = {}
for label, chosen in (("kept", train), ("removed", train & whole)):
    model = make_pipeline(StandardScaler(), Ridge(alpha=10))
    predicted[label] = model.fit(X[chosen], y[chosen]).predict(X[test])
    error = predicted[label] - y[test]
    mae, off = np.abs(error).mean(), error[:, knuckles][bent].mean()
    facts |= {f"mae_{label}_deg": float(mae), f"bent_{label}_deg": float(off)}
    print(f"zeros {label:>7}: MAE {mae:4.1f} deg, bent knuckles {off:+5.1f} deg")
mean_pose = y[train & whole].mean(axis=0)
facts["mae_mean_pose_deg"] = float(np.abs(mean_pose - y[test]).mean())
print(f"    mean pose: MAE {facts['mae_mean_pose_deg']:4.1f} deg")

# %%
# The zeros pull bent fingers towards the open hand, and the error grows although no unsolved row is
# scored. In the next figure, look at the fist in the middle: how far up does each model follow?

figure, axes = plt.subplots(figsize=(8, 3.2), layout="constrained")
axes.plot(y[test][:, knuckles].mean(1), color="0.25", label="true")
for label, style in (("removed", "C0--"), ("kept", "C3:")):
    axes.plot(predicted[label][:, knuckles].mean(axis=1), style, label=f"zeros {label}")
axes.set(title="Mean of four knuckles", xlabel="test window (count)")
axes.set_ylabel("flexion (deg)")
axes.legend()
plt.show()

# %%
# On the way into the fist the dotted line stays well below the dashed one.
#
# .. admonition:: Exercise 1: find the runs
#    :class: exercise
#
#    Write ``runs_of(mask)`` without a loop: half-open ``(start, stop)`` pairs.
#
#    .. admonition:: Hint
#       :class: hint
#       :collapsible: closed
#
#       Where does a mask change, if a False is put before its first and after its last value?
#
#    .. admonition:: Solution
#       :class: solution
#       :collapsible: closed
#
#       .. code-block:: python
#
#          def runs_of(mask):
#              padded = np.concatenate([[False], mask, [False]])
#              changes = np.flatnonzero(padded[1:] != padded[:-1])
#              return [(int(a), int(b)) for a, b in changes.reshape(-1, 2)]
#
#
#          assert runs_of(solved) == runs
#          assert runs_of(np.zeros(4, bool)) == []
#          assert runs_of(np.ones(4, bool)) == [(0, 4)]
#
# .. admonition:: Exercise 2: the two edges
#    :class: exercise
#
#    Is a row with one zero joint valid? How many windows fit a run of exactly ``width`` rows?
#
#    .. admonition:: Hint
#       :class: hint
#       :collapsible: closed
#
#       Read the definition again: *all* angles are zero. Then put ``n = width`` into the count.
#
#    .. admonition:: Solution
#       :class: solution
#       :collapsible: closed
#
#       .. code-block:: python
#
#          # Yes ...
#          pose = angles[runs[0][0] : runs[0][0] + 1].copy()
#          pose[0, 7] = 0
#          assert (np.abs(pose) > 1e-8).any(axis=1).all()
#          # ... and one.
#          assert len(window_features(emg[:width], window=width, hop=hop)) == 1
#
# .. admonition:: Recap
#    :class: recap
#
#    * A row is a stamp, 20 angles and one sample of each channel; a file is one wrist.
#    * Stored EMG is in multiples of the noise; convert once, and check against the device.
#    * All zeros is a missing pose: train, count and score on runs only.
#
# Check yourself
# --------------
# 1. Why does reading only the time stamps cost as much as reading everything?
# 2. Which single number rules out that the file holds millivolts?
# 3. Why does a model that learned from zeros bend the fingers too little?
#
# .. admonition:: Answers
#    :class: answer
#    :collapsible: closed
#
#    1. The fields of a row lie side by side, so all rows are passed over.
#    2. The highest percentile, which would lie far above the clipping level.
#    3. Zero is the open hand, and the fit moves towards what it is shown.
#
# Where next
# ----------
# Before: :ref:`sphx_glr_auto_gallery_1_first_look_10_hand_pose_from_emg.py`. Next:
# :ref:`sphx_glr_auto_gallery_1_first_look_12_emg_in_mne.py`. Used here:
# :class:`emgtut.Emg2PoseSessionData`, :func:`emgtut.window_features`, :mod:`emgtut.anatomy`.
