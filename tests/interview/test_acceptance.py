"""The acceptance table: what is right passes, each wrong answer is caught by its own check."""

import re
import time

import pytest
from interview_answers import REFERENCE, RIGHT, run
from wrong_answers import WRONG

from emgtut.interview import PARTS, parts_of
from emgtut.interview._registry import CHECKS
from emgtut.interview.judge import judge

#: Words that make a reader who struggles feel slow.
UNKIND = re.compile(r"\b(you|your|just|simply|obviously|easy|easily|of course)\b", re.IGNORECASE)


@pytest.fixture(scope="module")
def reference():
    return run(REFERENCE)


@pytest.mark.parametrize("part", PARTS, ids=[part.id for part in PARTS])
def test_reference_passes(part, reference):
    result = judge(part, reference)
    assert result.passed, str(result)
    assert result.n_checks == len(CHECKS[part.id]) >= 3
    assert len(str(result).splitlines()) == 1


def test_all_reference_checks_take_seconds(reference):
    begun = time.perf_counter()
    for part in PARTS:
        judge(part, reference)
    assert time.perf_counter() - begun < 20  # about 2 on an idle machine


@pytest.mark.parametrize("variant", WRONG, ids=[f"{v.part}-{v.label}" for v in WRONG])
def test_wrong_answer_is_caught_by_its_check(variant):
    (part,) = parts_of(variant.part)
    result = judge(part, variant.functions())
    assert result.state == "fail", str(result)
    assert result.failed[0] == variant.check, str(result)
    text = str(result)
    assert variant.says in f"{result.got}\n{result.expected}\n{result.look_at}", text
    assert 3 <= len(text.splitlines()) <= 5
    assert result.called
    assert not UNKIND.search(text), text
    assert "Traceback" not in text


@pytest.mark.parametrize("variant", RIGHT, ids=[f"{v.part}-{v.label}" for v in RIGHT])
def test_right_answer_passes(variant):
    (part,) = parts_of(variant.part)
    result = judge(part, variant.functions())
    assert result.passed, str(result)


def test_each_part_has_answers_that_are_caught():
    assert {variant.part for variant in WRONG} == {part.id for part in PARTS}
    # A check that nothing trips may still be right; most have to be seen to work.
    seen = {(variant.part, variant.check) for variant in WRONG}
    assert len(seen) >= 40


def test_no_two_wrong_answers_hear_the_same_of_one_check():
    said = [(v.part, v.check, v.says) for v in WRONG]
    again = {one for one in said if said.count(one) > 1}
    # Two ways of the same mistake: one sentence serves both.
    assert {(part, check) for part, check, _ in again} <= {
        ("2", "slow parts are gone"),
        ("3b", "cost does not grow with width"),
        ("5", "blobs without a restart"),
        ("10", "the truth is not used"),
    }


@pytest.mark.parametrize("part", PARTS, ids=[part.id for part in PARTS])
def test_questions_and_hints(part):
    assert len(part.hints) == 3
    for text in (part.ask, part.title, *part.hints):
        assert not UNKIND.search(text.replace("your choice", "")), text
    assert max(len(hint.split()) for hint in part.hints) <= 40
    lines = {line.strip() for line in REFERENCE.splitlines() if len(line.strip()) > 12}
    assert not [line for line in lines if line in part.hints[2]]


def test_minutes_add_up_to_two_rounds():
    assert sum(part.minutes for part in PARTS if part.core) == 45
    assert sum(part.minutes for part in PARTS if not part.core) == 45
