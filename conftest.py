"""What every test and doctest gets: a private cache folder, no network, no window, no leftovers."""

import os
import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest


def pytest_configure(config):
    """Point the cache at a folder of this run; worker processes inherit it."""
    os.environ["MPLBACKEND"] = "agg"
    os.environ["OMP_NUM_THREADS"] = "1"
    os.environ["EMGTUT_OFFLINE"] = "1"
    os.environ["MNE_LOGGING_LEVEL"] = "ERROR"
    if "PYTEST_XDIST_WORKER" not in os.environ:
        config.emgtut_data = tempfile.mkdtemp(prefix="emgtut-tests-")
        os.environ["EMGTUT_DATA"] = config.emgtut_data
        # MNE keeps its settings in the home folder; tests leave that alone.
        os.environ["_MNE_FAKE_HOME_DIR"] = config.emgtut_data


def pytest_unconfigure(config):
    if folder := getattr(config, "emgtut_data", None):
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def rng():
    """Random numbers, the same in every run."""
    return np.random.default_rng(20221206)


@pytest.fixture(autouse=True)
def _nothing_left():
    """Close figures and put back what a lesson may have set for the whole process."""
    yield
    if plt := sys.modules.get("matplotlib.pyplot"):
        plt.close("all")
        if dict.__getitem__(plt.rcParams, "axes.facecolor") != "white":
            plt.rcdefaults()
    if mne := sys.modules.get("mne"):
        mne.set_log_level("ERROR")


@pytest.fixture
def real_file():
    """Return the path of a real recording that may lie beside the checkout, or skip."""

    def find(name: str) -> Path:
        path = Path(__file__).resolve().parent.parent / "shared" / "data" / name
        if not path.exists():
            pytest.skip(f"{name} is not here")
        return path

    return find


@pytest.fixture
def session_file(tmp_path, rng):
    """Return a maker of small session files: odd sizes, so that a swapped axis cannot pass."""
    from emgtut import write_session

    def make(name="made.hdf5", *, n=1200, channels=7, angles=5, unsolved=(), **options):
        joint_angles = rng.normal(0.5, 0.2, (n, angles))
        for start, stop in unsolved:
            joint_angles[start:stop] = 0
        emg = options.pop("emg", None)
        return write_session(
            tmp_path / name,
            emg=rng.normal(0, 18, (n, channels)) if emg is None else emg,
            joint_angles=options.pop("joint_angles", joint_angles),
            **{"start": 1.67e9, "side": "left", "stage": "unconstrained", "user": "u1"} | options,
        )

    return make
