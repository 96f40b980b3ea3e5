"""Nodes that GeNIe has beyond tables: the noisy MAX, against its causes acted out one by one, and weighed utilities."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quandary.base import CaseError
from quandary.game import Decision, Diagram
from quandary.onegame import read_xdsl
from quandary.solve import solve


def _states(names: Sequence[str]) -> str:
    return "".join(f'<state id="{name}"/>' for name in names)


def _noisy(
    parents: Sequence[int], own: int, columns: Sequence[Sequence[float]], strengths: Sequence[int] | None
) -> str:
    """Return a file of a noisy MAX ``y`` with parents ``p0``, ``p1`` and so on, all of even chance."""
    text = ""
    for i, count in enumerate(parents):
        even = " ".join([repr(1.0 / count)] * count)
        text += f'<cpt id="p{i}">{_states([f"s{k}" for k in range(count)])}<probabilities>{even}</probabilities></cpt>'
    named = " ".join(f"p{i}" for i in range(len(parents)))
    order = "" if strengths is None else f"<strengths>{' '.join(map(str, strengths))}</strengths>"
    numbers = " ".join(repr(float(v)) for column in columns for v in column)
    text += f'<noisymax id="y">{_states([f"y{k}" for k in range(own)])}<parents>{named}</parents>{order}'
    return f"<smile><nodes>{text}<parameters>{numbers}</parameters></noisymax></nodes></smile>"


def test_two_states_make_the_noisy_or() -> None:
    """Pearl (1988), section 4.3.2: what is absent stays so if every cause present, and the leak, fails by itself."""
    columns = [[0.8, 0.2], [0.0, 1.0], [0.5, 0.5], [0.0, 1.0], [0.1, 0.9]]
    table = read_xdsl(_noisy([2, 2], 2, columns, [0, 1, 1, 0])).tables["y"].values[..., 0]
    absent = [[0.9 * 0.2, 0.9 * 0.2 * 0.5], [0.9, 0.9 * 0.5]]  # the second parent's states are turned round
    np.testing.assert_allclose(table[..., 1], absent, rtol=1e-12)
    np.testing.assert_allclose(table.sum(axis=-1), 1.0, rtol=1e-12)


@pytest.mark.slow
@given(st.integers(0, 10_000))
def test_the_strongest_of_what_the_causes_bring_about_is_seen(seed: int) -> None:
    rng = np.random.default_rng(seed)
    parents, own = [int(n) for n in rng.integers(2, 4, size=rng.integers(1, 4))], int(rng.integers(2, 5))
    orders = [[1, 0, 2][:n] if rng.random() < 0.5 else list(range(n)) for n in parents]
    columns: list[list[float]] = []
    by_parent = []
    for count in parents:
        part = [*rng.dirichlet(np.ones(own), count - 1).tolist(), np.eye(own)[-1].tolist()]
        by_parent.append(part)
        columns += part
    leak = rng.dirichlet(np.ones(own)).tolist()
    table = read_xdsl(_noisy(parents, own, [*columns, leak], [k for order in orders for k in order])).tables["y"]
    for states in itertools.product(*map(range, parents)):
        causes = [part[order[state]] for part, order, state in zip(by_parent, orders, states, strict=True)]
        expected = np.zeros(own)
        for brought in itertools.product(range(own), repeat=len(parents) + 1):
            each = [cause[effect] for cause, effect in zip([*causes, leak], brought, strict=True)]
            expected[min(brought)] += np.prod(each)
        np.testing.assert_allclose(table.values[states][:, 0], expected, atol=1e-12)


@pytest.mark.parametrize(
    ("columns", "strengths", "code", "words"),
    [
        ([[0.5, 0.5], [0, 1]], [0, 1], "Q607", "needs 6 finite parameters, and has 4"),
        ([[0.5, 0.6], [0, 1], [0, 1]], [0, 1], "Q607", "sum to one"),
        ([[0.5, 0.5], [0.2, 0.8], [0, 1]], [0, 1], "Q607", "weakest state"),
        ([[0.5, 0.5], [0, 1], [0, 1]], [0], "Q607", "2 whole numbers"),
        ([[0.5, 0.5], [0, 1], [0, 1]], [1, 1], "Q607", "not the numbers 0 to 1"),
    ],
)
def test_noisy_nodes_that_do_not_fit(columns: list[list[float]], strengths: list[int], code: str, words: str) -> None:
    with pytest.raises(CaseError, match=words) as raised:
        read_xdsl(_noisy([2], 2, columns, strengths))
    assert raised.value.problems[0].code == code


def test_strengths_that_can_be_meant_in_two_ways_are_refused() -> None:
    columns = [[0.5, 0.5], [0.3, 0.7], [0.0, 1.0], [0.0, 1.0]]
    with pytest.raises(CaseError, match="meant in two ways"):
        read_xdsl(_noisy([3], 2, columns, [1, 2, 0]))
    assert read_xdsl(_noisy([3], 2, columns, None)).tables["y"].values[0, :, 0] == pytest.approx([0.5, 0.5])


WEIGHED = """<smile><nodes>
  <decision id="act"><state id="a"/><state id="b"/></decision>
  <utility id="gain"><parents>act</parents><utilities>10 4</utilities></utility>
  <utility id="cost"><parents>act</parents><utilities>6 1</utilities></utility>
  <utility id="apart"><parents>act</parents><utilities>0 1</utilities></utility>
  <mau id="total"><parents>net apart</parents><weights>0.5 3</weights></mau>
  <mau id="net"><parents>gain cost</parents><weights>1 -2</weights></mau>
</nodes></smile>"""


def _worths(diagram: Diagram) -> dict[str, list[float]]:
    return {u.name: u.table.values[:, 0].tolist() for u in diagram.utilities}


def test_utilities_are_weighed_through_all_sums() -> None:
    diagram = read_xdsl(WEIGHED)
    assert _worths(diagram) == {"gain": [5.0, 2.0], "cost": [-6.0, -1.0], "apart": [0.0, 3.0]}
    assert isinstance(diagram.variable("act"), Decision)
    assert solve(diagram, "subgame").behaviour["act"].values[:, 0].tolist() == [0.0, 1.0]  # -1 against 4


@pytest.mark.parametrize(
    ("old", "new", "code", "words"),
    [
        ("<weights>1 -2</weights>", "<weights>1</weights>", "Q607", "needs 2 finite weights"),
        ("<weights>1 -2</weights>", "<expression>gain*cost</expression>", "Q611", "otherwise than by weights"),
        ("gain cost</parents>", "gain act</parents>", "Q609", "no utility"),
        ("gain cost</parents>", "gain gain</parents>", "Q609", "no utility"),
        ("gain cost</parents>", "gain total</parents>", "Q609", "round about"),
        ('<mau id="net">', '<mau id="gain">', "Q609", "two nodes"),
        ("<weights>1 -2</weights>", "<weights>1e300 1e308</weights>", "Q604", "finite"),
    ],
)
def test_sums_of_utilities_that_do_not_fit(old: str, new: str, code: str, words: str) -> None:
    text = WEIGHED.replace("10 4", "1e300 4") if "e308" in new else WEIGHED
    with pytest.raises(CaseError, match=words) as raised:
        read_xdsl(text.replace(old, new, 1))
    assert raised.value.problems[0].code == code
