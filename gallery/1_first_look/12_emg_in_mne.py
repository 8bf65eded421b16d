# emgtut: minutes=20 budget_s=20 data=real-ok network=no
"""
Look at EMG with MNE
====================

The recording as an MNE :term:`Raw` in volts, with unsolved spans annotated and a spectrum that
shows what the device already filtered.

.. admonition:: Objectives
   :class: objectives

   * Convert stored numbers to volts once, and check the range.
   * Pass ``picks="emg"`` and a scale wherever MNE needs them.
   * Tell a zero-phase filter from a causal one by what each does before a burst.

**You need:** NumPy, and :ref:`sphx_glr_auto_gallery_1_first_look_11_inside_a_session.py`.

**Not covered:** how to choose the band of a filter, and features of windows.
"""

# %%
# From a file to a Raw
# --------------------
# :term:`MNE-Python` is the library for signals of brain and body. It wants volts, channels first,
# and a type for each channel: `emgtut.to_raw` returns that. Two sizes are printed: the span from
# lowest to highest sample, and the swing that a typical channel hardly ever leaves.

import textwrap

import matplotlib.pyplot as plt
import mne
import numpy as np
import seaborn as sns

from emgtut import Emg2PoseSessionData, to_raw
from emgtut.sessions.lessons import lesson_session
from emgtut.signals.raw import EMG

mne.set_log_level("WARNING")
sns.set_theme(palette="colorblind")
facts = {}
path = lesson_session("unconstrained")
raw = to_raw(path)
rate = raw.info["sfreq"]
print(*raw.info["description"].split("; "), sep="\n")
emg = raw.get_data(**EMG, units="uV")
facts["peak_to_peak_uv"] = float(np.median(np.ptp(emg, axis=1)))
facts["swing_uv"] = float(np.median(np.quantile(np.abs(emg), 0.99, axis=1)))
print(f"\npeak to peak, median channel: {facts['peak_to_peak_uv']:.0f} µV")
print(f"typical swing: {facts['swing_uv']:.0f} µV")

# %%
# The joint angles came along as channels of type ``misc``, in radians. The factor to volts is an
# estimate, and the description says so. The way back has to lead to the stored numbers. A factor
# that wrist EMG cannot have is refused, by the swing in ten short pieces of the recording.

with Emg2PoseSessionData(path) as session:
    back = np.abs(emg - 2.46 * session.emg.T.astype(float))
facts["round_trip_uv"] = float(back.max())
print(f"largest difference to the file: {facts['round_trip_uv']:.1e} µV")
try:
    to_raw(path, volts_per_unit="mV")
except ValueError as error:
    print(textwrap.fill(str(error).removeprefix(f"{path}: "), 80))

# %%
# .. admonition:: Mistake: "the unit can wait"
#    :class: mistake M03
#
#    MNE takes any number for volts, and every threshold then means something else. Convert once.
#
# A browser shows what its scale allows
# -------------------------------------
# Two plain Raws are made by hand: one in volts, one that takes the stored numbers for volts.
#
# .. admonition:: Predict
#    :class: predict
#
#    MNE's default scale for EMG traces is one millivolt. How will the plain recordings look?

plain = mne.io.RawArray(raw.get_data(), raw.info)
stored = mne.io.RawArray(raw.get_data() / 2.46e-6, raw.info)
look = {"show_scrollbars": False, "show_scalebars": False, "show": False}
look |= {"n_channels": 8, "annotation_regex": "^BAD", **EMG}
shown = {"to_raw": raw, "volts, MNE's scale": plain, "stored as volts": stored}
figure, panels = plt.subplots(3, 1, figsize=(8, 9), layout="constrained")
for panel, (title, each) in zip(panels, shown.items(), strict=True):
    with mne.viz.use_browser_backend("matplotlib"):
        browser = each.plot(start=10, duration=3, **look)
    browser.set_size_inches(8, 3)
    browser.canvas.draw()
    panel.imshow(browser.canvas.buffer_rgba())
    plt.close(browser)
    panel.set(title=title, xticks=[], yticks=[])
plt.show()

# %%
# **What happened.** The upper browser shows bursts: ``to_raw`` fits the scale to the data. The
# middle one draws the same volts nearly flat; ``scalings={"emg": 2e-4}`` would mend it. The lower
# one is a block of ink, and that means a wrong unit, not a loud muscle.
#
# Why does MNE find no channels?
# ------------------------------
# To MNE, "data" are signals of the brain and not :term:`EMG`, so a call that works on the data
# channels finds none. The Raw of ``to_raw`` then takes the EMG. A plain Raw does not, nor one read
# back from a :term:`FIF` file, nor do :term:`epochs <epoch>`: pass ``picks="emg"``, in short
# ``**EMG``. In the spectrum, look at the left edge, and whether a sharp peak stands out at 60 Hz.

try:
    plain.compute_psd()
except ValueError as error:
    print(textwrap.fill(f"without picks: {str(error).splitlines()[0]}", 80))
spectrum = plain.compute_psd(**EMG, n_fft=2000)
power, frequency = 1e12 * spectrum.get_data(**EMG), spectrum.freqs
mean, away = power.mean(axis=0), np.abs(frequency - 60)
median = float(frequency[np.searchsorted(mean.cumsum(), mean.sum() / 2)])
facts["median_frequency_hz"], facts["bump_hz"] = median, float(mean[2:20].argmax() + 2)
facts["share_below_40_hz"] = float(mean[frequency < 40].sum() / mean.sum())
facts["line_60_hz"] = float(
    mean[away < 1].max() / np.median(mean[(away > 2) & (away < 8)])
)
figure, ax = plt.subplots(figsize=(8, 3.6), layout="constrained")
ax.loglog(frequency[1:], power[:, 1:].T, color="0.7", linewidth=0.6)
ax.loglog(frequency[1:], mean[1:], label=f"mean of {len(power)} channels")
ax.axvspan(1, 40, facecolor="C1", alpha=0.2, hatch="/", label="below 40 Hz")
ax.axvline(median, color="C3", linestyle="--", label="median frequency")
ax.set(title="Spectrum of wrist EMG", xlabel="frequency (Hz)", xlim=(1, rate / 2))
ax.set_ylabel("power (µV²/Hz)")
ax.legend(loc="upper left")
plt.show()
print(f"median frequency: {median:.0f} Hz")
print(f"share of power below 40 Hz: {100 * facts['share_below_40_hz']:.2f} %")
print(f"60 Hz against its surroundings: {facts['line_60_hz']:.1f} times")

# %%
# Below 40 Hz the power falls off: the band removes slow drift before it stores anything. The bump
# on the left is what remains of motion artefacts, the band moving on the skin for half a second. No
# peak stands out at 60 Hz: what hum of the mains there is lies below the muscle. Where one does,
# ``notch_filter`` removes it.
#
# A filter that knows the future
# ------------------------------
# The :term:`envelope` of EMG is its rectified, smoothed copy. All before the strongest burst is
# silenced, so its start is known. One low-pass smooths it twice: forwards, and both ways
# (:term:`zero-phase`).

loudest = int(emg.std(axis=1).argmax())
start = (np.convolve(emg[loudest] ** 2, np.ones(400), "same").argmax() - 200) / rate
burst = raw.copy().crop(start - 1, start + 1).load_data().pick([loudest])
time = 1e3 * (burst.times - 1)
burst.apply_function(lambda x: np.where(time < 0, 0, np.abs(x)), **EMG)
butter = {"method": "iir", "iir_params": {"order": 2, "ftype": "butter"}, **EMG}
figure, ax = plt.subplots(figsize=(8, 3.2), layout="constrained")
ax.plot(time, 1e6 * burst.get_data()[0], "0.7", linewidth=0.6, label="rectified EMG")
for phase, style in (("zero", "C3:"), ("forward", "C0--")):
    smooth = 1e6 * burst.copy().filter(None, 5, phase=phase, **butter).get_data()[0]
    onset = float(time[np.argmax(smooth > 0.1 * smooth.max())])
    facts[f"onset_{phase}_ms"] = onset
    facts[f"peak_{phase}_ms"] = float(time[smooth.argmax()])
    ax.plot(time, smooth, style, linewidth=2, label=f'phase="{phase}"')
    print(f"{phase:>7}: reaches a tenth of its peak at {onset:+.1f} ms")
ax.set(
    title="One burst, smoothed two ways", xlabel="time from the start of the burst (ms)"
)
ax.set(ylabel="amplitude (µV)", xlim=(-400, 900), ylim=(0, 3 * smooth.max()))
ax.legend()
plt.show()

# %%
# The dotted curve rises **before** the burst, out of silence: run backwards, the filter has seen
# what comes. The dashed curve is :term:`causal`: it starts with the burst and peaks later.
#
# .. admonition:: Mistake: "the filter that looks better can run live"
#    :class: mistake M04
#
#    A zero-phase filter, which is MNE's default, uses samples that do not exist yet. Scores
#    reached with it cannot be had live.
#
# Leave out what has no pose
# --------------------------
# Each :term:`unsolved frame` is annotated ``BAD_IK``, and what begins with ``BAD`` is dropped from
# epochs: one goes if one of its rows has no pose. Times are in seconds.

print(raw.annotations.to_data_frame(time_format=None))
epochs = mne.make_fixed_length_epochs(raw, 1.0, preload=True)
facts["epochs_kept"], facts["epochs"] = len(epochs), len(epochs.drop_log)
print(f"epochs of one second: {len(epochs)} kept of {len(epochs.drop_log)} (count)")

# %%
# Two roads to the envelope
# -------------------------
# Instead of rectifying, one can take the length of the analytic signal, by a Hilbert transform. Do
# the two curves differ in shape, or in size?

piece = raw.copy().crop(10, 20).load_data().pick([loudest])
roads = {"rectified": piece.copy().apply_function(np.abs, **EMG)}
roads["Hilbert"] = piece.copy().apply_hilbert(envelope=True, **EMG)
figure, ax = plt.subplots(figsize=(8, 3.2), layout="constrained")
curves = [1e6 * each.filter(None, 5, **butter).get_data()[0] for each in roads.values()]
for name, curve, style in zip(roads, curves, ("C0-", "C1--"), strict=True):
    ax.plot(piece.times + 10, curve, style, label=f"{name}, smoothed")
ax.set(title="Envelope by two roads", xlabel="time (s)", ylabel="amplitude (µV)")
ax.legend()
plt.show()
facts["envelope_correlation"] = float(np.corrcoef(*curves)[0, 1])
facts["envelope_ratio"] = float(curves[1].mean() / curves[0].mean())
print(f"correlation of the two: {facts['envelope_correlation']:.3f} (no unit)")
print(
    f"Hilbert over rectified: {facts['envelope_ratio']:.2f}, pi / 2 = {np.pi / 2:.2f}"
)

# %%
# The shape is the same. The size differs by a factor near π/2, as it does for Gaussian noise.
#
# Which calls need what?
# ----------------------
# Each call is tried on a plain Raw without and with picks, then on that of ``to_raw`` without.

facts["need_picks"] = 0
ours, others = (each.copy().crop(0, 8).load_data() for each in (raw, plain))
cut = mne.make_fixed_length_epochs
calls = {
    "plot": lambda r, **p: plt.close(r.plot(show=False, **p)),
    "filter": lambda r, **p: r.copy().filter(30, 400, **p),
    "compute_psd": lambda r, **p: r.compute_psd(**p),
    "Epochs.average": lambda r, **p: cut(r, preload=True).average(**p),
    "set_eeg_reference": lambda r, **_: r.copy().set_eeg_reference(ch_type="emg"),
}
print(f"{'MNE call':<18} {'plain':>7} {'plain, picks':>14} {'to_raw':>8}")
for name, call in calls.items():
    row = []
    for each, picks in ((others, {}), (others, EMG), (ours, {})):
        try:
            call(each, **picks)
            row.append("works")
        except ValueError:
            row.append("fails")
    print(f"{name:<18} {row[0]:>7} {row[1]:>14} {row[2]:>8}")
    facts["need_picks"] += row[:2] == ["fails", "works"]
print(
    f"\n{facts['need_picks']} of {len(calls)} calls need picks on a plain Raw (count)"
)

# %%
# One call never asks for data channels, most need picks, and one knows no EMG at all: see
# :doc:`/guide/emg_in_mne` for more of them.
#
# .. admonition:: Exercise 1: a second high-pass
#    :class: exercise
#
#    Apply a high-pass, ``filter(20, None)``. Does the share of power below 40 Hz change?
#
#    .. admonition:: Hint
#       :class: hint
#       :collapsible: closed
#
#       ``filter`` needs the data in memory. Compute the share before and after in the same way.
#
#    .. admonition:: Solution
#       :class: solution
#       :collapsible: closed
#
#       It was small before and stays so. The device did this work already.
#
#       .. code-block:: python
#
#          def share(raw):
#              whole = {"n_fft": 2000, "reject_by_annotation": False}
#              spectrum = raw.compute_psd(**EMG, **whole)
#              mean = spectrum.get_data(**EMG).mean(axis=0)
#              return mean[spectrum.freqs < 40].sum() / mean.sum()
#
#
#          before = share(raw)
#          after = share(raw.copy().load_data().filter(20, None, **EMG))
#          print(f"below 40 Hz: {100 * before:.2f} % before, {100 * after:.2f} % after")
#          assert np.isclose(before, facts["share_below_40_hz"])
#          assert abs(after - before) < 0.01
#
# .. admonition:: Exercise 2: mark the loudest seconds
#    :class: exercise
#
#    Annotate the loudest twentieth of the seconds (3 of 60) as ``BAD_loud`` and count the epochs
#    that stay.
#
#    .. admonition:: Hint
#       :class: hint
#       :collapsible: closed
#
#       One RMS for each second over all channels, its 95th percentile, and
#       ``mne.Annotations(onset, duration, description, orig_time=raw.annotations.orig_time)``.
#
#    .. admonition:: Solution
#       :class: solution
#       :collapsible: closed
#
#       .. code-block:: python
#
#          n = int(raw.n_times // rate * rate)
#          seconds = emg[:, :n].reshape(len(emg), -1, int(rate))
#          rms = np.sqrt((seconds**2).mean(axis=(0, 2)))
#          loud = np.flatnonzero(rms > np.percentile(rms, 95))
#          when = raw.annotations.orig_time
#          marked = raw.copy()
#          marks = mne.Annotations(loud, 1, "BAD_loud", orig_time=when)
#          marked.set_annotations(raw.annotations + marks)
#          quiet = mne.make_fixed_length_epochs(marked, 1.0)
#          quiet.drop_bad()
#          print(f"{len(loud)} loud seconds, {len(quiet)} epochs kept")
#          assert set(quiet.selection) == set(epochs.selection) - set(loud)
#
# .. admonition:: Recap
#    :class: recap
#
#    * ``to_raw`` converts to volts once, checks the range, and says what it assumed.
#    * EMG is no data channel to MNE: pass ``picks="emg"``, and a scale that fits.
#    * Zero-phase filters look into the future; for anything live, filter causally.
#
# Check yourself
# --------------
# 1. The traces of a recording fill the browser with ink. What is the first thing to check?
# 2. A pipeline runs on ``to_raw(...)`` and fails on the same data read from FIF. Why?
# 3. An envelope rises shortly before the muscle does. Which argument was left at its default?
#
# .. admonition:: Answers
#    :class: answer
#    :collapsible: closed
#
#    1. The unit: volts were expected, and something larger was passed. 2. A Raw read from FIF is
#    MNE's own and needs ``picks="emg"``. 3. ``phase``, which is ``"zero"``.
#
# Where next
# ----------
# Before: :ref:`sphx_glr_auto_gallery_1_first_look_11_inside_a_session.py`. Next:
# :ref:`sphx_glr_auto_gallery_2_structure_20_pca_and_kmeans.py`. Functions used here:
# :func:`emgtut.to_raw` and :class:`emgtut.Emg2PoseSessionData`.
