"""Small cases as plain data, and in the language of cases: what ``histories.py`` enumerates, the program reads.

A condition is a tuple: ``("is", variable, states)``, ``("arises", decision)``, ``("not", condition)``, ``("and", one,
other)`` or ``("or", one, other)``. Numbers are whole: percent, points, and ``x2`` for a rationality of x2 per 10.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

Condition = tuple[object, ...]
Values = Mapping[str, str | None]
"""The state of each variable so far; ``None``: a decision that does not arise."""

Odds = tuple[tuple[Condition | None, tuple[float, ...]], ...]
"""Percent of every state but the last, which gets the rest, by the first rule that matches; ``None``: otherwise."""

Worth = tuple[tuple[Condition | None, int], ...]
"""Points, by the first rule that matches."""

UNASKED = "none_"
"""The option of the dummy encoding that says: the decision does not arise."""


@dataclass(frozen=True)
class Chance:
    """Something that happens. ``private`` names the actor who alone knows it."""

    name: str
    states: tuple[str, ...]
    odds: Odds
    given: tuple[str, ...] = ()
    private: str | None = None


@dataclass(frozen=True)
class Decision:
    """A choice. ``when`` is the condition under which it arises; ``only``: what is open, by the first that matches."""

    name: str
    by: str
    options: tuple[str, ...]
    sees: tuple[str, ...] = ()
    when: Condition | None = None
    only: tuple[tuple[Condition | None, tuple[str, ...]], ...] = ()
    usual: tuple[int, ...] = ()
    forgets: tuple[str, ...] = ()
    kinds: tuple[tuple[str, ...], ...] = ()

    @property
    def states(self) -> tuple[str, ...]:
        return self.options


@dataclass(frozen=True)
class Belief:
    """What an actor takes for the odds of chance variables and the worth of others' stakes, and who knows that."""

    odds: Mapping[str, Odds] = field(default_factory=dict)
    worths: Mapping[tuple[str, str], Worth] = field(default_factory=dict)
    known_to: tuple[str, ...] = ()


@dataclass(frozen=True)
class Story:
    """A case: actors with the odds that 10 points make, variables in order of time, stakes in points, beliefs."""

    actors: Mapping[str, float]
    items: tuple[Chance | Decision, ...]
    stakes: Mapping[tuple[str, str], Worth]
    evidence: Condition | None = None
    beliefs: Mapping[str, Belief] = field(default_factory=dict)

    @property
    def decisions(self) -> tuple[Decision, ...]:
        return tuple(item for item in self.items if isinstance(item, Decision))

    def item(self, name: str) -> Chance | Decision:
        return next(item for item in self.items if item.name == name)

    def as_seen_by(self, perceiver: str) -> Story:
        """Return G_i: the case with the perceiver's tables for everyone, all other beliefs left out."""
        belief = self.beliefs.get(perceiver, Belief())
        items = tuple(
            replace(item, odds=belief.odds[item.name])
            if isinstance(item, Chance) and item.name in belief.odds
            else item
            for item in self.items
        )
        return replace(self, items=items, stakes={**self.stakes, **belief.worths}, beliefs={})


def known(story: Story, decision: str) -> tuple[str, ...]:
    """Return what the owner knows at a decision: what it sees there, all that it saw and did before, its secrets."""
    wanted = story.item(decision)
    assert isinstance(wanted, Decision)
    found: set[str] = set()
    for item in story.items:
        if isinstance(item, Chance) and item.private == wanted.by:
            found.add(item.name)
        if isinstance(item, Decision) and item.by == wanted.by:
            found = found - set(item.forgets) | set(item.sees)
            if item.name == decision:
                break
            found.add(item.name)
    return tuple(item.name for item in story.items if item.name in found)


# --- conditions ---------------------------------------------------------------------------------------------------


def is_(name: str, *states: str) -> Condition:
    return ("is", name, states)


def arises(decision: str) -> Condition:
    return ("arises", decision)


def not_(condition: Condition) -> Condition:
    return ("not", condition)


def both(one: Condition | None, other: Condition | None) -> Condition | None:
    if one is None or other is None:
        return one or other
    return ("and", one, other)


def holds(condition: Condition | None, values: Values) -> bool:
    """Return whether a condition holds; in a decision that does not arise no option is chosen."""
    match condition:
        case None:
            return True
        case ("is", str(name), tuple(states)):
            return values[name] in states
        case ("arises", str(name)):
            return values[name] is not None
        case ("not", tuple(inner)):
            return not holds(inner, values)
        case ("and", tuple(one), tuple(other)):
            return holds(one, values) and holds(other, values)
        case ("or", tuple(one), tuple(other)):
            return holds(one, values) or holds(other, values)
    raise AssertionError(condition)


def names_in(condition: Condition | None) -> frozenset[str]:
    """Return the variables that a condition names."""
    match condition:
        case None:
            return frozenset()
        case ("is", str(name), _) | ("arises", str(name)):
            return frozenset([name])
        case (_, *inner):
            return frozenset().union(*(names_in(one) for one in inner if isinstance(one, tuple)))
    raise AssertionError(condition)


def text(condition: Condition | None, dummy: bool = False) -> str:
    """Return a condition in the language of cases; with ``dummy``, in words of the dummy encoding."""
    match condition:
        case None:
            return "otherwise"
        case ("is", str(name), tuple(states)) if len(states) == 1:
            return f"{name} = {states[0]}"
        case ("is", str(name), tuple(states)):
            return f"{name} in ({', '.join(map(str, states))})"
        case ("arises", str(name)):
            return f"{name} != {UNASKED}" if dummy else f"arises({name})"
        case ("not", tuple(inner)):
            return f"not ({text(inner, dummy)})"
        case (("and" | "or") as word, tuple(one), tuple(other)):
            return f"({text(one, dummy)}) {word} ({text(other, dummy)})"
    raise AssertionError(condition)


# --- the case in YAML ---------------------------------------------------------------------------------------------


def yaml_of(story: Story, *, dummy: bool = False) -> str:
    """Return the case in today's grammar with ``when`` and ``believes``, or without ``when``: in the dummy encoding."""
    lines = ["quandary: 2", "title: a small case", "as_of: 2030-01-01", "actors:"]
    for actor, factor in story.actors.items():
        lines.append(f"  {actor}: {{name: Actor {actor}, rationality: x{factor:g} per 10, because: invented}}")
    lines.append("story:")
    for item in story.items:
        lines += _chance(item, dummy) if isinstance(item, Chance) else _decision(story, item, dummy)
    lines.append("stakes:")
    for actor in story.actors:
        lines += [f"  {actor}:"] if any(owner == actor for owner, _ in story.stakes) else []
        for (owner, stake), worth in story.stakes.items():
            if owner == actor:
                lines.append(f"    {stake}: {{worth: {_worth(worth, dummy)}, because: invented}}")
    if story.beliefs:
        lines.append("believes:")
        for perceiver, belief in story.beliefs.items():
            lines += _belief(story, perceiver, belief)
    if story.evidence is not None:
        lines += ["evidence:", f'  - {{on: 2029-01-01, saw: "{text(story.evidence, dummy)}", because: invented}}']
    return "\n".join(lines) + "\n"


def _shares(states: tuple[str, ...], percent: tuple[float, ...]) -> str:
    told = [f"{state}: {share}%" for state, share in zip(states, percent, strict=False)]
    return "{" + ", ".join([*told, f"{states[-1]}: rest"]) + "}"


def _odds(states: tuple[str, ...], odds: Odds, dummy: bool) -> str:
    if len(odds) == 1:
        return _shares(states, odds[0][1])
    return "[" + ", ".join(f'{{"{text(c, dummy)}": {_shares(states, percent)}}}' for c, percent in odds) + "]"


def _worth(worth: Worth, dummy: bool) -> str:
    return "[" + ", ".join(f'{{"{text(c, dummy)}": {points}}}' for c, points in worth) + "]"


def _chance(item: Chance, dummy: bool) -> list[str]:
    lines = [f"  - chance: {item.name}", f"    states: [{', '.join(item.states)}]"]
    lines += [f"    given: [{', '.join(item.given)}]"] if item.given else []
    lines += [f"    private: {item.private}"] if item.private else []
    return [*lines, f"    odds: {_odds(item.states, item.odds, dummy)}", "    because: invented"]


def seen_when(story: Story, item: Decision) -> bool:
    """Return whether the owner knows all that the condition names."""
    return names_in(item.when) <= set(known(story, item.name))


def _decision(story: Story, item: Decision, dummy: bool) -> list[str]:
    lines: list[str] = []
    sees, only, options = item.sees, [(text(c, dummy), which) for c, which in item.only], item.options
    if dummy and item.when is not None:
        options = (*item.options, UNASKED)
        condition = text(item.when, dummy)
        if not seen_when(story, item):
            given = [other.name for other in story.items if other.name in names_in(item.when)]
            lines += [f"  - chance: asked_{item.name}", "    states: [no_, yes_]", f"    given: [{', '.join(given)}]"]
            lines += [
                f'    odds: [{{"{condition}": {{yes_: 100%, no_: rest}}}}, {{otherwise: {{yes_: 0%, no_: rest}}}}]'
            ]
            lines += ["    because: invented"]
            sees, condition = (*sees, f"asked_{item.name}"), f"asked_{item.name} = yes_"
        whole = only if only and only[-1][0] == "otherwise" else [*only, ("otherwise", item.options)]
        only = [(f"not ({condition})", (UNASKED,)), *whole]
    lines += [f"  - decision: {item.name}", f"    by: {item.by}", f"    options: [{', '.join(options)}]"]
    lines += [f"    sees: [{', '.join(sees)}]"] if sees else []
    if item.forgets:
        lost = {f"asked_{d.name}" for d in story.decisions if dummy and d.when and not seen_when(story, d)}
        forgets = [*item.forgets, *(f"asked_{name}" for name in item.forgets if f"asked_{name}" in lost)]
        lines.append(f"    forgets: [{', '.join(forgets)}]")
    if item.when is not None and not dummy:
        lines.append(f'    when: "{text(item.when)}"')
    if only:
        lines.append("    only:")
        lines += [f'      - "{condition}": [{", ".join(which)}]' for condition, which in only]
    if item.usual:
        shares = dict(zip(item.options, item.usual, strict=True)) | ({UNASKED: 1} if dummy and item.when else {})
        lines.append(f"    usual: {{{', '.join(f'{option}: {share}' for option, share in shares.items())}}}")
    if item.kinds:
        kinds = (*item.kinds, (UNASKED,)) if dummy and item.when else item.kinds
        told = ", ".join(f"kind{number}: [{', '.join(kind)}]" for number, kind in enumerate(kinds))
        lines.append(f"    kinds: {{{told}}}")
    return [*lines, "    because: invented"]


def _belief(story: Story, perceiver: str, belief: Belief) -> list[str]:
    lines = [f"  {perceiver}:"]
    for name, odds in belief.odds.items():
        lines.append(f"    {name}: {_odds(story.item(name).states, odds, False)}")
    for (actor, stake), worth in belief.worths.items():
        lines.append(f"    {actor}.{stake}: {_worth(worth, False)}")
    if belief.known_to:
        lines.append(f"    known_to: [{', '.join(belief.known_to)}]")
    return [*lines, "    because: invented"]
