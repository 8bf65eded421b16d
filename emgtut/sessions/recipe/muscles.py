"""From a moving hand to the EMG of a wristband: drives, carriers, the ring, the amplifier.

The chain is ``pose -> activation -> electrode signals -> recorded EMG``; each step is a plain
function of arrays, so that any pose trajectory can be given an EMG. Muscles are gathered into 13
compartments: five digit flexors, five digit extensors, one thumb abductor, two co-contractors.

Shapes and numbers are textbook figures: EMG leads movement by an electromechanical delay; its
amplitude follows effort; its spectrum is that of filtered white noise (Stulen & De Luca 1981);
a source fades with its angle from an electrode on the ring.
"""

import hashlib
from dataclasses import dataclass

import numpy as np
from scipy import fft, signal

from emgtut.anatomy import JOINTS
from emgtut.sessions.recipe.postures import POSTURES, curls

#: Electrode pairs on the band.
N_CHANNELS = 16
N_COMPARTMENTS = 13
#: Independent sources in a compartment: more than one, or its channels would be copies.
SOURCES = 6
#: Typical standard deviation of wristband EMG, in units of the noise floor.
TYPICAL_SD = 18.5

# Where compartments lie around the wrist, in degrees; electrode k sits at k * 360 / 16.
_ANGLES = np.array([*np.linspace(5, 105, 5), *np.linspace(160, 270, 5), 335, 130, 300])
#: How narrowly a source is seen: half the amplitude about 37 degrees away.
_NARROWNESS = 3.5
# Rows: compartment of a digit; columns: digit that moves. Ring and little finger share most.
_SHARING = np.array(
    [
        [1.0, 0.1, 0.0, 0.0, 0.0],
        [0.1, 1.0, 0.2, 0.05, 0.0],
        [0.0, 0.2, 1.0, 0.3, 0.1],
        [0.0, 0.1, 0.3, 1.0, 0.4],
        [0.0, 0.0, 0.1, 0.4, 1.0],
    ]
)
_REST = curls(POSTURES["relaxed"][None])[0]
_ABDUCTION = [k for k, name in enumerate(JOINTS) if name.endswith("MCP_AA")]


@dataclass(frozen=True)
class Wearer:
    """A person with a wristband on: what stays the same from session to session.

    Attributes
    ----------
    name : str
        The user, as stored in a file.
    angles : ndarray of shape (13, 6)
        Where each source lies around the wrist, in radians, the shift of the band included.
    gains : ndarray of shape (13, 6)
        Amplitude of each source; every second one changes sign around the ring.
    leak : ndarray of shape (3, 13)
        Which compartments work when wrist and forearm do.
    amplitude : float
        Overall strength of the EMG, 1 on average.
    lead : float
        Electromechanical delay: how long before a movement its EMG sets in, in seconds.
    rest : ndarray of shape (20,)
        What this hand adds to every posture, in radians.
    hum : ndarray of shape (16,)
        Mains hum of each channel, in units of the noise floor.
    """

    name: str
    angles: np.ndarray
    gains: np.ndarray
    leak: np.ndarray
    amplitude: float
    lead: float
    rest: np.ndarray
    hum: np.ndarray


def wearer(user: int | str | None = None) -> Wearer:
    """Return the person behind a user: the same one for the same user, whatever else changes.

    Parameters
    ----------
    user : int or str, optional
        A number, or a name as it is to stand in the file. By default the one person all samples
        are made with: average amplitude, a delay of 60 ms, a band put on nearly straight.

    Returns
    -------
    Wearer
        Geometry, gains and resting pose.

    Examples
    --------
    >>> wearer(3).name == wearer(3).name != wearer(4).name
    True
    >>> wearer().lead
    0.06
    """
    name = user if isinstance(user, str) else _digest(f"emgtut user {user}")[:10]
    rng = np.random.default_rng(int(_digest(name), 16))
    usual = user is None
    shape = (N_COMPARTMENTS, SOURCES)
    turn = rng.normal(0, 6 if usual else 25)
    moved = rng.normal(0, 4 if usual else 20, (N_COMPARTMENTS, 1)) + rng.normal(0, 8, shape)
    strength = rng.normal(0, 0.15 if usual else 0.7, (N_COMPARTMENTS, 1))
    return Wearer(
        name=name,
        angles=np.radians(_ANGLES[:, None] + turn + moved),
        gains=np.exp(strength + rng.normal(0, 0.2, shape)),
        leak=rng.uniform(0, 1, (3, N_COMPARTMENTS)),
        amplitude=float(np.exp(rng.normal(0, 0.5))) if not usual else 1.0,
        lead=float(rng.uniform(0.04, 0.1)) if not usual else 0.06,
        rest=np.radians(rng.normal(0, 5, len(JOINTS)) if not usual else np.zeros(len(JOINTS))),
        hum=rng.uniform(0.1, 0.4, N_CHANNELS),
    )


def _digest(text: str) -> str:
    return hashlib.blake2s(text.encode()).hexdigest()


def activation(
    poses: np.ndarray,
    rate: float,
    who: Wearer,
    rng: np.random.Generator,
    *,
    nuisance: float = 1.0,
) -> np.ndarray:
    """Return how hard each muscle compartment works while a hand moves.

    Parameters
    ----------
    poses : ndarray of shape (n_samples, 20)
        Joint angles, in radians, sampled at a rate of 60 Hz or so. EMG leads movement: pass
        the pose at ``t + who.lead`` to get the activation at ``t``.
    rate : float
        Rate of ``poses``, in Hz.
    who : Wearer
        Whose muscles.
    rng : numpy.random.Generator
        Decides what varies from moment to moment: effort, and wrist and forearm.
    nuisance : float
        Effort of wrist and forearm that no finger shows, as a multiple of the usual.

    Returns
    -------
    ndarray of shape (n_samples, 13)
        Activation; 1 at the 99 % quantile of all compartments, 1.6 at the most.

    Examples
    --------
    >>> poses = np.repeat([POSTURES["fist"], POSTURES["flat"]], 90, axis=0)
    >>> effort = activation(poses, 60, wearer(), np.random.default_rng(0))
    >>> effort.shape
    (180, 13)
    """
    drive = _drive(poses, rate)
    # Amplitude grows a little faster than force.
    drive = drive**1.2
    effort = np.exp(0.7 * _wander(drive.shape, 0.8, rate, rng))
    forearm = np.maximum(0, _wander((len(drive), 3), 1.5, rate, rng)) @ who.leak
    drive = drive * effort + nuisance * 0.35 * drive.mean() * forearm
    drift = np.linspace(-1, 1, len(drive))[:, None] * rng.uniform(-0.2, 0.2, N_COMPARTMENTS)
    smooth = signal.butter(2, 6, fs=rate, output="sos")
    drive = signal.sosfiltfilt(smooth, drive * np.exp(drift), axis=0)
    return np.clip(drive / np.quantile(drive, 0.99), 0, 1.6)


def _drive(poses: np.ndarray, rate: float) -> np.ndarray:
    """Return what posture and movement ask of the compartments, before anything varies."""
    bent = curls(poses) - _REST
    smooth = signal.butter(2, 8, fs=rate, output="sos")
    speed = signal.sosfiltfilt(smooth, np.gradient(curls(poses), 1 / rate, axis=0), axis=0)
    spread = np.abs(poses[:, _ABDUCTION]).mean(axis=1, keepdims=True)
    flexors = np.maximum(0, 0.45 * bent + 0.06 * speed) @ _SHARING.T
    extensors = np.maximum(0, -0.54 * bent - 0.06 * speed) @ _SHARING.T + 0.015 + 0.4 * spread
    # The thumb comes across the palm by turning, which its own flexors do not show.
    turned = np.maximum(0, 0.3 * (poses[:, [0]] - poses[:, [1]])) + 0.4 * spread
    grip = flexors.mean(axis=1, keepdims=True)
    opening = extensors.mean(axis=1, keepdims=True)
    # The wrist bends under a grip unless the extensors hold against it.
    extensors = extensors + 0.15 * grip
    return np.hstack([flexors, extensors, turned, 0.25 * (grip + opening), 0.4 * grip])


def _wander(
    shape: tuple[int, int], memory: float, rate: float, rng: np.random.Generator
) -> np.ndarray:
    """Ornstein-Uhlenbeck processes of unit variance, one a column; ``memory`` in seconds."""
    keep = np.exp(-1 / (memory * rate))
    steps = rng.standard_normal(shape)
    steps[1:] *= np.sqrt(1 - keep**2)
    return signal.lfilter([1], [1, -keep], steps, axis=0)


def carriers(
    n_samples: int, n_sources: int, sample_rate: float, rng: np.random.Generator
) -> np.ndarray:
    """Return interference EMG at full effort: Gaussian noise with the spectrum of a muscle.

    The noise is shaped in the frequency domain and closes on itself: played in a loop it has no
    seam.

    Parameters
    ----------
    n_samples, n_sources : int
        Length, in samples, and number of independent sources.
    sample_rate : float
        In Hz.
    rng : numpy.random.Generator
        Source of chance.

    Returns
    -------
    ndarray of float32, shape (n_sources, n_samples)
        Sources of unit variance, one a row.

    Examples
    --------
    >>> noise = carriers(4000, 2, 2000, np.random.default_rng(0))
    >>> noise.shape, noise.dtype
    ((2, 4000), dtype('float32'))
    """
    low, high = 60.0, 120.0
    f = fft.rfftfreq(n_samples, 1 / sample_rate)
    shape = f * high**2 / np.sqrt((f**2 + low**2) * (f**2 + high**2) ** 2)
    shape *= np.sqrt(0.5 / np.sum(shape**2))
    parts = rng.standard_normal((n_sources, 2 * len(f)), dtype=np.float32)
    spectrum = parts.view(np.complex64) * (shape * n_samples / np.sqrt(2)).astype(np.float32)
    return fft.irfft(spectrum, n_samples, axis=1)


def electrode_signals(
    effort: np.ndarray, who: Wearer, rng: np.random.Generator, *, sample_rate: float
) -> np.ndarray:
    """Return what the electrodes of the ring pick up from working muscles.

    Parameters
    ----------
    effort : ndarray of shape (n_samples, 13)
        Activation at the rate of the EMG.
    who : Wearer
        Whose wrist.
    rng : numpy.random.Generator
        Decides the carriers.
    sample_rate : float
        Rate, in Hz.

    Returns
    -------
    ndarray of float32, shape (n_samples, 16)
        Muscle part of the EMG, of arbitrary scale.

    Examples
    --------
    >>> effort = np.ones((4000, 13), np.float32)
    >>> electrode_signals(effort, wearer(), np.random.default_rng(0), sample_rate=2000).shape
    (4000, 16)
    """
    total = np.zeros((len(effort), N_CHANNELS), np.float32)
    electrodes = np.radians(np.arange(N_CHANNELS) * 360 / N_CHANNELS)
    n_loop = fft.next_fast_len(len(effort), real=True)
    for k in range(N_COMPARTMENTS):
        apart = electrodes - who.angles[k][:, None]
        gain = who.gains[k][:, None] * np.exp(_NARROWNESS * (np.cos(apart) - 1))
        gain[1::2] *= 1.3 * np.cos(2 * apart[1::2] + np.pi / 4)
        noise = carriers(n_loop, SOURCES, sample_rate, rng)[:, : len(effort)]
        noise *= effort[:, k].astype(np.float32)
        total += noise.T @ gain.astype(np.float32)
    return total


def record(
    muscle: np.ndarray, who: Wearer, rng: np.random.Generator, *, sample_rate: float
) -> np.ndarray:
    """Return EMG as the band stores it: filtered, scaled to its noise, with what gets in.

    Parameters
    ----------
    muscle : ndarray of shape (n_samples, 16)
        Muscle part of the EMG.
    who : Wearer
        Whose wrist; sets amplitude and hum.
    rng : numpy.random.Generator
        Decides noise, phase of the hum, and motion artefacts.
    sample_rate : float
        Rate, in Hz.

    Returns
    -------
    ndarray of float32, shape (n_samples, 16)
        EMG in units of the noise floor: noise alone has a standard deviation of 1.

    Examples
    --------
    >>> quiet = record(np.zeros((4000, 16)), wearer(), np.random.default_rng(0), sample_rate=2000)
    >>> float(round(quiet.std()))
    1.0
    """
    n_samples = len(muscle)
    high_pass = signal.butter(4, 40, "high", fs=sample_rate, output="sos")
    emg = signal.sosfilt(high_pass, muscle, axis=0)
    level = emg.std()
    if level > 0:
        emg *= TYPICAL_SD * who.amplitude / level
    for start, bump in _bumps(n_samples, rng, sample_rate):
        emg[start : start + len(bump)] += signal.sosfilt(high_pass, bump, axis=0)
    emg += rng.standard_normal(emg.shape, dtype=np.float32)
    phase = 2 * np.pi * (60 * np.arange(n_samples) / sample_rate + rng.uniform())
    hum = np.sin(phase) + 0.3 * np.sin(2 * phase + 1) + 0.1 * np.sin(3 * phase + 2)
    emg += hum[:, None] * (np.sqrt(2) * who.hum)
    return emg.astype(np.float32)


def _bumps(
    n_samples: int, rng: np.random.Generator, sample_rate: float
) -> list[tuple[int, np.ndarray]]:
    """Motion artefacts, up to two a minute: where each begins, and its slow swing by channel."""
    n_bumps = int(rng.integers(0, 3, 1 + int(n_samples / sample_rate / 60)).sum())
    found = []
    for _ in range(n_bumps):
        length = min(n_samples, int(rng.uniform(0.3, 0.8) * sample_rate))
        start = int(rng.integers(n_samples - length + 1))
        t = np.arange(length) / sample_rate
        swing = np.sin(2 * np.pi * rng.uniform(5, 10) * t) * np.hanning(length)
        found.append((start, swing[:, None] * rng.normal(0, 2000, N_CHANNELS)))
    return found
