# emgtut: minutes=25 budget_s=25 data=synthetic network=no
"""
Splits for overlapping windows
==============================

A split whose score survives the first day of use, and proof that the random one does not.

.. admonition:: Objectives
   :class: objectives

   * Show :term:`leakage` with a model that does nothing but remember.
   * Build blocks of time with a gap, and assert that the gap is there.
   * Measure which leaks matter.

**You need:** :ref:`sphx_glr_auto_gallery_3_prediction_30_ridge_from_scratch.py`.

**Not covered:** other people and other movements, which no split of one recording can stand for.

**Settings:** :term:`window` 500 samples (250 ms), :term:`hop` 100 (50 ms), label at the last
sample, log features, five parts, each tested once, 1000 samples of :term:`gap`.
"""

# %%
# Three models, one of which only remembers
# -----------------------------------------
# Ridge is known. The nearest neighbour stores all training windows and answers with the
# :term:`pose` of the one that looks most like the new one. Extra trees cut the features at random
# places until almost every window has a leaf of its own. Both of these can learn by heart.

from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns
from sklearn.ensemble import ExtraTreesRegressor
from sklearn.linear_model import Ridge
from sklearn.model_selection import KFold
from sklearn.neighbors import KNeighborsRegressor
from sklearn.preprocessing import StandardScaler

from emgtut import MeanPose, RidgePose, angular_error, load_sample, windows_of
from emgtut.learn.evaluate import predict_blocks
from emgtut.learn.metrics import r2

# sphinx_gallery_thumbnail_number = 2
# sphinx_gallery_tags = ["splits", "leakage", "baseline"]
sns.set_theme(palette="colorblind")
windows = windows_of(load_sample("unconstrained", seed=3), window=0.25, hop=0.05)
windows = replace(windows, X=np.log(windows.X))
models = {
    "mean_pose": MeanPose(),
    "ridge": RidgePose(log=False),
    "trees": ExtraTreesRegressor(10, max_features=0.3, random_state=0),
    "nearest": KNeighborsRegressor(1, algorithm="kd_tree"),
}
print(windows)

# %%
# The usual split
# ---------------
# Windows are dealt at random into five parts. Each part is predicted by a copy of the model that
# was trained on the other four.

splits = {"random": list(KFold(5, shuffle=True, random_state=0).split(windows.X))}
facts = {}
for name, model in models.items():
    pose = predict_blocks(model, windows, split=splits["random"])
    facts[f"{name}_random_deg"] = mae = angular_error(windows.y, pose)
    print(f"{name:>9}: MAE {mae:4.1f} deg, R2 {r2(windows.y, pose):5.2f}")

# %%
# The model that only remembers wins by far, with hardly an error.
#
# .. admonition:: Predict
#    :class: predict
#
#    Ship it? Think of the window that it looks up: when was that one recorded? The cell below
#    measures how far each tested window is from the nearest training window, from
#    :term:`footprint` to footprint. Below zero, they share samples.

from emgtut import blocked_split


def distances(windows, split):
    """Seconds from each tested footprint to the nearest one in training."""
    start, length = windows.start, windows.window
    near = [np.abs(start[test][:, None] - start[train]).min(1) for train, test in split]
    return (np.concatenate(near) - length) / windows.sample_rate


splits["cut"] = list(KFold(5).split(windows.X))
splits["apart"] = blocked_split(windows, 5, gap=0)
splits["gap"] = blocked_split(windows, 5, gap=0.5)
figure, axes = plt.subplots(figsize=(7, 2.6), layout="constrained")
for name, style in (("random", "-"), ("gap", "--")):
    away = distances(windows, splits[name])
    facts[f"median_{name}_ms"] = 1000 * float(np.median(away))
    steps = {"histtype": "step", "linewidth": 2, "linestyle": style}
    axes.hist(away, np.arange(-0.25, 12, 0.25), label=name, **steps)
    print(f"{name:>6}: median {facts[f'median_{name}_ms']:5.0f} ms", end=", ")
    print(f"{100 * (away < 0).mean():.0f} % share samples with training")
axes.set(title="How far away is the training?", ylabel="windows (count)")
axes.set(xlabel="distance between footprints (s)")
axes.legend()
plt.show()

# %%
# **What happened.** Most tested windows have a training window one hop away, with which they share
# four fifths of their samples, and the hand has hardly moved in between. The model looks up the
# answer. A live hand has no neighbour from the future, nor a true pose from a moment ago.
#
# .. admonition:: Mistake: "shuffle, then split"
#    :class: mistake M09
#
#    For flowers or letters it is right. Windows that overlap are copies, and a random split puts a
#    copy of nearly every question among the answers.
#
# Four ways to split
# ------------------
# One way out is to test on stretches of time. The figure is a close look at the end of the first of
# five. ``cut`` cuts the list of windows; ``apart`` leaves out windows that share a sample with a
# tested one; ``gap`` wants half a second between footprints. Which of the four keep copies? A gap
# can be measured like anything else, so the cell ends with a proof.

figure, axes = plt.subplots(figsize=(8, 3), layout="constrained")
seconds = (windows.start + windows.window) / windows.sample_rate
for row, (name, split) in enumerate(splits.items()):
    train, test = split[0]
    facts[f"least_{name}_ms"] = 1000 * float(distances(windows, split).min())
    print(f"{name:>6}: at least {facts[f'least_{name}_ms']:4.0f} ms between footprints")
    unused = np.setdiff1d(np.arange(len(windows)), np.concatenate([train, test]))
    for rows, style in ((train, "C0|"), (test, "C1s"), (unused, "kx")):
        axes.plot(seconds[rows], np.full(len(rows), row), style, markersize=6)
edge = seconds[splits["gap"][0][1][-1]]
axes.set(title="The first of five test parts, at its end", xlabel="time (s)")
axes.set(xlim=(edge - 1.5, edge + 2), ylim=(3.5, -0.5), ylabel="split (no unit)")
axes.set_yticks(range(4), splits)
axes.legend(
    ["training", "test", "left out"], loc="center left", bbox_to_anchor=(1, 0.5)
)
plt.show()

# %%
# At random, test and training alternate. After a cut they touch at the two edges of a block, where
# windows still overlap. The other two leave a strip empty.
#
# The ranking turns over
# ----------------------
# The same models, the same windows, the four splits. Compare the rows before the columns: who wins?

print(f"MAE (deg) {''.join(f'{split:>10}' for split in splits)}")
for name, model in models.items():
    for kind, split in splits.items():
        pose = predict_blocks(model, windows, split=split)
        facts[f"{name}_{kind}_deg"] = angular_error(windows.y, pose)
    found = [facts[f"{name}_{kind}_deg"] for kind in splits]
    print(f"{name:>9} {''.join(f'{mae:10.1f}' for mae in found)}")

# %%
# The random split ranks the three by how well they remember. Blocks turn the order round: with the
# gap ridge leads by a little, which cannot learn by heart, and the nearest neighbour is last. The
# step from random to any block is large, those among the blocks are small.
#
# When does the gap matter?
# -------------------------
# Five blocks have few edges. In blocks of a second every window is near one. A distance below zero
# is an overlap: there the list was cut without care.

gaps = [None, 0, 0.25, 0.5, 0.75]
figure, axes = plt.subplots(figsize=(7, 3), layout="constrained")
for name, n, style in (
    ("ridge", 60, "s--"),
    ("nearest", 5, "^:"),
    ("nearest", 60, "o-"),
):
    cuts = [list(KFold(n).split(windows.X))]
    cuts += [blocked_split(windows, n, gap=gap) for gap in gaps[1:]]
    found = [
        r2(windows.y, predict_blocks(models[name], windows, split=s)) for s in cuts
    ]
    for gap, value in zip(gaps, found, strict=True):
        facts[f"{name}_{n}_gap_{gap}".replace(".", "_")] = value
    axes.plot([-0.2, *gaps[1:]], found, style, label=f"{name}, {n} blocks")
    print(f"{name:>7}, {n:2} blocks: R2 {np.round(found, 2)}")
facts["mean_pose_r2"] = r2(
    windows.y, predict_blocks(MeanPose(), windows, split=cuts[3])
)
print(f"     mean pose, at 0.5 s: R2 {facts['mean_pose_r2']:.2f}")
axes.axhline(facts["mean_pose_r2"], color="0.5", linestyle="-.", label="mean pose")
axes.set(title="Score and distance from training", ylabel="R2 (no unit)")
axes.set(xlabel="distance between footprints (s)", ylim=(-0.1, 0.85))
axes.legend(ncols=2, loc="upper right")
plt.show()

# %%
# The more a model remembers and the shorter the blocks, the more a missing gap pays. It still pays
# where no sample is shared: the hand is slow, and neighbours stay alike for a while.
#
# A leak that is too small to see
# -------------------------------
# The scaler of a pipeline belongs to the model: it should see training rows only. Fitted on all
# rows beforehand, it knows the mean and SD of the test part.

scaled = replace(windows, X=StandardScaler().fit_transform(windows.X))
pose = predict_blocks(Ridge(alpha=10), scaled, split=splits["gap"])
facts["ridge_leaky_deg"] = angular_error(windows.y, pose)
print(f"mean pose                  : MAE {facts['mean_pose_gap_deg']:.4f} deg")
print(f"scaler saw training rows   : MAE {facts['ridge_gap_deg']:.4f} deg")
print(f"scaler saw all rows        : MAE {facts['ridge_leaky_deg']:.4f} deg")

# %%
# That is a leak, and it is tiny: two numbers a column, from a thousand rows, and no pose. It costs
# nothing to avoid. To *choose* features by their score on all rows would be another matter.
#
# The other hand
# --------------
# A recording has two wrists, and in most stages both hands do the same at the same time. With one
# in training and one in test, a model has seen the answers, beside signals of other electrodes. Two
# recordings are halved in two ways, hands apart or together; both train on a left and a right hand.

from emgtut import LeaveRecordingsOut, windows_of_many

hands = [(seed, side) for seed in (3, 4) for side in ("left", "right")]
paths = [load_sample("unconstrained", seed=seed, side=side) for seed, side in hands]
both = windows_of_many(paths, window=0.25, hop=0.05)
both = replace(both, X=np.log(both.X))
left = (both.groups["side"] == "left").to_numpy()
first = (both.groups["recording"] == both.groups["recording"][0]).to_numpy()
halves = [(np.flatnonzero(left ^ first), np.flatnonzero(~(left ^ first)))]
halves += [halves[0][::-1]]
for name, model in models.items():
    for kind, split in (("apart", halves), ("together", LeaveRecordingsOut())):
        mae = angular_error(both.y, predict_blocks(model, both, split=split))
        facts[f"{name}_hands_{kind}_deg"] = mae
        print(f"{name:>9}, hands {kind:>8}: MAE {mae:4.1f} deg")

# %%
# Hands apart look a little better in every row, even that of the mean pose. Two recordings are too
# few to tell a leak so small from luck. :class:`emgtut.LeaveRecordingsOut` closes it for nothing.
# :func:`emgtut.evaluate` takes it as its split; on its own it makes blocks with a gap.
#
# .. admonition:: Mistake: "every leak is large"
#    :class: mistake M10
#
#    One leak turned the ranking over, one moved a digit that nobody prints. Close them all, and say
#    how large they were: "it leaks" alone does not tell whether a published score means anything.
#
# .. admonition:: Exercise 1: shuffle even earlier
#    :class: exercise
#
#    Shuffle the *samples* of the recording, each with its pose, and cut windows afterwards. What
#    will ridge score now, even with the random split?
#
#    .. admonition:: Hint
#       :class: hint
#       :collapsible: closed
#
#       What is the RMS of a window that holds a bit of everything?
#
#    .. admonition:: Solution
#       :class: solution
#       :collapsible: closed
#
#       Nothing: all windows are alike, and their poses have nothing to do with them.
#
#       .. code-block:: python
#
#          from emgtut import Emg2PoseSessionData, window_features
#
#          with Emg2PoseSessionData(paths[0]) as session:
#              rows = np.random.default_rng(0).permutation(np.flatnonzero(session.no_ik_failure))
#              emg, angles = session.emg[rows], session.joint_angles[rows]
#          X = window_features(emg, window=500, hop=100)
#          y = angles[100 * np.arange(len(X)) + 499]
#          pose = np.empty(y.shape)
#          for train, test in KFold(5, shuffle=True, random_state=0).split(X):
#              pose[test] = RidgePose().fit(X[train], y[train]).predict(X[test])
#          print(f"R2 {r2(y, pose):.2f}")
#          assert r2(y, pose) < 0.05
#
# .. admonition:: Exercise 2: blocks by hand
#    :class: exercise
#
#    Write ``blocked_folds(start, window, n_folds, gap)``, all in samples: pairs of training and
#    test rows. Leave out no window that is far enough away.
#
#    .. admonition:: Hint
#       :class: hint
#       :collapsible: closed
#
#       A window before the block has to end, one after it has to start, a gap away from it.
#
#    .. admonition:: Solution
#       :class: solution
#       :collapsible: closed
#
#       .. code-block:: python
#
#          def blocked_folds(start, window, n_folds, gap):
#              for test in np.array_split(np.arange(len(start)), n_folds):
#                  before = start + window + gap <= start[test[0]]
#                  after = start >= start[test[-1]] + window + gap
#                  yield np.flatnonzero(before | after), test
#
#
#          mine = blocked_folds(windows.start, windows.window, 5, 1000)
#          for (train, test), (a, b) in zip(mine, splits["gap"], strict=True):
#              assert (train == a).all() and (test == b).all()
#          for gap in (0, 1, 333):
#              mine = list(blocked_folds(windows.start, windows.window, 7, gap))
#              assert distances(windows, mine).min() >= gap / windows.sample_rate
#
# .. admonition:: Recap
#    :class: recap
#
#    * Overlapping windows are copies: a random split rewards memory.
#    * Test on blocks of time, with a gap between footprints, and assert the gap.
#    * Leaks differ by orders of magnitude: measure them, then close them all.
#
# Check yourself
# --------------
# 1. Why does the mean pose score nearly the same under all four splits?
# 2. A gap is counted from start to start. What has been forgotten?
# 3. Which leaks stay open if blocks of both hands' files are cut at different times?
#
# .. admonition:: Answers
#    :class: answer
#    :collapsible: closed
#
#    1. It remembers nothing about single windows, so copies cannot help it.
#    2. The length of a window: starts that are a window apart have footprints that touch.
#    3. A moment that is tested on one hand is trained on with the other.
#
# Where next
# ----------
# Before: :ref:`sphx_glr_auto_gallery_3_prediction_30_ridge_from_scratch.py`. Next:
# :ref:`sphx_glr_auto_gallery_3_prediction_32_catboost_regression.py`. Used here:
# :func:`emgtut.blocked_split`, :class:`emgtut.LeaveRecordingsOut`, :class:`emgtut.MeanPose`,
# :class:`emgtut.RidgePose`, :func:`emgtut.learn.evaluate.predict_blocks`.
