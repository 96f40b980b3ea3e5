"""Every equilibrium that a search finds, played: in the case's own game, and in the games that ``do`` makes of it.

After ``do`` the decisions that must be solved anew (``playing.to_solve_again``) have equilibria of their own, given the
rules that the other decisions keep. Those rules are of one equilibrium of the case's own game, so the search is made
under each of these. Where every decision is solved anew no rule is kept, and one search serves all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import product
from math import prod

import numpy as np

from quandary.ask.equilibria.kinds import Sketch, sketch
from quandary.ask.games.planned import PlannedGame
from quandary.ask.games.playing import Played, happened, play, play_after, with_rules
from quandary.ask.games.reached import NO_SETS, opened_anew
from quandary.ask.games.situation import GameSituation
from quandary.ask.games.worths import of_choosers, with_worths
from quandary.ask.inquiry import EVERYTHING, ITSELF, WITHOUT, Basis, Conditions, Game, Inquiry, Interventions
from quandary.ask.query.measures import MEASURES
from quandary.ask.study import Study
from quandary.base.arrays import Array, Mask
from quandary.base.problems import Problem, Refusal
from quandary.compile.compiler import CompiledCase
from quandary.compile.counting import counted
from quandary.engine.playing.diagram_game import DiagramGame
from quandary.game.graphs.requisite import prune
from quandary.solve.several import Several, several
from quandary.solve.solver import solve

MOST_TOGETHER = 2000
"""How many ways of playing one equilibrium in each of a question's games are gone through."""

Answers = Mapping[Inquiry, Array]
Standing = Callable[[Basis], Conditions]


@dataclass(frozen=True, eq=False)
class Plays:
    """One game's equilibria in some worlds: ``plays[i]`` exists where ``there[i]``, (equilibria, W); the first is the
    one selected. ``found`` says how they were searched for; ``names`` are the decisions searched over."""

    plays: tuple[Played, ...]
    there: Mask
    found: Several
    names: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class JointPlay:
    """One way to play: an equilibrium of every game that questions need.

    ``chosen`` is the number of each game's equilibrium, 0 for the one selected; ``there`` (W,) says in which worlds all
    of them exist; ``known`` holds the inquiries' values.
    """

    chosen: Mapping[Game, int]
    there: Mask
    known: Answers


@dataclass(frozen=True, eq=False)
class PlayedBlock:
    """Some worlds with all their equilibria.

    ``evidence`` (W,), ``known``, the chance of the evidence that stands on each basis, and ``within`` are under the
    equilibria selected, ``solved`` (W,) says where all of those were
    found. ``plays`` and ``sketches`` are each game's, the equilibrium selected being played in the case's own game.
    ``keeping`` names the games in which some decision keeps its rule. ``entries`` holds, for each equilibrium of the
    case's own game, every game's equilibria: where each exists, and the inquiries' values.
    """

    plays: Mapping[Game, Plays]
    sketches: Mapping[Game, Sketch]
    evidence: Array
    known: Mapping[Basis, Array]
    within: Answers
    solved: Mask
    keeping: frozenset[Game]
    entries: tuple[Mapping[Game, Sequence[tuple[Mask, Answers]]], ...]

    def joint_plays(self, games: Sequence[Game]) -> list[JointPlay]:
        """Return every way to play these games, the equilibria selected first; Q571 where they are too many."""
        most = sum(prod(len(entry[game]) for game in games) for entry in self.entries)
        if most > MOST_TOGETHER:
            message = (
                f"the equilibria of the question's games can be combined in {most:,} ways, too many to go through."
            )
            raise Refusal(Problem("Q571", message, hint="ask about one intervention at a time"))
        joint_plays = []
        for number, entry in enumerate(self.entries):
            for slots in product(*(range(len(entry[game])) for game in games)):
                there = self.plays[ITSELF].there[number].copy()
                known: dict[Inquiry, Array] = {}
                for game, slot in zip(games, slots, strict=True):
                    there &= entry[game][slot][0]
                    known |= entry[game][slot][1]
                joint_plays.append(JointPlay({**dict(zip(games, slots, strict=True)), ITSELF: number}, there, known))
        return joint_plays


def played_block(study: Study, games: Sequence[PlannedGame], begin: int, end: int, starts: int) -> PlayedBlock:
    """Return the worlds from ``begin`` to ``end`` with every equilibrium that the search finds in each game.

    Raises ``Refusal`` (Q570) where a circle is too large to search.
    """
    compiled = study.model.diagram(study.uniforms.between(begin, end), end - begin)
    played = play(with_worths(compiled))
    own = _all_plays(played, None, starts, study.seed)
    plays, selected = {ITSELF: own}, {ITSELF: own.plays[0]}
    entries: list[dict[Game, list[tuple[Mask, Answers]]]] = []
    keeping = set()
    for number, base in enumerate(own.plays):
        entry: dict[Game, list[tuple[Mask, Answers]]] = {}
        for planned in games:
            if planned.game == ITSELF:
                entry[ITSELF] = [(own.there[number], _answers(study, compiled, base, planned))]
                continue
            if number and planned.game not in keeping:
                entry[planned.game] = entries[0][planned.game]
                continue
            found, ends, keeps = _after(base, planned, starts, study.seed)
            if keeps:
                keeping.add(planned.game)
            if not number:
                plays[planned.game], selected[planned.game] = found, ends[0]
            entry[planned.game] = [
                (there, _answers(study, compiled, one, planned)) for there, one in zip(found.there, ends, strict=True)
            ]
        entries.append(entry)
    base_situation = _situation(study, compiled, played, study.standing.conditions)
    solved = np.logical_and.reduce([found.there[0] for found in plays.values()])
    return PlayedBlock(
        plays,
        {game: sketch(found.plays, found.names) for game, found in plays.items()},
        base_situation.chance(study.standing.conditions(EVERYTHING)),
        {basis: base_situation.chance(study.standing.conditions(basis)) for basis in _bases(games)},
        _within(study, compiled, selected, games),
        solved,
        frozenset(keeping),
        tuple(entries),
    )


def _after(base: Played, planned: PlannedGame, starts: int, seed: int) -> tuple[Plays, tuple[Played, ...], bool]:
    """Return the equilibria after interventions, what each leads to, and whether some decision keeps its rule.

    What nobody foresaw comes after an equilibrium is chosen, and leads to one unless sets are newly reached.
    """
    foreseen, unforeseen = planned.game.foreseen, planned.game.unforeseen
    after = play_after(base, Interventions(foreseen), planned.again, NO_SETS)
    keeps = any(decision.name not in planned.again for decision in after.diagram.decisions)
    found = _all_plays(after, planned.again, starts, seed)
    reached = planned.sought.found(after.reach.after(unforeseen), after.possible)
    if not reached:
        ends = (happened(one, unforeseen, NO_SETS) if unforeseen else one for one in found.plays)
        return found, tuple(ends), keeps
    parts = [_where_reached(one, planned, reached, starts, seed) for one in found.plays]
    there = np.concatenate([part.there & own for part, own in zip(parts, found.there, strict=True)])
    plays = tuple(one for part in parts for one in part.plays)
    counted_all = replace(parts[0].found, count=there.sum(axis=0))
    names = (*(name for name in found.names if name not in dict(unforeseen)), *parts[0].names)
    return Plays(plays, there, counted_all, names), plays, keeps


def _where_reached(played: Played, planned: PlannedGame, reached: frozenset[str], starts: int, seed: int) -> Plays:
    """Return the equilibria at the sets that are newly reached, every other row of every rule staying as it is."""
    first = happened(played, planned.game.unforeseen, planned.sought)
    anew = opened_anew(played.reach.after(planned.game.unforeseen), played.behaviour, reached)
    game = DiagramGame(prune(of_choosers(anew.diagram)).diagram)
    branch = solve(game.diagram, job=played.job).behaviour
    found = several(game, game.profile(branch), starts=starts, seed=seed)
    others = [replace(first, behaviour=anew.behaviour(game.behaviour(p))) for p in found.profiles[1:]]
    there = found.count > np.arange(len(found.profiles))[:, None]
    there[0] &= first.converged
    return Plays((first, *others), there, found, tuple(sorted(reached)))


def _bases(games: Sequence[PlannedGame]) -> dict[Basis, None]:
    return dict.fromkeys((EVERYTHING, WITHOUT, *(inquiry.basis for one in games for inquiry in one.inquiries)))


def _all_plays(played: Played, free: frozenset[str] | None, starts: int, seed: int) -> Plays:
    """Return every equilibrium found of the ``free`` decisions (``None``: all), the others keeping their rules."""
    if free is not None and not free:
        one = np.ones(len(played.converged), dtype=np.intp)
        nothing = Several(([],), one, np.zeros((1, len(one))), 0, 1.0, 0)
        return Plays((played,), played.converged[None], nothing, ())
    diagram = played.diagram if free is None else with_rules(played.diagram, played.behaviour, free)
    game = DiagramGame(prune(of_choosers(diagram)).diagram)
    found = several(game, game.profile(played.behaviour), starts=starts, seed=seed)
    others = [replace(played, behaviour={**played.behaviour, **game.behaviour(p)}) for p in found.profiles[1:]]
    there = found.count > np.arange(len(found.profiles))[:, None]
    there[0] &= played.converged
    return Plays((played, *others), there, found, tuple(decision.name for decision in game.decisions))


def _situation(study: Study, compiled: CompiledCase, played: Played, standing: Standing) -> GameSituation:
    return GameSituation(played, compiled, partial(counted, study.case), standing, study.near)


def _answers(study: Study, compiled: CompiledCase, played: Played, planned: PlannedGame) -> Answers:
    situation = _situation(study, compiled, played, planned.conditions)
    found = {inquiry: MEASURES[inquiry.head](inquiry, situation) for inquiry in planned.inquiries}
    for inquiry, unsolved in situation.unsolved.items():
        found[inquiry] = np.where(unsolved, np.nan, found[inquiry])
    return found


def _within(
    study: Study, compiled: CompiledCase, selected: Mapping[Game, Played], games: Sequence[PlannedGame]
) -> dict[Inquiry, Array]:
    """Return the probability of the inquiries' own conditions under the equilibria selected."""
    found: dict[Inquiry, Array] = {}
    for planned in games:
        situation = _situation(study, compiled, selected[planned.game], planned.conditions)
        found |= {inquiry: situation.within(inquiry) for inquiry in planned.inquiries if inquiry.given}
    return found
