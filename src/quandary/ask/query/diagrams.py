"""Questions to a network or influence diagram from a file: one world, so each answer is one number.

``P(x = a | y = b, do(z = c))`` and ``E(player)`` or ``E(utility)``, and arithmetic and comparisons over them, in the
language of claims. Where decisions matter to a question, the game is solved first; nobody foresaw what ``do`` sets,
everybody had foreseen what ``do_foreseen`` sets (as in a case: ``games/playing.py``). Answers are exact up to rounding.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from math import prod

import numpy as np

from quandary.ask.answer import Answer, Remark
from quandary.ask.games.reached import Reach, newly_reached, opened_anew
from quandary.ask.query.combining import is_truth, number, sides, truth, why_undefined
from quandary.base.arrays import Array, Mask
from quandary.base.problems import CaseError, Problem, Refusal
from quandary.engine.inference import Inference
from quandary.game.arising import may_not_arise, options_of
from quandary.game.diagram import Behaviour, Chance, Decision, Diagram, Utility
from quandary.game.graphs.graph import graph_of
from quandary.game.graphs.possible import possible_cases
from quandary.game.graphs.requisite import prune
from quandary.game.interventions import do
from quandary.game.table import Table
from quandary.language import heads
from quandary.language.heads import QueryTarget, head_of, names_of_heads
from quandary.language.names import NamedVariable, Names, Settings
from quandary.language.syntax import And, Ask, Compare, Expression, Is, Name, Not, Or, calls_in
from quandary.solve.solver import solve

CELLS_AT_MOST = 50_000
"""So many combinations of states one condition may be about; conditions joined by "and" count apart."""

ENTRIES_AT_MOST = 150_000_000
"""So many numbers all tables of one question may hold together, 1.2 GB."""

LEAST = 1e-290
"""Below this a probability may have lost digits, or all of them, to underflow."""

Played = tuple[Diagram, Behaviour]


class DiagramQuestions:
    """A diagram that is asked. ``concept`` says how decisions are made: ``subgame`` (exactly) or ``logit``."""

    def __init__(self, diagram: Diagram, concept: str = "subgame") -> None:
        self.diagram = diagram
        self.concept = concept
        self._solved: dict[Settings, Behaviour] = {}
        self._notes: dict[Remark, None] = {}

    def ask(self, query: Expression, text: str) -> Answer:
        """Return the answer to a query. Raises ``CaseError`` with every fault in it.

        ``Refusal``: Q614 for what a file leaves open, Q615 for tables that grow too large, Q617 for conditions too
        unlikely to compute with, and the solver's own.
        """
        problems = [problem for part in calls_in(query) for problem in self._faults(part)]
        if problems:
            raise CaseError(dict.fromkeys(problems))
        self._notes.clear()
        holds = truth(query, self._value) if is_truth(query) else None
        if isinstance(query, Compare):
            left, right = sides(query, self._value)
            values = left - right
        else:
            values = number(query, self._value) if holds is None else holds
        value = float(np.broadcast_to(values, (1,))[0])
        known = None if np.isnan(value) else value
        whether = is_truth(query)
        spread = known if not whether or isinstance(query, Compare) else None
        return Answer(
            query=text,
            mean=known,
            median=spread,
            low=spread,
            high=spread,
            mc_error=0.0,
            worlds=1,
            effective_worlds=1.0,
            undefined=int(known is None),
            draws=np.array([value]),
            weights=np.ones(1),
            holds_in=None if holds is None or known is None else float(np.broadcast_to(holds, (1,))[0]),
            remarks=tuple(self._notes),
            why_undefined="" if known is not None else why_undefined(query, self._value),
            is_truth=whether,
        )

    @cached_property
    def _states(self) -> dict[str, tuple[str, ...]]:
        return {v.name: v.states for v in self.diagram.variables}

    # --- what is asked ------------------------------------------------------------------------------------------

    @cached_property
    def _names(self) -> Names:
        deciding = {d.name for d in self.diagram.decisions}
        variables = {
            v.name: NamedVariable(v.name, options_of(v), v.name in deciding, None, may_not_arise(v))
            for v in self.diagram.variables
        }
        stakes: dict[str, dict[str, bool | None]] = {}
        for utility in self.diagram.utilities:
            stakes.setdefault(utility.player, {})[utility.name] = None
        return Names(variables, actors=stakes, stakes=stakes)

    def _faults(self, ask: Ask) -> list[Problem]:
        """Return every fault of one call."""
        head = head_of(ask)
        if not head.of_files:
            known = " and ".join(f"{name}(...)" for name in names_of_heads(lambda head: head.of_files))
            hint = f"of a network or diagram {known} can be asked; a case answers the other questions"
            return [Problem("Q509", f"{ask.head}(...) is no question to a network", ask.place, hint)]
        if ask.beliefs or ask.as_seen:
            message = "a network or diagram from a file says nothing of what its players believe"
            return [Problem("Q509", message, ask.place, "ask without beliefs; a case has them under `believes:`")]
        conditions = [*ask.given, *([ask.target] if head.target is QueryTarget.CONDITION else [])]
        found = [p for condition in conditions for p in self._condition_faults(condition)]
        if isinstance(ask.target, Name) and head.target is QueryTarget.PAYOFF and not self._utilities(ask):
            found += self._names.payoff_faults(head, ask.target)
        return [*found, *self._names.setting_faults(ask.do)]

    def _condition_faults(self, node: Expression) -> list[Problem]:
        """Return the unknown names of a condition, or else its parts joined by "and" that are too wide for a table."""
        parts = node.operands if isinstance(node, And) else (node,)
        return list(self._names.condition_faults(node)) or [p for part in parts for p in self._too_wide(part)]

    def _too_wide(self, node: Expression) -> list[Problem]:
        """Refuse a condition over more combinations of states than one table should hold."""
        cells = prod(len(self._states[name]) for name in _mentioned(node))
        if cells <= CELLS_AT_MOST:
            return []
        message = f"this condition is about {cells:,} combinations of states; the limit is {CELLS_AT_MOST:,}"
        return [Problem("Q234", message, node.place, "ask about fewer variables at once")]

    def _utilities(self, ask: Ask) -> list[Utility]:
        text = ask.target.text if isinstance(ask.target, Name) else ""
        every = self.diagram.utilities
        return [u for u in every if u.player == text] or [u for u in every if text in (u.name, f"{u.player}.{u.name}")]

    # --- what the answer is -------------------------------------------------------------------------------------

    def _value(self, ask: Ask) -> Array:
        """Return the number of one call, NaN where its condition has probability zero."""
        given = [factor for condition in ask.given for factor in self._factors(condition)]
        target = self._factors(ask.target) if heads.P.asks(ask) else []
        utilities = self._utilities(ask) if heads.E.asks(ask) else []
        axes = {a for table in (*given, *target, *(u.table for u in utilities)) for a in table.axes}
        diagram, behaviour = self._game(ask, axes)
        inference = Inference(diagram)
        if heads.P.asks(ask):
            parts = [self._joint(inference, behaviour, [*target, *given])]
        else:
            parts = [self._joint(inference, behaviour, [u.table, *given]) for u in utilities]
        whole = self._joint(inference, behaviour, given)
        if (whole < LEAST).any() and self._can_happen(diagram, behaviour, given):
            message = f"the condition is less likely than {LEAST:g}, too little to be computed with"
            raise Refusal(Problem("Q617", message, hint="give fewer things at once"))
        with np.errstate(all="ignore"):
            return np.where(whole > 0, np.sum(parts, axis=0) / np.where(whole > 0, whole, 1.0), np.nan)

    def _can_happen(self, diagram: Diagram, behaviour: Behaviour, given: Sequence[Table]) -> bool:
        """Return whether conditions hold in some history that is possible, however unlikely."""
        tables = {name: _positive(table) for name, table in diagram.tables.items()}
        rules = {name: _positive(table) for name, table in behaviour.items()}
        with np.errstate(over="ignore"):
            count = self._joint(Inference(replace(diagram, tables=tables)), rules, given)
        return bool((count > 0).any())

    def _factors(self, condition: Expression) -> list[Table]:
        """Return 0/1 tables whose product is the condition."""
        if isinstance(condition, And):
            return [factor for operand in condition.operands for factor in self._factors(operand)]
        axes = tuple(v.name for v in self.diagram.variables if v.name in _mentioned(condition))
        return [Table(axes, self._holds(condition, axes)[..., None].astype(np.float64))]

    def _holds(self, node: Expression, axes: tuple[str, ...]) -> Mask:
        shape = tuple(len(self._states[a]) for a in axes)
        match node:
            case Is():
                axis = axes.index(node.variable.text)
                states = self._states[node.variable.text]
                own = np.array([(s in node.states) != node.negated for s in states], dtype=np.bool_)
                return np.broadcast_to(own.reshape(tuple(-1 if i == axis else 1 for i in range(len(axes)))), shape)
            case Not(operand):
                return ~self._holds(operand, axes)
            case And(operands):
                return np.asarray(np.logical_and.reduce([self._holds(o, axes) for o in operands]))
            case Or(operands):
                return np.asarray(np.logical_or.reduce([self._holds(o, axes) for o in operands]))
            case _:
                raise TypeError(f"{type(node).__name__} is no condition")

    def _joint(self, inference: Inference, behaviour: Behaviour, factors: Sequence[Table]) -> Array:
        """Return the sum over everything of the factors' product, weighed by its probability."""
        node = inference.plan.joint((), tuple(f.axes for f in factors))
        if node is not None:
            book = inference.plan.book
            entries = sum(book.entries(book.nodes[n].axes) for n in book.needed([node]))
            if entries > ENTRIES_AT_MOST:
                message = f"this question needs tables of {entries:.2g} numbers, more than can be held"
                hint = "ask about, or give, fewer variables at once; or give what separates them"
                raise Refusal(Problem("Q615", message, hint=hint))
        return inference.joint(behaviour, (), factors).values

    # --- what is played -----------------------------------------------------------------------------------------

    def _game(self, ask: Ask, axes: set[str]) -> Played:
        """Return the diagram after the interventions, and how decisions are made in it if any matters to ``axes``."""
        foreseen, unforeseen = (
            tuple(sorted((s.variable.text, s.state) for s in ask.do if s.foreseen is known)) for known in (True, False)
        )
        known = do(self.diagram, dict(foreseen)) if foreseen else self.diagram
        played = do(known, dict(unforeseen)) if unforeseen else known
        relevant = graph_of(played).ancestors(axes) | axes
        if foreseen or unforeseen:
            _refuse_blank(self.diagram, played, relevant)
        deciding = [d for d in played.decisions if d.name in relevant]
        if not deciding:
            return played, {}
        rules = self._rules(known, foreseen)
        if unforeseen:
            rules = self._reached(known, unforeseen, rules, frozenset(axes))
        self._notes[Remark((_concept_note(self.concept, deciding),))] = None
        return played, {d.name: rules[d.name] for d in played.decisions}

    def _rules(self, known: Diagram, foreseen: Settings) -> Behaviour:
        if foreseen not in self._solved:
            self._solved[foreseen] = self._solution(known)
        return self._solved[foreseen]

    def _reached(self, known: Diagram, unforeseen: Settings, rules: Behaviour, needed: frozenset[str]) -> Behaviour:
        """Return the rules with what is chosen at information sets that only the intervention leads to."""
        changed = Reach(prune(known, constants=False).diagram).after(unforeseen)
        reached = newly_reached(changed, needed)
        if not reached:
            return rules
        anew = opened_anew(changed, rules, reached)
        return anew.behaviour(self._solution(anew.diagram))

    def _solution(self, diagram: Diagram) -> Behaviour:
        solution = solve(diagram, self.concept)
        if not solution.converged.all():
            message = "the decisions in this diagram could not be solved, so what they lead to is not known"
            raise Refusal(Problem("Q807", message, hint="set them: P(... | do(decision = option))"))
        return solution.behaviour


def _refuse_blank(before: Diagram, after: Diagram, relevant: set[str]) -> None:
    """Refuse interventions that lead where the file gives no probabilities."""
    for name in before.blank:
        variable = after.variable(name)
        if name not in relevant or not isinstance(variable, Chance) or not variable.parents:
            continue
        possible = possible_cases(after, name)
        reached = before.blank[name].over(variable.parents)[..., 0] > 0
        if possible is None or (possible & reached).any():
            message = f'the do(...) leads where the file leaves the probabilities of "{name[:40]}" all zero'
            raise Refusal(Problem("Q614", message, hint="give them in the file, or set another state"))


def _positive(table: Table) -> Table:
    return Table(table.axes, (table.values > 0).astype(np.float64))


def _concept_note(concept: str, deciding: Sequence[Decision]) -> str:
    how = {"subgame": "exactly, ties split evenly", "logit": "by logit response, at the precision of the file"}[concept]
    names = ", ".join(d.name for d in deciding[:4]) + (", ..." if len(deciding) > 4 else "")
    return f"decided {how}: {names}"


def _mentioned(node: Expression) -> set[str]:
    match node:
        case Is():
            return {node.variable.text}
        case Not(operand):
            return _mentioned(operand)
        case And(operands) | Or(operands):
            return {name for operand in operands for name in _mentioned(operand)}
        case _:
            return set()
