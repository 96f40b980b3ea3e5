"""Signals: who moves knowing a chance move that others do not see, and what these then believe: separating or pooling.

A *sender* learns a chance move: it has information sets that chance's actions tell apart. An *observer* moves later at
a set that holds nodes after several of these, and so does not see the chance move. What it sees is which of its own
sets is reached, or after which move play ends without it. Pooling: wherever play comes, it believes what it would if
the sender's moves told nothing. Separating: it is certain. Semi-separating: anything between.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from quandary.base.arrays import Array
from quandary.onegame.equilibria import Rules
from quandary.onegame.judging.extensive import Extensive, undetermined

SEPARATING, POOLING, PARTLY = "separating", "pooling", "semi-separating"
CLOSE = 1e-6

Types = tuple[int, ...]
"""Actions of chance that a sender cannot tell apart."""

Place = tuple[int, str]
"""A set of an observer, or -1 and the sender's move after which play ends without the observer."""


@dataclass(frozen=True, eq=False)
class Signalling:
    """One chance move (its set), who learns it, who does not see it but what the sender does, and the types."""

    chance: int
    sender: str
    observer: str
    types: tuple[Types, ...]
    first: tuple[tuple[int, ...], ...]
    """For each type the nodes at which the sender first moves."""


@dataclass(frozen=True, eq=False)
class Signal:
    """What a sender's behaviour tells an observer. ``posteriors``: at each place where play comes the
    probability of each type."""

    of: Signalling
    kind: str
    prior: tuple[float, ...]
    posteriors: tuple[tuple[Place, tuple[float, ...]], ...]


def signallings(game: Extensive) -> tuple[Signalling, ...]:
    """Return every sender and observer of every chance move of a tree."""
    tree = game.tree
    found = []
    for chance, own in enumerate(tree.sets):
        nodes = np.flatnonzero(tree.set_of == chance)
        if own.player is not None or not len(nodes):
            continue
        behind = _behind(game, chance)
        for sender in tree.players:
            first = _first_moves(game, behind, sender)
            types = _types(game, first)
            if len(types) < 2:
                continue
            starts = tuple(tuple(n for a in kind for n in first[a]) for kind in types)
            for observer in tree.players:
                if observer != sender and _is_observed(game, starts, observer):
                    found.append(Signalling(chance, sender, observer, types, starts))
    return tuple(found)


def signals(game: Extensive, structure: tuple[Signalling, ...], rules: Rules) -> tuple[Signal, ...]:
    """Return what every sender's behaviour tells where all its types come to move. ``rules`` may leave sets out."""
    whole = {w: np.zeros(len(r)) if undetermined(r) else np.asarray(r) for w, r in rules.items()}
    found = []
    for one in structure:
        first = {int(game.tree.set_of[n]) for starts in one.first for n in starts}
        played = _weights(game, one, whole)
        told_nothing = _weights(game, one, {w: np.ones(len(r)) if w in first else r for w, r in whole.items()})
        moving = game.reach(whole)
        prior = np.array([sum(moving[n] for n in starts) for starts in one.first])
        if not (prior > 0.0).all():
            continue
        seen = {place: own / own.sum() for place, own in sorted(played.items()) if own.sum() > 0.0}
        before = {place: told_nothing[place] / told_nothing[place].sum() for place in seen}
        listed = tuple((place, tuple(own.tolist())) for place, own in seen.items())
        found.append(Signal(one, _kind(seen, before), tuple((prior / prior.sum()).tolist()), listed))
    return tuple(found)


def _kind(seen: Mapping[Place, Array], before: Mapping[Place, Array]) -> str:
    """Compare what is believed where play comes with what would be if the sender's moves told nothing."""
    open_ = [place for place, own in before.items() if own.max() < 1.0 - CLOSE]
    if all(np.abs(seen[place] - before[place]).max() <= CLOSE for place in open_):
        return POOLING
    return SEPARATING if all(seen[place].max() >= 1.0 - CLOSE for place in open_) else PARTLY


def _weights(game: Extensive, one: Signalling, rules: Rules) -> dict[Place, Array]:
    reach = game.reach(rules)
    joint: dict[Place, Array] = {}
    for k, starts in enumerate(one.first):
        for node in starts:
            for place, end in _landings(game, node, one.observer):
                joint.setdefault(place, np.zeros(len(one.first)))[k] += reach[end]
    return joint


def _behind(game: Extensive, chance: int) -> Array:
    """Return for each node the action of the chance set that leads to it, -1 where none does."""
    tree = game.tree
    behind = np.full(len(tree.parent), -1)
    for node, before in enumerate(tree.parent.tolist()):
        if before >= 0:
            behind[node] = tree.action[node] if tree.set_of[before] == chance else behind[before]
    return behind


def _first_moves(game: Extensive, behind: Array, sender: str) -> dict[int, list[int]]:
    """Return for each action of chance the nodes at which the sender moves for the first time after it."""
    tree = game.tree
    moved = np.zeros(len(behind), dtype=np.bool_)
    first: dict[int, list[int]] = {}
    for node, before in enumerate(tree.parent.tolist()):
        if before >= 0 and behind[before] >= 0:
            moved[node] = moved[before] or tree.sets[int(tree.set_of[before])].player == sender
        which = int(tree.set_of[node])
        if which in game.members and behind[node] >= 0 and not moved[node] and tree.sets[which].player == sender:
            first.setdefault(int(behind[node]), []).append(node)
    return first


def _types(game: Extensive, first: dict[int, list[int]]) -> tuple[Types, ...]:
    """Return the actions of chance in groups that the sender tells apart by the sets at which it first moves."""
    groups: list[tuple[set[int], list[int]]] = []
    for action, nodes in sorted(first.items()):
        sets = {int(game.tree.set_of[n]) for n in nodes}
        joined = [group for group in groups if group[0] & sets]
        groups = [group for group in groups if not group[0] & sets]
        actions = [a for group in joined for a in group[1]]
        groups.append((sets.union(*(group[0] for group in joined)), [*actions, action]))
    return tuple(tuple(sorted(actions)) for _, actions in groups)


def _is_observed(game: Extensive, starts: Sequence[Sequence[int]], observer: str) -> bool:
    """Return whether the observer moves at a set behind several types and sees what the sender does."""
    places, sees = [], False
    for own in starts:
        landed: set[Place] = set()
        for node in own:
            each = [{place for place, _ in _behind_move(game, node, child, observer)} for child in game.children[node]]
            sees = sees or any(one != each[0] for one in each)
            landed = landed.union(*each)
        places.append(landed)
    shared = {place for k, own in enumerate(places) for other in places[k + 1 :] for place in own & other}
    return sees and any(which >= 0 for which, _ in shared)


def _landings(game: Extensive, node: int, observer: str) -> Iterator[tuple[Place, int]]:
    for child in game.children[node]:
        yield from _behind_move(game, node, child, observer)


def _behind_move(game: Extensive, node: int, child: int, observer: str) -> Iterator[tuple[Place, int]]:
    """Yield where play after a move first comes to the observer, or ends, each with the node there."""
    tree = game.tree
    move = tree.sets[int(tree.set_of[node])].actions[int(tree.action[child])]
    waiting = [child]
    while waiting:
        here = waiting.pop()
        which = int(tree.set_of[here])
        if which < 0:
            yield (-1, move), here
        elif tree.sets[which].player == observer:
            yield (which, ""), here
        else:
            waiting += game.children[here]
