# emgtut: minutes=25 budget_s=20 data=real-ok network=no
"""
What do clusters of EMG mean?
=============================

Why clusters of raw samples sort the side of zero and the loudness, and what to cluster instead.

.. admonition:: Objectives
   :class: objectives

   * Test a clustering in three ways that need no new data.
   * Build features that do not see the sign of the signal.
   * Judge a number of clusters by whether the same groups can be found again.

**You need:** :ref:`sphx_glr_auto_gallery_1_first_look_10_hand_pose_from_emg.py`, its last picture.

**Not covered:** prediction. The hand plays no part in finding clusters; it only judges them.

**Settings:** :term:`window` 500 samples (250 ms), :term:`hop` 100 (50 ms), three components.
"""

# %%
# A picture that looks like a result
# ----------------------------------
# Sixteen channels are sixteen dimensions, too many to look at. :term:`Principal components <PCA>`
# turn the axes so that the first few hold as much of the variance as possible; :term:`k-means` then
# gives each sample the number of its nearest centre. :func:`emgtut.explore` does both.

from itertools import combinations

import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns
from sklearn.metrics import adjusted_mutual_info_score, silhouette_score

from emgtut import Emg2PoseSessionData, explore
from emgtut.anatomy import FINGERS
from emgtut.plots import plot_cluster_strip, plot_clusters, plot_scree
from emgtut.sessions.lessons import lesson_session
from emgtut.sessions.recipe.postures import curls, posture_labels

# sphinx_gallery_thumbnail_number = 3
path = lesson_session("CountingUpDownFaceSideAway")
with Emg2PoseSessionData(path) as session:
    emg, angles, rate = session.emg, session.joint_angles, session.sample_rate
    raw = explore(session, n_components=3, n_clusters=5, on="samples")
    print("a", "made" if session.synthetic else "recorded", "session:", session.stage)

facts = {"raw_share": float(raw.explained_variance_ratio.sum())}
print(*str(raw).split(": "), sep=":\n")
print(f"variance in three components: {100 * facts['raw_share']:.0f} %")

# %%
# Each point is one sample; the third component runs towards the eye. Look for gaps between colours.

sns.set_theme(palette="colorblind")
plot_clusters(raw, dimensions=2)
plt.show()

# %%
# There are no gaps. One cloud is cut into a quiet middle, number 0, and four wedges around it, like
# a cake; a cloud without any structure would be cut too.
#
# First test: how long does it last?
# ----------------------------------
# Here a hand counts up and down on its fingers. If a colour meant a :term:`pose`, it would stay as
# long as the pose does. Words name the true posture: a letter for each straight digit, a dash for
# each bent one.
#
# .. admonition:: Predict
#    :class: predict
#
#    For how long does a colour stay before the next one comes: about as long as a pose, a tenth of
#    that, a hundredth, or less?

postures = posture_labels(angles)
changes = np.flatnonzero(postures[1:] != postures[:-1]) + 1
holds = (np.diff(changes) / rate)[postures[changes[:-1]] != ""]  # not the unsolved rows
facts["hold_ms"] = float(1e3 * np.median(holds))
facts["raw_run_ms"] = float(1e3 * np.median(raw.run_lengths()))
print("postures:", ", ".join(sorted(set(postures) - {""})))
print(f"a posture is held for {facts['hold_ms']:.0f} ms (median)")
print(f"a colour stays for {facts['raw_run_ms']:.1f} ms (median)")

# %%
# **What happened.** Far less than a hundredth. A colour lasts for a few samples: the pace at which
# EMG swings from one side of zero to the other. No hand moves like that.
#
# Second test: turn the signal upside down
# ----------------------------------------
# The sign of EMG depends on which way round the electrodes are wired; the effort of the hand does
# not. ``assign`` keeps axes and centres and asks where other EMG falls. Samples outside the quiet
# cluster, which has number 0, count as active.

active = raw.labels > 0
facts["raw_flipped"] = float((raw.assign(-emg) != raw.labels)[active].mean())
print(f"active samples that change cluster: {100 * facts['raw_flipped']:.0f} %")

# %%
# A property of the wiring moves nearly every active sample to another cluster.
#
# Third test: agreement with something known
# ------------------------------------------
# :term:`Adjusted mutual information` compares two ways of sorting the same things: one for the
# same groups, zero for no more than chance. Three known ways are tried: on which side of zero the
# first two components are, how loud the sample is (in fifths), and which posture the hand has.


def fifths(values):  # which fifth of all values each one belongs to, 0 to 4
    return np.searchsorted(np.quantile(values, [0.2, 0.4, 0.6, 0.8]), values)


known = np.flatnonzero(postures != "")[::20]  # neighbours repeat each other
ways = {"side": (raw.scores[:, 0] > 0) + 2 * (raw.scores[:, 1] > 0)}
ways |= {"loudness": fifths(np.linalg.norm(emg, axis=1)), "posture": postures}
for name, groups in ways.items():
    ami = adjusted_mutual_info_score(groups[known], raw.labels[known])
    facts[f"raw_ami_{name}"] = ami
    print(f"raw clusters and {name:<9} {ami:.2f} (1 = same groups)")

# %%
# .. admonition:: Mistake: "raw samples cluster into gestures"
#    :class: mistake M05
#
#    EMG swings around zero, so a loud muscle visits both sides of it many times a second. Clusters
#    of samples sort the side first and the loudness next; the posture is in third place.
#
# Cluster windows instead
# -----------------------
# Effort is the size of the swings, not their side. The :term:`RMS` of a window squares the sign
# away, its logarithm makes a doubling count the same on quiet and loud channels, and standardising
# gives every channel one vote. Look for the bend in the bars: components before it are worth
# keeping, and those are kept.

windows = {"on": "features", "window": 0.25, "hop": 0.05, "n_components": 3}
with Emg2PoseSessionData(path) as session:
    found = explore(session, n_clusters=6, **windows)

facts["feature_share"] = float(found.explained_variance_ratio.sum())
facts |= {"share_3": float(found.scree[2]), "share_4": float(found.scree[3])}
print(f"variance in three components: {100 * facts['feature_share']:.0f} %")
plot_scree(found)
plt.show()

# %%
# The fourth bar is far below the third, so three are kept. They hold most of the variance, because
# neighbouring channels hear the same muscles.
#
# The same three tests
# --------------------
# Six clusters, because the hand goes through six postures. Compare the two strips below: do
# changes of row in the upper one fall on changes in the lower one?

word = postures[found.rows]
names = sorted(set(word) - {""}, key=lambda w: w.count("-"))
at = [names.index(w) for w in word[word != ""]]
figure, (top, bottom) = plt.subplots(
    2, figsize=(9, 5), sharex=True, layout="constrained"
)
plot_cluster_strip(found, ax=top)
top.set_xlabel("")
seen = word != ""
bottom.plot(found.time[seen], at, "|", color="0.25", markersize=14)
bottom.set_yticks(range(len(names)), names)
bottom.set(title="Posture: which digits are straight", xlabel="Time (s)")
bottom.set_ylabel("Word (no unit)")
plt.show()

facts["run_ms"] = float(1e3 * np.median(found.run_lengths()))
facts["flipped"] = float((found.assign(-emg) != found.labels).mean())
facts["ami_posture"] = ami = adjusted_mutual_info_score(word[seen], found.labels[seen])
print(f"a cluster stays for {facts['run_ms']:.0f} ms (median)")
print(f"windows that change cluster once negated: {100 * facts['flipped']:.0f} %")
print(f"agreement with posture: {ami:.2f}, raw: {facts['raw_ami_posture']:.2f}")

# %%
# A cluster now lasts about half as long as a posture, hundreds of times as long as before. It
# ignores the sign altogether, and agrees with the posture far better. Clusters are not the
# postures, either: rows change in the middle of a hold.
#
# How many clusters?
# ------------------
# Three numbers are in use. Inertia is the sum of squared distances to the centres, the silhouette
# tells whether a window is closer to its own cluster than to the next, and agreement whether two
# random starts find the same groups, averaged over all pairs of ten starts. Look for a curve with a
# best place, and for what it does at six, the number of postures.

counts = range(2, 10)
curves = {"Inertia": [], "Silhouette": [], "Agreement": []}
for k in counts:
    options = {"n_clusters": k, "n_init": 1, "sample_rate": rate, **windows}
    tries = [explore(emg, seed=seed, **options) for seed in range(10)]
    pairs = combinations([one.labels for one in tries], 2)
    agreement = [adjusted_mutual_info_score(*pair) for pair in pairs]
    curves["Inertia"].append(min(one.inertia for one in tries))
    curves["Silhouette"].append(silhouette_score(tries[0].scores, tries[0].labels))
    curves["Agreement"].append(float(np.mean(agreement)))
figure, panels = plt.subplots(1, 3, figsize=(10, 3), layout="constrained")
for panel, (name, curve) in zip(panels, curves.items(), strict=True):
    panel.plot(counts, curve, "o-")
    panel.set(title=name, xlabel="Clusters (count)", ylabel=f"{name} (no unit)")
plt.show()
print("clusters  ", *(f"{k:5}" for k in counts))
for name in ("Silhouette", "Agreement"):
    facts[f"best_{name.lower()}"] = counts[int(np.argmax(curves[name]))]
    print(f"{name:<10}", *(f"{value:5.2f}" for value in curves[name]))
facts |= {f"agreement_{k}": v for k, v in zip(counts, curves["Agreement"], strict=True)}

# %%
# Inertia falls with every cluster that is added, so it cannot choose. The other two are highest at
# two clusters. Agreement has smaller peaks at four and at six: six groups are found again more
# often than five or seven, but less often than two or four. The signal alone would not have chosen
# six; that came from knowing the task.
#
# What the hand does in each cluster
# ----------------------------------
# Clusters were found without the hand. Its mean finger flexion in each of them shows what they
# caught. Look for rows that differ, and for rows that do not.

bent = np.degrees(curls(angles[found.rows]))
members = [seen & (found.labels == k) for k in range(6)]
table = np.array([bent[rows].mean(axis=0) for rows in members]).round() + 0
facts["spread_deg"] = float(np.ptp(table, axis=0).max())
figure, axes = plt.subplots(figsize=(6.5, 3.6), layout="constrained")
bar = {"label": "Mean flexion (deg)"}
look = {"annot": True, "fmt": ".0f", "cmap": "cividis", "cbar_kws": bar}
sns.heatmap(table, xticklabels=FINGERS, ax=axes, **look)
axes.set(title="The hand in each cluster", xlabel="Digit (no unit)")
axes.set_ylabel("Cluster (no unit)")
plt.show()
print(
    f"largest difference of one digit between clusters: {facts['spread_deg']:.0f} deg"
)

# %%
# Some clusters are a bent hand, some an open one, and some a mixture that no person would name. One
# honest number is missing: how much of what the clusters sort is still loudness?

power = np.array([np.mean(emg[i - 499 : i + 1] ** 2) for i in found.rows])
facts["ami_loudness"] = ami = adjusted_mutual_info_score(fifths(power), found.labels)
print(f"agreement with loudness: {ami:.2f} (1 = same groups)")

# %%
# Part of every cluster is how hard the hand works, whatever it does. Clusters of windows are a
# good first look at a recording. They are not gestures yet; for those, somebody has to say which
# differences matter. That is what targets are for, in the lessons on regression.
#
# .. admonition:: Exercise 1
#    :class: exercise
#
#    Leave out the logarithm and the standardising: embed the RMS itself. Which electrodes decide
#    where a window lands?
#
#    .. admonition:: Hint
#       :class: hint
#       :collapsible: closed
#
#       :func:`emgtut.window_features` with ``features=["rms"]``, then scikit-learn's ``PCA``.
#       Correlate the first score with each channel's RMS, and compare with each channel's spread.
#
#    .. admonition:: Solution
#       :class: solution
#       :collapsible: closed
#
#       .. code-block:: python
#
#          from sklearn.decomposition import PCA
#          from emgtut import window_features
#
#          rms = window_features(emg, window=500, hop=100, features=["rms"])
#          first = PCA(1).fit_transform(rms)[:, 0]
#          weight = [abs(np.corrcoef(first, one)[0, 1]) for one in rms.T]
#          spread = rms.std(axis=0)
#          top = np.argsort(spread)[::-1][:3]
#          for k in top:
#              print(f"EMG{k + 1:02d}: SD {spread[k]:.0f}, r {weight[k]:.2f}")
#          assert min(weight[k] for k in top) > 0.8
#          assert np.ptp(top) == 2  # three neighbours: one muscle decides
#
# .. admonition:: Exercise 2
#    :class: exercise
#
#    The band is put on again, turned by one electrode. How many windows keep their cluster?
#
#    .. admonition:: Hint
#       :class: hint
#       :collapsible: closed
#
#       The channels are a ring: ``np.roll(emg, 1, axis=1)``. ``assign`` keeps the centres.
#
#    .. admonition:: Solution
#       :class: solution
#       :collapsible: closed
#
#       .. code-block:: python
#
#          from sklearn.metrics import adjusted_rand_score
#
#          turned = found.assign(np.roll(emg, 1, axis=1))
#          kept = np.mean(turned == found.labels)
#          same = adjusted_rand_score(turned, found.labels)
#          print(f"{100 * kept:.0f} % keep their cluster")
#          print(f"adjusted Rand index {same:.2f}")
#          assert same < 0.9
#
# .. admonition:: Recap
#    :class: recap
#
#    * k-means always returns clusters; how long they last and what moves them shows their worth.
#    * Raw samples sort by side and loudness. Features without a sign sort by effort.
#    * The number of clusters comes from the question; stability only says what can be found again.
#
# Check yourself
# --------------
# 1. Two channels are swapped in sign at the connector. Which features on this page change?
# 2. Clusters of another recording stay for two milliseconds. What were they made of?
# 3. Why does a lower inertia not mean a better number of clusters?
#
# .. admonition:: Answers
#    :class: answer
#    :collapsible: closed
#
#    1. None of the windows' features: RMS does not see the sign. Raw samples do. 2. Of raw
#    samples, or of windows of a few samples. 3. More centres are always closer to the points.
#
# Where next
# ----------
# Before: :ref:`sphx_glr_auto_gallery_1_first_look_12_emg_in_mne.py`. Next:
# :ref:`sphx_glr_auto_gallery_2_structure_21_windows_and_features.py`. Or try a recording of your
# own: ``emgtut demo --session`` takes it, and :doc:`/guide/real_data` has real ones. Used here:
# :func:`emgtut.explore`, :func:`emgtut.plots.plot_clusters`.
