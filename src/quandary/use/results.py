"""What every task is handed beside its request, and what every result offers: a document, and words for people."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Protocol, TypeAlias

from quandary.base.problems import Problem
from quandary.base.stopping import Interrupted, StopToken

if TYPE_CHECKING:
    from rich.console import Console

    from quandary.ask.results import Run
    from quandary.case.draft import Draft
    from quandary.case.model import Case
    from quandary.read.records import Article
    from quandary.report.documents.answers import WorkDocument
    from quandary.report.documents.document import ResultDocument
    from quandary.report.sheets import ReportPart
    from quandary.report.words.naming.names import CaseNames

NEWEST, EARLIER = 2, 1
"""Versions of the documents of answers: the one that is printed, and the one before it, for one release."""

TaskProgress = Callable[[str, int, int], None]
"""Told ``(what, done, total)`` of the work; a total of 0 says that there is no telling."""

Piece: TypeAlias = "str | ReportPart | Callable[[Console], None]"
"""A part of what people read: a line, a paragraph or a sheet; the report of a run prints itself on a console."""


class TimeLimit:
    """So many seconds from now on: ``proceed`` tells the progress, and says whether to go on."""

    def __init__(self, seconds: float, progress: TaskProgress | None = None, stop: StopToken | None = None) -> None:
        self._end = StopToken(seconds)
        self._stop = stop
        self._progress = progress

    def proceed(self, what: str, done: int, total: int) -> bool:
        """Tell the progress and return whether time is left. Raises ``Interrupted`` where the token is given."""
        if self._progress is not None:
            self._progress(what[:1].upper() + what[1:], done, total)
        if self._stop is not None and self._stop.given():
            raise Interrupted
        return not self._end.given()


class Dialogue(Protocol):
    """A person who can be asked, or a file or program that answers in a person's place."""

    @property
    def present(self) -> bool:
        """Return whether somebody sits there, who can be asked what a command line left out."""

    def say(self, line: str) -> None:
        """Show a line."""

    def ask(self, prompt: str) -> str | None:
        """Return the line that is typed behind a prompt; ``None`` where there is no more input."""


@dataclass(frozen=True)
class Hands:
    """What a way in hands to a task.

    ``progress`` is told ``(what, done, total)``; ``stop`` ends the work with what is done, or by ``Stopped`` where
    that is nothing; ``writing`` is in force while files are written; ``review`` walks a person through a draft;
    ``standard_input`` returns so many bytes of it at most; ``dialogue`` is a person who answers questions.
    """

    progress: TaskProgress | None = None
    stop: StopToken | None = None
    writing: Callable[[], AbstractContextManager[None]] = nullcontext
    review: Callable[[Draft, Article], Draft] | None = None
    standard_input: Callable[[int], bytes] | None = None
    dialogue: Dialogue | None = None

    def limit(self, seconds: float) -> TimeLimit:
        """Return a limit of so many seconds, by which work is told and stopped as by these hands."""
        return TimeLimit(seconds, self.progress, self.stop)

    def telling(self, what: str) -> Callable[[int, int], None] | None:
        """Return what is told ``(done, total)`` of one kind of work; ``None`` where nobody is told."""
        progress = self.progress
        return None if progress is None else lambda done, total: progress(what, done, total)


HANDS = Hands()
"""Nobody is told anything, nothing is reviewed, and only a request's own limit stops the work."""


class Result:
    """What a task found. The same for every way in: each shows it by ``document`` or by ``pieces``."""

    @property
    def complete(self) -> bool:
        """Return whether all of the work was done; what an interruption left is still an answer."""
        return True

    @property
    def unsolved(self) -> bool:
        """Return whether nothing was found and something may have been missed."""
        return False

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Return the faults that are the answer itself."""
        return ()

    def document(self) -> ResultDocument | None:
        """Return the result as the JSON document of its task; ``None`` where it is content alone."""
        return None

    def pieces(self, *, code: bool = False) -> Iterator[Piece]:
        """Yield what people read, in order; nothing where the result is content.

        With ``code`` code names, queries and lines of a case stand beside its words.
        """
        yield from ()

    def content(self) -> str | None:
        """Return what is to become a file, where the result is one that was not written."""
        return None

    def notes(self, *, quiet: bool = False) -> tuple[str, ...]:
        """Return what is said beside the answer; of what only informs, nothing with ``quiet``."""
        return ()


def going_away(schema: int) -> tuple[str, ...]:
    """Return that documents of an earlier version go away, where one was asked for."""
    if schema == NEWEST:
        return ()
    return (
        f"Schema {schema} goes away with the next release; schema {NEWEST} has other keys and other verdicts: "
        "docs/command-line.md says which.",
    )


@dataclass(frozen=True, eq=False)
class StudyResult(Result):
    """What was found of a study: ``run`` says how its worlds were made, ``named`` how the case was named."""

    run: Run
    named: str
    case: Case

    INDENT: ClassVar[str | None] = None
    """By how much the line on worlds in no answer is set in below other lines; ``None``: it is a paragraph."""

    @property
    def complete(self) -> bool:
        """Return whether every world was solved."""
        return self.run.complete

    @property
    def work(self) -> WorkDocument:
        """Return whether all was done and which worlds are in no answer, for a document."""
        from quandary.report.documents.answers import work_of_run

        return work_of_run(self.run)

    def said(self, names: CaseNames) -> Iterator[Piece]:
        """Yield what was found."""
        yield from ()

    def pieces(self, *, code: bool = False) -> Iterator[Piece]:
        """Yield what was found, by which checks its worlds are weighted, and which worlds are in no answer."""
        from quandary.report.words.naming.names import CaseNames

        yield from self.said(CaseNames(self.case, code))
        run = self.run
        yield from weighted_by(run, self.INDENT)
        yield from unconverged(run.unconverged, run.worlds, run.seed, self.named, self.INDENT)


def weighted_by(run: Run, indent: str | None = None) -> Iterator[Piece]:
    """Yield by which checks worlds are weighted, where they are: set in, or as a paragraph."""
    if run.anchored is None:
        return
    from quandary.report.sheets import Paragraph
    from quandary.report.words.method import anchored_lines

    for line in anchored_lines(run):
        yield Paragraph(line) if indent is None else indent + line


def unconverged(lost: Sequence[int], worlds: int, seed: int, named: str, indent: str | None = None) -> Iterator[Piece]:
    """Yield the line that says which worlds are in no answer: set in, or as a paragraph."""
    from quandary.report.sheets import Paragraph
    from quandary.report.words.method import unconverged_lines

    for line in unconverged_lines(lost, worlds, seed, named):
        yield Paragraph(line) if indent is None else indent + line
