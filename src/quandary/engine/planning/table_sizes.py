"""What tables of a diagram would take in one world, read off the plan, and which cut would save the most.

Nothing is allocated here. A sweep over a game holds every table that its plan names, and so does a question, so that
what they take is the sum of these tables' entries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from quandary.base.memory import NUMBER, TooLarge, allowance, in_words
from quandary.engine.expressions import Book
from quandary.engine.planning.plan import Plan, plan_for
from quandary.engine.planning.structure import Structure

CUTS_TRIED = 48
"""So many cuts are compared at most."""


@dataclass(frozen=True)
class Need:
    """Bytes of all tables in one world, and the variables of the largest table."""

    bytes: int = 0
    over: tuple[str, ...] = ()


@dataclass(frozen=True)
class ParentCut:
    """Some parents less: ``children`` no longer look at ``parent``; ``need`` is what is needed then."""

    parent: str
    children: tuple[str, ...]
    need: Need


Weigh = Callable[[Structure], Need]


def need_of_game(structure: Structure, plan: Plan | None = None) -> Need:
    """Return what one sweep over the decisions takes: all tables their values are computed from, and their policies."""
    plan = plan or plan_for(structure)
    own = {
        player: tuple(i for i, (owner, _) in enumerate(structure.utilities) if owner == player)
        for player in {player for player, _ in structure.utilities}
    }
    roots = []
    for name in structure.decisions:
        found = plan.action_values(name, own.get(str(structure.player_of[name]), ()), complete=False)
        if found is not None:
            roots.append(found)
    policies = sum(plan.book.entries((*structure.parents_of[name], name)) for name in structure.decisions)
    return _need(plan.book, roots, policies)


def need_of_joint(
    structure: Structure, keep: Iterable[str], factors: tuple[tuple[str, ...], ...] = (), plan: Plan | None = None
) -> Need:
    """Return what P(keep, factors) takes."""
    plan = plan or plan_for(structure)
    keep = tuple(sorted(set(keep)))
    node = plan.joint(keep, factors)
    return Need() if node is None else _need(plan.book, [node], plan.book.entries(keep))


def _need(book: Book, roots: list[int], more: int) -> Need:
    made = [book.nodes[n] for n in book.needed(roots) if book.nodes[n].operands]
    largest = max(made, key=lambda node: node.size, default=None)
    return Need(NUMBER * (more + sum(node.size for node in made)), largest.axes if largest is not None else ())


def with_known(structure: Structure, states: Iterable[str]) -> Structure:
    """Return the structure in which some variables are held at one state."""
    known = set(states)
    cards = tuple(1 if n in known else c for n, c in zip(structure.names, structure.cards, strict=True))
    return replace(structure, cards=cards)


def checked(need: Need, structure: Structure, weigh: Weigh) -> Need:
    """Return the need; raises ``TooLarge``, which names the best cut, where it is more than is allowed."""
    if need.bytes <= allowance().bytes:
        return need
    cut = best_cut(structure, need, weigh)
    if cut is None:
        raise TooLarge(need.bytes, 1, need.over)
    about = cut.children[0] if len(cut.children) == 1 else cut.parent
    raise TooLarge(need.bytes, 1, need.over, sentence(cut, structure), about)


def sentence(cut: ParentCut, structure: Structure) -> str:
    """Return what to cut, and what that leaves, as advice."""
    verb = "see" if all(structure.player_of[child] is not None for child in cut.children) else "depend on"
    who = f'"{cut.children[0]}"' if len(cut.children) == 1 else f"nothing ({', '.join(cut.children)})"
    no_longer = "no longer " if len(cut.children) == 1 else ""
    return f'let {who} {no_longer}{verb} "{cut.parent}", which leaves {in_words(cut.need.bytes)}'


def best_cut(structure: Structure, need: Need, weigh: Weigh) -> ParentCut | None:
    """Return the cut that saves the most, ``None`` where none saves anything.

    One parent of one variable, if that is enough; else everything that looks at one variable. Looked at are arcs at the
    largest table, those with both ends in it and into variables with many parents first, and the variables in it.
    """
    wide = set(need.over)
    arcs = [
        (parent, (child,))
        for child, parents in structure.parents_of.items()
        for parent in parents
        if parent in wide or child in wide
    ]
    arcs.sort(key=lambda arc: (-len(wide & {arc[0], *arc[1]}), -len(structure.parents_of[arc[1][0]])))
    best = _best(structure, need, weigh, arcs[:CUTS_TRIED])
    if best is not None and best.need.bytes <= allowance().bytes:
        return best
    whole = [(name, structure.children_of[name]) for name in need.over if structure.children_of[name]]
    whole.sort(key=lambda cut: -len(cut[1]))
    return _best(structure, need if best is None else best.need, weigh, whole[:CUTS_TRIED]) or best


def _best(
    structure: Structure, need: Need, weigh: Weigh, cuts: Sequence[tuple[str, tuple[str, ...]]]
) -> ParentCut | None:
    """Return the first of the cuts that leave the least, ``None`` where none leaves less than is needed."""
    best: ParentCut | None = None
    for parent, children in cuts:
        found = ParentCut(parent, children, weigh(without(structure, parent, children)))
        if found.need.bytes < (need if best is None else best.need).bytes:
            best = found
    return best


def without(structure: Structure, parent: str, children: tuple[str, ...]) -> Structure:
    """Return the structure in which these variables have one parent less."""

    def shorter(lists: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
        return tuple(
            tuple(other for other in own if other != parent) if name in children else own
            for name, own in zip(structure.names, lists, strict=True)
        )

    return replace(structure, parents=shorter(structure.parents), tables=shorter(structure.tables))
