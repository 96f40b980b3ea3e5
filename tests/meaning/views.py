"""The reference for wrong beliefs: each actor's view of a small case, and what happens when each goes by its own.

Written from the definitions, sharing no code with the program (hypergames: Bennett 1977, *Omega* 5; Kovach, Gibson &
Lamont 2015, *Game Theory*). ``solved`` makes a view for each actor: the tables that it believes, and the rules
that it thinks are played. An actor who perceives wrongly has its tables for everyone, and the rules of that game's
branch. All others have the case's, and the rules of the case's own branch; who knows of others' beliefs replies to them
(``view_of``). What is played is each actor's rules in its own view; what that leads to is counted with the case's own
tables.

Where the definition of three sentences leaves something open, or has a counter-example, this is chosen here:

- Who has only to reply to what is played on the branch anyway stays on it, else a belief that is right could lead a
  reply to another equilibrium (``language_cases.coordination``).
- Who errs itself and knows of another's error takes everything else from its own game, the play of others included,
  else hearing of another's belief would cure it of its own (``language_cases.nerve``).
- ``known_to`` of one belief tells nothing of others; who knows of more takes one who knows of less to reply to that.
- What an actor faces at a decision is valued in its own view; how often it comes to that is what happens.
- ``do(believes ...)`` changes that actor's view alone; other states share the rest as before, in every row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
    """A case solved. ``foreseen`` was set before anybody chose, ``then`` what nobody foresaw.

    ``stories`` are the case as each actor goes by it: they differ where one was set to believe something unknown to
    others.
    """

    story: Story
    stories: Mapping[str, Story]
    foreseen: Settings = field(default_factory=dict)
    then: Settings = field(default_factory=dict)

    @cached_property
    def views(self) -> dict[str, View]:
        """Return each actor's view."""
        found = {}
        for actor, story in self.stories.items():
            tables = (actor,) if actor in story.beliefs else ()
            found[actor] = view_of(story, tables, knows_of(story, actor), self.foreseen, self.then)
        return found

    @cached_property
    def facts(self) -> View:
        """Return what happens: the case's own tables, everyone's rules as in its own view."""
        tree = Tree(replace(self.story, beliefs={}), {**self.foreseen, **self.then})
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
    return Solved(story, dict.fromkeys(story.actors, story), settings or {})


def happened(before: Solved, settings: Settings) -> Solved:
    """Return what is after something happened that nobody foresaw: rules stay, newly reached sets are solved."""
    return replace(before, then={**before.then, **settings})


def believing(before: Solved, perceiver: str, belief: Belief | None) -> Solved:
    """Return the case with another belief of one actor (``None``: it sees rightly), which only that actor goes by.

    ``do``: all others, those who know of beliefs too, keep their rules. Had everybody foreseen it: ``solved`` of the
    changed story.
    """
    changed = with_belief(before.stories[perceiver], perceiver, belief)
    return replace(before, stories={**before.stories, perceiver: changed})


def knows_of(story: Story, actor: str) -> frozenset[str]:
    """Return whose wrong beliefs an actor knows."""
    return frozenset(i for i, belief in story.beliefs.items() if actor in belief.known_to)


def view_of(
    story: Story, tables: tuple[str, ...], aware: frozenset[str], foreseen: Settings, then: Settings | None = None
) -> View:
    """Return the game with the tables of some actors put in, one over the other, to one aware of the beliefs of some.

    It takes those others to play as they do with their tables put over these, and everybody to know what they know of
    what it is aware of. Those for whom that is this same view are solved together, t scaling theirs alone; all others
    are held. Where those held play as on the branch of the game in which nobody errs, there is nothing to reply to.
    After ``then``, sets newly reached are solved in the same way, all other rules stay.
    """
    seen = story
    for actor in tables:
        seen = replace(story, items=seen.items, stakes=seen.stakes).as_seen_by(actor)
    tree = Tree(replace(seen, beliefs={}), foreseen)
    others = {
        actor: place
        for actor in story.actors
        if (place := ((*tables, actor) if actor in aware else tables, knows_of(story, actor) & aware))
        != (tables, aware)
    }
    if then:
        held = {actor: view_of(story, *place, foreseen, then).rules for actor, place in others.items()}
        return _after(view_of(story, tables, aware, foreseen), then, held)
    branched = _branch_of(tree)
    if not aware:
        return branched
    held = {actor: view_of(story, *place, foreseen).rules for actor, place in others.items()}
    fixed = {which: held[tree.owner(which)][which] for which in tree.sets if tree.owner(which) in held}
    if all(abs(fixed[which][o] - branched.rules[which][o]) < 1e-9 for which in fixed for o in fixed[which]):
        return branched
    return View(tree, {**fixed, **branch(tree, [which for which in tree.sets if which not in fixed], fixed)})


def _after(view: View, then: Settings, held: Mapping[str, Rules]) -> View:
    """Return a view after something happened; at newly reached sets some actors are ``held`` at their own rules."""
    tree, rules = Tree(view.tree.story, {**view.tree.settings, **then}), dict(view.rules)
    reached = {_followed(view.tree, which): rule for which, rule in view.rules.items()}
    for which in tree.sets:
        if which not in rules and _followed(view.tree, which) in reached:
            rules[which] = reached[_followed(view.tree, which)]
        elif which not in rules and tree.owner(which) in held:
            rules[which] = held[tree.owner(which)][which]
    return View(tree, {**rules, **branch(tree, [which for which in tree.sets if which not in rules], rules)})


def _followed(tree: Tree, which: Set) -> Set:
    """Return an information set without what the rule there cannot follow: sets that are alike in the rest are one."""
    knows, follows = tree.knows[which[0]], tree.followed[which[0]]
    return which[0], tuple(value for name, value in zip(knows, which[1], strict=True) if name in follows)


def _branch_of(tree: Tree) -> View:
    """Return a game with everyone on its principal branch; one that was solved just now is not solved again."""
    key = repr((tree.story, sorted(tree.settings.items())))
    if key not in _solved_before:
        if len(_solved_before) >= 50:
            _solved_before.clear()
        _solved_before[key] = View(tree, branch(tree, list(tree.sets), {}))
    return _solved_before[key]


_solved_before: dict[str, View] = {}


def with_belief(story: Story, perceiver: str, belief: Belief | None) -> Story:
    """Return the case with another belief of one actor, or none."""
    beliefs = {i: b for i, b in story.beliefs.items() if i != perceiver}
    return replace(story, beliefs=beliefs | ({perceiver: belief} if belief is not None else {}))


# --- what would have been -------------------------------------------------------------------------------------------


def would(
    view: View, target: Condition, seen: Condition | None, settings: Settings, other: View | None = None
) -> float:
    """Return how probable something would have been, all that was seen kept: mechanisms share Gumbel noise.

    In the second world some variables are set, and rules are those of the ``other`` view, where there is one.
    """
    total = whole = 0.0
    for history, weight in zip(view.tree.histories, view.likely, strict=True):
        if holds(seen, history.values):
            whole += weight
            total += weight * _replayed((view, other or view), history, target, settings, {}, 0)
    return total / whole if whole > 0 else float("nan")


def _replayed(
    views: tuple[View, View],
    history: History,
    target: Condition,
    settings: Settings,
    values: dict[str, str | None],
    number: int,
) -> float:
    first, second = views
    items = first.tree.story.items
    if number == len(items):
        return float(holds(target, values))
    item = items[number]
    was = mechanism(first, item, history.values, {})
    now = mechanism(second, item, values, settings)
    found = 0.0
    for state in now:
        chance = now[state] if item.name in settings else coupled(was, now, history.values[item.name], state)
        if chance > 0:
            found += chance * _replayed(views, history, target, settings, {**values, item.name: state}, number + 1)
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
