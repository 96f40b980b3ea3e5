"""Why: every name in the output leads to lines of the case, reasons, sources and draws."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.report.dossiers import TEMPLATE, run_of
from typer.testing import CliRunner

import quandary
from quandary.base import CaseError, Refusal, nearest
from quandary.cli import build_app
from quandary.report import (
    AnswerExplanation,
    CaseNames,
    NumberExplanation,
    day,
    explain,
    explanation_lines,
    explanations_lines,
    of_worlds,
    plain,
    why_document,
    work_document,
)

STUDY = run_of(str(TEMPLATE), 1600)[0]
LINES = TEMPLATE.read_text(encoding="utf-8").splitlines()


def one(thing: str) -> AnswerExplanation:
    (found,) = (f for f in explain(STUDY, thing) if isinstance(f, AnswerExplanation))
    return found


@pytest.mark.parametrize(
    ("thing", "kind", "query"),
    [
        ("drought-danger", "claim", "P(conflict | do(drought = dry)) > P(conflict | do(drought = normal))"),
        ("question:clash", "question", "P(conflict)"),
        ("check:clash", "check", "P(conflict)"),
        ("forecast:clash", "forecast", "P(conflict)"),
        ("torn", "question", "dilemma(belmar.answer | dam = fill) against dam = share"),
        ("outcome=clash", "state", "P(outcome = clash)"),
        ("outcome = clash", "state", "P(outcome = clash)"),
        ("conflict", "event", "P(conflict)"),
        ("headline", "headline", "P(conflict)"),
        ("P(dam = fill)", "query", "P(dam = fill)"),
    ],
)
def test_a_name_leads_to_its_query(thing: str, kind: str, query: str) -> None:
    found = one(thing)
    assert found.kind == kind
    assert found.query == STUDY.prepared(query).expression or found.kind == "question"
    assert found.answer.worlds == STUDY.worlds
    assert found.answer.mean == STUDY.ask(query, evidence=kind != "check").mean


def test_two_things_of_one_name_are_both_explained() -> None:
    assert {f.kind for f in explain(STUDY, "clash") if isinstance(f, AnswerExplanation)} == {
        "question",
        "check",
        "forecast",
    }


def test_what_asks_the_same_under_one_name_has_its_headings_and_one_answer() -> None:
    found = explain(STUDY, "clash")
    lines = list(explanations_lines(CaseNames(STUDY.case), found))
    heads = [line for line in lines if line.startswith(("Question: ", "Check: ", "Forecast: "))]
    assert len(heads) == 3
    asked = {(one.query, one.evidence) for one in found if isinstance(one, AnswerExplanation)}
    assert sum(line.startswith("  From ") for line in lines) == len(asked) < 3
    whole = [line for one in found for line in explanation_lines(CaseNames(STUDY.case), one)]
    lost = set(whole) - set(lines)
    assert all(any(line.removeprefix("  Asked: ") in head.casefold() for head in heads) for line in lost), "said above"
    assert set(lines) <= set(whole)


def test_a_forecast_is_headed_by_what_is_forecast_and_the_rule_that_settles_it() -> None:
    assert any(forecast.rule for forecast in STUDY.case.forecasts)
    for forecast in STUDY.case.forecasts:
        found = [one for one in explain(STUDY, f"forecast:{forecast.id}") if isinstance(one, AnswerExplanation)]
        heading = next(explanation_lines(CaseNames(STUDY.case), found[0]))
        assert heading.startswith(f"Forecast: {forecast.title or ''}")
        assert forecast.until is None or day(forecast.until) in heading
        if forecast.rule is not None:
            assert not heading.startswith(f"Forecast: {forecast.rule}")
            assert heading.endswith(f"this is so: {forecast.rule}")


def test_the_numbers_behind_an_answer_stand_where_it_says() -> None:
    found = one("question:clash")
    assert found.behind
    for behind in found.behind:
        line = LINES[behind.swing.number.place.line - 1]
        assert behind.line == line.strip()
        assert abs(behind.swing.correlation) > found.noise
    assert len(found.behind) + found.others <= len(STUDY.model.quantities)


def test_the_drawn_worlds_are_worlds_of_the_study() -> None:
    found = one("question:clash")
    answer = STUDY.ask("P(conflict)")
    low, middle, high = found.worlds
    assert low.answer < middle.answer < high.answer
    assert middle.answer == pytest.approx(answer.median, abs=1e-3)
    for world in found.worlds:
        assert answer.draws[world.world] == world.answer
        for behind, value in zip(found.behind, world.values, strict=True):
            uniform = STUDY.uniforms[behind.swing.number.name][world.world : world.world + 1]
            assert behind.swing.number.estimate.quantile(uniform)[0] == value


def test_a_number_by_name_by_line_and_by_stake() -> None:
    number = next(n for n in STUDY.model.quantities if n.path.startswith("stakes.belmar.water.weight"))
    for thing in (number.name, str(number.place.line), f"line {number.place.line}", f"case.yaml:{number.place.line}"):
        (found,) = explain(STUDY, thing)
        assert isinstance(found, NumberExplanation)
        assert found.number.name == number.name
        assert found.low < found.median < found.high
        assert found.line.startswith("weight: 50% to 70%")
    assert len(explain(STUDY, "belmar.water")) == 5


def test_a_number_that_matters_names_what_it_moves() -> None:
    first = one("question:clash").behind[0].swing
    (found,) = explain(STUDY, first.number.name)
    assert isinstance(found, NumberExplanation)
    assert dict(found.moves)["question clash"] == first.correlation


def test_the_words_hold_lines_reasons_and_sources() -> None:
    found = one("drought-danger")
    told = "\n".join(explanation_lines(CaseNames(STUDY.case), found))
    assert "“A dry spring makes a clash more likely.”" in told
    assert "case.yaml:" not in told
    text = "\n".join(explanation_lines(CaseNames(STUDY.case, code=True), found))
    assert "“A dry spring makes a clash more likely.”" in text
    assert "case.yaml:" in text
    assert "Monte Carlo error" in text
    number = next(n for n in STUDY.model.quantities if n.source == "weather")
    text = "\n".join(explanation_lines(CaseNames(STUDY.case), explain(STUDY, number.name)[0]))
    assert "because: two of the last five springs were dry" in text
    assert "source: Spring bulletin, Weather office of Arlan, 20 April 2030" in text


def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(Refusal) as refused:
        explain(STUDY, "drought-dangr")
    assert refused.value.problem.code == "Q852"
    assert refused.value.problem.hint == 'did you mean "drought-danger"?'


def test_a_variable_is_explained_by_its_states_and_numbers() -> None:
    told = explain(STUDY, "outcome")
    assert [one.id for one in told if isinstance(one, AnswerExplanation)] == [
        f"outcome={state}" for state in ("quiet", "quarrel", "clash")
    ]
    assert all(one.number.path.startswith("story.outcome.") for one in told if isinstance(one, NumberExplanation))
    assert any(isinstance(one, NumberExplanation) for one in told)
    assert len(explain(STUDY, "answer")) == 3, "a decision has options and no numbers"


@pytest.mark.parametrize(
    ("thing", "what"),
    [("weather", "is a source"), ("strike", "is a state, and needs its variable"), ("question: dam", "nothing in the")],
)
def test_a_name_that_the_case_has_is_told_what_it_is(thing: str, what: str) -> None:
    with pytest.raises(Refusal) as refused:
        explain(STUDY, thing)
    problem = refused.value.problem
    assert problem.code == "Q852"
    assert what in problem.message
    assert f'"{thing}"?' not in (problem.hint or "")


@given(st.lists(st.text("ab_", min_size=1, max_size=4), max_size=4), st.text("ab_", min_size=1, max_size=4))
def test_no_hint_proposes_the_very_text_given(valid: list[str], name: str) -> None:
    assert nearest(name, [*valid, name]) != f'did you mean "{name}"?'
    assert nearest(name, [*valid, name]) == nearest(name, [one for one in valid if one != name])


def test_a_faulty_query_says_what_is_wrong() -> None:
    with pytest.raises(CaseError):
        explain(STUDY, "P(nothing_like_it)")


def test_json_is_plain() -> None:
    body = plain(why_document((*explain(STUDY, "clash"), *explain(STUDY, "belmar.water")), work_document(())))
    assert body["schema"] == "quandary.why/2"
    kinds = [found["kind"] for found in body["explanations"]]
    assert kinds.count("number") == 5


def test_the_command(tmp_path: Path) -> None:
    app = build_app()
    done = CliRunner().invoke(app, ["why", str(TEMPLATE), "headline", "--worlds", "160", "--quiet"])
    assert done.exit_code == 0, done.output
    assert "P(conflict)" not in done.stdout
    assert "the probability of a clash" in done.stdout
    done = CliRunner().invoke(app, ["why", str(TEMPLATE), "headline", "--worlds", "160", "--quiet", "--code"])
    assert "P(conflict)" in done.stdout
    done = CliRunner().invoke(app, ["why", str(TEMPLATE), "headline", "--worlds", "160", "--quiet", "--json"])
    assert json.loads(done.stdout)["schema"] == "quandary.why/2"
    done = CliRunner().invoke(app, ["why", str(TEMPLATE), "nothing", "--worlds", "160", "--quiet"])
    assert done.exit_code == 2
    assert "Q852" in done.stderr


def test_answers_say_why_and_show_themselves() -> None:
    solved = quandary.load(str(TEMPLATE)).solve(worlds=160)
    answer = solved.ask("P(conflict)")
    why = answer.why()
    assert isinstance(why.explanations[0], AnswerExplanation)
    assert "The probability of a clash" in str(why)
    assert "<pre" in why._repr_html_()
    shown = answer._repr_html_()
    assert "The probability of a clash" in shown
    assert "<svg" in shown
    assert "Belmar" in solved._repr_html_()
    assert str(solved.why("headline"))
    torn = solved.ask("dilemma(belmar.answer | dam = fill) against dam = share")
    assert "its best option" in torn._repr_html_()


def test_a_truth_of_several_parts_says_in_how_many_worlds() -> None:
    found = one("weight(belmar.water) > 0 and P(conflict) < 2%")
    (line,) = [line for line in explanation_lines(CaseNames(STUDY.case), found) if "true in" in line]
    assert line.strip() == f"{found.verdict}: true in {of_worlds(found.answer.holds_in, found.answer.worlds)}"


STRAIT = """
quandary: 2
title: Two boats
as_of: 2030-06-01
actors:
  a: {name: A, rationality: {value: x2 to x6 per 10, because: an example}}
story:
  - {chance: fog, states: [no, yes], odds: {yes: {value: 40% to 60%, because: an example}, no: rest}}
  - {decision: sail, by: a, sees: [fog], options: [stay, go]}
stakes:
  a: {gain: {worth: [{sail = go and fog = yes: {value: 30 to 60, because: an example}}, {otherwise: 50}]}}
evidence:
  - {on: 2030-05-01, saw: fog = yes and sail = go}
claims:
  - {id: stays, speaker: A, paraphrase: true, quote: He stays., tests: {t: P(sail = stay | do(sail = go)) < 50%}}
"""


def test_an_explanation_names_as_given_only_what_is_not_set_aside(tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_text(STRAIT, encoding="utf-8")
    study = run_of(str(tmp_path / "case.yaml"), 400)[0]

    def given_to(thing: str) -> list[str]:
        (found,) = (f for f in explain(study, thing) if isinstance(f, AnswerExplanation))
        told = [line for line in explanation_lines(CaseNames(study.case), found) if "Given what was seen" in line]
        assert bool(told) == bool(found.evidence)
        return list(found.evidence)

    assert given_to("P(sail = go)") == ["2030-05-01: fog = yes and sail = go"]
    assert given_to("P(sail = go | do(sail = stay))") == ["2030-05-01: fog = yes"]
    assert given_to("stays") == ["2030-05-01: fog = yes"]
    assert given_to("P(sail = go | do(fog = no))") == []


@pytest.mark.parametrize(
    ("thing", "ends"),
    [
        ("conflict", r"[\d.]+ % to [\d.]+ %"),
        ("drought-danger", r"[-+][\d.]+ to [-+][\d.]+ percentage points"),
        ("E(belmar)", r"[\d.]+ to [\d.]+ points of worth"),
    ],
)
def test_two_ends_are_told_with_their_unit_once(thing: str, ends: str) -> None:
    told = [line.strip() for line in explanation_lines(CaseNames(STUDY.case), one(thing)) if "; read as " in line]
    assert told
    assert all(re.match(f"{ends}; read as ", line) for line in told), told
