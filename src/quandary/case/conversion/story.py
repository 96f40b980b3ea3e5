"""The story: chance events and decisions, in the order written."""

from __future__ import annotations

from quandary.case.conversion.fields import Reading, items, text
from quandary.case.located import Listing, Mapping
from quandary.case.model import ChanceEvent, DecisionEvent, OnlyRule


def story(reading: Reading, tree: Mapping) -> tuple[ChanceEvent | DecisionEvent, ...]:
    """Return the story's items; one that is neither chance nor decision is left out."""
    made: list[ChanceEvent | DecisionEvent] = []
    for item in items(tree, "story"):
        name = text(item, "chance")
        if name is not None:
            made.append(_chance(reading, item, name))
            continue
        name = text(item, "decision")
        if name is not None:
            made.append(_decision(reading, item, name))
    return tuple(made)


def _chance(reading: Reading, item: Mapping, name: str) -> ChanceEvent:
    path = f"story.{name}"
    notes = reading.notes(item, path)
    return ChanceEvent(
        id=name,
        states=reading.names(item, "states", path),
        given=reading.names(item, "given", path),
        private=reading.name(item, "private", path),
        odds=reading.odds_rules(item.get("odds"), f"{path}.odds", notes),
        base=reading.odds_rules(item.get("base"), f"{path}.base", notes),
        effects=reading.odds_rules(item.get("effects"), f"{path}.effects", notes),
        title=text(item, "title"),
        place=item.index["chance"].value.place,
    )


def _decision(reading: Reading, item: Mapping, name: str) -> DecisionEvent:
    path = f"story.{name}"
    reading.notes(item, path)
    return DecisionEvent(
        id=name,
        by=reading.name(item, "by", path) or "",
        options=reading.names(item, "options", path),
        sees=reading.names(item, "sees", path),
        forgets=reading.names(item, "forgets", path),
        only=_only(reading, item, f"{path}.only"),
        title=text(item, "title"),
        place=item.index["decision"].value.place,
    )


def _only(reading: Reading, item: Mapping, path: str) -> tuple[OnlyRule, ...]:
    value = item.get("only")
    if not isinstance(value, Listing):
        return ()
    made = []
    for condition, entry, where, _ in reading.rule_items(value, path, reading.notes(item, path)):
        if isinstance(entry.value, Listing):
            options = reading.name_list(entry.value, where)
            made.append(OnlyRule(condition, options, entry.key.place))
    return tuple(made)
