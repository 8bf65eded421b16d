"""The room: a round of parts, a clock, hints and a report."""

import os
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from emgtut import _checks
from emgtut.interview import progress as _progress
from emgtut.interview.judge import judge
from emgtut.interview.parts import ROUNDS, Part, parts_in, parts_of
from emgtut.interview.progress import Progress
from emgtut.interview.result import Result, Results, Text
from emgtut.sessions.fetch import data_dir


class Interview:
    """An interview: parts to answer, a clock, hints, a report; kept in a file.

    The clock starts at the first check or at `start`, and does not stop: not with the kernel, not
    with the computer. After the bell checks still run, and say so.

    Parameters
    ----------
    round : {"core", "stretch", "full"}
        The ten parts from a file to a pose, the five beyond, or all.
    minutes : float
        Time until the bell.
    clock : bool
        False to study without one.
    path : path-like, optional
        File for clock and progress; by default ``interview-core.json`` (by round) in
        `emgtut.data_dir`. One that is there is continued.

    See Also
    --------
    emgtut.interview.check : One part, without clock or file.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from emgtut.interview import Interview
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     room = Interview(clock=False, path=Path(folder) / "mine.json")
    ...     room.check("1b")
    ...     room.hint("1b")
    step 1b  runs   not started
    hint 1 of 3 for 1b: What happens to a stretch that reaches the last row?
    """

    def __init__(
        self,
        round: str = "core",  # noqa: A002
        minutes: float = 45,
        clock: bool = True,
        *,
        path: str | os.PathLike[str] | None = None,
    ):
        _checks.one_of("round", round, ROUNDS)
        minutes = _checks.positive("minutes", minutes, "min")
        file = Path(path) if path is not None else data_dir() / f"interview-{round}.json"
        fresh = Progress(file, round, minutes, bool(clock))
        try:
            found = _progress.load(file)
        except ValueError as error:
            warnings.warn(f"{error} (started anew)", stacklevel=2)
            found = None
        if found is not None and found.round != round:
            raise ValueError(
                f"{file}: holds the {found.round} round; "
                f"pass round={found.round!r}, or another path"
            )
        self._state = found or fresh
        self._state.minutes, self._state.clock = minutes, bool(clock)
        self.parts = parts_in(round)

    @classmethod
    def resume(cls, path: str | os.PathLike[str]) -> "Interview":
        """Continue the interview in a file, with the round and the minutes it was begun with.

        Parameters
        ----------
        path : path-like
            File for clock and progress.

        Returns
        -------
        Interview
            The room as it was left.
        """
        found = _progress.load(_checks.existing_file(path, "progress file"))
        assert found is not None
        return cls(found.round, found.minutes, found.clock, path=path)

    @property
    def path(self) -> Path:
        """The file for clock and progress."""
        return self._state.path

    def parts_at(self, step: int | str) -> tuple[Part, ...]:
        """Return the parts of this round that a step, a part or a name means.

        Parameters
        ----------
        step : int or str
            Step (``3``), part (``"3b"``) or name (``"features"``).

        Returns
        -------
        tuple of Part
            At least one.
        """
        parts = parts_of(step)
        here = tuple(part for part in parts if part in self.parts)
        if not here:
            other = "core" if parts[0].core else "stretch"
            raise ValueError(
                f"step {step!r} belongs to the {other} round; pass one of "
                f"{', '.join(part.id for part in self.parts)}, or open Interview(round='full')"
            )
        return here

    def start(self) -> Text:
        """Start the clock; it runs on if it was started before.

        Returns
        -------
        Text
            The time that is left.
        """
        self._state.start()
        self._state.save()
        return self.left()

    def restart(self) -> Text:
        """Forget everything and stand before the start again.

        Returns
        -------
        Text
            The time there is.
        """
        state = self._state
        self._state = Progress(state.path, state.round, state.minutes, state.clock)
        self._state.save()
        return self.left()

    def check(self, step: int | str, *functions: Callable[..., Any]) -> Results:
        """Check the answers to a step or a part.

        Parameters
        ----------
        step : int or str
            Step (``3``), part (``"3b"``) or name (``"features"``).
        *functions : callable
            The answers, found by their names; a part whose functions are missing is left out,
            or, with none at all, "not started".

        Returns
        -------
        Results
            One result for each part; printing it shows what there is to know.
        """
        parts = self.parts_at(step)
        answers = _by_name(parts, functions)
        if answers:
            parts = tuple(p for p in parts if set(p.functions) & answers.keys())
        return Results(self._record(part, judge(part, answers)) for part in parts)

    def record(self, result: Result) -> Result:
        """Note the outcome of a check that ran elsewhere, such as in another process.

        Parameters
        ----------
        result : Result
            The outcome.

        Returns
        -------
        Result
            The same with the time that was left.
        """
        return self._record(self.parts_at(result.part)[0], result)

    def _record(self, part: Part, result: Result) -> Result:
        state = self._state
        state.start()
        mine = state.part(part.id)
        # An answer that passed has passed; a later attempt at it does not take that back.
        if mine.state != "pass":
            mine.late = result.passed and self._is_late()
            mine.state = result.state
        if result.state != "not started":
            mine.checks += 1
            self._charge(part)
        state.save()
        return Result(**{**vars(result), "clock": self._clock_text()})

    def hint(self, step: int | str) -> Text:
        """Show the next hint of a part: a question, then the tool, then the key expression.

        Parameters
        ----------
        step : int or str
            Part (``"3b"``) or name; of a step, its first part that does not pass yet.

        Returns
        -------
        Text
            The hint; the third is shown again when there is no further one.
        """
        parts = self.parts_at(step)
        open_ones = [p for p in parts if self._state.part(p.id).state != "pass"]
        part = (open_ones or list(parts))[0]
        mine = self._state.part(part.id)
        mine.hints = min(mine.hints + 1, len(part.hints))
        if self._state.elapsed is not None:
            self._charge(part)
        self._state.save()
        shown = part.hints[mine.hints - 1]
        return Text(f"hint {mine.hints} of {len(part.hints)} for {part.id}: {shown}")

    def left(self) -> Text:
        """Return the time until the bell.

        Returns
        -------
        Text
            Minutes and seconds, or how long ago the bell rang.
        """
        if not self._state.clock:
            return Text("no clock")
        if self._state.elapsed is None:
            return Text(f"{self._state.minutes:g} min, not started")
        return Text(self._clock_text())

    def report(self) -> Text:
        """Return how far each part has come, with hints and minutes. No points are subtracted.

        Returns
        -------
        Text
            A table.
        """
        heads = ("part", "name", "state", "min", "of", "checks", "hints")
        rows = ["{:<5} {:<17} {:<13} {:>5} {:>3} {:>7} {:>6}".format(*heads)]
        for part in self.parts:
            mine = self._state.part(part.id)
            late = " (after the bell)" if mine.late else ""
            rows.append(
                f"{part.id:<5} {part.name:<17} {mine.state:<13} {mine.seconds / 60:>5.1f} "
                f"{part.minutes:>3} {mine.checks:>7} {mine.hints:>6}{late}"
            )
        passed = sum(self._state.part(part.id).state == "pass" for part in self.parts)
        head = f"{self._state.round} round: {passed} of {len(self.parts)} parts pass, {self.left()}"
        return Text("\n".join([head, *rows]))

    def __repr__(self) -> str:
        return f"<Interview: {self._state.round} round, {self.left()}, kept in {self.path.name}>"

    def _charge(self, part: Part) -> None:
        """Count the time since the last check or hint for a part."""
        counted = sum(one.seconds for one in self._state.parts.values())
        self._state.part(part.id).seconds += max(0.0, self._state.now() - counted)

    def _is_late(self) -> bool:
        return self._state.clock and self._state.now() > 60 * self._state.minutes

    def _clock_text(self) -> str:
        if not self._state.clock:
            return ""
        seconds = 60 * self._state.minutes - self._state.now()
        minutes, rest = divmod(int(abs(seconds)), 60)
        hours = f"{minutes // 60}:{minutes % 60:02d}" if minutes >= 60 else f"{minutes}"
        text = f"{hours}:{rest:02d}"
        return f"{text} left" if seconds >= 0 else f"after the bell (+{text})"


def _by_name(
    parts: tuple[Part, ...], functions: tuple[Callable[..., Any], ...]
) -> dict[str, Callable[..., Any]]:
    """Match answers to what is asked by their names; a single one for a single question fits."""
    asked = [name for part in parts for name in part.functions]
    if len(functions) == len(asked) == 1:
        return {asked[0]: functions[0]}
    found = {}
    for function in functions:
        name = getattr(function, "__name__", repr(function))
        if name not in asked:
            raise ValueError(f"{name} answers nothing here; pass {', '.join(asked)}")
        found[name] = function
    return found
