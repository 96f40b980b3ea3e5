"""Reading single entries: text, days, names, quantities, conditions, rules; faults of the language are gathered here.

An entry of the wrong shape is left out in silence: ``case/schema/shape.py`` has told of it already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeVar

from quandary.base.places import NOWHERE, Place
from quandary.base.problems import CaseError, Problem
from quandary.case.model import OddsRule, Rule, Sourced
from quandary.case.yaml.located import Listing, Located, Mapping, MappingEntry, Scalar
from quandary.language.parser import parse_condition, parse_quantity, parse_query
from quandary.language.printing import written
from quandary.language.syntax import Condition, Expression, Number, Otherwise, Quantity, Rest, Unknown
from quandary.language.vocabulary import RULE_KEYS, RULE_NOTES, UNKNOWN

Parsed = TypeVar("Parsed")


@dataclass(frozen=True)
class NumberNotes:
    """The reasons that stand beside a number, or around it."""

    because: str | None = None
    source: str | None = None
    quote: str | None = None

    def inside(self, inner: NumberNotes) -> NumberNotes:
        """Return the inner notes where they give a reason, else these."""
        return inner if inner.because or inner.source or inner.quote else self


NO_NOTES = NumberNotes()


@dataclass(frozen=True)
class RuleItem:
    """One rule as written: its condition, its entry, its path (condition included), its notes and its channel."""

    condition: Condition
    entry: MappingEntry
    path: str
    notes: NumberNotes
    channel: str | None
    item: Mapping


@dataclass
class Conversion:
    """What one conversion gathers beside the records.

    ``places`` holds where names were written that the records do not place themselves, ``source_names`` what
    stands after each ``source:``, ``incomplete`` the paths under which something could not be read.
    """

    problems: list[Problem] = field(default_factory=list)
    places: dict[str, Place] = field(default_factory=dict)
    source_names: dict[str, str] = field(default_factory=dict)
    incomplete: set[str] = field(default_factory=set)

    def parsed(self, scalar: Scalar, parse: Callable[[str, Place], Parsed]) -> Parsed | None:
        """Return what ``parse`` makes of the text, or ``None`` with its faults gathered."""
        try:
            return parse(scalar.text if scalar.raw is None else scalar.raw, scalar.start)
        except CaseError as error:
            moved = error.problems
            if scalar.raw is None:
                moved = tuple(replace(problem, place=scalar.place) for problem in moved)
            self.problems.extend(moved)
            return None

    def quantity(self, value: Located | None, path: str, notes: NumberNotes) -> Sourced | None:
        """Return a number with its reasons, written bare or as ``{value, because, source, quote}``."""
        if isinstance(value, Mapping):
            inner = notes.inside(self.notes(value, path if "." in path else f"assumptions.{path}"))
            if value.get("value") is None:
                self.incomplete.add(path)
            sourced = self.quantity(value.get("value"), path, inner)
            if sourced is None:
                return None
            asked = replace(sourced, judged_by=text(value, "judged_by"), not_known_by=text(value, "not_known_by"))
            return self.called(value, asked)
        if not isinstance(value, Scalar) or value.is_null:
            if value is not None:
                self.incomplete.add(path)
            return None
        quantity: Quantity | None = self.parsed(value, parse_quantity)
        if quantity is None:
            self.incomplete.add(path)
            return None
        return Sourced(quantity, path, notes.because, notes.source, notes.quote, value.place)

    def called(self, mapping: Mapping, sourced: Sourced, key: str = "called") -> Sourced:
        """Return a number under the name that stands beside it; two names for one number are a fault."""
        words = text(mapping, key)
        if words is None:
            return sourced
        place = place_of(mapping, key)
        if sourced.called is not None:
            message = f'this number has two names: "{sourced.called}" and "{words}"'
            self.problems.append(Problem("Q191", message, place, "keep one of them"))
            return sourced
        self.places[f"{sourced.path}.called"] = place
        return replace(sourced, called=words)

    def notes(self, mapping: Mapping, path: str) -> NumberNotes:
        """Return the mapping's own ``because``, ``source`` and ``quote``."""
        source = mapping.get("source")
        if isinstance(source, Scalar):
            self.places[f"{path}.source"] = source.place
            self.source_names[f"{path}.source"] = source.text
        return NumberNotes(text(mapping, "because"), text(mapping, "source"), text(mapping, "quote"))

    def names(self, mapping: Mapping, key: str, path: str) -> tuple[str, ...]:
        """Return a list of names; the place of each is kept as ``path.key.name``."""
        listing = mapping.get(key)
        if not isinstance(listing, Listing):
            return ()
        return self.name_list(listing, f"{path}.{key}")

    def name_list(self, listing: Listing, path: str) -> tuple[str, ...]:
        """Return the names of a list, each once; the place of each is kept as ``path.name``.

        A name that stands twice is a fault.
        """
        found: dict[str, None] = {}
        for item in listing:
            if not isinstance(item, Scalar) or item.is_null:
                continue
            if item.text in found:
                message = f'"{item.text}" stands twice in this list'
                self.problems.append(Problem("Q120", message, item.place, "remove one of them"))
                continue
            self.places[f"{path}.{item.text}"] = item.place
            found[item.text] = None
        return tuple(found)

    def named_list(self, mapping: Mapping, key: str, path: str) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
        """Return states or options, and the words of those that were written with words: ``{none: quiet}``."""
        value = mapping.get(key)
        if not isinstance(value, Mapping):
            return self.names(mapping, key, path), ()
        for entry in value:
            self.places[f"{path}.{key}.{entry.key.text}"] = entry.key.place
        words = ((entry.key.text, text(value, entry.key.text)) for entry in value)
        return tuple(entry.key.text for entry in value), tuple((name, said) for name, said in words if said)

    def name(self, mapping: Mapping, key: str, path: str) -> str | None:
        """Return a single name; its place is kept as ``path.key``."""
        value = mapping.get(key)
        if not isinstance(value, Scalar):
            return None
        self.places[f"{path}.{key}"] = value.place
        return value.text

    def condition(self, scalar: Scalar, *, of_rule: bool = False) -> Condition | None:
        """Return a condition, or ``None`` with its faults gathered; only one ``of_rule`` may be ``otherwise``."""
        if not scalar.text.strip() and not of_rule:
            return None  # told as an empty text
        found = self.parsed(scalar, parse_condition)
        if isinstance(found, Otherwise) and not of_rule:
            hint = "write a condition such as variable = state; `otherwise` is what the rules before it leave"
            self.problems.append(Problem("Q117", "otherwise is no condition by itself", scalar.place, hint))
            return None
        return found

    def title(self, mapping: Mapping, path: str) -> str | None:
        """Return the title of an entry; its place is kept as ``path.title``."""
        words = text(mapping, "title")
        if words is not None:
            self.places[f"{path}.title"] = place_of(mapping, "title")
        return words

    def query(self, value: Located | None) -> tuple[Expression, str, Place] | None:
        """Return a query, its text and its place, or ``None`` with its faults gathered."""
        if not isinstance(value, Scalar) or value.is_null:
            return None
        if not value.text.strip():
            return None  # told as an empty text
        query = self.parsed(value, parse_query)
        return None if query is None else (query, " ".join(value.text.split()), value.place)

    def rule_items(self, listing: Listing, path: str, notes: NumberNotes) -> Iterator[RuleItem]:
        """Yield each rule; other keys than one condition are a fault."""
        for item in listing:
            if not isinstance(item, Mapping):
                self.incomplete.add(path)
                continue
            entries = [entry for entry in item if entry.key.text not in RULE_KEYS]
            if len(entries) != 1:
                self.problems.append(_not_one_condition(item, entries))
                self.incomplete.add(path)
                continue
            entry = entries[0]
            place = entry.key.place
            if isinstance(entry.value, Scalar) and entry.value.is_null:
                message = f'nothing stands after the condition "{entry.key.text}"'
                self.problems.append(Problem("Q124", message, entry.key.place, "write: condition: value"))
                self.incomplete.add(path)
                continue
            condition = self.condition(entry.key, of_rule=True)
            if condition is None:
                self.incomplete.add(path)
            else:
                where = path_of_rule(path, condition)
                inner = notes.inside(self.notes(item, where))
                channel = self.name(item, "channel", f"{where}@{place.line}")
                yield RuleItem(condition, entry, where, inner, channel, item)

    def rules(self, value: Located | None, path: str, notes: NumberNotes) -> tuple[Rule, ...]:
        """Return rules of single numbers; a bare number is one ``otherwise`` rule."""
        if isinstance(value, Listing):
            made = []
            for item in self.rule_items(value, path, notes):
                sourced = self.quantity(item.entry.value, item.path, item.notes)
                if sourced is not None:
                    named = self.called(item.item, sourced)
                    made.append(Rule(item.condition, named, item.entry.key.place, item.channel))
            return tuple(made)
        sourced = self.quantity(value, path, notes)
        return () if sourced is None else (Rule(Otherwise(place=sourced.place), sourced, sourced.place),)

    def odds_rules(
        self, value: Located | None, path: str, notes: NumberNotes, states: Sequence[str], *, effects: bool = False
    ) -> tuple[OddsRule, ...]:
        """Return rules of odds; one mapping of states is one ``otherwise`` rule.

        Where ``unknown`` stands for a mapping, every one of the ``states`` is; as one of the ``effects``, the last one,
        on which a scale is shifted.
        """
        whole = states[-1:] if effects else states
        if isinstance(value, Listing):
            made = []
            for item in self.rule_items(value, path, notes):
                if isinstance(item.entry.value, Mapping):
                    odds = self._named(item.item, self._odds(item.entry.value, item.path, item.notes))
                    made.append(OddsRule(item.condition, odds, item.entry.key.place, item.channel))
                elif is_unknown(item.entry.value):
                    odds = unknown_odds(whole, item.path, item.entry.value.place, item.notes)
                    made.append(OddsRule(item.condition, odds, item.entry.key.place, item.channel))
                else:
                    self.incomplete.add(item.path)
            return tuple(made)
        if is_unknown(value) and value is not None and not effects:
            place = value.place
            return (OddsRule(Otherwise(place=place), unknown_odds(whole, path, place, notes), place),)
        if not isinstance(value, Mapping):
            if value is not None:
                self.incomplete.add(path)
            return ()
        return (OddsRule(Otherwise(place=value.place), self._odds(value, path, notes), value.place),)

    def _odds(self, mapping: Mapping, path: str, notes: NumberNotes) -> tuple[tuple[str, Sourced], ...]:
        inner = notes.inside(self.notes(mapping, path))
        odds = []
        for entry in mapping:
            state = entry.key.text
            if state in RULE_NOTES:
                continue
            self.places[f"{path}.{state}"] = entry.key.place
            sourced = self.quantity(entry.value, f"{path}.{state}", inner)
            if sourced is not None:
                odds.append((state, sourced))
        return self._named(mapping, tuple(odds))

    def _named(self, mapping: Mapping, odds: tuple[tuple[str, Sourced], ...]) -> tuple[tuple[str, Sourced], ...]:
        """Return odds in which the one number has the name that stands beside it; of several none can be meant."""
        if text(mapping, "called") is None:
            return odds
        open_to_doubt = [state for state, sourced in odds if not isinstance(sourced.quantity, Rest | Number)]
        if len(open_to_doubt) > 1:
            listed = ", ".join(f'"{state}"' for state in open_to_doubt)
            message = f"several numbers stand here ({listed}), and one name for people"
            hint = "name each: {state: {value: 20% to 40%, called: ...}}"
            self.problems.append(Problem("Q191", message, place_of(mapping, "called"), hint))
        if len(open_to_doubt) != 1:
            return odds
        return tuple(
            (state, self.called(mapping, sourced) if state in open_to_doubt else sourced) for state, sourced in odds
        )


def is_unknown(value: Located | None) -> bool:
    """Return whether ``unknown`` stands where a mapping is wanted."""
    return isinstance(value, Scalar) and value.text.strip() == UNKNOWN


def unknown_odds(states: Sequence[str], path: str, place: Place, notes: NumberNotes) -> tuple[tuple[str, Sourced], ...]:
    """Return odds, shares or effects in which every one of some states is unknown."""
    because, source, quote = notes.because, notes.source, notes.quote
    return tuple(
        (state, Sourced(Unknown(place=place), f"{path}.{state}", because, source, quote, place)) for state in states
    )


def path_of_rule(path: str, condition: Condition) -> str:
    """Return the stable path of a rule's value; ``otherwise`` adds nothing, so that rules before it rename nothing."""
    return path if isinstance(condition, Otherwise) else f"{path}[{written(condition)}]"


def text(mapping: Mapping, key: str) -> str | None:
    """Return the text under ``key``, or ``None``. It is one line: in no output can a title or a quote begin another."""
    value = mapping.get(key)
    return " ".join(value.text.split()) if isinstance(value, Scalar) else None


def truth(mapping: Mapping, key: str, default: bool = False) -> bool:
    """Return the truth value under ``key``, the default where none was written."""
    value = mapping.get(key)
    return value.value if isinstance(value, Scalar) and isinstance(value.value, bool) else default


def day(mapping: Mapping, key: str) -> date | None:
    """Return the day under ``key``, or ``None``."""
    value = mapping.get(key)
    try:
        return date.fromisoformat(value.text) if isinstance(value, Scalar) else None
    except ValueError:
        return None


def place_of(mapping: Mapping, key: str) -> Place:
    """Return the place of the value under ``key``, else of the mapping."""
    entry = mapping.index.get(key)
    return mapping.place if entry is None else entry.value.place


def entries(tree: Mapping, key: str) -> tuple[MappingEntry, ...]:
    """Return the entries of the mapping under ``key``, none when it is absent or no mapping."""
    section = tree.get(key)
    return section.entries if isinstance(section, Mapping) else ()


def items(tree: Mapping, key: str) -> tuple[Mapping, ...]:
    """Return the mappings in the list under ``key``, none when it is absent or no list."""
    section = tree.get(key)
    if not isinstance(section, Listing):
        return ()
    return tuple(item for item in section if isinstance(item, Mapping))


def _not_one_condition(item: Mapping, entries: list[MappingEntry]) -> Problem:
    if not entries:
        message = "this rule has no condition"
        return Problem("Q124", message, item.place, "write: - condition: value, the last one may be otherwise")
    keys = ", ".join(f'"{entry.key.text}"' for entry in entries[:3])
    hint = "begin each rule with its own dash; odds without a condition stand without a dash"
    place = entries[1].key.place if len(entries) > 1 else NOWHERE
    return Problem("Q124", f"a rule has exactly one condition; here are {len(entries)}: {keys}", place, hint)
