"""What is said of questions and checks: what was set aside before the answer, and what cannot be compared."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from quandary.report import print_report
from quandary.use import HANDS, RunRequest, studied
from quandary.use.answers.ask import AskRequest, run

TEXT = """
quandary: 2
title: A dry year
as_of: 2030-01-10
story:
  - {chance: rain, title: Rain, states: [normal, dry], odds: {dry: 50%, normal: rest}, because: test}
  - chance: harvest
    title: The harvest
    given: [rain]
    states: [good, bad]
    odds: [{rain = dry: {bad: 60%, good: rest}}, {otherwise: {bad: 20%, good: rest}}]
    because: test
  - {chance: moon, title: The moon, states: [new, full], odds: {full: 50%, new: rest}, because: test}
evidence:
  - {on: 2030-01-06, saw: harvest = bad, because: seen}
questions:
  rained: {query: P(rain = dry), asks: Was it dry?}
  dry: {query: P(harvest = bad | do(rain = dry)), asks: What of a dry year?}
  normal: {query: P(harvest = bad | do(rain = normal)), asks: What of a normal one?}
  moon: {query: P(moon = full), asks: Is the moon full?}
checks:
  - {id: saved, asks: P(rain = dry | harvest = good), range: 10% to 50%, because: test}
  - {id: high, asks: P(rain = dry), range: 1% to 5%, because: test}
"""
ASIDE = "This asks about a world in which “The harvest: bad” was not seen."


@pytest.fixture
def case(tmp_path: Path) -> str:
    path = tmp_path / "case.yaml"
    path.write_text(TEXT, encoding="utf-8")
    return str(path)


def lines_of(case: str) -> list[str]:
    stream = io.StringIO()
    _, report = studied(RunRequest(case=case, worlds=16, search=False), HANDS)
    print_report(report, Console(file=stream, width=120))
    return [line.strip() for line in stream.getvalue().splitlines()]


def test_what_a_question_sets_aside_stands_before_its_answer_in_words(case: str) -> None:
    lines = lines_of(case)
    start = lines.index("Questions")
    shown = lines[start + 1 : lines.index("", start)]
    assert shown[1] == ASIDE
    assert shown[2].startswith("What of a dry year? Likely, 60 %")
    assert shown[3].startswith("What of a normal one? Unlikely, 20 %")
    assert shown[4] == "This asks about the world as it was seen."
    assert shown[5].startswith("Is the moon full?")
    assert len(shown) == 6


def test_ask_says_what_is_set_aside_before_the_answer(case: str) -> None:
    said = list(run(AskRequest(case=case, query="P(harvest = bad | do(rain = dry))", worlds=16), HANDS).pieces())
    assert said[0] == ASIDE
    assert str(said[1]).startswith("P(harvest = bad | do(rain = dry)): Likely, 60 %")
    plain = list(run(AskRequest(case=case, query="P(rain = dry)", worlds=16), HANDS).pieces())
    assert str(plain[0]).startswith("P(rain = dry)")


def test_a_check_without_an_answer_misses_nothing(case: str) -> None:
    shown = "\n".join(lines_of(case))
    assert "not compared  saved: undefined in every world: its condition has probability zero" in shown
    assert "MISSES  saved" not in shown
    assert "MISSES  high" in shown
