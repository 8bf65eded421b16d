import multiprocessing
import re
import time

import h5py
import numpy as np
import pytest

from emgtut import Emg2PoseSessionData, load_sample, make_session
from emgtut.sessions import layout, synthetic
from emgtut.sessions.fetch import data_dir
from emgtut.sessions.layout import runs_of

COUNTING = "CountingUpDownFaceSideAway"


def read(path):
    with Emg2PoseSessionData(path) as data:
        return data["emg"], data["joint_angles"], data.no_ik_failure


@pytest.fixture(scope="module")
def counting():
    return read(load_sample())


# -- the layout -------------------------------------------------------------------------------


def test_the_file_has_the_layout_of_the_data(tmp_path):
    path = make_session(tmp_path / "a.hdf5", duration=2, side="right", seed=5)
    with h5py.File(path) as file:
        group = file["emg2pose"]
        rows = group["timeseries"]
        assert rows.dtype == layout.row_dtype(16, 20)
        assert rows.dtype.itemsize == 152
        assert rows.chunks is None
        assert len(rows) == 4000
        attrs = dict(group.attrs)
        stamps = rows["time"]
    assert {k: type(v) for k, v in attrs.items()} == {
        "session": str, "user": str, "stage": str, "side": str, "filename": str, "emg_unit": str,
        "sample_rate": np.float64, "start": np.float64, "end": np.float64,
        "num_channels": np.int64, "recipe": np.int64, "seed": np.int64, "checksum": np.int64,
        "synthetic": np.bool_,
    }  # fmt: skip
    assert attrs["synthetic"]
    assert attrs["filename"] == "a"
    assert (attrs["side"], attrs["stage"], attrs["num_channels"]) == ("right", COUNTING, 16)
    assert layout.parse_stem(attrs["session"] + "-recording-1_right")["side"] == "right"
    assert re.fullmatch("[0-9a-f]{10}", attrs["user"])
    assert stamps[0] == attrs["start"]
    assert 1.65e9 < attrs["start"] < 1.72e9
    assert attrs["end"] - attrs["start"] == pytest.approx(2)
    np.testing.assert_allclose(np.diff(stamps), 1 / 2000, atol=1e-6)


def test_the_reader_finds_nothing_wrong(tmp_path):
    with Emg2PoseSessionData(make_session(tmp_path / "a.hdf5", duration=3)) as data:
        assert data.contents.problems() == []
        assert data.contents.notes() == []
        assert data.emg_unit == "noise_sd"


@pytest.mark.parametrize("stage", layout.STAGES)
def test_every_stage_can_be_made(tmp_path, stage):
    path = make_session(tmp_path / "a.hdf5", stage=stage, duration=6, side="right", seed=1)
    emg, angles, solved = read(path)
    assert np.isfinite(emg).all()
    assert 10 < emg.std() < 25
    assert np.abs(np.degrees(angles)).max() < 125
    assert 0.05 < 1 - solved.mean() < 0.13
    with Emg2PoseSessionData(path) as data:
        assert data.stage == stage


def test_same_arguments_same_samples(tmp_path):
    first = make_session(tmp_path / "a.hdf5", duration=1, seed=4, user="u", side="right")
    second = make_session(tmp_path / "b.hdf5", duration=1, seed=4, user="u", side="right")
    with h5py.File(first) as a, h5py.File(second) as b:
        assert a["emg2pose/timeseries"][()].tobytes() == b["emg2pose/timeseries"][()].tobytes()


def _bytes_made(path):
    make_session(path, duration=1, seed=2, user="u")
    with h5py.File(path) as file:
        return file["emg2pose/timeseries"][()].tobytes()


def test_same_samples_in_another_process(tmp_path):
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        theirs = pool.apply(_bytes_made, (tmp_path / "b.hdf5",))
    assert theirs == _bytes_made(tmp_path / "a.hdf5")


@pytest.mark.parametrize("change", [{"seed": 1}, {"side": "right"}, {"user": 1}])
def test_other_arguments_other_samples(tmp_path, change):
    emg = read(make_session(tmp_path / "a.hdf5", duration=1))[0]
    other = read(make_session(tmp_path / "b.hdf5", duration=1, **change))[0]
    assert np.abs(np.corrcoef(emg[:, 0], other[:, 0])[0, 1]) < 0.2


def test_two_sides_of_a_seed_are_two_hands_of_a_recording(tmp_path):
    (left, a), (right, b) = (
        read(make_session(tmp_path / "a.hdf5", duration=20, side=side))[1:]
        for side in ("left", "right")
    )
    solved = a & b
    assert np.corrcoef(left[solved, 5], right[solved, 5])[0, 1] > 0.95
    assert 1 < np.degrees(np.abs(left[solved] - right[solved])).mean() < 10
    assert (a != b).any()


def test_gaps_of_a_minute(counting):
    _, _, solved = counting
    gaps = runs_of(~solved)
    lengths = np.diff(gaps, axis=1) / 2000
    assert 2 <= len(gaps) <= 6
    assert lengths.min() >= 0.19
    assert lengths.max() <= 3.01
    assert 0.05 < 1 - solved.mean() < 0.13


def test_users_are_stored_by_name(tmp_path):
    for user, stored in (("anna", "anna"), (3, None), (None, None)):
        with Emg2PoseSessionData(make_session(tmp_path / "a", duration=1, user=user)) as data:
            assert data.user == stored or re.fullmatch("[0-9a-f]{10}", data.user)


def test_a_user_has_the_same_wrist_in_every_session(tmp_path):
    def profile(user, **options):
        emg = read(make_session(tmp_path / "a", duration=30, user=user, **options))[0]
        return np.log(emg.std(axis=0))

    ours = [profile(7, seed=1), profile(7, seed=2, side="right")]
    theirs = [profile(8, seed=1), profile(9, seed=1)]
    apart = [np.corrcoef(ours[0], other)[0, 1] for other in (ours[1], *theirs)]
    assert apart[0] > 0.8
    assert max(apart[1:]) < apart[0] - 0.1


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"stage": "Counting"}, ValueError, "stage is 'Counting'; pass one of 'AllFinger"),
        ({"side": "Left"}, ValueError, "side is 'Left'; pass one of 'left', 'right'"),
        ({"duration": 0}, ValueError, "duration is 0 s; pass a finite number above 0"),
        ({"duration": -3}, ValueError, "duration is -3 s"),
        ({"duration": float("nan")}, ValueError, "duration is nan s"),
        ({"duration": 0.1}, ValueError, "duration is 0.1 s; pass 0.5 s or more"),
        ({"duration": "long"}, TypeError, "duration is 'long'; pass a number in s"),
        ({"seed": -1}, ValueError, "seed is -1; pass a whole number, at least 0"),
        ({"seed": 1.5}, TypeError, "seed is 1.5; pass a whole number"),
        ({"user": ""}, ValueError, "user is ''; pass a name, a number, or None"),
        ({"user": 1.5}, TypeError, "user is 1.5"),
    ],
)
def test_refused(tmp_path, options, error, message):
    for make in (lambda **o: make_session(tmp_path / "a.hdf5", **o), load_sample):
        with pytest.raises(error, match=re.escape(message)):
            make(**options)
    assert list(tmp_path.iterdir()) == []


# -- load_sample ------------------------------------------------------------------------------


def test_the_sample_is_made_once_and_in_time():
    (data_dir() / "samples").mkdir(parents=True, exist_ok=True)
    start = time.perf_counter()
    path = load_sample(seed=11)
    assert time.perf_counter() - start < 5
    made = path.stat().st_mtime_ns
    assert load_sample(seed=11).stat().st_mtime_ns == made
    assert path.parent == data_dir() / "samples"


def test_the_default_sample(counting):
    emg, angles, _ = counting
    assert emg.shape == (120_000, 16)
    assert angles.shape == (120_000, 20)
    assert load_sample(stage=COUNTING) == load_sample()


def test_each_sample_has_its_own_file(tmp_path):
    options = [
        {},
        {"stage": "unconstrained"},
        {"seed": 1},
        {"side": "right"},
        {"user": 1},
        {"user": "Änne/../1"},
    ]
    paths = [load_sample(**{"duration": 1} | option) for option in options]
    assert len(set(paths)) == len(options)
    assert {path.parent for path in paths} == {data_dir() / "samples"}
    assert load_sample(duration=1.0) == paths[0]


def test_a_changed_recipe_makes_a_new_file(monkeypatch):
    before = load_sample(duration=1, seed=21)
    monkeypatch.setattr(synthetic, "_RECIPE", synthetic._RECIPE + 1)
    assert load_sample(duration=1, seed=21) != before


@pytest.mark.parametrize("damage", ["cut", "overwritten", "one byte", "empty"])
def test_a_damaged_sample_is_made_again(damage):
    path = load_sample(duration=1, seed=31)
    whole = path.read_bytes()
    middle = len(whole) // 2
    path.write_bytes(
        {
            "cut": whole[:middle],
            "overwritten": b"not a session",
            "one byte": whole[:middle] + bytes([whole[middle] ^ 255]) + whole[middle + 1 :],
            "empty": b"",
        }[damage]
    )
    assert load_sample(duration=1, seed=31) == path
    assert path.read_bytes() == whole


def _sum_of_sample(seed):
    with Emg2PoseSessionData(load_sample(seed=seed, duration=5)) as data:
        return float(data["emg"].sum())


def test_many_processes_at_once_get_the_same_whole_sample():
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        sums = pool.map(_sum_of_sample, [41, 41, 41])
    assert len(set(sums)) == 1
    assert not list((data_dir() / "samples").glob("*.part"))
