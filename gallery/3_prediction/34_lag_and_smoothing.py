# emgtut: minutes=25 budget_s=20 data=synthetic network=no
r"""
Delay, jerk and the price of calm
=================================

Choose the moment of the target and a filter for the predictions by lag against jerk, not by eye.

.. admonition:: Objectives
   :class: objectives

   * Measure how early EMG is, and scan the moment at which the target is read.
   * Compare filters by the :term:`jerk` that they take and the :term:`lag` that they give.
   * Set a :term:`one-euro filter`, in known units.

**You need:** :ref:`sphx_glr_auto_gallery_3_prediction_31_splits_that_do_not_leak.py`.

**Not covered:** the time a computer takes from the last sample to the moving hand.

**Settings:** :term:`window` 500 samples (250 ms) unless said, :term:`ridge` with alpha 10; from the
moving averages on, a prediction every 40 samples, 50 a second.
"""

# %%
# How early is EMG?
# -----------------
# Muscles are active before the hand moves: the :term:`electromechanical delay`. Does it show where
# the loudness of all channels, the :term:`envelope`, is shifted against the speed of the joints?

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns

import emgtut
from emgtut import Emg2PoseSessionData, RidgePose, window_features
from emgtut.learn.motion import jerk, lag_ms, shift_scan

# sphinx_gallery_thumbnail_number = 2
# sphinx_gallery_tags = ["lag", "smoothing", "one-euro filter"]
sns.set_theme(palette="colorblind")
facts = {}
paths = [emgtut.load_sample("unconstrained", seed=seed) for seed in (3, 0, 1, 2)]
for number, path in enumerate(paths):
    with Emg2PoseSessionData(path) as session:
        emg, solved = session.emg, session.no_ik_failure[:, None]
        angles = np.where(solved, session.joint_angles, np.nan)[10::20]
    loud = pd.Series(window_features(emg, window=20, hop=20)[:, :16].mean(axis=1))
    speed = pd.Series(np.abs(np.gradient(angles, axis=0)).mean(axis=1))
    agrees = [loud.corr(speed.shift(-k)) for k in range(-30, 31)]  # steps of 10 ms
    lead, r = 10 * (int(np.argmax(agrees)) - 30), float(max(agrees))
    facts |= {f"naive_lead_{number}_ms": lead, f"naive_r_{number}": r}
    print(f"recording {number}: EMG is {lead:+d} ms early, correlation {r:.2f}")

# %%
# By these numbers EMG comes *after* the movement, with correlations that are hardly worth the name.
# Holding a fist is loud too, and loudness does not say which way a finger goes. So ask a model.
#
# .. admonition:: Predict
#    :class: predict
#
#    A model sees a window and is taught the pose at a moment before or after the window's last
#    sample. Which moment suits short, middling and long windows best?

shifts, rows = np.arange(-200, 151, 25), {}
figure, axes = plt.subplots(figsize=(7, 3.2), layout="constrained")
for ms, style in ((100, "C0o-"), (250, "C1s--"), (400, "C2^:")):
    options = {"window": ms / 1e3, "hop": 0.1, "shifts": shifts}
    scans = [shift_scan(RidgePose(), path, **options) for path in paths]
    r2 = np.mean([scan.r2 for scan in scans], axis=0)
    skill = np.mean([scan.skill for scan in scans], axis=0)[r2.argmax()]
    best, good = int(shifts[r2.argmax()]), shifts[r2 > r2.max() - 0.01]
    facts |= {f"best_{ms}_ms": best, f"ahead_{ms}_ms": best + ms / 2}
    cost = float(r2.max() - r2[shifts == -ms // 2][0])
    facts |= {f"flat_{ms}_ms": int(good[-1] - good[0]), f"middle_costs_{ms}": cost}
    axes.plot(shifts, r2, style, label=f"window of {ms} ms")
    row = f"{best:+d}", f"{good[0]:+d} to {good[-1]:+d}", f"{best + ms / 2:.0f}"
    rows[f"window {ms} ms"] = [*row, f"{cost:.2f} R2", f"{skill:.2f}"]
axes.set(title="When is the pose read?", xlabel="after the last sample (ms)")
axes.set_ylabel("R2 (no unit)")
axes.legend()
plt.show()
names = ["best (ms)", "R2 -0.01 (ms)", "from middle", "middle costs", "skill"]
print(pd.DataFrame(rows, index=names), "(the mean pose has skill 0)")

# %%
# **What happened.** The longer the window, the earlier its best moment. Counted from the *middle*
# of the window all three agree on how early EMG is. That is more than the electromechanical delay,
# because effort also shows where a finger is going. At the top, tens of milliseconds hardly matter.
# A label in the middle of a window is too early for all three, and costs about the same for each.
#
# Predictions tremble
# -------------------
# Now as it would run live: 50 predictions a second, from all EMG, whether the pose was solved or
# not. The model knows the first part of the recording; the rest is scored where there is a pose. A
# :term:`causal` moving average, over past predictions only, is the first remedy that comes to mind.

with Emg2PoseSessionData(paths[0]) as session:
    X = window_features(session.emg, window=500, hop=40)
    last = 40 * np.arange(len(X)) + 499
    y = session.joint_angles[last].astype(float)
    solved, time = session.no_ik_failure[last], last / session.sample_rate
learn, score = (time < 35) & solved, time > 36  # seconds
raw = RidgePose().fit(X[learn], y[learn]).predict(X[score])
true, known, time = y[score], solved[score], time[score]
still = np.broadcast_to(y[learn].mean(axis=0), true.shape)
facts["mae_mean_pose"] = mae = float(emgtut.angular_error(true, still, valid=known))

# %%
# Every series of predictions gets three numbers: how late, how trembling, how wrong.


def judged(tried):
    rows, options = {}, {"sample_rate": 50, "valid": known}
    for name, pred in tried.items():
        error = emgtut.angular_error(true, pred, valid=known)
        rows[name] = [lag_ms(true, pred, **options), jerk(pred, **options), error]
    return pd.DataFrame(rows, index=["lag_ms", "jerk", "mae_deg"]).T


def average(pred, ms):
    return pd.DataFrame(pred).rolling(ms // 20, min_periods=1).mean().to_numpy()


some = {f"average_{ms}": average(raw, ms) for ms in (100, 300, 800)}
found = judged({"true": true, "raw": raw, **some})
for name, row in found.iterrows():
    facts |= {f"{what}_{name}": float(value) for what, value in row.items()}
print(found.round({"lag_ms": 0, "jerk": 0, "mae_deg": 2}), "(ms, deg/s3, deg)")
print(f"mean pose: MAE {mae:.2f} deg")

# %%
# The raw predictions tremble several times as much as the true hand, and they are early: the middle
# of the window is less far back than EMG is ahead. Averages buy calm with delay. The error hardly
# notices a short average, though the jerk has fallen to that of a hand.
#
# .. admonition:: Mistake: "more smoothing is better"
#    :class: mistake M14
#
#    Calm is paid for in delay, and the mean error says little about either. Give all three.
#
# A filter that hurries when the hand does
# ----------------------------------------
# At rest trembling disturbs, in movement delay does. The :term:`one-euro filter` (Casiez, Roussel
# and Vogel 2012, *1€ filter*, CHI) is a low-pass whose cutoff :math:`f_c` rises with the speed:
#
# .. math:: \hat x_k = \hat x_{k-1} + \alpha(f_c)\,(x_k - \hat x_{k-1}), \quad
#    \alpha(f) = \frac{1}{1 + 1 / (2 \pi f\, \Delta t)}, \quad f_c = f_{min} + \beta\,|\hat v_k|
#
# with the speed :math:`\hat v` from :math:`(x_k - \hat x_{k-1}) / \Delta t`, smoothed in the same
# way with a fixed cutoff. The live part will bring one to import; this one takes a whole series.


def share(cutoff, step):
    return 1 / (1 + 1 / (2 * np.pi * cutoff * step))


def steadied(pred, times=time, *, min_cutoff=1.0, beta=0.01, d_cutoff=1.0, hold=True):
    out, speed = [np.nan_to_num(pred[0])], np.zeros(pred.shape[1])
    for x, step in zip(pred[1:], np.diff(times), strict=True):
        if hold:  # what is missing stays as it was
            x = np.where(np.isfinite(x), x, out[-1])
        speed = speed + share(d_cutoff, step) * ((x - out[-1]) / step - speed)
        cutoff = min_cutoff + beta * np.abs(speed)
        out.append(out[-1] + share(cutoff, step) * (x - out[-1]))
    return np.array(out)


# %%
# Three families, each from quick to calm: averages, a plain low-pass (``beta`` 0) and the one-euro
# filter. Angles go in as degrees. Down and to the left is better: which is lowest at a given lag?

tried = {f"average, {ms} ms": average(raw, ms) for ms in (40, 100, 160, 200, 300)}
for family, beta in (("low-pass", 0.0), ("one-euro", 0.01)):
    for cutoff in (4, 2, 1, 0.5, 0.2):
        said = steadied(np.degrees(raw), min_cutoff=cutoff, beta=beta)
        tried[f"{family}, {cutoff} Hz"] = np.radians(said)
table = judged(tried)
figure, axes = plt.subplots(figsize=(7, 3.6), layout="constrained")
families = table.groupby(table.index.str.split(",").str[0])
for (family, part), style in zip(families, ("o-", "s--", "^:"), strict=True):
    axes.plot(part.lag_ms, part.jerk, style, label=family)
    facts[f"calm_{family[:3]}"] = float(part.jerk[part.lag_ms < 60].min())
axes.axhline(facts["jerk_true"], color="0.25", linewidth=1, label="true hand")
axes.set(title="The price of calm", xlabel="lag (ms)", ylabel="jerk (deg/s³)")
axes.set(yscale="log", xlim=(-20, 210), ylim=(5e3, 1e5))
axes.legend()
plt.show()
print(table.round({"lag_ms": 0, "jerk": 0, "mae_deg": 2}), "(ms, deg/s3, deg)")
print(f"mean pose: MAE {mae:.2f} deg")

# %%
# The plain low-pass is the dearest. Down to the calm of a true hand an average does as well as the
# one-euro filter; further down the one-euro filter is better, since speed opens it in movement.
#
# Parameters have units
# ---------------------
# ``beta`` multiplies a speed and gives a frequency. The same step, told once in degrees and once in
# radians, goes through filters with the same ``beta``. How long until nine tenths of it?

clock = np.arange(100) / 50
for unit, size in (("degrees", np.degrees(1)), ("radians", 1.0)):
    step = size * np.r_[0, np.ones(99)][:, None]
    reached = steadied(step, clock)[:, 0] >= 0.9 * size
    facts[f"rise_{unit}_ms"] = float(1e3 * clock[reached.argmax()])
    print(f"in {unit}: {facts[f'rise_{unit}_ms']:.0f} ms to nine tenths")

# %%
# .. admonition:: Mistake: "filter parameters have no units"
#    :class: mistake M15
#
#    In radians speeds are small numbers, ``beta`` does next to nothing, and a plain low-pass is
#    left. A setting copied from somewhere else needs the unit it was found in.
#
# One missing value
# -----------------
# Sensors drop values. A filter that remembers what it said remembers a NaN as well.

broken, seconds = np.degrees(raw[:250]), time[:250]
broken[100:110] = np.nan
figure, axes = plt.subplots(figsize=(7, 2.8), layout="constrained")
axes.plot(seconds, broken[:, 5], color="0.6", label="input")
for hold, style, label in ((True, "C0--", "holds"), (False, "C3:", "naive")):
    out = steadied(broken, seconds, hold=hold)[:, 5]
    facts[f"lost_{label}"] = int(np.isnan(out).sum())
    axes.plot(seconds, out, style, linewidth=2, label=label)
axes.set(title="Ten values are missing", xlabel="time (s)", ylabel="knuckle (deg)")
axes.legend()
plt.show()
print(f"missing values after: holds {facts['lost_holds']}, naive {facts['lost_naive']}")

# %%
# The dotted line ends where the gap begins and never comes back.
#
# Powers of the rate
# ------------------
# Jerk is a third difference times the rate *cubed*. A hand that swings once a second is seen at two
# rates; mathematics knows its jerk. What if the rate is multiplied once, as for a speed?

facts["swing"] = 30 * (2 * np.pi) ** 3 * 2 / np.pi
print(f"by mathematics {facts['swing']:.0f} deg/s3")
for rate in (50, 25):
    swing = 45 + 30 * np.sin(2 * np.pi * np.arange(10 * rate) / rate)
    value = float(jerk(np.radians(swing)[:, None], sample_rate=rate))
    facts |= {f"swing_{rate}": value, f"once_{rate}": value / rate**2}
    print(f"{rate} Hz: cubed {value:.0f} deg/s3, multiplied once {value / rate**2:.1f}")

# %%
# Multiplied once, the number is too small by hundreds and more, and depends on the rate.
#
# .. admonition:: Exercise 1: one filter, two units
#    :class: exercise
#
#    Which ``beta`` makes the same filter for radians as ``0.01`` does for degrees?
#
#    .. admonition:: Hint
#       :class: hint
#       :collapsible: closed
#
#       The cutoff must come out the same, and the speed in radians is smaller by a known factor.
#
#    .. admonition:: Solution
#       :class: solution
#       :collapsible: closed
#
#       .. code-block:: python
#
#          in_degrees = steadied(np.degrees(raw), beta=0.01)
#          in_radians = steadied(raw, beta=0.01 * 180 / np.pi)
#          assert np.allclose(np.degrees(in_radians), in_degrees)
#
# .. admonition:: Exercise 2: the calmest quick filter
#    :class: exercise
#
#    Search ``min_cutoff`` and ``beta`` for the least jerk at a lag of less than ``60`` ms.
#
#    .. admonition:: Hint
#       :class: hint
#       :collapsible: closed
#
#       Very low cutoffs are no problem if ``beta`` opens them in time. What is the price?
#
#    .. admonition:: Solution
#       :class: solution
#       :collapsible: closed
#
#       .. code-block:: python
#
#          tried = {}
#          for f in (0.05, 0.1, 0.2, 0.5, 1, 2):
#              for b in (0.004, 0.007, 0.01, 0.02):
#                  said = steadied(np.degrees(raw), min_cutoff=f, beta=b)
#                  tried[f"cutoff {f} Hz, beta {b}"] = np.radians(said)
#          grid = judged(tried)
#          quick = grid[grid.lag_ms < 60].sort_values("jerk")
#          print(quick.head(3).round(1))
#          # Calmer than anything in the table at that delay.
#          assert quick.jerk.iloc[0] < table.jerk[table.lag_ms < 60].min()
#
# .. admonition:: Recap
#    :class: recap
#
#    * EMG is early, counted from the middle of the window; long windows use that up.
#    * Calm costs delay. Draw jerk against lag, and choose where the curve bends.
#    * Filters have units, must survive a missing value, and must not look ahead.
#
# Check yourself
# --------------
# 1. A window gets longer by a tenth of a second. By how much does its best moment move?
# 2. A paper halves the jerk of its predictions at the same error. What else has to be asked?
# 3. ``beta`` is copied from a program in radians into one in degrees. What is seen?
#
# .. admonition:: Answers
#    :class: answer
#    :collapsible: closed
#
#    1. By about half of that, to an earlier one: its middle moved by as much.
#    2. The lag.
#    3. A hand that trembles: the cutoff is opened by speeds that look many times too large.
#
# Where next
# ----------
# Before: :ref:`sphx_glr_auto_gallery_3_prediction_33_does_it_generalise.py`. Next:
# :ref:`sphx_glr_auto_gallery_3_prediction_35_from_angles_to_a_hand.py`. Used here:
# :func:`emgtut.learn.motion.shift_scan`, :func:`emgtut.learn.motion.lag_ms`,
# :func:`emgtut.learn.motion.jerk`, :func:`emgtut.evaluate`.
