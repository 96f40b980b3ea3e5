"""Is there a consistent belief system that makes a behaviour sequentially rational? A search with a certificate.

A behaviour with beliefs is *consistent* if both are the limit of fully mixed behaviours with Bayes' rule (Kreps &
Wilson 1982, *Econometrica* 50). Exactly these limits come from trembles of the form c(a) eps^K(a) for every action a
that is never taken, with K(a) > 0 and c(a) > 0 (Kreps & Wilson's lemmas A1 and A2; Perea, Jansen & Peters 1997, *Games
and Economic Behavior* 21; Streufert 2006, "Characterizing consistency by monomials and by product dispersions").
So belief at a set lies on the nodes whose moves have the least sum of K, in proportion to the products of c and of all
probabilities on the way.

1. Sets that hang together through shared trembles form a group; groups are independent.
2. In a group every set is given its *support*, the nodes that carry belief, smallest first. Supports are possible
   together if a linear program finds K; they are useful if some beliefs on them leave no gain.
3. Given the supports, the logarithms of c decide the beliefs. A set with two nodes bounds one difference of logarithms,
   and a linear program finds them or shows that there are none. With more nodes such bounds are necessary, and
   Newton-like steps look for the rest.
4. A group whose every choice of supports is refuted has no consistent beliefs. What can be neither found nor refuted
   is not settled.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from quandary.base.arrays import Array
from quandary.onegame.equilibria import Rules
from quandary.onegame.judging.extensive import Extensive, Step, Work
from quandary.onegame.judging.trembles.tremble_orders import TrembleSearch, UnreachedSet, searched
from quandary.solve.checks.assessment import Beliefs, assessed_gains, beliefs_of

ALLOWED_GAIN = 1e-8
"""A sequentially rational behaviour leaves no gain larger than this share of what the player's payoffs span."""

SEARCHED_GAINS = (1e-12, 5e-9)
REFUTED_GAIN = 1e-6
"""Beliefs are searched for that leave gains below the first, and if there are none below the second; they are refuted
only if none leaves gains below the last: a linear program meets its constraints to about 1e-7."""

STEEP = 700.0
"""The certificate is checked at trembles of ``exp(-STEEP)``, where no smaller order is left in double precision."""


@dataclass(frozen=True, eq=False)
class Trembles:
    """The certificate: for every action that is never taken its order K and the logarithm of its weight c."""

    orders: Mapping[Step, float]
    weights: Mapping[Step, float]

    def weight(self, which: int, action: int) -> float:
        """Return the weight c of an action."""
        return math.exp(self.weights[which, action])


@dataclass(frozen=True, eq=False)
class ConsistencyVerdict:
    """``holds`` is ``None`` where the question is not settled; ``at`` the sets at which no
    consistent beliefs serve together, ``whatever``: at which none serve at all."""

    holds: bool | None
    trembles: Trembles | None = None
    at: tuple[int, ...] = ()
    whatever: bool = False


def consistent(game: Extensive, rules: Rules, work: Work, *, margin: float = 0.0) -> ConsistencyVerdict:
    """Return whether a whole behaviour has consistent beliefs under which it is sequentially rational.

    With a ``margin`` every action that is not taken has to be worse by that share of its player's payoffs, which a
    behaviour of pure choices can meet only. Raises ``TooMuch``, ``Stopped``.
    """
    worth, reach = game.worth(rules), game.reach(rules)
    places: list[UnreachedSet] = []
    for which, nodes in game.members.items():
        leads = game.leads(rules, worth, which)
        if margin:
            leads = leads[np.asarray(rules[which]) == 0.0] + margin
        likely = reach[list(nodes)]
        if likely.sum() > 0.0:
            leads = (leads @ likely / likely.sum())[:, None]
        if leads.shape[1] == 1 and leads.max(initial=-1.0) > REFUTED_GAIN:
            return ConsistencyVerdict(False, at=(which,), whatever=True)
        if leads.shape[1] > 1 and leads.max(initial=-1.0) > 0.0:
            places.append(_place(game, rules, which, leads))
    for tolerance in SEARCHED_GAINS:
        found = searched(places, tolerance, work)
        certificate = _certified(game, rules, found, margin) if found.holds else None
        if certificate is not None:
            return ConsistencyVerdict(True, certificate)
    if found.holds is False:
        found = searched(places, REFUTED_GAIN, work)
    return (
        ConsistencyVerdict(False, None, found.at, found.whatever) if found.holds is False else ConsistencyVerdict(None)
    )


def logs_of(game: Extensive, rules: Rules, trembles: Trembles) -> dict[int, Array]:
    """Return every action's log-probability at trembles of ``exp(-STEEP)``, as ``assessment.beliefs_of`` takes them."""
    found = {}
    for which in game.members:
        rule = np.asarray(rules[which])
        with np.errstate(divide="ignore"):
            logs = np.log(rule)
        for action in np.flatnonzero(rule == 0.0).tolist():
            logs[action] = trembles.weights[which, action] - STEEP * trembles.orders[which, action]
        found[which] = logs
    return found


def _certified(game: Extensive, rules: Rules, found: TrembleSearch, margin: float) -> Trembles | None:
    """Return the trembles if beliefs along them, by Bayes' rule, leave no gain: checked apart from the search."""
    never = [(w, a) for w in game.members for a in np.flatnonzero(np.asarray(rules[w]) == 0.0).tolist()]
    trembles = Trembles(
        {step: found.orders.get(step, 1.0) for step in never}, {step: found.weights.get(step, 0.0) for step in never}
    )
    beliefs = beliefs_of(game.tree, rules, logs_of(game, rules, trembles))
    gains = assessed_gains(game.tree, rules, beliefs)
    worst = max((gain / game.span(which) for which, gain in gains.items()), default=0.0)
    if worst > ALLOWED_GAIN or set(gains) != set(game.members):
        return None
    return trembles if not margin or _lead(game, rules, beliefs) <= -0.9 * margin else None


def _lead(game: Extensive, rules: Rules, beliefs: Beliefs) -> float:
    """Return how much better any action that is not taken is than the rule of its set, at most."""
    worth = game.worth(rules)
    most = -np.inf
    for which, belief in beliefs.items():
        shares = np.array([belief[node] for node in game.members[which]])
        leads = game.leads(rules, worth, which)[np.asarray(rules[which]) == 0.0] @ shares
        most = max(most, float(leads.max(initial=-np.inf)))
    return most


def _place(game: Extensive, rules: Rules, which: int, leads: Array) -> UnreachedSet:
    likely = game.likelihood(rules)
    trembles, logs = [], []
    for node in game.members[which]:
        steps = game.steps[node]
        trembles.append(tuple(step for step in steps if float(rules[step[0]][step[1]]) == 0.0))
        log = 0.0
        here = node
        while (before := int(game.tree.parent[here])) >= 0:
            log += float(np.log(likely[here])) if likely[here] > 0.0 else 0.0
            here = before
        logs.append(log)
    return UnreachedSet(which, leads, tuple(trembles), np.array(logs))
