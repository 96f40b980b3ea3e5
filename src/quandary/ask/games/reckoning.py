"""What a case's questions would take in one world, before any world is solved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from quandary.ask.games.planned import PlannedGame
from quandary.ask.games.playing import support_of
from quandary.ask.games.reached import Reach, evenly, opened_anew
from quandary.ask.games.worths import of_choosers, with_worths
from quandary.ask.inquiry import ITSELF, Inquiry, variables_of
from quandary.base.memory import NUMBER
from quandary.case.model import Case
from quandary.compile.compiler import CompiledCase
from quandary.compile.counting import Counted, CountingStep, counted
from quandary.engine.planning.plan import Plan
from quandary.engine.planning.structure import Structure, structure_of
from quandary.engine.planning.table_sizes import (
    Need,
    ParentCut,
    Weigh,
    best_cut,
    checked,
    need_of_game,
    need_of_joint,
    with_known,
)
from quandary.game.diagram import Diagram
from quandary.game.graphs.requisite import prune
from quandary.game.interventions import do
from quandary.language import heads


@dataclass(frozen=True, eq=False)
class Weighed:
    """What some tables take in one world, and how to tell what they would take in another structure."""

    structure: Structure
    need: Need
    weigh: Weigh


@dataclass(frozen=True)
class Reckoned:
    """Bytes that one world takes: ``tables`` of the game itself, and ``heaviest`` of what is worked out from them."""

    tables: int
    heaviest: int
    weighed: Weighed | None = field(default=None, compare=False, repr=False)

    def cut(self) -> ParentCut | None:
        """Return the cut that saves the most of the heaviest, ``None`` where none saves anything."""
        return None if self.weighed is None else best_cut(self.weighed.structure, self.weighed.need, self.weighed.weigh)


def reckoned(case: Case, probe: CompiledCase, games: Iterable[PlannedGame]) -> Reckoned:
    """Return what the games and what is asked of them take in one world.

    Raises ``TooLarge`` (Q421) where that is more memory than is allowed; it names the cut that saves the most.
    """
    base = support_of(with_worths(probe))
    found: list[Weighed] = []
    for planned in games:
        foreseen, unforeseen = planned.game.foreseen, planned.game.unforeseen
        diagram = base.diagram
        if planned.game != ITSELF:
            opened = do(base.opened, dict(foreseen)) if foreseen else base.opened
            diagram = do(opened, dict(unforeseen)) if unforeseen else prune(opened).diagram
        if planned.sought.reached:
            even = {decision.name: evenly(opened, decision) for decision in opened.decisions}
            found.append(_of_game(opened_anew(Reach(opened).after(unforeseen), even, planned.sought.reached).diagram))
        elif planned.is_solved:
            found.append(_of_game(diagram))
        found += [_of_game(view) for view in _views(probe, planned)]
        structure = structure_of(diagram)
        for keep, known, factors, steps in dict.fromkeys(_joints(case, diagram, planned)):
            found.append(_of_joint(with_known(_with_steps(structure, steps), known), keep, factors))
    heaviest = max(found, key=lambda one: one.need.bytes, default=None)
    return Reckoned(_tables(probe.diagram), 0 if heaviest is None else heaviest.need.bytes, heaviest)


def _views(probe: CompiledCase, planned: PlannedGame) -> Iterator[Diagram]:
    """Yield the games that are solved beside a game's own, where somebody sees it wrongly."""
    for seen_by, _ in planned.views if planned.is_solved else ():
        if seen_by and all(actor in probe.beliefs for actor in seen_by):
            diagram = with_worths(probe, seen_by)
            yield do(diagram, dict(planned.game.settings)) if planned.game.settings else diagram


def _of_game(diagram: Diagram) -> Weighed:
    """Return what solving a diagram's game takes."""
    structure = structure_of(prune(of_choosers(diagram)).diagram)

    def weigh(other: Structure) -> Need:
        return need_of_game(other, Plan(other))

    return Weighed(structure, checked(need_of_game(structure), structure, weigh), weigh)


def _of_joint(structure: Structure, keep: tuple[str, ...], factors: tuple[tuple[str, ...], ...]) -> Weighed:
    """Return what one probability takes."""

    def weigh(other: Structure) -> Need:
        return need_of_joint(other, keep, factors, Plan(other))

    return Weighed(structure, checked(need_of_joint(structure, keep, factors), structure, weigh), weigh)


_Made = tuple[str, int, tuple[str, ...]]
"""A step of a condition over many variables: its name, its number of states and its parents."""

_Joint = tuple[tuple[str, ...], tuple[str, ...], tuple[tuple[str, ...], ...], tuple[_Made, ...]]


def _joints(case: Case, diagram: Diagram, planned: PlannedGame) -> Iterator[_Joint]:
    """Yield what is kept, what is known, other conditions' variables and the steps of each probability asked for."""
    present = {v.name for v in diagram.variables}
    for inquiry in planned.inquiries or (Inquiry(heads.P.name),):
        evidence = planned.conditions(inquiry.basis) if inquiry.basis.used else ()
        told = [counted(case, condition) for condition in dict.fromkeys((*evidence, *inquiry.given))]
        known, factors = _conditions(told)
        scopes = [*_scopes(diagram, inquiry)]
        if inquiry.target is not None:
            told.append(counted(case, inquiry.target))
            scopes.append(told[-1].table.axes)
        else:
            scopes.append(tuple(variables_of(case, inquiry)))
        steps = dict.fromkeys(_made(step) for one in told for step in one.steps)
        there = present | {name for name, *_ in steps}
        for scope in scopes:
            kept = tuple(sorted({name for name in scope if name in there} - set(known)))
            yield kept, tuple(sorted(known)), factors, tuple(steps)


def _made(step: CountingStep) -> _Made:
    return step.variable.name, len(step.variable.states), step.variable.parents


def _with_steps(structure: Structure, steps: tuple[_Made, ...]) -> Structure:
    """Return the structure with the steps of conditions as further chance variables."""
    if not steps:
        return structure
    names, cards, parents = zip(*steps, strict=True)
    return replace(
        structure,
        names=structure.names + names,
        cards=structure.cards + cards,
        parents=structure.parents + parents,
        players=structure.players + (None,) * len(steps),
        tables=structure.tables + tuple((*own, name) for name, _, own in steps),
    )


def _conditions(told: Iterable[Counted]) -> tuple[set[str], tuple[tuple[str, ...], ...]]:
    """Return the variables that conditions hold at one state, and the variables of each other condition."""
    known: set[str] = set()
    factors = []
    for one in told:
        axes = one.table.axes
        if not one.steps and len(axes) == 1 and axes[0] not in known and int((one.table.values != 0.0).sum()) == 1:
            known.add(axes[0])
        else:
            factors.append(axes)
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
