"""What is said of equilibria beside their numbers: a line for each, reasons and beliefs, and a legend."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from quandary.base.problems import clause
from quandary.base.stopping import INTERRUPTED
from quandary.onegame.judging.judged import EquilibriumStatement, JudgedEquilibrium, Judgements, StatementCause
from quandary.onegame.judging.signalling import Signal
from quandary.onegame.next_steps import longer_limit
from quandary.report.one_game.alike import AlikeGroup
from quandary.report.one_game.solved import NamedBeliefs, NamedEquilibrium, NamedSignal, NamedStatements, SolvedGame
from quandary.report.words.wording import share

COLUMNS = {
    "subgame_perfect": "subgame perfect",
    "sequential": "sequential",
    "logit_limit": "logit limit",
    "trembling_hand": "trembling-hand",
}
ANSWERS = {True: "yes", False: "no", None: "open"}
NOT_QUITE = {StatementCause.IN_PLAY: "in play", StatementCause.JOINED: "joined"}
"""What is said instead where an equilibrium is not the logit limit itself but goes with it."""

NODES_SHOWN = 6
WIDEST_KIND = 20
NO_LONGER = "a longer --limit does not change that"
TOLD_ELSEWHERE = (StatementCause.INAPPLICABLE, StatementCause.ANOTHER, StatementCause.TIME)
"""Causes that another column of the same line, the title or the last lines give already."""


def named_statements(judged: Judgements) -> tuple[NamedStatements, ...]:
    """Return the statements in the game's own names, one entry per equilibrium."""
    return tuple(_named(judged, own) for own in judged.listed)


def _named(judged: Judgements, own: JudgedEquilibrium) -> NamedStatements:
    plain = (own.subgame_perfect, own.sequential, own.logit_limit, own.trembling_hand)
    if judged.game is None:
        return NamedStatements(*plain)
    tree = judged.game.tree
    beliefs: dict[str, dict[str, dict[str, float]]] = {}
    trembles: dict[str, dict[str, dict[str, tuple[float, float]]]] = {}
    filled: dict[str, dict[str, dict[str, float | None]]] = {}
    for which, name in judged.names.items():
        if which in own.beliefs:
            histories = {" / ".join(tree.history(node)): p for node, p in own.beliefs[which].items()}
            beliefs.setdefault(name.player, {})[name.name] = histories
        if which in own.filled:
            rule = dict(zip(name.actions, map(float, own.filled[which]), strict=True))
            filled.setdefault(name.player, {})[name.name] = {**rule}
        for action, label in enumerate(name.actions):
            if own.beliefs and own.trembles and (which, action) in own.trembles.orders:
                pair = own.trembles.orders[which, action], own.trembles.weight(which, action)
                trembles.setdefault(name.player, {}).setdefault(name.name, {})[label] = pair
    signals = tuple(_signal(judged, signal) for signal in own.signals)
    return NamedStatements(*plain, signals, beliefs, trembles, filled)


def _signal(judged: Judgements, signal: Signal) -> NamedSignal:
    assert judged.game is not None
    of = signal.of
    actions = judged.game.tree.sets[of.chance].actions
    types = tuple(tuple(actions[a] for a in kind) for kind in of.types)
    where = tuple((judged.names[w].name if w >= 0 else f"after {move}", own) for (w, move), own in signal.posteriors)
    return NamedSignal(of.sender, of.observer, types, signal.kind, signal.prior, where)


def statement_lines(solved: SolvedGame, groups: Sequence[AlikeGroup]) -> Iterator[str]:
    """Yield one line per group of equilibria: its number, its kind, and the answer to each question that applies."""
    columns = _columns(solved)
    rows = []
    for group in groups:
        own = solved.equilibria[group.first].said
        if own is not None:
            kind = own.kind if len(own.kind) <= WIDEST_KIND else "several kinds"
            rows.append([group.label, kind, *(f"{COLUMNS[c]} {answer_said(getattr(own, c))}" for c in columns)])
    if not rows:
        return
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    yield ""
    for row in rows:
        yield "  " + "  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True) if w).rstrip()


def _columns(solved: SolvedGame) -> list[str]:
    return [c for c in COLUMNS if solved.size.kind != "strategic form" or c in {"logit_limit", "trembling_hand"}]


def answer_said(statement: EquilibriumStatement) -> str:
    """Return whether a statement holds, in a word."""
    return NOT_QUITE[statement.cause] if statement.cause in NOT_QUITE else ANSWERS[statement.holds]


def reason_lines(found: NamedEquilibrium, *, of: str = "") -> Iterator[str]:
    """Yield why a statement does not hold or is open, what was filled in, and the beliefs off the path.

    ``of`` names the equilibrium where it stands for others whose reasons may be others.
    """
    said = found.said
    if said is None:
        return
    if of and any(True for _ in reason_lines(found)):
        yield f"    of {of}, for one:"
    for name, title in COLUMNS.items():
        statement: EquilibriumStatement = getattr(said, name)
        if name != "logit_limit" and not statement.holds and statement.cause not in TOLD_ELSEWHERE:
            yield f"    {'not ' if statement.holds is False else ''}{title}{_open(statement)}: {statement.because}"
    for player, sets in said.filled.items():
        for name, rule in sets.items():
            chosen = ", ".join(_weighed(rule))
            yield f"    filled in, {player} at {name}: {chosen}"
    yield from _belief_lines(said.beliefs)


def _open(statement: EquilibriumStatement) -> str:
    return " open" if statement.holds is None else ""


def _belief_lines(beliefs: NamedBeliefs) -> Iterator[str]:
    for player, sets in beliefs.items():
        for name, nodes in sets.items():
            told = [f"{share(p)} {history}" for history, p in nodes.items() if p > 0.0]
            more = f", {len(told) - NODES_SHOWN} more" if len(told) > NODES_SHOWN else ""
            yield f"    belief of {player} at {name}, never reached: {', '.join(told[:NODES_SHOWN])}{more}"


def _weighed(rule: Mapping[str, float | None]) -> list[str]:
    return [action if p == 1.0 else f"{action} {share(p)}" for action, p in rule.items() if p]


def legend_lines(solved: SolvedGame) -> Iterator[str]:
    """Yield what the columns of the statements mean, and what was not settled."""
    if solved.unsaid:
        for_good = "" if solved.stopped else f" ({NO_LONGER})"
        yield f"No statements beside the equilibria: {clause(solved.unsaid)}{for_good}."
    said = [found.said for found in solved.equilibria if found.said is not None]
    if not said:
        return
    answers = [getattr(own, name) for own in said for name in _columns(solved)]
    yield "Beside each equilibrium: yes is certified, no is proved" + (
        ", open is not settled." if any(own.holds is None for own in answers) else "."
    )
    if "sequential" in _columns(solved):
        yield "Subgame perfect, sequential: with some choice where the player's own earlier moves rule a set out."
    causes = {own.cause for own in answers}
    told = "Logit limit: where the branch from uniform play ends"
    told += "; in play: its choices wherever play comes" if StatementCause.IN_PLAY in causes else ""
    told += "; joined: not itself the limit, in one continuum with it" if StatementCause.JOINED in causes else ""
    yield f"{told}."
    form = "strategic form" if solved.size.kind == "strategic form" else "agent form"
    yield f"Trembling-hand: perfect in the {form}, where that follows from what was found."
    missing = solved.limit_missing
    if missing is not None and missing.cause is not StatementCause.TIME:
        for_good = "" if missing.lacks else f" ({NO_LONGER})"
        yield f"The logit limit is missing: {clause(missing.because)}{for_good}."
    if solved.statements_stopped == INTERRUPTED:
        yield "INTERRUPTED before every statement was reached: these are open."
    elif solved.statements_stopped:
        yield "STOPPED by their part of the time limit (--limit) before every statement was reached: these are open."
    if hint := lacking(solved):
        yield f"{hint[0].upper()}{hint[1:]}."


def lacking(solved: SolvedGame) -> str:
    """Return what would settle the statements that are open for lack of work or time, or nothing."""
    said = [found.said for found in solved.equilibria if found.said is not None]
    answers: list[EquilibriumStatement] = [getattr(own, name) for own in said for name in _columns(solved)]
    answers += [solved.limit_missing] if solved.limit_missing is not None else []
    if not any(own.lacks for own in answers) or solved.statements_stopped == INTERRUPTED:
        return ""
    return f"some statements are open for lack of work: --limit {longer_limit(solved.limit)} spends more on them"
