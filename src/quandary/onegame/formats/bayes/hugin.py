"""Bayesian networks and influence diagrams of Hugin (``.net``), read as a diagram.

Format: Hugin API reference manual, "The NET language". ``net { ... }``, then ``node``, ``decision`` and ``utility``
with their ``states``, and for each ``potential ( child | parents ) { data = ( ... ); }``: the first parent's states run
slowest, the child's fastest. ``%`` comments to the end of the line. Utilities add up.

Newer versions of Hugin let a decision-maker forget what no arrow into the decision tells (LIMID), older ones let nobody
forget, and the file does not say which it is: diagrams in which that could matter are refused (Q613).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import prod

import numpy as np

from quandary.base.problems import CaseError, Problem
from quandary.base.stopping import Proceed, always
from quandary.game.diagram import Chance, Decision, Diagram, Utility
from quandary.game.recall import truly_forgotten, with_memory
from quandary.game.table import Table
from quandary.onegame.formats.network import (
    PARENTS_AT_MOST,
    PLAYER,
    SUMS,
    checked_rows,
    network_of,
    parents_fault,
    variable_fault,
)
from quandary.onegame.formats.numbers import decimal, is_meant_as_number
from quandary.onegame.formats.tokens import Token, Tokens
from quandary.onegame.formats.vocabulary import Treatment, ignored, read, refused, vocabulary

OWN_ATTRIBUTES = "HR_"
"""Attributes that begin so are what Hugin's window keeps for itself."""

WORDS = vocabulary(
    read("a file", "net", "one block, or none"),
    read("a file", "node decision utility potential"),
    read("a file", "discrete chance", "before node or decision"),
    refused("a file", "continuous", "variables are not read; discretize them in Hugin"),
    refused("a file", "class", "makes an object-oriented network; save its unfolded network in Hugin"),
    refused("a file", "function", "nodes are not read; delete them, or write what they say as tables"),
    ignored("net", "node_size name label author comment HR_...", "layout and notes"),
    refused("net", "inputs outputs", "make an object-oriented network; save its unfolded network in Hugin"),
    read("node", "states", "in quotation marks"),
    ignored(
        "node", "label position subtype state_values HR_...", "names and numbers on the screen, and in expressions"
    ),
    read("decision", "states"),
    ignored("decision", "label position subtype state_values HR_...", "names and numbers on the screen"),
    ignored("utility", "label position HR_...", "names on the screen"),
    refused("utility", "states", "do not belong to a utility; make it a node, or delete them"),
    read("potential", "data", "at a decision only if it favours nothing"),
    ignored("potential", "experience fading HR_...", "settings of learning"),
    refused(
        "potential",
        "model_nodes model_data samples_per_interval",
        "gives the table by an expression; let Hugin generate the table, delete the expression and save",
    ),
)
KINDS = ("node", "decision", "utility")

_TOKEN = re.compile(
    r"""(?:[\s,]|%[^\n]*)*(?:
        (?P<text>"(?:[^"\\\n]|\\.)*")
      | (?P<brace>[{}();|=])
      | (?P<open>")
      | (?P<word>[^\s,{}();|="%]+)
      | (?P<end>$)
    )""",
    re.VERBOSE,
)


@dataclass
class _Node:
    kind: str
    at: int
    states: tuple[str, ...] | None = None


@dataclass
class _Potential:
    parents: tuple[str, ...]
    at: int
    numbers: list[float] | None = None
    shape: list[int] = field(default_factory=list)


class _NetTokens(Tokens):
    def _scan(self) -> Iterator[Token]:
        at = 0
        while True:
            match = _TOKEN.match(self.source, at)
            kind = str(match.lastgroup) if match else "open"
            start = match.start(kind) if match else at
            if kind == "open" or match is None:
                self.refuse("Q603", "a quotation mark is opened here and never closed.", start, "close it in its line")
            content = match.group(kind)
            at = match.end()
            yield Token(kind, re.sub(r'\\(["\\])', r"\1", content[1:-1]) if kind == "text" else content, start)
            if kind == "end":
                yield from itertools.repeat(Token("end", "", start))

    def known(self, where: str, word: Token) -> Treatment:
        """Return what is done with a word; one that the format does not have at that place is refused by name."""
        found = WORDS.find(where, word.content)
        if found is None and word.content.startswith(OWN_ATTRIBUTES) and where != "a file":
            return Treatment.IGNORED
        if found is None:
            listed = ", ".join([*WORDS.names(where), *WORDS.names(where, Treatment.IGNORED)])
            message = f'"{word.content[:40]}" is not understood here ({where}), so the file is not read.'
            self.refuse("Q611", message, word.offset, f"delete it if no number depends on it; known: {listed}")
        if found.treatment is Treatment.REFUSED:
            reason, _, hint = found.note.partition("; ")
            self.refuse("Q611", f'"{word.content[:40]}" {reason}.', word.offset, hint)
        return found.treatment

    def name(self, what: str) -> Token:
        """Take a name, with or without quotation marks."""
        return self.take("text" if self.is_at("text") else "word", what)


def read_net(text: str, file: str = "network.net", proceed: Proceed = always) -> Diagram:
    """Return the diagram of a Hugin ``.net`` text. Raises ``CaseError`` with place and reason."""
    tokens = _NetTokens(text, file, proceed)
    nodes: dict[str, _Node] = {}
    potentials: dict[str, _Potential] = {}
    nets = 0
    while not tokens.is_at("end"):
        word = tokens.take("word", "net, node, decision, utility or potential")
        tokens.known("a file", word)
        while word.content in {"discrete", "chance"}:
            word = tokens.take("word", "node or decision")
            if word.content not in {"discrete", "chance", "node", "decision"}:
                message = f'expected node or decision, found "{word.content[:40]}".'
                tokens.refuse("Q603", message, word.offset, "write node NAME { ... }")
        if word.content == "net":
            nets += 1
            if nets > 1:
                tokens.refuse("Q609", "a second net begins here.", word.offset, "keep one network in a file")
            for attribute in _attributes(tokens, "net"):
                _skip(tokens, attribute)
        elif word.content == "potential":
            _read_potential(tokens, word.offset, potentials)
        else:
            _read_node(tokens, word.content, nodes)
    return _diagram(tokens, nodes, potentials)


def _attributes(tokens: _NetTokens, where: str) -> Iterator[Token]:
    """Yield the names of attributes between braces, each with the value still to be taken."""
    seen: set[str] = set()
    tokens.take("brace", "{", "{")
    while not tokens.is_at("brace", "}"):
        attribute = tokens.take("word", "an attribute or }")
        if attribute.content in seen:
            message = f'"{attribute.content[:40]}" is given twice.'
            tokens.refuse("Q609", message, attribute.offset, "delete the one that does not count")
        seen.add(attribute.content)
        tokens.known(where, attribute)
        tokens.take("brace", "= after the attribute", "=")
        yield attribute
        tokens.take("brace", "; after the attribute", ";")
    tokens.take("brace", "}", "}")


def _skip(tokens: _NetTokens, attribute: Token) -> None:
    while not tokens.is_at("brace", ";"):
        if tokens.is_at("end") or any(tokens.is_at("brace", mark) for mark in "{}="):
            message = f'the attribute "{attribute.content[:40]}" has no end.'
            tokens.refuse("Q603", message, attribute.offset, "end it with a semicolon")
        tokens.take(tokens.current.kind, ";")


def _read_node(tokens: _NetTokens, kind: str, nodes: dict[str, _Node]) -> None:
    named = tokens.name(f"the name of the {kind}")
    if named.content in nodes:
        message = f'two nodes are called "{named.content[:40]}".'
        tokens.refuse("Q609", message, named.offset, "rename one of them")
    node = nodes[named.content] = _Node(kind, named.offset)
    for attribute in _attributes(tokens, kind):
        if attribute.content != "states":
            _skip(tokens, attribute)
            continue
        tokens.take("brace", "( before the states", "(")
        states = []
        while not tokens.is_at("brace", ")"):
            states.append(tokens.name("a state").content)
        tokens.take("brace", ")", ")")
        node.states = tuple(states)
    fault = variable_fault(named.content, node.states or (), (), {}) if kind != "utility" else None
    if fault is not None:
        tokens.refuse(fault[0], fault[1], named.offset, fault[2])


def _read_potential(tokens: _NetTokens, at: int, potentials: dict[str, _Potential]) -> None:
    tokens.take("brace", "( before the variables", "(")
    child = tokens.name("a variable").content
    if not tokens.is_at("brace", "|") and not tokens.is_at("brace", ")"):
        message = f'a potential of several variables at once ("{child[:40]}" and others) is not read.'
        tokens.refuse("Q611", message, at, "write one for each variable, its parents behind a bar: ( a | b )")
    parents = []
    if tokens.is_at("brace", "|"):
        tokens.take("brace", "|", "|")
        while not tokens.is_at("brace", ")"):
            parents.append(tokens.name("a parent").content)
    tokens.take("brace", ")", ")")
    if child in potentials:
        message = f'"{child[:40]}" has two potentials.'
        tokens.refuse("Q609", message, at, "delete the one that does not count")
    potential = potentials[child] = _Potential(tuple(parents), at)
    if tokens.is_at("brace", ";"):
        tokens.take("brace", ";", ";")
        return
    for attribute in _attributes(tokens, "potential"):
        if attribute.content == "data":
            potential.at = tokens.current.offset
            potential.numbers, potential.shape = _numbers(tokens)
        else:
            _skip(tokens, attribute)


def _numbers(tokens: _NetTokens) -> tuple[list[float], list[int]]:
    """Return the numbers of nested brackets, and how many stand in each at every depth; they must be even."""
    numbers: list[float] = []
    sizes: list[int | None] = []
    counts: list[int] = []
    while True:
        token = tokens.current
        if tokens.is_at("brace", "("):
            if len(counts) > PARENTS_AT_MOST:
                tokens.refuse(
                    "Q602", "these brackets are nested too deeply.", token.offset, "one pair a parent is enough"
                )
            tokens.take("brace", "(", "(")
            counts.append(0)
            if len(sizes) < len(counts):
                sizes.append(None)
            continue
        if tokens.is_at("brace", ")") and counts:
            tokens.take("brace", ")", ")")
            size = counts.pop()
            if sizes[len(counts)] not in {None, size} or (size == 0):
                message = f"{size} entries stand between these brackets, {sizes[len(counts)] or 1} between others."
                tokens.refuse("Q607", message, token.offset, "bracket the numbers as the states of the parents go")
            sizes[len(counts)] = size
        else:
            if not counts or len(counts) < len(sizes):
                tokens.take("brace", "( before the numbers", "(")
            numbers.append(_number(tokens, tokens.take("word", "a number", hint="write plain numbers in brackets")))
        if not counts:
            return numbers, [size or 0 for size in sizes]
        counts[-1] += 1


def _number(tokens: _NetTokens, token: Token) -> float:
    value = decimal(token.content)
    if value is None:
        code = "Q604" if is_meant_as_number(token.content) else "Q603"
        message = f'expected a number with a finite value, found "{token.content[:40]}".'
        tokens.refuse(code, message, token.offset, "write a plain number: 3, 0.5 or 1e-3")
    return value


def _diagram(tokens: _NetTokens, nodes: dict[str, _Node], potentials: dict[str, _Potential]) -> Diagram:
    known = {name: node.states or () for name, node in nodes.items() if node.kind != "utility"}
    for name, potential in potentials.items():
        fault = parents_fault(name, potential.parents, known)
        if name not in nodes:
            fault = "Q609", f'there is no node "{name[:40]}".', "declare it, or delete the potential"
        if fault is not None:
            tokens.refuse(fault[0], fault[1], potential.at, fault[2])
    variables: list[Chance | Decision] = []
    tables: dict[str, Table] = {}
    blank: dict[str, Table] = {}
    utilities = []
    for name, node in nodes.items():
        potential = potentials.get(name) or _Potential((), node.at)
        parents = potential.parents
        whole = tuple(len(known[p]) for p in parents) + (() if node.kind == "utility" else (len(known[name]),))
        if node.kind == "decision":
            variables.append(Decision(name, known[name], PLAYER, parents))
            _check_policy(tokens, name, potential)
            continue
        _check_shape(tokens, name, potential, whole)
        values = np.array(potential.numbers).reshape(whole)
        if node.kind == "utility":
            utilities.append(Utility(name, PLAYER, Table(parents, values[..., None])))
            continue
        rows = checked_rows(values)
        if isinstance(rows, str):
            message = f'the probabilities of "{name[:40]}" do not sum to one: {rows}.'
            tokens.refuse("Q607", message, potential.at, SUMS)
        variables.append(Chance(name, known[name], parents))
        tables[name] = Table((*parents, name), rows.values[..., None])
        if rows.blank is not None:
            blank[name] = Table(parents, rows.blank[..., None].astype(np.float64))
    places = {name: tokens.place(node.at) for name, node in nodes.items()}
    diagram = network_of(variables, tables, tokens.file, utilities, blank=blank, places=places)
    for name, lost in truly_forgotten(diagram).items():
        message = f'whether "{lost[0][:40]}" is still known at "{name[:40]}" is not said in a .net file, and matters.'
        hint = f"name it among the parents: potential ( {name[:40]} | ... {lost[0][:40]} )"
        raise CaseError([Problem("Q613", message, places[name], hint)])
    return with_memory(diagram)


def _check_shape(tokens: _NetTokens, name: str, potential: _Potential, whole: tuple[int, ...]) -> None:
    """Refuse numbers that are missing, too few or too many, or bracketed otherwise than the states go."""
    if potential.numbers is None:
        message = f'"{name[:40]}" has no data.'
        tokens.refuse("Q609", message, potential.at, f"add potential ( {name[:40]} ) {{ data = ( ... ); }}")
    if len(potential.numbers) != prod(whole):
        message = f'"{name[:40]}" needs {prod(whole)} numbers, and has {len(potential.numbers)}.'
        tokens.refuse("Q607", message, potential.at, "give one for every combination of states")
    ends = {prod(whole[i:]) for i in range(len(whole) + 1)}
    inner = [prod(potential.shape[i:]) for i in range(len(potential.shape) + 1)]
    if not ends.issuperset(inner):
        message = f'the brackets around the numbers of "{name[:40]}" are not as the states go.'
        tokens.refuse("Q607", message, potential.at, "the first parent runs slowest, the variable itself fastest")


def _check_policy(tokens: _NetTokens, name: str, potential: _Potential) -> None:
    """Refuse a decision that the file already makes: what is best is found, not read."""
    if potential.numbers is not None and len(set(potential.numbers)) > 1:
        message = f'the file says what is decided at "{name[:40]}".'
        tokens.refuse("Q611", message, potential.at, "delete the data, or make it a chance node")
