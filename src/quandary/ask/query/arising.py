"""What stands beside the probability of a choice: what counting options gives, and how often the choice arises.

``P(d = o)`` is plain: d = o is false where d does not arise. Beside it stand the two numbers that it is the product of.
A choice is held against counting options where it arises: elsewhere there are none to count.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from quandary.ask.answer import NEAR_COUNTED, ArisingChoice, CountedChoice
from quandary.ask.inquiry import Inquiry
from quandary.ask.query.combining import (
    NEVER_ARISES,
    NEVER_ARISES_OR_NO_CHOICE,
    NEVER_COMPARED,
    NO_CHOICE,
    NOT_COMPARED,
)
from quandary.ask.query.counting import choice_asked, counted_choice
from quandary.ask.query.queries import Query
from quandary.base.arrays import Array
from quandary.case.logic.arising import asked_whether
from quandary.case.logic.conditions import indicator, mentioned
from quandary.case.logic.possible_cells import may_be
from quandary.case.model import Case, DecisionEvent
from quandary.language import heads
from quandary.language.syntax import And, Expression, Is, Name, arises
from quandary.quantities.summary import Index, mean_reach, weighted_mean


@dataclass(frozen=True)
class ArisingInquiry:
    """How likely it is that the decision which a query asks about arises.

    ``elsewhere`` says whether what is asked is so where it does not.
    """

    decision: str
    inquiry: Inquiry
    elsewhere: bool


def arising_asked(case: Case, query: Query) -> ArisingInquiry | None:
    """Return the inquiry for how often a choice arises; ``None`` for a query that is not about one such decision.

    It is about one where it asks how likely options of it are, and nothing else, and does not say whether it arises.
    """
    ask = choice_asked(query)
    if ask is None or query.parts:
        return None
    inquiry = query.inquiries[ask]
    if inquiry.target is None:
        return None
    named = mentioned(case, inquiry.target)
    item = case.variable(named[0]) if len(named) == 1 else None
    if not isinstance(item, DecisionEvent) or item.when is None:
        return None
    if any(item.id in asked_whether(case, one) for one in (inquiry.target, *inquiry.given)):
        return None
    elsewhere = bool(indicator(case, inquiry.target).values[-1, 0])
    return ArisingInquiry(item.id, replace(inquiry, target=arises(Name((item.id,)))), elsewhere)


def nothing_chosen(case: Case, inquiry: Inquiry) -> str:
    """Return why nothing is chosen at the decision of an inquiry whose conditions can be, empty where it has none.

    By the case's conditions alone it may be plain that the decision cannot arise under those of the inquiry; elsewhere
    odds of 0 % may say so. One that always arises has a best option, and no lead where only one is open.
    """
    item = None if inquiry.decision is None else case.variable(inquiry.decision)
    if not isinstance(item, DecisionEvent):
        return ""
    if inquiry.against:
        return _not_compared(case, item, inquiry)
    is_margin = heads.HEADS[inquiry.head] is heads.MARGIN
    if item.when is None:
        return NO_CHOICE if is_margin else ""
    only_one = is_margin and bool(item.only or item.usual or len(item.options) == 1)
    may_arise = _can_hold(case, inquiry, (item.when, *inquiry.given))
    return NEVER_ARISES_OR_NO_CHOICE if only_one and may_arise else NEVER_ARISES


def _not_compared(case: Case, item: DecisionEvent, inquiry: Inquiry) -> str:
    if item.when is None:
        return NOT_COMPARED
    if not _can_hold(case, inquiry, (item.when, *inquiry.given)):
        return NEVER_ARISES
    if _can_hold(case, inquiry, (item.when, *inquiry.against)):
        return f"{NEVER_ARISES}, or {NOT_COMPARED}"
    return NEVER_COMPARED if _can_hold(case, inquiry, inquiry.against) else NOT_COMPARED


def _can_hold(case: Case, inquiry: Inquiry, conditions: tuple[Expression, ...]) -> bool:
    """Return whether conditions can hold together by themselves, in what an inquiry sets."""
    set_to = (Is(Name((name,)), (state,)) for name, state in inquiry.game.settings)
    may = may_be(case, And((*conditions, *set_to)), bound=not inquiry.game.settings)
    return may is None or may[0]


def beside(case: Case, query: Query) -> tuple[Inquiry, ...]:
    """Return the inquiries that are made beside those of a query about a choice."""
    counted, arising = counted_choice(case, query), arising_asked(case, query)
    return (*(() if counted is None else (counted,)), *(() if arising is None else (arising.inquiry,)))


def counted_beside(
    case: Case, query: Query, values: Mapping[Inquiry, Array], weights: Array, block: Index
) -> tuple[CountedChoice | None, ArisingChoice | None]:
    """Return what counting options makes of a choice that a query asks for, and how often the choice arises.

    ``values`` (W,) are what inquiries found in worlds of these ``weights``, each of a ``block`` of the design.
    """
    ask, blind, arising = choice_asked(query), counted_choice(case, query), arising_asked(case, query)
    found = None if ask is None else values.get(query.inquiries[ask])
    counted = None if blind is None else values.get(blind)
    often = None if arising is None else values.get(arising.inquiry)
    if found is None:
        return None, None
    known = [one for one in (found, counted, often) if one is not None]
    weights = np.where(np.any([np.isnan(one) for one in known], axis=0), 0.0, weights)
    chance = weighted_mean(found, weights)
    if arising is None or often is None:
        return _held_against(found, counted, weights, block), None
    arises_in = weighted_mean(often, weights)
    if chance is None or arises_in is None:
        return None, None
    not_there = 1.0 - often if arising.elsewhere else np.zeros_like(often)

    def where_it_arises(one: Array) -> Array:
        return np.divide(one - not_there, often, out=np.zeros_like(often), where=often > 0.0)

    beside = None if counted is None else where_it_arises(counted)
    choice = _held_against(where_it_arises(found), beside, weights * np.nan_to_num(often), block)
    if arising.elsewhere:
        return choice, None
    return choice, ArisingChoice(arising.decision, arises_in, chance / arises_in if arises_in > 0.0 else None)


def _held_against(own: Array, counted: Array | None, weights: Array, block: Index) -> CountedChoice | None:
    """Return a choice beside what counting options gives; ``None`` where no world counts."""
    if counted is None:
        return None
    near = (np.abs(own - counted) <= NEAR_COUNTED).astype(np.float64)
    chance, evenly, near_in = (weighted_mean(one, weights) for one in (own, counted, near))
    if chance is None or evenly is None or near_in is None:
        return None
    reaches = (mean_reach(one, weights, block) or 0.0 for one in (own - counted, near))
    return CountedChoice(chance, evenly, near_in, *reaches)
