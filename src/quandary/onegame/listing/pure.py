"""Every pure-strategy Nash equilibrium, by enumeration of all combinations of pure strategies.

On a tree these are equilibria of the *reduced* strategic form: no player gains by changing its whole strategy. An
equilibrium of the *agent form* (nobody gains by one choice at one information set) need not be one: two choices
changed together may pay. ``agent_form=True`` lists those instead. Neither is a refinement: beliefs at sets that are not
reached are not judged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from quandary.base.arrays import Array, Mask
from quandary.base.stopping import STOPS, Proceed, always, go_on, reason
from quandary.game.strategic import StrategicForm
from quandary.game.trees.tree import Tree, forgetful_sets
from quandary.onegame.checks.deviation import Deviations, largest, tree_regret
from quandary.onegame.checks.exact_regret import CellGains, FormGains, TreeGains, gains_of
from quandary.onegame.equilibria import EquilibriaFound, Equilibrium
from quandary.onegame.strategies import COMBINATIONS_AT_MOST, Strategic, agents, leaf_gains, strategic_form

TIE = 1e-9
"""What is less than this share of the player's range below the best may be as good: that is then counted exactly."""

NOT_MIXED = "mixed equilibria were not searched"
COMPLETE = ", complete for pure equilibria"
COMPARED_AT_MOST = 2_000


def pure(
    game: Tree | StrategicForm,
    world: int = 0,
    *,
    agent_form: bool = False,
    limit: int = COMBINATIONS_AT_MOST,
    proceed: Proceed = always,
) -> EquilibriaFound:
    """Return every pure-strategy equilibrium of one world; a search that is stopped returns those checked so far.

    Raises ``Refusal`` (Q456) beyond ``limit`` combinations, ``Stopped`` before their payoffs are there.
    """
    played: Strategic | StrategicForm
    if isinstance(game, StrategicForm):
        played, numbers = game, game.payoffs[..., 0 if game.payoffs.shape[-1] == 1 else world]
        what = "strategies"
    else:
        played = strategic_form(agents(game) if agent_form else game, world, limit=limit, proceed=proceed)
        numbers = played.form.payoffs[..., 0]
        what = "choices at single information sets (agent form)" if agent_form else "reduced pure strategies"
    go_on(proceed, "pure combinations", 0, 0)
    near = [tuple(cell) for cell in np.argwhere(equilibrium_cells(numbers)).tolist()]
    cells: list[tuple[int, ...]] = []
    found: list[Equilibrium] = []
    forgetting = isinstance(played, Strategic) and bool(forgetful_sets(played.tree))
    gains = None if forgetting else gains_of(played.tree if isinstance(played, Strategic) else played, world)
    by_cell = CellGains(played, world) if isinstance(played, Strategic) and forgetting else None
    try:
        for done, cell in enumerate(near):
            go_on(proceed, "equilibria checked", done, len(near))
            if by_cell is not None and not by_cell.of(cell).rounding:
                continue
            mixture = [np.eye(n)[s] for n, s in zip(numbers.shape[1:], cell, strict=True)]
            equilibrium = of_mixture(played, mixture, world, gains)
            if equilibrium is None:
                continue
            if agent_form and isinstance(game, Tree):
                equilibrium = _as_owners(game, equilibrium, world)
            cells.append(cell)
            found.append(equilibrium)
    except STOPS as stop:
        told = f"{_searched(numbers, what)}; {len(found):,} of {len(near):,} equilibria were checked and listed"
        return EquilibriaFound("pure", tuple(found), False, told, (NOT_MIXED,), stopped=reason(stop))
    if not agent_form and len(cells) <= COMPARED_AT_MOST:
        found = [_beside(e, cells, k) for k, e in enumerate(found)]
    limits = (NOT_MIXED, *left_open(found))
    return EquilibriaFound("pure", tuple(found), True, f"{_searched(numbers, what)}{COMPLETE}", limits)


def left_open(found: Sequence[Equilibrium]) -> tuple[str, ...]:
    """Say of a tree's equilibria what the reduced strategic form does not: choices that their own players rule out."""
    if not any(np.isnan(rule).any() for e in found for rule in e.rules.values()):
        return ()
    return (
        "strategies are reduced: at sets that a player's own moves rule out (–) any choice will do, so that in "
        "behaviour such an equilibrium, even where it stands alone here, is a continuum",
    )


def _beside(found: Equilibrium, cells: list[tuple[int, ...]], place: int) -> Equilibrium:
    """Say which others are joined with an equilibrium: they differ in what one player does, and it does not mind."""
    own = np.array(cells[place])
    near = np.flatnonzero((np.array(cells) != own).sum(axis=1) == 1)
    return replace(found, mixes_with=tuple(near.tolist()))


def equilibrium_cells(payoffs: Array) -> Mask:
    """Return where no player gains much by another strategy of its own: every equilibrium, and what floats do not tell
    from one. ``payoffs`` is ``(players, *strategies)``."""
    players = payoffs.shape[0]
    stable = np.ones(payoffs.shape[1:], dtype=np.bool_)
    for player in range(players):
        own = payoffs[player]
        if own.size:
            stable &= own >= own.max(axis=player, keepdims=True) - TIE * (own.max() - own.min())
    return stable


def of_mixture(
    game: Strategic | StrategicForm, mixture: list[Array], world: int, gains: TreeGains | FormGains | None
) -> Equilibrium | None:
    """Return mixed strategies, one array per player, as an equilibrium record with its own regret.

    ``None``: they are none, counted in exact numbers by ``gains``. Without it (where a player forgets) the regret is
    not known.
    """
    rules = dict(enumerate(mixture)) if isinstance(game, StrategicForm) else game.rules(mixture)
    form = game if isinstance(game, StrategicForm) else game.form
    numbers = form.payoffs[..., 0 if form.payoffs.shape[-1] == 1 else world]
    if gains is None:
        values = {p: _expected(numbers[k], mixture) for k, p in enumerate(form.players)}
        return Equilibrium(rules, values, float("nan"))
    gain = gains.of(rules)
    values = dict(zip(form.players, gain.values, strict=True))
    return Equilibrium(rules, values, gain.regret) if gain.rounding else None


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
    return f"all {combinations:,} combinations of {what} ({sizes})"
