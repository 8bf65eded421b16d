"""The pages: what they promise exists, and what they show runs."""

import doctest
import os
import re
import runpy
import sys
from pathlib import Path

import pytest

import emgtut

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = [p for p in sorted(DOCS.rglob("*.rst")) if "_" not in p.relative_to(DOCS).parts[0][:1]]
PAGES = [p for p in PAGES if not {"auto_gallery", "generated"} & set(p.parts)]
WITH_CODE = [p for p in PAGES if ">>>" in p.read_text(encoding="utf-8")]


@pytest.fixture(scope="module")
def conf():
    """The configuration; what it sets for the lessons is set back."""
    path, environment = sys.path[:], dict(os.environ)
    yield runpy.run_path(str(DOCS / "conf.py"))
    sys.path[:] = path
    os.environ.clear()
    os.environ.update(environment)


def test_configuration_can_be_compared_and_sent_to_workers(conf):
    from sphinx.config import is_serializable

    assert is_serializable(conf["sphinx_gallery_conf"])


def test_configuration_needs_no_network(conf):
    assert "sphinx.ext.intersphinx" not in conf["extensions"]


def test_version_is_that_of_the_package(conf):
    assert conf["release"] == emgtut.__version__


def test_api_page_lists_every_public_name():
    page = (DOCS / "api" / "index.rst").read_text(encoding="utf-8")
    listed = re.findall(r"^   (?:emgtut\.)?([\w.]+)$", page, re.MULTILINE)
    listed += re.findall(r"py:data:: emgtut\.(\w+)", page)
    assert sorted(n for n in listed if "." not in n and n != "anatomy") == sorted(emgtut.__all__)


def test_glossary_entries_are_filled():
    page = (DOCS / "glossary.rst").read_text(encoding="utf-8")
    entries = re.findall(r"^   (?! )(?!:)(.+)\n(?:   (?! ).+\n)*((?:      .+\n)+)", page, re.M)
    assert len(entries) >= 40
    assert [term for term, text in entries if len(text.split()) < 5] == []


@pytest.mark.parametrize("page", WITH_CODE, ids=[p.stem for p in WITH_CODE])
def test_code_on_the_page_runs(page):
    flags = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
    failed, tried = doctest.testfile(str(page), module_relative=False, optionflags=flags)
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
        assert [p for p in paths if not (ROOT / p).exists()] == [], name
