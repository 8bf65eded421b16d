# emgtut: minutes=30 budget_s=15 data=synthetic network=no
"""
The interview, solved in NumPy
==============================

Fifteen parts from a file to a pose, each under 25 lines, judged and then used end to end.

.. admonition:: Objectives
   :class: objectives

   * Build each step of a decoder with array operations and nothing else.
   * State the cost and one edge case of each step before writing it.
   * Compare the predicted hand with a hand that never moves.

**You need:** :ref:`sphx_glr_auto_gallery_1_first_look_11_inside_a_session.py`, and the questions,
answered by yourself first: :doc:`/guide/interview`. **Not covered:** whole steps by a library.

**Settings:** :term:`window` 500 samples (250 ms), :term:`hop` 100 (50 ms), :term:`ridge` alpha 10.
"""

# %%
# 1. Load and slice
# -----------------
# *"Give me the rows between two times, and the usable stretches."*
#
# .. admonition:: Say this aloud
#    :class: answer
#    :collapsible: closed
#
#    Rows are found by their stamps, a binary search each; after a hole, row number and time part
#    ways. A mask changes in pairs once it is padded. Edge: a run that ends with the file.

import tempfile
import time

import matplotlib.pyplot as plt
import numpy as np

from emgtut.interview import hidden_session, solution

facts, folder = {}, tempfile.TemporaryDirectory()
path = hidden_session(f"{folder.name}/interview.hdf5", seed=60)


def drawing(title, xlabel, ylabel):
    axes = plt.subplots(figsize=(7, 2.6), layout="constrained")[1]
    axes.set(title=title, xlabel=xlabel, ylabel=ylabel)
    return axes


print(one := solution(1))
known, new = one.load_slice(path, 0, 45), one.load_slice(path, 46, 60)
runs = one.valid_runs(known["valid"])
facts["n_runs"], facts["solved_percent"] = len(runs), 100 * known["valid"].mean()
print(f"{facts['n_runs']} runs, {facts['solved_percent']:.0f} % of the training rows")
axes = drawing("Index knuckle, runs below", "time (s)", "flexion (deg)")
axes.plot(known["time"], np.degrees(known["angles"][:, 5]), color="0.6")
axes.broken_barh([(a / 2000, (b - a) / 2000) for a, b in runs], (-20, 10))
plt.show()

# %%
# Where the bar is broken, the angle drops to zero: no pose, no target.
#
# 2. High-pass, rectify, envelope
# -------------------------------
# *"Effort over time, live."*
#
# .. admonition:: Say this aloud
#    :class: answer
#    :collapsible: closed
#
#    One minus a low-pass is a high-pass; then the size, then an average of the past, by a running
#    sum. Cost: samples times taps. Edge: the first samples, which an offset would turn into a step.

# sphinx_gallery_thumbnail_number = 11
# sphinx_gallery_tags = ["interview", "NumPy", "from scratch"]
print(two := solution(2))
seconds, emg = known["time"][20_000:26_000], known["emg"][20_000:26_000]
axes = drawing("One channel and its effort", "time (s)", "EMG (noise SD)")
axes.plot(seconds, emg[:, 4], color="0.75")
axes.plot(seconds, two.envelope(emg, 2000)[:, 4], "C1", linewidth=2)
plt.show()

# %%
# The envelope never looks ahead, so it trails the bursts a little.
#
# 3. Windows and features
# -----------------------
# *"What happens when the window gets ten times longer?"*
#
# .. admonition:: Say this aloud
#    :class: answer
#    :collapsible: closed
#
#    Neighbours share nearly all their samples, so sum once and subtract. Edge: a window of
#    ``width`` samples has one difference less.
#
# .. admonition:: Predict
#    :class: predict
#
#    A loop and the answer below see the same windows. How does the time of each grow with length?

print(three := solution(3))


def looped(emg, starts, width):
    return [np.abs(emg[s : s + width]).mean(axis=0) for s in starts]


widths, emg = (50, 200, 800, 3200), known["emg"][:20_000]
axes = drawing("Cost of features", "window (samples)", "time (ms)")
for run, style in ((looped, "C3o:"), (three.features, "C0s-")):
    took = []
    for width in widths:
        begun = time.perf_counter()
        run(emg, np.arange(0, 16_000, 16), width)
        took.append(1e3 * (time.perf_counter() - begun))
    facts[f"{run.__name__}_grows"] = took[-1] / took[0]
    axes.loglog(widths, took, style)
plt.show()

# %%
# **What happened.** The dotted line climbs; a running sum does not know how long a window is.
#
# .. admonition:: Mistake M21: "NumPy only means slow"
#    :class: mistake
#
#    Loops over rows are slow. Whole arrays are summed in compiled code: see the last table.
#
# 4. Standardise, then PCA
# ------------------------
# *"The test part must not touch the training part."*
#
# .. admonition:: Say this aloud
#    :class: answer
#    :collapsible: closed
#
#    Measure on training rows, apply anywhere. Directions come from an SVD of the centred table; its
#    cost is rows times columns squared. Edge: a column that never changes.

print(four := solution(4))
starts = three.window_starts(runs, 500, 100)
X = np.log(three.features(known["emg"], starts, 500))
y = known["angles"][starts + 499].astype(float)
Z = four.standardise_apply(X, *four.standardise_fit(X))
mean, components, ratio = four.pca(Z, 12)
drawing("Scree", "component (number)", "variance (%)").bar(range(1, 13), 100 * ratio)
plt.show()

# %%
# The bars fall fast: 48 features of 16 channels repeat each other.
#
# 5. k-means
# ----------
# *"I should not have to restart it."*
#
# .. admonition:: Say this aloud
#    :class: answer
#    :collapsible: closed
#
#    A first centre anywhere, each next one far from those there are, by chance. Cost: rows times
#    centres times columns, each round. Edge: a cluster that loses its last member.

print(five := solution(5))
scores, rounds = (Z - mean) @ components[:3].T, np.arange(1, 13)
axes = drawing("Each round helps less", "round (number)", "inertia (SD²)")
for seed, style in enumerate(("C0o-", "C1s--", "C2^:")):
    axes.plot(rounds, [five.kmeans(scores, 6, seed, n)[2] for n in rounds], style)
plt.show()

# %%
# No line ever rises: neither of the two moves of a round can make the sum larger.
#
# 6. Ridge
# --------
# *"When is each way a bad idea?"*
#
# .. admonition:: Say this aloud
#    :class: answer
#    :collapsible: closed
#
#    Normal equations square the condition number, QR does not, the SVD also stands columns that
#    repeat each other. The intercept is free. Edge: alpha 0.

print(six := solution(6))
alphas = np.logspace(-1, 5, 25)
weights = np.array([six.ridge_fit(Z, y, alpha)[0][::9, 5] for alpha in alphas])
axes = drawing("Weights of the index knuckle", "alpha (no unit)", "weight (deg/SD)")
axes.semilogx(alphas, np.degrees(weights))
plt.show()

# %%
# On the left weights of like features pull against each other; on the right all of them fade.
#
# 7. Blocked folds with a gap
# ---------------------------
# *"Convince me that nothing leaks."*
#
# .. admonition:: Say this aloud
#    :class: answer
#    :collapsible: closed
#
#    What counts is which samples a window touches, on both sides of the tested block. Everything
#    fitted is fitted in the loop. Edge: a gap longer than a block.

print(seven := solution(7))
folds = seven.blocked_folds(starts, 500, 5, gap=1000)
pred = seven.cross_val_predict(X, y, folds, 10)
error, constant = (np.degrees(np.abs(y - p).mean()) for p in (pred, y.mean(axis=0)))
facts["cv_mae_deg"], facts["cv_mean_pose_deg"] = error, constant
print(f"cross-validated MAE {error:.1f} deg, mean pose {constant:.1f} deg")
axes = drawing("Trained grey, tested blue", "time (s)", "fold (number)")
for k, (train, test) in enumerate(folds):
    axes.plot(starts[train] / 2000, np.full(len(train), k), "s", color="0.75")
    axes.plot(starts[test] / 2000, np.full(len(test), k), "C0|", markersize=12)
plt.show()

# %%
# White beside each blue block is the gap; other white stretches have no pose.
#
# 8. Degrees and millimetres
# --------------------------
# *"How wrong is it, and where is the fingertip?"*
#
# .. admonition:: Say this aloud
#    :class: answer
#    :collapsible: closed
#
#    Choose rows, then average. A finger bends in a plane and the spread turns that plane. Both cost
#    one pass. Edge: no row with a truth.

print(eight := solution(8))
solved = np.ones(len(y), bool)
each = eight.angular_error(y, pred, solved, per_joint=True).reshape(5, 4).mean(axis=1)
fingers = ("thumb", "index", "middle", "ring", "little")
drawing("Error of each finger", "finger (no unit)", "MAE (deg)").bar(fingers, each)
axes = drawing("One finger, three poses", "x (mm)", "y (mm)")
bends = np.radians([[0, 0, 0, 0], [0, 40, 30, 20], [0, 80, 90, 50]])
points = eight.finger_points(bends, (40, 25, 20))
for k, style in enumerate(("o-", "s--", "^:")):
    axes.plot(points[k, :, 0], points[k, :, 1], style)
axes.set_aspect("equal")
plt.show()

# %%
# The finger curls to the palm, below; each bone keeps its length.
#
# 9. One-euro filter
# ------------------
# *"Calm it without making it slow."*
#
# .. admonition:: Say this aloud
#    :class: answer
#    :collapsible: closed
#
#    The faster it moves, the higher the cut-off. A few operations a sample. Edge: a dropped value,
#    which must not get into the memory.

print(nine := solution(9))
t = np.arange(0, 2, 0.02)
shaky = 60 * (t > 1) + np.random.default_rng(0).normal(0, 2, len(t))
axes = drawing("A shaky step: beta 0 dotted, 0.02 solid", "time (s)", "angle (deg)")
axes.plot(t, shaky, color="0.75")
for beta, style in ((0.0, "C3:"), (0.02, "C0-")):
    steady = nine.OneEuro(beta=beta)
    axes.plot(t, [steady(shaky[k : k + 1], t[k])[0] for k in range(len(t))], style)
plt.show()

# %%
# Both lines are calm at rest. With ``beta`` the filter also follows the step.
#
# 10. End to end
# --------------
# *"Predict the last quarter minute. How much better is that than doing nothing?"*
#
# .. admonition:: Say this aloud
#    :class: answer
#    :collapsible: closed
#
#    Solved windows to train on, EMG and stamps of the test part only, the mean training pose beside
#    it.

print(ten := solution(10))
found = ten.predict_pose(path)
rows = np.searchsorted(new["time"], found["time"])
true, valid = new["angles"][rows], new["valid"][rows]
facts["mae_deg"] = eight.angular_error(true, found["angles"], valid)
facts["mean_pose_deg"] = eight.angular_error(true, found["baseline"], valid)
print(f"MAE {facts['mae_deg']:.1f} deg, mean pose {facts['mean_pose_deg']:.1f} deg")
axes = drawing("Index knuckle, unseen", "time (s)", "flexion (deg)")
axes.plot(found["time"][valid], np.degrees(true[valid, 5]), color="0.25")
axes.plot(found["time"], np.degrees(found["angles"][:, 5]), "C0--")
axes.axhline(np.degrees(found["baseline"][5]), color="0.6", linestyle=":")
plt.show()

# %%
# The prediction beats the hand that never moves, on a part of the recording it has not seen.
#
# Last, the cost of each part, for T samples, n windows, p features and k centres.

rows = [row for step in range(1, 11) for row in solution(step).timed()]
facts["lines"], facts["checks_s"] = sum(n for _, n, _ in rows), sum(s for *_, s in rows)
for part, n_lines, seconds in rows:
    print(
        f"{part.name:<17} {n_lines:>2} lines  {part.cost:<15} {1e3 * seconds:>4.0f} ms"
    )
print(f"all of it: {facts['lines']} lines, checked in {facts['checks_s']:.1f} s")
folder.cleanup()

# %%
# .. admonition:: Exercise 1: k-means in plain lists
#    :class: exercise
#
#    Assign rows to the nearest centre with lists and loops. Same answer? At what cost?
#
#    .. admonition:: Hint
#       :class: hint
#       :collapsible: closed
#
#       ``min(range(k), key=...)`` finds the nearest centre of a row.
#
#    .. admonition:: Solution
#       :class: solution
#       :collapsible: closed
#
#       .. code-block:: python
#
#          centres, labels, _ = five.kmeans(scores, 6)
#          begun = time.perf_counter()
#          rows, middles = scores.tolist(), centres.tolist()
#          mine = []
#          for row in rows:
#              squares = [sum((a - b) ** 2 for a, b in zip(row, c)) for c in middles]
#              mine.append(min(range(6), key=squares.__getitem__))
#          lists = time.perf_counter() - begun
#          begun = time.perf_counter()
#          arrays = ((scores[:, None] - centres) ** 2).sum(2).argmin(1)
#          print(f"lists take {lists / (time.perf_counter() - begun):.0f} times as long")
#          assert mine == arrays.tolist() == labels.tolist()
#
# .. admonition:: Exercise 2: a slice without reading all stamps
#    :class: exercise
#
#    Find the first row at or after a time by reading single rows.
#
#    .. admonition:: Hint
#       :class: hint
#       :collapsible: closed
#
#       ``bisect_left`` takes anything with a length and square brackets, and a ``key``.
#
#    .. admonition:: Solution
#       :class: solution
#       :collapsible: closed
#
#       .. code-block:: python
#
#          from bisect import bisect_left
#
#          import h5py
#
#          with tempfile.TemporaryDirectory() as place:
#              file_path = hidden_session(f"{place}/again.hdf5", seed=60)
#              with h5py.File(file_path) as file:
#                  stored = file["emg2pose/timeseries"]
#                  begin = stored[0]["time"]
#                  for seconds in np.linspace(0.0001, 63, 14):
#                      row = bisect_left(
#                          range(len(stored)), seconds, key=lambda k: stored[k]["time"] - begin
#                      )
#                      assert row == np.ceil(seconds * 2000)
#
# .. admonition:: Recap
#    :class: recap
#
#    * Running sums, sorted stamps and one SVD replace nearly every loop.
#    * Whatever is measured, is measured on training rows; what a window touches decides.
#    * A number in degrees means something beside the mean pose.
#
# Check yourself
# --------------
# 1. Why does the cost of the features not depend on the window?
# 2. Which three properties of folds keep tomorrow out of today?
# 3. What would remain of a good score if the test angles were noise?
#
# .. admonition:: Answers
#    :class: answer
#    :collapsible: closed
#
#    1. A sum over a window is the difference of two running sums.
#    2. Blocks of time, a gap between what windows touch, and fits inside the loop.
#    3. The predictions, unchanged; only the score would fall.
#
# Where next
# ----------
# Before: :ref:`sphx_glr_auto_gallery_3_prediction_35_from_angles_to_a_hand.py`. Next: the challenge
# itself, :doc:`/guide/interview`. API: :func:`emgtut.interview.solution`,
# :func:`emgtut.interview.hidden_session`, :func:`emgtut.interview.check`.
