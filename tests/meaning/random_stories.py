"""Random small cases as plain data: decisions that arise only sometimes, and actors who believe what is not so.

What is drawn is made so that the program must take it: every rule matches somewhere, a condition holds at times and at
times not, what is believed is nothing that the perceiver sees anyway.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from tests.meaning.histories import Tree
from tests.meaning.stories import (
    Belief,
    Chance,
    Condition,
    Decision,
    Odds,
    Story,
    Worth,
    arises,
    holds,
    is_,
    known,
    names_in,
    not_,
)

KINDS = ("seen", "unseen", "nested", "twice", "words")
"""What a case with ``when`` tries: its owner sees the condition, or not; the condition names a decision that itself
arises only sometimes; two decisions have the same condition; the condition has ``not`` and ``or``."""

KNOWN_TO = ("nobody", "some", "all", "two", "two known", "two apart", "two in a row")
"""What a case with beliefs tries: who knows of the wrong belief; two who perceive wrongly, of whom nobody or everybody
knows, or some of the one and some of the other, or the one of the other."""

MOST_HISTORIES = 300
MOST_SETS = 30


class UnfitError(Exception):
    """What was drawn is no example."""


@dataclass
class Drawer:
    """Draws parts of a case of which some variables are there already."""

    rng: np.random.Generator
    actors: tuple[str, ...]
    items: list[Chance | Decision]
    zeros: float = 0.0

    def pick(self, among: Sequence[str]) -> str:
        return str(self.rng.choice(list(among)))

    def some(self, among: Sequence[str], most: int) -> tuple[str, ...]:
        chosen = (
            set(self.rng.permutation(list(among))[: int(self.rng.integers(0, most + 1))].tolist()) if among else set()
        )
        return tuple(name for name in among if name in chosen)

    def item(self, name: str) -> Chance | Decision:
        return next(item for item in self.items if item.name == name)

    def values_of(self, name: str) -> tuple[str | None, ...]:
        item = self.item(name)
        return (*item.states, None) if isinstance(item, Decision) and item.when is not None else item.states

    def atom(self, names: Sequence[str]) -> Condition:
        item = self.item(self.pick(names))
        if isinstance(item, Decision) and item.when is not None and self.rng.random() < 0.35:
            return arises(item.name)
        card = len(item.states)
        count = 1 if card == 2 or self.rng.random() < 0.6 else 2
        states = [item.states[k] for k in sorted(self.rng.permutation(card)[:count].tolist())]
        return is_(item.name, *states)

    def condition(self, names: Sequence[str], depth: int = 2) -> Condition:
        roll = self.rng.random()
        if depth == 0 or roll < 0.5:
            return self.atom(names)
        if roll < 0.65:
            return not_(self.condition(names, depth - 1))
        word = "and" if roll < 0.83 else "or"
        return (word, self.condition(names, depth - 1), self.condition(names, depth - 1))

    def matching(self, names: Sequence[str], count: int) -> list[Condition | None]:
        """Return conditions of which each is the first that holds somewhere; the last is otherwise."""
        conditions: list[Condition | None] = [self.condition(names) for _ in range(count)] if names else []
        cells = [dict(zip(names, row, strict=True)) for row in product(*(self.values_of(n) for n in names))]
        found: list[Condition | None] = []
        for condition in conditions:
            rest = [cell for cell in cells if not holds(condition, cell)]
            if 0 < len(rest) < len(cells):
                found.append(condition)
                cells = rest
        return [*found, None]

    def odds(self, states: tuple[str, ...], names: Sequence[str]) -> Odds:
        return tuple((c, self._percent(len(states))) for c in self.matching(names, int(self.rng.integers(1, 4))))

    def _percent(self, card: int) -> tuple[int, ...]:
        if self.rng.random() < self.zeros:
            whole = int(self.rng.integers(card))
            return tuple(100 if k == whole else 0 for k in range(card - 1))
        cuts = sorted(self.rng.choice(np.arange(1, 20), size=card - 1, replace=False).tolist())
        return tuple(int(5 * (b - a)) for a, b in zip([0, *cuts], cuts, strict=False))

    def worth(self, names: Sequence[str]) -> Worth:
        rules = self.matching(names, int(self.rng.integers(3, 7)))
        return tuple((c, int(self.rng.integers(0, 13)) * 5) for c in rules)

    def stakes(self) -> dict[tuple[str, str], Worth]:
        """Return for each actor what a move of its own is worth beside something else, and at times one more stake."""
        names = [item.name for item in self.items]
        found = {}
        for actor in self.actors:
            mine = [item.name for item in self.items if isinstance(item, Decision) and item.by == actor]
            first = self.pick(mine or names)
            found[actor, "gain"] = self.table(first, self.pick([n for n in names if n != first]))
            if self.rng.random() < 0.5:
                scope = {*self.some(names, 3), self.pick(names)}
                found[actor, "peace"] = self.worth([n for n in names if n in scope])
        return found

    def table(self, first: str, second: str) -> Worth:
        """Return the worth of every combination of two variables' states."""
        cells = [
            ("and", is_(first, a), is_(second, b)) for a in self.item(first).states for b in self.item(second).states
        ]
        return tuple((cell, int(self.rng.integers(0, 13)) * 5) for cell in (*cells[:-1], None))

    def chance(self, name: str, states: tuple[str, ...]) -> Chance:
        before = [item.name for item in self.items]
        odds = self.odds(states, self.some(before, 2))
        named = frozenset().union(*(names_in(c) for c, _ in odds))
        private = self.pick(self.actors) if self.rng.random() < 0.2 else None
        return Chance(name, states, odds, tuple(n for n in before if n in named), private)

    def visible(self, by: str) -> list[str]:
        return [i.name for i in self.items if not (isinstance(i, Chance) and i.private not in (None, by))]

    def decision(self, name: str, states: tuple[str, ...]) -> Decision:
        by = self.pick(self.actors)
        sees = self.some(self.visible(by), 2)
        usual = tuple(int(n) for n in self.rng.integers(1, 5, size=len(states))) if self.rng.random() < 0.15 else ()
        kinds = (states[:2], states[2:]) if len(states) == 3 and not usual and self.rng.random() < 0.4 else ()
        mine = [i.name for i in self.items if isinstance(i, Decision) and i.by == by and i.name not in sees]
        forgets = tuple(n for n in mine if self.rng.random() < 0.1)
        return Decision(name, by, states, sees, usual=usual, forgets=forgets, kinds=kinds)

    def barred(self, item: Decision, seen: Sequence[str]) -> Decision:
        """Return the decision with some options barred by what is seen."""
        rules = self.matching(seen, 1)
        if len(rules) == 1:
            return item
        keep = int(self.rng.integers(1, len(item.options)))
        options = {item.options[k] for k in self.rng.permutation(len(item.options))[:keep].tolist()}
        return replace(item, only=((rules[0], tuple(o for o in item.options if o in options)),))


def _states(drawer: Drawer, number: int) -> tuple[str, ...]:
    count = 2 if drawer.rng.random() < 0.75 else 3
    return tuple(f"{'ab'[number % 2]}{k}" for k in range(count))


def _story(drawer: Drawer, evidence: bool) -> Story:
    factors = {actor: float(drawer.rng.choice([1.5, 2, 3])) for actor in drawer.actors}
    story = Story(factors, tuple(drawer.items), drawer.stakes())
    tree = Tree(story)
    if len(tree.histories) > MOST_HISTORIES or len(tree.sets) > MOST_SETS or not story.decisions:
        raise UnfitError
    for item in story.decisions:
        there = [h.values for h in tree.histories if holds(item.when, h.values)]
        if item.when is not None and not 0 < len(there) < len(tree.histories):
            raise UnfitError  # always or never
        if any(not any(_first(item, values) == k for values in there) for k in range(len(item.only))):
            raise UnfitError
    if evidence:
        seen = drawer.condition([item.name for item in story.items], 1)
        if not 0 < tree.holding(seen).sum() < len(tree.histories):
            raise UnfitError
        story = replace(story, evidence=seen)
    return story


def _first(item: Decision, values: object) -> int:
    return next((k for k, (c, _) in enumerate(item.only) if holds(c, values)), -1)  # type: ignore[arg-type]


def tried_until_fit(seed: int, draw: Callable[[np.random.Generator], Story]) -> Story:
    """Return the first fit case that a seed draws."""
    for attempt in range(10_000):
        try:
            return draw(np.random.default_rng([seed, attempt]))
        except UnfitError:
            continue
    raise AssertionError("no fit case was drawn")


def arising_story(seed: int) -> Story:
    """Return the case with ``when`` that a seed makes; the seeds go through ``KINDS`` by turns."""
    kind = KINDS[seed % len(KINDS)]
    return tried_until_fit(seed, lambda rng: _arising(rng, kind))


def _arising(rng: np.random.Generator, kind: str) -> Story:
    drawer = Drawer(rng, ("north", "south"), [], zeros=0.12)
    repeated: Condition | None = None
    for number in range(int(rng.integers(4, 7))):
        name, states = f"v{number}", _states(drawer, number)
        if number == 0 or rng.random() < 0.4:
            drawer.items.append(drawer.chance(name, states) if rng.random() < 0.75 else drawer.decision(name, states))
            continue
        item = drawer.decision(name, states)
        if rng.random() < 0.8:
            item = _with_condition(drawer, item, kind, repeated)
            repeated = item.when if kind == "twice" else None
        drawer.items.append(item)
        if rng.random() < 0.3:
            seen = known(Story({}, tuple(drawer.items), {}), name)
            drawer.items[-1] = drawer.barred(item, seen)
    story = _story(drawer, evidence=bool(rng.random() < 0.5))
    conditional = [d for d in story.decisions if d.when is not None]
    unseen = [d for d in conditional if not names_in(d.when) <= set(known(story, d.name))]
    nested = [d for d in conditional if any(arises_sometimes(story, name) for name in names_in(d.when))]
    fit = {
        "seen": bool(conditional) and not unseen,
        "unseen": bool(unseen),
        "nested": bool(nested),
        "twice": len({str(d.when) for d in conditional}) < len(conditional),
        "words": any(word in str(d.when) for d in conditional for word in ("'not'", "'or'")),
    }
    if not fit[kind]:
        raise UnfitError
    return story


def arises_sometimes(story: Story, name: str) -> bool:
    item = story.item(name)
    return isinstance(item, Decision) and item.when is not None


def _with_condition(drawer: Drawer, item: Decision, kind: str, repeated: Condition | None) -> Decision:
    names = [other.name for other in drawer.items]
    if kind == "seen":
        names = drawer.visible(item.by)
    if kind == "nested" and (inner := [n for n in names if drawer.values_of(n)[-1] is None]):
        names = [*inner, *drawer.some(names, 1)]
    if not names:
        raise UnfitError
    condition = repeated or drawer.condition(names, {"words": 2, "twice": 1}.get(kind, 1))
    sees = item.sees
    if kind == "seen" or (kind != "unseen" and drawer.rng.random() < 0.4):
        wanted = {*sees, *names_in(condition)}
        sees = tuple(name for name in drawer.visible(item.by) if name in wanted)
    return replace(item, when=condition, sees=sees, forgets=tuple(n for n in item.forgets if n not in sees))


# --- beliefs ----------------------------------------------------------------------------------------------------------


def believing_story(seed: int) -> Story:
    """Return the case with beliefs that a seed makes; the seeds go through ``KNOWN_TO`` by turns."""
    kind = KNOWN_TO[seed % len(KNOWN_TO)]
    return tried_until_fit(seed, lambda rng: _believing(rng, kind))


def _believing(rng: np.random.Generator, kind: str) -> Story:
    drawer = Drawer(rng, ("north", "south", "east"), [], zeros=0.1)
    if kind in ("two apart", "two in a row"):
        drawer.actors = (*drawer.actors, "west")
    for number in range(int(rng.integers(4, 7))):
        name, states = f"v{number}", _states(drawer, number)
        if number == 0 or rng.random() < 0.3:
            drawer.items.append(drawer.chance(name, states))
            continue
        item = drawer.decision(name, states)
        if rng.random() < 0.15:
            item = _with_condition(drawer, item, "words", None)
        drawer.items.append(item)
        if rng.random() < 0.2:
            drawer.items[-1] = drawer.barred(item, known(Story({}, tuple(drawer.items), {}), name))
    story = _story(drawer, evidence=bool(rng.random() < 0.3))
    drawer.zeros = 0.0  # a belief of exactly 0 or 100 % is refused
    movers = sorted({d.by for d in story.decisions})
    wanted = 2 if kind.startswith("two") else 1
    perceivers = rng.permutation(movers).tolist()[:wanted]
    others = [actor for actor in drawer.actors if actor not in perceivers]
    if len(perceivers) < wanted or not set(others) & set(movers):
        raise UnfitError
    if rng.random() < 0.85 and not all(never_seen(story, i) for i in perceivers):
        raise UnfitError
    story = replace(story, stakes={**story.stakes, **_entangled(drawer, story, perceivers)})
    beliefs = {i: belief_of(drawer, story, i) for i in perceivers}
    told = {i: _told(drawer, kind, perceivers, others, number) for number, i in enumerate(perceivers)}
    return replace(story, beliefs={i: replace(belief, known_to=told[i]) for i, belief in beliefs.items()})


def _told(drawer: Drawer, kind: str, perceivers: Sequence[str], others: Sequence[str], number: int) -> tuple[str, ...]:
    """Return who knows of the belief of one of the perceivers."""
    match kind:
        case "nobody" | "two":
            return ()
        case "some":
            return (drawer.pick(others),)
        case "two apart":
            return drawer.some(others, 2)
        case "two in a row":
            return (*perceivers[1:], *drawer.some(others, 2)) if number == 0 else drawer.some(others, 2)
    return tuple(others)


def _entangled(drawer: Drawer, story: Story, perceivers: Sequence[str]) -> dict[tuple[str, str], Worth]:
    """Return stakes by which a belief moves its perceiver and, mostly, a reply: what is hidden bears on what a
    perceiver's move is worth, and that move on what another's is."""
    found = {}
    for item in story.decisions:
        hidden = never_seen(story, item.by)
        if item.by in perceivers and hidden:
            found[item.by, "gain"] = drawer.table(item.name, drawer.pick(hidden))
        elif item.by not in perceivers:
            theirs = [d.name for d in story.decisions if d.by in perceivers]
            found[item.by, "gain"] = drawer.table(item.name, drawer.pick(theirs))
    return found


def never_seen(story: Story, actor: str) -> list[str]:
    """Return the chance variables that an actor sees at none of its decisions."""
    seen = {name for d in story.decisions if d.by == actor for name in known(story, d.name)}
    return [i.name for i in story.items if isinstance(i, Chance) and i.name not in seen and i.private != actor]


def belief_of(drawer: Drawer, story: Story, perceiver: str) -> Belief:
    """Return odds of a variable that the perceiver does not see, another's worth, or both."""
    hidden = never_seen(story, perceiver)
    odds: dict[str, Odds] = {}
    worths: dict[tuple[str, str], Worth] = {}
    if hidden and drawer.rng.random() < 0.8:
        felt = {n for worth in (story.stakes[perceiver, "gain"],) for c, _ in worth for n in names_in(c)} & set(hidden)
        item = story.item(drawer.pick(sorted(felt) or hidden))
        assert isinstance(item, Chance)
        odds[item.name] = tuple((c, drawer._percent(len(item.states))) for c, _ in item.odds)
    if not odds or drawer.rng.random() < 0.3:
        keys = [key for key in story.stakes if key[0] != perceiver]
        actor, stake = keys[int(drawer.rng.integers(len(keys)))]
        worths[actor, stake] = tuple((c, int(drawer.rng.integers(0, 13)) * 5) for c, _ in story.stakes[actor, stake])
    return Belief(odds, worths)


def with_share(item: Chance, odds: Odds, state: str, percent: int) -> Odds:
    """Return odds of which one state has a share, whatever the parents; the others share the rest as before."""
    number, found = item.states.index(state), []
    for condition, told in odds:
        whole = [*told, 100 - sum(told)]
        scale = (100 - percent) / (100 - whole[number])
        shares = [float(percent) if k == number else share * scale for k, share in enumerate(whole)]
        found.append((condition, tuple(shares[:-1])))
    return tuple(found)


def is_certain(told: tuple[float, ...]) -> bool:
    """Return whether some state has odds of exactly 0 or 100 %."""
    return any(share in (0, 100) for share in (*told, 100 - sum(told)))


def own_belief(story: Story, belief: Belief) -> Belief:
    """Return a belief that takes for the same things what the case has, but for what is certain there."""
    odds = {name: item.odds for name in belief.odds if isinstance(item := story.item(name), Chance)}
    odds = {name: rules for name, rules in odds.items() if not any(is_certain(told) for _, told in rules)}
    return replace(belief, odds=odds, worths={key: story.stakes[key] for key in belief.worths})


# --- what to ask ----------------------------------------------------------------------------------------------------


def drawer_of(story: Story, seed: int) -> Drawer:
    """Return what draws questions about a case."""
    return Drawer(np.random.default_rng([seed, 77]), tuple(story.actors), list(story.items))


def settings_of(drawer: Drawer, many: int) -> Iterator[dict[str, str]]:
    """Yield some interventions: on one variable each, at times on two."""
    names = [item.name for item in drawer.items]
    for _ in range(many):
        count = 1 if drawer.rng.random() < 0.75 else 2
        chosen = sorted(drawer.rng.permutation(names)[:count].tolist())
        yield {name: drawer.pick(drawer.item(name).states) for name in chosen}
