"""Hugin's .net files: tables with the first parent slowest, and diagrams whose memory the file does not tell."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.formats.samples import BIFXML

from quandary.ask import DiagramQuestions
from quandary.base import CaseError
from quandary.game import Decision, Diagram
from quandary.language import parse_query
from quandary.onegame import PLAYER, read_game, read_net
from quandary.solve import solve

WILDCATTER = """net {}
node oil { states = ("dry" "wet"); }
node seismic { states = ("none" "no" "open" "closed"); }
decision test { states = ("test" "not"); }
decision drill { states = ("drill" "not"); }
utility cost { }
utility pay { }
potential ( oil ) { data = (0.7 0.3); }
potential ( seismic | test oil ) { data = (((0 0.6 0.3 0.1) (0 0.2 0.4 0.4)) ((1 0 0 0) (1 0 0 0))); }
potential ( drill | seismic%s ) { }
potential ( cost | test ) { data = (-10 0); }
potential ( pay | oil drill ) { data = ((-70 0) (150 0)); }
"""
"""An oil wildcatter who may test before drilling, after Raiffa (1968); the numbers are ours."""

FORGETS = """net {}
node coin { states = ("h" "t"); }
decision first { states = ("h" "t"); }
decision second { states = ("h" "t"); }
utility match { }
potential ( coin ) { data = (0.5 0.5); }
potential ( first | coin ) { }
potential ( match | coin second ) { data = ((1 0) (0 1)); }
potential ( second%s ) { }
"""


def test_the_first_parent_runs_slowest() -> None:
    diagram = read_net(WILDCATTER % " test")
    seismic = diagram.tables["seismic"]
    assert seismic.axes == ("test", "oil", "seismic")
    assert seismic.values[0, 1, :, 0].tolist() == [0.0, 0.2, 0.4, 0.4]
    assert {u.player for u in diagram.utilities} == {PLAYER}


def test_an_influence_diagram_is_solved_as_by_hand() -> None:
    """Without the test drilling pays 0.7 x -70 + 0.3 x 150 = -4: not drilling, 0.

    With it, drilling pays 0.07 x -70 + 0.12 x 150 = 13.1 after "closed", 0.21 x -70 + 0.12 x 150 = 3.3 after "open",
    and -29.4 + 9 < 0 after "no": 16.4, less 10 for the test.
    """
    for arrow in ("", " test"):  # what is seen tells whether there was a test
        diagram = read_net(WILDCATTER % arrow)
        found = DiagramQuestions(diagram).ask(parse_query('E("decision maker")'), "")
        assert found.mean == pytest.approx(6.4)
        assert solve(diagram, "subgame").behaviour["test"].values[0, 0] == 1.0


def test_a_diagram_is_refused_where_memory_matters_and_is_not_told() -> None:
    with pytest.raises(CaseError, match="Q613") as raised:
        read_net(FORGETS % "", "coin.net")
    problem = raised.value.problems[0]
    assert problem.place.line == 4
    assert problem.hint == "name it among the parents: potential ( second | ... coin )"
    diagram = read_net(FORGETS % " | coin first")
    second = diagram.variable("second")
    assert isinstance(second, Decision)
    assert set(second.parents) == {"coin", "first"}


@pytest.mark.parametrize(
    ("numbers", "fits"),
    [
        ("((0.1 0.9) (0.2 0.8) (0.3 0.7) (0.4 0.6))", True),
        ("(((0.1 0.9) (0.2 0.8)) ((0.3 0.7) (0.4 0.6)))", True),
        ("(0.1 0.9 0.2 0.8 0.3 0.7 0.4 0.6)", True),
        ("((0.1 0.9 0.2 0.8) (0.3 0.7 0.4 0.6))", True),
        ("((((0.1 0.9) (0.2 0.8)) ((0.3 0.7) (0.4 0.6))))", True),
        ("((0.1 0.9 0.2) (0.8 0.3 0.7))", False),
        ("(0.1 0.9 0.2 0.8 0.3 0.7 0.4 0.6", False),
        ("(0.1 0.9 () 0.8 0.3 0.7 0.4 0.6)", False),
    ],
)
def test_brackets_go_as_the_states_do(numbers: str, fits: bool) -> None:
    text = 'node a { states = ("x" "y"); } node b { states = ("x" "y"); } node c { states = ("x" "y"); }\n'
    text += "potential ( a ) { data = (0.5 0.5); } potential ( b ) { data = (0.5 0.5); }\n"
    text += f"potential ( c | a b ) {{ data = {numbers}; }}"
    if not fits:
        with pytest.raises(CaseError, match=r"Q60[37]"):
            read_net(text)
        return
    np.testing.assert_array_equal(read_net(text).tables["c"].values[..., 0, 0], [[0.1, 0.2], [0.3, 0.4]])


def test_xml_interchange_files_have_two_endings(tmp_path: Path) -> None:
    for ending in (".bifxml", ".xmlbif"):
        path = tmp_path / f"sky{ending}"
        path.write_text(BIFXML, encoding="utf-8")
        assert isinstance(read_game(path), Diagram)
