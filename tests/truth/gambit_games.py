"""The listed equilibria of Gambit's files, as our arrays."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from quandary.base import Array
from quandary.game import StrategicForm, Tree
from quandary.onegame import Matrix, exact_payoffs, own_sets, read_game, strategic_form

Exact = tuple[tuple[Fraction, ...], ...]


def game_of(path: Path) -> Tree | StrategicForm:
    game = read_game(path)
    assert isinstance(game, Tree | StrategicForm)
    return game


def profiles(listed: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from listed["profiles"]


def exact(profile: list[list[str]]) -> Exact:
    return tuple(tuple(Fraction(p) for p in own) for own in profile)


def mixture_of(profile: list[list[str]]) -> list[Array]:
    """Return mixed strategies; those listed with few decimals are made to sum to one, as Gambit does."""
    return [np.array([float(Fraction(p) / sum(map(Fraction, own))) for p in own]) for own in profile]


def rules_of(tree: Tree, profile: list[list[list[str]]]) -> dict[int, Array]:
    """Return a behaviour listed by player and set, sets in order of first appearance, as rules by the tree's sets."""
    rules = {}
    for sets, listed in zip(own_sets(tree).values(), profile, strict=True):
        for which, rule in zip(sets, listed, strict=True):
            rules[which] = np.array([float(Fraction(p)) for p in rule])
    return rules


def form_of(game: Tree | StrategicForm) -> StrategicForm:
    return game if isinstance(game, StrategicForm) else strategic_form(game).form


def matrices_of(game: Tree | StrategicForm) -> tuple[Matrix, Matrix]:
    """Return two players' payoffs as ``mixed`` takes them, in fractions: sums over a tree in floats would lose ties."""
    return exact_payoffs(game if isinstance(game, StrategicForm) else strategic_form(game))


def spread_of(game: Tree | StrategicForm) -> float:
    payoffs = game.payoffs[..., 0]
    return max(1.0, float(np.abs(payoffs).max(initial=0.0)))
