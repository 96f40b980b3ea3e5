"""How the answers moved with each dated piece of evidence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from quandary.quantities.worlds import checked_worlds
from quandary.use.requests import AsOf, CaseName, Memory, Seed, ShowAll, Worlds
from quandary.use.results import HANDS, Hands, Piece, Result, unconverged
from quandary.use.studies import SOLVING, loaded_case, study, with_numbers

if TYPE_CHECKING:
    from quandary.ask.changes.timeline import Timeline
    from quandary.case.model import Case
    from quandary.report.documents.changes import TimelineDocument


@dataclass(frozen=True, kw_only=True)
class TimelineRequest:
    """A case whose questions are followed through its evidence."""

    case: CaseName
    worlds: Worlds = 10_000
    seed: Seed = 1
    memory: Memory = None
    as_of: AsOf = None
    all: ShowAll = False


@dataclass(frozen=True, eq=False)
class TimelineResult(Result):
    """What each piece of evidence moved, and how far; people see the questions that moved, or ``everything``."""

    case: Case
    found: Timeline
    named: str
    everything: bool = True

    @property
    def complete(self) -> bool:
        """Return whether every world was solved."""
        return self.found.complete

    def document(self) -> TimelineDocument:
        """Return what was found as ``quandary.timeline/1``."""
        from quandary.report.documents.changes import timeline_document

        return timeline_document(self.case, self.found)

    def pieces(self, *, code: bool = False) -> Iterator[Piece]:
        """Yield the sentences and tables."""
        from quandary.report.analyses.timeline import timeline_parts
        from quandary.report.words.naming.names import CaseNames

        yield from timeline_parts(CaseNames(self.case, code), self.found, everything=self.everything)
        yield from unconverged(self.found.unconverged, self.found.worlds, self.found.seed, self.named, "")


def run(request: TimelineRequest, hands: Hands) -> TimelineResult:
    """Return how the case's questions moved through its evidence, in order of date."""
    case, _ = loaded_case(request.case)
    made = timeline(case, request.worlds, request.seed, request.as_of, hands=hands, named=request.case)
    return replace(made, everything=request.all)


def timeline(
    case: Case,
    worlds: int,
    seed: int,
    as_of: date | None,
    *,
    threads: int | None = None,
    hands: Hands = HANDS,
    named: str = "CASE",
) -> TimelineResult:
    """Return how a case's questions moved; more worlds are drawn than asked for where a step needs them."""
    from quandary.ask.changes import timeline as following
    from quandary.case.logic.conditions import mentioned

    alone = study(case, worlds, seed, as_of=as_of, threads=threads, hands=hands, saying=None)
    lines = [alone.prepared(line.query) for line in following.lines_of(case)]
    seen = {name for item in alone.evidence for name in mentioned(case, item.saw)}
    with_numbers(alone, "a timeline", lines, variables=seen)
    found = following.timeline(
        case,
        worlds=checked_worlds(worlds),
        seed=seed,
        as_of=as_of,
        threads=threads,
        progress=hands.telling(SOLVING),
        stop=hands.stop,
    )
    return TimelineResult(case, found, named)
