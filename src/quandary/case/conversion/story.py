"""The story: chance events and decisions, in the order written."""

from __future__ import annotations

from quandary.case.conversion.fields import Conversion, entries, items, text
from quandary.case.model import ChanceEvent, DecisionEvent, OnlyRule, OptionKind
from quandary.case.yaml.located import Listing, Mapping, Scalar
from quandary.language.syntax import Condition


def story(reading: Conversion, tree: Mapping) -> tuple[ChanceEvent | DecisionEvent, ...]:
    """Return the story's items; one that is neither chance nor decision is left out."""
    made: list[ChanceEvent | DecisionEvent] = []
    section = tree.index.get("story")
    if section is not None:
        reading.places["story"] = section.key.place
    for item in items(tree, "story"):
        name = text(item, "chance")
        if name is not None:
            made.append(_chance(reading, item, name))
            continue
        name = text(item, "decision")
        if name is not None:
            made.append(_decision(reading, item, name))
    return tuple(made)


def _path(reading: Conversion, item: Mapping, key: str, name: str) -> str:
    """Return the path of a story item; a second one of the same name gets its line added."""
    place = item.index[key].value.place
    path = f"story.{name}"
    if path in reading.places:
        path = f"{path}@{place.line}"
    reading.places[path] = place
    return path


def _chance(reading: Conversion, item: Mapping, name: str) -> ChanceEvent:
    path = _path(reading, item, "chance", name)
    notes = reading.notes(item, path)
    for key in ("odds", "base", "effects"):
        entry = item.index.get(key)
        if entry is not None:
            reading.places[f"{path}.{key}"] = entry.key.place
    states, words = reading.named_list(item, "states", path)
    return ChanceEvent(
        id=name,
        states=states,
        given=reading.names(item, "given", path),
        private=reading.name(item, "private", path),
        odds=reading.odds_rules(item.get("odds"), f"{path}.odds", notes, states),
        base=reading.odds_rules(item.get("base"), f"{path}.base", notes, states),
        effects=reading.odds_rules(item.get("effects"), f"{path}.effects", notes, states, effects=True),
        arcs=_arcs(reading, item, f"{path}.channel"),
        title=reading.title(item, path),
        place=item.index["chance"].value.place,
        words=words,
    )


def _arcs(reading: Conversion, item: Mapping, path: str) -> tuple[tuple[str, str], ...]:
    made = []
    for entry in entries(item, "channel"):
        if isinstance(entry.value, Scalar) and not entry.value.is_null:
            reading.places[f"{path}.{entry.key.text}"] = entry.key.place
            made.append((entry.key.text, entry.value.text))
    return tuple(made)


def _decision(reading: Conversion, item: Mapping, name: str) -> DecisionEvent:
    path = _path(reading, item, "decision", name)
    notes = reading.notes(item, path)
    for key in ("usual", "kinds"):
        entry = item.index.get(key)
        if entry is not None:
            reading.places[f"{path}.{key}"] = entry.key.place
    options, words = reading.named_list(item, "options", path)
    kinds = _kinds(reading, item, f"{path}.kinds")
    divided = tuple(kind.id for kind in kinds) or options
    return DecisionEvent(
        id=name,
        by=reading.name(item, "by", path) or "",
        options=options,
        sees=reading.names(item, "sees", path),
        forgets=reading.names(item, "forgets", path),
        only=_only(reading, item, f"{path}.only"),
        usual=reading.odds_rules(item.get("usual"), f"{path}.usual", notes, divided),
        kinds=kinds,
        title=reading.title(item, path),
        place=item.index["decision"].value.place,
        words=words,
        when=_when(reading, item, path),
    )


def _when(reading: Conversion, item: Mapping, path: str) -> Condition | None:
    entry = item.index.get("when")
    if entry is None:
        return None
    value = entry.value
    reading.places[f"{path}.when"] = value.place
    found = None
    if isinstance(value, Scalar) and value.text.strip():  # all else is told by the schema
        found = reading.condition(value)
    if found is None:
        reading.incomplete.add(path)
    return found


def _only(reading: Conversion, item: Mapping, path: str) -> tuple[OnlyRule, ...]:
    value = item.get("only")
    if not isinstance(value, Listing):
        return ()
    made = []
    for rule in reading.rule_items(value, path, reading.notes(item, path)):
        place = rule.entry.key.place
        if isinstance(rule.entry.value, Listing):
            options = reading.name_list(rule.entry.value, f"{rule.path}@{place.line}")
            made.append(OnlyRule(rule.condition, options, place))
    return tuple(made)


def _kinds(reading: Conversion, item: Mapping, path: str) -> tuple[OptionKind, ...]:
    made = []
    for entry in entries(item, "kinds"):
        if isinstance(entry.value, Listing):
            options = reading.name_list(entry.value, f"{path}.{entry.key.text}")
            made.append(OptionKind(entry.key.text, options, entry.key.place))
    return tuple(made)
