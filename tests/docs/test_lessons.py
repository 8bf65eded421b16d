"""Lessons meet their bars, run, draw labelled figures, and have solutions that work."""

import contextlib
import io
import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest
from lesson_bars import BARS, Lesson, faults

GALLERY = Path(__file__).resolve().parents[2] / "gallery"
LESSONS = sorted(GALLERY.glob("*/[0-9]*.py"))
CLAIMS = tomllib.loads(Path(__file__).with_name("claims.toml").read_text(encoding="utf-8"))
MODEL = GALLERY / "1_first_look" / "11_inside_a_session.py"

each_lesson = pytest.mark.parametrize("path", LESSONS, ids=[p.stem for p in LESSONS])


@each_lesson
def test_lesson_meets_the_bars(path):
    assert faults(Lesson(path)) == []


def test_stems_are_unique_and_none_lies_in_the_root():
    assert not list(GALLERY.glob("*.py"))
    assert max(Counter(p.stem for p in LESSONS).values()) == 1


@each_lesson
def test_lesson_runs_and_its_solutions_work(path, tmp_path, monkeypatch):
    """Run the script, look at what it printed and drew, then run each solution after it."""
    import matplotlib.pyplot as plt

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(plt, "show", lambda **_: None)
    lesson = Lesson(path)
    scope = {"__name__": "__main__"}
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        for number, cell in enumerate(lesson.cells, start=1):
            exec(compile(cell, f"{path.name}, cell {number}", "exec"), scope)
    facts = {} if lesson.recipe else scope["facts"]
    assert lesson.recipe or len(facts) >= 5
    assert list(untrue(lesson, facts)) == []
    shown = printed.getvalue()
    assert not re.search(r"Traceback|object at 0x|\[Text\(|" + re.escape(str(Path.home())), shown)
    figures = [plt.figure(number) for number in plt.get_fignums()]
    assert len(figures) == 1 if lesson.recipe else figures
    assert [fault for figure in figures for fault in unlabelled(figure)] == []
    for number, solution in enumerate(lesson.solutions, start=1):
        exec(compile(solution, f"{path.name}, solution {number}", "exec"), dict(scope))
    assert list(tmp_path.iterdir()) == [], "the lesson left files"


def untrue(lesson, facts):
    """Return the sentences that the page does not say, or that its results contradict."""
    page = " ".join(" ".join(lesson.texts).split())
    for sentence, condition in CLAIMS.get(lesson.path.stem, {}).items():
        if sentence not in page or not eval(condition, {}, dict(facts)):
            yield sentence


def test_a_false_sentence_is_noticed():
    assert CLAIMS.keys() <= {path.stem for path in LESSONS}
    facts = dict.fromkeys(re.findall(r"[a-z]\w+", " ".join(CLAIMS[MODEL.stem].values())), 0.0)
    assert "the error grows although no unsolved row is scored" in untrue(Lesson(MODEL), facts)


def unlabelled(figure):
    """Return what a figure lacks: a title, a label, a unit. MNE's browser has rules of its own."""
    if type(figure).__name__ == "MNEBrowseFigure":
        return
    axes = [ax for ax in figure.axes if ax.axison]
    titles = [*(ax.get_title(loc=loc) for ax in figure.axes for loc in ("left", "center"))]
    if not any([figure.get_suptitle(), *titles]):
        yield f"figure {figure.number} has no title"
    for ax in axes:
        for axis in (ax.xaxis, ax.yaxis, *([ax.zaxis] if hasattr(ax, "zaxis") else [])):
            drawn = axis.get_visible() and any(t.get_text() for t in axis.get_ticklabels())
            shared = figure.get_supxlabel() if axis is ax.xaxis else figure.get_supylabel()
            label = axis.get_label_text() or shared
            if drawn and not re.search(r"\(.+\)", label):
                yield f"figure {figure.number}: {axis.axis_name} axis {label!r} names no unit"


#: For each bar, a change to a good lesson that it has to notice.
BROKEN = {
    "B01": ("11_inside_a_session.py", "inside.py"),
    "B02": (r"(?<==\n\n)[^.]+\.", r"\g<0> It is long. It has three sentences."),
    "B03": (r"\* Read", "* Understand"),
    "B04": (r"budget_s=10 ", ""),
    "B05": (r"\n# %%\n", "\n"),
    "B06": (r"(:class: predict\n(?:#.*\n)+)", r"\1#\n# One more sentence after the question.\n"),
    "B07": (r":class: solution\n# +:collapsible: closed", ":class: solution"),
    "B10": (r"\*\*What happened\.\*\*", "**What happened.** The error fell to 8.7 deg."),
    "B20": (r"from emgtut import ", "from emgtut import _checks, "),
    "B23": (r":class: answer\n# +:collapsible: closed", ":class: answer"),
    "B27": (r"\*\*What happened\.\*\*", "**What happened.** Obviously,"),
}


def test_every_bar_has_something_it_notices():
    assert BROKEN.keys() == BARS.keys()


@pytest.mark.parametrize("bar", BROKEN)
def test_bar_notices(bar, tmp_path):
    pattern, replacement = BROKEN[bar]
    folder = tmp_path / MODEL.parent.name
    folder.mkdir()
    if bar == "B01":
        broken, source = folder / replacement, MODEL.read_text(encoding="utf-8")
    else:
        broken = folder / MODEL.name
        source, n_changes = re.subn(pattern, replacement, MODEL.read_text(encoding="utf-8"))
        assert n_changes
    broken.write_text(source, encoding="utf-8")
    assert list(BARS[bar](Lesson(MODEL))) == []
    assert list(BARS[bar](Lesson(broken)))


def test_a_recipe_needs_no_boxes_but_is_short(tmp_path):
    """A lesson that calls itself a recipe is too long for one; its first part is not."""
    folder = tmp_path / MODEL.parent.name
    folder.mkdir()
    recipe = folder / MODEL.name
    source = MODEL.read_text(encoding="utf-8").replace("emgtut: ", "emgtut: kind=recipe ", 1)
    recipe.write_text(source, encoding="utf-8")
    n_lines = len(source.splitlines())
    assert faults(Lesson(recipe)) == [f"B05: a recipe of {n_lines} lines; use less than 90"]
    recipe.write_text("\n".join(source.splitlines()[:89]), encoding="utf-8")
    assert faults(Lesson(recipe)) == []


def test_an_unlabelled_figure_is_noticed():
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots()
    axes.plot([0, 1])
    axes.set(xlabel="time (s)", ylabel="EMG")
    assert len(list(unlabelled(figure))) == 2
    axes.set(title="EMG", ylabel="EMG (µV)")
    assert list(unlabelled(figure)) == []
