"""A draft of a case: entries that were proposed to the analyst, each with the quote it came from, and what is open.

The entries are the records of ``case.model``. A draft may lack things: any field of its records may hold a ``Gap``, and
a number an ``OpenNumber``, without which a case runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any, Literal

from quandary.case.model import Actor, Case, ChanceEvent, Claim, DecisionEvent, Evidence, Question, Stake
from quandary.case.yaml.yaml_reading import GAP

ProposedEntry = Actor | ChanceEvent | DecisionEvent | tuple[Stake, ...] | Evidence | Claim | Question
ProposalStatus = Literal["proposed", "accepted", "edited", "rejected"]


@dataclass(frozen=True, slots=True)
class Gap:
    """What a draft gives no answer to, written ``???``; ``asks`` is what the analyst has to fill in."""

    asks: str


def gap(asks: str) -> Any:  # noqa: ANN401 - it stands for a value of any field
    """Return a gap that stands in a record for whatever the field holds."""
    return Gap(asks)


@dataclass(frozen=True, slots=True)
class OpenNumber:
    """A number, or a map of them, that nobody has put, written ``unknown``; ``asks`` is what may stand instead."""

    asks: str


def open_number(asks: str) -> Any:  # noqa: ANN401 - it stands for a value of any field
    """Return what stands in a record for numbers that nobody has put."""
    return OpenNumber(asks)


@dataclass(frozen=True)
class Proposal:
    """One entry of a draft, and where it came from.

    ``quote`` is quoted from ``source``; ``span`` is (start, end) of the whole passage in the text. ``remarks`` are for
    the analyst: each stands beside the field it is named by, or on a line of its own where the entry has no such field.
    ``typed`` holds the lines that the analyst wrote instead of the entry.
    """

    entry: ProposedEntry
    quote: str = ""
    span: tuple[int, int] | None = None
    remarks: Mapping[str, str] = field(default_factory=dict)
    source: str = "article"
    status: ProposalStatus = "proposed"
    typed: tuple[str, ...] = ()

    @property
    def section(self) -> str:
        """Return the section of the case that the entry belongs to."""
        match self.entry:
            case Actor():
                return "actors"
            case ChanceEvent() | DecisionEvent():
                return "story"
            case Evidence():
                return "evidence"
            case Claim():
                return "claims"
            case Question():
                return "questions"
            case _:
                return "stakes"


@dataclass(frozen=True)
class OpenPoint:
    """What is to be filled in: the odds of a variable or the stakes of an actor; ``tests`` is how many rest on it."""

    kind: Literal["odds", "stakes"]
    name: str
    tests: int


@dataclass(frozen=True)
class Draft:
    """``head`` holds what needs no judgement: title, day and source; the proposals follow in the order of a case."""

    head: Case
    proposals: tuple[Proposal, ...]
    notes: tuple[str, ...] = ()
    open: tuple[OpenPoint, ...] = ()

    def kept(self, section: str) -> tuple[Proposal, ...]:
        """Return the proposals of a section that were not rejected."""
        return tuple(p for p in self.proposals if p.section == section and p.status != "rejected")

    def gaps(self) -> int:
        """Return how many gaps are left to fill, those in what the analyst typed among them."""
        kept = [p for p in self.proposals if p.status != "rejected"]
        typed = sum(line.split("#")[0].count(GAP) for p in kept for line in p.typed)
        return _gaps([self.head, *(p.entry for p in kept if not p.typed)]) + typed + (not self.kept("story"))


def _gaps(value: object) -> int:
    if isinstance(value, Gap):
        return 1
    if isinstance(value, Mapping):
        value = tuple(value.values())
    if isinstance(value, list | tuple):
        return sum(map(_gaps, value))
    if is_dataclass(value) and not isinstance(value, type):
        return sum(_gaps(getattr(value, one.name)) for one in fields(value))
    return 0
