"""What a case's questions would take in one world, before any world is solved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from quandary.ask.games import ITSELF, PlannedGame
from quandary.ask.inquiry import Inquiry, variables_of
from quandary.ask.playing import support_of
from quandary.ask.worths import of_choosers, with_worths
from quandary.case.compiler import Compiled
from quandary.case.conditions import indicator, mentioned
from quandary.case.model import Case
from quandary.engine.plan import Plan
from quandary.engine.reckoning import Need, checked, need_of_game, need_of_joint, with_known
from quandary.engine.structure import Structure, structure_of
from quandary.game.diagram import Diagram
from quandary.game.interventions import do
from quandary.game.requisite import prune
from quandary.language.syntax import Expression
from quandary.memory import NUMBER


@dataclass(frozen=True)
class Reckoned:
    """Bytes that one world takes: ``tables`` of the game itself, and ``heaviest`` of what is worked out from them."""

    tables: int
    heaviest: int


def reckoned(case: Case, probe: Compiled, games: Iterable[PlannedGame]) -> Reckoned:
    """Return what the games and what is asked of them take in one world.

    Raises ``TooLarge`` (Q421) where that is more memory than is allowed; it names the cut that saves the most.
    """
    base = support_of(with_worths(probe))
    heaviest = 0
    for planned in games:
        seen, unseen = planned.game
        diagram = base.diagram
        if planned.game != ITSELF:
            opened = do(base.opened, dict(seen)) if seen else base.opened
            diagram = do(opened, dict(unseen)) if unseen else prune(opened).diagram
        solved = planned.game == ITSELF or bool(planned.again)
        heaviest = max(heaviest, _of_game(diagram) if solved else 0)
        structure = structure_of(diagram)
        for keep, known, factors in dict.fromkeys(_joints(case, diagram, planned)):
            heaviest = max(heaviest, _of_joint(with_known(structure, known), keep, factors))
    return Reckoned(_tables(probe.diagram), heaviest)


def _of_game(diagram: Diagram) -> int:
    """Return the bytes of solving a diagram's game."""
    structure = structure_of(prune(of_choosers(diagram)).diagram)
    return checked(need_of_game(structure), structure, lambda other: need_of_game(other, Plan(other))).bytes


def _of_joint(structure: Structure, keep: tuple[str, ...], factors: tuple[tuple[str, ...], ...]) -> int:
    """Return the bytes of one probability."""

    def weigh(other: Structure) -> Need:
        return need_of_joint(other, keep, factors, Plan(other))

    return checked(need_of_joint(structure, keep, factors), structure, weigh).bytes


_Joint = tuple[tuple[str, ...], tuple[str, ...], tuple[tuple[str, ...], ...]]


def _joints(case: Case, diagram: Diagram, planned: PlannedGame) -> Iterator[_Joint]:
    """Yield what is kept, what is known and the other conditions' variables of the probabilities asked for."""
    present = {v.name for v in diagram.variables}
    for inquiry in planned.inquiries or (Inquiry("P"),):
        evidence = planned.kept.conditions if inquiry.evidence else ()
        given = tuple(dict.fromkeys((*evidence, *inquiry.given)))
        known, factors = _conditions(case, given)
        target = mentioned(case, inquiry.target) if inquiry.target is not None else ()
        scopes = [target or variables_of(case, inquiry), *_scopes(diagram, inquiry)]
        for scope in scopes:
            kept = tuple(sorted({name for name in scope if name in present} - set(known)))
            yield kept, tuple(sorted(known)), factors


def _conditions(case: Case, given: tuple[Expression, ...]) -> tuple[set[str], tuple[tuple[str, ...], ...]]:
    """Return the variables that conditions hold at one state, and the variables of each other condition."""
    known: set[str] = set()
    factors = []
    for condition in given:
        table = indicator(case, condition)
        if len(table.axes) == 1 and table.axes[0] not in known and int((table.values != 0.0).sum()) == 1:
            known.add(table.axes[0])
        else:
            factors.append(table.axes)
    return known, tuple(factors)


def _scopes(diagram: Diagram, inquiry: Inquiry) -> Iterator[tuple[str, ...]]:
    """Yield the variables of each payoff that an inquiry looks at."""
    for utility in diagram.utilities:
        if utility.player == inquiry.actor:
            yield utility.table.axes


def _tables(diagram: Diagram) -> int:
    """Return the bytes that the diagram's own tables take in one world, of those that vary."""
    tables = [*diagram.tables.values(), *(utility.table for utility in diagram.utilities)]
    return NUMBER * sum(table.values.size // table.worlds for table in tables if table.worlds > 1)
