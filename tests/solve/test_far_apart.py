"""Payoffs that lie far apart: nothing is listed whose regret, in exact numbers, is more than rounding."""

from __future__ import annotations

import itertools
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from quandary.base import Array, CaseError, Refusal
from quandary.game import Decision, Diagram, StrategicForm, Table, Tree, Utility
from quandary.onegame import AnyGame, FormGains, Request, TreeGains, largest_exactly, read_game
from quandary.onegame.search import search

LARGE = "10000000000000000000"
TREE = """EFG 2 R "large" {{ "1" "2" }}
c "" 1 "" {{ "L" 1/2 "R" 1/2 }} 0
p "" 1 1 "" {{ "A" "B" }} 0
p "" 2 1 "" {{ "X" "Y" }} 0
t "" 1 "" {{ {large}, -{large} }}
t "" 2 "" {{ 1, -1 }}
p "" 2 2 "" {{ "X" "Y" }} 0
t "" 3 "" {{ -1, 1 }}
t "" 4 "" {{ 0, 0 }}
p "" 1 2 "" {{ "A" "B" }} 0
p "" 2 1 "" {{ "X" "Y" }} 0
t "" 3 "" {{ -1, 1 }}
t "" 2 "" {{ 1, -1 }}
p "" 2 2 "" {{ "X" "Y" }} 0
t "" 4 "" {{ 0, 0 }}
t "" 1 "" {{ {large}, -{large} }}
"""


def _read(text: str, ending: str, folder: Path) -> AnyGame:
    path = folder / f"game{ending}"
    path.write_text(text, encoding="utf-8")
    return read_game(path)


@pytest.mark.parametrize("large", ["10", "1000000000", LARGE, "1" + "0" * 40])
@pytest.mark.parametrize("concept", ["pure", "perfect", "mixed", "zero_sum", "correlated", "sequential"])
def test_a_large_payoff_that_never_comes_hides_nothing(large: str, concept: str, tmp_path: Path) -> None:
    """The player who moves first secures 1 of the other: A and A against Y and X, the only pure equilibrium."""
    tree = _read(TREE.format(large=large), ".efg", tmp_path)
    found = search(tree, Request(concept)).equilibria
    if concept != "sequential":
        assert found.found
    for equilibrium in found.found:
        assert equilibrium.regret <= 1e-7
        assert equilibrium.values["1"] == pytest.approx(1.0, abs=1e-6)
    if concept == "pure":
        assert len(found.found) == 1


def _form(first: list[list[float]], second: list[list[float]]) -> StrategicForm:
    payoffs = np.array([first, second], dtype=np.float64)[..., None]
    return StrategicForm(("1", "2"), (("a", "b"), ("x", "y")), payoffs)


@pytest.mark.parametrize(
    ("first", "pure"),
    [
        ([[1e9, 1e9], [1e9 + 0.5, 1e9 + 0.5]], {(1, 0), (1, 1)}),
        ([[1e9 + 1e-4, 0.0], [1e9, 0.0]], {(0, 0), (0, 1), (1, 1)}),
        ([[1e-9, 0.0], [0.0, 1e9]], {(0, 0), (1, 1), (0, 1), (1, 0)}),
    ],
)
def test_mixed_scales_are_told_apart(first: list[list[float]], pure: set[tuple[int, int]]) -> None:
    game = _form(first, [[0.0, 0.0], [0.0, 0.0]])
    listed = {tuple(int(np.argmax(e.rules[k])) for k in (0, 1)) for e in search(game, Request("pure")).equilibria.found}
    exact = {
        cell
        for cell in itertools.product((0, 1), repeat=2)
        if Fraction(str(first[cell[0]][cell[1]])) == max(Fraction(str(row[cell[1]])) for row in first)
    }
    assert listed == exact
    assert listed <= pure


def _by_hand(numbers: Array, chances: Array) -> Fraction:
    """Return the largest gain from answering advice by another strategy, in exact numbers."""
    worst = Fraction(0)
    for who in (0, 1):
        table = [[Fraction(str(v)) for v in row] for row in (numbers[who] if who == 0 else numbers[who].T).tolist()]
        weights = [[Fraction(v) for v in row] for row in (chances if who == 0 else chances.T).tolist()]
        for advised, other in itertools.permutations(range(len(table)), 2):
            gain = sum(w * (table[other][k] - table[advised][k]) for k, w in enumerate(weights[advised]))
            worst = max(worst, Fraction(gain))
    return worst


def test_the_correlated_equilibrium_of_a_form_with_one_large_payoff(tmp_path: Path) -> None:
    text = """NFG 1 R "c" { "p" "q" } { { "1" "2" "3" } { "1" "2" "3" } }
{ { "" 0.811, 0.274 } { "" 0.868, 0.502 } { "" 1.4, 0.35 } { "" 0.564, 1.566 } { "" 3.148, 1.072 } { "" 3.68, 0.92 }
{ "" 1.02, 1.68 } { "" 2.16, 6.24 } { "" 999999999, 3.2 } }
1 4 7 2 5 8 3 6 9"""
    game = _read(text, ".nfg", tmp_path)
    assert isinstance(game, StrategicForm)
    (found,) = search(game, Request("correlated")).equilibria.found
    chances = np.zeros((3, 3))
    for (row, column), p in found.correlation.items():
        chances[int(row) - 1, int(column) - 1] = p
    assert _by_hand(game.payoffs[..., 0], chances) <= Fraction(1, 10**9)
    assert found.regret <= 1e-12


def test_utilities_that_sum_from_parts_keep_the_small_part() -> None:
    """A billion for nothing and a billionth for the second option: summed in floats they are the same."""
    decision = Decision("d", ("a", "b"), "p")
    parts = (
        Utility("large", "p", Table(("d",), np.array([[1e9], [1e9]]))),
        Utility("small", "p", Table(("d",), np.array([[0.0], [1e-9]]))),
    )
    diagram = Diagram((decision,), {}, parts, {"p": np.ones(1)}, 1)
    (found,) = search(diagram, Request("pure")).equilibria.found
    assert [rule.tolist() for rule in found.rules.values()] == [[0.0, 1.0]]


def test_payoffs_that_cancel_are_counted_exactly(tmp_path: Path) -> None:
    """Chance takes a huge payoff back; what is left decides."""
    text = f"""EFG 2 R "cancel" {{ "1" }}
p "" 1 1 "" {{ "a" "b" }} 0
c "" 1 "" {{ "h" 1/2 "t" 1/2 }} 0
t "" 1 "" {{ {LARGE} }}
t "" 2 "" {{ -{LARGE} }}
c "" 2 "" {{ "h" 1/2 "t" 1/2 }} 0
t "" 3 "" {{ 1 }}
t "" 4 "" {{ 0 }}
"""
    (found,) = search(_read(text, ".efg", tmp_path), Request("pure")).equilibria.found
    assert found.values["1"] == 0.5 and found.regret == 0.0


def test_gains_are_those_of_plain_loops() -> None:
    rng = np.random.default_rng(3)
    for _ in range(20):
        payoffs = np.round(rng.normal(size=(2, 3, 4, 1)), 3)
        form = StrategicForm(("1", "2"), (tuple("abc"), tuple("wxyz")), payoffs)
        mixture = [rng.dirichlet(np.ones(3)), rng.dirichlet(np.ones(4))]
        gain = FormGains(form).of(dict(enumerate(mixture)))
        values = payoffs[0, ..., 0] @ mixture[1], mixture[0] @ payoffs[1, ..., 0]
        right = max(values[0].max() - mixture[0] @ values[0], values[1].max() - values[1] @ mixture[1])
        assert gain.regret == pytest.approx(right, abs=1e-12) and not gain.rounding


def test_a_program_in_exact_numbers() -> None:
    """The most of x + 2 y where both are shares and y is no more than half of x."""
    half = Fraction(1, 2)
    found = largest_exactly([Fraction(1), Fraction(2)], [[-half, Fraction(1)]], [[Fraction(1)] * 2], [Fraction(1)])
    assert found == (Fraction(4, 3), [Fraction(2, 3), Fraction(1, 3)])
    assert largest_exactly([Fraction(1)], [[Fraction(1)]], [[Fraction(1)]], [Fraction(1)]) is None


def test_the_inputs_that_failed(shared: Path) -> None:
    for file in sorted((shared / "faults" / "games").glob("20-regret-*")):
        try:
            game = read_game(file)
        except CaseError:  # damaged in other ways, too, and refused for those
            continue
        assert isinstance(game, Tree | StrategicForm)
        for concept in ("pure", "mixed", "zero_sum", "correlated", "sequential"):
            try:
                listed = search(game, Request(concept)).equilibria.found
            except Refusal:
                continue
            for equilibrium in listed:
                if concept != "correlated":
                    gains = TreeGains(game) if isinstance(game, Tree) else FormGains(game)
                    assert gains.of(equilibrium.rules).regret <= 1e-7, (file.name, concept)
