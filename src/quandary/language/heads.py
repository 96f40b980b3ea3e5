"""The heads of queries, and the only list of them: what each asks, of what, in which unit and within which bounds.

The grammar, the checks of names and units, the asking, the words of an answer and the documents read this list. A new
head is an entry here and what it measures, in ``ask/query/``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from math import inf
from typing import TypeGuard

from quandary.base.problems import Problem, Refusal, nearest
from quandary.language.syntax import Ask, Expression, Name


class QueryTarget(Enum):
    """What stands before the bar of a query; the value is how it is written."""

    CONDITION = "condition"
    PAYOFF = "actor[.stake]"
    STAKE = "actor.stake"
    DECISION = "actor.decision"
    OPTION = "actor.decision[ = option]"


class Unit(Enum):
    """The unit of an answer."""

    SHARE = "share"
    DIFFERENCE = "difference of shares"
    POINTS = "points"
    NUMBER = "number"
    WORLDS = "share of worlds"
    PART = "part of a whole"

    @property
    def in_hundred(self) -> bool:
        """Return whether its numbers lie between 0 and 1, or are differences of such, and are told times a hundred."""
        return self not in (Unit.POINTS, Unit.NUMBER)


@dataclass(frozen=True)
class Head:
    """A head of queries.

    ``bounds`` hold in every world whatever the case says. ``lists_stakes``: stakes may follow the target after a colon.
    ``reference``: the query compares its conditions with those after "against". ``counterfactual``: it keeps what was
    ``seen`` under a ``do``, which it needs. ``of_weights``: it takes only stakes with a weight. ``of_chances``: it asks
    how probable something in the game is. ``of_truths``: it asks what is so or not so wherever the decision is made (an
    option is best, or it is not), so that its number counts worlds and is no chance. ``of_files``: a network or diagram
    from a file can be asked it. ``as_seen``: it can be asked of the game as its actor sees it. ``parts`` are the heads
    of which a query without a number of its own is made; ``between`` those that bound the answer. ``is_part``: it is
    computed for another query and never written.
    """

    name: str
    target: QueryTarget
    unit: Unit
    summary: str
    bounds: tuple[float, float] = (-inf, inf)
    limits: str = ""
    example: str = ""
    lists_stakes: bool = False
    reference: bool = False
    counterfactual: bool = False
    of_weights: bool = False
    of_chances: bool = False
    of_truths: bool = False
    of_files: bool = False
    as_seen: bool = False
    parts: tuple[str, ...] = ()
    between: tuple[str, ...] = ()
    is_part: bool = False

    def of(self, target: Expression) -> Ask:
        """Return the plain query of this head about a target."""
        return Ask(self.name, target)

    def asks(self, expression: Expression) -> TypeGuard[Ask]:
        """Return whether an expression is a single query of this head."""
        return isinstance(expression, Ask) and expression.head == self.name

    @property
    def form(self) -> str:
        """Return how the query is written."""
        stakes = "[: stake + stake, ...]" if self.lists_stakes else "[, as it sees it]" if self.as_seen else ""
        given = "seen ..., do(...)" if self.counterfactual else "..."
        return f"{self.name}({self.target.value}{stakes} | {given}){' against ...' if self.reference else ''}"

    @property
    def at_decision(self) -> bool:
        """Return whether the query is asked at a decision."""
        return self.target in (QueryTarget.DECISION, QueryTarget.OPTION)


PROBABLE = (0.0, 1.0)
NEAR_BEST = "near best: within 5 % of the range of a stake, or of a group of stakes that count together (a + b)"

P = Head(
    "P",
    QueryTarget.CONDITION,
    Unit.SHARE,
    "the probability of a condition",
    PROBABLE,
    limits="undefined in worlds where the given conditions have probability zero",
    example="P(event | x = v)",
    of_chances=True,
    of_files=True,
)
E = Head(
    "E",
    QueryTarget.PAYOFF,
    Unit.POINTS,
    "the expected payoff of an actor, or the expected worth (0 to 100) of one of its stakes",
    example="E(actor.stake | do(x = v))",
    of_files=True,
    as_seen=True,
)
WEIGHT = Head(
    "weight",
    QueryTarget.STAKE,
    Unit.SHARE,
    "the share of an actor's concern that a stake takes: its weight after division by the sum",
    PROBABLE,
    limits="stakes that count in points of worth have none",
    example="weight(actor.stake)",
    of_weights=True,
)
SWING = Head(
    "swing",
    QueryTarget.STAKE,
    Unit.POINTS,
    "the points of worth that hang on a stake: its weight times its highest minus its lowest worth",
    (0.0, inf),
    limits="highest and lowest over all combinations the case names, however unlikely",
    example="swing(actor.stake)",
)
BEST = Head(
    "best",
    QueryTarget.OPTION,
    Unit.SHARE,
    "how often an option is the one that pays its actor best",
    PROBABLE,
    limits="without an option, asked by itself: all of them",
    example="best(actor.decision = option | x = v)",
    of_truths=True,
)
MARGIN = Head(
    "margin",
    QueryTarget.DECISION,
    Unit.POINTS,
    "by how many points of worth the best option beats the second best",
    (0.0, inf),
    limits="information sets with a single option take no part",
    example="margin(actor.decision | x = v)",
)
DROP = Head(
    "drop",
    QueryTarget.DECISION,
    Unit.POINTS,
    "how many points of worth of its best payoff an actor loses by a turn of events, against the reference",
    example="drop(actor.decision | x = v) against x = w",
    reference=True,
)
CLASH = Head(
    "clash",
    QueryTarget.DECISION,
    Unit.SHARE,
    "how often no option is near best for every stake (every one, or those listed)",
    PROBABLE,
    limits=NEAR_BEST,
    example="clash(actor.decision | x = v)",
    lists_stakes=True,
    of_truths=True,
)
BOTH = Head(
    "both",
    QueryTarget.DECISION,
    Unit.SHARE,
    "how often some option is near best for every stake: the opposite of clash",
    PROBABLE,
    limits=NEAR_BEST,
    example="both(actor.decision: a + b, c)",
    lists_stakes=True,
    of_truths=True,
)
DILEMMA = Head(
    "dilemma",
    QueryTarget.DECISION,
    Unit.POINTS,
    "three parts together: drop, margin and clash",
    limits="it is no number: to calculate or compare, ask for one part",
    example="dilemma(actor.decision | x = v) against x = w",
    lists_stakes=True,
    reference=True,
    parts=(DROP.name, MARGIN.name, CLASH.name),
)
LOWEST = Head(
    "lowest",
    QueryTarget.CONDITION,
    Unit.SHARE,
    "a lower bound on would(...), whatever ties the two worlds together; a part of its answer",
    PROBABLE,
    counterfactual=True,
    is_part=True,
)
HIGHEST = Head(
    "highest",
    QueryTarget.CONDITION,
    Unit.SHARE,
    "an upper bound on would(...), the same way",
    PROBABLE,
    counterfactual=True,
    is_part=True,
)
WOULD = Head(
    "would",
    QueryTarget.CONDITION,
    Unit.SHARE,
    "the probability of a condition had something been otherwise, given what was seen",
    PROBABLE,
    limits="both worlds share Gumbel noise; the bounds beside the answer do without that assumption",
    example="would(event | seen x = v, do(y = w))",
    counterfactual=True,
    of_chances=True,
    between=(LOWEST.name, HIGHEST.name),
)
NESTED = Head(
    "nested",
    QueryTarget.CONDITION,
    Unit.SHARE,
    "a condition's probability with mediators as they would have been; a part of path effects",
    PROBABLE,
    counterfactual=True,
    is_part=True,
)

HEADS: dict[str, Head] = {
    head.name: head
    for head in (P, E, WEIGHT, SWING, BEST, MARGIN, DROP, CLASH, BOTH, DILEMMA, WOULD, LOWEST, HIGHEST, NESTED)
}


def names_of_heads(fits: Callable[[Head], bool] = lambda _: True) -> tuple[str, ...]:
    """Return the names of the heads that can be written and fit, in the order of the list."""
    return tuple(head.name for head in HEADS.values() if not head.is_part and fits(head))


def head_of(ask: Ask) -> Head:
    """Return the head of a call; a name that is none is refused (Q132) with the nearest one."""
    head = HEADS.get(ask.head)
    if head is None:
        known = names_of_heads()
        hint = nearest(ask.head, known) or "known: " + ", ".join(known)
        raise Refusal(Problem("Q132", f'"{ask.head}" is not a query', ask.place, hint))
    return head


def lists_options(ask: Ask) -> bool:
    """Return whether a call names a decision where its head asks about an option: then all options are meant."""
    return head_of(ask).target is QueryTarget.OPTION and isinstance(ask.target, Name)


def of_one_option(ask: Ask) -> Problem:
    """Return the fault that a call about all options stands where a number is needed."""
    message = f"{ask.head}(...) without an option is a list of all, and no number"
    decision = ask.target.text if isinstance(ask.target, Name) else "actor.decision"
    hint = f'name the option: {ask.head}({decision} = option); the list of all is answered by "quandary ask" alone'
    return Problem("Q146", message, ask.place, hint)
