"""Forget generated pages whose source is gone.

Pages of the API and of the gallery are written into the source folder and stay there. After a
function was renamed or a lesson moved, the old page would be read again, and fail.
"""

import re
from pathlib import Path


def listed_names(page):
    """Return the full names of everything that a page of the API lists.

    Parameters
    ----------
    page : str
        reStructuredText with ``currentmodule``, ``autosummary`` and ``py:data`` directives.

    Returns
    -------
    set of str
        Names with their module.
    """
    listed, module = set(re.findall(r"py:data:: ([\w.]+)", page)), ""
    for line in page.splitlines():
        if moved := re.match(r"\.\. currentmodule:: (.+)", line):
            module = moved[1]
        elif name := re.fullmatch(r"   ([\w.]+)", line):
            listed.add(f"{module}.{name[1]}")
    return listed


def forget(docs, gallery):
    """Remove what was generated for names and lessons that are no more.

    Parameters
    ----------
    docs : pathlib.Path
        Source folder of the documentation.
    gallery : pathlib.Path
        Folder of the lessons.

    Returns
    -------
    list of pathlib.Path
        What was removed.
    """
    names = listed_names((docs / "api" / "index.rst").read_text(encoding="utf-8"))
    gone = [p for p in (docs / "api" / "generated").glob("*.rst") if p.stem not in names]
    made = docs / "auto_gallery"
    for script in made.glob("*/*.py"):
        if not (gallery / script.relative_to(made)).exists():
            gone += script.parent.glob(f"{script.stem}.*")
            gone += (script.parent / "images").rglob(f"sphx_glr_{script.stem}_*")
    for path in gone:
        path.unlink()
    return gone


def setup(app):
    """Connect before anything is generated or found."""
    docs = Path(app.srcdir)
    app.connect("config-inited", lambda _app, _conf: forget(docs, docs.parent / "gallery"))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
