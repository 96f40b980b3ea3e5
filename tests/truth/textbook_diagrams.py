"""Questions of the textbook collection put to our functions: one function a type of question."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from quandary.base import Array, Refusal
from quandary.engine import DiagramGame, Inference
from quandary.game import (
    Behaviour,
    Decision,
    Diagram,
    Table,
    TreeGame,
    Unrolled,
    do,
    prune,
    reliances,
    unroll,
    with_implied_memory,
)
from quandary.onegame import Equilibrium, pure, pure_subgame_perfect, strategic_form, tree_regret
from quandary.solve import solve

Query = Mapping[str, Any]
Rows = list[dict[str, Any]]


def best_payoff(diagram: Diagram) -> float:
    """Return a lone player's best expected payoff: backward induction, or enumeration where it forgets."""
    (player,) = {d.player for d in diagram.decisions}
    try:
        solution = solve(with_implied_memory(diagram), "subgame")
    except Refusal as refusal:
        assert refusal.problem.code in {"Q452", "Q453"}
        return max(e.values[player] for e in pure(unroll(diagram).tree).found)
    game = DiagramGame(solution.diagram)
    return float(game.payoffs(game.profile(solution.behaviour))[player][0])


def changed(diagram: Diagram, query: Query) -> Diagram:
    """Return the diagram with the query's arcs dropped, options restricted and variables set."""
    for parent, child in query.get("drop_arcs", []):
        diagram = _with_parents(diagram, child, tuple(p for p in diagram.variable(child).parents if p != parent))
    allowed = dict(diagram.allowed)
    for name, options in query.get("restrict", {}).items():
        variable = diagram.variable(name)
        allowed[name] = Table((name,), np.array([[float(s in options)] for s in variable.states]))
    diagram = replace(diagram, allowed=allowed)
    setting = dict(query.get("do", {}))
    if "context" in query:
        name, state = query["context"].split("=")
        setting[name] = state
    return do(diagram, setting) if setting else diagram


def _with_parents(diagram: Diagram, name: str, parents: tuple[str, ...]) -> Diagram:
    variables = [replace(v, parents=parents) if v.name == name else v for v in diagram.variables]
    moved = next(v for v in variables if v.name == name)
    variables.remove(moved)
    after = max((i for i, v in enumerate(variables) if v.name in parents), default=-1)
    before = [i for i, v in enumerate(variables) if name in v.parents]
    variables.insert(max(after + 1, min(before, default=len(variables)) if before else after + 1), moved)
    return replace(diagram, variables=tuple(variables))


def value_of_information(diagram: Diagram, query: Query) -> float:
    """Return the best payoff with the arc node -> decision less the best payoff without."""
    diagram = changed(diagram, query)
    decision, node = query["decision"], query["node"]
    others = tuple(p for p in diagram.variable(decision).parents if p != node)
    informed = _with_parents(diagram, decision, (*others, node))
    return best_payoff(informed) - best_payoff(_with_parents(diagram, decision, others))


def value_of_control(diagram: Diagram, query: Query) -> float:
    """Return the best payoff when the node is the player's to choose, seeing its parents, less the best payoff."""
    diagram = changed(diagram, query)
    (player,) = {d.player for d in diagram.decisions}
    node = diagram.variable(query["node"])
    chosen = Decision(node.name, node.states, player, node.parents)
    variables = tuple(chosen if v.name == node.name else v for v in diagram.variables)
    tables = {n: t for n, t in diagram.tables.items() if n != node.name}
    return best_payoff(replace(diagram, variables=variables, tables=tables)) - best_payoff(diagram)


def behaviour_of(diagram: Diagram, listed: Mapping[str, Rows]) -> dict[str, Table]:
    """Return a listed profile ({decision: rows of when and p}) as a behaviour."""
    rules = {}
    for decision in diagram.decisions:
        axes = (*decision.parents, decision.name)
        values = np.zeros((*(diagram.cardinality(a) for a in axes), 1))
        for row in listed[decision.name]:
            index = tuple(diagram.variable(p).states.index(row["when"][p]) for p in decision.parents)
            for state, p in row["p"].items():
                values[(*index, decision.states.index(state), 0)] = p
        rules[decision.name] = Table(axes, values)
    return rules


def probability(diagram: Diagram, behaviour: Behaviour, query: Query) -> float:
    """Return P(of | given) in the diagram with ``do`` set, the behaviour as it is (post-policy)."""
    there = do(diagram, query.get("do", {}))
    kept = {d.name: behaviour[d.name] for d in there.decisions}
    inference = Inference(there)
    given = [_indicator(there, n, s) for n, s in query.get("given", {}).items()]
    both = given + [_indicator(there, n, s) for n, s in query["of"].items()]
    whole = inference.joint(kept, (), given).values
    return float((inference.joint(kept, (), both).values / whole)[0])


def counterfactual(diagram: Diagram, query: Query) -> float:
    """Return the probability after abduction: what is given updates the exogenous variables, then ``do`` is set."""
    names = tuple(query["exogenous"])
    given = [_indicator(diagram, n, s) for n, s in query["given"].items()]
    updated = Inference(diagram).joint({}, names, given).values[..., 0]
    total = 0.0
    for index in itertools.product(*(range(diagram.cardinality(n)) for n in names)):
        if updated[index] > 0:
            states = {n: diagram.variable(n).states[i] for n, i in zip(names, index, strict=True)}
            wanted = {"of": query["of"], "do": query["do"], "given": states}
            total += updated[index] / updated.sum() * probability(diagram, {}, wanted)
    return float(total)


def mean_state(diagram: Diagram, behaviour: Behaviour, cause: tuple[str, str], name: str) -> float:
    """Return E[name | do(cause)], state labels read as numbers, the behaviour as it is."""
    there = do(diagram, dict([cause]))
    kept = {d.name: behaviour[d.name] for d in there.decisions}
    shares = Inference(there).joint(kept, (name,)).values[:, 0]
    return float(sum(p * _number(s) for p, s in zip(shares, there.variable(name).states, strict=True)))


def best_behaviour(diagram: Diagram) -> Behaviour:
    return solve(diagram, "subgame").behaviour


def payoffs_under(diagram: Diagram, behaviour: Behaviour, setting: Mapping[str, str]) -> dict[str, float]:
    there = do(diagram, setting) if setting else diagram
    kept = {d.name: behaviour[d.name] for d in there.decisions}
    inference = Inference(there)
    return {p: float(inference.payoff(kept, p)[0]) for p in diagram.players}


def pure_policies(diagram: Diagram, found: tuple[Equilibrium, ...], unrolled: Unrolled) -> set[tuple[int, ...]]:
    """Return every full pure policy that plays as one of the equilibria, its undetermined contexts filled in all ways.

    A policy is the option at every context of every decision, in order.
    """
    policies: set[tuple[int, ...]] = set()
    for equilibrium in found:
        at = {}
        for which, rule in equilibrium.rules.items():
            name, states, branches = unrolled.origin[which]
            if not np.isnan(rule).any():
                at[name, states] = branches[int(np.argmax(rule))]
        choices = []
        for decision in diagram.decisions:
            shape = [diagram.cardinality(p) for p in decision.parents]
            for states in itertools.product(*(range(n) for n in shape)):
                known = at.get((decision.name, states))
                choices.append([known] if known is not None else list(range(len(decision.states))))
        policies |= set(itertools.product(*choices))
    return policies


def listed_policy(diagram: Diagram, listed: Mapping[str, Rows]) -> tuple[int, ...]:
    rules = behaviour_of(diagram, listed)
    found: list[int] = []
    for decision in diagram.decisions:
        values = rules[decision.name].values[..., 0]
        found += np.argmax(values, axis=-1).ravel().tolist()
    return tuple(found)


def all_pure(diagram: Diagram) -> set[tuple[int, ...]]:
    unrolled = unroll(diagram)
    return pure_policies(diagram, pure(unrolled.tree).found, unrolled)


def all_pure_perfect(diagram: Diagram) -> set[tuple[int, ...]]:
    unrolled = unroll(diagram)
    return pure_policies(diagram, pure_subgame_perfect(unrolled.tree).found, unrolled)


def regret_of(diagram: Diagram, behaviour: Behaviour) -> float:
    unrolled = unroll(diagram)
    game = TreeGame(unrolled.tree)
    profile = unrolled.profile(game, behaviour)
    rules: dict[int, Array] = {}
    for sets, choice in zip(game.sets_of, profile, strict=True):
        for row, which in enumerate(sets.tolist()):
            rules[which] = choice[row, :, 0]
    return max(tree_regret(unrolled.tree, rules).values())


def pure_payoffs(diagram: Diagram) -> list[float]:
    """Return the different expected payoffs of a lone player's pure policies, in order."""
    numbers = strategic_form(unroll(diagram).tree).form.payoffs
    return sorted({round(float(v), 12) for v in numbers.ravel()})


def relies(diagram: Diagram, decision: str, other: str) -> bool:
    return other in reliances(prune(diagram).diagram)[decision]


def _indicator(diagram: Diagram, name: str, state: str) -> Table:
    states = diagram.variable(name).states
    return Table((name,), np.array([[float(s == state)] for s in states]))


def _number(label: str) -> float:
    top, _, bottom = label.partition("/")
    return float(top) / float(bottom or 1)
