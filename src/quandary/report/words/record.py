"""What a run hands to the report: the case, its faults, the findings, the headline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from quandary.ask.changes.clones import Clones
from quandary.ask.outside import OutsideComparison
from quandary.ask.results import Findings, OverFillings
from quandary.ask.turning.headline import Headline
from quandary.ask.turning.swings import NumberSwing
from quandary.base.problems import Problem
from quandary.case.model import Case
from quandary.compile.numbers import UncertainNumber
from quandary.language.syntax import Expression
from quandary.report.words.naming.names import CaseNames


@dataclass(frozen=True, eq=False)
class Report:
    """Everything the report says. ``named`` is how the user named the case, for the commands to try next.

    ``numbers`` holds the uncertain numbers by name; ``outside`` what others say of events, beside the case's answer;
    ``hangs_on`` the few numbers that carry most of the headline's variance, that which carries most first; ``clones``
    how far listing an option twice moves it, where that was looked into. With ``code`` it also says code names, queries
    and lines.
    """

    case: Case
    named: str
    as_of: date
    problems: tuple[Problem, ...]
    findings: Findings
    headline: Headline | None
    numbers: Mapping[str, UncertainNumber]
    seconds: float
    outside: tuple[OutsideComparison, ...] = ()
    hangs_on: tuple[NumberSwing, ...] = ()
    code: bool = False
    clones: Clones | None = None

    @cached_property
    def names(self) -> CaseNames:
        """Return what things are called for people."""
        return CaseNames(self.case, self.code)

    @property
    def over_fillings(self) -> OverFillings | None:
        """Return what the headline is over fillings, ``None`` where it hangs on no unknown number."""
        if self.leading is None or self.findings.unknowns is None:
            return None
        return self.findings.unknowns.of(self.leading)

    @property
    def complete(self) -> bool:
        """Return whether every world was solved, and every option listed twice."""
        return self.findings.run.complete and (self.clones is None or self.clones.complete)

    @property
    def leading(self) -> Expression | None:
        """Return the headline's query, where the case has one."""
        return None if self.headline is None else self.headline.query
