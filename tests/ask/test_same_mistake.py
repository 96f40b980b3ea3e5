"""The same mistake has the same code, sentence and hint wherever it is made: in a case file and in every question."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.ask.crisis import TEXT

import quandary
from quandary.ask.claims.trial import trial
from quandary.ask.query.diagrams import DiagramQuestions
from quandary.base.problems import CaseError, Problem, Refusal
from quandary.game.diagram import Chance, Diagram
from quandary.game.table import Table
from quandary.language.parser import parse_query

QUERIES = {
    # mistake: code, words of the sentence, words of the hint
    "P(wra)": ("Q104", 'unknown event "wra"', 'did you mean "war"'),
    "P(unrest)": ("Q104", '"unrest" is a variable, not an event', "unrest = none"),
    "P(threat)": ("Q104", '"threat" is a state, not an event', "unrest = threat"),
    "P(unrst = none)": ("Q104", 'unknown variable "unrst"', 'did you mean "unrest"'),
    "P(unrest = non)": ("Q104", 'unknown state of "unrest": "non"', 'did you mean "none"'),
    "P(push = atack)": ("Q104", 'unknown option of "push": "atack"', 'did you mean "attack"'),
    "P(war | unrst = none)": ("Q104", 'unknown variable "unrst"', 'did you mean "unrest"'),
    "P(war | not (operation = failed))": ("Q104", 'unknown state of "operation": "failed"', 'did you mean "fail"'),
    "P(war | do(unrst = none))": ("Q104", 'unknown variable "unrst"', 'did you mean "unrest"'),
    "P(war | do(unrest = non))": ("Q104", 'unknown state of "unrest": "non"', 'did you mean "none"'),
    "P(war | do(push = atack))": ("Q104", 'unknown option of "push": "atack"', 'did you mean "attack"'),
    "P(war | do(war = none))": ("Q104", '"war" is an event, not a variable', "one of its variables"),
    "P(war | do(unrest = none), do_unseen(unrest = threat))": ("Q505", "set twice", "once"),
    "E(empier)": ("Q104", 'unknown actor or stake "empier"', 'did you mean "empire"'),
    "E(empier.glory)": ("Q104", 'unknown actor "empier"', 'did you mean "empire"'),
    "E(empire.glry)": ("Q104", 'unknown stake of "empire": "glry"', 'did you mean "glory"'),
    "swing(glry)": ("Q104", 'unknown stake "glry"', 'did you mean "glory"'),
    "weight(empire)": ("Q104", "weight(...) asks about a stake", "glory"),
    "weight(empire.nerve)": ("Q503", "counts in points", "swing"),
    "margin(unrest)": ("Q104", '"unrest" is a chance event, not a decision', "empire.push"),
    "margin(empire.pusch)": ("Q104", 'unknown decision "empire.pusch"', 'did you mean "empire.push"'),
    "best(unrest = none)": ("Q104", '"unrest" is a chance event, not a decision', "empire.push"),
    "best(empire.push = atack)": ("Q104", 'unknown option of "push": "atack"', 'did you mean "attack"'),
    "margin(empire.push | do(push = hold))": ("Q506", "no choice to ask about", "E(empire | do(...))"),
    "clash(empire.push: glory, prid)": ("Q104", 'unknown stake of "empire": "prid"', "glory"),
    "both(empire.push: glory, glory)": ("Q151", "stands twice", "remove"),
    "margin(empire.push: glory)": ("Q146", "takes no list of stakes", ""),
    "drop(empire.push | operation = fail)": ("Q146", "needs a reference", "against"),
    "P(war) against unrest = none": ("Q146", 'takes no "against"', "drop"),
    "would(war | seen operation = success)": ("Q543", "needs a do", "do(c = d)"),
    "P(war | seen operation = success)": ("Q143", '"seen" has no meaning', "would"),
    "P(war | not do(unrest = none))": ("Q142", "intervention", "|"),
    "P(war) > 40": ("Q150", "P(...) lies between 0 and 1, so comparing it with 40", "write 40%"),
    "weight(empire.glory) > 40": ("Q150", "weight(...) lies between 0 and 1, so comparing it with 40", "write 40%"),
    "margin(empire.push) < 5%": ("Q507", "points with a probability or share", "margin"),
    "P(war) + E(empire) > 3": ("Q507", "+ joins", "points (5)"),
    "P(war) > 1 / 0": ("Q152", "division by zero", "numbers"),
    "Pr(war)": ("Q132", '"Pr" is not a query', ""),
    "P(war": ("Q131", "never closed", ""),
    "war": ("Q148", "asks for a number", "P(war)"),
}
CONDITIONS = {
    mistake.removeprefix("P(").removesuffix(")"): QUERIES[mistake]
    for mistake in ("P(wra)", "P(unrest)", "P(threat)", "P(unrst = none)", "P(unrest = non)", "P(push = atack)")
}

Told = tuple[str, str, str | None]


def told(do: Callable[[], object]) -> set[Told]:
    """Return what is told of a mistake."""
    try:
        do()
    except CaseError as error:
        return {_told(problem) for problem in error.problems if problem.is_error}
    except Refusal as refusal:
        return {_told(refusal.problem)}
    return set()


def _told(problem: Problem) -> Told:
    return problem.code, problem.message.removesuffix("."), problem.hint


def in_file(tmp_path: Path, old: str, new: str) -> set[Told]:
    """Return what is told of the crisis with a mistake in it, as ``quandary check`` does."""
    assert TEXT.count(old) == 1
    path = tmp_path / "case.yaml"
    path.write_text(TEXT.replace(old, new), encoding="utf-8")

    def check() -> None:
        problems = trial(quandary.load(path).case)
        if problems:
            raise CaseError(problems)

    return told(check)


def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.yaml"
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.mark.parametrize("mistake", QUERIES)
def test_a_mistake_in_a_query(tmp_path: Path, mistake: str) -> None:
    code, words, hint = QUERIES[mistake]
    loaded = quandary.load(good(tmp_path))
    solved = loaded.solve(worlds=16)
    places = {
        "ask": told(lambda: solved.ask(mistake)),
        "compare": told(lambda: loaded.compare(loaded, mistake, worlds=16)),
        "suppose": told(lambda: solved.suppose(mistake, announce=["push: hold"])),
        "question": in_file(tmp_path, "war: P(war)\n", f"war: '{mistake}'\n"),
        "check": in_file(tmp_path, "threat, asks: P(unrest = threat),", f"threat, asks: '{mistake}',"),
        "forecast": in_file(
            tmp_path, "checks:\n", f"forecasts: [{{id: f, asks: '{mistake}', until: 2022-03-01}}]\nchecks:\n"
        ),
        "claim": in_file(
            tmp_path, "sign: P(war | do(unrest = threat)) < P(war | do(unrest = none))", f"s: '{mistake}'"
        ),
    }
    if "(" in mistake:  # a bare name is looked for among the claims, questions and events of the case
        places |= {
            "flips": told(lambda: solved.flips(mistake)),
            "structure": told(lambda: solved.structure(mistake)),
            "studying": told(lambda: solved.studying(mistake)),
            "equilibria": told(lambda: solved.equilibria(mistake)),
            "why": told(lambda: solved.why(mistake)),
            "choosing": told(lambda: solved.choosing("push", mistake)),
        }
    said = {(code, message, hint) for code, message, hint in places["ask"]}
    assert len(said) == 1, said
    (found,) = said
    assert found[0] == code
    assert words in found[1]
    assert hint in (found[2] or "")
    for place, other in places.items():
        assert {one for one in other if one[0] != "Q182"} == said, place  # a claim's test compares, besides


@pytest.mark.parametrize("mistake", CONDITIONS)
def test_a_mistake_in_a_condition(tmp_path: Path, mistake: str) -> None:
    solved = quandary.load(good(tmp_path)).solve(worlds=16)
    change = "unrest: none to threat"
    said = told(lambda: solved.ask(f"P({mistake})"))
    assert len(said) == 1
    assert told(lambda: solved.paths(mistake, change=change, through=["operation"])) == said
    assert told(lambda: solved.ask(f"E(empire | {mistake})")) == said
    assert in_file(tmp_path, "war: push = attack\n", f"other: {mistake}\n  war: push = attack\n") == said
    assert in_file(tmp_path, "saw: weather = foul", f"saw: {mistake}") == said


def test_names_outside_queries(tmp_path: Path) -> None:
    solved = quandary.load(good(tmp_path)).solve(worlds=16)

    def changed(change: str) -> set[Told]:
        return told(lambda: solved.paths("war", change=change, through=["operation"]))

    def supposed(**how: list[str]) -> set[Told]:
        return told(lambda: solved.suppose("P(war)", **how))

    decision = told(lambda: solved.ask("margin(pusch)"))
    assert told(lambda: solved.information("pusch")) == decision
    assert supposed(announce=["pusch: hold"]) == decision
    assert supposed(sees=["pusch: weather"]) == decision
    variable = told(lambda: solved.ask("P(war | do(unrst = none))"))
    assert changed("unrst: none to threat") == variable
    assert told(lambda: solved.information("push", "unrst")) == variable
    assert supposed(sees=["push: unrst"]) == variable
    assert told(lambda: solved.paths("war", change="unrest: none to threat", through=["unrst"])) == variable
    assert changed("unrest: non to threat") == told(lambda: solved.ask("P(war | do(unrest = non))"))
    assert supposed(announce=["push: atack"]) == told(lambda: solved.ask("P(push = atack)"))


@pytest.mark.parametrize(
    "mistake",
    [
        "P(unrst = none)",
        "P(unrest)",
        "P(threat)",
        "P(unrest = non)",
        "P(weather = foul | unrest = non)",
        "P(weather = foul | do(unrst = none))",
        "P(weather = foul | do(unrest = non))",
        "P(weather = foul | do(unrest = none), do(unrest = threat))",
        "P(weather = foul) > 40",
        "P(weather = foul | seen unrest = none)",
        "P(weather = foul",
    ],
)
def test_a_game_file_is_told_the_same(tmp_path: Path, mistake: str) -> None:
    states = {"weather": ("fair", "foul"), "unrest": ("none", "threat")}
    even = {name: Table((name,), np.full((2, 1), 0.5)) for name in states}
    diagram = Diagram(tuple(Chance(name, those) for name, those in states.items()), even, (), {})
    network = DiagramQuestions(diagram)
    solved = quandary.load(good(tmp_path)).solve(worlds=16)
    said = told(lambda: solved.ask(mistake))
    assert len(said) == 1
    assert told(lambda: network.ask(parse_query(mistake), mistake)) == said
