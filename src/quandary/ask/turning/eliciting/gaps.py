"""Gaps in the structure of a case, which are asked before any number: who decides, what else could be done."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from quandary.ask.turning.eliciting.forms import DONT_KNOW, NOT_KNOWN, DontKnow, bad_answer
from quandary.base.problems import nearest
from quandary.case.text import CaseText, TextGap
from quandary.case.yaml.located import Mapping, Scalar

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
NOTHING_ELSE = frozenset({"nothing", "nothing else", "no more", "none", "n"})
_COMMENT = re.compile(r"\s#\s*(.+?)\s*$")


class GapKind(StrEnum):
    """What a gap lacks: who decides, another option or state, or anything else."""

    OWNER = "owner"
    OPTION = "option"
    STATE = "state"
    OTHER = "other"


@dataclass(frozen=True)
class StructureGap:
    """A ``???`` with what it lacks; ``variable`` is whose it is, ``actors`` who could decide, ``asks`` what its line
    asks behind it."""

    gap: TextGap
    kind: GapKind
    variable: str | None
    actors: tuple[str, ...] = ()
    asks: str | None = None

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
    """Return the text with a gap filled by a typed answer; raises ``Refusal`` (Q575) for one that does not fit."""
    said = " ".join(typed.split())
    if said.lower() in NOT_KNOWN:
        return DONT_KNOW
    if not said:
        raise bad_answer("nothing was answered", "answer in a word or two, or d for don't know")
    entry = gap.gap.entry
    if gap.kind is GapKind.OWNER:
        return text.with_value_at(entry, _actor(said, gap.actors))
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
    return text.with_value_at(entry, said)


def _gap(text: CaseText, one: TextGap, actors: tuple[str, ...]) -> StructureGap:
    path = one.entry.path
    comment = _COMMENT.search(one.place.written)
    asks = comment[1] if comment else None
    item = text.value_at(type(one.entry)(one.entry.file, path[:2])) if path[0] == "story" and len(path) > 2 else None
    named = None
    if isinstance(item, Mapping):
        held = item.get("decision") or item.get("chance")
        named = held.text if isinstance(held, Scalar) else None
    kind = {"by": GapKind.OWNER, "options": GapKind.OPTION, "states": GapKind.STATE}.get(
        str(path[2]) if len(path) > 2 and path[0] == "story" else "", GapKind.OTHER
    )
    return StructureGap(one, kind, named, actors, asks)


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
