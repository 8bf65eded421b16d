"""Sphinx configuration: one build, offline, in which every warning counts.

``make docs`` needs no network. ``EMGTUT_DOCS_ONLINE=1 make docs`` also links types and functions
of other projects to their documentation.
"""

import os
import shutil
import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent
sys.path.insert(0, str(HERE / "_ext"))

# What the lessons find when they run: no network, no progress bars, no window, one thread a
# process (lessons run in parallel). Worker processes inherit all of it.
os.environ["EMGTUT_OFFLINE"] = "1"
os.environ["EMGTUT_QUIET"] = "1"
os.environ["MPLBACKEND"] = "agg"
os.environ.setdefault("OMP_NUM_THREADS", "1")

with (ROOT / "pyproject.toml").open("rb") as file:
    _pyproject = tomllib.load(file)

# -- project ---------------------------------------------------------------------------------------
project = "emgtut"
author = "The emgtut developers"
project_copyright = "2026, the emgtut developers"
release = version = _pyproject["project"]["version"]
language = "en"

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.mathjax",
    "matplotlib.sphinxext.plot_directive",
    "myst_parser",
    "numpydoc",
    "sphinx_copybutton",
    "sphinx_design",
    "sphinx_gallery.gen_gallery",
    "notebooks",
    "stale",
]
templates_path = ["_templates"]
exclude_patterns = [
    "_build",
    "_templates",
    "Thumbs.db",
    ".DS_Store",
    # The gallery's pages are the .rst files; what it writes beside them is for download.
    "auto_gallery/**.ipynb",
    "auto_gallery/**.py",
    "auto_gallery/**.md5",
]
# Included Markdown files begin with second-level headings: the page has its own title.
suppress_warnings = ["myst.header"]
root_doc = "index"

# -- names -----------------------------------------------------------------------------------------
nitpicky = True
default_role = "py:obj"
add_function_parentheses = False
toc_object_entries_show_parents = "hide"
autosummary_generate = True
autodoc_typehints = "none"  # the docstrings say types, shapes and units
autodoc_default_options = {
    "members": True,
    "member-order": "bysource",
    # made by scikit-learn for its own plumbing
    "exclude-members": "set_fit_request, set_predict_request, set_score_request, "
    "set_transform_request, get_metadata_routing",
}
numpydoc_show_class_members = False  # autodoc lists them on the page of the class
numpydoc_xref_param_type = False
# The rules of `make lint`.
numpydoc_validation_checks = set(_pyproject["tool"]["numpydoc_validation"]["checks"])
numpydoc_validation_exclude = {
    *_pyproject["tool"]["numpydoc_validation"]["exclude"],
    r"\.column$",  # of the splitters: a constant, whose comment is no docstring
    r"\.[A-Z][A-Z_]+$",  # tables carry a comment, which ends without a line for quotes
}

if os.environ.get("EMGTUT_DOCS_ONLINE") == "1":
    extensions.append("sphinx.ext.intersphinx")
    intersphinx_mapping = {
        "python": ("https://docs.python.org/3", None),
        "numpy": ("https://numpy.org/doc/stable", None),
        "h5py": ("https://docs.h5py.org/en/stable", None),
        "matplotlib": ("https://matplotlib.org/stable", None),
        "mne": ("https://mne.tools/stable", None),
        "pandas": ("https://pandas.pydata.org/docs", None),
        "sklearn": ("https://scikit-learn.org/stable", None),
    }
# Names of other projects are links where intersphinx is on and plain text elsewhere. Names of
# emgtut have to resolve.
nitpick_ignore_regex = [
    (r"py:.*", r"(?!emgtut(\.|$))(numpy|h5py|matplotlib|mne|pandas|pathlib|sklearn)\..*"),
]

# -- gallery ---------------------------------------------------------------------------------------
# Strings, numbers and tuples only: objects cannot be compared between builds, and workers could
# not receive them.
sphinx_gallery_conf = {
    "examples_dirs": "../gallery",
    "gallery_dirs": "auto_gallery",
    "filename_pattern": r"/\d\d_",
    "ignore_pattern": r"/_",
    "within_subsection_order": "FileNameSortKey",
    "nested_sections": True,
    "parallel": True,  # as many processes as -j says
    "doc_module": ("emgtut",),
    "reference_url": {"emgtut": None},
    "backreferences_dir": "api/generated/backreferences",
    "inspect_global_variables": False,
    "image_scrapers": ("matplotlib",),
    "image_srcset": ["2x"],
    "compress_images": ("images", "thumbnails") if shutil.which("optipng") else (),
    "reset_modules": ("matplotlib", "seaborn", "between_lessons.reset"),
    "reset_modules_order": "both",
    "remove_config_comments": True,
    "recommender": {"enable": True, "n_examples": 3, "min_df": 1},
    "show_memory": False,
    "show_signature": False,
    "write_computation_times": True,
    "min_reported_time": 1,
    "abort_on_example_error": False,
    "download_all_examples": True,
}
plot_html_show_formats = False
plot_html_show_source_link = False
plot_formats = [("png", 160)]
plot_include_source = True

# -- pages -----------------------------------------------------------------------------------------
html_theme = "pydata_sphinx_theme"
html_title = "emgtut"
html_static_path = ["_static"]
html_css_files = ["lessons.css"]
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
    "logo": {
        "text": "emgtut",
        "image_light": "_static/logo.svg",
        "image_dark": "_static/logo-dark.svg",
    },
    "search_as_you_type": True,
    "show_toc_level": 2,
    "header_links_before_dropdown": 7,
    "navigation_with_keys": False,
    "secondary_sidebar_items": ["page-toc", "sg_download_links"],
    "footer_start": ["copyright"],
    "footer_end": ["theme-version"],
    "show_prev_next": True,
}
html_sidebars = {
    page: [] for page in ("index", "install", "getting_started", "development", "changes")
}
html_favicon = "_static/logo.svg"
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True
