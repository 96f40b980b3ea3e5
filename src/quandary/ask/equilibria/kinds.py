"""Kinds of equilibria: those of many worlds told apart by what is chosen in them, so that they can be listed together.

An equilibrium is a point: the probability of each option of every decision at which a world's equilibria differ. The
kinds are clusters of such points. Equilibria of one world are never of one kind: each world's points are matched to the
kinds' means one to one, at least total distance, and a point farther than ``FARTHEST`` from every mean that is free
founds a kind. Means and matches are renewed in turn until nothing changes. Where decisions as a whole do not tell a
world's equilibria clearly apart, what is chosen in each situation may.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from quandary.ask.games.playing import Played
from quandary.base.arrays import Array, Mask
from quandary.case.logic.arising import tells_of_asking
from quandary.engine.inference import Inference
from quandary.game.arising import arising, may_not_arise, options_of
from quandary.game.table import Table

MOST_SITUATIONS = 6
"""Decisions with more situations are looked at as a whole only."""

TOLD_APART = 0.02
"""Equilibria whose probabilities differ by no more are not told apart by them."""

CLEARLY = 0.25
"""Where two equilibria of a world differ by less on the whole, situations are looked at."""

FARTHEST = 0.4
"""How far an equilibrium's probabilities may lie from a kind's mean ones."""

ROUNDS = 20
"""How often means and matches are renewed at most."""

Seen = tuple[tuple[str, str], ...]
Kinds = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Choices:
    """What is chosen at one decision in a world's equilibria: ``values`` has shape ``(equilibria, sets, options, W)``.

    ``seen`` names each set's situation; a decision as a whole is one set that has seen nothing. One that may not arise
    is looked at where it does (0 where it never does).
    """

    decision: str
    options: tuple[str, ...]
    seen: tuple[Seen, ...]
    values: Array


@dataclass(frozen=True, eq=False)
class Sketch:
    """The choices of some worlds' equilibria: every decision as a whole, and by situation where those are few."""

    whole: Mapping[str, Choices]
    by_situation: Mapping[str, Choices]


@dataclass(frozen=True, eq=False)
class Sorted:
    """Equilibria by kind: ``kind`` (equilibria, W) is the number of its kind among ``kinds``, -1 where there is none.

    ``told_by`` are the choices that tell the kinds apart.
    """

    kind: Kinds
    kinds: int
    told_by: tuple[Choices, ...]


def sketch(plays: Sequence[Played], names: Sequence[str]) -> Sketch:
    """Return what is chosen at the decisions of these names in every equilibrium of a game."""
    whole: dict[str, Choices] = {}
    by_situation: dict[str, Choices] = {}
    for name in names:
        variable = plays[0].diagram.variable(name)
        worlds = plays[0].diagram.worlds
        joints = [Inference(p.diagram).joint(p.behaviour, (name,)).values for p in plays]
        values = np.stack([np.broadcast_to(joint, (len(variable.states), worlds)) for joint in joints])
        if may_not_arise(variable):
            arises = 1.0 - values[:, -1:]
            values = np.divide(values[:, :-1], arises, out=np.zeros_like(values[:, :-1]), where=arises > 0)
        whole[name] = Choices(name, options_of(variable), ((),), values[:, None])
        situated = _by_situation(plays, name)
        if situated is not None:
            by_situation[name] = situated
    return Sketch(whole, by_situation)


def _by_situation(plays: Sequence[Played], name: str) -> Choices | None:
    diagram = plays[0].diagram
    rules = [played.behaviour[name] for played in plays]
    parents = rules[0].axes[:-1]
    cards = tuple(diagram.cardinality(parent) for parent in parents)
    reached = np.broadcast_to(plays[0].in_play[name].over(parents) > 0, (*cards, diagram.worlds))
    if (where := arising(diagram, name)) is not None:
        reached = reached & (where.over(parents) > 0)
    sets = np.flatnonzero(reached.reshape(-1, diagram.worlds).any(axis=1))
    if not 1 < len(sets) <= MOST_SITUATIONS:
        return None
    states = list(product(*(diagram.variable(parent).states for parent in parents)))
    told = [tuple(zip(parents, states[at], strict=True)) for at in sets]
    seen = tuple(tuple(one for one in own if not tells_of_asking(one[0])) for own in told)
    variable = diagram.variable(name)
    options, shape = options_of(variable), (*cards, len(variable.states))
    rows = [_flat(rule, (*parents, name), shape, diagram.worlds)[sets, : len(options)] for rule in rules]
    values = np.stack(rows)
    return Choices(name, options, seen, values)


def _flat(rule: Table, axes: tuple[str, ...], cards: tuple[int, ...], worlds: int) -> Array:
    return np.broadcast_to(rule.over(axes), (*cards, worlds)).reshape(-1, cards[-1], worlds)


def joined(sketches: Sequence[Sketch]) -> Sketch:
    """Return sketches of the same game in different worlds as one; missing equilibria are NaN."""
    first = sketches[0]
    common = [name for name in first.by_situation if all(_alike(first, one, name) for one in sketches)]
    return Sketch(
        {name: _joined([one.whole[name] for one in sketches]) for name in first.whole},
        {name: _joined([one.by_situation[name] for one in sketches]) for name in common},
    )


def _alike(first: Sketch, other: Sketch, name: str) -> bool:
    return name in other.by_situation and other.by_situation[name].seen == first.by_situation[name].seen


def _joined(parts: Sequence[Choices]) -> Choices:
    most = max(len(part.values) for part in parts)
    padded = [np.pad(p.values, ((0, most - len(p.values)), *[(0, 0)] * 3), constant_values=np.nan) for p in parts]
    return Choices(parts[0].decision, parts[0].options, parts[0].seen, np.concatenate(padded, axis=3))


def sorted_by_kind(found: Sketch, there: Mask) -> Sorted:
    """Return the equilibria by kind; ``there`` (equilibria, W) says which exist."""
    told_by = _telling(found.whole.values(), there)
    apart = _nearest(_points(told_by), there)
    if apart < CLEARLY:
        closer = _telling([found.by_situation.get(name, choices) for name, choices in found.whole.items()], there)
        if _nearest(_points(closer), there) > apart:
            told_by = closer
    kind = _clustered(_points(told_by), there)
    return Sorted(kind, int(kind.max(initial=-1)) + 1, tuple(told_by))


def _telling(choices: Iterable[Choices], there: Mask) -> list[Choices]:
    """Return the choices at which some world's equilibria differ; all of them where none does."""
    every = list(choices)
    return [one for one in every if _spread(one, there) > TOLD_APART] or every


def _spread(choices: Choices, there: Mask) -> float:
    """Return the largest difference of an option's probability among one world's equilibria."""
    seen = there[:, None, None, :]
    high = np.where(seen, choices.values, -np.inf).max(axis=0)
    low = np.where(seen, choices.values, np.inf).min(axis=0)
    return float(np.where(np.isfinite(high), high - low, 0.0).max(initial=0.0))


def _points(told_by: Sequence[Choices]) -> Array:
    """Return the equilibria as points, ``(equilibria, W, coordinates)``."""
    parts = [np.moveaxis(c.values, 3, 1).reshape(len(c.values), c.values.shape[3], -1) for c in told_by]
    return np.concatenate(parts, axis=2)


def _nearest(points: Array, there: Mask) -> float:
    """Return how near two equilibria of one world come to each other."""
    least = np.inf
    for one in range(len(points)):
        for other in range(one):
            both = there[one] & there[other]
            if both.any():
                least = min(least, float(np.abs(points[one, both] - points[other, both]).max(axis=1).min()))
    return least


def _clustered(points: Array, there: Mask) -> Kinds:
    """Return each equilibrium's kind, ``(equilibria, W)``, -1 where there is none; every kind has a member."""
    order = [w for w in np.argsort(-there.sum(axis=0), kind="stable") if there[:, w].any()]
    kind = np.full(there.shape, -1, dtype=np.intp)
    means: list[Array] = []
    for _ in range(ROUNDS):
        renewed = np.full(there.shape, -1, dtype=np.intp)
        for world in order:
            slots = np.flatnonzero(there[:, world])
            renewed[slots, world] = _matched(points[slots, world], means)
        used, number = np.unique(renewed[there], return_inverse=True)
        renewed[there] = number.reshape(-1)
        means = [points[renewed == at].mean(axis=0) for at in range(len(used))]
        if (renewed == kind).all():
            break
        kind = renewed
    return kind


def _matched(own: Array, means: list[Array]) -> list[int]:
    """Return the kind of each of one world's points; one too far from what is free founds one, added to ``means``."""
    from scipy.optimize import linear_sum_assignment  # slow to load, and rarely needed

    far = np.full((len(own), len(own)), np.inf)
    np.fill_diagonal(far, FARTHEST)
    known = np.abs(own[:, None] - np.stack(means)[None]).max(axis=2) if means else np.zeros((len(own), 0))
    costs = np.concatenate([known, np.where(np.isinf(far), 1e9, far)], axis=1)
    chosen = linear_sum_assignment(costs)[1]
    known_before = len(means)
    found = []
    for point, at in zip(own, chosen, strict=True):
        if at >= known_before:
            means.append(point)
        found.append(len(means) - 1 if at >= known_before else int(at))
    return found
