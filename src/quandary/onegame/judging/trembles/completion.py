"""What players may do at sets that an equilibrium says nothing about, if everyone is to be sequentially rational.

Bounds on payoffs, from the end of the tree up: at a set without a rule the player may take any action that is best for
some beliefs and some payoffs within the bounds of what follows; actions that are best for none are struck out, until
nothing changes. If then a given choice is not best for any beliefs and any payoffs within the bounds, no completion and
no beliefs make the equilibrium sequentially rational.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from quandary.base.arrays import Array, Mask
from quandary.onegame.equilibria import Rules
from quandary.onegame.judging.extensive import Extensive, Work, undetermined
from quandary.onegame.judging.trembles.consistency import REFUTED_GAIN
from quandary.onegame.judging.trembles.tremble_orders import least_gain

PROFILES_AT_MOST = 64


@dataclass(frozen=True, eq=False)
class Completions:
    """``open``: at each set without a rule the actions that are left. ``against``: a set whose given choice cannot be
    rational in any completion, or -1."""

    open: Mapping[int, Mask]
    against: int = -1

    @property
    def only_one(self) -> bool:
        """Return whether no choice is left at all."""
        return all(own.sum() == 1 for own in self.open.values())

    def profiles(self, rules: Rules) -> Iterator[dict[int, Array]]:
        """Yield the rules with a pure choice at each open set, at most ``PROFILES_AT_MOST`` times."""
        choices = [np.flatnonzero(own).tolist() for own in self.open.values()]
        for chosen in itertools.islice(itertools.product(*choices), PROFILES_AT_MOST):
            pure = zip(self.open.items(), chosen, strict=True)
            yield {**rules, **{which: np.eye(len(own))[action] for (which, own), action in pure}}


def completions(game: Extensive, rules: Rules, work: Work) -> Completions:
    """Return what is left at sets without a rule. Raises ``TooMuch``, ``Stopped``."""
    left = {w: np.ones(len(rules[w]), dtype=np.bool_) for w in game.members if undetermined(rules[w])}
    changed = bool(left)
    low = high = game.worth(rules) if not left else game.paid
    while changed:
        work.spend(1 + len(game.odds) // 200)
        low, high = _bounds(game, rules, left)
        changed = False
        for which, own in left.items():
            for action in np.flatnonzero(own).tolist():
                chosen = np.eye(len(own))[action]
                if own.sum() > 1 and not _may_be_best(game, which, chosen, (low, high), work):
                    own[action] = False
                    changed = True
    reach = game.reach({w: np.zeros(len(r)) if w in left else r for w, r in rules.items()})
    for which, nodes in game.members.items():
        unreached = which not in left and reach[list(nodes)].sum() <= 0.0
        if unreached and not _may_be_best(game, which, np.asarray(rules[which]), (low, high), work):
            return Completions(left, which)
    return Completions(left)


def _may_be_best(game: Extensive, which: int, rule: Array, bounds: tuple[Array, Array], work: Work) -> bool:
    low, high = bounds
    after, owner = game.after[which], game.owner(which)
    worst, best = low[owner][after], high[owner][after]
    leads = worst * (1.0 - rule[:, None]) - (rule @ best - rule[:, None] * best)
    return least_gain(leads / game.span(which), work) <= REFUTED_GAIN


def _bounds(game: Extensive, rules: Rules, left: Mapping[int, Mask]) -> tuple[Array, Array]:
    """Return the least and most that every player can expect from each node on, ``(players, nodes)``."""
    tree = game.tree
    likely = game.likelihood({w: np.zeros(len(r)) if w in left else r for w, r in rules.items()})
    low, high = game.paid.copy(), game.paid.copy()
    place = {node: k for which in left for k, node in enumerate(game.members[which])}
    for node in range(len(likely) - 1, -1, -1):
        which = int(tree.set_of[node])
        if which in left:
            below = game.after[which][left[which], place[node]]
            low[:, node] += low[:, below].min(axis=1)
            high[:, node] += high[:, below].max(axis=1)
        if likely[node] > 0.0 and node:
            low[:, tree.parent[node]] += likely[node] * low[:, node]
            high[:, tree.parent[node]] += likely[node] * high[:, node]
    return low, high
