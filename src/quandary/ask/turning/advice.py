"""What to choose at a decision: the worth of each option given what its owner has seen, set by set.

Evidence that the decision cannot change (it mentions no descendant of it) says which information sets are possible, how
likely each is, and how much a world weighs: P_w(h, e before). The rest is set aside, for it is about what comes of the
choice. An option is worth what its owner expects who has seen h and nothing else, or, ``knowing``, with all that the
analyst knows of that moment. The owner's own payoff is read off the game in one pass (``option_worths.py``); another
payoff is asked as a query, E[Y | h, do(D = v)].
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from quandary.ask.answer import Answer, AnswerDraws
from quandary.ask.games.playing import support_of
from quandary.ask.games.worths import with_worths
from quandary.ask.query.measures import TIE
from quandary.ask.query.queries import prepare
from quandary.ask.query.summarising import answer
from quandary.ask.study import FEW, Study
from quandary.ask.turning.flips import too_few
from quandary.ask.turning.option_worths import FacedSets, OptionWorths, allowed_options, faced
from quandary.ask.turning.other_payoffs import at_set, valued
from quandary.ask.turning.sight import Sight, sight
from quandary.ask.turning.studying import ExpectedGain, partial_information, perfect_information
from quandary.base.arrays import Mask
from quandary.base.problems import Problem, Refusal
from quandary.case.model import DecisionEvent
from quandary.compile.numbers import UncertainNumber
from quandary.game.diagram import Diagram
from quandary.language import heads
from quandary.language.syntax import Expression, Name
from quandary.quantities.influence import SURE, Columns, Sample
from quandary.quantities.summary import effective_number, weighted_mean

ROWS = 12
"""The most information sets that are told of: the likeliest."""

LEAST = 400
"""Effective worlds below which nothing is said of what knowing more would add."""

States = tuple[tuple[str, str], ...]
"""Variables with the state of each."""


@dataclass(frozen=True, eq=False)
class OptionOutlook:
    """One option at an information set.

    ``worth`` is the payoff expected there, over worlds; ``best_in`` the weighted share of worlds in which no other
    option is worth more; ``chosen`` how likely its owner takes it there.
    """

    option: str
    worth: Answer
    best_in: float
    chosen: float


@dataclass(frozen=True, eq=False)
class AdviceRow:
    """What to choose at one information set, or at several that differ in nothing that matters.

    ``saw`` are the states of what its owner sees that matters. ``weight`` is the probability of being there, of all
    that the evidence leaves possible. ``options`` are those allowed, the highest worth first; ``lead`` is the worth of
    the first less that of the second (``None`` with one option only). ``everything`` is what knowing every number of
    the case first would add there (``None`` with one option, and where too few worlds weigh).
    """

    saw: tuple[tuple[str, str], ...]
    weight: float
    effective_worlds: float
    options: tuple[OptionOutlook, ...]
    lead: Answer | None
    everything: ExpectedGain | None

    @property
    def few_worlds(self) -> bool:
        """Return whether too few worlds weigh for what knowing more would add."""
        return self.effective_worlds < LEAST


@dataclass(frozen=True, eq=False)
class Advice:
    """What to choose at a decision: a row for each information set that the evidence leaves possible, likeliest first.

    ``sets`` counts those, ``left_out`` is the weight of the ones that are no row. ``payoff`` is what options are
    compared by, ``own`` says that it is the owner's. With ``knowing`` the evidence in ``sight.hidden`` is given as
    well. ``numbers`` are what knowing each number first would add in the first row, the largest first: those above zero
    beyond doubt.
    """

    decision: DecisionEvent
    payoff: Expression
    own: bool
    knowing: bool
    sight: Sight
    rows: tuple[AdviceRow, ...]
    sets: int
    left_out: float
    numbers: tuple[tuple[UncertainNumber, ExpectedGain], ...]


def advice(study: Study, decision: DecisionEvent, payoff: Expression | None = None, *, knowing: bool = False) -> Advice:
    """Return what each option is worth to the owner, or by another payoff, at each information set.

    Raises ``CaseError`` for a payoff that cannot be asked and for impossible evidence (Q522), and ``Refusal``: Q566
    where too few worlds are left, Q568 where there is nothing to choose.
    """
    asked = heads.E.of(Name((decision.by,))) if payoff is None else payoff
    query = prepare(study.case, asked)  # its faults are those of what was written
    base = support_of(with_worths(study.probe))
    stands = sight(study, base, decision, None if payoff is None else query)
    given = stands.before if knowing else stands.told
    look = OptionWorths(decision.id, stands.seen, stands.before, given, payoff=payoff is None)
    allowed = allowed_options(base.diagram, decision.id, stands.seen)
    found = faced(study, look, base, ROWS)
    if not (allowed.sum(axis=1)[found.totals > 0] > 1).any():
        raise Refusal(_nothing_to_choose(decision))
    states = [_states_of(base.diagram, stands.seen, at) for at in found.sets]
    if payoff is not None:
        known = [(*at_set(saw), *stands.told) for saw in states]
        some = allowed[list(found.sets)]
        found = valued(study, found, decision, asked, known=known, allowed=some, evidence=knowing)
    rows = tuple(
        _row(study, decision, found, i, saw=saw, allowed=allowed[found.sets[i]]) for i, saw in enumerate(states)
    )
    if rows[0].effective_worlds < FEW:
        raise Refusal(too_few("Q566", study, rows[0].effective_worlds, FEW, "rank the options"))
    return Advice(
        decision=decision,
        payoff=asked,
        own=payoff is None,
        knowing=knowing,
        sight=stands,
        rows=rows,
        sets=int(np.count_nonzero(found.totals > 0)),
        left_out=max(0.0, 1.0 - sum(row.weight for row in rows)),
        numbers=_numbers(study, found, allowed[found.sets[0]]),
    )


def _row(study: Study, decision: DecisionEvent, found: FacedSets, i: int, *, saw: States, allowed: Mask) -> AdviceRow:
    values, weights = found.worths[i, allowed], found.likely[i]
    kept = ~np.isnan(values).any(axis=0) & (weights > 0)
    weights = np.where(kept, weights, 0.0)
    block, text = study.design.block(), f"{decision.by}.{decision.id}"
    best = values >= values.max(axis=0, initial=-np.inf) - TIE
    whole = found.totals[found.sets[i]]
    names = [option for option, there in zip(decision.options, allowed, strict=True) if there]
    options = [
        OptionOutlook(
            name,
            answer(f"{text} = {name}", AnswerDraws(values[k], weights), block, left_out=~kept),
            best_in=weighted_mean(best[k].astype(np.float64), weights) or 0.0,
            chosen=float(found.chosen[i, allowed][k] / whole),
        )
        for k, name in enumerate(names)
    ]
    order = sorted(range(len(names)), key=lambda k: -np.inf if (mean := options[k].worth.mean) is None else -mean)
    lead, everything = None, None
    if len(names) > 1 and kept.any():
        draws = AnswerDraws(values[order[0]] - values[order[1]], weights)
        lead = answer(text, draws, block, left_out=~kept)
        sample = Sample(values[0, kept], weights[kept], study.design.group()[kept])
        everything = perfect_information(values[:, kept], sample) if sample.effective >= LEAST else None
    return AdviceRow(
        saw,
        float(whole / found.totals.sum()),
        effective_number(weights),
        tuple(options[k] for k in order),
        lead,
        everything,
    )


def _numbers(study: Study, found: FacedSets, allowed: Mask) -> tuple[tuple[UncertainNumber, ExpectedGain], ...]:
    """Return what knowing each number first would add at the likeliest set, the largest first."""
    values, weights = found.worths[0, allowed], found.likely[0]
    kept = ~np.isnan(values).any(axis=0) & (weights > 0)
    sample = Sample(values[0, kept], weights[kept], study.design.group()[kept])
    if len(values) < 2 or sample.effective < LEAST:
        return ()
    values = values[:, kept]
    gains = {
        name: partial_information(column, values, sample) for name, column in Columns(study.uniforms, kept).items()
    }
    sure = [(n, gains[n.name]) for n in study.model.quantities if gains[n.name].value > SURE * gains[n.name].error]
    return tuple(sorted(sure, key=lambda one: -one[1].value))


def _states_of(diagram: Diagram, seen: Sequence[str], at: int) -> States:
    """Return the states of what is seen at the set of that number."""
    shape = tuple(diagram.cardinality(name) for name in seen)
    states = np.unravel_index(at, shape) if shape else ()
    return tuple((n, diagram.variable(n).states[int(state)]) for n, state in zip(seen, states, strict=True))


def _nothing_to_choose(decision: DecisionEvent) -> Problem:
    message = f'there is nothing to choose at "{decision.by}.{decision.id}": wherever the evidence can lead, '
    message += '"only" leaves one option'
    hint = "ask about another decision, or leave the evidence out (--no-evidence)"
    return Problem("Q568", message, decision.place, hint)
