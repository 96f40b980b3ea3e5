"""The information sets of any game by number, with the names that people see."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from quandary.game.diagram import Decision, Diagram
from quandary.game.strategic import StrategicForm
from quandary.game.trees.tree import Tree
from quandary.onegame.formats.gambit.efg_tree import distinct_names
from quandary.onegame.strategies import own_sets


@dataclass(frozen=True)
class NamedSet:
    """One information set: who moves, what the set is called (once per player), and what the actions are called."""

    player: str
    name: str
    actions: tuple[str, ...]


Names = Mapping[int, NamedSet]


def names_of(game: Tree | StrategicForm | Diagram) -> dict[int, NamedSet]:
    """Return every information set's names by the number under which ``Rules`` hold its behaviour.

    A tree's sets have their index in ``Tree.sets``, a strategic form's players their place; a diagram's sets are
    counted through decision by decision, the parents' states in order.
    """
    if isinstance(game, StrategicForm):
        listed = zip(game.players, game.strategies, strict=True)
        return {k: NamedSet(player, "strategy", own) for k, (player, own) in enumerate(listed)}
    if isinstance(game, Diagram):
        return dict(enumerate(itertools.chain.from_iterable(_of_decision(game, d) for d in game.decisions)))
    found = {}
    for player, sets in own_sets(game).items():
        labels = [game.sets[which].label.strip() for which in sets]
        times = Counter(labels)
        for number, (which, label) in enumerate(zip(sets, labels, strict=True), start=1):
            name = f"set {number}" if not label else label if times[label] == 1 else f"{label} (set {number})"
            found[which] = NamedSet(player, name, distinct_names(game.sets[which].actions, "action"))
    return found


def _of_decision(diagram: Diagram, decision: Decision) -> list[NamedSet]:
    states = [diagram.variable(name).states for name in decision.parents]
    found = []
    for index in itertools.product(*(range(len(s)) for s in states)):
        seen = ", ".join(f"{n}={s[i]}" for n, s, i in zip(decision.parents, states, index, strict=True))
        found.append(NamedSet(decision.player, f"{decision.name} | {seen}" if seen else decision.name, decision.states))
    return found
