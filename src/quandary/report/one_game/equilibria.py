"""Solved games for people: what was found, what each actor does, and what was not searched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from quandary.base.problems import counted
from quandary.base.stopping import INTERRUPTED, OUT_OF_TIME
from quandary.language.vocabulary import NOT_ARISING
from quandary.report.one_game.alike import AlikeGroup, Apart, told_alike
from quandary.report.one_game.solved import NamedEquilibrium, NamedPoint, SolvedGame
from quandary.report.one_game.statements import (
    legend_lines,
    reason_lines,
    statement_lines,
)
from quandary.report.words.wording import share

Chances = Mapping[str, float | None]
"""Of one information set: each move's probability."""

SHOWN = 12
"""Equilibria whose behaviour is written out; the JSON holds all."""

SETS_SHOWN = 40
BRANCH_SHOWN = 24
SMALL = 5e-13
COMPONENTS_SHOWN = 6
STOPPED_LINE = {
    OUT_OF_TIME: "STOPPED by the time limit (--limit): what is above is what was found in time.",
    INTERRUPTED: "INTERRUPTED: what is above is what was found until then.",
}
UNDETERMINED = "– (not reached, whatever the others do)"


def solved_lines(solved: SolvedGame) -> Iterator[str]:
    """Yield the report line by line: the game, the table of equilibria, what each does, what was searched."""
    size = solved.size
    parts = [counted(size.players, "player"), counted(size.information_sets, "information set")]
    if size.kind != "strategic form":
        parts.insert(1, counted(size.chance_moves, "chance move"))
    yield f"{solved.title or solved.file} ({size.kind}, {solved.world})"
    yield f"Game: {', '.join(parts)}"
    yield f"Concept {solved.concept}: {solved.summary}"
    yield ""
    if not solved.equilibria:
        yield "  No equilibrium found." if not solved.all_listed else "  There is none of this kind."
        if solved.reached is not None:
            yield ""
            yield from _reached_lines(solved, solved.reached)
    elif solved.equilibria[0].precision is not None:
        yield from _branch_lines(solved)
    else:
        yield from _list_lines(solved)
    yield ""
    yield from _structure_lines(solved)
    if solved.stopped:
        yield STOPPED_LINE[solved.stopped]
    yield f"Searched: {solved.searched}."
    for limit in solved.limits:
        yield f"{limit[0].upper()}{limit[1:]}."
    for step in solved.next_steps:
        yield f"Next: {step}."
    yield from legend_lines(solved)
    drawn = "" if solved.seed is not None else " No random numbers used."
    given = "" if solved.limit is None else f" of {solved.limit:g} s"
    yield f"Regret: {solved.regret_is}. {solved.seconds:.1f} s{given}.{drawn}"


def _list_lines(solved: SolvedGame) -> Iterator[str]:
    """Yield the table, what is said beside it and the behaviour; in a long list those that are told alike together."""
    groups = told_alike(solved, _figures, SHOWN)
    yield from _table_lines(solved, groups)
    yield from statement_lines(solved, groups)
    for group in groups[:SHOWN]:
        yield ""
        yield from _behaviour_lines(group.title, solved.equilibria[group.first], group.apart)
        yield from reason_lines(solved.equilibria[group.first], of=group.reasons_of)
    if len(groups) > SHOWN:
        yield f"  ... {sum(len(group.places) for group in groups[SHOWN:])} more with --json"


def _structure_lines(solved: SolvedGame) -> Iterator[str]:
    """Yield whether the game is degenerate, and what the listed points are of the whole set of equilibria."""
    if solved.degenerate is None:
        return
    if not solved.degenerate:
        yield "The game is not degenerate: every equilibrium stands alone, and their number is odd."
        return
    who = " and of ".join(solved.degenerate)
    yield f"The game is degenerate: some mixture of {who} has more best answers than parts."
    wide = [part for part in solved.components if not part.isolated]
    alone = len(solved.components) - len(wide)
    if not wide:
        yield "All the same, every equilibrium stands alone."
        return
    for part in wide[:COMPONENTS_SHOWN]:
        sets = "; ".join(_members(own) for own in part.sets[:COMPONENTS_SHOWN])
        more = f"; {len(part.sets) - COMPONENTS_SHOWN} more" if len(part.sets) > COMPONENTS_SHOWN else ""
        corners = counted(len(part.members), "corner")
        yield f"Component {part.number} is a continuum with {corners}; freely mixed are {sets}{more}."
    if len(wide) > COMPONENTS_SHOWN:
        yield f"{len(wide) - COMPONENTS_SHOWN} more continua: with --json."
    if alone:
        yield f"{counted(alone, 'equilibrium', 'equilibria')} {'stands' if alone == 1 else 'stand'} alone."


def _members(places: tuple[int, ...]) -> str:
    names = " ".join(f"E{k + 1}" for k in places[:SHOWN])
    return names + (" ..." if len(places) > SHOWN else "")


def figure(value: float | None) -> str:
    """Return a number with four significant digits, exact zeros and tiny leftovers as 0."""
    if value is None:
        return "–"
    return "0" if abs(value) < SMALL else f"{value:.4g}"


def _figures(found: NamedEquilibrium) -> tuple[str, ...]:
    return (*(figure(v) for v in found.values.values()), figure(found.regret), figure(found.residual))


def _table_lines(solved: SolvedGame, groups: Sequence[AlikeGroup]) -> Iterator[str]:
    rows = [("", *(f"E({p})" for p in solved.equilibria[0].values), "regret", "residual")]
    rows += [(group.label, *_figures(solved.equilibria[group.first])) for group in groups]
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    for row, remark in zip(rows, ["", *(group.remark for group in groups)], strict=True):
        cells = [row[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(row[1:], widths[1:], strict=True))]
        yield "  " + "  ".join([*cells, remark]).rstrip()


def _chosen_at(sets: Mapping[str, Chances]) -> dict[str, Chances]:
    """Return the information sets with something to choose: not those where a decision, for certain, does not arise."""
    return {name: rule for name, rule in sets.items() if (rule.get(NOT_ARISING) or 0.0) < 0.5}


def _behaviour_lines(title: str, found: NamedEquilibrium, apart: Apart | None = None) -> Iterator[str]:
    yield f"  {title}"
    if found.correlation:
        for strategies, probability in found.correlation.items():
            yield f"    {share(probability):>7}  {' | '.join(strategies)}"
        return
    told = {player: _chosen_at(sets) for player, sets in found.behaviour.items()}
    many = sum(len(sets) for sets in told.values()) > SETS_SHOWN
    shown = left_out = 0
    for player, sets in told.items():
        yield f"    {player}"
        for name, rule in sets.items():
            if many and (shown == SETS_SHOWN or None in rule.values()):
                left_out += 1
                continue
            differing = (apart or {}).get((player, name))
            yield f"      {name}: {_rule(rule) if differing is None else differing}"
            shown += 1
    if left_out:
        yield f"    {counted(left_out, 'information set')} more, or not reached: with --json"


def _reached_lines(solved: SolvedGame, stood: NamedPoint) -> Iterator[str]:
    """Yield the point at which the search stood, told as what it is and as what it is not."""
    at = {player: "exact" if value is None else figure(value) for player, value in stood.precision.items()}
    alike = len(set(at.values())) == 1
    where = next(iter(at.values())) if alike else ", ".join(f"{player} {value}" for player, value in at.items())
    asked = (
        f"NOT the {figure(solved.asked)} that was asked for" if solved.asked is not None else "NOT what was asked for"
    )
    if solved.concept != "logit":
        asked = f"NOT the {solved.concept} equilibrium: a player could still gain {figure(stood.point.regret)}"
    yield f"  The branch was followed to precision {where}, {asked}."
    yield from _behaviour_lines("There the logit response is", stood.point)
    figures = ", ".join(f"E({player}) {figure(value)}" for player, value in stood.point.values.items())
    yield f"    {figures}, regret {figure(stood.point.regret)}, residual {figure(stood.point.residual)}"


def _rule(rule: Mapping[str, float | None]) -> str:
    if any(p is None for p in rule.values()):
        return UNDETERMINED
    chosen = [(action, p) for action, p in rule.items() if p is not None and p > SMALL]
    return ", ".join(f"{action} {share(p)}" if len(rule) > 1 else action for action, p in chosen)


def _branch_lines(solved: SolvedGame) -> Iterator[str]:
    """Yield one column per precision: each action's probability along the branch."""
    points = solved.equilibria
    step = max(1, -(-len(points) // 8))
    some = [*points[:-1:step], points[-1]]
    first = points[0]
    own = "share of own precision" if points[-1].precision == 1.0 else "precision"
    yield f"  {own}".ljust(44) + "".join(f"{p.precision or 0.0:>10.4g}" for p in some)
    yield "  regret".ljust(44) + "".join(f"{'-' if p.regret is None else f'{p.regret:.3g}':>10}" for p in some)
    shown = 0
    for player, sets in first.behaviour.items():
        for name, rule in _chosen_at(sets).items():
            for action in list(rule)[: max(1, len(rule) - 1)]:
                if shown == BRANCH_SHOWN:
                    yield "  ... the rest with --json"
                    return
                shares = "".join(f"{share(p.behaviour[player][name][action]):>10}" for p in some)
                yield f"  {player}, {name}: {action}"[:43].ljust(44) + shares
                shown += 1
