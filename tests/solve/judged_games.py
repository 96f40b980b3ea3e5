"""What is said of the equilibria of a game, and which of them plays what: for the tests of statements."""

from __future__ import annotations

import numpy as np

from quandary.game import StrategicForm, Tree
from quandary.onegame import Equilibrium, JudgedEquilibrium, Judgements, Request, Searched, statements
from quandary.onegame.search import search

TWO = ("one", "two")
THREE = ("one", "two", "three")


def judged(game: Tree | StrategicForm, concept: str) -> tuple[Searched, Judgements]:
    found = search(game, Request(concept))
    told = statements(found)
    assert len(told.listed) == len(found.equilibria.found)
    return found, told


def at(tree: Tree, name: str) -> int:
    return next(k for k, own in enumerate(tree.sets) if own.label == name)


def playing(game: Tree | StrategicForm, concept: str, **choices: str) -> tuple[Equilibrium, JudgedEquilibrium]:
    """Return the one equilibrium in which these choices are certain at the sets so named."""
    found, told = judged(game, concept)
    assert isinstance(found.game, Tree)
    fits = []
    for e, own in zip(found.equilibria.found, told.listed, strict=True):
        named = {
            w: found.game.sets[w].actions.index(choices[found.game.sets[w].label])
            for w in e.rules
            if found.game.sets[w].label in choices
        }
        if all(e.rules[w][a] == 1.0 for w, a in named.items()):
            fits.append((e, own))
    ((equilibrium, said),) = fits
    return equilibrium, said


def by_cell(found: Searched, told: Judgements) -> dict[tuple[int, ...], JudgedEquilibrium]:
    """Return what is said of the pure equilibria of a matrix, by their strategies' numbers."""
    pairs = zip(found.equilibria.found, told.listed, strict=True)
    return {tuple(int(np.argmax(rule)) for rule in e.rules.values()): own for e, own in pairs}


def answers(own: JudgedEquilibrium) -> tuple[bool | None, ...]:
    return (own.subgame_perfect.holds, own.sequential.holds, own.logit_limit.holds, own.trembling_hand.holds)
