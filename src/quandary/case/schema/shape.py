"""The shape of a case against the schema's models, each misfit told with its place and the nearest valid key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ValidationError

from quandary.base.places import Place
from quandary.base.problems import Problem, nearest
from quandary.case.schema import schema
from quandary.case.schema.schema_fields import EMPTY_TEXT, AssumptionModel, SourcedQuantity
from quandary.case.yaml.located import Listing, Located, Mapping, MappingEntry, Scalar
from quandary.case.yaml.yaml_reading import GAP, gap

_SECTIONS: dict[str, type[BaseModel]] = {
    "sources": schema.SourceModel,
    "actors": schema.ActorModel,
    "assumptions": AssumptionModel,
    "events": schema.EventModel,
    "correlations": schema.CorrelationModel,
    "stakes": schema.StakeModel,
    "channels": schema.ChannelModel,
    "evidence": schema.EvidenceModel,
    "claims": schema.ClaimModel,
    "questions": schema.NamedQuestionModel,
    "checks": schema.CheckModel,
    "forecasts": schema.ForecastModel,
    "outside": schema.OutsideModel,
    "pool": schema.PoolModel,
}
_EXPECTED = {
    "list_type": "a list is expected here",
    "dict_type": "a mapping of `key: value` lines is expected here",
    "model_type": "a mapping of `key: value` lines is expected here",
    "model_attributes_type": "a mapping of `key: value` lines is expected here",
    "string_type": "text is expected here",
    "bool_type": "true or false is expected here",
    "float_type": "a plain number is expected here",
    "finite_number": "a plain number is expected here",
    "greater_than_equal": "a number between -1 and 1 is expected here",
    "less_than_equal": "a number between -1 and 1 is expected here",
    "too_short": "this list is too short",
    "too_long": "this list is too long",
    "union_tag_not_found": "an item of the story begins with `chance: name` or `decision: name`",
}
_MEANT = {
    **dict.fromkeys(("true", "yes", "y", "on", "1"), "true"),
    **dict.fromkeys(("false", "no", "n", "off", "0"), "false"),
}
_HINTS = {
    "OddsModel": "write {state: 20% to 40%, other_state: rest}",
    "OddsRuleModel": "write a rule: - condition: {state: 20% to 40%, other_state: rest}",
    "RuleModel": "write a rule: - condition: 20 to 60",
    "SharesModel": "write {option: 1, other_option: 0.5 to 2}",
    "SharesRuleModel": "write a rule: - condition: {option: 1, other_option: 2}",
    "OnlyRuleModel": "write a rule: - condition: [option]",
    "ActorModel": "write {name: ..., rationality: x2 to x6 per 10}",
    "StakeModel": "write {weight: 10% to 25%, worth: 20 to 60}",
    "SourceModel": "write {title: ..., publisher: ..., published: 2022-01-08}",
    "OutsideModel": "write {of: event, class: ..., rate: 6% to 10%, n: 401} or {of: ..., by: ..., said: 47%, on: ...}",
    "PoolModel": "write {inside: 2, class: 1, crowd: 1}",
    "ResolutionModel": "write {on: 2022-02-24, as: came_true}",
    "EventModel": "write {condition: variable = state, title: ...}",
    "TestModel": "write {query: P(...) > P(...), resolved: {on: 2022-02-24, as: came_true}}",
}
_WRONG_TYPE = "Q117"
CHOICES = frozenset({"kind", "paraphrase", "could", "as", "when", "known_to"})
"""Keys that say which of a few things something is, or whether and for whom: left empty they would say something."""


def shape_problems(tree: Mapping, model: type[BaseModel]) -> tuple[Problem, ...]:
    """Return every misfit between tree and model; entries with nothing after the colon count as absent."""
    try:
        model.model_validate(_without_nulls(tree))
    except ValidationError as error:
        return tuple(_problem(tree, fault) for fault in error.errors(include_url=False, include_input=False))
    return ()


def gaps(tree: Located) -> Iterator[Problem]:
    """Yield a fault for every ``???`` that a drafted case left for the analyst."""
    if isinstance(tree, Scalar):
        if tree.plain and tree.text.startswith(GAP):
            yield gap(tree.place)
    elif isinstance(tree, Mapping):
        for entry in tree:
            yield from gaps(entry.key)
            yield from gaps(entry.value)
    else:
        for item in tree:
            yield from gaps(item)


def nulls(tree: Located, path: tuple[str, ...] = ()) -> Iterator[Problem]:
    """Yield a fault for every `null` that was written out, and every choice after which nothing stands.

    An entry with nothing after its colon counts as left out; one that says what something is has to say it.
    """
    if isinstance(tree, Mapping):
        for entry in tree:
            value, key = entry.value, entry.key.text
            if isinstance(value, Scalar) and value.is_null:
                if value.text or key in CHOICES or (key == "evidence" and path):
                    told = (
                        f'"{key}" is {value.text}, which says nothing'
                        if value.text
                        else f'nothing stands after "{key}"'
                    )
                    place = value.place if value.text else entry.key.place
                    yield Problem(_WRONG_TYPE, told, place, "write what it is, or leave the key out")
            else:
                yield from nulls(value, (*path, key))
    elif isinstance(tree, Listing):
        for item in tree:
            yield from nulls(item, (*path, ""))


def _without_nulls(tree: Located) -> Any:  # noqa: ANN401 - plain data has any shape
    if isinstance(tree, Mapping):
        kept = (entry for entry in tree if not (isinstance(entry.value, Scalar) and entry.value.is_null))
        return {entry.key.text: _without_nulls(entry.value) for entry in kept}
    if isinstance(tree, Listing):
        return [_without_nulls(item) for item in tree]
    return tree.value


def _problem(tree: Mapping, fault: Any) -> Problem:  # noqa: ANN401 - pydantic's ErrorDetails
    location, kind = fault["loc"], fault["type"]
    at, entry = _walk(tree, location)
    place = at.place
    last = str(location[-1]) if location else ""
    if location == ("quandary",) or (kind == "missing" and location == ("quandary",)):
        return _version_problem(tree)
    if kind == "missing":
        return Problem("Q116", f'the key "{last}" is missing here', _head(entry, at), _meaning(location, at))
    if kind == "extra_forbidden":
        model = _model_at(location, at)
        names = [] if model is None else [f.alias or name for name, f in model.model_fields.items()]
        hint = nearest(last, names) or (f"expected one of: {', '.join(names)}" if names else None)
        if model is schema.DecisionModel and last in ("odds", "base", "effects"):
            hint = "a decision has no odds: the choice follows from the owner's `stakes`; a `chance` has odds"
        return Problem("Q115", f'the key "{last}" is not known here', entry.key.place if entry else place, hint)
    if kind == "string_pattern_mismatch":
        text = entry.key.text if last == "[key]" and entry else at.text if isinstance(at, Scalar) else last
        where = entry.key.place if last == "[key]" and entry else place
        hint = "a name has letters, digits and _ and does not begin with a digit"
        return Problem("Q119", f'"{text[:60]}" is not a name', where, hint)
    if kind == "quandary_day":
        return Problem("Q118", fault["msg"], place, None)
    if kind == EMPTY_TEXT:
        last = next((str(part) for part in reversed(location) if not str(part).startswith("<")), last)
        return Problem("Q126", f'the text of "{last}" is empty', place, "write it, or leave the key out")
    expected = _EXPECTED.get(kind, fault["msg"])
    meant = fault.get("ctx", {}).get("class_name", "")
    return Problem(_WRONG_TYPE, expected, place, _HINTS.get(meant) or _type_hint(at, kind))


def _version_problem(tree: Mapping) -> Problem:
    entry = tree.index.get("quandary")
    if entry is None:
        message = 'the key "quandary" is missing: a case names the version of its language'
        return Problem("Q116", message, tree.place, "begin with: quandary: 2")
    message = "this version of Quandary reads versions 1 and 2 of the case language"
    return Problem("Q114", message, entry.value.place, "write: quandary: 2")


def _walk(tree: Mapping, location: tuple[str | int, ...]) -> tuple[Located, MappingEntry | None]:
    """Follow a pydantic location as far as the tree goes; union tags match no key. Return value and last entry."""
    at: Located = tree
    entry: MappingEntry | None = None
    for part in location:
        if isinstance(at, Mapping) and isinstance(part, str) and part in at.index:
            entry = at.index[part]
            at = entry.value
        elif isinstance(at, Listing) and isinstance(part, int) and part < len(at.items):
            at = at.items[part]
            entry = None
    return at, entry


def _head(entry: MappingEntry | None, at: Located) -> Place:
    """Return where a mapping is named: its key, or its first key within a list."""
    if entry is not None:
        return entry.key.place
    return at.entries[0].key.place if isinstance(at, Mapping) and at.entries else at.place


def _model_at(location: tuple[str | int, ...], at: Located) -> type[BaseModel] | None:
    parts = [str(part) for part in location[:-1]]
    if not parts:
        return schema.CaseModel
    if "resolved" in parts:
        return schema.ResolutionModel
    if "<test>" in parts:
        return schema.TestModel
    if "<precision>" in parts:
        return schema.PrecisionModel
    if parts[-1] == "<mapping>":
        return AssumptionModel if parts[0] == "assumptions" else SourcedQuantity
    if parts[0] == "story":
        return schema.ChanceModel if "<chance>" in parts else schema.DecisionModel
    return _SECTIONS.get(parts[0])


def _meaning(location: tuple[str | int, ...], at: Located) -> str | None:
    model = _model_at(location, at)
    if model is None:
        return None
    for name, described in model.model_fields.items():
        if (described.alias or name) == location[-1]:
            return f"{location[-1]}: {described.description}"
    return None


def _type_hint(at: Located, kind: str) -> str | None:
    if isinstance(at, Scalar) and at.plain and isinstance(at.value, bool):
        return f'{at.text} is a truth value in YAML; put it in "quotes" or use another word'
    if isinstance(at, Scalar) and at.plain and at.is_null and at.text:
        return f'{at.text} means nothing at all in YAML; put it in "quotes" or use another word'
    if kind == "float_type" and isinstance(at, Scalar) and not at.plain:
        return "write the number without quotation marks"
    if kind == "bool_type":
        meant = _MEANT.get(at.text.lower()) if isinstance(at, Scalar) else None
        return f"write {meant}, without quotation marks" if meant else None
    if kind == "string_type":
        return "a name has letters, digits and _ and does not begin with a digit"
    if kind == "list_type":
        return "begin each item with a dash, or write [a, b]"
    if isinstance(at, Mapping) and at.flow:
        return 'put text that holds ": " or braces in "quotes"'
    return None
