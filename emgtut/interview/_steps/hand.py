"""Step 8: errors in degrees, and a finger in millimetres."""

import numpy as np

from emgtut.interview._answer import Answer, Fault
from emgtut.interview._compare import array, fast_enough, number, refuses, same
from emgtut.interview._registry import check
from emgtut.learn import scratch

_SHAPES = "shapes that do not fit"


def _pair(rng: np.random.Generator, n: int, joints: int) -> tuple[np.ndarray, np.ndarray]:
    true = rng.normal(0.4, 0.3, (n, joints))
    return true, true + rng.normal(0, 0.2, (n, joints))


def _one(error: Answer, *args: np.ndarray) -> float:
    return float(array(error(*args), (), "the error"))


@check("8a", "degrees")
def degrees(error: Answer, rng: np.random.Generator) -> None:
    true = np.zeros((6, 4))
    found = _one(error, true, true + np.pi / 2, np.ones(6, bool))
    if not np.isclose(found, 90):
        raise Fault(
            f"{found:.4g} for predictions that are pi/2 too large", "90", "radians and degrees"
        )


@check("8a", "rows without a truth")
def mask(error: Answer, rng: np.random.Generator) -> None:
    true, pred = _pair(rng, 20, 20)
    valid = rng.random(20) < 0.5
    pred[~valid] += 2
    pred[:, ~valid] += 0.5
    found = _one(error, true, pred, valid)
    off = np.degrees(np.abs(pred - true))
    if np.isclose(found, off[valid].mean()):
        return
    look_at = "which rows enter the mean"
    if np.isclose(found, off.mean()):
        look_at = "valid, which is not used"
    elif np.isclose(found, off[:, valid].mean()):
        look_at = "the axis of the mask: it chose joints, 20 rows have 20 joints here"
    raise Fault(
        f"{found:.4g}", f"{off[valid].mean():.4g}: the mean over {valid.sum()} rows", look_at
    )


@check("8a", "NaN where there is no truth")
def not_a_number(error: Answer, rng: np.random.Generator) -> None:
    true, pred = _pair(rng, 15, 4)
    valid = np.arange(15) % 3 > 0
    pred[~valid] = np.nan
    expected = scratch.angular_error(true, pred, valid)
    found = _one(error, true, pred, valid)
    if not np.isclose(found, expected):
        raise Fault(number(found), number(expected), "0 x NaN, which is NaN; rows can be chosen")


@check("8a", "one pose for all rows")
def one_pose(error: Answer, rng: np.random.Generator) -> None:
    for n, joints in ((12, 7), (20, 20)):
        true, pred = _pair(rng, n, joints)
        valid = rng.random(n) < 0.7
        expected = scratch.angular_error(true, pred[0], valid)
        same(error(true, pred[0], valid), np.array(expected), "the error")


@check("8a", "per joint")
def per_joint(error: Answer, rng: np.random.Generator) -> None:
    true, pred = _pair(rng, 12, 7)
    valid = rng.random(12) < 0.7
    expected = scratch.angular_error(true, pred, valid, per_joint=True)
    same(error(true, pred, valid, per_joint=True), np.asarray(expected), "the error")


@check("8a", "no row with a truth")
def empty(error: Answer, rng: np.random.Generator) -> None:
    true, pred = _pair(rng, 9, 5)
    nothing = np.zeros(9, bool)
    for shape, options in (((), {}), ((5,), {"per_joint": True})):
        found = array(error(true, pred, nothing, **options), shape, "the error")
        if error.warned:
            raise Fault(f"a warning: {error.warned[0]}", "nan, and no warning", "an empty mask")
        if not np.isnan(found).all():
            raise Fault(str(found), "nan", "an empty mask")


@check("8a", _SHAPES)
def refused(error: Answer, rng: np.random.Generator) -> None:
    true, pred = _pair(rng, 9, 5)
    for bad_pred, bad_valid in ((pred[:8], 9), (pred[:, :4], 9), (pred[:, :1], 9), (pred, 8)):
        refuses(error, true, bad_pred, np.ones(bad_valid, bool), because=_SHAPES)


@check("8a", "random masks")
def random_masks(error: Answer, rng: np.random.Generator) -> None:
    for _ in range(20):
        true, pred = _pair(rng, int(rng.integers(2, 40)), int(rng.integers(2, 22)))
        valid = rng.random(len(true)) < 0.8
        valid[0] = True
        expected = scratch.angular_error(true, pred, valid)
        same(error(true, pred, valid), np.array(expected), "the error")


_LENGTHS = (43.0, 27.0, 19.0)
_UP = np.pi / 2


def _points(finger: Answer, *angles: float) -> np.ndarray:
    return array(finger(np.array([angles]), _LENGTHS), (1, 4, 3), "points")[0]


def _at(point: np.ndarray) -> str:
    return "(" + ", ".join(f"{value + 0.0:.1f}" for value in np.round(point, 1)) + ")"


def _expect(point: np.ndarray, place: tuple[float, float, float], what: str, why: str) -> None:
    if not np.allclose(point, place, atol=1e-6):
        raise Fault(f"{what} is at {_at(point)}", f"{_at(np.array(place))} mm", why)


@check("8b", "straight at zero")
def straight(finger: Answer, rng: np.random.Generator) -> None:
    points = _points(finger, 0.0, 0.0, 0.0, 0.0)
    for point, x in zip(points, (0.0, 43.0, 70.0, 89.0), strict=True):
        _expect(point, (x, 0.0, 0.0), "a point of a straight finger", "x, along the finger")


@check("8b", "flexion bends to the palm")
def flexion(finger: Answer, rng: np.random.Generator) -> None:
    first = _points(finger, 0.0, _UP, 0.0, 0.0)[1]
    why = (
        "the unit of the angles"
        if first[0] > 40
        else "the sign of flexion: y points out of the back"
    )
    _expect(first, (0.0, -43.0, 0.0), "with a knuckle at pi/2, the end of the first bone", why)


@check("8b", "flexion adds up along the finger")
def chain(finger: Answer, rng: np.random.Generator) -> None:
    tip = _points(finger, 0.0, _UP, 0.0, 0.0)[3]
    why = "bones beyond a bent joint, which turn with it"
    _expect(tip, (0.0, -89.0, 0.0), "with a knuckle at pi/2, the tip", why)
    tip = _points(finger, 0.0, 0.0, _UP, 0.0)[3]
    _expect(tip, (43.0, -46.0, 0.0), "with the middle joint at pi/2, the tip", why)


@check("8b", "spread turns to the thumb's side")
def spread(finger: Answer, rng: np.random.Generator) -> None:
    tip = _points(finger, _UP, 0.0, 0.0, 0.0)[3]
    _expect(tip, (0.0, 0.0, 89.0), "with a spread of pi/2, the tip", "z, to the thumb's side")


@check("8b", "spread of a bent finger")
def both(finger: Answer, rng: np.random.Generator) -> None:
    tip = _points(finger, np.pi / 6, _UP, 0.0, 0.0)[3]
    why = "the order: the finger bends in a plane, and the spread turns that plane"
    _expect(tip, (0.0, -89.0, 0.0), "with 30 deg of spread and a knuckle at 90 deg, the tip", why)


@check("8b", "bones keep their length")
def bones(finger: Answer, rng: np.random.Generator) -> None:
    points = array(finger(rng.normal(0, 1, (50, 4)), _LENGTHS), (50, 4, 3), "points")
    found = np.linalg.norm(np.diff(points, axis=1), axis=2)
    same(found, np.tile(_LENGTHS, (50, 1)), "length of a bone")


@check("8b", "random poses")
def random_poses(finger: Answer, rng: np.random.Generator) -> None:
    angles = rng.normal(0, 0.8, (200, 4))
    lengths = rng.uniform(10, 50, 3)
    same(finger(angles, lengths), scratch.finger_points(angles, lengths), "points", atol=1e-6)


@check("8b", "many poses")
def speed(finger: Answer, rng: np.random.Generator) -> str:
    angles = rng.normal(0, 0.8, (50_000, 4))
    return "50 000 poses in " + fast_enough(finger, (angles, _LENGTHS), scratch.finger_points)
