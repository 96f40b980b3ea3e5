"""Gambit's extensive games (``.efg``): read into a record that keeps the file's own words, and written again.

Format: "Game representation formats", Gambit documentation. A prologue ``EFG 2 R "title" { "player" ... }`` with an
optional comment, then one node after the other in the order of a depth-first walk:

- ``c "label" set ["set label" { "action" probability ... }] outcome ["outcome label" { payoffs }]``
- ``p "label" player set ["set label" { "action" ... }] outcome ["outcome label" { payoffs }]``
- ``t "label" outcome ["outcome label" { payoffs }]``

Sets are numbered per player, outcomes over the whole game; 0 is no outcome. What a number stands for is
written where it first occurs and may be repeated or left out later. Labels may be empty and may repeat.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from quandary.formats.tokens import Token, Tokens, quoted, written_value
from quandary.problems import CaseError, Problem

NODES_AT_MOST = 2_000_000
PROBLEMS_AT_MOST = 100
SUM_TOLERANCE = 1e-6


@dataclass(frozen=True)
class Node:
    """``player`` is 0 at a chance node and -1 at a terminal one; ``set`` and ``outcome`` are the file's numbers."""

    label: str
    player: int
    set: int = 0
    outcome: int = 0


@dataclass(frozen=True)
class Set:
    """An information set; ``chances`` holds its probabilities as written, for chance only."""

    label: str
    actions: tuple[str, ...]
    chances: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Outcome:
    """What is paid, as written, one number per player."""

    label: str
    payoffs: tuple[str, ...]


@dataclass(frozen=True)
class ExtensiveFile:
    """What a ``.efg`` file says. ``nodes`` in depth-first order; ``sets`` by (player, number), chance being
    player 0."""

    title: str
    players: tuple[str, ...]
    nodes: tuple[Node, ...]
    sets: Mapping[tuple[int, int], Set]
    outcomes: Mapping[int, Outcome]
    comment: str = ""
    numbers: str = field(default="R", compare=False)


def read_efg(text: str, file: str = "game.efg") -> ExtensiveFile:
    """Return what a ``.efg`` text says. Raises ``CaseError`` with the place and reason of every fault found."""
    return _Reader(Tokens(text, file)).read()


class _Reader:
    def __init__(self, tokens: Tokens) -> None:
        self.tokens = tokens
        self.players: tuple[str, ...] = ()
        self.nodes: list[Node] = []
        self.sets: dict[tuple[int, int], Set] = {}
        self.outcomes: dict[int, Outcome] = {}
        self.mentions: dict[int, int] = {}
        self.problems: list[Problem] = []

    def read(self) -> ExtensiveFile:
        tokens = self.tokens
        tokens.take("word", 'the word "EFG"', "EFG")
        tokens.take("number", "the version 2", "2")
        numbers = tokens.take("word", "R or D").content
        title = tokens.take("text", "the title in quotes").content
        self.players = self._labels("the players' names")
        comment = tokens.take("text", "a comment").content if tokens.is_at("text") else ""
        missing = 1
        while missing:
            if len(self.nodes) >= NODES_AT_MOST:
                tokens.refuse("Q602", f"the game has more than {NODES_AT_MOST} nodes.", tokens.current.offset)
            missing += self._node() - 1
        tokens.take("end", "the end of the file, since every action has its node")
        for outcome in self.mentions.keys() - self.outcomes.keys():
            message = f"outcome {outcome} is used here, but its payoffs are never given."
            self._complain("Q606", message, self.mentions[outcome])
        if self.problems:
            raise CaseError(self.problems)
        return ExtensiveFile(title, self.players, tuple(self.nodes), self.sets, self.outcomes, comment, numbers)

    def _labels(self, what: str) -> tuple[str, ...]:
        self.tokens.take("brace", "{ before " + what, "{")
        labels = []
        while not self.tokens.is_at("brace", "}"):
            labels.append(self.tokens.take("text", what + " in quotes").content)
        self.tokens.take("brace", "}", "}")
        return tuple(labels)

    def _node(self) -> int:
        """Read one node and return how many children it must have."""
        tokens = self.tokens
        kind = tokens.take("word", "a node (c, p or t); some action has no node")
        if kind.content not in {"c", "p", "t"}:
            tokens.refuse("Q603", f'expected a node (c, p or t), found "{kind.content[:40]}".', kind.offset)
        label = tokens.take("text", "the node's label in quotes").content
        player, number, children = -1, 0, 0
        if kind.content != "t":
            player = 0 if kind.content == "c" else self._player()
            number = tokens.count("the information set's number")
            children = self._set(player, number, kind)
        outcome = self._outcome()
        self.nodes.append(Node(label, player, number, outcome))
        return children

    def _player(self) -> int:
        token = self.tokens.current
        player = self.tokens.count("the player's number")
        if not 1 <= player <= len(self.players):
            self.tokens.refuse(
                "Q605", f"there is no player {player}; the players are 1 to {len(self.players)}.", token.offset
            )
        return player

    def _set(self, player: int, number: int, kind: Token) -> int:
        """Read a set's label and actions, if they are written here, and return how many actions it has."""
        tokens = self.tokens
        label = tokens.take("text", "the set's label").content if tokens.is_at("text") else ""
        at = tokens.current.offset
        known = self.sets.get((player, number))
        if not tokens.is_at("brace", "{"):
            if known is None:
                tokens.refuse("Q605", f"information set {number} has no actions yet.", kind.offset)
            return len(known.actions)
        found = self._chances(label) if player == 0 else Set(label, self._labels("the actions' labels"))
        if not found.actions:
            tokens.refuse("Q605", f"information set {number} has no actions.", at)
        if known is None:
            self.sets[player, number] = found
            self._check_chances(found, at)
        elif len(known.actions) != len(found.actions):
            tokens.refuse(
                "Q605",
                f"information set {number} had {len(known.actions)} actions before and has {len(found.actions)} here.",
                at,
            )
        elif known.chances != found.chances and _values(known.chances) != _values(found.chances):
            message = f"the probabilities of chance set {number} differ from those given before."
            self._complain("Q607", message, at)
        return len(found.actions)

    def _chances(self, label: str) -> Set:
        self.tokens.take("brace", "{ before the actions", "{")
        actions, chances = [], []
        while not self.tokens.is_at("brace", "}"):
            actions.append(self.tokens.take("text", "an action's label in quotes").content)
            chances.append(self.tokens.number("the action's probability"))
        self.tokens.take("brace", "}", "}")
        return Set(label, tuple(actions), tuple(chances))

    def _check_chances(self, found: Set, at: int) -> None:
        values = _values(found.chances)
        if values and (min(values) < 0 or abs(sum(values) - 1) > SUM_TOLERANCE):
            message = f"probabilities must not be negative and must sum to one; these sum to {float(sum(values)):.6g}."
            self._complain("Q607", message, at)

    def _outcome(self) -> int:
        tokens = self.tokens
        at = tokens.current.offset
        number = tokens.count("the outcome's number")
        label = tokens.take("text", "the outcome's label").content if tokens.is_at("text") else ""
        if number:
            self.mentions.setdefault(number, at)
        if not tokens.is_at("brace", "{"):
            return number
        tokens.take("brace", "{", "{")
        payoffs = []
        while not tokens.is_at("brace", "}"):
            payoffs.append(tokens.number("a payoff"))
        tokens.take("brace", "}", "}")
        if not number:
            return number
        known = self.outcomes.setdefault(number, Outcome(label, tuple(payoffs)))
        if len(payoffs) != len(self.players):
            message = f"outcome {number} pays {len(payoffs)} players, where the game has {len(self.players)}."
            self._complain("Q606", message, at)
        elif known.payoffs != tuple(payoffs) and _values(known.payoffs) != _values(tuple(payoffs)):
            message = f"outcome {number} pays something else than where it was first given."
            self._complain("Q606", message, at)
        return number

    def _complain(self, code: str, message: str, at: int) -> None:
        self.problems.append(self.tokens.problem(code, message, at))
        if len(self.problems) >= PROBLEMS_AT_MOST:
            raise CaseError(self.problems)


def _values(written: tuple[str, ...] | None) -> list[float]:
    return [float(written_value(number) or 0) for number in written or ()]


def write_efg(game: ExtensiveFile) -> str:
    """Return the text of a ``.efg`` file that reads back as the same record."""
    players = " ".join(quoted(p) for p in game.players)
    lines = [f"EFG 2 {game.numbers} {quoted(game.title)} {{ {players} }}", quoted(game.comment), ""]
    for node in game.nodes:
        outcome = _written_outcome(game, node.outcome)
        if node.player < 0:
            lines.append(f"t {quoted(node.label)} {outcome}")
            continue
        found = game.sets[node.player, node.set]
        if found.chances is None:
            actions = " ".join(quoted(a) for a in found.actions)
        else:
            actions = " ".join(f"{quoted(a)} {p}" for a, p in zip(found.actions, found.chances, strict=True))
        who = f"p {quoted(node.label)} {node.player}" if node.player else f"c {quoted(node.label)}"
        lines.append(f"{who} {node.set} {quoted(found.label)} {{ {actions} }} {outcome}")
    return "\n".join(lines) + "\n"


def _written_outcome(game: ExtensiveFile, number: int) -> str:
    if not number:
        return "0"
    outcome = game.outcomes[number]
    return f"{number} {quoted(outcome.label)} {{ {', '.join(outcome.payoffs)} }}"
