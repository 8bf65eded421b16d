"""Filters are asked for by what is in the signal, and take out that and nothing else."""

import mne
import numpy as np
import pytest

from emgtut.signals.cleaning import clean, needed_filters

RATE = 1000.0


def recording(rng, *, drift=0.0, hum=0.0, mains=60.0, seconds=20, rate=RATE):
    """White muscle noise of 10 microvolt, and whatever is to be found."""
    t = np.arange(int(seconds * rate)) / rate
    emg = rng.normal(0, 10e-6, (3, len(t)))
    emg += drift * np.sin(2 * np.pi * 0.7 * t)
    emg += hum * np.sin(2 * np.pi * mains * t) + hum / 3 * np.sin(2 * np.pi * 3 * mains * t)
    info = mne.create_info(["EMG01", "EMG02", "EMG03"], rate, "emg")
    return mne.io.RawArray(emg, info, verbose="error")


def test_nothing_to_do(rng):
    need = needed_filters(recording(rng))
    assert not need
    assert str(need) == "no filter"
    assert "no mains hum" in need.why


def test_drift(rng):
    raw = recording(rng, drift=100e-6)
    need = needed_filters(raw)
    assert (need.highpass, need.notches) == (20.0, ())
    cleaned = clean(raw, need)
    assert not needed_filters(cleaned)
    assert raw.get_data().std() > 60e-6
    assert cleaned.get_data().std() == pytest.approx(10e-6, rel=0.05)


@pytest.mark.parametrize("mains", [50.0, 60.0])
def test_hum_and_its_multiples(rng, mains):
    raw = recording(rng, hum=30e-6, mains=mains)
    need = needed_filters(raw)
    assert need.notches == (mains, 3 * mains)
    assert need.highpass is None
    assert not needed_filters(clean(raw, need))


def test_slow_recordings_have_no_mains_to_look_for(rng):
    assert not needed_filters(recording(rng, rate=100.0, seconds=30))


@pytest.mark.parametrize("value", [0.0, 9e-3, 1 / 3])
def test_a_recording_that_never_moves_asks_for_nothing(value):
    info = mne.create_info(["EMG01"], RATE, "emg")
    need = needed_filters(mne.io.RawArray(np.full((1, 5000), value), info, verbose="error"))
    assert not need
    assert need.why == "no channel moves"


def test_a_rate_without_an_emg_band(rng):
    need = needed_filters(recording(rng, rate=30.0, seconds=30))
    assert not need
    assert "no EMG band" in need.why


def test_the_two_real_recordings(real_file):
    from emgtut import to_raw

    for name in ("openbci_fingers_clean", "openbci_fingers_lost_tracking"):
        need = needed_filters(to_raw(real_file(f"{name}.hdf5")))
        assert need.highpass == 20.0
        assert 60.0 in need.notches
