"""Quandary from Python: load a case, solve it, ask it, ask why, look into it, compare it with another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from functools import cached_property
from operator import index
from pathlib import Path
from typing import Protocol, TypeVar

from quandary.ask.answer import Answer
from quandary.ask.changes.clones import Clones, clones
from quandary.ask.changes.commitment import Suppose
from quandary.ask.changes.ladder import Ladder, in_few_worlds
from quandary.ask.changes.paths import Paths
from quandary.ask.changes.timeline import Timeline
from quandary.ask.claims.construction.by_construction import Budget
from quandary.ask.claims.findings import findings, with_enough_worlds
from quandary.ask.claims.headline import headline_query
from quandary.ask.claims.resting.bounds import bounds_of
from quandary.ask.equilibria.equilibria import EquilibriaOfWorlds
from quandary.ask.outside import OutsideComparison, outside_queries, outside_results
from quandary.ask.query.subject import AskedSubject, subjects
from quandary.ask.results import AnswerBounds, Findings, Run
from quandary.ask.study import Study
from quandary.ask.turning.advice import Advice
from quandary.ask.turning.compare import Comparison
from quandary.ask.turning.flips import Flips
from quandary.ask.turning.headline import headline_of
from quandary.ask.turning.information import Information
from quandary.ask.turning.structure import StructureTable
from quandary.ask.turning.studying import Studying
from quandary.ask.why.choice import ChoiceExplanation, choice_named, explained_choice
from quandary.ask.why.critique.critique import critique
from quandary.ask.why.critique.items import Critique
from quandary.base.problems import CaseError, Problem, Refusal
from quandary.case.logic.conditions import names_of
from quandary.case.model import Case
from quandary.case.text import CaseText
from quandary.compile.loader import read_case_text
from quandary.language.parser import parse_condition, parse_query
from quandary.language.syntax import Expression
from quandary.quantities.worlds import checked_worlds
from quandary.report.analyses.choice import choice_parts
from quandary.report.charts.outcomes import outcomes_sheet
from quandary.report.documents.document import ResultDocument
from quandary.report.html.finding import Finding
from quandary.report.html.notebook import Why, answer_html, case_html, sheet_html
from quandary.report.sheets import Paragraph, ReportPart, Sheet
from quandary.report.why.subjects import ExplainedSubject
from quandary.report.why.why import explain_answer
from quandary.report.words.method import anchored_lines
from quandary.report.words.naming.names import CaseNames
from quandary.use import studies
from quandary.use.answers.critique import CritiqueResult
from quandary.use.answers.run import RunRequest
from quandary.use.answers.why import WhyResult, explained
from quandary.use.changes.ladder import ladder
from quandary.use.changes.paths import paths
from quandary.use.changes.suppose import suppose
from quandary.use.changes.timeline import timeline
from quandary.use.games.equilibria import EquilibriaRequest, equilibria
from quandary.use.requests import within
from quandary.use.results import Piece
from quandary.use.turning.compare import CompareRequest, compared
from quandary.use.turning.flips import flips, structure
from quandary.use.turning.information import choosing, information, studying
from quandary.use.values import read_day

Record = TypeVar("Record")
Record_co = TypeVar("Record_co", covariant=True)


class Found(Protocol[Record_co]):
    """A task's result with the record of what was found."""

    @property
    def found(self) -> Record_co:
        """Return the record."""

    def document(self) -> ResultDocument:
        """Return its document."""

    def pieces(self, *, code: bool = False) -> Iterator[Piece]:
        """Yield what people read."""


def _finding(result: Found[Record]) -> Finding[Record]:
    """Return what a task found, ready for people."""

    def parts() -> Iterator[ReportPart]:
        for piece in result.pieces():
            if isinstance(piece, str | Paragraph | Sheet):
                yield Paragraph(piece) if isinstance(piece, str) else piece

    return Finding(result.found, parts, result.document)


def _chosen(result: WhyResult, choice: ChoiceExplanation) -> Finding[ChoiceExplanation]:
    """Return why an actor chooses as it does, ready for people."""
    run, alone = result.run, replace(result, found=())
    return Finding(choice, lambda: choice_parts(CaseNames(result.case), choice, run.worlds, run.seed), alone.document)


def _day(written: date | str | None) -> date | None:
    return read_day(written) if isinstance(written, str) else written


def _several(given: str | Sequence[str]) -> tuple[str, ...]:
    """Return what was given; a text by itself is one thing, not its letters."""
    return (given,) if isinstance(given, str) else tuple(given)


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
        anchored: float | None = None,
    ) -> Solved:
        """Return the case in so many worlds. ``as_of`` uses evidence up to that day (a date or ``YYYY-MM-DD``).

        With ``anchored``, the factor on the odds by which the case may miss its checks (1.5, for example), worlds are
        weighted by these too, and ``run.anchored`` says so. Worlds are solved when a question first needs them.
        Raises ``CaseError`` where the case cannot be compiled, and ``Refusal`` for fewer than 16 worlds, a seed below
        zero, and what is no day.
        """
        seed = within(RunRequest, "seed", index(seed))
        if anchored is not None:
            anchored = within(RunRequest, "discrepancy", float(anchored))
        day = _day(as_of)
        return Solved(
            studies.study(self.case, worlds, seed, as_of=day, evidence=evidence, threads=threads, anchored=anchored)
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
        cases, parsed = (self.case, other.case), parse_query(query)
        seed = within(CompareRequest, "seed", index(seed))
        return _finding(compared(cases, parsed, worlds=worlds, seed=seed, as_of=_day(as_of), evidence=evidence))

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
        return Why(self.study.case, (explain_answer(self.study, self, subject),))

    def _repr_html_(self) -> str:
        assert self.study is not None
        assert self.syntax is not None
        names, beside = CaseNames(self.study.case), tuple(anchored_lines(self.study.run))
        return answer_html(names, self.syntax, self, beside=beside)


@dataclass(frozen=True, eq=False, repr=False)
class Solved:
    """A case in many worlds, ready for questions, and to be looked into.

    ``flips`` and the methods after it return what they found with ``.found`` (the record), ``.to_dict()`` (as
    ``--json`` has it), words and tables when printed, and HTML in a notebook. A thing is a claim (all its readings, or
    the one named ``test``), a question, a forecast, an event or a query. All raise ``Refusal`` or ``CaseError`` as the
    commands do.
    """

    study: Study

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

        Of a decision or one of its options (``actor.decision [= option] [| conditions]``) it says first why it is
        chosen (``choice``). Raises ``Refusal`` (Q852) for a name that stands for nothing, and what ``choice`` does.
        """
        found = explained(self.study, thing, self.study.case.path)
        return Why(found.case, found.found, None if found.choice is None else _chosen(found, found.choice))

    def choice(self, decision: str) -> Finding[ChoiceExplanation]:
        """Return why an actor chooses as it does, for ``actor.decision [= option] [| conditions]``.

        Options by stakes, what speaks for each and against it, and which single number would make the second the first.
        Raises ``Refusal``: Q104 where no decision is named, Q564 where there is nothing to choose, Q854 and Q855 for
        conditions that a choice cannot be explained by.
        """
        asked = choice_named(self.study.case, decision)
        if asked is None:
            raise Refusal(names_of(self.study.case).unknown_decision(decision))
        found = explained_choice(self.study, asked)
        return _chosen(WhyResult(self.study.run, self.study.case.path, self.study.case, (), found), found)

    @cached_property
    def findings(self) -> Findings:
        """Return everything the case itself asks: outcomes, claims with verdicts, questions and checks.

        Claims and questions say what they rest on, questions what the ranges allow them to be.
        """
        return findings(self._with_enough_worlds, Budget(), whole=True)

    @cached_property
    def _with_enough_worlds(self) -> Study:
        """The study that ``findings`` asks: one of more worlds, where too few count for some claim."""
        return with_enough_worlds(self.study)

    @cached_property
    def outside(self) -> tuple[OutsideComparison, ...]:
        """Return each event that outside views are about from both sides, with the pool of both."""
        return _outside(self.study)

    def critique(self) -> Finding[Critique]:
        """Return what a critic would say of the case: its weak sides, worst first, each with what would mend it.

        The case itself is asked first (``findings``).
        """
        found, study = self.findings, self._with_enough_worlds
        leading = headline_query(study.case)
        headline = None
        if leading is not None:
            query = study.prepared(leading.query)
            study.need([query])
            headline = headline_of(study, leading, query)
        criticised = critique(study, found, headline, _outside(study))
        return _finding(CritiqueResult(study.run, study.case.path, study.case, criticised))

    def bounds(self, *queries: str) -> tuple[AnswerBounds | None, ...]:
        """Return the least and the most that the ranges allow each query to be: at least this wide.

        ``None`` for what is neither a number nor one comparison, or where it could not be searched.
        """
        prepared = [self.study.prepared(query) for query in queries]
        self.study.need(prepared)
        return bounds_of(self.study, prepared)

    def clones(self, query: str | None = None) -> Clones | None:
        """Return how far listing an option twice moves a chance (the headline by default), in 1,000 worlds at most.

        It says too what counting options gives. ``None`` for what is no chance, or where the case asks nothing.
        """
        leading = headline_query(self.study.case)
        asked = leading.query if query is None and leading is not None else query
        if asked is None:
            return None
        few = in_few_worlds(self.study)
        return clones(few, few.prepared(asked))

    @property
    def run(self) -> Run:
        """Return how the answers so far were made: worlds, effective worlds, what did not converge."""
        return self.study.run

    def flips(
        self, thing: str, test: str | None = None, *, level: float | None = None
    ) -> Finding[tuple[tuple[AskedSubject, Flips], ...]]:
        """Return which uncertain numbers would turn an answer, and where."""
        return _finding(flips(self.study, self._subjects(thing, test), level))

    def structure(self, thing: str, test: str | None = None, *, level: float | None = None) -> Finding[StructureTable]:
        """Return which part of the structure would turn an answer: each is cut and solved anew.

        Parts are arcs, observations, options, effects, stakes and channels.
        """
        return _finding(structure(self.study, self._subjects(thing, test), level))

    def ladder(self, claim: str, test: str | None = None) -> Finding[Ladder]:
        """Return how a claim fares under each channel, rule of choice, reading, form and width of ranges.

        Of several readings the first is meant unless one is named (``test``).
        """
        return _finding(ladder(self.study, claim, test))

    def information(self, decision: str, *variables: str, control: bool = False) -> Finding[Information]:
        """Return what seeing each variable is worth to the one who decides, with ``control`` also setting each."""
        return _finding(information(self.study, decision, variables, control))

    def studying(self, thing: str, test: str | None = None) -> Finding[tuple[tuple[AskedSubject, Studying], ...]]:
        """Return how much of an answer's doubt a study of each uncertain number would take away."""
        return _finding(studying(self.study, self._subjects(thing, test)))

    def choosing(self, decision: str, payoff: str | None = None, *, knowing: bool = False) -> Finding[Advice]:
        """Return what each option is worth by a payoff (the owner's own by default) given what its owner has seen.

        With ``knowing`` the evidence that the owner does not see is given too. It says also what knowing more first
        adds.
        """
        return _finding(choosing(self.study, decision, payoff, knowing=knowing))

    def equilibria(
        self, thing: str | None = None, *, worlds: int = 200, starts: int = 30
    ) -> Finding[EquilibriaOfWorlds]:
        """Return what a search of the first worlds finds beside the equilibrium selected, and what hangs on it."""
        asked = () if thing is None else self._subjects(thing, None)
        starts = within(EquilibriaRequest, "starts", index(starts))
        return _finding(equilibria(self.study, asked, checked_worlds(worlds), starts))

    def timeline(self) -> Finding[Timeline]:
        """Return how each dated piece of evidence moved the case's questions; more worlds are drawn where needed."""
        study = self.study
        studies.by_evidence_alone(study, "a timeline")
        return _finding(timeline(study.case, study.worlds, study.seed, study.as_of, threads=study.threads))

    def paths(self, event: str, *, change: str, through: str | Sequence[str]) -> Finding[Paths]:
        """Return how much of a change's effect runs through some variables: ``change="unrest: none to contained"``."""
        return _finding(paths(self.study, parse_condition(event), change, _several(through)))

    def suppose(
        self,
        query: str,
        *,
        announce: str | Sequence[str] = (),
        sees: str | Sequence[str] = (),
        hides: str | Sequence[str] = (),
    ) -> Finding[Suppose]:
        """Return an answer if rules were announced (``"d: a if x = v; else b"``) or sights changed (``"d: x"``)."""
        return _finding(suppose(self.study, query, _several(announce), _several(sees), _several(hides)))

    def __repr__(self) -> str:
        study = self.study
        weighted = "" if study.anchored is None else ", weighted by its checks"
        return f"<case {study.case.title!r} in {study.worlds:,} worlds, seed {study.seed}{weighted}>"

    def _subjects(self, thing: str, test: str | None) -> tuple[AskedSubject, ...]:
        return subjects(self.study.case, thing, test)

    def _repr_html_(self) -> str:
        if "findings" not in self.__dict__:
            return case_html(self.study.case, ())
        return case_html(self.study.case, ()) + sheet_html(
            outcomes_sheet(CaseNames(self.study.case), self.findings.outcomes)
        )


def _knowing(study: Study, syntax: Expression, answer: Answer) -> SolvedAnswer:
    plain = {item.name: getattr(answer, item.name) for item in fields(Answer)}
    return SolvedAnswer(**plain, study=study, syntax=syntax)


def load(path: str | Path | CaseText, *, text: str | Path | None = None) -> LoadedCase:
    """Return the case in a file, in a folder with a ``case.yaml``, shipped under that name, or in a text already read.

    ``text`` names a file with the case's article, against which its quotes are checked. Raises ``CaseError`` with
    ``.problems`` when the case has errors, and ``Refusal`` when there is no such case.
    """
    if isinstance(path, CaseText):
        loaded = read_case_text(path if text is None else replace(path, article=Path(text)))
    else:
        loaded = studies.opened(str(path), None if text is None else Path(text))
    if loaded.case is None or loaded.text is None:
        raise CaseError(loaded.problems)
    return LoadedCase(loaded.case, loaded.problems, loaded.text)


def _outside(study: Study) -> tuple[OutsideComparison, ...]:
    ready = outside_queries(study.case)
    study.need([query for _, query in ready])
    return outside_results(study, ready)
