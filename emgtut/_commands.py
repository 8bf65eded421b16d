"""How every command behaves: errors in one line, Ctrl-C, names that a terminal cannot show."""

import io
import signal
import sys
import warnings
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import typer

from emgtut._checks import one_line, switched_on

P = ParamSpec("P")

#: What a wrong file, a wrong argument or a missing library raises: a person's business.
_EXPECTED = (OSError, ValueError, TypeError, ImportError, MemoryError, OverflowError)

#: Ctrl-C that was pressed. Python drops the exception where it strikes a clean-up of its own.
_interrupts: list[int] = []


def command(
    app: typer.Typer, example: str, *, name: str | None = None
) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """Register a command: its errors are one line and status 2, Ctrl-C is status 130.

    Parameters
    ----------
    app : typer.Typer
        The application it belongs to.
    example : str
        Shown at the end of its help.
    name : str, optional
        Its name; that of the function by default.

    Returns
    -------
    callable
        A decorator.
    """

    def register(run: Callable[P, None]) -> Callable[P, None]:
        @wraps(run)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> None:
            try:
                run(*args, **kwargs)
                stop_if_interrupted()
            except BrokenPipeError:
                raise  # whoever read our output left: typer ends quietly
            except _EXPECTED as error:
                if switched_on("EMGTUT_DEBUG"):
                    raise
                complain(error)
                raise typer.Exit(2) from None
            except BaseException as error:
                # Interrupting an import can surface as another exception.
                if not _was_interrupted(error):
                    raise
                complain(Exception("interrupted; nothing half written is left"))
                raise typer.Exit(130) from None

        return app.command(name, epilog=f"Example:  {example}")(guarded)

    return register


def complain(error: BaseException) -> None:
    """Write an error as one line to standard error."""
    typer.echo(f"emgtut: {one_line(error)}", err=True)


def stop_if_interrupted() -> None:
    """Raise ``KeyboardInterrupt`` if Ctrl-C was pressed, whatever became of it."""
    if _interrupts:
        raise KeyboardInterrupt


def prepare_process() -> None:
    """Set up what concerns the whole process: warnings as notes, output, Ctrl-C."""
    warnings.showwarning = lambda message, *_, **__: typer.echo(
        f"note: {one_line(Exception(str(message)))}", err=True
    )
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # names that the terminal cannot show
            stream.reconfigure(errors="backslashreplace")
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _interrupt)


def _interrupt(signum: int, frame: object) -> None:
    _interrupts.append(signum)
    raise KeyboardInterrupt


def _was_interrupted(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, KeyboardInterrupt):
            return True
        error = error.__cause__ or error.__context__
    return False
