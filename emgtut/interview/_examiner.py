"""The process in which a script is run and one of its parts is judged; see `terminal`."""

import linecache
import sys
from pathlib import Path
from typing import Any

from emgtut.interview._answer import Answer, Budget, Raised, Stopped
from emgtut.interview.judge import judge
from emgtut.interview.parts import Part, parts_of
from emgtut.interview.result import Result
from emgtut.interview.terminal import write


def examine(script: Path, part: Part, call_s: float, part_s: float) -> Result:
    """Run a script as ``__main__`` and judge what it defines for a part."""
    source = script.read_text(encoding="utf-8")
    scope: dict[str, Any] = {"__name__": "__main__", "__file__": str(script)}
    sys.path.insert(0, str(script.parent))

    def run() -> None:
        exec(compile(source, str(script), "exec"), scope)

    linecache.checkcache(str(script))
    try:
        Answer(run, f"python {script.name}", Budget(call_s, part_s), file=str(script))()
    except (Raised, Stopped) as fault:
        state = "stopped" if isinstance(fault, Stopped) else "fail"
        return Result(
            part.id,
            part.name,
            state,
            called=f"python {script.name}",
            got=fault.got,
            expected="a script that can be run",
            look_at=fault.look_at,
        )
    return judge(part, scope, call_s=call_s, part_s=part_s)


def main(script: str, part: str, answer: str, call_s: str, part_s: str) -> None:
    """Judge, and leave the result in a file."""
    result = examine(Path(script), parts_of(part)[0], float(call_s), float(part_s))
    write(result, Path(answer))


if __name__ == "__main__":
    main(*sys.argv[1:])
