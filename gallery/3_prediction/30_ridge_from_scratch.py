# emgtut: minutes=30 budget_s=15 data=synthetic network=no
"""
Linear regression of joint angles
=================================

Ridge in a few lines, checked against scikit-learn, and judged joint by joint.

.. admonition:: Objectives
   :class: objectives

   * Derive the ridge solution, and verify it in two ways.
   * Report a model beside the mean pose, never alone.
   * Read R2 joint by joint, and tell which joints spoil its mean.

**You need:** :ref:`sphx_glr_auto_gallery_2_structure_21_windows_and_features.py`, and to have met
a matrix and a derivative.

**Not covered:** how to choose alpha without a look at the test part, a question of splits.

**Settings:** :term:`window` 500 samples (250 ms), :term:`hop` 100 (50 ms), label at the last
sample, log features, alpha 10, the last quarter as test, 1000 samples of :term:`gap` before it.
"""

# %%
# Features, angles, a cut in time
# -------------------------------
# Features of the training part are brought to mean 0 and SD 1. The test part is scaled with the
# same numbers, since a live hand would not know its own future mean.

import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns
from sklearn.linear_model import Ridge
from sklearn.metrics import r2_score

from emgtut import load_sample, windows_of
from emgtut.anatomy import JOINTS

# sphinx_gallery_thumbnail_number = 2
# sphinx_gallery_tags = ["ridge", "baseline", "R2"]
sns.set_theme(palette="colorblind")
path = load_sample(stage="CountingUpDownFaceSideAway", seed=3)
windows = windows_of(path, window=0.25, hop=0.05)
cut = 0.75 * (windows.start[-1] + windows.window)
train = windows.start + windows.window + 1000 <= cut
test = windows.start >= cut

features, angles = np.log(windows.X), np.degrees(windows.y)
mean, sd = features[train].mean(axis=0), features[train].std(axis=0)
X, X_test = (features[train] - mean) / sd, (features[test] - mean) / sd
Y, Y_test = angles[train], angles[test]
print(f"{X.shape[0]} windows x {X.shape[1]} features -> {Y.shape[1]} angles")

# %%
# The baselines come first
# ------------------------
# Two predictions need no signal: the :term:`mean pose` of the training part, and the flat hand.
#
# .. admonition:: Predict
#    :class: predict
#
#    R2 is 1 for a perfect prediction and 0 for "no better than the mean". What is the R2 of the
#    mean pose on the test part: exactly 0, above, or below?


def r2(true, pose):
    return float(r2_score(true, pose, multioutput="variance_weighted"))


mean_pose, zero_pose = np.broadcast_to(Y.mean(axis=0), Y_test.shape), 0 * Y_test
facts = {}
for name, pose in (("mean_pose", mean_pose), ("zero_pose", zero_pose)):
    facts[f"{name}_mae_deg"] = mae = float(np.abs(pose - Y_test).mean())
    facts[f"{name}_r2"] = r2(Y_test, pose)
    print(f"{name}: MAE {mae:.1f} deg, R2 {facts[f'{name}_r2']:.2f}")

# %%
# **What happened.** R2 compares with the mean of the rows that are *scored*, which no model knows
# beforehand. The mean pose of the training part cannot do better than that one, so it ends below.
#
# Ridge, derived
# --------------
# Weights :math:`W` and an intercept :math:`b` are wanted for which
#
# .. math:: E(W, b) = \|XW + 1b - Y\|^2 + \alpha \|W\|^2
#
# is smallest: the error, and a price on large weights. There, the derivative by :math:`b` is zero,
# so residuals have mean zero: :math:`b = \bar y - \bar x W`. Put in, this leaves the problem
# without intercept for centred :math:`X_c, Y_c`. The derivative by :math:`W` is zero as well:
#
# .. math:: 2 X_c^T (X_c W - Y_c) + 2 \alpha W = 0
#    \quad\Rightarrow\quad (X_c^T X_c + \alpha I)\, W = X_c^T Y_c
#
# All joints share the matrix on the left, so that one call solves them all. Two checks follow: is
# the derivative zero there, and does scikit-learn find the same?


def ridge(X, Y, alpha):
    x_mean, y_mean = X.mean(axis=0), Y.mean(axis=0)
    Xc, Yc = X - x_mean, Y - y_mean
    W = np.linalg.solve(Xc.T @ Xc + alpha * np.eye(X.shape[1]), Xc.T @ Yc)
    return W, y_mean - x_mean @ W


W, b = ridge(X, Y, alpha=10)
gradient = 2 * X.T @ (X @ W + b - Y) + 2 * 10 * W
theirs = Ridge(alpha=10).fit(X, Y)
facts["gradient"] = float(np.abs(gradient).max() / np.abs(2 * X.T @ Y).max())
facts["difference_deg"] = float(np.abs(theirs.predict(X_test) - (X_test @ W + b)).max())
facts["mae_deg"] = mae = float(np.abs(X_test @ W + b - Y_test).mean())
print(f"derivative, beside that of zero weights: {facts['gradient']:.0e} (no unit)")
print(f"largest difference to scikit-learn: {facts['difference_deg']:.0e} deg")
print(f"ridge: MAE {mae:.1f} deg, R2 {r2(Y_test, X_test @ W + b):.2f}", end="; ")
print(f"mean pose: {facts['mean_pose_mae_deg']:.1f} deg, {facts['mean_pose_r2']:.2f}")

# %%
# It is, and both find the same.
#
# Why the intercept pays no price
# -------------------------------
# A shorter way adds a column of ones to the features and treats its weight like any other. Now let
# every angle be a hundred degrees larger, as if measured from another zero. Predictions should move
# by exactly that.


def ridge_with_ones(X, Y, alpha):
    ones = np.column_stack([X, np.ones(len(X))])
    W = np.linalg.solve(ones.T @ ones + alpha * np.eye(ones.shape[1]), ones.T @ Y)
    return W[:-1], W[-1]


for name, fit in (("free", ridge), ("penalised", ridge_with_ones)):
    (W0, b0), (W1, b1) = fit(X, Y, 10), fit(X, Y + 100, 10)
    facts[f"moved_{name}_deg"] = float((X_test @ (W1 - W0) + b1 - b0).mean())
    print(f"{name} intercept: predictions move by {facts[f'moved_{name}_deg']:.2f} deg")

# %%
# With a penalised intercept the price depends on where zero is. Ridge pulls weights towards zero,
# and that should mean "towards the mean pose", not "towards the flat hand".
#
# How strong a penalty?
# ---------------------
# The same fit with many values of alpha. Where do the two curves part, and where do they meet?

alphas = np.logspace(-2, 6, 25)
fits = [ridge(X, Y, alpha) for alpha in alphas]
on_train = [r2(Y, X @ W + b) for W, b in fits]
on_test = [r2(Y_test, X_test @ W + b) for W, b in fits]
figure, axes = plt.subplots(figsize=(7, 3), layout="constrained")
axes.semilogx(alphas, on_train, "C0-", label="training part")
axes.semilogx(alphas, on_test, "C1--", label="test part")
axes.axhline(facts["mean_pose_r2"], color="0.5", linestyle=":", label="mean pose")
axes.set(title="Score and penalty", xlabel="alpha (no unit)", ylabel="R2 (no unit)")
axes.legend()
plt.show()
facts["r2_train"], facts["r2_weighted"] = on_train[9], on_test[9]
facts["r2_least_price"], facts["r2_most_price"] = on_test[0], on_test[-1]
print(f"R2 at alpha {alphas[9]:.0f}: training {on_train[9]:.2f}, test {on_test[9]:.2f}")

# %%
# Without a price the model learns details that do not return; with a very large one, both curves
# end at the mean pose. The top is wide: the right power of ten is enough.
#
# One number for twenty joints?
# -----------------------------
# R2 of each joint by itself, below how much it moves. Which joints would spoil a plain mean?

pose = X_test @ W + b
each = r2_score(Y_test, pose, multioutput="raw_values")
figure, axes = plt.subplots(2, figsize=(8, 4.2), sharex=True, layout="constrained")
colours = ["C1" if joint.endswith("AA") else "C0" for joint in JOINTS]
axes[0].bar(JOINTS, Y.std(axis=0), color=colours)
axes[1].bar(JOINTS, each, color=colours)
axes[0].set(title="Movement and score of each joint", ylabel="SD (deg)")
axes[1].set(xlabel="joint (no unit)", ylabel="R2 (no unit)")
axes[1].tick_params(axis="x", rotation=90)
plt.show()
facts["r2_plain"], facts["r2_smallest"] = float(each.mean()), float(each.min())
facts["sd_worst_deg"] = float(Y.std(axis=0)[each.argmin()])
facts["sd_median_deg"] = float(np.median(Y.std(axis=0)))
print(f"R2: plain mean {each.mean():.2f}, weighted {r2(Y_test, pose):.2f}", end=", ")
print(f"smallest {each.min():.2f}; mean pose {facts['mean_pose_r2']:.2f}")

# %%
# The joints that hardly move, sideways (AA) for the most part: a small error is more than their
# spread. A weighted mean counts each joint by how much it moves.
#
# .. admonition:: Mistake M08: "the mean R2 is ..."
#    :class: mistake
#
#    A plain mean over joints is ruled by those that stand still. And no R2 without its baseline.
#
# Columns that are nearly the same
# --------------------------------
# RMS and MAV of a channel are close relatives. To see what that does, one column gets a twin that
# differs in the seventh digit, and targets are made from known weights. Two ways without penalty,
# normal equations and singular values, have to find these again.

rng = np.random.default_rng(0)
twins = np.column_stack([X, X[:, 0] + 1e-7 * rng.normal(size=len(X))])
true_weights = rng.normal(size=(twins.shape[1], 20))
targets = twins @ true_weights
found = {"normal": np.linalg.solve(twins.T @ twins, twins.T @ targets)}
found["svd"] = np.linalg.lstsq(twins, targets)[0]
facts["condition"] = float(np.linalg.cond(twins))
print(f"condition number {facts['condition']:.0e}, squared in the normal equations")
for name, weights in found.items():
    error = np.linalg.norm(weights - true_weights) / np.linalg.norm(true_weights)
    facts[f"error_{name}"] = float(error)
    print(f"{name:>6}: weights are off by {100 * error:.1g} %")
shared, _ = ridge(twins, Y, alpha=10)
facts["twins_differ"] = float(np.abs(shared[0] / shared[-1] - 1).max())
print(f"   with ridge, the twins differ by {100 * facts['twins_differ']:.1g} %")

# %%
# The product of X with itself squares the condition number, and hardly a digit is left to tell the
# twins apart. A penalty makes them share the weight, and either way of solving will do.
#
# Where the model listens
# -----------------------
# The weights of the three features of an electrode, added up: what happens to a finger if that
# electrode alone gets louder. Do two fingers listen to the same places?

figure, axes = plt.subplots(figsize=(7, 3), layout="constrained")
electrodes = np.arange(1, 17)
by_electrode = W.reshape(3, 16, 20).sum(axis=0)
for joint, style in (("INDEX_MCP_FE", "C0o-"), ("PINKY_MCP_FE", "C1s--")):
    axes.plot(electrodes, by_electrode[:, JOINTS.index(joint)], style, label=joint)
axes.axhline(0, color="0.25", linewidth=1)
axes.set(title="Weights round the wrist", xticks=electrodes)
axes.set(xlabel="electrode (number)", ylabel="weight (deg per SD)")
axes.legend()
plt.show()

# %%
# They differ, with peaks of either sign in other places. Such a curve is no map of muscles: some
# weights are there to cancel what another electrode picks up.
#
# Shy predictions
# ---------------
# Ridge hedges. The slope of predicted angles on true ones says by how much.

slopes = [np.polyfit(Y_test[:, j], pose[:, j], 1)[0] for j in range(20)]
facts["slope"] = float(np.median(slopes))
print(f"median slope of a joint: {facts['slope']:.2f} (1 is right, mean pose 0)")

# %%
# The slope is below one: large angles are predicted too small and small ones too large, which is
# what a pull towards the mean does.
#
# .. admonition:: Exercise 1: a longer memory
#    :class: exercise
#
#    Give the model the three windows before each one as well. Is it worth four times the columns?
#
#    .. admonition:: Hint
#       :class: hint
#       :collapsible: closed
#
#       Use the same five blocks of time for both, and compare the difference with its spread. The
#       windows before reach further back: widen the gap.
#
#    .. admonition:: Solution
#       :class: solution
#       :collapsible: closed
#
#       No: the difference is smaller than its spread over the blocks.
#
#       .. code-block:: python
#
#          start = windows.start
#          longer = np.hstack([np.roll(features, k, axis=0) for k in range(4)])
#          steady = np.roll(start, 3) == start - 300
#          edges = np.linspace(0, start[-1] + 500, 6)
#          difference = []
#          for a, b in zip(edges[:-1], edges[1:], strict=True):
#              learn = steady & ((start + 1500 <= a) | (start - 1300 >= b))
#              score = steady & (start >= a) & (start < b)
#              found = []
#              for F in (features, longer):
#                  F = (F - F[learn].mean(axis=0)) / F[learn].std(axis=0)
#                  weights, intercept = ridge(F[learn], angles[learn], 10)
#                  predicted = F[score] @ weights + intercept
#                  found.append(
#                      r2_score(angles[score], predicted, multioutput="variance_weighted")
#                  )
#              difference.append(found[1] - found[0])
#          print(f"{np.mean(difference):+.3f}, SD over blocks {np.std(difference, ddof=1):.3f}")
#          assert abs(np.mean(difference)) < np.std(difference, ddof=1)
#
# .. admonition:: Exercise 2: the derivative, numerically
#    :class: exercise
#
#    Check the formula of the derivative by central differences, away from the minimum.
#
#    .. admonition:: Hint
#       :class: hint
#       :collapsible: closed
#
#       Change one weight up and down by a little; divide the difference of E by twice that little.
#
#    .. admonition:: Solution
#       :class: solution
#       :collapsible: closed
#
#       .. code-block:: python
#
#          def error(W):
#              return ((X @ W + b - Y) ** 2).sum() + 10 * (W**2).sum()
#
#
#          at = W + 1.0
#          formula = 2 * X.T @ (X @ at + b - Y) + 2 * 10 * at
#          for row, column in ((0, 0), (20, 7), (47, 19)):
#              step = np.zeros_like(W)
#              step[row, column] = 1e-2
#              slope = (error(at + step) - error(at - step)) / 2e-2
#              assert abs(slope / formula[row, column] - 1) < 1e-6
#
# .. admonition:: Recap
#    :class: recap
#
#    * Centre, solve one linear system, put the intercept back: that is ridge.
#    * The mean pose stands beside every score, and its R2 is not zero.
#    * R2 of joints that stand still says little; weight joints by how much they move.
#
# Check yourself
# --------------
# 1. Why does the mean pose of the training part have an R2 below 0 on the test part?
# 2. All targets grow by a hundred degrees. Which parts of the solution change?
# 3. A paper reports a mean R2 over 20 joints that is negative. Is its model useless?
#
# .. admonition:: Answers
#    :class: answer
#    :collapsible: closed
#
#    1. R2 is measured against the mean of the scored rows, and the two means differ.
#    2. The intercept only, if it pays no price.
#    3. Not necessarily: one joint that stands still can make the mean negative.
#
# Where next
# ----------
# Before: :ref:`sphx_glr_auto_gallery_2_structure_21_windows_and_features.py`. Next:
# :ref:`sphx_glr_auto_gallery_3_prediction_31_splits_that_do_not_leak.py`. Used here:
# :func:`emgtut.windows_of`, :class:`emgtut.Windows`, :func:`emgtut.load_sample`.
