"""The games that every tool is timed on, built from a seed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from quandary.game.diagram import Chance, Decision, Diagram, Utility
from quandary.game.table import Table


def signalling(worlds: int, *, states: int = 3, seed: int = 0, uniform: float | None = None) -> Diagram:
    """Return the signalling stage: a type, a move, a reply, chance, a second move, ``states`` of each.

    Payoffs of both players depend on all five and are unit normal, or uniform on (-``uniform``, ``uniform``).
    """
    rng = np.random.default_rng(seed)
    names = ("type", "move", "reply", "chance", "second")
    labels = tuple(f"s{i}" for i in range(states))
    shape = (states,) * 5 + (worlds,)
    draw = (lambda: rng.normal(size=shape)) if uniform is None else (lambda: rng.uniform(-uniform, uniform, shape))
    flat = np.full((states, 1), 1.0 / states)
    variables = (
        Chance("type", labels),
        Decision("move", labels, "sender", ("type",)),
        Decision("reply", labels, "receiver", ("move",)),
        Chance("chance", labels, ()),
        Decision("second", labels, "sender", ("type", "move", "reply", "chance")),
    )
    tables = {"type": Table(("type",), flat), "chance": Table(("chance",), flat)}
    utilities = tuple(Utility("payoff", player, Table(names, draw())) for player in ("sender", "receiver"))
    precision = {"sender": np.ones(1), "receiver": np.ones(1)}
    return Diagram(variables, tables, utilities, precision, worlds)


def chain(length: int, seed: int = 0) -> Diagram:
    """Return a chain of ``length`` two-option decisions, two players in turn, each seeing the one before.

    Each player's payoff is a sum over neighbours, unit normal.
    """
    rng = np.random.default_rng(seed)
    names = [f"d{i}" for i in range(length)]
    players = ("even", "odd")
    variables = tuple(
        Decision(n, ("a", "b"), players[i % 2], (names[i - 1],) if i else ()) for i, n in enumerate(names)
    )
    utilities = tuple(
        Utility(f"u{i}", player, Table((names[i], names[i + 1]), rng.normal(size=(2, 2, 1))))
        for i in range(length - 1)
        for player in players
    )
    return Diagram(variables, {}, utilities, {p: np.ones(1) for p in players}, 1)


def line(length: int, seed: int = 0) -> Diagram:
    """Return the chain with all its decisions one actor's, who chooses exactly."""
    shared = chain(length, seed)
    variables = tuple(replace(v, player="actor") for v in shared.decisions)
    utilities = tuple(replace(u, player="actor") for u in shared.utilities if u.player == "even")
    return Diagram(variables, {}, utilities, {"actor": np.array([np.inf])}, 1)


def bimatrix(size: int, seed: int = 0) -> np.ndarray:
    """Return the payoffs ``(2, size, size)`` of a square game, whole numbers from 0 to 99."""
    return np.random.default_rng(seed).integers(0, 100, (2, size, size)).astype(np.float64)


def influence_diagram(stages: int, states: int, seed: int = 0, draws: int = 1) -> Diagram:
    """Return a single-actor influence diagram of ``stages`` rounds: a hidden state that drifts, a noisy signal, a move.

    The move sees all signals and earlier moves; its payoff depends on the hidden state and the move, so memory matters.
    ``draws`` worlds differ in their payoffs.
    """
    rng = np.random.default_rng(seed)
    labels = tuple(f"s{i}" for i in range(states))
    variables: list[Chance | Decision] = []
    tables: dict[str, Table] = {}
    utilities: list[Utility] = []
    seen: list[str] = []
    for k in range(stages):
        hidden, signal, move = f"hidden{k}", f"signal{k}", f"move{k}"
        parents = () if k == 0 else (f"hidden{k - 1}", f"move{k - 1}")
        variables += [Chance(hidden, labels, parents), Chance(signal, labels, (hidden,))]
        tables[hidden] = Table((*parents, hidden), _odds(rng, states, len(parents)))
        tables[signal] = Table((hidden, signal), _odds(rng, states, 1, sharp=2.0))
        seen.append(signal)
        variables.append(Decision(move, labels, "actor", tuple(seen)))
        seen.append(move)
        payoff = rng.normal(size=(states, states, draws))
        utilities.append(Utility(f"u{k}", "actor", Table((hidden, move), payoff)))
    return Diagram(tuple(variables), tables, tuple(utilities), {"actor": np.array([np.inf])}, draws)


def _odds(rng: np.random.Generator, states: int, parents: int, sharp: float = 1.0) -> np.ndarray:
    raw = rng.normal(size=(states,) * (parents + 1))
    weights = np.exp(sharp * raw)
    return (weights / weights.sum(axis=-1, keepdims=True))[..., None]
