"""The whole way on one session, step by step: ``emgtut demo``.

Each step is a method that does its part, adds to the report and returns one line for the
terminal. Whoever extends the demo adds a method and names it in `Demo.steps`.
"""

import errno
from collections.abc import Callable
from contextlib import ExitStack
from html import escape
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from emgtut import _checks
from emgtut._checks import SessionError
from emgtut.anatomy import JOINTS
from emgtut.learn.evaluate import evaluate, predict_blocks, verdict
from emgtut.learn.explore import explore
from emgtut.learn.metrics import angular_error, landmark_distance
from emgtut.learn.models import CatBoostPose, RidgePose
from emgtut.plots import (
    animate_hand,
    plot_cluster_strip,
    plot_clusters,
    plot_psd,
    plot_scores,
    plot_scree,
    plot_session,
    plot_traces,
    plot_wristband,
)
from emgtut.plots.report import Report
from emgtut.plots.style import emg_unit
from emgtut.sessions.emg2pose import Emg2PoseSessionData
from emgtut.sessions.synthetic import load_sample
from emgtut.signals.cleaning import Need, clean, needed_filters
from emgtut.signals.filters import EMGFilter
from emgtut.signals.raw import to_raw
from emgtut.signals.windows import NoWindowError, Windows, windows_of
from emgtut.training import for_people

if TYPE_CHECKING:
    from mne.io import BaseRaw

#: Seconds shown where a figure shows a stretch of signal.
_SHOWN = 15.0
#: Every figure the demo may write.
_FIGURES = (
    "emg_and_angles",
    "spectrum",
    "spectrum_filtered",
    "wristband",
    "scree",
    "clusters_of_samples",
    "clusters_of_windows",
    "clusters_over_time",
    "scores",
    "traces",
)
_NO_WINDOWS = "skipped: there are no windows to learn from"
_ONE_CHANNEL = "skipped: one channel has no second direction to look in"


class Demo:
    """One session on its way from file to figures.

    Parameters
    ----------
    session : path-like, optional
        Session file; the synthetic sample by default.
    out : path-like
        Folder for the report and the figures.
    """

    session: Emg2PoseSessionData
    raw: "BaseRaw"

    def __init__(self, session: Any = None, out: Any = "demo-report") -> None:
        self.path = None if session is None else _checks.as_path(session)
        self.out = _checks.as_path(out)
        if self.out.exists() and not self.out.is_dir():
            raise NotADirectoryError(
                errno.ENOTDIR, "is a file; name a folder with --out", str(self.out)
            )
        self._open = ExitStack()
        self.need: Need | None = None
        self.windows: Windows | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._open.close()

    def steps(self) -> list[tuple[str, Callable[[], str]]]:
        """Return the steps in order: what each does, in words, and the call that does it."""
        steps = [
            ("open the session", self.open_session),
            ("check every row", self.check_rows),
            ("EMG in volts, as an MNE Raw", self.make_raw),
            ("spectrum, and the filters it asks for", self.filter_if_needed),
            ("activity around the wrist", self.draw_wristband),
            ("PCA and k-means on raw samples", self.cluster_samples),
            ("PCA and k-means on window features", self.cluster_features),
            ("windows, features and poses", self.make_windows),
            ("predict the pose, block by block", self.predict_pose),
            ("true and predicted angles", self.draw_traces),
            ("true and predicted hand", self.draw_hands),
            ("report", self.write_report),
        ]
        return [(what, self._naming_the_file(step)) for what, step in steps]

    # -- steps --------------------------------------------------------------------------------

    def open_session(self) -> str:
        """Open the file, or make the sample the first time."""
        path = load_sample() if self.path is None else self.path
        self.session = self._open.enter_context(Emg2PoseSessionData(path))
        self.report = Report(f"emgtut: {self.session.hdf5_path.name}", self.out)
        for name in _FIGURES:  # of an earlier report, perhaps on another session
            (self.out / f"{name}.png").unlink(missing_ok=True)
        return f"{self.session!r}".strip("<>").partition(" ")[2]

    def check_rows(self) -> str:
        """Read everything once; damaged samples end the demo here."""
        self.session.check()
        found = self.session.contents
        if len(found.dead_channels) == self.session.n_channels > 0 and len(self.session) > 1:
            raise SessionError(
                f"{self.session.hdf5_path}: no EMG channel ever changes; name another recording"
            )
        self.report.add_words("The session", "What is in the file", self.session._repr_html_())
        start = _stretch_to_show(self.session, _SHOWN)
        self.report.add_figure(
            "The session",
            "EMG above the angles it moves",
            plot_session(self.session, start=start, duration=_SHOWN),
            "Look for bursts of EMG shortly before the fingers move.",
            name="emg_and_angles",
        )
        notes = found.notes()
        return f"{100 * found.solved_share:.1f} % of rows have a pose" + "".join(
            f"; {note}" for note in notes
        )

    def make_raw(self) -> str:
        """Turn the session into an MNE Raw."""
        self.raw = to_raw(self.session)
        description = self.raw.info["description"]
        self.report.add_words(
            "Signals", "As an MNE Raw", f"{self.raw._repr_html_()}<p>{escape(description)}</p>"
        )
        n_marks = len(self.raw.annotations)
        return f"{_counted(len(self.raw.ch_names), 'channel')}, {_counted(n_marks, 'annotation')}"

    def filter_if_needed(self) -> str:
        """Look at the spectrum, and filter what is not muscle."""
        if self._too_short():
            return self._too_short()
        need = self.need = needed_filters(self.raw)
        self.report.add_figure(
            "Signals",
            "Spectrum as recorded",
            plot_psd(self.raw, title="Spectrum of each EMG channel, as recorded"),
            need.why,
            name="spectrum",
        )
        if not need:
            return need.why
        self.raw = clean(self.raw, need)
        self.report.add_figure(
            "Signals",
            "Spectrum after filtering",
            plot_psd(self.raw, title=f"Spectrum after: {need}"),
            f"Filtered forward and backward (zero phase): {need}.",
            name="spectrum_filtered",
        )
        return f"{need.why}; {need}"

    def draw_wristband(self) -> str:
        """Draw the RMS of each channel on the ring."""
        rms = self._emg().std(axis=0)
        loudest = self.session.channel_names[int(np.argmax(rms))]
        self.report.add_figure(
            "Signals",
            "Activity around the wrist",
            plot_wristband(rms, unit=emg_unit(self.session.emg_unit)),
            "Do neighbours look alike? Electrodes side by side often see the same muscle. Where on "
            "the wrist the first channel sits is not known.",
            name="wristband",
        )
        return f"loudest: {loudest}, RMS {rms.max():.3g} {emg_unit(self.session.emg_unit)}"

    def cluster_samples(self) -> str:
        """Cluster raw samples, as the first tutorial does."""
        if self.session.n_channels < 2:
            return _ONE_CHANNEL
        if self._too_short():
            return self._too_short()
        found = explore(
            self.session, n_components=min(3, self.session.n_channels), filter=self._design()
        )
        stay = 1000 * np.median(found.run_lengths())
        self.report.add_figure(
            "Structure",
            "Share of the variance along each axis",
            plot_scree(found),
            "How many axes does it take? The more channels see the same muscle, the fewer.",
            name="scree",
        )
        self.report.add_figure(
            "Structure",
            "Clusters of raw samples",
            plot_clusters(found, dimensions=found.scores.shape[1]),
            f"The signal stays in one cluster for {stay:.1f} ms (median), while a hand holds a "
            "posture for hundreds. EMG swings around zero: clusters of samples sort loudness and "
            "sign.",
            name="clusters_of_samples",
        )
        return f"the signal stays in one cluster for {stay:.1f} ms (median)"

    def cluster_features(self) -> str:
        """Cluster windows by their RMS, which ignores the sign."""
        if self.session.n_channels < 2:
            return _ONE_CHANNEL
        if self.session.duration < 2:
            return f"skipped: {self.session.duration:g} s hold too few windows"
        found = explore(
            self.session,
            n_components=min(5, self.session.n_channels),
            n_clusters=6,
            on="features",
            filter=self._design(),
        )
        stay = 1000 * np.median(found.run_lengths())
        self.report.add_figure(
            "Structure",
            "Clusters of windows",
            plot_clusters(found, dimensions=2),
            "Each point is a window of 0.2 s, described by the logarithm of each channel's RMS.",
            name="clusters_of_windows",
        )
        self.report.add_figure(
            "Structure",
            "When each cluster occurs",
            plot_cluster_strip(found),
            f"The signal stays in one cluster for {stay:.0f} ms (median).",
            name="clusters_over_time",
        )
        return f"the signal stays in one cluster for {stay:.0f} ms (median)"

    def make_windows(self) -> str:
        """Cut windows where there is a pose."""
        try:
            self.windows = windows_of(self.session, window=0.2, hop=0.05, filter=self._design())
        except NoWindowError:
            return "skipped: no stretch with a pose is as long as a window"
        # Blocks need windows to train on beside those they test.
        if len(self.windows) < 100:
            n_windows, self.windows = len(self.windows), None
            return f"skipped: {_counted(n_windows, 'window')} are too few to train on"
        return f"{self.windows!r}".strip("<>").partition(" ")[2]

    def predict_pose(self) -> str:
        """Train on four fifths of the time, predict the rest, five times."""
        if self.windows is None:
            return _NO_WINDOWS
        models = {"ridge": RidgePose()}
        try:
            models["boosted trees"] = CatBoostPose()
            scores = {name: evaluate(model, self.windows) for name, model in models.items()}
            missing = ""
        except ImportError as error:
            scores = {"ridge": evaluate(models.pop("ridge"), self.windows)}
            missing = f" ({_checks.one_line(error)})"
        best = min(scores, key=lambda name: scores[name]["mae_deg"].mean())
        self.model = RidgePose() if best == "ridge" else CatBoostPose()
        self.pred = predict_blocks(self.model, self.windows)
        judged = {name: verdict(table) for name, table in scores.items()}
        words = ""
        for name, table in scores.items():
            rows = for_people(table).to_html(index=False, border=0)
            words += f"<p><b>{name}</b>: {judged[name]}</p>{rows}"
        self.report.add_figure(
            "Prediction",
            "Error of each block",
            plot_scores(scores),
            "Is each point below the line of the hand that never moves?",
            name="scores",
        )
        self.report.add_words("Prediction", "Scores", words)
        return f"{best}: {judged[best]}{missing}"

    def draw_traces(self) -> str:
        """Draw predicted over true angles."""
        if self.windows is None:
            return _NO_WINDOWS
        self.report.add_figure(
            "Prediction",
            "True and predicted angles",
            plot_traces(self.windows, self.pred),
            "Every stretch is predicted by a model that was trained on the others. Which finger "
            "lags, and which is missed?",
            name="traces",
        )
        return f"{angular_error(self.windows.y, self.pred):.1f} deg off over all windows"

    def draw_hands(self) -> str:
        """Put a moving hand, true beside predicted, into the report."""
        if self.windows is None:
            return _NO_WINDOWS
        if self.windows.target_names != JOINTS:
            return f"skipped: a hand takes 20 joints, here are {self.session.n_angles}"
        shown = slice(0, round(_SHOWN * self.windows.sample_rate / self.windows.hop))
        film = animate_hand(
            self.windows.y[shown],
            self.pred[shown],
            rate=self.windows.sample_rate / self.windows.hop,
        )
        self.report.add_words("Prediction", "True and predicted hand", film.html())
        return f"{landmark_distance(self.windows.y, self.pred):.1f} mm off, mean over landmarks"

    def write_report(self) -> str:
        """Write the page."""
        return str(self.report.save().resolve())

    def _naming_the_file(self, step: Callable[[], str]) -> Callable[[], str]:
        """Let every error of a step say which file it is about."""

        def named() -> str:
            try:
                return step()
            except ValueError as error:
                path = str(self.session.hdf5_path) if hasattr(self, "session") else ""
                if path in str(error):
                    raise
                raise SessionError(f"{path}: {error}") from error

        return named

    # -- helpers ------------------------------------------------------------------------------

    def _emg(self) -> np.ndarray:
        """EMG in stored units, filtered if it had to be."""
        design = self._design()
        return self.session.emg if design is None else design(self.session.emg)

    def _too_short(self) -> str:
        n_samples = len(self.session)
        return "" if n_samples >= 100 else f"skipped: {_counted(n_samples, 'sample')} are too few"

    def _design(self) -> EMGFilter | None:
        return self.need.filter(self.session.sample_rate) if self.need else None


def run_demo(session: Any = None, out: Any = "demo-report") -> Path:
    """Take one session from file to figures, without a terminal.

    Parameters
    ----------
    session : path-like, optional
        Session file; the synthetic sample by default.
    out : path-like
        Folder for the report and the figures.

    Returns
    -------
    pathlib.Path
        The report, one self-contained HTML page.

    Raises
    ------
    OSError, ValueError
        If the session cannot be used, or the folder cannot be written.
    """
    with Demo(session, out) as demo:
        for _, step in demo.steps():
            step()
    return demo.out / "report.html"


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _stretch_to_show(session: Emg2PoseSessionData, seconds: float) -> float:
    """Start of the stretch to show: the earliest in which all rows have a pose, else 0 s."""
    rate = session.sample_rate
    runs = session.valid_runs()
    long = [a for a, b in runs if (b - a) / rate >= min(seconds, session.duration)]
    return (long[0] if long else 0) / rate
