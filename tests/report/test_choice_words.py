"""A choice in words: sentences and tables that people read, its document, the command, Python, and the reports."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest
from tests.ask.crisis import TEXT
from tests.ask.test_structure import case_of
from tests.report.dossiers import FLAGSHIP, TEMPLATE, run_of, small
from typer.testing import CliRunner

import quandary
from quandary.ask import ChoiceExplanation, Study, choice_named, explained_choice
from quandary.base import Refusal
from quandary.cli import build_app
from quandary.language import parse_condition
from quandary.report import (
    CaseNames,
    Paragraph,
    ReportPart,
    Sheet,
    brief_choice,
    choice_document,
    choice_parts,
    markdown,
    number_name,
    page,
    plain,
    report_document,
    situations_sheet,
)
from quandary.use import explained


@cache
def flagship() -> Study:
    return run_of(FLAGSHIP, 48)[0]


def chosen(study: Study, text: str) -> ChoiceExplanation:
    asked = choice_named(study.case, text)
    assert asked is not None
    return explained_choice(study, asked)


def texts(parts: list[ReportPart]) -> list[str]:
    found = []
    for part in parts:
        found += [part.text] if isinstance(part, Paragraph) else []
        found += (
            [part.caption, *part.columns, *(c for row in part.rows for c in row)] if isinstance(part, Sheet) else []
        )
    return found


@pytest.mark.parametrize(
    "text", ["russia.ukraine", "russia.ukraine = stand_down | operation = fail", "kazakhstan.request"]
)
def test_what_people_read_has_no_signs_of_the_language(text: str) -> None:
    study = flagship()
    found = chosen(study, text)
    for told in texts(
        [*choice_parts(CaseNames(study.case), found, 48, 1), *brief_choice(CaseNames(study.case), found)]
    ):
        assert "_" not in told
        assert "=" not in told
        assert "points of worth" not in told or "percentage" not in told


def test_the_table_is_the_options_by_the_stakes() -> None:
    study = flagship()
    found = chosen(study, "russia.ukraine")
    sheet = next(part for part in brief_choice(CaseNames(study.case), found) if isinstance(part, Sheet))
    assert [column.lower() for column in sheet.columns[1:7]] == [
        "influence in ukraine",
        "influence in central asia",
        "grip on power at home",
        "economy",
        "two-theatre strain",
        "momentum",
    ]
    assert len(sheet.rows) == 4
    for row in sheet.rows:
        assert sum(float(cell) for cell in row[1:7]) == pytest.approx(float(row[7]), abs=0.31)
    sums = [float(row[7]) for row in sheet.rows]
    assert sums == sorted(sums, reverse=True)


def test_the_option_asked_about_is_placed() -> None:
    study = flagship()
    found = chosen(study, "russia.ukraine = stand_down")
    parts = list(choice_parts(CaseNames(study.case), found, 48, 1))
    strong = next(p for p in parts if isinstance(p, Paragraph) and p.tone == "strong")
    assert "Standing down comes fourth" in strong.text
    speaking = [p for p in parts if isinstance(p, Sheet)][-2]
    assert {row[0] for row in speaking.rows} == {"standing down"}


def test_conditions_and_numbers_are_told_in_titles() -> None:
    names = CaseNames(flagship().case)
    told = names.clause(parse_condition("unrest in (none, contained) and not invasion or forces != full"))
    assert told.startswith("either both unrest in Kazakhstan is ")
    assert " and it does not come to " in told
    assert " or the airborne force left for Ukraine is not " in told
    numbers = [number_name(names, number) for number in flagship().model.quantities]
    assert len(set(numbers)) == len(numbers)
    assert not [number for number in numbers if "_" in number or "=" in number]


def test_the_document_holds_what_the_table_shows() -> None:
    study = flagship()
    found = chosen(study, "russia.ukraine = full_invasion | operation = success")
    told = plain(choice_document(study.case, found))
    assert (told["actor"], told["decision"], told["option"]) == ("russia", "ukraine", "full_invasion")
    assert told["given"] == ["operation = success"]
    (table,) = told["tables"]
    for one, own in zip(table["options"], found.tables[0].options, strict=True):
        assert sum(stake["mean"] for stake in one["stakes"].values()) == pytest.approx(one["sum"]["mean"])
        assert one["chosen"] == own.chosen
        assert len(one["speaks_for"]) <= 3
        assert all(number["adds"] > 0 for number in one["speaks_for"])
        assert all(number["adds"] < 0 for number in one["speaks_against"])
        assert all(number["line"] for number in one["speaks_for"])
    assert sum(one["chosen"] for one in table["options"]) == pytest.approx(1.0)


def test_the_command(tmp_path: Path) -> None:
    app = build_app()

    def said(thing: str, *more: str, code: int = 0) -> str:
        done = CliRunner().invoke(app, ["why", str(TEMPLATE), thing, "--worlds", "160", "--quiet", *more])
        assert done.exit_code == code, done.output
        return done.stdout if code == 0 else done.stderr

    alone = said("belmar.answer | dam = fill")
    assert "What each option comes to" in alone
    assert "rank correlation" not in alone
    both = said("belmar.answer = strike | dam = fill")
    assert (
        both.index("What each option comes to")
        < both.index("The probability that Belmar's answer is an air strike")
        < both.index("rank corr")
    )
    body = json.loads(said("answer=strike", "--json"))
    assert body["choice"]["decision"] == "answer"
    assert body["explanations"][0]["kind"] == "state"
    assert "choice" not in json.loads(said("drought=dry", "--json"))
    assert "Q854" in said("belmar.answer | outcome = clash", code=2)
    assert "Q855" in said("belmar.answer | drought = normal", code=2)
    assert "belmar.answer" in said("belmar.anser", code=2)


def test_from_python() -> None:
    solved = quandary.load(str(TEMPLATE)).solve(worlds=160)
    found = solved.choice("belmar.answer | dam = fill")
    assert [one.option for one in found.found.tables[0].options]
    assert found.to_dict()["choice"]["actor"] == "belmar"
    assert "points of worth" in str(found)
    assert "<table" in found._repr_html_()
    why = solved.why("answer = strike")
    assert why.choice is not None
    assert str(why).index("points of worth") < str(why).index("rank correlation")
    assert "<table" in why._repr_html_()
    assert "<pre" in why._repr_html_()
    assert solved.why("drought = dry").choice is None
    with pytest.raises(Refusal, match="Q104"):
        solved.choice("drought")


def test_a_state_that_leaves_nothing_to_choose_has_an_answer_all_the_same() -> None:
    case = case_of(TEXT.replace("unrest = threat and deploy = go", "unrest = none"))
    found = explained(Study(case, worlds=60, threads=1), "deploy = stay", "case.yaml")
    assert found.choice is None
    assert len(found.found) == 1
    with pytest.raises(Refusal, match="Q564"):
        explained(Study(case, worlds=60, threads=1), "empire.deploy", "case.yaml")


def test_reports_hold_the_table_of_each_decision_of_the_headline() -> None:
    dossier = small()
    assert [one.asked.decision.id for one in dossier.choices] == ["answer"]
    text = markdown(dossier)
    assert "## Why it is chosen" in text
    assert "What each option comes to for Belmar" in text
    html = page(dossier)
    assert 'id="choices"' in html
    assert "What each option comes to" in html
    told = plain(report_document(dossier))
    assert told["choices"][0]["decision"] == "answer"
    assert [one.asked.decision.id for one in run_of(FLAGSHIP, 48)[1].choices] == ["ukraine"]


def test_reports_hold_the_outside_view() -> None:
    dossier = run_of(FLAGSHIP, 48)[1]
    (compared,) = dossier.report.outside
    assert compared.pool is not None
    for text in (markdown(dossier), page(dossier).replace("\N{NO-BREAK SPACE}", " ")):
        assert "of 401 cases (crises outside wars, full-scale war) 8 % came to it;" in text
        assert "Metaculus 35 %" in text
        assert "Pooled in log-odds, one third each for" in text
    told = plain(report_document(dossier))
    assert told["outside"][0]["pool"]["probability"] == compared.pool.probability
    assert "outside" not in plain(report_document(small()))


def test_what_is_told_of_one_menu_says_so_and_a_tie_is_no_best() -> None:
    """Belmar may strike only where the lake is filled; a cautious one gets the same from accepting and complaining."""
    study = run_of(TEMPLATE, 400)[0]
    found = chosen(study, "belmar.answer")
    lines = texts(list(brief_choice(CaseNames(study.case), found)))
    likeliest = f"({100 * found.tables[0].weight:.0f} % of what is possible)"
    assert lines[0].startswith(f"Where the options are a complaint and acceptance {likeliest}, best on average is a ")
    assert lines[1].startswith("Belmar is nearly indifferent there between a complaint and acc")
    ties = {one.alike for one in found.situations if one.lead < 1e-9}
    assert ties == {("accept", "complain")}
    told = dict(found.best_in)
    assert sum(told.values()) == pytest.approx(1.0)
    tied = told["accept", "complain"]
    parts = found.best_of_options
    assert parts["accept"] == pytest.approx(tied)
    assert parts["complain"] == pytest.approx(tied + told.get(("complain",), 0.0))
    assert any(f"acceptance or a complaint in {100 * tied:.0f} %" in line for line in lines)
    rows = situations_sheet(CaseNames(study.case), found).rows
    assert [(row[2], row[3]) for row in rows if row[4] == "0.0"] == [("acceptance or a complaint", "\N{EN DASH}")]
