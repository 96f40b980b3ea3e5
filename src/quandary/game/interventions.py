"""Interventions: setting variables from outside, and what such a change can reach.

``do`` makes the game in which the change is common knowledge before anyone chooses a rule (*pre-policy*,
Hammond et al. 2023, *Artificial Intelligence* 320, section 4). Solving that game gives everyone's adapted
rules. Keeping the old rules and using the changed tables gives the *post-policy* reading; no other diagram is
needed for it.

``affected``: setting x replaces x's mechanism (table or rule). The graph before the change is a graph of both
games, a point mass being one table over the same parents. A variable's distribution can change only if

1. it is x or a descendant of x; or
2. it is a decision whose rule may change, or a descendant of one. The rule at D may change if the mechanism
   of x, or of a decision whose rule may change, has an active path to a utility of D's owner below D given D
   and what D observes (r- and s-reachability, ``relevance.py``). The decisions left over rely only on each
   other and on tables that did not change: their equations, and the branch of solutions selected by
   continuation, are those of the unchanged game.

Only requisite observations count as arcs into decisions: dropping the others changes no rule under any
tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from quandary.base.problems import Problem, Refusal, nearest
from quandary.game.arising import may_not_arise, set_table
from quandary.game.diagram import Chance, Decision, Diagram
from quandary.game.graphs.graph import graph_of
from quandary.game.graphs.requisite import decision_balls, prune, stakes_of


def do(diagram: Diagram, states: Mapping[str, str]) -> Diagram:
    """Return the diagram in which each named variable is set: no parents, probability one on its state.

    A decision becomes a chance variable; its owner still chooses elsewhere, and its ``only`` no longer binds. One that
    arises only sometimes is set where it arises, and keeps as parents what says so.
    Raises ``Refusal`` (Q401, Q402) for an unknown variable or state.
    """
    index = {name: _state_index(diagram, name, state) for name, state in states.items()}
    variables: list[Chance | Decision] = []
    tables = dict(diagram.tables)
    for variable in diagram.variables:
        if variable.name in index:
            tables[variable.name] = set_table(diagram, variable.name, index[variable.name])
            variables.append(Chance(variable.name, variable.states, tables[variable.name].axes[:-1]))
        else:
            variables.append(variable)
    return replace(
        diagram,
        variables=tuple(variables),
        tables=tables,
        allowed={name: table for name, table in diagram.allowed.items() if name not in index},
        usual={name: table for name, table in diagram.usual.items() if name not in index},
        agent_form_only=tuple(name for name in diagram.agent_form_only if name not in index),
    )


def overrides_only(diagram: Diagram, states: Mapping[str, str]) -> tuple[str, ...]:
    """Return the named decisions whose ``only`` bars the given option at some information set."""
    found = []
    for name, state in states.items():
        table = diagram.allowed.get(name)
        if table is None:
            continue
        open_to = table.values[..., _state_index(diagram, name, state), :] > 0
        if may_not_arise(diagram.variable(name)):
            open_to = open_to | (table.values[..., -1, :] > 0)
        if not open_to.all():
            found.append(name)
    return tuple(found)


def affected(diagram: Diagram, names: Iterable[str]) -> frozenset[str]:
    """Return the variables whose distribution an intervention on ``names`` can change, those named
    included."""
    changed = {diagram.variable(name).name for name in names}
    slim = prune(diagram, constants=False).diagram
    graph = graph_of(slim)
    sources = changed | rules_that_may_change(slim, changed)
    return frozenset(graph.descendants(sources) & {v.name for v in diagram.variables})


def rules_that_may_change(diagram: Diagram, names: Iterable[str]) -> frozenset[str]:
    """Return the decisions, other than ``names``, whose rule may change when the mechanisms of ``names``
    change.

    Relevance is read off the diagram as given: prune it first for the sharpest answer.
    """
    balls = decision_balls(graph_of(diagram), stakes_of(diagram))
    decisions = [d.name for d in diagram.decisions]
    given = frozenset(names)
    left = sum(1 << k for k, name in enumerate(decisions) if name not in given)
    found: set[str] = set()
    waiting = list(given)
    while waiting:
        changed = balls.sent_up[waiting.pop()] & left
        left &= ~changed
        new = [name for k, name in enumerate(decisions) if changed >> k & 1] if changed else []
        found.update(new)
        waiting.extend(new)
    return frozenset(found)


def _state_index(diagram: Diagram, name: str, state: str) -> int:
    known = {v.name: v.states for v in diagram.variables}
    if name not in known:
        raise Refusal(Problem("Q401", f'there is no variable "{name}" to set.', hint=nearest(name, known)))
    if state not in known[name]:
        hint = nearest(state, known[name]) or f"its states are {', '.join(known[name])}"
        raise Refusal(Problem("Q402", f'"{name}" has no state "{state}".', hint=hint))
    return known[name].index(state)
