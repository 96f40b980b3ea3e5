"""The statements beside listed equilibria: subgame perfect, sequential, logit limit, trembling-hand perfect, signals.

A list of the reduced strategic form leaves out what players do where their own earlier moves rule it out. A statement
then says whether *some* way to fill that in makes it true. "Yes" comes with a certificate that is checked apart from
the search, "no" with a proof; anything else is not settled. The work is bounded and counted, not timed, so that a list
is never held up for long and the statements are the same on every machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from quandary.base.problems import Refusal
from quandary.base.stopping import STOPS, Proceed, always, reason
from quandary.game.diagram import Diagram
from quandary.game.plain_numbers import far_apart
from quandary.game.recall import unrolled_with_recall
from quandary.game.strategic import StrategicForm
from quandary.game.trees.tree import Tree, forgetful_sets
from quandary.onegame.equilibria import Rules
from quandary.onegame.judging.extensive import Extensive, TooMuch, Work, extensive
from quandary.onegame.judging.judged import (
    NOT_REACHED,
    EquilibriumStatement,
    JudgedEquilibrium,
    Judgements,
    StatementCause,
)
from quandary.onegame.judging.judging import Judgement, judge, why_open
from quandary.onegame.judging.nearest_limit import SAME, NearestLimit, nearest_limit, with_limit
from quandary.onegame.judging.signalling import signallings
from quandary.onegame.judging.subgames.subgame_trunks import trunks
from quandary.onegame.judging.trembles.consistency import ALLOWED_GAIN
from quandary.onegame.judging.weak_dominance import normal_form_perfect
from quandary.onegame.naming import names_of
from quandary.onegame.search import Searched
from quandary.onegame.strategies import leaf_gains

NASH = ("pure", "perfect", "mixed", "zero_sum", "gambit", "sequential", "subgame")
"""The concepts that list or select Nash equilibria: of others nothing is said."""

WORK_AT_MOST = 4_000
WORK_EACH = 400
WORK_ON_LIMIT = 400
NODES_AT_MOST = 20_000
ROUNDING, EXPECTED = 1e-12, 1e-7

STRICT_OR_MIXED = "it is strict, or every strategy has some probability"
NO_SUBGAMES = EquilibriumStatement(
    None, "does not apply: a strategic form has no subgames", StatementCause.INAPPLICABLE
)
NO_BELIEFS = EquilibriumStatement(None, "does not apply: a strategic form has no beliefs", StatementCause.INAPPLICABLE)


def statements(found: Searched, proceed: Proceed = always, times: int = 1) -> Judgements:
    """Return what is said of every equilibrium that was found, as far as ``proceed`` and the bound on work allow.

    ``times`` as much work as usual is spent. An interruption ends the statements, never what they are about.
    """
    listed = found.equilibria
    if listed.concept not in NASH or not listed.found:
        return Judgements()
    try:
        return _judged(found, proceed, times)
    except STOPS as stop:
        return Judgements(tuple(JudgedEquilibrium() for _ in listed.found), stopped=reason(stop))


def _judged(found: Searched, proceed: Proceed, times: int) -> Judgements:
    listed = found.equilibria
    if hidden(found.game):
        return Judgements(reason="the payoffs are too far apart for numbers of 16 digits to tell refinements")
    work = Work(WORK_AT_MOST * times, proceed)
    each = WORK_EACH * times, WORK_ON_LIMIT * times
    judged = [JudgedEquilibrium() for _ in listed.found]
    if isinstance(found.game, StrategicForm):
        return _of_form(found, found.game, judged, work, each)
    try:
        tree, rules = _as_tree(found, [e.rules for e in listed.found])
    except Refusal as refused:
        return Judgements(reason=refused.problem.message)
    if forgetful_sets(tree):
        return Judgements(reason="a player has forgotten something it knew: beliefs and subgames do not decompose then")
    if len(tree.parent) > NODES_AT_MOST:
        return Judgements(reason=f"the tree has {len(tree.parent):,} nodes; up to {NODES_AT_MOST:,} are looked at")
    return _of_tree(found, tree, rules, judged, work, each)


def hidden(game: Tree | StrategicForm | Diagram) -> bool:
    """Return whether differences between payoffs are so small against the largest that tolerances hide them.

    A few such differences come by chance where there are many payoffs: those are expected.
    """
    if isinstance(game, Diagram):
        return any(far_apart([u.table.values for u in game.utilities if u.player == player]) for player in game.players)
    paid = game.payoffs.reshape(len(game.players), -1) if isinstance(game, StrategicForm) else leaf_gains(game)[2]
    for own in paid:
        values = np.unique(own)
        gaps, sizes = np.diff(values), np.maximum(np.abs(values[1:]), np.abs(values[:-1]))
        small = (gaps < ALLOWED_GAIN * np.ptp(values)) & (gaps > ROUNDING * sizes) if len(gaps) else gaps
        if int(small.sum()) > EXPECTED * len(values) ** 2:
            return True
    return False


def _of_tree(  # noqa: PLR0917 - what judging needs
    found: Searched,
    tree: Tree,
    rules: Sequence[Rules],
    judged: list[JudgedEquilibrium],
    work: Work,
    each: tuple[int, int],
) -> Judgements:
    game = extensive(tree)
    names = names_of(game.tree)
    limit = NearestLimit(None, {}, {}, NOT_REACHED)
    try:
        limit = nearest_limit(game, work.part(each[1]))
        joined = _joined(found, game, rules, limit, work)
        case = Judgement(game, names, trunks(game), signallings(game), limit)
        for k, own in enumerate(rules):
            judged[k] = judge(case, own, joined[k], work.part(each[0]))
    except STOPS as stop:
        return Judgements(tuple(judged), game, names, reason(stop), limit_missing=limit.missing)
    return Judgements(tuple(judged), game, names, limit_missing=limit.missing)


def _of_form(
    found: Searched, form: StrategicForm, judged: list[JudgedEquilibrium], work: Work, each: tuple[int, int]
) -> Judgements:
    judged = [replace(own, subgame_perfect=NO_SUBGAMES, sequential=NO_BELIEFS) for own in judged]
    rules = [e.rules for e in found.equilibria.found]
    limit = NearestLimit(None, {}, {}, NOT_REACHED)
    stopped = ""
    try:
        limit = nearest_limit(form, work.part(each[1]))
        joined = _joined(found, form, rules, limit, work)
        for k, own in enumerate(rules):
            perfect = _perfect_in_form(found, form, own, work.part(each[0]))
            judged[k] = replace(judged[k], logit_limit=joined[k], trembling_hand=perfect)
    except STOPS as stop:
        stopped = reason(stop)
    return Judgements(tuple(judged), stopped=stopped, limit_missing=limit.missing)


def _perfect_in_form(found: Searched, form: StrategicForm, rules: Rules, work: Work) -> EquilibriumStatement:
    mixture = [np.asarray(rules[k]) for k in range(len(form.players))]
    try:
        holds, player = normal_form_perfect(form.payoffs[..., 0], mixture, work)
    except (TooMuch, Refusal) as ended:
        return why_open(ended)
    if holds is False:
        return EquilibriumStatement(False, f"the strategy of {form.players[player]} is weakly dominated")
    if holds:
        return EquilibriumStatement(
            True, "no strategy is weakly dominated" if len(form.players) == 2 else STRICT_OR_MIXED
        )
    return EquilibriumStatement(None, "no strategy is weakly dominated, which settles it for two players only")


def _joined(
    found: Searched, game: Extensive | StrategicForm, rules: Sequence[Rules], limit: NearestLimit, work: Work
) -> list[EquilibriumStatement]:
    """Return for every equilibrium whether it is the limit of the logit branch, or one continuum with it."""
    if found.equilibria.concept == "sequential":
        return [SAME for _ in rules]
    if limit.missing is not None:
        return [limit.missing for _ in rules]
    told = with_limit(game, rules, limit.rules, found.equilibria.components, work)
    return [*told, *(NOT_REACHED for _ in rules[len(told) :])]


def _as_tree(found: Searched, listed: Sequence[Rules]) -> tuple[Tree, list[Rules]]:
    """Return a diagram as the tree of its histories, and its equilibria's rules by that tree's sets.

    Raises ``Refusal`` (Q420) for a diagram with too many histories.
    """
    game, written = found.game, found.written or found.game
    if isinstance(game, Tree):
        return game, list(listed)
    assert isinstance(game, Diagram) and isinstance(written, Diagram)
    unrolled = unrolled_with_recall(game, written, limit=NODES_AT_MOST)
    first, shapes = 0, {}
    for decision in game.decisions:
        shape = tuple(len(game.variable(name).states) for name in decision.parents)
        shapes[decision.name] = (first, decision.parents, shape)
        first += int(np.prod(shape, dtype=np.int64))
    places = {}
    for which, (name, states, branches) in enumerate(unrolled.origin):
        if name in shapes:
            start, parents, shape = shapes[name]
            seen = dict(zip(unrolled.diagram.variable(name).parents, states, strict=True))
            row = start + (int(np.ravel_multi_index([seen[p] for p in parents], shape)) if shape else 0)
            places[which] = (row, list(branches))
    return unrolled.tree, [{w: own[row][some] for w, (row, some) in places.items()} for own in listed]
