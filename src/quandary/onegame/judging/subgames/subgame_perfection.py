"""Is a behaviour, or some completion of it, subgame perfect? Subgame by subgame, from the last ones up.

A list of equilibria of the reduced strategic form says nothing about sets that a player's own moves rule out. What is
asked is therefore whether these sets can be filled in so that every subgame is left with a Nash equilibrium (Selten
1965). In a subgame a player is *free* if it is reached only against one of the player's own moves.

1. No player is free: the behaviour there is an equilibrium of the subgame or it is not. Sets that are ruled out by a
   move inside the subgame do not matter for that.
2. One is free: its best answers under which nobody else wants to change either are the points of a polytope.
3. Two are free: every extreme equilibrium between them that the others can live with (``mixed``).
4. More are free: the pure equilibria between them.

What the subgame then pays goes to the larger ones. "No" is said only where every possibility was gone through: where
the parts that were found are all there are, or pay all there is to pay; or where someone gains whatever smaller
subgames pay within bounds that hold for all their equilibria.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from quandary.base.arrays import Array
from quandary.onegame.equilibria import Rules
from quandary.onegame.judging.extensive import Extensive, Work, undetermined
from quandary.onegame.judging.subgames.free_players import Free, answers
from quandary.onegame.judging.subgames.subgame_trunks import (
    REFUTED_GAIN,
    Bounds,
    Trunk,
    bounds_of,
    by_deviation,
    by_one_move,
    free_players,
    must_gain,
)

ALLOWED_GAIN = 1e-8
PARTS_AT_MOST = 64
COMBINATIONS_AT_MOST = 400


@dataclass(frozen=True, eq=False)
class SubgamePart:
    """Rules inside a subgame that leave every subgame of it with an equilibrium, and what they pay."""

    rules: Rules
    paid: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class SubgamePerfection:
    """``holds`` with the completions found; where it does not hold, ``root`` is a subgame that is left without an
    equilibrium, and ``gainer`` who gains how much there under the behaviour as it is (if nobody is free there)."""

    holds: bool | None
    completions: tuple[Rules, ...] = ()
    root: int = 0
    gainer: tuple[str, float] | None = None


@dataclass(eq=False)
class _Solved:
    parts: list[SubgamePart] = field(default_factory=list)
    bounds: Bounds = ((), ())
    whole: bool = True
    refuted: bool = False
    gainer: tuple[str, float] | None = None


def subgame_perfection(game: Extensive, subgames: Sequence[Trunk], rules: Rules, work: Work) -> SubgamePerfection:
    """Return whether some completion of the rules is subgame perfect. Raises ``TooMuch``, ``Stopped``."""
    solved: dict[int, _Solved] = {}
    for trunk in subgames:
        here = _solve(game, rules, trunk, solved, work)
        if here.refuted or (here.whole and not here.parts):
            return SubgamePerfection(False, root=trunk.root, gainer=here.gainer)
        solved[trunk.root] = here
    parts = solved[0].parts
    return SubgamePerfection(True if parts else None, tuple(part.rules for part in parts))


def _solve(game: Extensive, rules: Rules, trunk: Trunk, solved: Mapping[int, _Solved], work: Work) -> _Solved:
    own = {which: rules[which] for which in trunk.sets if which in game.members}
    free = free_players(game, own)
    fixed = {w: np.full(len(r), 1.0 / len(r)) if undetermined(r) else r for w, r in own.items()}
    inner = [solved[node].bounds for node in trunk.inner]
    here = _Solved(bounds=bounds_of(game, trunk, fixed, free, inner), whole=all(solved[n].whole for n in trunk.inner))
    if not free and (must := must_gain(game, trunk, fixed, inner)):
        here.refuted, here.gainer = True, must
        return here
    combinations = itertools.product(*(solved[node].parts for node in trunk.inner))
    for count, chosen in enumerate(combinations):
        if count == COMBINATIONS_AT_MOST or len(here.parts) >= PARTS_AT_MOST:
            here.whole = False
            break
        work.spend()
        small = trunk.paying([part.paid for part in chosen])
        below: dict[int, Array] = {}
        for part in chosen:
            below |= part.rules
        if free:
            listed = answers(Free(small, own, tuple(free), game.spans), work)
            here.whole = here.whole and listed.whole
            here.parts += [SubgamePart({**below, **own, **found}, paid) for found, paid in listed.found]
            continue
        work.spend(len(small.parent) // 50)
        gains, paid = by_one_move(game, trunk, small, fixed) if trunk.single else by_deviation(small, fixed)
        worst = max(gains, key=lambda p: gains[p] / (game.spans[p] or 1.0), default="")
        gain = gains[worst] / (game.spans[worst] or 1.0) if worst else 0.0
        if gain <= ALLOWED_GAIN:
            here.parts.append(SubgamePart({**below, **own}, paid))
        elif gain <= REFUTED_GAIN:
            here.whole = False
        else:
            here.gainer = (worst, gains[worst])
    if here.whole and here.parts:
        all_paid = np.array([part.paid for part in here.parts])
        here.bounds = tuple(all_paid.min(axis=0).tolist()), tuple(all_paid.max(axis=0).tolist())
    return here
