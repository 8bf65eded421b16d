import numpy as np
import pytest
from scipy import signal

from emgtut.sessions.recipe.muscles import (
    N_CHANNELS,
    N_COMPARTMENTS,
    activation,
    carriers,
    electrode_signals,
    record,
    wearer,
)
from emgtut.sessions.recipe.postures import POSTURES


def test_a_wearer_is_the_same_person_every_time():
    for user in (None, 0, 7, "anna"):
        first, second = wearer(user), wearer(user)
        assert first.name == second.name
        for part in ("angles", "gains", "leak", "rest", "hum"):
            np.testing.assert_array_equal(getattr(first, part), getattr(second, part))
    assert wearer("anna").name == "anna"
    assert wearer(wearer(3).name).lead == wearer(3).lead


def test_people_differ():
    people = [wearer(user) for user in range(40)]
    shifts = np.degrees([who.angles.mean() for who in people])
    assert 10 < shifts.std() < 40
    assert 0.3 < np.log([who.amplitude for who in people]).std() < 0.7
    assert np.degrees([who.rest for who in people]).std() == pytest.approx(5, abs=0.5)
    leads = [who.lead for who in people]
    assert 0.04 <= min(leads) < max(leads) <= 0.1


def test_activation_belongs_to_the_digit_that_moves():
    who = wearer()
    hold = np.repeat([POSTURES["relaxed"], POSTURES["bend index"]], 600, axis=0)
    # The mean over many moments, for effort varies.
    effort = activation(hold, 60, who, np.random.default_rng(0), nuisance=0)
    flexors = effort[650:, :5].mean(axis=0)
    assert flexors.argmax() == 1
    assert effort[650:, 1].mean() > 4 * effort[50:550, 1].mean()
    assert effort.min() >= 0
    assert effort.max() <= 1.6
    assert np.quantile(effort, 0.99) == pytest.approx(1, abs=0.05)


def test_a_still_hand_still_gives_finite_activation():
    effort = activation(np.zeros((120, 20)), 60, wearer(), np.random.default_rng(0))
    assert np.isfinite(effort).all()


def test_carriers_have_the_spectrum_of_a_muscle_and_no_seam(rng):
    noise = carriers(2**17, 4, 2000, rng)
    np.testing.assert_allclose(noise.std(axis=1), 1, atol=0.02)
    f, power = signal.welch(noise, 2000, nperseg=1024)
    share = np.cumsum(power.mean(axis=0)) / power.mean(axis=0).sum()
    assert 80 < f[np.searchsorted(share, 0.5)] < 120
    assert f[np.searchsorted(share, 0.95)] < 400
    steps = np.abs(np.diff(noise, axis=1))
    assert (np.abs(noise[:, 0] - noise[:, -1]) < steps.max(axis=1)).all()


def test_carriers_are_independent(rng):
    correlation = np.corrcoef(carriers(2**16, 6, 2000, rng))
    assert np.abs(correlation - np.eye(6)).max() < 0.05


def test_a_compartment_is_heard_where_it_lies():
    who = wearer()
    for k in (0, 4, 7, 11):
        effort = np.zeros((8000, N_COMPARTMENTS), np.float32)
        effort[:, k] = 1
        emg = electrode_signals(effort, who, np.random.default_rng(k), sample_rate=2000)
        level = emg.std(axis=0)
        middle = np.angle(np.exp(1j * who.angles[k]).mean())
        loudest = np.angle((level**2 * np.exp(2j * np.pi * np.arange(N_CHANNELS) / 16)).sum())
        assert abs(np.angle(np.exp(1j * (middle - loudest)))) < np.radians(25)
        assert level.min() < 0.1 * level.max()


def test_the_noise_floor_is_the_unit(rng):
    who = wearer()
    quiet = record(np.zeros((20_000, 16)), who, rng, sample_rate=2000)
    hum = 1.1 * who.hum**2  # fundamental and harmonics
    np.testing.assert_allclose(np.median(quiet**2, axis=0) / 0.455, 1 + hum, rtol=0.12)


def test_hum_is_at_60_hz_and_its_harmonics(rng):
    quiet = record(np.zeros((60_000, 16)), wearer(), rng, sample_rate=2000)
    _, power = signal.welch(quiet, 2000, nperseg=2000, axis=0)
    floor = np.median(power[200:], axis=0)
    assert (power[60] > 5 * floor).all()
    assert (power[120] > 1.3 * floor).sum() > 8


def test_the_band_removes_what_is_slow(rng):
    t = np.arange(20_000)[:, None] / 2000
    slow = np.repeat(np.sin(2 * np.pi * 3 * t), 16, axis=1)
    fast = np.repeat(np.sin(2 * np.pi * 150 * t), 16, axis=1)
    emg = record(slow + fast, wearer(), rng, sample_rate=2000)
    _, power = signal.welch(emg, 2000, nperseg=4000, axis=0)
    assert (power[300] > 1e5 * power[6]).all()
