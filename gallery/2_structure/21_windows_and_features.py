# emgtut: minutes=25 budget_s=15 data=synthetic network=no
"""
From signal to features
=======================

Windows, three features whose cost does not grow with the window, and a label where it is honest.

.. admonition:: Objectives
   :class: objectives

   * Compute RMS, MAV and WL by hand, by running sums, and by a way that keeps its digits.
   * State at which sample of a window its pose is read, and what that costs.
   * Explain what overlapping windows give, and what they do not.

**You need:** :ref:`sphx_glr_auto_gallery_1_first_look_11_inside_a_session.py`.

**Not covered:** the model itself. Ridge is a measuring device here; the next lesson opens it.

**Settings:** :term:`window` 500 samples (250 ms), :term:`hop` 100 (50 ms), log features,
:term:`ridge` with alpha 10, the last quarter as test, 1000 samples of :term:`gap` before it.
"""

# %%
# A window and its label
# ----------------------
# A sample of :term:`EMG` swings around zero; a window says how hard the muscle works. Each has one
# :term:`pose` to predict, that of its **last** sample. Everything the model sees lies left of it.

from functools import partial
from timeit import repeat

import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns
from scipy.stats import skew
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from emgtut import Emg2PoseSessionData, load_sample, window_features, windows_of
from emgtut.anatomy import JOINTS
from emgtut.plots import plot_wristband

# sphinx_gallery_thumbnail_number = 4
# sphinx_gallery_tags = ["windows", "features", "labels"]
sns.set_theme(palette="colorblind")
paths = [load_sample(stage="unconstrained", seed=seed) for seed in (3, 4, 5, 6)]
with Emg2PoseSessionData(paths[0]) as session:
    emg, angles = session.emg.astype(float), np.degrees(session.joint_angles)

# %%
# The window in which the index finger moves most, on the electrode that is loudest in it:

index = angles[:, JOINTS.index("INDEX_PIP_FE")]
starts = windows_of(paths[0], window=0.25, hop=0.05).start
start = starts[np.abs(index[starts + 499] - index[starts]).argmax()]
rows = np.arange(start - 600, start + 1100)
figure, axes = plt.subplots(2, sharex=True, figsize=(8, 3.6), layout="constrained")
channel = emg[start : start + 500].std(axis=0).argmax()
axes[0].plot(rows / 2000, emg[rows, channel], linewidth=0.6)
axes[1].plot(rows / 2000, index[rows], color="0.25")
axes[1].plot((start + 499) / 2000, index[start + 499], "o", color="C3", label="label")
for ax in axes:
    ax.axvspan(*rows[[600, 1099]] / 2000, color="C1", alpha=0.3, label="window")
axes[0].set(title="One window and its label", ylabel="EMG (noise SD)")
axes[1].set(xlabel="time (s)", ylabel="index PIP (deg)")
axes[1].legend()
plt.show()

# %%
# The label is the right end of the window: a program that runs live can do the same.
#
# Three features, by hand
# -----------------------
# :term:`RMS` is the root of the mean square, :term:`MAV` the mean absolute value, :term:`WL` the
# sum of the absolute steps inside the window. Work them out for six samples on paper first. In a
# pipeline, :class:`emgtut.FeatureExtractor` takes arrays of windows, samples and channels.

from emgtut import FeatureExtractor

toy = np.array([2.0, -1.0, 0.0, 3.0, -3.0, 1.0])
by_hand = [np.sqrt((4 + 1 + 0 + 9 + 9 + 1) / 6), 10 / 6, 3 + 1 + 3 + 6 + 4]
assert np.allclose(window_features(toy[:, None], window=6, hop=1), [by_hand])
assert np.allclose(FeatureExtractor().fit_transform(toy[None, :, None]), [by_hand])
print("RMS {:.2f}, MAV {:.2f}, WL {:.0f}".format(*by_hand))

# %%
# A loop, and running sums
# ------------------------
# The loop cuts out each window and computes. Running sums add up the recording once; the sum of a
# window is then a difference of two of them. emgtut joins short blocks. Which curve will rise?


def loop(x, *, window, hop):
    first = range(0, len(x) - window + 1, hop)
    return np.sqrt([(x[k : k + window] ** 2).mean(axis=0) for k in first])


def running(x, *, window, hop):
    first = np.arange(0, len(x) - window + 1, hop)
    sums = np.insert(np.cumsum(x**2, axis=0), 0, 0, axis=0)
    return np.sqrt((sums[first + window] - sums[first]).clip(0) / window)


facts, blocks = {}, partial(window_features, features=["rms"])
widths = [40, 100, 250, 500, 1000, 2000]
figure, axes = plt.subplots(figsize=(7, 2.8), layout="constrained")
for name, way in {"loop": loop, "running": running, "blocks": blocks}.items():
    calls = [partial(way, emg, window=n, hop=100) for n in widths]
    spent = [1000 * min(repeat(call, number=1, repeat=3)) for call in calls]
    facts[f"growth_{name}"] = spent[-1] / spent[0]
    print(f"{name:>7}: {facts[f'growth_{name}']:4.1f} times as long for 2000 as for 40")
    axes.loglog(widths, spent, {"loop": "o-", "running": "s--", "blocks": "^:"}[name])
axes.legend(["loop", "running sums", "blocks"])
axes.set(title="RMS of 60 s of EMG", xlabel="window (samples)", ylabel="time (ms)")
plt.show()

# %%
# The loop reads a sample once for each window that it lies in. The other two read each sample once,
# and stay flat.
#
# What running sums cost
# ----------------------
# A small difference of two large numbers keeps few of their digits. Three recordings are compared
# with the loop: as it is, on the offset of raw electrodes, and after one sample of a loose plug.

spiked = emg.copy()
spiked[4000] = 2**23
by = {"window": 500, "hop": 100}
for case, x in {"plain": emg, "offset": emg + 4000, "spike": spiked}.items():
    single, double = x.astype("float32"), x.astype("float32").astype(float)
    sums = running(single, **by), running(double, **by), blocks(single, **by)
    for name, rms in zip(("single", "double", "blocks"), sums, strict=True):
        error = float(np.abs(rms / loop(double, **by) - 1)[41:].max())
        facts[f"{case}_{name}"] = error
        print(f"{case:>6}, {name}: largest error {100 * error:.1g} %")

# %%
# After one bad sample everything is lost in single precision; double precision moves the problem
# further out. Sums of short blocks are only ever added: they forget the spike.
#
# Why the logarithm
# -----------------
# RMS is small most of the time, and now and then large. In the logarithm a step is a factor: twice
# as loud counts the same on a loud and on a quiet channel. Which shape is symmetric?

rms = blocks(emg, **by)
figure, axes = plt.subplots(1, 2, figsize=(8, 2.4), layout="constrained")
for ax, name, values in zip(axes, ("plain", "log"), (rms, np.log(rms)), strict=True):
    facts[f"skew_{name}"] = float(skew(values).mean())
    ax.hist(values[:, 0], bins=40)
    ax.set(title=f"RMS of EMG01, {name}", ylabel="windows (count)")
    ax.set(xlabel="RMS (noise SD)" if name == "plain" else "log of RMS (no unit)")
plt.show()
print(
    f"skewness: plain {facts['skew_plain']:.1f}, log {facts['skew_log']:.1f} (no unit)"
)

# %%
# The long tail of the plain RMS, in which a linear model would see little else, is gone.
#
# One picture for each posture
# ----------------------------
# Three moments: the index finger most straight, most bent, and most straight beside a bent ring
# finger. Do they differ in size only, or in shape?

ring = angles[:, JOINTS.index("RING_PIP_FE")]
i, r = index[starts + 499], ring[starts + 499]
moments = {"straight": i.argmin(), "bent": i.argmax(), "pointing": (r - i).argmax()}
figure = plt.figure(figsize=(11, 3.2), layout="constrained")
for k, (name, moment) in enumerate(moments.items(), start=1):
    ax = figure.add_subplot(1, 3, k, projection="polar")
    plot_wristband(blocks(emg[starts[moment] :], **by)[0], title=name, ax=ax)
    ax.set_xlabel("electrode (no unit)")
plt.show()

# %%
# They differ in both. Size says how hard the hand works, shape says which muscles do it.
#
# What overlap gives, and what it does not
# ----------------------------------------
# A hop of 50 ms makes 20 windows a second. Are they 20 observations? Look at the correlation of a
# feature with itself a little later, and at models that learned from few or from many windows.


def score(path, width=0.25, hop=0.05, label="last"):
    w = windows_of(path, window=width, hop=hop, label=label)
    cut = 0.75 * (w.start[-1] + w.window)
    train, test = w.start + w.window + 1000 <= cut, w.start >= cut
    model = make_pipeline(StandardScaler(), Ridge(alpha=10))
    pose = model.fit(np.log(w.X[train]), w.y[train]).predict(np.log(w.X[test]))
    left = [((p - w.y[test]) ** 2).sum() for p in (pose, w.y[train].mean(axis=0))]
    return 1 - np.array(left) / ((w.y[test] - w.y[test].mean(axis=0)) ** 2).sum()


z = np.log(rms) - np.log(rms).mean(axis=0)
for lag in (1, 5, 10):
    facts[f"alike_{50 * lag}"] = float((z[lag:] * z[:-lag]).mean() / (z**2).mean())
    print(f"{50 * lag:>3} ms apart: correlation {facts[f'alike_{50 * lag}']:.2f}")
for hop in (250, 50, 10):
    r2, r2_mean = np.mean([score(path, hop=hop / 1000) for path in paths], axis=0)
    facts[f"r2_hop_{hop}"] = float(r2)
    print(f"hop {hop:3} ms: R2 {r2:.2f} (mean pose {r2_mean:.2f})")

# %%
# Windows that share samples are nearly copies, and those that share none are alike too, because the
# hand is slow. Copies teach the model nothing.
#
# .. admonition:: Mistake M06: "more overlap is more data"
#    :class: mistake
#
#    A shorter hop gives predictions more often, which a live hand needs. It gives no observations,
#    and it fills both sides of a random split with copies.
#
# Where the label sits, and how long a window is
# ----------------------------------------------
# Most published code reads the pose in the middle of the window: half of it lies in the future, and
# a live hand has to wait. A long window is calm, a short one is new.
#
# .. admonition:: Predict
#    :class: predict
#
#    The middle may look both ways. Is its curve above or below that of the last sample?

widths = [50, 100, 250, 400, 800]
figure, axes = plt.subplots(figsize=(7, 2.8), layout="constrained")
for label, style in (("last", "o-"), ("middle", "s--")):
    for n in widths:
        tried = [score(path, width=n / 1000, label=label) for path in paths]
        facts[f"r2_{label}_{n}"], r2_mean = np.mean(tried, axis=0)
        print(f"{label:>6} of {n:3} ms: R2 {facts[f'r2_{label}_{n}']:.2f}", end=" ")
        print(f"(mean pose {r2_mean:.2f})")
    axes.plot(widths, [facts[f"r2_{label}_{n}"] for n in widths], style, label=label)
axes.set(title="Score of ridge", xlabel="window (ms)", ylabel="R2 (no unit)")
axes.legend(title="label")
plt.show()

# %%
# **What happened.** The middle waits longer and scores lower, up to windows that outlast the
# postures. Muscles fire before the hand moves: what tells about a pose lies before it. The label at
# the end has a best window, around a quarter of a second, where calm and new are in balance.
#
# .. admonition:: Mistake M07: "the label belongs in the middle"
#    :class: mistake
#
#    For a drawing it may. For a prediction it waits, and looks at what comes after.
#
# .. admonition:: Exercise 1: crossings by running sums
#    :class: exercise
#
#    Count the zero crossings of every window by running sums, without a loop. Why do these keep all
#    their digits?
#
#    .. admonition:: Hint
#       :class: hint
#       :collapsible: closed
#
#       A crossing belongs to a pair of neighbours; a window of ``n`` samples has ``n - 1`` pairs.
#
#    .. admonition:: Solution
#       :class: solution
#       :collapsible: closed
#
#       They count, and whole numbers are added without rounding.
#
#       .. code-block:: python
#
#          crossing = emg[1:] * emg[:-1] < 0
#          sums = np.insert(np.cumsum(crossing, axis=0), 0, 0, axis=0)
#          first = np.arange(0, len(emg) - 500 + 1, 100)
#          zc = sums[first + 499] - sums[first]
#          assert (zc == window_features(emg, window=500, hop=100, features=["zc"])).all()
#
# .. admonition:: Exercise 2: a sum or a mean?
#    :class: exercise
#
#    A model that learned from windows of 500 samples is given windows of 1000. Which of these
#    survives: WL as the sum of the steps, or as their mean?
#
#    .. admonition:: Hint
#       :class: hint
#       :collapsible: closed
#
#       Compare the median of each at both lengths.
#
#    .. admonition:: Solution
#       :class: solution
#       :collapsible: closed
#
#       The mean. emgtut keeps the sum, as the literature does; so a model stores its window, and
#       refuses another.
#
#       .. code-block:: python
#
#          wl = {n: window_features(emg, window=n, hop=100, features=["wl"]) for n in (500, 1000)}
#          ratio = np.median(wl[1000]) / np.median(wl[500])
#          ratio_of_means = np.median(wl[1000] / 999) / np.median(wl[500] / 499)
#          assert 1.8 < ratio < 2.3
#          assert 0.9 < ratio_of_means < 1.15
#
# .. admonition:: Recap
#    :class: recap
#
#    * RMS, MAV and WL measure effort; read each sample once, and never subtract large sums.
#    * The label sits at the last sample: causal, and better than the middle.
#    * Overlap gives predictions more often, not more observations.
#
# Check yourself
# --------------
# 1. Why is the WL of six samples a sum of five steps?
# 2. A single sample of a recording is broken. Which way of computing features forgets it?
# 3. Somebody halves the hop and reports twice the data. What did they gain?
#
# .. admonition:: Answers
#    :class: answer
#    :collapsible: closed
#
#    1. The step into the first sample begins outside of the window.
#    2. Any that adds inside the window only: the loop, and sums over blocks.
#    3. Predictions twice as often, and nearly the same information.
#
# Where next
# ----------
# Before: :ref:`sphx_glr_auto_gallery_2_structure_20_pca_and_kmeans.py`. Next:
# :ref:`sphx_glr_auto_gallery_3_prediction_30_ridge_from_scratch.py`. Used here:
# :func:`emgtut.window_features`, :func:`emgtut.windows_of`, :class:`emgtut.FeatureExtractor`,
# :func:`emgtut.plots.plot_wristband`.
