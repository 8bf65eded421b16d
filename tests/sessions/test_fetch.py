"""Fetching, for real: a local server, a small tar of the same shape, real processes."""

import contextlib
import hashlib
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
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from emgtut import (
    Emg2PoseSessionData,
    SessionError,
    data_dir,
    fetch_metadata,
    fetch_session,
    write_session,
)
from emgtut.sessions._remote import download
from emgtut.sessions.fetch import MINI

FOLDER = MINI.folder
STEMS = [
    f"{MINI.session}-recording-{number}_{side}"
    for number in (1, 2, 10)
    for side in ("left", "right")
]
METADATA = b"session,user,stage\n" + b"".join(f"{s},u1,x\n".encode() for s in STEMS)

FETCH = """
import json, sys
from emgtut.sessions.fetch import RemoteSet, fetch_session
print(fetch_session(sys.argv[2], source=RemoteSet(**json.loads(sys.argv[1]))))
"""


# -- a server and what it serves ----------------------------------------------------------------


class Server(ThreadingHTTPServer):
    """Serves bytes by path, well or badly, and remembers what it was asked for."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.bodies: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.statuses: list[int] = []  # for the next requests; then 200
        self.cuts = 0  # how many of the next bodies break off in the middle
        self.pause = 0.0  # seconds between blocks
        self.silent = False
        self.sent = threading.Event()  # a first part is on its way
        self.over = threading.Event()
        self.on_request = lambda: None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request, client_address):
        """Clients that go away are what some tests are about."""


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def do_GET(self):
        server: Server = self.server
        server.asked.append(self.path)
        server.on_request()
        if server.silent:
            server.over.wait(20)
            return
        status = server.statuses.pop(0) if server.statuses else 200
        body = server.bodies.get(self.path)
        if body is None or status != 200:
            self.send_error(status if status != 200 else 404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        stop = len(body)
        if server.cuts:
            server.cuts -= 1
            stop //= 2
        for start in range(0, stop, 4096):
            self.wfile.write(body[start : min(start + 4096, stop)])
            self.wfile.flush()
            server.sent.set()
            if server.pause and server.over.wait(server.pause):
                return


def tar_of(members, links=()):
    """Return an uncompressed tar: (name, bytes) pairs, then TarInfo objects as they are."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        top = tarfile.TarInfo(FOLDER)
        top.type, top.mode = tarfile.DIRTYPE, 0o755
        tar.addfile(top)
        for name, body in members:
            info = tarfile.TarInfo(name)
            info.size = len(body)
            tar.addfile(info, io.BytesIO(body))
        for info in links:
            tar.addfile(info)
    return buffer.getvalue()


def entry(name, kind, target=""):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


@pytest.fixture(scope="module")
def sessions(tmp_path_factory):
    """Bytes of small sessions, by name in the tar."""
    folder = tmp_path_factory.mktemp("sessions")
    rng = np.random.default_rng(0)
    made = {}
    for stem in STEMS:
        path = write_session(
            folder / f"{stem}.hdf5",
            emg=rng.normal(0, 18, (150, 16)),
            joint_angles=rng.normal(0.5, 0.1, (150, 20)),
            session=MINI.session,
            side=stem.rpartition("_")[2],
        )
        made[f"{FOLDER}/{stem}.hdf5"] = path.read_bytes()
    return made


@pytest.fixture(scope="module")
def tar(sessions):
    # As in the released tar, sessions are in no particular order.
    return tar_of([*reversed(sessions.items()), (f"{FOLDER}/metadata.csv", METADATA)])


@pytest.fixture
def server():
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.over.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache folder of this test's own, and the network allowed."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("EMGTUT_DATA", str(folder))
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.delenv("EMGTUT_OFFLINE")
    monkeypatch.setattr(download, "PAUSES", (0.01, 0.02))
    return folder


@pytest.fixture
def serve(server, cache):
    """Return a maker of remote sets: put a tar on the server and describe it."""

    def describe(tar, **changes):
        server.bodies |= {"/mini.tar": tar, "/metadata.csv": METADATA}
        return replace(
            MINI,
            url=f"{server.url}/mini.tar",
            sha256=hashlib.sha256(tar).hexdigest(),
            size=len(tar),
            metadata_url=f"{server.url}/metadata.csv",
            metadata_md5=hashlib.md5(METADATA).hexdigest(),
            metadata_size=len(METADATA),
            **changes,
        )

    return describe


@pytest.fixture
def small(serve, tar):
    return serve(tar)


def in_process(source, name="recording-1_left", **options):
    return subprocess.Popen(
        [sys.executable, "-c", FETCH, json.dumps(asdict(source)), name],
        stdout=subprocess.PIPE,
        stderr=options.pop("stderr", subprocess.PIPE),
        text=True,
        **options,
    )


def leftovers(folder):
    """Everything in the cache that is not a result."""
    known = {f".{FOLDER}.lock", f"{FOLDER}.tar", "extracted.json", "metadata.csv"}
    return sorted(
        path.name
        for path in folder.rglob("*")
        if path.is_file() and path.name not in known and path.stem not in STEMS
    )


# -- where ---------------------------------------------------------------------------------------


def test_the_folder_is_the_stated_one_and_asking_makes_nothing(cache):
    assert data_dir() == cache
    assert not cache.exists()


def test_without_a_stated_folder_it_is_the_one_of_the_system(monkeypatch):
    import pooch

    monkeypatch.delenv("EMGTUT_DATA")
    assert data_dir() == pooch.os_cache("emgtut")
    monkeypatch.setenv("EMGTUT_DATA", "")
    assert data_dir() == pooch.os_cache("emgtut")


def test_a_stated_folder_may_begin_with_the_home_folder(monkeypatch):
    monkeypatch.setenv("EMGTUT_DATA", "~/emg")
    assert data_dir() == Path.home() / "emg"


def test_a_relative_folder_is_refused(monkeypatch):
    monkeypatch.setenv("EMGTUT_DATA", "some/cache")
    with pytest.raises(ValueError, match=r"'some/cache'.*absolute path such as /"):
        data_dir()


def test_a_file_is_no_folder(monkeypatch, tmp_path):
    path = tmp_path / "file"
    path.touch()
    monkeypatch.setenv("EMGTUT_DATA", str(path))
    with pytest.raises(NotADirectoryError, match="is a file; set EMGTUT_DATA to a folder"):
        data_dir()


def test_a_folder_that_cannot_be_made_is_named(small, server, tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("EMGTUT_DATA", str(tmp_path / "file" / "cache"))
    with pytest.raises(OSError, match=r"cannot be written to .*set EMGTUT_DATA.*file/cache"):
        fetch_session(source=small)
    assert server.asked == []


# -- what ----------------------------------------------------------------------------------------


def test_one_session_then_another_is_one_download(small, server, cache, sessions):
    first = fetch_session(source=small)
    assert first == cache / FOLDER / f"{STEMS[0]}.hdf5"
    assert first.read_bytes() == sessions[f"{FOLDER}/{STEMS[0]}.hdf5"]
    with Emg2PoseSessionData(first) as data:
        assert (data.side, len(data)) == ("left", 150)
    assert [p.name for p in first.parent.glob("*.hdf5")] == [first.name]

    second = fetch_session("recording-10_right", source=small)
    assert second.read_bytes() == sessions[f"{FOLDER}/{second.name}"]
    assert server.asked == ["/mini.tar"]
    assert leftovers(cache) == []


@pytest.mark.parametrize(
    "name",
    [STEMS[2], f"{STEMS[2]}.hdf5", f"{FOLDER}/{STEMS[2]}.hdf5", "recording-2_left"],
)
def test_a_session_has_several_names(small, name):
    assert fetch_session(name, source=small).stem == STEMS[2]


def test_all_comes_by_recording_and_side(small, server, sessions):
    paths = fetch_session("all", source=small)
    assert [path.stem for path in paths] == STEMS
    assert all(path.read_bytes() == sessions[f"{FOLDER}/{path.name}"] for path in paths)
    assert fetch_session("all", source=small) == paths
    assert server.asked == ["/mini.tar"]


def test_files_get_the_permissions_of_new_files(small, cache):
    path = fetch_session(source=small)
    reference = cache / "reference"
    reference.touch()
    for made in (path, cache / f"{FOLDER}.tar", path.with_name("extracted.json")):
        assert made.stat().st_mode == reference.stat().st_mode


def test_a_name_that_cannot_be_is_refused_before_any_download(small, server):
    with pytest.raises(ValueError, match=r"'recording-1_lft'.*pass 'recording-1_left'"):
        fetch_session("recording-1_lft", source=small)
    with pytest.raises(TypeError, match="name is 3; pass the name of a session"):
        fetch_session(3, source=small)
    assert server.asked == []


def test_a_session_that_is_not_in_the_tar_lists_near_names(small, server):
    # Recording 12 may be there for all that is known before, and is not.
    for _ in range(2):
        with pytest.raises(ValueError, match=r"'recording-12_left'.*'recording-1.*its 6 sessions"):
            fetch_session("recording-12_left", source=small)
    with pytest.raises(ValueError, match="recording-3_left"):
        fetch_session("recording-3_left", source=small)
    assert server.asked == ["/mini.tar"]


# -- the table -----------------------------------------------------------------------------------


def test_metadata_by_itself(small, server, cache, capsys):
    path = fetch_metadata(source=small)
    assert path == cache / FOLDER / "metadata.csv"
    assert path.read_bytes() == METADATA
    assert fetch_metadata(source=small) == path
    assert server.asked == ["/metadata.csv"]
    assert "arXiv:2412.02725" in capsys.readouterr().err
    assert leftovers(cache) == []


def test_metadata_comes_with_the_first_session(serve, tar, server):
    # The tar vouches for its own table, also where that differs from the separate one.
    small = replace(serve(tar), metadata_md5="0" * 32)
    fetch_session(source=small, drop_tar=True)
    assert fetch_metadata(source=small).read_bytes() == METADATA
    assert server.asked == ["/mini.tar"]


def test_metadata_is_taken_from_a_tar_that_is_there(small, server, cache, tar):
    cache.mkdir()
    (cache / f"{FOLDER}.tar").write_bytes(tar)
    assert fetch_metadata(source=small).read_bytes() == METADATA
    assert server.asked == []


def test_metadata_is_fetched_where_the_tar_has_none_or_is_damaged(serve, server, cache, sessions):
    small = serve(tar_of(sessions.items()))
    fetch_session(source=small)
    fetch_metadata(source=small).write_bytes(b"session,us")
    assert fetch_metadata(source=small).read_bytes() == METADATA
    fetch_metadata(source=small).unlink()
    (cache / f"{FOLDER}.tar").write_bytes(b"no tar")
    assert fetch_metadata(source=small).read_bytes() == METADATA
    assert server.asked == ["/mini.tar"] + ["/metadata.csv"] * 3


# -- without network, without tar ----------------------------------------------------------------


def test_the_tar_may_go(small, server, cache):
    first = fetch_session(source=small, drop_tar=True)
    assert not (cache / f"{FOLDER}.tar").exists()
    server.bodies.clear()
    assert fetch_session(source=small) == first
    assert fetch_metadata(source=small).exists()
    assert server.asked == ["/mini.tar"]


def test_all_then_no_server_at_all(small, server, cache, monkeypatch):
    paths = fetch_session("all", source=small)
    (cache / f"{FOLDER}.tar").unlink()  # the user's own clearing up
    server.shutdown()
    server.server_close()
    assert fetch_session("all", source=small, drop_tar=True) == paths
    monkeypatch.setenv("EMGTUT_OFFLINE", "1")
    assert fetch_session("all", source=small) == paths
    assert fetch_session("recording-2_right", source=small) in paths
    assert fetch_metadata(source=small).exists()


def test_a_tar_can_be_dropped_later(small, server, cache):
    fetch_session(source=small)
    assert (cache / f"{FOLDER}.tar").exists()
    fetch_session(source=small, drop_tar=True)
    assert not (cache / f"{FOLDER}.tar").exists()
    assert server.asked == ["/mini.tar"]


def test_offline_says_what_is_missing_and_what_to_type(small, server, cache, monkeypatch):
    monkeypatch.setenv("EMGTUT_OFFLINE", "1")
    with pytest.raises(FileNotFoundError) as caught:
        fetch_session("recording-2_left", source=small)
    assert caught.value.filename == str(cache / FOLDER / f"{STEMS[2]}.hdf5")
    assert "emgtut fetch recording-2_left" in caught.value.strerror
    assert "emgtut.fetch_session('recording-2_left')" in caught.value.strerror
    assert "emgtut.load_sample()" in caught.value.strerror
    with pytest.raises(FileNotFoundError, match=r"emgtut fetch --all .*fetch_session\('all'\)"):
        fetch_session("all", source=small)
    with pytest.raises(FileNotFoundError, match=r"emgtut fetch --metadata .*fetch_metadata\(\)"):
        fetch_metadata(source=small)
    assert server.asked == []
    assert not cache.exists()


def test_offline_takes_members_from_a_tar_put_there_by_hand(small, cache, tar, monkeypatch):
    monkeypatch.setenv("EMGTUT_OFFLINE", "1")
    cache.mkdir()
    (cache / f"{FOLDER}.tar").write_bytes(tar)
    assert len(fetch_session("all", source=small)) == 6
    assert fetch_metadata(source=small).exists()


def test_offline_does_not_trust_a_damaged_tar(small, server, cache, tar, monkeypatch, capsys):
    monkeypatch.setenv("EMGTUT_OFFLINE", "1")
    cache.mkdir()
    (cache / f"{FOLDER}.tar").write_bytes(tar[:-1])
    with pytest.raises(FileNotFoundError, match="EMGTUT_OFFLINE is set"):
        fetch_session(source=small)
    assert f"{FOLDER}.tar is damaged" in capsys.readouterr().err
    assert server.asked == []


@pytest.mark.parametrize("value", ["", "0", "false"])
def test_offline_can_be_switched_off_by_value(small, server, monkeypatch, value):
    monkeypatch.setenv("EMGTUT_OFFLINE", value)
    fetch_session(source=small)
    assert server.asked == ["/mini.tar"]


# -- damage in the cache -------------------------------------------------------------------------


def flip(path):
    body = bytearray(path.read_bytes())
    body[len(body) // 2] ^= 1
    path.write_bytes(body)


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda path: path.write_bytes(path.read_bytes()[:-7]), "bytes instead of"),
        (flip, "its SHA-256 differs"),
    ],
)
@pytest.mark.parametrize("drop_tar", [False, True])
def test_a_damaged_session_is_taken_again(small, server, sessions, capsys, damage, words, drop_tar):
    path = fetch_session(source=small, drop_tar=drop_tar)
    capsys.readouterr()
    damage(path)
    assert fetch_session(source=small) == path
    assert path.read_bytes() == sessions[f"{FOLDER}/{path.name}"]
    said = capsys.readouterr().err
    assert str(path) in said
    assert words in said
    assert server.asked == ["/mini.tar"] * (1 + drop_tar)


def test_a_damaged_session_offline_without_tar_is_an_error(small, monkeypatch):
    path = fetch_session(source=small, drop_tar=True)
    flip(path)
    monkeypatch.setenv("EMGTUT_OFFLINE", "1")
    with pytest.raises(FileNotFoundError, match=r"is damaged .*emgtut fetch recording-1_left"):
        fetch_session(source=small)


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"sha256": "other"}', "null", b"\xff"])
def test_a_damaged_or_foreign_stamp_counts_as_none(small, server, text):
    path = fetch_session(source=small)
    stamp = path.with_name("extracted.json")
    stamp.write_bytes(text if isinstance(text, bytes) else text.encode())
    assert fetch_session(source=small) == path
    assert json.loads(stamp.read_text())["sha256"] == small.sha256
    assert server.asked == ["/mini.tar"]


def test_a_file_that_nothing_vouches_for_is_not_passed_off_as_real(small, server, cache, sessions):
    path = cache / FOLDER / f"{STEMS[0]}.hdf5"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"mine")
    assert fetch_session(source=small).read_bytes() == sessions[f"{FOLDER}/{path.name}"]
    assert server.asked == ["/mini.tar"]


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


# -- what goes wrong on the way ------------------------------------------------------------------


def test_wrong_hash(small, server, cache):
    with pytest.raises(SessionError, match=r"mini.tar: .* does not have the hash sha256:0000"):
        fetch_session(source=replace(small, sha256="0" * 64))
    assert server.asked == ["/mini.tar"]
    assert not (cache / f"{FOLDER}.tar").exists()
    assert leftovers(cache) == []
    with pytest.raises(SessionError, match=r"metadata.csv: .* does not have the hash md5:0000"):
        fetch_metadata(source=replace(small, metadata_md5="0" * 32))


def test_one_broken_download_is_tried_again(small, server, capsys):
    server.cuts = 1
    fetch_session(source=small)
    assert server.asked == ["/mini.tar"] * 2
    assert "broke off before the end; trying again" in capsys.readouterr().err


def test_a_download_that_always_breaks_off(small, server, cache):
    server.cuts = 99
    with pytest.raises(ConnectionError, match=r"mini.tar: .* broke off .*try again.*put it at"):
        fetch_session(source=small)
    assert server.asked == ["/mini.tar"] * 3
    assert not (cache / f"{FOLDER}.tar").exists()
    assert leftovers(cache) == []
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
def test_a_member_with_a_bad_name_spoils_the_archive(serve, cache, sessions, name, words):
    bad = serve(tar_of([*sessions.items(), (name, b"x")]))
    with pytest.raises(SessionError, match=words) as caught:
        fetch_session(source=bad)
    assert repr(name) in str(caught.value)
    assert list(cache.rglob("*.hdf5")) == []


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
def test_a_member_that_is_no_file_spoils_the_archive(serve, cache, sessions, kind, words):
    name = f"{FOLDER}/{MINI.session}-recording-3_left.hdf5"
    bad = serve(tar_of(sessions.items(), [entry(name, kind, "/etc/passwd")]))
    with pytest.raises(SessionError, match=words) as caught:
        fetch_session(source=bad)
    assert repr(name) in str(caught.value)
    assert list(cache.rglob("*.hdf5")) == []


def test_what_is_no_tar_or_holds_nothing(serve, sessions):
    with pytest.raises(SessionError, match="cannot be read as a tar"):
        fetch_session(source=serve(b"<html>Sign in to the hotel network</html>" * 99))
    with pytest.raises(SessionError, match="has no folder emg2pose_dataset_mini with sessions"):
        fetch_session(source=serve(tar_of([("elsewhere/a.hdf5", b"x")])))
    whole = tar_of(sessions.items())
    with pytest.raises(SessionError, match="cannot be read as a tar"):
        fetch_session("all", source=serve(whole[: len(whole) // 2]))


# -- several at once, and ends in the middle -----------------------------------------------------


def test_two_processes_download_once(small, server, cache):
    server.pause = 0.05
    processes = [in_process(small, name) for name in ("recording-1_left", "recording-2_left")]
    results = [process.communicate(timeout=60) for process in processes]
    assert [process.returncode for process in processes] == [0, 0], results
    assert [Path(out.strip()).stem for out, _ in results] == [STEMS[0], STEMS[2]]
    assert server.asked == ["/mini.tar"]
    assert sum("licence" in err for _, err in results) == 1
    assert leftovers(cache) == []


def test_whoever_waits_says_so(small, cache, monkeypatch, capsys):
    monkeypatch.setattr(download, "PATIENCE", 0.05)
    cache.mkdir()
    done = []
    with download.alone(cache / f".{FOLDER}.lock"):
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
def test_a_download_that_was_stopped_leaves_nothing_to_trust(small, server, cache, sessions, how):
    server.pause = 5
    process = in_process(small)
    assert server.sent.wait(60)
    process.send_signal(how)
    process.communicate(timeout=60)
    assert process.returncode != 0
    assert not (cache / f"{FOLDER}.tar").exists()
    assert bool(leftovers(cache)) is (how == signal.SIGKILL)

    server.pause = 0
    path = fetch_session(source=small)
    assert path.read_bytes() == sessions[f"{FOLDER}/{path.name}"]
    assert leftovers(cache) == []
    assert server.asked == ["/mini.tar"] * 2


def test_parts_of_a_killed_extraction_are_cleared(small, cache):
    part = cache / FOLDER / f".{STEMS[0]}.x1y2.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(b"half")
    fetch_session(source=small)
    assert not part.exists()


def test_a_cache_that_may_only_be_read_is_enough(small, cache, monkeypatch):
    if not hasattr(os, "geteuid"):
        pytest.skip("needs file permissions")
    path = fetch_session(source=small)
    # A copy without the lock file and the tar, as on a shared disk.
    shared = cache.with_name("shared")
    shutil.copytree(cache / FOLDER, shared / FOLDER)
    before = sorted(p.name for p in shared.rglob("*"))
    monkeypatch.setenv("EMGTUT_DATA", str(shared))
    monkeypatch.setenv("EMGTUT_OFFLINE", "1")
    assert fetch_session(source=small) == shared / FOLDER / path.name
    assert sorted(p.name for p in shared.rglob("*")) == before
