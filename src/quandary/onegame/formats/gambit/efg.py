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

from quandary.base.problems import CaseError, Problem
from quandary.base.stopping import Proceed, always
from quandary.onegame.formats.numbers import written_value
from quandary.onegame.formats.tokens import Token, Tokens, quoted
from quandary.onegame.formats.vocabulary import ignored, read, vocabulary

WORDS = vocabulary(
    read("a file", "EFG", "version 2, R or D"),
    read("a file", ("title", "{ players }")),
    ignored("a file", "comment", "a note"),
    read("a node", "c", "chance: information set, { actions with probabilities }, outcome"),
    read("a node", "p", "player: information set, { actions }, outcome"),
    read("a node", "t", "terminal: outcome"),
    read("an outcome", ("number", "label", "{ payoffs }")),
)

NODES_AT_MOST = 2_000_000
PROBLEMS_AT_MOST = 100
SUM_TOLERANCE = 1e-6


@dataclass(frozen=True)
class EfgNode:
    """``player`` is 0 at a chance node and -1 at a terminal one; ``set`` and ``outcome`` are the file's numbers."""

    label: str
    player: int
    set: int = 0
    outcome: int = 0


@dataclass(frozen=True)
class EfgSet:
    """An information set; ``chances`` holds its probabilities as written, for chance only."""

    label: str
    actions: tuple[str, ...]
    chances: tuple[str, ...] | None = None


@dataclass(frozen=True)
class EfgOutcome:
    """What is paid, as written, one number per player."""

    label: str
    payoffs: tuple[str, ...]


@dataclass(frozen=True)
class ExtensiveFile:
    """What a ``.efg`` file says. ``nodes`` in depth-first order; ``sets`` by (player, number), chance being
    player 0."""

    title: str
    players: tuple[str, ...]
    nodes: tuple[EfgNode, ...]
    sets: Mapping[tuple[int, int], EfgSet]
    outcomes: Mapping[int, EfgOutcome]
    comment: str = ""
    numbers: str = field(default="R", compare=False)


def read_efg(text: str, file: str = "game.efg", proceed: Proceed = always) -> ExtensiveFile:
    """Return what a ``.efg`` text says. Raises ``CaseError`` with the place and reason of every fault found."""
    return _EfgReader(Tokens(text, file, proceed)).read()


class _EfgReader:
    def __init__(self, tokens: Tokens) -> None:
        self.tokens = tokens
        self.players: tuple[str, ...] = ()
        self.nodes: list[EfgNode] = []
        self.sets: dict[tuple[int, int], EfgSet] = {}
        self.outcomes: dict[int, EfgOutcome] = {}
        self.mentions: dict[int, int] = {}
        self.problems: list[Problem] = []

    def read(self) -> ExtensiveFile:
        tokens = self.tokens
        tokens.take("word", 'the word "EFG"', "EFG", hint='an extensive game begins with EFG 2 R "title"')
        tokens.take("number", "the version 2", "2", hint="only version 2 is read; save the game anew with Gambit")
        numbers = number_kind(tokens)
        title = tokens.take("text", "the title in quotes").content
        self.players = labels(tokens, "the players' names")
        comment = tokens.take("text", "a comment").content if tokens.is_at("text") else ""
        missing = 1
        while missing:
            if len(self.nodes) >= NODES_AT_MOST:
                message = f"the game has more than {NODES_AT_MOST:,} nodes."
                tokens.refuse("Q602", message, tokens.current.offset, "cut the game down")
            missing += self._node() - 1
        tokens.take(
            "end",
            "the end of the file, since every action has its node",
            hint="delete what follows, or give an earlier node more actions",
        )
        for outcome in self.mentions.keys() - self.outcomes.keys():
            message = f"outcome {outcome} is used here, but its payoffs are never given."
            self._complain("Q606", message, self.mentions[outcome], "add { payoffs } after its number, or write 0")
        if self.problems:
            raise CaseError(self.problems)
        return ExtensiveFile(title, self.players, tuple(self.nodes), self.sets, self.outcomes, comment, numbers)

    def _node(self) -> int:
        """Read one node and return how many children it must have."""
        tokens = self.tokens
        hint = "each action needs its node: c (chance), p (player) or t (terminal)"
        kind = tokens.take("word", "a node (c, p or t); some action has no node", hint=hint)
        if not WORDS.reads("a node", kind.content):
            message = f'expected a node (c, p or t), found "{kind.content[:40]}".'
            tokens.refuse("Q603", message, kind.offset, hint)
        label = tokens.take("text", "the node's label in quotes").content
        player, number, children = -1, 0, 0
        if kind.content != "t":
            player = 0 if kind.content == "c" else self._player()
            number = tokens.count("the information set's number")
            children = self._set(player, number, kind)
        outcome = self._outcome()
        self.nodes.append(EfgNode(label, player, number, outcome))
        return children

    def _player(self) -> int:
        token = self.tokens.current
        player = self.tokens.count("the player's number")
        if not 1 <= player <= len(self.players):
            message = f"there is no player {player}; the players are 1 to {len(self.players)}."
            self.tokens.refuse("Q605", message, token.offset, "name one of them, or add the player at the top")
        return player

    def _set(self, player: int, number: int, kind: Token) -> int:
        """Read a set's label and actions, if they are written here, and return how many actions it has."""
        tokens = self.tokens
        label = tokens.take("text", "the set's label").content if tokens.is_at("text") else ""
        at = tokens.current.offset
        known = self.sets.get((player, number))
        if not tokens.is_at("brace", "{"):
            if known is None:
                message = f"information set {number} has no actions yet."
                tokens.refuse("Q605", message, kind.offset, 'write them where the set first stands: { "in" "out" }')
            return len(known.actions)
        found = self._chances(label) if player == 0 else EfgSet(label, labels(tokens, "the actions' labels"))
        if not found.actions:
            message = f"information set {number} has no actions."
            tokens.refuse("Q605", message, at, 'name one at least: { "in" "out" }')
        if known is None:
            self.sets[player, number] = found
            self._check_chances(found, at)
        elif len(known.actions) != len(found.actions):
            message = (
                f"information set {number} had {len(known.actions)} actions before and has {len(found.actions)} here."
            )
            tokens.refuse("Q605", message, at, "give this node its own set number, or the same actions")
        else:
            self._compare(number, known, found, at)
        return len(found.actions)

    def _compare(self, number: int, known: EfgSet, found: EfgSet, at: int) -> None:
        """Complain where a set that is written out again is not what it was."""
        for before, here in zip(known.actions, found.actions, strict=True):
            if before != here:
                message = f'information set {number} had the action "{before[:40]}" where "{here[:40]}" stands here.'
                self._complain("Q605", message, at, "give this node its own set number, or the same actions in order")
                return
        if known.chances != found.chances and _values(known.chances) != _values(found.chances):
            message = f"the probabilities of chance set {number} differ from those given before."
            self._complain("Q607", message, at, "give this node its own set number, or the same probabilities")

    def _chances(self, label: str) -> EfgSet:
        self.tokens.take("brace", "{ before the actions", "{")
        actions, chances = [], []
        while not self.tokens.is_at("brace", "}"):
            actions.append(self.tokens.take("text", "an action's label in quotes").content)
            chances.append(self.tokens.number("the action's probability"))
        self.tokens.take("brace", "}", "}")
        return EfgSet(label, tuple(actions), tuple(chances))

    def _check_chances(self, found: EfgSet, at: int) -> None:
        values = _values(found.chances)
        if values and (min(values) < 0 or abs(sum(values) - 1) > SUM_TOLERANCE):
            message = f"probabilities must not be negative and must sum to one; these sum to {float(sum(values)):.6g}."
            self._complain("Q607", message, at, "fractions sum exactly: 1/3 instead of 0.333")

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
            message = "outcome 0 stands for no outcome and pays nothing, but payoffs are given for it here."
            self._complain("Q606", message, at, "number the outcome from 1 on, or leave the payoffs out")
            return number
        known = self.outcomes.setdefault(number, EfgOutcome(label, tuple(payoffs)))
        if len(payoffs) != len(self.players):
            message = f"outcome {number} pays {len(payoffs)} players, where the game has {len(self.players)}."
            self._complain("Q606", message, at, "give one number for each player")
        elif known.payoffs != tuple(payoffs) and _values(known.payoffs) != _values(tuple(payoffs)):
            message = f"outcome {number} pays something else than where it was first given."
            self._complain("Q606", message, at, "give this outcome a number of its own, or the same payoffs")
        return number

    def _complain(self, code: str, message: str, at: int, hint: str) -> None:
        self.problems.append(self.tokens.problem(code, message, at, hint))
        if len(self.problems) >= PROBLEMS_AT_MOST:
            raise CaseError(self.problems)


def number_kind(tokens: Tokens) -> str:
    """Take ``R`` (rationals) or ``D`` (decimals), which stand after the version; both kinds of number are read."""
    token = tokens.take("word", "R or D", hint="after the version stands R, for rational numbers")
    if token.content not in {"R", "D"}:
        message = f'expected R or D, found "{token.content[:40]}".'
        tokens.refuse("Q603", message, token.offset, "after the version stands R, for rational numbers")
    return token.content


def labels(tokens: Tokens, what: str) -> tuple[str, ...]:
    """Take texts in quotes between braces; ``what`` says whose they are."""
    tokens.take("brace", "{ before " + what, "{")
    found = []
    while not tokens.is_at("brace", "}"):
        found.append(tokens.take("text", what + " in quotes").content)
    tokens.take("brace", "}", "}")
    return tuple(found)


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
