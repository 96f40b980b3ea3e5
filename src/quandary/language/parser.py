"""The three entry points: text to a quantity, a condition or a query, with every fault found.

One Lark grammar (``grammar.lark``, LALR) is built once per process. Length and nesting are limited, so that
no text can exhaust the stack or the clock.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path
from typing import TypeVar, cast

from lark import Lark
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from quandary.base.places import NOWHERE, Place
from quandary.base.problems import CaseError, Problem
from quandary.language.building import Builder, Parsed, QuantityBuilder
from quandary.language.building_queries import ConditionBuilder, QueryBuilder
from quandary.language.diagnosing import ParseStop, diagnose, unbalanced
from quandary.language.heads import QueryTarget, names_of_heads
from quandary.language.syntax import Condition, Expression, Quantity
from quandary.language.text import Text
from quandary.language.vocabulary import FUNCTIONS

Node = TypeVar("Node")

LONGEST = 10_000
DEEPEST = 100

KEPT = 1024
"""Texts whose trees are kept: a case that is read again, in a file or with changes, says mostly what it said."""

_SUBTRACTED_RANGE = re.compile(
    r"\s*(?P<low>[+-]?\d+(?:\.\d+)?)(?P<share>\s*%)?(?P<dash>\s*-\s*)(?P<high>\d+(?:\.\d+)?)"
    r"\s*(?:(?:%|\(|of\b|points?\b|pts?\b).*)?",
    re.DOTALL,
)


def _rising(dashed: re.Match[str]) -> bool:
    """Return whether two numbers of one kind rise, as those of a range do: ``1 - 20%`` takes a fifth from one."""
    shares = bool(dashed["share"]), dashed[0][dashed.end("high") :].lstrip().startswith("%")
    return float(dashed["low"]) < float(dashed["high"]) and (shares[0] == shares[1] or shares[0])


def parse_quantity(text: str, place: Place = NOWHERE) -> Quantity:
    """Return the quantity that ``text`` writes; ``place`` is that of its first character.

    Raises ``CaseError`` with every fault found.
    """
    located = Text(text, place)
    dashed = _SUBTRACTED_RANGE.fullmatch(text)
    if dashed and (dashed["dash"] == "-" or _rising(dashed)):
        mended = f"{text[: dashed.start('dash')].strip()} to {text[dashed.end('dash') :].strip()}"
        message, hint = "a dash between two numbers subtracts", f"for a range write {mended}"
        raise CaseError([located.problem("Q135", message, 0, len(text), hint)])
    builder = QuantityBuilder(located)
    node = builder.quantity(_parsed(located, "quantity"))
    return _complete(builder, node)


def parse_condition(text: str, place: Place = NOWHERE) -> Condition:
    """Return the condition that ``text`` writes (names of events are left as names).

    Raises ``CaseError`` with every fault found.
    """
    located = Text(text, place)
    builder = ConditionBuilder(located)
    node = builder.whole(_parsed(located, "condition"))
    return cast(Condition, _complete(builder, node))


def parse_order(text: str, place: Place = NOWHERE) -> tuple[Condition, ...]:
    """Return the conditions that ``text`` ranks from the worst to the best: ``worst < middle < best``.

    Raises ``CaseError`` with every fault found.
    """
    located, found, problems, start = Text(text, place), list[Condition](), list[Problem](), 0
    for part in text.split("<"):
        try:
            found.append(parse_condition(part.strip(), located.at(start + len(part) - len(part.lstrip()), 0)))
        except CaseError as error:
            problems.extend(error.problems)
        start += len(part) + 1
    if problems:
        raise CaseError(problems)
    return tuple(found)


def parse_query(text: str, place: Place = NOWHERE) -> Expression:
    """Return the query that ``text`` writes.

    Raises ``CaseError`` with every fault found.
    """
    located = Text(text, place)
    builder = QueryBuilder(located)
    node = builder.query(_parsed(located, "query"))
    return _complete(builder, node)


@cache
def _grammar() -> Lark:
    grammar = Path(__file__).with_name("grammar.lark").read_text(encoding="utf-8")
    alone = (QueryTarget.CONDITION, QueryTarget.OPTION)
    callees: dict[str, Iterable[str]] = {
        "CONDITION": names_of_heads(lambda head: head.target is QueryTarget.CONDITION),
        "OPTION": names_of_heads(lambda head: head.target is QueryTarget.OPTION),
        "NAME": names_of_heads(lambda head: head.target not in alone),
        "FUNCTION": FUNCTIONS,
    }
    for kind, names in callees.items():
        grammar = grammar.replace(f"@{kind}@", "|".join(names))
    return Lark(
        grammar,
        parser="lalr",
        start=["quantity", "condition", "query"],
        propagate_positions=True,
        maybe_placeholders=True,
        lexer_callbacks={"QUOTED": lambda token: token.update(value=token[1:-1])},
    )


def _complete(builder: Builder, node: Node) -> Node:
    if builder.problems:
        raise CaseError(builder.problems)
    return node


def _parsed(text: Text, kind: str) -> Parsed:
    """Return the tree of a text, or raise ``CaseError`` with one fault."""
    problem = _refused(text, kind)
    if problem is None:
        try:
            tree = _tree(text.text, kind)
        except UnexpectedInput as stopped:
            problem = diagnose(_stop(text, kind, stopped))
        else:
            if _depth(tree) <= DEEPEST:
                return tree
            problem = _too_deep(text)
    raise CaseError([problem])


@lru_cache(maxsize=KEPT)
def _tree(text: str, kind: str) -> Parsed:
    """Return the tree of a text, which whoever builds from it leaves as it is; it knows no place. Raises lark's own."""
    return _grammar().parse(text, start=kind)


def _refused(text: Text, kind: str) -> Problem | None:
    """Return a fault for text that is empty, too long or too deeply nested to be parsed at all."""
    if not text.text.strip():
        return text.problem("Q136", f"a {kind} is missing", 0, len(text.text))
    if len(text.text) > LONGEST:
        message = f"this {kind} is {len(text.text):,} characters long; the limit is {LONGEST:,}"
        return text.problem("Q137", message, 0, 1, "name parts of it as assumptions or events")
    deepest = level = 0
    for sign in text.text:
        level += (sign == "(") - (sign == ")")
        deepest = max(deepest, level)
    if deepest > DEEPEST:
        return _too_deep(text) if level == 0 else unbalanced(text)
    return None


def _too_deep(text: Text) -> Problem:
    message = f"this is nested more than {DEEPEST} deep"
    return text.problem("Q138", message, 0, 1, "name parts of it as assumptions or events")


def _depth(tree: Parsed) -> int:
    """Return the depth of a tree, without recursion."""
    deepest = 0
    waiting = [(tree, 1)]
    while waiting:
        branch, depth = waiting.pop()
        deepest = max(deepest, depth)
        waiting.extend((child, depth + 1) for child in branch.children if not isinstance(child, str | None))
    return deepest


def _stop(text: Text, kind: str, stopped: UnexpectedInput) -> ParseStop:
    """Return where the parser stopped and the terminals that would have carried it on."""
    position = len(text.text)
    if isinstance(stopped, UnexpectedToken):
        if stopped.token.type != "$END":
            position = stopped.token.start_pos or 0
    elif isinstance(stopped, UnexpectedCharacters):
        position = stopped.pos_in_stream or 0
    return ParseStop(text, kind, position, _accepted(text.text[:position], kind))


def _accepted(beginning: str, kind: str) -> frozenset[str]:
    """Return the terminals that may follow the beginning of a text; none where it cannot be read alone."""
    state = _grammar().parse_interactive(beginning, start=kind)
    try:
        state.exhaust_lexer()
    except UnexpectedInput:
        return frozenset()
    accepted: set[str] = state.accepts()  # type: ignore[no-untyped-call]
    return frozenset(accepted)
