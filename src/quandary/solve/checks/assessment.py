"""Is an assessment (behaviour and beliefs) of a tree sequentially rational? A check that trusts no solver.

Plain loops over nodes in one world, and the definition as it stands (Kreps & Wilson 1982, "Sequential equilibria",
*Econometrica* 50): at every information set, reached or not, nobody gains by another action given the beliefs there and
the behaviour after it. With perfect recall and consistent beliefs that rules out gains from longer plans too (Hendon,
Jacobsen & Sloth 1996, "The one-shot-deviation principle for sequential rationality", *Games and Economic Behavior* 12).
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from quandary.base.arrays import Array
from quandary.game.trees.tree import Tree

Beliefs = Mapping[int, Mapping[int, float]]
"""For each information set the probability of each of its nodes."""


def beliefs_of(tree: Tree, rules: Mapping[int, Array], logs: Mapping[int, Array], world: int = 0) -> Beliefs:
    """Return Bayes' rule at sets that the rules reach, and elsewhere what the log-probabilities of all actions mean.

    ``logs[set]`` is finite for every action: how unlikely it is on the way to the limit. Sets that chance never leads
    to are left out.
    """
    reach = [1.0] * len(tree.parent)
    unlikely = [0.0] * len(tree.parent)
    members: dict[int, list[int]] = {}
    for node, before in enumerate(tree.parent.tolist()):
        if before >= 0:
            which, action = int(tree.set_of[before]), int(tree.action[node])
            chances = tree.sets[which].chances
            if chances is not None:
                odds = float(chances[action, 0 if chances.shape[-1] == 1 else world])
                log = math.log(odds) if odds > 0 else -math.inf
            else:
                odds, log = float(rules[which][action]), float(logs[which][action])
            reach[node] = reach[before] * odds
            unlikely[node] = unlikely[before] + log
        which = int(tree.set_of[node])
        if which >= 0 and tree.sets[which].player is not None:
            members.setdefault(which, []).append(node)
    found = {}
    for which, nodes in members.items():
        total = sum(reach[n] for n in nodes)
        top = max(unlikely[n] for n in nodes)
        if total > 0:
            found[which] = {n: reach[n] / total for n in nodes}
        elif top > -math.inf:
            weights = {n: math.exp(unlikely[n] - top) for n in nodes}
            found[which] = {n: w / sum(weights.values()) for n, w in weights.items()}
    return found


def assessed_gains(tree: Tree, rules: Mapping[int, Array], beliefs: Beliefs, world: int = 0) -> dict[int, float]:
    """Return for each information set with a belief how much its player would gain by its best action there."""
    children: list[list[int]] = [[] for _ in tree.parent]
    for node, before in enumerate(tree.parent.tolist()):
        if before >= 0:
            children[before].append(node)
    gains = {}
    for player, row in zip(tree.players, tree.payoffs, strict=True):
        paid = [float(row[o, 0 if row.shape[-1] == 1 else world]) if o >= 0 else 0.0 for o in tree.outcome.tolist()]
        worth = list(paid)
        for node in reversed(range(len(worth))):
            which = int(tree.set_of[node])
            for child in children[node]:
                chances = tree.sets[which].chances
                action = int(tree.action[child])
                if chances is not None:
                    odds = float(chances[action, 0 if chances.shape[-1] == 1 else world])
                else:
                    odds = float(rules[which][action])
                worth[node] += odds * worth[child] if odds > 0 else 0.0
        for which, belief in beliefs.items():
            if tree.sets[which].player != player:
                continue
            values = [0.0] * len(tree.sets[which].actions)
            for node, share in belief.items():
                for child in children[node]:
                    values[int(tree.action[child])] += share * worth[child]
            own = sum(float(p) * v for p, v in zip(rules[which], values, strict=True) if p > 0)
            gains[which] = max(values) - own
    return gains


def largest_share(tree: Tree, rules: Mapping[int, Array], logs: Mapping[int, Array], world: int = 0) -> float:
    """Return the largest gain at any information set as a share of what its player's payoffs span."""
    gains = assessed_gains(tree, rules, beliefs_of(tree, rules, logs, world), world)
    spans = _spans(tree, world)
    return max((gain / (spans[str(tree.sets[which].player)] or 1.0) for which, gain in gains.items()), default=0.0)


def _spans(tree: Tree, world: int) -> dict[str, float]:
    """Return for each player the largest sum of payoffs along a path less the smallest."""
    inner = set(tree.parent.tolist())
    found = {}
    for player, row in zip(tree.players, tree.payoffs, strict=True):
        total = [0.0] * len(tree.parent)
        for node, (before, outcome) in enumerate(zip(tree.parent.tolist(), tree.outcome.tolist(), strict=True)):
            paid = float(row[outcome, 0 if row.shape[-1] == 1 else world]) if outcome >= 0 else 0.0
            total[node] = paid + (total[before] if before >= 0 else 0.0)
        leaves = [total[node] for node in range(len(total)) if node not in inner]
        found[player] = max(leaves) - min(leaves)
    return found
