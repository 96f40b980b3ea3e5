"""Between a ``.efg`` record and a tree: numbers become floats with a worlds axis, and one world becomes
numbers again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

import numpy as np

from quandary.base.arrays import Array
from quandary.base.stopping import Proceed, always, go_on
from quandary.game.trees.tree import InformationSet, Tree
from quandary.onegame.formats.gambit.efg import EfgNode, EfgOutcome, EfgSet, ExtensiveFile
from quandary.onegame.formats.numbers import written_value
from quandary.onegame.formats.tokens import ASKED_EVERY, READING

DIGITS = 15
DENOMINATOR_AT_MOST = 10_000
"""Fractions of larger denominators are written as decimals."""


def tree_of(game: ExtensiveFile, proceed: Proceed = always) -> Tree:
    """Return the tree of a ``.efg`` record, in one world.

    Sets stand in order of first appearance. Players whose names are empty or repeat get their number added.
    Raises ``Stopped`` where ``proceed`` says no.
    """
    players = distinct_names(game.players, "Player")
    where: dict[tuple[int, int], int] = {}
    parent, action, set_of = [], [], []
    open_moves: list[tuple[int, int]] = [(-1, -1)]
    for n, node in enumerate(game.nodes):
        if n and n % ASKED_EVERY == 0:
            go_on(proceed, READING, n, len(game.nodes))
        before, move = open_moves.pop()
        parent.append(before)
        action.append(move)
        if node.player < 0:
            set_of.append(-1)
            continue
        set_of.append(where.setdefault((node.player, node.set), len(where)))
        moves = len(game.sets[node.player, node.set].actions)
        open_moves.extend((n, a) for a in reversed(range(moves)))
    numbers = list(game.outcomes)
    row = {number: i for i, number in enumerate(numbers)}
    payoffs = np.zeros((len(players), len(numbers), 1))
    for i, number in enumerate(numbers):
        payoffs[:, i, 0] = [as_float(p) for p in game.outcomes[number].payoffs]
    return Tree(
        players=players,
        sets=tuple(_information_set(game, players, *key) for key in where),
        parent=np.array(parent, dtype=np.intp),
        action=np.array(action, dtype=np.intp),
        set_of=np.array(set_of, dtype=np.intp),
        outcome=np.array([row.get(node.outcome, -1) for node in game.nodes], dtype=np.intp),
        payoffs=payoffs,
        title=game.title,
        node_labels=tuple(node.label for node in game.nodes),
        outcome_labels=tuple(game.outcomes[number].label for number in numbers),
    )


def efg_of(tree: Tree, world: int = 0, *, comment: str = "") -> ExtensiveFile:
    """Return one world of a tree as a ``.efg`` record: probabilities that sum to exactly one."""
    number_of, sets = _numbered_sets(tree, world)
    nodes = []
    for n in _depth_first(tree):
        which = int(tree.set_of[n])
        label = tree.node_labels[n] if tree.node_labels else ""
        player, number = number_of[which] if which >= 0 else (-1, 0)
        nodes.append(EfgNode(label, player, number, int(tree.outcome[n]) + 1))
    labels = tree.outcome_labels or ("",) * tree.payoffs.shape[1]
    used = sorted({node.outcome for node in nodes} - {0})
    paid = _at_world(tree.payoffs, world)
    outcomes = {n: EfgOutcome(labels[n - 1], tuple(as_decimal(v) for v in paid[:, n - 1])) for n in used}
    return ExtensiveFile(tree.title, tree.players, tuple(nodes), sets, outcomes, comment)


def distinct_names(names: Sequence[str], kind: str) -> tuple[str, ...]:
    """Return the names, those that are empty or repeat made different by their number."""
    plain = [name.strip() or f"{kind} {i}" for i, name in enumerate(names, start=1)]
    times = Counter(plain)
    found: dict[str, None] = {}
    for i, name in enumerate(plain, start=1):
        unique = name if times[name] == 1 else f"{name} ({i})"
        while unique in found:
            unique += "'"
        found[unique] = None
    return tuple(found)


def as_float(written: str) -> float:
    """Return the value of a number that was read; finite by then."""
    return float(written_value(written) or 0) if "/" in written else float(written)


def as_decimal(value: float) -> str:
    """Return the shortest decimal that reads back as the same float, without an exponent."""
    text = format(Decimal(repr(float(value))), "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def exact_probabilities(values: Sequence[float]) -> tuple[str, ...]:
    """Return probabilities that sum to exactly one, as the floats mean them.

    Decimals where these do; else fractions of small denominators where all floats are the nearest to such (thirds, say:
    as decimals they would break ties); else decimals of at most 15 places, of which the largest takes the rest.
    """
    rounded = [Fraction(Decimal(repr(float(v))).quantize(Decimal(1).scaleb(-DIGITS))) for v in values]
    if sum(rounded) != 1 or any(float(p) != v for p, v in zip(rounded, values, strict=True)):
        simple = [Fraction(float(v)).limit_denominator(DENOMINATOR_AT_MOST) for v in values]
        if sum(simple) == 1 and all(abs(float(p) - v) <= 1e-16 for p, v in zip(simple, values, strict=True)):
            return tuple(str(p) for p in simple)
    largest = max(range(len(rounded)), key=lambda i: rounded[i])
    rounded[largest] = 1 - sum(rounded[:largest] + rounded[largest + 1 :], Fraction(0))
    scaled = [int(p * 10**DIGITS) for p in rounded]
    return tuple(as_text(Decimal(s).scaleb(-DIGITS)) for s in scaled)


def as_text(value: Decimal) -> str:
    """Return a decimal without an exponent and without idle zeros."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _information_set(game: ExtensiveFile, players: tuple[str, ...], player: int, number: int) -> InformationSet:
    found = game.sets[player, number]
    if found.chances is None:
        return InformationSet(players[player - 1], found.actions, found.label)
    chances = np.array([as_float(p) for p in found.chances])
    return InformationSet(None, found.actions, found.label, (chances / chances.sum())[:, None])


def _numbered_sets(tree: Tree, world: int) -> tuple[dict[int, tuple[int, int]], dict[tuple[int, int], EfgSet]]:
    """Return what each set is called in the file, (player, number), and what the file says of it."""
    counts = dict.fromkeys([None, *tree.players], 0)
    number_of: dict[int, tuple[int, int]] = {}
    sets: dict[tuple[int, int], EfgSet] = {}
    used = set(tree.set_of.tolist())
    for i, found in enumerate(tree.sets):
        if i not in used:
            continue
        counts[found.player] += 1
        player = 0 if found.player is None else tree.players.index(found.player) + 1
        number_of[i] = (player, counts[found.player])
        chances = None if found.chances is None else exact_probabilities(_at_world(found.chances, world).tolist())
        sets[number_of[i]] = EfgSet(found.label, found.actions, chances)
    return number_of, sets


def _at_world(values: Array, world: int) -> Array:
    return np.asarray(values[..., 0 if values.shape[-1] == 1 else world])


def _depth_first(tree: Tree) -> list[int]:
    children: dict[int, list[int]] = {}
    for n in np.lexsort((tree.action, tree.parent)).tolist():
        children.setdefault(int(tree.parent[n]), []).append(n)
    order, waiting = [], [0]
    while waiting:
        n = waiting.pop()
        order.append(n)
        waiting.extend(reversed(children.get(n, [])))
    return order
