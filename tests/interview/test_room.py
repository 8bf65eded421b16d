"""Clock, hints, report, and the file they are kept in."""

import json
import subprocess
import sys
import time

import pytest
from interview_answers import REFERENCE, run

from emgtut import data_dir
from emgtut.interview import Interview, hidden_session
from emgtut.sessions import layout


@pytest.fixture(scope="module")
def answers():
    return run(REFERENCE)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "progress.json"


def test_functions_are_matched_by_name(path, answers):
    room = Interview(path=path)
    results = room.check(3, answers["features"], answers["window_starts"])
    assert [result.part for result in results] == ["3a", "3b"]
    assert results.passed
    assert len(str(results).splitlines()) == 2
    assert [result.part for result in room.check(3, answers["features"])] == ["3b"]
    assert [result.state for result in room.check(1)] == ["not started"] * 2
    assert room.check("ridge", lambda X, Y, alpha: None)[0].state == "fail"
    with pytest.raises(ValueError, match="pca answers nothing here; pass window_starts, features"):
        room.check(3, answers["pca"])
    assert room.check(3)._repr_html_().startswith("<pre>step 3a")


def test_parts_of_the_other_round_are_elsewhere(path, answers):
    room = Interview(path=path)
    with pytest.raises(ValueError, match=r"step 5 belongs to the stretch round.*round='full'"):
        room.check(5, answers["kmeans"])
    assert [r.part for r in room.check(4, *(answers[n] for n in room.parts[4].functions))]
    assert len(Interview("full", path=path.with_name("full.json")).parts) == 15
    with pytest.raises(ValueError, match="round is 'long'; pass one of 'core'"):
        Interview("long")


def test_clock_starts_with_the_first_check_and_is_kept(path, answers):
    room = Interview(path=path, minutes=45)
    assert str(room.left()) == "45 min, not started"
    assert "45:00 left" in str(room.check("runs", answers["valid_runs"])) or "44:5" in str(
        room.left()
    )
    time.sleep(1.1)
    again = Interview(path=path, minutes=45)  # as after a restart of the kernel
    assert again.left() <= "44:59 left"
    assert again.report().splitlines()[3].split()[:3] == ["1b", "runs", "pass"]


def test_clock_goes_on_between_processes(path):
    content = {
        "version": 1,
        "round": "core",
        "minutes": 45.0,
        "clock": True,
        "elapsed": 60.0,
        "saved": time.time() - 600,
        "parts": {},
    }
    path.write_text(json.dumps(content))
    assert Interview(path=path).left() in ("33:59 left", "34:00 left")
    path.write_text(json.dumps(content | {"saved": time.time() + 9999}))  # set back meanwhile
    assert Interview(path=path).left() in ("43:59 left", "44:00 left")


def test_another_process_continues(path):
    code = f"from emgtut.interview import Interview; Interview(path={str(path)!r}).start()"
    subprocess.run([sys.executable, "-c", code], check=True)
    assert Interview(path=path).left().endswith(" left")
    assert Interview.resume(path).left().startswith("44:")


def test_after_the_bell_checks_run_and_are_marked(path, answers):
    room = Interview(path=path, minutes=1e-4)
    room.start()
    time.sleep(0.05)
    (result,) = room.check("runs", answers["valid_runs"])
    assert result.passed
    assert "after the bell (+0:00)" in str(result)
    assert "(after the bell)" in room.report()


def test_without_a_clock(path, answers):
    room = Interview(path=path, clock=False)
    assert room.left() == "no clock"
    assert "left" not in str(room.check("runs", answers["valid_runs"]))
    assert "bell" not in room.report()


def test_hints_climb_and_are_counted(path, answers):
    room = Interview(path=path)
    texts = [room.hint(3) for _ in range(4)]
    assert [text[:9] for text in texts] == ["hint 1 of", "hint 2 of", "hint 3 of", "hint 3 of"]
    assert all("for 3a" in text for text in texts)
    room.check("windows", answers["window_starts"])
    assert "hint 1 of 3 for 3b" in room.hint(3)
    row = next(line for line in room.report().splitlines() if line.startswith("3a"))
    assert row.split()[-1] == "3"


def test_a_pass_is_not_taken_back(path, answers):
    room = Interview(path=path)
    room.check("runs", answers["valid_runs"])
    assert room.check("runs", lambda valid: [])[0].state == "fail"
    assert "1 of 10 parts pass" in room.report()
    room.restart()
    assert "0 of 10 parts pass, 45 min, not started" in room.report()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"version": 7}', '{"version": 1, "round": 3}'])
def test_damaged_file_is_started_anew_with_a_note(path, content, answers):
    path.write_text(content)
    with pytest.warns(UserWarning, match=r"progress\.json.*started anew"):
        room = Interview(path=path)
    room.check("runs", answers["valid_runs"])
    assert Interview(path=path).report() is not None


def test_file_of_another_round_is_left_alone(path):
    Interview("stretch", path=path).start()
    with pytest.raises(ValueError, match=r"holds the stretch round; pass round='stretch'"):
        Interview("core", path=path)


def test_default_file_lies_with_the_data():
    room = Interview("stretch")
    room.start()
    assert room.path == data_dir() / "interview-stretch.json"
    assert room.path.exists()
    assert not list(room.path.parent.glob("*.part"))
    room.path.unlink()


def test_hidden_session_has_rows_without_a_pose(tmp_path):
    import h5py

    path = hidden_session(tmp_path / "hidden.hdf5", seed=1)
    with h5py.File(path) as file:
        angles = file["emg2pose/timeseries"]["joint_angles"]
    solved = layout.solved_rows(angles)
    assert len(solved) == 128_000
    assert 0.65 < solved[:90_000].mean() <= 0.70
