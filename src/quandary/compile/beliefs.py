"""The tables that actors believe in, planned and drawn like all others: each believed number has its own doubt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from quandary.base.problems import Problem
from quandary.case.logic.beliefs import believed_event, believed_stake
from quandary.case.model import Belief, Case
from quandary.compile.amounts import Amount, DrawnBlock
from quandary.compile.chances import ChancePlan, plan_chance
from quandary.compile.odds import OddsPlan
from quandary.compile.stakes import WorthPlan, plan_worth
from quandary.compile.unknowns.readings import UnknownNumber
from quandary.compile.unknowns.sharing import SharesPlan
from quandary.compile.validity import Violation, any_world, violation
from quandary.game.table import Table
from quandary.language.names import LEAST_BELIEF


@dataclass(frozen=True, eq=False)
class BelievedTables:
    """What one actor believes in, in some worlds: ``odds`` by variable, the ``worths`` of others' stakes in points."""

    odds: Mapping[str, Table] = field(default_factory=dict)
    worths: Mapping[tuple[str, str], Table] = field(default_factory=dict)

    def in_worlds(self, where: slice) -> BelievedTables:
        """Return the same in some of the worlds."""
        return BelievedTables(
            {name: table.take_worlds(where) for name, table in self.odds.items()},
            {key: table.take_worlds(where) for key, table in self.worths.items()},
        )


@dataclass(frozen=True, eq=False)
class BeliefPlan:
    """What one actor believes in, planned."""

    actor: str
    odds: tuple[ChancePlan, ...]
    worths: tuple[WorthPlan, ...]

    def tables(self, drawn: DrawnBlock) -> tuple[BelievedTables, list[Violation]]:
        """Return the believed tables, and the worlds in which they are impossible."""
        violations: list[Violation] = []
        odds, worths = {}, {}
        for plan in self.odds:
            odds[plan.event.id], found = plan.table(drawn)
            violations += found
        for worth in self.worths:
            worths[worth.stake.actor, worth.stake.id], found = worth.table(drawn)
            violations += found
        return BelievedTables(odds, worths), violations + self._certain(drawn)

    def violations(self, drawn: DrawnBlock) -> list[Violation]:
        """Return in which worlds the believed tables are impossible, without building them."""
        found = [some for plan in self.odds for some in plan.by_pattern(drawn)[1]]
        found += [some for worth in self.worths for some in worth.by_pattern(drawn)[1]]
        return found + self._certain(drawn)

    def _certain(self, drawn: DrawnBlock) -> list[Violation]:
        """Return the worlds in which something is believed impossible."""
        found = []
        for plan in self.odds:
            odds, impossible = plan.by_pattern(drawn)
            wrong = np.asarray((odds < LEAST_BELIEF).any(axis=(0, 1)))
            wrong = wrong & ~any_world(impossible, len(wrong))  # whose odds are no odds is told so already
            message = f'"{self.actor}" gives a state of "{plan.event.id}" less than a chance of 1 in a trillion'
            found += violation("Q261", message, plan.event.place, "give every state more, such as 1%", wrong)
        return found

    def unknowns(self) -> Iterator[UnknownNumber]:
        """Yield what nobody has put a number to of what is believed."""
        for plan in self.odds:
            yield from plan.unknowns()
        for worth in self.worths:
            yield from worth.unknowns

    def amounts(self) -> Iterator[Amount]:
        """Yield every number that is believed, in the order written."""
        for plan in self.odds:
            yield from plan.amounts()
        for worth in self.worths:
            yield from worth.amounts()


def plan_belief(case: Case, belief: Belief, problems: list[Problem]) -> BeliefPlan:
    """Return the plan of what one actor believes in; faults are added to ``problems``."""
    odds = [plan_chance(case, believed_event(case, own), problems) for own in belief.odds]
    worths = [plan_worth(case, believed_stake(case, own), problems) for own in belief.worths]
    actor = belief.actor
    return BeliefPlan(
        actor,
        tuple(_odds_of(actor, plan) for plan in odds if plan is not None),
        tuple(_worth_of(actor, plan) for plan in worths if plan is not None),
    )


def _odds_of(actor: str, plan: ChancePlan) -> ChancePlan:
    def of(rule: OddsPlan) -> OddsPlan:
        entries = tuple(replace(entry, amount=_of(actor, entry.amount)) for entry in rule.entries)
        shares = None if rule.shares is None else _shares_of(actor, rule.shares)
        return replace(rule, what=f'what "{actor}" believes of {rule.what}', entries=entries, shares=shares)

    effects = tuple(
        replace(
            effect,
            shifts=tuple((sign, _of(actor, amount)) for sign, amount in effect.shifts),
            unknowns=tuple(_thing_of(actor, one) for one in effect.unknowns),
        )
        for effect in plan.effects
    )
    return replace(plan, rules=tuple(map(of, plan.rules)), effects=effects)


def _worth_of(actor: str, plan: WorthPlan) -> WorthPlan:
    things = tuple(_thing_of(actor, one) for one in plan.unknowns)
    return replace(plan, worth=tuple(_of(actor, one) for one in plan.worth), unknowns=things)


def _shares_of(actor: str, shares: SharesPlan) -> SharesPlan:
    thing = None if shares.unknown is None else _thing_of(actor, shares.unknown)
    return replace(shares, amounts=tuple(_of(actor, amount) for amount in shares.amounts), unknown=thing)


def _thing_of(actor: str, thing: UnknownNumber) -> UnknownNumber:
    return replace(thing, role=replace(thing.role, believed_by=actor))


def _of(actor: str, amount: Amount) -> Amount:
    return replace(amount, role=replace(amount.role, believed_by=actor))
