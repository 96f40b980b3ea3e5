"""What each option is worth to the one who decides, at each information set of a decision, in a batch of worlds.

At an information set h of D its owner A has seen h and nothing else. World by world

    E[U_A | D = v, h, e]  =  E[U_A | do(D = v), h, e]

for whatever e mentions no descendant of D: h is all that D's rule looks at, so that, h being known, D says no more of
what does not come after it (*in a row, do equals conditioning*; rule 2 of the do-calculus, Pearl 2009, *Causality*,
section 3.4.2). Neither side depends on D's own rule at h. So an option that the owner would hardly take, or never, is
valued like the others: by letting D choose evenly among what is allowed, everybody else following their rules, and
conditioning. Without e this is the action value at h of the stakes that D can change, plus what the others come to.

Sets are those of the observations that matter (``vantage.py``): the rest changes no difference between the options.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from quandary.ask.games.fillings import within_each
from quandary.ask.games.playing import Played, support_of
from quandary.ask.games.reached import evenly
from quandary.ask.games.situation import GameSituation, ratio
from quandary.ask.games.worths import with_worths
from quandary.ask.gathering import SLICE
from quandary.ask.inquiry import Conditions
from quandary.ask.query.queries import Query
from quandary.ask.study import Study
from quandary.ask.turning.vantage import Vantage, vantage
from quandary.base.arrays import Array, Mask
from quandary.base.memory import NUMBER
from quandary.case.logic.arising import tells_of_asking
from quandary.case.model import DecisionEvent
from quandary.compile.counting import counted
from quandary.game.arising import options_of
from quandary.game.diagram import Decision, Diagram
from quandary.game.table import Table

States = tuple[tuple[str, str], ...]
"""Variables with the state of each."""

HELD_BYTES = 32 << 20
"""Bytes of worths that are held for sets not known to be among the likeliest."""


@dataclass(frozen=True, eq=False)
class BatchWorths:
    """What is found in n worlds, for r of a decision's S information sets and its o options.

    ``totals`` (S,) is P(h, e) summed over the worlds, for every set, or P(h | e) where these are ``alike``; ``likely``
    (r, n) is P(h, e) in each world, 0 where the game is not solved. ``worths`` (r, o, n) are NaN where the set cannot
    be reached or the option is barred. ``chosen`` (r, o) is what ``totals`` sums times the probability that the option
    is chosen, summed over the worlds.
    """

    totals: Array
    likely: Array
    worths: Array
    chosen: Array


@dataclass(frozen=True)
class OptionWorths:
    """Looks at a decision in the case's own game, worlds in slices; it can be sent to another process.

    ``seen`` are the observations that make the sets, ``sets`` the numbers of those to value. ``before`` is the evidence
    that weighs worlds and sets, or is conditioned on in each world by itself where worlds are ``alike`` in it. What is
    taken as known beside the set is ``given``. Without ``payoff`` nothing is valued.
    """

    decision: str
    seen: tuple[str, ...]
    before: Conditions
    given: Conditions
    sets: tuple[int, ...] = ()
    payoff: bool = True
    alike: bool = False

    def __call__(self, situation: GameSituation) -> BatchWorths:
        """Return what is found in the situation's worlds."""
        starts = range(0, situation.worlds, SLICE)
        parts = [self._sliced(situation.in_worlds_of(slice(begin, begin + SLICE))) for begin in starts]
        return BatchWorths(
            np.sum([part.totals for part in parts], axis=0),
            np.concatenate([part.likely for part in parts], axis=-1),
            np.concatenate([part.worths for part in parts], axis=-1),
            np.sum([part.chosen for part in parts], axis=0),
        )

    def possible(self, situation: GameSituation) -> tuple[int, ...]:
        """Return the sets that have a chance in some of the situation's worlds."""
        return tuple(int(i) for i in np.flatnonzero(self._chances(situation).any(axis=1)))

    def _chances(self, situation: GameSituation) -> Array:
        """Return P(h, e), shape ``(sets, W)``: 0 in worlds that are not solved."""
        found = situation.joint(self.seen, self.before).values
        found = found.reshape(-1, found.shape[-1])
        return np.where(situation.played.converged, found, 0.0)

    def _sliced(self, situation: GameSituation) -> BatchWorths:
        sets = np.asarray(self.sets, dtype=np.intp)
        every = self._chances(situation)
        likely = every[sets]
        diagram = situation.played.diagram
        decision = decision_of(diagram, self.decision)
        options = len(options_of(decision))
        shape = (len(sets), options, situation.worlds)
        worths = np.full(shape, np.nan)
        if self.payoff and len(sets):
            free = open_at(situation, decision)
            tables = [utility.table for utility in free.payoffs(decision.player)]
            found = expected_worths(free, decision, self.seen, self.given, tables, sets=sets)
            worths = np.where(likely[:, None] > 0, found, np.nan)
        axes = (*self.seen, self.decision)
        cards = tuple(diagram.cardinality(name) for name in axes)
        rule = situation.played.behaviour[self.decision].over(axes)
        rule = np.broadcast_to(rule, (*cards, rule.shape[-1])).reshape(-1, *rule.shape[-2:])[sets, :options]
        counted = within_each(every) if self.alike else every
        return BatchWorths(counted.sum(axis=1), likely, worths, (counted[sets][:, None] * rule).sum(axis=-1))


def open_at(situation: GameSituation, decision: Decision) -> GameSituation:
    """Return the situation in which a decision is taken evenly among what is allowed, and everybody else's rules stay:
    in it, conditioning on an option values the option, however seldom it is taken.

    It is the game as the owner of the decision sees it, who may see things wrongly.
    """
    seen = situation.seen_by(decision.player)
    own = decision_of(seen.played.diagram, decision.name)
    return seen.following({decision.name: evenly(seen.played.diagram, own)})


def expected_worths(
    free: GameSituation,
    decision: Decision,
    seen: tuple[str, ...],
    given: Conditions,
    tables: Iterable[Table],
    *,
    sets: NDArray[np.intp],
) -> Array:
    """Return what tables come to for each option at the sets of those numbers, ``(sets, options, W)``.

    ``free`` is the situation that ``open_at`` makes. NaN where a set cannot be reached or an option is barred there.
    """
    keep = (*seen, decision.name)

    def at_sets(table: Table) -> Array:
        return table.values.reshape(-1, len(decision.states), table.worlds)[sets, : len(options_of(decision))]

    total = np.zeros(1)
    for table in tables:
        total = total + at_sets(free.weighed(table, keep, given))
    worths = ratio(total, at_sets(free.joint(keep, given)))
    return np.broadcast_to(worths, (*worths.shape[:-1], free.worlds))


@dataclass(frozen=True, eq=False)
class FacedSets:
    """What is found in all W worlds; the sets with a chance that were valued, the likeliest first.

    ``totals`` is as in ``BatchWorths``, ``choices`` (S,) says where more than one option is allowed. Of each set in
    ``sets`` there are the ``states`` of what is seen, which options are ``allowed`` (r, o), and ``likely`` (r, W),
    ``worths`` (r, o, W) and ``chosen`` (r, o).
    """

    sets: tuple[int, ...]
    states: tuple[States, ...]
    allowed: Mask
    totals: Array
    choices: Mask
    likely: Array
    worths: Array
    chosen: Array


def faced(
    study: Study, decision: DecisionEvent, payoff: Query | None = None, *, knowing: bool = False, most: int
) -> tuple[Vantage, FacedSets]:
    """Return what the owner of a decision has seen, and its likeliest information sets, ``most`` of them.

    With ``knowing`` the evidence that the owner does not see is given too. Where options are compared by another
    ``payoff`` than the owner's, no worths are found. Where those of all sets are too many to be held, a first pass over
    the worlds finds the likeliest.
    """
    base = support_of(with_worths(study.probe))
    view = vantage(study, base, decision, payoff)
    given = view.before if knowing else view.told
    alike = study.fillings.bear_on(view.weighing)
    look = OptionWorths(decision.id, view.seen, view.weighing, given, payoff=payoff is None, alike=alike)
    sets = look.possible(evenly_played(study, base))
    if len(sets) > most and len(sets) * len(decision.options) * study.worlds * NUMBER > HELD_BYTES:
        sets = _likeliest(_gathered(study, look).totals, most)
    found = _gathered(study, replace(look, sets=sets))
    order = [sets.index(at) for at in _likeliest(found.totals, most) if at in sets]
    kept = tuple(sets[i] for i in order)
    allowed = allowed_at(base.diagram, decision.id, view.seen)
    return view, FacedSets(
        kept,
        tuple(states_of_set(base.diagram, view.seen, at) for at in kept),
        allowed[list(kept)],
        found.totals,
        allowed.sum(axis=1) > 1,
        found.likely[order],
        found.worths[order],
        found.chosen[order],
    )


def evenly_played(study: Study, base: Played) -> GameSituation:
    """Return the case's own game in a few worlds, everybody choosing evenly: what is possible at all."""
    rules = {item.name: evenly(base.diagram, item) for item in base.diagram.decisions}
    played = replace(base, behaviour=rules)
    return GameSituation(
        played, study.probe, lambda condition: counted(study.case, condition), study.standing.conditions
    )


def states_of_set(diagram: Diagram, seen: Sequence[str], at: int) -> States:
    """Return the states of what is seen at the set of that number; that its owner is asked goes without saying."""
    shape = tuple(diagram.cardinality(name) for name in seen)
    states = np.unravel_index(at, shape) if shape else ()
    return tuple(
        (n, diagram.variable(n).states[int(state)])
        for n, state in zip(seen, states, strict=True)
        if not tells_of_asking(n)
    )


def _likeliest(totals: Array, most: int) -> tuple[int, ...]:
    order = np.argsort(-totals, kind="stable")[:most]
    return tuple(int(at) for at in order if totals[at] > 0)


def _gathered(study: Study, look: OptionWorths) -> BatchWorths:
    """Return what is found in all worlds of a study; those that were not done weigh nothing."""
    likely: list[Array] = []
    worths: list[Array] = []
    sums: list[tuple[Array, Array]] = []

    def take(where: slice, batch: BatchWorths) -> None:
        if not likely:
            likely.append(np.zeros((len(look.sets), study.worlds)))
            worths.append(np.full((*batch.worths.shape[:2], study.worlds), np.nan))
        likely[0][:, where], worths[0][:, :, where] = batch.likely, batch.worths
        sums.append((batch.totals, batch.chosen))

    study.survey(look, take)
    totals, chosen = (np.sum([pair[i] for pair in sums], axis=0) for i in (0, 1))
    return BatchWorths(totals, likely[0], worths[0], chosen)


def allowed_at(diagram: Diagram, name: str, seen: tuple[str, ...]) -> Mask:
    """Return which options of a decision are allowed at each set of the observations, ``(sets, options)``.

    Where it does not arise none is.
    """
    decision, axes = decision_of(diagram, name), (*seen, name)
    allowed = np.ones(tuple(diagram.cardinality(name) for name in axes), dtype=np.bool_)
    if decision.name in diagram.allowed:
        allowed &= diagram.allowed[decision.name].over(axes)[..., 0] > 0
    return allowed.reshape(-1, len(decision.states))[:, : len(options_of(decision))]


def decision_of(diagram: Diagram, name: str) -> Decision:
    """Return a decision by its name."""
    return next(decision for decision in diagram.decisions if decision.name == name)
