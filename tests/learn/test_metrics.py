"""Scores: against scikit-learn and definitions, with masks everywhere, on bad input."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import r2_score

from emgtut.learn.metrics import (
    MOVING_LANDMARKS,
    angular_error,
    finger_errors,
    fingertip_distance,
    joint_errors,
    landmark_distance,
    r2,
    r2_per_joint,
    skill,
)
from emgtut.pose import HandModel, landmarks

DEGREES = (angular_error, landmark_distance, fingertip_distance, r2)


@pytest.fixture
def poses(rng):
    """Return truth and prediction, 23 rows of 20 joints."""
    true = rng.normal(0.4, 0.3, (23, 20))
    return true, true + rng.normal(0, 0.1, true.shape)


def test_degrees(poses):
    true, pred = poses
    assert angular_error(true, pred) == pytest.approx(np.degrees(np.abs(true - pred).mean()))
    assert angular_error(np.zeros((5, 20)), np.full((5, 20), np.pi / 2)) == pytest.approx(90)
    np.testing.assert_allclose(
        joint_errors(true, pred), np.degrees(np.abs(true - pred)).mean(axis=0)
    )
    fingers = finger_errors(true, pred)
    assert list(fingers) == ["thumb", "index", "middle", "ring", "little"]
    assert fingers["ring"] == pytest.approx(np.degrees(np.abs(true - pred))[:, 12:16].mean())
    assert np.mean(list(fingers.values())) == pytest.approx(angular_error(true, pred))


@given(arrays(float, (6, 3), elements=st.floats(0.01, 3)), st.floats(-1, 1))
def test_an_offset_is_the_error(true, offset):
    assert angular_error(true, true + offset) == pytest.approx(np.degrees(abs(offset)), abs=1e-9)


def test_one_pose_stands_for_all_rows_even_where_the_table_is_square(rng):
    true, pose = rng.normal(0.4, 0.1, (20, 20)), rng.normal(0.4, 0.1, 20)
    assert angular_error(true, pose) == pytest.approx(angular_error(true, np.tile(pose, (20, 1))))
    # A mask is on rows, never on joints.
    valid = np.arange(20) < 4
    assert angular_error(true, pose, valid=valid) == pytest.approx(angular_error(true[:4], pose))


@pytest.mark.parametrize("score", DEGREES)
def test_rows_without_a_pose_do_not_count(poses, score):
    true, pred = poses
    expected = score(true[:15], pred[:15])
    masked = pred.copy()
    masked[15:] = np.nan
    valid = np.arange(23) < 15
    assert score(true, masked, valid=valid) == pytest.approx(expected)
    # Without a mask, unsolved rows of the truth are left out: zeros, or not finite.
    unsolved = true.copy()
    unsolved[15:18], unsolved[18:] = 0, np.nan
    assert score(unsolved, masked) == pytest.approx(expected)
    # Sessions in a batch: the mask has their shape.
    batch = score(true[:22].reshape(2, 11, 20), pred[:22].reshape(2, 11, 20))
    assert batch == pytest.approx(score(true[:22], pred[:22]))


@pytest.mark.parametrize("score", DEGREES)
def test_no_row_is_nan_without_a_warning(poses, score):
    true, pred = poses
    assert np.isnan(score(true, pred, valid=np.zeros(23, bool)))
    assert np.isnan(joint_errors(true, pred, valid=np.zeros(23, bool))).all()
    assert np.isnan(skill(true, pred, true.mean(axis=0), valid=np.zeros(23, bool)))
    assert np.isnan(r2_per_joint(true, pred, valid=np.zeros(23, bool))).all()


def test_a_prediction_that_is_nan_where_there_is_a_pose_is_seen(poses):
    true, pred = poses
    pred[3, 4] = np.nan
    assert np.isnan(angular_error(true, pred))


def test_r2_is_that_of_scikit_learn(poses):
    true, pred = poses
    true[:, 7] = 0.25
    assert r2(true, pred) == pytest.approx(
        r2_score(true, pred, multioutput="variance_weighted"), rel=1e-12
    )
    moving = np.arange(20) != 7
    np.testing.assert_allclose(
        r2_per_joint(true, pred)[moving],
        r2_score(true[:, moving], pred[:, moving], multioutput="raw_values"),
    )
    assert np.isnan(r2_per_joint(true, pred)[7])
    assert np.isnan(r2(true[:1], pred[:1]))
    assert np.isnan(r2(true[:, [7]], pred[:, [7]]))


def test_skill(poses):
    true, pred = poses
    mean = true.mean(axis=0)
    expected = 1 - angular_error(true, pred) / angular_error(true, mean)
    assert skill(true, pred, mean) == pytest.approx(expected)
    assert skill(true, true, mean) == 1
    assert skill(true, mean, mean) == 0
    assert np.isnan(skill(np.full((3, 2), 0.5), np.zeros((3, 2)), [0.5, 0.5]))


def test_millimetres(poses):
    true, pred = poses
    apart = np.linalg.norm(landmarks(true) - landmarks(pred), axis=-1)
    still = [8, 11, 14, 17]
    moving = [k for k in range(21) if k not in still]
    assert list(MOVING_LANDMARKS) == moving
    assert apart[:, still].max() == 0
    assert landmark_distance(true, pred) == pytest.approx(apart[:, moving].mean())
    assert fingertip_distance(true, pred) == pytest.approx(apart[:, :5].mean())
    small = HandModel.anthropometric(94.0)
    assert landmark_distance(true, pred, hand=small) == pytest.approx(
        landmark_distance(true, pred) * 94 / 188, rel=1e-3
    )
    # More rows than are placed in space at a time.
    many = np.tile(true, (100, 1)), np.tile(pred, (100, 1))
    assert landmark_distance(*many) == pytest.approx(landmark_distance(true, pred))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((np.ones((3, 2)), np.ones((4, 2))), r"true has shape \(3, 2\) and pred \(4, 2\)"),
        ((np.ones((3, 2)), np.ones((3, 1))), "pass one prediction for each row"),
        ((np.full((3, 2), 45.0), np.ones((3, 2))), r"45 rad.*np.radians\(true\)"),
        ((np.float64(1), np.ones(2)), "pass .n_rows, n_joints."),
    ],
)
def test_shapes_and_degrees(arguments, message):
    with pytest.raises(ValueError, match=message):
        angular_error(*arguments)


@pytest.mark.parametrize("valid", [np.ones((3, 2), bool), np.ones(2, bool), np.array([1, 0, 1])])
def test_masks_are_rows_of_true_and_false(valid):
    with pytest.raises(ValueError, match=r"pass True or False for each row: shape \(3,\)"):
        angular_error(np.ones((3, 2)), np.ones((3, 2)), valid=valid)


def test_a_counted_row_has_a_truth():
    with pytest.raises(ValueError, match="true is not finite in rows that valid counts"):
        angular_error([[np.nan, 1.0]], [[1.0, 1.0]], valid=[True])
    with pytest.raises(ValueError, match="true has 5 joints; fingers need the 20"):
        finger_errors(np.ones((3, 5)), np.ones((3, 5)))
