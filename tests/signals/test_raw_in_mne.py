"""What people do with a Raw in MNE works on ours, and the guide says truly what does not."""

import inspect
import re
import warnings
from pathlib import Path

import mne
import numpy as np
import pytest

from emgtut import Emg2PoseSessionData, to_raw
from emgtut.signals.raw import EMG, RawSession, typical_swing


def test_save_and_read_back(session_file, tmp_path):
    raw = to_raw(session_file(n=5_000, unsolved=[(40, 90)]))
    for fmt, rtol in (("single", 1e-6), ("double", 1e-12)):
        raw.save(tmp_path / f"{fmt}_raw.fif", fmt=fmt)
        again = mne.io.read_raw_fif(tmp_path / f"{fmt}_raw.fif")
        np.testing.assert_allclose(again.get_data(), raw.get_data(), rtol=rtol, atol=1e-20)
        for key in ("description", "meas_date", "ch_names", "subject_info", "sfreq"):
            assert again.info[key] == raw.info[key]
        assert again.get_channel_types() == raw.get_channel_types()
        assert set(again.annotations.description) == {"BAD_IK", "stage/unconstrained"}


def test_concatenate_two_files_of_different_units(session_file, rng):
    first = session_file("a.hdf5", n=3_000)
    second = session_file("b.hdf5", n=4_100, emg_unit="uV", start=1.68e9, compression="gzip")
    for load in (False, True):
        raws = [to_raw(first), to_raw(second)]
        expected = np.concatenate([raw.get_data() for raw in raws], axis=1)
        both = mne.concatenate_raws(raws, preload=load)
        np.testing.assert_array_equal(both.get_data(), expected)
        np.testing.assert_array_equal(both[2:9, 2_900:3_300][0], expected[2:9, 2_900:3_300])
        cut = both.copy().crop(0.5, 2.0)
        np.testing.assert_array_equal(cut.get_data(), expected[:, 1_000:4_001])
    assert len(both.filenames) == 2


def test_filters_and_spectra_take_the_emg_by_default(session_file):
    raw = to_raw(session_file(n=6_000)).load_data()
    angles = raw.get_data("misc")
    for call in (
        lambda r, **picks: r.filter(20, 450, **picks),
        lambda r, **picks: r.notch_filter([60, 120], **picks),
        lambda r, **picks: r.apply_function(np.abs, **picks),
        lambda r, **picks: r.apply_hilbert(envelope=True, **picks),
    ):
        default, asked = call(raw.copy()), call(raw.copy(), **EMG)
        np.testing.assert_array_equal(default.get_data(), asked.get_data())
        np.testing.assert_array_equal(default.get_data("misc"), angles)
        assert isinstance(default, RawSession)
        assert np.abs(default.get_data("emg") - raw.get_data("emg")).max() > 1e-6
    assert raw.compute_psd().ch_names == raw.ch_names[:7]
    assert raw.compute_psd(picks=["EMG02"], fmax=300).ch_names == ["EMG02"]
    # The loudest line of a 60 Hz sine is where it was put.
    mixed = raw.copy().apply_function(lambda x: x + np.sin(120 * np.pi * raw.times), picks=[3])
    spectrum = mixed.compute_psd(n_fft=2_000)
    assert spectrum.freqs[spectrum.get_data()[3].argmax()] == 60
    assert spectrum.copy().get_data(["EMG02"]).shape == (1, 1_001)
    assert len(spectrum.plot(show=False).axes[0].lines) >= 7


@pytest.mark.parametrize("name", ["plot", "filter", "notch_filter", "compute_psd"])
def test_signatures_and_help_are_those_of_mne(name):
    ours, theirs = getattr(RawSession, name), getattr(mne.io.BaseRaw, name)
    assert inspect.signature(ours) == inspect.signature(theirs)
    assert ours.__doc__ == theirs.__doc__


def test_no_picks_mean_what_mne_means_beside_eeg(session_file):
    raw = to_raw(session_file()).load_data().set_channel_types({"EMG07": "eeg"})
    assert raw.compute_psd(n_fft=512).ch_names == ["EMG07"]
    only = to_raw(session_file()).pick("misc")
    with pytest.raises(ValueError, match="yielded no channels"):
        only.compute_psd()


def test_plot_fits_the_traces(session_file, rng):
    path = session_file(n=6_000, emg=rng.normal(0, 18, (6_000, 7)))  # 44 µV, 99 % within 114
    raw = to_raw(path)
    figure = raw.plot(duration=1.0, start=0.5, show=False, block=False)
    assert figure.mne.scalings["emg"] == pytest.approx(200e-6)
    loud = raw.copy().load_data().apply_function(lambda x: 10 * x)
    assert loud.plot(show=False).mne.scalings["emg"] == pytest.approx(2e-3)
    given = raw.plot(show=False, scalings={"emg": 7e-5}, events=None)
    assert given.mne.scalings["emg"] == 7e-5
    other = raw.plot(show=False, scalings={"misc": 3.0})
    assert other.mne.scalings["emg"] == pytest.approx(200e-6)
    assert other.mne.scalings["misc"] == 3.0
    assert raw.plot(show=False, scalings="auto").mne.scalings["emg"] > 0
    assert raw.copy().pick("misc").plot(show=False).mne.scalings["emg"] == 1e-3


def test_resample_pick_and_tables(session_file):
    raw = to_raw(session_file(n=6_000, unsolved=[(1_000, 2_000)])).load_data()
    half = raw.copy().resample(1000)
    assert half.n_times == 3_000
    bad = half.annotations[half.annotations.description == "BAD_IK"]
    assert (bad.onset.item(), bad.duration.item()) == (0.5, 0.5)
    assert raw.copy().pick("emg").ch_names == raw.ch_names[:7]
    table = raw.to_data_frame()
    np.testing.assert_allclose(table["EMG01"], raw.get_data([0], units="uV")[0])
    np.testing.assert_allclose(table["ANGLE01"], raw.get_data(["ANGLE01"])[0])
    assert raw.describe(data_frame=True)["type"].tolist() == raw.get_channel_types()
    assert "RawSession" in repr(raw)
    assert "Channels" in raw._repr_html_()


def test_report_shows_the_spectrum(session_file):
    raw = to_raw(session_file(n=6_000))
    report = mne.Report(verbose=False)
    report.add_raw(raw, "session", psd=True, butterfly=False)
    assert "PSD" in report.html[0]


# -- real files -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["openbci_fingers_clean", "openbci_fingers_lost_tracking"])
def test_real_recordings(real_file, name):
    path = real_file(f"{name}.hdf5")
    raw = to_raw(path)
    assert raw.info["sfreq"] == 250
    assert raw.info["meas_date"].year == 2025
    assert raw.ch_names[-5:] == ["THUMB", "INDEX", "MIDDLE", "RING", "PINKY"]
    bad = raw.annotations[raw.annotations.description == "BAD_IK"]
    with Emg2PoseSessionData(path) as session:
        np.testing.assert_allclose(raw.get_data("emg", units="uV"), session.emg.T, rtol=1e-9)
        assert round(250 * bad.duration.sum()) == (~session.no_ik_failure).sum()
    assert 50e-6 < typical_swing(raw) < 1e-3
    raw.load_data().notch_filter(60).filter(15, 115)
    assert np.abs(raw.get_data("emg").mean(axis=1)).max() < 1e-6
    assert raw.plot(show=False).mne.scalings["emg"] < 1e-3


def test_the_released_layout(real_file):
    with pytest.warns(UserWarning, match=r"side='right'.*'left'"):
        raw = to_raw(real_file("emg2pose_fixture.hdf5"))
    assert (len(raw.ch_names), raw.n_times) == (36, 100)
    assert "right wrist" in raw.info["description"]
    assert "time is row over rate" in raw.info["description"]
    assert raw.annotations.description[0] == "stage/IndividualFingerPointingSnap"


# -- what the guide says --------------------------------------------------------------------------

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guide" / "emg_in_mne.rst"
ROWS = re.findall(
    r"^   \* - ``(.+)``\n     - (works|fails)\n     - (works|fails|has none|see below)\n"
    r"     - (works|fails)$",
    GUIDE.read_text(encoding="utf-8") if GUIDE.exists() else "",
    re.MULTILINE,
)


def epochs_of(raw):
    return mne.make_fixed_length_epochs(raw, 0.5, preload=True)


CALLS = {
    "raw.get_data": lambda r, **p: r.get_data(**p),
    "raw.plot": lambda r, **p: r.plot(show=False, **p),
    "raw.to_data_frame": lambda r, **p: r.to_data_frame(**p),
    "raw.resample": lambda r: r.copy().resample(1000),
    "raw.filter": lambda r, **p: r.copy().filter(20, 450, **p),
    "raw.notch_filter": lambda r, **p: r.copy().notch_filter(60, **p),
    "raw.apply_function": lambda r, **p: r.copy().apply_function(np.abs, **p),
    "raw.apply_hilbert": lambda r, **p: r.copy().apply_hilbert(**p),
    "raw.compute_psd": lambda r, **p: r.compute_psd(n_fft=512, **p),
    "spectrum.plot": lambda r, **p: r.compute_psd(n_fft=512, **EMG).plot(show=False, **p),
    "spectrum.get_data": lambda r, **p: r.compute_psd(n_fft=512, **EMG).get_data(**p),
    "raw.compute_tfr": lambda r, **p: r.compute_tfr("morlet", freqs=[100.0], **p),
    "epochs.get_data": lambda r, **p: epochs_of(r).get_data(**p),
    "epochs.plot": lambda r, **p: epochs_of(r).plot(show=False, **p),
    "epochs.filter": lambda r, **p: epochs_of(r).filter(20, 450, **p),
    "epochs.average": lambda r, **p: epochs_of(r).average(**p),
    "epochs.compute_psd": lambda r, **p: epochs_of(r).compute_psd(**p),
    "annotate_amplitude": lambda r, **p: mne.preprocessing.annotate_amplitude(
        r, peak={"emg": 1e-3}, **p
    ),
    "Report.add_raw(psd=True)": lambda r: mne.Report(verbose=False).add_raw(
        r, "session", psd=True, butterfly=False
    ),
    "ICA.fit": lambda r, **p: mne.preprocessing.ICA(2).fit(r, **p),
    "raw.set_eeg_reference": lambda r: r.copy().set_eeg_reference(ch_type="emg"),
    "raw.plot_sensors": lambda r: r.plot_sensors(show=False),
}


def verdict(call, raw, **picks):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            call(raw, **picks)
        except (ValueError, KeyError):
            return "fails"
    return "works"


def test_every_row_of_the_guide_is_tried():
    assert [row[0] for row in ROWS] == list(CALLS)


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_the_guide_is_right_about(row, session_file):
    name, without, with_picks, on_ours = row
    ours = to_raw(session_file(n=5_000)).load_data()
    plain = mne.io.RawArray(ours.get_data(), ours.info)
    assert verdict(CALLS[name], plain) == without
    if with_picks in ("works", "fails"):
        assert verdict(CALLS[name], plain, **EMG) == with_picks
    assert verdict(CALLS[name], ours) == on_ours


def test_the_guide_is_right_about_silent_surprises(session_file):
    raw = to_raw(session_file(n=6_000)).load_data()
    assert raw.copy().filter(20, 450, **EMG).info["highpass"] == 0
    assert mne.compute_raw_covariance(raw).ch_names == []
    alone = raw.copy().pick(["ANGLE01"]).to_data_frame()
    np.testing.assert_allclose(alone["ANGLE01"], raw.get_data(["ANGLE01"])[0])
    with pytest.raises(ValueError, match="units"):
        raw.get_data(units="uV")
    mixed = raw.get_data(units={"emg": "uV"})
    np.testing.assert_allclose(mixed[:7], 1e6 * raw.get_data("emg"))
    np.testing.assert_array_equal(mixed[7:], raw.get_data("misc"))
