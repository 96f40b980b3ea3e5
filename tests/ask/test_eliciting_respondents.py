"""Simulated respondents who know the true numbers: few of the measurement's cases (`bench/eliciting.py`), and one line
of difference for an answer wherever it stands in the cases that ship."""

from __future__ import annotations

import difflib
import random
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

from quandary.ask import candidates, with_answer
from quandary.case import CaseText, shipped_folder
from quandary.compile import compile_case, read_case, read_case_text

BENCH = Path(__file__).resolve().parents[2] / "bench" / "eliciting.py"


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    spec = spec_from_file_location("eliciting_bench", BENCH)
    assert spec is not None
    assert spec.loader is not None
    made = module_from_spec(spec)
    sys.modules[spec.name] = made
    spec.loader.exec_module(made)
    return made


@pytest.mark.slow
def test_the_verdicts_are_reached_after_few_questions(bench: ModuleType) -> None:
    found = [one for seed in range(5) if (one := bench.trial(seed)) is not None]
    assert len(found) >= 3
    informed = sum(one.informed for one in found)
    assert informed <= 0.5 * sum(one.in_file for one in found)
    assert informed <= 0.67 * sum(one.at_random for one in found)


def changed_lines(before: CaseText, after: CaseText) -> list[int]:
    """Return how many lines go and come in each file that changes."""
    counts = []
    for old, new in zip(before.files, after.files, strict=True):
        first, second = (one.data.decode().splitlines() for one in (old, new))
        lines = difflib.unified_diff(first, second, n=0, lineterm="")
        counts.append(sum(line[0] in "+-" and line[:3] not in ("+++", "---") for line in lines))
    return [count for count in counts if count]


def turned_unknown(text: CaseText, few: int) -> CaseText:
    """Return a case in which nobody has put the wide numbers, or some of them."""
    case = read_case_text(text).case
    assert case is not None
    every = [one for one in candidates(case, compile_case(case)) if one.number.role.kind != "points"]
    chosen = random.Random(1).sample(every, few)
    for one in sorted(chosen, key=lambda one: -one.number.place.column):  # what stands before it on a line stays there
        text = text.with_value_at(text.entry_at(one.number.place), "unknown")
    return text


@pytest.mark.parametrize("name", ["_template", pytest.param("kazakhstan-2022", marks=pytest.mark.slow)])
def test_an_answer_is_one_line_of_difference_in_a_case_that_ships(name: str) -> None:
    held = read_case(shipped_folder() / name / "case.yaml").text
    assert held is not None
    text = turned_unknown(held, 2)
    case = read_case_text(text).case
    assert case is not None
    every = candidates(case, compile_case(case), text=text)
    unknown = [one for one in every if one.number.unknown]
    assert unknown
    ranges = random.Random(2).sample([one for one in every if not one.number.unknown], 2)
    for one, value in zip([*unknown, *ranges], ["20 to 30", None] * len(every), strict=False):
        after, place = with_answer(text, case, one, value, because="so: it is", by="AB")
        assert changed_lines(text, after) == [2], one.name
        file = after.file(place.file)
        assert file is not None
        line = file.data.decode().splitlines()[place.line - 1]
        assert ("judged_by: AB" if value else "not_known_by: AB") in line
