"""Every fault of the compiler: its code, what its message says, and that all are gathered at once."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import quandary
from quandary.base import CaseError, Problem, catalogue
from quandary.case import LARGEST_TABLE, TEMPLATE, Case, indicator, shipped_folder
from quandary.compile import compile_case
from quandary.language import parse_condition, parse_quantity
from quandary.quantities import Design

HEAD = """\
quandary: 1
title: Faults
as_of: 2022-01-08
actors: {russia: {name: Russia, rationality: RATIONALITY}}
assumptions:
  cost: {value: 20 to 60, because: guess}
  twice: {value: 2 * cost, because: guess}
  share: {value: 15% to 40%, because: guess}
CORRELATIONS
story:
  - {chance: intent, private: russia, states: [soft, hard], odds: {hard: 20%, soft: rest}}
  - {chance: unrest, states: [none, some, threat], odds: {threat: 10%, some: 20%, none: rest}}
  - decision: move
    by: russia
    sees: [unrest]
    options: [wait, go]
    ONLY
  - chance: outcome
    given: [unrest, move]
    states: [good, bad, ugly]
    ODDS
stakes:
  russia:
    calm: {weight: 40%, worth: WORTH}
    rest: {weight: WEIGHT, worth: [{outcome = bad: 0}, {otherwise: 100}]}
"""

SOUND = {
    "RATIONALITY": "x2 to x6 per 10",
    "CORRELATIONS": "",
    "ONLY": "only: [{unrest = none: [wait]}]",
    "ODDS": "odds: {bad: 10% to 20%, ugly: 5%, good: rest}",
    "WORTH": "[{outcome = good: 80 to 100}, {otherwise: 100 - cost}]",
    "WEIGHT": "[{intent = hard: 60%}, {otherwise: 20%}]",
}

# (code, the part changed, what it becomes, words of the message): found by compiling
COMPILED = [
    ("Q232", "ODDS", "base: {bad: 10%, good: 90%}\n    effects: [{move = go: {ugly: +2 points}}]", "no `rest` state"),
    ("Q232", "ODDS", "base: {bad: 10%, good: rest}\n    effects: [{move = go: {good: +2 points}}]", "`rest`"),
    ("Q233", "ODDS", "odds: [{unrest = none: {good: 100%}}, {move = go: {good: 100%}}]", "unrest = some, move = wait"),
    ("Q233", "WORTH", "[{outcome = good: 80}, {outcome = bad: 10}]", "outcome = ugly"),
    ("Q235", "ODDS", "odds: {bad: cost, good: rest}", "cost"),
    ("Q235", "ODDS", "odds: {bad: 0.3, good: rest}", "no %"),
    ("Q236", "ODDS", "base: {bad: 10%, good: rest}\n    effects: [{move = go: {bad: 2 to 5}}]", "neither"),
    ("Q183", "WORTH", "x2 to x5", "factor"),
    ("Q237", "ODDS", "odds: [{intent = hard: {bad: 10%, good: rest}}, {otherwise: {good: 100%}}]", "intent"),
    ("Q237", "WEIGHT", "[{unrest = none: 10%}, {otherwise: 20%}]", "unrest"),
    ("Q237", "ONLY", "only: [{outcome = good: [wait]}]", "outcome"),
    ("Q242", "CORRELATIONS", "correlations: [{between: [cost, twice], value: 0.5}]", "single range"),
    ("Q243", "ODDS", "odds: {bad: rest, good: rest}", "two states"),
    ("Q244", "ONLY", "only: [{unrest = none: []}]", "nothing to choose"),
    ("Q219", "WORTH", "100 / (cost - cost)", "a division by zero"),
    ("Q219", "WORTH", "log(cost - cost)", "logarithm"),
    ("Q219", "WORTH", "sqrt(cost - cost - 1)", "square root"),
    ("Q219", "WORTH", "exp(1000)", "too large"),
    ("Q219", "WORTH", "1e308 * 10", "too large"),
    ("Q219", "WORTH", "(cost - cost) ^ (0 - 1)", "power"),
    ("Q219", "ODDS", "odds: {bad: 30% / 0, good: rest}", "a division by zero"),
    ("Q218", "WORTH", "1 / (-1 to 1)", "no mean"),
    ("Q218", "WORTH", "100 / (0.5 to 10)", "no mean"),
    ("Q218", "WORTH", '"1 / uniform(0, 1)"', "no mean"),
    ("Q218", "WORTH", '"uniform(0, 1) ^ (0 - 1)"', "no mean"),
    ("Q218", "WORTH", '"1 / (uniform(0, 1) * uniform(0, 1))"', "no mean"),
]

# found by drawing worlds
DRAWN = [
    ("Q230", "ODDS", "odds: {bad: 30% to 80%, ugly: 30% to 70%, good: rest}", "over 100%"),
    (
        "Q230",
        "ODDS",
        "base: {bad: 10%, ugly: 3%, good: rest}\n    effects: [{move = go: {ugly: -5 points}}]",
        "below zero",
    ),
    ("Q240", "RATIONALITY", '{precision: "normal(0.1, 0.1)"}', "rationality"),
    ("Q240", "RATIONALITY", "{precision: 1e308}", "above 1,000,000"),
    ("Q240", "RATIONALITY", "{precision: 1e6 to 1e7}", "above 1,000,000"),
    ("Q240", "RATIONALITY", "x2 per 1e-300", "above 1,000,000"),
    ("Q247", "WEIGHT", '"normal(0, 1)"', "weights"),
]


def written(**changes: str) -> str:
    text = HEAD
    for word, value in (SOUND | changes).items():
        text = text.replace(word, value)
    return text


def loaded(tmp_path: Path, **changes: str) -> Case:
    """Return the case; the loader compiles it too, and tells of static mistakes itself."""
    file = tmp_path / "case.yaml"
    file.write_text(written(**changes), encoding="utf-8")
    return quandary.load(file).case


def errors(raised: CaseError) -> list[Problem]:
    return [problem for problem in raised.problems if problem.is_error]


def test_the_sound_case_compiles_and_draws(tmp_path: Path) -> None:
    model = compile_case(loaded(tmp_path))
    draws = model.draw(Design(1, 160))
    assert draws.redrawn == 0
    assert model.diagram(draws).valid.all()


@pytest.mark.parametrize(("code", "part", "becomes", "words"), COMPILED)
def test_faults_found_by_compiling(tmp_path: Path, code: str, part: str, becomes: str, words: str) -> None:
    with pytest.raises(CaseError) as raised:
        compile_case(loaded(tmp_path, **{part: becomes}))
    told = [problem for problem in errors(raised.value) if problem.code == code]
    assert told, errors(raised.value)
    assert any(words in problem.message for problem in told)


@pytest.mark.parametrize(("code", "part", "becomes", "words"), DRAWN)
def test_faults_found_by_drawing(tmp_path: Path, code: str, part: str, becomes: str, words: str) -> None:
    model = compile_case(loaded(tmp_path, **{part: becomes}))
    with pytest.raises(CaseError) as raised:
        model.draw(Design(1, 320))
    (problem, *_) = raised.value.problems
    assert problem.code == code
    assert words in problem.message
    assert "% of worlds" in problem.message


@pytest.mark.parametrize(
    "worth",
    [
        "100 / (20 to 60)",
        "10 / (0.5 to 10 (lognormal))",
        "10 / (uniform(0, 1) + uniform(0, 1))",  # the chance of lying below t is t squared / 2: the mean is 20 ln 2
        "1 / mixture(uniform(-2, -1), uniform(1, 2))",
        "10 / beta(2, 2)",
        "10 / max(0.1, -1 to 1)",
        "max(0, min(100, 1 / (-1 to 1)))",
        "log(100 to 200)",
    ],
)
def test_a_divisor_that_keeps_from_zero_has_a_mean(tmp_path: Path, worth: str) -> None:
    model = compile_case(loaded(tmp_path, WORTH=f'"{worth}"'))
    assert model.draw(Design(1, 320)).redrawn == 0


def test_a_worth_that_is_no_number_in_a_drawn_world(tmp_path: Path) -> None:
    case = loaded(tmp_path, WORTH="cost")
    (first, *others) = case.stakes
    (rule,) = first.worth
    broken = replace(rule, value=replace(rule.value, quantity=parse_quantity("100 / (cost - cost)")))
    model = compile_case(replace(case, stakes=(replace(first, worth=(broken,)), *others)))
    with pytest.raises(CaseError) as raised:
        model.draw(Design(1, 320))
    assert [problem.code for problem in raised.value.problems] == ["Q248"]


def test_a_fault_of_odds_names_table_rule_and_place(tmp_path: Path) -> None:
    odds = "odds:\n      - unrest = none: {good: 100%}\n      - otherwise: {bad: 90%, ugly: share, good: rest}"
    model = compile_case(loaded(tmp_path, ODDS=odds))
    with pytest.raises(CaseError) as raised:
        model.draw(Design(1, 320))
    (problem,) = raised.value.problems
    assert '"outcome" (otherwise)' in problem.message
    assert re.search(r"in 9\d\.?\d* % of worlds", problem.message)
    assert (
        problem.place.line
        == written(ODDS=odds).splitlines().index("      - otherwise: {bad: 90%, ugly: share, good: rest}") + 1
    )


def test_all_faults_are_gathered(tmp_path: Path) -> None:
    changes = {"ODDS": "odds: {bad: cost, good: rest}", "WEIGHT": "[{unrest = none: 10%}, {otherwise: 20%}]"}
    with pytest.raises(CaseError) as raised:
        compile_case(loaded(tmp_path, **changes))
    assert len({p.place.line for p in errors(raised.value)}) == 2


def test_the_same_number_twice_is_a_fault(tmp_path: Path) -> None:
    twice = "base: {bad: 10%, good: rest}\n    effects: [{move = go: {ugly: x2 to x3}}, {move = go: {ugly: x2 to x5}}]"
    with pytest.raises(CaseError) as raised:
        compile_case(loaded(tmp_path, ODDS=twice))
    assert [p.code for p in errors(raised.value)] == ["Q241"]


def test_a_table_too_large_is_refused_with_the_variable_to_cut(tmp_path: Path) -> None:
    names = [f"v{n}" for n in range(7)]
    extra = [
        f"  - {{chance: {n}, states: [{', '.join(f'{n}s{k}' for k in range(5))}], odds: {{{n}s0: 1%, {n}s1: rest}}}}"
        for n in names
    ]
    text = written(ODDS="odds: {bad: 1%, good: rest}").replace(
        "  - chance: outcome\n    given: [unrest, move]",
        "\n".join(extra) + f"\n  - chance: outcome\n    given: [{', '.join(names)}]",
    )
    file = tmp_path / "case.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(CaseError) as raised:
        compile_case(quandary.load(file).case)
    (problem,) = errors(raised.value)
    assert problem.code == "Q234"
    assert f"{5**7 * 3:,}" in problem.message
    assert f"{LARGEST_TABLE:,}" in problem.message
    assert problem.hint is not None and "v0" in problem.hint


def test_an_unknown_name_in_a_condition_gets_the_nearest(tmp_path: Path) -> None:
    case = loaded(tmp_path)
    for text, hint in (("outcom = good", "outcome"), ("outcome = goood", "good")):
        with pytest.raises(CaseError) as raised:
            indicator(case, parse_condition(text))
        (problem,) = raised.value.problems
        assert problem.code == "Q104"
        assert problem.hint == f'did you mean "{hint}"?'


def test_otherwise_alone_holds_everywhere(tmp_path: Path) -> None:
    table = indicator(loaded(tmp_path), parse_condition("otherwise"))
    assert table.axes == ()
    assert np.array_equal(table.values, [1.0])


def test_the_catalogue_explains_every_code_of_the_compiler() -> None:
    source = Path(__file__).resolve().parents[2] / "src" / "quandary" / "compile"
    text = "\n".join(path.read_text(encoding="utf-8") for path in source.glob("*.py"))
    used = {
        word for word in (text[i : i + 4] for i in range(len(text)) if text.startswith("Q2", i)) if word[1:].isdigit()
    }
    assert used
    assert used <= set(catalogue())


def test_a_stake_of_effects_alone_is_worth_nothing_else(tmp_path: Path) -> None:
    text = (shipped_folder() / TEMPLATE / "case.yaml").read_text(encoding="utf-8")
    extra = "stakes:\n  arlan:\n    calm: {effects: [{outcome = quiet: 10 points}], because: judgement}\n"
    path = tmp_path / "case.yaml"
    path.write_text(text.replace("stakes:\n  arlan:\n", extra).replace("text: analysis.md", ""), encoding="utf-8")
    model = compile_case(quandary.load(path).case)
    design = Design(1, 16)
    diagram = model.diagram(model.draw(design).between(0, 16), 16).diagram
    (calm,) = [u for u in diagram.utilities if u.name.endswith("calm")]
    assert calm.table.axes == ("outcome",)
    assert calm.table.values[:, 0].tolist() == [10.0, 0.0, 0.0]


def test_a_decision_without_options_is_a_fault_and_no_crash(tmp_path: Path) -> None:
    """What is negated has then no states at all; the checks go on around it."""
    path = tmp_path / "case.yaml"
    path.write_text(
        "quandary: 1\ntitle: T\nas_of: 2024-01-01\nactors: {a: {name: A, rationality: 2, because: judgement}}\n"
        "story:\n  - {chance: w, states: [x, y], odds: {x: 40%, y: rest}, because: judgement}\n"
        "  - {decision: go, by: a, sees: [w], 1 / 0: [p, q]}\n"
        "  - chance: z\n    given: [w, go]\n    states: [m, n]\n    because: judgement\n    base:\n"
        "      - w = x and not go = p: {m: 30%, n: rest}\n      - otherwise: {m: 10%, n: rest}\n",
        encoding="utf-8",
    )
    with pytest.raises(CaseError) as raised:
        quandary.load(path)
    assert raised.value.problems
