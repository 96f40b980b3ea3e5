"""What a solved case can be asked beyond single queries: one method for each of the commands that look deeper."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TypeVar

from rich.console import Console
from rich.text import Text

from quandary.ask.changes.commitment import Suppose, Supposition, read_announcement, read_sight, suppose
from quandary.ask.changes.paths import Paths, paths, read_change
from quandary.ask.changes.timeline import Timeline, timeline
from quandary.ask.equilibria.equilibria import EquilibriaOfWorlds, equilibria
from quandary.ask.query.subject import AskedSubject, subjects
from quandary.ask.study import Study
from quandary.ask.turning.compare import Comparison, compare
from quandary.ask.turning.flips import Flips, flips
from quandary.ask.turning.information import Information, decision_named, information
from quandary.ask.turning.structure import StructureTable, structural_flips
from quandary.ask.turning.studying import Advice, Studying, advice, studying
from quandary.case.model import Case
from quandary.language.parser import parse_condition, parse_query
from quandary.report.analyses.commitment import suppose_lines
from quandary.report.analyses.compare import print_comparison
from quandary.report.analyses.equilibria_found import print_equilibria
from quandary.report.analyses.flips import print_flips
from quandary.report.analyses.information import print_advice, print_information, print_studying
from quandary.report.analyses.paths import path_lines
from quandary.report.analyses.structure import print_structure
from quandary.report.analyses.timeline import print_timeline
from quandary.report.documents.answers import work_of_run
from quandary.report.documents.changes import paths_document, suppose_document, timeline_document
from quandary.report.documents.document import ResultDocument
from quandary.report.documents.equilibria import equilibria_document
from quandary.report.documents.information import advice_document, information_document, studying_document
from quandary.report.documents.turning import comparison_document, flips_document, structure_document
from quandary.report.html.finding import Finding
from quandary.report.words.unconverged import with_unconverged

Record = TypeVar("Record")
FlipsFound = tuple[tuple[AskedSubject, Flips], ...]
StudyingFound = tuple[tuple[AskedSubject, Studying], ...]


@dataclass(frozen=True, eq=False, repr=False)
class Analyses:
    """A case in many worlds, ready to be looked into.

    Every method returns what it found with ``.found`` (the record), ``.to_dict()`` (as ``--json`` has it), words and
    tables when printed, and HTML in a notebook. A thing is a claim (all its readings, or the one named ``test``), a
    question, a forecast, an event or a query. All raise ``Refusal`` or ``CaseError`` as the commands do.
    """

    study: Study

    def flips(self, thing: str, test: str | None = None, *, level: float | None = None) -> Finding[FlipsFound]:
        """Return which uncertain numbers would turn an answer, and where."""
        study = self.study
        asked = self._asked(thing, test)
        found = [(subject, flips(study, subject.query, level)) for subject in asked]
        run = study.run
        return self._told(
            tuple(found),
            lambda to: print_flips(study.case, found, run, to),
            lambda: flips_document(study.case, found, run),
        )

    def structure(self, thing: str, test: str | None = None, *, level: float | None = None) -> Finding[StructureTable]:
        """Return which arcs, observations, options and channels would turn an answer; each is cut and solved anew."""
        case = self.study.case
        found = structural_flips(self.study, subjects(case, thing, test), level)
        return self._told(
            found, lambda to: print_structure(case, found, to), lambda: structure_document(case, found, self._lost)
        )

    def information(self, decision: str, *variables: str, control: bool = False) -> Finding[Information]:
        """Return what seeing each variable is worth to the one who decides, with ``control`` also setting each."""
        case = self.study.case
        found = information(self.study, decision_named(case, decision), variables, control=control)
        return self._told(
            found, lambda to: print_information(case, found, to), lambda: information_document(case, found, self._lost)
        )

    def studying(self, thing: str, test: str | None = None) -> Finding[StudyingFound]:
        """Return how much of an answer's doubt a study of each uncertain number would take away."""
        study = self.study
        found = [(subject, studying(study, subject.query)) for subject in self._asked(thing, test)]
        case, worlds, seed = study.case, study.worlds, study.seed
        return self._told(
            tuple(found),
            lambda to: print_studying(case, found, worlds, seed, to),
            lambda: studying_document(case, found, worlds, seed, work_of_run(self.study.run)),
        )

    def choosing(self, decision: str, payoff: str | None = None) -> Finding[Advice]:
        """Return the best option for a payoff (the owner's own by default), and what knowing more first would add."""
        study = self.study
        wanted = None if payoff is None else parse_query(payoff)
        found = advice(study, decision_named(study.case, decision), wanted)
        case, worlds, seed = study.case, study.worlds, study.seed
        return self._told(
            found,
            lambda to: print_advice(case, found, worlds, seed, to),
            lambda: advice_document(case, found, worlds, seed, work_of_run(self.study.run)),
        )

    def equilibria(
        self, thing: str | None = None, *, worlds: int = 200, starts: int = 30
    ) -> Finding[EquilibriaOfWorlds]:
        """Return what a search of the first worlds finds beside the equilibrium selected, and what hangs on it."""
        case = self.study.case
        asked = () if thing is None else subjects(case, thing)
        found = equilibria(self.study, [subject.query for subject in asked], worlds=worlds, starts=starts)
        return self._told(
            found,
            lambda to: print_equilibria(case, found, to),
            lambda: equilibria_document(case, found),
            found.unconverged,
        )

    def timeline(self) -> Finding[Timeline]:
        """Return how each dated piece of evidence moved the case's questions; more worlds are drawn where needed."""
        study, case = self.study, self.study.case
        found = timeline(case, worlds=study.worlds, seed=study.seed, as_of=study.as_of, threads=study.threads)
        return self._told(
            found, lambda to: print_timeline(case, found, to), lambda: timeline_document(case, found), found.unconverged
        )

    def paths(self, event: str, *, change: str, through: Sequence[str]) -> Finding[Paths]:
        """Return how much of a change's effect runs through some variables: ``change="unrest: none to contained"``."""
        seed = self.study.seed
        found = paths(self.study, parse_condition(event), read_change(change), through)
        return self._told(
            found,
            partial(_print_lines, path_lines(found, seed)),
            lambda: paths_document(found, seed, work_of_run(self.study.run)),
        )

    def suppose(
        self, query: str, *, announce: Sequence[str] = (), sees: Sequence[str] = (), hides: Sequence[str] = ()
    ) -> Finding[Suppose]:
        """Return an answer if rules were announced (``"d: a if x = v; else b"``) or sights changed (``"d: x"``)."""
        case, seed = self.study.case, self.study.seed
        parsed = parse_query(query)
        changes: list[Supposition] = [
            *(read_announcement(case, text) for text in announce),
            *(read_sight(case, text, seen=True) for text in sees),
            *(read_sight(case, text, seen=False) for text in hides),
        ]
        found = suppose(self.study, parsed, changes)
        return self._told(
            found,
            partial(_print_lines, suppose_lines(parsed, found, seed)),
            lambda: suppose_document(found, seed, self._lost),
        )

    def _told(
        self,
        found: Record,
        printed: Callable[[Console], None],
        body: Callable[[], ResultDocument],
        lost: Sequence[int] | None = None,
    ) -> Finding[Record]:
        """Return what was found, told with the worlds that did not converge (those of the study's own run)."""
        study = self.study
        some = self._lost if lost is None else lost
        return Finding(found, with_unconverged(some, (study.worlds, study.seed, "CASE"), printed), body)

    @property
    def _lost(self) -> tuple[int, ...]:
        return self.study.run.unconverged

    def _asked(self, thing: str, test: str | None) -> tuple[AskedSubject, ...]:
        asked = subjects(self.study.case, thing, test)
        self.study.need([subject.query for subject in asked])
        return asked


def compared(
    first: Case, second: Case, query: str, *, worlds: int, seed: int, as_of: date | None, evidence: bool
) -> Finding[Comparison]:
    """Return how two cases differ on a question, shared among the parts that differ."""
    parsed = parse_query(query)
    study_of = partial(Study, worlds=worlds, seed=seed, as_of=as_of, use_evidence=evidence)
    found = compare(first, second, parsed, study_of, seed=seed)
    printed = partial(print_comparison, first, second, parsed, found)
    return Finding(
        found,
        with_unconverged(found.unconverged, (worlds, seed, "CASE"), printed),
        lambda: comparison_document(first, second, found, seed),
    )


def _print_lines(lines: Sequence[str], to: Console) -> None:
    for line in lines:
        to.print(Text(line))
