"""Which games a set of questions needs: one for each combination of interventions, planned once before any world."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from quandary.ask.games.evidence import Kept, kept_under
from quandary.ask.games.playing import Played, support_of, to_solve_again
from quandary.ask.games.worths import weight_table, with_worths
from quandary.ask.inquiry import Inquiry, variables_of
from quandary.case.logic.conditions import mentioned
from quandary.case.model import Case
from quandary.compile.compiler import CompiledCase
from quandary.language import heads
from quandary.language.names import Settings
from quandary.language.syntax import Expression

Game = tuple[Settings, Settings]
"""The interventions that make a game: those known beforehand, those not."""

ITSELF: Game = ((), ())
"""The case's own game."""


@dataclass(frozen=True)
class PlannedGame:
    """One game: the inquiries asked of it, the evidence that stands in it, the decisions to solve anew."""

    game: Game
    inquiries: tuple[Inquiry, ...]
    kept: Kept
    again: frozenset[str]


def plan_games(
    case: Case, probe: CompiledCase, inquiries: Iterable[Inquiry], evidence: tuple[Expression, ...]
) -> tuple[PlannedGame, ...]:
    """Return the games that the inquiries need, the case's own first.

    ``probe`` is the compiled case in a few worlds: what is planned depends on the graph and on which odds are zero.
    """
    groups: dict[Game, dict[Inquiry, None]] = {ITSELF: {}}
    for inquiry in inquiries:
        groups.setdefault(inquiry.game, {})[inquiry] = None
    base = support_of(with_worths(probe))
    return tuple(_planned(case, probe, base, evidence, (game, group)) for game, group in groups.items())


def _planned(
    case: Case,
    probe: CompiledCase,
    base: Played,
    evidence: tuple[Expression, ...],
    group: tuple[Game, Iterable[Inquiry]],
) -> PlannedGame:
    (seen, unseen), inquiries = group[0], tuple(group[1])
    if not seen and not unseen:
        return PlannedGame(group[0], inquiries, Kept(evidence), frozenset())
    names = frozenset(name for name, _ in seen), frozenset(name for name, _ in unseen)
    kept = kept_under(case, evidence, base.opened, *names)
    if not seen:
        return PlannedGame(group[0], inquiries, kept, frozenset())
    needed = {name for condition in kept.conditions for name in mentioned(case, condition)}
    for inquiry in inquiries:
        needed |= variables_of(case, inquiry) | _payoff_variables(probe, inquiry)
    return PlannedGame(group[0], inquiries, kept, to_solve_again(base, seen, frozenset(needed)))


def _payoff_variables(probe: CompiledCase, inquiry: Inquiry) -> set[str]:
    """Return the variables on which the payoffs and worths that an inquiry looks at depend."""
    if inquiry.actor is None:
        return set()
    if heads.HEADS[inquiry.head].target is heads.QueryTarget.STAKE:
        return set(weight_table(probe, (inquiry.actor, inquiry.stake or "")).axes)
    if inquiry.stake is not None:
        return set(probe.worths[inquiry.actor, inquiry.stake].axes)
    return {axis for u in probe.diagram.utilities if u.player == inquiry.actor for axis in u.table.axes}
