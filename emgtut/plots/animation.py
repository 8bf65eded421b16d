"""Moving hands: a small player for pages, and films."""

import base64
import html
import json
import os
import uuid
from collections.abc import Iterable
from functools import cache, cached_property
from importlib import import_module, resources
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.animation import AbstractMovieWriter, FFMpegWriter, PillowWriter
from matplotlib.animation import writers as movie_writers
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from emgtut import _checks
from emgtut.anatomy import FINGER_LANDMARKS, LANDMARKS
from emgtut.plots import _hand_shapes, style
from emgtut.plots.hand import draw_hand, is_right, mm_off, points_of, seen_from_the_palm
from emgtut.pose import HandModel
from emgtut.sessions.writer import beside

#: Frames a second that a film has at most; a player draws smoothly between them.
_FASTEST = 30.0
#: Step of the coordinates in a player, in mm, and the number that stands for no pose.
_STEP, _NO_POSE = 0.02, -(2**15)
_SUFFIXES = (".html", ".mp4", ".gif")
_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark }}
body {{ margin: 1.5rem auto; padding: 0 1rem; max-width: 46rem; background: Canvas;
  color: CanvasText }}
</style>
{player}
</html>
"""


class HandAnimation:
    """Hands that move: shown in a notebook or a page, saved as a page or a film.

    Made by `emgtut.plots.animate_hand`.

    Parameters
    ----------
    hands : dict of str to ndarray of shape (n_frames, 21, 3)
        Landmarks by the name of the hand, in mm; NaN where there is no pose.
    rate : float
        Frames a second, in Hz.
    off : ndarray of shape (n_frames,), optional
        How far two hands are apart, in mm.

    Examples
    --------
    >>> import numpy as np
    >>> from emgtut.plots.animation import animate_hand
    >>> closing = np.linspace(0, 0.8, 40)[:, None] * np.ones(20)
    >>> film = animate_hand(closing, rate=20)
    >>> film.n_frames, film.duration
    (40, 2.0)
    """

    def __init__(
        self, hands: dict[str, np.ndarray], *, rate: float, off: np.ndarray | None = None
    ) -> None:
        self.hands = hands
        self.rate = rate
        self._off = off

    @property
    def n_frames(self) -> int:
        """Number of frames."""
        return len(next(iter(self.hands.values())))

    @property
    def duration(self) -> float:
        """How long it takes, in seconds."""
        return self.n_frames / self.rate

    def __repr__(self) -> str:
        names = ", ".join(map(repr, self.hands))
        return f"<HandAnimation of {names}: {self.duration:.1f} s at {self.rate:g} Hz>"

    def _repr_html_(self) -> str:
        return self.html()

    def html(self) -> str:
        """Return a player as a piece of HTML for any page: needs no network and no file.

        It follows the colours of the page, can be worked with the keyboard, and stands still for
        readers who asked for less motion.

        Returns
        -------
        str
            An element and its script.

        Examples
        --------
        >>> import numpy as np
        >>> from emgtut.plots.animation import animate_hand
        >>> "<script>" in animate_hand(np.zeros((5, 20)), rate=10).html()
        True
        """
        seen = {name: seen_from_the_palm(points) for name, points in self.hands.items()}
        some = next(iter(self.hands.values()))
        solved = int(np.isfinite(some).all(axis=(1, 2)).argmax())
        size = _hand_shapes.size_of(some[solved])
        film = {
            "hands": [
                {"name": name, "data": base64.b64encode(_steps(points)).decode()}
                for name, points in seen.items()
            ],
            "off": None if self._off is None else _numbers(self._off),
            "rate": self.rate,
            "step": _STEP,
            "points": len(LANDMARKS),
            "wrist": LANDMARKS.index("WRIST_JOINT"),
            "chains": list(FINGER_LANDMARKS.values()),
            "paints": list(_hand_shapes.FINGER_COLORS.values()),
            "palm": _hand_shapes.PALM_COLOR,
            "radii": _hand_shapes.RADII,
            "thickness": list(_hand_shapes.THICKNESS.values()),
            "side": -np.pi / 2 if is_right(some) else np.pi / 2,
            "middle": 0.77 * size,
            "width": 2.5 * size,
            "height": 2.6 * size,
        }
        name = f"hand-{uuid.uuid4().hex[:12]}"
        # "</" would end the script of a page, wherever it stands.
        data = json.dumps(film, separators=(",", ":")).replace("</", "<\\/")
        return (
            f'<div id="{name}" class="emgtut-hand"></div>\n'
            f'<script>{_player()}(document.getElementById("{name}"), {data});</script>\n'
            "<noscript>The moving hand needs JavaScript.</noscript>"
        )

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write a page or a film.

        Parameters
        ----------
        path : path-like
            ``.html`` for a page with the player, ``.mp4`` or ``.gif`` for a film. An existing file
            is replaced when the new one is whole.

        Returns
        -------
        pathlib.Path
            The file.

        Raises
        ------
        RuntimeError
            If an ``.mp4`` is asked for and there is no ffmpeg.
        """
        target = Path(path).expanduser()
        kind = _checks.one_of("ending of path", target.suffix.lower(), _SUFFIXES)
        with beside(target) as part:
            if kind == ".html":
                title = html.escape(f"{' and '.join(self.hands)} hand")
                part.write_text(_PAGE.format(title=title, player=self.html()), encoding="utf-8")
            else:
                self._film(part, kind)
        return target

    @style.themed
    def _film(self, part: Path, kind: str) -> None:
        """Write frame after frame; what is written becomes the part when it is whole."""
        whole = part.with_suffix(kind)  # writers go by the ending
        rate: Any = self.rate  # both take fractions
        with mpl.rc_context():
            writer: AbstractMovieWriter = PillowWriter(rate)
            if kind == ".mp4":
                mpl.rcParams["animation.ffmpeg_path"] = _ffmpeg()
                # This layout of pixels is what browsers play.
                writer = FFMpegWriter(rate, codec="libx264", extra_args=["-pix_fmt", "yuv420p"])
            width = 3.6 * len(self.hands)
            figure, grid = plt.subplots(1, len(self.hands), figsize=(width, 4.4), squeeze=False)
            try:
                with writer.saving(figure, whole, dpi=100):
                    for frame in range(self.n_frames):
                        self._paint(figure, grid.flat, frame)
                        writer.grab_frame()
                whole.replace(part)
            finally:
                whole.unlink(missing_ok=True)
                plt.close(figure)

    def _paint(self, figure: Figure, panels: Iterable[Axes], frame: int) -> None:
        left, right, low, high = self._limits
        for ax, (name, points) in zip(panels, self.hands.items(), strict=True):
            ax.clear()
            ax.set_axis_off()
            if np.isfinite(points[frame]).all():
                draw_hand(points[frame], ax=ax)
            else:
                ax.text(0.5, 0.5, "no pose", ha="center", transform=ax.transAxes)
            ax.set(xlim=(left, right), ylim=(low, high))
            ax.set_title(name, y=1.0)
        text = f"{frame / self.rate:.2f} s"
        if self._off is not None and np.isfinite(self._off[frame]):
            text += f", {self._off[frame]:.1f} mm off"
        figure.suptitle(text, fontsize=10)

    @cached_property
    def _limits(self) -> tuple[float, float, float, float]:
        """Return limits, in mm, that hold every frame of every hand."""
        seen = np.concatenate([seen_from_the_palm(p).reshape(-1, 3) for p in self.hands.values()])
        low, high = np.nanmin(seen, axis=0), np.nanmax(seen, axis=0)
        return low[0] - 20, high[0] + 20, low[1] - 65, high[1] + 15


def animate_hand(
    true: ArrayLike,
    pred: ArrayLike | None = None,
    *,
    rate: float,
    path: str | os.PathLike[str] | None = None,
    hand: HandModel | None = None,
    names: tuple[str, str] = ("True", "Predicted"),
) -> HandAnimation:
    """Show a hand moving, or a true hand beside a predicted one.

    Parameters
    ----------
    true : array-like of shape (n_frames, 20) or (n_frames, 21, 3)
        Joint angles, in radians, or landmarks, in mm. Frames that are not finite show no hand.
    pred : array-like of the same length, optional
        What was predicted for the same moments.
    rate : float
        Frames a second, in Hz. Of more than 30 a second, every second, third, ... is taken.
    path : path-like, optional
        Where to save it, see `emgtut.plots.animation.HandAnimation.save`: a page (``.html``) or a
        film (``.mp4``, ``.gif``).
    hand : HandModel, optional
        The hand that angles are applied to.
    names : (str, str)
        What the two are called, where there are two.

    Returns
    -------
    HandAnimation
        Shows itself in notebooks and on the pages of the gallery.

    Raises
    ------
    ValueError
        If there is no frame, no frame with a pose, or the two differ in length.
    RuntimeError
        If an ``.mp4`` is asked for and there is no ffmpeg.

    Examples
    --------
    >>> import numpy as np
    >>> from emgtut.plots.animation import animate_hand
    >>> closing = np.linspace(0, 0.8, 400)[:, None] * np.ones(20)
    >>> animate_hand(closing, closing + 0.1, rate=200)
    <HandAnimation of 'True', 'Predicted': 2.0 s at 28.5714 Hz>
    """
    rate = _checks.positive("rate", rate, "Hz")
    every = max(1, int(np.ceil(rate / _FASTEST)))
    if names[0] == names[1]:
        raise ValueError(f"names are {names!r}; pass two different ones")
    tracks = {"Hand": true} if pred is None else {names[0]: true, names[1]: pred}
    hands, lengths = {}, []
    for name, poses in tracks.items():
        poses = np.asarray(poses, float)
        if poses.ndim not in (2, 3) or not len(poses):
            raise ValueError(
                f"{name}: poses have shape {poses.shape}; pass (n_frames, 20) joint angles or "
                "(n_frames, 21, 3) landmarks, at least one frame"
            )
        hands[name] = points_of(poses[::every], hand=hand)
        lengths.append(len(poses))
        if not np.isfinite(hands[name]).all(axis=(1, 2)).any():
            raise ValueError(f"{name}: no frame holds a pose; pass rows that are solved")
    if len(set(lengths)) > 1:
        raise ValueError(
            f"true has {lengths[0]} frames and pred {lengths[1]}; pass as many of both"
        )
    off = mm_off(*hands.values()) if pred is not None else None
    film = HandAnimation(hands, rate=rate / every, off=off)
    if path is not None:
        film.save(path)
    return film


def _steps(seen: np.ndarray) -> bytes:
    """Return coordinates as 16-bit steps, little end first."""
    lost = ~np.isfinite(seen).all(axis=(1, 2))
    steps = np.round(np.where(lost[:, None, None], 0, seen) / _STEP)
    steps = np.clip(steps, _NO_POSE + 1, -_NO_POSE - 1).astype("<i2")
    steps[lost] = _NO_POSE
    return steps.tobytes()


def _numbers(values: np.ndarray) -> list[float | None]:
    """Return numbers as JSON knows them: nothing for NaN."""
    return [round(float(v), 1) if np.isfinite(v) else None for v in values]


@cache
def _player() -> str:
    """Return the script of the player: one function."""
    script = resources.files("emgtut.plots").joinpath("static", "hand_player.js")
    return script.read_text(encoding="utf-8").strip()


def _ffmpeg() -> str:
    """Return the path of ffmpeg: the one of the system, or that of imageio-ffmpeg."""
    if movie_writers.is_available("ffmpeg"):
        return str(mpl.rcParams["animation.ffmpeg_path"])
    try:
        return str(import_module("imageio_ffmpeg").get_ffmpeg_exe())
    except (ImportError, RuntimeError) as error:
        raise RuntimeError(
            "writing .mp4 needs ffmpeg, which is not here; install it, type pip install "
            "imageio-ffmpeg, or save as .html or .gif"
        ) from error
