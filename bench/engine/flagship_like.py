"""A diagram with the flagship's structure and random plausible numbers, for measuring the engine."""

from __future__ import annotations

import numpy as np

from quandary.base import Array
from quandary.game import Chance, Decision, Diagram, Table, Utility

STATES: dict[str, tuple[str, ...]] = {
    "fuel": ("held", "raised"),
    "hand": ("none", "present"),
    "intent": ("bargaining", "war"),
    "resolve": ("low", "high"),
    "unrest": ("none", "contained", "threat"),
    "request": ("none", "csto", "china"),
    "deploy": ("stay_out", "limited", "large"),
    "operation": ("none", "success", "protracted", "fail"),
    "transfer": ("keep", "pull"),
    "government": ("moscow", "beijing", "reformist"),
    "talks": ("none", "concession"),
    "slack": ("full", "reduced"),
    "ukraine": ("stand_down", "coerce", "limited_op", "full_invasion"),
    "response": ("weak", "strong"),
    "china": ("tacit", "neutral", "distance"),
    "course": ("none", "quick", "costly"),
    "contagion": ("calm", "protests", "serious"),
    "alignment": ("loyal", "hedging", "lost"),
}
RUSSIA = ("intent", "unrest", "request")
PARENTS: dict[str, tuple[str, ...]] = {
    "unrest": ("fuel", "hand"),
    "request": ("unrest",),
    "deploy": RUSSIA,
    "operation": ("unrest", "deploy"),
    "transfer": (*RUSSIA, "deploy", "operation"),
    "government": ("unrest", "request", "operation", "transfer"),
    "talks": ("resolve", "deploy"),
    "slack": ("deploy", "operation", "transfer"),
    "ukraine": (*RUSSIA, "deploy", "operation", "transfer", "government", "talks", "slack"),
    "response": ("resolve", "deploy", "talks", "ukraine"),
    "china": ("ukraine", "request"),
    "course": ("ukraine", "slack"),
    "contagion": ("ukraine", "response", "course", "unrest"),
    "alignment": ("government", "ukraine"),
}
OWNERS = {
    "request": "kazakhstan",
    "deploy": "russia",
    "transfer": "russia",
    "ukraine": "russia",
    "talks": "west",
    "response": "west",
}
STAKES: dict[str, dict[str, tuple[tuple[str, ...], float]]] = {
    "russia": {
        "influence": (("intent", "talks", "ukraine", "course"), 0.35),
        "central_asia": (("alignment",), 0.17),
        "regime": (("contagion",), 0.3),
        "economy": (("ukraine", "response", "course"), 0.18),
        "momentum": (("ukraine", "operation", "unrest"), 0.08),
    },
    "kazakhstan": {
        "survival": (("government", "unrest", "operation"), 0.7),
        "sovereignty": (("request", "deploy"), 0.3),
    },
    "west": {
        "deterrence": (("resolve", "talks", "ukraine", "response"), 0.5),
        "quiet": (("ukraine", "response", "resolve"), 0.5),
    },
}


def flagship_like(worlds: int, seed: int = 1) -> Diagram:
    """Return a diagram of 18 variables, six decisions and the flagship's impossible combinations."""
    rng = np.random.default_rng(seed)
    variables = tuple(
        Decision(name, states, OWNERS[name], PARENTS[name])
        if name in OWNERS
        else Chance(name, states, PARENTS.get(name, ()))
        for name, states in STATES.items()
    )
    tables = {v.name: _odds(v, worlds, rng) for v in variables if isinstance(v, Chance)}
    _impossible(tables)
    utilities = tuple(
        Utility(stake, player, Table(scope, weight * _points(scope, worlds, rng)))
        for player, stakes in STAKES.items()
        for stake, (scope, weight) in stakes.items()
    )
    precision = {p: np.log(np.exp(rng.normal(np.log(3.5), 0.3, worlds)).clip(1.2)) / 10.0 for p in STAKES}
    return Diagram(variables, tables, utilities, precision, worlds, _allowed())


def _odds(variable: Chance, worlds: int, rng: np.random.Generator) -> Table:
    shape = tuple(len(STATES[p]) for p in variable.parents)
    centre = rng.normal(0.0, 1.0, (*shape, len(variable.states), 1))
    weights = np.exp(centre + rng.normal(0.0, 0.5, (*shape, len(variable.states), worlds)))
    return Table((*variable.parents, variable.name), weights / weights.sum(axis=-2, keepdims=True))


def _points(scope: tuple[str, ...], worlds: int, rng: np.random.Generator) -> Array:
    shape = tuple(len(STATES[p]) for p in scope)
    centre = rng.uniform(15.0, 85.0, (*shape, 1))
    points: Array = centre + rng.normal(0.0, 8.0, (*shape, worlds))
    return points


def _impossible(tables: dict[str, Table]) -> None:
    operation = tables["operation"].values
    operation[:, 0] = 0.0
    operation[:, 0, 0] = 1.0
    operation[:, 1:, 0] = 0.0
    operation /= operation.sum(axis=2, keepdims=True)
    course = tables["course"].values
    course[:2] = 0.0
    course[:2, :, 0] = 1.0
    course[2:, :, 0] = 0.0
    course /= course.sum(axis=2, keepdims=True)


def _allowed() -> dict[str, Table]:
    request = np.ones((3, 3, 1))
    request[0, 1:] = 0.0
    deploy = np.ones((3, 3, 1))
    deploy[[0, 2], 1:] = 0.0
    transfer = np.ones((4, 2, 1))
    transfer[:2, 1] = 0.0
    response = np.ones((4, 2, 1))
    response[:2, 1] = 0.0
    return {
        "request": Table(("unrest", "request"), request),
        "deploy": Table(("request", "deploy"), deploy),
        "transfer": Table(("operation", "transfer"), transfer),
        "response": Table(("ukraine", "response"), response),
    }
