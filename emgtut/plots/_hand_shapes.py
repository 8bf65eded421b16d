"""The shape of a hand around its landmarks: a palm, tapering digits, what light falls on them.

Points are as somebody sees them: to the right, up, and towards the viewer, in mm.
"""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from scipy.spatial import ConvexHull

from emgtut.anatomy import FINGER_LANDMARKS, FINGERS, LANDMARKS
from emgtut.plots.style import COLORS

#: Colour of each digit, and of the rest.
FINGER_COLORS = dict(zip(FINGERS, COLORS, strict=False))
PALM_COLOR = "#e7dfd6"

_WRIST = LANDMARKS.index("WRIST_JOINT")
_KNUCKLES = [FINGER_LANDMARKS[finger][1] for finger in FINGERS[1:]]
_THUMB_KNUCKLE = FINGER_LANDMARKS["thumb"][1]
_MIDDLE_KNUCKLE = FINGER_LANDMARKS["middle"][1]

#: Radii from the knuckle to the tip, as shares of the length from the wrist to the middle knuckle.
#: The thumb, with one joint less, begins at the second.
RADII = (0.105, 0.095, 0.085, 0.07)
THICKNESS = {"thumb": 1.2, "index": 1.0, "middle": 1.0, "ring": 0.97, "little": 0.85}
_TIP_DOT, _LONGEST_EDGE = 1.6, 14.0  # mm
#: Where the light comes from: the viewer's upper left.
_LIGHT = np.array([-0.36, 0.46, 0.81])


def size_of(seen: np.ndarray) -> float:
    """Return the length from the wrist to the knuckle of the middle finger."""
    return float(np.linalg.norm(seen[_MIDDLE_KNUCKLE] - seen[_WRIST]))


def flat_shapes(seen: np.ndarray, color: str | None) -> list[tuple[float, np.ndarray, str]]:
    """Return palm, digits and tips as outlines, far ones first: depth, corners, colour."""
    centres, radii = _balls(seen)
    palm = _wrapped([_circle(c, r) for c, r in zip(centres, radii, strict=True)])
    shapes = [(float(np.mean(centres[:, 2])), palm, PALM_COLOR)]
    for a, b, ra, rb, paint in _pieces(seen, color):
        shapes.append((float(a[2] + b[2]) / 2, _wrapped([_circle(a, ra), _circle(b, rb)]), paint))
    for chain in FINGER_LANDMARKS.values():
        # A tip lies on its piece, above it by a hair.
        depth = float(seen[list(chain[-2:]), 2].mean())
        shapes.append((depth + 1e-6, _circle(seen[chain[-1]], _TIP_DOT, 16), "white"))
    return sorted(shapes, key=lambda shape: shape[0])


def solid_faces(seen: np.ndarray, color: str | None) -> list[tuple[np.ndarray, str, float]]:
    """Return the faces of a hand in space: corners, colour, and how much light they get."""
    centres, radii = _balls(seen)
    balls = [_sphere(c, r).reshape(-1, 3) for c, r in zip(centres, radii, strict=True)]
    skin = np.concatenate(balls) * [1, 1, 0.7]  # a palm is flatter than it is wide
    hull = skin[ConvexHull(skin).simplices]
    faces = [(part, PALM_COLOR) for face in hull for part in _split(face)]
    for a, b, ra, rb, paint in _pieces(seen, color):
        piece = [*_quads(_sphere(a, ra)), *_quads(_sphere(b, rb)), *_tube(a, b, ra, rb)]
        faces += [(face, paint) for face in piece]
    return [(face, paint, _light(face)) for face, paint in faces]


def _balls(seen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return centres and radii of the balls that the skin of palm and forearm wraps."""
    size = size_of(seen)
    along = (seen[_MIDDLE_KNUCKLE] - seen[_WRIST]) / size
    across = seen[_KNUCKLES[0]] - seen[_KNUCKLES[-1]]
    across = across - (across @ along) * along
    across = 0.12 * size * across / np.linalg.norm(across)
    down = -0.22 * size * along
    wrist = [seen[_WRIST] + across, seen[_WRIST] - across]
    # The palm holds half of the thumb's first bone.
    thumb = [(seen[_WRIST] + seen[_THUMB_KNUCKLE]) / 2]
    centres = [*wrist, *(ball + down for ball in wrist), *thumb, *seen[_KNUCKLES]]
    return np.array(centres), size * np.array([0.17] * 4 + [0.15] + [0.12] * 4)


def _pieces(
    seen: np.ndarray, color: str | None
) -> Iterator[tuple[np.ndarray, np.ndarray, float, float, str]]:
    """Yield what is neither palm nor forearm: both ends, both radii, colour."""
    size = size_of(seen)
    base, knuckle = (seen[_WRIST] + seen[_THUMB_KNUCKLE]) / 2, seen[_THUMB_KNUCKLE]
    yield base, knuckle, 0.15 * size, 0.12 * size, PALM_COLOR
    for finger, chain in FINGER_LANDMARKS.items():
        radii = size * THICKNESS[finger] * np.array(RADII[-len(chain) + 1 :])
        at = [seen[k] for k in chain[1:]]
        # The round cap of the last piece ends at the tip.
        back = at[-2] - at[-1]
        at[-1] = at[-1] + back * min(radii[-1] / np.linalg.norm(back), 0.8)
        for (a, b), (ra, rb) in zip(pairwise(at), pairwise(radii), strict=True):
            yield a, b, ra, rb, color or FINGER_COLORS[finger]


def _circle(centre: np.ndarray, radius: float, n: int = 40) -> np.ndarray:
    angle = np.linspace(0, 2 * np.pi, n, endpoint=False)
    return centre[:2] + radius * np.column_stack([np.cos(angle), np.sin(angle)])


def _wrapped(outlines: list[np.ndarray]) -> np.ndarray:
    """Return the corners of a rubber band around outlines."""
    corners = np.concatenate(outlines)
    return corners[ConvexHull(corners).vertices]


def _sphere(centre: np.ndarray, radius: float, n: int = 8) -> np.ndarray:
    """Return a grid on a sphere, (n + 1, 2 n + 1, 3)."""
    polar, round_ = np.linspace(0, np.pi, n + 1)[:, None], np.linspace(0, 2 * np.pi, 2 * n + 1)
    grid = np.stack(
        [
            np.sin(polar) * np.cos(round_),
            np.sin(polar) * np.sin(round_),
            np.cos(polar) + 0 * round_,
        ],
        axis=-1,
    )
    return centre + radius * grid


def _quads(grid: np.ndarray) -> list[np.ndarray]:
    """Return the faces between neighbours of a grid, corners in order."""
    corners = [grid[:-1, :-1], grid[1:, :-1], grid[1:, 1:], grid[:-1, 1:]]
    return list(np.stack(corners, axis=2).reshape(-1, 4, 3))


def _tube(a: np.ndarray, b: np.ndarray, ra: float, rb: float, n: int = 16) -> list[np.ndarray]:
    """Return the faces of a cone without its ends."""
    along = (b - a) / np.linalg.norm(b - a)
    aside = np.cross(along, np.eye(3)[np.argmin(np.abs(along))])
    aside /= np.linalg.norm(aside)
    angle = np.linspace(0, 2 * np.pi, n + 1)[:, None]
    ring = np.cos(angle) * aside + np.sin(angle) * np.cross(along, aside)
    return _quads(np.stack([a + ra * ring, b + rb * ring]))


def _split(face: np.ndarray) -> Iterator[np.ndarray]:
    """Yield a triangle in parts of short edges, which can be sorted among other small faces."""
    edges = np.linalg.norm(face - np.roll(face, -1, axis=0), axis=1)
    k = int(edges.argmax())
    if edges[k] < _LONGEST_EDGE:
        yield face
        return
    a, b, c = np.roll(face, -k, axis=0)
    for part in ([a, (a + b) / 2, c], [(a + b) / 2, b, c]):
        yield from _split(np.array(part))


def _light(face: np.ndarray) -> float:
    """Return how much light falls on a face, 0 to 1."""
    normal = np.cross(face[2] - face[0], face[-1] - face[1])  # of a triangle and a quadrangle
    return float(0.45 + 0.55 * abs(normal @ _LIGHT) / np.linalg.norm(normal))
