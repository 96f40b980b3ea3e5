"""Backward induction some worlds at a time, and products by matrices: the same answers as with everything at once."""

from __future__ import annotations

import numpy as np
import pytest
from tests.laws.diagrams import random_diagram

from quandary.base import Array, Refusal
from quandary.engine import Book, DiagramGame, contracting
from quandary.engine.evaluating import contraction
from quandary.engine.playing import world_batches
from quandary.game import Chance, Decision, Diagram, Table, Utility, values_in
from quandary.solve import solve
from quandary.solve.subgame import subgame


def _in_rounds(worlds: int, rounds: int = 3, ties: bool = False) -> Diagram:
    """Return a decision problem in rounds: a state that lasts, a noisy signal of it, a move that remembers all."""
    rng = np.random.default_rng(rounds)
    variables: list[Chance | Decision] = []
    tables: dict[str, Table] = {}
    utilities, seen = [], []
    for k in range(rounds):
        parents = (f"state{k - 1}", f"move{k - 1}") if k else ()
        own = ((f"state{k}", parents), (f"signal{k}", (f"state{k}",)))
        for name, given in own:
            variables.append(Chance(name, ("a", "b", "c"), given))
            odds = rng.dirichlet(np.full(3, 0.5), (3,) * len(given))
            tables[name] = Table((*given, name), odds[..., None])
        seen.append(f"signal{k}")
        variables.append(Decision(f"move{k}", ("a", "b", "c"), "actor", tuple(seen)))
        seen.append(f"move{k}")
        payoffs = rng.normal(size=(3, 3, worlds))
        if ties:
            payoffs[:, 1] = payoffs[:, 0]
        utilities.append(Utility(f"u{k}", "actor", Table((f"state{k}", f"move{k}"), payoffs)))
    return Diagram(tuple(variables), tables, tuple(utilities), {"actor": np.array([np.inf])}, worlds)


def _some_impossible(table: Table, seed: int) -> Table:
    """Return chances of which a third is zero, in each world others."""
    rng = np.random.default_rng(seed)
    weights = np.where(rng.random(table.values.shape) < 1 / 3, 0.0, table.values)
    total = weights.sum(axis=-2, keepdims=True)
    return Table(table.axes, np.where(total > 0.0, weights / np.where(total > 0.0, total, 1.0), table.values))


def _equal(some: list[Array], others: list[Array]) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(some, others, strict=True))


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("size", [1, 4, 9, 10])
def test_batches_give_what_all_worlds_at_once_give(monkeypatch: pytest.MonkeyPatch, size: int, ties: bool) -> None:
    diagram = _in_rounds(10, ties=ties)
    whole = subgame(DiagramGame(diagram))
    halves = any(0.0 < p < 1.0 for choice in whole for p in np.unique(choice))
    assert halves == ties
    game = DiagramGame(diagram)
    monkeypatch.setitem(game.__dict__, "batch_size", size)
    assert _equal(subgame(game), whole)


@pytest.mark.slow
def test_random_games_of_several_actors_are_the_same_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Exact choices on which others' beliefs rest, barred options, chances that are zero in some worlds only."""
    solved = 0
    for seed in range(150):
        diagram = random_diagram(seed, worlds=7, bars=seed % 2 == 0)
        exact = {player: np.full(1, np.inf) for player in diagram.players}
        tables = {name: _some_impossible(table, seed) for name, table in diagram.tables.items()}
        diagram = Diagram(diagram.variables, tables, diagram.utilities, exact, 7, diagram.allowed)
        try:
            whole = solve(diagram, "subgame")
        except Refusal:
            continue
        solved += 1
        with monkeypatch.context() as patch:
            patch.setattr(world_batches, "BATCH_BYTES", 1)
            alone = solve(diagram, "subgame")
        for name, table in whole.behaviour.items():
            assert np.array_equal(alone.behaviour[name].values, table.values)
    assert solved > 75


def test_what_chance_forbids_in_one_lot_it_may_allow_in_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test comes out "odd" in the second world only; there both types say the same, so that "y" is never heard."""
    likes = np.array([[[1.0, 0.0], [1.0, 0.0]], [[0.0, 1.0], [1.0, 0.0]]])[..., None]
    odd = np.array([[[1.0, 0.5], [0.0, 0.5]], [[1.0, 0.1], [0.0, 0.9]]])
    diagram = Diagram(
        (
            Chance("type", ("low", "high")),
            Chance("test", ("even", "odd"), ("type",)),
            Decision("word", ("x", "y"), "sender", ("type", "test")),
            Decision("reply", ("low", "high"), "receiver", ("test", "word")),
        ),
        {"type": Table(("type",), np.full((2, 1), 0.5)), "test": Table(("type", "test"), odd)},
        (
            Utility("likes", "sender", Table(("type", "test", "word"), likes)),
            Utility("fits", "receiver", Table(("type", "reply"), np.eye(2)[..., None])),
        ),
        {"sender": np.full(1, np.inf), "receiver": np.full(1, np.inf)},
        2,
    )
    whole = solve(diagram, "subgame").behaviour["reply"].values
    np.testing.assert_array_equal(whole[1, 1, :, 1], [0.0, 1.0])
    monkeypatch.setattr(world_batches, "BATCH_BYTES", 1)
    np.testing.assert_array_equal(solve(diagram, "subgame").behaviour["reply"].values, whole)


def test_a_lot_takes_as_many_worlds_as_little_memory_allows() -> None:
    small, large = DiagramGame(_in_rounds(10)), DiagramGame(_in_rounds(400, rounds=4))
    assert small.batch_size == 10
    assert 1 < large.batch_size < 400


def test_a_choice_that_nothing_else_asks_for_is_not_looked_up_again() -> None:
    """The value of the best option stands for the sum over options; there is one such node a decision here."""
    game = DiagramGame(_in_rounds(6))
    in_lots = game.batches([np.full((*p.allowed.shape, 3), 1.0 / 3.0) for p in game.points])
    assert all(in_lots._worth_of(point) is not None for point in range(1, 3))


def _product(left: str, right: str, keep: str, worlds: tuple[int, int]) -> tuple[Array, Array]:
    """Return a product by ``contracting`` and by an einsum written out; axes are letters, of two to four states."""
    rng = np.random.default_rng(1)
    cards = {a: 2 + i % 3 for i, a in enumerate("abcdef")}
    book = Book(cards, {a: i for i, a in enumerate(cards)})
    nodes, arrays = [], []
    for name, axes, many in zip("xy", (left, right), worlds, strict=True):
        nodes.append(book.nodes[book.input("chance", name, tuple(axes))])
        arrays.append(rng.normal(size=(*(cards[a] for a in axes), many)))
    node = book.nodes[book.product(0, 1, tuple(keep))]
    out = np.full((*(cards[a] for a in node.axes), max(worlds)), np.nan)
    contracting(node, list(zip(nodes, arrays, strict=True)), out)()
    spread = [np.broadcast_to(a, (*a.shape[:-1], max(worlds))) for a in arrays]
    return out, np.einsum(f"{left}w,{right}w->{''.join(node.axes)}w", *spread)


@pytest.mark.parametrize("worlds", [(1, 5), (5, 1), (5, 5), (1, 1)])
@pytest.mark.parametrize(
    ("left", "right", "keep"),
    [
        ("abc", "cde", "abde"),  # rows, columns
        ("acb", "cd", "abd"),  # the summed axis in the middle
        ("c", "abc", "ab"),  # no rows
        ("abc", "abcd", "abd"),  # shared axes
        ("cab", "bcad", "acd"),  # axes in another order
        ("abc", "bcd", "ad"),  # two summed axes
        ("ab", "cd", "acd"),  # an axis summed that only one has
        ("ab", "bc", "abc"),  # nothing summed
        ("bd", "abc", "acd"),  # the last axis is not the second table's
    ],
)
def test_products_by_matrices_are_those_by_sums(
    monkeypatch: pytest.MonkeyPatch, left: str, right: str, keep: str, worlds: tuple[int, int]
) -> None:
    monkeypatch.setattr(contraction, "MATRICES_FROM", 1)
    found, expected = _product(left, right, keep, worlds)
    np.testing.assert_allclose(found, expected, rtol=1e-14, atol=1e-14)


def test_large_products_with_a_table_of_one_world_go_by_matrices(monkeypatch: pytest.MonkeyPatch) -> None:
    used = 0
    multiply = np.matmul

    def counted(rows: Array, columns: Array, out: Array) -> None:
        nonlocal used
        used += 1
        multiply(rows, columns, out=out)

    monkeypatch.setattr(contraction, "MATRICES_FROM", 1)
    monkeypatch.setattr(np, "matmul", counted)
    for left, right, keep in (("abc", "cde", "abde"), ("acb", "cd", "abd"), ("c", "abc", "ab"), ("abc", "abcd", "abd")):
        _product(left, right, keep, (1, 5))
    assert used == 4


def test_worlds_taken_by_number_lie_next_to_each_other() -> None:
    values = np.arange(24.0).reshape(2, 3, 4)
    taken = values_in(values, np.array([3, 0, 3]))
    assert taken.flags.c_contiguous and np.array_equal(taken, values[..., [3, 0, 3]])
    assert values_in(values[..., :1], np.array([2])).shape == (2, 3, 1)
