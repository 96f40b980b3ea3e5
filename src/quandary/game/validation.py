"""Whether a diagram is well formed: one rule, one function; every fault is gathered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping

import numpy as np

from quandary.base.problems import Problem, nearest
from quandary.game.diagram import Diagram, Utility
from quandary.game.graphs.graph import utility_node
from quandary.game.table import Table

SUM_TOLERANCE = 1e-9


def faults(diagram: Diagram) -> tuple[Problem, ...]:
    """Return every fault of a diagram; an empty tuple means that every other function may be called on it.

    Rules about numbers run only when names and shapes are right.
    """
    found = [problem for rule in STRUCTURE for problem in rule(diagram)]
    if not found:
        found = [problem for rule in NUMBERS for problem in rule(diagram)]
    return tuple(found)


def repeated_names(diagram: Diagram) -> Iterator[Problem]:
    """Variables, utilities and the states of one variable each have names of their own."""
    names = [v.name for v in diagram.variables] + [utility_node(u) for u in diagram.utilities]
    for name in sorted(n for n, times in Counter(names).items() if times > 1):
        yield Problem("Q403", f'"{name}" names more than one variable or utility.')
    for variable in diagram.variables:
        if not variable.states:
            yield Problem("Q404", f'"{variable.name}" has no states.')
        for state in sorted(s for s, times in Counter(variable.states).items() if times > 1):
            yield Problem("Q403", f'"{variable.name}" lists the state "{state}" more than once.')


def order_of_time(diagram: Diagram) -> Iterator[Problem]:
    """Every parent is a variable that stands earlier; so there is no cycle."""
    names = {v.name for v in diagram.variables}
    earlier: set[str] = set()
    for variable in diagram.variables:
        for parent in variable.parents:
            if parent not in names:
                yield Problem(
                    "Q405",
                    f'"{variable.name}" depends on the unknown "{parent}".',
                    hint=nearest(parent, names),
                )
            elif parent not in earlier:
                yield Problem("Q406", f'"{variable.name}" depends on "{parent}", which comes later or is itself.')
        if len(set(variable.parents)) < len(variable.parents):
            yield Problem("Q403", f'"{variable.name}" lists a parent twice.')
        earlier.add(variable.name)


def chance_tables(diagram: Diagram) -> Iterator[Problem]:
    """Each chance variable has one table over its parents and itself."""
    sizes = _sizes(diagram)
    for variable in diagram.chances:
        table = diagram.tables.get(variable.name)
        if table is None:
            yield Problem("Q407", f'the chance variable "{variable.name}" has no table.')
        elif table.axes != (*variable.parents, variable.name):
            yield Problem(
                "Q407",
                f'the table of "{variable.name}" is over {_listed(table.axes)}, '
                f"not {_listed((*variable.parents, variable.name))}.",
            )
        else:
            yield from _shape(diagram, sizes, table, f'the table of "{variable.name}"')


def utility_tables(diagram: Diagram) -> Iterator[Problem]:
    """Each utility is over known variables, each once."""
    sizes = _sizes(diagram)
    for utility in diagram.utilities:
        yield from _known_axes(diagram, sizes, utility)


def options_tables(diagram: Diagram) -> Iterator[Problem]:
    """Tables of allowed options are over some parents of a decision, then the decision, and do not vary by
    world."""
    decisions, sizes = {d.name: d for d in diagram.decisions}, _sizes(diagram)
    for name, table in diagram.allowed.items():
        if name not in decisions:
            yield Problem(
                "Q408",
                f'options are barred for "{name}", which is no decision.',
                hint=nearest(name, decisions),
            )
            continue
        unseen = set(table.axes[:-1]) - set(decisions[name].parents)
        if unseen or table.axes[-1:] != (name,):
            yield Problem("Q408", f'the options of "{name}" may depend only on what it observes, and on nothing else.')
            continue
        yield from _shape(diagram, sizes, table, f'the options of "{name}"')
        if table.worlds != 1:
            yield Problem("Q408", f'the options of "{name}" must be the same in all worlds.')


def usual_tables(diagram: Diagram) -> Iterator[Problem]:
    """Tables of what is usual are over some parents of a decision, then the decision."""
    decisions, sizes = {d.name: d for d in diagram.decisions}, _sizes(diagram)
    for name, table in diagram.usual.items():
        if name not in decisions:
            hint = nearest(name, decisions)
            yield Problem("Q414", f'something is usual at "{name}", which is no decision.', hint=hint)
        elif set(table.axes[:-1]) - set(decisions[name].parents) or table.axes[-1:] != (name,):
            yield Problem("Q414", f'what is usual at "{name}" may depend only on what it observes.')
        else:
            yield from _shape(diagram, sizes, table, f'what is usual at "{name}"')


def precisions(diagram: Diagram) -> Iterator[Problem]:
    """Every deciding player has a precision, one number or one per world, not negative."""
    for player in dict.fromkeys(d.player for d in diagram.decisions):
        precision = diagram.precision.get(player)
        if precision is None:
            yield Problem("Q409", f'the player "{player}" decides but has no precision.')
        elif precision.shape not in {(1,), (diagram.worlds,)}:
            yield Problem("Q409", f'the precision of "{player}" has shape {precision.shape}, not one number a world.')
        elif np.isnan(precision).any() or (precision < 0).any():
            yield Problem("Q409", f'the precision of "{player}" is negative or not a number in some world.')


def probabilities(diagram: Diagram) -> Iterator[Problem]:
    """Chance tables are not negative and sum to one."""
    for variable in diagram.chances:
        values = diagram.tables[variable.name].values
        if not np.isfinite(values).all() or (values < 0).any():
            yield Problem("Q410", f'the table of "{variable.name}" holds a negative or non-finite probability.')
        elif np.abs(values.sum(axis=-2) - 1.0).max(initial=0.0) > SUM_TOLERANCE:
            yield Problem("Q410", f'the probabilities of "{variable.name}" do not sum to one everywhere.')


def payoffs(diagram: Diagram) -> Iterator[Problem]:
    """Payoffs are finite."""
    for utility in diagram.utilities:
        if not np.isfinite(utility.table.values).all():
            yield Problem("Q411", f'the utility "{utility_node(utility)}" holds a number that is not finite.')


def options(diagram: Diagram) -> Iterator[Problem]:
    """Options are allowed (1) or barred (0), and at least one is allowed everywhere."""
    for name, table in diagram.allowed.items():
        if not np.isin(table.values, (0.0, 1.0)).all():
            yield Problem("Q408", f'the options of "{name}" must be 0 (barred) or 1 (allowed).')
        elif not table.values.any(axis=-2).all():
            yield Problem("Q412", f'"{name}" has no allowed option at some information set.')


def usual_shares(diagram: Diagram) -> Iterator[Problem]:
    """What is usual is a number above 0 for every option: what is never chosen is barred."""
    for name, table in diagram.usual.items():
        if not (np.isfinite(table.values) & (table.values > 0.0)).all():
            yield Problem("Q414", f'what is usual at "{name}" must be numbers above 0.')


Rule = Callable[[Diagram], Iterator[Problem]]
STRUCTURE: tuple[Rule, ...] = (
    repeated_names,
    order_of_time,
    chance_tables,
    utility_tables,
    options_tables,
    usual_tables,
    precisions,
)
NUMBERS: tuple[Rule, ...] = (probabilities, payoffs, options, usual_shares)


def _sizes(diagram: Diagram) -> dict[str, int]:
    return {v.name: len(v.states) for v in diagram.variables}


def _known_axes(diagram: Diagram, sizes: Mapping[str, int], utility: Utility) -> Iterator[Problem]:
    what = f'the utility "{utility_node(utility)}"'
    unknown = [axis for axis in utility.table.axes if axis not in sizes]
    for axis in unknown:
        yield Problem("Q405", f'{what} depends on the unknown "{axis}".', hint=nearest(axis, sizes))
    if len(set(utility.table.axes)) < len(utility.table.axes):
        yield Problem("Q403", f"{what} lists a variable twice.")
    if not unknown:
        yield from _shape(diagram, sizes, utility.table, what)


def _shape(diagram: Diagram, sizes: Mapping[str, int], table: Table, what: str) -> Iterator[Problem]:
    expected = tuple(sizes.get(axis, 0) for axis in table.axes)
    if table.values.shape[:-1] != expected:
        yield Problem("Q413", f"{what} has shape {table.values.shape[:-1]}, where the states say {expected}.")
    elif table.worlds not in {1, diagram.worlds}:
        yield Problem("Q413", f"{what} has {table.worlds} worlds, where the diagram has {diagram.worlds}.")


def _listed(axes: tuple[str, ...]) -> str:
    return "(" + ", ".join(axes) + ")"
