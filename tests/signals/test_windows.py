"""Windows: where they lie, which pose they carry, what is refused."""

from itertools import pairwise

import h5py
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emgtut import (
    Corpus,
    Emg2PoseSessionData,
    SessionError,
    explore,
    make_corpus,
    window_features,
    windows_of,
)
from emgtut.signals.pooling import windows_of_many
from emgtut.signals.windows import samples_in, unbroken_runs, window_starts


def slow_starts(runs, window, hop):
    found = []
    for a, b in runs:
        k = a
        while k + window <= b:
            found.append(k)
            k += hop
    return found


@given(
    edges=st.lists(st.integers(0, 400), max_size=12, unique=True).map(sorted),
    window=st.integers(1, 60),
    hop=st.integers(1, 80),
)
def test_starts_are_all_that_fit_and_no_more(edges, window, hop):
    runs = list(zip(edges[::2], edges[1::2], strict=False))
    starts = window_starts(runs, window, hop)
    assert starts.dtype == np.int64
    assert starts.tolist() == slow_starts(runs, window, hop)


def test_a_run_of_exactly_one_window_yields_one():
    assert window_starts([(5, 15)], 10, 3).tolist() == [5]
    assert window_starts([(5, 14)], 10, 3).tolist() == []
    assert window_starts([], 10, 3).tolist() == []


@pytest.mark.parametrize("label", ["last", "middle"])
def test_windows_lie_within_solved_rows(session_file, label):
    # 250 Hz: 0.2 s are 50 samples, 0.1 s are 25. Stretches of 50, 49 and many rows.
    path = session_file(sample_rate=250.0, unsolved=[(50, 60), (109, 300), (700, 701)])
    with Emg2PoseSessionData(path) as session:
        windows = windows_of(session, label=label)
        emg, angles, stamps = session.emg, session.joint_angles, session.timestamps
        solved = session.no_ik_failure
    runs = [(0, 50), (60, 109), (300, 700), (701, 1200)]
    assert (windows.window, windows.hop, windows.sample_rate) == (50, 25, 250.0)
    assert windows.start.tolist() == slow_starts(runs, 50, 25)
    assert len(windows) == len(windows.X) == len(windows.y) == len(windows.time)
    at = windows.start + (49 if label == "last" else 25)
    assert (windows.y == angles[at]).all()
    assert windows.y.dtype == windows.X.dtype == np.float64
    assert (windows.time == stamps[at]).all()
    for start, row in zip(windows.start, windows.X, strict=True):
        assert solved[start : start + 50].all()
        one = window_features(emg[start : start + 50], window=50, hop=1)
        np.testing.assert_allclose(row, one[0], rtol=1e-12)
    assert windows.feature_names[:8] == (*(f"rms_EMG{k:02d}" for k in range(1, 8)), "mav_EMG01")
    assert windows.target_names == tuple(f"ANGLE{k:02d}" for k in range(1, 6))
    assert windows.X.shape[1] == len(windows.feature_names) == 21
    assert f"{len(windows)} of 0.2 s every 0.1 s, 21 features, 5 targets at the {label}" in repr(
        windows
    )


def test_no_window_reaches_across_a_hole_in_time(session_file):
    stamps = 1.67e9 + np.arange(1200) / 2000
    stamps[333:] += 1.0
    stamps[800:] += 0.5
    path = session_file(time=stamps, unsolved=[(900, 905)])
    with Emg2PoseSessionData(path) as session:
        assert unbroken_runs(session) == [(0, 333), (333, 800), (800, 900), (905, 1200)]
        assert unbroken_runs(session, solved=False) == [(0, 333), (333, 800), (800, 1200)]
        windows = windows_of(session, window=0.05, hop=0.01)
        spans = session.timestamps[windows.start + 99] - session.timestamps[windows.start]
    np.testing.assert_allclose(spans, 99 / 2000, atol=1e-6)
    assert set(windows.start) >= {0, 333, 800, 905}


@given(
    solved=st.lists(st.booleans(), min_size=1, max_size=60),
    holes=st.sets(st.integers(0, 59)),
)
def test_runs_are_split_at_holes_and_nowhere_else(solved, holes):
    class Session:
        class contents:  # noqa: N801 - stands for an attribute
            pass

        def __len__(self):
            return len(solved)

    Session.contents.solved = np.array(solved)
    Session.contents.gaps = [(row, 1.0) for row in sorted(holes) if 0 < row < len(solved)]
    runs = unbroken_runs(Session())
    inside = np.zeros(len(solved), int)
    for a, b in runs:
        assert b > a
        inside[a:b] += 1
        assert not any(a < row < b for row in holes)
    assert (inside == solved).all()
    assert all(b <= c for (_, b), (c, _) in pairwise(runs))
    # Each run could not be longer.
    for a, b in runs:
        assert a == 0 or not solved[a - 1] or a in holes
        assert b == len(solved) or not solved[b] or b in holes


def test_a_filter_sees_the_whole_session_once(session_file):
    seen = []

    def half(emg):
        seen.append(emg.shape)
        return emg / 2

    path = session_file(unsolved=[(600, 620)])
    with Emg2PoseSessionData(path) as session:
        plain = windows_of(session, window=0.05, hop=0.05)
        halved = windows_of(session, window=0.05, hop=0.05, filter=half)
    assert seen == [(1200, 7)]
    np.testing.assert_allclose(halved.X, plain.X / 2, rtol=1e-6)
    assert (halved.y == plain.y).all()


def test_seconds_are_rounded_to_samples():
    assert samples_in("window", 0.29, 100.0) == 29  # 0.29 * 100 is 28.999999999999996
    assert samples_in("window", 0.25, 2000.14) == 500
    with pytest.raises(ValueError, match=r"hop is 0\.0001 s, less than one sample at 2000 Hz"):
        samples_in("hop", 0.0001, 2000.0)


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"window": 400}, SessionError, r"window is 400 s \(800000 samples\).*700 samples; pass"),
        ({"window": 0.351}, SessionError, r"pass window<=0\.35, in seconds"),
        ({"window": 0}, ValueError, "window is 0 s; pass a finite number above 0"),
        ({"window": np.nan}, ValueError, "window is nan"),
        ({"hop": 0}, ValueError, "hop is 0 s; pass"),
        ({"hop": -0.1}, ValueError, "hop is -0.1 s; pass"),
        ({"hop": "0.1"}, TypeError, "hop is '0.1'; pass a number in s"),
        ({"label": "first"}, ValueError, "label is 'first'; pass one of 'last', 'middle'"),
        ({"features": ["fft"]}, ValueError, "feature is 'fft'; pass one of"),
        ({"filter": "bandpass"}, TypeError, "filter is 'bandpass'; pass a function"),
        ({"filter": lambda x: x[1:]}, ValueError, r"made an array of \(1199, 7\) from one of"),
        ({"filter": lambda x: x * np.nan}, ValueError, "not finite; check that it is stable"),
    ],
)
def test_bad_input_is_named(session_file, change, error, says):
    with (
        Emg2PoseSessionData(session_file(unsolved=[(450, 500)])) as session,
        pytest.raises(error, match=says),
    ):
        windows_of(session, **{"window": 0.02, "hop": 0.02} | change)


def test_a_window_of_the_whole_run_is_one_window(session_file):
    with Emg2PoseSessionData(session_file(unsolved=[(450, 500)])) as session:
        assert windows_of(session, window=0.35, hop=0.1).start.tolist() == [500]


def test_a_session_without_a_pose(session_file):
    path = session_file(unsolved=[(0, 1200)])
    with (
        Emg2PoseSessionData(path) as session,
        pytest.raises(SessionError, match=r"made\.hdf5: no row has a pose"),
    ):
        windows_of(session)


@pytest.mark.parametrize("use", [windows_of, explore])
@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("time", 1.0, "time goes back by .* at row 700"),
        ("emg", np.nan, "EMG is not finite in 1 row"),
    ],
)
def test_a_file_that_would_give_wrong_results_is_refused(session_file, use, field, value, says):
    path = session_file()
    with h5py.File(path, "r+") as file:
        rows = file["emg2pose/timeseries"][:]
        rows[field][700] = value
        file["emg2pose/timeseries"][:] = rows
    with pytest.raises(SessionError, match=rf"made\.hdf5: {says}"):
        use(path)


def test_a_path_will_do(session_file):
    path = session_file()
    with Emg2PoseSessionData(path) as session:
        windows = windows_of(session)
        assert (windows.X == windows_of(path).X).all()
        assert session["emg"].shape == (1200, 7)  # still open
    with pytest.raises(TypeError, match="session is of type ndarray; pass an open Emg2Pose"):
        windows_of(np.zeros((500, 3)))
    with pytest.raises(FileNotFoundError):
        windows_of(path.with_name("other.hdf5"))


# -- where windows are from, and windows of several sessions --------------------------------------

STEM = "2022-12-06-1670313600-e3096-cv-emg-pose-train@2"


@pytest.mark.parametrize(
    ("name", "attributes", "recording"),
    [
        (f"{STEM}-recording-9_left", {"session": STEM}, f"{STEM}-recording-9"),
        # The name it was recorded under counts, whatever the file is called now.
        ("renamed", {"filename": f"{STEM}-recording-9_left"}, f"{STEM}-recording-9"),
        ("mine_left", {}, "mine"),
        ("mine_right", {}, "mine"),
        # Without a number, what one session recorded stays together.
        ("a", {"session": "monday"}, "monday"),
    ],
)
def test_both_hands_of_a_recording_have_one_name(session_file, name, attributes, recording):
    windows = windows_of(session_file(f"{name}.hdf5", **attributes), hop=0.05)
    assert len(windows.groups) == len(windows) == 9
    (row,) = windows.groups.drop_duplicates().to_dict("records")
    assert row == {
        "user": "u1",
        "session": attributes.get("session", name),
        "recording": recording,
        "stage": "unconstrained",
        "side": "left",
        "file": f"{name}.hdf5",
    }


def test_windows_say_what_they_were_made_of(session_file):
    windows = windows_of(session_file(), features=["wl", "rms"])
    assert windows.features == ("wl", "rms")
    assert windows.channel_names == tuple(f"EMG{k:02d}" for k in range(1, 8))
    assert windows.filter is None


def test_windows_of_many_are_those_of_each(session_file):
    paths = [
        session_file("a.hdf5", unsolved=[(600, 620)]),
        session_file("b.hdf5", user="u2", n=900),
        session_file("c.hdf5", side="right", stage="ShakaVulcanPeace_both"),
    ]
    options = {"window": 0.05, "hop": 0.02, "label": "middle", "features": ("rms", "zc")}
    each = [windows_of(path, **options) for path in paths]
    with Emg2PoseSessionData(paths[1]) as session:  # open ones and paths, in any mixture
        together = windows_of_many([paths[0], session, str(paths[2])], **options)
        assert len(session) == 900  # still open
    for name in ("X", "y", "time", "start"):
        expected = np.concatenate([getattr(one, name) for one in each])
        assert (getattr(together, name) == expected).all()
    for name in ("feature_names", "target_names", "window", "hop", "label", "features"):
        assert getattr(together, name) == getattr(each[0], name)
    groups = together.groups
    assert groups.index.tolist() == list(range(len(together)))
    assert groups["file"].tolist() == [
        f"{name}.hdf5" for name, one in zip("abc", each, strict=True) for _ in range(len(one))
    ]
    assert groups.groupby("file")["user"].unique().str[0].tolist() == ["u1", "u2", "u1"]
    assert set(groups["side"]) == {"left", "right"}
    assert set(groups["stage"]) == {"unconstrained", "ShakaVulcanPeace"}


def test_windows_of_a_corpus(tmp_path, capsys):
    corpus = Corpus(make_corpus(tmp_path / "c", n_users=3, n_sessions=8, duration=1))
    windows = windows_of_many(corpus)
    table = windows.groups.drop_duplicates()
    assert table["file"].str.removesuffix(".hdf5").tolist() == corpus.table["filename"].tolist()
    for column in ("user", "session", "stage", "side"):
        assert table[column].tolist() == corpus.table[column].tolist()
    # Both hands, one recording.
    sides = table.groupby("recording")["side"].agg(sorted)
    assert ["left", "right"] in sides.tolist()
    part = windows_of_many(corpus.select(side="left"))
    assert set(part.groups["side"]) == {"left"}
    assert capsys.readouterr().err == ""  # no bar where nobody looks
    windows_of_many(corpus, progress=True)
    assert "8/8" in capsys.readouterr().err


def test_files_of_one_name_stay_apart(session_file):
    here = session_file("a.hdf5")
    there = session_file("other/a.hdf5", user="u2")
    files = windows_of_many([here, there]).groups.groupby("user")["file"].unique()
    assert [list(names) for names in files] == [[str(here)], [str(there)]]


def test_a_session_without_windows_is_left_out_aloud(session_file):
    good, empty = session_file("good.hdf5"), session_file("empty.hdf5", unsolved=[(0, 1200)])
    short = session_file("short.hdf5", n=399)
    with pytest.warns(UserWarning, match=r"short\.hdf5: window is 0\.2 s .*; it is left out"):
        assert len(windows_of_many([short, good])) == len(windows_of(good))
    with pytest.warns(UserWarning, match=r"empty\.hdf5: no row has a pose.*; it is left out"):
        assert set(windows_of_many([good, empty]).groups["file"]) == {"good.hdf5"}
    with (
        pytest.warns(UserWarning, match=r"empty\.hdf5"),
        pytest.raises(SessionError, match=r"short\.hdf5: window is"),
    ):
        windows_of_many([empty, short])


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"sample_rate": 1000.0}, r"b\.hdf5: sample_rate is 1000 Hz, but is 2000 Hz in .*a\.hdf5"),
        ({"channels": 8}, r"b\.hdf5: channels are 8 .*, but are 7 .* in .*a\.hdf5; pass"),
        ({"angles": 20}, r"b\.hdf5: joints are 20 \(THUMB_CMC_FE, .*in .*a\.hdf5; pass"),
        ({"joint_names": list("VWXYZ")}, r"b\.hdf5: joints are 5 \(V, W, X, .*a\.hdf5; pass"),
        ({"emg_unit": "uV"}, r"b\.hdf5: emg_unit is 'uV', but is 'noise_sd' in .*a\.hdf5; pass"),
    ],
)
def test_sessions_that_do_not_fit_are_refused_by_name(session_file, change, says):
    with pytest.raises(SessionError, match=says):
        windows_of_many([session_file("a.hdf5"), session_file("b.hdf5", **change)])


def test_clocks_may_differ_a_little(session_file):
    pair = [session_file("a.hdf5"), session_file("b.hdf5", sample_rate=2000.4)]
    assert windows_of_many(pair).sample_rate == 2000.0
    with pytest.raises(SessionError, match=r"sample_rate is 2000\.4 Hz, but is 2000 Hz"):
        windows_of_many(pair, window=0.50019)  # 1000 samples of one, 1001 of the other


def test_bad_lists_of_sessions(session_file):
    path = session_file()
    with pytest.raises(ValueError, match="sessions is empty; pass at least one"):
        windows_of_many([])
    with pytest.raises(ValueError, match=r"made\.hdf5 is there twice, so that its windows could"):
        windows_of_many([path, path.parent / "." / "made.hdf5"])
    with pytest.raises(TypeError, match="sessions is of type str; pass a list of sessions, or use"):
        windows_of_many(str(path))
    with pytest.raises(TypeError, match="session is of type int; pass an open"):
        windows_of_many([3])
    with pytest.raises(FileNotFoundError):
        windows_of_many([path, path.with_name("other.hdf5")])
    with pytest.raises(ValueError, match="hop is 0 s; pass a finite number above 0"):
        windows_of_many([path], hop=0)


def test_real_recordings(real_file):
    with Emg2PoseSessionData(real_file("openbci_fingers_clean.hdf5")) as session:
        windows = windows_of(session)
        n_hop, n_window = round(0.1 * session.sample_rate), round(0.2 * session.sample_rate)
        assert windows.X.shape == (len(windows), 24)
        assert windows.y.shape == (len(windows), 5)
        assert (np.diff(windows.start) >= n_hop).all()
        assert session.no_ik_failure[windows.start[:, None] + np.arange(n_window)].all()
    assert np.isfinite(windows.X).all()
