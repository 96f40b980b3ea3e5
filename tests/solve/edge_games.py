"""One small game at each edge, as a tree, as a diagram and as a strategic form, each in the words of its own format."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

Pays = Callable[[int, tuple[int, ...]], Sequence[float]]
"""(what chance did, what each player did) -> each player's payoff."""


@dataclass(frozen=True)
class Edge:
    """Players who move one after the other, each seeing the move before; chance comes first, seen by the first mover.

    ``moves``: how many options each has. ``odds``: of chance. A strategic form has the players move at once, and chance
    averaged out.
    """

    moves: tuple[int, ...]
    pays: Pays
    odds: tuple[float, ...] = (0.5, 0.5)

    @property
    def players(self) -> tuple[str, ...]:
        return tuple(f"P{k + 1}" for k in range(len(self.moves)))


def labels(count: int) -> list[str]:
    return [f"m{k}" for k in range(count)]


def quotes(words: Sequence[str]) -> str:
    return " ".join(f'"{word}"' for word in words)


def tree(edge: Edge) -> str:
    lines = [f'EFG 2 R "tree" {{ {quotes(edge.players)} }}']
    odds = " ".join(f'"c{k}" {p!r}' for k, p in enumerate(edge.odds))
    lines.append(f'c "" 1 "" {{ {odds} }} 0')
    outcome = itertools.count(1)
    players = len(edge.moves)

    def below(chance: int, done: tuple[int, ...]) -> None:
        mover = len(done)
        if mover == players:
            paid = ", ".join(repr(float(v)) for v in edge.pays(chance, done))
            lines.append(f't "" {next(outcome)} "" {{ {paid} }}')
            return
        seen = chance if mover == 0 else done[-1]
        lines.append(f'p "" {mover + 1} {seen + 1} "saw {seen}" {{ {quotes(labels(edge.moves[mover]))} }} 0')
        for move in range(edge.moves[mover]):
            below(chance, (*done, move))

    for chance in range(len(edge.odds)):
        below(chance, ())
    return "\n".join(lines) + "\n"


def diagram(edge: Edge) -> str:
    states = [f"c{k}" for k in range(len(edge.odds))]
    nodes: list[Mapping[str, object]] = [
        {
            "name": "chance",
            "kind": "chance",
            "states": states,
            "parents": [],
            "table": [{"when": {}, "p": dict(zip(states, edge.odds, strict=True))}],
        }
    ]
    before = "chance"
    for player, count in zip(edge.players, edge.moves, strict=True):
        name = f"D{player}"
        node = {"name": name, "kind": "decision", "player": player, "states": labels(count), "parents": [before]}
        nodes.append(node)
        before = name
    parents = ["chance", *(f"D{player}" for player in edge.players)]
    for k, player in enumerate(edge.players):
        rows = []
        for c, *done in itertools.product(range(len(states)), *map(range, edge.moves)):
            when = dict(zip(parents, [states[c], *(f"m{a}" for a in done)], strict=True))
            rows.append({"when": when, "value": float(edge.pays(c, tuple(done))[k])})
        nodes.append({"name": f"U{player}", "kind": "utility", "player": player, "parents": parents, "table": rows})
    return json.dumps({"format": "quandary-diagram/1", "title": "diagram", "nodes": nodes})


def form(edge: Edge) -> str:
    strategies = " ".join(f"{{ {quotes(labels(count))} }}" for count in edge.moves)
    lines = [f'NFG 1 R "form" {{ {quotes(edge.players)} }} {{ {strategies} }} ""']
    for cell in itertools.product(*(range(count) for count in reversed(edge.moves))):
        done = tuple(reversed(cell))
        paid = [sum(p * edge.pays(c, done)[k] for c, p in enumerate(edge.odds) if p) for k in range(len(edge.moves))]
        lines.append(" ".join(repr(float(v)) for v in paid))
    return "\n".join(lines) + "\n"


KINDS: Mapping[str, tuple[str, Callable[[Edge], str]]] = {
    "tree": (".efg", tree),
    "diagram": (".json", diagram),
    "form": (".nfg", form),
}


def plain(chance: int, done: tuple[int, ...]) -> Sequence[float]:
    """A crisis in which chance makes the first strong or weak: it may challenge, the second may resist."""
    first, second = done
    if first == 0:
        return (1.0, 3.0)
    return ((2.5 if chance == 0 else -1.0), -0.5) if second == 0 else (3.0, 1.0)


def against(chance: int, done: tuple[int, ...]) -> Sequence[float]:
    """A constant sum: each wants what the other does not."""
    value = 1.0 + chance if done[0] == done[1] else -1.0
    return (value, 2.0 - value)


def dominated(chance: int, done: tuple[int, ...]) -> Sequence[float]:
    """A third option that is worth less than the first whatever happens, for both."""
    first, second = done
    base = [2.0 * (first == 0) + (second == 0) + chance, 1.5 * (second == 1) - 0.5 * first]
    return (base[0] - 4.0 * (first == 2), base[1] - 3.0 * (second == 2))


def circle(_chance: int, done: tuple[int, ...]) -> Sequence[float]:
    """Seven who are each paid for doing as the next one does, the last as the first."""
    return [float(done[k] == done[(k + 1) % len(done)]) for k in range(len(done))]


def scaled(pays: Pays, factor: float) -> Pays:
    return lambda chance, done: [factor * v for v in pays(chance, done)]


EDGES: Mapping[str, Edge] = {
    "plain": Edge((2, 2), plain),
    "constant sum": Edge((2, 2), against),
    "payoffs of 1e-9": Edge((2, 2), scaled(plain, 1e-9)),
    "payoffs of 1e9": Edge((2, 2), scaled(plain, 1e9)),
    "chance of zero": Edge((2, 2), lambda c, d: (1e6, -1e6) if c == 1 else plain(c, d), (1.0, 0.0)),
    "single options": Edge((1, 2), lambda c, d: plain(c, (1, d[1]))),
    "nothing to choose": Edge((1, 1), lambda c, d: plain(c, (1, 1))),
    "one player": Edge((3,), lambda c, d: ([0.0, 1.0 + c, 1.0][d[0]],)),
    "seven players": Edge((2,) * 7, circle),
    "dominated options": Edge((3, 3), dominated),
    "ties everywhere": Edge((2, 3), lambda c, d: (1.0, 1.0)),
}
