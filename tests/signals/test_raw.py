import copy
import pickle
import tracemalloc
from datetime import UTC, datetime

import h5py
import mne
import numpy as np
import pytest

from emgtut import Emg2PoseSessionData, SessionError, to_raw
from emgtut.sessions.layout import row_dtype
from emgtut.signals.raw import RawSession, typical_swing


def stored(path):
    """EMG and angles of a file, channels first, as stored."""
    with Emg2PoseSessionData(path) as session:
        return session["emg"].T.astype(float), session["joint_angles"].T.astype(float)


def edit(path, change):
    """Let ``change`` alter the rows and attributes of a file."""
    with h5py.File(path, "r+") as file:
        rows = file["emg2pose/timeseries"][:]
        change(rows, file["emg2pose"].attrs)
        file["emg2pose/timeseries"][:] = rows
    return path


def spans(raw, description="BAD_IK"):
    """First sample and the one after the last of each annotation of that name."""
    marks = raw.annotations[raw.annotations.description == description]
    start = (marks.onset - raw.first_time) * raw.info["sfreq"]
    stop = start + marks.duration * raw.info["sfreq"]
    assert np.abs(start - np.round(start)).max(initial=0) < 0.01
    assert np.abs(stop - np.round(stop)).max(initial=0) < 0.01
    return [(round(a), round(b)) for a, b in zip(start, stop, strict=True)]


# -- what the Raw holds ---------------------------------------------------------------------------


def test_channels_units_and_description(session_file):
    path = session_file(session="s 1")
    raw = to_raw(path)
    assert isinstance(raw, mne.io.BaseRaw)
    assert not raw.preload
    assert raw.ch_names == [f"EMG0{k}" for k in range(1, 8)] + [f"ANGLE0{k}" for k in range(1, 6)]
    assert raw.get_channel_types() == ["emg"] * 7 + ["misc"] * 5
    assert (raw.info["sfreq"], raw.n_times, raw.info["line_freq"]) == (2000, 1200, None)
    emg, angles = stored(path)
    np.testing.assert_allclose(raw.get_data("emg"), emg * 2.46e-6, rtol=1e-12)
    np.testing.assert_array_equal(raw.get_data("misc"), angles)
    assert raw.info["meas_date"] == datetime.fromtimestamp(1.67e9, UTC)
    assert raw.info["subject_info"]["his_id"] == "u1"
    for part in ("s 1", "unconstrained", "left", "noise_sd", "2.46e-06 V", "estimated"):
        assert part in raw.info["description"]
    assert raw._orig_units["EMG01"] == "V"
    assert raw._orig_units["ANGLE05"] == "rad"


@pytest.mark.parametrize(
    ("given", "factor"), [(None, 1e-3), ("uV", 1e-6), ("noise_sd", 2.46e-6), (5e-7, 5e-7)]
)
def test_microvolts_equal_the_file_times_the_factor(session_file, rng, given, factor):
    path = session_file(emg=rng.normal(0, 0.05 * 1e-3 / factor, (1200, 7)), emg_unit="mV")
    raw = to_raw(path, volts_per_unit=given)
    expected = stored(path)[0] * factor * 1e6
    np.testing.assert_allclose(raw.get_data("emg", units="uV"), expected, rtol=1e-12)
    assert f"{factor:g} V" in raw.info["description"]
    assert ("estimated" in raw.info["description"]) == (given == "noise_sd")


def test_unknown_units_are_refused(session_file):
    path = session_file()
    with pytest.raises(ValueError, match=r"volts_per_unit is 'volts'; pass one of 'noise_sd'"):
        to_raw(path, volts_per_unit="volts")
    with pytest.raises(ValueError, match="above 0"):
        to_raw(path, volts_per_unit=-1e-6)
    with pytest.raises(TypeError, match="number in V"):
        to_raw(path, volts_per_unit=True)
    edit(path, lambda _, attrs: attrs.update(emg_unit="counts"))
    with pytest.raises(SessionError, match=r"emg_unit is 'counts'.*'uV'"):
        to_raw(path)
    assert to_raw(path, volts_per_unit="uV").n_times == 1200


def test_an_angle_cannot_be_named_like_a_channel(session_file):
    path = session_file(joint_names=["THUMB", "EMG03", "a", "b", "c"])
    with pytest.raises(SessionError, match="joint_names holds 'EMG03'"):
        to_raw(path)


@pytest.mark.parametrize("wrong", ["mV", "V", 1e-10])
def test_a_wrong_unit_is_refused_with_those_that_fit(session_file, wrong):
    message = r"made.hdf5.*swings by .* mV; wrist EMG.*volts_per_unit='noise_sd' .* or .*'uV'"
    with pytest.raises(SessionError, match=message):
        to_raw(session_file(), volts_per_unit=wrong)


def test_offsets_drift_spikes_and_dead_channels_pass_the_range_check(session_file, rng):
    emg = rng.normal(0, 50, (40_000, 7))
    emg += rng.uniform(-20_000, 20_000, 7)  # µV, as raw amplifiers give them
    emg += np.linspace(0, 1_000, 40_000)[:, np.newaxis]
    emg[::2_000] += 1e7
    emg[:, 5:] = 0
    path = session_file(n=40_000, emg=emg, emg_unit="uV")
    assert typical_swing(to_raw(path)) == pytest.approx(50e-6 * 2.576, rel=0.3)
    with pytest.raises(SessionError, match="swings by"):
        to_raw(path, volts_per_unit="mV")


def test_dead_recordings_open_and_say_so(session_file):
    raw = to_raw(session_file(emg=np.full((1200, 7), 3.0)))
    assert "no EMG channel moves" in raw.info["description"]
    raw.plot(show=False)


@pytest.mark.parametrize("start", [None, 0.0, -5.0, np.nan, 1e12, "yesterday"])
def test_an_implausible_date_is_none(session_file, start):
    def change(_, attrs):
        del attrs["start"]
        if start is not None:
            attrs["start"] = start

    raw = to_raw(edit(session_file(unsolved=[(10, 30)]), change))
    assert raw.info["meas_date"] is None
    assert raw.annotations.orig_time is None
    assert spans(raw) == [(10, 30)]


def test_missing_attributes(session_file):
    def change(_, attrs):
        for name in ("session", "user", "stage", "side", "sample_rate", "end"):
            del attrs[name]

    raw = to_raw(edit(session_file(), change))
    assert raw.info["sfreq"] == pytest.approx(2000, abs=0.01)
    assert raw.info["subject_info"] is None
    assert "stage unknown; unknown wrist" in raw.info["description"]


# -- reading on demand ----------------------------------------------------------------------------


@pytest.fixture(params=["152", "232", "gzip", "one channel", "odd"])
def any_file(request, session_file, tmp_path, rng):
    """Session files of every storage, long enough for several blocks."""
    n = 9_000
    if request.param == "odd":
        return session_file(n=n, compression="gzip", unsolved=[(0, 7)])
    if request.param == "one channel":
        return session_file(n=n, channels=1, angles=1)
    path = session_file(
        n=n, channels=16, angles=20, compression="gzip" if request.param == "gzip" else None
    )
    if request.param == "232":
        with h5py.File(path, "r+") as file:
            group = file["emg2pose"]
            rows = group["timeseries"][:].astype(row_dtype(16, 20, angle_type="<f8"))
            rows["joint_angles"][100:110, 3] = np.nan
            del group["timeseries"]
            group["timeseries"] = rows
    return path


def test_any_piece_equals_the_loaded_whole(any_file, rng):
    lazy = to_raw(any_file)
    whole = to_raw(any_file).load_data()
    emg, angles = stored(any_file)
    angles[:, ~np.isfinite(angles).all(axis=0)] = 0
    np.testing.assert_allclose(
        whole.get_data(), np.concatenate([emg * 2.46e-6, angles]), rtol=1e-12
    )
    n_channels = len(lazy.ch_names)
    for _ in range(40):
        start, stop = np.sort(rng.choice(lazy.n_times + 1, 2, replace=False))
        picks = rng.permutation(n_channels)[: rng.integers(1, n_channels + 1)]
        np.testing.assert_array_equal(lazy[picks, start:stop][0], whole[picks, start:stop][0])
        picked = lazy.copy().pick(picks)
        np.testing.assert_array_equal(picked[:, start:stop][0], whole[picks, start:stop][0])
    np.testing.assert_array_equal(lazy[0, 17][0], whole[0, 17][0])


def test_projections_are_applied_while_reading(session_file):
    # MNE passes a matrix in place of calibrations.
    raw = to_raw(session_file(n=9_000))
    names = raw.ch_names[:7]
    rows = {"nrow": 1, "ncol": 7, "row_names": None, "col_names": names}
    rows["data"] = np.ones((1, 7)) / np.sqrt(7)
    raw.add_proj(mne.Projection(data=rows, active=False)).apply_proj()
    mean = raw.get_data("emg", start=4_000, stop=4_200).mean(axis=0)
    np.testing.assert_allclose(mean, 0, atol=1e-18)
    np.testing.assert_allclose(
        raw.copy().load_data().get_data(), raw.get_data(), rtol=1e-9, atol=1e-18
    )


def test_reading_a_second_does_not_read_the_file(session_file):
    path = session_file(n=60_000, channels=16, angles=20)
    raw = to_raw(path)
    raw.get_data("emg", start=0, stop=10)
    tracemalloc.start()
    try:
        raw.get_data("emg", start=30_000, stop=32_000)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 1.5e6 < path.stat().st_size / 5


def test_the_raw_outlives_the_session_and_the_folder(session_file, tmp_path, monkeypatch):
    path = session_file(unsolved=[(3, 9)])
    monkeypatch.chdir(path.parent)
    with Emg2PoseSessionData(path.name) as session:
        raw = to_raw(session)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    first = raw.get_data()
    for other in (raw.copy(), copy.deepcopy(raw), pickle.loads(pickle.dumps(raw))):
        assert isinstance(other, RawSession)
        np.testing.assert_array_equal(other.get_data(), first)
        assert spans(other) == [(3, 9)]
        np.testing.assert_array_equal(pickle.loads(pickle.dumps(other.load_data()))[:][0], first)


def test_a_file_that_changed_or_went_is_noticed(session_file):
    raw = to_raw(session_file())
    session_file(n=900)
    with pytest.raises(SessionError, match="had 1200 rows and now has 900; call to_raw again"):
        raw.get_data()
    raw.filenames[0].unlink()
    with pytest.raises(FileNotFoundError, match="no such session file"):
        raw.load_data()


def test_a_closed_session_is_refused(session_file):
    with Emg2PoseSessionData(session_file()) as session:
        pass
    with pytest.raises(SessionError, match="is closed"):
        to_raw(session)


# -- bad data -------------------------------------------------------------------------------------


def test_emg_that_is_not_finite_is_refused(session_file):
    def change(rows, _):
        rows["emg"][700, 2] = np.inf

    with pytest.raises(SessionError, match=r"not finite in 1 rows, first at row 700.*EMG03"):
        to_raw(edit(session_file(), change))


def test_time_that_goes_back_is_refused(session_file):
    def change(rows, _):
        rows["time"][600:] -= 0.05

    path = edit(session_file(), change)
    for gaps in ("raise", "annotate"):
        with pytest.raises(SessionError, match=r"goes back by 0\.0495"):
            to_raw(path, gaps=gaps)


def test_holes_in_time(session_file, tmp_path):
    def change(rows, _):
        rows["time"][2_000:] += 1.5
        rows["time"][5_000:] += 0.5

    path = edit(session_file(n=8_000), change)
    with pytest.raises(SessionError, match=r"jumps by 1.5005 s at row 2000.*gaps='annotate'"):
        to_raw(path)
    with pytest.raises(ValueError, match="gaps is 'skip'"):
        to_raw(path, gaps="skip")
    raw = to_raw(path, gaps="annotate")
    assert spans(raw, "BAD_ACQ_SKIP") == [(2_000, 2_000), (5_000, 5_000)]
    assert "2 holes in time, 2.000 s in all" in raw.info["description"]

    # Epochs that span a hole go, those that touch it stay.
    epochs = mne.make_fixed_length_epochs(raw, 0.5, preload=True)
    assert epochs.selection.tolist() == [0, 1, 2, 3, 4, 5, 6, 7]
    epochs = mne.make_fixed_length_epochs(raw, 0.8, preload=True)
    assert epochs.selection.tolist() == [0, 2, 4]

    # Filters start afresh: a step at the hole does not ring into the rows before it.
    def step(rows, _):
        rows["emg"][:, 0] = np.where(np.arange(8_000) < 2_000, -200, 200)

    raw = to_raw(edit(path, step), gaps="annotate").load_data().filter(20, 400)
    assert np.abs(raw.get_data([0])).max() < 1e-5
    saved = tmp_path / "holes_raw.fif"
    raw.save(saved)
    again = mne.io.read_raw_fif(saved)
    assert spans(again, "BAD_ACQ_SKIP") == spans(raw, "BAD_ACQ_SKIP")
    np.testing.assert_allclose(again.get_data(), raw.get_data(), rtol=1e-6, atol=1e-12)


def test_stamps_that_do_not_fit_the_rate(session_file):
    raw = to_raw(session_file(time=np.arange(1200.0)))
    assert "time is row over rate" in raw.info["description"]
    assert spans(raw, "stage/unconstrained") == [(0, 1199)]


# -- annotations ----------------------------------------------------------------------------------


def test_annotations_are_exact_to_the_sample(session_file, tmp_path, rng):
    edges = np.sort(rng.choice(40_000, 60, replace=False))
    unsolved = [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]
    path = session_file(n=40_000, channels=2, unsolved=unsolved, start=1670313313.1833334)
    raw = to_raw(path)
    assert spans(raw) == unsolved
    assert spans(raw, "stage/unconstrained") == [(0, 39_999)]
    (whole,) = raw.crop_by_annotations(
        raw.annotations[[k.startswith("stage") for k in raw.annotations.description]]
    )
    assert len(whole.times) == 40_000
    assert raw.annotations.orig_time == raw.info["meas_date"]
    # A window that touches an unsolved run shares no sample with it.
    stops = raw.annotations.onset + raw.annotations.duration
    assert set(stops) == {b / 2000 for _, b in unsolved} | {39_999 / 2000}

    cut = raw.copy().crop(4, 16, include_tmax=False)
    assert cut.n_times == 24_000
    inside = [(max(a, 8_000) - 8_000, min(b, 32_000) - 8_000) for a, b in unsolved]
    assert spans(cut) == [(a, b) for a, b in inside if b > a]
    assert spans(cut, "stage/unconstrained") == [(0, 24_000)]

    raw.save(tmp_path / "a_raw.fif")
    assert spans(mne.io.read_raw_fif(tmp_path / "a_raw.fif")) == unsolved

    both = mne.concatenate_raws([raw.copy(), raw.copy()])
    assert isinstance(both, RawSession)
    assert spans(both) == unsolved + [(a + 40_000, b + 40_000) for a, b in unsolved]
    assert len(spans(both, "stage/unconstrained")) == 2


@pytest.mark.parametrize("length", [0.05, 0.1, 0.25])
def test_epochs_drop_unsolved_rows_and_no_others(session_file, length):
    # Runs that end and begin on the edges of epochs, and runs that do not.
    unsolved = [(500, 1_000), (1_500, 1_501), (2_999, 3_000), (4_321, 5_500)]
    path = session_file(n=8_000, unsolved=unsolved)
    with Emg2PoseSessionData(path) as session:
        solved = session.no_ik_failure
    epochs = mne.make_fixed_length_epochs(to_raw(path), length, preload=True)
    size = round(length * 2000)
    whole = solved[: len(solved) // size * size].reshape(-1, size).all(axis=1)
    assert epochs.selection.tolist() == np.flatnonzero(whole).tolist()
    assert epochs.get_data("emg").shape == (whole.sum(), 7, size)
