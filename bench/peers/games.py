"""The games that every tool is timed on, built from a seed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from quandary.game import Chance, Decision, Diagram, Table, Utility


def signalling(worlds: int, *, states: int = 3, seed: int = 0, uniform: float | None = None) -> Diagram:
    """Return the signalling stage: a type, a move, a reply, chance, a second move, ``states`` of each.

    Payoffs of both players depend on all five and are unit normal, or uniform on (-``uniform``, ``uniform``).
    World k is the same game whatever the number of worlds.
    """
    names = ("type", "move", "reply", "chance", "second")
    labels = tuple(f"s{i}" for i in range(states))
    flat = np.full((states, 1), 1.0 / states)
    variables = (
        Chance("type", labels),
        Decision("move", labels, "sender", ("type",)),
        Decision("reply", labels, "receiver", ("move",)),
        Chance("chance", labels, ()),
        Decision("second", labels, "sender", ("type", "move", "reply", "chance")),
    )
    tables = {"type": Table(("type",), flat), "chance": Table(("chance",), flat)}
    players = ("sender", "receiver")
    payoffs = (_drawn(np.random.default_rng((seed, k)), worlds, (states,) * 5, uniform) for k in range(2))
    utilities = tuple(Utility("payoff", p, Table(names, own)) for p, own in zip(players, payoffs, strict=True))
    precision = {"sender": np.ones(1), "receiver": np.ones(1)}
    return Diagram(variables, tables, utilities, precision, worlds)


def _drawn(rng: np.random.Generator, worlds: int, shape: tuple[int, ...], uniform: float | None = None) -> np.ndarray:
    """Return draws ``(*shape, worlds)``, world after world from the stream, so that more worlds change none before."""
    size = (worlds, int(np.prod(shape)))
    rows = rng.normal(size=size) if uniform is None else rng.uniform(-uniform, uniform, size)
    return np.ascontiguousarray(rows.T).reshape(*shape, worlds)


def one_world(diagram: Diagram, number: int) -> Diagram:
    """Return one world of a diagram of several."""
    return replace(
        diagram,
        tables={name: _at(table, number) for name, table in diagram.tables.items()},
        utilities=tuple(replace(u, table=_at(u.table, number)) for u in diagram.utilities),
        worlds=1,
    )


def _at(table: Table, number: int) -> Table:
    values = table.values
    return table if values.shape[-1] == 1 else Table(table.axes, values[..., number : number + 1].copy())


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


def influence_diagram(stages: int, signals: int, states: int, seed: int = 0, draws: int = 1) -> Diagram:
    """Return a single-actor influence diagram: in each stage a hidden state that lasts, noisy signals of it, a move.

    A move sees all signals and earlier moves; it pays to fit it to the hidden state, of which a stage's own signals say
    little, so memory matters. ``draws`` worlds differ in their payoffs; world k is the same whatever their number.
    """
    rng = np.random.default_rng(seed)
    labels = tuple(f"s{i}" for i in range(states))
    variables: list[Chance | Decision] = []
    tables: dict[str, Table] = {}
    utilities: list[Utility] = []
    seen: list[str] = []
    for k in range(stages):
        hidden, move = f"hidden{k}", f"move{k}"
        parents = () if k == 0 else (f"hidden{k - 1}", f"move{k - 1}")
        variables.append(Chance(hidden, labels, parents))
        tables[hidden] = Table((*parents, hidden), _odds(rng, states, len(parents), lasts=2.0))
        for signal in (f"signal{k}{letter}" for letter in "abc"[:signals]):
            variables.append(Chance(signal, labels, (hidden,)))
            tables[signal] = Table((hidden, signal), _odds(rng, states, 1, lasts=1.0))
            seen.append(signal)
        variables.append(Decision(move, labels, "actor", tuple(seen)))
        seen.append(move)
        payoff = np.eye(states)[..., None] + 0.5 * _drawn(np.random.default_rng((seed, k)), draws, (states, states))
        utilities.append(Utility(f"u{k}", "actor", Table((hidden, move), payoff)))
    return Diagram(tuple(variables), tables, tuple(utilities), {"actor": np.array([np.inf])}, draws)


def _odds(rng: np.random.Generator, states: int, parents: int, lasts: float) -> np.ndarray:
    """Return chances given ``parents`` variables, the first parent's own state likelier by ``lasts`` in log-odds."""
    log_odds = 0.5 * rng.normal(size=(states,) * (parents + 1))
    if parents:
        log_odds += lasts * np.eye(states).reshape(states, *(1,) * (parents - 1), states)
    weights = np.exp(log_odds)
    return (weights / weights.sum(axis=-1, keepdims=True))[..., None]
