"""Gaps in the structure of a case, which are asked before any number: who decides, what else could be done."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from quandary.ask.turning.eliciting.forms import DONT_KNOW, NOT_KNOWN, DontKnow, bad_answer
from quandary.base.problems import nearest
from quandary.case.text import CaseText, TextEntry, TextGap
from quandary.case.yaml.decoding import TextFile
from quandary.case.yaml.located import Located, Mapping, Scalar, plain
from quandary.case.yaml.yaml_reading import read_yaml

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
NOTHING_ELSE = frozenset({"nothing", "nothing else", "no more", "none", "n"})
NOBODY = frozenset({"nobody", "no one", "chance", "it is chance"})
"""Answers to who decides something that nobody does."""

UNNAMED = "no test was named"
"""Why a claim is not tested, where nobody says it."""

_NO_TEST = re.compile(r"(?:no test|none|nothing|n)(?:(?:\s*[,:;]|\s+because\b)\s*(?P<why>.+))?", re.IGNORECASE)
_COMMENT = re.compile(r"\s#\s*(.+?)\s*$")


class GapKind(StrEnum):
    """What a gap lacks: who decides, another option or state, a worth, a day, a test, or another thing."""

    OWNER = "owner"
    OPTION = "option"
    STATE = "state"
    WORTH = "worth"
    DAY = "day"
    TEST = "test"
    OTHER = "other"


@dataclass(frozen=True)
class StructureGap:
    """A ``???`` with what it lacks; ``of`` names whose it is: a variable, the stake of an actor, a claim.

    ``actors`` are those who could decide, ``asks`` is what its line asks behind it, ``quote`` the words that its entry
    rests on, ``speaker`` whose they are.
    """

    gap: TextGap
    kind: GapKind
    of: str | None
    actors: tuple[str, ...] = ()
    asks: str | None = None
    quote: str | None = None
    speaker: str | None = None

    @property
    def in_structure(self) -> bool:
        """Return whether it is about who acts, what happens or who wants what; others leave out what they stand in."""
        return self.gap.entry.path[0] in ("actors", "story", "stakes")

    @property
    def name(self) -> str:
        """Return its name, by which an answer says what it answers."""
        return "/".join(map(str, self.gap.entry.path))


def structure_gaps(text: CaseText) -> tuple[StructureGap, ...]:
    """Return the gaps of a case's text, owners first, then options and states, then all else."""
    actors = _keys(text, "actors")
    found = [_gap(text, one, actors) for one in text.gaps()]
    return tuple(sorted(found, key=lambda one: list(GapKind).index(one.kind)))


def filled(text: CaseText, gap: StructureGap, typed: str) -> CaseText | DontKnow:
    """Return the text with a gap filled by a typed answer, without what its line asked behind it.

    Rules and lists are typed as the case language has them, within brackets. Raises ``Refusal`` (Q575) for an answer
    that does not fit.
    """
    said = " ".join(typed.split())
    if said.lower() in NOT_KNOWN:
        return DONT_KNOW
    if not said:
        raise bad_answer("nothing was answered", "answer in a word or two, or d for don't know")
    entry = gap.gap.entry
    text = _without_its_question(text, gap)
    if gap.kind is GapKind.OWNER and said.lower() in NOBODY:
        return taken_as_chance(text, entry.around)
    if gap.kind is GapKind.OWNER:
        return text.with_value_at(entry, _actor(said, gap.actors))
    if gap.kind is GapKind.TEST and (none := _NO_TEST.fullmatch(said)):
        return _without_test(text, entry, none["why"] or UNNAMED)
    if gap.kind in (GapKind.OPTION, GapKind.STATE) and isinstance(entry.path[-1], int):
        if said.lower() in NOTHING_ELSE:
            return text.without_at(entry)
        first, *more = [_named(one) for one in said.split(",")]
        changed = text.with_value_at(entry, first)
        held = changed.value_at(entry.around)
        count = 0 if held is None or isinstance(held, Scalar | Mapping) else len(held.items)
        for number, one in enumerate(more):
            changed = changed.with_entry_at(entry.around.inside(count + number), one)
        return changed
    return text.with_value_at(entry, _as_written(said))


def taken_as_chance(text: CaseText, decision: TextEntry) -> CaseText:
    """Return the text with a decision that nobody owns as chance of any odds, given what its owner would see."""
    held = text.value_at(decision)
    assert isinstance(held, Mapping)
    text = text.with_value_at(decision.inside("by"), "unknown").with_key_at(decision.inside("by"), "odds")
    for old, new in (("decision", "chance"), ("options", "states"), ("sees", "given")):
        if held.get(old) is not None:
            text = text.with_key_at(decision.inside(old), new)
    return text


def _as_written(said: str) -> object:
    """Return a typed answer as the value it is: rules and lists within brackets, all else as text."""
    if said[0] not in "[{":
        return said
    tree, faults = read_yaml(TextFile("the answer", said.encode("utf-8", "replace")))
    if tree is None or faults:
        message = faults[0].message if faults else "nothing stands there"
        raise bad_answer(
            f"what stands within brackets cannot be read: {message}", "write: [{x = a: 80}, {otherwise: 20}]"
        )
    return plain(tree)


def _without_test(text: CaseText, entry: TextEntry, why: str) -> CaseText:
    """Return the text without a test; a claim whose only one it was, and that needs one, says why it has none."""
    tests, claim = entry.around, entry.around.around
    held = text.value_at(tests)
    if not isinstance(held, Mapping) or len(held.entries) > 1:
        return text.without_at(entry)
    changed = text.without_at(tests)
    if _word(text.value_at(claim), "kind") is not None:
        return changed
    return changed.with_entry_at(claim.inside("not_testable"), why)


def _without_its_question(text: CaseText, gap: StructureGap) -> CaseText:
    """Return the text without what the line of a gap asks behind it, unless it asks it of another gap also."""
    place = gap.gap.place
    file = text.file(gap.gap.entry.file)
    alone = sum((one.place.file, one.place.line) == (place.file, place.line) for one in text.gaps()) == 1
    comment = _COMMENT.search(place.written)
    if file is None or comment is None or not alone:
        return text
    lines = file.data.splitlines(keepends=True)
    line = lines[place.line - 1]
    at = line.rfind(comment[0].rstrip().encode())
    if at < 0:
        return text
    ending = line[len(line.rstrip(b"\r\n")) :]
    lines[place.line - 1] = line[:at].rstrip() + ending
    return text.with_file(TextFile(file.path, b"".join(lines)))


def _gap(text: CaseText, one: TextGap, actors: tuple[str, ...]) -> StructureGap:
    path = one.entry.path
    comment = _COMMENT.search(one.place.written)
    asks = comment[1] if comment else None
    item = text.value_at(TextEntry(one.entry.file, path[:2])) if len(path) > 2 else None
    quote, speaker = _word(item, "quote"), _word(item, "speaker")
    kind = _kind(path)
    named = {
        "story": _word(item, "decision") or _word(item, "chance"),
        "stakes": " ".join(map(str, path[1:3])),
        "claims": _word(item, "id"),
        "evidence": _word(item, "saw"),
    }.get(str(path[0]))
    return StructureGap(one, kind, named, actors, asks, quote, speaker)


def _kind(path: tuple[str | int, ...]) -> GapKind:
    match path:
        case ("story", _, "by", *_):
            return GapKind.OWNER
        case ("story", _, "options", *_):
            return GapKind.OPTION
        case ("story", _, "states", *_):
            return GapKind.STATE
        case ("stakes", _, _, "worth"):
            return GapKind.WORTH
        case ("evidence", _, "on"):
            return GapKind.DAY
        case ("claims", _, "tests", _):
            return GapKind.TEST
    return GapKind.OTHER


def _word(item: Located | None, key: str) -> str | None:
    held = item.get(key) if isinstance(item, Mapping) else None
    return held.text if isinstance(held, Scalar) else None


def _keys(text: CaseText, section: str) -> tuple[str, ...]:
    held = text.value((section,))
    return tuple(map(str, held)) if isinstance(held, dict) else ()


def _actor(said: str, actors: tuple[str, ...]) -> str:
    close = {actor.lower(): actor for actor in actors}
    if said.lower() in close:
        return close[said.lower()]
    hint = nearest(said, actors) or f"the actors are {', '.join(actors)}; another one is first written under `actors`"
    raise bad_answer(f'there is no actor "{said[:60]}" in the case', hint)


def _named(said: str) -> str:
    """Return a few words as the name of a state or an option."""
    name = re.sub(r"\W+", "_", said.strip()).strip("_")
    if not NAME.fullmatch(name):
        raise bad_answer(f'"{said.strip()[:60]}" is not a name', "use letters and digits, and begin with a letter")
    return name
