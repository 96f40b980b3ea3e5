"""Small cases with the tables they must give, worked out by hand beside them (``tests/given_expect``)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ruamel.yaml import YAML

import quandary
from quandary.base import Array
from quandary.case import Case, evidence_in_force, indicator, observed, states_of
from quandary.compile import compile_case
from quandary.game import Table, usual_rule
from quandary.language import parse_condition

FOLDER = Path(__file__).resolve().parent.parent / "given_expect"
FILES = sorted(FOLDER.glob("*.yaml"))
KNOWN = {"tables", "weights", "utilities", "observed", "agent_form_only", "allowed", "usual", "precision", "evidence"}


def where(case: Case, table: Table, condition: str) -> Array:
    """Return the table's numbers in the joint states in which the condition holds, one row each."""
    mask = indicator(case, parse_condition(condition))
    axes = tuple(dict.fromkeys((*(a for a in table.axes), *mask.axes)))
    shape = [len(states_of(case.variable(a))) for a in axes]
    chosen = np.broadcast_to(mask.over(axes)[..., 0] > 0, shape)
    assert chosen.any(), condition
    return np.broadcast_to(table.over(axes)[..., 0], shape)[chosen]


def expect_odds(case: Case, table: Table, rows: dict[str, dict[str, float]]) -> None:
    own = table.axes[-1]
    for condition, odds in rows.items():
        for state, value in odds.items():
            both = f"{own} = {state}" if condition == "otherwise" else f"({condition}) and {own} = {state}"
            assert where(case, table, both) == pytest.approx(value, abs=1e-7), (own, both)
        assert set(odds) == set(states_of(case.variable(own)))


def expect_numbers(case: Case, table: Table, rows: dict[str, float]) -> None:
    for condition, value in rows.items():
        assert where(case, table, condition) == pytest.approx(value, abs=1e-7), condition


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_given_expect(path: Path, tmp_path: Path) -> None:
    given: dict[str, Any] = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    file = tmp_path / "case.yaml"
    file.write_text(given["case"], encoding="utf-8")
    case = quandary.load(file).case
    model = compile_case(case)
    compiled = model.diagram({name: np.full(1, given["at"]) for name in model.names}, 1)
    diagram, expect = compiled.diagram, given["expect"]
    assert set(expect) <= KNOWN
    assert compiled.valid.all()
    for name, rows in expect.get("tables", {}).items():
        expect_odds(case, diagram.tables[name], rows)
    for name, rows in expect.get("weights", {}).items():
        actor, stake = name.split(".")
        expect_numbers(case, compiled.weights[actor, stake], rows)
    for name, rows in expect.get("utilities", {}).items():
        (table,) = [u.table for u in diagram.utilities if f"{u.player}.{u.name}" == name]
        expect_numbers(case, table, rows)
    for decision, names in expect.get("observed", {}).items():
        assert observed(case, decision) == tuple(names)
    for decision, rows in expect.get("allowed", {}).items():
        expect_odds(case, diagram.allowed[decision], rows)
    for decision, rows in expect.get("usual", {}).items():
        (own,) = [one for one in diagram.decisions if one.name == decision]
        expect_odds(case, usual_rule(diagram, own), rows)
    for actor, value in expect.get("precision", {}).items():
        assert diagram.precision[actor] == pytest.approx(value, abs=1e-7)
    if "agent_form_only" in expect:
        assert diagram.agent_form_only == tuple(expect["agent_form_only"])
    if "evidence" in expect:
        for item, rows in zip(evidence_in_force(case), expect["evidence"], strict=True):
            expect_numbers(case, indicator(case, item.saw), rows)


def test_there_are_examples() -> None:
    assert len(FILES) >= 4
