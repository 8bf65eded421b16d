"""What is fetched, from where, and what the cache remembers."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from emgtut import Emg2PoseSessionData, data_dir, fetch_metadata, fetch_session
from emgtut.sessions.fetch import MINI

FOLDER = MINI.folder
STEMS = [
    f"{MINI.session}-recording-{number}_{side}"
    for number in (1, 2, 10)
    for side in ("left", "right")
]


# -- where ---------------------------------------------------------------------------------------


def test_the_folder_is_the_stated_one_and_asking_makes_nothing(cache_folder):
    assert data_dir() == cache_folder
    assert not cache_folder.exists()


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


def test_one_session_then_another_is_one_download(small, server, cache_folder, sessions, leftovers):
    first = fetch_session(source=small)
    assert first == cache_folder / FOLDER / f"{STEMS[0]}.hdf5"
    assert first.read_bytes() == sessions[f"{FOLDER}/{STEMS[0]}.hdf5"]
    with Emg2PoseSessionData(first) as data:
        assert (data.side, len(data)) == ("left", 150)
    assert [p.name for p in first.parent.glob("*.hdf5")] == [first.name]

    second = fetch_session("recording-10_right", source=small)
    assert second.read_bytes() == sessions[f"{FOLDER}/{second.name}"]
    assert server.asked == ["/mini.tar"]
    assert leftovers() == []


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


def test_files_get_the_permissions_of_new_files(small, cache_folder):
    path = fetch_session(source=small)
    reference = cache_folder / "reference"
    reference.touch()
    for made in (path, cache_folder / f"{FOLDER}.tar", path.with_name("extracted.json")):
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


def test_metadata_by_itself(small, server, cache_folder, capsys, leftovers, table):
    path = fetch_metadata(source=small)
    assert path == cache_folder / FOLDER / "metadata.csv"
    assert path.read_bytes() == table
    assert fetch_metadata(source=small) == path
    assert server.asked == ["/metadata.csv"]
    assert "arXiv:2412.02725" in capsys.readouterr().err
    assert leftovers() == []


def test_metadata_comes_with_the_first_session(serve, tar, server, table):
    # The tar vouches for its own table, also where that differs from the separate one.
    small = replace(serve(tar), metadata_md5="0" * 32)
    fetch_session(source=small, drop_tar=True)
    assert fetch_metadata(source=small).read_bytes() == table
    assert server.asked == ["/mini.tar"]


def test_metadata_is_taken_from_a_tar_that_is_there(small, server, cache_folder, tar, table):
    cache_folder.mkdir()
    (cache_folder / f"{FOLDER}.tar").write_bytes(tar)
    assert fetch_metadata(source=small).read_bytes() == table
    assert server.asked == []


def test_metadata_is_fetched_where_the_tar_has_none_or_is_damaged(
    serve, server, cache_folder, sessions, table, tar_of
):
    small = serve(tar_of(sessions.items()))
    fetch_session(source=small)
    fetch_metadata(source=small).write_bytes(b"session,us")
    assert fetch_metadata(source=small).read_bytes() == table
    fetch_metadata(source=small).unlink()
    (cache_folder / f"{FOLDER}.tar").write_bytes(b"no tar")
    assert fetch_metadata(source=small).read_bytes() == table
    assert server.asked == ["/mini.tar"] + ["/metadata.csv"] * 3


# -- without network, without tar ----------------------------------------------------------------


def test_the_tar_may_go(small, server, cache_folder):
    first = fetch_session(source=small, drop_tar=True)
    assert not (cache_folder / f"{FOLDER}.tar").exists()
    server.bodies.clear()
    assert fetch_session(source=small) == first
    assert fetch_metadata(source=small).exists()
    assert server.asked == ["/mini.tar"]


def test_all_then_no_server_at_all(small, server, cache_folder, monkeypatch):
    paths = fetch_session("all", source=small)
    (cache_folder / f"{FOLDER}.tar").unlink()  # the user's own clearing up
    server.shutdown()
    server.server_close()
    assert fetch_session("all", source=small, drop_tar=True) == paths
    monkeypatch.setenv("EMGTUT_OFFLINE", "1")
    assert fetch_session("all", source=small) == paths
    assert fetch_session("recording-2_right", source=small) in paths
    assert fetch_metadata(source=small).exists()


def test_a_tar_can_be_dropped_later(small, server, cache_folder):
    fetch_session(source=small)
    assert (cache_folder / f"{FOLDER}.tar").exists()
    fetch_session(source=small, drop_tar=True)
    assert not (cache_folder / f"{FOLDER}.tar").exists()
    assert server.asked == ["/mini.tar"]


def test_offline_says_what_is_missing_and_what_to_type(small, server, cache_folder, monkeypatch):
    monkeypatch.setenv("EMGTUT_OFFLINE", "1")
    with pytest.raises(FileNotFoundError) as caught:
        fetch_session("recording-2_left", source=small)
    assert caught.value.filename == str(cache_folder / FOLDER / f"{STEMS[2]}.hdf5")
    assert "emgtut fetch recording-2_left" in caught.value.strerror
    assert "emgtut.fetch_session('recording-2_left')" in caught.value.strerror
    assert "emgtut.load_sample()" in caught.value.strerror
    with pytest.raises(FileNotFoundError, match=r"emgtut fetch --all .*fetch_session\('all'\)"):
        fetch_session("all", source=small)
    with pytest.raises(FileNotFoundError, match=r"emgtut fetch --metadata .*fetch_metadata\(\)"):
        fetch_metadata(source=small)
    assert server.asked == []
    assert not cache_folder.exists()


def test_offline_takes_members_from_a_tar_put_there_by_hand(small, cache_folder, tar, monkeypatch):
    monkeypatch.setenv("EMGTUT_OFFLINE", "1")
    cache_folder.mkdir()
    (cache_folder / f"{FOLDER}.tar").write_bytes(tar)
    assert len(fetch_session("all", source=small)) == 6
    assert fetch_metadata(source=small).exists()


def test_offline_does_not_trust_a_damaged_tar(
    small, server, cache_folder, tar, monkeypatch, capsys
):
    monkeypatch.setenv("EMGTUT_OFFLINE", "1")
    cache_folder.mkdir()
    (cache_folder / f"{FOLDER}.tar").write_bytes(tar[:-1])
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


def test_a_file_that_nothing_vouches_for_is_not_passed_off_as_real(
    small, server, cache_folder, sessions
):
    path = cache_folder / FOLDER / f"{STEMS[0]}.hdf5"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"mine")
    assert fetch_session(source=small).read_bytes() == sessions[f"{FOLDER}/{path.name}"]
    assert server.asked == ["/mini.tar"]
