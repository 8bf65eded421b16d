"""What the tests of fetching share: a local server, and a small tar of the real one's shape."""

import hashlib
import io
import tarfile
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from emgtut import write_session
from emgtut.sessions._remote import download
from emgtut.sessions.fetch import MINI

STEMS = [
    f"{MINI.session}-recording-{number}_{side}"
    for number in (1, 2, 10)
    for side in ("left", "right")
]
METADATA = b"session,user,stage\n" + b"".join(f"{s},u1,x\n".encode() for s in STEMS)


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


def tar_of(members, others=()):
    """Return an uncompressed tar: (name, bytes) pairs, then TarInfo objects as they are."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        top = tarfile.TarInfo(MINI.folder)
        top.type, top.mode = tarfile.DIRTYPE, 0o755
        tar.addfile(top)
        for name, body in members:
            info = tarfile.TarInfo(name)
            info.size = len(body)
            tar.addfile(info, io.BytesIO(body))
        for info in others:
            tar.addfile(info)
    return buffer.getvalue()


@pytest.fixture(scope="session")
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
        made[f"{MINI.folder}/{stem}.hdf5"] = path.read_bytes()
    return made


@pytest.fixture(scope="session", name="tar_of")
def tar_maker():
    """Return the function that packs a tar."""
    return tar_of


@pytest.fixture(scope="session")
def table():
    """Bytes of the metadata table that is served."""
    return METADATA


@pytest.fixture(scope="session")
def tar(sessions):
    # As in the released tar, sessions are in no particular order.
    return tar_of([*reversed(sessions.items()), (f"{MINI.folder}/metadata.csv", METADATA)])


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
def cache_folder(tmp_path, monkeypatch):
    """An empty cache folder of this test's own, and the network allowed."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("EMGTUT_DATA", str(folder))
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.delenv("EMGTUT_OFFLINE")
    monkeypatch.setattr(download, "PAUSES", (0.01, 0.02))
    return folder


@pytest.fixture
def serve(server, cache_folder):
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


@pytest.fixture
def leftovers(cache_folder):
    """Return a function that lists everything in the cache that is not a result."""
    known = {f".{MINI.folder}.lock", f"{MINI.folder}.tar", "extracted.json", "metadata.csv"}

    def list_them():
        return sorted(
            path.name
            for path in cache_folder.rglob("*")
            if path.is_file() and path.name not in known and path.stem not in STEMS
        )

    return list_them
