"""Any stage in a stable printed form: the game, who must think about whom, the worlds drawn, the solution."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import PurePath

import numpy as np

from quandary.base.arrays import Array
from quandary.base.problems import counted
from quandary.case.logic.arising import ARISES, tells_of_asking
from quandary.compile.numbers import UncertainNumber
from quandary.game.arising import arising, may_not_arise, options_of
from quandary.game.diagram import Decision, Diagram
from quandary.game.graphs.relevance import components, reliances
from quandary.report.words.wording import listing, number, percent
from quandary.solve.solution import Solution


def game_lines(diagram: Diagram) -> Iterator[str]:
    """Yield the causal game: every variable with its states and parents, every utility with its scope."""
    told = [v for v in diagram.variables if not tells_of_asking(v.name)]
    yield f"Causal game: {counted(len(diagram.players), 'player')}, {counted(len(told), 'variable')}"
    for variable in told:
        parents = f" given {', '.join(variable.parents)}" if variable.parents else ""
        if isinstance(variable, Decision):
            seen = [name for name in variable.parents if not tells_of_asking(name)]
            parents = f" seeing {', '.join(seen)}" if seen else " seeing nothing"
            yield f"  decision {variable.name} by {variable.player}: {' | '.join(options_of(variable))}{parents}"
            yield from _barred(diagram, variable)
            if variable.name in diagram.usual:
                yield f"    {_usual(diagram, variable)}"
        else:
            yield f"  chance {variable.name}: {' | '.join(variable.states)}{parents}"
    for utility in diagram.utilities:
        yield f"  payoff {utility.player}.{utility.name}: depends on {', '.join(utility.table.axes) or 'nothing'}"


def _barred(diagram: Diagram, decision: Decision) -> Iterator[str]:
    """Yield by what a decision arises, and by what its options are barred."""
    table = diagram.allowed.get(decision.name)
    if table is None:
        return
    options = len(options_of(decision))
    if may_not_arise(decision):
        asked = decision.name + ARISES
        by = diagram.variable(asked).parents if asked in decision.parents else table.axes[:-1]
        yield f"    arises sometimes, by {', '.join(by)}"
    own = table.values[..., :options, 0]
    if (own != own.max(axis=-1, keepdims=True)).any():
        yield f"    some options are barred, by {', '.join(a for a in table.axes[:-1] if not tells_of_asking(a))}"


def _usual(diagram: Diagram, decision: Decision) -> str:
    """Return what is usual at a decision where nothing is barred: the mean shares, or what they depend on."""
    table = diagram.usual[decision.name]
    if len(table.axes) > 1:
        return f"what is usual depends on {', '.join(a for a in table.axes if a != decision.name)}"
    values = table.values[: len(options_of(decision))]
    means = (values / values.sum(axis=0)).mean(axis=1)
    options = zip(options_of(decision), means, strict=True)
    return f"usual: {', '.join(f'{option} {percent(float(p))}' for option, p in options)}"


def relevance_lines(diagram: Diagram, pruned: Diagram, dropped: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """Yield the strategic-relevance graph, its components in order of solving, and what memory was pruned."""
    yield "Who must know whose rule (strategic relevance, Koller & Milch 2003)"
    for decision, others in reliances(pruned).items():
        yield f"  {decision} relies on {listing(others) or 'no other decision'}"
    yield "Components, in the order in which they can be settled"
    for number_, component in enumerate(components(pruned), 1):
        how = "by itself" if len(component) == 1 else "together"
        yield f"  {number_}. {listing(component)} ({how})"
    yield "Observations pruned, since they cannot matter to the decision"
    for decision_ in diagram.decisions:
        kept = [name for name in pruned.variable(decision_.name).parents if not tells_of_asking(name)]
        gone = [name for name in dropped.get(decision_.name, ()) if not tells_of_asking(name)]
        yield f"  {decision_.name}: keeps {listing(kept) or 'nothing'}; pruned {listing(gone) or 'nothing'}"


def world_lines(numbers: tuple[UncertainNumber, ...], uniforms: Mapping[str, Array], which: str) -> Iterator[str]:
    """Yield every uncertain number with how it was read and its value in the worlds given (``which`` names them)."""
    yield f"{counted(len(numbers), 'uncertain number')}; values in {which}"
    for uncertain in numbers:
        values = uncertain.estimate.quantile(uniforms[uncertain.name])
        drawn = "  ".join(number(float(v), 4) for v in values)
        where = f"{PurePath(uncertain.place.file).name}:{uncertain.place.line}"
        yield f"  {uncertain.name}  [{where}]"
        yield f"    {uncertain.description}: {drawn}"


def converged_line(converged: bool) -> str:
    """Return whether the case's own game is solved in a world."""
    if converged:
        return "The case's own game converges in this world."
    return "The case's own game does NOT converge in this world, which is in no answer."


def solution_lines(solution: Solution) -> Iterator[str]:
    """Yield each decision's rule: the mean probability of every option at every information set in play."""
    residual = float(solution.residual.max())
    failed = int((~solution.converged).sum())
    yield (
        f"Concept {solution.concept}: {counted(len(solution.residual), 'world')}, largest residual {residual:.1e}, "
        f"{counted(failed, 'world')} not converged"
    )
    for decision in solution.diagram.decisions:
        yield from _rule_lines(solution, decision)
    yield from (f"Note: {line}" for line in solution.warnings)


def _rule_lines(solution: Solution, decision: Decision) -> Iterator[str]:
    rule = solution.behaviour[decision.name]
    seen = tuple(a for a in rule.axes if a != decision.name)
    shown = [place for place, name in enumerate(seen) if not tells_of_asking(name)]
    told = ", ".join(seen[place] for place in shown)
    yield f"{decision.name} by {decision.player}" + (f", knowing {told}" if told else "")
    values = rule.over((*seen, decision.name))
    in_play = _in_play(solution, decision, seen)
    states = [solution.diagram.variable(name).states for name in seen]
    where = arising(solution.diagram, decision.name)
    arises = np.ones([1] * len(seen)) if where is None else where.over(seen)[..., 0]
    arises = np.broadcast_to(arises, in_play.shape)
    elsewhere = "always" if where is None else "wherever it arises"
    for index in product(*(range(len(s)) for s in states)):
        known = ", ".join(states[place][index[place]] for place in shown) or elsewhere
        if not arises[index] or (len(shown) < len(seen) and not in_play[index]):
            continue
        if not in_play[index]:
            yield f"  {known}: – (never reached)"
            continue
        mean = np.asarray(values[index]).mean(axis=-1)[: len(options_of(decision))]
        options = ", ".join(f"{o} {percent(float(p))}" for o, p in zip(options_of(decision), mean, strict=True))
        yield f"  {known}: {options}"


def _in_play(solution: Solution, decision: Decision, seen: tuple[str, ...]) -> Array:
    table = solution.in_play.get(decision.name)
    if table is None:
        return np.ones(tuple(solution.diagram.cardinality(a) for a in seen))
    extra = [a for a in table.axes if a not in seen]
    full = table.over((*seen, *extra)).max(axis=-1)
    reached = full.reshape(*full.shape[: len(seen)], -1).max(axis=-1)
    return np.broadcast_to(reached, tuple(solution.diagram.cardinality(a) for a in seen))
