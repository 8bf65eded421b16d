"""Recording conditions: what a model carries, and a refusal that names both sides."""

import pytest

from emgtut import load_sample, windows_of
from emgtut.learn.conditions import check_conditions, conditions_of
from emgtut.learn.models import MeanPose
from emgtut.signals.filters import EMGFilter


def test_conditions_that_differ_are_named_with_both_sides():
    windows = windows_of(load_sample(), filter=EMGFilter(2000, highpass=60))
    model = MeanPose().fit(windows.X, windows.y)
    model.conditions_ = conditions_of(windows, emg_unit="noise_sd")
    check_conditions(model, windows)
    check_conditions(model, windows_of(load_sample(), hop=0.05, filter=windows.filter))
    other = windows_of(load_sample(), window=0.5, features=["rms"])
    with pytest.raises(ValueError, match="conditions differ") as caught:
        check_conditions(model, other)
    said = str(caught.value)
    assert "window was 400 and is 1000" in said
    assert "features was rms, mav, wl and is rms" in said
    assert "filter was {'kind': 'EMGFilter'" in said
    assert "and is None" in said
    assert "hop" not in said
    with pytest.raises(ValueError, match="emg_unit was noise_sd and is uV"):
        check_conditions(model, {"emg_unit": "uV"})
    with pytest.raises(ValueError, match="channel_names was 16 with EMG01 at 0 and is 16 with E"):
        check_conditions(model, {"channel_names": [f"E{k}" for k in range(16)]})
    with pytest.raises(ValueError, match="MeanPose carries no conditions"):
        check_conditions(MeanPose(), windows)


def test_a_filter_without_corners_goes_by_its_name():
    def smooth(emg):
        return emg

    conditions = conditions_of(windows_of(load_sample(), filter=smooth))
    assert conditions["filter"]["kind"].endswith("smooth")
