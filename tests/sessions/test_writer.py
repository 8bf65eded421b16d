"""What write_session writes, refuses, and leaves behind when it is interrupted."""

import os
import signal
import subprocess
import sys
import time

import h5py
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from emgtut import Emg2PoseSessionData, write_session
from emgtut.sessions import writer

ONE = {"emg": np.ones((4, 3)), "joint_angles": np.ones((4, 2))}


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    shape=st.tuples(st.integers(1, 40), st.integers(1, 20), st.integers(1, 22)),
    rate=st.floats(1, 1e5),
    compression=st.sampled_from([None, "gzip", "lzf"]),
    data=st.data(),
)
def test_what_is_written_is_read(tmp_path, shape, rate, compression, data):
    rows, channels, angles = shape
    values = st.floats(-1e4, 1e4, width=32)
    emg = data.draw(hnp.arrays(np.float32, (rows, channels), elements=values))
    joint_angles = data.draw(hnp.arrays(np.float32, (rows, angles), elements=values))
    path = write_session(
        tmp_path / "w.hdf5",
        emg=emg,
        joint_angles=joint_angles,
        sample_rate=rate,
        compression=compression,
        start=100.0,
        side="right",
        gain=24,
    )
    with Emg2PoseSessionData(path) as session:
        np.testing.assert_array_equal(session.emg, emg)
        np.testing.assert_array_equal(session.joint_angles, joint_angles)
        np.testing.assert_allclose(session.timestamps, 100 + np.arange(rows) / rate)
        assert session.sample_rate == rate
        assert session.metadata["end"] == pytest.approx(100 + rows / rate)
        assert (session.side, session.metadata["gain"]) == ("right", 24)


def test_the_layout_of_the_released_files(tmp_path):
    path = write_session(tmp_path / "r.hdf5", emg=np.ones((9, 16)), joint_angles=np.ones((9, 20)))
    with h5py.File(path) as file:
        rows = file["emg2pose/timeseries"]
        assert rows.dtype.itemsize == 152
        assert rows.dtype.names == ("time", "joint_angles", "emg")
        assert rows.chunks is None
        attrs = dict(file["emg2pose"].attrs)
    assert attrs["num_channels"] == 16
    assert attrs["sample_rate"] == 2000.0
    assert {"session", "user", "stage", "side", "start", "end"} <= set(attrs)


def test_rows_that_are_not_finite_become_unsolved(tmp_path):
    angles = np.ones((5, 3))
    angles[1, 2] = np.nan
    angles[3] = np.inf
    path = write_session(tmp_path / "n.hdf5", emg=np.ones((5, 2)), joint_angles=angles)
    with Emg2PoseSessionData(path) as session:
        assert session.valid_runs() == [(0, 1), (2, 3), (4, 5)]
        assert not session["joint_angles"][1].any()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"emg": np.ones((5, 3))}, "emg has 5 rows and joint_angles has 4"),
        ({"emg": np.ones(4)}, r"emg has shape \(4,\)"),
        ({"emg": np.ones((4, 0))}, r"emg has shape \(4, 0\)"),
        ({"emg": np.full((4, 3), "x")}, "emg has shape .* and type <U1"),
        ({"joint_angles": np.ones((0, 2))}, r"joint_angles has shape \(0, 2\)"),
        (
            {"emg": np.full((4, 3), np.nan)},
            "emg is not finite as a 32-bit float at row 0, channel 0",
        ),
        ({"emg": np.full((4, 3), 1e39)}, "emg is not finite as a 32-bit float"),
        ({"joint_names": ["a", "b", "b"]}, "joint_names is"),
        ({"joint_angles": np.full((4, 2), 1e300)}, "joint_angles holds values above 1e"),
        ({"time": np.arange(4).astype("M8[ms]")}, "time has type datetime64"),
        ({"sample_rate": 1e-300}, "sample_rate is 1e-300 Hz; expected a number from 0.01"),
        ({"time": [0, 1, 2]}, r"time has shape \(3,\)"),
        ({"time": [0, 1, np.nan, 2]}, "time is nan at row 2"),
        ({"time": [0, 2, 1, 3]}, "time goes back at row 2"),
        ({"sample_rate": 0}, "sample_rate is 0 Hz"),
        ({"sample_rate": -5.0}, "sample_rate is -5.0 Hz"),
        ({"side": "both"}, "side is 'both'; pass one of 'left', 'right', 'unknown'"),
        ({"emg_unit": "millivolt"}, "emg_unit is 'millivolt'; pass one of 'noise_sd'"),
        ({"num_channels": 16}, "num_channels is 16, but emg has 3 columns"),
        ({"joint_names": ["a"]}, "joint_names is .* for each of the 2 angles"),
        ({"joint_names": ["a", "a"]}, "joint_names is"),
        ({"start": "today"}, "start is 'today'; pass unix time"),
        ({"device": object()}, "attribute device=.* cannot be stored"),
    ],
)
def test_bad_input_is_refused_and_nothing_is_written(tmp_path, change, says):
    with pytest.raises(ValueError, match=says):
        write_session(tmp_path / "x.hdf5", **(ONE | change))
    assert list(tmp_path.iterdir()) == []


def test_a_rate_that_is_no_number(tmp_path):
    with pytest.raises(TypeError, match="sample_rate is '2 kHz'; pass a number in Hz"):
        write_session(tmp_path / "x.hdf5", **ONE, sample_rate="2 kHz")


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(IsADirectoryError, match="name a file in it"):
        write_session(tmp_path, **ONE)


def test_failing_keeps_the_old_file(tmp_path):
    path = write_session(tmp_path / "k.hdf5", **ONE, user="first")
    before = path.read_bytes()
    with pytest.raises(ValueError, match="cannot be stored"):
        write_session(path, **ONE, user=object())
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["k.hdf5"]
    write_session(path, **ONE, user="second")
    with Emg2PoseSessionData(path) as session:
        assert session.user == "second"


def test_numpy_text_is_text(tmp_path):
    names = np.array(["a", "b"])
    path = write_session(tmp_path / "t.hdf5", **ONE, stage=np.str_("x"), joint_names=names)
    with Emg2PoseSessionData(path) as session:
        assert session.stage == "x"
        assert session.joint_names == ("a", "b")


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "link.hdf5"
    link.symlink_to(tmp_path / "elsewhere" / "real.hdf5")
    write_session(link, **ONE)
    assert link.is_symlink()
    assert (tmp_path / "elsewhere" / "real.hdf5").is_file()


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="choose another folder") as caught:
        write_session(tmp_path / "file" / "x.hdf5", **ONE)
    assert caught.value.filename == str(tmp_path / "file")


def test_nobody_s_home(tmp_path):
    with pytest.raises(ValueError, match="write the folder out"):
        write_session("~nobody-by-that-name/x.hdf5", **ONE)


def test_folders_are_made_and_permissions_are_those_of_a_new_file(tmp_path):
    path = write_session(tmp_path / "a" / "b" / "c.hdf5", **ONE)
    plain = tmp_path / "plain"
    plain.touch()
    assert path.stat().st_mode == plain.stat().st_mode


def test_an_interrupt_leaves_nothing(tmp_path):
    def interrupted():
        with writer.beside(tmp_path / "i.hdf5") as part:
            part.write_bytes(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
def test_a_killed_writer_never_leaves_a_half_file_under_the_name(tmp_path):
    code = (
        "import sys, numpy as np\nfrom emgtut import write_session\n"
        "emg, angles = np.ones((60_000, 16)), np.ones((60_000, 20))\n"
        "print('ready', flush=True)\n"
        "while True: write_session(sys.argv[1], emg=emg, joint_angles=angles, compression='gzip')"
    )
    path = tmp_path / "killed.hdf5"
    for delay in (0.05, 0.4):
        process = subprocess.Popen(
            [sys.executable, "-c", code, str(path)],
            stdout=subprocess.PIPE,
            env=os.environ | {"OMP_NUM_THREADS": "1"},
        )
        process.stdout.readline()
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        if path.exists():
            with Emg2PoseSessionData(path) as session:
                assert session.emg.shape == (60_000, 16)
                session.check()
