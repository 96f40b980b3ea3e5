"""The names a case declares, and the walk over everything in it that uses them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property

from quandary.base.places import Place
from quandary.case.checks.written import Written
from quandary.case.logic.conditions import names_of
from quandary.case.logic.queries import names_for_queries
from quandary.case.model import Case, ChanceEvent, DecisionEvent, OddsRule, Sourced
from quandary.language.names import Names
from quandary.language.syntax import Condition, Expression


class Known:
    """The names a case declares, those of entries with faults included."""

    def __init__(self, written: Written) -> None:
        self.case = written.case
        self._written = written

    @cached_property
    def variables(self) -> dict[str, ChanceEvent | DecisionEvent]:
        """Return the story's variables by name; the first of two with one name."""
        found: dict[str, ChanceEvent | DecisionEvent] = {}
        for item in self.case.story:
            found.setdefault(item.id, item)
        return found

    @cached_property
    def names(self) -> Names:
        """Return what a condition or query may name."""
        names = names_of(self.case, {"actors": self.actors, "events": self.events})
        stakes = {
            actor: {s: w if self._written.is_complete(f"stakes.{actor}.{s}") else None for s, w in own.items()}
            for actor, own in names.stakes.items()
        }
        with_when = {name for name in names.variables if self._written.has(f"story.{name}.when")}
        variables = {n: replace(v, sometimes=True) if n in with_when else v for n, v in names.variables.items()}
        return names_for_queries(self.case, replace(names, stakes=stakes, variables=variables))

    @cached_property
    def actors(self) -> frozenset[str]:
        """Return the actors' names."""
        return self._declared("actors") | frozenset(self.case.actors)

    @cached_property
    def assumptions(self) -> frozenset[str]:
        """Return the assumptions' names."""
        return self._declared("assumptions") | frozenset(self.case.assumptions)

    @cached_property
    def events(self) -> frozenset[str]:
        """Return the names of the defined events."""
        return self._declared("events") | frozenset(self.case.events)

    def _declared(self, section: str) -> frozenset[str]:
        prefix = f"{section}."
        names = (path.removeprefix(prefix) for path in self._written.places if path.startswith(prefix))
        return frozenset(name for name in names if "." not in name)


def conditions(case: Case) -> Iterator[Condition]:
    """Yield every condition of the case, outside its queries."""
    for item in case.story:
        if isinstance(item, ChanceEvent):
            for odds_rule in (*item.odds, *item.base, *item.effects):
                yield odds_rule.condition
        else:
            for only in item.only:
                yield only.condition
            for usual in item.usual:
                yield usual.condition
            if item.when is not None:
                yield item.when
    for stake in case.stakes:
        for rule in (*stake.weight, *stake.worth, *stake.effects):
            yield rule.condition
    for belief in case.believes.values():
        yield from (rule.condition for own in belief.odds for rule in own.odds)
        yield from (rule.condition for own in belief.worths for rule in own.worth)
    for event in case.events.values():
        yield event.condition
    for seen in case.evidence:
        yield seen.saw
    for view in case.outside:
        yield view.of


def queries(case: Case) -> Iterator[Expression]:
    """Yield every query of the case."""
    for claim in case.claims:
        for test in claim.tests:
            yield test.query
    yield from (question.query for question in case.questions)
    yield from (check.query for check in case.checks)
    yield from (forecast.query for forecast in case.forecasts)


def numbers(case: Case) -> Iterator[tuple[str, Sourced]]:
    """Yield every number of the case with its use.

    Uses are assumption, rationality, precision, odds, effect, usual, weight, worth, stake_effect, range and share.
    """
    for assumption in case.assumptions.values():
        yield "assumption", assumption.value
    for actor in case.actors.values():
        yield ("precision" if actor.is_precision else "rationality"), actor.rationality
    for item in case.story:
        listed: list[tuple[str, tuple[OddsRule, ...]]]
        if isinstance(item, ChanceEvent):
            listed = [("odds", (*item.odds, *item.base)), ("effect", item.effects)]
        else:
            listed = [("usual", item.usual)]
        for use, rules in listed:
            for odds_rule in rules:
                for _, sourced in odds_rule.odds:
                    yield use, sourced
    for stake in case.stakes:
        for use, some in (("weight", stake.weight), ("worth", stake.worth), ("stake_effect", stake.effects)):
            for rule in some:
                yield use, rule.value
    for belief in case.believes.values():
        yield from (("odds", sourced) for own in belief.odds for rule in own.odds for _, sourced in rule.odds)
        yield from (("worth", rule.value) for own in belief.worths for rule in own.worth)
    for check in case.checks:
        yield "range", check.range
    for view in case.outside:
        yield "share", view.value


def used_sources(case: Case) -> Iterator[tuple[str, Place]]:
    """Yield the sources that numbers, evidence and claims lean on, with the place of what leans on them."""
    for _, sourced in numbers(case):
        if sourced.source is not None:
            yield sourced.source, sourced.place
    for seen in case.evidence:
        if seen.source is not None and seen.on <= case.as_of:
            yield seen.source, seen.place
    for claim in case.claims:
        if claim.source is not None:
            yield claim.source, claim.place
