"""From an article to statements and a draft case."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from quandary.base.files import check_ordinary, check_place, path_of, write_folder
from quandary.base.problems import Problem, Refusal
from quandary.use.requests import About, Force, NamedPlace
from quandary.use.results import Hands, Piece, Result

if TYPE_CHECKING:
    from rich.console import Console

    from quandary.case.draft import Draft
    from quandary.case.text import CaseText
    from quandary.read.records import Article, ArticleReading
    from quandary.report.documents.article import ReadDocument
    from quandary.use.reading.first_answer import FirstAnswer

ARTICLE = "article.txt"
"""The article's text beside a draft."""


@dataclass(frozen=True, kw_only=True)
class ReadRequest:
    """An article, where its draft is to be written, and what extracts the statements."""

    article: Annotated[
        str,
        About(
            "A text, Markdown, HTML, PDF or Word file; - for standard input.", positional=True, names=NamedPlace.READ
        ),
    ]
    out: Annotated[Path | None, About("Write a draft case here.", "-o", metavar="FOLDER", names=NamedPlace.WRITTEN)] = (
        None
    )
    review: Annotated[bool, About("Walk through the proposals: accept, edit or reject each.")] = False
    extractor: Annotated[
        str, About("rules (built in, offline) or openai (asks --endpoint).", names=NamedPlace.MACHINE)
    ] = "rules"
    endpoint: Annotated[
        str | None,
        About(
            "An OpenAI-compatible address; the only thing that uses the network.",
            metavar="URL",
            names=NamedPlace.MACHINE,
        ),
    ] = None
    model: Annotated[
        str | None,
        About("The endpoint's model, or an installed spaCy model.", metavar="NAME", names=NamedPlace.MACHINE),
    ] = None
    run: Annotated[bool, About("Write the draft only, and do not run it.")] = True
    force: Force = False


@dataclass(frozen=True, eq=False)
class ReadResult(Result):
    """What was found in an article, the draft made of it, and where that was written."""

    source: str
    reading: ArticleReading
    draft: Draft
    case: Path | None
    reviewed: bool
    answer: FirstAnswer | None = None

    @property
    def complete(self) -> bool:
        """Return whether every world of the run was solved."""
        report = None if self.answer is None else self.answer.report
        return report is None or report.complete

    def document(self) -> ReadDocument:
        """Return what was found, and the first answer of the draft that was written, as ``quandary.read/1``."""
        from quandary.report.documents.article import first_answer_document, read_document
        from quandary.report.documents.runs.run import run_document

        answer = self.answer
        if answer is None:
            return read_document(self.reading)
        run = None if answer.report is None else run_document(answer.report)
        told = (str(answer.case), run, answer.left_out, answer.problems, answer.questions())
        return read_document(self.reading, first_answer_document(*told))

    def pieces(self, *, code: bool = False) -> Iterator[Piece]:
        """Yield a summary; of a draft that was reviewed and not written, the draft."""
        from quandary.case.draft_writer import written_draft
        from quandary.read.report import summary

        if self.case is None and self.reviewed:
            yield from written_draft(self.draft).split("\n")
        else:
            yield from summary(self.reading, self.draft, self.case, self.source).split("\n")
        if self.answer is not None:
            yield self._print_answer

    def _print_answer(self, console: Console) -> None:
        from quandary.report.media.first_answer import print_first_answer, print_no_answer
        from quandary.use.answers.run import WIDEST
        from quandary.use.turning.next_questions import MOST

        answer = self.answer
        assert answer is not None
        console.width = min(console.width, WIDEST) if console.is_terminal else WIDEST
        state = answer.state
        asked = () if state is None else state.asked
        if answer.report is None or state is None or state.found is None:
            gaps = () if state is None else state.gaps
            print_no_answer(answer.problems, gaps, str(answer.case), console, most=MOST)
        else:
            print_first_answer(answer.report, answer.left_out, asked, state.found, console, most=MOST)


def run(request: ReadRequest, hands: Hands) -> ReadResult:
    """Return who says what, what happened, and a draft case with every line's quote, after writing it where asked.

    Raises ``Refusal`` for input that cannot be read, and for a place that is taken.
    """
    if request.review and (request.article == "-" or hands.review is None):
        message = "a review needs the keyboard, but the article comes from standard input"
        raise Refusal(Problem("Q806", message, hint="save the article in a file and review that"))
    from quandary.read.drafting.draft import draft_of
    from quandary.read.extractor import extract
    from quandary.use.reading.first_answer import first_answer

    force = request.force
    case = _place(request.out, force=force) if request.out is not None else None
    article = _article(request.article, hands)
    if case is not None:
        if os.path.lexists(case):
            check_place(case, force=force)  # again: it may be what was read
        _check_article(case, article, force=force)
    reading = extract(request.extractor, article, endpoint=request.endpoint, model=request.model)
    draft = draft_of(reading)
    if request.review and hands.review is not None:
        draft = hands.review(draft, article)
    if case is not None:
        _write(case, draft, article, force=force)
    answer = first_answer(_written(case), hands) if case is not None and request.run else None
    return ReadResult(request.article, reading, draft, case, request.review, answer)


def _written(case: Path) -> CaseText:
    """Return the draft as it was written, with the article beside it."""
    from quandary.compile.loader import read_case

    text = read_case(case, case.parent / ARTICLE).text
    assert text is not None
    return text


def _article(source: str, hands: Hands) -> Article:
    from quandary.read.intake.intake import LARGEST_FILE, read_bytes, read_file

    if source != "-":
        return read_file(path_of(source))
    if hands.standard_input is None:
        raise Refusal(Problem("Q806", "there is no standard input here", hint="name a file"))
    return read_bytes(hands.standard_input(LARGEST_FILE + 1), "-")


def _place(out: Path, *, force: bool) -> Path:
    """Return the case to write: ``out`` itself if it names a YAML file, else ``case.yaml`` in that folder."""
    case = out if out.suffix in {".yaml", ".yml"} else out / "case.yaml"
    if case.parent.is_dir():
        check_ordinary(case)
        check_place(case, force=force)
    return case


def _check_article(case: Path, article: Article, *, force: bool) -> None:
    """Refuse (Q805) a folder with another article in it, and to write over the file that is being read."""
    place = case.parent / ARTICLE
    if os.path.lexists(place):
        check_ordinary(place)
        check_place(place, force=force, same=article.text.encode("utf-8"))


def _write(case: Path, draft: Draft, article: Article, *, force: bool) -> None:
    """Write the article's text and the draft beside it, both or neither; the same text there already is used."""
    from quandary.case.draft_writer import written_draft

    contents = {ARTICLE: article.text, case.name: written_draft(draft)}
    write_folder(case.parent, contents, force=force, kept=[ARTICLE])
