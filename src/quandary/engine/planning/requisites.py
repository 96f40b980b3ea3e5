"""Which factors and observations a conditional probability needs, read off the graph.

The Bayes-ball of Shachter (1998), *Proceedings of UAI 14*: factors marked from below are needed, observed nodes the
ball reaches are needed, all else cancels.
"""

from __future__ import annotations

from collections.abc import Collection

from quandary.engine.planning.structure import Structure


def requisites(
    structure: Structure, targets: Collection[str], observed: Collection[str]
) -> tuple[frozenset[str], frozenset[str]]:
    """Return (variables whose factors P(targets | observed) needs, observed variables on which it depends)."""
    given = set(observed)
    top: set[str] = set()
    bottom: set[str] = set()
    seen: set[str] = set()
    visits = [(name, True) for name in targets]
    while visits:
        name, from_child = visits.pop()
        seen.add(name)
        if name not in given:
            if from_child and name not in top:
                top.add(name)
                visits.extend((p, True) for p in structure.parents_of[name])
            if name not in bottom:
                bottom.add(name)
                visits.extend((c, False) for c in structure.children_of[name])
        elif not from_child and name not in top:
            top.add(name)
            visits.extend((p, True) for p in structure.parents_of[name])
    return frozenset(top), frozenset(seen & given)
