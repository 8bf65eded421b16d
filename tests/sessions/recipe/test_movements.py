import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emgtut.anatomy import FLEXION_JOINTS, JOINTS
from emgtut.sessions import layout
from emgtut.sessions.recipe.movements import (
    capture_gaps,
    captured,
    nuisance_of,
    pose_at,
    pose_script,
)
from emgtut.sessions.recipe.postures import POSTURES, curls, posture, posture_labels


def path_of(stage, duration=60.0, seed=0):
    script = pose_script(stage, duration, np.random.default_rng(seed))
    return script, pose_at(script, np.arange(0, duration, 1 / 60))


@pytest.mark.parametrize("stage", layout.STAGES)
def test_every_stage_moves_within_what_a_hand_can_do(stage):
    script, poses = path_of(stage)
    degrees = np.degrees(poses)
    assert len(set(script.names)) > 1
    assert degrees.std(axis=0).max() > 4
    assert degrees.min() > -60
    assert degrees.max() < 125
    # No jump: the fastest fingers move at some 1,500 degrees a second.
    assert np.abs(np.diff(degrees, axis=0)).max() * 60 < 2000
    # Few directions explain a hand (Santello 1998): the share of two is 55 to 98 %.
    spectrum = np.linalg.svd(degrees - degrees.mean(axis=0), compute_uv=False) ** 2
    assert 0.5 < spectrum[:2].sum() / spectrum.sum() < 0.985


def moving(stage):
    """Share of the movement, in rad, by thumb and fingers."""
    _, poses = path_of(stage)
    ranges = np.ptp(np.quantile(poses, [0.02, 0.98], axis=0), axis=0)
    return ranges[:4].sum(), ranges[[k for k in FLEXION_JOINTS if k > 3]].sum(), ranges


def test_stages_do_what_their_names_say():
    thumb, fingers, _ = moving("ThumbsUpDownThumbRotationsCWCCWP")
    assert thumb > 0.25 * fingers
    _, abduction_flexion, ranges = moving("FingerAbductionSeries")
    spread = ranges[[k for k, name in enumerate(JOINTS) if name.endswith("MCP_AA")]].sum()
    assert spread > 0.2 * abduction_flexion
    still = moving("WristFlexionAbduction")[1]
    assert still < 0.5 * moving("GraspPunchCloseFar")[1]
    assert nuisance_of("WristFlexionAbduction") > 2 * nuisance_of("unconstrained")


def test_counting_goes_up_and_down_one_finger_at_a_time():
    script, _ = path_of("CountingUpDownFaceSideAway")
    fingers = ["fist", "one", "two", "three", "four", "five"]
    counted = [fingers.index(name) for name in script.names]
    assert set(np.abs(np.diff(counted))) == {1}
    assert {0, 5} <= set(counted)


def test_wiggling_bends_one_digit_at_a_time():
    _, poses = path_of("FingerWigglingSpreading")
    labels = posture_labels(poses)
    words, counts = np.unique(labels, return_counts=True)
    one_bent = [word.count("-") <= 1 for word in words]
    assert counts[one_bent].sum() > 0.95 * len(labels)
    assert {"-IMRL", "T-MRL", "TI-RL", "TIM-L", "TIMR-"} <= set(words)


def test_postures_are_held():
    labels = posture_labels(path_of("CountingUpDownFaceSideAway")[1])
    runs = np.diff(np.flatnonzero(np.r_[True, labels[1:] != labels[:-1], True])) / 60
    held = runs[runs > 0.1]
    assert held.sum() > 0.95 * runs.sum()
    assert np.median(held) > 0.5


def test_the_hands_of_a_recording_share_postures_and_times_but_not_aim():
    stage, both = "HandClawGraspFlicks", 5
    left, right = (
        pose_script(stage, 20, np.random.default_rng(both), hand_rng=np.random.default_rng(hand))
        for hand in (1, 2)
    )
    assert left.names == right.names
    np.testing.assert_array_equal(left.starts, right.starts)
    error = np.degrees(left.targets - right.targets)
    assert 4 < error.std() < 8


def test_pose_at_arrives_at_the_targets():
    script = pose_script("ShakaVulcanPeace", 20, np.random.default_rng(0))
    arrivals = script.starts + script.steps
    np.testing.assert_allclose(pose_at(script, arrivals), script.targets, atol=1e-12)


def test_poses_do_not_depend_on_which_times_are_asked_for():
    script = pose_script("unconstrained", 10, np.random.default_rng(0))
    times = np.arange(0, 10, 0.01)
    np.testing.assert_array_equal(pose_at(script, times)[::7], pose_at(script, times[::7]))


def test_unknown_stage():
    with pytest.raises(ValueError, match="stage is 'Counting'; pass one of"):
        pose_script("Counting", 10, np.random.default_rng(0))


def test_captured_noise_is_small_and_smooth(rng):
    seen = captured(np.ones((6000, 20)), 60, rng) - 1
    assert 0.1 < np.degrees(seen.std()) < 0.3
    assert abs(np.degrees(seen.mean())) < 0.01


@settings(deadline=None)
@given(duration=st.floats(0.5, 600), seed=st.integers(0, 2**32 - 1))
def test_gaps_are_apart_inside_and_of_the_stated_share(duration, seed):
    gaps = np.array(capture_gaps(duration, np.random.default_rng(seed)))
    lengths = np.diff(gaps, axis=1)
    assert 0.05 * duration < lengths.sum() < 0.13 * duration
    assert lengths.max() <= 3.0001
    if duration > 10:
        assert lengths.min() >= 0.1999
        assert 2 <= len(gaps) <= max(6, 7 * duration / 60)
    edges = np.r_[0, gaps.ravel(), duration]
    assert (np.diff(edges) > 0).all()


def test_postures_have_different_names_for_different_poses():
    poses = np.array(list(POSTURES.values()))
    apart = np.degrees(np.abs(poses[:, None] - poses[None]).max(axis=2))
    assert apart[~np.eye(len(poses), dtype=bool)].min() > 3


def test_curls_follow_flexion_only():
    fist = posture([1, 1, 1, 1, 1])
    spread = posture([1, 1, 1, 1, 1], spread=1)
    np.testing.assert_allclose(curls(fist[None]), curls(spread[None]))


@pytest.mark.parametrize(
    ("name", "word"),
    [("fist", "-----"), ("five", "TIMRL"), ("one", "-I---"), ("shaka", "T---L"), ("ok", "--MRL")],
)
def test_posture_labels_read_the_digits(name, word):
    assert posture_labels(POSTURES[name][None]).tolist() == [word]


def test_posture_labels_of_rows_without_a_pose_are_empty():
    angles = np.stack([POSTURES["fist"], np.zeros(20), np.full(20, np.nan)])
    assert posture_labels(angles).tolist() == ["-----", "", ""]


def test_posture_labels_need_the_20_angles():
    with pytest.raises(ValueError, match=r"shape \(3, 5\); pass \(n_samples, 20\)"):
        posture_labels(np.ones((3, 5)))
