"""The package door: what importing costs, what it offers, and the rule of the layers."""

import subprocess
import sys
from pathlib import Path

import pytest

import emgtut
import emgtut.plots

ROOT = Path(emgtut.__file__).parent.parent


def python(code):
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_importing_loads_nothing_heavy_and_touches_nothing(tmp_path):
    code = (
        "import sys; before = set(sys.modules); import emgtut\n"
        "heavy = {'numpy', 'h5py', 'mne', 'matplotlib', 'sklearn', 'pooch', 'numba', 'pandas'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    assert python(code) == "[]"


def test_importing_takes_less_than_a_tenth_of_a_second():
    code = (
        "import time; start = time.perf_counter(); import emgtut\n"
        "print(time.perf_counter() - start)"
    )
    assert min(float(python(code)) for _ in range(3)) < 0.1


@pytest.mark.parametrize("module", [emgtut, emgtut.plots])
def test_every_public_name_is_there_and_listed(module):
    for name in module.__all__:
        assert getattr(module, name) is not None
        assert name in dir(module)
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = module.nonsense


def test_every_public_function_has_a_running_example():
    for module in (emgtut, emgtut.plots):
        for name in module.__all__:
            thing = getattr(module, name)
            if callable(thing) and not (isinstance(thing, type) and issubclass(thing, Exception)):
                assert ">>> " in (thing.__doc__ or ""), f"{module.__name__}.{name} has no example"


@pytest.mark.skipif(not (ROOT / "pyproject.toml").exists(), reason="needs the checkout")
def test_layers_hold():
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-logo", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_files_stay_short_enough_to_read():
    # A longer file is two ideas.
    long = [
        p.name for p in (ROOT / "emgtut").rglob("*.py") if len(p.read_text().splitlines()) > 420
    ]
    assert long == []
