"""PyCID's side of the jobs; runs in PyCID's own environment. The chain is that of ``games.chain``."""

import numpy as np
from pycid import MACID
from serve import serve, timed


def build(length):
    rng = np.random.default_rng(0)
    names = [f"d{i}" for i in range(length)]
    edges = [(names[i - 1], names[i]) for i in range(1, length)]
    utilities = {0: [], 1: []}
    tables = {}
    for i in range(length - 1):
        for player in (0, 1):
            node = f"u{i}_{player}"
            utilities[player].append(node)
            tables[node] = (names[i], names[i + 1], rng.normal(size=(2, 2)))
            edges += [(names[i], node), (names[i + 1], node)]
    decisions = {p: [n for i, n in enumerate(names) if i % 2 == p] for p in (0, 1)}
    model = MACID(edges, agent_decisions=decisions, agent_utilities=utilities)
    model.add_cpds(**{n: [0, 1] for n in names})
    for node, (first, second, values) in tables.items():
        model.add_cpds(**{node: lambda t=values, a=first, b=second, **pa: t[pa[a], pa[b]]})
    return model


def chain(length):
    """Every subgame-perfect equilibrium that backward induction finds (PyCID has no logit)."""

    def once():
        return build(length).get_spe()

    seconds, found = timed(once)
    model = build(length)
    model.add_cpds(*found[0])
    return {"seconds": seconds, "count": len(found), "value": float(model.expected_utility({}, agent=0))}


if __name__ == "__main__":
    serve({"chain": chain})
