"""The check of regret that goes with every equilibrium of one world, apart from the solvers."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from quandary.base.arrays import Array
from quandary.base.problems import Refusal
from quandary.engine.inference import Inference
from quandary.engine.playing.diagram_game import DiagramGame
from quandary.game.diagram import Behaviour, Diagram
from quandary.game.protocol import Game
from quandary.game.recall import unrolled_with_recall
from quandary.game.strategic import StrategicForm
from quandary.game.trees.tree import Tree, forgetful_sets
from quandary.game.trees.tree_game import TreeGame
from quandary.game.trees.unroll import Unrolled
from quandary.onegame.checks.deviation import form_regret, largest, tree_regret
from quandary.onegame.checks.exact_regret import ExactGain, gains_of
from quandary.solve.checks.regret import regret
from quandary.solve.concepts import ConceptResult

LIMIT = 1e-7
"""The limit of a branch may leave this share of the payoffs that count: so far rounding may blur it."""

NODES_CHECKED = 50_000
"""Up to so many histories a diagram's equilibrium is checked for changes of whole strategies."""


class RegretCheck:
    """Checks one game's equilibria, one after the other; a diagram's tree of histories is made once for all of them.

    ``game`` is the game of one world, ``playable`` the same as solvers see it (in one world or more); ``written`` a
    diagram before it lost the observations that cannot matter, by which it is judged whether a player forgets.
    """

    def __init__(
        self, game: Tree | StrategicForm | Diagram, playable: Game, written: Tree | StrategicForm | Diagram
    ) -> None:
        self.game = game
        self.playable = playable
        self.written = written

    def regret(self, found: ConceptResult, rules: dict[int, Array], world: int) -> tuple[float, bool]:
        """Return the regret in payoff units, and whether it counts one choice only.

        ``found`` holds the world's profile, ``rules`` the same by the numbers of ``naming.names_of``.
        """
        game = self.game
        if isinstance(game, Tree):
            return largest(lambda: tree_regret(game, rules)), False
        if isinstance(game, StrategicForm):
            return largest(lambda: form_regret(game, [rules[k] for k in range(len(game.players))])), False
        assert isinstance(self.playable, DiagramGame)
        one = self.playable.in_worlds(np.array([world]))
        behaviour = one.behaviour([choice[..., [world]] for choice in found.profile])
        if self._histories is not None:
            return _by_tree(self._histories, behaviour), False
        return largest(lambda: _at_reached_sets(one.diagram, behaviour)), True

    def gain(self, found: ConceptResult, rules: dict[int, Array], world: int) -> ExactGain | None:
        """Return the regret in exact numbers and whether it is rounding; ``None`` where it is not counted: on a diagram
        with too many histories, and where a player forgets."""
        game = self.game
        if isinstance(game, Diagram):
            if self._histories is None:
                return None
            assert isinstance(self.playable, DiagramGame)
            one = self.playable.in_worlds(np.array([world]))
            behaviour = one.behaviour([choice[..., [world]] for choice in found.profile])
            game, rules = self._histories.tree, _rules_on(self._histories, behaviour)
        if isinstance(game, Tree) and forgetful_sets(game):
            return None
        return gains_of(game).of(rules, LIMIT)

    @cached_property
    def _histories(self) -> Unrolled | None:
        """Return the diagram's tree of histories, ``None`` where it is too large."""
        assert isinstance(self.game, Diagram) and isinstance(self.written, Diagram)
        try:
            return unrolled_with_recall(self.game, self.written, limit=NODES_CHECKED)
        except Refusal:
            return None


def _by_tree(unrolled: Unrolled, behaviour: Behaviour) -> float:
    """Return the regret of whole strategies on the tree of histories."""
    rules = _rules_on(unrolled, behaviour)
    return largest(lambda: tree_regret(unrolled.tree, rules))


def _rules_on(unrolled: Unrolled, behaviour: Behaviour) -> dict[int, Array]:
    """Return the behaviour by the sets of the tree of histories."""
    game = TreeGame(unrolled.tree)
    rules: dict[int, Array] = {}
    for sets, choice in zip(game.sets_of, unrolled.profile(game, behaviour), strict=True):
        rules |= {which: choice[row, :, 0] for row, which in enumerate(sets.tolist())}
    return rules


def _at_reached_sets(diagram: Diagram, behaviour: Behaviour) -> dict[str, float]:
    """Return the most that each player gains by one choice at a set that is reached."""
    inference, gains = Inference(diagram), regret(diagram, behaviour).gains
    worst = dict.fromkeys(diagram.players, 0.0)
    for decision in diagram.decisions:
        reached = inference.joint(behaviour, decision.parents).values > 0.0
        gain = np.where(reached, np.nan_to_num(gains[decision.name].values), 0.0)
        worst[decision.player] = max(worst[decision.player], float(gain.max()))
    return worst
