"""One equilibrium of a tree judged: subgame perfect, sequential with beliefs, trembling-hand perfect in the agent form.

Trembling-hand perfection (Selten 1975) in the agent form is said to hold where every choice is strictly best under
consistent beliefs (along the trembles behind them it then stays best), where every action has some probability, where
``sequential`` says it of the limit, or by ``weak_dominance`` if no more than two sets have a choice. It does not hold
where the equilibrium is not sequential (Kreps & Wilson 1982, proposition 1), or where some agent's choice is weakly
dominated. Nothing else is claimed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import prod

import numpy as np

from quandary.base.arrays import Array
from quandary.base.problems import Refusal
from quandary.onegame.equilibria import Rules
from quandary.onegame.judging.extensive import Extensive, TooMuch, Work, undetermined
from quandary.onegame.judging.judged import EquilibriumStatement, JudgedEquilibrium, StatementCause
from quandary.onegame.judging.nearest_limit import NearestLimit, agrees
from quandary.onegame.judging.signalling import Signalling, signals
from quandary.onegame.judging.subgames.subgame_perfection import SubgamePerfection, subgame_perfection
from quandary.onegame.judging.subgames.subgame_trunks import Trunk
from quandary.onegame.judging.trembles.completion import Completions, completions
from quandary.onegame.judging.trembles.consistency import (
    ALLOWED_GAIN,
    ConsistencyVerdict,
    Trembles,
    consistent,
    logs_of,
)
from quandary.onegame.judging.weak_dominance import normal_form_perfect
from quandary.onegame.naming import Names
from quandary.onegame.strategies import agents, deciding_sets, strategic_form
from quandary.solve.checks.assessment import assessed_gains, beliefs_of

STRICT = 1e-6
NOTHING = 1e-12
AGENT_COMBINATIONS_AT_MOST = 2_000
TOO_MUCH = EquilibriumStatement(None, "not settled with the work spent on it", StatementCause.WORK)
NEITHER = EquilibriumStatement(None, "neither consistent beliefs nor a proof that there are none was found")


def why_open(ended: Exception) -> EquilibriumStatement:
    """Return a question that was given up: by the bound on work, or as a linear program could not be solved."""
    return EquilibriumStatement(None, ended.problem.message) if isinstance(ended, Refusal) else TOO_MUCH


@dataclass(frozen=True, eq=False)
class Judgement:
    """All that judging an equilibrium of one tree needs."""

    game: Extensive
    names: Names
    subgames: tuple[Trunk, ...]
    structure: tuple[Signalling, ...]
    limit: NearestLimit


@dataclass(frozen=True, eq=False)
class _Assessment:
    """A whole behaviour with its beliefs; ``strict``: every choice is better than all others by ``STRICT``."""

    rules: Rules
    logs: Rules
    trembles: Trembles | None
    strict: bool = False


def judge(case: Judgement, rules: Rules, logit_limit: EquilibriumStatement, work: Work) -> JudgedEquilibrium:
    """Return every statement on one equilibrium. Raises ``Stopped``."""
    game = case.game
    own = {w: np.asarray(rules.get(w, np.full(len(game.after[w]), np.nan)), dtype=np.float64) for w in game.members}
    spe, subgames = _subgame_perfect(case, own, work)
    sequential, found = _sequential(case, own, spe, work)
    if sequential.holds:
        spe = EquilibriumStatement(True, spe.because)
    trembling = _trembling(case, own, sequential, found, work)
    filled: Rules = {}
    completed = found.rules if found else subgames.completions[0] if subgames.completions else own
    if spe.holds:
        filled = {w: completed[w] for w, r in own.items() if undetermined(r) and not undetermined(completed[w])}
    return JudgedEquilibrium(
        spe,
        sequential,
        logit_limit,
        trembling,
        beliefs=_beliefs(game, found) if found else {},
        trembles=found.trembles if found else None,
        filled=filled,
        signals=signals(game, case.structure, own),
    )


def _subgame_perfect(case: Judgement, rules: Rules, work: Work) -> tuple[EquilibriumStatement, SubgamePerfection]:
    unknown = SubgamePerfection(None)
    try:
        found = subgame_perfection(case.game, case.subgames, rules, work)
    except (TooMuch, Refusal) as ended:
        return why_open(ended), unknown
    if found.holds:
        alone = len(case.subgames) == 1
        return EquilibriumStatement(True, "the whole game is its only subgame" if alone else ""), found
    if found.holds is None:
        return EquilibriumStatement(
            None, "some player is free in a subgame with many equilibria; not all were tried"
        ), found
    after = " / ".join(case.game.tree.history(found.root))
    where = f'in the subgame after "{after}"' if after else "in the whole game"
    if found.gainer:
        player, gain = found.gainer
        return EquilibriumStatement(False, f"{where} {player} would gain {gain:.4g} by doing otherwise"), found
    return EquilibriumStatement(False, f"{where} no equilibrium fits what is given"), found


def _sequential(
    case: Judgement, rules: Rules, spe: EquilibriumStatement, work: Work
) -> tuple[EquilibriumStatement, _Assessment | None]:
    if spe.holds is False:
        return EquilibriumStatement(False, "not subgame perfect", StatementCause.ANOTHER), None
    why = NEITHER
    try:
        left = completions(case.game, rules, work)
        if left.against >= 0:
            return _contradiction(case, (left.against,), whatever=True), None
        settled = left.only_one
        for whole in _candidates(case, rules, left, work):
            verdict, found = _assessed(case.game, whole, work)
            if found:
                return EquilibriumStatement(True), found
            settled = settled and verdict.holds is False
            if settled and verdict.at:
                why = _contradiction(case, verdict.at, whatever=verdict.whatever)
        if settled:
            return replace(why, holds=False), None
        why = NEITHER
    except (TooMuch, Refusal) as ended:
        why = why_open(ended)
    found = _of_limit(case, rules)
    return (EquilibriumStatement(True, "with the beliefs of the logit limit"), found) if found else (why, None)


def _contradiction(case: Judgement, at: Sequence[int], *, whatever: bool) -> EquilibriumStatement:
    told = [_named(case.names, which) for which in at[:3]]
    if whatever:
        believing = ", whatever it believes" if len(case.game.members[at[0]]) > 1 else ""
        return EquilibriumStatement(False, f"{told[0]} would do better by something else{believing}")
    more = f" and {len(at) - 3} more" if len(at) > 3 else ""
    if len(at) == 1:
        return EquilibriumStatement(False, f"no consistent beliefs make the choice of {told[0]} best")
    choices = f"{'; '.join(told)}{more}"
    return EquilibriumStatement(False, f"no consistent beliefs make the choices of {choices} best together")


def _candidates(case: Judgement, rules: Rules, left: Completions, work: Work) -> Iterator[Rules]:
    """Yield completions: pure ones that bounds leave, then those of mixed equilibria of subgames."""
    yield from left.profiles(rules)
    if not left.open or left.only_one:
        return
    for part in subgame_perfection(case.game, case.subgames, rules, work).completions:
        mixes = any(0.0 < float(p) < 1.0 for w in left.open for p in part[w])
        if mixes:
            open_ = {w: own for w, own in left.open.items() if undetermined(part[w])}
            yield from Completions(open_).profiles(part)


def _assessed(game: Extensive, rules: Rules, work: Work) -> tuple[ConsistencyVerdict, _Assessment | None]:
    pure = all(float(np.max(rule)) == 1.0 for rule in rules.values())
    for margin in (STRICT, 0.0) if pure else (0.0,):
        verdict = consistent(game, rules, work, margin=margin)
        if verdict.trembles:
            logs = logs_of(game, rules, verdict.trembles)
            return verdict, _Assessment(rules, logs, verdict.trembles, strict=margin > 0.0)
    return verdict, None


def _of_limit(case: Judgement, rules: Rules) -> _Assessment | None:
    """Return the limit of the logit branch if it completes the rules and its own beliefs leave no gain."""
    limit = case.limit
    if limit.limit is None or not agrees(rules, limit.rules):
        return None
    gains = assessed_gains(case.game.tree, limit.rules, beliefs_of(case.game.tree, limit.rules, limit.logs))
    worst = max((gain / case.game.span(which) for which, gain in gains.items()), default=0.0)
    return _Assessment(limit.rules, limit.logs, None) if worst <= ALLOWED_GAIN else None


def _beliefs(game: Extensive, found: _Assessment) -> dict[int, dict[int, float]]:
    reach = game.reach(found.rules)
    beliefs = beliefs_of(game.tree, found.rules, found.logs)
    return {
        which: {node: share if share > NOTHING else 0.0 for node, share in beliefs[which].items()}
        for which, nodes in game.members.items()
        if len(nodes) > 1 and reach[list(nodes)].sum() <= 0.0
    }


def _trembling(
    case: Judgement, rules: Rules, sequential: EquilibriumStatement, found: _Assessment | None, work: Work
) -> EquilibriumStatement:
    if sequential.holds is False:
        return EquilibriumStatement(False, "not sequential", StatementCause.ANOTHER)
    if found and found.strict:
        return EquilibriumStatement(True, "every choice is strictly best under these beliefs")
    whole = found.rules if found else rules
    if all((rule > 0.0).all() for rule in whole.values()):
        return EquilibriumStatement(True, "every action has some probability")
    if case.limit.perfect and agrees(rules, case.limit.rules):
        return EquilibriumStatement(True, "shown for the logit limit")
    try:
        holds, which = _by_agents(case.game, whole, work)
    except (TooMuch, Refusal):
        holds, which = None, -1
    if holds is False and not undetermined(rules[which]):
        return EquilibriumStatement(False, f"the choice of {_named(case.names, which)} is weakly dominated there")
    if holds and not any(undetermined(rule) for rule in whole.values()):
        return EquilibriumStatement(True, "no choice is weakly dominated in the agent form")
    return EquilibriumStatement(None, "none of the conditions that settle it is met")


def _by_agents(game: Extensive, rules: Rules, work: Work) -> tuple[bool | None, int]:
    """Return whether the agent form settles it, and the set whose choice is weakly dominated, or -1.

    Sets without a choice are no agents: what is left of two counts as a game of two.
    """
    if prod(len(after) for after in game.after.values()) > AGENT_COMBINATIONS_AT_MOST:
        return None, -1
    form = strategic_form(agents(game.tree), limit=AGENT_COMBINATIONS_AT_MOST).form
    sets = deciding_sets(game.tree)
    choosing = [k for k, which in enumerate(sets) if len(game.after[which]) > 1]
    payoffs = form.payoffs[choosing, ..., 0].reshape(len(choosing), *(len(game.after[sets[k]]) for k in choosing))
    mixture: list[Array] = [np.nan_to_num(rules[sets[k]]) for k in choosing]
    holds, player = normal_form_perfect(payoffs, mixture, work)
    return holds, sets[choosing[player]] if player >= 0 else -1


def _named(names: Names, which: int) -> str:
    return f"{names[which].player} at {names[which].name}"
