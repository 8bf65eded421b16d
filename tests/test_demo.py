"""The demo's steps in one process: what goes in and what comes out."""

import numpy as np
import pytest

from emgtut import SessionError
from emgtut.demo import Demo, run_demo


def test_a_file_of_another_device(session_file, tmp_path, rng):
    t = np.arange(6000) / 500
    emg = rng.normal(0, 30, (6000, 4)) + 2e3 * np.sin(2 * np.pi * 50 * t)[:, None] + 9e3
    emg[:, 2] += 500 * np.sin(2 * np.pi * t)
    path = session_file(n=6000, emg=emg, sample_rate=500.0, emg_unit="uV", side="unknown")
    with Demo(path, tmp_path / "out") as demo:
        lines = {what: step() for what, step in demo.steps()}
        cleaned = demo._emg()
    assert "50 Hz hum stands out" in lines["spectrum, and the filters it asks for"]
    assert "notch 50 Hz" in lines["spectrum, and the filters it asks for"]
    assert cleaned[500:-500, 0].std() < 100  # 1400 with the hum
    assert (tmp_path / "out" / "report.html").stat().st_size > 100_000


def test_no_pose_at_all_still_explores(session_file, tmp_path):
    path = session_file(n=6000, unsolved=[(0, 6000)])
    report = run_demo(path, tmp_path / "out")
    assert "no row has a pose" in report.read_text()


@pytest.mark.parametrize("channels", [1, 2])
def test_few_channels(session_file, tmp_path, channels):
    path = session_file(n=6000, channels=channels)
    assert run_demo(path, tmp_path / "out").exists()
    drawn = (tmp_path / "out" / "clusters_of_samples.png").exists()
    assert drawn == (channels > 1)


def test_damaged_samples_end_it_before_a_report_is_written(session_file, tmp_path):
    import h5py

    path = session_file(n=6000)
    with h5py.File(path, "r+") as file:
        rows = file["emg2pose/timeseries"][:]
        rows["emg"][70, 1] = np.inf
        file["emg2pose/timeseries"][:] = rows
    with pytest.raises(SessionError, match=r"made\.hdf5: EMG is not finite in 1 rows"):
        run_demo(path, tmp_path / "out")
    assert not (tmp_path / "out" / "report.html").exists()


@pytest.mark.parametrize("n", [1, 40, 500])
def test_short_sessions_skip_what_they_are_too_short_for(session_file, tmp_path, n):
    assert run_demo(session_file(n=n), tmp_path / "out").exists()
    assert not (tmp_path / "out" / "clusters_of_windows.png").exists()


def test_a_second_run_replaces_the_first(session_file, tmp_path):
    out = tmp_path / "out"
    first = run_demo(session_file("a.hdf5", n=6000), out).read_text()
    second = run_demo(session_file("b.hdf5", n=6000), out).read_text()
    assert "a.hdf5" in first
    assert "b.hdf5" in second
