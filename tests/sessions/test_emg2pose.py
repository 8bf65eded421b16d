"""The reader against the tutorial's own lines, odd files, and damaged files."""

import itertools
import os
import shutil
import subprocess
import sys
from collections.abc import KeysView

import h5py
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emgtut import Emg2PoseSessionData, SessionError, write_session
from emgtut.anatomy import JOINTS
from emgtut.sessions import emg2pose, layout

STEM = "2022-12-06-1670313600-e3096-cv-emg-pose-train@2-recording-1_left"


def rewrite(path, *, dtype=None, drop=(), add=None, rows=None, **storage):
    """Write a session file again with other rows, attributes or storage."""
    with h5py.File(path) as file:
        group = file["emg2pose"]
        attrs = {k: v for k, v in group.attrs.items() if k not in drop} | (add or {})
        data = group["timeseries"][:] if rows is None else rows
    if dtype is not None:
        fresh = np.zeros(len(data), dtype)
        for name in fresh.dtype.names:
            if name in data.dtype.names:
                fresh[name] = data[name]
        data = fresh
    with h5py.File(path, "w") as file:
        group = file.create_group("emg2pose")
        group.create_dataset("timeseries", data=data, **storage)
        for name, value in attrs.items():
            group.attrs[name] = value
    return path


def naive_slice(stamps, rows, start, end):
    """Upstream's rule: all stamps, searchsorted from the left on both ends."""
    first, last = stamps.searchsorted([start, end])
    return rows[first:last]


class TestTutorialLines:
    def test_its_code_runs_unchanged(self, session_file):
        emg_fname = session_file(n=900, channels=16, angles=20)
        data = Emg2PoseSessionData(hdf5_path=emg_fname)
        ch_names = [f"EMG{ii:02}" for ii, _ in enumerate(data["emg"].T, 1)]
        sfreq = data.metadata[Emg2PoseSessionData.SAMPLE_RATE]
        assert ch_names == list(data.channel_names)
        assert sfreq == 2000.0
        assert data["emg"].T.shape == (16, 900)
        start = data.metadata[Emg2PoseSessionData.START_TIME]
        assert len(data.slice(start + 0.1, start + 0.2)) == 200
        assert str(data) == f"Emg2PoseSessionData {data.session_name} (900 samples)"
        with data as same:
            assert same is data
            assert isinstance(data.fields, KeysView)
            assert list(data.fields) == ["time", "joint_angles", "emg"]
            assert data[10:20].dtype.names == ("time", "joint_angles", "emg")
            assert data[3]["emg"].shape == (16,)
            assert data["time"].shape == data.timestamps.shape == (900,)
            assert data.no_ik_failure.all()
            assert data.user == "u1"
        assert "closed" in repr(data)

    def test_every_class_constant_is_there(self):
        constants = {
            "HDF5_GROUP": "emg2pose",
            "TIMESERIES": "timeseries",
            "EMG": "emg",
            "JOINT_ANGLES": "joint_angles",
            "TIMESTAMPS": "time",
            "SESSION_NAME": "session",
            "SIDE": "side",
            "STAGE": "stage",
            "START_TIME": "start",
            "END_TIME": "end",
            "NUM_CHANNELS": "num_channels",
            "DATASET_NAME": "dataset",
            "USER": "user",
            "SAMPLE_RATE": "sample_rate",
        }
        for name, value in constants.items():
            assert getattr(Emg2PoseSessionData, name) == value

    def test_metadata_has_the_types_of_the_released_files(self, session_file):
        with Emg2PoseSessionData(session_file(session="s")) as data:
            assert isinstance(data.metadata["session"], str)
            assert isinstance(data.metadata["sample_rate"], np.float64)
            assert isinstance(data.metadata["start"], np.float64)
            assert isinstance(data.metadata["num_channels"], np.int64)

    def test_the_published_fixture(self, real_file):
        data = Emg2PoseSessionData(real_file("emg2pose_fixture.hdf5"))
        with pytest.warns(UserWarning, match="'right' is used"):
            side = data.side
        assert side == "right"
        assert len(data) == 100
        assert data.timeseries.dtype.itemsize == 232
        assert data.stage == "IndividualFingerPointingSnap"
        assert data.metadata["stage"] == "IndividualFingerPointingSnap_both"
        assert data.joint_names == JOINTS
        assert data.user == "d387095792"
        assert data["joint_angles"].dtype == np.float64
        assert data.no_ik_failure.all()
        np.testing.assert_array_equal(data.slice(3, 7)["time"], [3, 4, 5, 6])
        assert not data.contents.clock_fits
        data.check()
        repr(data)
        data.close()


class TestLayouts:
    @pytest.mark.parametrize("angle_type", ["<f4", "<f8"])
    @pytest.mark.parametrize(
        "storage",
        [
            {},
            {"chunks": (250,)},
            {"chunks": (250,), "compression": "gzip", "shuffle": True},
            {"chunks": (7,), "compression": "lzf", "fletcher32": True},
        ],
    )
    def test_rows_read_the_same_from_any_storage(self, session_file, angle_type, storage):
        path = session_file()
        with h5py.File(path) as file:
            expected = file["emg2pose/timeseries"][:]
        rewrite(path, dtype=layout.row_dtype(7, 5, angle_type=angle_type), **storage)
        with Emg2PoseSessionData(path) as data:
            assert (data._rows.contiguous_at is not None) == (not storage)
            for name in data.fields:
                np.testing.assert_array_equal(data[name], expected[name])
                np.testing.assert_array_equal(data.read(name, 11, 345), expected[name][11:345])
            assert data["joint_angles"].dtype == angle_type
            assert data.emg.flags.writeable

    def test_fields_in_any_order_with_others_between(self, session_file):
        path = session_file()
        with h5py.File(path) as file:
            expected = file["emg2pose/timeseries"][:]
        order = [
            ("emg", "<f4", (7,)),
            ("trigger", "i2"),
            ("time", "<f8"),
            ("joint_angles", ">f8", (5,)),
        ]
        rewrite(path, dtype=np.dtype(order))
        with Emg2PoseSessionData(path) as data:
            for name in ("emg", "time", "joint_angles"):
                np.testing.assert_array_equal(data[name], expected[name])
            assert data["trigger"].shape == (1200,)
            assert len(data.slice(data["time"][5], data["time"][9])) == 4

    def test_integer_emg_of_a_device(self, session_file):
        dtype = np.dtype([("time", "<f8"), ("joint_angles", "<f4", (5,)), ("emg", "<i2", (7,))])
        with Emg2PoseSessionData(rewrite(session_file(), dtype=dtype)) as data:
            assert data.emg.dtype == np.int16
            assert data.contents.first_not_finite is None

    def test_bytes_zero_d_and_missing_attributes(self, session_file):
        path = session_file()
        every = ["session", "user", "stage", "side", "start", "end", "num_channels", "sample_rate"]
        rewrite(path, drop=every, add={"user": np.bytes_(b"u\xc3\xa9"), "gain": np.array(24)})
        with Emg2PoseSessionData(path) as data:
            assert data.user == "ué"
            assert data.metadata["gain"] == 24
            assert data.metadata["gain"].shape == ()
            assert (data.session_name, data.stage, data.side) == ("made", "unknown", "unknown")
            assert data.sample_rate == pytest.approx(2000, rel=1e-6)
            assert len(data.slice(1.67e9 + 0.1, 1.67e9 + 0.2)) == 200
            assert "unknown" in data._repr_html_()

    def test_values_stored_as_arrays_of_one_and_truth_values(self, session_file):
        one = {"side": np.array([b"right"]), "sample_rate": [500.0], "num_channels": [7]}
        path = rewrite(session_file(), add={**one, "start": np.array([5]), "calibrated": True})
        with Emg2PoseSessionData(path) as data:
            assert (data.side, data.sample_rate, data.metadata["start"]) == ("right", 500.0, 5)
            assert data.metadata["calibrated"] is np.True_
            assert "1970-01-01" in data._repr_html_()

    @pytest.mark.parametrize("names", [5, np.arange(5), np.array([b"a"] * 5)])
    def test_joint_names_that_are_none(self, session_file, names):
        with Emg2PoseSessionData(rewrite(session_file(), add={"joint_names": names})) as data:
            assert data.joint_names[0] == "ANGLE01"

    def test_rows_linked_from_another_file(self, session_file, tmp_path):
        path = session_file("there.hdf5")
        with h5py.File(tmp_path / "here.hdf5", "w") as file:
            group = file.create_group("emg2pose")
            group.attrs["user"] = "linked"
            group["timeseries"] = h5py.ExternalLink("there.hdf5", "emg2pose/timeseries")
            file["padding"] = np.arange(1_000_000)
        with pytest.raises(SessionError, match=r"not supported.*write it again with write_session"):
            Emg2PoseSessionData(tmp_path / "here.hdf5")
        assert path.exists()

    def test_unsigned_stamps_that_go_back(self, session_file):
        dtype = np.dtype([("time", "<u8"), ("joint_angles", "<f4", (5,)), ("emg", "<f4", (7,))])
        path = rewrite(session_file(), dtype=dtype)
        with h5py.File(path, "r+") as file:
            rows = file["emg2pose/timeseries"][:]
            rows["time"] = 1000 - np.arange(1200) // 400
            file["emg2pose/timeseries"][:] = rows
        with Emg2PoseSessionData(path) as data:
            with pytest.raises(SessionError, match="goes back by 1 s at row 400"):
                _ = data.timestamps
            with pytest.raises(SessionError, match="goes back by 1 s at row 400"):
                data.check()

    def test_side_comes_from_the_name_where_the_attribute_is_missing(self, session_file):
        path = rewrite(session_file(f"{STEM}.hdf5"), drop=["side"])
        with Emg2PoseSessionData(path) as data:
            assert data.side == "left"

    def test_joint_names_of_the_file_win_if_they_fit(self, session_file):
        with Emg2PoseSessionData(session_file(joint_names=list("abcde"))) as data:
            assert data.joint_names == tuple("abcde")
        with Emg2PoseSessionData(session_file("b.hdf5")) as data:
            assert data.joint_names == ("ANGLE01", "ANGLE02", "ANGLE03", "ANGLE04", "ANGLE05")
        path = rewrite(session_file("c.hdf5"), add={"joint_names": ["a", "b"]})
        with Emg2PoseSessionData(path) as data:
            assert data.joint_names[0] == "ANGLE01"

    @pytest.mark.parametrize("name", ["openbci_fingers_clean", "openbci_fingers_lost_tracking"])
    def test_real_recording_of_another_device(self, real_file, name):
        with Emg2PoseSessionData(real_file(f"{name}.hdf5")) as data:
            assert (data.n_channels, data.n_angles, data.sample_rate) == (8, 5, 250.0)
            assert data.emg_unit == "uV"
            assert data.joint_names == ("THUMB", "INDEX", "MIDDLE", "RING", "PINKY")
            data.check()
            assert data.contents.n_repeated_rows > 7000
            unsolved = ~np.abs(data.joint_angles).max(axis=1).astype(bool)
            np.testing.assert_array_equal(data.no_ik_failure, ~unsolved)
            assert data.emg.shape == (len(data), 8)


class TestSlice:
    @settings(
        max_examples=150,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(
        steps=st.lists(st.sampled_from([0.0, 0.0004, 0.0005, 0.0006, 1.5]), max_size=400),
        picks=st.tuples(st.floats(-0.2, 1.2), st.floats(-0.2, 1.2)),
        exact=st.booleans(),
        start=st.sampled_from([None, 0.0, 1.67e9, 1.67e9 + 5]),
    )
    def test_equals_the_search_over_all_stamps(self, tmp_path, steps, picks, exact, start):
        stamps = 1.67e9 + np.cumsum([0.0, *steps])
        n = len(stamps)
        path = write_session(
            tmp_path / "s.hdf5",
            emg=np.ones((n, 2)),
            joint_angles=np.ones((n, 3)),
            time=stamps,
            **({} if start is None else {"start": start}),
        )
        if exact:
            bounds = [stamps[min(n - 1, max(0, int(p * n)))] for p in picks]
        else:
            span = stamps[-1] - stamps[0]
            bounds = [stamps[0] + p * span for p in picks]
        with Emg2PoseSessionData(path) as data:
            expected = naive_slice(stamps, data[:], *bounds)
            np.testing.assert_array_equal(data.slice(*bounds), expected)
            assert len(data.slice()) == n
            assert len(data.slice(-np.inf, np.inf)) == n
            assert len(data.slice(np.nan, np.inf)) == 0
            assert len(data.slice(stamps[-1] + 1)) == 0

    def test_reads_only_what_it_needs(self, session_file):
        path = rewrite(session_file(n=40_000), chunks=(500,), compression="gzip")
        with Emg2PoseSessionData(path) as data:
            read = []
            whole = data._rows.stored

            class Counting:
                def __getattr__(self, name):
                    return getattr(whole, name)

                def __len__(self):
                    return len(whole)

                def __getitem__(self, key):
                    rows = whole[key]
                    read.append(len(rows))
                    return rows

            data._rows.stored = Counting()
            assert len(data.slice(1.67e9 + 10, 1.67e9 + 10.5)) == 1000
            assert sum(read) < 1200


class TestRuns:
    @pytest.mark.parametrize("rows", [[True], [False], [True, False, True, True], []])
    def test_small_masks(self, rows):
        runs = layout.runs_of(np.array(rows, bool))
        assert [k for a, b in runs for k in range(a, b)] == list(np.flatnonzero(rows))

    @given(st.lists(st.booleans(), max_size=80), st.integers(1, 5))
    def test_runs_are_maximal_and_complete(self, rows, least):
        mask = np.array(rows, bool)
        runs = layout.runs_of(mask)
        covered = np.zeros(len(mask), bool)
        for start, stop in runs:
            assert mask[start:stop].all()
            assert start < stop
            covered[start:stop] = True
        np.testing.assert_array_equal(covered, mask)
        assert all(b < c for (_, b), (c, _) in itertools.pairwise(runs))
        assert layout.runs_of(mask, least) == [(a, b) for a, b in runs if b - a >= least]

    def test_of_a_session(self, session_file):
        path = session_file(unsolved=[(0, 100), (300, 301), (1100, 1200)])
        with Emg2PoseSessionData(path) as data:
            assert data.valid_runs() == [(100, 300), (301, 1100)]
            assert data.valid_runs(200) == [(100, 300), (301, 1100)]
            assert data.valid_runs(201) == [(301, 1100)]
            assert data.no_ik_failure.sum() == 999
            with pytest.raises(ValueError, match="min_samples is 0"):
                data.valid_runs(0)

    def test_one_zero_joint_is_a_pose_and_a_row_that_is_not_finite_is_none(self, session_file):
        path = session_file()
        with h5py.File(path) as file:
            rows = file["emg2pose/timeseries"][:]
        rows["joint_angles"][5, 1:] = 0
        rows["joint_angles"][6] = 0
        rows["joint_angles"][7, 2] = np.nan
        rows["joint_angles"][8, 2] = np.inf
        rows["joint_angles"][9] = -1e-9
        with Emg2PoseSessionData(rewrite(path, rows=rows)) as data:
            assert data.valid_runs() == [(0, 6), (10, 1200)]


def damaged(path, what):
    """Damage a valid session file in one way; return its path."""
    with h5py.File(path) as file:
        rows = file["emg2pose/timeseries"][:]
    names = list(rows.dtype.names)
    if what == "not HDF5":
        path.write_text("time,emg\n1,2\n")
    elif what == "zero bytes":
        path.write_bytes(b"")
    elif what == "cut short":
        path.write_bytes(path.read_bytes()[:-5000])
    elif what == "cut in the header":
        path.write_bytes(path.read_bytes()[:600])
    elif what == "other group":
        with h5py.File(path, "w") as file:
            file["emg2qwerty/timeseries"] = rows
    elif what == "group is a dataset":
        with h5py.File(path, "w") as file:
            file["emg2pose"] = [1, 2]
    elif what == "no timeseries":
        with h5py.File(path, "w") as file:
            file.create_group("emg2pose").create_dataset("series", data=rows)
    elif what == "not compound":
        with h5py.File(path, "w") as file:
            file["emg2pose/timeseries"] = rows["emg"]
    elif what == "two-dimensional":
        with h5py.File(path, "w") as file:
            file["emg2pose/timeseries"] = rows.reshape(-1, 2)
    elif what == "renamed field":
        rows.dtype.names = ["time", "angles", "emg"]
        rewrite(path, rows=rows)
    elif what == "missing field":
        rewrite(path, rows=rows[[n for n in names if n != "emg"]].copy())
    elif what == "flat emg":
        flat = np.dtype([("time", "<f8"), ("joint_angles", "<f4", (5,)), ("emg", "<f4")])
        rewrite(path, rows=np.zeros(1200, flat))
    elif what == "text time":
        dtype = [("time", "S8"), ("joint_angles", "<f4", (5,)), ("emg", "<f4", (7,))]
        rewrite(path, dtype=dtype)
    elif what == "empty":
        rewrite(path, rows=rows[:0])
    elif what == "wrong num_channels":
        rewrite(path, add={"num_channels": np.int64(16)})
    elif what == "text num_channels":
        rewrite(path, add={"num_channels": "seven"})
    elif what == "zero rate":
        rewrite(path, add={"sample_rate": 0.0})
    elif what == "nan rate":
        rewrite(path, add={"sample_rate": np.nan})
    elif what == "tiny rate":
        rewrite(path, add={"sample_rate": 1e-300})
    elif what == "text rate":
        rewrite(path, add={"sample_rate": "2 kHz"})
    return path


class TestBadFiles:
    @pytest.mark.parametrize(
        ("what", "says", "do"),
        [
            ("not HDF5", "is not an HDF5 file", "name a session file"),
            ("zero bytes", "is empty", "fetch or copy it again"),
            ("cut short", "is cut short at", "fetch or copy it again"),
            ("cut in the header", "damaged|cut short|not an HDF5", "again|name a session file"),
            ("other group", "no group 'emg2pose': it holds 'emg2qwerty'", "write_session"),
            ("group is a dataset", "no group 'emg2pose'", "write_session"),
            ("no timeseries", "no dataset 'timeseries'.*it holds 'series'", "write_session"),
            ("not compound", "has type float32 and shape", "write_session"),
            ("two-dimensional", r"shape \(600, 2\)", "write_session"),
            ("renamed field", "no field 'joint_angles'.*'angles'", "rename the field"),
            ("missing field", "no field 'emg'", "write_session"),
            ("flat emg", "field 'emg' is float32 of shape", "write_session"),
            ("text time", "field 'time' is", "write_session"),
            ("empty", "holds no rows", "again"),
            ("wrong num_channels", "num_channels=16, but each row holds 7", "correct"),
            ("text num_channels", "num_channels=seven", "correct"),
            ("zero rate", "sample_rate=.*0.0", "correct"),
            ("nan rate", "sample_rate=.*nan", "correct"),
            ("tiny rate", "sample_rate=.*1e-300", "correct"),
            ("text rate", "sample_rate='2 kHz'", "correct"),
        ],
    )
    def test_opening_says_what_and_what_to_do(self, session_file, what, says, do):
        path = damaged(session_file(), what)
        with pytest.raises(SessionError, match=f"(?s){says}.*({do})") as caught:
            Emg2PoseSessionData(path)
        assert str(path) in str(caught.value)
        # nothing is left open: the file can be written again
        with h5py.File(path, "w"):
            pass

    def test_paths(self, session_file, tmp_path):
        path = session_file()
        with pytest.raises(IsADirectoryError, match=r"name a file in it, such as made\.hdf5"):
            Emg2PoseSessionData(tmp_path)
        with pytest.raises(FileNotFoundError, match="check the spelling"):
            Emg2PoseSessionData(tmp_path / "mad.hdf5")
        with pytest.raises(FileNotFoundError, match="there is no folder"):
            Emg2PoseSessionData(tmp_path / "no" / "mad.hdf5")
        with pytest.raises(TypeError, match="pass a path"):
            Emg2PoseSessionData(3)
        with Emg2PoseSessionData(str(path)) as data:
            assert data.hdf5_path == path

    @pytest.mark.skipif(not hasattr(os, "geteuid"), reason="needs POSIX permissions")
    def test_a_file_that_may_not_be_read(self, session_file, tmp_path):
        path = session_file()
        path.chmod(0)
        code = (
            "from emgtut import Emg2PoseSessionData as E\n"
            f"try: E({str(path)!r})\nexcept PermissionError as e: print(e.strerror)"
        )
        if os.geteuid() == 0:  # root reads everything: ask as nobody
            code = f"import os, emgtut.sessions.emg2pose\nos.setuid(65534)\n{code}"
            for folder in [tmp_path, *tmp_path.parents][:3]:
                folder.chmod(folder.stat().st_mode | 0o055)
        out = subprocess.run(
            [sys.executable, "-c", code], check=False, capture_output=True, text=True
        )
        assert "chmod u+r" in out.stdout, out.stderr

    @pytest.mark.parametrize("storage", [{}, {"chunks": (100,), "compression": "gzip"}])
    def test_samples_that_are_not_finite(self, session_file, storage):
        path = session_file()
        with h5py.File(path) as file:
            rows = file["emg2pose/timeseries"][:]
        rows["emg"][17, 3] = np.nan
        rows["emg"][900, 0] = -np.inf
        with Emg2PoseSessionData(rewrite(path, rows=rows, **storage)) as data:
            says = r"made\.hdf5: EMG is not finite in 2 rows, first at row 17, channel EMG04; cut"
            with pytest.raises(SessionError, match=says):
                _ = data.emg
            with pytest.raises(SessionError, match=says):
                data.check()
            assert np.isnan(data["emg"][17, 3])
            assert np.isfinite(data.contents.emg_sd).all()
            assert "not finite" in data._repr_html_()

    @pytest.mark.parametrize("step", [-0.25, 2.5, np.nan])
    def test_stamps_that_go_back_or_jump(self, session_file, step):
        path = session_file()
        with h5py.File(path) as file:
            rows = file["emg2pose/timeseries"][:]
        rows["time"][600:] += step
        with Emg2PoseSessionData(rewrite(path, rows=rows)) as data:
            says = {-0.25: "goes back by 0.2495 s at row 600", 2.5: "jumps by 2.5005 s at row 600"}
            says = says.get(step, "is not a number at row 600")
            with pytest.raises(SessionError, match=f"made.hdf5: time {says}.*write_session"):
                data.check()
            if step == 2.5:
                assert len(data.timestamps) == 1200
                assert len(data.slice(1.67e9 + 1)) == 600
                assert data.contents.gaps[0][0] == 600
            else:
                with pytest.raises(SessionError, match=says):
                    _ = data.timestamps
                with pytest.raises(SessionError, match=says):
                    data.slice()
            data._repr_html_()

    def test_reading_after_closing(self, session_file):
        data = Emg2PoseSessionData(session_file())
        data.close()
        data.close()
        for read in (lambda: data["emg"], lambda: data.emg, lambda: data.slice(), data.check):
            with pytest.raises(SessionError, match="is closed; read inside the with block"):
                read()

    def test_unknown_field(self, session_file):
        with Emg2PoseSessionData(session_file()) as data, pytest.raises(ValueError, match="'time'"):
            data["angles"]

    def test_a_rate_that_cannot_be_told(self, session_file):
        path = rewrite(session_file(time=np.full(1200, 5.0)), drop=["sample_rate"])
        with (
            Emg2PoseSessionData(path) as data,
            pytest.raises(SessionError, match="add the attribute sample_rate"),
        ):
            _ = data.sample_rate

    @pytest.mark.parametrize("size", [0, 2**40])
    def test_damaged_text_heap(self, session_file, size):
        # HDF5 itself never comes back from the first of these (found by fuzzing).
        path = session_file()
        whole = bytearray(path.read_bytes())
        heap = whole.index(b"GCOL")
        whole[heap + 24 : heap + 32] = size.to_bytes(8, "little")  # size of the first object
        path.write_bytes(bytes(whole))
        with pytest.raises(SessionError, match=r"made\.hdf5: cannot read its attributes.*damaged"):
            Emg2PoseSessionData(path)

    @settings(
        max_examples=60,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(at=st.integers(0, 6000), value=st.binary(min_size=1, max_size=16))
    def test_any_damage_to_the_structure_reads_or_raises_one_error(self, session_file, at, value):
        path = session_file(n=300)
        whole = bytearray(path.read_bytes())
        whole[at : at + len(value)] = value
        path.write_bytes(bytes(whole))
        try:
            with Emg2PoseSessionData(path) as data:
                data.valid_runs()
                assert data["emg"].shape == (len(data), data.n_channels)
        except SessionError as error:
            assert str(path) in str(error)  # noqa: PT017 (reading is as good an outcome)

    def test_a_file_cut_while_it_is_open(self, session_file):
        path = session_file()
        with Emg2PoseSessionData(path) as data:
            with path.open("r+b") as file:
                file.truncate(9000)
            for read in (lambda: data["emg"], lambda: data.emg, data.valid_runs):
                with pytest.raises(SessionError, match="cut to 9000 bytes while it was open"):
                    read()

    def test_not_closing_is_no_warning(self, session_file):
        import gc

        data = Emg2PoseSessionData(session_file())
        emg = data["emg"]
        del data
        gc.collect()  # warnings are errors here
        assert emg.shape == (1200, 7)

    @pytest.mark.parametrize("stamps", [np.zeros(1200), 1e3 * np.arange(1200) / 2000])
    def test_stamps_that_tell_no_time(self, session_file, stamps):
        with Emg2PoseSessionData(session_file(time=stamps)) as data:
            assert not data.contents.clock_fits
            assert data.contents.gaps == []
            assert any("rows over rate" in note for note in data.contents.notes())
            data.check()

    def test_damaged_chunk(self, session_file):
        path = rewrite(session_file(n=4000), chunks=(500,), compression="gzip", fletcher32=True)
        whole = bytearray(path.read_bytes())
        whole[len(whole) // 2 : len(whole) // 2 + 200] = bytes(200)
        path.write_bytes(bytes(whole))
        with (
            Emg2PoseSessionData(path) as data,
            pytest.raises(SessionError, match="damaged: fetch or copy it again"),
        ):
            data["emg"]


class TestContents:
    def test_figures_of_the_survey(self, session_file, rng):
        emg = rng.normal(0, 5, (20_000, 7)) + np.arange(7) * 1e4
        emg[:, 6] = 3
        emg[400:500] = emg[400]
        with Emg2PoseSessionData(session_file(n=20_000, emg=emg)) as data:
            found = data.contents
            stored = data.emg.astype(float)
        np.testing.assert_allclose(found.emg_mean, stored.mean(axis=0), rtol=1e-9)
        np.testing.assert_allclose(found.emg_sd, stored.std(axis=0), rtol=1e-6, atol=1e-9)
        np.testing.assert_allclose(
            found.emg_high[:6], np.quantile(stored[:, :6], 0.999, axis=0), atol=3
        )
        assert found.dead_channels == [6]
        assert found.n_repeated_rows == 99
        assert any("EMG07" in note for note in found.notes())
        assert found.problems() == []

    def test_blocks_do_not_show(self, session_file, monkeypatch):
        from emgtut.sessions import contents

        path = session_file(n=1201, unsolved=[(63, 65), (640, 700)])
        with h5py.File(path) as file:
            rows = file["emg2pose/timeseries"][:]
        rows["time"][64:] += 1
        rows["time"][640] -= 0.01
        rewrite(path, rows=rows)
        with Emg2PoseSessionData(path) as data:
            whole = data.contents
            monkeypatch.setattr(contents, "_BLOCK", 64)
            parts = contents.survey(data, data._rows)
        for name in ("gaps", "backwards", "n_repeated_rows", "n_not_finite"):
            assert getattr(parts, name) == getattr(whole, name)
        assert whole.gaps[0][0] == 64
        assert [row for row, _ in whole.backwards] == [640]
        np.testing.assert_array_equal(parts.solved, whole.solved)
        np.testing.assert_allclose(parts.emg_sd, whole.emg_sd, rtol=1e-9)

    def test_html_shows_the_session(self, session_file):
        path = session_file(unsolved=[(10, 20)], session="<s>")
        with Emg2PoseSessionData(path) as data:
            html = data._repr_html_()
        assert "&lt;s&gt;" in html
        assert html.count("<rect") == 3
        assert "99.2 %" in html


def test_two_readers_and_a_rename_do_not_disturb_each_other(session_file, tmp_path):
    path = session_file()
    with Emg2PoseSessionData(path) as data:
        other = session_file("other.hdf5")
        shutil.move(other, path)
        np.testing.assert_array_equal(data["emg"], data[:]["emg"])
        with Emg2PoseSessionData(path) as fresh:
            assert not np.array_equal(fresh["emg"], data["emg"])


def test_a_name_given_to_another_file_between_two_looks(session_file, monkeypatch):
    path, other = session_file(), session_file("other.hdf5")
    found = emg2pose.find_rows

    def swap_and_find(file):
        shutil.move(other, path)
        return found(file)

    monkeypatch.setattr(emg2pose, "find_rows", swap_and_find)
    with pytest.raises(SessionError, match="was replaced while it was being opened"):
        Emg2PoseSessionData(path)
