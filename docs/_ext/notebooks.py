"""Boxes in the downloaded notebooks.

sphinx-gallery turns headings, code blocks and mathematics of a lesson's text into Markdown and
leaves admonitions and roles as they are, so a closed solution lies open in the notebook. This
extension writes the notebooks again from the scripts: closed boxes become ``<details>``, others
an alert box, and roles become code or plain words. It runs after the gallery.
"""

import re
import sys
import textwrap
import zipfile
from pathlib import Path

import boxes
from sphinx_gallery import gen_gallery, py_source_parser
from sphinx_gallery.notebook import jupyter_notebook, save_notebook

_ROLE = re.compile(r":(?P<role>[a-z]+(?::[a-z]+)*):`(?P<text>[^`]+)`")
_LESSON = re.compile(r"sphx_glr_.*?_(\d\d_\w+)\.py")
_TITLED = re.compile(r"(?P<title>.*?)\s*<(?P<target>[^>]+)>", re.DOTALL)


def unfold(text):
    """Return reStructuredText with its boxes as HTML around their (dedented) content.

    Parameters
    ----------
    text : str
        A text block of a lesson.

    Returns
    -------
    str
        The text without admonitions; everything else is as it was.
    """
    out = []
    for part in boxes.split(text):
        if isinstance(part, str):
            out.append(part)
            continue
        content = unfold(part.body).strip("\n")
        if "collapsible" in part.options:
            box = f"<details><summary>{part.title}</summary>\n\n{content}\n\n</details>"
        else:
            box = f'<div class="alert alert-info">\n\n**{part.title}**\n\n{content}\n\n</div>'
        out += ["", *textwrap.indent(box, part.indent).splitlines(), ""]
    return "\n".join(out)


def plain_roles(text):
    """Return text with roles as code (names of the API, documents, lessons) or plain words.

    Parameters
    ----------
    text : str
        Text of a lesson; mathematics is left for sphinx-gallery to convert.
    """

    def plain(match):
        role, shown = match["role"].split(":")[-1], match["text"]
        if role == "math":
            return match[0]
        if titled := _TITLED.fullmatch(shown):
            return titled["title"]
        if role == "term":
            return shown
        if lesson := _LESSON.fullmatch(shown):
            return f"``{lesson[1]}``"
        if shown.startswith("~"):
            shown = shown.rpartition(".")[2]
        return f"``{shown.lstrip('/!')}``"

    return _ROLE.sub(plain, text)


def rewrite(script, gallery_conf):
    """Write the notebook of one script again, beside it.

    Parameters
    ----------
    script : pathlib.Path
        A lesson in the gallery folder of the documentation.
    gallery_conf : dict
        Configuration of the gallery.

    Returns
    -------
    pathlib.Path
        The notebook.
    """
    _, blocks = py_source_parser.split_code_and_text_blocks(script)
    clean = py_source_parser.remove_config_comments
    blocks = [
        (kind, plain_roles(unfold(content)) if kind == "text" else clean(content), line)
        for kind, content, line in blocks
    ]
    blocks = [block for block in blocks if block[1].strip()]
    path = script.with_suffix(".ipynb")
    save_notebook(jupyter_notebook(blocks, gallery_conf, script.parent), path)
    return path


def refill(archive):
    """Put the files that lie beside an archive into it again, under the names it knows."""
    with zipfile.ZipFile(archive) as old:
        names = old.namelist()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as new:
        for name in names:
            new.write(archive.parent / name, name)


def rewrite_all(app):
    """Rewrite every notebook of the gallery and the archives that hold them."""
    conf = app.config.sphinx_gallery_conf
    folder = Path(app.srcdir) / conf["gallery_dirs"]
    for script in sorted(folder.glob("*/*.py")):
        rewrite(script, conf)
    for archive in folder.rglob("*.zip"):
        refill(archive)


def write_lessons(out):
    """Write every lesson as a notebook into one folder, for ``make notebook``."""
    gallery = Path(__file__).resolve().parents[2] / "gallery"
    out.mkdir(parents=True, exist_ok=True)
    for script in sorted(gallery.glob("*/[0-9]*.py")):
        copied = out / script.name
        copied.write_text(script.read_text(encoding="utf-8"), encoding="utf-8")
        rewrite(copied, gen_gallery.DEFAULT_GALLERY_CONF)
        copied.unlink()


def setup(app):
    """Connect behind the gallery, which listens to the same event with priority 500."""
    app.connect("builder-inited", rewrite_all, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


if __name__ == "__main__":
    write_lessons(Path(sys.argv[1]))
