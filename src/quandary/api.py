"""Quandary from Python: load a case, solve it, ask it, ask why, look into it, compare it with another."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from datetime import date
from functools import cached_property
from pathlib import Path

from quandary.analyses import Analyses, compared
from quandary.ask.answer import Answer
from quandary.ask.claims.by_construction import Budget
from quandary.ask.claims.findings import findings
from quandary.ask.results import Findings, Run
from quandary.ask.study import Study
from quandary.ask.turning.compare import Comparison
from quandary.base.problems import CaseError, Problem
from quandary.case.model import Case
from quandary.case.text import CaseText
from quandary.compile.loader import read_case_text
from quandary.compile.numbers import UncertainNumber
from quandary.language.parser import parse_query
from quandary.language.syntax import Expression
from quandary.pipeline import read
from quandary.quantities.worlds import checked_worlds
from quandary.report.charts.outcomes import outcomes_sheet
from quandary.report.html.finding import Finding
from quandary.report.html.notebook import Why, answer_html, case_html, sheet_html
from quandary.report.why.subjects import ExplainedSubject
from quandary.report.why.why import explain, explain_answer


@dataclass(frozen=True, eq=False, repr=False)
class LoadedCase:
    """A case without errors, ready to be solved; ``problems`` holds its warnings, ``text`` the files as they were read.

    ``load(loaded.text.with_value(...))`` is the case with another value.
    """

    case: Case
    problems: tuple[Problem, ...]
    text: CaseText

    def solve(
        self,
        *,
        worlds: int = 10_000,
        seed: int = 1,
        as_of: date | str | None = None,
        evidence: bool = True,
        threads: int | None = None,
    ) -> Solved:
        """Return the case in so many worlds. ``as_of`` uses evidence up to that day (a date or ``YYYY-MM-DD``).

        Worlds are solved when a question first needs them. Raises ``CaseError`` where the case cannot be compiled, and
        ``Refusal`` for fewer than 16 worlds.
        """
        day = date.fromisoformat(as_of) if isinstance(as_of, str) else as_of
        return Solved(
            Study(
                self.case, worlds=checked_worlds(worlds), seed=seed, as_of=day, use_evidence=evidence, threads=threads
            )
        )

    def compare(
        self,
        other: LoadedCase,
        query: str,
        *,
        worlds: int = 1_000,
        seed: int = 1,
        as_of: date | str | None = None,
        evidence: bool = True,
    ) -> Finding[Comparison]:
        """Return how this case and another differ on a query, shared among the parts that differ."""
        day = date.fromisoformat(as_of) if isinstance(as_of, str) else as_of
        return compared(
            self.case, other.case, query, worlds=checked_worlds(worlds), seed=seed, as_of=day, evidence=evidence
        )

    def __repr__(self) -> str:
        return f"<case {self.case.title!r}, as of {self.case.as_of}>"

    def _repr_html_(self) -> str:
        return case_html(self.case, self.problems)


@dataclass(frozen=True, eq=False)
class SolvedAnswer(Answer):
    """An answer that knows the study it comes from, and so can say why. In a notebook it shows itself."""

    study: Study | None = field(default=None, repr=False, kw_only=True)
    syntax: Expression | None = field(default=None, repr=False, kw_only=True)

    def why(self) -> Why:
        """Return what the answer rests on: the numbers behind it, their lines, reasons, sources, and drawn worlds."""
        assert self.study is not None
        assert self.syntax is not None
        subject = ExplainedSubject("query", self.query, self.query, self.syntax, self.query)
        return Why((explain_answer(self.study, self, subject),), _numbers(self.study))

    def _repr_html_(self) -> str:
        assert self.syntax is not None
        return answer_html(self.syntax, self)


class Solved(Analyses):
    """A case in many worlds, ready for questions, and for all that ``Analyses`` looks into."""

    def ask(self, query: str) -> SolvedAnswer:
        """Return the answer to one query; raises ``CaseError`` with every fault in it."""
        return self.asks(query)[0]

    def asks(self, *queries: str) -> tuple[SolvedAnswer, ...]:
        """Return the answers to several queries from one pass over the worlds."""
        parsed = [parse_query(query) for query in queries]
        return tuple(
            _knowing(self.study, syntax, answer)
            for syntax, answer in zip(parsed, self.study.answers(queries), strict=True)
        )

    def why(self, thing: str) -> Why:
        """Return what a claim, question, check, state (``x=v``), event, number or line of the case rests on.

        Raises ``Refusal`` (Q852) for a name that stands for nothing.
        """
        return Why(explain(self.study, thing), _numbers(self.study))

    @cached_property
    def findings(self) -> Findings:
        """Return everything the case itself asks: outcomes, claims with verdicts, questions and checks."""
        return findings(self.study, Budget())

    @property
    def run(self) -> Run:
        """Return how the answers so far were made: worlds, effective worlds, what did not converge."""
        return self.study.run

    def _repr_html_(self) -> str:
        if "findings" not in self.__dict__:
            return case_html(self.study.case, ())
        return case_html(self.study.case, ()) + sheet_html(outcomes_sheet(self.study.case, self.findings.outcomes))


def _knowing(study: Study, syntax: Expression, answer: Answer) -> SolvedAnswer:
    plain = {item.name: getattr(answer, item.name) for item in fields(Answer)}
    return SolvedAnswer(**plain, study=study, syntax=syntax)


def _numbers(study: Study) -> dict[str, UncertainNumber]:
    return {number.name: number for number in study.model.quantities}


def load(path: str | Path | CaseText, *, text: str | Path | None = None) -> LoadedCase:
    """Return the case in a file, in a folder with a ``case.yaml``, shipped under that name, or in a text already read.

    ``text`` names a file with the case's article, against which its quotes are checked. Raises ``CaseError`` with
    ``.problems`` when the case has errors, and ``Refusal`` when there is no such case.
    """
    if isinstance(path, CaseText):
        loaded = read_case_text(path if text is None else replace(path, article=Path(text)))
    else:
        loaded = read(str(path), None if text is None else Path(text))
    if loaded.case is None or loaded.text is None:
        raise CaseError(loaded.problems)
    return LoadedCase(loaded.case, loaded.problems, loaded.text)
