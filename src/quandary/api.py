"""Quandary from Python: load a case, solve it, ask it, change what was seen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from quandary.ask.answer import Answer
from quandary.ask.by_construction import Budget
from quandary.ask.findings import findings
from quandary.ask.results import Findings, Run
from quandary.ask.study import Study
from quandary.case.model import Case
from quandary.pipeline import load as load_case
from quandary.problems import Problem


@dataclass(frozen=True, eq=False)
class LoadedCase:
    """A case without errors, ready to be solved; ``problems`` holds its warnings."""

    case: Case
    problems: tuple[Problem, ...] = ()

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

        Worlds are solved when a question first needs them. Raises ``CaseError`` where the case cannot be compiled.
        """
        day = date.fromisoformat(as_of) if isinstance(as_of, str) else as_of
        return Solved(
            Study(self.case, worlds=worlds, seed=seed, as_of=day, use_evidence=evidence, threads=threads)
        )


class Solved:
    """A case in many worlds, ready for questions."""

    def __init__(self, study: Study) -> None:
        self._study = study

    def ask(self, query: str) -> Answer:
        """Return the answer to one query; raises ``CaseError`` with every fault in it."""
        return self._study.ask(query)

    def asks(self, *queries: str) -> tuple[Answer, ...]:
        """Return the answers to several queries from one pass over the worlds."""
        return self._study.answers(queries)

    @cached_property
    def findings(self) -> Findings:
        """Return everything the case itself asks: outcomes, claims with verdicts, questions and checks."""
        return findings(self._study, Budget())

    @property
    def run(self) -> Run:
        """Return how the answers so far were made: worlds, effective worlds, what did not converge."""
        return self._study.run


def load(path: str | Path, *, text: str | Path | None = None) -> LoadedCase:
    """Return the case in a file, in a folder with a ``case.yaml``, or shipped under that name.

    ``text`` names a file with the case's article, against which its quotes are checked. Raises ``CaseError`` with
    ``.problems`` when the case has errors, and ``Refusal`` when there is no such case.
    """
    case, problems = load_case(str(path), None if text is None else Path(text))
    return LoadedCase(case, problems)
