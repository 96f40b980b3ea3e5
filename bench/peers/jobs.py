"""Every comparison: who is asked for what, at which sizes, how often."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import export
from asking import Asked, Compared, Tool, pairs

SCRIPTS = {
    "pygambit": "with_gambit.py",
    "pyAgrum": "with_agrum.py",
    "OpenSpiel": "with_openspiel.py",
    "quantecon": "with_quantecon.py",
    "Nashpy": "with_nashpy.py",
    "PyCID": "with_pycid.py",
}
TOO_LONG = 10.0
"""Seconds of one game at which a tool is given no larger one."""


@dataclass(frozen=True)
class Scope:
    """How much is run: ``rounds`` pairs of a job, fewer past ``patience`` seconds; ``limit`` for one answer."""

    quick: bool
    rounds: int = 5
    patience: float = 30.0
    limit: float = 90.0


class Bench:
    """The tools, where games are written, and what has been found so far."""

    def __init__(self, tools: dict[str, Tool], ours: Tool, folder: Path, scope: Scope) -> None:
        self.tools, self.ours, self.folder, self.scope = tools, ours, folder, scope
        self.found: list[Compared] = []

    def compare(self, compared: Compared, ours: Asked, theirs: Asked, *, rounds: int | None = None) -> list[dict]:
        """Run pairs, keep the comparison and return both last answers."""
        self.found.append(compared)
        scope = self.scope
        return pairs(compared, ours, theirs, rounds=rounds or scope.rounds, patience=scope.patience, limit=scope.limit)

    def alone(self, compared: Compared, ours: Asked) -> None:
        """Run our side only."""
        self.found.append(compared)
        for _ in range(min(3, self.scope.rounds)):
            answer = ours.tool.ask(ours.job, self.scope.limit, **ours.words)
            if "error" in answer:
                compared.error = f"ours: {answer['error']}"
                return
            compared.ours.append(float(answer["seconds"]) / ours.divide)


def signalling(bench: Bench) -> None:
    """(a) The signalling stage: one, a thousand and 100,000 draws of payoffs; pygambit solves draw after draw."""
    many = 10_000 if bench.scope.quick else 100_000
    for states in (2,) if bench.scope.quick else (2, 3):
        path = export.signalling_file(bench.folder, states, 0)
        for draws in (1, 1_000, many):
            compared = Compared(
                "a", f"signalling, {states} states, {draws:,} draw{'s' if draws > 1 else ''}", "pygambit", draws, "draw"
            )
            mine = Asked(bench.ours, "signalling", {"states": states, "draws": draws}, draws)
            theirs = Asked(bench.tools["pygambit"], "logit", {"path": path})
            bench.compare(compared, mine, theirs, rounds=3)
            if draws > 1:
                compared.notes = ("the peer's time of one draw, as it solves one after the other",)
        compared = Compared("a", f"signalling, {states} states, 1 draw", "OpenSpiel", 1, "draw")
        mine = Asked(bench.ours, "signalling", {"states": states, "draws": 1})
        bench.compare(compared, mine, Asked(bench.tools["OpenSpiel"], "logit", {"path": path}))
    for states in (2, 3):
        steep = Compared("a", f"signalling, {states} states, payoffs within 5, {many:,} draws", "ours", many, "draw")
        words = {"states": states, "draws": many, "uniform": 5.0}
        bench.alone(steep, Asked(bench.ours, "signalling", words, many))


def grown(  # noqa: PLR0917 - a job in all its parts
    bench: Bench, part: str, what: str, peer: str, sizes: Sequence[int], theirs: Callable[[int], Asked], mine: str
) -> None:
    """Compare at growing sizes until the peer fails or takes more than ``TOO_LONG`` seconds."""
    for size in sizes:
        compared = Compared(part, f"{what} of {size:,} decisions", peer, size)
        bench.compare(compared, Asked(bench.ours, mine, {"length": size}), theirs(size), rounds=3)
        if compared.error or max(compared.theirs) > TOO_LONG:
            return


def chains(bench: Bench) -> None:
    """(c) The chain of n decisions: two players in turn, and (for influence diagrams) one actor alone."""
    tools, folder = bench.tools, bench.folder
    sizes = (2, 4, 6) if bench.scope.quick else (2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)

    def as_tree(peer: str) -> Callable[[int], Asked]:
        return lambda n: Asked(tools[peer], "logit", {"path": export.chain_file(folder, n)})

    grown(bench, "c", "chain", "pygambit", sizes, as_tree("pygambit"), "chain")
    grown(bench, "c", "chain", "OpenSpiel", (4,), as_tree("OpenSpiel"), "chain")
    grown(bench, "c", "chain", "PyCID", (3,), lambda n: Asked(tools["PyCID"], "chain", {"length": n}), "chain")
    lines = (10, 30) if bench.scope.quick else (10, 30, 100, 300, 1_000)

    def as_line(n: int) -> Asked:
        return Asked(tools["pyAgrum"], "influence", {"path": export.line_file(folder, n), "again": False})

    grown(bench, "c", "one actor's chain", "pyAgrum", lines, as_line, "line")
    for size in (100, 1_000) if bench.scope.quick else (30, 100, 300, 1_000, 3_000):
        bench.alone(
            Compared("c", f"chain of {size:,} decisions", "ours", size), Asked(bench.ours, "chain", {"length": size})
        )


def influence(bench: Bench) -> None:
    """(d) Influence diagrams of one actor with memory: one, and a thousand that differ in their payoffs."""
    for stages, states in ((5, 2), (4, 3), (5, 3)):
        path = export.influence_file(bench.folder, stages, states)
        what = f"influence diagram, {3 * stages} nodes of {states} states"
        for draws, again in ((1, False), (1_000, False), (1_000, True)):
            if stages * states > 12 and draws > 1:
                continue
            peer = "pyAgrum, utilities filled in again" if again else "pyAgrum, rebuilt"
            job = f"{what}, {draws:,} draw{'s' if draws > 1 else ''}"
            compared = Compared("d", job, peer, draws, "draw")
            mine = Asked(bench.ours, "influence", {"stages": stages, "states": states, "draws": draws}, draws)
            theirs = Asked(bench.tools["pyAgrum"], "influence", {"path": path, "again": again})
            own, other = bench.compare(compared, mine, theirs)
            if draws == 1 and "value" in other:
                gap = abs(own["value"] - other["value"])
                compared.notes = (f"both values equal to {gap:.0e}",)
            elif draws > 1:
                compared.notes = (f"older signals change the best move in {own['memory']:.0%} of the draws or more",)


def catalogue(bench: Bench, files: Sequence[Path]) -> None:
    """(e) Every game of the catalogue: agent logit at precision 1, ours and pygambit's."""
    for file in files[:: 6 if bench.scope.quick else 1]:
        compared = Compared("e", file.name, "pygambit", 1)
        words: dict[str, object] = {"path": str(file)}
        mine, theirs = Asked(bench.ours, "logit", words), Asked(bench.tools["pygambit"], "logit", words)
        own, other = bench.compare(compared, mine, theirs, rounds=3)
        if "probabilities" in own and "probabilities" in other:
            gap = _apart(own["probabilities"], other["probabilities"])
            compared.notes = (f"{gap:.2g}",)
            if not gap <= 1e-5:
                asked = bench.ours.ask("missed", bench.scope.limit, path=str(file), found=other["probabilities"])
                compared.notes += (
                    f"the peer's answer misses the logit rule by {asked.get('missed', float('nan')):.1g}",
                )
                compared.notes += ("ours went straight on where another curve crosses",) * bool(own.get("crossed"))


def _apart(own: list[float], other: list[float]) -> float:
    if len(own) != len(other):
        return float("nan")
    return max((abs(a - b) for a, b in zip(own, other, strict=True)), default=0.0)


def zero_sum(bench: Bench, files: Sequence[Path]) -> None:
    """(f) Two players, zero sum: value and maxmin behaviour by linear programs."""
    paths = [str(f) for f in files if f.stem in ("tests__stripped_down_poker", ZERO_SUM)]
    for name in ("kuhn_poker",) if bench.scope.quick else ("kuhn_poker", "leduc_poker"):
        path = str(bench.folder / f"{name}.efg")
        if "error" not in bench.tools["OpenSpiel"].ask("export", 60.0, name=name, path=path):
            paths.append(path)
    for path in paths:
        for peer in ("pygambit", "OpenSpiel"):
            compared = Compared("f", f"zero sum: {Path(path).stem}", peer, 1)
            words: dict[str, object] = {"path": path}
            mine, theirs = Asked(bench.ours, "zero_sum", words), Asked(bench.tools[peer], "zero_sum", words)
            own, other = bench.compare(compared, mine, theirs, rounds=3)
            if "value" in other:
                compared.notes = (f"both values equal to {abs(own['value'] - other['value']):.0e}",)


ZERO_SUM = "tests__zerosum_efg_from_sequence_form_STOC94_paper"


def bimatrices(bench: Bench) -> None:
    """(g) All extreme equilibria of square games; ours and Gambit's in exact arithmetic, the others' in floats."""
    for exact, peers in ((True, ("pygambit",)), (False, ("pygambit", "quantecon", "Nashpy"))):
        for peer in peers:
            how = "exact" if exact else "in floats"
            for size in (3, 5) if bench.scope.quick else (2, 3, 4, 5, 6, 7, 8, 9, 10):
                nfg, tables = export.bimatrix_files(bench.folder, size)
                job = f"all equilibria of a {size} x {size} game"
                compared = Compared("g", job, f"{peer}, {how}", size)
                mine = Asked(bench.ours, "every_equilibrium", {"path": nfg})
                words = {"path": nfg if peer == "pygambit" else tables, "exact": exact}
                own, other = bench.compare(
                    compared, mine, Asked(bench.tools[peer], "every_equilibrium", words), rounds=3
                )
                if "count" in other:
                    compared.notes = (f"{own['count']} found, the peer {other['count']}",)
                if compared.error or max([*compared.theirs, *compared.ours]) > TOO_LONG:
                    break


def everything(bench: Bench, files: Sequence[Path], parts: str) -> Iterator[str]:
    """Run the named parts, yielding the name of each as it begins."""
    table: dict[str, Callable[[], None]] = {
        "a": lambda: signalling(bench),
        "c": lambda: chains(bench),
        "d": lambda: influence(bench),
        "e": lambda: catalogue(bench, files),
        "f": lambda: zero_sum(bench, files),
        "g": lambda: bimatrices(bench),
    }
    for part in parts:
        if part in table:
            yield part
            table[part]()
