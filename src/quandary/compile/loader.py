"""From the text of a case to a checked, frozen ``Case``: tree, shape, records, checks; all faults at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from quandary.base.problems import Problem
from quandary.case import quotes
from quandary.case.checks import Written
from quandary.case.conversion import outside, people, statements
from quandary.case.conversion.fields import Conversion, day, place_of, text
from quandary.case.conversion.story import story
from quandary.case.conversion.unknown import conventions
from quandary.case.including import GatheredFiles, gather, inside, read_bytes
from quandary.case.model import VERSION, Case
from quandary.case.text import CaseText
from quandary.case.yaml.decoding import TextFile
from quandary.case.yaml.located import Mapping, Scalar
from quandary.compile.checks import check_case


@dataclass(frozen=True)
class Loaded:
    """A case with its warnings, or ``None`` with every fault found; faults come in the order of the file.

    ``text`` is what was read, faulty or not; ``None`` where nothing could be read. The case itself does not hold it: a
    case changed in memory would go on to hold a text that says something else.
    """

    case: Case | None
    problems: tuple[Problem, ...]
    text: CaseText | None = None


def read_case(path: Path | str, text: Path | str | None = None) -> Loaded:
    """Return the case in the file and every fault found.

    ``text`` gives the text of the source ``article`` for its quotes: a path to a UTF-8 file, or a string with the text
    itself. Nothing is raised for any content of the file.
    """
    path = Path(path)
    data, problem = read_bytes(path, str(path))
    if data is None:
        return Loaded(None, () if problem is None else (problem,))
    return read_case_bytes(data, path, text)


def read_case_bytes(data: bytes, path: Path | str, text: Path | str | None = None) -> Loaded:
    """Return the case that the bytes of a file at ``path`` hold; the file itself need not exist."""
    return read_case_text(CaseText((TextFile(str(Path(path)), data),), article=text))


def read_case_text(held: CaseText) -> Loaded:
    """Return the case that a text holds; only what it names and does not hold is read."""
    main = held.main
    tree, gathered = gather(held)
    if tree is None:
        return Loaded(None, _sorted(gathered.problems, main.path), gathered.text())
    reading = Conversion()
    case = _convert(reading, tree, gathered)
    found = [*gathered.problems, *reading.problems]
    written = Written(case, main.place(), reading.places, reading.source_names, reading.incomplete)
    found.extend(check_case(written, told_already=any(p.is_error for p in found)))
    article, problem = _article(gathered)
    case, about_quotes = quotes.matched(case, article, reading.places)
    found.extend(about_quotes)
    if problem is not None:
        found.append(problem)
    problems = _sorted(_without_echoes(found), main.path)
    return Loaded(None if any(p.is_error for p in problems) else case, problems, gathered.text())


def _convert(reading: Conversion, tree: Mapping, gathered: GatheredFiles) -> Case:
    prose, prose_path = _prose(reading, tree, gathered)
    told = story(reading, tree)
    return Case(
        title=text(tree, "title") or "",
        as_of=day(tree, "as_of") or date.max,
        path=gathered.held.main.path,
        sha256=gathered.text().digest,
        text=prose,
        text_path=prose_path,
        sources=people.sources(tree),
        actors=people.actors(reading, tree),
        assumptions=people.assumptions(reading, tree),
        correlations=people.correlations(reading, tree),
        story=told,
        stakes=people.stakes(reading, tree, told),
        believes=people.beliefs(reading, tree, told),
        channels=people.channels(reading, tree),
        events=statements.events(reading, tree),
        evidence=statements.evidence(reading, tree),
        claims=statements.claims(reading, tree),
        questions=statements.questions(reading, tree),
        checks=statements.checks(reading, tree),
        forecasts=statements.forecasts(reading, tree),
        outside=outside.views(reading, tree),
        pool=outside.pool(tree),
        words=reading.name(tree, "words", "case"),
        unknown=conventions(reading, tree),
        version=_version(tree),
    )


def _version(tree: Mapping) -> int:
    written = tree.get("quandary")
    value = written.value if isinstance(written, Scalar) else None
    return value if isinstance(value, int) else VERSION


def _prose(reading: Conversion, tree: Mapping, gathered: GatheredFiles) -> tuple[str | None, str | None]:
    """Return the text of the analysis and its path as written in the case."""
    name = text(tree, "text")
    if name is None:
        return None, None
    place = place_of(tree, "text")
    folder = Path(gathered.held.main.path).parent
    target = inside(gathered.root, folder, name)
    if target is None:
        message = f'"{name[:80]}" lies outside the folder of the case'
        reading.problems.append(Problem("Q170", message, place, "put the text beside the case"))
        return None, name
    prose, problem = gathered.prose(target, str(folder / name), name, place)
    if problem is not None:
        reading.problems.append(problem)
    return prose, name


def _article(gathered: GatheredFiles) -> tuple[str | None, Problem | None]:
    given = gathered.held.article
    return gathered.prose(given, str(given), str(given)) if isinstance(given, Path) else (given, None)


def _without_echoes(found: list[Problem]) -> list[Problem]:
    """Return the faults, each once, without those that a gap, torn query, tag or misshapen rule there explains."""
    first: dict[tuple[str, int], Problem] = {}
    for problem in found:
        if problem.code == "Q110":
            first.setdefault((problem.place.file, problem.place.line), problem)
    gaps = {(p.place.file, p.place.line, p.place.column) for p in found if p.code == "Q173"}
    rules = {(p.place.file, p.place.line) for p in found if p.code == "Q124"}
    tags = {(p.place.file, p.place.line) for p in found if p.code == "Q109"}
    kept: dict[Problem, None] = {}
    for problem in found:
        place = problem.place
        explained = (place.file, place.line, place.column) in gaps and problem.code != "Q173"
        torn = first.get((place.file, place.line), problem) != problem
        misshapen = (place.file, place.line) in rules and problem.code == "Q117"
        untagged = (place.file, place.line) in tags and problem.code == "Q126"
        if not (explained or torn or misshapen or untagged):
            kept[problem] = None
    return list(kept)


def _sorted(problems: list[Problem], main: str) -> tuple[Problem, ...]:
    """Return the faults in the order of the file, those of the main file first."""
    order = sorted(problems, key=lambda p: (p.place.file != main, p.place.file, p.place.line, p.place.column))
    return tuple(order)
