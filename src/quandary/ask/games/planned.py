"""Which games a set of questions needs: one for each combination of interventions, planned once before any world."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from quandary.ask.games.evidence import Kept, StandingEvidence
from quandary.ask.games.perceived import PlannedViews, views_of, views_planned
from quandary.ask.games.playing import Played, play_after, support_of, to_solve_again
from quandary.ask.games.reached import NO_SETS, Reach, SoughtSets, newly_reached
from quandary.ask.games.worths import weight_table, with_worths
from quandary.ask.inquiry import EVERYTHING, ITSELF, Basis, Game, Inquiry, variables_of
from quandary.case.logic.conditions import mentioned
from quandary.case.model import Case
from quandary.compile.compiler import CompiledCase
from quandary.game.interventions import do
from quandary.language import heads
from quandary.language.syntax import Expression


@dataclass(frozen=True, eq=False)
class PlannedGame:
    """One game: the inquiries asked of it, the evidence that stands in each, and what has to be solved.

    ``again`` are the decisions to solve anew because everybody had foreseen a change; ``sought`` are information sets
    that arise only in this game, which are solved there. ``views`` says the same of each view of the game, where
    somebody sees it wrongly.
    """

    game: Game
    inquiries: tuple[Inquiry, ...]
    kept: Mapping[Basis, Kept]
    again: frozenset[str]
    sought: SoughtSets = NO_SETS
    views: PlannedViews = field(default_factory=dict)

    @property
    def is_solved(self) -> bool:
        """Return whether anything has to be solved in it."""
        return self.game == ITSELF or self.game.of_beliefs or bool(self.again or self.sought.reached)

    def after(self, base: Played, compiled: CompiledCase) -> Played:
        """Return the game, played; ``base`` is the case's own."""
        if base.views is not None or self.game.of_beliefs:
            return views_of(base, compiled).after(self.game, self.views)
        return play_after(base, self.game, self.again, self.sought)

    def conditions(self, basis: Basis) -> tuple[Expression, ...]:
        """Return the evidence that stands on a basis."""
        return self.kept[basis].conditions


def plan_games(
    case: Case, probe: CompiledCase, inquiries: Iterable[Inquiry], standing: StandingEvidence
) -> tuple[PlannedGame, ...]:
    """Return the games that the inquiries need, the case's own first.

    ``probe`` is the compiled case in a few worlds: what is planned depends on the graph and on which odds are zero.
    """
    groups: dict[Game, dict[Inquiry, None]] = {ITSELF: {}}
    for inquiry in inquiries:
        groups.setdefault(inquiry.game, {})[inquiry] = None
    base = support_of(with_worths(probe))
    return tuple(_planned(case, probe, base, standing, (game, tuple(group))) for game, group in groups.items())


def _planned(
    case: Case,
    probe: CompiledCase,
    base: Played,
    standing: StandingEvidence,
    group: tuple[Game, tuple[Inquiry, ...]],
) -> PlannedGame:
    game, inquiries = group
    kept = {inquiry.basis: standing.kept(inquiry.basis) for inquiry in inquiries}
    if game == ITSELF:
        kept[EVERYTHING] = standing.kept(EVERYTHING)
        return PlannedGame(game, inquiries, kept, frozenset(), views=views_planned(case, probe, game))
    foreseen, unforeseen = game.foreseen, game.unforeseen
    named = {name for one in kept.values() for condition in one.conditions for name in mentioned(case, condition)}
    for inquiry in inquiries:
        named |= variables_of(case, inquiry) | _payoff_variables(probe, inquiry)
    needed = frozenset(named)
    again = to_solve_again(base, foreseen, needed) if foreseen else frozenset()
    before = do(base.opened, dict(foreseen)) if foreseen else base.opened
    reached = newly_reached(Reach(before).after(unforeseen), needed) if unforeseen else frozenset()
    views = views_planned(case, probe, game)
    return PlannedGame(game, inquiries, kept, again, SoughtSets(needed, reached, base.possible), views)


def _payoff_variables(probe: CompiledCase, inquiry: Inquiry) -> set[str]:
    """Return the variables on which the payoffs and worths that an inquiry looks at depend."""
    if inquiry.actor is None:
        return set()
    if heads.HEADS[inquiry.head].target is heads.QueryTarget.STAKE:
        return set(weight_table(probe, (inquiry.actor, inquiry.stake or "")).axes)
    if inquiry.stake is not None:
        return set(probe.worths[inquiry.actor, inquiry.stake].axes)
    return {axis for u in probe.diagram.utilities if u.player == inquiry.actor for axis in u.table.axes}
