"""The challenge notebook is made from the reference, untouched it runs, answered it passes."""

import ast
import contextlib
import doctest
import io
from pathlib import Path

import nbformat
import pytest
from interview_answers import REFERENCE, run

from emgtut.interview import PARTS, hidden_session, notebook, solution
from emgtut.interview.solutions import code_of, source_of, stub_of

BOOK = Path(__file__).resolve().parents[2] / "notebooks" / "interview_challenge.ipynb"
NAMES = [name for part in PARTS for name in part.functions]


def test_notebook_is_up_to_date():
    assert BOOK.read_text(encoding="utf-8") == notebook.as_json(), (
        "type: python -m emgtut.interview.notebook"
    )


def test_notebook_is_one_without_outputs(tmp_path):
    book = nbformat.read(BOOK, as_version=4)
    nbformat.validate(book)
    assert not any(cell.get("outputs") for cell in book.cells)
    notebook.main(str(tmp_path / "again.ipynb"))
    assert (tmp_path / "again.ipynb").read_bytes() == BOOK.read_bytes()


def test_notebook_imports_what_an_answer_may():
    code = "\n".join(text for kind, text in notebook.cells() if kind == "code")
    modules = {
        node.module if isinstance(node, ast.ImportFrom) else node.names[0].name
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert modules == {"h5py", "numpy", "pathlib", "tempfile", "emgtut.interview"}


@pytest.fixture
def played(tmp_path, monkeypatch):
    """Run the notebook, with something put behind its stubs; return what the checks said."""

    def play(answers=""):
        monkeypatch.setenv("EMGTUT_DATA", str(tmp_path))
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
        scope, said = {"__name__": "__main__"}, []
        for kind, text in notebook.cells():
            if kind == "markdown":
                continue
            *_, last = ast.parse(text).body
            exec(text if not isinstance(last, ast.Expr) else answers, scope)
            if isinstance(last, ast.Expr):
                said.append(eval(text, scope))
        return said

    return play


def test_untouched_notebook_says_fifteen_times_not_started(played):
    said = [str(one) for one in played()]
    assert sum("not started" in text.splitlines()[0] for text in said if "step" in text) == 15
    assert sum("0 of" in text for text in said) == 2


def test_answered_notebook_passes(played):
    said = played(REFERENCE)
    reports = [str(one) for one in said if "round" in str(one)]
    assert "10 of 10 parts pass" in reports[0]
    assert "5 of 5 parts pass" in reports[1]


@pytest.mark.parametrize("name", NAMES)
def test_stub_is_the_reference_with_a_hole(name):
    stub, source = ast.parse(stub_of(name)).body[0], ast.parse(source_of(name)).body[0]
    assert ast.get_docstring(stub)
    assert "Notes" not in ast.get_docstring(stub)
    functions = [[n for n in ast.walk(t) if isinstance(n, ast.FunctionDef)] for t in (stub, source)]
    heads = [{n.name: ast.unparse(n.args) for n in found} for found in functions]
    assert heads[0].items() <= heads[1].items()
    for node in functions[0]:
        assert isinstance(node.body[-1], ast.Raise)
        assert len(node.body) <= 2
    assert not any("emgtut" in line for line in stub_of(name).splitlines())


@pytest.mark.parametrize("name", NAMES)
def test_code_that_is_shown_is_that_of_the_reference(name):
    def bare(source):
        tree = ast.parse(source)
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node):
                del node.body[0]
        return ast.dump(tree)

    assert bare(code_of(name)) == bare(source_of(name))
    assert '"""' not in code_of(name)


def test_examples_of_the_stubs_hold_for_the_session_of_the_room(tmp_path):
    scope = run(REFERENCE) | {"session": hidden_session(tmp_path / "interview.hdf5")}
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    for name in NAMES:
        text = ast.get_docstring(ast.parse(stub_of(name)).body[0])
        example = doctest.DocTestParser().get_doctest(text, dict(scope), name, None, 0)
        assert example.examples
        output = io.StringIO()
        with contextlib.redirect_stdout(output):
            runner.run(example, out=output.write)
        assert runner.failures == 0, output.getvalue()


def test_solution_shows_and_has_functions():
    answer = solution("ridge")
    assert "def ridge_fit(X, Y, alpha):" in str(answer)
    assert "6 checks pass" in str(answer)
    with pytest.raises(AttributeError, match="pca is not part of this step"):
        answer.pca  # noqa: B018
    ((part, n_lines, seconds),) = answer.timed()
    assert (part.id, n_lines) == ("6", 6)
    assert seconds > 0
