"""Events, evidence, claims, questions, checks and forecasts."""

from __future__ import annotations

from quandary.case.conversion.fields import Conversion, day, entries, items, place_of, text, truth
from quandary.case.model import (
    Check,
    Claim,
    EventDefinition,
    Evidence,
    Forecast,
    Outcome,
    Question,
    Resolution,
    Test,
)
from quandary.case.yaml.located import Mapping, Scalar

_OUTCOMES: dict[str, Outcome] = {
    "came_true": True,
    "true": True,
    "kept": True,
    "did_not": False,
    "false": False,
    "broken": False,
    "void": "void",
    "not_settled": "not_settled",
}


def events(reading: Conversion, tree: Mapping) -> dict[str, EventDefinition]:
    """Return the named conditions."""
    made = {}
    for entry in entries(tree, "events"):
        name = entry.key.text
        reading.places[f"events.{name}"] = entry.key.place
        body = entry.value
        written = body.get("condition") if isinstance(body, Mapping) else body
        if isinstance(written, Scalar) and not written.is_null:
            condition = reading.condition(written)
            if condition is not None:
                title = reading.title(body, f"events.{name}") if isinstance(body, Mapping) else None
                made[name] = EventDefinition(name, condition, entry.key.place, title)
    return made


def evidence(reading: Conversion, tree: Mapping) -> tuple[Evidence, ...]:
    """Return what was seen."""
    made = []
    for number, item in enumerate(items(tree, "evidence")):
        on, saw = day(item, "on"), item.get("saw")
        notes = reading.notes(item, f"evidence.{number}")
        if on is None or not isinstance(saw, Scalar):
            continue
        condition = reading.condition(saw)
        if condition is not None:
            made.append(Evidence(on, condition, notes.source, notes.because, saw.place))
    return tuple(made)


def claims(reading: Conversion, tree: Mapping) -> tuple[Claim, ...]:
    """Return the claims, each with its readings."""
    made = []
    for item in items(tree, "claims"):
        name, speaker, quote = text(item, "id"), text(item, "speaker"), text(item, "quote")
        if name is None or speaker is None or quote is None:
            continue
        path = f"claims.{name}"
        if item.get("could") is not None:
            reading.places[f"{path}.could"] = place_of(item, "could")
        reading.places.setdefault(f"{path}.quote", place_of(item, "quote"))
        made.append(
            Claim(
                id=name,
                speaker=speaker,
                quote=quote,
                kind=text(item, "kind") or "claim",
                source=reading.notes(item, path).source,
                paraphrase=truth(item, "paraphrase"),
                tests=_tests(reading, item, path),
                note=text(item, "note"),
                not_testable=text(item, "not_testable"),
                resolved=_resolution(reading, item, path),
                on=day(item, "on"),
                could=truth(item, "could"),
                joins=reading.names(item, "joins", path),
                place=place_of(item, "id"),
                title=reading.title(item, path),
            )
        )
    return tuple(made)


def _tests(reading: Conversion, item: Mapping, path: str) -> tuple[Test, ...]:
    made = []
    for entry in entries(item, "tests"):
        reading.places.setdefault(f"{path}.tests", entry.key.place)
        body = entry.value
        query = reading.query(body.get("query") if isinstance(body, Mapping) else body)
        if query is not None:
            inner = f"{path}.tests.{entry.key.text}"
            if isinstance(body, Mapping):
                resolved, title = _resolution(reading, body, inner), reading.title(body, inner)
                made.append(Test(entry.key.text, *query, resolved, title))
            else:
                made.append(Test(entry.key.text, *query))
    return tuple(made)


def _resolution(reading: Conversion, item: Mapping, path: str) -> Resolution | None:
    body = item.get("resolved")
    if not isinstance(body, Mapping):
        return None
    on, outcome = day(body, "on"), text(body, "as")
    notes = reading.notes(body, f"{path}.resolved")
    if on is None or outcome is None or outcome.lower() not in _OUTCOMES:
        return None
    return Resolution(on, _OUTCOMES[outcome.lower()], notes.source, notes.because, body.place)


def questions(reading: Conversion, tree: Mapping) -> tuple[Question, ...]:
    """Return the named questions."""
    made = []
    for entry in entries(tree, "questions"):
        body = entry.value
        asks = text(body, "asks") if isinstance(body, Mapping) else None
        query = reading.query(body.get("query") if isinstance(body, Mapping) else body)
        if query is not None:
            title = reading.title(body, f"questions.{entry.key.text}") if isinstance(body, Mapping) else None
            made.append(Question(entry.key.text, query[0], query[1], asks, query[2], title))
    return tuple(made)


def checks(reading: Conversion, tree: Mapping) -> tuple[Check, ...]:
    """Return the ranges known from elsewhere."""
    made = []
    for item in items(tree, "checks"):
        name = text(item, "id")
        if name is None:
            continue
        path = f"checks.{name}"
        query = reading.query(item.get("asks"))
        known = reading.quantity(item.get("range"), path, reading.notes(item, path))
        if query is not None and known is not None:
            place = place_of(item, "id")
            with_evidence, title = truth(item, "evidence", True), reading.title(item, path)
            made.append(Check(name, query[0], query[1], known, with_evidence, place, title))
    return tuple(made)


def forecasts(reading: Conversion, tree: Mapping) -> tuple[Forecast, ...]:
    """Return the forecasts."""
    made = []
    for item in items(tree, "forecasts"):
        name = text(item, "id")
        query = reading.query(item.get("asks"))
        if name is None or query is None:
            continue
        path = f"forecasts.{name}"
        resolved, title = _resolution(reading, item, path), reading.title(item, path)
        rule, place = text(item, "rule"), place_of(item, "id")
        reading.places.setdefault(f"{path}.until", place_of(item, "until"))
        made.append(Forecast(name, query[0], query[1], day(item, "until"), rule, resolved, place, title))
    return tuple(made)
