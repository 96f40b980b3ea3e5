"""Every answer of the textbook collection: games beside their files, diagrams by type of question.

Tolerances are those of the entries. A type of question that is not known here is listed as not checked; facts of the
graph alone are derived and compared in ``tests/formats/test_diagram_json.py``, which is said below.
"""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.formats.outside import expected_games, files_of, is_known_answer, not_checked, understood
from tests.formats.test_diagram_json import GRAPH_ALONE
from tests.truth import textbook_diagrams as ask
from tests.truth.gambit_games import exact, form_of, game_of, matrices_of, mixture_of, rules_of

from quandary.game import Diagram, Tree
from quandary.onegame import Deviations, enumerated, equilibrium_cells, form_regret, pure_subgame_perfect, tree_regret

EXACT = 1e-9
ELSEWHERE = "a fact of the graph alone: derived in tests/formats/test_diagram_json.py"
ROOT = Path(__file__).resolve().parents[1]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "game_file" in metafunc.fixturenames:
        metafunc.parametrize("game_file", files_of(metafunc.config, "*.?fg", lambda known: "answers" in known))
    if "maid" in metafunc.fixturenames:
        metafunc.parametrize(("maid", "answer"), _answers(metafunc.config))


def _answers(config: pytest.Config) -> list[Any]:
    shared = Path(str(config.getoption("--shared"))) / "textbook"
    named = config.getoption("--textbook")
    folder = Path(str(named)) if named else shared
    if not named and not folder.is_dir():
        folder = ROOT / "data"
    found = []
    for path in sorted((folder / "maids").glob("*.json")):
        for answer in json.loads(path.read_text(encoding="utf-8"))["answers"]:
            found.append(pytest.param(path, answer, id=f"{path.stem}-{answer['id']}"))
    return found


def test_every_game_has_its_file(textbook: Path) -> None:
    told = {path.stem for path in (textbook / "games").glob("*.json")}
    assert not told - {path.stem for path in (textbook / "games").glob("*.?fg")}


def test_every_answer_about_a_game(game_file: Path) -> None:
    game = game_of(game_file)
    numbers = form_of(game).payoffs[..., 0]
    for answer in filter(is_known_answer, expected_games(game_file)["answers"]):
        if answer["id"] == "pure_nash":
            ours = {tuple(cell) for cell in np.argwhere(equilibrium_cells(numbers)).tolist()}
            theirs = {tuple(own.index("1") for own in entry["profile"]) for entry in answer["equilibria"]}
            assert ours == theirs and len(ours) == answer["count"]
            listed = answer["equilibria"]
        elif answer["id"] == "extreme_nash":
            every = enumerated(*matrices_of(game))
            assert every.complete
            assert {(p.first, p.second) for p in every.pairs} == {exact(e["profile"]) for e in answer["equilibria"]}
            listed = answer["equilibria"]
        else:
            listed = [answer]
        for entry in listed:
            form = "behaviour" if answer.get("form") == "behaviour" else "strategy"
            _is_equilibrium(game, form, entry)
        if answer["id"] == "spe":
            assert isinstance(game, Tree)
            wanted = rules_of(game, answer["profile"])
            found = pure_subgame_perfect(game).found
            assert any(all(np.allclose(e.rules[k], wanted[k]) for k in wanted) for e in found)
            assert "unique" not in answer["what"].partition(";")[0] or len(found) == 1


def _is_equilibrium(game: Any, form: str, entry: dict[str, Any]) -> None:
    payoffs = [float(Fraction(p)) for p in entry["payoffs"]]
    if form == "strategy":
        mixture = mixture_of(entry["profile"])
        strategic = form_of(game)
        assert max(form_regret(strategic, mixture).values()) <= EXACT
        values = []
        for own in strategic.payoffs[..., 0]:
            expected = own
            for weights in reversed(mixture):
                expected = expected @ weights
            values.append(float(expected))
    else:
        rules = rules_of(game, entry["profile"])
        assert max(tree_regret(game, rules).values()) <= EXACT
        values = [Deviations(game, rules).value(player) for player in game.players]
    np.testing.assert_allclose(values, payoffs, atol=EXACT)


def test_every_answer_about_a_diagram(maid: Path, answer: dict[str, Any]) -> None:
    query, value = answer["query"], answer["value"]
    kind = query["type"]
    if kind in GRAPH_ALONE:
        pytest.skip(ELSEWHERE)
    diagram = understood(maid)
    found = _found(diagram, query, answer, json.loads(maid.read_text(encoding="utf-8")))
    if isinstance(value, int | float) and not isinstance(value, bool):
        assert abs(found - value) <= answer["tolerance"] + 1e-12
    else:
        assert found is True or found == value


def _found(diagram: Diagram, query: dict[str, Any], answer: dict[str, Any], whole: dict[str, Any]) -> Any:
    kind, value = query["type"], answer["value"]
    if kind == "optimal_expected_utility":
        return ask.best_payoff(ask.changed(diagram, query))
    if kind == "optimal_policy":
        return _is_best_policy(diagram, query, value)
    if kind == "count_optimal_pure_policies":
        return len(ask.all_pure(diagram))
    if kind == "set_of_expected_utilities_over_pure_policies":
        return ask.pure_payoffs(diagram)
    if kind == "expected_utility":
        return _expected_utility(diagram, query)
    if kind == "value_of_information":
        return ask.value_of_information(diagram, query)
    if kind == "value_of_control":
        return ask.value_of_control(diagram, query)
    if kind == "probability":
        return ask.probability(diagram, {}, query)
    if kind == "counterfactual_probability":
        return ask.counterfactual(diagram, query)
    if kind == "strategic_relevance":
        return all(ask.relies(diagram, row["decision"], row["relies_on"]) == row["value"] for row in value)
    return _found_in_games(diagram, query, answer, whole)


def _found_in_games(diagram: Diagram, query: dict[str, Any], answer: dict[str, Any], whole: dict[str, Any]) -> Any:
    kind, value = query["type"], answer["value"]
    if kind == "all_pure_nash_equilibria":
        return ask.all_pure(diagram) == {ask.listed_policy(diagram, entry) for entry in value}
    if kind == "all_pure_subgame_perfect_equilibria":
        return ask.all_pure_perfect(diagram) == {ask.listed_policy(diagram, entry) for entry in value}
    if kind == "is_nash_equilibrium":
        behaviour = ask.behaviour_of(diagram, value)
        paid = ask.payoffs_under(diagram, behaviour, {})
        assert all(abs(paid[p] - v) <= answer["tolerance"] for p, v in answer["payoffs"].items())
        return ask.regret_of(diagram, behaviour) <= answer["tolerance"]
    if kind in {"total_effect", "total_effect_difference"}:
        policy = ask.best_behaviour(diagram)
        cause = query["cause"]
        names = [query["var"], query["minus"]] if "minus" in query else [query["var"]]
        effects = [
            ask.mean_state(diagram, policy, (cause, "1"), n) - ask.mean_state(diagram, policy, (cause, "0"), n)
            for n in names
        ]
        return effects[0] - sum(effects[1:])
    if kind == "per_equilibrium_queries":
        (listed,) = (a["value"] for a in whole["answers"] if a["id"] == "pure_nash")
        return all(_answers_of(diagram, entry, wanted) for entry, wanted in zip(listed, value, strict=True))
    return not_checked(f'the query type "{kind}"')


def _is_best_policy(diagram: Diagram, query: dict[str, Any], value: Any) -> bool:
    (player,) = {d.player for d in diagram.decisions}
    behaviour = ask.behaviour_of(diagram, value)
    best = ask.best_payoff(diagram)
    assert abs(ask.payoffs_under(diagram, behaviour, {})[player] - best) <= EXACT
    policies = ask.all_pure(diagram)
    assert ask.listed_policy(diagram, value) in policies
    expected = 1 if query["unique"] else query["number_of_optimal_pure_policies"]
    return len(policies) == expected


def _expected_utility(diagram: Diagram, query: dict[str, Any]) -> float:
    (player,) = {d.player for d in diagram.decisions}
    setting = dict(query.get("do", {}))
    for name, told in query.get("policy", {}).items():
        setting[name] = told.removesuffix(" in every context")
    return ask.payoffs_under(diagram, {}, setting)[player]


def _answers_of(diagram: Diagram, entry: Any, wanted: dict[str, float]) -> bool:
    """Return whether the job market's questions have the listed answers in one equilibrium (post-policy)."""
    behaviour = ask.behaviour_of(diagram, entry)
    hire = {"of": {"D2": "j"}}
    found = {"p_hire": ask.probability(diagram, behaviour, hire)}
    for option in ("g", "n"):
        setting = {"D1": option}
        found[f"p_hire_do_{option}"] = ask.probability(diagram, behaviour, hire | {"do": setting})
        found[f"eu_worker_do_{option}"] = ask.payoffs_under(diagram, behaviour, setting)["worker"]
    return found.keys() == wanted.keys() and all(abs(found[k] - wanted[k]) <= EXACT for k in wanted)
