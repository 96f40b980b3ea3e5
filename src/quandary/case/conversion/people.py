"""Sources, actors, assumptions, correlations, stakes and channels."""

from __future__ import annotations

from collections.abc import Sequence

from quandary.base.problems import Problem
from quandary.case.conversion.fields import NO_NOTES, Conversion, day, entries, items, text
from quandary.case.conversion.unknown import order_of_weights, ordered_worths, weights_of
from quandary.case.model import (
    Actor,
    Assumption,
    Belief,
    BelievedOdds,
    BelievedWorth,
    ChanceEvent,
    Channel,
    Correlation,
    DecisionEvent,
    Rule,
    Source,
    Sourced,
    Stake,
)
from quandary.case.yaml.located import Listing, Mapping, Scalar
from quandary.language.syntax import Otherwise, Unknown
from quandary.language.vocabulary import RULE_NOTES


def sources(tree: Mapping) -> dict[str, Source]:
    """Return the sources by name."""
    made = {}
    for entry in entries(tree, "sources"):
        if isinstance(entry.value, Mapping):
            name, body = entry.key.text, entry.value
            made[name] = Source(
                id=name,
                title=text(body, "title"),
                publisher=text(body, "publisher"),
                author=text(body, "author"),
                published=day(body, "published"),
                url=text(body, "url"),
                sha256=text(body, "sha256"),
                place=entry.key.place,
            )
    return made


def actors(reading: Conversion, tree: Mapping) -> dict[str, Actor]:
    """Return the actors by name; one without a readable rationality is left out (its fault is told)."""
    made = {}
    for entry in entries(tree, "actors"):
        name, body = entry.key.text, entry.value
        reading.places[f"actors.{name}"] = entry.key.place
        if not isinstance(body, Mapping):
            continue
        path = f"actors.{name}.rationality"
        value = body.get("rationality")
        notes = reading.notes(body, f"actors.{name}")
        is_precision = isinstance(value, Mapping) and value.get("precision") is not None
        if isinstance(value, Mapping) and is_precision:
            notes = notes.inside(reading.notes(value, path))
            value = value.get("precision")
        rationality = reading.quantity(value, path, notes)
        if rationality is not None:
            wanted = {stake.key.text: stake for stakes in entries(tree, "stakes") if stakes.key.text == name
                      for stake in (stakes.value if isinstance(stakes.value, Mapping) else ())}  # fmt: skip
            order = order_of_weights(reading, body, wanted)
            made[name] = Actor(name, text(body, "name") or name, rationality, is_precision, entry.key.place, order)
    return made


def assumptions(reading: Conversion, tree: Mapping) -> dict[str, Assumption]:
    """Return the assumptions by name; the path of each is its name."""
    made = {}
    for entry in entries(tree, "assumptions"):
        name = entry.key.text
        reading.places[f"assumptions.{name}"] = entry.key.place
        value = reading.quantity(entry.value, name, NO_NOTES)
        if value is not None and isinstance(entry.value, Mapping):
            value = reading.called(entry.value, value, key="title")
        if value is not None:
            made[name] = Assumption(name, value, entry.key.place)
    return made


def correlations(reading: Conversion, tree: Mapping) -> tuple[Correlation, ...]:
    """Return the correlated pairs."""
    made = []
    for number, item in enumerate(items(tree, "correlations")):
        between = item.get("between")
        value = item.get("value")
        if not isinstance(between, Listing) or not isinstance(value, Scalar):
            continue
        pair = reading.name_list(between, f"correlations.{number}")
        amount = value.value
        if len(pair) == 2 and isinstance(amount, int | float) and not isinstance(amount, bool):
            made.append(Correlation(pair[0], pair[1], float(amount), value.place))
    return tuple(made)


def stakes(reading: Conversion, tree: Mapping, told: Sequence[ChanceEvent | DecisionEvent]) -> tuple[Stake, ...]:
    """Return every actor's stakes, in the order written; ``told`` is the story, whose states an order may name."""
    made = []
    for actor in entries(tree, "stakes"):
        if not isinstance(actor.value, Mapping):
            continue
        reading.places[f"stakes.{actor.key.text}"] = actor.key.place
        unknown_at, order = weights_of(tree, actor.key.text)
        for entry in actor.value:
            if not isinstance(entry.value, Mapping):
                continue
            path = f"stakes.{actor.key.text}.{entry.key.text}"
            body = entry.value
            notes = reading.notes(body, path)
            weight = reading.rules(body.get("weight"), f"{path}.weight", notes)
            if unknown_at is not None and body.get("weight") is None and (not order or entry.key.text in order):
                number = Sourced(Unknown(place=unknown_at), f"{path}.weight", place=unknown_at)
                weight = (Rule(Otherwise(place=unknown_at), number, unknown_at),)
            ranked = ordered_worths(reading, body.get("order"), f"{path}.worth", told, tree)
            if ranked and body.get("worth") is not None:
                message = "this stake has both a worth and an order of worths"
                reading.problems.append(Problem("Q199", message, ranked[0].place, "keep one of them"))
            made.append(
                Stake(
                    actor=actor.key.text,
                    id=entry.key.text,
                    weight=weight,
                    worth=ranked or reading.rules(body.get("worth"), f"{path}.worth", notes),
                    effects=reading.rules(body.get("effects"), f"{path}.effects", notes),
                    channel=reading.name(body, "channel", path),
                    place=entry.key.place,
                    title=reading.title(body, path),
                    ordered=bool(ranked),
                )
            )
    return tuple(made)


def beliefs(reading: Conversion, tree: Mapping, told: Sequence[ChanceEvent | DecisionEvent]) -> dict[str, Belief]:
    """Return what actors believe otherwise than the case has it, by actor; ``told`` is its story."""
    states = {item.id: item.states for item in told if isinstance(item, ChanceEvent)}
    made = {}
    for entry in entries(tree, "believes"):
        actor, body = entry.key.text, entry.value
        path = f"believes.{actor}"
        reading.places[path] = entry.key.place
        if not isinstance(body, Mapping):
            continue
        notes = reading.notes(body, path)
        odds, worths = [], []
        for own in body:
            name = own.key.text
            if name in ("known_to", "channel") or name in RULE_NOTES:
                continue
            inner, place = f"{path}.{name}", own.key.place
            reading.places[inner] = place
            if "." in name:
                of, _, stake = name.partition(".")
                worths.append(BelievedWorth(of, stake, reading.rules(own.value, inner, notes), place))
            else:
                odds.append(
                    BelievedOdds(name, reading.odds_rules(own.value, inner, notes, states.get(name, ())), place)
                )
        known_to = reading.names(body, "known_to", path)
        channel = reading.name(body, "channel", path)
        made[actor] = Belief(actor, tuple(odds), tuple(worths), known_to, entry.key.place, channel)
    return made


def channels(reading: Conversion, tree: Mapping) -> dict[str, Channel]:
    """Return the channels by name."""
    made = {}
    for entry in entries(tree, "channels"):
        name, body = entry.key.text, entry.value
        path = f"channels.{name}"
        reading.places[path] = entry.key.place
        if isinstance(body, Mapping):
            reading.notes(body, path)
            voiced_by = reading.name(body, "voiced_by", path)
            made[name] = Channel(name, text(body, "says"), voiced_by, reading.names(body, "for", path), entry.key.place)
        else:
            made[name] = Channel(name, place=entry.key.place)
    return made
