"""The examination itself: forbidden libraries, endless loops, exceptions, odd results."""

import functools
import signal
import threading
import time

import numpy as np
import pytest
from interview_answers import REFERENCE, run

from emgtut.interview import check, parts_of
from emgtut.interview._bounded import TooLong, bounded
from emgtut.interview.judge import judge

RUNS = parts_of("runs")[0]


def runs_by(source, part="runs", **options):
    """Judge what some source defines for a part."""
    (part,) = parts_of(part)
    return judge(part, run(source), **options)


# -- what is allowed ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "says"),
    [
        (
            "import scipy\ndef valid_runs(v):\n    return scipy.x(v)",
            "uses scipy from scipy (line 3)",
        ),
        ("def valid_runs(v):\n    import pandas.core\n", "uses pandas.core from pandas (line 2)"),
        (
            "from sklearn.linear_model import Ridge as R\ndef valid_runs(v):\n    return R()",
            "valid_runs uses R from sklearn (line 3)",
        ),
        (
            (
                "from emgtut.learn.scratch import valid_runs as v\n"
                "def helper(x):\n    return [v(x) for _ in [1]]\n"
                "def valid_runs(x):\n    return helper(x)"
            ),
            "helper uses v from emgtut (line 3)",
        ),
        (
            (
                "import mne\ndef make():\n    inner = mne\n    return lambda v: inner.x(v)\n"
                "valid_runs = make()"
            ),
            "uses inner from mne",
        ),
        (
            "import numba\nf = numba.njit(lambda v: v)\n\n\n\ndef valid_runs(v): return f(v)",
            "uses f from numba (line 6)",
        ),
    ],
)
def test_forbidden_library_is_named_with_its_line(source, says):
    result = runs_by(source)
    assert result.state == "refused"
    assert says in result.got
    assert "NumPy" in str(result)


def test_forbidden_library_in_a_class():
    source = "import scipy\nclass OneEuro:\n    def __call__(self, x, t):\n        scipy.x\n"
    assert "OneEuro.__call__ uses scipy from scipy (line 4)" in runs_by(source, "euro").got


def test_the_answers_of_the_package_are_no_answers():
    from emgtut.learn.scratch import ridge_fit

    assert check("ridge", ridge_fit).state == "refused"
    assert check("ridge", functools.partial(ridge_fit)).state == "refused"


def test_helpers_standard_library_and_recursion_are_fine():
    source = REFERENCE + (
        "\nimport math, itertools\n"
        "def again(n):\n    return again(n - 1) if n else math.floor(0.5)\n"
        "def valid_runs(valid, old=valid_runs):\n    again(2)\n    return old(valid)\n"
    )
    assert runs_by(source).passed


# -- what an answer may do wrong -----------------------------------------------------------------


def test_stub_is_not_started():
    result = runs_by("def valid_runs(valid):\n    raise NotImplementedError")
    assert str(result) == "step 1b  runs   not started"
    assert str(check("features")) == "step 3b  features   not started"
    assert "not started" in result._repr_html_()


def test_exception_is_cut_to_the_learners_last_line():
    result = runs_by(
        "import numpy as np\n"
        "def helper(mask):\n"
        "    return np.ones(3) @ np.ones(len(mask) + 4)\n"
        "def valid_runs(valid):\n"
        "    return helper(valid)\n"
    )
    lines = str(result).splitlines()
    assert len(lines) == 5
    assert "ValueError: matmul" in lines[2]
    assert lines[4] == "  look at   line 3: return np.ones(3) @ np.ones(len(mask) + 4)"


@pytest.mark.parametrize(
    "ending", ["import sys; sys.exit()", "return 1 / 0", "return valid_runs(v)"]
)
def test_no_ending_gets_out(ending):
    assert runs_by(f"def valid_runs(v):\n    {ending}").state == "fail"


@pytest.mark.parametrize(
    "returned", ["None", "3", "'text'", "[1, 2]", "{}", "object()", "[[None]]"]
)
@pytest.mark.parametrize("part", ["runs", "features", "windows", "pca", "folds", "error", "pose"])
def test_odd_results_are_told(part, returned):
    (one,) = parts_of(part)
    result = judge(one, run(f"def {one.functions[0]}(*args, **kwargs):\n    return {returned}"))
    assert result.state == "fail"
    assert result.got
    assert 3 <= len(str(result).splitlines()) <= 5


def test_endless_loop_is_stopped():
    begun = time.perf_counter()
    result = runs_by("def valid_runs(v):\n    while True:\n        pass", call_s=0.3)
    assert time.perf_counter() - begun < 3
    assert result.state == "stopped"
    assert "4 not run" in str(result)
    assert "does not end" in result.look_at


def test_endless_loop_outside_the_main_thread_is_stopped():
    found = []
    source = "def valid_runs(v):\n    while True:\n        try:\n            v + 1\n"
    source += "        except Exception:\n            pass"
    thread = threading.Thread(target=lambda: found.append(runs_by(source, call_s=0.3)))
    thread.start()
    thread.join(20)
    assert found[0].state == "stopped"
    time.sleep(0.2)
    assert not [t for t in threading.enumerate() if t.name == "emgtut-interview"]


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no alarm on this system")
def test_somebody_elses_alarm_stays_set():
    rung = []
    handler = signal.signal(signal.SIGALRM, lambda *_: rung.append(1))
    before = signal.setitimer(signal.ITIMER_REAL, 0.4)
    try:
        with pytest.raises(TooLong):
            bounded(lambda: time.sleep(5), 0.1)
        assert 0 < signal.getitimer(signal.ITIMER_REAL)[0] < 0.4
        time.sleep(0.5)
        assert rung == [1]
    finally:
        signal.signal(signal.SIGALRM, handler)
        signal.setitimer(signal.ITIMER_REAL, *before)


def test_all_calls_together_are_bounded():
    slow = REFERENCE + (
        "\nimport time\nold = valid_runs\n"
        "def valid_runs(v):\n    time.sleep(0.05)\n    return old(v)\n"
    )
    result = runs_by(slow, part_s=0.5)
    assert result.state == "stopped"
    assert result.seconds < 3


def test_a_failure_comes_back():
    source = REFERENCE.replace("- width + 1, hop)", "- width, hop)")
    first, second = (runs_by(source, "windows") for _ in range(2))
    assert (first.called, first.got) == (second.called, second.got)


def test_what_cannot_be_judged_is_an_error():
    with pytest.raises(ValueError, match="step is 'rigde'; pass one of 1a"):
        check("rigde")
    with pytest.raises(ValueError, match="step 3 has 2 parts; pass 'windows' or 'features'"):
        check(3)
    with pytest.raises(ValueError, match="1 functions for 'standardise'; pass standardise_fit, "):
        check("standardise", np.mean)
    with pytest.raises(TypeError, match="without brackets"):
        check("ridge", 3)


def test_ridge_is_told_how_it_stands_hard_cases():
    normal = (
        "import numpy as np\n"
        "def my_ridge(X, Y, alpha):\n"
        "    A, B = X - X.mean(0), Y - Y.mean(0)\n"
        "    W = np.linalg.solve(A.T @ A + alpha * np.eye(X.shape[1]), A.T @ B)\n"
        "    return W, Y.mean(0) - X.mean(0) @ W\n"
    )
    assert "not required" in check("ridge", run(normal)["my_ridge"]).remark
    assert "bonus" in check("ridge", run(REFERENCE)["ridge_fit"]).remark
