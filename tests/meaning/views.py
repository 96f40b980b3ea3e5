"""The reference for wrong beliefs: each actor's view of a small case, and what happens when each goes by its own.

Written from the definitions, sharing no code with the program (hypergames: Bennett 1977, *Omega* 5; Kovach, Gibson &
Lamont 2015, *Game Theory*). ``solved`` makes a view for each actor: the tables that it believes, and the rules
that it thinks are played. An actor who perceives wrongly has its tables for everyone, and the rules of that game's
branch. All others have the case's, and the rules of the case's own branch; who knows of others' beliefs replies to them
(``_reply``). What is played is each actor's rules in its own view; what that leads to is counted with the case's own
tables. What the definitions leave open, and what is chosen here: ``docs/decisions/misperception.md``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from math import prod

import numpy as np
from tests.meaning.branches import branch
from tests.meaning.histories import Array, History, Rules, Set, Settings, Tree, odds_of
from tests.meaning.stories import Belief, Chance, Condition, Decision, Story, both, holds

Mechanism = Mapping[str | None, float]


@dataclass(frozen=True)
class View:
    """A game as someone sees it: its tables in ``tree``, and the rules that they think are played in it."""

    tree: Tree
    rules: Rules
    worths: dict[Set, dict[str, float]] = field(default_factory=dict)

    def values(self, which: Set) -> dict[str, float]:
        """Return what each open option is worth to its owner at an information set."""
        if which not in self.worths:
            likely, paid = np.where(self.tree.asked_at[which], self.likely, 0.0), self.tree.paid[self.tree.owner(which)]
            found = {}
            for option in self.tree.sets[which]:
                there = likely * [(which, option) in history.moves for history in self.tree.histories]
                found[option] = float((there * paid).sum() / there.sum())
            self.worths[which] = found
        return self.worths[which]

    @cached_property
    def likely(self) -> Array:
        """Return the probability of every history."""
        return np.array(
            [h.chance * prod(self.rules[which][option] for which, option in h.moves) for h in self.tree.histories]
        )

    def chance(self, condition: Condition | None) -> float:
        return float(self.likely[self.tree.holding(condition)].sum())

    def probability(self, target: Condition, given: Condition | None = None) -> float:
        whole = self.chance(given)
        return self.chance(both(target, given)) / whole if whole > 0 else float("nan")

    def expected(self, actor: str, given: Condition | None = None) -> float:
        likely = self.likely * self.tree.holding(given)
        return float((likely * self.tree.paid[actor]).sum() / likely.sum()) if likely.sum() > 0 else float("nan")


@dataclass(frozen=True)
class Solved:
    """A case solved. ``views`` has each actor's view; ``ground`` is the case's own game, with beliefs left out."""

    story: Story
    ground: View
    views: Mapping[str, View]

    @cached_property
    def facts(self) -> View:
        """Return what happens: the case's own tables, everyone's rules as in its own view."""
        tree = self.ground.tree
        return View(tree, {which: self.views[tree.owner(which)].rules[which] for which in tree.sets})

    def probability(self, target: Condition, given: Condition | None = None) -> float:
        return self.facts.probability(target, given)

    def expected(self, actor: str, given: Condition | None = None) -> float:
        return self.facts.expected(actor, given)

    def as_it_sees_it(self, actor: str, given: Condition | None = None) -> float:
        return self.views[actor].expected(actor, given)

    def faced(self, decision: str, given: Condition | None = None) -> Iterator[tuple[float, Set, dict[str, float]]]:
        """Yield each information set at which a decision arises: how likely it is, and what its owner takes its options
        to be worth there."""
        facts = self.facts
        likely = facts.likely * facts.tree.holding(given)
        for which, there in facts.tree.asked_at.items():
            if which[0] == decision:
                weight = float(likely[there].sum())
                if weight > 0:
                    yield weight, which, self.views[facts.tree.owner(which)].values(which)

    def best(self, decision: str, option: str, given: Condition | None = None) -> float:
        found = [
            (weight, option in values and values[option] >= max(values.values()) - 1e-9)
            for weight, _, values in self.faced(decision, given)
        ]
        whole = sum(weight for weight, _ in found)
        return sum(weight for weight, wins in found if wins) / whole if whole > 0 else float("nan")

    def margin(self, decision: str, given: Condition | None = None) -> float:
        total = whole = 0.0
        for weight, _, values in self.faced(decision, given):
            if len(values) > 1:
                *_, second, first = sorted(values.values())
                total, whole = total + weight * (first - second), whole + weight
        return total / whole if whole > 0 else float("nan")


def solved(story: Story, settings: Settings | None = None) -> Solved:
    """Return the case solved, with some variables set that everybody had foreseen."""
    ground = branch_of(Tree(replace(story, beliefs={}), settings or {}))
    return Solved(story, ground, {actor: viewed(story, actor, settings or {}, ground) for actor in story.actors})


def branch_of(tree: Tree) -> View:
    """Return a game with everyone on its principal branch; one that was solved just now is not solved again."""
    key = repr((replace(tree.story, beliefs={}), sorted(tree.settings.items())))
    if key not in _solved_before:
        if len(_solved_before) >= 50:
            _solved_before.clear()
        _solved_before[key] = View(tree, branch(tree, list(tree.sets), {}))
    return _solved_before[key]


_solved_before: dict[str, View] = {}


def viewed(story: Story, actor: str, settings: Settings, ground: View) -> View:
    """Return how an actor sees the game, and which rules it thinks are played there."""
    own = ground if actor not in story.beliefs else branch_of(Tree(story.as_seen_by(actor), settings))
    return _reply(story, actor, own)


def knows_of(story: Story, actor: str) -> frozenset[str]:
    """Return whose wrong beliefs an actor knows."""
    return frozenset(i for i, belief in story.beliefs.items() if actor in belief.known_to)


def _mistaken(story: Story, own: View, perceiver: str) -> View:
    """Return the game that a perceiver sees, to one who has ``own`` tables: the perceiver's put over them."""
    told = replace(own.tree.story, beliefs={perceiver: story.beliefs[perceiver]})
    return branch_of(Tree(told.as_seen_by(perceiver), own.tree.settings))


def _held(story: Story, actor: str, own: View) -> tuple[dict[str, View], set[str]]:
    """Return how one who knows of others' beliefs takes those to play whom it does not reply together with, and whom
    it does."""
    perceivers = knows_of(story, actor)
    less = {k: knows_of(story, k) for k in story.actors if k not in perceivers and knows_of(story, k) < perceivers}
    held = {i: _mistaken(story, own, i) for i in perceivers}
    held |= {k: _reply(story, k, own) for k, some in less.items() if some}
    together = {k for k in story.actors if k not in perceivers and knows_of(story, k) >= perceivers}
    return held, together


def _reply(story: Story, actor: str, own: View) -> View:
    """Return the view of one who may know of others' beliefs; ``own`` is the game that it sees, on its branch.

    It takes those others to play as they do in the game that they see; those who know at least as much as it does reply
    with it, t scaling theirs alone; all others stay on the branch. Where those others play as on the branch themselves,
    there is nothing to reply to.
    """
    if not knows_of(story, actor):
        return own
    tree, (held, together) = own.tree, _held(story, actor, own)
    fixed = {
        which: held.get(tree.owner(which), own).rules[which] for which in tree.sets if tree.owner(which) not in together
    }
    if all(abs(fixed[which][o] - own.rules[which][o]) < 1e-9 for which in fixed for o in fixed[which]):
        return own
    free = [which for which in tree.sets if which not in fixed]
    return View(tree, {**fixed, **branch(tree, free, fixed)})


def happened(before: Solved, settings: Settings) -> Solved:
    """Return what is after something happened that nobody foresaw: rules stay, newly reached sets are solved.

    Each actor solves them in its own game; who knows of others' beliefs replies to what those do there.
    """
    ground = _newly(before.ground, settings, {}, None)
    views: dict[str, View] = {}
    for actor, view in before.views.items():
        if not knows_of(before.story, actor):
            views[actor] = ground if view is before.ground else _newly(view, settings, {}, None)
            continue
        own = branch_of(Tree(before.story.as_seen_by(actor), view.tree.settings))
        held, together = _held(before.story, actor, own)
        fixed = {
            which: rule
            for k in before.story.actors
            if k not in together
            for which, rule in _newly(held.get(k, own), settings, {}, None).rules.items()
            if view.tree.owner(which) == k
        }
        views[actor] = _newly(view, settings, fixed, together)
    return Solved(before.story, ground, views)


def _newly(view: View, settings: Settings, fixed: Rules, together: Collection[str] | None) -> View:
    """Return a view after something happened, its newly reached sets solved but for those that are ``fixed``."""
    tree = Tree(view.tree.story, {**view.tree.settings, **settings})
    rules = {**fixed, **view.rules}
    reached = {_followed(view.tree, which): rule for which, rule in view.rules.items()}
    for which in tree.sets:
        if which not in rules and _followed(view.tree, which) in reached:
            rules[which] = reached[_followed(view.tree, which)]
    new = [which for which in tree.sets if which not in rules]
    assert together is None or all(tree.owner(which) in together for which in new)
    return View(tree, {**rules, **branch(tree, new, rules)})


def _followed(tree: Tree, which: Set) -> Set:
    """Return an information set without what the rule there cannot follow: sets that are alike in the rest are one."""
    knows, follows = tree.knows[which[0]], tree.followed[which[0]]
    return which[0], tuple(value for name, value in zip(knows, which[1], strict=True) if name in follows)


def believing(before: Solved, perceiver: str, belief: Belief | None) -> Solved:
    """Return the case with another belief of one actor (``None``: it sees rightly), which only that actor goes by.

    ``do``: all others, those who know of beliefs too, keep their rules. Had everybody foreseen it: ``solved`` of the
    changed story.
    """
    story = with_belief(before.story, perceiver, belief)
    view = viewed(story, perceiver, before.ground.tree.settings, before.ground)
    return Solved(before.story, before.ground, {**before.views, perceiver: view})


def with_belief(story: Story, perceiver: str, belief: Belief | None) -> Story:
    """Return the case with another belief of one actor, or none."""
    beliefs = {i: b for i, b in story.beliefs.items() if i != perceiver}
    return replace(story, beliefs=beliefs | ({perceiver: belief} if belief is not None else {}))


# --- what would have been -------------------------------------------------------------------------------------------


def would(view: View, target: Condition, seen: Condition | None, settings: Settings) -> float:
    """Return how probable something would have been, all that was seen kept: mechanisms share Gumbel noise."""
    total = whole = 0.0
    for history, weight in zip(view.tree.histories, view.likely, strict=True):
        if holds(seen, history.values):
            whole += weight
            total += weight * _replayed(view, history, target, settings, {}, 0)
    return total / whole if whole > 0 else float("nan")


def _replayed(
    view: View, history: History, target: Condition, settings: Settings, values: dict[str, str | None], number: int
) -> float:
    items = view.tree.story.items
    if number == len(items):
        return float(holds(target, values))
    item = items[number]
    was = mechanism(view, item, history.values, {})
    now = mechanism(view, item, values, settings)
    found = 0.0
    for state in now:
        chance = now[state] if item.name in settings else coupled(was, now, history.values[item.name], state)
        if chance > 0:
            found += chance * _replayed(view, history, target, settings, {**values, item.name: state}, number + 1)
    return found


def mechanism(view: View, item: Chance | Decision, values: Mapping[str, str | None], settings: Settings) -> Mechanism:
    """Return the probabilities of a variable's states after what has come about."""
    if isinstance(item, Decision) and not holds(item.when, values):
        return {None: 1.0}
    if item.name in settings:
        return {settings[item.name]: 1.0}
    rule = odds_of(item, values) if isinstance(item, Chance) else view.rules[view.tree.set_at(item, values)]
    return {state: rule[state] for state in rule}


def coupled(p: Mechanism, q: Mechanism, i: str | None, j: str | None) -> float:
    """Return P(X' = j | X = i) where X = argmax(log p + G), X' = argmax(log q + G) with the same Gumbel noise G.

    exp(-G) is exponential, so this is a race (Oberst & Sontag 2019). With s the ratio of the winners' times the density
    is 1 / M(s)^2, M(s) = sum of max(p(k), s q(k)), which is linear between the places where its terms change over.
    """
    states = set(p) | set(q)
    first, second = {k: p.get(k, 0.0) for k in states}, {k: q.get(k, 0.0) for k in states}
    if second[j] == 0 or first[i] == 0:
        return 0.0
    if i == j:
        return second[i] / sum(max(first[k] * second[i], second[k] * first[i]) for k in states)
    low, high = first[j] / second[j], (first[i] / second[i] if second[i] > 0 else float("inf"))
    if high <= low:
        return 0.0
    turns = sorted({first[k] / second[k] for k in states if second[k] > 0} | {low})
    ends = [low, *(s for s in turns if low < s < high), high]
    total = 0.0
    for a, b in pairwise(ends):
        middle = (a + b) / 2 if b < float("inf") else a + 1.0
        slope = sum(second[k] for k in states if middle * second[k] > first[k])
        level = sum(first[k] for k in states if middle * second[k] <= first[k])
        if b == float("inf"):
            total += 1 / (slope * (level + slope * a))
        else:
            total += (b - a) / ((level + slope * a) * (level + slope * b))
    return second[j] * total
