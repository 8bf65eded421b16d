"""20 angles to the 9 channels of the Virtual Hand, and back."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from emgtut.anatomy import JOINTS, VIRTUAL_HAND_CHANNELS
from emgtut.pose import angles_of, retarget
from emgtut.pose.retarget import FULL_FLEXION
from emgtut.sessions.recipe.postures import POSTURES

AT = {name: k for k, name in enumerate(VIRTUAL_HAND_CHANNELS)}
FINGERS = ("index", "middle", "ring", "pinky")

channels = hnp.arrays(float, (3, 9), elements=st.floats(-1, 1))
angles = hnp.arrays(float, (3, 20), elements=st.floats(-np.pi, np.pi))


@given(channels)
@settings(max_examples=60, deadline=None)
def test_there_and_back_is_the_same_but_for_the_wrist(there):
    back = retarget(angles_of(there))
    np.testing.assert_allclose(back[:, :6], there[:, :6], atol=1e-12)
    assert not back[:, 6:].any()


@given(angles)
@settings(max_examples=60, deadline=None)
def test_a_second_round_changes_nothing(pose):
    once = angles_of(retarget(pose))
    np.testing.assert_allclose(angles_of(retarget(once)), once, atol=1e-12)
    assert np.abs(retarget(pose)).max() <= 1


def test_every_joint_belongs_to_one_channel_or_is_spread():
    used = [joint for full in FULL_FLEXION.values() for joint in full]
    assert tuple(FULL_FLEXION) == VIRTUAL_HAND_CHANNELS
    assert sorted(used) == sorted(j for j in JOINTS if not j.endswith("MCP_AA"))


def test_flat_is_rest_and_a_fist_is_plus_one():
    assert not retarget(np.zeros(20)).any()
    fist = retarget(POSTURES["fist"])
    assert all(0.85 < fist[AT[name]] <= 1 for name in FINGERS)
    assert fist[AT["thumb_flexion"]] > 0.5
    assert fist[AT["thumb_abduction"]] > 0
    np.testing.assert_allclose(
        retarget(angles_of(dict.fromkeys(FULL_FLEXION, 1.0))), [1] * 6 + [0] * 3
    )


@pytest.mark.parametrize(("posture", "straight"), [("one", "index"), ("little only", "pinky")])
def test_channels_go_by_the_name_of_the_finger(posture, straight):
    value = retarget(POSTURES[posture])
    assert value[AT[straight]] < 0.1
    assert all(value[AT[name]] > 0.5 for name in FINGERS if name != straight)


def test_extension_lies_below_zero():
    pose = np.zeros(20)
    pose[JOINTS.index("MIDDLE_MCP_FE")] = np.radians(-23)
    assert retarget(pose)[AT["middle"]] == pytest.approx(-0.1)


def test_the_thumb_over_the_palm_is_positive_and_clipped():
    pose = np.zeros(20)
    pose[JOINTS.index("THUMB_CMC_AA")] = np.radians(-15)
    assert retarget(pose)[AT["thumb_abduction"]] == pytest.approx(0.5)
    assert retarget(10 * pose)[AT["thumb_abduction"]] == 1


def test_spread_has_no_channel():
    pose = np.zeros(20)
    pose[[JOINTS.index(f"{f}_MCP_AA") for f in ("INDEX", "MIDDLE", "RING", "PINKY")]] = 0.3
    assert not retarget(pose).any()


def test_named_channels_leave_the_others_at_rest_and_broadcast():
    pose = angles_of({"index": [0.0, 0.5, 2.0], "thumb_flexion": 1.0})
    assert pose.shape == (3, 20)
    back = retarget(pose)
    np.testing.assert_allclose(back[:, AT["index"]], [0, 0.5, 1])
    np.testing.assert_allclose(back[:, AT["thumb_flexion"]], 1)
    assert not back[:, [AT["middle"], AT["ring"], AT["pinky"]]].any()


@pytest.mark.parametrize("shape", [(), (4,), (2, 3), (0,)])
def test_any_number_of_poses(shape, rng):
    pose = rng.normal(0, 0.4, (*shape, 20))
    value = retarget(pose)
    assert value.shape == (*shape, 9)
    assert angles_of(value).shape == (*shape, 20)


def test_what_is_not_finite_stays_in_its_channel(rng):
    pose = rng.normal(0, 0.4, (3, 20))
    pose[1, JOINTS.index("INDEX_PIP_FE")] = np.inf
    value = retarget(pose)
    assert np.argwhere(np.isnan(value)).tolist() == [[1, AT["index"]]]
    back = angles_of(value)
    assert np.isnan(back[1, 5:8]).all()
    assert np.isnan(back).sum() == 3


def test_degrees_and_wrong_shapes_are_refused():
    with pytest.raises(ValueError, match=r"np\.radians"):
        retarget(np.full(20, 45.0))
    with pytest.raises(ValueError, match=r"\(\.\.\., 20\)"):
        retarget(np.zeros(9))
    with pytest.raises(ValueError, match=r"pass \(\.\.\., 9\).*thumb_flexion, thumb_abduction"):
        angles_of(np.zeros(20))
    with pytest.raises(ValueError, match="channel is 'little'; pass one of 'thumb_flexion'"):
        angles_of({"little": 1.0})
