"""An inquiry: one call of a query (``P(...)``, ``margin(...)``), its names checked against the case."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from quandary.base.problems import CaseError
from quandary.case.logic.conditions import mentioned
from quandary.case.model import Case
from quandary.language.heads import head_of
from quandary.language.names import BeliefSettings, Names, Settings
from quandary.language.resolving import ResolvedCall, resolve_call
from quandary.language.syntax import And, Arithmetic, Ask, Call, Compare, Expression, Negate, Not, Or


class Interventions(NamedTuple):
    """The interventions that make a game: on variables and on beliefs, which everybody had foreseen or nobody had."""

    foreseen: Settings = ()
    unforeseen: Settings = ()
    beliefs_foreseen: BeliefSettings = ()
    beliefs_unforeseen: BeliefSettings = ()

    @property
    def settings(self) -> Settings:
        """Return the variables that are set, in either way."""
        return self.foreseen + self.unforeseen

    @property
    def of_beliefs(self) -> bool:
        """Return whether somebody's beliefs are set."""
        return bool(self.beliefs_foreseen or self.beliefs_unforeseen)


Game = Interventions
"""A game that is asked: what is set in it."""

ITSELF = Interventions()
"""The case's own game."""


Conditions = tuple[Expression, ...]
"""Conditions that hold together."""


@dataclass(frozen=True)
class Basis:
    """Which of the case's evidence stands in a query.

    Whether it is ``used`` at all, up to which day (``None``: all that the study uses), and in which ``games`` the query
    asks: every side is asked with the evidence that none of these interventions sets aside. ``aside`` is what the same
    query sets aside in a game that it is compared with, as written: it does not stand here either.
    """

    used: bool = True
    until: date | None = None
    games: tuple[Game, ...] = ()
    aside: tuple[str, ...] = ()


EVERYTHING = Basis()
"""All that was seen."""

WITHOUT = Basis(used=False)
"""No evidence at all."""


@dataclass(frozen=True)
class Inquiry(ResolvedCall):
    """One call, resolved, as the study is asked it.

    ``basis`` says which evidence stands. ``first`` and ``mediators`` belong to path effects (``paths.py``); ``blindly``
    are decisions that divide as is usual, whatever their options are worth (``counting.py``).
    """

    basis: Basis = EVERYTHING
    first: Settings = ()
    mediators: tuple[str, ...] = ()
    blindly: tuple[str, ...] = ()

    @property
    def game(self) -> Game:
        """Return what tells the solved games apart: the interventions of either form."""
        return Interventions(self.foreseen, self.unforeseen, self.beliefs_foreseen, self.beliefs_unforeseen)

    @property
    def second_game(self) -> Game:
        """Return what is otherwise in a counterfactual's second world, ``ITSELF`` where this is none."""
        if self.replan:
            return Interventions(self.instead, beliefs_foreseen=self.beliefs_instead)
        return Interventions(unforeseen=self.instead, beliefs_unforeseen=self.beliefs_instead)

    @property
    def changes(self) -> Game:
        """Return what it asks about in either way: the interventions of its game, or those of its second world."""
        return self.game if self.second_game == ITSELF else self.second_game

    @property
    def solves_anew(self) -> bool:
        """Return whether a game is solved anew for it alone: a counterfactual in which somebody chooses otherwise."""
        return self.replan or bool(self.beliefs_instead)


def based(inquiries: Iterable[Inquiry], *, evidence: bool, until: date | None) -> tuple[Inquiry, ...]:
    """Return the inquiries of one query with the evidence that all of them are asked with."""
    every = tuple(inquiries)
    games = tuple(sorted({inquiry.game for inquiry in every} - {ITSELF}))
    basis = Basis(True, until, games) if evidence else WITHOUT
    return tuple(replace(inquiry, basis=basis) for inquiry in every)


def other_form(expression: Expression) -> Expression | None:
    """Return the query with every ``do`` as ``do_foreseen`` and the reverse, ``None`` where it has neither.

    The change of a ``would`` stays: it is about what was seen, and has no other form.
    """
    turned = _turned(expression)
    return None if turned == expression else turned


def _turned(expression: Expression) -> Expression:
    match expression:
        case Ask():
            if head_of(expression).counterfactual:
                return expression
            turned = tuple(replace(s, foreseen=not s.foreseen) for s in expression.do)
            beliefs = tuple(replace(s, foreseen=not s.foreseen) for s in expression.beliefs)
            return replace(expression, do=turned, beliefs=beliefs)
        case Arithmetic(_, left, right) | Compare(_, left, right):
            return replace(expression, left=_turned(left), right=_turned(right))
        case Negate(operand) | Not(operand):
            return replace(expression, operand=_turned(operand))
        case And(operands) | Or(operands):
            return replace(expression, operands=tuple(_turned(o) for o in operands))
        case Call(_, operands):
            return replace(expression, args=tuple(_turned(o) for o in operands))
        case _:
            return expression


def resolve(names: Names, ask: Ask) -> Inquiry:
    """Return the inquiry of one call; raises ``CaseError`` with every fault in it."""
    call, problems = resolve_call(names, ask)
    if problems:
        raise CaseError(problems)
    return Inquiry(**vars(call))


def variables_of(case: Case, inquiry: Inquiry) -> frozenset[str]:
    """Return every variable an inquiry's conditions, target and decision name, events expanded."""
    found: set[str] = set()
    for condition in (*inquiry.given, *inquiry.against, *((inquiry.target,) if inquiry.target else ())):
        found.update(mentioned(case, condition))
    if inquiry.decision is not None:
        found.add(inquiry.decision)
    return frozenset(found)
