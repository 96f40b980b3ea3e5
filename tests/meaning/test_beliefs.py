"""An actor who believes what is not so: numbers worked out on the page of definitions, and laws.

Washington is resolved in 60 %, which only it knows; Moscow takes it to be 10 %. The numbers are those of the page, to
the digits that it prints: solved as diagrams and on trees of all histories, by compiled code and without.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from quandary.ask import Study
from quandary.case import Case
from quandary.compile import read_case, read_case_bytes
from quandary.engine import Inference, compiled_code_available
from quandary.game import Behaviour, Chance, Diagram, Table, TreeGame, unroll
from quandary.solve import CONCEPTS, LogitSettings

PRINTED = 5.1e-7
"""Half of the last digit that the page of definitions prints."""

BELIEVES = """believes:
  ussr:
    us_resolve: {high: 10%}
    because: invented
"""

MOVES = "deploy = deploy", "watch = fly", "response = strike"

TABLE = {
    "as it is": (0.790980, 0.558757, 0.442949),
    "do(true_beliefs(ussr))": (0.417581, 0.558757, 0.233845),
    "do_foreseen(true_beliefs(ussr))": (0.417581, 0.558757, 0.233845),
    "do(believes ussr.us_resolve.high = 70%)": (0.339523, 0.558757, 0.190133),
}
"""What Moscow, and what Washington do, by what is asked."""


def case_of(text: str) -> Case:
    found = read_case_bytes(text.encode(), "case.yaml")
    assert found.case is not None, found.problems
    return found.case


def study_of(case: Case, worlds: int = 3) -> Study:
    return Study(case, worlds=worlds, threads=1)


def means(study: Study, *queries: str) -> list[float]:
    found = [answer.mean for answer in study.answers(queries)]
    assert None not in found
    return [float(mean or 0.0) for mean in found]


def moves(study: Study, given: str = "") -> list[float]:
    return means(study, *(f"P({move}{f' | {given}' if given else ''})" for move in MOVES))


@pytest.fixture
def text(shared: Path) -> str:
    return (shared / "meaning" / "misp" / "60" / "case.yaml").read_text(encoding="utf-8")


@pytest.fixture(params=["numpy", "numba"])
def kernel(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Solve by NumPy, or by compiled code however small the game is."""
    kernel = str(request.param)
    monkeypatch.setenv("QUANDARY_KERNEL", kernel)
    monkeypatch.setattr("quandary.engine.playing.fused.WORTHWHILE", 0)
    compiled_code_available.cache_clear()
    if kernel == "numba" and not compiled_code_available():
        pytest.skip("no numba here")
    yield kernel
    compiled_code_available.cache_clear()


@pytest.mark.parametrize("given", TABLE)
def test_the_numbers_of_the_page(text: str, given: str, kernel: str) -> None:
    study = study_of(case_of(text + BELIEVES), 40)
    found = moves(study, "" if given == "as it is" else given)
    np.testing.assert_allclose(found, TABLE[given], rtol=0, atol=PRINTED, err_msg=kernel)


def test_the_game_that_moscow_sees(shared: Path) -> None:
    found = read_case(shared / "meaning" / "misp" / "10" / "case.yaml").case
    assert found is not None
    np.testing.assert_allclose(moves(study_of(found)), (0.790980, 0.909429, 0.205655), rtol=0, atol=PRINTED)


def test_washington_flies_more_often_where_it_knows_what_moscow_takes_it_for(text: str, kernel: str) -> None:
    study = study_of(case_of(text + BELIEVES + "    known_to: [us]\n"), 40)
    np.testing.assert_allclose(moves(study), (0.790980, 0.909429, 0.442949), rtol=0, atol=PRINTED, err_msg=kernel)


def test_what_moscow_gets_and_what_it_takes_itself_to_get(text: str) -> None:
    found = means(study_of(case_of(text + BELIEVES)), "E(ussr)", "E(ussr, as it sees it)")
    np.testing.assert_allclose(found, (46.2033, 65.1868), rtol=0, atol=5.1e-5)


def test_the_same_on_trees_of_all_histories(text: str) -> None:
    case = case_of(text + BELIEVES)
    compiled = study_of(case).model.diagram({}, 1)
    own = compiled.diagram
    seen = replace(own, tables={**own.tables, **compiled.beliefs["ussr"].odds})
    rules = by_tree(own) | {"deploy": by_tree(seen)["deploy"]}
    np.testing.assert_allclose(likely(own, rules), TABLE["as it is"], rtol=0, atol=PRINTED)
    np.testing.assert_allclose(likely(own, by_tree(own)), TABLE["do(true_beliefs(ussr))"], rtol=0, atol=PRINTED)
    replies = by_tree(holding(own, "deploy", rules["deploy"]))
    knowing = likely(own, {**rules, **replies})
    np.testing.assert_allclose(knowing, (0.790980, 0.909429, 0.442949), rtol=0, atol=PRINTED)


def by_tree(diagram: Diagram) -> dict[str, Table]:
    unrolled = unroll(diagram)
    game = TreeGame(unrolled.tree)
    found = CONCEPTS["logit"].find(game, LogitSettings())
    assert found.converged.all()
    return dict(unrolled.behaviour(game, found.profile))


def holding(diagram: Diagram, decision: str, rule: Table) -> Diagram:
    variables = tuple(Chance(v.name, v.states, rule.axes[:-1]) if v.name == decision else v for v in diagram.variables)
    return replace(diagram, variables=variables, tables={**diagram.tables, decision: rule})


def likely(diagram: Diagram, rules: Behaviour) -> list[float]:
    inference = Inference(diagram)
    places = {"deploy": 1, "watch": 0, "response": 1}
    return [float(inference.joint(rules, (name,)).values[at, 0]) for name, at in places.items()]


def test_an_actor_that_sees_rightly_may_be_set_to_believe_something(text: str) -> None:
    """In the case without beliefs; nobody else hears of it, foreseen or not, since nobody is said to know."""
    study = study_of(case_of(text))
    for form in ("do", "do_foreseen"):
        found = moves(study, f"{form}(believes ussr.us_resolve.high = 10%)")
        np.testing.assert_allclose(found, TABLE["as it is"], rtol=0, atol=PRINTED)
    seen = means(study, "E(ussr, as it sees it | do(believes ussr.us_resolve.high = 10%))")
    assert seen[0] == pytest.approx(65.1868, abs=5.1e-5)


def test_what_everybody_would_have_chosen_anew_is_what_they_choose_where_it_is_foreseen(text: str) -> None:
    """Nothing but what comes before was seen, so that a world anew is like any other."""
    for known in ("", "    known_to: [us]\n"):
        study = study_of(case_of(text + BELIEVES + known))
        anew = "would(response = strike | seen us_resolve in (low, high), do(us_resolve = high), replan)"
        found = means(study, anew, "P(response = strike | do_foreseen(us_resolve = high))")
        assert found[0] == pytest.approx(found[1], abs=1e-9)


EXACT = """quandary: 2
title: one that is sure of the wrong thing, and one who sees through it
as_of: 2030-01-01
actors:
  a: {rationality: exact, because: invented}
  b: {rationality: exact, because: invented}
  c: {rationality: x3 per 10, because: invented}
story:
  - {chance: x, states: [low, high], odds: {high: 0%, low: rest}, because: invented}
  - {decision: d, by: a, options: [p, q]}
  - {decision: e, by: b, sees: [d], options: [r, s]}
  - {decision: f, by: c, sees: [d, e], options: [u, v]}
stakes:
  a: {gain: {worth: [{d = p and x = high: 80}, {d = q: 50}, {otherwise: 20}]}}
  b: {gain: {worth: [{e = s and d = p: 70}, {e = r and d = q: 60}, {otherwise: 40}]}}
  c: {gain: {worth: [{f = u and e = s: 70}, {f = v and d = q: 60}, {otherwise: 40}]}}
believes:
  a: {x: {high: 90%}, known_to: [b], because: invented}
  b: {c.gain: [{f = u: 90}, {otherwise: 10}], known_to: [c], because: invented}
"""


def test_exact_choice_beside_what_is_certain() -> None:
    """x is low for certain; a takes it to be high and chooses p, which b knows. c knows what b thinks of c. Whoever
    chooses later has a rule for what a never does: set to q, b answers r, and c prefers v by 20 points, 9 : 1."""
    study = study_of(case_of(EXACT))
    found = means(study, "P(d = p)", "P(e = s)", "P(f = v)", "E(a)", "E(a, as it sees it)", "margin(a.d)")
    np.testing.assert_allclose(found, (1, 1, 1 - 27 / 28, 20, 74, 24), rtol=0, atol=1e-9)
    after = means(study, "P(e = r | do(d = q))", "P(f = v | do(d = q))", "P(e = r | do(true_beliefs(a)))")
    np.testing.assert_allclose(after, (1, 0.9, 1), rtol=0, atol=1e-9)


# --- what must not change anything ------------------------------------------------------------------------------------


def test_believing_what_is_so_changes_nothing(text: str) -> None:
    plain = moves(study_of(case_of(text)))
    for known in ("", "    known_to: [us]\n"):
        believing = moves(study_of(case_of(text + BELIEVES.replace("10%", "60%") + known)))
        np.testing.assert_allclose(believing, plain, rtol=0, atol=1e-12)


def test_an_actor_whose_choice_cannot_hang_on_it_may_believe_anything(text: str) -> None:
    """Moscow's gain no longer hangs on the response: it does not matter to it how resolved Washington is."""
    told = text.replace('{"response = strike": 10}, ', "")
    assert told != text
    plain, believing = (moves(study_of(case_of(told + more))) for more in ("", BELIEVES))
    np.testing.assert_allclose(believing, plain, rtol=0, atol=1e-12)


def test_a_belief_of_another_worth(text: str) -> None:
    """Moscow takes Washington to be content with whatever is done: its rule is that of a case in which this is so."""
    other = "believes: {ussr: {us.home: [{response = accept: 90}, {otherwise: 10}], because: invented}}\n"
    believing = moves(study_of(case_of(text + other)))
    start, end = (
        text.index("      worth:\n        - deploy = deploy and us_resolve"),
        text.index("      because: invented\n    eyes"),
    )
    so = text[:start] + "      worth: [{response = accept: 90}, {otherwise: 10}]\n" + text[end:]
    plain = moves(study_of(case_of(text)))
    assert believing[0] == pytest.approx(moves(study_of(case_of(so)))[0], abs=1e-12)
    assert believing[1] == pytest.approx(plain[1], abs=1e-12)


def test_a_decision_is_valued_as_its_owner_sees_it(text: str) -> None:
    """Moscow deploys where 19.2 points speak for it in a game in which Washington is resolved in 10 %."""
    study = study_of(case_of(text + BELIEVES))
    margin, best = means(study, "margin(ussr.deploy)", "best(ussr.deploy = deploy)")
    chance = means(study, "P(deploy = deploy)")[0]
    assert best == 1.0
    assert chance == pytest.approx(1 / (1 + 2 ** (-margin / 10)), abs=1e-9)


def test_evidence_before_what_is_believed_stays_and_what_comes_of_it_goes(text: str) -> None:
    seen = 'evidence:\n  - {on: 2029-01-01, saw: "watch = fly"}\n  - {on: 2029-02-01, saw: "deploy = deploy"}\n'
    study = study_of(case_of(text + BELIEVES + seen))
    query = study.prepared("P(response = strike | do(believes ussr.us_resolve.high = 70%))")
    study.need([query])
    assert study.dropped(query) == ("deploy = deploy",)


@pytest.mark.parametrize("seed", [1, 2])
def test_ranges_are_drawn_like_all_others(seed: int) -> None:
    """Believed odds that are a range are one more number: in each world Moscow goes by the odds drawn there."""
    text = _TEXT + BELIEVES.replace("10%", "5% to 15%")
    study = Study(case_of(text), worlds=2, seed=seed, threads=1)
    (number,) = [one for one in study.model.quantities if one.role.believed_by == "ussr"]
    assert number.what == "odds of us_resolve = high, as ussr sees it"
    odds = study.model.diagram(study.uniforms, 2).beliefs["ussr"].odds["us_resolve"].values[1]
    draws = study.ask("P(deploy = deploy)").draws
    for world, chance in enumerate(odds):
        fixed = study_of(case_of(_TEXT + BELIEVES.replace("10%", f"{100 * chance:.12f}%")), 1)
        assert draws[world] == pytest.approx(means(fixed, "P(deploy = deploy)")[0], abs=1e-9)


_TEXT = """quandary: 2
title: two that misjudge
as_of: 2030-01-01
actors:
  ussr: {name: Moscow, rationality: x2 per 10, because: invented}
  us: {name: Washington, rationality: x2 per 10, because: invented}
story:
  - {chance: us_resolve, private: us, states: [low, high], odds: {high: 60%, low: rest}, because: invented}
  - {decision: deploy, by: ussr, options: [refrain, deploy]}
  - {decision: response, by: us, sees: [us_resolve, deploy], options: [accept, strike]}
stakes:
  ussr:
    gain: {worth: [{"deploy = refrain": 50}, {"response = strike": 10}, {otherwise: 90}], because: invented}
  us:
    home: {worth: [{"us_resolve = high and response = strike": 60}, {otherwise: 40}], because: invented}
"""
