"""Bayesian networks in the Bayesian interchange format (``.bif``), read as the chance part of a diagram.

Format: F. G. Cozman, "The Interchange Format for Bayesian Networks" (0.15): blocks ``network``, ``variable`` and
``probability``; commas and bars only separate; ``//`` and ``/* */`` comment. A probability block is
``probability ( child | parents )`` with one of

- ``table`` and all numbers, the child's states slowest and the last parent's fastest (files that run the child's states
  fastest are recognised by their sums);
- ``(parents' states) numbers;`` for each combination, with ``default numbers;`` for those not listed.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import prod

import numpy as np

from quandary.formats.network import network_of
from quandary.formats.tokens import Token, Tokens
from quandary.game.diagram import Chance, Diagram
from quandary.game.table import Array, Table

CELLS_AT_MOST = 5_000_000
SUM_TOLERANCE = 1e-3

_TOKEN = re.compile(
    r"""(?:[\s,|]|//[^\n]*|/\*.*?\*/)*(?:
        (?P<text>"[^"]*")
      | (?P<brace>[{}()\[\];])
      | (?P<open>"|/\*)
      | (?P<word>[^\s,|{}()\[\];"]+)
      | (?P<end>$)
    )""",
    re.VERBOSE | re.DOTALL,
)


@dataclass
class _Block:
    """A probability block as read: numbers of ``table`` or ``default``, and rows by parents' states."""

    child: str
    parents: tuple[str, ...]
    at: int
    table: list[float] | None = None
    default: list[float] | None = None
    rows: dict[tuple[str, ...], list[float]] = field(default_factory=dict)


class _BifTokens(Tokens):
    def _scan(self) -> Iterator[Token]:
        at = 0
        while True:
            match = _TOKEN.match(self.source, at)
            kind = str(match.lastgroup) if match else "open"
            start = match.start(kind) if match else at
            if kind == "open" or match is None:
                self.refuse("Q603", "a quotation mark or comment is opened here and never closed.", start)
            content = match.group(kind)
            at = match.end()
            yield Token("word" if kind == "text" else kind, content.strip('"'), start)
            if kind == "end":
                yield from itertools.repeat(Token("end", "", start))


def read_bif(text: str, file: str = "network.bif") -> Diagram:
    """Return the network as a diagram of chance variables only. Raises ``CaseError`` with place and reason."""
    tokens = _BifTokens(text, file)
    states: dict[str, tuple[str, ...]] = {}
    blocks: list[_Block] = []
    while not tokens.is_at("end"):
        keyword = tokens.take("word", "network, variable or probability")
        if keyword.content == "network":
            _skip_to(tokens, "{")
            _skip_block(tokens)
        elif keyword.content == "variable":
            variable = tokens.take("word", "the variable's name")
            if variable.content in states:
                tokens.refuse("Q609", f'two variables are called "{variable.content[:40]}".', variable.offset)
            states[variable.content] = _states(tokens)
        elif keyword.content == "probability":
            blocks.append(_probability(tokens, keyword.offset))
        else:
            tokens.refuse(
                "Q603", f'expected network, variable or probability, found "{keyword.content[:40]}".', keyword.offset
            )
    variables, tables = [], {}
    for block in blocks:
        parents, table = _table(tokens, block, states)
        variables.append(Chance(block.child, states[block.child], parents))
        if block.child in tables:
            tokens.refuse("Q609", f'"{block.child[:40]}" has two probability blocks.', block.at)
        tables[block.child] = Table((*parents, block.child), table[..., None])
    for name in states:
        if name not in tables:
            tokens.refuse("Q609", f'the variable "{name[:40]}" has no probability block.', tokens.current.offset)
    return network_of(variables, tables, file)


def _states(tokens: Tokens) -> tuple[str, ...]:
    """Read ``{ type discrete [ n ] { states }; property ...; }``."""
    tokens.take("brace", "{", "{")
    found: tuple[str, ...] = ()
    at = tokens.current.offset
    while not tokens.is_at("brace", "}"):
        word = tokens.take("word", "type or property")
        if word.content != "type":
            _skip_to(tokens, ";")
            tokens.take("brace", ";", ";")
            continue
        tokens.take("word", "discrete: other variables cannot be read", "discrete")
        _skip_to(tokens, "{")
        tokens.take("brace", "{ before the states", "{")
        found = _words(tokens, "}")
        tokens.take("brace", ";", ";")
    tokens.take("brace", "}", "}")
    if not found:
        tokens.refuse("Q609", "this variable has no states.", at)
    return found


def _probability(tokens: Tokens, at: int) -> _Block:
    tokens.take("brace", "( before the variables", "(")
    names = _words(tokens, ")")
    if not names:
        tokens.refuse("Q609", "a probability block needs a variable.", at)
    block = _Block(names[0], names[1:], at)
    tokens.take("brace", "{", "{")
    while not tokens.is_at("brace", "}"):
        if tokens.is_at("brace", "("):
            tokens.take("brace", "(", "(")
            case = _words(tokens, ")")
            block.rows[case] = _numbers(tokens)
            continue
        word = tokens.take("word", "table, default, property or a row in brackets")
        if word.content == "table":
            block.table = _numbers(tokens)
        elif word.content == "default":
            block.default = _numbers(tokens)
        else:
            _skip_to(tokens, ";")
            tokens.take("brace", ";", ";")
    tokens.take("brace", "}", "}")
    return block


def _words(tokens: Tokens, closing: str) -> tuple[str, ...]:
    words = []
    while not tokens.is_at("brace", closing):
        words.append(tokens.take("word", f"a name or {closing}").content)
    tokens.take("brace", closing, closing)
    return tuple(words)


def _numbers(tokens: Tokens) -> list[float]:
    numbers = []
    while not tokens.is_at("brace", ";"):
        token = tokens.take("word", "a number or ;")
        try:
            numbers.append(float(token.content))
        except ValueError:
            tokens.refuse("Q603", f'expected a number, found "{token.content[:40]}".', token.offset)
    tokens.take("brace", ";", ";")
    return numbers


def _skip_to(tokens: Tokens, brace: str) -> None:
    while not tokens.is_at("brace", brace):
        if tokens.is_at("end"):
            tokens.take("brace", brace, brace)
        tokens.take(tokens.current.kind, brace)


def _skip_block(tokens: Tokens) -> None:
    tokens.take("brace", "{", "{")
    depth = 1
    while depth:
        if tokens.is_at("end"):
            tokens.take("brace", "}", "}")
        token = tokens.take(tokens.current.kind, "}")
        depth += {"{": 1, "}": -1}.get(token.content, 0) if token.kind == "brace" else 0


def _table(tokens: Tokens, block: _Block, states: dict[str, tuple[str, ...]]) -> tuple[tuple[str, ...], Array]:
    """Return the block's numbers over (*parents, child), each distribution divided by its sum."""
    for name in (block.child, *block.parents):
        if name not in states:
            tokens.refuse("Q609", f'there is no variable "{name[:40]}".', block.at)
    if len({block.child, *block.parents}) <= len(block.parents):
        tokens.refuse("Q609", f'a variable stands twice in the block of "{block.child[:40]}".', block.at)
    shape = tuple(len(states[p]) for p in block.parents)
    own = len(states[block.child])
    if prod(shape) * own > CELLS_AT_MOST:
        tokens.refuse("Q602", f'the table of "{block.child[:40]}" is too large.', block.at)
    values = _by_rows(tokens, block, states) if block.table is None else _whole(tokens, block, (*shape, own))
    sums = values.sum(axis=-1, keepdims=True)
    if not np.isfinite(values).all() or (values < 0).any() or np.abs(sums - 1).max() > SUM_TOLERANCE:
        tokens.refuse("Q607", f'the probabilities of "{block.child[:40]}" do not sum to one.', block.at)
    return block.parents, values / sums


def _whole(tokens: Tokens, block: _Block, shape: tuple[int, ...]) -> Array:
    numbers = np.array(block.table)
    if len(numbers) != prod(shape):
        message = f'the table of "{block.child[:40]}" has {len(numbers)} numbers, where {prod(shape)} are needed.'
        tokens.refuse("Q607", message, block.at)
    slowest = np.moveaxis(numbers.reshape(shape[-1], *shape[:-1]), 0, -1)
    fastest = numbers.reshape(shape)
    error = np.abs(slowest.sum(axis=-1) - 1).max()
    return slowest if error <= SUM_TOLERANCE or error <= np.abs(fastest.sum(axis=-1) - 1).max() else fastest


def _by_rows(tokens: Tokens, block: _Block, states: dict[str, tuple[str, ...]]) -> Array:
    own = len(states[block.child])
    given = [states[p] for p in block.parents]
    rows = []
    for case in itertools.product(*given):
        numbers = block.rows.pop(case, block.default)
        if numbers is None or len(numbers) != own:
            message = f'the row ({", ".join(case)[:60]}) of "{block.child[:40]}" needs {own} numbers.'
            tokens.refuse("Q607", message, block.at)
        rows.append(numbers)
    if block.rows:
        extra = ", ".join(next(iter(block.rows)))
        tokens.refuse(
            "Q609", f'the row ({extra[:60]}) of "{block.child[:40]}" fits no combination of states.', block.at
        )
    return np.array(rows).reshape(*(len(g) for g in given), own)
