"""Plans for every question about one structure: joint probabilities, expected payoffs, action values.

Action values come from eliminating variables against time. Each player's payoff is kept as a few additive terms:
eliminating X replaces the terms that mention X by their expectation over P(X | parents), which needs no division and
never touches a factor that sums to one. What is left at a decision may mention hidden variables; their belief given
what the player sees is a small conditional contraction of its own, over the factors that the graph says it needs.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from quandary.engine.elimination import eliminate
from quandary.engine.expressions import Book
from quandary.engine.requisites import requisites
from quandary.engine.structure import Structure

Terms = tuple[int, ...]


class Plan:
    """Planned expressions for one structure; made once by ``plan_for`` and shared by blocks of worlds and threads."""

    def __init__(self, structure: Structure) -> None:
        self.structure = structure
        self.book = Book(structure.cardinality, structure.position)
        self._backward: dict[tuple[int, ...], tuple[dict[str, Terms], Terms]] = {}
        self._joints: dict[tuple[tuple[str, ...], tuple[tuple[str, ...], ...]], int | None] = {}
        self._values: dict[tuple[str, tuple[int, ...], bool], int | None] = {}

    def factor(self, name: str) -> int:
        """Return the node of P(name | parents): a chance table, or the policy of a decision."""
        structure = self.structure
        if structure.player_of[name] is None:
            return self.book.input("chance", name, structure.tables[structure.position[name]])
        return self.book.input("policy", name, (*structure.parents_of[name], name))

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
                at_decision, _ = self._passes(utilities)
                terms = at_decision[decision]
                if not complete:
                    terms = tuple(t for t in terms if decision in self.book.nodes[t].axes)
                given = [self._as_seen(decision, term) for term in terms]
                self._values[key] = self.book.sum(given) if given else None
            return self._values[key]

    def payoff(self, utilities: tuple[int, ...]) -> Terms:
        """Return nodes without axes whose sum is the expected total of those utilities."""
        with self.book.lock:
            return self._passes(utilities)[1]

    def _as_seen(self, decision: str, term: int) -> int:
        """Return the term's expectation given what the decision's owner sees (and does)."""
        seen = self.structure.parents_of[decision]
        axes = self.book.nodes[term].axes
        hidden = [a for a in axes if a != decision and a not in seen]
        if not hidden:
            return term
        belief = self.belief(hidden, seen)
        keep = {*self.book.nodes[belief].axes, *axes} - set(hidden)
        return self.book.product(belief, term, keep)

    def belief(self, hidden: Iterable[str], observed: Iterable[str]) -> int:
        """Return the node of P(hidden | observed) over the hidden and the observed variables that matter."""
        hidden = tuple(hidden)
        needed, relevant = requisites(self.structure, hidden, tuple(observed))
        joint = eliminate(self.book, [self.factor(n) for n in sorted(needed)], {*hidden, *relevant})
        return self.book.share(joint, hidden)

    def _passes(self, utilities: tuple[int, ...]) -> tuple[dict[str, Terms], Terms]:
        """Return the terms alive at each decision once all that follows it is eliminated, and the final terms."""
        if utilities not in self._backward:
            terms = self._merged([self.utility(i) for i in utilities])
            at_decision: dict[str, Terms] = {}
            waiting = {name: len(c) for name, c in self.structure.children_of.items()}
            while waiting:
                name = self._next(waiting, terms)
                if self.structure.player_of[name] is not None:
                    at_decision[name] = tuple(terms)
                terms = self._merged(self._without(name, terms))
                del waiting[name]
                for parent in self.structure.parents_of[name]:
                    waiting[parent] -= 1
            self._backward[utilities] = (at_decision, tuple(terms))
        return self._backward[utilities]

    def _next(self, waiting: dict[str, int], terms: list[int]) -> str:
        """Return the variable to eliminate: among those without remaining children, the one that costs least."""
        best: tuple[int, int, str] | None = None
        for name, children in waiting.items():
            if children:
                continue
            parents = self.structure.parents_of[name]
            cost = 0
            for term in terms:
                axes = self.book.nodes[term].axes
                if name in axes:
                    cost += self.book.entries({*axes, *parents} - {name})
            candidate = (cost, -self.structure.position[name], name)
            best = candidate if best is None or candidate < best else best
        if best is None:
            raise ValueError("the diagram has a cycle")
        return best[2]

    def _without(self, name: str, terms: list[int]) -> list[int]:
        """Return the terms with ``name`` summed out against its factor."""
        left = [t for t in terms if name not in self.book.nodes[t].axes]
        factor = None
        parents = set(self.structure.parents_of[name])
        touched = [t for t in terms if name in self.book.nodes[t].axes]
        for group in self._grouped(touched, parents):
            factor = self.factor(name)
            axes = {*self.book.nodes[group].axes, *parents} - {name}
            left.append(self.book.product(factor, group, axes))
        return left

    def _grouped(self, terms: list[int], parents: set[str]) -> list[int]:
        """Return the terms, added up where one's scope (with the parents) holds another's."""
        scopes = {t: {*self.book.nodes[t].axes, *parents} for t in terms}
        return self._add_up(terms, scopes)

    def _merged(self, terms: list[int]) -> list[int]:
        """Return the terms, added up where one's scope holds another's."""
        return self._add_up(terms, {t: set(self.book.nodes[t].axes) for t in terms})

    def _add_up(self, terms: list[int], scopes: dict[int, set[str]]) -> list[int]:
        groups: list[tuple[set[str], list[int]]] = []
        for term in sorted(terms, key=lambda t: (-len(scopes[t]), t)):
            for scope, members in groups:
                if scopes[term] <= scope:
                    members.append(term)
                    break
            else:
                groups.append((scopes[term], [term]))
        return [self.book.sum(members) for _, members in groups]


@lru_cache(maxsize=256)
def plan_for(structure: Structure) -> Plan:
    """Return the plan of a structure, the same one each time."""
    return Plan(structure)
