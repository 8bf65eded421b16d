"""Which recording a lesson uses: a made one, unless a real one was asked for and is there."""

import pytest

from emgtut import Emg2PoseSessionData, load_sample, write_session
from emgtut.sessions.fetch import FIRST, MINI
from emgtut.sessions.lessons import lesson_session

STAGE = "CountingUpDownFaceSideAway"


@pytest.fixture
def real(tmp_path, monkeypatch, rng):
    monkeypatch.setenv("EMGTUT_DATA", str(tmp_path))
    return write_session(
        tmp_path / MINI.folder / f"{FIRST}.hdf5",
        emg=rng.normal(0, 18, (400, 16)),
        joint_angles=rng.normal(0, 1, (400, 20)),
    )


def test_made_by_default():
    path = lesson_session(STAGE)
    assert path == load_sample(STAGE, seed=3)
    with Emg2PoseSessionData(path) as data:
        assert data.synthetic


def test_real_if_asked_for_and_there(real, monkeypatch):
    monkeypatch.setenv("EMGTUT_REAL", "1")
    assert lesson_session(STAGE) == real
    with Emg2PoseSessionData(real) as data:
        assert not data.synthetic


def test_made_if_asked_for_and_not_there(monkeypatch):
    monkeypatch.setenv("EMGTUT_REAL", "1")
    assert lesson_session(STAGE) == load_sample(STAGE, seed=3)


@pytest.mark.parametrize("value", ["", "0"])
def test_real_not_asked_for(real, monkeypatch, value):
    monkeypatch.setenv("EMGTUT_REAL", value)
    path = lesson_session(STAGE, seed=5)
    assert path != real
    assert "seed5" in path.name
