"""What follows by signs: a comparison that comes out one way whatever the numbers are, and pairs that cannot both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import product

from quandary.ask.claims.unknowns.network import CaseSigns, Directions
from quandary.ask.claims.unknowns.signs import Aim, ComparedSide, Sign, States
from quandary.ask.games.evidence import pieces
from quandary.ask.inquiry import ITSELF, Inquiry
from quandary.ask.query.combining import comparison_of
from quandary.ask.query.queries import Query
from quandary.ask.study import Study
from quandary.game.arising import may_not_arise
from quandary.game.graphs.requisite import prune
from quandary.game.interventions import rules_that_may_change
from quandary.language import heads
from quandary.language.syntax import And, Arithmetic, Ask, Compare, Expression, Not, Number, Or

MOST_DIRECTIONS = 10
"""Effects of unknown direction of which every way is tried; where there are more, nothing is proved of pairs."""


@dataclass(frozen=True)
class Allowed:
    """What a truth can be, whatever the numbers are: is it ever against what is said, and ever strictly for it."""

    false: bool = True
    true: bool = True


ANY = Allowed()


class SignProof:
    """Proofs by signs about the queries of one study.

    Where a factor is x1 two sides can be equal that are apart everywhere else. With ``edges`` that counts too: then a
    comparison that says "or equal" can be true there. Without, the worlds drawn tell whether they are ever apart.
    """

    def __init__(self, study: Study, directions: Directions | None = None, *, edges: bool = False) -> None:
        self.study = study
        self.signs = CaseSigns(study, directions)
        self.edges = edges

    def allowed(self, query: Query) -> Allowed:
        """Return what a reading can be: one that can never be false follows."""
        if self.study.refusal(query) is not None:
            return ANY
        return self._truth(query, query.expression)

    def difference(self, query: Query, left: Expression, right: Expression) -> Sign:
        """Return the sign of one side minus the other, ``None`` where it is not known."""
        if isinstance(right, Number) and right.value == 0 and isinstance(left, Arithmetic) and left.op == "-":
            return self.difference(query, left.left, left.right)
        if not isinstance(left, Ask) or not isinstance(right, Ask):
            return None
        return self._between(query.inquiries[left], query.inquiries[right])

    def _truth(self, query: Query, expression: Expression) -> Allowed:
        match expression:
            case Compare():
                return self._compared(query, expression)
            case Not(operand):
                if (turned := comparison_of(expression)) is not None:
                    return self._compared(query, turned)
                inner = self._truth(query, operand)
                return Allowed(inner.true, inner.false)
            case And(operands):
                parts = [self._truth(query, one) for one in operands]
                return Allowed(any(one.false for one in parts), all(one.true for one in parts))
            case Or(operands):
                parts = [self._truth(query, one) for one in operands]
                return Allowed(all(one.false for one in parts), any(one.true for one in parts))
            case _:
                return ANY

    def _compared(self, query: Query, comparison: Compare) -> Allowed:
        sign = self.difference(query, comparison.left, comparison.right)
        if sign is None:
            turned = self.difference(query, comparison.right, comparison.left)
            sign = None if turned is None else -turned
        if sign is None:
            return ANY
        apart = {">": sign == 1, "<": sign == -1, ">=": sign == 1, "<=": sign == -1, "=": False, "!=": True}
        equal = comparison.op in (">=", "<=", "=")
        if sign == 0:
            return Allowed(false=not equal, true=equal)
        holds = apart[comparison.op]
        return Allowed(not holds or (self.edges and not equal), holds or (self.edges and equal))

    def _between(self, left: Inquiry, right: Inquiry) -> Sign:
        if left.head != right.head or left.head not in (heads.P.name, heads.E.name):
            return None
        if not _is_plain(left) or not _is_plain(right) or left.basis != right.basis:
            return None
        aim = self._aim(left)
        if aim is None or (left.target, left.actor, left.stake) != (right.target, right.actor, right.stake):
            return None
        sides = [self._side(one) for one in (left, right)]
        if None in sides or not self._rules_stay(sides, aim, (left, right)):
            return None
        one, other = (side for side in sides if side is not None)
        both = set(one.settings) & set(other.settings)
        within = {name: frozenset({one.settings[name], other.settings[name]}) for name in both}
        return self.signs.network(within).difference(one, other, aim)

    def _aim(self, inquiry: Inquiry) -> Aim | None:
        if inquiry.head == heads.P.name:
            return None if inquiry.target is None else self.signs.of_condition(inquiry.target)
        return None if inquiry.actor is None else self.signs.of_worth(inquiry.actor, inquiry.stake)

    def _side(self, inquiry: Inquiry) -> ComparedSide | None:
        """Return one side as sign algebra knows it, ``None`` where it sets what may not arise."""
        diagram = self.study.probe.diagram
        settings: dict[str, int] = {}
        for name, state in inquiry.game.settings:
            if may_not_arise(diagram.variable(name)):
                return None
            settings[name] = diagram.variable(name).states.index(state)
        seen: dict[str, States] = {}
        joint: set[str] = set()
        for condition in (*inquiry.given, *self.study.standing.conditions(inquiry.basis)):
            for piece in pieces(condition):
                names, states = self.signs.states_in(piece)
                if len(names) != 1:
                    joint |= {*names}
                elif not states:
                    return None
                else:
                    seen[names[0]] = seen.get(names[0], states) & states
        if joint & seen.keys() or not all(seen.values()):
            joint |= seen.keys()
        return ComparedSide(settings, seen, frozenset(joint))

    def _rules_stay(self, sides: list[ComparedSide | None], aim: Aim, asked: tuple[Inquiry, Inquiry]) -> bool:
        """Return whether every decision that what is asked comes from follows the same rule on both sides.

        What everybody had foreseen can change rules; and a situation that arises by what is set alone is solved anew,
        knowing of all that is set.
        """
        graph = self.signs.network().graph
        seen = {name for side in sides if side is not None for name in (*side.seen, *side.joint)}
        looked_at = graph.ancestors({*aim, *seen})
        opened = prune(self.study.probe.diagram, constants=False).diagram
        foreseen = [name for one in asked for name, _ in one.game.foreseen]
        if foreseen and rules_that_may_change(opened, foreseen) & looked_at:
            return False
        settings = [side.settings for side in sides if side is not None]
        both = [name for name in settings[0] if settings[0][name] == settings[1].get(name)]
        below = graph.descendants(both)
        return not any(below & {*own} for name, own in self.signs.decisions.items() if name in looked_at)


def _is_plain(inquiry: Inquiry) -> bool:
    """Return whether it asks of the case's game, or of what interventions on variables make of it, and no more."""
    second = inquiry.second_game == ITSELF and not inquiry.instead and not inquiry.replan
    plain = not (inquiry.against or inquiry.game.of_beliefs or inquiry.beliefs_instead or inquiry.as_seen)
    return second and plain and not (inquiry.first or inquiry.mediators or inquiry.blindly)


def never_both(study: Study, first: Query, second: Query) -> bool:
    """Return whether signs prove that two readings are never both true: whichever way each open effect goes.

    Two comparisons of the same things that leave nothing between them are proved at once.
    """
    if _opposed(first, second):
        return True
    effects = CaseSigns(study).open_effects
    if len(effects) > MOST_DIRECTIONS:
        return False
    return all(_refuted(study, dict(zip(effects, ways, strict=True)), first, second) for ways in _ways(len(effects)))


def _ways(effects: int) -> list[tuple[int, ...]]:
    return list(product((1, -1), repeat=effects))


def _refuted(study: Study, directions: Mapping[str, int], first: Query, second: Query) -> bool:
    proof = SignProof(study, directions, edges=True)
    return not proof.allowed(first).true or not proof.allowed(second).true


def _opposed(first: Query, second: Query) -> bool:
    """Return whether two comparisons are of the same sides, and the one says less where the other says more."""
    one, other = comparison_of(first.expression), comparison_of(second.expression)
    if one is None or other is None or [*first.inquiries.values()] == []:
        return False
    if _sides(first, one) == _sides(second, other):
        return _clash(one.op, other.op)
    if _sides(first, one) == tuple(reversed(_sides(second, other))):
        return _clash(one.op, _MIRRORED[other.op])
    return _apart(first, one, second, other)


_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}

_CLASHING = {frozenset(pair) for pair in ((">", "<"), (">", "<="), (">", "="), ("<", ">="), ("<", "="), ("=", "!="))}


def _clash(one: str, other: str) -> bool:
    return frozenset((one, other)) in _CLASHING


def _apart(first: Query, one: Compare, second: Query, other: Compare) -> bool:
    """Return whether one says that a thing is above a number, and the other that it is below a lower one."""
    for (above, query), (below, asked) in (((one, first), (other, second)), ((other, second), (one, first))):
        up, down = _with_number_right(above), _with_number_right(below)
        if up is None or down is None or up[0] not in (">", ">=") or down[0] not in ("<", "<="):
            continue
        same = _meant(query, up[1]) == _meant(asked, down[1])
        if same and (up[2] > down[2] or (up[2] == down[2] and (up[0], down[0]) != (">=", "<="))):
            return True
    return False


def _with_number_right(comparison: Compare) -> tuple[str, Expression, float] | None:
    if isinstance(comparison.right, Number):
        return comparison.op, comparison.left, comparison.right.value
    if isinstance(comparison.left, Number):
        return _MIRRORED[comparison.op], comparison.right, comparison.left.value
    return None


def _sides(query: Query, comparison: Compare) -> tuple[object, object]:
    return _meant(query, comparison.left), _meant(query, comparison.right)


def _meant(query: Query, side: Expression) -> object:
    """Return what a side of a comparison means, the same for two that ask the same."""
    if isinstance(side, Ask):
        return replace(query.inquiries[side], basis=query.basis)
    if isinstance(side, Arithmetic):
        return side.op, _meant(query, side.left), _meant(query, side.right)
    return side.value if isinstance(side, Number) else (id(query), id(side))
