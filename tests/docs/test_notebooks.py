"""Boxes and roles in the notebooks that readers download."""

import json
import zipfile
from pathlib import Path

import boxes
import pytest
from lesson_bars import Lesson

import notebooks

GALLERY = Path(__file__).resolve().parents[2] / "gallery"

TEXT = """\
Before.

.. admonition:: Exercise
   :class: exercise

   Compute it with :func:`emgtut.windows_of` and read about :term:`RMS`.

   .. admonition:: Solution
      :class: solution
      :collapsible: closed

      Like so.

      .. code-block:: python

         total = 1 + 1

         assert total == 2

      Done.

After :math:`x^2`, see :doc:`the guide </guide/index>` and :class:`~emgtut.Windows`.
"""


def test_boxes_are_found_with_their_options():
    outer, inner = boxes.every(TEXT)
    assert (outer.title, outer.kinds, outer.closed) == ("Exercise", ["exercise"], False)
    assert (inner.title, inner.kinds, inner.closed) == ("Solution", ["solution"], True)
    assert inner.body.endswith("Done.")
    assert next(part for part in boxes.split(TEXT) if part) == "Before."


def test_text_without_boxes_stays_as_it_is():
    text = "One.\n\n.. code-block:: python\n\n   a = 1\n\nTwo."
    assert notebooks.unfold(text) == text


def test_roles_become_words_and_code():
    plain = notebooks.plain_roles(TEXT)
    assert "``emgtut.windows_of`` and read about RMS." in plain
    assert ":math:`x^2`, see the guide and ``Windows``." in plain
    label = "sphx_glr_auto_gallery_1_first_look_11_inside_a_session.py"
    assert notebooks.plain_roles(f":ref:`{label}`") == "``11_inside_a_session``"


@pytest.fixture
def script(tmp_path):
    path = tmp_path / "11_made.py"
    path.write_text(
        f'# emgtut: minutes=1\n"""\nTitle\n=====\n\n{TEXT}"""\n\n'
        "a = 1\n# sphinx_gallery_thumbnail_number = 2\n\n# %%\n# More words.\n\nb = 2\n",
        encoding="utf-8",
    )
    return path


@pytest.fixture
def gallery_conf():
    from sphinx_gallery.gen_gallery import DEFAULT_GALLERY_CONF

    return dict(DEFAULT_GALLERY_CONF)


def test_solutions_are_closed_in_the_notebook(script, gallery_conf):
    made = json.loads(notebooks.rewrite(script, gallery_conf).read_text(encoding="utf-8"))
    kinds = [cell["cell_type"] for cell in made["cells"]]
    assert kinds == ["markdown", "code", "markdown", "code"]
    first = "".join(made["cells"][0]["source"])
    opened, closed = first.index("<details><summary>Solution"), first.index("</details>")
    assert opened < first.index("```python\ntotal = 1 + 1\n\nassert total == 2\n```") < closed
    assert opened < first.index("Done.") < closed < first.index("</div>") < first.index("After $x")
    assert ".. " not in first
    assert "sphinx_gallery" not in "".join(made["cells"][1]["source"])
    assert all(not cell["outputs"] for cell in made["cells"] if cell["cell_type"] == "code")


def test_rewriting_twice_changes_nothing(script, gallery_conf):
    first = notebooks.rewrite(script, gallery_conf).read_bytes()
    assert notebooks.rewrite(script, gallery_conf).read_bytes() == first


def test_archives_hold_the_rewritten_notebook(script, gallery_conf):
    notebook = script.with_suffix(".ipynb")
    notebook.write_text("old")
    archive = script.parent / "made.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.write(script, script.name)
        file.write(notebook, notebook.name)
    notebooks.rewrite(script, gallery_conf)
    notebooks.refill(archive)
    with zipfile.ZipFile(archive) as file:
        assert file.namelist() == [script.name, notebook.name]
        assert file.read(notebook.name) == notebook.read_bytes()


def test_lessons_as_notebooks_for_jupyter(tmp_path):
    notebooks.write_lessons(tmp_path)
    written = sorted(tmp_path.iterdir())
    recipes = {path.stem for path in GALLERY.glob("*/[0-9]*.py") if Lesson(path).recipe}
    assert {path.suffix for path in written} == {".ipynb"}
    assert "10_hand_pose_from_emg" in {path.stem for path in written}
    for path in written:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        assert {cell["cell_type"] for cell in cells} == {"markdown", "code"}
        assert not any(cell.get("outputs") for cell in cells)
        text = "".join("".join(cell["source"]) for cell in cells)
        assert ("<summary>Solution</summary>" in text) == (path.stem not in recipes)
        assert ".. admonition" not in text
