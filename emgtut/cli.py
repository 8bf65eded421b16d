"""The ``emgtut`` command: each command is a few lines over the library."""

import errno
import textwrap
import time
from pathlib import Path
from typing import Annotated

import typer

from emgtut._commands import command, complain, prepare_process, stop_if_interrupted

app = typer.Typer(
    help="From a file of wrist EMG to a hand that moves.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="First steps:  [bold]emgtut check[/bold], then [bold]emgtut demo[/bold]",
)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"emgtut {version('emgtut')}")
        raise typer.Exit


@app.callback()
def _root(
    show: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """From a file of wrist EMG to a hand that moves."""


@command(app, "emgtut demo --session my_recording.hdf5 --out my_report")
def demo(
    file: Annotated[
        Path | None, typer.Argument(help="The same as --session.", show_default=False)
    ] = None,
    session: Annotated[
        Path | None,
        typer.Option(help="Session file; without it, a synthetic one is made.", show_default=False),
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder for report and figures.")] = Path("demo-report"),
) -> None:
    """Take one session from file to figures: read, plot, filter, cluster, report."""
    from rich.console import Console

    if file is not None and session is not None:
        raise ValueError(f"two sessions are named, {file} and {session}; name one")
    console = Console(highlight=False)
    console.print("[bold]emgtut demo[/bold]: from a file to figures")
    with console.status("loading the libraries"):
        from emgtut.demo import Demo
    begun = time.perf_counter()
    with Demo(session or file, out) as run:
        steps = run.steps()
        for number, (what, step) in enumerate(steps, 1):
            mark = f"[{number}/{len(steps)}]"
            start = time.perf_counter()
            with console.status(f"{mark} {what}"):
                result = step()
                stop_if_interrupted()
            took = time.perf_counter() - start
            console.print(f"[green]{mark}[/green] [bold]{what}[/bold] [dim]({took:.1f} s)[/dim]")
            lines = [result]
            if console.is_terminal and not result.startswith("/"):  # a path stays in one piece
                lines = textwrap.wrap(result, max(40, console.width - 8))
            for line in lines:
                console.print(f"      {line}", markup=False, soft_wrap=True)
        report = (run.out / "report.html").resolve()
    console.print(
        f"done in {time.perf_counter() - begun:.0f} s. Open the report in a browser:", style="bold"
    )
    console.print(f"  {report.as_uri()}", soft_wrap=True)


@command(app, "emgtut info recording.hdf5")
def info(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Session files.")],
) -> None:
    """Show what is in a session file; exit with 2 if something in it makes results wrong."""
    from emgtut.sessions.describe import session_facts
    from emgtut.sessions.emg2pose import Emg2PoseSessionData

    worst = 0
    for file in files:
        try:
            with Emg2PoseSessionData(file) as data:
                facts = session_facts(data)
                typer.secho(file, bold=True)
                for name, value in facts.items():
                    typer.echo(f"  {name:<12} {value}")
                for note in data.contents.notes():
                    typer.echo(f"  note: {note}")
                data.check()
        except BrokenPipeError:
            raise
        except (OSError, ValueError) as error:
            complain(error)
            worst = 2
    raise typer.Exit(worst)


@command(app, "emgtut fetch --all --drop-tar")
def fetch(
    name: Annotated[
        str | None,
        typer.Argument(help="Session, such as recording-1_left (the default).", show_default=False),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="All 30 sessions.")] = False,
    metadata: Annotated[bool, typer.Option("--metadata", help="Only the table.")] = False,
    drop_tar: Annotated[
        bool, typer.Option("--drop-tar", help="Delete the tar once everything asked for is out.")
    ] = False,
) -> None:
    """Fetch real sessions: the emg2pose mini set, 647 MB, once.

    It is Meta's data under CC BY-NC-SA 4.0. The tar is kept, so that further sessions need no
    download; with --drop-tar it is deleted.
    """
    from emgtut.sessions.fetch import FIRST, fetch_metadata, fetch_session

    if every + metadata + (name is not None) > 1:
        raise ValueError("NAME, --all and --metadata exclude each other; give one of them")
    if metadata:
        paths = [fetch_metadata()]
    elif every:
        paths = fetch_session("all", drop_tar=drop_tar)
    else:
        found = fetch_session(name or FIRST, drop_tar=drop_tar)
        paths = found if isinstance(found, list) else [found]
    for path in paths:
        typer.echo(path)


@command(app, "emgtut make-session practice.hdf5 --stage unconstrained --seed 1")
def make_session(
    path: Annotated[Path, typer.Argument(help="File to write, customarily ending in .hdf5.")],
    stage: Annotated[
        str, typer.Option(help="Movement; a wrong name lists all 29.")
    ] = "CountingUpDownFaceSideAway",
    duration: Annotated[float, typer.Option(help="Length, in seconds.")] = 60.0,
    side: Annotated[str, typer.Option(help="left or right.")] = "left",
    seed: Annotated[int, typer.Option(help="Which recording.")] = 0,
    user: Annotated[
        str | None, typer.Option(help="Who wears the band.", show_default=False)
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing file.")] = False,
) -> None:
    """Make one synthetic session."""
    from emgtut.sessions import synthetic

    if path.exists() and not force:
        raise FileExistsError(
            errno.EEXIST, "is there already; type --force to replace it", str(path)
        )
    who = int(user) if user is not None and user.isdecimal() else user
    written = synthetic.make_session(
        path, stage=stage, duration=duration, side=side, seed=seed, user=who
    )
    typer.echo(written)


@command(app, "emgtut make-corpus corpus --users 8 --sessions 48")
def make_corpus(
    folder: Annotated[Path, typer.Argument(help="Folder to make.")],
    users: Annotated[int, typer.Option(help="Number of users.")] = 4,
    sessions: Annotated[int, typer.Option(help="Number of session files.")] = 24,
    duration: Annotated[float, typer.Option(help="Length of each, in seconds.")] = 20.0,
    seed: Annotated[int, typer.Option(help="Which corpus.")] = 0,
) -> None:
    """Make a synthetic corpus: sessions of several users and their metadata.csv."""
    from emgtut.sessions import synthetic

    made = synthetic.make_corpus(
        folder, n_users=users, n_sessions=sessions, duration=duration, seed=seed
    )
    typer.echo(made)


MODEL_HELP = "catboost, ridge, average or mean."


@command(app, "emgtut train recording.hdf5 --out my_model")
def train(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Session files.")],
    out: Annotated[Path, typer.Option(help="Folder for the model.")] = Path("emgtut-model"),
    model: Annotated[str, typer.Option(help=MODEL_HELP)] = "catboost",
    window: Annotated[float, typer.Option(help="Length of a window, in seconds.")] = 0.2,
    hop: Annotated[float, typer.Option(help="From window to window, in seconds.")] = 0.05,
    blocks: Annotated[int, typer.Option(help="Blocks of time to score on.")] = 5,
    gap: Annotated[float, typer.Option(help="Left out around a block, in seconds.")] = 0.5,
) -> None:
    """Train a model that predicts the pose, score it on blocks of time, and save it."""
    from emgtut import training

    folder, scores = training.train(
        files, out, model=model, window=window, hop=hop, n_blocks=blocks, gap=gap
    )
    typer.echo(training.as_text(scores))
    typer.echo(f"trained on everything and saved: {folder}")


@command(app, "emgtut evaluate recording.hdf5 --model ridge")
def evaluate(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Session files.")],
    model: Annotated[
        str, typer.Option(help=f"{MODEL_HELP[:-1]}, or the folder of a saved model.")
    ] = "catboost",
    window: Annotated[float, typer.Option(help="Length of a window, in seconds.")] = 0.2,
    hop: Annotated[float, typer.Option(help="From window to window, in seconds.")] = 0.05,
    blocks: Annotated[int, typer.Option(help="Blocks of time to score on.")] = 5,
    gap: Annotated[float, typer.Option(help="Left out around a block, in seconds.")] = 0.5,
    csv: Annotated[
        Path | None, typer.Option(help="Write the whole table here.", show_default=False)
    ] = None,
) -> None:
    """Score a model on blocks of time that it was not trained on, beside the mean pose.

    A saved model is scored as it is; name sessions that it was not trained on.
    """
    from emgtut import training
    from emgtut.sessions.writer import beside

    scores = training.score(files, model=model, window=window, hop=hop, n_blocks=blocks, gap=gap)
    typer.echo(training.as_text(scores))
    if csv is not None:
        with beside(csv) as part:
            scores.to_csv(part, index=False)
        typer.echo(f"the whole table: {csv}")


interview = typer.Typer(
    help="From a file to a pose in 45 minutes, with NumPy: questions, checks, hints, a clock.",
    no_args_is_help=True,
    epilog="Example:  emgtut interview start my_answers.py",
)
app.add_typer(interview, name="interview")
Script = Annotated[Path, typer.Argument(help="Your answers.")]
_ANSWERS = Path("my_answers.py")


@command(interview, "emgtut interview start my_answers.py --round core")
def start(
    script: Script = _ANSWERS,
    round: Annotated[str, typer.Option(help="core, stretch or full.")] = "core",  # noqa: A002
    minutes: Annotated[int, typer.Option(help="Minutes until the bell.")] = 45,
    clock: Annotated[bool, typer.Option(help="With a clock, or to study.")] = True,
) -> None:
    """Write a script with the questions and what is to be filled in, and start the clock."""
    from emgtut.interview import terminal

    typer.echo(terminal.start(script, round=round, minutes=minutes, clock=clock))


@command(interview, "emgtut interview check 3 my_answers.py", name="check")
def judge(
    step: Annotated[str | None, typer.Argument(help="Part, such as 3 or 3b; all without.")] = None,
    script: Script = _ANSWERS,
) -> None:
    """Check the answers in a script, each part in a process of its own."""
    from emgtut.interview import terminal

    # `check my_answers.py` names a script, not a part.
    if step is not None and step.endswith(".py"):
        script, step = Path(step), None
    for result in terminal.check(script, step):
        typer.echo(result)


@command(interview, "emgtut interview hint 3")
def hint(
    step: Annotated[str, typer.Argument(help="Part, such as 3 or 3b.")], script: Script = _ANSWERS
) -> None:
    """Show the next hint of a part."""
    from emgtut.interview import terminal

    typer.echo(terminal.hint(step, script))


@command(interview, "emgtut interview left")
def left(script: Script = _ANSWERS) -> None:
    """Show the time until the bell."""
    from emgtut.interview import terminal

    typer.echo(terminal.left(script))


@command(interview, "emgtut interview report")
def report(script: Script = _ANSWERS) -> None:
    """Show how far each part has come."""
    from emgtut.interview import terminal

    typer.echo(terminal.report(script))


@command(app, "emgtut check")
def check() -> None:
    """Show versions, the cache, and what is missing with the line to type.

    Exits with 1 if something is missing that emgtut does not work without.
    """
    from emgtut.environment import look_around

    found, group = look_around(), None
    for finding in found:
        if finding.group != group:
            group = finding.group
            typer.secho(group, bold=True)
        typer.echo(f"  {finding.name:<16} {finding.state}", nl=False)
        if finding.fix:
            typer.secho(
                f"   type: {finding.fix}", fg="red" if finding.needed else "yellow", nl=False
            )
        typer.echo()
    if any(finding.needed for finding in found):
        raise typer.Exit(1)


def main() -> None:
    """Run the command line."""
    prepare_process()
    app()
