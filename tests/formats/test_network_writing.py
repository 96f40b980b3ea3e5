"""Networks written as .bif and .xdsl read back with the same names and numbers; what cannot be said is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.formats.samples import BIF, NET, XDSL, read_text
from tests.game.random_diagrams import random_diagram
from typer.testing import CliRunner

from quandary.base import Refusal
from quandary.cli import build_app
from quandary.game import Chance, Decision, Diagram, with_memory
from quandary.onegame import write_bif, write_diagram, write_xdsl

APP = build_app()


def read(ending: str, text: str) -> Diagram:
    diagram = read_text(ending, text)
    assert isinstance(diagram, Diagram)
    return diagram


@pytest.mark.parametrize("seed", range(30))
def test_a_network_reads_back_the_same(seed: int) -> None:
    made = random_diagram(np.random.default_rng(seed), variables=7, decisions=0.0, worlds=2)
    network = replace(made, variables=made.chances, utilities=(), precision={})
    network = Diagram(network.variables[:-1], {v.name: network.tables[v.name] for v in network.chances[:-1]}, (), {}, 2)
    for world in range(2):
        for again in (read(".bif", write_bif(network, world)), read(".xdsl", write_xdsl(network, world))):
            assert again.variables == network.variables
            for name, table in network.tables.items():
                assert again.tables[name].axes == table.axes
                np.testing.assert_array_equal(again.tables[name].values[..., 0], table.values[..., world])


@pytest.mark.parametrize("seed", range(30))
def test_an_influence_diagram_reads_back_the_same(seed: int) -> None:
    made = with_memory(random_diagram(np.random.default_rng(seed), players=1))
    again = read(".xdsl", write_xdsl(made))
    assert [(v.name, v.states, set(v.parents)) for v in again.variables] == [
        (v.name, v.states, set(v.parents)) for v in made.variables
    ]
    for name, table in made.tables.items():
        np.testing.assert_array_equal(again.tables[name].over(table.axes), table.values)
    for one, two in zip(again.utilities, made.utilities, strict=True):
        assert one.name == two.name
        np.testing.assert_array_equal(one.table.over(two.table.axes), two.table.values)


def test_rows_of_zeros_are_written_as_zeros() -> None:
    text = """variable a { type discrete [ 2 ] { x, y }; }
    variable b { type discrete [ 2 ] { x, y }; }
    probability ( a ) { table 1, 0; }
    probability ( b | a ) { (x) 0.25, 0.75; (y) 0, 0; }"""
    network = read(".bif", text)
    written = ((".bif", write_bif(network)), (".xdsl", write_xdsl(network)), (".json", write_diagram(network)))
    for again in (read(ending, text) for ending, text in written):
        np.testing.assert_array_equal(again.blank["b"].values, network.blank["b"].values)


def test_what_a_bif_cannot_say_is_refused_by_name() -> None:
    with pytest.raises(Refusal, match='not the decision "act"') as raised:
        write_bif(read(".xdsl", XDSL))
    assert raised.value.problem.hint


def test_what_an_xdsl_cannot_say_is_refused_by_name() -> None:
    diagram = read(".xdsl", XDSL)
    (decision,) = diagram.decisions
    two = [replace(diagram.utilities[0], player="other"), diagram.utilities[1]]
    spaced = replace(diagram.variables[0], name="the sky")
    assert isinstance(spaced, Chance)
    for changed, words in (
        (replace(diagram, utilities=tuple(two)), "one decision-maker"),
        (replace(diagram, agent_form_only=(decision.name,)), "forgets"),
        (replace(diagram, utilities=(replace(diagram.utilities[0], name="sky"),)), "two nodes"),
        (replace(diagram, variables=(spaced,)), '"the sky"'),
        (random_diagram(np.random.default_rng(3), players=1, barred=1.0, decisions=0.9), "cannot bar"),
    ):
        with pytest.raises(Refusal, match="Q610") as raised:
            write_xdsl(changed)
        assert words in raised.value.problem.message
        assert raised.value.problem.hint


def test_the_command(tmp_path: Path) -> None:
    for ending, text, kind in ((".bif", BIF, "bif"), (".net", NET, "xdsl"), (".xdsl", XDSL, "xdsl")):
        path, out = tmp_path / f"sky{ending}", tmp_path / f"out-{ending[1:]}.{kind}"
        path.write_text(text, encoding="utf-8")
        done = CliRunner().invoke(APP, ["export", str(path), "--to", kind, "-o", str(out)])
        assert done.exit_code == 0, done.output
        one, two = read(ending, text), read(f".{kind}", out.read_text(encoding="utf-8"))
        assert {v.name: v.states for v in one.variables} == {v.name: v.states for v in two.variables}
    refused = CliRunner().invoke(APP, ["export", "kazakhstan-2022", "--to", "bif"])
    assert refused.exit_code == 2
    assert "Q610" in refused.stderr


def test_a_decision_keeps_what_it_sees() -> None:
    (decision,) = read(".xdsl", write_xdsl(read(".net", NET))).decisions
    assert isinstance(decision, Decision)
    assert decision.parents == ("sky",)
