"""Comparisons with a peer each, pair by pair: influence diagrams, the catalogue, zero sums, bimatrix games."""

from __future__ import annotations

from collections.abc import Sequence
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
    """How much is run: ``rounds`` pairs of a job, fewer past ``patience`` seconds; seconds allowed for one answer.

    ``long`` is what a peer is allowed on the largest games.
    """

    quick: bool
    rounds: int = 5
    patience: float = 20.0
    limit: float = 60.0
    long: float = 150.0


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


DIAGRAMS = ((5, 1, 2, 0), (5, 1, 2, 1), (3, 3, 2, 0), (5, 1, 3, 0))
"""Stages, signals in each, states of each node, seed: fifteen chance and decision nodes all."""

HUNDRED = 100.0
TRIED = 20
"""Draws of a thousand that the peer is given; its seconds are those of one."""


def influence(bench: Bench) -> None:
    """(d) Influence diagrams of one actor with memory: one, and a thousand that differ in their payoffs."""
    for stages, signals, states, seed in DIAGRAMS[:: 2 if bench.scope.quick else 1]:
        rounds = f"{stages} rounds, {signals} signal{'s' * (signals > 1)} each, seed {seed}"
        what = f"{stages * (2 + signals)} nodes of {states} states ({rounds})"
        for draws, again in ((1, False), (1_000, False), (1_000, True)):
            peer = "pyAgrum, utilities filled in again" if again else "pyAgrum, rebuilt"
            compared = Compared("d", f"{what}, {draws:,} draw{'s' if draws > 1 else ''}", peer, draws, "draw")
            compared.target = None if again else HUNDRED if draws > 1 else 1.0
            words = {"stages": stages, "signals": signals, "states": states, "seed": seed}
            path = export.influence_file(bench.folder, **words, draws=min(draws, TRIED))
            mine = Asked(bench.ours, "influence", {**words, "draws": draws}, draws)
            theirs = Asked(bench.tools["pyAgrum"], "influence", {"path": path, "again": again, "most": TRIED})
            own, other = bench.compare(compared, mine, theirs)
            if "values" in other and "values" in own:
                gap = max(abs(a - b) for a, b in zip(own["values"], other["values"], strict=False))
                compared.notes = (f"values of {len(other['values'])} equal to {gap:.0e}", own["memory"])


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
