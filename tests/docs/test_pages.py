"""The pages: what they promise exists, and what they show runs."""

import ast
import doctest
import os
import re
import runpy
import sys
from pathlib import Path

import pytest
import stale

import emgtut
import emgtut.plots

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = [p for p in sorted(DOCS.rglob("*.rst")) if "_" not in p.relative_to(DOCS).parts[0][:1]]
PAGES = [p for p in PAGES if not {"auto_gallery", "generated"} & set(p.parts)]
WITH_CODE = [p for p in PAGES if ">>>" in p.read_text(encoding="utf-8")]


def configuration():
    """Return what conf.py defines; what it sets for the lessons is set back."""
    path, environment = sys.path[:], dict(os.environ)
    try:
        return runpy.run_path(str(DOCS / "conf.py"))
    finally:
        sys.path[:] = path
        os.environ.clear()
        os.environ.update(environment)


@pytest.fixture(scope="module")
def conf():
    """The configuration of a build without network."""
    return configuration()


def test_configuration_can_be_compared_and_sent_to_workers(conf):
    from sphinx.config import is_serializable

    assert is_serializable(conf["sphinx_gallery_conf"])


def test_configuration_needs_no_network(conf):
    assert "sphinx.ext.intersphinx" not in conf["extensions"]


def test_links_to_other_projects_are_there_when_asked_for(monkeypatch):
    monkeypatch.setenv("EMGTUT_DOCS_ONLINE", "1")
    conf = configuration()
    assert "sphinx.ext.intersphinx" in conf["extensions"]
    assert {"numpy", "mne"} <= conf["intersphinx_mapping"].keys()


def test_version_is_that_of_the_package(conf):
    assert conf["release"] == emgtut.__version__


def on_the_api_page():
    """Return the full names of everything that the API page lists."""
    return stale.listed_names((DOCS / "api" / "index.rst").read_text(encoding="utf-8"))


def test_api_page_lists_every_public_name():
    public = {f"{m.__name__}.{name}" for m in (emgtut, emgtut.plots) for name in m.__all__}
    assert public - on_the_api_page() == set()


def test_lessons_use_only_what_the_api_page_lists():
    listed = on_the_api_page()
    for path in sorted((ROOT / "gallery").glob("*/*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module.split(".")[0] == "emgtut":
                used = {f"{node.module}.{alias.name}" for alias in node.names}
                assert node.module in listed or used <= listed, f"{path.name}: {used - listed}"


def test_glossary_entries_are_filled():
    page = (DOCS / "glossary.rst").read_text(encoding="utf-8")
    entries = re.findall(r"^   (?! )(?!:)(.+)\n(?:   (?! ).+\n)*((?:      .+\n)+)", page, re.M)
    assert len(entries) >= 40
    assert [term for term, text in entries if len(text.split()) < 5] == []


class Offline(doctest.DocTestParser):
    """Finds the examples on a page, and skips those that fetch: tests have no network."""

    def parse(self, string, name="<string>"):
        found = super().parse(string, name)
        for part in found:
            if isinstance(part, doctest.Example) and re.search(r"\bfetch_\w+\(", part.source):
                part.options[doctest.SKIP] = True
        return found


@pytest.mark.parametrize("page", WITH_CODE, ids=[p.stem for p in WITH_CODE])
def test_code_on_the_page_runs(page):
    flags = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
    failed, tried = doctest.testfile(
        str(page), module_relative=False, optionflags=flags, parser=Offline()
    )
    assert tried
    assert not failed


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_links_lead_somewhere(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)]+)\)|(?:src|srcset|href)=\"([^\"]+)\"", text)
    local = [t for pair in targets for t in pair if t and not re.match(r"https?:|#|mailto:", t)]
    assert [t for t in local if not (ROOT / t.partition("#")[0]).exists()] == []


def test_paths_named_in_code_exist():
    """Files that the papers name in code spans are there."""
    for name in ("README.md", "CONTRIBUTING.md", "docs/development.rst"):
        text = (ROOT / name).read_text(encoding="utf-8")
        paths = re.findall(r"(?<!`)`{1,2}((?:docs|gallery|tests|emgtut|benchmarks)/[\w./]+)`", text)
        made = ("docs/_build/",)  # by make docs
        gone = [p for p in paths if not p.startswith(made) and not (ROOT / p).exists()]
        assert gone == [], name


def test_pages_of_what_is_gone_are_forgotten(tmp_path):
    docs, gallery = tmp_path / "docs", tmp_path / "gallery"
    page = ".. currentmodule:: emgtut\n\n.. autosummary::\n   :toctree: generated\n\n   kept\n"
    files = {
        docs / "api" / "index.rst": page,
        docs / "api" / "generated" / "emgtut.kept.rst": "",
        docs / "api" / "generated" / "emgtut.gone.rst": "",
        docs / "auto_gallery" / "1_a" / "10_kept.py": "",
        docs / "auto_gallery" / "1_a" / "11_gone.py": "",
        docs / "auto_gallery" / "1_a" / "11_gone.rst": "",
        docs / "auto_gallery" / "1_a" / "images" / "thumb" / "sphx_glr_11_gone_thumb.png": "",
        gallery / "1_a" / "10_kept.py": "",
    }
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    stale.forget(docs, gallery)
    assert {p.name for p in files if p.exists()} == {"index.rst", "emgtut.kept.rst", "10_kept.py"}
