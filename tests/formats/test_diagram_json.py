"""JSON diagrams: the textbook collection reads, what is written reads back, damage gives problems."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.formats.outside import understood
from tests.game.graph_alone import (
    instrumental_control_incentive,
    read_sketch,
    response_incentive,
    value_of_control,
    value_of_information,
    with_arcs_dropped,
)
from tests.game.random_diagrams import joint, random_diagram

from quandary.base import CaseError
from quandary.game import Chance, Diagram, Table, Tree, faults, graph_of, minimal_reduction, utility_node
from quandary.onegame import read_diagram, read_game, write_diagram, written_as

MAIDS = Path(__file__).parent.parent / "data" / "maids"
GRAPHICAL = {
    "graphical_admits_voi": value_of_information,
    "graphical_admits_voc": value_of_control,
    "graphical_admits_response_incentive": response_incentive,
    "graphical_admits_instrumental_control_incentive": instrumental_control_incentive,
}
GRAPH_ALONE = {*GRAPHICAL, "requisite_observations", "requisite_graph_arc_count"}
"""Types of question that the graph answers; ``test_textbook.py`` leaves them to this file."""

SMALL = """{"format": "maid-json/1", "nodes": [
 {"name": "act", "kind": "decision", "player": "me", "states": ["go", "stay"], "parents": ["rain"]},
 {"name": "rain", "kind": "chance", "states": ["yes", "no"], "parents": [],
  "table": [{"when": {}, "p": {"yes": 0.25, "no": 0.75}}]},
 {"name": "joy", "kind": "utility", "player": "me", "parents": ["act"],
  "table": [{"when": {"act": "go"}, "value": 1}, {"when": {"act": "stay"}, "value": -2.5}]}
]}"""


def has_numbers(path: Path) -> bool:
    return "nodes" in json.loads(path.read_text(encoding="utf-8"))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Diagrams of ``--textbook DIR`` where it is given, else those that came with the tests."""
    named = metafunc.config.getoption("--textbook")
    files = sorted((Path(str(named)) / "maids" if named else MAIDS).glob("*.json"))
    if "diagram_file" in metafunc.fixturenames:
        with_numbers = [path for path in files if has_numbers(path)]
        metafunc.parametrize("diagram_file", with_numbers, ids=lambda p: p.stem)
    if "graph_file" in metafunc.fixturenames:
        metafunc.parametrize("graph_file", files, ids=lambda p: p.stem)


def same(one: Diagram, two: Diagram) -> bool:
    """Return whether two diagrams are the same in every name and number."""
    tables = [(one.tables[n], two.tables[n]) for n in one.tables] + [
        (u.table, v.table) for u, v in zip(one.utilities, two.utilities, strict=True)
    ]
    tables += [(one.allowed[n], two.allowed[n]) for n in one.allowed]
    return (
        one.variables == two.variables
        and [(u.name, u.player) for u in one.utilities] == [(u.name, u.player) for u in two.utilities]
        and one.allowed.keys() == two.allowed.keys()
        and one.agent_form_only == two.agent_form_only
        and {p: v.tolist() for p, v in one.precision.items()} == {p: v.tolist() for p, v in two.precision.items()}
        and all(a.axes == b.axes and (a.values == b.values).all() for a, b in tables)
    )


def test_textbook_diagram_is_read_and_written(diagram_file: Path) -> None:
    written = json.loads(diagram_file.read_text(encoding="utf-8"))
    understood(diagram_file)
    diagram = read_game(diagram_file)
    assert isinstance(diagram, Diagram)
    assert faults(diagram) == ()
    assert same(read_diagram(write_diagram(diagram)), diagram)
    kinds = [node["kind"] for node in written["nodes"]]
    assert len(diagram.chances) == kinds.count("chance")
    assert len(diagram.decisions) == kinds.count("decision")
    assert set(diagram.players) == set(written["players"])


def test_textbook_probabilities(diagram_file: Path) -> None:
    """Conditional and interventional probabilities of the diagrams without decisions, by enumeration."""
    diagram = understood(diagram_file)
    answers = json.loads(diagram_file.read_text(encoding="utf-8"))["answers"]
    for answer in answers:
        query = answer["query"]
        if query["type"] != "probability" or diagram.decisions:
            continue
        tables = dict(diagram.tables)
        for name, state in query.get("do", {}).items():
            values = np.zeros_like(tables[name].values)
            values[..., diagram.variable(name).states.index(state), :] = 1.0
            tables[name] = replace(tables[name], values=values)
        found = joint(replace(diagram, tables=tables), {})
        given = at(diagram, found, query.get("given", {}))
        assert at(diagram, given, query["of"]).sum() / given.sum() == pytest.approx(answer["value"], abs=1e-9)


def at(
    diagram: Diagram, histories: np.typing.NDArray[np.float64], states: dict[str, str]
) -> np.typing.NDArray[np.float64]:
    """Return the histories' probabilities, zero where a variable has another state."""
    kept = histories.copy()
    for axis, variable in enumerate(diagram.variables):
        if variable.name in states:
            others = [i for i, s in enumerate(variable.states) if s != states[variable.name]]
            kept[(slice(None),) * axis + (others,)] = 0.0
    return kept


def test_what_the_graph_alone_says(graph_file: Path) -> None:
    """The graphical facts that the collection records, derived here from the graph."""
    text = graph_file.read_text(encoding="utf-8")
    if has_numbers(graph_file):
        diagram = understood(graph_file)
        graph = graph_of(diagram)
        stakes = {
            d.name: [utility_node(u) for u in diagram.utilities if u.player == d.player] for d in diagram.decisions
        }
    else:
        graph, decisions, utilities = read_sketch(text)
        stakes = {n: [u for u, p in utilities.items() if p == decisions[n]] for n in graph.parents if n in decisions}
    for answer in json.loads(text)["answers"]:
        query = answer["query"]
        changed = with_arcs_dropped(graph, [(a, b) for a, b in query.get("drop_arcs", [])])
        if query["type"] in GRAPHICAL:
            decision = query.get("decision") or next(iter(stakes))
            assert GRAPHICAL[query["type"]](changed, decision, stakes[decision]) == set(answer["value"])
        elif query["type"] == "requisite_observations":
            assert minimal_reduction(changed, stakes).parents[query["decision"]] == answer["value"]
        elif query["type"] == "requisite_graph_arc_count":
            assert sum(len(p) for p in graph.parents.values()) == query["before"]
            assert sum(len(p) for p in minimal_reduction(graph, stakes).parents.values()) == answer["value"]
        else:
            assert query["type"] not in GRAPH_ALONE  # others are numbers, or unknown: test_textbook.py lists those


@pytest.mark.parametrize("seed", range(15))
def test_what_is_written_reads_back_in_any_world(seed: int) -> None:
    diagram = random_diagram(np.random.default_rng(seed), variables=5, worlds=3, barred=0.5)
    for world in range(3):
        one = read_diagram(write_diagram(diagram, world))
        assert same(read_diagram(write_diagram(one)), one)
        assert one.variables == diagram.variables
        for name, table in diagram.tables.items():
            assert (one.tables[name].values[..., 0] == table.values[..., world]).all()


def test_nodes_in_any_order_and_defaults() -> None:
    diagram = read_diagram(SMALL)
    assert [v.name for v in diagram.variables] == ["rain", "act"]
    assert diagram.utilities[0].table.values.ravel().tolist() == [1.0, -2.5]
    assert diagram.precision["me"].tolist() == [1.0]
    assert diagram.agent_form_only == ()


def test_exact_choice_and_odd_names_survive() -> None:
    diagram = read_diagram(SMALL)
    first = diagram.variables[0]
    assert isinstance(first, Chance)
    renamed = replace(
        diagram,
        variables=(replace(first, states=('ja "ja"', "nein\n☔")), *diagram.variables[1:]),
        precision={"me": np.array([np.inf])},
        agent_form_only=("act",),
    )
    again = read_diagram(write_diagram(renamed, title="Zwölf"))
    assert same(again, renamed)
    assert again.title == "Zwölf"
    assert read_diagram(write_diagram(again)).title == "Zwölf"


def test_a_diagram_becomes_a_gambit_tree() -> None:
    text = written_as(read_diagram(SMALL), ".efg", title="Umbrella")
    assert text.startswith('EFG 2 R "Umbrella" { "me" }')
    assert 'p "" 1 1 "act | rain=yes" { "go" "stay" } 0' in text
    assert 'c "" 1 "rain" { "yes" 0.25 "no" 0.75 } 0' in text


def test_unseen_chance_is_averaged_on_demand() -> None:
    text = SMALL.replace('"parents": ["act"]', '"parents": ["act", "luck"]').replace(
        '{"when": {"act": "go"}, "value": 1}, {"when": {"act": "stay"}, "value": -2.5}',
        ", ".join(
            json.dumps({"when": {"act": a, "luck": b}, "value": v})
            for a, b, v in (("go", "up", 4), ("go", "down", 0), ("stay", "up", 1), ("stay", "down", 1))
        ),
    )
    luck = '{"name": "luck", "kind": "chance", "states": ["up", "down"], '
    luck += '"table": [{"when": {}, "p": {"up": 0.25, "down": 0.75}}]},'
    diagram = read_diagram(text.replace('"nodes": [', f'"nodes": [{luck}'))
    assert '"luck"' in written_as(diagram, ".efg")
    averaged = written_as(diagram, ".efg", average=True)
    assert "averaged out: luck" in averaged
    assert averaged.count("{ 1 }") == 4


def test_a_diagram_becomes_a_tree_on_disk(tmp_path: Path) -> None:
    path = tmp_path / "small.efg"
    path.write_text(written_as(read_diagram(SMALL), ".efg"), encoding="utf-8")
    assert isinstance(read_game(path), Tree)


@pytest.mark.parametrize(
    ("old", "new", "code", "line", "words"),
    [
        ("]}", "", "Q603", 7, "no JSON"),
        ('"maid-json/1"', '"other"', "Q608", 1, "format"),
        ('"nodes"', '"knots"', "Q608", 1, "nodes"),
        ('"kind": "chance"', '"kind": "event"', "Q608", 3, "chance, decision or utility"),
        ('"player": "me", "states"', '"states"', "Q608", 2, "needs a player"),
        ('"parents": ["rain"]', '"parents": ["ran"]', "Q609", 2, 'the parent "ran"'),
        ('"parents": []', '"parents": ["act"]', "Q609", 2, "circle"),
        ('"p": {"yes": 0.25, "no": 0.75}', '"p": {"yes": 0.25, "maybe": 0.75}', "Q609", 3, 'no state "maybe"'),
        ('"p": {"yes": 0.25, "no": 0.75}', '"p": {"yes": 0.25, "no": 0.7}', "Q410", 3, "sum to one"),
        ('"value": 1}', '"value": "one"}', "Q608", 5, "lacks its numbers"),
        ('"value": 1}', '"value": 1e999}', "Q604", 6, "too large"),
        ('"value": 1}', '"value": NaN}', "Q603", 1, "NaN is no number"),
        ('{"act": "stay"}', '{"act": "go"}', "Q608", 5, "for the same case"),
        (', {"when": {"act": "stay"}, "value": -2.5}', "", "Q608", 5, "every combination"),
        ('{"act": "stay"}', '{"act": "sit"}', "Q608", 5, "has no state"),
        ('{"act": "stay"}', "{}", "Q608", 5, "when it holds"),
        ('"name": "rain"', '"name": "rain", "name": "snow"', "Q603", 3, "given twice"),
        ('"states": ["yes", "no"]', '"states": "yes"', "Q608", 3, "list of texts"),
        ('"name": "rain", "kind"', '"name": "act", "kind"', "Q609", 2, "rain"),
        ('{"name": "act"', '{"nome": "act"', "Q608", 1, "name"),
    ],
)
def test_broken_files_say_where_and_why(old: str, new: str, code: str, line: int, words: str) -> None:
    assert old in SMALL
    with pytest.raises(CaseError) as raised:
        read_diagram(SMALL.replace(old, new, 1), "broken.json")
    problem = raised.value.problems[0]
    assert (problem.code, problem.place.line) == (code, line)
    assert words in problem.message


def test_all_faults_at_once() -> None:
    text = SMALL.replace('"value": 1}', '"value": "one"}').replace('"yes": 0.25', '"ja": 0.25')
    with pytest.raises(CaseError) as raised:
        read_diagram(text)
    assert len(raised.value.problems) == 2


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 50_000, "9" * 10_000, '"\ud800"', "", "null", "[]"])
def test_absurd_files_are_refused(text: str) -> None:
    with pytest.raises(CaseError):
        read_diagram(text)


@given(st.data())
def test_damaged_files_give_problems_never_a_crash(data: st.DataObject) -> None:
    text = SMALL
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(text)))
        cut = data.draw(st.integers(0, 10))
        text = text[:at] + data.draw(st.text('{}[]",: 01.e-actnulrp\n', max_size=6)) + text[at + cut :]
    try:
        diagram = read_diagram(text, "damaged.json")
    except CaseError as error:
        assert all(p.place.line >= 1 and p.code for p in error.problems)
    else:
        assert same(read_diagram(write_diagram(diagram)), diagram)


def test_hidden_characters_are_written_as_escapes_and_read_back() -> None:
    name = "a\x9b2J\u202e"
    diagram = Diagram((Chance(name, ("x\u2066", "y")),), {name: Table((name,), np.array([[0.25], [0.75]]))}, (), {}, 1)
    text = write_diagram(diagram)
    assert text.isascii()
    (variable,) = read_diagram(text, "game.json").variables
    assert (variable.name, variable.states) == (name, ("x\u2066", "y"))
