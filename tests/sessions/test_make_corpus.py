import json
import multiprocessing

import numpy as np
import pytest

from emgtut import Corpus, Emg2PoseSessionData, make_corpus
from emgtut.sessions import layout, synthetic
from emgtut.sessions.recipe.plan import plan_corpus


def read(path):
    with Emg2PoseSessionData(path) as data:
        return data["emg"], data["joint_angles"], data.no_ik_failure


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    return make_corpus(tmp_path_factory.mktemp("corpora") / "c", duration=1)


def test_a_corpus_is_files_and_their_table(corpus):
    lines = (corpus / "metadata.csv").read_text().splitlines()
    assert lines[0] == ",".join(layout.METADATA_COLUMNS)
    assert len(lines) == 25
    listed = Corpus(corpus)
    assert len(listed.users) == 4
    assert listed.missing() == []
    assert listed.unlisted() == []
    for row in listed.table.itertuples():
        parts = layout.parse_stem(row.filename)
        assert (parts["session"], parts["side"]) == (row.session, row.side)
        with listed.open(row.filename) as data:
            stored = data.metadata
        for name in ("session", "user", "stage", "side", "start", "end", "filename"):
            assert stored[name] == getattr(row, name)
        assert stored["synthetic"]


def test_the_columns_of_a_corpus_agree(corpus):
    table = Corpus(corpus).table
    assert (table["held_out_stage"] == table["stage"].map(layout.STAGES)).all()
    kinds = {(False, False): "none", (True, False): "user", (False, True): "stage"}
    for row in table.itertuples():
        kind = kinds.get((row.held_out_user, row.held_out_stage), "user_stage")
        assert row.generalization == kind
        assert (row.split == "train") == (kind == "none")
        assert row.split == "test" or kind != "stage"
    assert set(table["generalization"]) == {"none", "user", "stage", "user_stage"}
    assert set(table["split"]) == {"train", "val", "test"}
    assert table.groupby("user")["held_out_user"].nunique().eq(1).all()


def test_both_hands_of_a_recording_move_together(corpus):
    listed = Corpus(corpus)
    pairs = listed.table.groupby(["session", "start"])
    assert (pairs.size() == 2).all()
    for _, pair in list(pairs)[:3]:
        assert set(pair["side"]) == {"left", "right"}
        (left, a), (right, b) = (read(listed.path(name))[1:] for name in pair["filename"])
        both = a & b
        moved = left[both].std(axis=0).argmax()
        assert np.corrcoef(left[both, moved], right[both, moved])[0, 1] > 0.8


def test_recordings_of_a_session_follow_each_other(corpus):
    for _, rows in Corpus(corpus).table.groupby("session"):
        starts, ends = rows["start"].unique(), rows["end"].unique()
        assert (starts[1:] > ends[:-1]).all()


def test_all_stages_come_in_time_and_one_hand_may_rest(tmp_path):
    rows = [p.row for p in plan_corpus(n_users=1, n_sessions=60, duration=1, seed=0)]
    assert {row["stage"] for row in rows} == set(layout.STAGES)
    assert len({row["filename"] for row in rows}) == 60
    resting = [row for row in rows if row["moving_hand"] != "both"]
    for row in resting:
        assert (row["stage"] == "OneHandedFreeStyle") == (row["side"] == row["moving_hand"])
    assert {row["moving_hand"] for row in resting} == {"left", "right"}


@pytest.mark.parametrize(
    ("n_users", "split"),
    [(1, (1, 0, 0)), (2, (1, 0, 1)), (4, (2, 1, 1)), (8, (6, 1, 1)), (193, (158, 15, 20))],
)
def test_how_many_users_are_held_out(n_users, split):
    plan = plan_corpus(n_users=n_users, n_sessions=n_users, duration=1, seed=0)
    found = [p.row["split"] for p in plan]
    assert tuple(map(found.count, ("train", "val", "test"))) == split


def test_an_odd_number_of_sessions_and_uneven_shares(tmp_path):
    folder = make_corpus(tmp_path / "c", n_users=2, n_sessions=5, duration=0.5)
    assert sorted(Corpus(folder).table["user"].value_counts()) == [2, 3]


def test_a_corpus_is_reused_from_the_same_arguments_only(tmp_path):
    folder = tmp_path / "c"
    options = {"n_users": 1, "n_sessions": 2, "duration": 0.5}
    made = make_corpus(folder, **options)
    times = {path: path.stat().st_mtime_ns for path in made.iterdir()}
    assert make_corpus(str(folder), **options) == folder
    assert {path: path.stat().st_mtime_ns for path in made.iterdir()} == times
    with pytest.raises(FileExistsError, match=r"made otherwise .*\"seed\": 0"):
        make_corpus(folder, **options, seed=1)
    next(folder.glob("*.hdf5")).unlink()
    with pytest.raises(FileExistsError, match="lacks 1 of its sessions"):
        make_corpus(folder, **options)


def test_a_folder_of_something_else_is_left_alone(tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "thesis.txt").write_text("all of it")
    with pytest.raises(FileExistsError, match="not a corpus made by make_corpus; name another"):
        make_corpus(folder, duration=0.5)
    (folder / ".emgtut-corpus.json").write_text("{")
    with pytest.raises(FileExistsError, match="not a corpus"):
        make_corpus(folder, duration=0.5)
    assert (folder / "thesis.txt").read_text() == "all of it"
    with pytest.raises(NotADirectoryError, match="is a file"):
        make_corpus(folder / "thesis.txt", duration=0.5)


def test_an_empty_folder_may_exist(tmp_path):
    (tmp_path / "c").mkdir()
    folder = make_corpus(tmp_path / "c", n_users=1, n_sessions=1, duration=0.5)
    assert len(Corpus(folder)) == 1


def test_an_interrupted_corpus_leaves_nothing(tmp_path, monkeypatch):
    def interrupted(path, **_):
        if list(path.parent.glob("*.hdf5")):
            raise KeyboardInterrupt
        return make(path, **_)

    make = synthetic._write
    monkeypatch.setattr(synthetic, "_write", interrupted)
    with pytest.raises(KeyboardInterrupt):
        make_corpus(tmp_path / "c", n_users=1, n_sessions=3, duration=0.5)
    assert list(tmp_path.iterdir()) == []


def _corpus_made(folder):
    return str(make_corpus(folder, n_users=2, n_sessions=4, duration=1))


def test_two_processes_make_one_corpus(tmp_path):
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        assert len(set(pool.map(_corpus_made, [tmp_path / "c"] * 2))) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["c"]
    assert len(Corpus(tmp_path / "c")) == 4
    stamp = json.loads((tmp_path / "c" / ".emgtut-corpus.json").read_text())
    assert stamp["n_sessions"] == 4


def test_no_progress_bar_in_a_log(tmp_path, capfd):
    make_corpus(tmp_path / "c", n_users=1, n_sessions=1, duration=0.5)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_users": 0}, "n_users is 0; pass a whole number, at least 1"),
        ({"n_users": 5, "n_sessions": 4}, "n_sessions is 4 for 5 users; pass at least one"),
        ({"duration": 0.1}, "duration is 0.1 s; pass 0.5 s or more"),
    ],
)
def test_refused_corpora(tmp_path, options, message):
    with pytest.raises(ValueError, match=message):
        make_corpus(tmp_path / "c", **options)
    assert list(tmp_path.iterdir()) == []
