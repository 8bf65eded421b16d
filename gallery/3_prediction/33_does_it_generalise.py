# emgtut: minutes=30 budget_s=25 data=synthetic network=no
"""
New hand, new movement, shifted band
====================================

Three generalisation numbers per user instead of one pooled score.

.. admonition:: Objectives
   :class: objectives

   * Split a corpus by user, by stage, and by both.
   * Report scores over users, with a spread that counts people and not windows.
   * Name calibration when a new person's data were used, labelled or not.

**You need:** :ref:`sphx_glr_auto_gallery_3_prediction_31_splits_that_do_not_leak.py`.

**Not covered:** models made to generalise. The model is the :term:`ridge` of lesson 30 throughout;
what changes is who and what it is tested on.

**Settings:** :term:`window` 500 samples (250 ms), :term:`hop` 100 (50 ms), label at the last
sample, alpha 10. Eight people, three :term:`stages <stage>`, 20 s each.
"""

# %%
# Eight people
# ------------
# Each made person has other muscle strengths, another resting hand, and wears the band a little
# differently. Every window remembers where it is from: that is the table ``groups`` of
# :func:`emgtut.windows_of_many`, and every split on this page is made from it.

import tempfile
from dataclasses import replace
from itertools import product
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns

import emgtut
from emgtut import LeaveUsersOut, RidgePose, evaluate, make_session, windows_of_many
from emgtut.learn.evaluate import over_users, per_user, predict_blocks
from emgtut.learn.metrics import r2

# %%
# The files are made in a temporary folder, which is gone once the windows are cut.

# sphinx_gallery_thumbnail_number = 2
# sphinx_gallery_tags = ["generalisation", "users", "calibration"]
sns.set_theme(palette="colorblind")
stages = ["FingerWigglingSpreading", "CountingUpDownFaceSideAway", "unconstrained"]
with tempfile.TemporaryDirectory() as folder:
    paths = []
    for who, (k, stage) in product(range(8), enumerate(stages)):
        paths.append(Path(folder) / f"{who}_{stage}.hdf5")
        options = {"duration": 20, "user": who, "seed": 10 * who + k}
        make_session(paths[-1], stage=stage, **options)
    windows = windows_of_many(paths, window=0.25, hop=0.05, progress=False)
user, stage = windows.groups["user"].to_numpy(), windows.groups["stage"].to_numpy()
users = list(dict.fromkeys(user))
facts = {"n_users": len(users), "n_windows": len(windows)}
print(pd.crosstab(user, stage, rownames=["windows of"], colnames=[""]))

# %%
# Four ways to ask
# ----------------
# One cell of that table is tested at a time. What may be trained on makes the question: the same
# person at other times, other people, other stages, or what is other in both. In the figure, look
# for the cells that a model must not see.


def held_out(*, by_user=False, by_stage=False):
    pairs = []
    for u, s in product(users, stages):
        same_user, same_stage = user == u, stage == s
        seen = ~(by_user & same_user) & ~(by_stage & same_stage)
        pairs.append((np.flatnonzero(seen), np.flatnonzero(same_user & same_stage)))
    return pairs


ways = {"new user": {"by_user": True}, "new stage": {"by_stage": True}}
ways["new user and stage"] = {"by_user": True, "by_stage": True}
figure, axes = plt.subplots(1, 3, figsize=(9, 3), sharey=True, layout="constrained")
for ax, (way, options) in zip(axes, ways.items(), strict=True):
    train, test = held_out(**options)[2 * 3 + 1]
    parts = ((train, "train", "C0", "s"), (test, "test", "C1", "*"))
    for rows, label, colour, marker in parts:
        cells = {(stages.index(stage[r]), users.index(user[r])) for r in rows}
        what, who = zip(*cells, strict=True)
        ax.plot(what, who, marker, color=colour, markersize=12, label=label)
    ax.set(title=way, xlabel="stage (number)", xlim=(-0.5, 2.5), xticks=range(3))
axes[0].set(ylabel="user (number)", ylim=(7.5, -0.5))
axes[2].legend(loc="lower center")
plt.show()

# %%
# From left to right a row goes, then a column, then both.
#
# .. admonition:: Predict
#    :class: predict
#
#    Put in order of their error: a model of the person's own, the model of the seven others, and
#    the mean pose of the others. Does every person come out in the same order?

blocks = emgtut.blocked_split(windows, gap=0.5)
own = [(a[user[a] == u], b[user[b] == u]) for a, b in blocks for u in users]
scores = {"own": per_user(evaluate(RidgePose(), windows, split=own))}
others = evaluate(RidgePose(), windows, split=LeaveUsersOut())
scores["new user"] = per_user(others)
for way in scores:
    mean, sd, n, ddof = over_users(scores[way]).loc["mae_deg"]
    pose = scores[way].mean_pose_mae_deg.mean()
    print(f"{way:<9} MAE {mean:5.2f} deg, mean pose {pose:5.2f}", end=", ")
    print(f"SD over users {sd:.2f} ({n=:.0f}, {ddof=:.0f})")
facts["mae_mean_pose_deg"] = float(others.mean_pose_mae_deg.mean())
facts["n_worse"] = int((others.skill < 0).sum())
print(f"worse than the mean pose of the others: {facts['n_worse']} of {len(users)}")

# %%
# **What happened.** On average a model of others is nearer to the mean pose than to a model of
# one's own. The average hides people. In the next figure, each line is a person: who would rather
# have a hand that never moves?

own_mae, other_mae = (scores[w].loc[users, "mae_deg"] for w in scores)
baseline = scores["new user"].loc[users, "mean_pose_mae_deg"]
facts["least_loss_deg"] = float((other_mae - own_mae).min())
figure, axes = plt.subplots(figsize=(7, 3.4), layout="constrained")
for u in users:
    trio = own_mae[u], other_mae[u], baseline[u]
    worse = trio[1] > trio[2]
    axes.plot(range(3), trio, "o:" if worse else "o-", color="C3" if worse else "0.6")
axes.set_xticks(range(3), ["own model", "model of others", "mean pose of others"])
axes.set(title="Dotted: worse than no movement", ylabel="MAE (deg)", xlim=(-0.3, 2.3))
axes.set_xlabel("what predicts (no unit)")
plt.show()

# %%
# Everybody loses by a model of strangers, and for one of eight a still hand would be nearer.
#
# How sure is that number?
# ------------------------
# The standard error is the SD over the root of how many there are. How many of what? Windows of one
# person have the same wrist in them, so the question "and the ninth person?" has eight answers.

predicted = predict_blocks(RidgePose(), windows, split=LeaveUsersOut())
each = np.degrees(np.abs(predicted - windows.y)).mean(axis=1)
for name, errors in (("windows", each), ("users", other_mae)):
    margin = float(errors.std(ddof=1) / len(errors) ** 0.5)
    facts[f"margin_{name}_deg"] = margin
    print(f"{len(errors):4d} {name}: {errors.mean():.2f} +- {margin:.2f} deg", end=", ")
    print(f"mean pose {baseline.mean():.2f} deg")
often = np.where(other_mae == other_mae.min(), 10, 1)
facts["moved_deg"] = float(np.average(other_mae, weights=often) - other_mae.mean())
print(f"pooled, had the best stayed ten times as long: {facts['moved_deg']:+.2f} deg")

# %%
# .. admonition:: Mistake: "many windows are many people"
#    :class: mistake M13
#
#    The margin over windows is many times too small. A pooled score also follows whoever recorded
#    longest. Average within users first, then over users.
#
# A little help from the new user
# -------------------------------
# How loud a channel is differs between people, whatever they do. So bring each person's log
# features to mean 0 and SD 1, by that person's own EMG. For a new user that takes no cameras, only
# time: here the first three quarters of each recording. The last quarter is scored.

end = windows.start + windows.window
duration = 20 * windows.sample_rate
early, late = end <= 0.75 * duration, windows.start >= 0.75 * duration
own_scale = np.log(windows.X)
for u in users:
    known = own_scale[early & (user == u)]
    own_scale[user == u] -= known.mean(axis=0)
    own_scale[user == u] /= known.std(axis=0)
pairs = [(np.flatnonzero(user != u), np.flatnonzero((user == u) & late)) for u in users]
found = {}
for name, X in (("as_it_is", windows.X), ("calibrated", own_scale)):
    found[name] = evaluate(RidgePose(), replace(windows, X=X), split=pairs)
    facts[f"mae_{name}_deg"] = mean = float(found[name].mae_deg.mean())
    print(f"{name:<10} MAE {mean:.2f} deg", end=", ")
    print(f"mean pose {found[name].mean_pose_mae_deg.mean():.2f} deg")
gained = found["as_it_is"].mae_deg - found["calibrated"].mae_deg
facts["n_helped"] = int((gained > 0).sum())
print(f"better for {facts['n_helped']} of {len(users)} users")

# %%
# It helps most people, and it hurts some. It is also no longer a score for someone the model has
# never met: it used that person's EMG. That is :term:`calibration`, here without labels, and a
# report has to say so.
#
# New movements
# -------------
# Now the stage is held out, for people the model knows. Each row has its own mean pose beside it,
# because stages differ in how much a hand moves in them.

for way in ("new stage", "new user and stage"):
    table = evaluate(RidgePose(), windows, split=held_out(**ways[way]))
    scores[way] = per_user(table)
    by_stage = table.groupby("stage")[["mae_deg", "mean_pose_mae_deg", "skill"]]
    print(f"{way}:\n{by_stage.mean().round(2)}\n")
report = {}
for way, table in scores.items():
    mean, key = over_users(table)["mean"], way.replace(" ", "_")
    worse = int((table.mae_deg > table.mean_pose_mae_deg).sum())
    report[way] = {"MAE (deg)": mean.mae_deg, "SD (deg)": table.mae_deg.std(ddof=1)}
    report[way] |= {"mean pose (deg)": mean.mean_pose_mae_deg, "users worse": worse}
    facts |= {f"mae_{key}_deg": float(mean.mae_deg), f"skill_{key}": float(mean.skill)}
print(pd.DataFrame(report).T.round(1))

# %%
# The last three rows belong in a report; the first is the yardstick. What is new twice is worst,
# and hardly better than the mean pose. Where users need not be told apart,
# :class:`emgtut.LeaveStagesOut` makes the split of the third row.
#
# The same person, tomorrow
# -------------------------
# A band is taken off and put on again. If it lands one electrode further round the wrist, every
# channel has become its neighbour. The person's own model is used; how many electrodes may it turn?


def turned(by):  # the ring of channels, rotated in each of the three features
    ring = windows.X.reshape(len(windows), 3, 16)
    return np.roll(ring, by, axis=2).reshape(windows.X.shape)


turns, curves = range(-3, 4), []
for u in users:
    fit, test = early & (user == u), late & (user == u)
    model = RidgePose().fit(windows.X[fit], windows.y[fit])
    curves.append([r2(windows.y[test], model.predict(turned(k)[test])) for k in turns])
middle = np.median(curves, axis=0)
figure, axes = plt.subplots(figsize=(7, 3.2), layout="constrained")
axes.plot(turns, np.transpose(curves), "-", color="0.7", linewidth=1)
axes.plot(turns, middle, "C0o-", label="median of the users")
axes.axhline(0, color="0.25", linestyle=":", label="mean of the test part")
axes.set(title="The band has turned", xlabel="turn (electrodes)", ylabel="R2 (no unit)")
axes.legend()
plt.show()
straight, off = float(middle[3]), float(max(middle[2], middle[4]))
facts |= {"r2_straight": straight, "r2_turned": off}
print(f"median R2: {straight:.2f} straight, {off:.2f} one off; mean of the test part 0")

# %%
# None, for most: one electrode, either way, and a hand that never moves is better.
#
# .. admonition:: Exercise 1: how long to wear it
#    :class: exercise
#
#    How many seconds of each recording does the calibration need to do any good?
#
#    .. admonition:: Hint
#       :class: hint
#       :collapsible: closed
#
#       Repeat the calibration with windows that end within the first 1, 2, 4, ... seconds. The
#       training users keep their three quarters.
#
#    .. admonition:: Solution
#       :class: solution
#       :collapsible: closed
#
#       .. code-block:: python
#
#          logs = np.log(windows.X)
#          errors = {}
#          for seconds in (1, 2, 4, 8, 15):
#              mae = []
#              for u, (train, test) in zip(users, pairs, strict=True):
#                  known = logs[(user == u) & (end <= seconds * windows.sample_rate)]
#                  X = own_scale.copy()
#                  X[test] = (logs[test] - known.mean(axis=0)) / known.std(axis=0)
#                  model = RidgePose().fit(X[train], windows.y[train])
#                  mae.append(emgtut.angular_error(windows.y[test], model.predict(X[test])))
#              errors[seconds] = np.mean(mae)
#              print(f"{seconds:>2} s of each stage: {errors[seconds]:.2f} deg")
#          assert np.isclose(errors[15], facts["mae_calibrated_deg"])
#          # A few seconds are worse than nothing: they are whatever the hand did in them.
#          assert errors[1] > facts["mae_as_it_is_deg"] > errors[15]
#
# .. admonition:: Exercise 2: turn it back
#    :class: exercise
#
#    The band has turned by an unknown number of electrodes. Find it without a single angle.
#
#    .. admonition:: Hint
#       :class: hint
#       :collapsible: closed
#
#       Which electrodes are loud on average? Compare that profile with the one of the training
#       part, for all sixteen rotations.
#
#    .. admonition:: Solution
#       :class: solution
#       :collapsible: closed
#
#       .. code-block:: python
#
#          right = 0
#          for u in users:
#              fit, test = early & (user == u), late & (user == u)
#              before = np.log(windows.X[fit, :16]).mean(axis=0)  # the RMS comes first
#              after = np.log(turned(5)[test, :16]).mean(axis=0)
#              alike = [np.corrcoef(before, np.roll(after, -k))[0, 1] for k in range(16)]
#              right += int(np.argmax(alike)) == 5
#          print(f"found for {right} of {len(users)} users")
#          assert right >= 6
#
# .. admonition:: Recap
#    :class: recap
#
#    * New user, new stage, both: three questions and three numbers, each beside its mean pose.
#    * People are counted, not windows: average within users, then give mean, SD and n over users.
#    * Any use of a new person's data is calibration, and is named.
#
# Check yourself
# --------------
# 1. A paper tests on windows of all users, chosen at random. Which of the four questions is that?
# 2. Two more hours are recorded with the same eight people. What happens to the SD over users?
# 3. Why does a band that has turned by one electrode hurt more than a stranger's model?
#
# .. admonition:: Answers
#    :class: answer
#    :collapsible: closed
#
#    1. None of them: every person, and every second, is in training too.
#    2. Little: people do not become more alike. More people make the mean surer.
#    3. A person's own model has met one placement of the band; seven people wear seven.
#
# Where next
# ----------
# Before: :ref:`sphx_glr_auto_gallery_3_prediction_32_catboost_regression.py`. Next:
# :ref:`sphx_glr_auto_gallery_3_prediction_34_lag_and_smoothing.py`. A corpus of your own, as a map:
# :ref:`sphx_glr_auto_gallery_2_structure_22_corpus_map.py`. Used here: :func:`emgtut.evaluate`,
# :class:`emgtut.LeaveUsersOut`, :func:`emgtut.blocked_split`, :func:`emgtut.windows_of_many`.
