"""The interview as a script: stubs, checks in processes of their own, crashes and endless loops."""

import json
import sys

import pytest
from interview_answers import REFERENCE

from emgtut.interview import parts_of, terminal
from emgtut.interview.terminal import _in_a_process


@pytest.fixture
def script(tmp_path):
    path = tmp_path / "mine.py"
    terminal.start(path, minutes=45)
    return path


def test_started_script_is_python_and_nothing_is_started(script):
    compile(script.read_text(encoding="utf-8"), str(script), "exec")
    assert max(map(len, script.read_text(encoding="utf-8").splitlines())) <= 100
    results = list(terminal.check(script, "runs"))
    assert [result.state for result in results] == ["not started"]
    assert "not started   44:" in str(results[0])
    assert "0 of 10 parts pass, 44:" in terminal.report(script)
    assert terminal.left(script).startswith("44:")


def test_existing_script_is_not_overwritten(script):
    before = script.read_text(encoding="utf-8")
    with pytest.raises(FileExistsError, match="is there already"):
        terminal.start(script)
    assert script.read_text(encoding="utf-8") == before
    with pytest.raises(ValueError, match=r"name a Python file, such as my_answers\.py"):
        terminal.start(script.with_suffix(".txt"))
    with pytest.raises(FileNotFoundError, match=r"emgtut interview start other\.py"):
        terminal.report(script.with_name("other.py"))


def test_answers_are_checked_and_kept(script):
    script.write_text(REFERENCE, encoding="utf-8")
    assert [result.part for result in terminal.check(script, 3)] == ["3a", "3b"]
    report = terminal.report(script)
    assert "2 of 10 parts pass" in report
    assert "for 1a" in terminal.hint(1, script)
    with pytest.raises(ValueError, match="belongs to the stretch round"):
        list(terminal.check(script, 5))


def test_script_that_nobody_started_is_studied(tmp_path):
    path = tmp_path / "bare.py"
    path.write_text(REFERENCE, encoding="utf-8")
    (result,) = terminal.check(path, "finger")
    assert result.passed
    assert "left" not in str(result)


@pytest.mark.parametrize(
    ("source", "says", "where"),
    [
        ("import os\ndef valid_runs(v):\n    os._exit(7)", "ended with status 7", "os._exit"),
        ("def valid_runs(v):\n    return 1 / 0", "ZeroDivisionError", "line 2: return 1 / 0"),
        ("def valid_runs(v)\n    pass", "SyntaxError", ""),
        ("x = undefined\n", "NameError: name 'undefined'", "line 1: x = undefined"),
        ("import sys\nsys.exit(0)", "SystemExit", "line 2: sys.exit(0)"),
    ],
)
def test_crash_ends_with_a_sentence(script, source, says, where):
    script.write_text(source, encoding="utf-8")
    (result,) = terminal.check(script, "runs")
    assert not result.passed
    assert says in result.got
    assert where in result.look_at
    assert len(str(result).splitlines()) <= 5


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_process_that_is_killed_is_told(script):
    script.write_text("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", encoding="utf-8")
    (result,) = terminal.check(script, "runs")
    assert result.got == "the process ended with signal 9"


@pytest.mark.parametrize("where", ["", "def valid_runs(v):\n    "])
def test_endless_script_ends(script, where):
    script.write_text(f"{where}while True: pass\n", encoding="utf-8")
    result = _in_a_process(script, parts_of("runs")[0], call_s=0.3, part_s=1)
    assert result.state == "stopped"
    assert "does not end" in result.look_at


def test_loop_that_swallows_everything_is_ended_from_outside(script):
    stubborn = "import time\ndef valid_runs(v):\n    while True:\n        try:\n"
    stubborn += "            time.sleep(0.05)\n        except BaseException:\n            pass\n"
    script.write_text(stubborn, encoding="utf-8")
    result = _in_a_process(script, parts_of("runs")[0], call_s=0.2, part_s=0.5, grace_s=3)
    assert result.state == "stopped"
    assert "the process was ended" in result.got


def test_damaged_progress_is_started_anew(script):
    progress = script.with_suffix(".interview.json")
    assert json.loads(progress.read_text())["round"] == "core"
    progress.write_text("{")
    with pytest.warns(UserWarning, match="started anew"):
        assert "0 of 15 parts pass, no clock" in terminal.report(script)
