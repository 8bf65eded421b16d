"""What every lesson has to meet, as functions that return what is wrong with one.

Each bar takes a `Lesson` and returns sentences; none means that the lesson passes. The bars look
at the script as it is written. What a lesson prints and draws is looked at where it runs.
"""

import ast
import re
import textwrap
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pathlib import Path

import boxes
from sphinx_gallery.py_source_parser import split_code_and_text_blocks

#: What an objective may begin with: things that can be watched being done.
VERBS = (
    "add apply assert ask avoid build calculate check choose cluster compare compute convert count "
    "cross-check cut decide derive detect draw estimate evaluate explain filter find fit give "
    "judge justify label limit list load locate look make map mark measure name open pass pick "
    "plot predict prove read recognise reject remove replace report run scale score select set "
    "show split state take tell test track train turn use verify write"
)
WEAK_WORDS = ("just", "simply", "obviously", "of course", "easy", "easily")
#: American spellings; the lessons are written in British English.
AMERICAN = ("color", "colors", "center", "centers", "behavior", "gray", "labeled", "labeling")
#: Facts of the device and settings that all lessons share: no results.
CONSTANTS = {"2.46 µV", "6.6 mV", "2 kHz", "2000 Hz", "60 Hz", "40 Hz", "250 ms", "50 ms"}

_HEADER = re.compile(
    r"^# emgtut: (?:kind=recipe )?minutes=\d+ budget_s=\d+ data=(synthetic|real-ok) network=no$",
    re.MULTILINE,
)
_RESULT = re.compile(
    r"(?<![\w.-])\d+(?:\.\d+)?\s?(?:%|percent\b|deg\b|degrees?\b|mm\b|ms\b|k?Hz\b|[µmu]V\b)"
    r"|(?<![\w.-])\d+\.\d+(?![\w.])"
)
_BULLET = re.compile(r"^[*-] +(.+)$", re.MULTILINE)
_NUMBERED = re.compile(r"^(?:#|\d)\. +(.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Lesson:
    """A gallery script, split as the gallery splits it.

    Attributes
    ----------
    path : pathlib.Path
        The script.
    """

    path: Path

    @cached_property
    def source(self) -> str:
        """The script."""
        return self.path.read_text(encoding="utf-8")

    @property
    def recipe(self) -> bool:
        """Whether it says that it is a recipe: one figure to take away, nothing to learn by."""
        return self.source.startswith("# emgtut: kind=recipe ")

    @cached_property
    def blocks(self) -> list[tuple[str, str]]:
        """Blocks in order: ``"text"`` or ``"code"``, and the content."""
        blocks = split_code_and_text_blocks(self.path)[1]
        return [(kind, content) for kind, content, _ in blocks if content.strip()]

    @property
    def texts(self) -> list[str]:
        """Text blocks; the first is the docstring."""
        return [content for kind, content in self.blocks if kind == "text"]

    @property
    def cells(self) -> list[str]:
        """Code blocks."""
        return [content for kind, content in self.blocks if kind == "code"]

    def boxes(self, kind: str) -> list[boxes.Box]:
        """Return all boxes of one kind."""
        return [box for text in self.texts for box in boxes.every(text) if kind in box.kinds]

    @property
    def solutions(self) -> list[str]:
        """The code of each solution, its code blocks joined."""
        return ["\n".join(code_blocks(box.body)) for box in self.boxes("solution")]


def code_blocks(text: str) -> list[str]:
    """Return the Python code blocks in a text, dedented."""
    pattern = r"^\.\. code-block:: python\n\n((?:[ ]+.*\n|\n)+)"
    return [textwrap.dedent(code) for code in re.findall(pattern, text + "\n", re.MULTILINE)]


def prose(text: str) -> str:
    """Return a text without code, literals, roles, targets and options."""
    text = re.sub(r"^( *)\.\. code-block::.*\n\n?(?:\1 +.*\n|\n)+", "\n", text + "\n", flags=re.M)
    text = re.sub(r"^ *\.\. _.*$|^ *:[\w-]+:.*$", "", text, flags=re.M)
    text = re.sub(r":[a-z:]+:`[^`]*`|``[^`]*``|`[^`]*`_?", "", text)
    return re.sub(r"^\*\*Settings.*?(?=\n\n|\Z)", "", text, flags=re.M | re.S)


def name(lesson: Lesson) -> Iterable[str]:
    """B01: two digits and words, in the folder of its first digit."""
    if not re.fullmatch(r"\d{2}_[a-z0-9_]+", lesson.path.stem):
        yield f"name {lesson.path.stem!r}; use two digits and words, such as 11_inside_a_session"
    elif not re.match(r"\d_", lesson.path.parent.name):
        yield f"lies in {lesson.path.parent.name!r}; put it in a folder such as 1_first_look"


def opening(lesson: Lesson) -> Iterable[str]:
    """B02: a title of at most 60 characters; then one sentence of at most 30 words."""
    parts = [p for p in re.split(r"\n\s*\n", lesson.texts[0].strip()) if not p.startswith(".. _")]
    title, outcome = parts[0].splitlines()[0], " ".join(parts[1].split())
    if len(title) > 60:
        yield f"title of {len(title)} characters; shorten it to 60"
    if re.search(r"[.?!] +[A-Z]", outcome) or not outcome.endswith("."):
        yield f"the outcome is not one sentence: {outcome!r}"
    if len(outcome.split()) > 30:
        yield f"an outcome of {len(outcome.split())} words; shorten it to 30"


def objectives(lesson: Lesson) -> Iterable[str]:
    """B03: three objectives, each beginning with what the reader will do."""
    found = [_BULLET.findall(box.body) for box in lesson.boxes("objectives")]
    if len(found) != 1 or len(found[0]) != 3:
        yield f"objectives: {[len(f) for f in found]}; give one box with three"
    for bullet in (b for f in found for b in f):
        first = bullet.split()[0].lower().strip(",;.")
        if first not in VERBS.split():
            yield f"objective begins with {first!r}; begin with something that can be watched"


def header(lesson: Lesson) -> Iterable[str]:
    """B04: the comment with minutes, seconds, data and network, and a line of what is needed."""
    if not _HEADER.search(lesson.source):
        yield "no line '# emgtut: minutes=.. budget_s=.. data=synthetic|real-ok network=no'"
    for words in ("You need", "Not covered"):
        if words not in lesson.texts[0]:
            yield f"the opening has no line {words!r}"


def shape(lesson: Lesson) -> Iterable[str]:
    """B05: 8-12 cells of at most 28 lines; 150-280 lines beside closed boxes, 40-65 % prose.

    A recipe has less than 90 lines. Lines of code have at most 88 columns (gallery/ruff.toml).
    """
    if lesson.recipe:
        if (n := len(lesson.source.splitlines())) >= 90:
            yield f"a recipe of {n} lines; use less than 90"
        return
    found = [box for text in lesson.texts for box in boxes.every(text)]
    n_closed = sum(box.n_lines for box in found if box.closed)
    shown = re.sub(r"^# (?:emgtut:|sphinx_gallery_).*\n", "", lesson.source, flags=re.MULTILINE)
    n_lines = len(shown.splitlines()) - n_closed
    text_lines = sum(len(text.strip().splitlines()) for text in lesson.texts) - n_closed
    code_lines = sum(len(cell.strip().splitlines()) for cell in lesson.cells)
    share = text_lines / (text_lines + code_lines)
    if not 8 <= len(lesson.cells) <= 12:
        yield f"{len(lesson.cells)} code cells; use 8 to 12"
    if not 150 <= n_lines <= 280:
        yield f"{n_lines} lines outside closed boxes; use 150 to 280"
    if not 0.40 <= share <= 0.65:
        yield f"{share:.0%} prose; use 40 to 65 %"
    for cell in lesson.cells:
        if (n := len(cell.strip().splitlines())) > 28:
            yield f"a cell of {n} lines, beginning {cell.strip().splitlines()[0]!r}; use 28"


def predict(lesson: Lesson) -> Iterable[str]:
    """B06: a question directly before a cell, and an answer directly after it."""
    n_boxes = 0
    for k, (kind, content) in enumerate(lesson.blocks):
        parts = [part for part in boxes.split(content) if part] if kind == "text" else []
        asked = [p for p in parts if isinstance(p, boxes.Box) and "predict" in p.kinds]
        if not asked:
            continue
        n_boxes += 1
        after = [*lesson.blocks[k + 1 : k + 3], ("", ""), ("", "")]
        if parts[-1] is not asked[-1] or after[0][0] != "code":
            yield f"predict box {asked[-1].body[:40]!r} is not directly before a code cell"
        elif "What happened" not in after[1][1]:
            yield f"no 'What happened' after the cell of {asked[-1].body[:40]!r}"
    if not n_boxes:
        yield "no predict box"


def exercises(lesson: Lesson) -> Iterable[str]:
    """B07: an exercise; each with a closed hint and a closed solution that asserts."""
    n_exercises = len(lesson.boxes("exercise"))
    if not n_exercises:
        yield "no exercise"
    for kind in ("hint", "solution"):
        found = lesson.boxes(kind)
        if len(found) != n_exercises:
            yield f"{n_exercises} exercises and {len(found)} {kind} boxes; give one each"
        if any(not box.closed for box in found):
            yield f"a {kind} box is open; give it ':collapsible: closed'"
    for code in lesson.solutions:
        if not any(isinstance(node, ast.Assert) for node in ast.walk(ast.parse(code))):
            yield f"a solution asserts nothing: {code[:40]!r}"


def results(lesson: Lesson) -> Iterable[str]:
    """B10: no result in the prose; results are printed, where a change of the data shows."""
    for text in lesson.texts:
        for match in _RESULT.finditer(prose(text)):
            if " ".join(match[0].split()) not in CONSTANTS:
                yield f"a result in the text: {match[0]!r}; print it from facts"


def public_names(lesson: Lesson) -> Iterable[str]:
    """B20: only public names of emgtut, from the places where the API page shows them."""
    trees = [ast.parse(code) for code in (*lesson.cells, *lesson.solutions)]
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "emgtut":
            module = import_module(node.module)
            public = getattr(module, "__all__", None) or [n for n in dir(module) if n[0] != "_"]
            for alias in node.names:
                if alias.name not in public:
                    yield f"{node.module}.{alias.name} is no public name"


def recap(lesson: Lesson) -> Iterable[str]:
    """B23: three bullets to take away, three questions, closed answers."""
    found = [len(_BULLET.findall(box.body)) for box in lesson.boxes("recap")]
    if found != [3]:
        yield f"recap: {found} bullets; give one box with three"
    asked = [text for text in lesson.texts if "Check yourself" in text]
    if len(asked) != 1:
        yield "no 'Check yourself'"
        return
    questions = _NUMBERED.findall(asked[0][asked[0].index("Check yourself") :])
    if len(questions) != 3:
        yield f"{len(questions)} questions to check oneself; ask three, numbered"
    answers = [box for box in boxes.every(asked[0]) if "answer" in box.kinds]
    if not answers or any(not box.closed for box in answers):
        yield "answers are missing or open; give each box ':class: answer', ':collapsible: closed'"


def words(lesson: Lesson) -> Iterable[str]:
    """B27: no words that make a reader who struggles feel slow; one spelling."""
    for text in lesson.texts:
        for word in (*WEAK_WORDS, *AMERICAN):
            if re.search(rf"\b{word}\b", prose(text), re.IGNORECASE):
                yield f"the word {word!r}"


BARS: dict[str, Callable[[Lesson], Iterable[str]]] = {
    "B01": name,
    "B02": opening,
    "B03": objectives,
    "B04": header,
    "B05": shape,
    "B06": predict,
    "B07": exercises,
    "B10": results,
    "B20": public_names,
    "B23": recap,
    "B27": words,
}


#: Bars of the boxes, which a recipe does without.
NOT_FOR_RECIPES = {"B03", "B06", "B07", "B23"}


def faults(lesson: Lesson) -> list[str]:
    """Return everything that is wrong with a lesson, each with the number of its bar."""
    bars = BARS.keys() - NOT_FOR_RECIPES if lesson.recipe else BARS.keys()
    return [f"{number}: {fault}" for number in sorted(bars) for fault in BARS[number](lesson)]
