"""The reference for wrong beliefs and for decisions that arise only sometimes: every history of a small case, in full.

Written from the definitions (Bennett 1977, *Omega* 5; Kovach, Gibson & Lamont 2015, *Systems Research* 32 for
hypergames; McKelvey & Palfrey 1998, *Experimental Economics* 1 for the agent form) and sharing no code with the
program: it enumerates histories, solves by its own continuation, and knows of no option that stands for "not asked".

*Arising.* Variables are gone through in order. At a decision whose condition is false in the history so far nobody
moves. Where it is true the owner is at the information set of all histories in which it is true and it sees the same:
so being asked tells it that the condition holds and no more.

*Believing.* ``solved`` makes a view for each actor: the tables that it believes, and the rules that it thinks are
played. An actor who perceives wrongly has its tables for everyone, and the rules of that game's branch. All others have
the case's, and the rules of the case's own branch; who knows of others' beliefs replies to them (``_replies``). What is
played is each actor's rules in its own view; what that leads to is counted with the case's own tables.

What the definitions leave open, and what is chosen here, is said in ``docs/decisions/misperception.md``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import log, prod

import numpy as np
from numpy.typing import NDArray
from tests.meaning.stories import Belief, Chance, Condition, Decision, Story, both, holds, known

Array = NDArray[np.float64]
Settings = Mapping[str, str]
Set = tuple[str, tuple[str | None, ...]]
"""An information set: a decision that arises, and what its owner knows there."""

Rules = Mapping[Set, Mapping[str, float]]
Mechanism = Mapping[str | None, float]


@dataclass(frozen=True)
class History:
    """What happens in one course of events: values, the probability of chance's part, who moved where."""

    values: Mapping[str, str | None]
    chance: float
    moves: tuple[tuple[Set, str], ...]


@dataclass(frozen=True)
class Tree:
    """All histories that have a chance, with some variables set from outside. A decision is set where it arises."""

    story: Story
    settings: Settings = field(default_factory=dict)
    held: dict[Condition | None, NDArray[np.bool_]] = field(default_factory=dict)

    @cached_property
    def knows(self) -> dict[str, tuple[str, ...]]:
        return {item.name: known(self.story, item.name) for item in self.story.decisions}

    @cached_property
    def histories(self) -> list[History]:
        return list(self._from(History({}, 1.0, ()), 0))

    def _from(self, so_far: History, number: int) -> Iterator[History]:
        if number == len(self.story.items):
            yield so_far
            return
        item = self.story.items[number]
        for state, chance, move in self._steps(item, so_far.values):
            values = {**so_far.values, item.name: state}
            moves = (*so_far.moves, move) if move else so_far.moves
            yield from self._from(History(values, so_far.chance * chance, moves), number + 1)

    def _steps(
        self, item: Chance | Decision, values: Mapping[str, str | None]
    ) -> Iterator[tuple[str | None, float, tuple[Set, str] | None]]:
        if isinstance(item, Decision) and not holds(item.when, values):
            yield None, 1.0, None
        elif item.name in self.settings:
            yield self.settings[item.name], 1.0, None
        elif isinstance(item, Chance):
            for state, chance in odds_of(item, values).items():
                if chance > 0:
                    yield state, chance, None
        else:
            for option in open_options(item, values):
                yield option, 1.0, (self.set_at(item, values), option)

    def set_at(self, item: Decision, values: Mapping[str, str | None]) -> Set:
        return item.name, tuple(values[name] for name in self.knows[item.name])

    @cached_property
    def sets(self) -> dict[Set, dict[str, float]]:
        """Return every information set that can be reached, with what is usual there."""
        found: dict[Set, dict[str, float]] = {}
        for history in self.histories:
            for which, option in history.moves:
                item = self.story.item(which[0])
                assert isinstance(item, Decision)
                shares = dict(zip(item.options, item.usual or (1,) * len(item.options), strict=True))
                found.setdefault(which, {})[option] = float(shares[option])
        return found

    def owner(self, which: Set) -> str:
        item = self.story.item(which[0])
        assert isinstance(item, Decision)
        return item.by

    @cached_property
    def paid(self) -> dict[str, Array]:
        """Return what each actor gets in every history."""
        found = {actor: np.zeros(len(self.histories)) for actor in self.story.actors}
        for (actor, _), worth in self.story.stakes.items():
            found[actor] += [next(points for c, points in worth if holds(c, h.values)) for h in self.histories]
        return found

    def holding(self, condition: Condition | None) -> NDArray[np.bool_]:
        """Return in which histories a condition holds."""
        if condition not in self.held:
            self.held[condition] = np.array([holds(condition, history.values) for history in self.histories], dtype=bool)
        return self.held[condition]

    @cached_property
    def asked_at(self) -> dict[Set, NDArray[np.bool_]]:
        """Return for each information set in which histories its owner is there."""
        found = {which: np.zeros(len(self.histories), dtype=bool) for which in self.sets}
        for number, history in enumerate(self.histories):
            for which, _ in history.moves:
                found[which][number] = True
        return found


def odds_of(item: Chance, values: Mapping[str, str | None]) -> dict[str, float]:
    """Return the odds of a chance variable's states."""
    percent = next(shares for condition, shares in item.odds if holds(condition, values))
    return dict(zip(item.states, [*(p / 100 for p in percent), 1 - sum(percent) / 100], strict=True))


def open_options(item: Decision, values: Mapping[str, str | None]) -> tuple[str, ...]:
    return next((options for condition, options in item.only if holds(condition, values)), item.options)


# --- the branch -----------------------------------------------------------------------------------------------------


class Equations:
    """z(a) = t lambda V(a) for every open option: what it is worth to its owner given that it is asked there.

    V(a) = sum over histories with a of their probability times payoff / the same without payoff. ``fixed`` are the
    rules of all other sets, which are as chance.
    """

    def __init__(self, tree: Tree, free: Sequence[Set], fixed: Rules) -> None:
        self.actions = [(which, option) for which in free for option in tree.sets[which]]
        place = {action: number for number, action in enumerate(self.actions)}
        self.group = np.array([free.index(which) for which, _ in self.actions])
        self.usual = np.array([log(tree.sets[which][option]) for which, option in self.actions])
        self.same = self.group[:, None] == self.group[None, :]
        self.with_action = np.zeros((len(tree.histories), len(self.actions)))
        chance = []
        for number, history in enumerate(tree.histories):
            weight = history.chance
            for move in history.moves:
                if move in place:
                    self.with_action[number, place[move]] = 1.0
                else:
                    weight *= fixed[move[0]][move[1]]
            chance.append(weight)
        self.chance = np.array(chance)
        owners = [tree.owner(which) for which, _ in self.actions]
        paid = {actor: tree.paid[actor] for actor in set(owners)}
        self.paid = np.stack([paid[owner] for owner in owners], axis=1)
        self.precision = np.array([log(tree.story.actors[owner]) / 10 for owner in owners])

    def choices(self, z: Array) -> Array:
        odds = z + self.usual
        top = np.where(self.same, odds[None, :], -np.inf).max(axis=1)
        weight = np.exp(odds - top)
        return weight / (self.same @ weight)

    def at(self, z: Array, t: float) -> tuple[Array, Array, Array]:
        """Return how far the equations are off, their derivative by z, and by t."""
        p = self.choices(z)
        likely = self.chance * np.exp(self.with_action @ np.log(p))
        reach = self.with_action.T @ likely
        worth = ((self.paid * likely[:, None]) * self.with_action).sum(axis=0) / reach
        together = self.with_action.T @ (likely[:, None] * self.with_action)
        paid = (self.with_action * self.paid * likely[:, None]).T @ self.with_action
        by_log = (paid - worth[:, None] * together) / reach[:, None]
        by_z = by_log - (by_log @ self.same) * p[None, :]
        gap = z - t * self.precision * worth
        return gap, np.eye(len(z)) - t * self.precision[:, None] * by_z, -self.precision * worth

    def corrected(self, z: Array, t: float) -> Array:
        """Return the solution near z at t, by Newton's method."""
        for _ in range(50):
            gap, by_z, _ = self.at(z, t)
            z = z - np.linalg.solve(by_z, gap)
            if np.abs(gap).max() < 1e-12:
                return z
        raise AssertionError("no solution was found")


class NotFollowed(AssertionError):
    """The branch was lost: a case that is no example."""


def branch(tree: Tree, free: Collection[Set], fixed: Rules) -> dict[Set, dict[str, float]]:
    """Return the rules at the end of the principal branch: t from 0 to 1 scales what the free sets' owners are after.

    Followed by pseudo-arclength, so that it may turn back in t (Turocy 2005).
    """
    order = sorted(free, key=str)
    if not order:
        return {}
    equations = Equations(tree, order, fixed)
    z, t = np.zeros(len(equations.actions)), 0.0
    ahead = np.append(np.zeros(len(z)), 1.0)
    step = 0.05
    for _ in range(20_000):
        gap, by_z, by_t = equations.at(z, t)
        way = _tangent(by_z, by_t, ahead)
        found = _stepped(equations, z, t, way, step)
        if found is None:
            step /= 2
            if step < 1e-9:
                raise NotFollowed
            continue
        if found[1] >= 1.0:
            if step > 1e-4 and found[1] > 1.0 + 1e-9:
                step = min(step / 2, step * (1.0 - t) / max(found[1] - t, 1e-12) + 5e-5)
                continue
            return _rules(equations, equations.corrected(found[0], 1.0))
        z, t, ahead = found[0], found[1], way
        step = min(step * 1.5, 1.0)
    raise NotFollowed


def _tangent(by_z: Array, by_t: Array, ahead: Array) -> Array:
    whole = np.column_stack([by_z, by_t])
    way = np.linalg.solve(np.vstack([whole, ahead]), np.append(np.zeros(len(by_t)), 1.0))
    return np.asarray(way / np.linalg.norm(way))


def _stepped(equations: Equations, z: Array, t: float, way: Array, step: float) -> tuple[Array, float] | None:
    """Return the point of the branch a step ahead, or nothing where Newton's method leads away."""
    start = np.append(z, t) + step * way
    here = start.copy()
    for _ in range(8):
        gap, by_z, by_t = equations.at(here[:-1], here[-1])
        off = np.append(gap, way @ (here - start))
        change = np.linalg.solve(np.vstack([np.column_stack([by_z, by_t]), way]), off)
        here = here - change
        if np.abs(change).max() < 1e-9:
            return (here[:-1], float(here[-1])) if np.linalg.norm(here - start) < step / 2 else None
    return None


def _rules(equations: Equations, z: Array) -> dict[Set, dict[str, float]]:
    found: dict[Set, dict[str, float]] = {}
    for (which, option), chance in zip(equations.actions, equations.choices(z), strict=True):
        found.setdefault(which, {})[option] = float(chance)
    return found


# --- views ----------------------------------------------------------------------------------------------------------


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
    """Return the game that a perceiver sees, in the eyes of one who has ``own`` tables: the perceiver's put over them."""
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
    new = [which for which in tree.sets if which not in rules]
    assert together is None or all(tree.owner(which) in together for which in new)
    return View(tree, {**rules, **branch(tree, new, rules)})


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


def mechanism(
    view: View, item: Chance | Decision, values: Mapping[str, str | None], settings: Settings
) -> Mechanism:
    """Return the probabilities of a variable's states after what has come about."""
    if isinstance(item, Decision) and not holds(item.when, values):
        return {None: 1.0}
    if item.name in settings:
        return {settings[item.name]: 1.0}
    if isinstance(item, Chance):
        return dict(odds_of(item, values))
    return dict(view.rules[view.tree.set_at(item, values)])


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
    for a, b in zip(ends, ends[1:], strict=False):
        middle = (a + b) / 2 if b < float("inf") else a + 1.0
        slope = sum(second[k] for k in states if middle * second[k] > first[k])
        level = sum(first[k] for k in states if middle * second[k] <= first[k])
        if b == float("inf"):
            total += 1 / (slope * (level + slope * a))
        else:
            total += (b - a) / ((level + slope * a) * (level + slope * b))
    return second[j] * total
