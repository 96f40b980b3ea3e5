"""A compiled case is plain data: it goes to another process and back, and answers the same to the last bit."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from quandary.ask import Study
from quandary.case import TEMPLATE, Case, find_case, shipped_folder
from quandary.compile import compile_case, read_case
from quandary.language import DISTRIBUTIONS
from quandary.quantities import FROM_INTERVAL, Design, Mirrored

EVERY_FAMILY = """
quandary: 1
title: Every family
as_of: 2022-01-08
actors:
  north: {name: The north, rationality: 'x(triangular(1.2, 2, 4)) per 10'}
  south: {name: The south, rationality: exact}
assumptions:
  cost: {value: 20 to 60, because: a guess}
  drift: {value: 'normal(0, 5)', because: a guess}
  damage: {value: 'lognormal(2, 0.5)', because: a guess}
  share: {value: 'beta(2, 5)', because: a guess}
  delay: {value: 'uniform(1, 9)', because: a guess}
  peak: {value: 'triangular(1, 2, 6)', because: a guess}
  effort: {value: 'pert(0, 4, 10)', because: a guess}
  either: {value: 'mixture(0 to 10, 90 to 110, shares(3, 1))', because: a guess}
  chosen: {value: 'mixture(cost, damage + 1, shares(1, 1))', because: a guess}
  flat: {value: '10% to 20% (uniform)', because: a guess}
  round: {value: '10% to 20% (beta)', because: a guess}
  wide: {value: '1 to 100 (lognormal)', because: a guess}
  word: {value: unlikely, because: a guess}
correlations:
  - {between: [cost, drift], value: 0.4}
story:
  - chance: strain
    states: [low, high]
    odds: {high: '1% to 5%', low: rest}
  - chance: mood
    given: [strain]
    states: [calm, angry]
    base: {angry: share, calm: rest}
    effects:
      - strain = high: {angry: x2 to x4}
  - decision: move
    by: north
    sees: [mood]
    options: [wait, go]
  - chance: war
    given: [move]
    states: [peace, war]
    odds:
      - move = go: {war: round, peace: rest}
      - otherwise: {war: flat * word, peace: rest}
stakes:
  north:
    gain:
      worth:
        - move = go: either + chosen - drift
        - otherwise: effort + peak
    loss:
      worth:
        - war = war: -damage - delay
        - otherwise: -3 to -1 (lognormal)
"""


def read(tmp_path: Path, named: str) -> Case:
    if named == "every family":
        path = tmp_path / "every.yaml"
        path.write_text(EVERY_FAMILY, encoding="utf-8")
    else:
        path = shipped_folder() / TEMPLATE / "case.yaml" if named == "template" else find_case(named)
    found = read_case(path)
    assert found.case is not None, found.problems
    return found.case


@pytest.mark.slow
@pytest.mark.parametrize(
    ("named", "query"),
    [("kazakhstan-2022", "P(invasion)"), ("template", "P(conflict)"), ("every family", "P(war = war)")],
)
def test_a_model_answers_the_same_after_a_journey(tmp_path: Path, named: str, query: str) -> None:
    case = read(tmp_path, named)
    model = compile_case(case)
    back = pickle.loads(pickle.dumps(model))
    assert back.case == case and back.names == model.names
    assert [n.estimate.family for n in back.quantities] == [n.estimate.family for n in model.quantities]
    draws = model.draw(Design(3, 320))
    one, other = (m.diagram(m.draw(Design(3, 320))).diagram for m in (model, back))
    for name, table in one.tables.items():
        np.testing.assert_array_equal(table.values, other.tables[name].values)
    for mine, theirs in zip(one.utilities, other.utilities, strict=True):
        np.testing.assert_array_equal(mine.table.values, theirs.table.values)
    returned = pickle.loads(pickle.dumps(draws))
    for name in model.names:
        np.testing.assert_array_equal(returned[name], draws[name])
    here, there = Study(case, worlds=64, threads=1), Study(case, worlds=64, threads=1)
    there.model = back
    np.testing.assert_array_equal(here.ask(query).draws, there.ask(query).draws)


def test_every_family_is_among_them(tmp_path: Path) -> None:
    numbers = compile_case(read(tmp_path, "every family")).quantities
    named = {number.estimate.family.name for number in numbers}
    assert named >= {*FROM_INTERVAL, *DISTRIBUTIONS, "logarithm of a triangular"} - {"shares"}
    assert any(isinstance(number.estimate.family, Mirrored) for number in numbers)
