"""The command line as a person types it: real processes, their output and their exit status."""

import os
import re
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import h5py
import numpy as np
import pytest

from emgtut import Emg2PoseSessionData


def emgtut(*arguments, **environment):
    """Run the command and return the finished process."""
    return subprocess.run(
        [sys.executable, "-m", "emgtut", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"COLUMNS": "120"} | environment,
        timeout=240,
    )


def refused(*arguments, **environment):
    """Run the command, expect one line and status 2, and return the line."""
    done = emgtut(*arguments, **environment)
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    return lines[0]


def test_help_names_every_command_and_loads_no_heavy_library():
    done = emgtut("--help")
    assert done.returncode == 0
    for command in (
        "demo",
        "info",
        "fetch",
        "train",
        "evaluate",
        "make-session",
        "make-corpus",
        "check",
    ):
        assert command in done.stdout
        page = emgtut(command, "--help")
        assert page.returncode == 0
        assert f"emgtut {command}" in page.stdout  # the example
    heavy = "print([m for m in ('mne', 'matplotlib', 'sklearn', 'h5py') if m in sys.modules])"
    code = f"import sys, emgtut.cli; {heavy}"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_version_and_no_command():
    assert re.fullmatch(r"emgtut \d+\.\d+.*", emgtut("--version").stdout.strip())
    assert "Usage" in emgtut().stdout + emgtut().stderr


class TestInfo:
    def test_shows_a_session(self, session_file):
        done = emgtut("info", session_file(unsolved=[(0, 120)]))
        assert done.returncode == 0
        for text in ("unconstrained", "left", "7 channels", "90.0 % of rows, in 1 run"):
            assert text in done.stdout

    def test_of_a_real_recording(self, real_file):
        done = emgtut("info", real_file("openbci_fingers_lost_tracking.hdf5"))
        assert done.returncode == 0
        assert "8 channels, unit uV" in done.stdout
        assert "rows repeat the EMG of the row above" in done.stdout

    @pytest.mark.parametrize(
        ("field", "row", "value", "says"),
        [
            ("emg", 40, np.nan, "EMG is not finite in 1 rows, first at row 40"),
            ("time", 600, -9.0, "time goes back"),
            ("time", slice(600, None), 9.0, "time jumps by 9"),
        ],
    )
    def test_samples_that_make_results_wrong(self, session_file, field, row, value, says):
        path = session_file()
        with h5py.File(path, "r+") as file:
            rows = file["emg2pose/timeseries"][:]
            rows[field][row] += value
            file["emg2pose/timeseries"][:] = rows
        line = refused("info", path)
        assert line.startswith(f"emgtut: {path}: {says}")
        assert "write_session" in line

    def test_files_that_cannot_be_opened(self, tmp_path, session_file):
        text = tmp_path / "notes.txt"
        text.write_text("not a session")
        assert "is not an HDF5 file" in refused("info", text)
        assert "no such session file; check the spelling" in refused("info", tmp_path / "no.hdf5")
        assert "is a directory" in refused("info", tmp_path)
        cut = session_file()
        cut.write_bytes(cut.read_bytes()[:-999])
        assert "is cut short" in refused("info", cut)

    def test_goes_on_after_a_bad_file(self, session_file, tmp_path):
        done = emgtut("info", tmp_path / "no.hdf5", session_file())
        assert done.returncode == 2
        assert "7 channels" in done.stdout

    def test_a_reader_that_leaves(self, session_file):
        words = [sys.executable, "-m", "emgtut", "info", str(session_file())]
        command = f"{shlex.join(words)} | head -1"
        done = subprocess.run(
            ["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, check=False
        )
        assert done.stderr == ""


class TestMake:
    def test_session(self, tmp_path):
        path = tmp_path / "new" / "mine.hdf5"
        done = emgtut("make-session", path, "--duration", 5, "--stage", "ShakaVulcanPeace")
        assert done.returncode == 0, done.stderr
        assert done.stdout.strip() == str(path)
        with Emg2PoseSessionData(path) as data:
            assert data.stage == "ShakaVulcanPeace"
            assert len(data) == 10_000

    def test_an_existing_file_is_kept_unless_forced(self, tmp_path):
        path = tmp_path / "precious.hdf5"
        path.write_text("years of work")
        assert "type --force to replace it" in refused("make-session", path, "--duration", 2)
        assert path.read_text() == "years of work"
        assert emgtut("make-session", path, "--duration", 2, "--force").returncode == 0
        with Emg2PoseSessionData(path) as data:
            assert data.synthetic

    def test_refusals(self, tmp_path):
        path = tmp_path / "x.hdf5"
        line = refused("make-session", path, "--stage", "FingerWiggling")
        assert "did you mean 'FingerWigglingSpreading'?" in line
        assert "'CountingUpDownFaceSideAway'" in line
        assert "duration" in refused("make-session", path, "--duration", -1)
        assert "side" in refused("make-session", path, "--side", "both")
        assert list(tmp_path.iterdir()) == []

    def test_corpus(self, tmp_path):
        folder = tmp_path / "corpus"
        done = emgtut("make-corpus", folder, "--users", 2, "--sessions", 4, "--duration", 5)
        assert done.returncode == 0, done.stderr
        assert len(list(folder.glob("*.hdf5"))) == 4
        assert (folder / "metadata.csv").exists()


class TestFetch:
    def test_offline_says_what_to_type(self, tmp_path):
        line = refused("fetch", EMGTUT_OFFLINE="1", EMGTUT_DATA=str(tmp_path / "empty"))
        assert "EMGTUT_OFFLINE" in line
        assert "emgtut fetch" in line

    def test_contradictions(self):
        assert "give one of them" in refused("fetch", "recording-1_left", "--all")

    def test_a_name_that_does_not_exist(self, tmp_path):
        line = refused("fetch", "recording-99_left", EMGTUT_DATA=str(tmp_path / "empty"))
        assert "recording-99_left" in line


class TestTrain:
    def test_train_then_evaluate_the_saved_model(self, tmp_path):
        session = tmp_path / "practice.hdf5"
        assert emgtut("make-session", session, "--duration", 20).returncode == 0
        model = tmp_path / "model"
        done = emgtut("train", session, "--out", model, "--model", "ridge", "--hop", 0.1)
        assert done.returncode == 0, done.stderr
        assert "for a hand that never moves" in done.stdout
        assert (model / "model.json").exists()
        table = tmp_path / "scores.csv"
        done = emgtut("evaluate", session, "--model", model, "--csv", table)
        assert done.returncode == 0, done.stderr
        assert "mean_pose_mae_deg" in table.read_text()

    def test_refusals(self, session_file, tmp_path):
        path = session_file(n=6000)
        assert "pass one of 'catboost'" in refused("evaluate", path, "--model", "forest")
        assert "window" in refused("train", path, "--window", 99, "--out", tmp_path / "m")
        assert "hop" in refused("train", path, "--hop", 0, "--out", tmp_path / "m")
        blind = session_file("blind.hdf5", n=6000, unsolved=[(0, 6000)])
        assert str(blind) in refused("train", blind, "--out", tmp_path / "m")
        assert not (tmp_path / "m").exists()


class TestInterview:
    def test_start_hint_check_report(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        assert "parts to fill in" in emgtut("interview", "start").stdout
        assert "my_answers.py: " in refused("interview", "start")
        assert emgtut("interview", "hint", 6).stdout.startswith("hint 1 of 3 for 6")
        script = tmp_path / "my_answers.py"
        done = emgtut("interview", "check", script)
        assert done.returncode == 0, done.stderr
        assert done.stdout.count("not started") == 10
        assert "pass one of 1a" in refused("interview", "check", 99)
        assert "0 of 10 parts pass" in emgtut("interview", "report").stdout


def test_check_tells_what_to_type(tmp_path):
    done = emgtut("check", EMGTUT_DATA=str(tmp_path), EMGTUT_OFFLINE="1")
    assert done.returncode == 0, done.stdout
    assert str(tmp_path) in done.stdout
    for library in ("numpy", "mne", "catboost", "pylsl"):
        assert library in done.stdout
    assert "emgtut fetch" in done.stdout
    a_file = tmp_path / "file"
    a_file.touch()
    broken = emgtut("check", EMGTUT_DATA=str(a_file))
    assert broken.returncode == 1
    assert "set EMGTUT_DATA to a folder" in broken.stdout


class TestDemo:
    def test_from_the_sample_to_a_report(self, tmp_path):
        out = tmp_path / "report folder"
        done = emgtut("demo", "--out", out)
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        assert "[12/12] report" in done.stdout
        page = (out / "report.html").read_text()
        fetched = re.findall(r"(?:src|href)=[\"'](https?://[^\"']+)", page)
        assert not [url for url in fetched if "mne.tools" not in url]
        assert "<script src=" not in page
        names = {path.stem for path in out.glob("*.png")}
        assert {"emg_and_angles", "spectrum", "wristband", "scree", "clusters_of_samples"} <= names
        assert {"scores", "traces"} <= names
        assert "emgtut-hand" in page
        assert not list(out.glob(".*"))

    def test_on_a_real_recording(self, real_file, tmp_path):
        session = real_file("openbci_fingers_clean.hdf5")
        stale = tmp_path / "r" / "clusters_over_time.png"
        stale.parent.mkdir()
        stale.write_text("of an earlier report")
        done = emgtut("demo", session, "--out", tmp_path / "r")
        assert stale.read_bytes().startswith(b"\x89PNG")
        assert done.returncode == 0, done.stderr
        assert "60 Hz hum stands out" in done.stdout
        assert "high-pass 20 Hz, notch 60 Hz" in done.stdout
        assert (tmp_path / "r" / "spectrum_filtered.png").stat().st_size > 10_000
        assert "8 channels" in (tmp_path / "r" / "report.html").read_text()

    def test_names_that_a_terminal_cannot_show(self, session_file, tmp_path):
        path = session_file("ünï.hdf5", n=6000)
        ascii_only = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
        done = emgtut("demo", path, "--out", tmp_path / "r", **ascii_only)
        assert done.returncode == 0, done.stderr
        assert (tmp_path / "r" / "report.html").exists()

    def test_what_a_short_session_skips(self, session_file, tmp_path):
        done = emgtut("demo", session_file(n=90), "--out", tmp_path / "r")
        assert done.returncode == 0, done.stderr
        assert "skipped: 90 samples are too few" in done.stdout

    def test_errors_of_a_step_name_the_file(self, session_file, tmp_path):
        path = session_file(n=6000, emg=np.zeros((6000, 7)))
        assert str(path) in refused("demo", path, "--out", tmp_path / "r")

    def test_bad_input_writes_nothing(self, tmp_path, session_file):
        out = tmp_path / "out"
        assert "no such session file" in refused("demo", "--session", "no.hdf5", "--out", out)
        text = tmp_path / "text.hdf5"
        text.write_text("x")
        assert "is not an HDF5 file" in refused("demo", "--session", text, "--out", out)
        assert not out.exists()
        assert "is a file; name a folder" in refused("demo", "--out", text)
        assert "name one" in refused("demo", text, "--session", text)

    @pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
    def test_ctrl_c_leaves_no_half_file(self, tmp_path):
        out = tmp_path / "out"
        # A shell starts what runs in its background with Ctrl-C switched off.
        code = (
            "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
            "from emgtut.cli import main; main()"
        )
        process = subprocess.Popen(
            [sys.executable, "-u", "-c", code, "demo", "--out", str(out)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for line in process.stdout:
            if "[2/" in line:
                break
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
        assert process.returncode == 130
        assert errors.strip().endswith("emgtut: interrupted; nothing half written is left")
        assert not list(Path(out).glob(".*"))
