"""The diagram: every variable and stake in its actor's lane, time to the right, arcs past the nodes, names that fit."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.report.dossiers import FLAGSHIP, TEMPLATE

import quandary
from quandary.ask import Study, conditions_of
from quandary.case import Case, Evidence
from quandary.report import (
    CaseNames,
    LaneNode,
    arcs_of,
    diagram_sheet,
    diagram_svg,
    laid_out,
    nodes_in_order,
    seen_days,
    seen_states,
)

WIDTH = 142.0
"""A node's width, as the drawing has it."""


@dataclass(frozen=True)
class Drawn:
    """What a diagram is drawn of; no world is solved for it."""

    case: Case
    names: CaseNames
    evidence: Sequence[Evidence]
    seen: Mapping[str, str]


@cache
def drawn_of(named: str) -> Drawn:
    case = quandary.load(named).case
    names, evidence = CaseNames(case), Study(case, worlds=16).evidence
    return Drawn(case, names, evidence, seen_states(names, conditions_of(evidence)))


def small() -> Drawn:
    return drawn_of(str(TEMPLATE))


def flagship() -> Drawn:
    return drawn_of(FLAGSHIP)


def test_it_shows_every_variable_stake_and_what_was_seen() -> None:
    drawn = flagship()
    case = drawn.case
    svg = diagram_svg(drawn.names, drawn.seen)
    root = ElementTree.fromstring(svg)
    kinds = [node.attrib.get("class", "").partition(" ")[0] for node in root]
    assert kinds.count("nd") == len(case.story) + len(case.stakes)
    assert kinds.count("arc") == len(arcs_of(case))
    words = re.sub(r"\s+", " ", " ".join(root.itertext()))
    assert all(state in words for state in drawn.seen.values())
    assert words.count("✓ seen") == len(drawn.seen)
    for actor in case.actors.values():
        assert actor.name in words
    assert len(diagram_sheet(drawn.names, drawn.seen).rows) == len(case.story) + len(case.stakes)
    assert svg == diagram_svg(drawn.names, drawn.seen)


def test_days_are_those_on_which_it_was_seen() -> None:
    drawn = flagship()
    assert seen_days(drawn.names, drawn.evidence)["unrest"] == "5 Jan"


def test_shapes_tell_who_decides_what_happens_and_what_one_actor_alone_knows() -> None:
    case = small().case
    shapes = {
        node.attrib["aria-label"].partition(":")[0]: node[0]
        for node in ElementTree.fromstring(diagram_svg(small().names, {}))
        if node.attrib.get("class", "").startswith("nd")
    }
    title = {item.id: item.title for item in case.story}
    decision, chance, private = (shapes[str(title[name])].attrib for name in ("dam", "drought", "resolve"))
    assert "rx" not in decision
    assert float(decision["stroke-width"]) > float(chance["stroke-width"])
    assert float(chance["rx"]) > 10
    assert "stroke-dasharray" not in chance
    assert "stroke-dasharray" in private


def test_arcs_are_those_of_the_case() -> None:
    arcs = arcs_of(small().case)
    assert ("drought", "dam") in arcs
    assert ("dam", "outcome") in arcs
    assert ("resolve", "answer") in arcs  # Belmar's mood, which Belmar knows
    assert ("outcome", "belmar.peace") in arcs


@pytest.mark.parametrize("made", [small, flagship])
def test_names_fit_into_their_nodes(made: Callable[[], Drawn]) -> None:
    drawn = made()
    for node in nodes_in_order(drawn.names, drawn.seen):
        assert " ".join(node.lines) == node.title  # nothing is cut
        assert max(map(len, node.lines)) <= 19
        assert node.height >= 16 * (len(node.lines) + len(node.state_lines))


@st.composite
def graphs(draw: st.DrawFn) -> tuple[list[LaneNode], list[tuple[str, str]], int]:
    lanes = draw(st.integers(1, 4))
    count = draw(st.integers(1, 14))
    nodes = [
        LaneNode(str(i), draw(st.integers(0, lanes - 1)), float(draw(st.integers(40, 90))), i > count - 3)
        for i in range(count)
    ]
    pairs = [(a, b) for a, b in combinations(range(count), 2) if not nodes[a].last]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=30)) if pairs else []
    return nodes, [(str(a), str(b)) for a, b in sorted(chosen)], lanes


@given(graphs())
def test_any_graph_is_laid_out_with_nodes_apart_arcs_forward_and_past_every_node(
    graph: tuple[list[LaneNode], list[tuple[str, str]], int],
) -> None:
    nodes, arcs, lanes = graph
    found = laid_out(nodes, arcs, lanes)
    half = {node.id: node.height / 2 for node in nodes}
    lane = {node.id: node.lane for node in nodes}
    for one, other in combinations(nodes, 2):
        (x, y), (u, v) = found.middles[one.id], found.middles[other.id]
        assert abs(x - u) >= WIDTH or abs(y - v) >= half[one.id] + half[other.id]
    for name, (x, y) in found.middles.items():
        top, height = found.lanes[lane[name]]
        assert top <= y - half[name] <= y + half[name] <= top + height
        assert WIDTH / 2 <= x <= found.width - WIDTH / 2
    assert [(arc.source, arc.target) for arc in found.arcs] == arcs
    for arc in found.arcs:
        columns = found.columns[arc.source], found.columns[arc.target]
        assert columns[0] <= columns[1]
        assert columns[0] < columns[1] or lane[arc.source] != lane[arc.target]
        for (left, y), (right, level) in zip(arc.points[1:-1:2], arc.points[2:-1:2], strict=True):
            assert y == level
            crossed = [n for n, (x, v) in found.middles.items() if left < x < right and abs(v - y) < half[n]]
            assert not crossed
