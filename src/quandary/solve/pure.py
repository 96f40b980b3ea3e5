"""Every pure-strategy Nash equilibrium, by enumeration of all combinations of pure strategies.

On a tree these are equilibria of the *reduced* strategic form: no player gains by changing its whole strategy. An
equilibrium of the *agent form* (nobody gains by one choice at one information set) need not be one: two choices
changed together may pay. ``agent_form=True`` lists those instead. Neither is a refinement: beliefs at sets that are not
reached are not judged.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from quandary.game.strategic import StrategicForm
from quandary.game.table import Array, Mask
from quandary.game.tree import Tree
from quandary.solve.deviation import Deviations, form_regret, largest, tree_regret
from quandary.solve.equilibria import Equilibria, Equilibrium
from quandary.solve.strategies import COMBINATIONS_AT_MOST, Strategic, agents, leaf_gains, strategic_form

TIE = 1e-9
"""Payoffs that differ by less than this share of the player's range count as equal."""

NOT_MIXED = "mixed equilibria were not searched"


def pure(
    game: Tree | StrategicForm, world: int = 0, *, agent_form: bool = False, limit: int = COMBINATIONS_AT_MOST
) -> Equilibria:
    """Return every pure-strategy equilibrium of one world. Raises ``Refusal`` (Q456) beyond ``limit`` combinations."""
    if isinstance(game, StrategicForm):
        numbers = game.payoffs[..., 0 if game.payoffs.shape[-1] == 1 else world]
        where = np.argwhere(equilibrium_cells(numbers))
        mixtures = [[np.eye(n)[s] for n, s in zip(numbers.shape[1:], cell, strict=True)] for cell in where.tolist()]
        found = [of_mixture(game, mixture, world) for mixture in mixtures]
        return Equilibria("pure", tuple(found), True, _searched(numbers, "strategies"), (NOT_MIXED,))
    played = agents(game) if agent_form else game
    strategic = strategic_form(played, world, limit=limit)
    numbers = strategic.form.payoffs[..., 0]
    found = []
    for cell in np.argwhere(equilibrium_cells(numbers)).tolist():
        mixture = [np.eye(n)[s] for n, s in zip(numbers.shape[1:], cell, strict=True)]
        equilibrium = of_mixture(strategic, mixture, world)
        found.append(_as_owners(game, equilibrium, world) if agent_form else equilibrium)
    what = "choices at single information sets (agent form)" if agent_form else "reduced pure strategies"
    return Equilibria("pure", tuple(found), True, _searched(numbers, what), (NOT_MIXED,))


def equilibrium_cells(payoffs: Array) -> Mask:
    """Return where no player gains by another strategy of its own; ``payoffs`` is ``(players, *strategies)``."""
    players = payoffs.shape[0]
    stable = np.ones(payoffs.shape[1:], dtype=np.bool_)
    for player in range(players):
        own = payoffs[player]
        if own.size:
            stable &= own >= own.max(axis=player, keepdims=True) - TIE * (own.max() - own.min())
    return stable


def of_mixture(game: Strategic | StrategicForm, mixture: list[Array], world: int, residual: float = 0.0) -> Equilibrium:
    """Return mixed strategies, one array per player, as an equilibrium record with its own regret."""
    if isinstance(game, StrategicForm):
        rules = dict(enumerate(mixture))
        numbers = game.payoffs[..., 0 if game.payoffs.shape[-1] == 1 else world]
        values = {p: _expected(numbers[k], mixture) for k, p in enumerate(game.players)}
        return Equilibrium(rules, values, largest(lambda: form_regret(game, mixture, world)), residual)
    rules = game.rules(mixture)
    numbers = game.form.payoffs[..., 0]
    values = {p: _expected(numbers[k], mixture) for k, p in enumerate(game.tree.players)}
    return Equilibrium(rules, values, largest(lambda: tree_regret(game.tree, rules, world)), residual)


def _expected(payoffs: Array, mixture: list[Array]) -> float:
    for weights in reversed(mixture):
        payoffs = payoffs @ weights
    return float(payoffs)


def _as_owners(tree: Tree, equilibrium: Equilibrium, world: int) -> Equilibrium:
    """Return an equilibrium of the agents with values and regret of the players who own them."""
    deviations = Deviations(tree, equilibrium.rules, world)
    values = {player: deviations.value(player) for player in tree.players}
    regret = largest(lambda: tree_regret(tree, equilibrium.rules, world))
    spread = float(np.ptp(leaf_gains(tree, world)[2], axis=1).max(initial=0.0))
    gains = regret > TIE * spread
    remarks = ("agent form only: a player gains by changing several choices together",) if gains else ()
    return replace(equilibrium, values=values, regret=regret, remarks=remarks)


def _searched(payoffs: Array, what: str) -> str:
    combinations = int(np.prod(payoffs.shape[1:]))
    sizes = " x ".join(str(n) for n in payoffs.shape[1:])
    return f"all {combinations:,} combinations of {what} ({sizes}), complete for pure equilibria"
