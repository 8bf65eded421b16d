"""Drawn hands: what they show, how large, from where, and what is refused."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgb

from emgtut.anatomy import LANDMARKS
from emgtut.plots.hand import VIEWS, compare_hands, draw_hand, mm_off, seen_from_the_palm, turned
from emgtut.pose import HandModel, landmarks
from emgtut.sessions.recipe.postures import POSTURES

RIGHT = HandModel.anthropometric(side="right")
FLAT, FIST = POSTURES["flat"], POSTURES["fist"]
TIP = {name: LANDMARKS.index(f"{name}_TIP") for name in ("THUMB", "INDEX", "MIDDLE", "PINKY")}


def height(ax):
    corners = np.concatenate([patch.get_xy() for patch in ax.patches])
    return np.ptp(corners[:, 1])


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("hand", [None, RIGHT], ids=["left", "right"])
def test_every_view_of_both_hands_draws_on_its_own_axes(view, hand):
    ax = draw_hand(POSTURES["ok"], view=view, hand=hand)
    assert ax.get_title().startswith("Right hand" if hand else "Left hand")
    assert ax.patches or ax.collections
    ax.figure.canvas.draw()


def test_lengths_are_to_scale():
    flat = draw_hand(FLAT)
    # From the end of the forearm to the tip of the middle finger.
    assert 188 < height(flat) < 188 + 60
    assert height(draw_hand(FLAT, hand=HandModel.anthropometric(94))) == pytest.approx(
        height(flat) / 2, abs=2
    )
    assert flat.get_aspect() == 1
    (bar,) = [line for line in flat.lines if len(line.get_xdata()) == 2]
    assert np.ptp(bar.get_xdata()) == 50


def test_a_fist_is_shorter_than_a_flat_hand():
    assert height(draw_hand(FIST)) < height(draw_hand(FLAT)) - 40


@pytest.mark.parametrize(
    ("hand", "view", "thumb_right_of_little_finger"),
    [(None, "palm", False), (None, "back", True), (RIGHT, "palm", True), (RIGHT, "back", False)],
)
def test_the_thumb_is_where_it_belongs(hand, view, thumb_right_of_little_finger):
    seen = turned(seen_from_the_palm(landmarks(FLAT, hand=hand)), view, right=hand is RIGHT)
    assert (seen[TIP["THUMB"], 0] > seen[TIP["PINKY"], 0]) == thumb_right_of_little_finger
    assert seen[TIP["MIDDLE"], 1] > 150, "fingers up"


def test_bent_fingers_come_towards_who_looks_at_the_palm():
    for hand in (None, RIGHT):
        seen = seen_from_the_palm(landmarks([FLAT, FIST], hand=hand))
        assert seen[1, TIP["INDEX"], 2] > seen[0, TIP["INDEX"], 2] + 20
        side = turned(seen, "side", right=hand is RIGHT)
        thumb_near = side[0, TIP["THUMB"], 2] > side[0, TIP["PINKY"], 2]
        assert thumb_near, "the side view is from the thumb's side"


def test_in_front_is_painted_last():
    orders = {}
    for view in ("palm", "back"):
        ax = draw_hand(FIST, view=view)
        palm = max(ax.patches, key=lambda patch: np.ptp(patch.get_xy()[:, 1]))
        digits = [p.get_zorder() for p in ax.patches if p is not palm]
        orders[view] = np.mean([z > palm.get_zorder() for z in digits])
    assert orders["palm"] > orders["back"]


def test_one_colour_for_all_digits():
    ax = draw_hand(FLAT, color="#ff0000")
    hues = {tuple(np.round(patch.get_facecolor()[:3], 6)) for patch in ax.patches}
    reds = [hue for hue in hues if hue[0] == 1.0 and hue[1] == hue[2] < 1]
    assert len(reds) >= 5
    assert to_rgb("#0173b2") not in hues


def test_landmarks_are_taken_in_place_of_angles():
    a, b = draw_hand(FIST), draw_hand(landmarks(FIST))
    for first, second in zip(a.patches, b.patches, strict=True):
        np.testing.assert_allclose(first.get_xy(), second.get_xy())


@pytest.mark.parametrize(
    ("pose", "options", "error"),
    [
        (np.zeros((3, 20)), {}, "pose holds 3 poses; pass one"),
        (np.full(20, np.nan), {}, "a row without a pose"),
        (np.full(20, 40.0), {}, r"np\.radians"),
        (np.zeros(16), {}, r"pass \(\.\.\., 20\)"),
        (FLAT, {"view": "top"}, "view is 'top'; pass one of 'palm', 'back', 'side', '3d'"),
    ],
)
def test_what_cannot_be_drawn_is_refused(pose, options, error):
    with pytest.raises(ValueError, match=error):
        draw_hand(pose, **options)


def test_axes_without_depth_are_refused_for_three_dimensions():
    with pytest.raises(ValueError, match="projection"):
        draw_hand(FLAT, view="3d", ax=plt.figure().add_subplot())


def test_two_hands_carry_their_names_and_their_error():
    pred = FIST + np.radians(10)
    figure = compare_hands(FIST, pred, names=("Camera", "Ridge"))
    mm = float(mm_off(landmarks(FIST), landmarks(pred)))
    titles = [ax.get_title() for ax in figure.axes]
    assert titles == ["Camera", f"Ridge\n10.0 deg, {mm:.1f} mm off"]
    left, right = figure.axes
    assert left.get_xlim() == right.get_xlim()
    assert len(right.lines) == len(left.lines) + 5, "the true bones over the predicted hand"


def test_several_poses_stand_side_by_side():
    true = np.array([FLAT, FIST, POSTURES["ok"]])
    figure = compare_hands(true, true, labels=["1 s", "2 s", "3 s"])
    titles = [ax.get_title() for ax in figure.axes]
    assert titles[:3] == ["True, 1 s", "True, 2 s", "True, 3 s"]
    assert titles[3:] == ["Predicted\n0.0 deg, 0.0 mm off"] * 3


def test_landmarks_have_no_degrees():
    figure = compare_hands(landmarks(FIST), landmarks(FLAT))
    assert "deg" not in figure.axes[1].get_title()
    assert "mm off" in figure.axes[1].get_title()


def test_a_mean_distance_leaves_the_knuckles_out():
    first = np.zeros((21, 3))
    second = first.copy()
    second[[k for k, name in enumerate(LANDMARKS) if name.endswith("PROXIMAL")]] = 100
    assert mm_off(first, second) == 0
    second[0] = [17, 0, 0]
    assert mm_off(first, second) == pytest.approx(1)


@pytest.mark.parametrize(
    ("true", "pred", "options", "error"),
    [
        (np.zeros((2, 20)), np.zeros((3, 20)), {}, "the same number of poses"),
        (np.zeros(20), np.zeros((1, 20)), {}, "the same number of poses"),
        (np.zeros((2, 20)), np.zeros((2, 20)), {"labels": ["a"]}, "1 labels for 2 poses"),
        (np.zeros(20), np.zeros(20), {"view": "3d"}, "view is '3d'"),
    ],
)
def test_hands_that_cannot_be_compared_are_refused(true, pred, options, error):
    with pytest.raises(ValueError, match=error):
        compare_hands(true, pred, **options)
