"""What is said of claims: the verdict with all that qualifies it, what was set aside before the numbers, history."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from rich.console import Console

from quandary.ask import ByConstruction, ByConstructionStatus, OtherForm, Size, TestResult, Verdict
from quandary.quantities import Share
from quandary.report import Dossier, markdown, page, print_report, verdict_said, why_said
from quandary.use import HANDS, RunRequest, dossier_of, studied

TEXT = """
quandary: 1
title: A dry year
as_of: 2030-01-10
story:
  - {chance: rain, title: Rain, states: [normal, dry], odds: {dry: 40% to 60%, normal: rest}, because: test}
  - chance: harvest
    title: The harvest
    given: [rain]
    states: [good, bad]
    base: {bad: 30% to 60%, good: rest}
    effects: [{rain = dry: {bad: x1.005 to x1.02}}]
    because: test
  - chance: moon
    title: The moon
    states: [new, full]
    odds: {full: 49.9986% to 50.0014%, new: rest}
    because: test
evidence:
  - {on: 2030-01-05, saw: rain = dry, because: seen}
  - {on: 2030-01-06, saw: harvest = bad, because: seen}
  - {on: 2030-02-01, saw: moon = full, because: seen later}
claims:
  - id: dry
    speaker: Ann
    quote: "a dry year makes a bad harvest more likely"
    on: 2030-01-12
    tests:
      more: P(harvest = bad | do(rain = dry)) > P(harvest = bad | do(rain = normal))
      half:
        query: P(harvest = bad | do(rain = dry)) > 0.45
        resolved: {on: 2030-01-08, as: did_not}
  - id: moon
    speaker: Ben
    quote: "the moon may be full"
    on: 2029-12-16
    could: true
    tests: {full: P(moon = full) > 49.95%}
    resolved: {on: 2030-01-09, as: did_not}
  - id: seen
    speaker: Cem
    quote: "the harvest is bad"
    tests: {bad: P(harvest = bad) > 99%}
  - id: offer
    speaker: Dan
    quote: "we help if it is bad"
    kind: conditional commitment
    resolved: {on: 2030-01-09, as: kept}
"""


@pytest.fixture(scope="module")
def dossier(tmp_path_factory: pytest.TempPathFactory) -> Dossier:
    path = tmp_path_factory.mktemp("dry") / "case.yaml"
    path.write_text(TEXT, encoding="utf-8")
    study, report = studied(RunRequest(case=str(path), worlds=2000), HANDS)
    return dossier_of(study, report)


@pytest.fixture(scope="module")
def told(dossier: Dossier) -> str:
    """Return the claims as the terminal shows them, each line once unwrapped."""
    console = Console(file=io.StringIO(), width=400)
    print_report(dossier.report, console, everything=True)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().split("\nClaims\n")[1].split("\nHow it was made\n")[0]


def lines(told: str) -> list[str]:
    return [line.strip() for line in told.splitlines() if line.strip()]


def test_what_is_set_aside_stands_before_the_numbers(told: str) -> None:
    found = lines(told)
    at = next(i for i, line in enumerate(found) if line.startswith("Ann: "))
    assert found[at + 1] == "said two days later, on 12 January 2030"
    aside = "This asks about a world in which it was not seen that rain is dry and that the harvest is bad."
    assert found[at + 2] == aside
    assert "[more]" in found[at + 3]
    says = "the odds that the harvest is bad are multiplied by 1.005 to 1.02 when rain is dry"
    assert found[at + 4] == f"restates the case, which says that {says}"
    assert "[half]" in found[at + 5], "the same is not said twice"


def test_hardly_any_difference_stands_first(told: str) -> None:
    more = next(line for line in lines(told) if "[more]" in line)
    share = r"in (99.\d of 100|all but about 1 in \d+) worlds"
    assert re.match(rf"hardly any difference; holds \[more\], {share}; 0.3 percentage points likelier \(0.1 to ", more)
    assert re.search(r"^ +hardly any difference; holds, in all the worlds; [0-9.]+ p", told, re.M)


def test_a_coin_is_not_said_to_be_a_construction_and_what_was_seen_settles(told: str) -> None:
    found = lines(told)
    moon = found[next(i for i, line in enumerate(found) if line.startswith("Ben: ")) + 2]
    assert "construction" not in moon
    seen = found[next(i for i, line in enumerate(found) if line.startswith("Cem: ")) + 1]
    assert seen.startswith("holds, settled by what was seen, in all the worlds; ")
    assert "restates" not in seen


def test_history_stands_with_its_reading_in_words_that_fit(told: str) -> None:
    found = lines(told)
    half = next(line for line in found if "[half]" in line)
    assert half.endswith("; history: did not come true")
    assert "history" not in next(line for line in found if "[more]" in line)
    assert "history: not settled: it did not happen, and was only said to be possible" in found
    assert any(line.startswith("Dan: ") and "(kept; " in line for line in found)
    assert "said 25 days earlier, on 16 December 2029, and tested with what had been seen by then" in found


def test_markdown_starts_a_sentence_after_what_was_set_aside(dossier: Dossier) -> None:
    rows = [row for row in markdown(dossier).splitlines() if "was not seen that" in row and row.startswith("|")]
    assert rows
    assert all(re.search(r"was not seen that [^.]+\. [A-Z]", row) for row in rows)


def test_a_smallest_margin_has_its_unit(told: str) -> None:
    assert "smallest margin" in told
    assert all(
        re.match(r"[\d.]+ (percentage points|points of worth)", part) for part in told.split("smallest margin ")[1:]
    )


def test_the_page_explains_the_verdicts_there_are(dossier: Dossier) -> None:
    assert "ragile" not in page(dossier)


def test_markdown_and_page_say_the_same(dossier: Dossier) -> None:
    for text in (markdown(dossier), page(dossier).replace("\N{NO-BREAK SPACE}", " ")):
        for words in (
            "This asks about a world in which it was not seen that rain is dry and that the harvest is bad.",
            "said two days later",
            "hardly any difference; holds",
            "settled by what was seen",
            "not settled: it did not happen, and was only said to be possible",
            "did not come true",
        ):
            assert words in text, words


def result(**told: object) -> TestResult:
    """Return a reading like one of the case, some of it changed."""
    answer = dossier_answer()
    fields: dict[str, object] = {
        "name": "t",
        "query": "P(a) > P(b)",
        "verdict": Verdict.HOLDS,
        "share": Share(0.95, 0.93, 0.97),
        "answer": answer,
        "effective_worlds": 1000.0,
    }
    return TestResult(**{**fields, **told})  # type: ignore[arg-type]


def dossier_answer() -> object:
    from quandary.ask import Study
    from quandary.compile import read_case_bytes

    case = read_case_bytes(TEXT.encode(), "case.yaml").case
    assert case is not None
    return Study(case, worlds=16, threads=1).ask("P(moon = full) > 40%")


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({}, "holds"),
        ({"verdict": Verdict.LEANS_TRUE}, "leans true"),
        ({"verdict": Verdict.TOSS_UP}, "toss-up"),
        ({"verdict": Verdict.LEANS_FALSE}, "leans false"),
        ({"verdict": Verdict.FAILS}, "fails"),
        ({"verdict": Verdict.NOT_TESTABLE, "share": None}, "not testable"),
        ({"edge": Verdict.LEANS_TRUE}, "holds, on the edge of leaning true"),
        ({"verdict": Verdict.LEANS_TRUE, "edge": Verdict.TOSS_UP}, "leans true, on the edge of a toss-up"),
        ({"few_worlds": True}, "holds, few worlds"),
        ({"size": Size(0.001, "percentage points", 0.9, True)}, "hardly any difference; holds"),
        (
            {"size": Size(0.001, "percentage points", 0.51, True, True)},
            "hardly any difference in about half of the worlds; holds",
        ),
        ({"by_construction": ByConstruction(ByConstructionStatus.PROVED, True)}, "holds, true by construction"),
        (
            {
                "verdict": Verdict.FAILS,
                "by_construction": ByConstruction(ByConstructionStatus.NO_COUNTER_EXAMPLE, False),
            },
            "fails, false by construction",
        ),
        ({"by_construction": ByConstruction(ByConstructionStatus.NO_COUNTER_EXAMPLE, None)}, "holds"),
        ({"by_construction": ByConstruction(ByConstructionStatus.SETTLED, True)}, "holds, settled by what was seen"),
    ],
)
def test_a_verdict_is_said_with_all_that_qualifies_it(told: dict[str, object], words: str) -> None:
    assert verdict_said(result(**told)) == words


@pytest.mark.parametrize(
    ("form", "verdict", "words"),
    [
        ("do_foreseen", Verdict.FAILS, "would fail had everybody foreseen it"),
        ("do_foreseen", Verdict.TOSS_UP, "would be a toss-up had everybody foreseen it"),
        ("do", Verdict.LEANS_FALSE, "would lean false had nobody foreseen it"),
    ],
)
def test_the_other_form_is_told_where_its_verdict_differs(
    dossier: Dossier, form: str, verdict: Verdict, words: str
) -> None:
    claim, names = dossier.report.findings.claims[0], dossier.report.names
    other = OtherForm(form, verdict, Share(0.05, 0.03, 0.07))  # type: ignore[arg-type]
    assert words in why_said(names, claim, result(other=other), {})
    same = OtherForm(form, Verdict.HOLDS, Share(0.93, 0.91, 0.95))  # type: ignore[arg-type]
    assert "foreseen" not in why_said(names, claim, result(other=same), {})
    near = OtherForm(form, Verdict.LEANS_TRUE, Share(0.89, 0.87, 0.91), None, Verdict.HOLDS)  # type: ignore[arg-type]
    assert "foreseen" not in why_said(names, claim, result(other=near), {}), "that may be the noise of the draws"


def test_shares_near_a_border_have_the_digits_that_tell_the_side(dossier: Dossier) -> None:
    claim, names = dossier.report.findings.claims[0], dossier.report.names
    near = result(verdict=Verdict.LEANS_TRUE, share=Share(0.8995, 0.88, 0.91), edge=Verdict.HOLDS)
    assert why_said(names, claim, near, {}).startswith("in 89.95 of 100 worlds (88 to 91)")
    few = result(few_worlds=True, effective_worlds=37.2)
    assert why_said(names, claim, few, {}).startswith("in 95 of 100 worlds (93 to 97), of which only 37 count")


def test_undefined_worlds_are_named(dossier: Dossier) -> None:
    claim, names = dossier.report.findings.claims[0], dossier.report.names
    told = why_said(names, claim, result(undefined=(3, 70, 1200)), {})
    assert told.endswith("(worlds 3, 70 and 1,200)")
    assert why_said(names, claim, result(undefined=tuple(range(9))), {}).endswith(
        "(worlds 0, 1, 2, 3 and 4 and others)"
    )


def test_checks_say_what_they_are_given(tmp_path: Path) -> None:
    checks = """
checks:
  - {id: bad_now, title: bad by now, asks: P(harvest = bad), range: 90% to 100%, because: test}
  - {id: bad_before, title: bad before, asks: P(harvest = bad), evidence: false, range: 30% to 60%, because: test}
"""
    path = tmp_path / "case.yaml"
    path.write_text(TEXT + checks, encoding="utf-8")
    study, report = studied(RunRequest(case=str(path), worlds=100, search=False), HANDS)
    console = Console(file=io.StringIO(), width=200)
    print_report(report, console, everything=True)
    assert isinstance(console.file, io.StringIO)
    assert "2 of 2 checks overlap their ranges." in console.file.getvalue()
    assert "Asked without the evidence, as before anything was seen: “bad before”." in console.file.getvalue()
    told = markdown(dossier_of(study, report))
    assert re.search(r"bad by now \| .* \| what was seen \|", told)
    assert re.search(r"bad before \| .* \| nothing seen yet \|", told)


@pytest.mark.parametrize(
    ("known", "first", "rest"),
    [
        ("30% to 60%", "The one check against what is known elsewhere is met.", "The one check overlaps its range."),
        (
            "1% to 2%",
            "The one check is missed: “The probability that the harvest is bad” is ",
            "The one check does not overlap its range.",
        ),
    ],
)
def test_a_single_check_is_told_as_one(tmp_path: Path, known: str, first: str, rest: str) -> None:
    path = tmp_path / "case.yaml"
    check = f"  - {{id: one, asks: P(harvest = bad), evidence: false, range: {known}, because: test}}\n"
    path.write_text(f"{TEXT}\nchecks:\n{check}", encoding="utf-8")
    _, report = studied(RunRequest(case=str(path), worlds=100, search=False), HANDS)
    console = Console(file=io.StringIO(), width=200)
    print_report(report, console, everything=True)
    assert isinstance(console.file, io.StringIO)
    assert first in console.file.getvalue()
    assert rest in console.file.getvalue()


def test_a_question_is_said_to_leave_out_only_what_its_own_intervention_sets_aside(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    asked = "questions: {dry: P(harvest = bad | do(rain = normal)), moon: P(harvest = bad | do(moon = full))}\n"
    path.write_text(TEXT + asked, encoding="utf-8")
    console = Console(file=io.StringIO(), width=400)
    print_report(studied(RunRequest(case=str(path), worlds=400, search=False), HANDS)[1], console, everything=True)
    assert isinstance(console.file, io.StringIO)
    found = lines(console.file.getvalue().split("\nQuestions\n")[1].split("\nClaims\n")[0])
    assert "not seen" in found[0]
    assert found[1].startswith("The probability that the harvest is bad if it happens that rain is normal:")
    assert found[2] == "This asks about the world as it was seen."
    assert found[3].startswith("The probability that the harvest is bad if it happens that the moon is full:")
