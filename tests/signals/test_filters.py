"""Filters: what passes, when it comes out, chunks of any size, what is refused."""

import json
from dataclasses import asdict, replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emgtut import Emg2PoseSessionData, explore, windows_of
from emgtut.signals.cleaning import Need
from emgtut.signals.filters import EMGFilter

RATE = 2000.0
BAND = EMGFilter(RATE, highpass=20, lowpass=450)
EVERYTHING = EMGFilter(RATE, highpass=20, lowpass=450, notch=50, envelope=5)
DESIGNS = {
    "nothing": EMGFilter(RATE),
    "high-pass": EMGFilter(RATE, highpass=20),
    "odd order": EMGFilter(RATE, lowpass=450, order=3),
    "band": BAND,
    "notch": EMGFilter(RATE, notch=50),
    "rectified": EMGFilter(RATE, highpass=20, rectify=True),
    "everything": EVERYTHING,
}
each_design = pytest.mark.parametrize("design", DESIGNS.values(), ids=DESIGNS)


def sine(frequency, n=8000):
    return np.sin(2 * np.pi * frequency * np.arange(n) / RATE)[:, np.newaxis]


def measured_gain(design, frequency):
    """Amplitude of an oscillation after the filter, in the middle, where nothing rings."""
    middle = slice(3000, 5000)
    return np.sqrt(2 * np.mean(design(sine(frequency))[middle] ** 2))


# -- what passes ----------------------------------------------------------------------------------


def test_corners_pass_half_of_the_power_in_each_pass():
    once = replace(BAND, causal=True)
    np.testing.assert_allclose(once.gain([20, 450]) ** 2, 0.5, rtol=1e-9)
    np.testing.assert_allclose(BAND.gain([20, 450]), 0.5, rtol=1e-9)
    # Between them it is flat and without ripple; beyond, it falls by 6 dB an order and octave.
    inside = once.gain(np.arange(50, 250))
    assert inside.max() <= 1 + 1e-12
    assert inside.min() > 0.99
    low, lower = once.gain([2.0, 1.0])
    assert 20 * np.log10(low / lower) == pytest.approx(4 * 6.02, abs=0.1)


@pytest.mark.parametrize("order", [1, 2, 5])
def test_order_is_the_slope_of_each_edge(order):
    design = EMGFilter(RATE, highpass=20, order=order, causal=True)
    low, lower = design.gain([0.5, 0.25])
    assert 20 * np.log10(low / lower) == pytest.approx(order * 6.02, abs=0.1)


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("frequency", [10.0, 20.0, 100.0, 300.0, 600.0])
def test_gain_is_what_happens(frequency, causal):
    design = replace(BAND, causal=causal)
    assert measured_gain(design, frequency) == pytest.approx(design.gain(frequency), abs=2e-3)
    assert design.gain([[frequency]]).shape == (1, 1)


def test_notch_takes_out_the_mains_and_its_multiples():
    design = EMGFilter(RATE, notch=50, causal=True)
    lines = np.arange(50, 1000, 50.0)
    assert design.gain(lines).max() < 1e-9
    np.testing.assert_allclose(design.gain([49, 51, 149, 151]) ** 2, 0.5, rtol=0.05)
    assert design.gain([25, 75, 125, 975]).min() > 0.99
    assert measured_gain(design, 150) < 1e-3


def test_notch_without_multiples_and_several():
    one = EMGFilter(RATE, notch=60, harmonics=False, causal=True)
    assert one.gain(60) < 1e-9
    assert one.gain(120) > 0.99
    several = EMGFilter(RATE, notch=[50, 150], harmonics=False, causal=True)
    assert several.notch == (50.0, 150.0)
    assert several.gain([50, 150]).max() < 1e-9
    assert several.gain(100) > 0.99
    # A multiple of both is taken out once.
    both = EMGFilter(RATE, notch=(50, 100), causal=True)
    np.testing.assert_allclose(both.gain([48, 98]), EMGFilter(RATE, notch=50).gain([48, 98]) ** 0.5)


def test_rectified_and_enveloped():
    assert (EMGFilter(RATE, rectify=True)(sine(7)) == np.abs(sine(7))).all()
    design = EMGFilter(RATE, envelope=5)
    assert design.gain(100) == 1  # of the signal before it is rectified
    # The mean of a rectified sine is 2 / pi.
    np.testing.assert_allclose(design(sine(100))[500:-500], 2 / np.pi, rtol=0.01)
    # Its corner is where half of the power of a slow change is left, as for the other corners.
    slow = replace(design, causal=True)(2 + sine(5))[4000:]
    assert np.ptp(slow) / 2 == pytest.approx(np.sqrt(0.5), rel=1e-3)


@given(
    envelope=st.sampled_from([0.5, 5.0, 300.0, 364.0]),
    causal=st.booleans(),
    start=st.integers(0, 200),
    stop=st.integers(0, 200),
)
def test_an_envelope_is_never_negative(envelope, causal, start, stop):
    bursts = np.zeros((200, 2))
    bursts[start:stop] = -3
    effort = EMGFilter(RATE, envelope=envelope, causal=causal)(bursts)
    assert effort.min() >= 0
    assert effort.max() <= 3 + 1e-9


# -- when it comes out ----------------------------------------------------------------------------


def lag_of(design, frequency):
    """Delay of a burst, in samples: where the sizes before and after fit each other best."""
    burst = sine(frequency) * np.exp(-0.5 * ((np.arange(8000) - 4000) / 200) ** 2)[:, None]
    smooth = EMGFilter(RATE, envelope=10)
    before, after = smooth(burst)[:, 0], smooth(design(burst))[:, 0]
    return np.correlate(after, before, "full").argmax() - (len(before) - 1)


@pytest.mark.parametrize("frequency", [40, 100, 200])
def test_forward_and_backward_delays_nothing(frequency):
    assert lag_of(BAND, frequency) == 0
    assert (BAND.delay([frequency]) == 0).all()


@pytest.mark.parametrize("frequency", [40, 100, 200])
def test_causal_delay_is_what_it_says(frequency):
    design = replace(BAND, causal=True)
    expected = RATE * design.delay(frequency)
    assert expected > 1
    assert lag_of(design, frequency) == pytest.approx(expected, rel=0.1, abs=0.6)


def test_delay_of_the_envelope():
    design = EMGFilter(RATE, envelope=5, causal=True)
    assert design.delay(100) == pytest.approx(0.205 / 5, rel=0.01)
    ramp = np.arange(8000.0)[:, np.newaxis]
    late = (ramp - design(ramp))[-1, 0] / RATE
    assert late == pytest.approx(design.delay(100), rel=1e-6)


# -- chunks ---------------------------------------------------------------------------------------


@each_design
@settings(max_examples=25)
@given(sizes=st.lists(st.integers(0, 90), max_size=12), seed=st.integers(0, 9))
def test_chunks_of_any_size_are_the_whole(design, sizes, seed):
    emg = 1e4 + np.random.default_rng(seed).normal(0, 18, (sum(sizes) + 1, 3))
    whole = replace(design, causal=True)(emg)
    stream = design.stream()
    edges = np.cumsum([0, *sizes, 1])
    parts = [stream.process(emg[a:b]) for a, b in pairwise(edges)]
    assert [len(part) for part in parts] == [*sizes, 1]
    np.testing.assert_allclose(np.concatenate(parts), whole, rtol=0, atol=1e-9)


@each_design
def test_the_future_does_not_matter_to_a_causal_filter(design, rng):
    emg = rng.normal(size=(500, 2))
    causal = replace(design, causal=True)
    other = emg.copy()
    other[300:] = 1e6
    assert (causal(other)[:300] == causal(emg)[:300]).all()


@each_design
@pytest.mark.parametrize("causal", [False, True])
def test_an_offset_of_millivolts_does_not_ring(design, causal, rng):
    design = replace(design, causal=causal)
    constant = design(np.full((300, 2), 10_000.0))
    through = 10_000.0 if design.highpass is None else 0.0
    np.testing.assert_allclose(constant, through, atol=1e-6)
    if design.highpass is not None:
        noise = rng.normal(0, 18, (2000, 2))
        assert np.abs(design(noise + 10_000)).max() < 5 * 18


@each_design
def test_a_stream_forgets_when_told(design, rng):
    emg = rng.normal(size=(100, 2))
    stream = design.stream()
    first = stream.process(emg)
    assert (stream.process(emg) == first).all() == (design == DESIGNS["nothing"])
    stream.reset()
    assert (stream.process(emg) == first).all()
    stream.reset()
    assert stream.process(emg[:, :1]).shape == (100, 1)
    assert "of 1 channels through EMGFilter(sample_rate=2000.0" in repr(stream)


def test_a_refused_chunk_leaves_the_memory_as_it_was(rng):
    emg = rng.normal(size=(60, 2))
    whole = replace(BAND, causal=True)(emg)
    stream = BAND.stream()
    assert stream.process(np.empty((0, 2))).shape == (0, 2)
    parts = [stream.process(emg[:30])]
    broken = emg[30:].copy()
    broken[4, 1] = np.nan
    with pytest.raises(ValueError, match="emg is nan at row 4, channel 1"):
        stream.process(broken)
    with pytest.raises(ValueError, match="has 3 channels, but those before had 2; pass the same"):
        stream.process(np.zeros((5, 3)))
    with pytest.raises(ValueError, match=r"emg has shape \(2,\).*n_samples, n_channels"):
        stream.process(emg[30])
    parts.append(stream.process(emg[30:]))
    np.testing.assert_allclose(np.concatenate(parts), whole, rtol=0, atol=1e-12)


# -- arrays ---------------------------------------------------------------------------------------


@each_design
@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("n", [0, 1, 2, 7])
def test_any_number_of_samples(design, causal, n, rng):
    emg = rng.normal(size=(n, 3))
    kept = emg.copy()
    filtered = replace(design, causal=causal)(emg)
    assert filtered.shape == (n, 3)
    assert filtered.dtype == np.float64
    assert np.isfinite(filtered).all()
    assert (emg == kept).all()
    assert not np.shares_memory(filtered, emg)


@each_design
def test_channels_do_not_meet_and_types_do_not_matter(design, rng):
    emg = rng.integers(-100, 100, (400, 3))
    together = design(emg)
    for k in range(3):
        np.testing.assert_allclose(together[:, [k]], design(emg[:, [k]].astype("f4")), atol=1e-9)
    np.testing.assert_allclose(design(emg[::2, ::2]), design(emg[::2, ::2].copy()), atol=1e-12)
    np.testing.assert_allclose(design(np.asfortranarray(emg)), together, atol=1e-12)


def test_runs_forward_and_backward_alike(rng):
    """What a filter does at one end it does at the other."""
    emg = rng.normal(size=(700, 2))
    np.testing.assert_allclose(BAND(emg[::-1])[::-1], BAND(emg), atol=2e-3)


def test_what_is_not_finite_is_refused():
    emg = np.zeros((10, 2))
    emg[3, 1] = np.inf
    for design in (BAND, replace(BAND, causal=True), EMGFilter(RATE)):
        with pytest.raises(ValueError, match="emg is inf at row 3, channel 1"):
            design(emg)


# -- as a part of the package ---------------------------------------------------------------------


@each_design
def test_a_design_survives_json(design):
    stored = json.loads(json.dumps(asdict(design)))
    assert EMGFilter(**stored) == design
    assert hash(EMGFilter(**stored)) == hash(design)


def test_numpy_numbers_become_plain_ones():
    design = EMGFilter(np.float32(250), highpass=np.int64(20), notch=np.array([50.0]))
    assert json.loads(json.dumps(asdict(design)))["notch"] == [50.0]


def test_windows_and_exploration_take_it(session_file):
    hum = 100 * np.sin(2 * np.pi * 50 * np.arange(1200) / RATE)[:, None] * np.ones(7)
    design = EMGFilter(RATE, notch=50, highpass=20)
    with Emg2PoseSessionData(session_file(emg=hum)) as session:
        windows = windows_of(session, window=0.1, hop=0.05, filter=design)
        assert windows.filter is design
        middle = windows.X[3:-3, :7]
        assert middle.max() < 10 < windows_of(session, window=0.1, hop=0.05).X[:, :7].min()
        assert len(explore(session, on="features", window=0.1, filter=design)) > 0
        for use in (windows_of, explore):
            with pytest.raises(ValueError, match="designed for 250 Hz, but the EMG has 2000 Hz; d"):
                use(session, filter=EMGFilter(250, highpass=20))


def test_what_a_recording_needs_becomes_a_design():
    need = Need(highpass=20.0, notches=(50.0, 150.0), why="")
    design = need.filter(1000.0, causal=True)
    assert design == EMGFilter(1000.0, highpass=20, notch=[50, 150], harmonics=False, causal=True)
    assert Need(None, (), "").filter(1000.0) is None
    assert Need(None, (60.0,), "").filter(1000.0).highpass is None


# -- what is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"sample_rate": -1}, ValueError, "sample_rate is -1 Hz; pass a finite number above 0"),
        ({"sample_rate": np.nan}, ValueError, "sample_rate is nan Hz; pass"),
        ({"sample_rate": "2 kHz"}, TypeError, "sample_rate is '2 kHz'; pass a number in Hz"),
        ({"highpass": 0}, ValueError, "highpass is 0 Hz; pass a finite number above 0"),
        ({"highpass": 1000}, ValueError, "1000 Hz, which a rate of 2000 Hz .*pass less than 1000"),
        ({"lowpass": 1200}, ValueError, "lowpass is 1200 Hz, .*; pass less than 1000"),
        ({"highpass": 450, "lowpass": 20}, ValueError, "nothing passes both; pass a highpass be"),
        ({"highpass": 20, "lowpass": 20}, ValueError, "nothing passes both"),
        ({"highpass": 1e-6}, ValueError, "a corner is so low.*; pass a higher corner"),
        ({"notch": "mains"}, TypeError, "notch is 'mains'; pass a number in Hz"),
        ({"notch": [50, None]}, TypeError, "notch is None; pass a number in Hz"),
        ({"notch": 999.5}, ValueError, "notch is 999.5 Hz.*; pass between 1 and 999"),
        ({"notch": 50, "notch_width": 200}, ValueError, "pass between 100 and 900"),
        ({"notch": 50, "notch_width": -1}, ValueError, "notch_width is -1 Hz; pass"),
        ({"envelope": 400}, ValueError, r"envelope is 400 Hz.*; pass less than 364\.057"),
        ({"order": 0}, ValueError, "order is 0; pass a whole number, at least 1"),
        ({"order": 2.5}, TypeError, "order is 2.5; pass a whole number"),
        ({"rectify": "yes"}, ValueError, "rectify is 'yes'; pass one of False, True"),
        ({"causal": None}, ValueError, "causal is None; pass one of False, True"),
    ],
)
def test_bad_designs_are_named(change, error, says):
    with pytest.raises(error, match=says):
        EMGFilter(**{"sample_rate": RATE} | change)
