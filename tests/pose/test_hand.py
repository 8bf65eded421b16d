"""The hand at rest: what is checked, what is scaled, and hands from a file."""

import json

import numpy as np
import pytest

from emgtut.anatomy import FINGER_LANDMARKS, LANDMARKS
from emgtut.pose import HandModel, landmarks
from emgtut.pose.hand import N_BONES, UMETRACK_JSON

HAND = HandModel.anthropometric()
PALM = LANDMARKS.index("PALM_CENTER")


def as_umetrack(hand, **changes):
    """Return a hand in the layout of UmeTrack: up to three bones a landmark, two wrist joints."""
    order = np.argsort(-hand.weights, axis=1)[:, :3]
    content = {
        "joint_rotation_axes": [*hand.axes.tolist(), [0, 1, 0], [0, 0, 1]],
        "joint_rest_positions": [*hand.points.tolist(), [0, 0, 0], [0, 0, 0]],
        "joint_parent": [255.0] * 22,
        "landmark_rest_positions": hand.landmarks.tolist(),
        "landmark_rest_bone_indices": order.astype(float).tolist(),
        "landmark_rest_bone_weights": np.take_along_axis(hand.weights, order, 1).tolist(),
        "hand_scale": 1.0,
    }
    return content | changes


@pytest.fixture
def umetrack(tmp_path):
    def write(hand=HAND, **changes):
        path = tmp_path / "generic_hand_model.json"
        path.write_text(json.dumps(as_umetrack(hand, **changes)))
        return path

    return write


def part(**changes):
    fields = {name: getattr(HAND, name) for name in ("axes", "points", "landmarks", "weights")}
    return HandModel(**fields | changes)


def test_lengths_are_those_that_were_published():
    # The default differs from the sum of the published lengths by a twentieth of a percent.
    scale = 188 / 187.9
    for finger, bones in {
        "thumb": (31.6, 21.7 + 5.7),
        "index": (39.8, 22.4, 15.8 + 3.8),
        "middle": (44.6, 26.3, 17.4 + 4.0),
        "ring": (41.4, 25.7, 17.3 + 4.0),
        "little": (32.7, 18.1, 16.0 + 3.7),
    }.items():
        chain = HAND.landmarks[list(FINGER_LANDMARKS[finger])[1:]]
        np.testing.assert_allclose(
            np.linalg.norm(np.diff(chain, axis=0), axis=1), np.multiply(scale, bones), rtol=1e-9
        )


def test_axes_are_of_length_one_and_across_their_bones():
    np.testing.assert_allclose(np.linalg.norm(HAND.axes, axis=1), 1)
    for finger, first in zip(FINGER_LANDMARKS, range(0, 20, 4), strict=True):
        chain = HAND.landmarks[list(FINGER_LANDMARKS[finger])]
        np.testing.assert_allclose(
            HAND.axes[first : first + 4] @ (chain[-1] - chain[-2]), 0, atol=1e-9
        )


def test_a_hand_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        HAND.axes[0] = 0
    with pytest.raises(AttributeError):
        HAND.name = "mine"
    mine = HAND.points.copy()
    hand = part(points=mine)
    mine[:] = 0
    np.testing.assert_array_equal(hand.points, HAND.points)


def test_mirrored_twice_is_the_hand_itself():
    other = HAND.mirrored()
    assert (other.side, other.mirrored().side) == ("right", "left")
    assert other.name == HAND.name
    for name in ("axes", "points", "landmarks", "weights"):
        np.testing.assert_array_equal(getattr(other.mirrored(), name), getattr(HAND, name))


@pytest.mark.parametrize(("length", "error"), [(0, "above 0"), (-3, "above 0"), (np.nan, "finite")])
def test_a_length_that_is_none_is_refused(length, error):
    with pytest.raises(ValueError, match=error):
        HandModel.anthropometric(length)


@pytest.mark.parametrize("length", [18.8, 0.188, 1880])
def test_a_length_in_another_unit_is_refused(length):
    with pytest.raises(ValueError, match=r"in mm, 50 to 300, such as 188"):
        HandModel.anthropometric(length)


def test_an_unknown_side_is_refused():
    with pytest.raises(ValueError, match="pass one of 'left', 'right'"):
        HandModel.anthropometric(side="both")


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"axes": np.zeros((22, 3))}, r"axes has shape \(22, 3\); pass \(20, 3\)"),
        ({"axes": HAND.axes * 2}, "divide each by its norm"),
        ({"points": np.full((20, 3), np.nan)}, "points holds NaN"),
        ({"weights": np.zeros((21, N_BONES))}, "do not sum to 1"),
    ],
)
def test_arrays_that_are_no_hand_are_refused(change, error):
    with pytest.raises(ValueError, match=error):
        part(**change)


def test_a_hand_from_a_file_is_that_hand(umetrack, rng):
    # As in Meta's file, the centre of the palm follows more than one bone.
    weights = HAND.weights.copy()
    weights[PALM, [1, 5, 8]] = 0.887, 0.036, 0.077
    hand = part(weights=weights)
    loaded = HandModel.from_umetrack_json(umetrack(hand))
    assert repr(loaded) == "HandModel('generic_hand_model', side='left')"
    angles = rng.uniform(-1, 1.5, (50, 20))
    np.testing.assert_allclose(
        landmarks(angles, hand=loaded), landmarks(angles, hand=hand), atol=1e-12
    )
    palm = landmarks(angles, hand=loaded)[:, PALM]
    assert palm.std(axis=0).max() > 0.1


def test_unused_entries_may_name_a_bone_again(umetrack):
    content = as_umetrack(HAND)
    bones = np.array(content["landmark_rest_bone_indices"])
    bones[:, 1:] = bones[:, :1]
    loaded = HandModel.from_umetrack_json(umetrack(landmark_rest_bone_indices=bones.tolist()))
    np.testing.assert_array_equal(loaded.weights, HAND.weights)


def test_the_wrist_joints_are_left_out(umetrack):
    axes = [*HAND.axes.tolist(), [9, 9, 9], [9, 9, 9]]
    loaded = HandModel.from_umetrack_json(umetrack(joint_rotation_axes=axes))
    np.testing.assert_array_equal(loaded.axes, HAND.axes)


def test_the_path_may_stand_in_the_environment(umetrack, monkeypatch):
    monkeypatch.setenv(UMETRACK_JSON, str(umetrack()))
    np.testing.assert_array_equal(HandModel.from_umetrack_json().points, HAND.points)
    monkeypatch.delenv(UMETRACK_JSON)
    with pytest.raises(ValueError, match=f"no {UMETRACK_JSON}; pass the path of"):
        HandModel.from_umetrack_json()


def test_a_truncated_file_says_so(umetrack):
    path = umetrack()
    path.write_text(path.read_text()[:900])
    with pytest.raises(ValueError, match=r"generic_hand_model\.json: no JSON, or only a part"):
        HandModel.from_umetrack_json(path)


@pytest.mark.parametrize("content", [b"", b"\x89HDF\r\n\x1a\n\xff", b"{"])
def test_what_is_no_json_says_so(content, tmp_path):
    path = tmp_path / "hand.json"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"hand\.json: no JSON"):
        HandModel.from_umetrack_json(path)


@pytest.mark.parametrize("content", ["[]", "3", '{"bones": []}', "null"])
def test_a_foreign_file_names_what_it_lacks(content, tmp_path):
    path = tmp_path / "foreign.json"
    path.write_text(content)
    with pytest.raises(ValueError, match=r"foreign\.json: has no joint_rotation_axes, .*; pass a"):
        HandModel.from_umetrack_json(path)


@pytest.mark.parametrize(
    ("key", "value", "error"),
    [
        ("joint_rest_positions", [[0, 0, 0]] * 20, "no table of 22 x 3 numbers"),
        ("landmark_rest_positions", "far", "no table of 21 x 3 numbers"),
        ("landmark_rest_positions", [[0, 0], [0]], "no table of 21 x 3 numbers"),
        ("landmark_rest_positions", [[0, 0, None]] * 21, "holds NaN"),
        ("landmark_rest_bone_indices", [[1, 2, 17]] * 21, "bones 0 to 16"),
        ("landmark_rest_bone_indices", [[1, 2, 2.5]] * 21, "bones 0 to 16"),
        ("landmark_rest_bone_weights", [[1, 1, 1]] * 21, "do not sum to 1"),
        ("joint_rotation_axes", [[1, 1, 1]] * 22, "axes are not of length 1"),
        ("joint_rest_positions", [[np.nan, 0, 0]] * 22, "holds NaN"),
    ],
)
def test_a_damaged_table_is_named_with_the_file(key, value, error, umetrack):
    with pytest.raises(ValueError, match=rf"generic_hand_model\.json: .*{error}"):
        HandModel.from_umetrack_json(umetrack(**{key: value}))
