"""Downloads that go well and badly, for real: a local server, bad archives, processes."""

import contextlib
import io
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tarfile
import threading
import time
from dataclasses import asdict, replace

import pytest

from emgtut import SessionError, fetch_metadata, fetch_session
from emgtut.sessions._remote import download
from emgtut.sessions.fetch import MINI

FOLDER = MINI.folder
STEMS = [
    f"{MINI.session}-recording-{number}_{side}"
    for number in (1, 2, 10)
    for side in ("left", "right")
]

FETCH = """
import json, sys
from emgtut.sessions.fetch import RemoteSet, fetch_session
source, name, drop = RemoteSet(**json.loads(sys.argv[1])), sys.argv[2], sys.argv[3:] == ["drop"]
print(fetch_session(name, drop_tar=drop, source=source))
"""


def in_process(source, *arguments, **options):
    return subprocess.Popen(
        [
            *(sys.executable, "-c", FETCH, json.dumps(asdict(source))),
            *(arguments or ("recording-1_left",)),
        ],
        stdout=subprocess.PIPE,
        stderr=options.pop("stderr", subprocess.PIPE),
        text=True,
        **options,
    )


def entry(name, kind, target=""):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


# -- before and while it downloads ---------------------------------------------------------------


def test_size_licence_and_citation_are_said_before_the_first_request(small, server, monkeypatch):
    stderr = io.StringIO()
    heard = []
    server.on_request = lambda: heard.append(stderr.getvalue())
    monkeypatch.setattr(sys, "stderr", stderr)
    fetch_session(source=small)
    (said,) = heard
    for part in ("MB", small.url, "CC BY-NC-SA 4.0", "Salter et al.", "arXiv:2412.02725"):
        assert part in said
    assert stderr.getvalue() == said  # no bar, nothing more: this is no terminal


def test_the_real_set_is_described_as_published():
    assert MINI.size == 647_198_208
    assert download.megabytes(MINI.size) == "647 MB"
    assert MINI.url.startswith("https://")
    assert len(MINI.sha256) == 64


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="needs a pseudo-terminal")
@pytest.mark.parametrize("quiet", [False, True])
def test_a_progress_bar_on_a_terminal_unless_quiet(small, quiet):
    import termios

    ours, theirs = os.openpty()
    termios.tcsetwinsize(theirs, (24, 80))
    env = os.environ | ({"EMGTUT_QUIET": "1"} if quiet else {})
    process = in_process(small, stderr=theirs, env=env)
    os.close(theirs)
    process.communicate(timeout=60)
    said = b""
    with contextlib.suppress(OSError), os.fdopen(ours, "rb", buffering=0) as terminal:
        while part := terminal.read(4096):
            said += part
    assert process.returncode == 0
    assert b"CC BY-NC-SA" in said
    assert (b"100%|" in said) is not quiet


def test_too_little_space_is_said_before_the_download(small, server):
    with pytest.raises(OSError, match=r"free, .* are needed; make room, or set EMGTUT_DATA"):
        fetch_session(source=replace(small, size=10**18))
    assert server.asked == []


def test_too_little_space_for_all_is_said_before_extraction(small, cache_folder, monkeypatch):
    fetch_session(source=small)
    usage = shutil.disk_usage(cache_folder)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=50_000))
    assert fetch_session("recording-1_right", source=small).exists()
    with pytest.raises(OSError, match=r"0.1 MB free, .* are needed"):
        fetch_session("all", source=small)
    assert len(list((cache_folder / FOLDER).glob("*.hdf5"))) == 2


# -- what goes wrong on the way ------------------------------------------------------------------


def test_wrong_hash(small, server, cache_folder, leftovers):
    with pytest.raises(SessionError, match=r"mini.tar: .* does not have the hash sha256:0000"):
        fetch_session(source=replace(small, sha256="0" * 64))
    assert server.asked == ["/mini.tar"]
    assert not (cache_folder / f"{FOLDER}.tar").exists()
    assert leftovers() == []
    with pytest.raises(SessionError, match=r"metadata.csv: .* does not have the hash md5:0000"):
        fetch_metadata(source=replace(small, metadata_md5="0" * 32))


def test_one_broken_download_is_tried_again(small, server, capsys):
    server.cuts = 1
    fetch_session(source=small)
    assert server.asked == ["/mini.tar"] * 2
    assert "broke off before the end; trying again" in capsys.readouterr().err


def test_a_download_that_always_breaks_off(small, server, cache_folder, leftovers):
    server.cuts = 99
    with pytest.raises(ConnectionError, match=r"mini.tar: .* broke off .*try again.*put it at"):
        fetch_session(source=small)
    assert server.asked == ["/mini.tar"] * 3
    assert not (cache_folder / f"{FOLDER}.tar").exists()
    assert leftovers() == []
    server.cuts = 0
    fetch_session(source=small)


def test_not_found_is_final(small, server):
    del server.bodies["/mini.tar"]
    with pytest.raises(ConnectionError, match=r"mini.tar: the server answered 404 Not Found"):
        fetch_session(source=small)
    assert server.asked == ["/mini.tar"]


def test_a_busy_server_is_asked_again(small, server):
    server.statuses = [503, 429]
    fetch_session(source=small)
    assert server.asked == ["/mini.tar"] * 3


def test_a_silent_server(small, server, monkeypatch):
    monkeypatch.setattr(download, "SILENT_AFTER", 0.1)
    server.silent = True
    with pytest.raises(ConnectionError, match=r"the server was silent for 0.1 s"):
        fetch_session(source=small)
    server.silent = False
    server.pause = 1.0  # begins to answer, then falls silent
    with pytest.raises(ConnectionError, match=r"the server was silent for 0.1 s"):
        fetch_session(source=small)


def test_nobody_listens(small):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/mini.tar"
    with pytest.raises(ConnectionError, match="cannot be reached") as caught:
        fetch_session(source=replace(small, url=url))
    text = str(caught.value)
    assert url in text
    assert "refused" in text
    assert "urllib3" not in text
    assert "\n" not in text


# -- archives that must not be unpacked ----------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("../outside.hdf5", "points out of its folder"),
        (f"{FOLDER}/../../outside.hdf5", "points out of its folder"),
        ("/tmp/outside.hdf5", "has an absolute path"),
        ("C:\\outside.hdf5", "has an absolute path"),
        ("C:outside.hdf5", "has an absolute path"),
        (f"{FOLDER}\\..\\outside.hdf5", "has an absolute path or one of another system"),
        (f"{FOLDER}/a\nb.hdf5", "control characters"),
        (f"{FOLDER}/{STEMS[0]}.hdf5", "comes twice"),
        (f"{FOLDER}/./{STEMS[0].upper()}.hdf5", "comes twice"),
    ],
)
def test_a_member_with_a_bad_name_spoils_the_archive(
    serve, cache_folder, sessions, name, words, tar_of
):
    bad = serve(tar_of([*sessions.items(), (name, b"x")]))
    with pytest.raises(SessionError, match=words) as caught:
        fetch_session(source=bad)
    assert repr(name) in str(caught.value)
    assert list(cache_folder.rglob("*.hdf5")) == []


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (tarfile.SYMTYPE, "is a symbolic link to '/etc/passwd'"),
        (tarfile.LNKTYPE, "is a hard link to '/etc/passwd'"),
        (tarfile.CHRTYPE, "is a device"),
        (tarfile.FIFOTYPE, "is a pipe"),
        (tarfile.GNUTYPE_SPARSE, "is neither a plain file nor a folder"),
    ],
)
def test_a_member_that_is_no_file_spoils_the_archive(
    serve, cache_folder, sessions, kind, words, tar_of
):
    name = f"{FOLDER}/{MINI.session}-recording-3_left.hdf5"
    bad = serve(tar_of(sessions.items(), [entry(name, kind, "/etc/passwd")]))
    with pytest.raises(SessionError, match=words) as caught:
        fetch_session(source=bad)
    assert repr(name) in str(caught.value)
    assert list(cache_folder.rglob("*.hdf5")) == []


def test_what_is_no_tar_or_holds_nothing(serve, sessions, tar_of):
    with pytest.raises(SessionError, match="cannot be read as a tar"):
        fetch_session(source=serve(b"<html>Sign in to the hotel network</html>" * 99))
    with pytest.raises(SessionError, match="has no folder emg2pose_dataset_mini with sessions"):
        fetch_session(source=serve(tar_of([("elsewhere/a.hdf5", b"x")])))
    whole = tar_of(sessions.items())
    with pytest.raises(SessionError, match="cannot be read as a tar"):
        fetch_session("all", source=serve(whole[: len(whole) // 2]))


# -- several at once, and ends in the middle -----------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        [("recording-1_left",), ("recording-2_left",)],
        [("recording-1_left", "drop"), ("recording-1_left", "drop")],
    ],
    ids=["two sessions", "the same, tar dropped"],
)
def test_two_processes_download_once(small, server, arguments, leftovers):
    server.pause = 0.02
    processes = [in_process(small, *args) for args in arguments]
    results = [process.communicate(timeout=60) for process in processes]
    assert [process.returncode for process in processes] == [0, 0], results
    for (out, _), (name, *_) in zip(results, arguments, strict=True):
        assert out.strip().endswith(f"{name}.hdf5")
    assert server.asked == ["/mini.tar"]
    assert sum("licence" in err for _, err in results) == 1
    assert leftovers() == []


def test_whoever_waits_says_so(small, cache_folder, monkeypatch, capsys):
    monkeypatch.setattr(download, "PATIENCE", 0.05)
    cache_folder.mkdir()
    done = []
    with download.alone(cache_folder / f".{FOLDER}.lock"):
        thread = threading.Thread(target=lambda: done.append(fetch_session(source=small)))
        thread.start()
        until = time.monotonic() + 20
        said = ""
        while "another process is fetching" not in said and time.monotonic() < until:
            time.sleep(0.01)
            said += capsys.readouterr().err
        assert "another process is fetching" in said
        assert done == []
    thread.join(20)
    assert [path.stem for path in done] == [STEMS[0]]


@pytest.mark.skipif(os.name == "nt", reason="Windows has other signals")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_download_that_was_stopped_leaves_nothing_to_trust(
    small, server, cache_folder, sessions, how, leftovers
):
    server.pause = 5
    process = in_process(small)
    assert server.sent.wait(60)
    process.send_signal(how)
    process.communicate(timeout=60)
    assert process.returncode != 0
    stale = {*leftovers()}
    assert not (cache_folder / f"{FOLDER}.tar").exists()
    assert bool(stale) is (how == signal.SIGKILL)

    server.pause = 0
    server.on_request = lambda: seen.append(leftovers())
    seen: list[list[str]] = []
    path = fetch_session(source=small)
    assert path.read_bytes() == sessions[f"{FOLDER}/{path.name}"]
    assert stale.isdisjoint(*seen)  # cleared before the new download takes its space
    assert leftovers() == []
    assert server.asked == ["/mini.tar"] * 2


def test_parts_of_a_killed_extraction_are_cleared(small, cache_folder):
    part = cache_folder / FOLDER / f".{STEMS[0]}.x1y2.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(b"half")
    fetch_session(source=small)
    assert not part.exists()


def test_a_cache_that_may_only_be_read_is_enough(small, cache_folder, monkeypatch):
    path = fetch_session(source=small)
    # A copy without the lock file and the tar, as on a shared disk.
    shared = cache_folder.with_name("shared")
    shutil.copytree(cache_folder / FOLDER, shared / FOLDER)
    before = sorted(p.name for p in shared.rglob("*"))
    monkeypatch.setenv("EMGTUT_DATA", str(shared))
    monkeypatch.setenv("EMGTUT_OFFLINE", "1")
    for folder in (shared / FOLDER, shared):
        folder.chmod(0o555)
    try:
        assert fetch_session(source=small, drop_tar=True) == shared / FOLDER / path.name
        assert sorted(p.name for p in shared.rglob("*")) == before
    finally:
        for folder in (shared, shared / FOLDER):
            folder.chmod(0o755)


def test_importing_it_loads_no_network_library():
    code = "import sys, emgtut.sessions.fetch as f; print({'pooch', 'requests'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
