"""The kinds of equilibria of one game over its worlds: how common each is, and what a question's answer is under it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from quandary.ask.equilibria.kinds import Choices, Seen, Sorted
from quandary.ask.query.combining import is_truth
from quandary.ask.query.queries import Query
from quandary.base.arrays import Array, Mask
from quandary.quantities.summary import weighted_mean, weighted_quantiles


@dataclass(frozen=True, eq=False)
class KindAnswer:
    """One query's answer where one kind of equilibrium is played, over the worlds that have it.

    ``mean`` is a truth's share of worlds; ``low`` to ``high`` is a number's central 90 % interval over worlds.
    """

    query: Query
    mean: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, eq=False)
class Trait:
    """What is chosen at a decision in the situation ``seen`` (empty: on the whole): each option's mean probability."""

    decision: str
    seen: Seen
    options: Mapping[str, float]


@dataclass(frozen=True, eq=False)
class Kind:
    """One kind of equilibrium: ``traits`` say what is chosen, over the worlds that have it.

    It exists in ``worlds`` worlds, the weighted ``share`` of all; in the share ``selected`` it is the one selected.
    """

    traits: tuple[Trait, ...]
    worlds: int
    share: float | None
    selected: float | None
    answers: tuple[KindAnswer, ...]


def kinds_of(found: Sorted, evidence: Array, answers: Mapping[Query, tuple[Array, Array]]) -> tuple[Kind, ...]:
    """Return the kinds, the one selected most often first.

    ``evidence`` (W,) are the worlds' weights; ``answers`` holds a query's values (equilibria, W), NaN where there is
    none, and its own weights.
    """
    kinds = [_kind(found, found.kind == at, evidence, answers) for at in range(found.kinds)]
    return tuple(sorted(kinds, key=lambda kind: (-(kind.selected or 0.0), -(kind.share or 0.0), -kind.worlds)))


def _kind(found: Sorted, own: Mask, evidence: Array, answers: Mapping[Query, tuple[Array, Array]]) -> Kind:
    has: Mask = np.asarray(own.any(axis=0))
    there: Array = has.astype(np.float64)
    weighed: Array = evidence * there
    weights = weighed if weighed.any() else there
    return Kind(
        traits=tuple(_trait(choices, at, own, weights) for choices in found.told_by for at in range(len(choices.seen))),
        worlds=int(has.sum()),
        share=weighted_mean(there, evidence),
        selected=weighted_mean(own[0].astype(np.float64), evidence),
        answers=tuple(_answer(query, _of(values, own), mass) for query, (values, mass) in answers.items()),
    )


def _trait(choices: Choices, at: int, own: Mask, weights: Array) -> Trait:
    means = [weighted_mean(_of(choices.values[:, at, o], own), weights) for o in range(len(choices.options))]
    options = {option: mean for option, mean in zip(choices.options, means, strict=True) if mean is not None}
    return Trait(choices.decision, choices.seen[at], options)


def _of(values: Array, own: Mask) -> Array:
    """Return each world's value under its equilibrium of the kind, NaN in worlds without one, ``(W,)``."""
    return np.where(own.any(axis=0), np.where(own, values, 0.0).sum(axis=0), np.nan)


def _answer(query: Query, values: Array, weights: Array) -> KindAnswer:
    mean = weighted_mean(values, weights)
    if is_truth(query.expression):
        return KindAnswer(query, mean, None, None)
    low, high = weighted_quantiles(values, weights, (0.05, 0.95))
    return KindAnswer(query, mean, low, high)
