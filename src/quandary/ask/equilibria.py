"""How an answer depends on which equilibrium is played: in some worlds, every equilibrium that a search finds.

A case is solved on the principal branch of the logit equilibrium, one equilibrium in every world. Here a sample of
worlds is searched for others (``solve.several``) and a question is answered under each: with the equilibrium selected,
and with the one that makes the answer lowest, or highest, world by world (Hammond et al. 2023, *Artificial
Intelligence* 320: a query of a game with several equilibria has a set of answers). Worlds weigh as under the selected
one. Only the case's own game is searched: a question whose ``do`` makes actors choose anew is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from quandary.ask.combining import is_truth, number, truth
from quandary.ask.evidence import conditions_of
from quandary.ask.games import ITSELF, PlannedGame
from quandary.ask.heads import HEADS
from quandary.ask.impossible import impossible_evidence
from quandary.ask.inquiry import Inquiry
from quandary.ask.playing import Played, play, play_after
from quandary.ask.queries import Query
from quandary.ask.situation import Situation
from quandary.ask.study import Study
from quandary.ask.worths import of_choosers, with_worths
from quandary.case.compiler import Compiled
from quandary.case.conditions import indicator
from quandary.engine.diagram_game import DiagramGame
from quandary.game.requisite import prune
from quandary.game.table import Array, Table
from quandary.language.syntax import Ask, Expression
from quandary.problems import CaseError, Problem, Refusal
from quandary.quantities.summary import weighted_mean
from quandary.solve.several import APART, Several, several

BLOCK = 64
"""Worlds searched at a time."""

Told = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class Range:
    """One query's answer: ``selected`` is the mean under the equilibrium selected, ``lowest`` and ``highest`` the
    means when every world plays whichever equilibrium found gives least, or most.

    A truth's mean is the share of worlds in which it holds. ``depends`` is the share of worlds, weighted, in which the
    equilibria give different answers. All are ``None`` where no world counts.
    """

    query: Query
    selected: float | None
    lowest: float | None
    highest: float | None
    depends: float | None


@dataclass(frozen=True, eq=False)
class Equilibria:
    """What a search for other equilibria found.

    Of ``worlds`` searched, ``several`` have more than one, ``share`` of their weight (``None`` where none counts);
    ``most`` is the largest number found in one world. ``left_out`` worlds did not converge and are not counted among
    ``worlds``. ``size`` is the number of log-odds searched over: 0 means that every world has exactly one.
    ``starts`` were made in each world, and the share ``arrived`` of them led to an equilibrium.
    """

    ranges: tuple[Range, ...]
    worlds: int
    left_out: int
    several: int
    share: float | None
    most: int
    starts: int
    arrived: float
    size: int
    seed: int
    complete: bool


@dataclass(frozen=True, eq=False)
class _Block:
    """Some worlds searched: per query its values ``(equilibria, W)``, NaN beyond a world's count, and weights."""

    found: Several
    converged: Array
    evidence: Array
    values: tuple[Array, ...]
    weights: tuple[Array, ...]


def equilibria(
    study: Study, queries: Sequence[Query], *, worlds: int = 200, starts: int = 30, told: Told | None = None
) -> Equilibria:
    """Return what a search of the study's first worlds finds, and how the queries' answers depend on it.

    Raises ``Refusal``: Q570 a circle too large to search, Q571 a query that makes actors choose anew; ``CaseError``
    where the evidence is impossible.
    """
    asked = tuple(part for query in queries for part in _parts(query))
    games = study.games(tuple(dict.fromkeys(i for query in asked for i in query.inquiries.values())))
    if any(planned.again for planned in games):
        message = "a do(...) in the query makes actors choose anew, in a game whose equilibria are not searched."
        raise Refusal(Problem("Q571", message, hint="ask without it, or set the variable unseen: do_unseen(...)"))
    worlds = min(worlds, study.worlds)
    blocks: list[_Block] = []
    complete = True
    try:
        for block in _blocks(study, asked, games, worlds, starts):
            blocks.append(block)
            if told is not None:
                told(min(len(blocks) * BLOCK, worlds), worlds)
    except KeyboardInterrupt:
        complete = False
    return _summed_up(study, asked, blocks, starts, complete)


def _parts(query: Query) -> tuple[Query, ...]:
    """Return the parts of a dilemma, any other query itself."""
    would = isinstance(query.expression, Ask) and query.expression.head == "would"
    return query.parts if query.parts and not would else (query,)


def _blocks(
    study: Study, asked: tuple[Query, ...], games: tuple[PlannedGame, ...], worlds: int, starts: int
) -> Iterator[_Block]:
    for begin in range(0, worlds, BLOCK):
        end = min(begin + BLOCK, worlds)
        compiled = study.model.diagram(study.uniforms.block(begin, end), end - begin)
        played = play(with_worths(compiled))
        game = DiagramGame(prune(of_choosers(played.diagram)).diagram)
        found = several(game, game.profile(played.behaviour), starts=starts, seed=study.seed)
        values: list[list[Array]] = [[] for _ in asked]
        weights: tuple[Array, ...] = ()
        evidence = np.zeros(0)
        for slot, profile in enumerate(found.profiles):
            own = played if slot == 0 else replace(played, behaviour=game.behaviour(profile))
            known, within, chance = _answered(study, compiled, own, games)
            if slot == 0:
                evidence = chance
                weights = tuple(_weights(query, evidence, within) for query in asked)
            for query, of_query in zip(asked, values, strict=True):
                of_query.append(np.where(found.count > slot, _value(query, known, end - begin), np.nan))
        stacked = tuple(np.stack(of_query) for of_query in values)
        yield _Block(found, played.converged.astype(np.float64), evidence, stacked, weights)


def _answered(
    study: Study, compiled: Compiled, played: Played, games: tuple[PlannedGame, ...]
) -> tuple[dict[Inquiry, Array], dict[Inquiry, Array], Array]:
    """Return every inquiry's values, the probability of its own conditions, and that of the evidence."""

    def table(condition: Expression) -> Table:
        return indicator(study.case, condition)

    base = Situation(played, compiled, table, conditions_of(study.evidence), study.near)
    known: dict[Inquiry, Array] = {}
    within: dict[Inquiry, Array] = {}
    for planned in games:
        situation = base
        if planned.game != ITSELF:
            after = play_after(played, *planned.game, planned.again)
            situation = Situation(after, compiled, table, planned.kept.conditions, study.near)
        for inquiry in planned.inquiries:
            known[inquiry] = HEADS.find(inquiry.head).function(inquiry, situation)
            if inquiry.given:
                within[inquiry] = situation.within(inquiry)
    return known, within, base.chance(base.evidence)


def _value(query: Query, known: dict[Inquiry, Array], worlds: int) -> Array:
    found = (truth if is_truth(query.expression) else number)(query.expression, lambda ask: known[query.inquiries[ask]])
    return np.broadcast_to(found, (worlds,))


def _weights(query: Query, evidence: Array, within: dict[Inquiry, Array]) -> Array:
    """Return the worlds' weights for a query, as ``Study.draws`` has them."""
    inquiries = list(query.inquiries.values())
    weights = evidence if any(i.evidence for i in inquiries) or not inquiries else np.ones_like(evidence)
    if query.is_predictive and inquiries[0] in within and inquiries[0].head != "drop":
        weights = weights * within[inquiries[0]]
    return weights


def _summed_up(study: Study, asked: tuple[Query, ...], blocks: list[_Block], starts: int, complete: bool) -> Equilibria:
    solved = _joined([block.converged for block in blocks])
    evidence = _joined([block.evidence for block in blocks])
    if study.evidence and len(evidence) and not evidence.any():
        raise CaseError([impossible_evidence(study.first_situation(), study.evidence)])
    counts = _joined([block.found.count.astype(np.float64) for block in blocks]) * solved
    ranges = []
    for place, query in enumerate(asked):
        weights = _joined([block.weights[place] for block in blocks]) * solved
        selected = _joined([block.values[place][0] for block in blocks])
        low = _joined([np.fmin.reduce(block.values[place], axis=0) for block in blocks])
        high = _joined([np.fmax.reduce(block.values[place], axis=0) for block in blocks])
        weights = np.where(np.isnan(selected), 0.0, weights)
        depends = (high - low > APART * np.maximum(1.0, np.abs(high))).astype(np.float64)
        means = [_mean(values, weights) for values in (selected, low, high, depends)]
        ranges.append(Range(query, *means))
    return Equilibria(
        ranges=tuple(ranges),
        worlds=int(solved.sum()),
        left_out=int(len(solved) - solved.sum()),
        several=int((counts > 1).sum()),
        share=_mean((counts > 1).astype(np.float64), evidence * solved),
        most=int(counts.max(initial=0.0)),
        starts=starts,
        arrived=float(np.mean([block.found.arrived for block in blocks])) if blocks else 0.0,
        size=max((block.found.size for block in blocks), default=0),
        seed=study.seed,
        complete=complete,
    )


def _joined(arrays: list[Array]) -> Array:
    return np.concatenate(arrays) if arrays else np.zeros(0)


def _mean(values: Array, weights: Array) -> float | None:
    counted = weights > 0
    return weighted_mean(values[counted], weights[counted]) if counted.any() else None
