"""Forward kinematics: signs, rigid bones, batches, bad input, time."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from emgtut.anatomy import EDGES, FINGER_JOINTS, FINGER_LANDMARKS, FINGERS, JOINTS, LANDMARKS
from emgtut.pose import HandModel, landmarks

HAND = HandModel.anthropometric()
RIGHT = HandModel.anthropometric(side="right")
TIPS = [LANDMARKS.index(f"{name}_TIP") for name in ("THUMB", "INDEX", "MIDDLE", "RING", "PINKY")]
WRIST = LANDMARKS.index("WRIST_JOINT")
#: Between the wrist and the thumb lies a joint that is no landmark.
BONES = [edge for edge in EDGES if edge != FINGER_LANDMARKS["thumb"][:2]]

poses = hnp.arrays(float, (20,), elements=st.floats(-np.pi, np.pi))


def pose(**degrees):
    angles = np.zeros(20)
    for joint, value in degrees.items():
        angles[JOINTS.index(joint)] = np.radians(value)
    return angles


def moved(joint, degrees=20, hand=HAND):
    """Return how far the tip of the joint's digit moves."""
    tip = TIPS[JOINTS.index(joint) // 4]
    before, after = landmarks([np.zeros(20), pose(**{joint: degrees})], hand=hand)
    return after[tip] - before[tip]


def one_map_at_a_time(angles, hand):
    """Return landmarks the slow way: each point carried by one joint after the other."""
    from scipy.spatial.transform import Rotation

    placed = np.zeros((len(LANDMARKS), 3))
    for point, bone in zip(*np.nonzero(hand.weights), strict=True):
        at = hand.landmarks[point]
        if bone >= 2:
            digit, last = divmod(bone - 2, 3)
            for j in reversed(range(4 * digit, 4 * digit + last + 2)):
                turn = Rotation.from_rotvec(hand.axes[j] * angles[j])
                at = turn.apply(at - hand.points[j]) + hand.points[j]
        placed[point] += hand.weights[point, bone] * at
    return placed


def test_zero_is_a_flat_hand_at_rest():
    flat = landmarks(np.zeros(20))
    np.testing.assert_allclose(flat, HAND.landmarks, atol=1e-12)
    fingers = [point for name in FINGERS[1:] for point in FINGER_LANDMARKS[name]]
    np.testing.assert_allclose(flat[fingers, 1], 0, atol=1e-12)
    assert np.all(np.diff(flat[TIPS, 2]) < 0), "thumb to little finger along -z"


@pytest.mark.parametrize("joint", [j for j in JOINTS[4:] if j.endswith("FE")])
@pytest.mark.parametrize("hand", [HAND, RIGHT], ids=["left", "right"])
def test_flexion_moves_the_tip_to_the_palm(joint, hand):
    assert moved(joint, hand=hand)[1] < -5
    assert moved(joint, -20, hand=hand)[1] > 5


@pytest.mark.parametrize("joint", [j for j in JOINTS[4:] if j.endswith("AA")])
@pytest.mark.parametrize("hand", [HAND, RIGHT], ids=["left", "right"])
def test_abduction_moves_every_tip_to_the_thumb(joint, hand):
    step = moved(joint, hand=hand)
    assert step[2] > 20
    assert abs(step[1]) < 1e-9


def test_the_thumb_crosses_the_palm_and_is_lifted_back():
    crossing, lifting = moved("THUMB_CMC_FE"), moved("THUMB_CMC_AA")
    assert crossing[2] < -10, "to the little finger"
    assert crossing[1] < -5, "out of the palm"
    assert lifting[1] > 10
    assert lifting[1] > 2 * abs(lifting[2])
    for joint in ("THUMB_MCP_FE", "THUMB_IP_FE"):
        assert moved(joint) @ crossing > 0


def test_a_right_angle_at_the_knuckle_points_straight_down():
    finger = landmarks(pose(INDEX_MCP_FE=90))[list(FINGER_LANDMARKS["index"])[1:]]
    length = np.linalg.norm(
        np.diff(HAND.landmarks[list(FINGER_LANDMARKS["index"])[1:]], axis=0), axis=1
    )
    np.testing.assert_allclose(finger[-1] - finger[0], [0, -length.sum(), 0], atol=1e-9)


def test_spread_turns_the_plane_in_which_the_finger_bends():
    knuckle, *_, tip = landmarks(pose(MIDDLE_MCP_AA=30, MIDDLE_MCP_FE=90))[
        list(FINGER_LANDMARKS["middle"])[1:]
    ]
    np.testing.assert_allclose((tip - knuckle)[[0, 2]], 0, atol=1e-9)


def test_a_bent_middle_joint_leaves_what_lies_before_it():
    flat, bent = landmarks([np.zeros(20), pose(RING_PIP_FE=70)])
    still = [p for p in range(21) if p not in FINGER_LANDMARKS["ring"][3:]]
    np.testing.assert_allclose(bent[still], flat[still], atol=1e-12)


@given(poses)
@settings(max_examples=60, deadline=None)
def test_bones_keep_their_length(angles):
    a, b = np.array(BONES).T
    for hand in (HAND, RIGHT):
        at = landmarks(angles, hand=hand)
        lengths = np.linalg.norm(at[a] - at[b], axis=1)
        rest = np.linalg.norm(hand.landmarks[a] - hand.landmarks[b], axis=1)
        np.testing.assert_allclose(lengths, rest, rtol=1e-12)


@given(poses)
@settings(max_examples=60, deadline=None)
def test_the_other_hand_is_the_mirror_image(angles):
    np.testing.assert_allclose(
        landmarks(angles, hand=RIGHT), landmarks(angles) * [-1, 1, 1], atol=1e-10
    )


@given(poses)
@settings(max_examples=60, deadline=None)
def test_agrees_with_one_rotation_after_the_other(angles):
    np.testing.assert_allclose(landmarks(angles), one_map_at_a_time(angles, HAND), atol=1e-10)


def test_joints_move_their_own_digit_only(rng):
    flat = landmarks(np.zeros(20))
    for name, columns in FINGER_JOINTS.items():
        angles = np.zeros(20)
        angles[list(columns)] = rng.uniform(0.2, 0.6, 4)
        changed = np.flatnonzero(np.abs(landmarks(angles) - flat).max(axis=1) > 1e-9)
        assert set(changed) == set(FINGER_LANDMARKS[name][1 if name == "thumb" else 2 :])


@pytest.mark.parametrize("shape", [(), (1,), (7,), (3, 5), (2, 0), (0,), (2, 3, 4), (1300,)])
def test_a_batch_is_its_poses_one_by_one(shape, rng):
    angles = rng.normal(0, 0.7, (*shape, 20))
    placed = landmarks(angles)
    assert placed.shape == (*shape, 21, 3)
    assert placed.dtype == np.float64
    for index in list(np.ndindex(shape))[:40]:
        np.testing.assert_allclose(placed[index], landmarks(angles[index]), atol=1e-11)


def test_float32_and_lists_are_taken_and_left_alone(rng):
    angles = rng.normal(0, 0.5, (4, 20)).astype(np.float32)
    kept = angles.copy()
    np.testing.assert_allclose(landmarks(angles), landmarks(angles.tolist()), atol=1e-12)
    np.testing.assert_array_equal(angles, kept)


def test_a_pose_that_is_not_finite_has_no_points(rng):
    angles = rng.normal(0, 0.5, (6, 20))
    whole = landmarks(angles)
    angles[1, 3] = np.nan
    angles[4] = np.inf
    placed = landmarks(angles)
    assert np.isnan(placed[[1, 4]]).all()
    np.testing.assert_array_equal(placed[[0, 2, 3, 5]], whole[[0, 2, 3, 5]])


@pytest.mark.parametrize("shape", [(22,), (100, 16), (0,), ()])
def test_another_number_of_angles_is_refused_with_their_order(shape):
    with pytest.raises(ValueError, match=r"pass \(\.\.\., 20\).*THUMB_CMC_FE, THUMB_CMC_AA"):
        landmarks(np.zeros(shape))


def test_a_table_on_its_side_is_told_to_turn():
    with pytest.raises(ValueError, match=r"pass angles\.T"):
        landmarks(np.zeros((20, 300)))


def test_degrees_are_noticed_also_beside_rows_without_a_pose(rng):
    angles = rng.uniform(0, 90, (5, 20))
    angles[2] = np.nan
    with pytest.raises(ValueError, match=r"np\.radians\(angles\)"):
        landmarks(angles)


def test_size_scales_every_distance(rng):
    angles = rng.normal(0, 0.5, (3, 20))
    small = landmarks(angles, hand=HandModel.anthropometric(94))
    np.testing.assert_allclose(2 * small, landmarks(angles), atol=1e-10)


def test_fifty_thousand_poses_take_well_under_a_second(rng):
    angles = rng.uniform(-0.3, 1.2, (50_000, 20))
    times = []
    for _ in range(3):
        start = time.perf_counter()
        landmarks(angles)
        times.append(time.perf_counter() - start)
    assert min(times) < 0.9
