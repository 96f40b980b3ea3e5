"""The same mistake has the same code, sentence and hint wherever it is made: in a case file and in every question."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.ask.crisis import TEXT

import quandary
from quandary import LoadedCase, Solved
from quandary.ask import DiagramQuestions
from quandary.base import CaseError, Problem, Refusal
from quandary.game import Chance, Diagram, Table
from quandary.language import parse_query

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
    "P(war | do(unrest = none), do_foreseen(unrest = threat))": ("Q505", "set twice", "once"),
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
    "P(war) - P(unrest = none) > 20": ("Q150", "this lies between -1 and 1", "write 20%"),
    "1 - P(war) > 40": ("Q150", "this lies between 0 and 1", "write 40%"),
    "30 < max(P(war), clash(empire.push))": ("Q150", "this lies between 0 and 1", "write 30%"),
    "margin(empire.push) < 5%": ("Q507", "points of worth with a probability or share", "margin"),
    "P(war) + E(empire) > 3": ("Q507", "+ joins", "points of worth (5)"),
    "P(war) > 1 / 0": ("Q152", "division by zero", "numbers"),
    "P(margin(empire.push) > 5)": ("Q140", "margin(...) is a query, and a condition is wanted", "variable = state"),
    "P(war | P(unrest = none) > 40%)": ("Q140", "P(...) is a query, and a condition is wanted", "variable = state"),
    "Pr(war)": ("Q132", '"Pr" is not a query', ""),
    "P(war": ("Q131", "never closed", ""),
    "war": ("Q148", "asks for a number", "P(war)"),
}
CONDITIONS = {
    mistake.removeprefix("P(").removesuffix(")"): QUERIES[mistake]
    for mistake in QUERIES
    if mistake.startswith("P(") and mistake.endswith(")") and "|" not in mistake
}

Told = tuple[str, str, str | None]


PLACES = {
    "claim": ("sign: P(war | do(unrest = threat)) < P(war | do(unrest = none))", "sign: '{}'"),
    "question": ("war: P(war)\n", "war: '{}'\n"),
    "check": ("threat, asks: P(unrest = threat),", "threat, asks: '{}',"),
    "forecast": ("checks:\n", "forecasts: [{{id: f, asks: '{}', until: 2022-03-01}}]\nchecks:\n"),
}


def problems(do: Callable[[], object]) -> list[Problem]:
    """Return the errors that something comes to."""
    try:
        do()
    except CaseError as error:
        return [problem for problem in error.problems if problem.is_error]
    except Refusal as refusal:
        return [refusal.problem]
    return []


def told(do: Callable[[], object]) -> set[Told]:
    """Return what is told of a mistake, wherever it stands."""
    return set(map(words_of, problems(do)))


def words_of(problem: Problem) -> Told:
    return problem.code, problem.message.removesuffix("."), problem.hint


def in_file(tmp_path: Path, *changes: tuple[str, str]) -> list[Problem]:
    """Return what is told of the crisis with mistakes in it."""
    text = TEXT
    for old, new in changes:
        assert text.count(old) == 1
        text = text.replace(old, new)
    path = tmp_path / "case.yaml"
    path.write_text(text, encoding="utf-8")
    return problems(lambda: quandary.load(path))


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> LoadedCase:
    path = tmp_path_factory.mktemp("good") / "case.yaml"
    path.write_text(TEXT, encoding="utf-8")
    return quandary.load(path)


@pytest.fixture(scope="module")
def solved(loaded: LoadedCase) -> Solved:
    return loaded.solve(worlds=16)


@pytest.mark.slow
@pytest.mark.parametrize("mistake", QUERIES)
def test_a_mistake_in_a_query(tmp_path: Path, loaded: LoadedCase, solved: Solved, mistake: str) -> None:
    code, words, hint = QUERIES[mistake]
    (said,) = told(lambda: solved.ask(mistake))
    assert said[0] == code
    assert words in said[1]
    assert hint in (said[2] or "")
    places = {
        "compare": told(lambda: loaded.compare(loaded, mistake, worlds=16)),
        "suppose": told(lambda: solved.suppose(mistake, announce=["push: hold"])),
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
    assert places == {place: {said} for place in places}
    found = in_file(tmp_path, *((old, new.format(mistake)) for old, new in PLACES.values()))
    found = [problem for problem in found if problem.code != "Q182"]  # a claim's test compares, besides
    assert {words_of(problem) for problem in found} == {said}
    assert len({problem.place.line for problem in found}) == len(PLACES)


@pytest.mark.parametrize("mistake", CONDITIONS)
def test_a_mistake_in_a_condition(tmp_path: Path, solved: Solved, mistake: str) -> None:
    (said,) = told(lambda: solved.ask(f"P({mistake})"))
    assert told(lambda: solved.paths(mistake, change="unrest: none to threat", through=["operation"])) == {said}
    assert told(lambda: solved.ask(f"E(empire | {mistake})")) == {said}
    found = in_file(
        tmp_path,
        ("war: push = attack\n", f"other: {mistake}\n  war: push = attack\n"),
        ("saw: weather = foul", f"saw: {mistake}"),
    )
    assert [words_of(problem) for problem in found] == [said, said]


def test_names_outside_queries(solved: Solved) -> None:
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
def test_a_game_file_is_told_the_same(solved: Solved, mistake: str) -> None:
    states = {"weather": ("fair", "foul"), "unrest": ("none", "threat")}
    even = {name: Table((name,), np.full((2, 1), 0.5)) for name in states}
    diagram = Diagram(tuple(Chance(name, those) for name, those in states.items()), even, (), {})
    network = DiagramQuestions(diagram)
    said = told(lambda: solved.ask(mistake))
    assert len(said) == 1
    assert told(lambda: network.ask(parse_query(mistake), mistake)) == said
