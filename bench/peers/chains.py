"""(c) The chain of n decisions, for every tool to the n at which it passes ten seconds, its memory or its limit."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import export
from asking import Asked, Compared
from jobs import TOO_LONG, Bench

from quandary.base import Refusal

TARGET = 2.0
AT = 1_000
PLAYERS = "chain"
ALONE = "one actor's chain"


def chains(bench: Bench) -> None:
    """Two players in turn, by each peer's own concept; one actor alone for influence diagrams; ours far beyond."""
    tools, folder, quick = bench.tools, bench.folder, bench.scope.quick

    def tree(peer: str, job: str) -> Callable[[int], Asked]:
        return lambda n: Asked(tools[peer], job, {"path": export.chain_file(folder, n)})

    def table(peer: str) -> Callable[[int], Asked]:
        return lambda n: Asked(tools[peer], "one_equilibrium", {"path": export.chain_table(folder, n)})

    sizes = (2, 4, 6) if quick else tuple(range(2, 13))
    grown(bench, PLAYERS, "pygambit, agent logit", sizes, tree("pygambit", "logit"), "chain")
    grown(
        bench, PLAYERS, "pygambit, one equilibrium (lcp)", sizes, tree("pygambit", "one_equilibrium"), "chain exactly"
    )
    pycid = (2, 4) if quick else tuple(range(2, 13))
    grown(bench, PLAYERS, "PyCID, subgame perfect", pycid, _of(bench, "PyCID"), "chain exactly")
    for peer in ("quantecon", "Nashpy"):
        even = (2, 4, 6) if quick else (2, 4, 6, 8, 10)  # at 12 a table has eight million cells
        grown(bench, PLAYERS, f"{peer}, one equilibrium (Lemke-Howson)", even, table(peer), "chain exactly")
    grown(bench, PLAYERS, "OpenSpiel", (4,), tree("OpenSpiel", "logit"), "chain")
    lines = (10, 30) if quick else (10, 30, 100, 300, 1_000)

    def as_line(n: int) -> Asked:
        return Asked(tools["pyAgrum"], "influence", {"path": export.line_file(folder, n), "again": False, "most": 1})

    grown(bench, ALONE, "pyAgrum, exact", lines, as_line, "line")
    for size in (100, 1_000) if quick else (30, 100, 300, 1_000, 3_000):
        for job, told in (("chain", "agent logit"), ("chain exactly", "subgame perfect")):
            row = Compared("c", f"{PLAYERS} of {size:,} decisions", f"(ours alone, {told})", size)
            row.most = TARGET if size == AT else None
            bench.alone(row, Asked(bench.ours, job, {"length": size}))


def _of(bench: Bench, peer: str) -> Callable[[int], Asked]:
    return lambda n: Asked(bench.tools[peer], "chain", {"length": n})


def grown(  # noqa: PLR0917 - a job in all its parts
    bench: Bench, what: str, peer: str, sizes: Sequence[int], theirs: Callable[[int], Asked], mine: str
) -> None:
    """Compare at growing sizes until the peer fails or takes more than ``TOO_LONG`` seconds."""
    for size in sizes:
        compared = Compared("c", f"{what} of {size:,} decisions", peer, size)
        try:
            asked = theirs(size)
        except Refusal as refusal:
            compared.error = f"its table of payoffs is too large: {refusal.problem.message}"
            bench.found.append(compared)
            return
        own, other = bench.compare(compared, Asked(bench.ours, mine, {"length": size}), asked, rounds=3)
        if "value" in own and "value" in other:
            compared.notes = (f"both first movers' payoffs equal to {abs(own['value'] - other['value']):.0e}",)
        if compared.error or max(compared.theirs) > TOO_LONG:
            return
