"""From any number in the output back to what it rests on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from quandary.base.problems import Refusal
from quandary.base.stopping import STOPS
from quandary.use.requests import (
    DISCREPANCY,
    About,
    Anchored,
    AsOf,
    CaseName,
    Discrepancy,
    Evidence,
    Memory,
    Seed,
    Worlds,
)
from quandary.use.results import Hands, Piece, StudyResult
from quandary.use.studies import anchored_by, loaded_case, study_of, with_numbers

if TYPE_CHECKING:
    from quandary.ask.study import Study
    from quandary.ask.why.choice import ChoiceExplanation
    from quandary.report.documents.why.explanation import WhyDocument
    from quandary.report.why.why import AnswerExplanation, NumberExplanation
    from quandary.report.words.naming.names import CaseNames


@dataclass(frozen=True, kw_only=True)
class WhyRequest:
    """A case, and the thing in its output that is to be explained."""

    case: CaseName
    thing: Annotated[
        str,
        About(
            "A claim, question, check, x=v, event, number, line, `headline`, a query, or a choice: "
            "actor.decision [= option] [| conditions].",
            positional=True,
        ),
    ]
    worlds: Worlds = 10_000
    seed: Seed = 1
    memory: Memory = None
    as_of: AsOf = None
    evidence: Evidence = True
    anchored: Anchored = False
    discrepancy: Discrepancy = DISCREPANCY


@dataclass(frozen=True, eq=False)
class WhyResult(StudyResult):
    """What a thing rests on; of a decision and its options also why they are ``choice``."""

    found: tuple[AnswerExplanation | NumberExplanation, ...]
    choice: ChoiceExplanation | None = None

    INDENT = ""

    def document(self) -> WhyDocument:
        """Return what was found as ``quandary.why/2``."""
        from quandary.report.documents.why.explanation import why_document

        return why_document(self.found, self.work, self.case, self.choice)

    def said(self, names: CaseNames) -> Iterator[Piece]:
        """Yield the table of a choice, then the lines of every explanation."""
        from quandary.report.analyses.choice import choice_parts
        from quandary.report.why.wording import explanations_lines

        if self.choice is not None:
            yield from choice_parts(names, self.choice, self.run.worlds, self.run.seed)
        yield from explanations_lines(names, self.found)


def run(request: WhyRequest, hands: Hands) -> WhyResult:
    """Return why a thing in the output is what it is; only what it needs is solved."""
    case, _ = loaded_case(request.case)
    study = study_of(case, request, request.worlds, hands, anchored=anchored_by(request))
    return explained(study, request.thing, request.case)


def explained(study: Study, thing: str, named: str) -> WhyResult:
    """Return why a thing of a study is what it is: a choice by its options and stakes, then each answer's numbers.

    ``named`` is how the case was named. A choice alone (``actor.decision``, without an option) has no answers.
    """
    from quandary.ask.why.choice import choice_named, explained_choice
    from quandary.report.why.subjects import stands_for_something
    from quandary.report.why.why import enough, explain, explained_queries

    case = study.case
    asked = choice_named(case, thing)
    known = asked is None or stands_for_something(case, study.model.quantities, thing)
    answered = thing if asked is None or known else asked.query
    if asked is not None:
        with_numbers(study, "an explanation", variables=[asked.decision.id])
    if answered is not None:
        study = enough(study, answered)
        with_numbers(study, "an explanation", explained_queries(study, answered))
    found = () if answered is None else explain(study, answered)
    choice = None
    if asked is not None:
        try:
            choice = explained_choice(study, asked)
        except Refusal:
            if not known:
                raise  # a state that leaves nothing to choose still has an answer
        except STOPS:
            if not found:
                raise
            study.search_interrupted = True
    return WhyResult(study.run, named, case, found, choice)
