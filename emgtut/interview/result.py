"""What a check says: a few lines of text."""

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

_WIDTH = 110


class Text(str):
    """Text that shows as it is, in a console and in a notebook."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        return f"<pre>{escape(self)}</pre>"


@dataclass(frozen=True)
class Result:
    """The outcome of checking one part; printing it shows at most five lines.

    Attributes
    ----------
    part : str
        Which part, such as ``"3b"``.
    name : str
        Its short name.
    state : {"pass", "fail", "stopped", "refused", "not started"}
        Outcome.
    n_checks : int
        Checks there are.
    failed : tuple of str
        Names of those that fail, the most telling first.
    n_left_out : int
        Checks that were not run, because the answer did not come back.
    called, got, expected, look_at : str
        The first failure: the call, what came, what should have come, where to look.
    seconds : float
        How long all checks took.
    remark : str
        What there is to say about an answer that passes.
    clock : str
        Time left when it was checked; empty without a clock.
    """

    part: str
    name: str
    state: str
    n_checks: int = 0
    failed: tuple[str, ...] = ()
    n_left_out: int = 0
    called: str = ""
    got: str = ""
    expected: str = ""
    look_at: str = ""
    seconds: float = 0.0
    remark: str = ""
    clock: str = ""

    @property
    def passed(self) -> bool:
        """Whether all checks pass."""
        return self.state == "pass"

    def __str__(self) -> str:
        head = f"step {self.part:<3} {self.name}   {self._outcome()}"
        if self.clock:
            head += f"   {self.clock}"
        rows = (
            ("called", self.called),
            ("got", self.got),
            ("expected", self.expected),
            ("look at", self.look_at),
        )
        lines = [head, *(f"  {label:<9} {text}" for label, text in rows if text)]
        return "\n".join(
            line if len(line) <= _WIDTH else line[: _WIDTH - 3] + "..." for line in lines
        )

    __repr__ = __str__

    def _outcome(self) -> str:
        if self.state in ("not started", "refused"):
            return self.state
        if self.passed:
            return f"{self.n_checks} checks pass" + (f"   {self.remark}" if self.remark else "")
        if not self.n_checks:
            return self.state
        left_out = f", {self.n_left_out} not run" if self.n_left_out else ""
        fails = "check fails" if len(self.failed) == 1 and self.n_checks == 1 else "checks fail"
        return f"{len(self.failed)} of {self.n_checks} {fails}{left_out}   {self.seconds:.1f} s"

    def _repr_html_(self) -> str:
        return Text(self)._repr_html_()


class Results(tuple[Result, ...]):
    """The outcomes of several parts; printing them shows one after the other."""

    __slots__ = ()

    @property
    def passed(self) -> bool:
        """Whether all parts pass."""
        return all(one.passed for one in self)

    def __str__(self) -> str:
        return joined(self)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return Text(self)._repr_html_()


def joined(results: Iterable[Result]) -> str:
    """Return the texts of results, one below the other."""
    return "\n".join(map(str, results))
