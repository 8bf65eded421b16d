"""Moving hands: the player, the films, what is refused."""

import base64
import json
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.animation import writers
from PIL import Image

from emgtut.plots.animation import animate_hand
from emgtut.plots.hand import mm_off, seen_from_the_palm
from emgtut.pose import HandModel, landmarks
from emgtut.sessions.recipe.postures import POSTURES

CLOSING = np.linspace(POSTURES["flat"], POSTURES["fist"], 60)
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")


@pytest.fixture
def two(rng):
    return animate_hand(CLOSING, CLOSING + rng.normal(0, 0.1, 20), rate=15)


def film_of(page):
    """Return what the script of a player is called with."""
    return json.loads(re.search(r'"\), (\{.*\})\);</script>', page)[1])


def coordinates(hand, step):
    steps = np.frombuffer(base64.b64decode(hand["data"]), "<i2").reshape(-1, 21, 3)
    return np.where(steps == -(2**15), np.nan, steps * step)


def test_the_player_carries_the_landmarks(two):
    film = film_of(two.html())
    assert [hand["name"] for hand in film["hands"]] == ["True", "Predicted"]
    for hand, points in zip(film["hands"], two.hands.values(), strict=True):
        np.testing.assert_allclose(
            coordinates(hand, film["step"]),
            seen_from_the_palm(points),
            atol=film["step"] / 2 + 1e-9,
        )
    np.testing.assert_allclose(film["off"], mm_off(*two.hands.values()), atol=0.051)


def test_the_player_is_small_and_fetches_nothing(two):
    page = two.html()
    assert len(page.encode()) < 60_000
    code = re.sub(r'"data":"[^"]*"', "", page)
    assert not re.search(r"https?:|//[a-z]|\bimport\b|\bfetch\b|XMLHttp|src=|href=", code)
    shown = two._repr_html_()
    assert page == shown.replace(*ids(shown, page))


def ids(first, second):
    """Return the names of the elements, the one thing that differs between two calls."""
    return [re.search(r'id="(hand-\w+)"', page)[1] for page in (first, second)]


def test_two_players_on_one_page_do_not_meet(two):
    assert len(set(ids(two.html(), two.html()))) == 2


def test_names_cannot_break_out_of_the_page(tmp_path):
    film = animate_hand(CLOSING, CLOSING, rate=15, names=("</script><b>", "a & b"))
    assert film.html().count("</script>") == 1
    page = film.save(tmp_path / "film.html").read_text(encoding="utf-8")
    assert "<title>&lt;/script&gt;&lt;b&gt; and a &amp; b hand</title>" in page


def test_a_page_is_whole(two, tmp_path):
    path = two.save(tmp_path / "new" / "film.html")
    page = path.read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    opened = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, _: opened.append(tag)
    parser.feed(page)
    assert {"meta", "title", "div", "script", "noscript"} <= set(opened)
    assert [p.name for p in path.parent.iterdir()] == ["film.html"]


def test_frames_without_a_pose_are_marked():
    poses = CLOSING.copy()
    poses[10:13] = np.nan
    film = film_of(animate_hand(poses, CLOSING, rate=15).html())
    lost = np.isnan(coordinates(film["hands"][0], film["step"])).all(axis=(1, 2))
    assert np.flatnonzero(lost).tolist() == [10, 11, 12]
    assert film["off"][10:13] == [None] * 3
    assert film["off"][9] == 0


def test_fast_recordings_are_thinned_and_slow_ones_are_not():
    many = np.repeat(CLOSING, 20, axis=0)
    fast = animate_hand(many, rate=2000)
    assert (fast.rate, fast.n_frames) == (2000 / 67, len(many[::67]))
    np.testing.assert_allclose(fast.hands["Hand"], landmarks(many[::67]))
    assert fast.duration == pytest.approx(len(many) / 2000, rel=0.05)
    slow = animate_hand(CLOSING, rate=20)
    assert (slow.rate, slow.n_frames) == (20, 60)


def test_a_right_hand_is_seen_from_its_own_thumb():
    right = animate_hand(CLOSING, rate=15, hand=HandModel.anthropometric(side="right"))
    left = animate_hand(CLOSING, rate=15)
    assert film_of(right.html())["side"] == -film_of(left.html())["side"] < 0


def test_a_film_as_gif(tmp_path, rng):
    film = animate_hand(CLOSING[:8:2], CLOSING[1:9:2], rate=10)
    path = film.save(tmp_path / "film.gif")
    with Image.open(path) as image:
        assert (image.n_frames, image.size) == (4, (720, 440))
        assert image.info["duration"] == 100
    assert [p.name for p in tmp_path.iterdir()] == ["film.gif"]


@pytest.mark.skipif(not writers.is_available("ffmpeg"), reason="needs ffmpeg")
def test_a_film_as_mp4(tmp_path):
    path = animate_hand(CLOSING[:5], rate=10, path=tmp_path / "film.mp4")
    assert (tmp_path / "film.mp4").read_bytes()[4:8] == b"ftyp"
    assert path.n_frames == 5


def test_without_ffmpeg_the_error_says_what_to_do_and_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setitem(mpl.rcParams, "animation.ffmpeg_path", "no-such-program")
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    kept = tmp_path / "film.mp4"
    kept.write_text("before")
    with pytest.raises(RuntimeError, match="pip install imageio-ffmpeg, or save as"):
        animate_hand(CLOSING, rate=15, path=kept)
    assert kept.read_text() == "before"
    assert [p.name for p in tmp_path.iterdir()] == ["film.mp4"]


def test_an_unknown_ending_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"'\.avi'; pass one of '\.html', '\.mp4', '\.gif'"):
        animate_hand(CLOSING, rate=15, path=tmp_path / "film.avi")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("true", "pred", "options", "error"),
    [
        (CLOSING, CLOSING[:-1], {}, "true has 60 frames and pred 59"),
        (CLOSING[0], None, {}, r"shape \(20,\); pass \(n_frames, 20\)"),
        (CLOSING[:0], None, {}, "at least one frame"),
        (np.full((5, 20), np.nan), None, {}, "no frame holds a pose"),
        (np.degrees(CLOSING), None, {}, r"np\.radians"),
        (CLOSING, None, {"rate": 0}, "rate is 0 Hz"),
        (CLOSING, CLOSING, {"names": ("a", "a")}, "two different ones"),
    ],
)
def test_what_cannot_move_is_refused(true, pred, options, error):
    with pytest.raises(ValueError, match=error):
        animate_hand(true, pred, **{"rate": 15} | options)


#: Waits for a few frames, works the player, and writes what it saw into the title of the page.
PROBE = """<script>
addEventListener("error", (event) => { document.title = "failed: " + event.message; });
// Browsers give a frame the time at which it began, which may lie before the script ran.
const later = requestAnimationFrame.bind(window);
window.requestAnimationFrame = (draw) => later((time) => draw(time - 50));
const write = CanvasRenderingContext2D.prototype.fillText;
const words = new Set();
CanvasRenderingContext2D.prototype.fillText = function (text, ...at) {
  words.add(text);
  return write.call(this, text, ...at);
};
setTimeout(() => {
  const root = document.querySelector(".emgtut-hand").shadowRoot;
  const [canvas, clock] = [root.querySelector("canvas"), root.querySelector("output")];
  const press = (key) => { canvas.dispatchEvent(new KeyboardEvent("keydown", { key }));
    return clock.textContent; };
  const pixels = () => canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height)
    .data.filter((v, k) => k % 4 == 3 && v).length;
  const said = [press("Home"), pixels(), press("ArrowRight"), press("End"), pixels(),
    root.querySelector("button").textContent, [...words].sort()];
  document.title = JSON.stringify(said);
}, 300);
</script>"""


@pytest.mark.skipif(not CHROMIUM, reason="needs Chromium")
def test_the_player_plays(two, tmp_path):
    page = two.save(tmp_path / "film.html")
    page.write_text(page.read_text(encoding="utf-8").replace("<div", PROBE + "<div", 1))
    command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"]
    command += ["--disable-background-networking", f"--user-data-dir={tmp_path / 'profile'}"]
    command += ["--virtual-time-budget=2000", "--dump-dom", page.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=90, check=True)
    start, open_hand, second, end, fist, button, words = json.loads(
        re.search(r"<title>(.*)</title>", done.stdout)[1]
    )
    off = mm_off(*two.hands.values())
    assert start == f"0.00 s, {off[0]:.1f} mm off"
    assert second == f"0.07 s, {off[1]:.1f} mm off"
    assert end == f"3.93 s, {off[-1]:.1f} mm off"
    assert button == "Play"
    assert words == ["Predicted", "True"], "not 'no pose'"
    assert open_hand > fist > 20_000
