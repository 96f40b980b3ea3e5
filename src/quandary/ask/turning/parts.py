"""The parts of a case that can be exchanged for those of another: assumptions, items of the story, actors, stakes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import TypeVar

from quandary.case.model import Belief, Case, ChanceEvent, DecisionEvent, Stake

ASIDE = (
    *("place", "because", "source", "quote", "title", "name", "channel", "arcs", "called", "words"),
    *("judged_by", "not_known_by"),
)
"""What says why, where and in which words, and is no difference."""

Part = tuple[str, str]
"""The kind of a part and its name: ``("assumption", "war_cost")``."""

STORY: Part = ("story", "as a whole")

Item = TypeVar("Item")


def differing(first: Case, second: Case) -> tuple[Part, ...]:
    """Return the parts in which two cases differ, places and reasons aside."""
    ours, theirs = parts_of(first), parts_of(second)
    if shape_of(first) != shape_of(second):
        ours, theirs = _with_one_story(ours), _with_one_story(theirs)
    names = dict.fromkeys((*ours, *theirs))
    return tuple(part for part in names if _differs(part, ours, theirs))


def shape_of(case: Case) -> tuple[object, ...]:
    """Return what must agree before stories can be exchanged item by item."""
    shape: list[object] = [tuple(case.actors)]
    for item in case.story:
        if isinstance(item, ChanceEvent):
            shape.append((item.id, item.states, item.given, item.private))
        else:
            shape.append((item.id, item.options, item.by, item.when is None))
    return tuple(shape)


def parts_of(case: Case) -> dict[Part, object]:
    """Return every exchangeable part of a case by kind and name."""
    found: dict[Part, object] = {("actor", name): actor for name, actor in case.actors.items()}
    found |= {("assumption", name): item for name, item in case.assumptions.items()}
    found[("correlations", "all")] = case.correlations
    found |= {_item_part(item): item for item in case.story}
    found |= {_stake_part(stake): stake for stake in case.stakes}
    found |= {("belief", actor): belief for actor, belief in case.believes.items()}
    found |= {("event", name): event for name, event in case.events.items()}
    found[("evidence", "all")] = case.evidence
    found[("words", "table")] = case.words
    return found


def mixed(first: Case, second: Case, taken: frozenset[Part]) -> Case:
    """Return the first case with the parts ``taken`` from the second."""
    if STORY in taken:
        story, stakes, events, evidence = second.story, second.stakes, second.events, second.evidence
        actors, believes = second.actors, second.believes
    else:
        story = _exchanged(first.story, second.story, _item_part, taken)
        stakes = _exchanged(first.stakes, second.stakes, _stake_part, taken)
        same = shape_of(first) == shape_of(second)
        events = _merged("event", first.events, second.events, taken) if same else first.events
        evidence = second.evidence if ("evidence", "all") in taken else first.evidence
        actors = _merged("actor", first.actors, second.actors, taken)
        beliefs = (first.believes.values(), second.believes.values())
        believes = {belief.actor: belief for belief in _exchanged(*beliefs, _belief_part, taken)}
    return replace(
        first,
        actors=actors,
        assumptions=_merged("assumption", first.assumptions, second.assumptions, taken),
        correlations=second.correlations if ("correlations", "all") in taken else first.correlations,
        words=second.words if ("words", "table") in taken else first.words,
        story=story,
        stakes=stakes,
        believes=believes,
        events=events,
        evidence=evidence,
        claims=(),
        questions=(),
        checks=(),
        forecasts=(),
        outside=(),
    )


def _item_part(item: ChanceEvent | DecisionEvent) -> Part:
    return "chance" if isinstance(item, ChanceEvent) else "decision", item.id


def _stake_part(stake: Stake) -> Part:
    return "stake", f"{stake.actor}.{stake.id}"


def _belief_part(belief: Belief) -> Part:
    return "belief", belief.actor


def _exchanged(
    first: Iterable[Item], second: Iterable[Item], part_of: Callable[[Item], Part], taken: frozenset[Part]
) -> tuple[Item, ...]:
    ours, theirs = ({part_of(item): item for item in items} for items in (first, second))
    found = []
    for part in dict.fromkeys((*ours, *theirs)):
        source = theirs if part in taken else ours
        if part in source:
            found.append(source[part])
    return tuple(found)


def _merged(
    kind: str, first: Mapping[str, Item], second: Mapping[str, Item], taken: frozenset[Part]
) -> dict[str, Item]:
    """Return named things: the first's, or the second's where taken; what only one of them has is always there."""
    swapped = {name: item for name, item in second.items() if (kind, name) in taken or name not in first}
    return {**first, **swapped}


def _with_one_story(parts: Mapping[Part, object]) -> dict[Part, object]:
    joined = ("actor", "chance", "decision", "stake", "belief", "event", "evidence")
    rest = {part: item for part, item in parts.items() if part[0] not in joined}
    return {STORY: tuple((part, item) for part, item in parts.items() if part[0] in joined), **rest}


def _differs(part: Part, ours: Mapping[Part, object], theirs: Mapping[Part, object]) -> bool:
    """Return whether a part differs. An assumption or event that only one case has counts where it is used."""
    if part[0] in ("assumption", "event") and not (part in ours and part in theirs):
        return False
    return _bare(ours.get(part)) != _bare(theirs.get(part))


def _bare(value: object) -> object:
    """Return a value without what only says why and where."""
    if is_dataclass(value) and not isinstance(value, type):
        kept = tuple((f.name, _bare(getattr(value, f.name))) for f in fields(value) if f.name not in ASIDE)
        return type(value).__name__, kept
    if isinstance(value, tuple):
        return tuple(_bare(item) for item in value)
    return value
