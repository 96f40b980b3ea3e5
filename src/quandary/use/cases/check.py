"""Every fault and warning of a case at once, from its text and a few of its worlds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from quandary.base.places import NOWHERE
from quandary.base.problems import CaseError, Problem, Refusal
from quandary.use.requests import ArticleText, CaseName, Memory
from quandary.use.results import Hands, Piece, Result
from quandary.use.studies import opened, study

if TYPE_CHECKING:
    from quandary.case.model import Case
    from quandary.compile.loader import Loaded
    from quandary.compile.unknowns.readings import UnknownNumber
    from quandary.report.documents.problems import ProblemsDocument

USUAL_WORLDS = 10_000
"""Worlds of a run that is not told otherwise."""


@dataclass(frozen=True, kw_only=True)
class CheckRequest:
    """A case, and its article if the quotes are to be checked."""

    case: CaseName
    text: ArticleText = None
    memory: Memory = None


@dataclass(frozen=True, eq=False)
class CheckedCase(Result):
    """A case, where it could be read, and all that is wrong with it."""

    loaded: Loaded

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Return every fault and warning."""
        return self.loaded.problems

    @cached_property
    def things(self) -> tuple[UnknownNumber, ...] | None:
        """Return what nobody has put a number to, ``None`` of a case with errors."""
        if self.loaded.case is None or any(problem.is_error for problem in self.problems):
            return None
        from quandary.compile.compiler import compile_case

        return compile_case(self.loaded.case).unknowns

    def document(self) -> ProblemsDocument:
        """Return what was found as ``quandary.problems/1``."""
        from quandary.report.documents.problems import problems_document

        return problems_document(self.problems, self.things)

    def pieces(self, *, code: bool = False) -> Iterator[Piece]:
        """Yield every fault with its place, and a summary."""
        from quandary.report.faults import fault_lines, summary, unknown_lines

        if self.problems:
            yield from fault_lines(self.problems)
        yield from unknown_lines(self.things or ())
        yield summary(self.loaded)


def run(request: CheckRequest, hands: Hands) -> CheckedCase:
    """Return what is wrong with a case: structure, names, numbers, quotes and sources, and what only a run finds."""
    loaded = opened(request.case, request.text)
    if loaded.case is None:
        return CheckedCase(loaded)
    from quandary.ask.changes.rereading import changed_senses
    from quandary.ask.claims.trial import trial

    work = work_needed(loaded.case)
    tried = () if any(p.is_error for p in work) else trial(loaded.case)
    if loaded.text is not None and not any(p.is_error for p in (*loaded.problems, *work, *tried)):
        tried += changed_senses(loaded.case, loaded.text)
    return CheckedCase(replace(loaded, problems=(*loaded.problems, *work, *tried)))


def work_needed(case: Case, worlds: int = USUAL_WORLDS) -> tuple[Problem, ...]:
    """Return a fault (Q421) if a run would need more memory than is allowed, a warning (Q422) if it would take long.

    Nothing is solved. Faults of another kind are left to those who look for them.
    """
    from quandary.ask.claims.findings import reckoned_findings
    from quandary.ask.games.great_work import great_work
    from quandary.ask.study import PROBED
    from quandary.base.memory import TooLarge

    try:
        warning = great_work(reckoned_findings(study(case, PROBED, 1, threads=1)), worlds)
        return () if warning is None else (warning,)
    except TooLarge as refusal:
        about = case.variable(refusal.about) if refusal.about is not None else None
        return (replace(refusal.problem, place=NOWHERE if about is None else about.place),)
    except (CaseError, Refusal):
        return ()
