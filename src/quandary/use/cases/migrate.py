"""A case of version 1 as one of version 2: what its questions say in both senses, and the change of its files."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from quandary.base.files import rewrite_files
from quandary.base.problems import CaseError, Problem, Refusal, nearest
from quandary.use.requests import About, AsOf, CaseName, Memory, Seed, Worlds
from quandary.use.results import Hands, Piece, Result, unconverged
from quandary.use.studies import opened, study

if TYPE_CHECKING:
    from quandary.ask.changes.rereading import Rereading
    from quandary.ask.results import Run
    from quandary.case.migration import WrittenQuery
    from quandary.case.model import Case
    from quandary.case.text import CaseText
    from quandary.report.documents.changes import MigrateDocument

ALL, CHANGED = "all", "changed"


@dataclass(frozen=True, kw_only=True)
class MigrateRequest:
    """A case, what of it is to keep its old sense, and whether its files are to be changed."""

    case: CaseName
    keep_old: Annotated[
        tuple[str, ...],
        About(
            "Keep the old sense of this claim, reading (claim.reading), question, check or forecast; `changed`: of "
            "all whose verdict or answer changes; `all`: of all. May be given again.",
            metavar="WHAT",
        ),
    ] = ()
    write: Annotated[bool, About("Change the files; without this they are only read.")] = False
    worlds: Worlds = 10_000
    seed: Seed = 1
    memory: Memory = None
    as_of: AsOf = None


@dataclass(frozen=True)
class ChangedFile:
    """One file of the case, before and after."""

    path: str
    before: bytes
    after: bytes

    @property
    def diff(self) -> tuple[str, ...]:
        """Return the change as a unified diff, in lines."""
        return tuple(_unified(self.path, *(one.decode("utf-8") for one in (self.before, self.after))))


@dataclass(frozen=True, eq=False)
class MigrateResult(Result):
    """What changes in a case: ``found`` in both senses, what of it is ``kept`` in the old one, and the files' change.

    ``wanted`` is what was to keep it, as it was named. ``run`` says how the worlds were made; ``None`` where nothing
    had to be asked.
    """

    case: Case
    named: str
    wanted: tuple[str, ...]
    found: tuple[Rereading, ...]
    kept: tuple[WrittenQuery, ...]
    files: tuple[ChangedFile, ...]
    written: bool
    run: Run | None

    @property
    def complete(self) -> bool:
        """Return whether every world was solved."""
        return self.run is None or self.run.complete

    def document(self) -> MigrateDocument:
        """Return what was found as ``quandary.migrate/1``."""
        from quandary.report.documents.answers import work_document, work_of_run
        from quandary.report.documents.changes import FileChange, migrate_document

        files = [FileChange(file.path, file.diff) for file in self.files]
        work = work_document(()) if self.run is None else work_of_run(self.run)
        return migrate_document(self.case, self.found, self.kept, files, work, written=self.written)

    def pieces(self, *, code: bool = False) -> Iterator[Piece]:
        """Yield what the case asks in both senses, the change, and what to do next."""
        from quandary.report.analyses.migration import next_steps, senses_parts

        yield from senses_parts(self.case, self.found, self.kept)
        for file in self.files:
            yield ""
            yield from file.diff
        yield ""
        if self.written:
            yield f"Written: {', '.join(file.path for file in self.files)}."
        else:
            yield from next_steps(self.case, self.found, self.wanted, self.named)
        if self.run is not None:
            yield from unconverged(self.run.unconverged, self.run.worlds, self.run.seed, self.named)


def run(request: MigrateRequest, hands: Hands) -> MigrateResult:
    """Return what the queries of a case say in both senses, and the change of its files, after writing it where asked.

    Raises ``CaseError`` for a case with errors, ``Refusal``: Q568 where nothing of a name can keep an old sense, Q805
    where a file was changed meanwhile, Q818 where an edit would change more than its own entry.
    """
    from quandary.ask.changes.rereading import rereadings, with_two_senses
    from quandary.case.migration import migrated, written_queries

    loaded = opened(request.case)
    case, text = loaded.case, loaded.text
    if case is None or text is None:
        raise CaseError(loaded.problems)
    every = written_queries(case, text)
    two_senses = with_two_senses(case, every)
    named = _named(case, request.keep_old, every, two_senses)
    found: tuple[Rereading, ...] = ()
    run_of: Run | None = None
    if two_senses:
        asked = study(case, request.worlds, request.seed, as_of=request.as_of, hands=hands)
        found, run_of = rereadings(asked, two_senses), asked.run
    kept = tuple(one.query for one in found if _is_kept(one, named, request.keep_old))
    files = _changed(text, migrated(text, kept))
    written = request.write and bool(files) and (run_of is None or run_of.complete)
    if written:
        with hands.writing():
            after = {Path(file.path): file.after for file in files}
            rewrite_files(after, {Path(file.path): file.before for file in files})
    return MigrateResult(case, request.case, request.keep_old, found, kept, files, written, run_of)


def _is_kept(one: Rereading, named: Collection[WrittenQuery], wanted: Sequence[str]) -> bool:
    """Return whether a query keeps its old sense; one that cannot be asked any more only where it was named itself."""
    if one.query in named:
        return True
    return not one.is_lost and (ALL in wanted or (one.differs and CHANGED in wanted))


def _named(
    case: Case, wanted: Sequence[str], every: Sequence[WrittenQuery], two_senses: Sequence[WrittenQuery]
) -> frozenset[WrittenQuery]:
    """Return the queries that were named; refuses (Q568) a name of nothing, or of what means the same as before."""
    if wanted and case.version > 1:
        message = f"this case is of version {case.version}: it means what it says now"
        raise Refusal(Problem("Q568", message, hint="leave --keep-old out, and write do_foreseen where it is meant"))
    found: set[WrittenQuery] = set()
    for name in wanted:
        meant = [query for query in every if name in _names(query)]
        turned = [query for query in meant if query in two_senses]
        if turned:
            found.update(turned)
        elif meant:
            message = f'"{name}" means the same in both versions'
            raise Refusal(Problem("Q568", message, hint=f"leave --keep-old {name} out"))
        elif name not in (ALL, CHANGED):
            known = dict.fromkeys(one for query in two_senses for one in (query.id, query.name))
            names = f"name one of {', '.join(known)}, or {CHANGED}, or {ALL}"
            hint = nearest(name, known) or (names if known else "nothing in this case had another sense")
            raise Refusal(Problem("Q568", f'the case asks nothing called "{name}"', hint=hint))
    return frozenset(found)


def _names(query: WrittenQuery) -> set[str]:
    """Return what a query may be called: ``claim:ID`` where another thing, ``all`` or ``changed`` has the same name."""
    plain = {query.id, query.name}
    return {name for name in plain if name not in (ALL, CHANGED)} | {f"{query.kind}:{name}" for name in plain}


def _changed(before: CaseText, after: CaseText) -> tuple[ChangedFile, ...]:
    pairs = zip(before.files, after.files, strict=True)
    return tuple(ChangedFile(old.path, old.data, new.data) for old, new in pairs if old.data != new.data)


def _unified(path: str, before: str, after: str) -> Iterator[str]:
    """Yield the lines of a unified diff, as ``patch`` reads it."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    for line in difflib.unified_diff(old, new, path, path):
        whole = line.endswith("\n")
        yield line.rstrip("\r\n")
        if not whole:
            yield "\\ No newline at end of file"
