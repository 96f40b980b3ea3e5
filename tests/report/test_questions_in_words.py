"""What is said of questions and checks: what was set aside before the answer, and what cannot be compared."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pytest
from rich.console import Console

import quandary
from quandary.ask import Study, Verdict
from quandary.base import CaseError
from quandary.language import parse_query
from quandary.report import CaseNames, asked_lines, markdown, print_report, why_said
from quandary.use import HANDS, RunRequest, dossier_of, studied, write_template

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
  - {id: saved, title: dry after all, asks: P(rain = dry | harvest = good), range: 10% to 50%, because: test}
  - {id: high, title: high odds, asks: P(rain = dry), range: 1% to 5%, because: test}
"""
ASIDE = "This asks about a world in which it was not seen that the harvest is bad."


@pytest.fixture
def case(tmp_path: Path) -> str:
    path = tmp_path / "case.yaml"
    path.write_text(TEXT, encoding="utf-8")
    return str(path)


def lines_of(case: str) -> list[str]:
    stream = io.StringIO()
    _, report = studied(RunRequest(case=case, worlds=16, search=False), HANDS)
    print_report(report, Console(file=stream, width=120), everything=True)
    return [line.strip() for line in stream.getvalue().splitlines()]


def test_what_a_question_sets_aside_stands_before_its_answer(case: str) -> None:
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
    about = quandary.load(case).case
    study = Study(about, worlds=16, threads=1)

    def said(query: str) -> list[str]:
        return asked_lines(CaseNames(about), parse_query(query), study.ask(query), study.run)

    assert said("P(harvest = bad | do(rain = dry))")[0] == ASIDE
    assert said("P(harvest = bad | do(rain = dry))")[1].startswith(
        "The probability that the harvest is bad if it happens that rain is dry: Likely, 60 %"
    )
    assert said("P(rain = dry)")[0].startswith("The probability that rain is dry")


def test_a_check_without_an_answer_misses_nothing(case: str) -> None:
    shown = "\n".join(lines_of(case))
    assert "not compared  dry after all: undefined in every world: its condition has probability zero" in shown
    assert "MISSES  dry" not in shown
    assert "MISSES  high odds" in shown


def test_evidence_later_than_the_case_is_said_to_test_no_claim(tmp_path: Path) -> None:
    later = (
        "  - {on: 2030-02-01, saw: moon = full, because: seen later}\nclaims:\n  - {id: dry, speaker: Ann, quote: dry, "
    )
    claim = "kind: forecast, tests: {full: P(moon = full) > 60%}}\nquestions:"
    path = tmp_path / "case.yaml"
    path.write_text(TEXT.replace("questions:", later + claim), encoding="utf-8")
    said = "What was seen after 10 January 2030, the day of the case, tests no claim that has no later day."
    for day, late in ((date(2030, 3, 1), True), (None, False)):
        study, report = studied(RunRequest(case=str(path), worlds=16, search=False, as_of=day), HANDS)
        console = Console(file=io.StringIO(), width=200)
        print_report(report, console, everything=True)
        assert isinstance(console.file, io.StringIO)
        assert (said in console.file.getvalue()) is late
        assert report.findings.claims[0].tests[0].verdict is Verdict.FAILS  # P(full) is a half on the day of the case
        assert study.ask("P(moon = full)").mean == pytest.approx(1.0 if late else 0.5)


def test_a_written_report_names_what_a_question_sets_aside(case: str) -> None:
    study, report = studied(RunRequest(case=case, worlds=16, search=False), HANDS)
    (row,) = [line for line in markdown(dossier_of(study, report)).splitlines() if "What of a dry year?" in line]
    assert ASIDE in row


def test_few_worlds_are_told_as_drawn_where_all_count(tmp_path: Path) -> None:
    claim = "claims:\n  - {id: dry, speaker: Ann, quote: dry, tests: {dry: P(moon = full) > 40%}}\nquestions:"
    path = tmp_path / "case.yaml"
    path.write_text(TEXT.replace("questions:", claim), encoding="utf-8")
    _, report = studied(RunRequest(case=str(path), worlds=16, search=False), HANDS)
    (result,) = report.findings.claims
    assert result.tests[0].few_worlds
    assert "in all the worlds, of only 16" in why_said(report.names, result, result.tests[0], report.numbers)


def test_best_of_a_decision_lists_every_option_and_says_that_ties_count_for_each(tmp_path: Path) -> None:
    write_template(tmp_path / "strait")
    study = Study(quandary.load(str(tmp_path / "strait")).case, worlds=100, threads=1)
    found = study.ask("best(belmar.answer)")
    assert set(found.parts) == {"accept", "complain", "strike"}
    for option, part in found.parts.items():
        assert part.share == study.ask(f"best(belmar.answer = {option})").share
    assert found.share == max(part.share or 0.0 for part in found.parts.values())
    lines = asked_lines(CaseNames(study.case), parse_query("best(belmar.answer)"), found, study.run)
    assert len([line for line in lines if " best in " in line]) == 3
    assert "  options that are as good as each other are each counted" in lines
    with pytest.raises(CaseError) as refused:
        study.ask("best(belmar.answer) > 0.5")
    (problem,) = refused.value.problems
    assert problem.code == "Q146"
    assert "best(belmar.answer = option)" in (problem.hint or "")


def test_a_dilemma_is_answered_before_it_is_measured(tmp_path: Path) -> None:
    write_template(tmp_path / "strait")
    study = Study(quandary.load(str(tmp_path / "strait")).case, worlds=100, threads=1)
    query = "dilemma(belmar.answer | dam = fill) against dam = share"
    lines = asked_lines(CaseNames(study.case), parse_query(query), study.ask(query), study.run)
    assert lines[1].startswith("  Yes: ")
    assert [line.split()[0] for line in lines[2:5]] == ["its", "the", "no"]
    other = "dilemma(belmar.answer | dam = share) against dam = fill"
    assert (
        asked_lines(CaseNames(study.case), parse_query(other), study.ask(other), study.run)[1].split(":")[0].strip()
        != "Yes"
    )
