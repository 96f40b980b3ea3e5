"""The equilibria of one game by a solution concept, as a record that is told: searched, judged, named."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import replace

from quandary.base.problems import Problem, Refusal
from quandary.base.stopping import Interrupted, Proceed, Stopped, always
from quandary.game.diagram import Diagram
from quandary.game.strategic import StrategicForm
from quandary.onegame.equilibria import Equilibrium, Reached
from quandary.onegame.judging.judged import Judgements
from quandary.onegame.judging.statements import statements
from quandary.onegame.naming import Names
from quandary.onegame.next_steps import next_steps
from quandary.onegame.search import Request, Searched, search, summary_of
from quandary.report.one_game.solved import GameSize, NamedEquilibrium, NamedPoint, NamedRules, SolvedGame
from quandary.report.one_game.statements import named_statements
from quandary.use.games.worlds_as_games import SolvedSubject, WorldChoice, subject

SHARE_OF_STATEMENTS = 1.0 / 3.0
USUAL_SECONDS = 30.0
GRACE = 1.0
"""Seconds that reading may take whatever the limit: a search that is then out of time says more than no search."""


def solve_file(
    named: str, request: Request, *, world: WorldChoice | None = None, proceed: Proceed = always
) -> SolvedGame:
    """Return the equilibria that a concept finds in a file or case. Raises ``CaseError`` or ``Refusal``.

    ``proceed`` ends the search where it says no. So ended, or by ``KeyboardInterrupt``, a search keeps what it has;
    while the file is still being read there is nothing to keep (Q808, or ``KeyboardInterrupt``).
    """
    started = time.perf_counter()
    summary_of(request.concept)
    opened = _opened(named, world, proceed)
    found = search(opened.game, request, proceed)
    listed = found.equilibria
    judged = _judged(found, request.seconds, proceed)
    said = named_statements(judged)
    lams: tuple[float | None, ...] = found.precisions or (None,) * len(listed.found)
    return SolvedGame(
        file=named,
        title=opened.title,
        world=opened.world,
        seed=opened.seed,
        size=_size(found),
        concept=request.concept,
        summary=summary_of(request.concept),
        equilibria=tuple(
            replace(_named(e, found.names, lam), said=said[k] if said else None)
            for k, (e, lam) in enumerate(zip(listed.found, lams, strict=True))
        ),
        complete=listed.done,
        searched=listed.searched,
        limits=listed.limits,
        regret_is=_regret_is(found),
        seconds=time.perf_counter() - started,
        stopped=listed.stopped,
        limit=request.seconds,
        degenerate=listed.degenerate,
        components=listed.components,
        reached=None if listed.reached is None else _named_point(listed.reached, found.names),
        asked=request.precision,
        unsaid=judged.reason,
        statements_stopped=judged.stopped,
        limit_missing=judged.limit_missing,
        all_listed=listed.complete,
        next_steps=next_steps(found, request),
    )


def _judged(found: Searched, seconds: float, proceed: Proceed) -> Judgements:
    """Return the statements, on a share of the time limit of their own: the answer is there and waits for them.

    More work is spent on them under a longer limit. Without anybody to ask no time counts.
    """
    if found.equilibria.stopped:
        return Judgements(reason="the search was stopped")
    end = time.monotonic() + seconds * SHARE_OF_STATEMENTS

    def on_time(what: str, done: int, total: int) -> bool:
        return time.monotonic() < end and proceed(what, done, total)

    times = max(1, round(seconds / USUAL_SECONDS))
    return statements(found, proceed if proceed is always else on_time, times)


def _opened(named: str, world: WorldChoice | None, proceed: Proceed) -> SolvedSubject:
    """Return the game. Raises ``Refusal`` (Q808) where the time is up before it is there."""
    doing = f'while "{named}" was being read'
    soonest = time.monotonic() + GRACE

    def on_time(what: str, done: int, total: int) -> bool:
        return proceed(what, done, total) or time.monotonic() < soonest

    try:
        return subject(named, world, on_time)
    except Interrupted:
        raise
    except Stopped:
        message = f"the time limit passed {doing}; nothing was solved"
        raise Refusal(Problem("Q808", message, hint="give it longer, as in --limit 5m")) from None
    except KeyboardInterrupt:
        raise KeyboardInterrupt(doing) from None


def _size(found: Searched) -> GameSize:
    game = found.game
    if isinstance(game, Diagram):
        return GameSize("diagram", len(game.players), len(game.chances), len(found.names))
    if isinstance(game, StrategicForm):
        return GameSize("strategic form", len(game.players), 0, len(found.names))
    used = {int(which) for which in game.set_of if which >= 0}
    chance = sum(1 for which in used if game.sets[which].player is None)
    return GameSize("tree", len(game.players), chance, len(found.names))


def _regret_is(found: Searched) -> str:
    if found.equilibria.concept == "correlated":
        return "most that any player could gain by not following its advice"
    if any(e.one_choice for e in found.equilibria.found):
        return "most that any player could gain by one choice at a set that is reached (whole strategies are too many)"
    return "most that any player could gain by changing its whole strategy"


def _named(found: Equilibrium, names: Names, precision: float | None) -> NamedEquilibrium:
    behaviour: dict[str, dict[str, Mapping[str, float | None]]] = {}
    for which, name in names.items():
        rule = found.rules.get(which)
        shares = [None] * len(name.actions) if rule is None else [_share(float(p)) for p in rule]
        behaviour.setdefault(name.player, {})[name.name] = dict(zip(name.actions, shares, strict=True))
    rules: NamedRules = behaviour
    regret = None if math.isnan(found.regret) else found.regret
    return NamedEquilibrium(
        rules, found.values, regret, found.residual, precision, found.correlation, found.remarks, found.mixes_with
    )


def _named_point(stood: Reached, names: Names) -> NamedPoint:
    precision = {player: value if math.isfinite(value) else None for player, value in stood.precision.items()}
    return NamedPoint(_named(stood.point, names, None), precision)


def _share(probability: float) -> float | None:
    return None if math.isnan(probability) else probability
