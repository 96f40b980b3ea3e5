"""What to choose at a decision: the worth of each option given what its owner has seen, set by set.

Evidence that the decision cannot change (it mentions no descendant of it) says which information sets are possible, how
likely each is, and how much a world weighs: P_w(h, e before). The rest is set aside, for it is about what comes of the
choice. An option is worth what its owner expects who has seen h and nothing else, or, ``knowing``, with all that the
analyst knows of that moment. The owner's own payoff is read off the game in one pass (``option_worths.py``); another
payoff is asked as a query, E[Y | h, do(D = v)].
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from quandary.ask.answer import Answer, AnswerDraws
from quandary.ask.claims.verdicts import ENOUGH, few_count
from quandary.ask.query.measures import TIE
from quandary.ask.query.queries import prepare
from quandary.ask.query.summarising import answer
from quandary.ask.study import Study
from quandary.ask.turning.flips import too_few
from quandary.ask.turning.option_worths import FacedSets, States, faced
from quandary.ask.turning.other_payoffs import valued
from quandary.ask.turning.studying import ExpectedGain, partial_information, perfect_information
from quandary.ask.turning.vantage import Vantage
from quandary.base.arrays import Array
from quandary.base.problems import Problem, Refusal
from quandary.case.logic.arising import known_at
from quandary.case.model import DecisionEvent
from quandary.compile.numbers import UncertainNumber
from quandary.language import heads
from quandary.language.syntax import Expression, Name
from quandary.quantities.arithmetic import difference
from quandary.quantities.influence import SURE, Columns, Sample
from quandary.quantities.summary import effective_number, weighted_mean

ROWS = 12
"""The most information sets that are told of: the likeliest."""

LEAST_RANKED = 64
"""Effective worlds below which nothing is ranked: a share of them would be off by more than 6 percentage points."""


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
    the case first would add there (``None`` with one option, and where too few worlds weigh: ``few_worlds``).
    ``few_edge`` says that of other worlds the other may be so.
    """

    saw: States
    weight: float
    effective_worlds: float
    options: tuple[OptionOutlook, ...]
    lead: Answer | None
    everything: ExpectedGain | None
    few_worlds: bool = False
    few_edge: bool = False


@dataclass(frozen=True, eq=False)
class Advice:
    """What to choose at a decision: a row for each information set that the evidence leaves possible, likeliest first.

    ``sets`` counts those, ``left_out`` is the weight of the ones that are no row. ``payoff`` is what options are
    compared by, ``own`` says that it is the owner's. With ``knowing`` the evidence in ``vantage.hidden`` is given as
    well. ``numbers`` are what knowing each number first would add in the first row, the largest first: those above zero
    beyond doubt.
    """

    decision: DecisionEvent
    payoff: Expression
    own: bool
    knowing: bool
    vantage: Vantage
    rows: tuple[AdviceRow, ...]
    sets: int
    left_out: float
    numbers: tuple[tuple[UncertainNumber, ExpectedGain], ...]


def advice(study: Study, decision: DecisionEvent, payoff: Expression | None = None, *, knowing: bool = False) -> Advice:
    """Return what each option is worth to the owner, or by another payoff, at each information set.

    Raises ``CaseError`` for a payoff that cannot be asked and for impossible evidence (Q522), and ``Refusal``: Q566
    where too few worlds are left, Q564 where there is nothing to choose.
    """
    asked = heads.E.of(Name((decision.by,))) if payoff is None else payoff
    query = prepare(study.case, asked)  # its faults are those of what was written
    view, found = faced(study, decision, None if payoff is None else query, knowing=knowing, most=ROWS)
    if not (found.choices & (found.totals > 0)).any():
        raise Refusal(nothing_to_choose(decision))
    if payoff is not None:
        found = valued(study, found, decision, asked, told=(*view.told, *view.asked), evidence=knowing)
    rows = tuple(_row(study, decision, view, found, i) for i in range(len(found.sets)))
    if rows[0].effective_worlds < LEAST_RANKED:
        raise Refusal(too_few("Q566", study, rows[0].effective_worlds, LEAST_RANKED, "rank the options"))
    return Advice(
        decision=decision,
        payoff=asked,
        own=payoff is None,
        knowing=knowing,
        vantage=view,
        rows=rows,
        sets=int(np.count_nonzero(found.totals > 0)),
        left_out=max(0.0, 1.0 - sum(row.weight for row in rows)),
        numbers=_numbers(study, decision, view, found),
    )


def _row(study: Study, decision: DecisionEvent, view: Vantage, found: FacedSets, i: int) -> AdviceRow:
    allowed = found.allowed[i]
    values, weights = found.worths[i, allowed], _counting(study, decision, view, found, i)
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
        draws = AnswerDraws(difference(values[order[0]], values[order[1]]), weights)
        lead = answer(text, draws, block, left_out=~kept)
        sample = Sample(values[0, kept], weights[kept], study.design.group()[kept])
        everything = perfect_information(values[:, kept], sample) if sample.effective >= ENOUGH else None
    return AdviceRow(
        found.states[i],
        float(whole / found.totals.sum()),
        effective_number(weights),
        tuple(options[k] for k in order),
        lead,
        everything,
        *few_count(weights),
    )


def _counting(study: Study, decision: DecisionEvent, view: Vantage, found: FacedSets, i: int) -> Array:
    """Return what each world weighs at an information set: how likely it is there, or alike where that is unknown."""
    return study.fillings.of_history(known_at(study.case, decision), view.weighing, found.likely[i])


def _numbers(
    study: Study, decision: DecisionEvent, view: Vantage, found: FacedSets
) -> tuple[tuple[UncertainNumber, ExpectedGain], ...]:
    """Return what knowing each number first would add at the likeliest set, the largest first."""
    values, weights = found.worths[0, found.allowed[0]], _counting(study, decision, view, found, 0)
    kept = ~np.isnan(values).any(axis=0) & (weights > 0)
    sample = Sample(values[0, kept], weights[kept], study.design.group()[kept])
    if len(values) < 2 or sample.effective < ENOUGH:
        return ()
    values = values[:, kept]
    gains = {
        name: partial_information(column, values, sample) for name, column in Columns(study.uniforms, kept).items()
    }
    sure = [(n, gains[n.name]) for n in study.model.quantities if gains[n.name].value > SURE * gains[n.name].error]
    return tuple(sorted(sure, key=lambda one: -one[1].value))


def nothing_to_choose(decision: DecisionEvent) -> Problem:
    """Return the fault (Q564) of a decision that leaves nothing to choose wherever the evidence can lead."""
    message = f'there is nothing to choose at "{decision.by}.{decision.id}": wherever the evidence can lead, '
    message += '"only" leaves one option' if decision.when is None else 'it does not arise, or "only" leaves one option'
    hint = "ask about another decision, or leave the evidence out (--no-evidence)"
    return Problem("Q564", message, decision.place, hint)
