"""From a case and draws to a causal game in W worlds.

``compile_case`` plans once: which rule counts in which joint state. ``Model.diagram`` then evaluates every
number in all worlds at once and puts it in its place; there is no loop over worlds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from quandary.base.arrays import Array, Mask
from quandary.base.problems import CaseError, Problem
from quandary.case.logic.arising import arising_table, being_asked, condition_variables, known_at
from quandary.case.logic.conditions import states_of
from quandary.case.logic.memory import forgetful
from quandary.case.model import Case, DecisionEvent
from quandary.compile.amounts import Amount, DrawnBlock
from quandary.compile.beliefs import BeliefPlan, BelievedTables, plan_belief
from quandary.compile.chances import ChancePlan, plan_chance
from quandary.compile.choices.allowed import allowed_table, open_options
from quandary.compile.choices.usual import UsualPlan, plan_usual
from quandary.compile.drawing import WorldDraws, draw_worlds
from quandary.compile.numbers import UncertainNumber, plan_assumptions, plan_rationality, record_numbers
from quandary.compile.stakes import WeightsPlan, WorthPlan, plan_weights, plan_worth, weighted
from quandary.compile.unknowns.readings import UnknownKind, UnknownNumber, described
from quandary.compile.validity import Violation, any_world, violation
from quandary.game.diagram import Chance, Decision, Diagram, Utility
from quandary.game.table import Table
from quandary.quantities.design import Design
from quandary.quantities.estimate import Estimate

StakeKey = tuple[str, str]
"""An actor and one of its stakes."""


KEENEST = 1e6
"""The highest precision, in log-odds for each point of worth: beyond it a rounding of worth decides a choice."""


@dataclass(frozen=True, eq=False)
class CompiledCase:
    """The causal game in some worlds.

    ``valid`` (W,) is false in worlds where the case says something impossible; ``Model.draw`` leaves none.
    ``worths`` holds every stake's worth in points, ``weights`` the normalised weight of every weighted stake;
    a utility of ``diagram`` is their product, or the worth alone for a stake that counts in points. ``beliefs`` are the
    tables that actors believe in, by actor.
    """

    diagram: Diagram
    valid: Mask
    worths: Mapping[StakeKey, Table]
    weights: Mapping[StakeKey, Table]
    beliefs: Mapping[str, BelievedTables] = field(default_factory=dict)

    def in_worlds(self, where: slice) -> CompiledCase:
        """Return the same in some of the worlds."""
        if where.indices(self.diagram.worlds) == (0, self.diagram.worlds, 1):
            return self
        return CompiledCase(
            self.diagram.in_worlds(where),
            self.valid[where],
            {key: table.take_worlds(where) for key, table in self.worths.items()},
            {key: table.take_worlds(where) for key, table in self.weights.items()},
            {actor: believed.in_worlds(where) for actor, believed in self.beliefs.items()},
        )


@dataclass(frozen=True, eq=False)
class Model:
    """A compiled case: everything but the draws, as plain data, which can be sent to another process.

    ``quantities`` records every uncertain number (name, reading, place, reasons) in the order of the case;
    ``correlations`` pairs their names with the correlation of their normal scores. ``asked`` are the tables of the
    variables that tell an actor that a decision of its own arises (``case/logic/arising.py``).
    """

    case: Case
    quantities: tuple[UncertainNumber, ...]
    correlations: tuple[tuple[str, str, float], ...]
    assumptions: Mapping[str, Amount]
    rationality: Mapping[str, Amount | None]
    chances: tuple[ChancePlan, ...]
    worths: tuple[WorthPlan, ...]
    weights: tuple[WeightsPlan, ...]
    usual: tuple[UsualPlan, ...]
    variables: tuple[Chance | Decision, ...]
    allowed: Mapping[str, Table]
    agent_form_only: tuple[str, ...]
    asked: Mapping[str, Table]
    beliefs: tuple[BeliefPlan, ...]

    @cached_property
    def unknowns(self) -> tuple[UnknownNumber, ...]:
        """Return the things that nobody has put a number to: assumptions and rationalities, the story, the stakes."""
        amounts: list[tuple[Amount, UnknownKind]]
        amounts = [(amount, "assumption") for amount in self.assumptions.values()]
        amounts += [(amount, "rationality") for amount in self.rationality.values() if amount is not None]
        found = [described(amount, kind) for amount, kind in amounts if amount.estimate is not None]
        for plan in self.chances:
            found += plan.unknowns()
        for choice in self.usual:
            found += choice.unknowns()
        for worth in self.worths:
            found += worth.unknowns
        for weights in self.weights:
            found += weights.unknowns()
        for belief in self.beliefs:
            found += belief.unknowns()
        return tuple(found)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Return the names of the uncertain numbers, in the order of the case."""
        return tuple(number.name for number in self.quantities)

    @cached_property
    def estimates(self) -> dict[str, Estimate]:
        """Return the estimate of each uncertain number, by name."""
        return {number.name: number.estimate for number in self.quantities}

    def draw(self, design: Design, drawn: WorldDraws | None = None) -> WorldDraws:
        """Return uniforms (W,) by name, impossible worlds redrawn and counted in ``.redrawn``.

        What was ``drawn`` for other ranges of the same numbers is taken where it is the same. Raises ``CaseError``
        (Q230 and others, naming table and rule) where more than 0.1 % of worlds are impossible.
        """
        return draw_worlds(design, self.names, self.correlations, self.impossible, drawn)

    def values(self, uniforms: Mapping[str, Array]) -> dict[str, Array]:
        """Return every assumption's value by name, each ``(W,)`` or ``(1,)`` where it does not vary."""
        values: dict[str, Array] = {}
        with np.errstate(all="ignore"):
            for name, amount in self.assumptions.items():
                values[name] = amount.value(DrawnBlock(uniforms, values))
        return values

    def precision(self, actor: str, uniforms: Mapping[str, Array]) -> Array:
        """Return an actor's logit precision in each world, ``(W,)`` or ``(1,)``; infinite for exact choice."""
        amount = self.rationality[actor]
        with np.errstate(all="ignore"):
            return np.array([np.inf]) if amount is None else amount.value(DrawnBlock(uniforms, self.values(uniforms)))

    def impossible(self, uniforms: Mapping[str, Array]) -> list[Violation]:
        """Return what is impossible in which of these worlds, without building the tables."""
        drawn = DrawnBlock(uniforms, self.values(uniforms))
        with np.errstate(all="ignore"):
            found = [some for plan in self.chances for some in plan.by_pattern(drawn)[1]]
            found += [some for worth in self.worths for some in worth.by_pattern(drawn)[1]]
            found += [some for plan in self.weights for some in plan.tables(drawn)[1]]
            found += [some for own in self.usual for some in own.violations(drawn)]
            found += [some for belief in self.beliefs for some in belief.violations(drawn)]
            return found + self._precision(drawn)[1]

    def diagram(self, uniforms: Mapping[str, Array], worlds: int | None = None) -> CompiledCase:
        """Return the causal game in the worlds of ``uniforms`` (as many as its longest array, or ``worlds``).

        Tables that do not vary keep a last axis of one. Impossible worlds hold tables cut to something
        possible and are false in ``valid``.
        """
        count = max((len(column) for column in uniforms.values()), default=1) if worlds is None else worlds
        drawn = DrawnBlock(uniforms, self.values(uniforms))
        with np.errstate(all="ignore"):
            tables, violations = self._tables(drawn)
            worths, weights, some = self._stakes(drawn)
            precision, more = self._precision(drawn)
            usual = {plan.decision.id: plan.table(drawn) for plan in self.usual}
            beliefs = {plan.actor: plan.tables(drawn) for plan in self.beliefs}
        utilities = tuple(
            Utility(stake, actor, weighted(self.case, weights[actor, stake], worth))
            if (actor, stake) in weights
            else Utility(stake, actor, worth)
            for (actor, stake), worth in worths.items()
        )
        diagram = Diagram(
            self.variables,
            tables,
            utilities,
            precision,
            count,
            self.allowed,
            self.agent_form_only,
            usual={name: table for name, (table, _) in usual.items()},
        )
        more = more + [found for _, wrong in (*usual.values(), *beliefs.values()) for found in wrong]
        valid = ~any_world(violations + some + more, count)
        return CompiledCase(diagram, valid, worths, weights, {name: own for name, (own, _) in beliefs.items()})

    def _tables(self, drawn: DrawnBlock) -> tuple[dict[str, Table], list[Violation]]:
        tables: dict[str, Table] = dict(self.asked)
        violations: list[Violation] = []
        for plan in self.chances:
            tables[plan.event.id], some = plan.table(drawn)
            violations += some
        return tables, violations

    def _stakes(self, drawn: DrawnBlock) -> tuple[dict[StakeKey, Table], dict[StakeKey, Table], list[Violation]]:
        worths: dict[StakeKey, Table] = {}
        weights: dict[StakeKey, Table] = {}
        violations: list[Violation] = []
        for worth in self.worths:
            worths[worth.stake.actor, worth.stake.id], some = worth.table(drawn)
            violations += some
        for plan in self.weights:
            tables, some = plan.tables(drawn)
            weights.update({(plan.actor, stake): table for stake, table in tables.items()})
            violations += some
        return worths, weights, violations

    def _precision(self, drawn: DrawnBlock) -> tuple[dict[str, Array], list[Violation]]:
        precision: dict[str, Array] = {}
        violations: list[Violation] = []
        for actor, amount in self.rationality.items():
            value = np.array([np.inf]) if amount is None else amount.value(drawn)
            wrong = ~(value >= 0)
            if amount is not None:
                wrong |= np.isinf(value)
                message = f'the rationality of "{actor}" is below zero or no number'
                hint = "write it as x2 to x6 per 10, or as a precision of at least 0"
                violations += violation("Q240", message, amount.sourced.place, hint, wrong)
                keen = ~wrong & (value > KEENEST)
                message = f'the rationality of "{actor}" is above {KEENEST:,.0f} for each point of worth'
                hint = "write exact, which always picks a best option, or a smaller number"
                violations += violation("Q240", message, amount.sourced.place, hint, keen)
                value = np.where(wrong | keen, 0.0, value)
            precision[actor] = value
        return precision, violations


def compile_case(case: Case) -> Model:
    """Return the case compiled to everything but the draws; raises ``CaseError`` with every fault found."""
    problems: list[Problem] = []
    assumptions = plan_assumptions(case, problems)
    rationality = plan_rationality(case, problems)
    chances: list[ChancePlan] = []
    allowed: dict[str, Table] = {}
    usual: list[UsualPlan] = []
    for item in case.story:
        if isinstance(item, DecisionEvent):
            open_to = open_options(case, item, problems)
            table = allowed_table(case, item, open_to, problems)
            if table is not None:
                allowed[item.id] = table
            if (own := plan_usual(case, item, open_to, problems)) is not None:
                usual.append(own)
        else:
            chance = plan_chance(case, item, problems)
            if chance is not None:
                chances.append(chance)
    worths = [worth for stake in case.stakes if (worth := plan_worth(case, stake, problems)) is not None]
    actors = dict.fromkeys(stake.actor for stake in case.stakes)
    weights = [plan for actor in actors if (plan := plan_weights(case, actor, problems)) is not None]
    amounts = [*assumptions.values(), *(amount for amount in rationality.values() if amount is not None)]
    amounts += [amount for plan in chances for amount in plan.amounts()]
    amounts += [amount for worth in worths for amount in worth.amounts()]
    amounts += [amount for plan in weights for amount in plan.amounts()]
    amounts += [amount for own in usual for amount in own.amounts()]
    beliefs = tuple(plan_belief(case, belief, problems) for belief in case.believes.values())
    amounts += [amount for belief in beliefs for amount in belief.amounts()]
    quantities, correlations = record_numbers(case, amounts, assumptions, problems)
    if problems:
        raise CaseError(dict.fromkeys(problems))
    return Model(
        case,
        quantities,
        correlations,
        assumptions,
        rationality,
        tuple(chances),
        tuple(worths),
        tuple(weights),
        tuple(usual),
        _variables(case),
        allowed,
        forgetful(case),
        _asked(case),
        beliefs,
    )


def _variables(case: Case) -> tuple[Chance | Decision, ...]:
    variables: list[Chance | Decision] = []
    for item in case.story:
        if isinstance(item, DecisionEvent):
            if (asked := being_asked(case, item)) is not None:
                variables.append(Chance(asked, ("no", "yes"), condition_variables(case, item)))
            variables.append(Decision(item.id, states_of(item), item.by, known_at(case, item)))
        else:
            variables.append(Chance(item.id, item.states, item.given))
    return tuple(variables)


def _asked(case: Case) -> dict[str, Table]:
    """Return the tables of the variables that tell an actor that a decision of its own arises."""
    found = {}
    for item in case.story:
        if isinstance(item, DecisionEvent) and (name := being_asked(case, item)) is not None:
            arises = arising_table(case, item)
            assert arises is not None
            found[name] = Table((*arises.axes, name), np.stack([1.0 - arises.values, arises.values], axis=-2))
    return found
