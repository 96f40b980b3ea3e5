"""Gambit's strategic games (``.nfg``), read into a record that keeps the file's own words, and written again.

Format: "Game representation formats", Gambit documentation. ``NFG 1 R "title" { "player" ... }``, then the
strategies, as numbers ``{ 2 3 }`` or labels ``{ { "a" "b" } { "c" "d" "e" } }``, an optional comment, and one
of two bodies, in which the first player's strategy changes fastest:

- payoffs: one number per player for each combination;
- outcomes: ``{ { "label" payoffs } ... }``, then for each combination the number of an outcome, 0 for none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import prod

import numpy as np

from quandary.base.problems import CaseError, Problem
from quandary.base.stopping import Proceed, always
from quandary.game.strategic import StrategicForm
from quandary.onegame.formats.gambit.efg import PROBLEMS_AT_MOST, EfgOutcome, labels, number_kind
from quandary.onegame.formats.gambit.efg_tree import as_decimal, as_float, distinct_names
from quandary.onegame.formats.tokens import Tokens, quoted
from quandary.onegame.formats.vocabulary import ignored, read, vocabulary

COMBINATIONS_AT_MOST = 5_000_000
PLAYERS_AT_MOST = 30
"""Payoffs stand in one array with an axis a player, and numpy's oldest version used here has 32 axes."""

WORDS = vocabulary(
    read("a file", "NFG", "version 1, R or D"),
    read("a file", ("title", "{ players }", "{ strategies }"), "strategies as numbers or labels"),
    ignored("a file", "comment", "a note"),
    read("a file", "payoffs", "one for each player and combination, the first player's strategies fastest"),
    read("a file", "outcomes", "{ { label payoffs } ... }, then the number of one for each combination"),
)


@dataclass(frozen=True)
class StrategicFile:
    """What a ``.nfg`` file says.

    ``payoffs`` (written numbers, one tuple per combination) is set for the payoff form; ``outcomes`` and
    ``chosen`` (the outcome's number per combination) for the outcome form.
    """

    title: str
    players: tuple[str, ...]
    strategies: tuple[tuple[str, ...], ...]
    payoffs: tuple[tuple[str, ...], ...] | None = None
    outcomes: Mapping[int, EfgOutcome] = field(default_factory=dict)
    chosen: tuple[int, ...] = ()
    comment: str = ""
    numbers: str = field(default="R", compare=False)


def read_nfg(text: str, file: str = "game.nfg", proceed: Proceed = always) -> StrategicFile:
    """Return what a ``.nfg`` text says. Raises ``CaseError`` with the place and reason of a fault."""
    tokens = Tokens(text, file, proceed)
    tokens.take("word", 'the word "NFG"', "NFG", hint='a strategic game begins with NFG 1 R "title"')
    tokens.take("number", "the version 1", "1", hint="only version 1 is read; save the game anew with Gambit")
    numbers = number_kind(tokens)
    title = tokens.take("text", "the title in quotes").content
    at = tokens.current.offset
    players = labels(tokens, "the players' names")
    if not players:
        tokens.refuse("Q605", "a strategic game needs a player.", at, 'name them: { "Row" "Column" }')
    if len(players) > PLAYERS_AT_MOST:
        message = f"a strategic game of {len(players)} players is more than can be held."
        tokens.refuse("Q602", message, at, f"{PLAYERS_AT_MOST} players at most are read; or write it as a tree (.efg)")
    at = tokens.current.offset
    strategies = _strategies(tokens, len(players))
    if len(strategies) != len(players):
        message = f"strategies are given for {len(strategies)} of {len(players)} players."
        tokens.refuse("Q605", message, at, "give each player its strategies: { 2 3 }")
    if not all(strategies):
        tokens.refuse("Q605", "every player needs at least one strategy.", at, "write 1 or more for each player")
    combinations = prod(len(s) for s in strategies)
    comment = tokens.take("text", "a comment").content if tokens.is_at("text") else ""
    if tokens.is_at("brace", "{"):
        outcomes, chosen = _outcomes(tokens, len(players), combinations)
        return StrategicFile(title, players, strategies, None, outcomes, chosen, comment, numbers)
    payoffs = tuple(
        tuple(tokens.number("a payoff for each player and combination of strategies") for _ in players)
        for _ in range(combinations)
    )
    hint = f"{combinations} combinations of strategies times {len(players)} players need as many payoffs; count them"
    tokens.take("end", "the end of the file, since every combination has its payoffs", hint=hint)
    return StrategicFile(title, players, strategies, payoffs, {}, (), comment, numbers)


def _strategies(tokens: Tokens, players: int) -> tuple[tuple[str, ...], ...]:
    """Read each player's strategies; how many combinations there are is bounded before anything is made for them."""
    start = tokens.take("brace", "{ before the strategies", "{").offset
    found: list[tuple[str, ...]] = []
    combinations = 1
    while not tokens.is_at("brace", "}"):
        if tokens.is_at("brace", "{"):
            found.append(labels(tokens, "the strategies' labels"))
        else:
            at = tokens.current.offset
            number = tokens.count("a number of strategies")
            if number > COMBINATIONS_AT_MOST:
                message = f"{number} strategies are more than can be held."
                tokens.refuse("Q602", message, at, "cut the game down")
            found.append(tuple(str(i) for i in range(1, number + 1)))
        combinations *= len(found[-1])
        if combinations * players > COMBINATIONS_AT_MOST:
            message = f"the game has {combinations} combinations of strategies, more than can be held."
            tokens.refuse("Q602", message, start, "cut the game down, or write it as a tree (.efg)")
    tokens.take("brace", "}", "}")
    return tuple(found)


def _outcomes(tokens: Tokens, players: int, combinations: int) -> tuple[dict[int, EfgOutcome], tuple[int, ...]]:
    problems: list[Problem] = []
    outcomes: dict[int, EfgOutcome] = {}
    tokens.take("brace", "{ before the outcomes", "{")
    while not tokens.is_at("brace", "}"):
        at = tokens.take("brace", "{ before an outcome", "{").offset
        label = tokens.take("text", "the outcome's label in quotes").content
        payoffs = []
        while not tokens.is_at("brace", "}"):
            payoffs.append(tokens.number("a payoff"))
        tokens.take("brace", "}", "}")
        outcomes[len(outcomes) + 1] = EfgOutcome(label, tuple(payoffs))
        if len(payoffs) != players:
            message = f"this outcome pays {len(payoffs)} players, where the game has {players}."
            problems.append(tokens.problem("Q606", message, at, "give one number for each player"))
        if len(problems) >= PROBLEMS_AT_MOST:
            raise CaseError(problems)
    tokens.take("brace", "}", "}")
    chosen = []
    for _ in range(combinations):
        at = tokens.current.offset
        number = tokens.count("the number of an outcome for each combination of strategies")
        chosen.append(number)
        if number > len(outcomes):
            hint = f"the outcomes are 1 to {len(outcomes)}, 0 for none"
            problems.append(tokens.problem("Q606", f"there is no outcome {number}.", at, hint))
        if len(problems) >= PROBLEMS_AT_MOST:
            raise CaseError(problems)
    hint = f"{combinations} combinations of strategies need as many numbers; count them"
    tokens.take("end", "the end of the file, since every combination has its outcome", hint=hint)
    if problems:
        raise CaseError(problems)
    return outcomes, tuple(chosen)


def write_nfg(game: StrategicFile) -> str:
    """Return the text of a ``.nfg`` file that reads back as the same record."""
    players = " ".join(quoted(p) for p in game.players)
    strategies = "\n".join("{ " + " ".join(quoted(s) for s in own) + " }" for own in game.strategies)
    lines = [f"NFG 1 {game.numbers} {quoted(game.title)} {{ {players} }}", "", f"{{ {strategies}\n}}"]
    lines += [quoted(game.comment), ""]
    if game.payoffs is not None:
        lines += [" ".join(payoffs) for payoffs in game.payoffs]
    else:
        outcomes = [f"{{ {quoted(o.label)} {', '.join(o.payoffs)} }}" for o in game.outcomes.values()]
        lines += ["{", *outcomes, "}", " ".join(str(number) for number in game.chosen)]
    return "\n".join(lines) + "\n"


def strategic_form_of(game: StrategicFile) -> StrategicForm:
    """Return the numbers of a ``.nfg`` record, in one world. Names that are empty or repeat get their number added."""
    shape = tuple(len(s) for s in game.strategies)
    if game.payoffs is not None:
        rows = np.array([[as_float(p) for p in payoffs] for payoffs in game.payoffs])
    else:
        table = np.zeros((len(game.outcomes) + 1, len(game.players)))
        for number, outcome in game.outcomes.items():
            table[number] = [as_float(p) for p in outcome.payoffs]
        rows = table[list(game.chosen)]
    payoffs = np.stack([rows[:, k].reshape(shape, order="F") for k in range(len(game.players))])
    players = distinct_names(game.players, "Player")
    strategies = tuple(distinct_names(own, "Strategy") for own in game.strategies)
    return StrategicForm(players, strategies, payoffs[..., None], game.title)


def nfg_of(form: StrategicForm, world: int = 0, *, comment: str = "") -> StrategicFile:
    """Return one world of a strategic form as a ``.nfg`` record."""
    numbers = form.payoffs[..., 0 if form.payoffs.shape[-1] == 1 else world]
    rows = np.stack([own.reshape(-1, order="F") for own in numbers], axis=1)
    payoffs = tuple(tuple(as_decimal(v) for v in row) for row in rows.tolist())
    return StrategicFile(form.title, form.players, form.strategies, payoffs, comment=comment)
