"""Bayesian networks in the Bayesian interchange format (``.bif``), read as the chance part of a diagram.

Format: F. G. Cozman, "The Interchange Format for Bayesian Networks" (0.15): blocks ``network``, ``variable`` and
``probability``; commas only separate, and so does the bar; ``//`` and ``/* */`` comment. A probability block is
``probability ( child | parents )`` with one of

- ``table`` and all numbers, the child's states slowest and the last parent's fastest (files that run the child's states
  fastest are recognised by their sums);
- ``(parents' states) numbers;`` for each combination, with ``default numbers;`` for those not listed.

Names in quotation marks may hold anything. States without them may hold brackets and commas where blanks between the
states and their declared number tell them apart.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import prod
from typing import NoReturn

import numpy as np

from quandary.base.arrays import Array
from quandary.base.places import Place
from quandary.base.stopping import Proceed, always
from quandary.game.diagram import Chance, Diagram
from quandary.game.table import Table
from quandary.onegame.formats.network import (
    CELLS_AT_MOST,
    SUM_TOLERANCE,
    SUMS,
    TOO_LARGE,
    Rows,
    checked_rows,
    network_of,
    parents_fault,
    variable_fault,
)
from quandary.onegame.formats.numbers import decimal, is_meant_as_number
from quandary.onegame.formats.tokens import TORN, Token, Tokens
from quandary.onegame.formats.vocabulary import Treatment, ignored, read, refused, vocabulary

WORDS = vocabulary(
    read("a file", "network", "one block, or none"),
    read("a file", "variable probability"),
    ignored("network", "property", "notes"),
    read("variable", "type", "discrete [ number ] { states }"),
    ignored("variable", "property", "notes, places on the screen"),
    read("type", "discrete", "the number of states is checked where it is given"),
    refused("type", "continuous", "variables are not read; cut them into states"),
    read("probability", "table default ("),
    ignored("probability", "property", "notes"),
)

_TOKEN = re.compile(
    r"""(?:[\s,]|//[^\n]*|/\*.*?\*/)*(?:
        (?P<text>"[^"\n]*")
      | (?P<brace>[{}()\[\];|])
      | (?P<open>"|/\*)
      | (?P<word>(?:(?!//|/\*)[^\s,|{}()\[\];"])+)
      | (?P<end>$)
    )""",
    re.VERBOSE | re.DOTALL,
)
QUOTED = "put names that hold brackets, bars, commas or semicolons in quotation marks, wherever they stand"


@dataclass
class _ProbabilityBlock:
    """A probability block as read: numbers of ``table`` or ``default``, and rows (with place) by parents' states."""

    child: str
    parents: tuple[str, ...]
    at: int
    table: list[float] | None = None
    default: list[float] | None = None
    rows: dict[tuple[str, ...], tuple[list[float], int]] = field(default_factory=dict)


class _BifTokens(Tokens):
    def _scan(self, at: int = 0) -> Iterator[Token]:
        while True:
            match = _TOKEN.match(self.source, at)
            kind = str(match.lastgroup) if match else "open"
            start = match.start(kind) if match else at
            if kind == "open" or match is None:
                message = "a quotation mark or comment is opened here and never closed."
                self.refuse("Q603", message, start, "close it")
            content = match.group(kind)
            at = match.end()
            yield Token("word" if kind == "text" else kind, content.strip('"'), start)
            if kind == "end":
                yield from itertools.repeat(Token("end", "", start))

    def go_to(self, offset: int) -> None:
        """Read on from an offset."""
        self._stream = self._scan(offset)
        self.current = next(self._stream)

    def known(self, where: str, word: Token) -> None:
        """Refuse a word that the format does not have at that place."""
        found = WORDS.find(where, word.content)
        if found is None:
            listed = [*WORDS.names(where), *WORDS.names(where, Treatment.IGNORED)]
            wanted = f"{', '.join(listed[:-1])} or {listed[-1]}" if listed[1:] else listed[0]
            message = f'expected {wanted}, found "{word.content[:40]}".'
            self.refuse("Q603", message, word.offset, f"delete it, or mend the word ({where})")
        if found.treatment is Treatment.REFUSED:
            reason, _, hint = found.note.partition("; ")
            self.refuse("Q611", f'"{word.content[:40]}" {reason}.', word.offset, hint)

    def skip_property(self) -> None:
        """Read past a property, up to its semicolon."""
        at = self.current.offset
        while not self.is_at("brace", ";"):
            if self.is_at("end"):
                self.refuse("Q603", "expected ;, the file ends.", self.current.offset, TORN)
            if self.is_at("brace", "{") or self.is_at("brace", "}"):
                self.refuse("Q603", "this property has no end.", at, "end it with a semicolon")
            self.take(self.current.kind, ";")
        self.take("brace", ";", ";")


def read_bif(text: str, file: str = "network.bif", proceed: Proceed = always) -> Diagram:
    """Return the network as a diagram of chance variables only. Raises ``CaseError`` with place and reason."""
    tokens = _BifTokens(text, file, proceed)
    states: dict[str, tuple[str, ...]] = {}
    places: dict[str, Place] = {}
    blocks: dict[str, _ProbabilityBlock] = {}
    networks = 0
    while not tokens.is_at("end"):
        keyword = tokens.take("word", "network, variable or probability")
        tokens.known("a file", keyword)
        if keyword.content == "network":
            networks += 1
            if networks > 1:
                tokens.refuse("Q609", "a second network begins here.", keyword.offset, "keep one network in a file")
            _network(tokens)
        elif keyword.content == "variable":
            variable = tokens.take("word", "the variable's name")
            if variable.content in states:
                message = f'two variables are called "{variable.content[:40]}".'
                tokens.refuse("Q609", message, variable.offset, "rename one of them")
            states[variable.content] = _variable(tokens, variable)
            places[variable.content] = tokens.place(variable.offset)
        else:
            block = _probability(tokens, keyword.offset, states)
            if block.child in blocks:
                message = f'"{block.child[:40]}" has two probability blocks.'
                tokens.refuse("Q609", message, block.at, "delete the one that does not count")
            blocks[block.child] = block
    variables, tables, blank = [], {}, {}
    for name in states:
        if name not in blocks:
            message = f'the variable "{name[:40]}" has no probability block.'
            tokens.refuse("Q609", message, tokens.current.offset, f"add probability ( {name[:40]} ) {{ ... }}")
    cells = 0
    for name, block in blocks.items():
        cells += prod(len(states.get(n, ())) for n in (name, *block.parents))
        if cells > CELLS_AT_MOST:
            message = f'with the table of "{name[:40]}" the network has {cells:,} numbers, more than can be held.'
            tokens.refuse("Q602", message, block.at, TOO_LARGE)
        rows = _table(tokens, block, states)
        variables.append(Chance(name, states[name], block.parents))
        tables[name] = Table((*block.parents, name), rows.values[..., None])
        if rows.blank is not None:
            blank[name] = Table(block.parents, rows.blank[..., None].astype(np.float64))
    return network_of(variables, tables, file, blank=blank, places=places)


def _network(tokens: _BifTokens) -> None:
    if not tokens.is_at("brace", "{"):
        tokens.take("word", "the network's name or {")
    tokens.take("brace", "{", "{")
    while not tokens.is_at("brace", "}"):
        word = tokens.take("word", "property or }")
        tokens.known("network", word)
        tokens.skip_property()
    tokens.take("brace", "}", "}")


def _variable(tokens: _BifTokens, variable: Token) -> tuple[str, ...]:
    """Read ``{ type discrete [ n ] { states }; property ...; }``."""
    tokens.take("brace", "{", "{")
    found: tuple[str, ...] | None = None
    while not tokens.is_at("brace", "}"):
        word = tokens.take("word", "type or property")
        tokens.known("variable", word)
        if word.content == "property":
            tokens.skip_property()
            continue
        if found is not None:
            tokens.refuse("Q609", "a second type stands here.", word.offset, "delete the one that does not count")
        tokens.known("type", tokens.take("word", "discrete"))
        found = _states(tokens)
    tokens.take("brace", "}", "}")
    fault = variable_fault(variable.content, found or (), (), {})
    if fault is not None:
        tokens.refuse(fault[0], fault[1], variable.offset, fault[2])
    return found or ()


def _states(tokens: _BifTokens) -> tuple[str, ...]:
    """Read ``[ n ] { states };``."""
    count, at = None, tokens.current.offset
    if tokens.is_at("brace", "["):
        tokens.take("brace", "[", "[")
        at = tokens.current.offset
        written = tokens.take("word", "the number of states", hint="write how many states follow").content
        if not re.fullmatch("[0-9]{1,12}", written):
            message = f'expected the number of states, found "{written[:40]}".'
            tokens.refuse("Q603", message, at, "write how many states follow")
        count = int(written)
        tokens.take("brace", "]", "]")
    start = tokens.take("brace", "{ before the states", "{").offset + 1
    words = []
    while tokens.is_at("word"):
        words.append(tokens.take("word", "a state").content)
    if tokens.is_at("brace", "}"):
        end = tokens.current.offset
    else:
        words, end = _apart(tokens, start, count)
        tokens.go_to(end)
    if count is not None and count != len(words):
        message = f"{count} states are announced, and {len(words)} follow."
        tokens.refuse("Q609", message, at, "correct the number or the list of states")
    tokens.take("brace", "}", "}")
    tokens.take("brace", ";", ";")
    return tuple(words)


def _apart(tokens: _BifTokens, start: int, count: int | None) -> tuple[list[str], int]:
    """Return states that hold brackets, as the blanks between them and their number tell them apart, and their end."""
    end = tokens.source.find("}", start)
    pieces = _pieces(tokens.source[start:end]) if end >= 0 else None
    if not pieces or len(pieces) != count:
        _unclear(tokens)
    return pieces, end


def _pieces(raw: str) -> list[str] | None:
    """Return what blanks keep apart, without closing commas; ``None`` where quotation marks or comments stand."""
    if '"' in raw or "//" in raw or "/*" in raw:
        return None
    return [piece.removesuffix(",") for piece in raw.split()]


def _unclear(tokens: _BifTokens) -> NoReturn:
    found = tokens.current
    message = f'"{found.content[:40]}" stands among names, so where one ends cannot be told.'
    if found.kind == "end":
        tokens.refuse("Q603", "expected a name, the file ends.", found.offset, TORN)
    tokens.refuse("Q603", message, found.offset, QUOTED)


def _probability(tokens: _BifTokens, at: int, states: dict[str, tuple[str, ...]]) -> _ProbabilityBlock:
    child, parents = _head(tokens, at)
    block = _ProbabilityBlock(child, parents, at)
    tokens.take("brace", "{", "{")
    while not tokens.is_at("brace", "}"):
        if tokens.is_at("brace", "("):
            offset = tokens.take("brace", "(", "(").offset
            case = _case(tokens, offset + 1, [states.get(p) for p in parents])
            if case in block.rows:
                message = f'the row ({", ".join(case)[:60]}) of "{child[:40]}" is given twice.'
                tokens.refuse("Q609", message, offset, "delete the one that does not count")
            block.rows[case] = _numbers(tokens), offset
            continue
        word = tokens.take("word", "table, default, property or a row in brackets")
        tokens.known("probability", word)
        if word.content == "property":
            tokens.skip_property()
            continue
        if getattr(block, word.content) is not None:
            message = f'"{child[:40]}" has "{word.content}" twice.'
            tokens.refuse("Q609", message, word.offset, "delete the one that does not count")
        numbers = _numbers(tokens)
        if word.content == "table":
            block.table = numbers
        else:
            block.default = numbers
    tokens.take("brace", "}", "}")
    if block.table is not None and (block.rows or block.default is not None):
        message = f'"{child[:40]}" has a table and rows as well; which counts cannot be told.'
        tokens.refuse("Q609", message, at, "keep the table or the rows")
    return block


def _head(tokens: _BifTokens, at: int) -> tuple[str, tuple[str, ...]]:
    """Read ``( child | parents )``; the format lets the bar be left out, as JavaBayes does."""
    tokens.take("brace", "( before the variables", "(")
    names = [tokens.take("word", "a variable", hint="write probability ( child | parents )").content]
    while tokens.is_at("word"):
        names.append(tokens.take("word", "a variable").content)
    if tokens.is_at("brace", "|"):
        if names[1:]:
            message = f'a table for several variables at once ("{names[0][:40]}", "{names[1][:40]}") is not read.'
            tokens.refuse("Q611", message, at, "write one block for each variable: ( child | parents )")
        tokens.take("brace", "|", "|")
        while tokens.is_at("word"):
            names.append(tokens.take("word", "a parent").content)
    if not tokens.is_at("brace", ")"):
        _unclear(tokens)
    tokens.take("brace", ")", ")")
    return names[0], tuple(names[1:])


def _case(tokens: _BifTokens, start: int, given: list[tuple[str, ...] | None]) -> tuple[str, ...]:
    """Read the parents' states of a row, up to the closing bracket."""
    words = []
    while tokens.is_at("word"):
        words.append(tokens.take("word", "a state").content)
    if tokens.is_at("brace", ")"):
        after = tokens.source[tokens.current.offset + 1 : tokens.current.offset + 2]
        if len(words) == len(given) and after not in {")", ","}:
            tokens.take("brace", ")", ")")
            return tuple(words)
    end = start
    while 0 <= (end := tokens.source.find(")", end)) < tokens.source.find(";", start):
        pieces = _pieces(tokens.source[start:end])
        if (
            pieces
            and len(pieces) == len(given)
            and all(known is None or piece in known for piece, known in zip(pieces, given, strict=True))
        ):
            tokens.go_to(end + 1)
            return tuple(pieces)
        end += 1
    if tokens.is_at("brace", ")"):
        message = f"{len(words)} states stand here, where there are {len(given)} parents."
        tokens.refuse("Q607", message, start - 1, "name one state of each parent, in their order")
    _unclear(tokens)


def _numbers(tokens: _BifTokens) -> list[float]:
    numbers = []
    while not tokens.is_at("brace", ";"):
        token = tokens.take("word", "a number or ;", hint="end the numbers with a semicolon")
        value = decimal(token.content)
        if value is None:
            message = f'expected a number with a finite value, found "{token.content[:40]}".'
            code = "Q604" if is_meant_as_number(token.content) else "Q603"
            tokens.refuse(code, message, token.offset, "write a plain number: 3, 0.5 or 1e-3")
        numbers.append(value)
    tokens.take("brace", ";", ";")
    return numbers


def _table(tokens: _BifTokens, block: _ProbabilityBlock, states: dict[str, tuple[str, ...]]) -> Rows:
    """Return the block's numbers over (*parents, child), each distribution divided by its sum."""
    child = block.child
    if child not in states:
        message = f'there is no variable "{child[:40]}".'
        tokens.refuse("Q609", message, block.at, "declare it, or delete the block")
    fault = parents_fault(child, block.parents, states)
    if fault is not None:
        tokens.refuse(fault[0], fault[1], block.at, fault[2])
    shape = tuple(len(states[p]) for p in block.parents)
    own = len(states[child])
    values = _by_rows(tokens, block, states) if block.table is None else _whole(tokens, block, (*shape, own))
    rows = checked_rows(values)
    if isinstance(rows, str):
        message = f'the probabilities of "{child[:40]}" do not sum to one: {rows}.'
        tokens.refuse("Q607", message, _unfit_row(block), SUMS)
    return rows


def _unfit_row(block: _ProbabilityBlock) -> int:
    """Return where the first row stands that is no distribution; the block's place if it has none."""
    for numbers, at in block.rows.values():
        if isinstance(checked_rows(np.array(numbers)), str):
            return at
    return block.at


def _whole(tokens: _BifTokens, block: _ProbabilityBlock, shape: tuple[int, ...]) -> Array:
    numbers = np.array(block.table)
    if len(numbers) != prod(shape):
        message = f'the table of "{block.child[:40]}" has {len(numbers)} numbers, where {prod(shape)} are needed.'
        tokens.refuse("Q607", message, block.at, "give one for every combination of states")
    slowest = np.moveaxis(numbers.reshape(shape[-1], *shape[:-1]), 0, -1)
    fastest = numbers.reshape(shape)
    return slowest if _error(slowest) <= max(SUM_TOLERANCE, _error(fastest)) else fastest


def _error(values: Array) -> float:
    """Return how far the rows are from summing to one, rows of zeros apart."""
    sums = values.sum(axis=-1)
    return float(np.abs(np.where(sums == 0, 1.0, sums) - 1).max())


def _by_rows(tokens: _BifTokens, block: _ProbabilityBlock, states: dict[str, tuple[str, ...]]) -> Array:
    own = len(states[block.child])
    given = [states[p] for p in block.parents]
    for case, (numbers, at) in block.rows.items():
        for state, parent in zip(case, block.parents, strict=True):
            if state not in states[parent]:
                hint = f"its states are {', '.join(states[parent])[:100]}"
                message = f'the row ({", ".join(case)[:60]}) of "{block.child[:40]}" fits no combination: '
                message += f'"{parent[:40]}" has no state "{state[:40]}".'
                tokens.refuse("Q609", message, at, hint)
        if len(numbers) != own:
            message = (
                f'the row ({", ".join(case)[:60]}) of "{block.child[:40]}" needs {own} numbers, not {len(numbers)}.'
            )
            tokens.refuse("Q607", message, at, "give one for each state")
    if block.default is not None and len(block.default) != own:
        message = f'the default of "{block.child[:40]}" needs {own} numbers, not {len(block.default)}.'
        tokens.refuse("Q607", message, block.at, "give one for each state")
    rows = []
    for case in itertools.product(*given):
        row = block.rows[case][0] if case in block.rows else block.default
        if row is None:
            message = f'the row ({", ".join(case)[:60]}) of "{block.child[:40]}" needs {own} numbers and is not given.'
            tokens.refuse("Q607", message, block.at, "add the row, or a default")
        rows.append(row)
    return np.array(rows).reshape(*(len(g) for g in given), own)
