"""What a verdict rests on, in the case's own words: lines, numbers, the break-even, boxes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from quandary.ask.claims.resting.rests import DECIDES, TELLS
from quandary.ask.lines import CaseLine
from quandary.ask.query.combining import comparison_of
from quandary.ask.results import AnswerBounds, AnswerSide, ByConstructionStatus, ClaimResult, RestsOn, TestResult
from quandary.base.problems import counted
from quandary.case.model import ChanceEvent, OddsRule, Rule
from quandary.compile.numbers import UncertainNumber
from quandary.compile.stakes import plain_weights
from quandary.language.heads import Unit
from quandary.language.syntax import Compare, Expression, Factor, Otherwise, Rest, Shift
from quandary.quantities.estimate import Scale
from quandary.quantities.separating.boxes import Box, Boxes
from quandary.quantities.separating.inequalities import Inequality
from quandary.report.words.naming.names import CaseNames
from quandary.report.words.naming.numbers import ELSEWHERE, number_name, value_said, value_unit
from quandary.report.words.naming.quantities import CHANCE, WORTH, changes_words, quantity_words
from quandary.report.words.units import between_said, has_sign, is_size, said_interval, unit_of, unit_words
from quandary.report.words.wording import RARE, listing, number, percent, portion

OF_WORTH = " out of 100"
"""What stands behind points of worth where a limit is told: worth goes from 0 to 100."""


@dataclass(frozen=True)
class Rests:
    """What a reading rests on, with the names and the uncertain numbers that it is told with.

    ``so`` says what it is where it holds, ``otherwise`` where it does not, ``alike`` that it is one of both nearly
    everywhere.
    """

    names: CaseNames
    numbers: Mapping[str, UncertainNumber]
    found: RestsOn
    so: str = "true"
    otherwise: str = "false"
    alike: str = "comes out alike"

    def said(self, *, whole: bool = False) -> Iterator[str]:
        """Yield what the reading rests on, what matters most first; what it restates is enough unless ``whole``."""
        found = self.found
        if found.restates:
            lines = listing([line_said(self.names, one) for one in found.restates])
            yield f"restates the case, which says that {lines}"
            if not whole:
                return
        elif found.edge:
            lines = listing([line_said(self.names, one) for one in found.edge])
            yield f"is on the edge of restating the case, which says that {lines}"
        few = [group for group in found.lines if len(group) <= 2]
        if few:
            yield f"hangs on what the case says: {listing([self._lines(group) for group in few])}"
        many = [owner_said(self.names, group[0].owner) for group in found.lines if len(group) > 2]
        if many:
            yield f"hangs on all that the case says of {listing(many)}, and on no part of it alone"
        if found.perhaps:
            yield f"hangs in about half of the worlds on {listing([self._group(group) for group in found.perhaps])}"
        if found.cut is not None:
            yield self._cut(found.numbers[0])
        elif found.break_even is not None and found.break_even.sides.worse >= TELLS:
            yield self._inequality(found.break_even)
        elif found.boxes is not None:
            yield self._boxes(found.boxes)
        elif found.break_even is not None or found.carrying:
            yield self._many(found)
        elif found.everywhere and not (found.restates or found.edge or found.lines or found.perhaps):
            yield f"{self.alike} whichever single line of the case is left out"

    def number(self, name: str) -> str:
        """Return an uncertain number in words."""
        return number_name(self.names, self.numbers[name])

    def _group(self, group: Sequence[CaseLine]) -> str:
        if len(group) > 2:
            return f"all that the case says of {owner_said(self.names, group[0].owner)}"
        return f"what the case says: {self._lines(group)}"

    def _lines(self, group: Sequence[CaseLine]) -> str:
        return ", together with ".join(line_said(self.names, line) for line in group)

    def _cut(self, name: str) -> str:
        cut = self.found.cut
        assert cut is not None
        side = f"{'above' if cut.above else 'below'} {self._value(name, cut.threshold, whole=True)}"
        sorts = portion(cut.sides.worse)
        condition = f"{self.so} if {self.number(name)} is {side}"
        return f"hangs on one number: {condition}; right in {sorts} of worlds on either side"

    def _many(self, found: RestsOn) -> str:
        """Return which of many numbers carry most of what is open, and how little a few of them decide."""
        shares = [f"{self.number(name)} {portion(share)}" for name, share in found.carrying]
        told = "hangs on many numbers, none of which carries much of what is open alone"
        if shares:
            shares[0] = f"{self.number(found.carrying[0][0])} carries {portion(found.carrying[0][1])} of what is open"
            told = f"hangs on many numbers: {listing(shares)}"
        if found.break_even is None:
            return told
        sorts = portion(found.break_even.sides.worse)
        return f"{told}; no three numbers found sort more than {sorts} of worlds on either side"

    def _inequality(self, found: Inequality) -> str:
        few = "hangs on" if found.sides.worse >= DECIDES else "hangs mostly on"
        count = {1: "one number", 2: "two numbers", 3: "three numbers"}[len(found.terms)]
        condition = self._sum(found) or self._limits(found)
        return (
            f"{few} {count}: {self.so} if {condition}; right in {portion(found.sides.worse)} of worlds on either side"
        )

    def _sum(self, found: Inequality) -> str:
        """Return an inequality as a sum of points of worth or a product of factors; empty where it is neither.

        Numbers of several kinds make no sum that a reader could picture.
        """
        side = "above" if found.above else "below"
        roles = [self.numbers[name].role for name in found.names]
        if len(found.terms) == 1:
            return f"{self.number(found.names[0])} is {side} {self._value(found.names[0], found.threshold, whole=True)}"
        if self._scales(found) == {Scale.FACTOR} and {weight for _, weight in found.terms} == {1}:
            product = " times ".join(self.number(name) for name in found.names)
            return f"{product} is {side} x{number(math.exp(found.threshold))}"
        if not all(role.kind in ("points", "worth") and len(role.of) == 2 for role in roles):
            return ""
        told = ""
        for name, weight in found.terms:
            sign = " minus " if weight < 0 else " plus "
            size = "" if abs(weight) == 1 else f"{number(abs(weight), 2)} times "
            told += f"{sign if told else ''}{size}{self.number(name)}"
        return f"{told} is {side} {number(found.threshold)} points of worth{OF_WORTH}"

    def _limits(self, found: Inequality) -> str:
        """Return an inequality as a limit of its weightiest number, and where that lies at the others' least and most.

        Each limit is a value of that number as the case writes it.
        """
        lead, others = found.names[0], found.names[1:]
        weights = [weight for _, weight in found.terms]
        middles = [middle for _, middle, _ in found.spans]

        def limit(at: int = 0, value: float = 0.0) -> float:
            places = [value if at == i else middle for i, middle in enumerate(middles)]
            return found.threshold - sum(weights[i] * places[i] for i in range(1, len(weights)))

        first = f"{'above' if found.above else 'below'} {self._value(lead, limit(), whole=True)}"
        rest = (
            "the other in the middle of its range" if len(others) == 1 else "the others in the middle of their ranges"
        )
        told = f"{self.number(lead)} is {first} with {rest}"
        for at, name in enumerate(others, 1):
            low, high = (self._limit(found, limit(at, found.spans[at][end])) for end in (0, 2))
            told += f", {low} with {self.number(name)} at its least and {high} at its most"
        return told

    def _limit(self, found: Inequality, value: float) -> str:
        """Return on which side of a limit the weightiest number has to lie; beyond its range that is all or none."""
        least, _, most = found.spans[0]
        if value < least or value > most:
            return "at any value" if (value < least) == found.above else "at no value"
        return f"{'above' if found.above else 'below'} {self._value(found.names[0], value)}"

    def _boxes(self, found: Boxes) -> str:
        told = "; or where ".join(self._box(box) for box in found.boxes)
        return f"is {self.so if found.outcome else self.otherwise} where {told}"

    def _box(self, box: Box) -> str:
        sides = []
        for bound in box.bounds:
            ends = [f"above {self._value(bound.name, bound.low)}"] if bound.low is not None else []
            ends += [f"below {self._value(bound.name, bound.high)}"] if bound.high is not None else []
            sides.append(f"{self.number(bound.name)} is {' and '.join(ends)}")
        covers, right = portion(box.coverage), portion(box.density)
        return f"{' and '.join(sides)} (that covers {covers} of such worlds and is right in {right} of its own)"

    def _value(self, name: str, value: float, *, whole: bool = False) -> str:
        """Return a value on a number's own scale as the case would write it.

        The ``whole`` of it says what a factor multiplies, and out of how many points worth is.
        """
        one = self.numbers[name]
        scale = self.scale(name)
        if scale is Scale.PROBABILITY:
            weight = " of the weight of all its actor's stakes" if whole and self.is_normalised(name) else ""
            return f"{percent(1 / (1 + math.exp(-value)))}{weight}"
        if scale is Scale.FACTOR:
            odds = " on the odds" if whole and one.called and one.role.kind == "factor" else ""
            return f"x{number(math.exp(value))}{odds}"
        if scale is Scale.PRECISION:
            return value_said(one, math.exp(value))
        told = value_said(one, value)
        return f"{told}{OF_WORTH}" if whole and value_unit(one) == WORTH else told

    def scale(self, name: str) -> Scale:
        """Return a number's own scale; a weight after division by the sum of its actor's is a probability."""
        return Scale.PROBABILITY if self.is_normalised(name) else self.numbers[name].scale

    def is_normalised(self, name: str) -> bool:
        """Return whether a number is a weight that is taken after division by the sum of its actor's weights."""
        role = self.numbers[name].role
        return role.kind == "weight" and name in plain_weights(self.names.case, role.of[0], self.numbers)

    def _scales(self, found: Inequality) -> set[Scale]:
        return {self.scale(name) for name in found.names}


def rests_said(names: CaseNames, test: TestResult, numbers: Mapping[str, UncertainNumber]) -> str:
    """Return what a reading rests on as one line; empty where nothing is to be said of it."""
    found = test.by_construction
    restates = test.rests_on is not None and test.rests_on.restates
    if found.status is ByConstructionStatus.PROVED and not restates:
        return proof_said(names, found.lines)
    return "" if test.rests_on is None else "; ".join(Rests(names, numbers, test.rests_on).said())


SAME = 1e-9
"""Answers nearer to each other than this are the same but for rounding."""

MOST_PROVING = 3
"""Lines that a proof is told with, each by itself."""


def proof_said(names: CaseNames, lines: Sequence[CaseLine]) -> str:
    """Return which lines of the case prove a reading by their ranges; empty where none is needed."""
    if not lines:
        return ""
    any_numbers = "comes out so with any numbers in the ranges"
    if len(lines) <= MOST_PROVING:
        return f"{any_numbers}, as the case says that {listing([line_said(names, line) for line in lines])}"
    owners = dict.fromkeys(line.owner for line in lines)
    if len(owners) == 1:
        return f"{any_numbers}, by all that the case says of {owner_said(names, lines[0].owner)}"
    return f"{any_numbers}, and by no line alone"


def side_rests(names: CaseNames, numbers: Mapping[str, UncertainNumber], query: Expression, side: AnswerSide) -> Rests:
    """Return what decides on which side of its level an answer lies, to be told."""
    if side.level is None or unit_of(query) is Unit.WORLDS:
        return Rests(names, numbers, side.rests_on)
    level = percent(side.level) if side.level else "zero"
    above = f"above {level}"
    return Rests(names, numbers, side.rests_on, above, f"not {above}", f"stays on its side of {level}")


def range_lines(
    names: CaseNames,
    numbers: Mapping[str, UncertainNumber],
    query: Expression,
    side: AnswerSide | None,
    bounds: AnswerBounds | None,
) -> list[str]:
    """Return sentences on an answer: what decides on which side it lies, and what the ranges allow; none if unknown."""
    if bounds is not None and bounds.high - bounds.low <= SAME:
        return [bounds_said(bounds, query)]
    lines = [] if side is None else [f"It {'; '.join(side_rests(names, numbers, query, side).said())}."]
    return lines if bounds is None else [*lines, bounds_said(bounds, query)]


def claim_bounds_said(result: ClaimResult, test: TestResult) -> str:
    """Return what the ranges allow the difference that a reading is about to be; empty where that is not known."""
    query = next((one.query for one in result.claim.tests if one.name == test.name), None)
    asked = None if query is None else comparison_of(query)
    return "" if test.bounds is None or asked is None else bounds_said(test.bounds, asked)


def bounds_said(bounds: AnswerBounds, query: Expression) -> str:
    """Return the least and the most that the ranges allow an answer to be, as a sentence."""
    searched = f"{counted(bounds.searched, 'world')} {'was' if bounds.searched == 1 else 'were'} searched"
    of_claim, unit = isinstance(query, Compare), unit_of(query)
    if bounds.high - bounds.low <= SAME:
        return f"Nothing that the ranges allow moves {'the difference' if of_claim else 'it'}: {searched}."
    told = f"{said_interval(bounds.low, bounds.high, unit)}{unit_words(unit) if unit is Unit.POINTS else ''}"
    if of_claim or unit is Unit.DIFFERENCE or has_sign(query):
        told = f"anything {between_said(bounds.low, bounds.high, unit, sign=True, size=is_size(query))}"
    if unit is Unit.SHARE and (bounds.low < RARE or bounds.high > 1 - RARE):  # how rare, tells nobody anything
        told = f"anything from {portion(bounds.low)} to {portion(bounds.high)}"
    return f"The ranges allow {told}, and may allow more: {searched}."


def line_said(names: CaseNames, line: CaseLine) -> str:
    """Return what a line of the case says, as a clause; with code its place."""
    told = _line(names.plain, line)
    return f"{told} [line {line.place.line}]" if names.code else told


def _line(names: CaseNames, line: CaseLine) -> str:
    owner = owner_said(names, line.owner)
    if line.kind == "dependence":
        return f"{owner} depends on {names.variable_inside(line.over or '')}"
    if line.kind == "effect":
        changes = [_change(names, line, state, quantity) for state, quantity in _entries(names, line)]
        return f"{listing(changes)} {names.when(line.condition)}"
    last = f" {ELSEWHERE}" if len(_rules(names, line)) > 1 else ""
    where = last if isinstance(line.condition, Otherwise) else f" {names.when(line.condition)}"
    given = listing([quantity_words(names, quantity) for _, quantity in _entries(names, line)])
    if line.kind == "weight":
        return f"{owner} weighs {given}{where}"
    if len(line.owner) == 2:
        return f"{owner} is worth {given}{where}"
    states = [
        f"the probability that {names.is_state(line.owner[0], state or '')} is {quantity_words(names, quantity)}"
        for state, quantity in _entries(names, line)
        if not isinstance(quantity, Rest)
    ]
    return f"{listing(states)}{where}"


def owner_said(names: CaseNames, owner: Sequence[str]) -> str:
    """Return a variable or an actor's stake in words."""
    return names.variable_inside(owner[0]) if len(owner) == 1 else names.wanted(owner[0], owner[1])


def _change(names: CaseNames, line: CaseLine, state: str | None, quantity: Expression) -> str:
    if state is None:
        return f"{owner_said(names, line.owner)} {changes_words(names, quantity)}"
    target = names.is_state(line.owner[0], state)
    if isinstance(quantity, Shift):
        moved = f"multiplied by {quantity_words(names, quantity.amount)}"
        moved = moved if quantity.direction == "raises" else f"divided by {quantity_words(names, quantity.amount)}"
        return f"the odds that {target}, and of each step towards it, are {moved}"
    if isinstance(quantity, Factor):
        return f"the odds that {target} are multiplied by {quantity_words(names, quantity.amount)}"
    return f"the probability that {target} {changes_words(names, quantity, CHANCE)}"


def _entries(names: CaseNames, line: CaseLine) -> list[tuple[str | None, Expression]]:
    """Return what a line says by state; a stake's line has one entry without a state."""
    rule = _rules(names, line)[line.number]
    if isinstance(rule, OddsRule):
        return [(state, sourced.quantity) for state, sourced in rule.odds]
    return [(None, rule.value.quantity)]


def _rules(names: CaseNames, line: CaseLine) -> Sequence[OddsRule] | Sequence[Rule]:
    """Return the rules that a line of the case is one of."""
    if len(line.owner) == 1:
        event = names.case.variable(line.owner[0])
        assert isinstance(event, ChanceEvent)
        return event.effects if line.kind == "effect" else event.odds or event.base
    stake = next(one for one in names.case.stakes if (one.actor, one.id) == line.owner)
    return {"effect": stake.effects, "weight": stake.weight}.get(line.kind, stake.worth)
