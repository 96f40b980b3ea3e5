"""The part of a draft that can run before its gaps are filled, and what was left out or taken otherwise for that.

No gap is filled by a guess. What nobody owns is taken as chance of any odds; a test or a day that is missing leaves its
entry out. A gap elsewhere leaves nothing that could run honestly.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from quandary.ask.turning.eliciting.gaps import StructureGap, structure_gaps, taken_as_chance
from quandary.base.places import Place
from quandary.base.problems import CaseError, Problem, Refusal
from quandary.case.text import CaseText, TextEntry
from quandary.case.yaml.decoding import TextFile
from quandary.case.yaml.located import Listing, Mapping, Scalar
from quandary.compile.loader import read_case_text

if TYPE_CHECKING:
    from quandary.case.model import Case
    from quandary.compile.numbers import UncertainNumber

UNTITLED = "Untitled draft"
UNDATED = date(9999, 1, 1)
"""The day of a draft that neither says its day nor dates anything."""

MOST_FAULTS = 100
"""So many entries are left out for faults, at most, before nothing runs."""


@dataclass(frozen=True)
class LeftOut:
    """What a run leaves out of a draft, or takes otherwise, and why; ``line`` is that of the draft as it was written.

    ``gap`` names the question that would bring it in, ``None`` where there is none.
    """

    what: str
    why: str
    line: int
    gap: str | None = None


@dataclass(frozen=True, eq=False)
class CompletePart:
    """The part of a draft that can run: ``case`` is ``None`` where there is none, and ``problems`` says why.

    ``text`` is what ran; what is left of the draft stands there on its own lines. ``as_chance`` are the decisions that
    are taken as chance. ``is_dated`` says whether the draft has a day.
    """

    text: CaseText
    case: Case | None
    left_out: tuple[LeftOut, ...] = ()
    problems: tuple[Problem, ...] = ()
    gaps: tuple[StructureGap, ...] = ()
    as_chance: frozenset[str] = frozenset()
    is_dated: bool = True

    def has(self, number: UncertainNumber) -> bool:
        """Return whether a number of the case stands in the draft too: not the odds of what is taken as chance."""
        return number.role.kind not in ("odds", "factor") or number.role.of[0] not in self.as_chance


@dataclass
class _Closing:
    text: CaseText
    left_out: list[LeftOut] = field(default_factory=list)
    as_chance: set[str] = field(default_factory=set)

    def without(self, entry: TextEntry) -> None:
        """Take an entry out, and leave blank lines in its place, so that all else stays on its line."""
        before = self.text.file(entry.file)
        after = self.text.without_at(entry).file(entry.file)
        assert before is not None and after is not None
        old, new = before.data.splitlines(keepends=True), after.data.splitlines(keepends=True)
        at = next((n for n, (one, other) in enumerate(zip(old, new, strict=False)) if one != other), len(new))
        new[at:at] = [b"\n"] * (len(old) - len(new))
        self.text = self.text.with_file(TextFile(after.path, b"".join(new)))


def complete_part(text: CaseText) -> CompletePart:
    """Return the part of a draft that can run; one without gaps is that as a whole."""
    gaps = structure_gaps(text)
    work = _Closing(text)
    for gap in sorted(gaps, key=lambda one: _order(one.gap.place), reverse=True):  # from below: paths above it stay
        _close(work, gap)
    is_dated = not any(gap.gap.entry.path == ("as_of",) for gap in gaps)
    if not is_dated:
        work.text = work.text.with_value(("as_of",), _last_day(work.text).isoformat())
    case, problems = _without_faults(work)
    left = tuple(sorted(work.left_out, key=lambda one: one.line))
    return CompletePart(work.text, case, left, problems, gaps, frozenset(work.as_chance), is_dated)


def _without_faults(work: _Closing) -> tuple[Case | None, tuple[Problem, ...]]:
    """Return the case once what cannot be asked is left out, or the faults that are left."""
    for _ in range(MOST_FAULTS):
        loaded = read_case_text(work.text)
        errors = tuple(problem for problem in loaded.problems if problem.is_error)
        if not errors or not _leave_out(work, errors[0]):
            break
    return (None if errors else loaded.case), errors


def _order(place: Place) -> tuple[int, int]:
    return place.line, place.column


def _close(work: _Closing, gap: StructureGap) -> None:
    """Take a gap out of the text, where something can run without it; another one stays, and is found as a fault."""
    entry = gap.gap.entry
    line = gap.gap.place.line
    match entry.path:
        case ("title",):
            work.text = work.text.with_value_at(entry, UNTITLED)
        case ("as_of",):
            return
        case ("sources", _, "title"):
            work.without(entry)
        case ("story", int(number), "by"):
            _as_chance(work, gap, number)
        case ("story", _, "options" | "states", int()):
            work.without(entry)
        case ("evidence", int(), "on"):
            shown = plain_text(work.text, entry.around.inside("saw"))
            _without(work, entry.around, LeftOut(shown, "no day in the article", line, gap.name))
        case ("claims", int(number), "tests", str()):
            claim = plain_text(work.text, TextEntry(entry.file, ("claims", number, "id")))
            _without_test(work, entry, LeftOut(claim, "no test yet", line, gap.name))
        case ("questions", _, "query"):
            asked = plain_text(work.text, entry.around.inside("asks"))
            _without(work, entry.around, LeftOut(asked, "no query yet", line, gap.name))


def plain_text(text: CaseText, entry: TextEntry) -> str:
    """Return the words that an entry holds, or its name where it holds none."""
    held = text.value_at(entry)
    return held.text if isinstance(held, Scalar) else str(entry.path[-1])


def _as_chance(work: _Closing, gap: StructureGap, number: int) -> None:
    """Take a decision that nobody owns as chance: any odds, and any effect of each thing that its owner would see."""
    at = TextEntry(gap.gap.entry.file, ("story", number))
    work.text = taken_as_chance(work.text, at)
    why = "nobody is named who decides it, so it is taken as chance of any odds"
    work.left_out.append(LeftOut(gap.of or "a decision", why, gap.gap.place.line, gap.name))
    work.as_chance.add(gap.of or "")


def _without(work: _Closing, entry: TextEntry, left: LeftOut) -> None:
    """Take an entry of a list out, and the list with its last one."""
    around = work.text.value_at(entry.around)
    alone = isinstance(around, Listing | Mapping) and len(list(around)) == 1
    work.without(entry.around if alone else entry)
    work.left_out.append(left)


def _without_test(work: _Closing, entry: TextEntry, left: LeftOut) -> None:
    """Take a test out of its claim, and a claim with its last test, which would be a statement of no kind."""
    tests = work.text.value_at(entry.around)
    alone = isinstance(tests, Mapping) and len(list(tests)) == 1
    _without(work, TextEntry(entry.file, entry.path[:2]) if alone else entry, left)


def _last_day(text: CaseText) -> date:
    """Return the last day that a draft dates, so that all its evidence is seen."""
    return max(_days(text), default=UNDATED)


def _days(text: CaseText) -> Iterator[date]:
    held = text.value(("evidence",))
    for one in held if isinstance(held, list) else ():
        try:
            yield date.fromisoformat(str(one["on"])[:10])
        except (KeyError, TypeError, ValueError):
            continue


def _leave_out(work: _Closing, problem: Problem) -> bool:
    """Leave out the test, question or evidence that cannot be asked; return whether that was possible."""
    try:
        path = work.text.entry_at(problem.place).path
    except (Refusal, CaseError):
        return False
    at = TextEntry(problem.place.file, path)
    match path:
        case ("claims", int(number), "tests", str(test), *_):
            claim = plain_text(work.text, TextEntry(at.file, ("claims", number, "id")))
            entry = TextEntry(at.file, path[:4])
            _without_test(work, entry, LeftOut(f"{claim}, {test}", problem.message, problem.place.line))
        case ("questions" | "evidence" as section, _, *_):
            entry = TextEntry(at.file, path[:2])
            said = plain_text(work.text, entry.inside("asks" if section == "questions" else "saw"))
            _without(work, entry, LeftOut(said, problem.message, problem.place.line))
        case _:
            return False
    return True
