"""Memory: forgotten, restored, or implied by what is seen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from tests.game.test_relevance import road, tree_killer
from tests.game.test_requisite import TWO, diagram_of

from quandary.game import Chance, Decision, Diagram, Table, implied, truly_forgotten, with_implied_memory, with_memory


def drilling(result_says_so: bool) -> Diagram:
    """A test may be made; its result is seen, and whether it was made only if the result says so."""
    diagram = diagram_of(
        [
            Chance("oil", TWO),
            Decision("test", TWO, "me"),
            Chance("result", ("wet", "dry", "none"), ("oil", "test")),
            Decision("drill", TWO, "me", ("result",)),
        ],
        [("me", ("oil", "drill")), ("me", ("test",))],
    )
    values = np.array([[[0.8, 0.2, 0.0], [0.0, 0.0, 1.0]], [[0.3, 0.7, 0.0], [0.0, 0.0, 1.0]]])
    if not result_says_so:
        values = np.array([[[0.8, 0.1, 0.1], [0.4, 0.4, 0.2]], [[0.3, 0.7, 0.0], [0.2, 0.2, 0.6]]])
    tables = {**diagram.tables, "result": Table(("oil", "test", "result"), values[..., None])}
    return replace(diagram, tables=tables)


def test_nothing_is_forgotten_where_all_is_seen() -> None:
    assert truly_forgotten(tree_killer()) == {}
    assert truly_forgotten(road(3)) == {}
    assert with_memory(tree_killer()).variables == tree_killer().variables


def test_a_result_may_imply_the_test() -> None:
    diagram = drilling(result_says_so=True)
    drill = diagram.decisions[1]
    assert implied(diagram, drill) == {"test"}
    assert truly_forgotten(diagram) == {}
    assert with_implied_memory(diagram).variable("drill").parents == ("result", "test")


def test_an_unclear_result_does_not() -> None:
    diagram = drilling(result_says_so=False)
    assert implied(diagram, diagram.decisions[1]) == set()
    assert truly_forgotten(diagram) == {"drill": ("test",)}
    assert with_implied_memory(diagram).variables == diagram.variables
    assert with_memory(diagram).variable("drill").parents == ("test", "result")


def test_forgetting_what_cannot_matter_is_no_forgetting() -> None:
    diagram = diagram_of(
        [Chance("noise", TWO), Decision("one", TWO, "me", ("noise",)), Decision("two", TWO, "me")],
        [("me", ("one",)), ("me", ("two",))],
    )
    assert truly_forgotten(diagram) == {}
