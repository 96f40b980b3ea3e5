"""What the one who decides has seen by then, and what the analyst knows besides, of what the decision cannot change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from quandary.ask.games.playing import Played
from quandary.ask.inquiry import Basis, Conditions, Interventions, variables_of
from quandary.ask.query.queries import Query
from quandary.ask.study import Study
from quandary.case.logic.arising import tells_of_asking
from quandary.case.logic.conditions import mentioned
from quandary.case.model import DecisionEvent
from quandary.game.graphs.dseparation import travels
from quandary.game.graphs.graph import graph_of
from quandary.language.syntax import Is, Name, arises


@dataclass(frozen=True)
class Vantage:
    """What stands at a decision.

    ``seen`` are the observations of its owner that can change a difference between its options: they make the sets.
    ``idle`` are the others, by whose states sets are not told apart, but for those that the evidence names. The
    evidence is ``before``, which the decision cannot change (it mentions no descendant of it), or ``aside``; of that
    before, the owner saw ``told``, and did not see ``hidden``. A decision that may not arise is looked at where it does
    (``asked``).
    """

    seen: tuple[str, ...]
    idle: tuple[str, ...]
    before: Conditions
    told: Conditions
    aside: Conditions
    asked: Conditions = ()

    @property
    def hidden(self) -> Conditions:
        """Return the evidence that the decision cannot change and its owner does not see."""
        return tuple(piece for piece in self.before if piece not in self.told)

    @property
    def weighing(self) -> Conditions:
        """Return the conditions by which sets and worlds weigh."""
        return tuple(dict.fromkeys((*self.before, *self.asked)))


def vantage(study: Study, base: Played, decision: DecisionEvent, payoff: Query | None = None) -> Vantage:
    """Return what the owner of a decision has seen by then; ``base`` is the case's own game without rules.

    Where options are compared by another ``payoff`` than the owner's, what matters to that counts too.
    """
    case = study.case
    observed = study.probe.diagram.variable(decision.id).parents
    choice = Interventions(unforeseen=((decision.id, decision.options[0]),))
    kept = study.standing.kept(Basis(games=(choice,)))
    told = tuple(piece for piece in kept.conditions if set(mentioned(case, piece)) <= set(observed))
    matter = set(base.diagram.variable(decision.id).parents)
    if payoff is not None:
        matter |= _mattering(study, base, decision, payoff) & set(observed)
    named = {
        mentioned(case, piece)[0]
        for piece in told
        if isinstance(piece, Is) and not piece.negated and len(piece.states) == 1
    }
    return Vantage(
        tuple(name for name in observed if name in matter),
        tuple(name for name in observed if name not in matter | named and not tells_of_asking(name)),
        kept.conditions,
        told,
        kept.aside,
        () if decision.when is None else (arises(Name((decision.id,))),),
    )


def _mattering(study: Study, base: Played, decision: DecisionEvent, payoff: Query) -> frozenset[str]:
    """Return what is not separated from what a payoff looks at below the decision, once all else is seen."""
    seeing = study.probe.diagram.variable(decision.id)
    variables = tuple(seeing if v.name == decision.id else v for v in base.opened.variables)
    graph = graph_of(replace(base.opened, variables=variables))
    below = graph.descendants([decision.id]) & set(_looked_at(study, payoff))
    return frozenset(travels(graph, below, [decision.id, *seeing.parents]).visited)


def _looked_at(study: Study, payoff: Query) -> Iterator[str]:
    for inquiry in payoff.all_inquiries:
        yield from variables_of(study.case, inquiry)
        for utility in study.probe.diagram.utilities:
            if utility.player == inquiry.actor:
                yield from utility.table.axes
