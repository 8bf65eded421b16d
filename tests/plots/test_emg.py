"""What is drawn is what is in the recording: traces, angles, spectra, rings."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from emgtut import Emg2PoseSessionData, to_raw
from emgtut.plots import (
    plot_angles,
    plot_cluster_strip,
    plot_clusters,
    plot_emg,
    plot_psd,
    plot_scree,
    plot_session,
    plot_wristband,
)
from emgtut.plots.emg import _envelope


@pytest.fixture
def session(session_file):
    with Emg2PoseSessionData(
        session_file(n=9000, unsolved=[(3000, 5000)], joint_names=list("abcde"))
    ) as data:
        yield data


class TestTraces:
    def test_of_a_session_and_of_its_raw_agree(self, session):
        stored = plot_emg(session, start=0.5, duration=2)
        volts = plot_emg(to_raw(session), start=0.5, duration=2)
        assert "noise SD" in stored.get_title()
        assert "µV" in volts.get_title()
        for ours, mne in zip(stored.collections, volts.collections, strict=True):
            heights = [np.ptp(c.get_paths()[0].vertices[:, 1]) for c in (ours, mne)]
            assert heights[1] == pytest.approx(2.46 * heights[0], rel=1e-5)

    def test_every_channel_and_no_spike_is_lost(self, session_file, rng):
        emg = rng.normal(0, 1, (60_000, 3))
        emg[31_234, 1] = 900
        with Emg2PoseSessionData(session_file(n=60_000, emg=emg)) as data:
            ax = plot_emg(data, duration=30)
        assert [t.get_text() for t in ax.get_yticklabels()] == ["EMG01", "EMG02", "EMG03"]
        tallest = [c.get_paths()[0].vertices[:, 1].max() for c in ax.collections]
        assert int(np.argmax(tallest)) == 1
        assert tallest[1] > 800
        assert ax.get_xlim() == pytest.approx((0, 30), abs=0.01)

    @pytest.mark.parametrize("n", [1, 2, 1499, 1500, 1501, 40_000])
    def test_envelope_holds_the_extremes(self, rng, n):
        values = rng.normal(size=n)
        at, low, high = _envelope(np.arange(n) / 10, values)
        assert len(at) == min(n, 1500)
        assert (low.min(), high.max()) == (values.min(), values.max())
        assert (low <= high).all()
        # neighbours touch: no gap in a steep flank
        assert (low[1:] <= high[:-1]).all()
        assert (high[1:] >= low[:-1]).all()

    def test_asks_for_what_is_there(self, session):
        with pytest.raises(ValueError, match=r"start is 9 s, but the recording has 4\.500 s"):
            plot_emg(session, start=9)
        with pytest.raises(ValueError, match="duration is -1 s"):
            plot_emg(session, duration=-1)
        with pytest.raises(ValueError, match=r"channels is 'EMG99'; .*pass one of 'EMG01'"):
            plot_emg(session, channels=["EMG99"])
        with pytest.raises(ValueError, match="joints is 'THUMB'; pass one of 'a'"):
            plot_angles(session, joints=["THUMB"])
        assert not plt.get_fignums()


class TestAngles:
    def test_degrees_and_hatched_gaps(self, session):
        ax = plot_angles(session, duration=4, joints=["b"])
        (line,) = ax.lines
        shown = line.get_ydata()
        stored = np.degrees(session.joint_angles[:8000, 1])
        assert np.isin(shown[np.isfinite(shown)], stored).all()
        assert np.isnan(shown).sum() > 100
        (gap,) = ax.patches
        assert gap.get_hatch()
        assert gap.get_x() == pytest.approx(1.5)
        assert "no pose" in ax.get_title()
        assert ax.get_ylabel() == "Joint angle (deg)"

    def test_one_flexion_a_digit_by_default(self, session_file):
        with Emg2PoseSessionData(session_file(angles=20)) as data:
            ax = plot_angles(data, duration=0.5)
        labels = [text.get_text() for text in ax.get_legend().get_texts()]
        assert labels == [
            "THUMB_CMC_FE",
            *(f"{f}_MCP_FE" for f in ("INDEX", "MIDDLE", "RING", "PINKY")),
        ]

    def test_the_two_axes_share_time(self, session):
        above, below = plot_session(session, start=1, duration=2).axes
        assert above.get_xlim() == below.get_xlim() == pytest.approx((1, 3), abs=0.01)
        assert above.get_xlabel() == ""
        assert below.get_xlabel() == "Time (s)"


class TestSpectrum:
    def test_level_and_line(self, session_file, rng):
        t = np.arange(40_000) / 2000
        emg = rng.normal(0, 10, (40_000, 4)) + 200 * np.sin(2 * np.pi * 300 * t)[:, None]
        with Emg2PoseSessionData(session_file(n=40_000, emg=emg, emg_unit="uV")) as data:
            ax = plot_psd(to_raw(data))
        median = next(line for line in ax.lines if line.get_label() == "median")
        frequency, power = median.get_data()
        assert frequency[np.argmax(power)] == 300
        # white noise of variance 100 over 1000 Hz
        assert np.median(power) == pytest.approx(0.1, rel=0.1)
        assert ax.get_ylabel() == "Power spectral density (µV²/Hz)"
        assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")


class TestWristband:
    def test_one_sector_a_channel_in_its_colour(self):
        values = np.array([0.0, 1.0, 2.0, 4.0, 3.0])
        ax = plot_wristband(values, quantity="RMS", unit="µV")
        heights = [bar.get_height() for bar in ax.patches]
        np.testing.assert_allclose(heights, values)
        assert len({bar.get_facecolor() for bar in ax.patches}) == 5
        assert ax.figure.axes[-1].get_ylabel() == "RMS (µV)"
        assert len(ax.get_xticklabels()) == 5

    def test_on_given_axes_with_given_limits(self):
        figure, ax = plt.subplots(subplot_kw={"projection": "polar"})
        assert plot_wristband(np.zeros(16), ax=ax, limits=(0, 10)) is ax
        with pytest.raises(ValueError, match="projection"):
            plot_wristband([1, 2], ax=figure.add_subplot())

    @pytest.mark.parametrize("values", [[], [[1, 2]], [1, np.nan], [1, -1]])
    def test_values_that_are_none(self, values):
        with pytest.raises(ValueError, match="pass one finite number"):
            plot_wristband(values)


class TestWhatCanBeDrawn:
    def test_a_path_is_a_session(self, session_file):
        path = session_file(n=4000)
        assert len(plot_emg(path, duration=1).collections) == 7
        assert plot_angles(str(path), duration=1).lines
        assert len(plot_session(path, duration=1).axes) == 2
        assert plot_psd(path).lines

    @pytest.mark.parametrize("draw", [plot_emg, plot_angles, plot_session, plot_psd])
    def test_an_array_is_refused_by_type(self, draw):
        with pytest.raises(TypeError, match=r"of type ndarray; pass"):
            draw(np.zeros((100, 4)))
        assert not plt.get_fignums()

    def test_clusters_are_drawn_from_an_exploration(self, session):
        for draw in (plot_clusters, plot_scree, plot_cluster_strip):
            with pytest.raises(TypeError, match=r"pass what emgtut\.explore returns"):
                draw(session)
        assert not plt.get_fignums()
