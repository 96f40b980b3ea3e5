"""Whether a behaviour is the equilibrium that it is listed as: its regret in exact numbers, against what it may be.

In floats a payoff of 1e19 swallows one of 1, and a tolerance that is a share of all payoffs lets pass what matters
where the large ones never come. Here payoffs and odds are the numbers that the file gives, sums have no rounding, and a
gain is compared with the payoffs that it is made of: those of play as it is, and of play after the best change. Where
every choice is pure and every number is plain, nothing at all may be gained.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from quandary.base.arrays import Array
from quandary.base.stopping import always
from quandary.game.plain_numbers import plain
from quandary.game.strategic import StrategicForm
from quandary.game.trees.tree import Tree
from quandary.onegame.strategies import Strategic, leaves_allowed

Number = int | float | Fraction
Choice = Mapping[int, Sequence[Number]]

ROUNDED = 1e-9
"""Weights that are rounded to floats may leave a gain of this share of the payoffs that count."""

UNPLAIN = 1e-14
"""So much of a payoff is rounding where it is no plain number but was reckoned in floats, as a case's are."""

FLOATS_TELL = 1e-13
"""Sums in floats are off by at most this share of their parts; what that leaves open is counted in exact numbers."""


@dataclass(frozen=True)
class ExactGain:
    """The most that any player gains by another strategy, in payoff units, whether it may be rounding, and what each
    player gains and expects as it is (where that was counted)."""

    regret: float
    rounding: bool
    each: tuple[float, ...] = ()
    values: tuple[float, ...] = ()


@dataclass(frozen=True)
class _Weights:
    """Payoff times chance by player and node, ``common`` times so much; ``plain``: all numbers are."""

    of: Sequence[Sequence[Number]]
    common: Sequence[int]
    plain: bool = True


class TreeGains:
    """What a player gains on one tree in one world; made once for all behaviours that are looked at."""

    def __init__(self, tree: Tree, world: int = 0) -> None:
        self.tree, self.world = tree, world
        self.set_of: list[int] = tree.set_of.tolist()
        self.owner = [None if which < 0 else tree.sets[which].player for which in self.set_of]
        self.children: list[list[int]] = [[] for _ in self.set_of]
        self.parent: list[int] = tree.parent.tolist()
        self.action: list[int] = tree.action.tolist()
        for node, before in enumerate(self.parent):
            if before >= 0:
                self.children[before].append(node)
        for below in self.children:
            below.sort(key=self.action.__getitem__)
        column = 0 if tree.payoffs.shape[-1] == 1 else world
        self._numbers = tree.exact or tree.payoffs[..., column].tolist()
        self._chances = {
            which: found.chances[:, 0 if found.chances.shape[-1] == 1 else world].tolist()
            for which, found in enumerate(tree.sets)
            if found.chances is not None
        }
        self.leaf = [which < 0 for which in self.set_of]
        shares = {which: [p / sum(own) for p in own] if sum(own) else own for which, own in self._chances.items()}
        self.odds: list[float] = self._down(1.0, shares)
        self.paid = [[float(v) for v in own] for own in self._numbers]
        self.payoff: list[list[float]] = [self._gathered(own, 0.0) for own in self.paid]

    def _down(self, whole: Any, shares: Mapping[int, Sequence[Any]]) -> list[Any]:  # noqa: ANN401 - any kind of number
        """Return the share of ``whole`` that chance leads to each node."""
        found = [whole] * len(self.parent)
        for node, before in enumerate(self.parent):
            if before >= 0:
                own = shares.get(self.set_of[before])
                found[node] = found[before] * own[self.action[node]] if own else found[before]
        return found

    def _gathered(self, paid: Sequence[Any], nothing: Any) -> list[Any]:  # noqa: ANN401 - any kind of number
        """Return what is paid on the way to each node."""
        found = [nothing] * len(self.parent)
        for node, (before, outcome) in enumerate(zip(self.parent, self.tree.outcome.tolist(), strict=True)):
            found[node] = (found[before] if before >= 0 else nothing) + (paid[outcome] if outcome >= 0 else nothing)
        return found

    @cached_property
    def _in_floats(self) -> _Weights:
        weights = [
            [v * p if leaf else 0.0 for v, p, leaf in zip(own, self.odds, self.leaf, strict=True)]
            for own in self.payoff
        ]
        return _Weights(weights, [1] * len(weights))

    @cached_property
    def _exactly(self) -> _Weights:
        """Return chance times payoff of each leaf, by player in whole numbers over one denominator."""
        is_plain = [plain(p)[1] for own in self._chances.values() for p in own]
        odds = {which: [plain(p)[0] for p in own] for which, own in self._chances.items()}
        odds = {which: [p / sum(own) for p in own] if sum(own) else own for which, own in odds.items()}
        chance = self._down(Fraction(1), odds)
        weights, common = [], []
        for own in self._numbers:
            told = [(v, True) if isinstance(v, Fraction) else plain(v) for v in own]
            is_plain += [yes for _, yes in told]
            total = self._gathered([number for number, _ in told], Fraction(0))
            parts = [t * p if leaf else Fraction(0) for t, p, leaf in zip(total, chance, self.leaf, strict=True)]
            common.append(math.lcm(*{w.denominator for w in parts}, 1))
            weights.append([w.numerator * (common[-1] // w.denominator) for w in parts])
        return _Weights(weights, common, plain=all(is_plain))

    def of(self, rules: Mapping[int, Array], allowed: float = ROUNDED) -> ExactGain:
        """Return the largest gain that a behaviour leaves; weights may be rounded by the share ``allowed``.

        Every player has perfect recall.
        """
        whole = exact_rules(rules)
        if all(p in (0, 1) for own in whole.values() for p in own):
            return self._largest(whole, self._exactly, 0.0, 0.0)
        floats = {which: [float(p) for p in own] for which, own in whole.items()}
        soon = self._largest(floats, self._in_floats, allowed, -FLOATS_TELL)
        return soon if soon.rounding else self._largest(whole, self._exactly, allowed, 0.0)

    def weights_of(self, who: int) -> Sequence[Number]:
        """Return a player's payoff times chance by node, in whole numbers over a denominator that all share."""
        return self._exactly.of[who]

    def _largest(self, rules: Choice, weights: _Weights, share: float, blur: float) -> ExactGain:
        """Return the largest gain; it may be ``share`` of the payoffs less where they stand, and ``blur`` of them."""
        rounding = True
        each: list[float] = []
        values: list[float] = []
        for who, player in enumerate(self.tree.players):
            others = self._reach(rules, player)
            chosen, best = self._best(player, others, weights.of[who])
            mine = self._reach(rules, "")
            value = sum((p * weights.of[who][node] for node, p in mine.items() if self.leaf[node]), 0)
            gain = float(Fraction(best - value) / weights.common[who])
            values.append(float(Fraction(value) / weights.common[who]))
            each.append(max(0.0, gain))
            if gain <= 0.0 and blur >= 0.0:
                continue
            near, far = self._apart(who, values[-1], (*mine.items(), *self._after(others, chosen).items()))
            rounding = rounding and gain <= share * near + (blur if weights.plain else blur + UNPLAIN) * far
        return ExactGain(max(each, default=0.0), rounding, tuple(each), tuple(values))

    def _apart(self, who: int, centre: float, reached: Sequence[tuple[int, Number]]) -> tuple[float, float]:
        """Return how far payoffs lie from ``centre`` and from nothing, weighed by how likely they are."""
        near = far = 0.0
        paid = self.payoff[who]
        for node, p in reached:
            if self.leaf[node]:
                near += float(p) * self.odds[node] * abs(paid[node] - centre)
                far += float(p) * self.odds[node] * abs(paid[node])
        return near, far

    def _reach(self, rules: Choice, without: str) -> dict[int, Number]:
        """Return the nodes that the players' choices lead to, with their probability; chance and ``without`` leave all
        open and count nothing."""
        found: dict[int, Number] = {0: 1}
        waiting = [0]
        while waiting:
            node = waiting.pop()
            owner, below = self.owner[node], self.children[node]
            if owner is None or owner == without:
                for child in below:
                    found[child] = found[node]
                    waiting.append(child)
                continue
            for child, p in zip(below, rules[self.set_of[node]], strict=True):
                if p:
                    found[child] = found[node] * p
                    waiting.append(child)
        return found

    def _best(
        self, player: str, others: Mapping[int, Number], weights: Sequence[Number]
    ) -> tuple[dict[int, int], Number]:
        """Return the player's best choices against the others' reach, and what they are worth."""
        depth: dict[int, int] = {}
        own: dict[int, list[int]] = {}
        moves = {0: 0}
        for node in sorted(others):
            if node:
                before = self.parent[node]
                moves[node] = moves[before] + (self.owner[before] == player)
            if self.owner[node] == player:
                own.setdefault(self.set_of[node], []).append(node)
                depth[self.set_of[node]] = moves[node]
        chosen: dict[int, int] = {}
        known: dict[int, Number] = {}

        def worth(node: int) -> Number:
            stack = [node]
            while stack:
                here = stack[-1]
                below = [child for child in self.children[here] if child in others]
                if below and self.owner[here] == player:
                    below = [below[chosen[self.set_of[here]]]]
                missing = [child for child in below if child not in known]
                if missing:
                    stack += missing
                    continue
                known[here] = sum((known[c] for c in below), 0) if below else others[here] * weights[here]
                stack.pop()
            return known[node]

        for which in sorted(own, key=lambda which: -depth[which]):
            actions = range(len(self.tree.sets[which].actions))
            values = [sum((worth(self.children[n][a]) for n in own[which]), 0) for a in actions]
            chosen[which] = values.index(max(values))
        return chosen, worth(0)

    def _after(self, others: Mapping[int, Number], chosen: Mapping[int, int]) -> dict[int, Number]:
        """Return the nodes that are reached after the player's best choices."""
        found = {0: others[0]}
        for node in sorted(others):
            before = self.parent[node]
            which = self.set_of[before] if node else -1
            if node and before in found and (which not in chosen or chosen[which] == self.action[node]):
                found[node] = others[node]
        return found


class FormGains:
    """What a player gains in one strategic form in one world."""

    def __init__(self, form: StrategicForm, world: int = 0) -> None:
        self.form = form
        self.numbers = form.payoffs[..., 0 if form.payoffs.shape[-1] == 1 else world]

    def of(self, rules: Mapping[int, Array], allowed: float = ROUNDED) -> ExactGain:
        """Return the largest gain that strategies, by the players' numbers, leave; see ``TreeGains.of``."""
        mixture = [exact_rules(rules)[k] for k in range(len(self.form.players))]
        played = [[(s, p) for s, p in enumerate(own) if p] for own in mixture]
        share = 0.0 if all(len(own) == 1 for own in played) else allowed
        rounding, each, values = True, [], []
        for who in range(len(mixture)):
            gain, most, value = self._gain(who, mixture[who], played, share)
            values.append(value)
            each.append(gain)
            rounding = rounding and gain <= most
        return ExactGain(max(each, default=0.0), rounding, tuple(each), tuple(values))

    def _gain(
        self, who: int, mine: Sequence[Number], played: Sequence[Sequence[tuple[int, Number]]], share: float
    ) -> tuple[float, float, float]:
        """Return a player's gain, the most that it may be, and what it expects."""
        own = np.moveaxis(self.numbers[who], who, -1)
        values: list[Fraction] = [Fraction(0)] * len(mine)
        seen: list[tuple[float, list[float]]] = []
        is_plain = True
        for others in itertools.product(*(p for k, p in enumerate(played) if k != who)):
            weight = Fraction(math.prod((Fraction(p) for _, p in others), start=Fraction(1)))
            row = own[tuple(s for s, _ in others)].tolist()
            seen.append((float(weight), row))
            for s, paid in enumerate(row):
                number, yes = plain(paid)
                is_plain = is_plain and yes
                values[s] += weight * number
        value = sum((p * v for p, v in zip(mine, values, strict=True)), Fraction(0))
        best = values.index(max(values))
        gain = values[best] - value
        centre, near, far = float(value), 0.0, 0.0
        if gain <= 0:
            return 0.0, 0.0, centre
        for weight_, row in seen:
            for s, p in enumerate(mine):
                part = weight_ * (float(p) + (s == best))
                near += part * abs(row[s] - centre)
                far += part * abs(row[s])
        return float(gain), share * near + (0.0 if is_plain else UNPLAIN * far), centre


class CellGains:
    """What a player gains by other pure strategies on a tree on which somebody forgets: strategy by strategy."""

    def __init__(self, strategic: Strategic, world: int = 0) -> None:
        self.exactly = TreeGains(strategic.tree, world)
        leaves = np.flatnonzero(strategic.tree.set_of < 0)
        self.leaves = leaves.tolist()
        self.allowed = [leaves_allowed(strategic.tree, own, leaves, always) for own in strategic.strategies]

    def of(self, cell: Sequence[int]) -> ExactGain:
        """Return the largest gain that a combination of pure strategies leaves."""
        held, worst, rounding = self.exactly._exactly, Fraction(0), True
        for who, own in enumerate(self.allowed):
            others = np.ones(len(self.leaves), dtype=np.bool_)
            for k, masks in enumerate(self.allowed):
                others &= masks[cell[k]] if k != who else True
            weights, paid = held.of[who], self.exactly.payoff[who]
            some = np.flatnonzero(others).tolist()
            values = [int(sum(weights[self.leaves[n]] for n in some if row[n])) for row in own]
            gain = Fraction(max(values) - values[cell[who]]) / held.common[who]
            far = sum(self.exactly.odds[self.leaves[n]] * abs(paid[self.leaves[n]]) for n in some)
            worst = max(worst, gain)
            rounding = rounding and gain <= (0.0 if held.plain else UNPLAIN * far)
        return ExactGain(float(worst), rounding)


def exact_cells(game: StrategicForm | Strategic, world: int = 0) -> list[list[Fraction]]:
    """Return each player's payoffs for all combinations of strategies, in order of a flat array, in exact numbers."""
    if isinstance(game, StrategicForm):
        column = 0 if game.payoffs.shape[-1] == 1 else world
        return [[plain(v)[0] for v in own.ravel().tolist()] for own in game.payoffs[..., column]]
    gains = TreeGains(game.tree, world)
    leaves = np.flatnonzero(game.tree.set_of < 0)
    allowed = [leaves_allowed(game.tree, own, leaves, always) for own in game.strategies]
    held = gains._exactly
    found: list[list[Fraction]] = [[] for _ in allowed]
    for combination in itertools.product(*allowed):
        some = leaves[np.logical_and.reduce(combination)].tolist()
        for who, cells in enumerate(found):
            cells.append(Fraction(int(sum(held.of[who][n] for n in some)), held.common[who]))
    return found


def advice_gain(
    numbers: Array, chances: Array, allowed: float = ROUNDED, exact: Sequence[Sequence[Fraction]] | None = None
) -> ExactGain:
    """Return the most that a player gains by answering any advice by another strategy (a correlated equilibrium).

    ``exact`` holds the payoffs of all cells where ``numbers`` have lost digits.
    """
    shares = {cell: Fraction(float(chances[cell])) for cell in map(tuple, np.argwhere(chances > 0).tolist())}
    total = sum(shares.values())

    def number(who: int, cell: tuple[int, ...]) -> Fraction:
        if exact is None:
            return plain(float(numbers[who][cell]))[0]
        return exact[who][int(np.ravel_multi_index(cell, numbers.shape[1:]))]

    worst, rounding = 0.0, True
    for who, own in enumerate(numbers):
        for advised in range(own.shape[who]):
            some = [(cell, p / total) for cell, p in shares.items() if cell[who] == advised]
            rows = [
                (float(p), p, [(*cell[:who], s, *cell[who + 1 :]) for s in range(own.shape[who])]) for cell, p in some
            ]
            values = [sum((p * number(who, row[s]) for _, p, row in rows), Fraction(0)) for s in range(own.shape[who])]
            best = values.index(max(values))
            gain = float(values[best] - values[advised])
            parts = [(p, float(own[row[s]])) for p, _, row in rows for s in (advised, best)]
            if gain <= 0.0:
                continue
            weight = sum(p for p, _ in parts)
            centre = sum(p * v for p, v in parts) / weight
            near, far = sum(p * abs(v - centre) for p, v in parts), sum(p * abs(v) for p, v in parts)
            is_plain = exact is not None or all(plain(float(own[cell]))[1] for _, _, row in rows for cell in row)
            worst = max(worst, gain)
            rounding = rounding and gain <= allowed * near + (0.0 if is_plain else UNPLAIN * far)
    return ExactGain(worst, rounding)


def gains_of(game: Tree | StrategicForm, world: int = 0) -> TreeGains | FormGains:
    """Return what counts the gains in a game."""
    return TreeGains(game, world) if isinstance(game, Tree) else FormGains(game, world)


def exact_rules(rules: Mapping[int, Array]) -> dict[int, list[Number]]:
    """Return probabilities as numbers that sum to one, whole where every choice is pure; nothing at sets left open."""
    found: dict[int, list[Number]] = {}
    for which, rule in rules.items():
        own = np.asarray(rule, dtype=np.float64).tolist()
        if any(math.isnan(p) for p in own):
            found[which] = [0] * len(own)
        elif all(p in (0.0, 1.0) for p in own):
            found[which] = [int(p) for p in own]
        else:
            shares = [Fraction(p) for p in own]
            total = sum(shares)
            found[which] = [p / total for p in shares]
    return found
