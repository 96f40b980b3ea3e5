"""What counting options gives: how a choice would divide were all its options worth the same.

At zero rationality a decision divides as is usual, by default evenly over what is open. A choice that comes out near to
that says hardly more than how many options were listed: it is near a coin flip. The same worlds are asked, weighed as
in the answer, everybody else following their rules.
"""

from __future__ import annotations

from dataclasses import replace

from quandary.ask.inquiry import Inquiry
from quandary.ask.query.queries import Query
from quandary.case.logic.arising import asked_whether
from quandary.case.logic.conditions import mentioned
from quandary.case.model import Case, DecisionEvent
from quandary.language import heads
from quandary.language.syntax import Ask, Compare, Expression, Number


def choice_asked(query: Query) -> Ask | None:
    """Return the probability that a query asks for, alone or compared with a number; ``None`` where it asks another."""
    found = _alone(query.expression)
    return found if found is not None and heads.P.asks(found) else None


def counted_choice(case: Case, query: Query) -> Inquiry | None:
    """Return the inquiry for what counting options gives; ``None`` for a query that is about no choice.

    It is about one where it asks how likely options of decisions are, none of which it sets, not whether one arises.
    """
    ask = choice_asked(query)
    if ask is None or query.parts:
        return None
    inquiry = query.inquiries[ask]
    if inquiry.target is None:
        return None
    named = mentioned(case, inquiry.target)
    chosen = [name for name in named if isinstance(case.variable(name), DecisionEvent)]
    is_set = {name for name, _ in inquiry.game.settings}
    if not chosen or len(chosen) < len(named) or is_set & set(chosen) or asked_whether(case, inquiry.target):
        return None
    return replace(inquiry, blindly=tuple(chosen))


def _alone(expression: Expression) -> Ask | None:
    match expression:
        case Ask():
            return expression
        case Compare(_, Ask() as ask, Number()) | Compare(_, Number(), Ask() as ask):
            return ask
        case _:
            return None
