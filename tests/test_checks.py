"""The one vocabulary of errors: what arrived, what was expected, what to do."""

import os

import numpy as np
import pytest

from emgtut import _checks, _optional


def test_numbers():
    assert _checks.positive("x", 3) == 3.0
    assert _checks.positive("x", np.float32(0.5)) == 0.5
    assert _checks.count("n", np.int64(4)) == 4
    for value in (0, -1, np.nan, np.inf):
        with pytest.raises(ValueError, match=r"x is .* s; pass a finite number above 0"):
            _checks.positive("x", value, "s")
    for value in ("2", None, True, [1]):
        with pytest.raises(TypeError, match=r"x is .*; pass a number"):
            _checks.positive("x", value)
    for value in (1.5, "3", None, False):
        with pytest.raises(TypeError, match=r"n is .*; pass a whole number, at least 2"):
            _checks.count("n", value, least=2)
    with pytest.raises(ValueError, match=r"n is 1; pass a whole number, at least 2"):
        _checks.count("n", 1, least=2)


def test_choices():
    assert _checks.one_of("side", "left", ["left", "right"]) == "left"
    with pytest.raises(ValueError, match=r"side is 'up'; pass one of 'left', 'right'"):
        _checks.one_of("side", "up", ["left", "right"])


def test_errors_on_one_line():
    assert _checks.one_line(ValueError("a\n  b")) == "a b"
    assert _checks.one_line(KeyError()) == "KeyError"
    assert _checks.one_line(PermissionError(13, "may not be read", "f")) == "f: may not be read"


def test_a_library_that_is_missing():
    with pytest.raises(ImportError, match=r"pip install 'emgtut\[live\]'"):
        _optional.require("no_such_library", extra="live")


def test_paths(tmp_path):
    file = tmp_path / "a b.hdf5"
    file.touch()
    assert _checks.existing_file(str(file)) == file
    for bad in (3, None, ["a"]):
        with pytest.raises(TypeError, match="pass a path"):
            _checks.existing_file(bad)
    with pytest.raises(FileNotFoundError, match="check the spelling"):
        _checks.existing_file(tmp_path / "b")
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        _checks.existing_file(tmp_path / "b" / "c")
    with pytest.raises(IsADirectoryError, match=r"such as a b\.hdf5"):
        _checks.existing_file(tmp_path)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(OSError, match="is no regular file"):
        _checks.existing_file(pipe)


@pytest.mark.parametrize("value", ["", "0", "no", "off", "False"])
def test_switches(monkeypatch, value):
    monkeypatch.setenv("EMGTUT_QUIET", value)
    assert not _checks.switched_on("EMGTUT_QUIET")
    monkeypatch.setenv("EMGTUT_QUIET", "yes")
    assert _checks.switched_on("EMGTUT_QUIET")
