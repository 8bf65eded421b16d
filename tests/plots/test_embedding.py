"""Figures of an exploration: what is drawn is what was found."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex

from emgtut import explore
from emgtut.plots import style
from emgtut.plots.embedding import plot_cluster_strip, plot_clusters, plot_scree

RATE = 2000.0


@pytest.fixture
def emg(rng):
    return rng.normal(size=(9000, 6)) * np.repeat([1.0, 5.0, 2.0], 3000)[:, None]


@pytest.fixture(params=["samples", "features"])
def found(request, emg):
    return explore(emg, 3, 4, request.param, sample_rate=RATE)


def is_labelled(ax):
    axes = [ax.xaxis, ax.yaxis, *([ax.zaxis] if ax.name == "3d" else [])]
    assert ax.get_title()
    for axis in axes:
        assert axis.get_label_text().endswith(")"), axis.get_label_text()


def test_scree(found):
    ax = plot_scree(found)
    heights = [bar.get_height() for bar in ax.patches]
    np.testing.assert_allclose(heights, 100 * found.scree)
    np.testing.assert_allclose(ax.lines[0].get_ydata(), 100 * np.cumsum(found.scree))
    faces = [to_hex(bar.get_facecolor()) for bar in ax.patches]
    assert len(set(faces[:3])) == len(set(faces[3:])) == 1
    assert faces[0] != faces[3]
    assert [bar.get_hatch() for bar in ax.patches] == [None] * 3 + ["//"] * 3
    is_labelled(ax)


@pytest.mark.parametrize("dimensions", [2, 3])
def test_clusters(found, dimensions):
    ax = plot_clusters(found, dimensions=dimensions)
    assert len(ax.lines) == 4
    for line in ax.lines:
        k = int(line.get_label().split(":")[0])
        data = np.array(line.get_data_3d() if dimensions == 3 else line.get_data())
        np.testing.assert_array_equal(data.T, found.scores[found.labels == k, :dimensions])
    assert len({line.get_marker() for line in ax.lines}) == 4
    assert len({line.get_color() for line in ax.lines}) == 4
    shares = [text.get_text() for text in ax.get_legend().get_texts()]
    assert [text.split(":")[0] for text in shares] == list("0123")
    is_labelled(ax)
    unit = "stored unit" if found.on == "samples" else "no unit"
    assert ax.get_xlabel() == f"PC1 ({unit})"


def test_clusters_are_drawn_from_far_to_near(found):
    ax = plot_clusters(found)
    towards = np.array([np.cos(a) for a in np.radians([ax.azim, ax.azim - 90, 0])])
    towards *= np.cos(np.radians(ax.elev))
    towards[2] = np.sin(np.radians(ax.elev))
    in_order = sorted(ax.lines, key=lambda line: line.get_zorder())
    near = [found.centers[int(line.get_label()[0])] @ towards for line in in_order]
    assert near == sorted(near)


def test_no_more_points_than_asked_for(found):
    ax = plot_clusters(found, dimensions=2, max_points=40)
    assert 20 < sum(len(line.get_xdata()) for line in ax.lines) <= 40


def test_strip_shows_every_point_where_it_is(emg):
    found = explore(emg, 3, 4, "features", sample_rate=RATE)
    ax = plot_cluster_strip(found)
    (pieces,) = ax.collections
    boxes = [path.get_extents() for path in pieces.get_paths()]
    assert len(boxes) == len(found)  # few windows: one piece each
    order = np.argsort([box.x0 for box in boxes])
    np.testing.assert_allclose([boxes[k].x1 for k in order], found.time)
    rows = [round((boxes[k].y0 + boxes[k].y1) / 2) for k in order]
    assert rows == found.labels.tolist()
    assert (pieces.get_facecolors()[:, 3] == 1).all()
    is_labelled(ax)


def test_strip_of_many_points_is_as_dark_as_a_cluster_is_frequent(emg):
    found = explore(emg, 3, 4, sample_rate=RATE)
    ax = plot_cluster_strip(found)
    (pieces,) = ax.collections
    boxes = [path.get_extents() for path in pieces.get_paths()]
    rows = np.array([round((box.y0 + box.y1) / 2) for box in boxes])
    points_in = pieces.get_facecolors()[:, 3] * np.array([box.width for box in boxes]) * RATE
    counted = [points_in[rows == k].sum() for k in range(4)]
    np.testing.assert_allclose(counted, np.bincount(found.labels), rtol=0.01)
    assert len(boxes) < 5000


def test_strip_leaves_a_hole_open(session_file):
    stamps = 1.67e9 + np.arange(1200) / 2000
    stamps[600:] += 10.0
    for on in ("samples", "features"):
        found = explore(session_file(time=stamps), on=on, window=0.02, hop=0.01)
        (pieces,) = plot_cluster_strip(found).collections
        boxes = [path.get_extents() for path in pieces.get_paths()]
        assert not any(box.x0 < 5 < box.x1 for box in boxes)
        assert min(box.x0 for box in boxes if box.x0 > 5) == pytest.approx(
            10 + 600 / 2000, abs=0.02
        )


def test_session_unit_on_the_axes(session_file):
    found = explore(session_file(emg_unit="uV"))
    assert plot_clusters(found, dimensions=2).get_ylabel() == "PC2 (µV)"


@pytest.mark.parametrize("plot", [plot_scree, plot_clusters, plot_cluster_strip])
def test_draws_where_told_and_leaves_settings_alone(found, plot):
    before = plt.rcParams.copy()
    kw = {"subplot_kw": {"projection": "3d"}} if plot is plot_clusters else {}
    figure, ax = plt.subplots(**kw)
    assert plot(found, ax=ax) is ax
    assert figure.axes == [ax]
    figure.canvas.draw()
    assert plt.rcParams == before
    assert plot(found).figure is not figure


def test_two_of_many_clusters_never_look_the_same(emg):
    found = explore(emg, 2, 25, sample_rate=RATE)
    ax = plot_clusters(found, dimensions=2)
    assert len({(line.get_color(), line.get_marker()) for line in ax.lines}) == 25


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"dimensions": 4}, ValueError, "dimensions is 4; pass one of 3, 2"),
        ({"dimensions": 3}, ValueError, "dimensions is 3, but 2 components.*n_components=3"),
        ({"dimensions": 2, "max_points": 0}, ValueError, "max_points is 0; pass"),
        ({"dimensions": 2, "ax": "here"}, TypeError, "ax is 'here'; pass one matplotlib Axes"),
    ],
)
def test_bad_input_is_named(emg, change, error, says):
    found = explore(emg, 2, 4, sample_rate=RATE)
    with pytest.raises(error, match=says):
        plot_clusters(found, **change)


def test_flat_axes_for_three_dimensions_are_refused(found):
    _, ax = plt.subplots()
    with pytest.raises(ValueError, match=r"make it with plt.subplots.*'projection': '3d'"):
        plot_clusters(found, ax=ax)
    _, ax = plt.subplots(subplot_kw={"projection": "3d"})
    with pytest.raises(ValueError, match=r"ax has projection '3d'; make it with plt.subplots\(\)"):
        plot_scree(found, ax=ax)


def test_colours_stay_apart_in_print():
    """Lightness of neighbours in the palette differs, or their markers do."""
    assert len(set(style.COLORS)) == len(style.COLORS) == len(set(style.MARKERS))
