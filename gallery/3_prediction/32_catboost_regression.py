# emgtut: minutes=25 budget_s=25 data=synthetic network=no
"""
Boosted trees for several joints
================================

When boosted trees help, where they stop, and three ways in which they fail without a word.

.. admonition:: Objectives
   :class: objectives

   * Fit trees to several joints at once, and judge them block by block beside ridge.
   * Show where the predictions of trees end, and why.
   * Detect constant targets and wrong columns before they do harm.

**You need:** :ref:`sphx_glr_auto_gallery_3_prediction_31_splits_that_do_not_leak.py`, and CatBoost:
``pip install "emgtut[regression]"``.

**Not covered:** the search for good settings.

**Settings:** :term:`window` 500 samples (250 ms), :term:`hop` 100 (50 ms), label at the last
sample, blocks of time with a :term:`gap` of 1000 samples.
"""

# %%
# Five numbers for a hand
# -----------------------
# The mean :term:`flexion` of a finger is its curl. Five curls instead of 20 angles train fast, and
# :class:`emgtut.Windows` carries them like any other targets.

from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns
from catboost import CatBoostError, CatBoostRegressor

from emgtut import CatBoostPose, RidgePose, load_sample, windows_of
from emgtut.learn.evaluate import predict_blocks, verdict
from emgtut.plots import plot_wristband
from emgtut.sessions.recipe.postures import curls

# sphinx_gallery_thumbnail_number = 2
# sphinx_gallery_tags = ["catboost", "extrapolation", "baseline"]
sns.set_theme(palette="colorblind")
path = load_sample("unconstrained", seed=3)
windows = windows_of(path, window=0.25, hop=0.05)
fingers = ("thumb", "index", "middle", "ring", "little")
windows = replace(windows, y=curls(windows.y), target_names=fingers)
facts = {}

# %%
# Trees beside ridge
# ------------------
# A tree asks questions such as "is the RMS of EMG03 above 12?" and answers with a mean pose.
# Boosting adds small trees, each for what is left over; with ``MultiRMSE`` for all joints at once.
#
# .. admonition:: Predict
#    :class: predict
#
#    Trees bend where ridge is straight. Who wins on unseen blocks, and will the average of both lie
#    between them?

from emgtut import AveragePose, angular_error, blocked_split, evaluate

trees = CatBoostPose(iterations=150)
models = {"ridge": RidgePose(), "trees": trees, "average": AveragePose(trees=trees)}
scores = {name: evaluate(model, windows) for name, model in models.items()}
for name, table in scores.items():
    facts[f"{name}_deg"] = float(table.mae_deg.mean())
    facts[f"{name}_least_skill"] = float(table.skill.min())
    print(f"{name:>8} {verdict(table)}")
lead = scores["ridge"].mae_deg - scores["trees"].mae_deg
facts |= {"lead_deg": float(lead.mean()), "lead_sd_deg": float(lead.std())}
facts["mean_pose_deg"] = float(scores["trees"].mean_pose_mae_deg.mean())
print(f"trees lead by {lead.mean():.2f} deg, SD over blocks {lead.std():.2f} deg")

# %%
# **What happened.** Trees and ridge are level: their difference is far smaller than its own spread
# over blocks. Both beat the :term:`mean pose` in each block. The average is better than either,
# which takes two models that go wrong in different ways. In what do the two lines differ?

seconds, true = windows.time - windows.time[0], np.degrees(windows.y[:, 1])
shown = slice(*np.searchsorted(seconds, [0, 13]))
figure, axes = plt.subplots(figsize=(8, 3), layout="constrained")
axes.plot(seconds[shown], true[shown], color="0.25", label="true")
for name, style in (("ridge", "C0--"), ("trees", "C1:")):
    said = np.degrees(predict_blocks(models[name], windows)[:, 1])
    facts[f"lowest_{name}_deg"] = float(said.min())
    axes.plot(seconds[shown], said[shown], style, linewidth=2, label=name)
facts["lowest_true_deg"] = float(true.min())
axes.set(title="Index finger, unseen blocks", xlabel="time (s)", ylabel="curl (deg)")
axes.legend()
plt.show()

# %%
# Ridge overshoots, even bends the finger backwards; trees keep within what they have seen.
#
# Where trees stop
# ----------------
# Train on windows in which the fist is less than seven tenths closed; predict the others. Ridge
# comes twice, with and without the logarithm of the features. How far does each model reach?

fist = np.degrees(windows.y[:, 1:].mean(axis=1))
low = fist < 0.7 * fist.max()
end = fist[low].max()
figure, axes = plt.subplots(figsize=(7, 3.2), layout="constrained")
bins = end + np.arange(-24, 36, 4)
axes.hist(fist[~low], bins, color="0.8", label="true")
reach = {"trees": trees, "ridge_log": RidgePose(), "ridge_plain": RidgePose(log=False)}
for (name, model), style in zip(reach.items(), ("-", "--", ":"), strict=True):
    said = model.fit(windows.X[low], windows.y[low]).predict(windows.X[~low])
    said = np.degrees(said[:, 1:].mean(axis=1))
    facts[f"reach_{name}_deg"] = far = float(said.max())
    facts[f"high_{name}_deg"] = mae = float(np.abs(said - fist[~low]).mean())
    facts[f"low_{name}_percent"] = float(100 * (said < fist[~low]).mean())
    axes.hist(said, bins, histtype="step", linewidth=2, linestyle=style, label=name)
    print(f"{name:>11}: up to {far:.1f} deg, MAE {mae:.1f} deg")
facts |= {"reach_training_deg": float(end), "reach_true_deg": float(fist.max())}
facts["high_mean_pose_deg"] = mae = float((fist[~low] - fist[low].mean()).mean())
print(f"  mean pose: MAE {mae:.1f} deg", end="; ")
print(f"training up to {end:.1f} deg, true up to {fist.max():.1f} deg")
axes.axvline(end, color="0.25", linestyle="-.", label="training ends")
axes.set(title="Fists that were closed further than any in training")
axes.set(xlabel="mean curl of four fingers (deg)", ylabel="windows (count)")
axes.legend()
plt.show()

# %%
# Trees stay below the line. Ridge crosses it, and without the logarithm reaches beyond the largest
# fist there is. To reach further is not to be right, though: all three are too low for most fists
# here, and their errors hardly differ.
#
# .. admonition:: Mistake: "trees will extrapolate"
#    :class: mistake M11
#
#    They cannot. Ridge can, and logarithms hide it: they shrink the largest features. The cure is
#    not another model: record the whole range of each movement.
#
# Why: a staircase
# ----------------
# The reason shows with a single feature, the one that follows the fist most closely.

column = int(np.abs(np.corrcoef(np.log(windows.X).T, fist)[-1, :-1]).argmax())
feature = windows.X[:, [column]]
grid = np.geomspace(feature.min(), feature.max() * 4, 400)[:, None]
figure, axes = plt.subplots(figsize=(7, 3), layout="constrained")
axes.plot(feature, fist, ".", color="0.7", markersize=3, label="windows")
for name, model, style in (("ridge", RidgePose(), "--"), ("trees", trees, "-")):
    line = np.degrees(model.fit(feature, np.radians(fist)).predict(grid))
    axes.plot(grid, line, style, linewidth=2, label=name)
    rise = float(np.ptp(line[grid[:, 0] > feature.max()]))
    facts[f"outside_{name}_deg"] = rise
    print(f"{name}: rises by {rise:.1f} deg beyond the largest feature")
axes.set(title="One feature", xscale="log", ylabel="mean curl (deg)")
axes.set(xlabel=f"{windows.feature_names[column]} (noise SD)")
axes.legend()
plt.show()

# %%
# The line goes on, the staircase ends with its last step: a leaf is a mean of what was seen, and
# nothing in it grows with a feature.
#
# Two postures are not a movement
# -------------------------------
# Recording rest and fist only takes seconds and trains without a complaint: open is 0, closed is 1.
# What do such trees say to a hand that is half closed?

closed = (fist - fist.min()) / (fist.max() - fist.min())
ends, middle = (closed < 0.15) | (closed > 0.85), (closed > 0.35) & (closed < 0.65)
said = trees.fit(windows.X[ends], closed[ends].round()).predict(windows.X[middle])
facts["between_percent"] = float(100 * ((said > 0.25) & (said < 0.75)).mean())
print(f"predictions in the middle half: {facts['between_percent']:.0f} %")
figure, axes = plt.subplots(figsize=(7, 2.6), layout="constrained")
bins = np.arange(-0.1, 1.15, 0.05)
axes.hist(closed[middle], bins, color="0.8", label="true")
axes.hist(said, bins, histtype="step", linewidth=2, label="trees")
axes.set(title="Half-closed hands", xlabel="closed (no unit)", ylabel="windows (count)")
axes.legend()
plt.show()

# %%
# Most half-closed hands are called nearly open or nearly closed: a switch, not a hand. No score on
# rest and fist would have shown it.
#
# A joint that does not move
# --------------------------
# Let the thumb rest for a whole recording. CatBoost stops with a message that names no column, and
# :class:`emgtut.CatBoostPose` leaves such targets out of the trees and puts them back.

train, test = blocked_split(windows)[4]
still = windows.y.copy()
still[:, 0] = 0.3
quiet = {"loss_function": "MultiRMSE", "allow_writing_files": False, "verbose": False}
plain = CatBoostRegressor(150, depth=4, learning_rate=0.05, **quiet)
try:
    plain.fit(windows.X[train], still[train])
except CatBoostError as error:
    print("CatBoost:", str(error).rpartition(": ")[2])
said = trees.fit(windows.X[train], still[train]).predict(windows.X[test])
facts["still_deg"] = float(np.degrees(np.ptp(said[:, 0])))
print(f"CatBoostPose: the thumb moves by {facts['still_deg']:.1f} deg")

# %%
# .. admonition:: Mistake: "a constant target does no harm"
#    :class: mistake M12
#
#    With ``MultiRMSE`` it stops the training of all others. Look at each target's spread first.
#
# Columns that are not those of the training
# ------------------------------------------
# Somebody adds zero crossings, in front. Does CatBoost notice that the other columns have moved?

kinds = ("zc", "rms", "mav", "wl")
wider = windows_of(path, window=0.25, hop=0.05, features=kinds).X
plain.fit(windows.X[train], windows.y[train])
print(f"trained on {windows.X.shape[1]} columns, given {wider.shape[1]}")
said = {"right": plain.predict(windows.X[test]), "moved": plain.predict(wider[test])}
said["mean_pose"] = windows.y[train].mean(axis=0)
for name, pose in said.items():
    facts[f"columns_{name}_deg"] = mae = angular_error(windows.y[test], pose)
    print(f"{name:>9}: MAE {mae:.1f} deg")
try:
    trees.predict(wider[test])
except ValueError as error:
    print("CatBoostPose:", str(error).partition(":")[0])

# %%
# It takes the first columns and says nothing; more than half of what the model had learnt is lost.
# The models of emgtut count the columns. What :func:`emgtut.save_model` writes down also has their
# names, for :func:`emgtut.learn.conditions.check_conditions`.
#
# Where the trees look
# --------------------
# CatBoost tells how much each feature changed the predictions. Added up by electrode, this can be
# drawn on the wrist. Do all electrodes matter alike?

trees.fit(windows.X, windows.y)
share = np.reshape(trees.model_.get_feature_importance(), (3, 16)).sum(axis=0)
axes = plot_wristband(share, quantity="share", unit="%", title="Importance")
axes.set_xlabel("electrode (no unit)")
plt.show()
facts["share_most"], facts["share_least"] = float(share.max()), float(share.min())
print(f"most: {share.max():.0f} % for one electrode, least: {share.min():.0f} %")

# %%
# They do not: the first counts several times as much as the last. But of two that hear the same
# muscle one may get all of the credit, so an electrode that looks idle is not useless.
#
# .. admonition:: Exercise 1: the whole movement
#    :class: exercise
#
#    Train on all degrees of closing instead of two, predict in blocks, and count again how many of
#    the half-closed hands are predicted in the middle half.
#
#    .. admonition:: Hint
#       :class: hint
#       :collapsible: closed
#
#       ``replace(windows, y=..., target_names=...)`` makes windows with another target.
#
#    .. admonition:: Solution
#       :class: solution
#       :collapsible: closed
#
#       .. code-block:: python
#
#          sweep = replace(windows, y=closed[:, None], target_names=("closed",))
#          said = predict_blocks(trees, sweep)[middle, 0]
#          between = 100 * ((said > 0.25) & (said < 0.75)).mean()
#          print(f"{between:.0f} %, after {facts['between_percent']:.0f} %")
#          assert between > 2 * facts["between_percent"]
#
# .. admonition:: Exercise 2: clip ridge
#    :class: exercise
#
#    Plain ridge can be clipped to the largest fist of its training. Which makes the smallest error
#    on fists beyond: clipped ridge, free ridge, or trees?
#
#    .. admonition:: Hint
#       :class: hint
#       :collapsible: closed
#
#       Every one of these fists lies above the clip. Can clipping help any of them?
#
#    .. admonition:: Solution
#       :class: solution
#       :collapsible: closed
#
#       It helps only where ridge overshoots by more than the clip takes away. Free ridge errs
#       least, trees come next, and clipped ridge is last.
#
#       .. code-block:: python
#
#          ridge = RidgePose(log=False).fit(windows.X[low], windows.y[low])
#          free = np.degrees(ridge.predict(windows.X[~low])[:, 1:].mean(axis=1))
#          clipped = np.minimum(free, fist[low].max())
#          errors = {"free": free, "clipped": clipped}
#          errors = {name: np.abs(said - fist[~low]).mean() for name, said in errors.items()}
#          print(errors, facts["high_trees_deg"])
#          assert errors["free"] < facts["high_trees_deg"] < errors["clipped"]
#
# .. admonition:: Recap
#    :class: recap
#
#    * On a minute of EMG trees and ridge are level, and their average is better than either.
#    * Trees end where their training ends: record the whole range, and what lies between.
#    * Constant targets and moved columns fail loudly or, worse, without a word: check both.
#
# Check yourself
# --------------
# 1. Why do trees answer the same to a feature twice as large as any in the training?
# 2. A demo learned from rest and fist flips between both. Is that the fault of the filter?
# 3. Another feature is added at the end of the columns. Does plain CatBoost notice?
#
# .. admonition:: Answers
#    :class: answer
#    :collapsible: closed
#
#    1. All that lies beyond the last question falls into the same leaves.
#    2. No: between two levels the trees have no step to stand on.
#    3. No: it uses the first columns, and in this case they are the right ones.
#
# Where next
# ----------
# Before: :ref:`sphx_glr_auto_gallery_3_prediction_31_splits_that_do_not_leak.py`. Next:
# :ref:`sphx_glr_auto_gallery_3_prediction_33_does_it_generalise.py`. Used here:
# :class:`emgtut.CatBoostPose`, :class:`emgtut.AveragePose`, :func:`emgtut.evaluate`.
