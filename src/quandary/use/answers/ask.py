"""One question, one answer: of a case in many worlds, or of a network or diagram in a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from quandary.base.places import NOWHERE, Place, typed_text
from quandary.base.problems import Problem, Refusal
from quandary.onegame.formats.endings import is_game_file
from quandary.use.answers.drawing import check_chart
from quandary.use.requests import (
    DISCREPANCY,
    QUESTION,
    About,
    Anchored,
    AsOf,
    CaseName,
    Discrepancy,
    Evidence,
    Force,
    Memory,
    NamedPlace,
    SchemaVersion,
    Seed,
    Worlds,
)
from quandary.use.results import NEWEST, Hands, Piece, Result, going_away, unconverged
from quandary.use.studies import anchored_by, loaded_case, newest_with_unknowns, study_of, with_numbers

if TYPE_CHECKING:
    from quandary.ask.answer import Answer
    from quandary.ask.results import OverFillings, Run, TestResult
    from quandary.case.model import Case
    from quandary.language.syntax import Expression
    from quandary.report.documents.answers import AskDocument
    from quandary.report.documents.runs.earlier import EarlierAskDocument

NOTHING_DRAWN = "There is no number to draw."


@dataclass(frozen=True, kw_only=True)
class AskRequest:
    """A case, or a file of a network or diagram, and a query."""

    case: CaseName
    query: Annotated[str, About('For example "P(invasion | do(unrest = none))".', positional=True)]
    worlds: Worlds = 10_000
    seed: Seed = 1
    memory: Memory = None
    as_of: AsOf = None
    evidence: Evidence = True
    anchored: Anchored = False
    discrepancy: Discrepancy = DISCREPANCY
    chart: Annotated[
        Path | None,
        About(
            "Also draw how the worlds spread, as .svg, .png, .pdf or .vl.json.",
            metavar="FILE",
            names=NamedPlace.WRITTEN,
        ),
    ] = None
    force: Force = False
    schema: SchemaVersion = NEWEST


@dataclass(frozen=True, eq=False)
class AskResult(Result):
    """An answer with its query; of many worlds also how it was made, which an exact answer of one game has not.

    ``judged`` is what the worlds say of a query that is true or false; ``schema`` is the version of the document, and
    ``case`` what the words come from. ``fillings`` is what an answer that hangs on unknown numbers is over them.
    """

    query: Expression
    answer: Answer
    run: Run | None = None
    named: str = ""
    undrawn: bool = False
    judged: TestResult | None = None
    schema: int = NEWEST
    case: Case | None = None
    fillings: OverFillings | None = None

    @property
    def complete(self) -> bool:
        """Return whether every world was solved."""
        return self.run is None or self.run.complete

    def document(self) -> AskDocument | EarlierAskDocument:
        """Return what was found as ``quandary.ask/2``, or ``/1`` where that was asked for."""
        from quandary.report.documents.answers import ask_document
        from quandary.report.documents.runs.earlier import earlier_ask_document

        if self.schema == NEWEST:
            return ask_document(self.answer, self.judged, self.run, self.fillings)
        lost = None if self.run is None else self.run.unconverged
        return earlier_ask_document(self.answer, lost, complete=self.complete)

    def pieces(self, *, code: bool = False) -> Iterator[Piece]:
        """Yield the answer in words, its figures, and its limits."""
        from quandary.report.words.claims import judged_line, open_lines
        from quandary.report.words.method import anchored_lines
        from quandary.report.words.naming.names import CaseNames
        from quandary.report.words.questions import asked_lines, exact_lines

        run = self.run
        if run is None or self.case is None:
            yield from exact_lines(self.query, self.answer)
            return
        names = CaseNames(self.case, code)
        if self.fillings is not None:
            yield from open_lines(names, self.query, (self.answer, self.fillings), self.judged, run)
        else:
            yield from asked_lines(names, self.query, self.answer, run)
        if self.fillings is None and self.judged is not None:
            yield f"  {judged_line(self.judged, self.query)}"
        yield from (f"  {line}" for line in anchored_lines(run))
        yield from unconverged(run.unconverged, run.worlds, run.seed, self.named, "  ")

    def notes(self, *, quiet: bool = False) -> tuple[str, ...]:
        """Return that nothing was drawn, where a chart was asked for, and that an earlier schema goes away."""
        return (*((NOTHING_DRAWN,) if self.undrawn else ()), *going_away(self.schema))


def run(request: AskRequest, hands: Hands) -> AskResult:
    """Return the answer to one query; faults in it carry ``question`` as their file."""
    if is_game_file(Path(request.case)):
        if request.chart is not None or request.as_of is not None or request.anchored:
            message = "a game file has no dates, no checks, and one world, which gives nothing to draw"
            raise Refusal(Problem("Q806", message, hint="leave --as-of, --anchored and --chart out"))
        asked = ask_file(request.case, request.query, place=typed_text(QUESTION, request.query))
        return AskResult(*asked, schema=request.schema)
    if request.chart is not None:
        check_chart(request.chart, force=request.force)
    from quandary.ask.claims.judging import accepted, enlarged, judged, reading_of
    from quandary.ask.claims.unknowns.hanging import over_fillings
    from quandary.ask.claims.unknowns.judging_fillings import FillingsOf
    from quandary.ask.query.combining import is_truth
    from quandary.ask.query.queries import prepare
    from quandary.language.parser import parse_query

    case, _ = loaded_case(request.case)
    study = study_of(case, request, request.worlds, hands, anchored=anchored_by(request))
    parsed = parse_query(request.query, typed_text(QUESTION, request.query))
    text = request.query.strip()
    reading = reading_of(case, parsed, text) if is_truth(parsed) else None
    prepared = prepare(case, parsed, text, lists=True) if reading is None else reading.query
    readings = () if reading is None else (reading,)
    wanted = [prepared, *(query for one in readings for query in accepted(study, one.queries))]
    study = enlarged(study, readings, wanted)
    newest_with_unknowns(study, request.schema)
    answer = study.answer(prepared)
    judged_so = None if reading is None else judged(study, reading)
    if prepared.listing is not None or (reading is None and answer.is_truth) or answer.parts:
        with_numbers(study, "this answer", [prepared])
    over = over_fillings(study, prepared)
    if over is not None and judged_so is not None:
        judged_so = FillingsOf(study, [prepared]).judged(prepared, judged_so)
        over = judged_so.fillings or over
    undrawn = request.chart is not None and (over is not None or not _drawn(request, case, parsed, answer, hands))
    return AskResult(parsed, answer, study.run, request.case, undrawn, judged_so, request.schema, case, over)


def ask_file(named: str, query: str, *, place: Place = NOWHERE) -> tuple[Expression, Answer]:
    """Return a query's syntax and its answer about the network or diagram in a file.

    In network formats decisions are made exactly, as those formats mean them; in ``.json`` by logit response at the
    file's precision. Raises ``CaseError`` for faults of file and query, ``Refusal`` (Q616) for a tree or matrix.
    """
    from quandary.ask.query.diagrams import DiagramQuestions
    from quandary.base.files import path_of
    from quandary.game.diagram import Diagram
    from quandary.language.parser import parse_query
    from quandary.onegame.formats.files import read_game

    parsed = parse_query(query, place)
    game = read_game(path_of(named))
    if not isinstance(game, Diagram):
        message = "a tree or a matrix has no variables to ask about"
        raise Refusal(Problem("Q616", message, hint=f'its equilibria: quandary solve "{named}"'))
    concept = "logit" if named.lower().endswith(".json") else "subgame"
    return parsed, DiagramQuestions(game, concept).ask(parsed, query.strip())


def _drawn(request: AskRequest, case: Case, query: Expression, answer: Answer, hands: Hands) -> bool:
    from quandary.report.charts.outcomes import spread_chart
    from quandary.report.charts.rendering import save_chart
    from quandary.report.words.naming.names import CaseNames
    from quandary.report.words.questions import aside_of

    asks = f"{aside_of(CaseNames(case), answer.aside)} {answer.query}" if answer.aside else answer.query
    drawn = spread_chart("answer", asks, query, answer, answer.query)
    if drawn is None or request.chart is None:
        return False
    with hands.writing():
        save_chart(drawn, request.chart, force=request.force)
    return True
