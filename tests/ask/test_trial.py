"""What ``check`` passes, ``run`` runs: what a run would refuse is found by a trial in a few worlds."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from quandary.ask import Study, level_of, prepare, trial
from quandary.base import Refusal
from quandary.case import TEMPLATE, Case, shipped_folder
from quandary.cli import build_app
from quandary.compile import read_case_bytes
from quandary.language import parse_query

FOLDER = shipped_folder() / TEMPLATE
TEXT = (FOLDER / "case.yaml").read_text(encoding="utf-8")

REFUSED = (
    # what is written, what it becomes, the code, words of the sentence
    ("{dry: 30% to 60%, normal: rest}", "{dry: 130%, normal: rest}", "Q202", "leaves 0 % to 100 %"),
    ("quarrel: 10% to 30%, quiet: rest", "quarrel: 90% to 99%, quiet: rest", "Q230", "over 100%"),
    ("weight: 40% to 60%", "weight: 0%", "Q247", "sum to nothing"),
    ("saw: drought = dry", "saw: drought = dry and drought = normal", "Q522", "cannot happen"),
    ("saw: drought = dry", "saw: dam = share and answer = strike", "Q522", "cannot happen"),
    ("source: weather}\n\n", "source: weather}\n  - {on: 2031-06-20, saw: drought = normal}\n\n", "Q522", "before it"),
    ("range: 1% to 10%", "range: likely", "Q511", "no range"),
    ("range: 1% to 10%", "range: 10% to 1%", "Q511", "downwards"),
    ("range: 1% to 10%", "range: 200% to 300%", "Q511", "what a probability can be"),
    ("range: 1% to 10%", "range: 1 to 10", "Q511", "what a probability can be"),
    ("range: 1% to 10%", "range: -5%", "Q511", "what a probability can be"),
    ("asks: P(conflict), evidence: false, range: 1% to 10%", "asks: E(belmar), range: 1% to 10%", "Q511", "in points"),
    ("because: one border incident in thirty years}", 'because: ""}', "Q126", "empty"),
    ("until: 2030-09-30", "until: 2030-04-30", "Q128", "before as_of"),
    ("query: P(conflict)", 'query: "P(conflict) / 0"', "Q152", "division by zero"),
    ("query: P(conflict)", 'query: "log(0) + P(conflict)"', "Q152", "logarithm"),
    ("query: P(conflict)", 'query: "P(conflict | do(dam = fill, dam = share))"', "Q505", "twice"),
    ("query: P(conflict)", 'query: "best(belmar.answer = strike | do(answer = strike))"', "Q506", "no choice"),
    ("asks: P(conflict)\n", 'asks: "P(conflict) + E(belmar)"\n', "Q507", "joins"),
    ("rationality: x2 to x6 per 10", "rationality: {precision: -1}", "Q206", "negative"),
)


def changed(old: str, new: str) -> str:
    assert old in TEXT
    text = TEXT.replace(old, new)
    return text if old.startswith("weight") else TEXT.replace(old, new, 1)


def codes(text: str) -> dict[str, str]:
    """Return the errors that ``check`` tells, by code."""
    loaded = read_case_bytes(text.encode(), FOLDER / "case.yaml")
    found = [problem for problem in loaded.problems if problem.is_error]
    if loaded.case is not None:
        found += [problem for problem in trial(loaded.case) if problem.is_error]
    return {problem.code: problem.message for problem in found}


@pytest.mark.slow
@pytest.mark.parametrize(("old", "new", "code", "words"), REFUSED)
def test_what_a_run_refuses_is_found(old: str, new: str, code: str, words: str) -> None:
    found = codes(changed(old, new))
    assert code in found, found
    assert words in found[code]


@pytest.mark.slow
@pytest.mark.parametrize(("old", "new"), [(old, new) for old, new, code, _ in REFUSED if code in ("Q230", "Q511")])
def test_check_and_run_leave_with_a_fault(tmp_path: Path, old: str, new: str) -> None:
    (tmp_path / "case.yaml").write_text(changed(old, new), encoding="utf-8")
    (tmp_path / "analysis.md").write_bytes((FOLDER / "analysis.md").read_bytes())
    for command in (["check"], ["run", "-w", "64", "-q", "--no-search"]):
        done = CliRunner().invoke(build_app(), [command[0], str(tmp_path), *command[1:]])
        assert done.exit_code == 1, done.output


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("range: 1% to 10%", "range: 0% to 100%"),
        ("range: 1% to 10%", "range: 4%"),
        (
            "asks: P(conflict), evidence: false, range: 1% to 10%",
            "asks: P(conflict) - P(conflict | dam = fill), range: -20% to 10%",
        ),
        ("asks: P(conflict), evidence: false, range: 1% to 10%", "asks: E(belmar), range: 10 to 90"),
        ("source: weather}\n\n", "source: weather}\n  - {on: 2031-06-20, saw: dam = fill}\n\n"),
        ("rationality: x2 to x6 per 10", "rationality: exact"),
        ("until: 2030-09-30", "until: 2030-05-01"),
    ],
)
def test_what_runs_is_passed(old: str, new: str) -> None:
    assert codes(changed(old, new)) == {}


def test_worlds_that_only_happen_to_fail_are_no_fault() -> None:
    """Evidence that is impossible in most worlds, for a choice is exact, is possible in some of five hundred."""
    text = TEXT.replace("rationality: x2 to x6 per 10", "rationality: exact")
    assert codes(text.replace("saw: drought = dry", "saw: dam = share and answer = complain")) == {}


@pytest.mark.parametrize("level", [float("nan"), float("inf"), -0.1, 3.0])
def test_a_level_is_a_number_that_the_answer_can_cross(level: float) -> None:
    case = read_case_bytes(TEXT.encode(), FOLDER / "case.yaml").case
    assert case is not None
    with pytest.raises(Refusal) as refused:
        level_of(prepare(case, parse_query("P(conflict)")), level)
    assert refused.value.problem.code == "Q563"
    assert level_of(prepare(case, parse_query("E(belmar)")), 3.0) == 3.0


def template() -> Case:
    case = read_case_bytes(TEXT.encode(), FOLDER / "case.yaml").case
    assert case is not None
    return case


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("P(conflict | dam = share, answer = strike)", "its condition has probability zero"),
        ("P(conflict) / P(dam = share and answer = strike)", "a division by zero"),
        ("log(P(conflict) - P(conflict))", "the logarithm of a number that is not above zero"),
        ("sqrt(P(conflict) - 1)", "the square root of a number below zero"),
        ("P(conflict) / (P(conflict) - P(conflict)) > 10%", "a division by zero"),
        ("exp(1000000 * P(dam = share or dam = fill))", "a number too large to be held"),
        ("P(conflict)", ""),
    ],
)
def test_an_answer_without_a_value_says_why(query: str, why: str) -> None:
    answer = Study(template(), worlds=16, threads=1).ask(query)
    assert answer.why_undefined == why
    assert (answer.mean is None) == bool(why)


@pytest.mark.parametrize(
    "options",
    [
        ["flips", "clash", "--level", "nan"],
        ["flips", "clash", "--level=-inf"],
        ["flips", "clash", "--worlds", "0"],
        ["information", "dam", "--worlds", "0"],
        ["equilibria", "--starts", "100000000"],
        ["ask", "P(conflict)", "--as-of", "20300501"],
        ["ask", "P(conflict)", "--seed", "-1"],
    ],
)
def test_numbers_at_the_command_line_are_numbers(options: list[str]) -> None:
    done = CliRunner().invoke(build_app(), [options[0], str(FOLDER), *options[1:], "--quiet"])
    assert done.exit_code == 2, done.output


SURE = "dam = share and dam = fill"
VALUELESS = (
    # what is written, what it becomes, whose it is, words of the sentence
    ("asks: P(conflict)\n", f'asks: "P(conflict | {SURE})"\n', "", "has no value in any world: its condition"),
    ("query: P(conflict)", f'query: "P(conflict | {SURE})"', "", "has no value in any world: its condition"),
    ("query: P(conflict)", 'query: "P(conflict) / P(drought = normal)"', "", "in any world: a division by zero"),
    ("query: P(conflict)", 'query: "P(conflict | drought = normal)"', "", "rules out that drought = normal"),
    ("query: P(conflict)", 'query: "log(P(conflict) - P(dam = fill))"', "", "of the 500 worlds tried: the logarithm"),
)


@pytest.mark.slow
@pytest.mark.parametrize(("old", "new", "whose", "words"), VALUELESS)
def test_what_is_asked_and_has_no_value_is_a_warning(old: str, new: str, whose: str, words: str) -> None:
    case = read_case_bytes(changed(old, new).encode(), FOLDER / "case.yaml").case
    assert case is not None
    (warning,) = [problem for problem in trial(case) if words in problem.message]
    assert warning.code == "Q523" and not warning.is_error and warning.place.line > 0 and whose in warning.message


@pytest.mark.parametrize("section", ["claims", "questions", "checks", "forecasts"])
def test_whatever_asks_is_tried(section: str) -> None:
    never = f'"P(conflict | {SURE})"'
    asked = {
        "claims": f'{{id: odd, speaker: S, quote: "q", paraphrase: true, tests: {{t: {never[:-1]} > 10%"}}}}',
        "questions": f'odd: {{asks: "Odd?", query: {never}}}',
        "checks": f"{{id: odd, asks: {never}, range: 1% to 2%, because: judgement}}",
        "forecasts": f"{{id: odd, asks: {never}, until: 2030-09-30, rule: of shots}}",
    }[section]
    head = TEXT[: TEXT.index("\nclaims:")].replace("text: analysis.md", "#")
    loaded = read_case_bytes(
        f"{head}\n{section}:\n  {'' if section == 'questions' else '- '}{asked}\n".encode(), FOLDER / "case.yaml"
    )
    assert loaded.case is not None, loaded.problems
    (warning,) = trial(loaded.case)
    assert warning.code == "Q523" and "odd" in warning.message and "any world" in warning.message


def test_a_case_whose_questions_have_values_is_passed_without_a_word() -> None:
    assert trial(template()) == ()


IDLE = """quandary: 2
title: idle
as_of: 2030-01-01
actors:
  a: {name: A, rationality: x4 per 10, because: invented}
  b: {name: B, rationality: x4 per 10, because: invented}
story:
  - decision: d
    by: a
    options: [p, q]
  - decision: r
    by: b
    sees: [SEEN]
    options: [p, q]
stakes:
  a:
    s: {worth: [WORTH], because: invented}
  b:
    s: {worth: [{r = p: 60}, {otherwise: 40}], because: invented}
"""


@pytest.mark.parametrize(
    ("seen", "worth", "idle"),
    [
        ("", "{d = p: 60}, {otherwise: 40}", False),
        ("", "{otherwise: 50}", True),
        ("", "{d = p: 50}, {otherwise: 50}", True),
        ("", "{r = p: 60}, {otherwise: 40}", True),
        ("d", "{r = p: 60}, {otherwise: 40}", True),
    ],
)
def test_a_decision_that_changes_nothing_its_owner_cares_about_is_warned_of(seen: str, worth: str, idle: bool) -> None:
    loaded = read_case_bytes(IDLE.replace("SEEN", seen).replace("WORTH", worth).encode(), "case.yaml")
    assert loaded.case is not None
    warned = [problem for problem in trial(loaded.case) if problem.code == "Q526"]
    assert [problem.place.line for problem in warned] == ([8] if idle else [])
    assert not any(problem.is_error for problem in warned)


def test_the_template_has_no_idle_decision() -> None:
    case = read_case_bytes(TEXT.encode(), FOLDER / "case.yaml").case
    assert case is not None
    assert not [problem for problem in trial(case) if problem.code == "Q526"]
