"""A number that nobody has put, written so that it stands by itself: one state, one row, one parent at a time.

``odds: unknown`` stands for many numbers. Before one of them is answered the whole is written out as far as that takes,
by what it comes to (``case/logic/unknowns.py``), so that all others stay unknown and keep their names.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from quandary.base.places import Place
from quandary.base.problems import Refusal
from quandary.case.logic.conditions import find_variable, states_of
from quandary.case.logic.unknowns import has_unknown, is_of_the_parents
from quandary.case.model import Case, ChanceEvent, DecisionEvent
from quandary.case.text import CaseText, TextEntry, no_entry
from quandary.case.yaml.located import Listing, Located, Mapping, Scalar, plain
from quandary.compile.numbers import UncertainNumber
from quandary.language.printing import written
from quandary.language.syntax import Name

UNKNOWN = "unknown"
OF_STATES = ("odds", "factor", "usual share")
"""Kinds of numbers of which one word may stand for those of all states."""

ORDERED = 3
"""The places of an order with one between the worst and the best."""

ODDS, BASE, EFFECTS = "odds", "base", "effects"


def can_stand_alone(text: CaseText, case: Case, number: UncertainNumber, alike: int, *, is_written: bool) -> bool:
    """Return whether a number can be written by itself; ``alike`` numbers of its state stand in the same place."""
    try:
        separated(text, case, number, alike, is_written=is_written)
    except LookupError:
        return False
    return True


def separated(
    text: CaseText, case: Case, number: UncertainNumber, alike: int, *, is_written: bool
) -> tuple[CaseText, Place]:
    """Return the text in which a number stands by itself, and where.

    ``is_written`` says whether the case has it as a number of its own, and not only as one that a whole comes to.
    Raises ``LookupError`` where the text is written in a way that would have to be changed in several places.
    """
    try:
        entry = text.entry_at(number.place)
    except Refusal:  # it stands inside an entry, as a place of an `order` does
        return _ranked(text, case, number)
    role = number.role
    event = find_variable(case, Name(role.of)) if entry.path[0] == "story" else None
    of_parents = isinstance(event, ChanceEvent) and len(event.given) > 1 and any(map(has_unknown, event.odds))
    if is_written and not of_parents and not _is_whole(text, entry, number):
        return text, number.place
    if role.kind == "weight":
        return _weights(text, case, entry, number)
    if event is None or role.believed_by is not None:
        raise LookupError(number.name)
    if is_written and not of_parents:
        return _states(text, entry, event, number)
    if not isinstance(event, ChanceEvent):
        raise LookupError(number.name)
    if len(event.given) == 1:
        return _row(text, entry, event, number, alike)
    return _parents(text, case, entry, event, number)


def _ranked(text: CaseText, case: Case, number: UncertainNumber) -> tuple[CaseText, Place]:
    """Return the text with the worths of an order written out, where that says the same: one alone stands between.

    Of several between the worst and the best the order of those that are left would be lost.
    """
    stake = next((one for one in case.stakes if (one.actor, one.id) == number.role.of and one.ordered), None)
    if stake is None or len(stake.worth) != ORDERED or number.role.condition is None:
        raise LookupError(number.name)
    order = TextEntry(number.place.file, ("stakes", stake.actor, stake.id, "order"))
    rules = [{written(rule.condition): written(rule.value.quantity)} for rule in stake.worth]
    worth = order.around.inside("worth")
    try:
        changed = text.with_key_at(order, "worth").with_value_at(worth, rules)
    except Refusal:
        raise LookupError(number.name) from None
    return changed, place_in(changed, worth.inside(1, written(number.role.condition)))


def _is_whole(text: CaseText, entry: TextEntry, number: UncertainNumber) -> bool:
    """Return whether what stands there is a whole and not the number alone."""
    around = text.value_at(entry.around)
    own = entry.path[-2] if entry.path[-1] == "value" and isinstance(around, Mapping) else entry.path[-1]
    return (number.role.kind in OF_STATES and own != number.role.state) or entry.path[-1] == "weights"


def _states(
    text: CaseText, entry: TextEntry, event: ChanceEvent | DecisionEvent, number: UncertainNumber
) -> tuple[CaseText, Place]:
    """Return the text with what stands for a whole written out by states, or options, or kinds of these."""
    rules = (*event.odds, *event.base, *event.effects) if isinstance(event, ChanceEvent) else event.usual
    own = (rule for rule in rules if any(one.place == number.place for _, one in rule.odds))
    states = [name for rule in own for name, _ in rule.odds]
    changed = text.with_value_at(entry, dict.fromkeys(states, UNKNOWN))
    return changed, place_in(changed, entry.inside(number.role.state or ""))


def _weights(text: CaseText, case: Case, entry: TextEntry, number: UncertainNumber) -> tuple[CaseText, Place]:
    """Return the text with a weight at each stake of an actor, where there was one word for them all."""
    held = text.value_at(entry)
    if not isinstance(held, Scalar) or held.text != UNKNOWN:  # an order of weights says more than each alone would
        raise LookupError(number.name)
    changed, place = text.without_at(entry), None
    for stake in case.stakes:
        if stake.actor != number.role.of[0] or not any(rule.value.place == number.place for rule in stake.weight):
            continue
        at = TextEntry(stake.place.file, ("stakes", stake.actor, stake.id, "weight"))
        changed = changed.with_entry_at(at, UNKNOWN)
        place = at if stake.id == number.role.of[-1] else place
    if place is None:
        raise LookupError(number.name)
    return changed, place_in(changed, place)


def _row(
    text: CaseText, entry: TextEntry, event: ChanceEvent, number: UncertainNumber, alike: int
) -> tuple[CaseText, Place]:
    """Return the text with a rule of its own for the row of a parent's state that a number belongs to."""
    top = TextEntry(entry.file, entry.path[:3])
    held = text.value_at(top)
    state = number.role.state or ""
    assert number.role.condition is not None
    own = written(number.role.condition)
    if isinstance(held, Listing):
        rule = entry.path[3]
        assert isinstance(rule, int)
        if alike == 1:
            if _is_whole(text, entry, number):
                return _states(text, entry, event, number)
            return text, number.place
        condition = str(entry.path[4])
        whole = _odds(_flat(text, held.items[rule])[condition], event)
        changed = text.with_item_before(top.inside(rule), {own: whole})
        return changed, place_in(changed, top.inside(rule, own, state))
    whole = _odds(_flat(text, held), event)
    changed = text.with_value_at(top, [{own: whole}, {"otherwise": whole}])
    return changed, place_in(changed, top.inside(0, own, state))


def _parents(
    text: CaseText, case: Case, entry: TextEntry, event: ChanceEvent, number: UncertainNumber
) -> tuple[CaseText, Place]:
    """Return the text with a base, and an effect of each state of each parent, where there were unknown odds.

    Of odds that say more than these would, since some of them are known, nothing can be written by itself.
    """
    top = TextEntry(entry.file, entry.path[:3])
    if top.path[-1] != ODDS or not is_of_the_parents(event):
        raise LookupError(number.name)
    last = event.states[-1]
    effects = []
    for parent in event.given:
        item = find_variable(case, Name((parent,)))
        effects += [{f"{parent} = {state}": {last: UNKNOWN}} for state in (states_of(item)[1:] if item else ())]
    changed = text.with_key_at(top, BASE).with_entry_at(top.around.inside(EFFECTS), effects)
    if number.role.condition is None:
        base = top.around.inside(BASE)
        if isinstance(changed.value_at(base), Scalar):
            changed = changed.with_value_at(base, dict.fromkeys(event.states, UNKNOWN))
        return changed, place_in(changed, base.inside(number.role.state or ""))
    own = written(number.role.condition)
    at = next(at for at, effect in enumerate(effects) if own in effect)
    return changed, place_in(changed, top.around.inside(EFFECTS, at, own, last))


def _flat(text: CaseText, held: Located | None) -> Any:  # noqa: ANN401 - plain data
    """Return what stands without comments in it, which would be lost."""
    places = list(_places(held))
    file = text.file(places[0].file) if places else None
    if held is None or file is None:
        raise LookupError
    lines = [place.line for place in places]
    if any("#" in file.lines[line - 1] for line in range(min(lines), max(lines))):  # behind the last one it stays
        raise LookupError
    return plain(held)


def _places(held: Located | None) -> Iterator[Place]:
    """Yield where everything stands that is written in a value."""
    match held:
        case Scalar():
            yield held.place
        case Mapping():
            for entry in held:
                yield entry.key.place
                yield from _places(entry.value)
        case Listing():
            for item in held:
                yield from _places(item)


def _odds(value: Any, event: ChanceEvent) -> dict[str, Any]:  # noqa: ANN401 - plain data
    return dict(value) if isinstance(value, dict) else dict.fromkeys(event.states, UNKNOWN)


def place_in(text: CaseText, entry: TextEntry) -> Place:
    """Return where the number of an entry stands, be it with its reason or alone; raises ``Refusal`` for none."""
    found = text.value_at(entry)
    if isinstance(found, Mapping) and "value" in found.index:
        found = found.index["value"].value
    if not isinstance(found, Scalar):
        raise no_entry(entry.path)
    return found.place
