"""Plans: their size on long chains, which policies a decision relies on, and beliefs where probabilities vanish."""

from __future__ import annotations

import numpy as np
import pytest
from tests.laws.diagrams import random_diagram

from quandary.engine import Book, DiagramGame, Evaluation, Inference, Input
from quandary.game import Chance, Decision, Diagram, Table, Utility
from quandary.solve import agenda_of
from quandary.solve.logit import logit


def _chain(length: int) -> Diagram:
    """Return a chain of decisions by two actors in turn, each seeing the one before, payoffs between neighbours."""
    rng = np.random.default_rng(0)
    names = [f"d{i}" for i in range(length)]
    decisions = tuple(
        Decision(n, ("x", "y"), "ab"[i % 2], tuple(names[max(i - 1, 0) : i])) for i, n in enumerate(names)
    )
    utilities = tuple(
        Utility(f"{p}{i}", p, Table((names[i - 1], names[i]), rng.normal(size=(2, 2, 1))))
        for p in "ab"
        for i in range(1, length)
    )
    return Diagram(decisions, {}, utilities, {"a": np.ones(1), "b": np.ones(1)})


def _planned(length: int) -> tuple[int, int]:
    """Return how many expressions a chain needs, and the size of the largest."""
    game = DiagramGame(_chain(length))
    assert logit(game).converged.all()
    book = game.plan.book
    return len(book.nodes), max(node.size for node in book.nodes)


def test_a_chain_costs_in_proportion_to_its_length() -> None:
    (short, small), (long, large) = _planned(30), _planned(120)
    assert long <= 4.2 * short
    assert large == small <= 8


def test_decisions_rely_on_what_shapes_their_payoff_or_beliefs() -> None:
    diagram = Diagram(
        (
            Chance("type", ("l", "h")),
            Decision("message", ("l", "h"), "a", ("type",)),
            Decision("reply", ("l", "h"), "b", ("message",)),
        ),
        {"type": Table(("type",), np.full((2, 1), 0.5))},
        (
            Utility("a", "a", Table(("message", "reply"), np.arange(4.0).reshape(2, 2, 1))),
            Utility("b", "b", Table(("type", "reply"), np.eye(2)[..., None])),
        ),
        {"a": np.ones(1), "b": np.ones(1)},
    )
    game = DiagramGame(diagram)
    assert game.reliance == (frozenset({1}), frozenset({0}))
    agenda = agenda_of(game)
    assert len(agenda.carriers) == 1 and len(agenda.pass_) == 1


@pytest.mark.parametrize("seed", range(10))
def test_carriers_cut_every_circle(seed: int) -> None:
    game = DiagramGame(random_diagram(seed, players=3, variables=6, memory=seed % 2 == 0))
    agenda = agenda_of(game)
    assert sorted((*agenda.carriers, *agenda.pass_, *agenda.after)) == list(range(len(game.points)))
    settled = set(agenda.carriers)
    for point in (*agenda.pass_, *agenda.after):
        assert game.reliance[point] <= settled
        settled.add(point)


def test_beliefs_survive_reach_below_the_smallest_float() -> None:
    """Two signals in a row of probability 1e-200 each under one type, 1e-200 and 1e-201 under the other."""
    book = Book({"t": 2, "a": 2, "b": 2}, {"t": 0, "a": 1, "b": 2})
    first = np.array([[1e-200, 1.0], [1e-200, 1.0]])[..., None]
    second = np.array([[1e-200, 1.0], [1e-201, 1.0]])[..., None]
    prior = np.full((2, 1), 0.5)
    nodes = [
        book.input("chance", "t", ("t",)),
        book.input("policy", "a", ("t", "a")),
        book.input("policy", "b", ("t", "b")),
    ]
    joint = book.product(book.product(nodes[0], nodes[1], ("t", "a")), nodes[2], ("t", "a", "b"))
    belief = book.share(joint, ("t",))
    tables = {Input("chance", "t"): prior, Input("policy", "a"): first, Input("policy", "b"): second}
    found = Evaluation(book, tables).value(belief)[..., 0]
    np.testing.assert_allclose(found[:, 0, 0], [10 / 11, 1 / 11], rtol=1e-12)
    np.testing.assert_allclose(found.sum(axis=0), 1.0)


def test_choices_of_probability_zero_count_as_equal_trembles_but_barred_ones_never() -> None:
    diagram = Diagram(
        (
            Chance("type", ("l", "h")),
            Decision("message", ("x", "y"), "a", ("type",)),
            Decision("reply", ("l", "h"), "b", ("message",)),
        ),
        {"type": Table(("type",), np.array([[0.3], [0.7]]))},
        (Utility("b", "b", Table(("type", "reply"), np.eye(2)[..., None])),),
        {"a": np.ones(1), "b": np.ones(1)},
    )
    silent = {
        "message": Table(("type", "message"), np.array([[1.0, 0.0], [1.0, 0.0]])[..., None]),
        "reply": Table(("message", "reply"), np.full((2, 2, 1), 0.5)),
    }
    values = Inference(diagram).action_values(silent, "reply", ["b"]).values[..., 0]
    np.testing.assert_allclose(values[1], [0.3, 0.7])
    allowed = {"message": Table(("type", "message"), np.array([[1.0, 0.0], [1.0, 1.0]])[..., None])}
    barred = Diagram(diagram.variables, diagram.tables, diagram.utilities, diagram.precision, 1, allowed)
    values = Inference(barred).action_values(silent, "reply", ["b"]).values[..., 0]
    np.testing.assert_allclose(values[1], [0.0, 1.0])
