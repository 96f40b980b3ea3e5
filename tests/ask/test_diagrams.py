"""Questions to networks and influence diagrams, against an enumeration of every history."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from tests.formats.samples import BIF, BIFXML, EFG, JSON, NET, XDSL, read_text
from tests.game.random_diagrams import joint, random_diagram
from typer.testing import CliRunner, Result

from quandary.ask import DiagramQuestions
from quandary.base import CaseError, Refusal
from quandary.cli import build_app
from quandary.game import Behaviour, Chance, Decision, Diagram, Table, with_memory
from quandary.language import parse_query
from quandary.onegame import write_bif
from quandary.use import ask_file

APP = build_app()
Setting = Mapping[str, str]


def answer(diagram: Diagram, query: str, concept: str = "subgame") -> float | None:
    return DiagramQuestions(diagram, concept).ask(parse_query(query), query).mean


def set_to(diagram: Diagram, setting: Setting) -> Diagram:
    """Return the diagram with variables set, written out apart from ``game.interventions``."""
    variables: list[Chance | Decision] = []
    tables = dict(diagram.tables)
    for v in diagram.variables:
        if v.name not in setting:
            variables.append(v)
            continue
        variables.append(Chance(v.name, v.states))
        tables[v.name] = Table((v.name,), np.array([[float(s == setting[v.name])] for s in v.states]))
    return Diagram(tuple(variables), tables, diagram.utilities, diagram.precision)


def enumerated(diagram: Diagram, target: Setting, given: Setting, setting: Setting, rules: Behaviour) -> float:
    """Return P(target | given, do(setting)) by adding up histories."""
    there = set_to(diagram, setting)
    histories = joint(there, rules)[..., 0]
    both = whole = 0.0
    for index in itertools.product(*(range(n) for n in histories.shape)):
        states = {v.name: v.states[i] for v, i in zip(there.variables, index, strict=True)}
        if all(states[n] == s for n, s in given.items()):
            whole += histories[index]
            both += histories[index] * all(states[n] == s for n, s in target.items())
    return both / whole


def worth(diagram: Diagram, rules: Behaviour) -> float:
    """Return the sum of all utilities' means by adding up histories."""
    histories = joint(diagram, rules)[..., 0]
    names = [v.name for v in diagram.variables]
    total = 0.0
    for index in itertools.product(*(range(n) for n in histories.shape)):
        at = dict(zip(names, index, strict=True))
        paid = sum(float(u.table.values[tuple(at[a] for a in u.table.axes)][0]) for u in diagram.utilities)
        total += float(histories[index]) * paid
    return total


def conditions(setting: Setting) -> str:
    return " and ".join(f"{n} = {s}" for n, s in setting.items())


@pytest.mark.parametrize("seed", range(40))
def test_probabilities_of_random_networks(seed: int) -> None:
    rng = np.random.default_rng(seed)
    made = random_diagram(rng, variables=6, decisions=0.0)
    diagram = Diagram(tuple(v for v in made.variables if isinstance(v, Chance)), made.tables, (), {})
    parts: list[dict[str, str]] = [{}, {}, {}]
    for v in diagram.variables:
        parts[rng.integers(3)][v.name] = v.states[rng.integers(len(v.states))]
    target, given, setting = parts
    target = target or {next(iter(given | setting)): "s0"}
    bar = [conditions(given)] if given else []
    bar += [f"do_foreseen({', '.join(f'{n} = {s}' for n, s in setting.items())})"] if setting else []
    query = f"P({conditions(target)}{' | ' + ', '.join(bar) if bar else ''})"
    asked = answer(diagram, query)
    assert asked == pytest.approx(enumerated(diagram, target, given, setting, {}), abs=1e-12)


@pytest.mark.parametrize("seed", range(15))
def test_or_not_and_in_of_random_networks(seed: int) -> None:
    rng = np.random.default_rng(100 + seed)
    made = random_diagram(rng, variables=6, decisions=0.0)  # the last one decides, and is left out
    diagram = Diagram(tuple(v for v in made.variables if isinstance(v, Chance)), made.tables, (), {})
    histories = joint(diagram, {})[..., 0]
    at = np.indices(histories.shape)
    event = (at[1] == 0) | ~((at[2] == 1) & (at[3] != 0))
    given = (at[0] == 0) | (at[4] == 1)
    expected = histories[event & given].sum() / histories[given].sum()
    query = "P(v1 = s0 or not (v2 = s1 and v3 != s0) | v0 in (s0) or v4 = s1)"
    assert answer(diagram, query) == pytest.approx(expected, abs=1e-12)


def test_the_best_of_all_policies_is_played_in_influence_diagrams() -> None:
    """Every pure policy of small influence diagrams is enumerated; the expected worth is that of the best one."""
    compared = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        diagram = with_memory(random_diagram(rng, variables=4, players=1, decisions=0.4, arcs=0.5, utilities=2))
        shapes = [[diagram.cardinality(p) for p in d.parents] for d in diagram.decisions]
        policies = (len(d.states) ** int(np.prod(s)) for d, s in zip(diagram.decisions, shapes, strict=True))
        if np.prod(list(policies)) > 200:
            continue
        best = max(worth(diagram, rules) for rules in _policies(diagram))
        assert answer(diagram, "E(p0)") == pytest.approx(best, abs=1e-9)
        compared += 1
    assert compared >= 8


def _policies(diagram: Diagram) -> list[Behaviour]:
    grown: list[dict[str, Table]] = [{}]
    for d in diagram.decisions:
        shape = tuple(diagram.cardinality(p) for p in d.parents)
        own = []
        for chosen in itertools.product(range(len(d.states)), repeat=int(np.prod(shape))):
            values = np.eye(len(d.states))[list(chosen)].reshape(*shape, len(d.states), 1)
            own.append(Table((*d.parents, d.name), values))
        grown = [{**rules, d.name: table} for rules in grown for table in own]
    return list(grown)


def test_what_is_known_beforehand_changes_the_choice_and_what_is_not_does_not() -> None:
    """Going pays 1 when wet and 2 when dry, staying 3 and 4 in the sample; a fee of -1 on going. Staying is best."""
    diagram = read_text(".xdsl", XDSL.replace("<utilities>1 2 3 4<", "<utilities>9 0 0 4<"))
    assert isinstance(diagram, Diagram)
    assert answer(diagram, "P(act = go)") == pytest.approx(0.3)
    assert answer(diagram, "P(act = go | do_foreseen(sky = wet))") == pytest.approx(1.0)
    text = XDSL.replace("<utilities>1 2 3 4<", "<utilities>9 0 0 4<")
    blind = read_text(".xdsl", text.replace("<parents>sky</parents></decision>", "</decision>"))
    assert isinstance(blind, Diagram)
    assert answer(blind, "P(act = go)") == pytest.approx(0.0)  # 0.3 x 9 - 1 = 1.7 against 0.7 x 4 = 2.8
    assert answer(blind, "P(act = go | do_foreseen(sky = wet))") == pytest.approx(1.0)
    assert answer(blind, "P(act = go | do(sky = wet))") == pytest.approx(0.0)
    assert answer(blind, "E(joy | do(sky = wet))") == pytest.approx(0.0)
    assert answer(blind, 'E("decision maker" | do_foreseen(sky = wet))') == pytest.approx(8.0)
    assert answer(blind, "E(fee | do_foreseen(act = go)) - E(joy | do_foreseen(act = go))") == pytest.approx(-1 - 2.7)


def test_decisions_that_are_set_need_no_solving() -> None:
    diagram = read_text(".xdsl", XDSL)
    assert isinstance(diagram, Diagram)
    answered = DiagramQuestions(diagram).ask(
        parse_query("E(joy | do_foreseen(act = go))"), "E(joy | do_foreseen(act = go))"
    )
    assert answered.mean == pytest.approx(0.3 * 1 + 0.7 * 2)
    assert answered.notes == ()
    asked = DiagramQuestions(diagram).ask(parse_query("E(joy)"), "E(joy)")
    assert asked.notes == ("decided exactly, ties split evenly: act",)


def test_all_network_formats_answer_alike(tmp_path: Path) -> None:
    for ending, text in ((".bif", BIF), (".bifxml", BIFXML), (".xdsl", XDSL), (".net", NET)):
        path = tmp_path / f"sky{ending}"
        path.write_text(text, encoding="utf-8")
        _, found = ask_file(str(path), "P(sky = wet | mood = high)")
        assert found.mean == pytest.approx(0.3 * 0.8 / (0.3 * 0.8 + 0.7 * 0.1), abs=1e-15)


def test_odd_names_stand_in_quotation_marks() -> None:
    text = BIF.replace("sky", '"the sky"').replace("wet", '"[0,1)"').replace("low", "-1").replace("high", "1.5")
    diagram = read_text(".bif", text)
    assert isinstance(diagram, Diagram)
    assert answer(diagram, 'P("the sky" = "[0,1)" | mood = "1.5")') == pytest.approx(24 / 31)
    assert answer(diagram, 'P(mood in ("-1") | do("the sky" = "[0,1)"))') == pytest.approx(0.2)
    again = read_text(".bif", write_bif(diagram))
    assert isinstance(again, Diagram)
    assert again.variables == diagram.variables


ZEROS = """variable sun { type discrete [ 2 ] { yes, no }; }
variable moon { type discrete [ 2 ] { yes, no }; }
variable light { type discrete [ 2 ] { yes, no }; }
probability ( sun ) { table 0.2, 0.8; }
probability ( moon | sun ) { (yes) 1, 0; (no) 0, 1; }
probability ( light | sun, moon ) { (yes, yes) 0.1, 0.9; (no, no) 0.3, 0.7; default 0, 0; }
"""


def test_where_the_file_says_nothing_there_is_no_answer() -> None:
    diagram = read_text(".bif", ZEROS)
    assert isinstance(diagram, Diagram)
    assert answer(diagram, "P(light = yes)") == pytest.approx(0.2 * 0.1 + 0.8 * 0.3)
    assert answer(diagram, "P(light = yes | sun = yes, moon = no)") is None
    assert answer(diagram, "P(light = yes | do_foreseen(sun = yes))") == pytest.approx(0.1)
    assert answer(diagram, "P(sun = yes | do_foreseen(moon = no))") == pytest.approx(0.2)
    for query in ("P(light = yes | do_foreseen(moon = no))", "P(light = yes | do(sun = yes, moon = no))"):
        with pytest.raises(Refusal, match="Q614"):
            answer(diagram, query)


@pytest.mark.parametrize(
    ("query", "code", "words"),
    [
        ("P(skye = wet)", "Q104", "skye"),
        ("P(sky = wett)", "Q104", "wett"),
        ("P(sky)", "Q104", "not an event"),
        ("P(sky = wet | do_foreseen(skye = wet))", "Q104", "skye"),
        ("P(sky = wet | do_foreseen(sky = wett))", "Q104", "wett"),
        ("P(sky = wet | do_foreseen(mood = low, mood = low))", "Q505", "twice"),
        ("E(joy)", "Q104", "joy"),
        ("swing(joy)", "Q509", "swing"),
        ('P("sky = wet)', "Q130", "quotation mark"),
    ],
)
def test_faults_of_questions_say_where_and_what_next(query: str, code: str, words: str) -> None:
    diagram = read_text(".bif", BIF)
    assert isinstance(diagram, Diagram)
    with pytest.raises(CaseError) as raised:
        answer(diagram, query)
    problem = raised.value.problems[0]
    assert problem.code == code
    assert words in problem.message
    assert problem.hint


def ask(*arguments: str) -> Result:
    return CliRunner().invoke(APP, ["ask", *arguments])


def test_the_command(tmp_path: Path) -> None:
    path = tmp_path / "sky.bif"
    path.write_text(BIF, encoding="utf-8")
    done = ask(str(path), "P(sky = wet | mood = high)")
    assert done.exit_code == 0
    assert done.stdout == "P(sky = wet | mood = high): 77 % (0.774193548387)\n"
    found = json.loads(ask(str(path), "P(sky = wet) > P(sky = dry)", "--json").stdout)
    assert (found["schema"], found["holds_in"], found["worlds"]) == ("quandary.ask/2", 0.0, 1)
    assert found["mean"] == pytest.approx(-0.4)
    undefined = ask(str(path), "P(sky = wet | mood = high and mood = low)")
    assert "undefined" in undefined.stdout
    assert ask(str(path), "P(sky = wet)", "--as-of", "2020-01-01").exit_code == 2
    tree = tmp_path / "tree.efg"
    tree.write_text(EFG, encoding="utf-8")
    refused = ask(str(tree), "P(act = go)")
    assert refused.exit_code == 2
    assert "Q616" in refused.stderr
    diagram = tmp_path / "diagram.json"
    diagram.write_text(JSON, encoding="utf-8")
    logit = ask(str(diagram), "P(act = go)")
    share = 1 / (1 + np.exp(-3.5))
    assert f"({share:.12g})" in logit.stdout
    assert "by logit response" in logit.stdout


def test_a_long_chain_is_answered_in_no_time() -> None:
    """P(last = first's state) of a chain that flips with chance q a step: (1 + (1 - 2q)^n) / 2."""
    steps, flip = 600, 0.001
    names = [f"v{i}" for i in range(steps + 1)]
    text = "".join(f"variable {n} {{ type discrete [ 2 ] {{ a, b }}; }}\n" for n in names)
    text += "probability ( v0 ) { table 0.5, 0.5; }\n"
    for before, name in itertools.pairwise(names):
        text += f"probability ( {name} | {before} ) {{ (a) {1 - flip}, {flip}; (b) {flip}, {1 - flip}; }}\n"
    diagram = read_text(".bif", text)
    assert isinstance(diagram, Diagram)
    assert answer(diagram, f"P({names[-1]} = a | v0 = a)") == pytest.approx((1 + (1 - 2 * flip) ** steps) / 2)


@pytest.mark.slow
def test_conditions_too_unlikely_to_hold_are_not_called_impossible() -> None:
    names = [f"v{i}" for i in range(200)]
    text = "".join(f"variable {n} {{ type discrete [ 2 ] {{ a, b }}; }}\n" for n in names)
    text += "probability ( v0 ) { table 0.5, 0.5; }\n"
    text += "".join(f"probability ( {n} | v0 ) {{ (a) 0.001, 0.999; (b) 0.002, 0.998; }}\n" for n in names[1:])
    diagram = read_text(".bif", text)
    assert isinstance(diagram, Diagram)
    seen = ", ".join(f"{n} = a" for n in names[1:80])
    assert answer(diagram, f"P(v0 = a | {seen})") == pytest.approx(1 / (1 + 2.0**79), rel=1e-9)
    with pytest.raises(Refusal, match="Q617"):
        answer(diagram, f"P(v0 = a | {seen}, {', '.join(f'{n} = a' for n in names[80:])})")
    assert answer(diagram, f"P(v0 = a | {seen}, v1 = b)") is None
