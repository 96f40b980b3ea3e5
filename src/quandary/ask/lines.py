"""The lines of a case: its rules and effects, each with its condition, its target and its numbers.

A line can be put at its *neutral* value, at which it says nothing: a factor x1, points 0, and a table or a worth that
depends on a variable averaged over that variable's states, all alike. ``NeutralModel`` does so with other lines in
other worlds, so that one pass tells what each of them does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from quandary.base.arrays import Array
from quandary.base.places import Place
from quandary.case.logic.conditions import mentioned
from quandary.case.model import Case
from quandary.compile.amounts import Amount, DrawnBlock
from quandary.compile.chances import ChancePlan, EffectPlan
from quandary.compile.compiler import CompiledCase, Model, StakeKey
from quandary.compile.stakes import WorthPlan, weighted
from quandary.game.diagram import Utility
from quandary.game.table import Table
from quandary.language.syntax import Expression, Otherwise, names_in

Owner = tuple[str, ...]
"""Whose line it is: a variable, or an actor and its stake."""

LineKind = Literal["rule", "effect", "dependence", "weight"]

VARIANT = "variant"
"""The column that says which lines are neutral in a world: a number, counted from 1; no quantity has such a name."""


@dataclass(frozen=True, eq=False)
class CaseLine:
    """What a case says in one place of how its ``owner`` comes out.

    A ``rule`` is one of a list of which the first that matches counts; an ``effect`` adds to it; a ``weight`` is a rule
    of a stake's weight. A ``dependence`` is the rules of a list by the variable ``over`` which they tell apart.
    ``number`` counts within its list. ``mentions`` are the variables of its condition, those of earlier rules for
    ``otherwise``; ``names`` are its uncertain numbers, those of the assumptions that it names included.
    """

    kind: LineKind
    owner: Owner
    number: int
    condition: Expression
    mentions: frozenset[str]
    names: frozenset[str]
    place: Place
    over: str | None = None


Index = NDArray[np.intp]

Variant = tuple[CaseLine, ...]
"""Lines that are neutral together."""


def case_lines(model: Model) -> tuple[CaseLine, ...]:
    """Return every line of a case, in its order: those of chance variables, then those of stakes."""
    found: list[CaseLine] = []
    for plan in model.chances:
        owner: Owner = (plan.event.id,)
        listed = [(rule.condition, rule.place) for rule in plan.event.odds or plan.event.base]
        rules = [rule.amounts() for rule in plan.rules]
        found += _rules(model, owner, listed, rules)
        for number, (rule, effect) in enumerate(zip(plan.event.effects, plan.effects, strict=True)):
            found.append(_line(model, "effect", (owner, number), (rule.condition, rule.place), effect.amounts()))
    for worth in model.worths:
        owner = (worth.stake.actor, worth.stake.id)
        listed = [(rule.condition, rule.value.place) for rule in worth.stake.worth]
        found += _rules(model, owner, listed, [[amount] for amount in worth.worth])
        for number, (one, amount) in enumerate(zip(worth.stake.effects, worth.effects, strict=True)):
            found.append(_line(model, "effect", (owner, number), (one.condition, one.place), [amount]))
    for weights in model.weights:
        for stake, own in zip(weights.stakes, weights.rules, strict=True):
            for number, (one, amount) in enumerate(zip(stake.weight, own, strict=True)):
                at = (stake.actor, stake.id), number
                found.append(_line(model, "weight", at, (one.condition, one.value.place), [amount]))
    return tuple(found)


def _rules(
    model: Model, owner: Owner, listed: Sequence[tuple[Expression, Place]], amounts: Sequence[Sequence[Amount]]
) -> Iterator[CaseLine]:
    """Yield the rules of a list, and what it says by each variable that it tells apart."""
    before: frozenset[str] = frozenset()
    lines = []
    for number, ((condition, place), own) in enumerate(zip(listed, amounts, strict=False)):
        line = _line(model, "rule", (owner, number), (condition, place), own)
        before |= line.mentions
        lines.append(replace(line, mentions=before) if isinstance(condition, Otherwise) else line)
    yield from lines
    every = frozenset(name for line in lines for name in line.names)
    for over in sorted(before):
        first = next(line for line in lines if over in line.mentions)
        yield replace(first, kind="dependence", mentions=frozenset([over]), names=every, over=over)


def _line(
    model: Model,
    kind: LineKind,
    where: tuple[Owner, int],
    rule: tuple[Expression, Place],
    amounts: Iterable[Amount],
) -> CaseLine:
    (owner, number), (condition, place) = where, rule
    names = frozenset(name for amount in amounts for name in _names(model, amount, ()))
    return CaseLine(kind, owner, number, condition, _mentioned(model.case, condition), names, place)


def _mentioned(case: Case, condition: Expression) -> frozenset[str]:
    return frozenset() if isinstance(condition, Otherwise) else frozenset(mentioned(case, condition))


def _names(model: Model, amount: Amount, within: tuple[str, ...]) -> Iterator[str]:
    """Yield the uncertain numbers of an amount, those of the assumptions that it names included."""
    yield from (name for name, _ in amount.leaves())
    for reference in names_in(amount.quantity):
        if reference.text in model.assumptions and reference.text not in within:
            yield from _names(model, model.assumptions[reference.text], (*within, reference.text))


@dataclass(frozen=True, eq=False)
class NeutralModel(Model):
    """A compiled case of which some lines are neutral in some worlds: those of the variant that ``VARIANT`` counts."""

    variants: tuple[Variant, ...]

    @classmethod
    def of(cls, model: Model, variants: Sequence[Variant]) -> NeutralModel:
        """Return a compiled case with variants of it."""
        return cls(**{field.name: getattr(model, field.name) for field in fields(Model)}, variants=tuple(variants))

    def diagram(self, uniforms: Mapping[str, Array], worlds: int | None = None) -> CompiledCase:
        """Return the causal game in the worlds of ``uniforms``, each with the lines of its variant neutral."""
        compiled = super().diagram(uniforms, worlds)
        if VARIANT not in uniforms:
            return compiled
        which = np.rint(uniforms[VARIANT]).astype(np.intp)
        tables = dict(compiled.diagram.tables)
        worths = dict(compiled.worths)
        for number in np.unique(which[which > 0]):
            at = np.flatnonzero(which == number)
            own = {name: column[at] for name, column in uniforms.items()}
            drawn = DrawnBlock(own, self.values(own))
            for owner in dict.fromkeys(line.owner for line in self.variants[number - 1]):
                lines = [line for line in self.variants[number - 1] if line.owner == owner]
                if len(owner) == 1:
                    tables[owner[0]] = _with(tables[owner[0]], self._chance(owner[0], lines, drawn), at, len(which))
                else:
                    key = owner[0], owner[1]
                    worths[key] = _with(worths[key], self._worth(key, lines, drawn), at, len(which))
        return self._again(compiled, tables, worths)

    def _chance(self, name: str, lines: Sequence[CaseLine], drawn: DrawnBlock) -> Table:
        plan = next(plan for plan in self.chances if plan.event.id == name)
        return _averaged(_without_effects(plan, lines).table(drawn)[0], lines)

    def _worth(self, key: StakeKey, lines: Sequence[CaseLine], drawn: DrawnBlock) -> Table:
        plan = next(plan for plan in self.worths if (plan.stake.actor, plan.stake.id) == key)
        off = [line.number for line in lines if line.kind == "effect"]
        active = plan.patterns.active.copy()
        active[:, off] = False
        silent = WorthPlan(plan.stake, plan.worth, plan.effects, replace(plan.patterns, active=active))
        return _averaged(silent.table(drawn)[0], lines)

    def _again(
        self, compiled: CompiledCase, tables: Mapping[str, Table], worths: Mapping[StakeKey, Table]
    ) -> CompiledCase:
        """Return the game with these tables and worths."""
        utilities = tuple(
            Utility(stake, actor, weighted(self.case, compiled.weights[actor, stake], worth))
            if (actor, stake) in compiled.weights
            else Utility(stake, actor, worth)
            for (actor, stake), worth in worths.items()
        )
        diagram = replace(compiled.diagram, tables=tables, utilities=utilities)
        return replace(compiled, diagram=diagram, worths=worths)


def _without_effects(plan: ChancePlan, lines: Sequence[CaseLine]) -> ChancePlan:
    off = {line.number for line in lines if line.kind == "effect"}
    effects = (
        EffectPlan(effect.what, effect.place, (), ()) if number in off else effect
        for number, effect in enumerate(plan.effects)
    )
    return replace(plan, effects=tuple(effects))


def _averaged(table: Table, lines: Sequence[CaseLine]) -> Table:
    """Return a table that no longer tells apart the states of the variables of these dependences."""
    values = table.values
    for line in lines:
        if line.kind == "dependence" and line.over in table.axes:
            axis = table.axes.index(line.over)
            values = np.broadcast_to(values.mean(axis=axis, keepdims=True), values.shape)
    return Table(table.axes, values)


def _with(table: Table, other: Table, at: Index, worlds: int) -> Table:
    """Return a table in so many worlds, with another's values in some of them."""
    values = np.array(np.broadcast_to(table.values, (*table.values.shape[:-1], worlds)))
    values[..., at] = other.values
    return Table(table.axes, values)
