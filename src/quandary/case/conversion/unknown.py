"""What stands for numbers that nobody has put: conventions, orders of worths and of weights, whole maps."""

from __future__ import annotations

from collections.abc import Mapping as AbstractMapping
from collections.abc import Sequence

from quandary.base.places import Place
from quandary.base.problems import CaseError, Problem, nearest
from quandary.case.conversion.fields import Conversion, entries, is_unknown, path_of_rule
from quandary.case.logic.conditions import options_of
from quandary.case.model import ChanceEvent, Conventions, DecisionEvent, Rule, Sourced
from quandary.case.yaml.located import Located, Mapping, Scalar
from quandary.language.parser import parse_order, parse_quantity
from quandary.language.syntax import (
    Condition,
    Factor,
    Interval,
    Is,
    Likelier,
    Name,
    Number,
    Quantity,
    Unknown,
)

ORDER = "write an order from the worst to the best: worst < middle < best"
MOST = 1e6
"""The largest factor that a convention may name."""


def conventions(reading: Conversion, tree: Mapping) -> Conventions:
    """Return how unknown numbers are read: as the case says under ``unknown:``, else by the usual conventions."""
    body = tree.get("unknown")
    if not isinstance(body, Mapping):
        return Conventions()
    usual = Conventions(place=body.place)
    factor, (times, per) = usual.factor, (usual.rationality, usual.per)
    match _convention(reading, body, "factor"):
        case None:
            pass
        case Factor(Number(value)) if 1 < value <= MOST:
            factor = value
        case other:
            _wrong(reading, other, "an effect of unknown size", "write one factor above x1, such as factor: x20")
    match _convention(reading, body, "rationality"):
        case None:
            pass
        case Likelier(Interval(low, high), over) if 1 <= low < high <= MOST:
            times, per = (low, high), over
        case other:
            _wrong(reading, other, "an unknown rationality", "write a range, such as rationality: x1.5 to x10 per 10")
    return Conventions(factor, times, per, body.place)


def _convention(reading: Conversion, body: Mapping, key: str) -> Quantity | None:
    value = body.get(key)
    return reading.parsed(value, parse_quantity) if isinstance(value, Scalar) and not value.is_null else None


def _wrong(reading: Conversion, quantity: Quantity, what: str, hint: str) -> None:
    reading.problems.append(Problem("Q184", f"this is no convention for {what}", quantity.place, hint))


def ordered_worths(
    reading: Conversion, value: Located | None, path: str, told: Sequence[ChanceEvent | DecisionEvent], tree: Mapping
) -> tuple[Rule, ...]:
    """Return the rules of worths of which the order is known: the worst 0, the best 100, the others unknown.

    Each place in the order is a condition, or a state alone where one variable has all that stand alone.
    """
    if not isinstance(value, Scalar) or value.is_null:
        return ()
    parts = reading.parsed(value, parse_order)
    if parts is None:
        reading.incomplete.add(path)
        return ()
    conditions = _of_states(reading, parts, told, {entry.key.text for entry in entries(tree, "events")}, value.place)
    if conditions is None or len(conditions) < 2:
        if conditions is not None:
            reading.problems.append(Problem("Q199", "an order ranks two things or more", value.place, ORDER))
        reading.incomplete.add(path)
        return ()
    last = len(conditions) - 1
    made = []
    for at, condition in enumerate(conditions):
        place = condition.place
        quantity: Quantity = Unknown(place=place) if 0 < at < last else Number(100.0 if at else 0.0, place=place)
        made.append(Rule(condition, Sourced(quantity, path_of_rule(path, condition), place=place), place))
    return tuple(made)


def _of_states(
    reading: Conversion,
    parts: Sequence[Condition],
    told: Sequence[ChanceEvent | DecisionEvent],
    events: set[str],
    place: Place,
) -> list[Condition] | None:
    """Return an order's places as conditions, ``None`` where states alone belong to no variable, or to several."""
    alone = [part for part in parts if isinstance(part, Name) and part.text not in events]
    if not alone:
        return list(parts)
    names = [part.text for part in alone]
    having = [item.id for item in told if set(names) <= set(options_of(item))]
    if len(having) != 1:
        listed = ", ".join(f'"{name}"' for name in names)
        message = f"no variable has the states {listed}, and no event is called so"
        hint = nearest(names[0], [state for item in told for state in options_of(item)]) or ORDER
        if having:
            message = f"several variables have the states {listed}: {', '.join(having)}"
            hint = f"say which: {having[0]} = {names[0]} < ..."
        reading.problems.append(Problem("Q199", message, place, hint))
        return None
    return [
        Is(Name((having[0],), place=part.place), (part.text,), place=part.place) if part in alone else part
        for part in parts
    ]


def weights_of(tree: Mapping, actor: str) -> tuple[Place | None, tuple[str, ...]]:
    """Return where an actor's weights are said to be unknown, ``None`` where they are not, and their order if known."""
    value = next((entry.value for entry in entries(tree, "actors") if entry.key.text == actor), None)
    told = value.get("weights") if isinstance(value, Mapping) else None
    if not isinstance(told, Scalar) or told.is_null:
        return None, ()
    if is_unknown(told):
        return told.place, ()
    try:
        parts = parse_order(told.text, told.start)
    except CaseError:
        return None, ()
    names = tuple(part.text for part in parts if isinstance(part, Name))
    return told.place, names if len(names) == len(parts) else ()


def order_of_weights(reading: Conversion, body: Mapping, stakes: AbstractMapping[str, object]) -> tuple[str, ...]:
    """Return the stakes of an actor in the order of their weights, the least first; faults are gathered."""
    value = body.get("weights")
    if not isinstance(value, Scalar) or value.is_null or is_unknown(value):
        return ()
    parts = reading.parsed(value, parse_order) or ()
    names = tuple(part.text for part in parts if isinstance(part, Name))
    hint = "write unknown, or stakes from the least weight to the most: economy < security"
    if parts and (len(names) < len(parts) or len(names) < 2):
        reading.problems.append(
            Problem("Q199", "the weights of an actor are in an order of its stakes", value.place, hint)
        )
        return ()
    for name in dict.fromkeys(names):
        if name not in stakes or names.count(name) > 1:
            message = f'"{name}" stands twice in this order' if name in stakes else f'no stake is called "{name}"'
            near = nearest(name, list(stakes)) if name not in stakes else None
            reading.problems.append(Problem("Q199", message, value.place, near or hint))
            return ()
    return names
