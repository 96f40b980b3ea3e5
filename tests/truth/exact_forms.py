"""Strategic forms in exact fractions, built from the words of a file in a way of its own (nothing of ``solve``)."""

from __future__ import annotations

import itertools
from fractions import Fraction
from pathlib import Path

from quandary.onegame import ExtensiveFile, StrategicFile, decoded, read_efg, read_nfg, written_value

Matrix = list[list[Fraction]]
Key = tuple[int, int]
Path_ = dict[Key, int]
"""What one player has chosen on the way to a node: an action at each of its sets."""


class Forgets(Exception):  # noqa: N818 - the game is of another kind
    """A player forgets: reduced strategies are not defined by what was chosen before."""


def exact_matrices(path: Path) -> tuple[Matrix, Matrix] | None:
    """Return both players' payoffs over (reduced) pure strategies, ``None`` unless there are two players."""
    text = decoded(path.read_bytes())
    game = read_nfg(text, str(path)) if path.suffix == ".nfg" else read_efg(text, str(path))
    if len(game.players) != 2:
        return None
    return _of_table(game) if isinstance(game, StrategicFile) else _of_tree(game)


def _of_table(game: StrategicFile) -> tuple[Matrix, Matrix]:
    rows, columns = (len(own) for own in game.strategies)
    if game.payoffs is not None:
        cells = list(game.payoffs)
    else:
        nothing = ("0", "0")
        cells = [game.outcomes[n].payoffs if n else nothing for n in game.chosen]
    first, second = ([[_value(cells[j * rows + i][k]) for j in range(columns)] for i in range(rows)] for k in (0, 1))
    return first, second


def _of_tree(game: ExtensiveFile) -> tuple[Matrix, Matrix]:
    leaves: list[tuple[Fraction, tuple[Fraction, ...], tuple[Path_, Path_]]] = []
    first_seen: dict[Key, Path_] = {}
    nodes = iter(game.nodes)

    def walk(chance: Fraction, paid: tuple[Fraction, ...], chosen: tuple[Path_, Path_]) -> None:
        node = next(nodes)
        if node.outcome:
            paid = tuple(a + _value(b) for a, b in zip(paid, game.outcomes[node.outcome].payoffs, strict=True))
        if node.player < 0:
            leaves.append((chance, paid, chosen))
            return
        key = (node.player, node.set)
        which = game.sets[key]
        if node.player and first_seen.setdefault(key, chosen[node.player - 1]) != chosen[node.player - 1]:
            raise Forgets
        for a in range(len(which.actions)):
            odds, after = Fraction(1), chosen
            if node.player:
                own = {**chosen[node.player - 1], key: a}
                after = (own, chosen[1]) if node.player == 1 else (chosen[0], own)
            else:
                assert which.chances is not None
                odds = _value(which.chances[a])
            walk(chance * odds, paid, after)

    walk(Fraction(1), (Fraction(0), Fraction(0)), ({}, {}))
    mine, yours = (_strategies(game, player, first_seen) for player in (1, 2))
    result = tuple([[Fraction(0)] * len(yours) for _ in mine] for _ in (0, 1))
    allowing = [
        [[s for s, own in enumerate(every) if own.items() >= path[k].items()] for *_, path in leaves]
        for k, every in enumerate((mine, yours))
    ]
    for (chance, paid, _), rows, columns in zip(leaves, *allowing, strict=True):
        for i, j in itertools.product(rows, columns):
            for k in (0, 1):
                result[k][i][j] += chance * paid[k]
    return result[0], result[1]


def _strategies(game: ExtensiveFile, player: int, first_seen: dict[Key, Path_]) -> list[Path_]:
    """Return the reduced strategies, lexicographic in the sets' first appearance."""
    grown: list[Path_] = [{}]
    for key, before in first_seen.items():
        if key[0] == player:
            actions = range(len(game.sets[key].actions))
            fits = [own.items() >= before.items() for own in grown]
            grown = [
                made
                for own, fit in zip(grown, fits, strict=True)
                for made in ([{**own, key: a} for a in actions] if fit else [own])
            ]
    return grown


def _value(written: str) -> Fraction:
    value = written_value(written)
    assert value is not None
    return value
