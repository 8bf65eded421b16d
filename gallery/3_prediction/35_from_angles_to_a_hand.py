# emgtut: minutes=25 budget_s=20 data=real-ok network=no
"""
Forward kinematics: from angles to a hand
=========================================

A hand drawn from 20 angles, and errors in millimetres that say which joints matter.

.. admonition:: Objectives
   :class: objectives

   * Build one finger by rotations, and then use the hand that has all five.
   * State the sign of every angle, and show what a wrong one does.
   * Convert degrees into millimetres, joint by joint.

**You need:** :ref:`sphx_glr_auto_gallery_1_first_look_11_inside_a_session.py`, and to have met a
rotation matrix.

**Not covered:** how good the prediction drawn below is; the lessons before this one ask that.

**Settings:** :term:`window` 250 ms, :term:`hop` 50 ms, label at the last sample, log features,
:term:`ridge` with alpha 10, the last quarter as test, a :term:`gap` of 0.5 s.
"""

# %%
# Twenty numbers
# --------------
# A :term:`pose` is 20 angles; :term:`forward kinematics` says where that puts each point of a hand.

import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns
from scipy.spatial.transform import Rotation
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from emgtut import Emg2PoseSessionData, HandModel, landmarks, retarget, windows_of
from emgtut.anatomy import EDGES, FINGER_LANDMARKS, JOINTS, LANDMARKS
from emgtut.anatomy import VIRTUAL_HAND_CHANNELS as CHANNELS
from emgtut.plots import animate_hand, compare_hands, draw_hand
from emgtut.pose import angles_of
from emgtut.sessions.lessons import lesson_session

# sphinx_gallery_thumbnail_number = 5
# sphinx_gallery_tags = ["kinematics", "hand", "millimetres"]
facts, at = {}, JOINTS.index
sns.set_theme(palette="colorblind")
session = Emg2PoseSessionData(lesson_session("CountingUpDownFaceSideAway"))
poses = session.joint_angles[session.no_ik_failure][::100]
print("made" if session.synthetic else "recorded", f"session: {len(poses)} poses")

# %%
# .. admonition:: Predict
#    :class: predict
#
#    Five digits: ``angles.reshape(5, 4)`` makes a tidy table. What stands in its first column?

table = np.reshape(JOINTS, (5, 4))
for finger, names in zip(FINGER_LANDMARKS, table, strict=True):
    print(f"{finger:>7}: " + ", ".join(name.partition("_")[2] for name in names))
facts["n_flexing"] = sum(name.endswith("FE") for name in table[:, 0])
print(f"{facts['n_flexing']} of the first column flexes, the others spread")

# %%
# **What happened.** The thumb begins with flexion (FE), the fingers begin with abduction (AA): a
# mean over that column mixes two movements. Names are safe, places are not.
#
# One finger
# ----------
# Let x go to the fingertips, y out of the back of the hand, z to the thumb. The spread turns a
# finger across the palm, then each joint bends what lies beyond it. Rotations that follow each
# other are multiplied, base first.


def finger(spread, bends, lengths):
    points, turned = [np.zeros(3)], Rotation.from_rotvec([0, -spread, 0])  # x to z
    for bend, length in zip(bends, lengths, strict=True):
        turned = turned * Rotation.from_rotvec([0, 0, -bend])  # x to -y
        points.append(points[-1] + turned.apply([length, 0, 0]))
    return np.array(points)


rest = HandModel.anthropometric().landmarks[list(FINGER_LANDMARKS["index"])[1:]]
index = np.linalg.norm(np.diff(rest, axis=0), axis=1)
print("index finger:", ", ".join(f"{length:.1f} mm" for length in index))

# %%
# .. admonition:: Predict
#    :class: predict
#
#    The knuckle turns by plus sixty degrees. Does the tip go up or down, and how far?

figure, axes = plt.subplots(figsize=(6, 4), layout="constrained")
for degrees, line in ((0, "0.6"), (60, "C0-o"), (-60, "C3--s")):
    x, y, z = finger(0, np.radians([degrees, 0, 0]), index).T
    axes.plot(x, y, line, lw=3, label=f"knuckle at {degrees} deg")
    facts[f"tip_y_at_{degrees}".replace("-", "minus_")] = float(y[-1])
    print(f"{degrees:>4} deg: tip at y = {y[-1]:6.1f} mm")
axes.set(xlabel="x, to the fingertips (mm)", ylabel="y, out of the back (mm)")
axes.set(title="The index finger from the side", aspect="equal", xlim=(-5, 145))
axes.legend()
plt.show()

# %%
# **What happened.** Plus goes down, to the palm. The dashed finger has the other sign and bends
# through the back of the hand.
#
# .. admonition:: Mistake: "the sign is a matter of taste"
#    :class: mistake M16
#
#    In degrees, a model with a wrong sign looks like a bad model. A drawing tells them apart.
#
# Does the order matter?
# ----------------------
# Spread and knuckle share one point. It is tempting to swap them.

bend, spread = Rotation.from_rotvec(np.radians([[0, 0, -60], [0, -20, 0]]))
right, swapped = (
    (a * b).apply([index.sum(), 0, 0]) for a, b in ((spread, bend), (bend, spread))
)
facts["swapped_mm"] = float(np.linalg.norm(right - swapped))
for name, (x, y, z) in (("right", right), ("swapped", swapped)):
    print(f"{name:>7}: x {x:5.1f}, y {y:5.1f}, z {z:5.1f} mm")
print(f"tips apart: {facts['swapped_mm']:.1f} mm")

# %%
# It does, by millimetres that no model is to blame for. The spread turns the plane in which the
# finger bends, so it comes first.
#
# The whole hand
# --------------
# :func:`emgtut.landmarks` does the same for five digits and any number of poses: 21 points each.
# However the hand moves, bones must keep their lengths.

points = landmarks(poses)
a, b = np.array(EDGES[1:]).T  # the first, wrist to thumb, hides a joint
lengths = np.linalg.norm(points[:, a] - points[:, b], axis=-1)
facts["stretch_mm"] = float(np.ptp(lengths, axis=0).max())
index_bend, little_bend = poses[:, at("INDEX_PIP_FE")], poses[:, at("PINKY_PIP_FE")]
chosen = (index_bend + little_bend).argmin(), (little_bend - index_bend).argmax()
figure = plt.figure(figsize=(8, 4.4), layout="constrained")
for place, k in enumerate(chosen, start=1):
    draw_hand(poses[k], view="3d", ax=figure.add_subplot(1, 2, place, projection="3d"))
plt.show()
print(f"{lengths.shape[1]} bones; largest change: {facts['stretch_mm']:.0e} mm")

# %%
# The straightest pose, and the one in which index and little finger differ most.
#
# What is one degree worth?
# -------------------------
# Put ten degrees of error on one joint at a time, in every pose. Which joint moves its tip most?

moved = np.empty(20)
for joint, one in enumerate(np.radians(10) * np.eye(20)):
    shift = np.linalg.norm(landmarks(poses + one) - points, axis=-1)
    moved[joint] = shift[:, joint // 4].mean()  # tips come first, thumb to little
parts = {"base": "THUMB_CMC_FE", "knuckle": "INDEX_MCP_FE", "end_joint": "INDEX_DIP_FE"}
facts |= {f"{name}_mm": float(moved[at(joint)]) for name, joint in parts.items()}
figure, axes = plt.subplots(figsize=(8, 3.6), layout="constrained")
axes.bar(JOINTS, moved, color=np.repeat([f"C{k}" for k in range(5)], 4))
axes.tick_params(axis="x", rotation=90, labelsize=8)
axes.set(title="Ten degrees at one joint", xlabel="joint (no unit)")
axes.set(ylabel="shift of its fingertip (mm)")
plt.show()
print(f"index finger: knuckle {facts['knuckle_mm']:.1f} mm,", end=" ")
print(f"end joint {facts['end_joint_mm']:.1f} mm")

# %%
# The knuckle carries the whole finger, the end joint its last piece. Most of all moves the base of
# the thumb.
#
# .. admonition:: Mistake: "equal degrees are equal millimetres"
#    :class: mistake M17
#
#    A mean over angles counts the end joint like the knuckle: report millimetres too.
#
# An error at every joint
# -----------------------
# Now ten degrees on all joints at once, signs at random. Published means leave out the knuckles,
# which no pose moves, and keep the wrist, which does not move either. What does that change?

signs = np.random.default_rng(0).choice([-1, 1], poses.shape)
off = np.linalg.norm(landmarks(poses + signs * np.radians(10)) - points, axis=-1)
counted = [k for k, name in enumerate(LANDMARKS) if not name.endswith("PROXIMAL")]
without = [k for k in counted if LANDMARKS[k] != "WRIST_JOINT"]
groups = {"tips": slice(5), "landmarks": counted, "without_wrist": without}
for name, which in groups.items():
    facts[f"{name}_mm"] = float(off[:, which].mean())
    print(f"{name:>13}: {facts[f'{name}_mm']:.2f} mm over {off[:, which].shape[1]}")
ratio = facts["dilution"] = facts["landmarks_mm"] / facts["without_wrist_mm"]
print(f"ratio of the last two {ratio:.4f}, 16/17 = {16 / 17:.4f}")

# %%
# A sixteenth more, and nothing about the hand is different. Means compare only over the same
# points, and on the same hand.
#
# True and predicted
# ------------------
# A ridge, fitted on the first three quarters, beside the :term:`mean pose`. Thin lines are the true
# bones: where does the predicted hand leave them?

with session:
    windows = windows_of(session, window=0.25, hop=0.05)
seconds = windows.time - windows.time[0]
cut = 0.75 * seconds[-1]
train, test = seconds < cut - 0.75, seconds >= cut
model = make_pipeline(StandardScaler(), Ridge(alpha=10))
model.fit(np.log(windows.X[train]), windows.y[train])
true, predicted = windows.y[test], model.predict(np.log(windows.X[test]))
mean_pose = windows.y[train].mean(axis=0)
for name, guess in (("ridge", predicted), ("mean_pose", mean_pose)):
    off = np.linalg.norm(landmarks(guess) - landmarks(true), axis=-1)[:, counted]
    facts[f"{name}_mm"] = float(off.mean())
    facts[f"{name}_deg"] = float(np.degrees(np.abs(guess - true)).mean())
    print(f"{name:>9}: {facts[f'{name}_deg']:4.1f} deg, {facts[f'{name}_mm']:4.1f} mm")
picked = np.linspace(0, len(true) - 1, 5).astype(int)[1:4]
labels = [f"{seconds[test][k]:.0f} s" for k in picked]
compare_hands(true[picked], predicted[picked], labels=labels)
plt.show()

# %%
# Watch how the predicted hand trembles where the true one rests. (Space plays and stops, arrow keys
# step, dragging turns.)

animate_hand(true[:200], predicted[:200], rate=20)

# %%
# To a hand with fewer strings
# ----------------------------
# The Virtual Hand has nine channels. :func:`emgtut.retarget` maps angles to them *by name*:
# 0 is rest, plus one full flexion, below zero lies extension. Some code takes ``abs()`` of them.
# What does that make of a hand that bends backwards?

back = np.zeros(20)
back[[k for k, name in enumerate(JOINTS) if name.endswith("MCP_FE")]] = -0.5
channels = dict(zip(CHANNELS, retarget(back), strict=True))
facts["index_channel"] = value = float(channels["index"])
shown = angles_of(channels), angles_of({name: abs(c) for name, c in channels.items()})
compare_hands(*shown, view="side", names=("As it was", "After abs()"))
plt.show()
print(f"channel of the index finger: {value:+.2f}, abs() {abs(value):+.2f}")

# %%
# A hand that opens, closes. What sign a program at the other end of a wire wants is settled in one
# place, where the wire is.
#
# .. admonition:: Exercise 1: many fingers at once
#    :class: exercise
#
#    Write ``finger_points(angles, lengths)`` for angles of shape (n, 4), spread first, without a
#    loop over poses.
#
#    .. admonition:: Hint
#       :class: hint
#       :collapsible: closed
#
#       The finger bends in one plane, so the bends add up. The spread turns that plane.
#
#    .. admonition:: Solution
#       :class: solution
#       :collapsible: closed
#
#       .. code-block:: python
#
#          def finger_points(angles, lengths):
#              spread, bend = angles[:, :1], np.cumsum(angles[:, 1:], axis=1)
#              steps = [
#                  np.cos(spread) * np.cos(bend),
#                  -np.sin(bend),
#                  np.sin(spread) * np.cos(bend),
#              ]
#              steps = np.stack(steps, axis=-1) * np.asarray(lengths)[:, None]
#              start = np.zeros((len(angles), 1, 3))
#              return np.concatenate([start, np.cumsum(steps, axis=1)], axis=1)
#
#
#          many = finger_points(poses[:, 4:8], index)
#          one = finger(poses[7, 4], poses[7, 5:8], index)
#          assert np.allclose(many[7], one)
#          down = finger_points(np.array([[0.0, np.pi / 2, 0, 0]]), index)[0, -1]
#          assert np.allclose(down, [0, -index.sum(), 0])
#
# .. admonition:: Exercise 2: the other hand
#    :class: exercise
#
#    The hand above is a left one. Make a right one, and see which numbers of this page change.
#
#    .. admonition:: Hint
#       :class: hint
#       :collapsible: closed
#
#       A mirror changes the sign of one coordinate. What does it do to a distance?
#
#    .. admonition:: Solution
#       :class: solution
#       :collapsible: closed
#
#       .. code-block:: python
#
#          other = HandModel.anthropometric(side="right")
#          mirrored = landmarks(poses, hand=other)
#          # Points are mirrored, angles keep their signs ...
#          assert np.allclose(mirrored, points * [-1, 1, 1])
#          # ... and so every distance on this page stays.
#          wrong = landmarks(poses + signs * np.radians(10), hand=other)
#          mm = np.linalg.norm(wrong - mirrored, axis=-1)[:, :5].mean()
#          assert np.isclose(mm, facts["tips_mm"])
#
# .. admonition:: Recap
#    :class: recap
#
#    * Plus flexes towards the palm, plus spreads to the thumb, for both hands.
#    * A knuckle is worth several end joints: degrees and millimetres are two scores.
#    * A distance needs to be told with its hand, and with the points it is over.
#
# Check yourself
# --------------
# 1. Why can a pose not be read as a table of five rows by four columns?
# 2. A model is better in degrees and worse in millimetres. How can that be?
# 3. Why is the mean over landmarks smaller with the wrist than without?
#
# .. admonition:: Answers
#    :class: answer
#    :collapsible: closed
#
#    1. The thumb's columns are in another order: flexion comes first.
#    2. It is better at end joints and worse at knuckles.
#    3. The wrist is the origin and has no error, but it is counted.
#
# Where next
# ----------
# Before: :ref:`sphx_glr_auto_gallery_3_prediction_34_lag_and_smoothing.py`. Next, the same from
# memory: :ref:`sphx_glr_auto_gallery_6_interview_60_interview_solution.py`. Used here:
# :func:`emgtut.landmarks`, :class:`emgtut.HandModel`, :func:`emgtut.retarget`,
# :func:`emgtut.plots.compare_hands`, :func:`emgtut.plots.animate_hand`.
