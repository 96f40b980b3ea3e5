"""What knowing, controlling or studying something is worth: to an actor who decides, or to the analyst."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from quandary.base.places import NOWHERE, typed_text
from quandary.base.problems import Problem, Refusal
from quandary.use.requests import QUESTION, About, AsOf, CaseName, Evidence, Memory, Seed
from quandary.use.results import HANDS, Hands, Piece, StudyResult
from quandary.use.studies import by_evidence_alone, loaded_case, study_of, with_numbers

if TYPE_CHECKING:
    from quandary.ask.query.subject import AskedSubject
    from quandary.ask.study import Study
    from quandary.ask.turning.advice import Advice
    from quandary.ask.turning.information import Information
    from quandary.ask.turning.studying import Studying
    from quandary.report.documents.turning.information import AdviceDocument, InformationDocument, StudyingDocument
    from quandary.report.words.naming.names import CaseNames

PAYOFF = "payoff"
WORLDS = 10_000
SOLVING_WORLDS = 300


@dataclass(frozen=True, kw_only=True)
class InformationRequest:
    """A case, and a decision to inform or to make, or a question whose assumptions may be studied."""

    case: CaseName
    thing: Annotated[
        str,
        About(
            "A decision (actor.decision); or a claim, question or query.",
            metavar="DECISION-OR-QUERY",
            positional=True,
        ),
    ]
    variables: Annotated[
        tuple[str, ...],
        About("Look at these variables only (with a decision).", metavar="VARIABLE", positional=True),
    ] = ()
    control: Annotated[bool, About("Also what each chance event would be worth to control.")] = False
    choose: Annotated[
        bool, About("Which option is best given what its owner has seen, and which assumptions to study first.")
    ] = False
    knowing: Annotated[bool, About("With --choose: given also the evidence that its owner does not see.")] = False
    payoff: Annotated[
        str | None,
        About("What to choose for (with --choose; default: the actor's payoff).", metavar="QUERY"),
    ] = None
    worlds: Annotated[
        int | None, About(f"How many worlds ({WORLDS:,}; {SOLVING_WORLDS} where games are solved anew).", "-w")
    ] = None
    seed: Seed = 1
    memory: Memory = None
    as_of: AsOf = None
    evidence: Evidence = True


@dataclass(frozen=True, eq=False)
class InformationResult(StudyResult):
    """What seeing or setting each variable is worth to the one who decides."""

    found: Information

    @property
    def complete(self) -> bool:
        """Return whether every game was solved anew."""
        return self.found.complete

    def document(self) -> InformationDocument:
        """Return what was found as ``quandary.information/1``."""
        from quandary.report.documents.turning.information import information_document

        return information_document(self.case, self.found, self.work)

    def said(self, names: CaseNames) -> Iterator[Piece]:
        """Yield the sentences and tables."""
        from quandary.report.analyses.information import information_parts

        yield from information_parts(names, self.found)


@dataclass(frozen=True, eq=False)
class AdviceResult(StudyResult):
    """The best option in each situation that the evidence leaves possible, and what knowing more first would add."""

    found: Advice

    def document(self) -> AdviceDocument:
        """Return what was found as ``quandary.information/2``."""
        from quandary.report.documents.turning.information import advice_document

        return advice_document(self.case, self.found, self.run.worlds, self.run.seed, self.work)

    def said(self, names: CaseNames) -> Iterator[Piece]:
        """Yield the sentences and tables."""
        from quandary.report.analyses.advice import advice_parts

        yield from advice_parts(names, self.found, self.run.worlds, self.run.seed)


@dataclass(frozen=True, eq=False)
class StudyingResult(StudyResult):
    """For every subject, how much of its answer's doubt a study of each uncertain number would take away."""

    found: tuple[tuple[AskedSubject, Studying], ...]

    def document(self) -> StudyingDocument:
        """Return what was found as ``quandary.information/1``."""
        from quandary.report.documents.turning.information import studying_document

        return studying_document(self.case, self.found, self.run.worlds, self.run.seed, self.work)

    def said(self, names: CaseNames) -> Iterator[Piece]:
        """Yield the sentences and tables."""
        from quandary.report.analyses.information import studying_parts

        yield from studying_parts(names, self.found, self.run.worlds, self.run.seed)


def run(request: InformationRequest, hands: Hands) -> InformationResult | AdviceResult | StudyingResult:
    """Return what it is worth to an actor to know or control something, or to the analyst to study an assumption."""
    from quandary.ask.query.subject import subjects
    from quandary.ask.turning.information import is_decision

    choosing_for = request.choose or request.payoff is not None
    _go_together(request, choosing_for)
    case, _ = loaded_case(request.case)
    solving = not choosing_for and is_decision(case, request.thing)
    worlds = (SOLVING_WORLDS if solving else WORLDS) if request.worlds is None else request.worlds
    if solving:
        study = study_of(case, request, worlds, hands, saying=None)
        return information(study, request.thing, request.variables, request.control, hands, named=request.case)
    study = study_of(case, request, worlds, hands)
    if choosing_for:
        return choosing(study, request.thing, request.payoff, knowing=request.knowing, named=request.case)
    reading = request.variables[0] if request.variables else None
    asked = subjects(case, request.thing, reading, typed_text(QUESTION, request.thing))
    return studying(study, asked, named=request.case)


def _go_together(request: InformationRequest, choosing_for: bool) -> None:
    """Refuse (Q565) what would not be heeded: ``--knowing`` without a choice, variables or ``--control`` with one."""
    if request.knowing and not choosing_for:
        message = "--knowing is about a choice, and there is none to make without --choose"
        raise Refusal(Problem("Q565", message, hint="add --choose, with a decision (actor.decision)"))
    if choosing_for and (request.variables or request.control):
        what = "--control" if request.control else f'"{request.variables[0]}"'
        message = f"a choice looks at the whole decision: {what} has no place beside --choose"
        raise Refusal(Problem("Q565", message, hint="leave it out, or leave out --choose and --payoff"))


def information(
    study: Study,
    decision: str,
    variables: tuple[str, ...],
    control: bool,
    hands: Hands = HANDS,
    *,
    named: str = "CASE",
) -> InformationResult:
    """Return what seeing each variable is worth to the one who decides, with ``control`` also setting each."""
    from quandary.ask.turning import information as worth

    progress = hands.telling("Solving anew")
    at = worth.decision_named(study.case, decision)
    with_numbers(study, "what knowing is worth", variables=[at.id])
    found = worth.information(study, at, variables, control=control, progress=progress)
    return InformationResult(study.run, named, study.case, found)


def choosing(
    study: Study, decision: str, payoff: str | None, *, knowing: bool = False, named: str = ""
) -> AdviceResult:
    """Return what each option is worth by a payoff (the owner's own by default) given what its owner has seen.

    With ``knowing`` the evidence that the owner does not see is given too. It says also what knowing more first adds.
    """
    from quandary.ask.turning.advice import advice
    from quandary.ask.turning.information import decision_named
    from quandary.language.parser import parse_query

    by_evidence_alone(study, "a choice")
    at = decision_named(study.case, decision)
    with_numbers(study, "a choice", variables=[at.id])
    wanted = None if payoff is None else parse_query(payoff, typed_text(PAYOFF, payoff) if named else NOWHERE)
    found = advice(study, at, wanted, knowing=knowing)
    return AdviceResult(study.run, named or "CASE", study.case, found)


def studying(study: Study, asked: Sequence[AskedSubject], *, named: str = "CASE") -> StudyingResult:
    """Return how much of an answer's doubt a study of each uncertain number would take away."""
    from quandary.ask.turning import studying as doubts

    with_numbers(study, "a study of assumptions", [subject.query for subject in asked])
    study.need([subject.query for subject in asked])
    found = tuple((subject, doubts.studying(study, subject.query)) for subject in asked)
    return StudyingResult(study.run, named, study.case, found)
