"""How much a player could gain by changing its whole strategy: a check of trees and strategic forms in one world.

It shares no code with any solver: plain loops over nodes and the definition as it stands. A player's best answer under
perfect recall is found set by set, those with the most own earlier moves first: the value of an action is the sum over
the set's nodes of the probability that chance and the others lead there times what follows.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from quandary.base.arrays import Array
from quandary.base.problems import Problem, Refusal
from quandary.game.strategic import StrategicForm
from quandary.game.trees.tree import Tree


class Deviations:
    """The gains that a behaviour leaves open in one world of a tree.

    ``rules`` gives the probability of each action at each information set that holds a node. Where it is NaN (a set
    that the player's own earlier moves rule out) any choice will do: uniform is taken.
    """

    def __init__(self, tree: Tree, rules: Mapping[int, Array], world: int = 0) -> None:
        self.tree = tree
        self.world = world
        self.parent: list[int] = tree.parent.tolist()
        self.action: list[int] = tree.action.tolist()
        self.set_of: list[int] = tree.set_of.tolist()
        self.children: list[list[int]] = [[] for _ in self.parent]
        for node, before in enumerate(self.parent):
            if before >= 0:
                self.children[before].append(node)
        for below in self.children:
            below.sort(key=self.action.__getitem__)
        self.odds: dict[int, list[float]] = {}
        for which, found in enumerate(tree.sets):
            if found.chances is not None:
                column = found.chances[:, 0 if found.chances.shape[-1] == 1 else world]
                self.odds[which] = [float(p) for p in column]
            elif which in rules:
                rule = [float(p) for p in rules[which]]
                self.odds[which] = [1.0 / len(rule)] * len(rule) if any(map(math.isnan, rule)) else rule

    def value(self, player: str) -> float:
        """Return the player's expected payoff under the behaviour."""
        paid = self._paid(player)
        total = [0.0] * len(paid)
        for node in reversed(range(len(paid))):
            total[node] = paid[node] + sum(
                p * total[child] for p, child in zip(self._at(node), self.children[node], strict=True) if p > 0
            )
        return total[0]

    def best(self, player: str) -> float:
        """Return the player's payoff from its best strategy against the others. Raises ``Refusal`` (Q453) where it
        has forgotten something."""
        tree, paid = self.tree, self._paid(player)
        weight, depth, own = self._against(player)
        chosen: dict[int, int] = {}

        def worth(node: int) -> float:
            """Return the payoff below a node, weighed by chance and the others, own moves as chosen.

            The player's sets below it have been decided by then, so that what is ``known`` stays so.
            """
            stack = [node]
            while stack:
                here = stack[-1]
                which = self.set_of[here]
                below = self.children[here]
                if below and which in own:
                    below = [below[chosen[which]]]
                missing = [child for child in below if child not in known]
                if missing:
                    stack += missing
                    continue
                known[here] = weight[here] * paid[here] + sum(known[child] for child in below)
                stack.pop()
            return known[node]

        known: dict[int, float] = {}
        for which in sorted(own, key=lambda which: -depth[which]):
            actions = range(len(tree.sets[which].actions))
            values = [sum(worth(self.children[n][a]) for n in own[which]) for a in actions]
            chosen[which] = values.index(max(values))
        return worth(0)

    def gain(self, player: str) -> float:
        """Return how much the player could gain by changing its strategy."""
        return self.best(player) - self.value(player)

    def _at(self, node: int) -> list[float]:
        which = self.set_of[node]
        return self.odds[which] if which >= 0 else []

    def _paid(self, player: str) -> list[float]:
        row = self.tree.payoffs[self.tree.players.index(player)]
        column = row[:, 0 if row.shape[-1] == 1 else self.world].tolist()
        return [column[o] if o >= 0 else 0.0 for o in self.tree.outcome.tolist()]

    def _against(self, player: str) -> tuple[list[float], dict[int, int], dict[int, list[int]]]:
        """Return the weight of each node without the player's own moves, its sets' depths and their nodes."""
        tree = self.tree
        weight = [1.0] * len(tree.parent)
        count = [0] * len(tree.parent)
        past = [0] * len(tree.parent)
        number: dict[tuple[int, int, int], int] = {}
        depth: dict[int, int] = {}
        own: dict[int, list[int]] = {}
        pasts: dict[int, int] = {}
        for node, before in enumerate(self.parent):
            if before >= 0:
                which, move = self.set_of[before], self.action[node]
                mine = tree.sets[which].player == player
                weight[node] = weight[before] * (1.0 if mine else self.odds[which][move])
                count[node] = count[before] + mine
                step = (past[before], which, move)
                past[node] = number.setdefault(step, len(number) + 1) if mine else past[before]
            which = self.set_of[node]
            if which >= 0 and tree.sets[which].player == player:
                own.setdefault(which, []).append(node)
                depth[which] = count[node]
                if pasts.setdefault(which, past[node]) != past[node]:
                    message = f'"{player}" has forgotten something it knew at set {which + 1}.'
                    raise Refusal(Problem("Q453", message, hint="its best answer is not found set by set"))
        return weight, depth, own


def tree_regret(tree: Tree, rules: Mapping[int, Array], world: int = 0) -> dict[str, float]:
    """Return for each player the most it could gain by changing its whole strategy. Raises ``Refusal`` (Q453)."""
    deviations = Deviations(tree, rules, world)
    return {player: max(0.0, deviations.gain(player)) for player in tree.players}


def form_regret(form: StrategicForm, mixture: Sequence[Array], world: int = 0) -> dict[str, float]:
    """Return for each player of a strategic form the most it could gain by another strategy."""
    numbers = form.payoffs[..., 0 if form.payoffs.shape[-1] == 1 else world]
    found = {}
    for who, player in enumerate(form.players):
        values = [0.0] * len(form.strategies[who])
        mine = 0.0
        played = [range(len(own)) if k == who else np.flatnonzero(own).tolist() for k, own in enumerate(mixture)]
        for combination in itertools.product(*played):
            others = 1.0
            for k, strategy in enumerate(combination):
                if k != who:
                    others *= float(mixture[k][strategy])
            paid = others * float(numbers[(who, *combination)])
            values[combination[who]] += paid
            mine += float(mixture[who][combination[who]]) * paid
        found[player] = max(0.0, max(values) - mine)
    return found


def largest(regret: Callable[[], Mapping[str, float]]) -> float:
    """Return the largest player's regret, or NaN where it is refused because of forgetting."""
    try:
        return max(regret().values(), default=0.0)
    except Refusal:
        return float(np.nan)
