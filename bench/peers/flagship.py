"""(b) The flagship from a cold start, in thousands of worlds; what each peer says to one of its worlds."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import export
from asking import Compared
from jobs import Bench

sys.path.append(str(Path(__file__).resolve().parents[1]))
from measure import measure

CLAIMS = 8.0
SOLVED = 40.0
CASE = "kazakhstan-2022"


def flagship(bench: Bench) -> None:
    """Time the whole command from a cold process, then hand one world to every peer that reads files."""
    quick = bench.scope.quick
    few, many = (1_000, 10_000) if quick else (10_000, 100_000)
    claims = Compared("b", f"flagship, {few:,} worlds, all claims, from a cold start", "(ours alone)", few, "command")
    solved = Compared("b", f"flagship, {many:,} worlds solved, one question", "(ours alone)", many, "command")
    claims.most, solved.most = CLAIMS, SOLVED
    bench.found.extend((claims, solved))
    commands = {
        "claims": (claims, ["run", CASE, "--worlds", str(few), "--no-search", "--quiet"]),
        "solved": (solved, ["ask", CASE, "P(invasion)", "--worlds", str(many), "--quiet"]),
    }
    assert bench.ours.python is not None
    peaks = dict.fromkeys(commands, 0.0)
    for _ in range(1 if quick else 3):
        for name, (row, words) in commands.items():
            took = measure([bench.ours.python, "-m", "quandary", *words], runs=1)
            row.ours.append(took.cpu if os.environ.get("BENCH_CLOCK") == "cpu" else took.wall)
            peaks[name] = max(peaks[name], took.peak_mib)
    for name, (row, _) in commands.items():
        row.notes = (
            f"at most {peaks[name]:,.0f} MiB; {sorted(row.ours)[len(row.ours) // 2] / row.size * 1e6:,.0f} µs a world",
        )
    _one_world(bench, sorted(solved.ours)[len(solved.ours) // 2] / many)


def _one_world(bench: Bench, a_world: float) -> None:
    """Ask the peers about the world at every median, payoffs times precision, so that precision 1 is the same game."""
    path, size = export.flagship_file(bench.folder, CASE)
    job = "flagship, one world (of every number its median) as a tree"
    for peer in ("pygambit", "OpenSpiel"):
        row = Compared("b", job, peer, 1, "world", notes=(size,))
        bench.found.append(row)
        other = bench.tools[peer].ask("logit", bench.scope.long, path=path)
        if "error" in other:
            row.error = other["error"]
            continue
        row.ours.append(a_world)
        row.theirs.append(float(other["seconds"]))
        row.notes += ("ours: a world's share of all those above",)
    strategies = export.strategies_told(path)
    for peer, why in {
        "PyCID": "has no logit equilibrium, and one number stands in each place of its tables",
        "pyAgrum": "solves decision problems of one actor; the flagship has three",
        "quantecon, Nashpy": f"read tables of strategies only; here {strategies}",
    }.items():
        bench.found.append(Compared("b", job, peer, 1, "world", error=why))
