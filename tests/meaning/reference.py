"""The reference for what ``do`` means: truncated factorisation over every full assignment of a case.

Written from the definitions alone. It is handed tables of chance variables, rules of decisions and what was seen, and
shares no code with the program: conditions are plain data (``random_cases.py``), graphs are walked here, d-separation
is read off the moral graph of ancestors (Lauritzen et al. 1990, *Networks* 20).

An array over assignments has shape ``(assignments, W)``, a condition is a mask ``(assignments,)``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations, product

import numpy as np
from numpy.typing import NDArray
from tests.meaning.random_cases import Condition, Piece, Settings

from quandary.game import Diagram, Table

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Parents = Mapping[str, Collection[str]]
Set = tuple[str, Settings]
"""An information set: a decision, and what its owner sees."""


@dataclass(frozen=True)
class Reference:
    """A causal game in W worlds with rules for every decision, all of it enumerated.

    ``mechanisms`` holds for each variable, in an order of time, a table over ``(*parents, variable)`` and worlds: odds
    of a chance variable, the rule of a decision. ``allowed`` is 0 for barred options, over the same axes. ``owners``
    names those who decide, ``precision`` how sharply; ``payoffs`` are the additive parts of what each actor gets.
    """

    cards: Mapping[str, int]
    parents: Mapping[str, tuple[str, ...]]
    mechanisms: Mapping[str, Array]
    owners: Mapping[str, str]
    allowed: Mapping[str, Array]
    precision: Mapping[str, Array]
    payoffs: Mapping[str, tuple[tuple[tuple[str, ...], Array], ...]]
    worlds: int

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.cards)

    @cached_property
    def states(self) -> dict[str, NDArray[np.intp]]:
        """Return for each variable its state in every assignment."""
        rows = np.array(list(product(*(range(n) for n in self.cards.values()))), dtype=np.intp)
        return {name: rows[:, k] for k, name in enumerate(self.cards)}

    @cached_property
    def count(self) -> int:
        return len(next(iter(self.states.values())))

    def at(self, axes: Iterable[str], values: Array) -> Array:
        """Return a table's number in every assignment and world."""
        found = values[tuple(self.states[a] for a in axes)]
        return np.broadcast_to(found, (self.count, self.worlds))

    # --- probabilities ----------------------------------------------------------------------------------------------

    def with_rules(self, rules: Mapping[str, Array]) -> Reference:
        """Return the same with other rules for some decisions."""
        other = replace(self, mechanisms={**self.mechanisms, **rules})
        for structure in ("states", "count", "followed"):  # which rules do not change
            if structure in self.__dict__:
                other.__dict__[structure] = self.__dict__[structure]
        return other

    def joint(self, do: Settings = ()) -> Array:
        """Return the probability of every assignment: the product of all mechanisms but those of the set variables."""
        settings = dict(do)
        found = np.ones((self.count, self.worlds))
        for name in self.names:
            if name in settings:
                found = found * (self.states[name] == settings[name])[:, None]
            else:
                found = found * self.at((*self.parents[name], name), self.mechanisms[name])
        return found

    def holds(self, *conditions: Condition) -> Mask:
        """Return in which assignments all the conditions hold."""
        found = np.ones(self.count, dtype=np.bool_)
        for piece in (piece for condition in conditions for piece in condition):
            some = np.zeros(self.count, dtype=np.bool_)
            for name, states in piece:
                some |= np.isin(self.states[name], sorted(states))
            found &= some
        return found

    def chance(self, *conditions: Condition, do: Settings = ()) -> Array:
        """Return P(conditions | do), ``(W,)``."""
        return np.asarray(self.joint(do)[self.holds(*conditions)].sum(axis=0))

    def probability(self, target: Condition, *given: Condition, do: Settings = ()) -> Array:
        """Return P(target | given, do), NaN where what is given cannot be."""
        return ratio(self.chance(target, *given, do=do), self.chance(*given, do=do))

    def paid(self, actor: str) -> Array:
        """Return what an actor gets in every assignment."""
        found = np.zeros((self.count, self.worlds))
        for axes, values in self.payoffs[actor]:
            found = found + self.at(axes, values)
        return found

    def expected(self, actor: str, *given: Condition, do: Settings = ()) -> Array:
        """Return E(actor | given, do), NaN where what is given cannot be."""
        here = self.holds(*given)
        joint = self.joint(do)[here]
        return ratio((joint * self.paid(actor)[here]).sum(axis=0), joint.sum(axis=0))

    # --- evidence ---------------------------------------------------------------------------------------------------

    def split(self, evidence: Condition, *interventions: Settings) -> tuple[Condition, Condition]:
        """Return the pieces that stand under all the interventions, and those set aside: they mention a set variable or
        something below one."""
        below = self.below([name for do in interventions for name, _ in do])
        kept = tuple(piece for piece in evidence if not mentioned(piece) & below)
        return kept, tuple(piece for piece in evidence if piece not in kept)

    def below(self, names: Iterable[str]) -> set[str]:
        """Return the variables and all their descendants; what a rule cannot follow makes no descendant."""
        return descendants(self.followed, names)

    # --- sets that an intervention reaches newly --------------------------------------------------------------------

    def possible(self, do: Settings = ()) -> Mask:
        """Return which assignments have a chance if everybody plays every allowed option, ``(assignments, W)``."""
        even = {d: np.broadcast_to(self.allowed[d], self.mechanisms[d].shape) for d in self.owners}
        return np.asarray(self.with_rules(even).joint(do) > 0)

    def newly_reached(self, do: Settings) -> dict[Set, Mask]:
        """Return for each information set of a decision that is not set in which worlds it is newly reached."""
        before, after = self.possible(), self.possible(do)
        found = {}
        for which in self.information_sets():
            if which[0] not in dict(do):
                here = self.holds(seeing(which))
                found[which] = np.asarray(after[here].any(axis=0) & ~before[here].any(axis=0))
        return found

    def information_sets(self) -> list[Set]:
        """Return every decision's information sets: what it sees of what a rule can follow."""
        return [
            (name, tuple(zip(self.followed[name], seen, strict=True)))
            for name in self.owners
            for seen in product(*(range(self.cards[p]) for p in self.followed[name]))
        ]

    def set_at(self, name: str, full: tuple[int, ...]) -> Set:
        """Return the information set at which a decision that sees all this is."""
        seen = zip(self.parents[name], full, strict=True)
        return name, tuple((p, number) for p, number in seen if p in self.followed[name])

    def rule(self, which: Set) -> Array:
        """Return the rule at an information set, ``(options, W)``; it is the same whatever else is seen there."""
        name, seen = which
        known = dict(seen)
        values = self.mechanisms[name][tuple(known.get(p, 0) for p in self.parents[name])]
        return np.broadcast_to(values, (self.cards[name], self.worlds))

    def with_rule(self, which: Set, rule: Array, worlds: Mask) -> Reference:
        """Return the same with another rule at an information set, in some worlds."""
        name, seen = which
        known = dict(seen)
        shape = (*(self.cards[p] for p in self.parents[name]), self.cards[name], self.worlds)
        values = np.array(np.broadcast_to(self.mechanisms[name], shape))
        at = tuple(known.get(p, slice(None)) for p in self.parents[name])
        values[at] = np.where(worlds, rule, values[at])
        return self.with_rules({name: values})

    def settled(self) -> Reference:
        """Return the same with rules that rest only on what a rule can follow: elsewhere as at the sets reached."""
        possible, found = self.possible(), self
        for name, seen in self.information_sets():
            total = np.zeros((self.cards[name], self.worlds))
            count = np.zeros(self.worlds)
            for full in product(*(range(self.cards[p]) for p in self.parents[name])):
                whole = tuple(zip(self.parents[name], full, strict=True))
                if set(seen) <= set(whole):
                    reached = possible[self.holds(seeing((name, whole)))].any(axis=0)
                    total = total + reached * self.mechanisms[name][full]
                    count = count + reached
            found = found.with_rule((name, seen), total / np.maximum(count, 1), count > 0)
        return found

    def response(self, which: Set, do: Settings) -> Array:
        """Return the logit response at an information set that ``do`` can reach, ``(options, W)``; NaN where it cannot.

        Each allowed option counts by the exponential of precision times what it is worth to its owner there, everything
        else by the rules in force: beliefs come from the truncated factorisation, in which the option is set.
        """
        worth = self.worth(which, do)
        odds = np.where(self.open_to(which)[:, None], self.precision[self.owners[which[0]]] * worth, -np.inf)
        weights = np.exp(odds - odds.max(axis=0))
        return np.asarray(weights / weights.sum(axis=0))

    def worth(self, which: Set, do: Settings = ()) -> Array:
        """Return what each option is worth to its owner at an information set, ``(options, W)``."""
        name = which[0]
        options = range(self.cards[name])
        return np.stack([self.expected(self.owners[name], seeing(which), do=(*do, (name, k))) for k in options])

    def open_to(self, which: Set) -> Mask:
        """Return which options may be chosen at an information set."""
        name, seen = which
        known = dict(seen)
        values = self.allowed[name][tuple(known.get(p, 0) for p in self.parents[name])]
        return np.asarray(values[:, 0] > 0)

    def margin(self, decision: str, *given: Condition, do: Settings = ()) -> Array:
        """Return the best option's worth less the second best's, over information sets that leave a choice."""
        total, weight = np.zeros(self.worlds), np.zeros(self.worlds)
        for which in self.information_sets():
            if which[0] == decision and self.open_to(which).sum() > 1:
                likely = self.chance(seeing(which), *given, do=do)
                ordered = np.sort(self.worth(which, do)[self.open_to(which)], axis=0)
                total = total + np.where(likely > 0, likely * (ordered[-1] - ordered[-2]), 0.0)
                weight = weight + likely
        return ratio(total, weight)

    # --- what everybody had foreseen --------------------------------------------------------------------------------

    def rules_that_may_change(self, names: Iterable[str]) -> set[str]:
        """Return the decisions whose rule may change with the mechanisms of some variables: those to which one of them
        is relevant, those to which one of these is, and so on."""
        found: set[str] = set()
        waiting = list(names)
        while waiting:
            new = self.relevant(waiting.pop()) - found
            found |= new
            waiting += new
        return found

    def split_if_foreseen(self, evidence: Condition, do: Settings) -> tuple[Condition, Condition]:
        """Return the pieces that stand if everybody had foreseen ``do``, and those set aside."""
        names = {name for name, _ in do}
        reached = self.below(names | (self.rules_that_may_change(names) - names))
        kept = tuple(piece for piece in evidence if not mentioned(piece) & reached)
        return kept, tuple(piece for piece in evidence if piece not in kept)

    # --- the graph --------------------------------------------------------------------------------------------------

    def relevant(self, name: str) -> set[str]:
        """Return the decisions, other than itself, to which the variable's mechanism is relevant (r-reachable).

        The mechanism is a parent of its variable alone. It is relevant to a decision where it is d-connected to a
        payoff of the owner below the decision, given the decision and what it sees (Hammond et al. 2023, section 3).
        """
        graph: dict[str, tuple[str, ...]] = {**self.followed, "mechanism": ()}
        graph[name] = (*graph[name], "mechanism")
        found = set()
        for decision in self.owners:
            if decision == name:
                continue
            for axes in self.payoffs_below(graph, decision):
                if not separated({**graph, "payoff": axes}, {"mechanism"}, {"payoff"}, {decision, *graph[decision]}):
                    found.add(decision)
        return found

    def payoffs_below(self, graph: Parents, decision: str) -> list[tuple[str, ...]]:
        """Return what the owner's payoffs that the decision can change depend on."""
        below = descendants(graph, [decision])
        return [axes for axes, _ in self.payoffs[self.owners[decision]] if below & set(axes)]

    @cached_property
    def followed(self) -> dict[str, tuple[str, ...]]:
        """Return the graph with observations that no rule can follow left out (not requisite).

        What is seen at a decision cannot matter there where it is d-separated from the owner's payoffs below, given the
        decision and all else that is seen; without it others may not matter either (Koller & Milch 2003, section 6).
        What may be chosen is followed all the same.
        """
        graph = dict(self.parents)
        while True:
            idle = next(((d, p) for d in self.owners for p in graph[d] if self._idle(graph, d, p)), None)
            if idle is None:
                return graph
            graph[idle[0]] = tuple(p for p in graph[idle[0]] if p != idle[1])

    def _idle(self, graph: Mapping[str, tuple[str, ...]], decision: str, seen: str) -> bool:
        axis = self.parents[decision].index(seen)
        if np.ptp(self.allowed[decision], axis=axis).any():
            return False
        given = {decision, *graph[decision]} - {seen}
        payoffs = self.payoffs_below(graph, decision)
        return all(separated({**graph, "payoff": axes}, {seen}, {"payoff"}, given) for axes in payoffs)

    def apart_once_cut(self, name: str, targets: Collection[str]) -> bool:
        """Return whether a variable and some others are d-separated once its outgoing arcs are cut."""
        cut = {child: tuple(p for p in parents if p != name) for child, parents in self.followed.items()}
        return name not in targets and separated(cut, {name}, set(targets), set())


def reference_of(diagram: Diagram, rules: Mapping[str, Table]) -> Reference:
    """Return the reference of a diagram in its worlds under rules, which may rest on fewer of the parents."""
    cards = {v.name: len(v.states) for v in diagram.variables}
    parents = {v.name: v.parents for v in diagram.variables}
    owners = {d.name: d.player for d in diagram.decisions}
    mechanisms, allowed = {}, {}
    for name, card in cards.items():
        axes = (*parents[name], name)
        mechanisms[name] = over(rules[name] if name in owners else diagram.tables[name], axes, cards)
        if name in owners:
            allowed[name] = over(diagram.allowed.get(name, Table((name,), np.ones((card, 1)))), axes, cards)
    payoffs = {
        player: tuple((u.table.axes, u.table.values) for u in diagram.utilities if u.player == player)
        for player in diagram.players
    }
    return Reference(cards, parents, mechanisms, owners, allowed, diagram.precision, payoffs, diagram.worlds)


def over(table: Table, axes: tuple[str, ...], cards: Mapping[str, int]) -> Array:
    """Return a table's numbers over more axes, in their order."""
    assert set(table.axes) <= set(axes)
    order = [table.axes.index(a) for a in axes if a in table.axes]
    values = np.transpose(table.values, [*order, table.values.ndim - 1])
    values = values[tuple(slice(None) if a in table.axes else None for a in axes)]
    return np.broadcast_to(values, (*(cards[a] for a in axes), values.shape[-1]))


def seeing(which: Set) -> Condition:
    """Return the condition that an information set has come about."""
    return tuple(((name, frozenset([number])),) for name, number in which[1])


def mentioned(piece: Piece) -> set[str]:
    return {name for name, _ in piece}


def ratio(part: Array, whole: Array) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(whole > 0, part / whole, np.nan)


def descendants(parents: Parents, names: Iterable[str]) -> set[str]:
    """Return the names and everything that comes from them."""
    found = set(names)
    while more := {child for child, own in parents.items() if child not in found and found & set(own)}:
        found |= more
    return found


def separated(parents: Parents, first: set[str], second: set[str], given: set[str]) -> bool:
    """Return whether ``first`` and ``second`` are d-separated by ``given``: apart in the moral graph of all their
    ancestors once ``given`` is taken out."""
    relevant = set(first | second | given)
    while more := {p for name in relevant for p in parents[name]} - relevant:
        relevant |= more
    beside: dict[str, set[str]] = {name: set() for name in relevant}
    for name in relevant:
        family = [name, *parents[name]]
        for one, other in combinations(family, 2):
            beside[one].add(other)
            beside[other].add(one)
    reached = set(first - given)
    while more := {n for name in reached for n in beside[name]} - reached - given:
        reached |= more
    return not reached & second
