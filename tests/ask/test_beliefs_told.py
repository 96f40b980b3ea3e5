"""What is said of actors who see things wrongly, and what each command does with them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from quandary.ask import Study
from quandary.ask import compare as compared
from quandary.base import CaseError
from quandary.case import Case, written_case
from quandary.cli import build_app
from quandary.compile import read_case_bytes

TEXT = """quandary: 2
title: Missiles on the border
as_of: 2030-01-01
actors:
  arvos: {name: Arvos, rationality: x3 per 10, because: invented}
  selm: {name: Selm, rationality: x3 per 10, because: invented}
story:
  - {chance: resolve, title: Selm's resolve, private: selm, states: [low, high], odds: {high: 60%, low: rest}}
  - {decision: deploy, by: arvos, options: [refrain, deploy]}
  - {decision: response, by: selm, sees: [deploy], options: [accept, strike]}
stakes:
  arvos:
    gain: {worth: [{deploy = refrain: 50}, {response = strike: 10}, {otherwise: 90}]}
  selm:
    calm:
      worth: [{resolve = high and response = strike: 70}, {resolve = low and response = accept: 70}, {otherwise: 50}]
"""

BELIEVES = """believes:
  arvos:
    resolve: {high: 5% to 15%}
    selm.calm: [{response = accept: 40 to 60}, {otherwise: 30}]
    known_to: [selm]
    because: invented
"""


def case_of(text: str) -> Case:
    found = read_case_bytes(text.encode(), "case.yaml")
    assert found.case is not None, found.problems
    return found.case


@pytest.fixture
def path(tmp_path: Path) -> str:
    place = tmp_path / "case.yaml"
    place.write_text(TEXT + BELIEVES, encoding="utf-8")
    return str(place)


def ran(*words: str, ends: int = 0) -> Result:
    found = CliRunner().invoke(build_app(), list(words))
    assert found.exit_code == ends, found.output
    return found


def said(result: Result) -> str:
    return " ".join(result.output.split())


def test_beliefs_are_written_as_they_were_read() -> None:
    case = case_of(TEXT + BELIEVES)
    again = case_of(written_case(case))
    assert list(again.believes) == ["arvos"]
    assert written_case(again) == written_case(case)
    queries = ["P(deploy = deploy)", "E(arvos, as it sees it)"]
    means = [[a.mean for a in Study(one, worlds=20, threads=1).answers(queries)] for one in (case, again)]
    assert means[0] == means[1]


def test_every_believed_number_is_counted_named_and_told_apart(path: str) -> None:
    told = said(ran("check", path))
    assert "uncertain numbers carry a reason or a source" in told
    numbers = Study(case_of(TEXT + BELIEVES), worlds=16, threads=1).model.quantities
    assert [str(one.role) for one in numbers] == [
        "odds of resolve = high, as arvos sees it",
        "worth of selm.calm, as arvos sees it",
    ]
    why = said(ran("why", path, "P(deploy = deploy)", "--worlds", "400", "--quiet"))
    assert "the worth, as Arvos sees it, of Selm's calm when response is accept" in why


def test_a_choice_is_explained_as_its_owner_sees_it(path: str) -> None:
    told = said(ran("why", path, "arvos.deploy", "--worlds", "32", "--quiet"))
    assert (
        "Arvos chooses by the game as it sees it: to it the probability that Selm's resolve is high is 5 to 15 %"
        in told
    )
    assert "and it has its own idea of the worth of Selm's calm. Selm knows that it does." in told
    knowing = said(ran("why", path, "selm.response", "--worlds", "32", "--quiet"))
    assert "Selm chooses knowing how Arvos sees things" in knowing


def test_a_report_says_who_sees_what_otherwise(path: str) -> None:
    told = said(ran("run", path, "--worlds", "32", "--quiet", "--all", "--no-search"))
    assert "Arvos chooses by the game as it sees it" in told


def test_what_an_actor_is_set_to_believe_is_said_in_words(path: str) -> None:
    query = "P(deploy = deploy | do_foreseen(believes arvos.resolve.high = 70%))"
    told = said(ran("ask", path, query, "--worlds", "16", "--quiet"))
    assert (
        "if Arvos took it to be 70 % likely that Selm's resolve is high, and whoever knows what it believes had" in told
    )
    seen = said(ran("ask", path, "E(arvos, as it sees it | do(true_beliefs(arvos)))", "--worlds", "16", "--quiet"))
    assert "as Arvos sees it, if Arvos saw everything as it is" in seen


def test_one_world_is_written_as_the_case_has_it_or_as_an_actor_sees_it(path: str) -> None:
    own = ran("export", path, "--to", "json")
    assert "what actors believe otherwise is not in it: add --seen-by arvos" in own.stderr
    seen = ran("export", path, "--to", "json", "--seen-by", "arvos")
    assert "Note" not in seen.stderr
    tables = [json.loads(found.stdout) for found in (own, seen)]
    odds = [next(v for v in one["nodes"] if v["name"] == "resolve") for one in tables]
    assert odds[0] != odds[1]
    assert "leave --seen-by out" in ran("export", path, "--to", "json", "--seen-by", "selm", ends=2).output
    assert 'did you mean "arvos"' in ran("export", path, "--to", "json", "--seen-by", "arvo", ends=1).output
    assert "as arvos sees it" in said(ran("solve", path, "--seen-by", "arvos", "--quiet"))


@pytest.mark.parametrize(("actor", "struck", "high"), [(None, 0.58, "0.6"), ("arvos", 0.10, "0.1")])
def test_a_game_that_was_written_is_the_one_that_is_solved(
    actor: str | None, struck: float, high: str, tmp_path: Path
) -> None:
    """By hand: as it is a strike comes in .6 x 90 % + .4 x 10 %; Arvos takes Selm to be worse off by 20 after one."""
    path, game, tree = (tmp_path / name for name in ("case.yaml", "game.json", "game.efg"))
    path.write_text(TEXT + BELIEVES.replace("5% to 15%", "10%").replace("40 to 60", "50"), encoding="utf-8")
    seen = ["--seen-by", actor] if actor else []
    for ending, out in (("json", game), ("efg", tree)):
        ran("export", str(path), "--to", ending, "--out", str(out), *seen)
    wanted = 3 ** (4 - 8 * struck) / (1 + 3 ** (4 - 8 * struck))
    for named, more in ((path, seen), (game, [])):
        told = json.loads(ran("solve", str(named), *more, "--json").stdout)
        (rule,) = told["equilibria"][0]["behaviour"]["arvos"].values()
        assert rule["deploy"] == pytest.approx(wanted, abs=1e-6)
    assert f'"high" {high}' in tree.read_text(encoding="utf-8")


@pytest.mark.parametrize("known_to", ["", "    known_to: [selm]\n"])
def test_other_equilibria_are_those_of_the_game_as_the_case_has_it(known_to: str, tmp_path: Path) -> None:
    path = str(tmp_path / "case.yaml")
    answers = []
    for beliefs in (BELIEVES.replace("    known_to: [selm]\n", known_to), ""):
        Path(path).write_text(TEXT + beliefs, encoding="utf-8")
        told = said(ran("equilibria", path, "P(deploy = deploy)", "--worlds", "16", "--quiet"))
        assert ("Arvos sees some things otherwise than the case has them" in told) == bool(beliefs)
        answers.append(told[told.index("The probability that") :])
    assert answers[0] == answers[1]
    Path(path).write_text(TEXT + BELIEVES, encoding="utf-8")
    refused = ran("equilibria", path, "E(arvos, as it sees it)", "--worlds", "16", "--quiet", ends=2)
    assert "Q572" in refused.output


def test_beliefs_are_a_part_in_which_cases_differ() -> None:
    def study_of(case: Case) -> Study:
        return Study(case, worlds=50, threads=1)

    cases = case_of(TEXT + BELIEVES), case_of(TEXT)
    found = compared(*cases, "P(deploy = deploy)", study_of)
    assert [share.part for share in found.shares] == [("belief", "arvos")]
    ends = [study_of(case).ask("P(deploy = deploy)").mean for case in cases]
    assert found.shares[0].value == pytest.approx((ends[1] or 0.0) - (ends[0] or 0.0), abs=1e-12)


def test_what_cannot_be_asked_of_beliefs_is_refused() -> None:
    study = Study(case_of(TEXT + BELIEVES), worlds=16, threads=1)
    for query, code in {
        "P(deploy = deploy | do(true_beliefs(selm)))": "Q155",
        "P(deploy = deploy | do(believes selm.resolve.high = 70%))": "Q260",
        "P(deploy = deploy | do(believes arvos.response.strike = 70%))": "Q260",
        "P(deploy = deploy | do(believes arvos.resolv.high = 70%))": "Q104",
        "would(deploy = deploy | seen resolve = high, do_foreseen(true_beliefs(arvos)))": "Q543",
    }.items():
        with pytest.raises(CaseError) as caught:
            study.ask(query)
        assert {problem.code for problem in caught.value.problems} == {code}, query


@pytest.mark.parametrize(
    ("settings", "code", "words"),
    [
        ("believes arvos.selm.calm = 20", "Q155", "is no chance, and cannot be set"),
        ("believes arvos.selm.calm = 20%", "Q155", "is no chance, and cannot be set"),
        ("believes arvos.calm.state = 20", "Q155", "is no chance, and cannot be set"),
        ("believes arvos.gain.deploy = 20%", "Q155", "is no chance, and cannot be set"),
        ("believes arvos.resolve.high = 20", "Q261", "more than 0% and less than 100%"),
        ("believes arvos.resolve.high = 1e-320%", "Q261", "too near to certain"),
        ("believes arvos.resolve.high = 99.99999999999%", "Q261", "too near to certain"),
        ("believes arvus.resolve.high = 100%", "Q104", 'unknown actor "arvus"'),
        ("believes arvos.resolve.hihg = 100%", "Q104", "unknown state"),
        (
            "believes arvos.resolve.high = 20%, believes arvos.resolve.low = 30%",
            "Q505",
            "its other states share the rest",
        ),
        ("believes arvos.resolve.high = 20%, believes arvos.resolve.high = 30%", "Q505", "set twice"),
        ("believes arvos.resolve.high = 20%, true_beliefs(arvos)", "Q505", "set twice"),
    ],
)
def test_a_belief_that_cannot_be_set_is_answered_with_the_one_reason(settings: str, code: str, words: str) -> None:
    study = Study(case_of(TEXT + BELIEVES), worlds=4, threads=1)
    for head in ("do", "do_foreseen"):
        with pytest.raises(CaseError) as caught:
            study.ask(f"P(deploy = deploy | {head}({settings}))")
        (problem,) = caught.value.problems
        assert (problem.code, words in problem.message) == (code, True), problem


STORY = TEXT.replace(
    "  selm: {name", "  press: {name: The press, rationality: exact, because: invented}\n  selm: {name"
)


@pytest.mark.parametrize(
    ("believes", "told"),
    [
        ("arvoz: {resolve: {high: 100%}}", ["Q104"]),
        ("arvos: {resolve: {high: 95% to 100%}}", []),
        ("arvos: {resolve: {high: 0% to 5%}}", []),
        ("arvos: {resolve: {high: 1e-320%}}", ["Q261"]),
        ("arvos: {resolve: {high: 0% to 1e-10%}}", ["Q261"]),
        ("arvos: {resolve: {high: 60%, low: 60%}}", ["Q230"]),
        ("arvos: {resolve: {high: 5% to 10%}, known_to: [press]}", ["Q263"]),
        ("arvos: {resolve: {high: 5% to 10%}, known_to: [press, selm]}", ["Q263"]),
        ("arvos: {resolve: {high: 5% to 10%}, known_to: [selm]}", []),
    ],
)
def test_one_cause_is_told_once(believes: str, told: list[str], tmp_path: Path) -> None:
    place = tmp_path / "case.yaml"
    place.write_text(f"{STORY}believes: {{{believes}}}\n", encoding="utf-8")
    found = json.loads(CliRunner().invoke(build_app(), ["check", str(place), "--json"]).output)
    assert [one["code"] for one in found["problems"] if one["code"] != "Q311"] == told


def test_odds_over_everything_are_told_once(tmp_path: Path) -> None:
    """Where the odds sum to over 100 %, nothing is said of the state that is left without any."""
    place = tmp_path / "case.yaml"
    three = STORY.replace(
        "states: [low, high], odds: {high: 60%", "states: [low, mid, high], odds: {high: 60%, mid: 5%"
    )
    odds = "{high: 60% to 70%, mid: 50% to 60%, low: rest}"
    place.write_text(f"{three}believes: {{arvos: {{resolve: {odds}}}}}\n", encoding="utf-8")
    found = json.loads(CliRunner().invoke(build_app(), ["check", str(place), "--json"]).output)
    assert [one["code"] for one in found["problems"] if one["code"] != "Q311"] == ["Q230"]


def test_an_empty_section_of_beliefs_is_none() -> None:
    case = case_of(TEXT + "believes: {}\n")
    assert not case.believes
    assert Study(case, worlds=4, threads=1).ask("P(deploy = deploy)").mean == pytest.approx(
        Study(case_of(TEXT), worlds=4, threads=1).ask("P(deploy = deploy)").mean or 0.0, abs=0
    )


def test_no_world_holds_a_belief_of_nothing() -> None:
    case = case_of(TEXT + "believes: {arvos: {resolve: {high: 0% to 5%}}}\n")
    study = Study(case, worlds=4000, threads=1)
    answer = study.ask("P(resolve = high | do_foreseen(true_beliefs(arvos)))")
    assert answer.mean == pytest.approx(0.6)
    drawn = study.model.diagram(study.uniforms.between(0, 4000), 4000)
    believed = drawn.beliefs["arvos"].odds["resolve"]
    assert float(believed.values.min()) >= 1e-12


@pytest.mark.parametrize(
    "sides",
    [
        "P(deploy = deploy | do(true_beliefs(arvos))) > P(deploy = deploy | do(believes arvos.resolve.high = 10%))",
        "P(deploy = deploy | do(true_beliefs(arvos))) > P(deploy = deploy)",
        "E(arvos, as it sees it) > E(arvos)",
    ],
)
def test_sides_that_differ_in_beliefs_are_two(sides: str) -> None:
    claim = f'claims: [{{id: c, speaker: s, quote: q, because: i, tests: {{r: "{sides}"}}}}]\n'
    found = read_case_bytes((TEXT + BELIEVES + claim).encode(), "case.yaml")
    assert "Q197" not in {problem.code for problem in found.problems}
    first = sides.split(" > ", maxsplit=1)[0]
    same = claim.replace(sides, f"{first} > {first}")
    found = read_case_bytes((TEXT + BELIEVES + same).encode(), "case.yaml")
    assert "Q197" in {problem.code for problem in found.problems}
