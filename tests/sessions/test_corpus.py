import time

import h5py
import pandas as pd
import pytest

from emgtut import Corpus, SessionError, make_corpus
from emgtut.sessions import layout
from emgtut.sessions.writer import write_session


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return make_corpus(
        tmp_path_factory.mktemp("corpora") / "c", n_users=4, n_sessions=24, duration=0.5, seed=3
    )


@pytest.fixture
def table(tmp_path):
    """Return a function that writes rows as metadata.csv, each changed as one likes."""

    def write(rows=3, **changes):
        base = {
            "session": "2022-12-06-1670313600-e3096-cv-emg-pose-train@2",
            "user": "u1",
            "stage": "unconstrained",
            "start": "1670313000.5",
            "end": "1670313060.5",
            "side": "left",
            "filename": "a",
            "moving_hand": "both",
            "held_out_user": "False",
            "held_out_stage": "False",
            "split": "train",
            "generalization": "none",
        } | changes
        lines = [base | {"filename": f"{base['filename']}{k}"} for k in range(rows)]
        path = tmp_path / "metadata.csv"
        pd.DataFrame(lines, columns=list(base)).to_csv(path, index=False)
        return path

    return write


def test_columns_have_types(folder):
    table = Corpus(folder).table
    assert tuple(table.columns) == layout.METADATA_COLUMNS
    assert table["start"].dtype == table["end"].dtype == float
    assert table["held_out_user"].dtype == table["held_out_stage"].dtype == bool
    assert "none" in set(table["generalization"])


def test_the_folder_and_its_table_are_the_same_corpus(folder):
    assert Corpus(folder / "metadata.csv").table.equals(Corpus(str(folder)).table)


def test_what_there_is(folder):
    corpus = Corpus(folder)
    assert len(corpus) == 24
    assert len(corpus.users) == 4
    assert corpus.sides == ["left", "right"]
    assert corpus.stages == sorted(corpus.stages)
    paths = list(corpus)
    assert len(paths) == 24
    assert all(path.is_file() for path in paths)
    assert corpus.missing() == []
    assert corpus.unlisted() == []


def test_select(folder):
    corpus = Corpus(folder)
    left = corpus.select(side="left")
    assert len(left) == 12
    assert left.sides == ["left"]
    two = corpus.select(user=corpus.users[:2], held_out_stage=True)
    assert set(two.table["held_out_stage"]) == {True}
    assert two.users == corpus.users[:2]
    train_only = corpus.select(split="train")
    assert len(corpus.select(user=train_only.users[0], split="test")) > 0
    assert len(corpus.select(split="val", generalization="none")) == 0
    assert len(corpus) == 24


def test_select_says_what_there_is(folder):
    corpus = Corpus(folder)
    with pytest.raises(ValueError, match="column is 'hand'; pass one of 'session'"):
        corpus.select(hand="left")
    with pytest.raises(ValueError, match="no row has side='Left'; pass one of left, right"):
        corpus.select(side="Left")


def test_parts_cover_everything_once(folder):
    corpus = Corpus(folder)
    for parts in (corpus.splits(), corpus.generalisation()):
        names = [name for part in parts.values() for name in part.table["filename"]]
        assert sorted(names) == sorted(corpus.table["filename"])
    assert list(corpus.splits()) == ["train", "val", "test"]
    assert list(corpus.generalisation("user", "user_stage")) == ["user", "user_stage"]
    assert set(corpus.generalisation()["none"].splits()) == {"train"}
    with pytest.raises(ValueError, match="kind is 'users'; pass one of 'none'"):
        corpus.generalisation("users")


def test_no_user_of_a_user_part_is_in_training(folder):
    corpus = Corpus(folder)
    trained = set(corpus.splits()["train"].users)
    for kind in ("user", "user_stage"):
        assert trained.isdisjoint(corpus.generalisation(kind)[kind].users)
    stage = corpus.generalisation("stage")["stage"]
    assert set(stage.users) <= trained
    assert set(stage.stages).isdisjoint(corpus.splits()["train"].stages)


def test_open_and_path(folder):
    corpus = Corpus(folder)
    row = corpus.table.iloc[5]
    with corpus.open(row["filename"]) as data:
        assert (data.user, data.stage, data.side) == (row["user"], row["stage"], row["side"])
    assert corpus.path(row["filename"] + ".hdf5") == folder / (row["filename"] + ".hdf5")
    with pytest.raises(ValueError, match="lists no file 'nothing'"):
        corpus.path("nothing")
    near = row["filename"].replace("_left", "-left").replace("_right", "-right")
    with pytest.raises(ValueError, match=f"did you mean {row['filename']}"):
        corpus.open(near)


def test_files_and_rows_that_do_not_meet(table):
    path = table(rows=3)
    corpus = Corpus(path)
    assert corpus.missing() == ["a0", "a1", "a2"]
    for name in ("a1", "other"):
        write_session(path.parent / f"{name}.hdf5", emg=[[0.0]], joint_angles=[[1.0]])
    assert corpus.missing() == ["a0", "a2"]
    assert corpus.unlisted() == [path.parent / "other.hdf5"]
    with pytest.raises(FileNotFoundError, match="listed but not there"):
        corpus.open("a0")


def test_repr(folder):
    corpus = Corpus(folder)
    assert repr(corpus).startswith("<Corpus 'c': 24 sessions, 4 users, 3 stages; train ")
    html = corpus._repr_html_()
    assert "user_stage" in html
    assert "hours" in html
    assert "1 session, 1 user" in repr(corpus.select(filename=corpus.table["filename"][0]))
    empty = corpus.select(split="val", generalization="none")
    assert "0 sessions" in repr(empty)
    assert empty._repr_html_()


def test_no_table(tmp_path):
    with pytest.raises(FileNotFoundError, match="no such corpus table"):
        Corpus(tmp_path)
    with pytest.raises(FileNotFoundError, match="no such corpus table"):
        Corpus(tmp_path / "nowhere" / "metadata.csv")


def test_missing_columns(table):
    path = table()
    pd.read_csv(path).drop(columns=["side", "split"]).to_csv(path, index=False)
    with pytest.raises(SessionError, match="lacks the columns side, split; it has session"):
        Corpus(path)


def test_extra_columns_are_kept_and_order_does_not_matter(table):
    path = table(note="x")
    frame = pd.read_csv(path)
    frame[frame.columns[::-1]].to_csv(path, index=False)
    assert tuple(Corpus(path).table.columns) == (*layout.METADATA_COLUMNS, "note")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"start": "soon"}, "start is 'soon' in line 2"),
        ({"end": ""}, "end is '' in line 2"),
        ({"held_out_user": "maybe"}, "held_out_user is 'maybe' in line 2.*True or False"),
    ],
)
def test_values_that_do_not_belong(table, change, message):
    with pytest.raises(SessionError, match=message):
        Corpus(table(**change))


def test_no_rows(table):
    with pytest.raises(SessionError, match="lists no session"):
        Corpus(table(rows=0))


def test_not_a_table(tmp_path):
    with h5py.File(tmp_path / "metadata.csv", "w") as file:
        file["x"] = 1
    with pytest.raises(SessionError, match=r"is not a table|lacks the columns"):
        Corpus(tmp_path)
    (tmp_path / "metadata.csv").write_text("")
    with pytest.raises(SessionError, match="is not a table"):
        Corpus(tmp_path)


def test_repeated_rows_are_told_and_kept_once(table):
    path = table(rows=3)
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines, lines[2], lines[2]]) + "\n")
    with pytest.warns(UserWarning, match="2 lines repeated, first a1; kept one of each") as caught:
        corpus = Corpus(path)
    assert caught[0].filename == __file__
    assert len(corpus) == 3


def test_rows_that_contradict_each_other(table):
    path = table(rows=2)
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines, lines[1].replace("unconstrained", "other")]) + "\n")
    with pytest.raises(SessionError, match="two different things about a0"):
        Corpus(path)


def test_an_index_from_the_wild(real_file):
    with pytest.warns(UserWarning, match="1 line repeated"):
        corpus = Corpus(real_file("emg2pose_metadata_excerpt.csv"))
    assert len(corpus) == 29
    assert len(corpus.stages) == 15
    assert set(corpus.generalisation()) == {"user", "user_stage"}
    assert set(corpus.select(held_out_stage=True).stages) <= {
        stage for stage, held_out in layout.STAGES.items() if held_out
    }


def test_the_size_of_emg2pose_is_no_burden(table):
    corpus_csv = table(rows=25_253)
    start = time.perf_counter()
    corpus = Corpus(corpus_csv)
    corpus.select(side="left")
    assert len(corpus.missing()) == 25_253
    assert time.perf_counter() - start < 2
