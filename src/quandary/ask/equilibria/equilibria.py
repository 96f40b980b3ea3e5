"""How an answer depends on which equilibrium is played: in some worlds, every equilibrium that a search finds.

A case is solved on the principal branch of the logit equilibrium, one equilibrium in every world. Here a sample of
worlds is searched for others (``solve.several``) and a question is answered under each: with the equilibrium selected,
with the one that makes the answer lowest, or highest, world by world (Hammond et al. 2023, *Artificial Intelligence*
320: a query of a game with several equilibria has a set of answers), and with each kind of equilibrium that there is
(``kinds.py``). Worlds weigh as under the selected one.

A ``do`` makes a game in which actors choose anew; it has equilibria of its own, which are searched too
(``every_play.py``). Nothing ties the equilibrium played after a ``do`` to the one played without it, so lowest and
highest are over all combinations; a kind's answer takes the equilibria selected in the question's other games.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from quandary.ask.equilibria.every_play import JointPlay, PlayedBlock, played_block
from quandary.ask.equilibria.kind_answers import Kind, kinds_of
from quandary.ask.equilibria.kinds import joined, sorted_by_kind
from quandary.ask.games.impossible import impossible_evidence
from quandary.ask.inquiry import ITSELF, Game, Inquiry
from quandary.ask.query.combining import is_truth, number, truth
from quandary.ask.query.queries import Query
from quandary.ask.study import Study
from quandary.base.arrays import Array, Mask
from quandary.base.problems import CaseError, Problem, Refusal
from quandary.base.stopping import STOPS, heed
from quandary.language.heads import head_of
from quandary.language.syntax import Ask, Expression
from quandary.quantities.summary import weighted_mean
from quandary.solve.several import APART
from quandary.worlds.gathering import Progress

BLOCK = 64
"""Worlds searched at a time."""


@dataclass(frozen=True, eq=False)
class AnswerRange:
    """One query's answer: ``selected`` is the mean under the equilibrium selected, ``lowest`` and ``highest`` the
    means when every world plays whichever equilibria found give least, or most.

    A truth's mean is the share of worlds in which it holds. ``depends`` is the share of worlds, weighted, in which the
    equilibria give different answers. All are ``None`` where no world counts. ``aside`` is the evidence that
    the query's interventions set aside.
    """

    query: Query
    selected: float | None
    lowest: float | None
    highest: float | None
    depends: float | None
    aside: tuple[Expression, ...] = ()


@dataclass(frozen=True, eq=False)
class GameEquilibria:
    """What the search found in one game: the case's own, or the one after ``game``'s interventions.

    ``several`` worlds have more than one equilibrium, ``share`` of the weight (``None`` where no world counts);
    ``most`` is the largest number found in one world. ``size`` is the number of log-odds searched over: 0 means that
    every world has exactly one. The share ``arrived`` of the starts led to an equilibrium. ``kinds`` lists the
    equilibria, the one selected most often first; none where no world has several.
    """

    game: Game
    several: int
    share: float | None
    most: int
    size: int
    arrived: float
    kinds: tuple[Kind, ...]


@dataclass(frozen=True, eq=False)
class EquilibriaOfWorlds:
    """What a search for other equilibria found, in the case's own game first, then after each ``do`` of the queries.

    ``unconverged`` worlds, by number, are left out and not counted among the ``worlds`` searched; ``starts`` were made
    in each world and game.
    """

    ranges: tuple[AnswerRange, ...]
    games: tuple[GameEquilibria, ...]
    worlds: int
    unconverged: tuple[int, ...]
    starts: int
    seed: int
    complete: bool

    @property
    def own(self) -> GameEquilibria:
        """Return what was found in the case's own game."""
        return self.games[0]

    @property
    def any_several(self) -> bool:
        """Return whether some world has several equilibria in some game."""
        return any(game.several for game in self.games)


@dataclass(frozen=True, eq=False)
class _QueryPlays:
    """One query in a block: its value in every way to play (NaN where that does not exist), by game with the others
    as selected, and the worlds' weights."""

    every: Array
    by_game: Mapping[Game, Array]
    weights: Array


@dataclass(frozen=True, eq=False)
class _PlayedWorlds:
    played: PlayedBlock
    plays: tuple[_QueryPlays, ...]


def equilibria(
    study: Study, queries: Sequence[Query], *, worlds: int = 200, starts: int = 30, progress: Progress | None = None
) -> EquilibriaOfWorlds:
    """Return what a search of the study's first worlds finds, and how the queries' answers depend on it.

    Raises ``Refusal``: Q570 a circle too large to search, Q571 too many equilibria to combine, Q572 a query about what
    actors believe; ``CaseError`` where the evidence is impossible.
    """
    refusals = dict.fromkeys(filter(None, map(study.refusal, queries)))
    if refusals:
        raise CaseError(refusals)
    for query in queries:
        if any(inquiry.game.of_beliefs or inquiry.as_seen for inquiry in query.all_inquiries):
            message = "other equilibria are looked for in the game as the case has it, where nobody believes otherwise"
            hint = "leave the beliefs out; `quandary ask` answers this by the equilibrium selected"
            raise Refusal(Problem("Q572", message, query.expression.place, hint))
    asked = tuple(part for query in queries for part in _parts(query))
    games = study.games(tuple(dict.fromkeys(i for query in asked for i in query.inquiries.values())))
    worlds = min(worlds, study.worlds)
    blocks: list[_PlayedWorlds] = []
    complete = True
    try:
        for begin in range(0, worlds, BLOCK):
            heed(study.stop)
            played = played_block(study, games, begin, min(begin + BLOCK, worlds), starts)
            blocks.append(_PlayedWorlds(played, tuple(_plays_of_query(study, query, played) for query in asked)))
            if progress is not None:
                progress(min(begin + BLOCK, worlds), worlds)
    except STOPS:
        complete = False
    return _summed_up(study, asked, [g.game for g in games], blocks, starts=starts, complete=complete)


def _parts(query: Query) -> tuple[Query, ...]:
    """Return the parts of a dilemma, any other query itself."""
    bounded = isinstance(query.expression, Ask) and bool(head_of(query.expression).between)
    return query.parts if query.parts and not bounded else (query,)


def _plays_of_query(study: Study, query: Query, played: PlayedBlock) -> _QueryPlays:
    games = tuple(dict.fromkeys(inquiry.game for inquiry in query.inquiries.values()))
    plays = played.joint_plays(games)
    values = [np.where(play.there, _value(query, play.known, len(play.there)), np.nan) for play in plays]
    by_game = {}
    for game in dict.fromkeys((ITSELF, *games)):
        if game != ITSELF or ITSELF in games or played.keeping & set(games):
            alone = [one for play, one in zip(plays, values, strict=True) if _only(play, game)]
            by_game[game] = np.stack(alone)
    return _QueryPlays(np.stack(values), by_game, _weights(study, query, played))


def _only(play: JointPlay, game: Game) -> bool:
    """Return whether all games but this one are played as selected."""
    return not any(slot for other, slot in play.chosen.items() if other != game)


def _value(query: Query, known: Mapping[Inquiry, Array], worlds: int) -> Array:
    found = (truth if is_truth(query.expression) else number)(query.expression, lambda ask: known[query.inquiries[ask]])
    return np.broadcast_to(found, (worlds,))


def _weights(study: Study, query: Query, played: PlayedBlock) -> Array:
    """Return the worlds' weights for a query, as ``Study.draws`` has them."""
    inquiries = list(query.inquiries.values())
    return study.weighed(query, played.known[query.basis], played.within.get(inquiries[0]) if inquiries else None)


def _summed_up(
    study: Study,
    asked: tuple[Query, ...],
    games: list[Game],
    blocks: list[_PlayedWorlds],
    *,
    starts: int,
    complete: bool,
) -> EquilibriaOfWorlds:
    solved = _joined([block.played.solved.astype(np.float64) for block in blocks]) > 0
    evidence = _joined([block.played.evidence for block in blocks])
    if study.evidence and len(evidence) and not evidence.any():
        raise CaseError([impossible_evidence(study.first_situation(), study.evidence)])
    weights = [
        np.where(solved, _joined([block.plays[at].weights for block in blocks]), 0.0) for at in range(len(asked))
    ]
    return EquilibriaOfWorlds(
        ranges=tuple(
            _range(query, [block.plays[at].every for block in blocks], weights[at], study.set_aside(query))
            for at, query in enumerate(asked)
        ),
        games=tuple(
            _of_game(game, asked, blocks, evidence=np.where(solved, evidence, 0.0), solved=solved, weights=weights)
            for game in games
        ),
        worlds=int(solved.sum()),
        unconverged=tuple(np.flatnonzero(~solved).tolist()),
        starts=starts,
        seed=study.seed,
        complete=complete,
    )


def _range(query: Query, values: list[Array], weights: Array, aside: tuple[Expression, ...]) -> AnswerRange:
    selected = _joined([block[0] for block in values])
    low = _joined([np.fmin.reduce(block, axis=0) for block in values])
    high = _joined([np.fmax.reduce(block, axis=0) for block in values])
    weights = np.where(np.isnan(selected), 0.0, weights)
    depends = (high - low > APART * np.maximum(1.0, np.abs(high))).astype(np.float64)
    mean, least, most, part = (_mean(one, weights) for one in (selected, low, high, depends))
    return AnswerRange(query, mean, least, most, part, aside)


def _of_game(
    game: Game,
    asked: tuple[Query, ...],
    blocks: list[_PlayedWorlds],
    *,
    evidence: Array,
    solved: Mask,
    weights: list[Array],
) -> GameEquilibria:
    plays = [block.played.plays[game] for block in blocks]
    there = (_stacked([found.there.astype(np.float64) for found in plays]) > 0) & solved
    count = there.sum(axis=0)
    kinds: tuple[Kind, ...] = ()
    if (count > 1).any():
        found = sorted_by_kind(joined([block.played.sketches[game] for block in blocks]), there)
        answers = {
            query: (_stacked([block.plays[at].by_game[game] for block in blocks]), weights[at])
            for at, query in enumerate(asked)
            if all(game in block.plays[at].by_game for block in blocks)
        }
        kinds = kinds_of(found, evidence, answers)
    return GameEquilibria(
        game,
        several=int((count > 1).sum()),
        share=_mean((count > 1).astype(np.float64), evidence),
        most=int(count.max(initial=0)),
        size=max((found.found.size for found in plays), default=0),
        arrived=float(np.mean([found.found.arrived for found in plays])) if plays else 0.0,
        kinds=kinds,
    )


def _stacked(parts: list[Array]) -> Array:
    """Return arrays (equilibria, W) of several blocks side by side, missing equilibria as NaN."""
    most = max((len(part) for part in parts), default=0)
    padded = [np.pad(part, ((0, most - len(part)), (0, 0)), constant_values=np.nan) for part in parts]
    return np.concatenate(padded, axis=1) if padded else np.zeros((0, 0))


def _joined(arrays: list[Array]) -> Array:
    return np.concatenate(arrays) if arrays else np.zeros(0)


def _mean(values: Array, weights: Array) -> float | None:
    counted = weights > 0
    return weighted_mean(values[counted], weights[counted]) if counted.any() else None
