"""Plans for every question about one structure: joint probabilities, expected payoffs, action values.

Action values come from eliminating variables against time. Each player's payoff is kept as a few additive terms:
eliminating X replaces the terms that mention X by their expectation over P(X | parents), which needs no division and
never touches a factor that sums to one. What is left at a decision may mention hidden variables; their belief given
what the player sees is a small conditional contraction of its own, over the factors that the graph says it needs.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from quandary.engine.expressions import Book
from quandary.engine.planning.elimination import eliminate
from quandary.engine.planning.passes import Passes, Terms, eliminate_against_time
from quandary.engine.planning.requisites import requisites
from quandary.engine.planning.structure import Structure
from quandary.engine.programs.program import Program


class Plan:
    """Planned expressions for one structure; made once by ``plan_for`` and shared by blocks of worlds and threads."""

    def __init__(self, structure: Structure) -> None:
        self.structure = structure
        self.book = Book(structure.cardinality, structure.position)
        self.programs: dict[object, tuple[Program, Program] | None] = {}
        self._backward: dict[tuple[int, ...], Passes] = {}
        self._joints: dict[tuple[tuple[str, ...], tuple[tuple[str, ...], ...]], int | None] = {}
        self._values: dict[tuple[str, tuple[int, ...], bool], int | None] = {}

    def factor(self, name: str) -> int:
        """Return the node of P(name | parents): a chance table, or the policy of a decision."""
        structure = self.structure
        if structure.player_of[name] is None:
            return self.book.input("chance", name, structure.tables[structure.position[name]])
        return self.book.input("policy", name, (*structure.parents_of[name], name))

    def usual(self, name: str, axes: tuple[str, ...]) -> int:
        """Return the node of what is usual at a decision, a table over these axes."""
        return self.book.input("usual", name, axes)

    def utility(self, index: int) -> int:
        """Return the node of the utility table with that index."""
        return self.book.input("utility", index, self.structure.utilities[index][1])

    def joint(self, keep: tuple[str, ...], factors: tuple[tuple[str, ...], ...]) -> int | None:
        """Return the node of P(keep, factors), factors having the axes given; ``None`` stands for the number one."""
        with self.book.lock:
            key = (tuple(sorted(keep)), factors)
            if key not in self._joints:
                mentioned = set(keep).union(*factors)
                nodes = [self.factor(name) for name in sorted(self.structure.ancestors(mentioned))]
                nodes += [self.book.input("factor", i, axes) for i, axes in enumerate(factors)]
                self._joints[key] = eliminate(self.book, nodes, keep) if nodes else None
            return self._joints[key]

    def action_values(self, decision: str, utilities: tuple[int, ...], *, complete: bool) -> int | None:
        """Return the node of the decision's expected utility over a part of (*parents, decision).

        Unless ``complete``, parts that the decision cannot change are left out. ``None`` stands for zero everywhere.
        """
        with self.book.lock:
            key = (decision, utilities, complete)
            if key not in self._values:
                passes = self._passes(utilities)
                terms = passes.alive(decision) if complete else passes.touched[decision]
                given = [self.as_seen(decision, term) for term in terms]
                self._values[key] = self.book.sum(given) if given else None
            return self._values[key]

    def payoff(self, utilities: tuple[int, ...]) -> Terms:
        """Return nodes without axes whose sum is the expected total of those utilities."""
        with self.book.lock:
            return self._passes(utilities).final

    def as_seen(self, decision: str, term: int) -> int:
        """Return the node of the term's expectation given what the decision's owner sees (and does)."""
        seen = self.structure.parents_of[decision]
        axes = self.book.nodes[term].axes
        hidden = [a for a in axes if a != decision and a not in seen]
        if not hidden:
            return term
        belief = self.belief(hidden, seen)
        keep = {*self.book.nodes[belief].axes, *axes} - set(hidden)
        whole = self.book.product(belief, term, keep)
        factors = self.book.parts(term)
        parts = eliminate(self.book, [belief, *factors], keep)
        known = {belief, *factors}
        return min((whole, parts), key=lambda node: self.book.work(node, known))

    def suffices(self, decision: str, hidden: Iterable[str], others: Iterable[str]) -> bool:
        """Return whether the owner's other decisions, and what they see, tell nothing more about hidden variables.

        Then the expectation given what is seen here may stand in for a term at those decisions too (tower property).
        """
        structure = self.structure
        known = {decision, *structure.parents_of[decision]}
        owned = [d for d in others if structure.player_of[d] == structure.player_of[decision]]
        told = {name for d in owned for name in (d, *structure.parents_of[d])}
        return not told & set(hidden) and requisites(structure, tuple(hidden), tuple(known | told))[1] <= known

    def belief(self, hidden: Iterable[str], observed: Iterable[str]) -> int:
        """Return the node of P(hidden | observed) over the hidden and the observed variables that matter."""
        hidden = tuple(hidden)
        needed, relevant = requisites(self.structure, hidden, tuple(observed))
        joint = eliminate(self.book, [self.factor(n) for n in sorted(needed)], {*hidden, *relevant})
        return self.book.share(joint, hidden)

    def _passes(self, utilities: tuple[int, ...]) -> Passes:
        """Return what eliminating all variables against time leaves at each decision and in the end."""
        if utilities not in self._backward:
            self._backward[utilities] = eliminate_against_time(self, utilities)
        return self._backward[utilities]


@lru_cache(maxsize=256)
def plan_for(structure: Structure) -> Plan:
    """Return the plan of a structure, the same one each time."""
    return Plan(structure)
