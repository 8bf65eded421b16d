"""A folder of sessions and the table that says what they are."""

import difflib
import errno
import warnings
from collections.abc import Iterator
from html import escape
from os import PathLike
from pathlib import Path
from typing import Any

import pandas as pd

from emgtut import _checks
from emgtut._checks import SessionError
from emgtut.sessions import layout
from emgtut.sessions.emg2pose import Emg2PoseSessionData

_TIMES = ["start", "end"]
_FLAGS = ["held_out_user", "held_out_stage"]
_WORDS = {
    "side": ("left", "right"),
    "split": ("train", "val", "test"),
    "generalization": ("none", "user", "stage", "user_stage"),
}
_SUFFIX = ".hdf5"


class Corpus:
    """The sessions of a folder, by its ``metadata.csv``: who, which hand, what, for which split.

    One row is one session file: one wrist, one stage, one recording. Nothing is opened, and no
    file is looked for, before it is asked for.

    Parameters
    ----------
    folder_or_csv : path-like
        A folder with ``metadata.csv`` and the session files, or such a table by another name
        beside the files.

    Attributes
    ----------
    folder : pathlib.Path
        Where the session files are.
    table : pandas.DataFrame
        One row a file: the columns of `emgtut.sessions.layout.METADATA_COLUMNS` and any others.
        ``start`` and ``end`` are unix times in seconds, ``held_out_user`` and
        ``held_out_stage`` truth values, ``filename`` has no ending.

    Raises
    ------
    FileNotFoundError
        If there is no such table.
    SessionError
        If the table lacks a column, holds no rows or values that do not belong, or says two
        different things about one file.

    Warns
    -----
    UserWarning
        If rows are repeated; one of each is kept.

    See Also
    --------
    emgtut.make_corpus : A small corpus to try this on.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from emgtut import Corpus, make_corpus
    >>> folder = tempfile.TemporaryDirectory()
    >>> made = make_corpus(Path(folder.name) / "c", n_users=3, n_sessions=12, duration=1)
    >>> corpus = Corpus(made)
    >>> corpus
    <Corpus 'c': 12 sessions, 3 users, 2 stages; train 2, val 4, test 6>
    >>> {name: len(part) for name, part in corpus.generalisation().items()}
    {'none': 2, 'user': 4, 'stage': 2, 'user_stage': 4}
    >>> with corpus.open(corpus.select(side="left").table["filename"].iloc[0]) as data:
    ...     data.side
    'left'
    >>> folder.cleanup()
    """

    folder: Path
    table: pd.DataFrame

    def __init__(self, folder_or_csv: str | PathLike[str]) -> None:
        path = _checks.as_path(folder_or_csv)
        path = path / "metadata.csv" if path.is_dir() else path
        path = _checks.existing_file(path, "corpus table")
        self.folder = path.parent
        self.table = _read(path)

    @classmethod
    def _of(cls, folder: Path, table: pd.DataFrame) -> "Corpus":
        part = cls.__new__(cls)
        part.folder, part.table = folder, table.reset_index(drop=True)
        return part

    # -- what there is ------------------------------------------------------------------------

    @property
    def users(self) -> list[str]:
        """Everybody who wore the band, sorted."""
        return self._values("user")

    @property
    def stages(self) -> list[str]:
        """Every scripted activity, sorted."""
        return self._values("stage")

    @property
    def sides(self) -> list[str]:
        """Wrists that occur, sorted."""
        return self._values("side")

    def _values(self, column: str) -> list[str]:
        return sorted(self.table[column].unique())

    def __len__(self) -> int:
        return len(self.table)

    def __iter__(self) -> Iterator[Path]:
        """Go through the files, row by row."""
        return (self.folder / (name + _SUFFIX) for name in self.table["filename"])

    # -- parts --------------------------------------------------------------------------------

    def select(self, **columns: Any) -> "Corpus":
        """Return the rows with given values.

        Parameters
        ----------
        **columns
            Column and value, or several values in a list: ``user="d387095792"``,
            ``stage=["ShakaVulcanPeace", "unconstrained"]``, ``held_out_user=False``.

        Returns
        -------
        Corpus
            The rows for which all hold; there may be none.

        Raises
        ------
        ValueError
            If there is no such column, or no row has such a value.
        """
        kept = pd.Series(True, index=self.table.index)
        for column, wanted in columns.items():
            _checks.one_of("column", column, self.table.columns)
            found = self.table[column]
            values = list(wanted) if pd.api.types.is_list_like(wanted) else [wanted]
            for value in values:
                if not (found == value).any():
                    raise ValueError(f"no row has {column}={value!r}; {_nearest(value, found)}")
            kept &= found.isin(values)
        return self._of(self.folder, self.table[kept])

    def splits(self) -> dict[str, "Corpus"]:
        """Return the parts by the column ``split``: ``train``, ``val``, ``test``.

        A pooled test score mixes new users with new stages: look at `generalisation` as well.
        """
        return self._parts("split", ("train", "val", "test"))

    def generalisation(self, *kinds: str) -> dict[str, "Corpus"]:
        """Return the parts by what a model has never met in training.

        Parameters
        ----------
        *kinds : {"none", "user", "stage", "user_stage"}
            Which parts; all there are by default.

        Returns
        -------
        dict of str to Corpus
            Parts by kind. ``none`` is what one trains on. New users are in ``val`` and
            ``test``: take `splits` of a part to tell them apart.
        """
        parts = self._parts("generalization", ("none", "user", "stage", "user_stage"))
        return {_checks.one_of("kind", kind, parts): parts[kind] for kind in kinds or parts}

    def _parts(self, column: str, order: tuple[str, ...]) -> dict[str, "Corpus"]:
        names = [*order, *(name for name in self._values(column) if name not in order)]
        groups = {str(name): rows for name, rows in self.table.groupby(column, sort=False)}
        return {name: self._of(self.folder, groups[name]) for name in names if name in groups}

    # -- files --------------------------------------------------------------------------------

    def path(self, filename: str) -> Path:
        """Return where a file of the table belongs, whether it is there or not.

        Parameters
        ----------
        filename : str
            As in the column ``filename``; an ending ``.hdf5`` does no harm.

        Returns
        -------
        pathlib.Path
            The path.
        """
        name = filename.removesuffix(_SUFFIX)
        known = self.table["filename"]
        if not (known == name).any():
            raise ValueError(f"the table lists no file {name!r}; {_nearest(name, known)}")
        return self.folder / (name + _SUFFIX)

    def open(self, filename: str) -> Emg2PoseSessionData:
        """Open a session of the table; close it, or use ``with``.

        Parameters
        ----------
        filename : str
            As in the column ``filename``.

        Returns
        -------
        Emg2PoseSessionData
            The open session.
        """
        path = self.path(filename)
        if not path.exists():
            raise FileNotFoundError(
                errno.ENOENT,
                "is listed but not there; copy it there, or see Corpus.missing() for all such",
                str(path),
            )
        return Emg2PoseSessionData(path)

    def missing(self) -> list[str]:
        """Return which listed files are not in the folder, in the order of the table."""
        there = self._stems()
        return [name for name in self.table["filename"] if name not in there]

    def unlisted(self) -> list[Path]:
        """Return which session files in the folder are not in this table, sorted."""
        return [
            self.folder / (name + _SUFFIX)
            for name in sorted(self._stems().difference(self.table["filename"]))
        ]

    def _stems(self) -> set[str]:
        # One listing of the folder: 25,000 questions to a network disk would take minutes.
        return {path.stem for path in self.folder.iterdir() if path.suffix == _SUFFIX}

    # -- words --------------------------------------------------------------------------------

    def __repr__(self) -> str:
        parts = ", ".join(f"{name} {len(part)}" for name, part in self.splits().items())
        return (
            f"<Corpus {self.folder.name!r}: {_plural(len(self), 'session')}, "
            f"{_plural(len(self.users), 'user')}, {_plural(len(self.stages), 'stage')}"
            f"{parts and f'; {parts}'}>"
        )

    def _repr_html_(self) -> str:
        hours = (self.table["end"] - self.table["start"]) / 3600
        counts = (
            self.table.assign(hours=hours)
            .groupby(["generalization", "split"], sort=False)
            .agg(
                sessions=("filename", "size"),
                users=("user", "nunique"),
                stages=("stage", "nunique"),
                hours=("hours", "sum"),
            )
            .reset_index()
        )
        body = counts.to_html(index=False, border=0, float_format="{:.2f}".format)
        return f"<div><strong>{escape(repr(self).strip('<>'))}</strong>{body}</div>"


def _read(path: Path) -> pd.DataFrame:
    try:
        # Everything as text first: "none" and "False" must not become something else on the way.
        table = pd.read_csv(path, dtype=str, keep_default_na=False, skip_blank_lines=False)
        table = table[(table != "").any(axis=1)]
    except (ValueError, UnicodeDecodeError) as error:
        raise SessionError(
            f"{path}: is not a table ({_checks.one_line(error)}); pass the metadata.csv of a corpus"
        ) from error
    missing = [name for name in layout.METADATA_COLUMNS if name not in table.columns]
    if missing:
        raise SessionError(
            f"{path}: lacks the columns {', '.join(missing)}; it has {', '.join(table.columns)}; "
            "pass the metadata.csv of a corpus, or add them"
        )
    if table.empty:
        raise SessionError(f"{path}: lists no session; make or fetch the corpus again")
    others = [name for name in table.columns if name not in layout.METADATA_COLUMNS]
    table = table[[*layout.METADATA_COLUMNS, *others]].copy()
    for name in layout.METADATA_COLUMNS:
        blank = table[name].str.strip() == ""
        _typed(path, table[name], table[name].where(~blank), "the others of its column")
    for name, allowed in _WORDS.items():
        known = table[name].where(table[name].isin(allowed))
        _typed(path, table[name], known, " or ".join(allowed))
    for name in _TIMES:
        table[name] = _typed(path, table[name], pd.to_numeric(table[name], errors="coerce"), "1.5")
    for name in _FLAGS:
        table[name] = _typed(
            path, table[name], table[name].map({"True": True, "False": False}), "True or False"
        )
        table[name] = table[name].astype(bool)
    table["filename"] = table["filename"].str.removesuffix(_SUFFIX)
    return _without_repeats(path, table)


def _typed(path: Path, text: pd.Series, values: pd.Series, expected: str) -> pd.Series:
    bad = values.isna()
    if bad.any():
        row = int(bad.to_numpy().argmax())
        raise SessionError(
            f"{path}: {text.name} is {text.iloc[row]!r} in line {text.index[row] + 2}; "
            f"expected something like {expected}; correct the line"
        )
    return values


def _without_repeats(path: Path, table: pd.DataFrame) -> pd.DataFrame:
    kept = table.drop_duplicates(ignore_index=True)
    twice = kept["filename"].duplicated()
    if twice.any():
        name = kept.loc[twice, "filename"].iloc[0]
        raise SessionError(
            f"{path}: says two different things about {name}; keep one line for each file"
        )
    if len(kept) < len(table):
        name = table.loc[table.duplicated(), "filename"].iloc[0]
        warnings.warn(
            f"{path}: {_plural(len(table) - len(kept), 'line')} repeated, first {name}; "
            "kept one of each: remove the others to silence this",
            stacklevel=4,
        )
    return kept


def _nearest(value: Any, known: pd.Series) -> str:
    names = sorted({str(name) for name in known.unique()})
    if len(names) <= 10:
        return f"pass one of {', '.join(names)}" if names else "the table is empty"
    near = difflib.get_close_matches(str(value), names, n=1)
    return f"did you mean {near[0]}?" if near else f"pass a value such as {names[0]}"


def _plural(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
