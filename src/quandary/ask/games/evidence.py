"""What had been seen by a day, and what of it an intervention leaves standing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from quandary.case.logic.conditions import mentioned
from quandary.case.model import Case, Evidence
from quandary.compile.evidence import evidence_in_force
from quandary.game.diagram import Diagram
from quandary.game.graphs.graph import graph_of
from quandary.game.interventions import affected
from quandary.language.printing import written
from quandary.language.syntax import And, Expression


@dataclass(frozen=True)
class Kept:
    """Evidence under an intervention: what still conditions, and what it made void (as written)."""

    conditions: tuple[Expression, ...]
    dropped: tuple[str, ...] = ()


def pieces(condition: Expression) -> Iterator[Expression]:
    """Yield the parts of a conjunction; anything else is one part."""
    if isinstance(condition, And):
        for operand in condition.operands:
            yield from pieces(operand)
    else:
        yield condition


def evidence_used(case: Case, as_of: date | None, use_evidence: bool) -> tuple[Evidence, ...]:
    """Return the evidence up to a day (the case's own by default); nothing without ``use_evidence``."""
    return evidence_in_force(case, as_of) if use_evidence else ()


def conditions_of(items: tuple[Evidence, ...]) -> tuple[Expression, ...]:
    """Return the evidence as conditions, conjunctions taken apart, each once."""
    return tuple(dict.fromkeys(piece for item in items for piece in pieces(item.saw)))


def kept_under(
    case: Case, conditions: tuple[Expression, ...], opened: Diagram, seen: frozenset[str], unseen: frozenset[str]
) -> Kept:
    """Return which evidence still conditions inside a world under interventions.

    ``do`` (seen) can affect what lies below it and below every rule that may change; ``do_unseen`` leaves all rules as
    they were and reaches descendants only. Evidence on anything that can be affected is dropped. ``opened`` is the
    game with requisite observations only, since nobody's rule follows the others.
    """
    touched: set[str] = set(unseen)
    if seen:
        touched |= affected(opened, seen)
    if unseen:
        touched |= graph_of(opened).descendants(unseen)
    keep = tuple(c for c in conditions if not touched & set(mentioned(case, c)))
    return Kept(keep, tuple(written(c) for c in conditions if c not in keep))
