"""Is an equilibrium the one that the logit branch leads to, or one of the same continuum?

Compared is what is done at every set that either of the two reaches: there choices agree, and so payoffs do. Where
they do not agree the two are still taken as one if whatever players of either are put together is an equilibrium: then
every mixture of the two is one as well (what a player gains is linear in every other's strategy), and they lie in one
continuum. Corners of one component of ``mixed`` are joined through each other.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from quandary.base.arrays import Array
from quandary.base.problems import Refusal
from quandary.base.stopping import Stopped
from quandary.game.strategic import StrategicForm, StrategicGame
from quandary.game.trees.tree_game import TreeGame
from quandary.onegame.checks.deviation import form_regret, tree_regret
from quandary.onegame.components import Component
from quandary.onegame.equilibria import Rules
from quandary.onegame.judging.extensive import Extensive, TooMuch, Work, undetermined
from quandary.onegame.judging.judged import EquilibriumStatement, StatementCause
from quandary.solve.branch.watched import Watch, Watched
from quandary.solve.sequential import Limit, Trembling, sequential

SAME_CHOICE = 1e-6
STABLE = 1e-8
DIFFERING_AT_MOST = 4
STEPS_OF_WORK = 40
"""So many passes over a game count as one unit of work."""

NODES_OF_WORK = 10_000
"""A pass over so many nodes, in all the worlds that it is made in, counts once."""

LIMIT_LACKS = EquilibriumStatement(
    None, "following the branch to its limit takes more work than is spent on it", StatementCause.WORK
)
COMPARING_LACKS = EquilibriumStatement(None, "comparing takes more work than is spent on it", StatementCause.WORK)
SAME = EquilibriumStatement(True, "it is the limit")
IN_PLAY = EquilibriumStatement(
    True, "it makes the limit's choices wherever play comes, and others elsewhere", StatementCause.IN_PLAY
)
JOINED = EquilibriumStatement(True, "every mixture of it and the limit is an equilibrium too", StatementCause.JOINED)
CORNER = EquilibriumStatement(True, "it is a corner of the continuum that the limit lies in", StatementCause.JOINED)
APART = EquilibriumStatement(False, "the limit makes other choices where play comes")


@dataclass(frozen=True, eq=False)
class NearestLimit:
    """The limit of the principal branch: its rules and log-probabilities by set, or why there is none (``missing``)."""

    limit: Limit | None
    rules: Rules
    logs: Rules
    missing: EquilibriumStatement | None = None

    @property
    def perfect(self) -> bool:
        """Return whether the limit is known to be trembling-hand perfect in the agent form."""
        return self.limit is not None and self.limit.trembling is not Trembling.UNKNOWN


def nearest_limit(game: Extensive | StrategicForm, work: Work) -> NearestLimit:
    """Return the limit. Raises ``Stopped`` where ``work`` is stopped from outside."""
    played = TreeGame(game.tree) if isinstance(game, Extensive) else StrategicGame(game)
    size = len(game.odds) if isinstance(game, Extensive) else game.payoffs[..., 0].size
    count, weight, passed = 0, 1 + size // 1_000, 0

    def proceed(what: str, done: int, _total: int) -> bool:
        nonlocal count, passed
        worlds, passed = done - passed, done
        count += max(weight, size * worlds // NODES_OF_WORK)
        work.spend(count // STEPS_OF_WORK)
        count %= STEPS_OF_WORK
        return True

    try:
        found = sequential(Watched(played, Watch(proceed)))
    except TooMuch:
        return NearestLimit(None, {}, {}, LIMIT_LACKS)
    except Refusal as refused:
        return NearestLimit(None, {}, {}, EquilibriumStatement(None, refused.problem.message))
    limit = found.limits[0]
    if not limit.converged:
        missing = EquilibriumStatement(None, limit.reason or "the limit was not found")
        return NearestLimit(None, {}, {}, missing)
    rules: dict[int, Array] = {}
    logs: dict[int, Array] = {}
    for numbers, choice, log in zip(played.sets_of, found.profile, found.logarithms, strict=True):
        for row in range(len(choice)):
            which = int(numbers[row])
            rules[which], logs[which] = choice[row, :, 0], log[row, :, 0]
    return NearestLimit(limit, rules, logs)


def same_play(game: Extensive | StrategicForm, rules: Rules, limit: Rules) -> bool:
    """Return whether two behaviours agree at every set that either reaches."""
    if isinstance(game, StrategicForm):
        return all(np.abs(rules[k] - limit[k]).max() <= SAME_CHOICE for k in limit)
    whole = {w: np.zeros(len(r)) if undetermined(r) else r for w, r in rules.items()}
    reached = np.maximum(game.reach(whole), game.reach(limit))
    for which, nodes in game.members.items():
        if reached[list(nodes)].max() > SAME_CHOICE and np.abs(whole[which] - limit[which]).max() > SAME_CHOICE:
            return False
    return True


def agrees(rules: Rules, limit: Rules, tolerance: float = STABLE) -> bool:
    """Return whether a limit is a completion of the rules: they agree wherever these say anything."""
    return all(undetermined(own) or np.abs(own - limit[w]).max() <= tolerance for w, own in rules.items() if w in limit)


def joined(game: Extensive | StrategicForm, rules: Rules, limit: Rules, work: Work) -> bool:
    """Return whether every combination of players of the two is an equilibrium."""
    players = game.tree.players if isinstance(game, Extensive) else game.players
    sets = {
        p: [w for w in limit if (game.tree.sets[w].player if isinstance(game, Extensive) else players[w]) == p]
        for p in players
    }
    differing = [p for p in players if any(not _equal(rules[w], limit[w]) for w in sets[p])]
    if len(differing) > DIFFERING_AT_MOST:
        return False
    for size in range(1, len(differing)):
        for turned in itertools.combinations(differing, size):
            mine = {w for p in turned for w in sets[p]}
            if not _is_equilibrium(game, {w: limit[w] if w in mine else rules[w] for w in limit}, work):
                return False
    return True


def _equal(one: Array, other: Array) -> bool:
    return not undetermined(one) and bool(np.abs(np.asarray(one) - other).max() <= SAME_CHOICE)


def _is_equilibrium(game: Extensive | StrategicForm, rules: Rules, work: Work) -> bool:
    if isinstance(game, Extensive):
        work.spend(1 + len(game.odds) // 50)
        return all(gain <= STABLE * (game.spans[p] or 1.0) for p, gain in tree_regret(game.tree, rules).items())
    work.spend(1 + game.payoffs[..., 0].size // 500)
    gains = form_regret(game, [rules[k] for k in range(len(game.players))])
    spans = [float(np.ptp(own)) or 1.0 for own in game.payoffs]
    return all(gain <= STABLE * span for gain, span in zip(gains.values(), spans, strict=True))


def with_limit(
    game: Extensive | StrategicForm, listed: Sequence[Rules], limit: Rules, parts: Sequence[Component], work: Work
) -> list[EquilibriumStatement]:
    """Return for every equilibrium whether it is the limit or joined with it, and why; ``None`` when out of work.

    The list ends early where the work is stopped.
    """
    found: list[EquilibriumStatement] = []
    for rules in listed:
        try:
            if same_play(game, rules, limit):
                found.append(SAME if agrees(rules, limit, SAME_CHOICE) else IN_PLAY)
            else:
                found.append(JOINED if joined(game, rules, limit, work) else APART)
        except TooMuch:
            found.append(COMPARING_LACKS)
        except Stopped:
            return found
    for part in parts:
        if any(k < len(found) and found[k].holds for k in part.members):
            for k in part.members:
                if k < len(found) and not found[k].holds:
                    found[k] = CORNER
    return found
