"""Moves: what can be changed in a case that is held open, as data; each is a few lines of its text, or of a setting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Annotated, Any, ClassVar

from quandary.base.problems import CaseError, Problem, nearest
from quandary.use.requests import About, request_from, request_schema
from quandary.use.values import read_day

NumberName = Annotated[str, About("A number of the case, by its name: assumptions.panic, story.unrest.odds.violent.")]


@dataclass(frozen=True, kw_only=True)
class CaseMove:
    """Something moved. ``kind`` names what sort of move it is; two moves of one ``target`` replace each other."""

    kind: ClassVar[str] = ""

    @property
    def target(self) -> tuple[str, ...]:
        """Return what is moved."""
        raise NotImplementedError

    def to_dict(self) -> dict[str, Any]:
        """Return the move as JSON has it; ``move_from`` makes it again."""
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        return {"kind": self.kind, **{name: _plain(value) for name, value in values.items() if value is not None}}


@dataclass(frozen=True, kw_only=True)
class RangeMove(CaseMove):
    """A number written anew, as the case language has it: ``20% to 45%``, ``x2 to x6``, ``0.3``, ``likely``."""

    kind: ClassVar[str] = "range"
    number: NumberName
    value: Annotated[str, About("The number as the case language writes it.")]

    @property
    def target(self) -> tuple[str, ...]:
        """Return the number."""
        return "number", self.number


@dataclass(frozen=True, kw_only=True)
class LikelihoodMove(CaseMove):
    """A probability said by a word of likelihood of the table that the case uses."""

    kind: ClassVar[str] = "likelihood"
    number: NumberName
    word: Annotated[str, About("A word of likelihood, as in: likely.")]

    @property
    def target(self) -> tuple[str, ...]:
        """Return the number."""
        return "number", self.number


@dataclass(frozen=True, kw_only=True)
class OrderMove(CaseMove):
    """An order put in the place of a stake's worths, or of the weights of an actor's stakes."""

    kind: ClassVar[str] = "order"
    of: Annotated[str, About("A stake (actor.stake), or an actor for the weights of its stakes.")]
    rising: Annotated[tuple[str, ...], About("The outcomes, conditions or stakes, from the least to the most.")]

    @property
    def target(self) -> tuple[str, ...]:
        """Return whose order it is."""
        return "order", self.of


@dataclass(frozen=True, kw_only=True)
class ArcMove(CaseMove):
    """An arc switched off: a chance event no longer depends on something, and the effects of that go."""

    kind: ClassVar[str] = "arc"
    variable: Annotated[str, About("The chance event that no longer depends on it.")]
    parent: Annotated[str, About("What it depended on.")]

    @property
    def target(self) -> tuple[str, ...]:
        """Return the arc."""
        return "arc", self.variable, self.parent


@dataclass(frozen=True, kw_only=True)
class OptionMove(CaseMove):
    """An option removed: it is not chosen any more wherever another is left."""

    kind: ClassVar[str] = "option"
    decision: Annotated[str, About("The decision.")]
    option: Annotated[str, About("The option that may not be chosen.")]

    @property
    def target(self) -> tuple[str, ...]:
        """Return the option."""
        return "option", self.decision, self.option


@dataclass(frozen=True, kw_only=True)
class EvidenceDayMove(CaseMove):
    """Evidence seen only up to a day, as ``--as-of`` has it; without a day, up to the case's own. No line changes."""

    kind: ClassVar[str] = "evidence_day"
    day: Annotated[date | None, About("The last day whose evidence is used.", read=read_day)] = None

    @property
    def target(self) -> tuple[str, ...]:
        """Return that it is the day."""
        return ("day",)


@dataclass(frozen=True, kw_only=True)
class ResetMove(CaseMove):
    """What earlier moves made of one thing put back as the file has it; all other moves stay."""

    kind: ClassVar[str] = "reset"
    what: Annotated[tuple[str, ...], About("The target of the moves, as in: number, assumptions.panic.")]

    @property
    def target(self) -> tuple[str, ...]:
        """Return what is put back."""
        return self.what


MOVES: dict[str, type[CaseMove]] = {
    move.kind: move for move in (RangeMove, LikelihoodMove, OrderMove, ArcMove, OptionMove, EvidenceDayMove, ResetMove)
}
"""The sorts of moves by their kind."""


def move_from(given: Mapping[str, object]) -> CaseMove:
    """Return a move made from plain data, as JSON has it: its ``kind`` and its fields.

    Raises ``CaseError`` (Q819, Q806) with every fault in it.
    """
    kind = given.get("kind") if isinstance(given, Mapping) else None
    if not isinstance(kind, str) or kind not in MOVES:
        hint = (nearest(kind, MOVES) if isinstance(kind, str) else None) or f"known: {', '.join(MOVES)}"
        raise CaseError([Problem("Q819", "a move is an object with its kind and its fields", hint=hint)])
    return request_from(MOVES[kind], {name: value for name, value in given.items() if name != "kind"})


def move_schema() -> dict[str, Any]:
    """Return the JSON Schema of a move: one of its kinds."""
    kinds = []
    for kind, move in MOVES.items():
        schema = request_schema(move)
        schema.pop("$schema")
        schema["properties"] = {"kind": {"const": kind}, **schema["properties"]}
        schema["required"] = ["kind", *schema["required"]]
        kinds.append(schema)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Move", "oneOf": kinds}


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return list(value)
    return value.isoformat() if isinstance(value, date) else value
