# Two commands matter: `make demo` shows the package at work, `make test` proves it.
# Each makes .venv, installs what it needs (nothing but Python >= 3.11 is assumed), and runs.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# One BLAS thread a process: tests and gallery already run one process a core.
export OMP_NUM_THREADS ?= 1

.NOTPARALLEL:
.PHONY: help demo test lint docs bench notebook clean
help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "%-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.venv/.base: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "emgtut needs Python >= 3.11; name one: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 2; }
	@echo "making .venv and installing emgtut (a few minutes the first time)"
	@$(PYTHON) -m venv .venv \
	  || { echo "python's venv module is missing; on Debian and Ubuntu: apt install python3-venv"; exit 2; }
	@$(PIP) --upgrade 'pip>=25.1'
	@$(PIP) --editable '.[regression]'
	@touch $@
.venv/.%: .venv/.base
	@echo "installing what 'make $(MAKECMDGOALS)' needs beyond it"
	@$(PIP) --group $*
	@touch $@

demo: .venv/.base  ## one session from file to figures: demo-report/report.html
	$(BIN)/emgtut demo --out demo-report
test: .venv/.test  ## the tests, layers and doctests, in parallel
	$(BIN)/python -m pytest
lint: .venv/.lint  ## style, types, layers, docstrings, spelling
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	find emgtut -name '*.py' -exec $(BIN)/numpydoc lint {} +
	$(BIN)/codespell
docs: .venv/.docs  ## the site with its gallery: docs/_build/html/index.html
	$(BIN)/sphinx-build -W --keep-going -j auto -b html docs docs/_build/html
bench: .venv/.base  ## timings beside the peers
	$(BIN)/python -m benchmarks
notebook: .venv/.docs  ## the lessons as notebooks in JupyterLab
	@$(PIP) --editable '.[regression,notebook]'
	$(BIN)/python docs/_ext/notebooks.py notebooks/lessons
	$(BIN)/jupyter lab notebooks
clean:  ## remove everything made here
	rm -rf .venv demo-report notebooks/lessons docs/_build docs/auto_gallery docs/api/generated docs/sg_execution_times.rst \
	  .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist
