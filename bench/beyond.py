"""Processor seconds of a run, a ladder and a critique by two source trees, in turns: ratios on a busy machine.

    python bench/beyond.py BEFORE [AFTER] [--pairs 3] [--worlds 10000]

``BEFORE`` and ``AFTER`` are checkouts; ``AFTER`` is this one unless told. A ladder and a critique are asked in one
process beyond a run: user and system time of it and of the processes it forks. Wall seconds mean something on a quiet
machine only; the least of all pairs is told beside the median of the ratios.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]

ASKED = """
import json, os, sys, time
import quandary
from quandary.ask.changes.ladder import in_few_worlds
from quandary.use.changes.ladder import ladder

def spent(ask):
    before, wall = os.times(), time.perf_counter()
    ask()
    after = os.times()
    return sum(after[:4]) - sum(before[:4]), time.perf_counter() - wall

solved = quandary.load("kazakhstan-2022").solve(worlds=int(sys.argv[1]))
found = {"run": spent(lambda: (solved.findings, solved.outside))}
found["ladder"] = spent(lambda: ladder(in_few_worlds(solved.study), "war-less-likely"))
found["critique"] = spent(solved.critique)
print(json.dumps(found))
"""


def seconds(tree: Path, worlds: int) -> dict[str, tuple[float, float]]:
    """Return processor and wall seconds of a run, and of a ladder and a critique beyond it."""
    places = {**os.environ, "PYTHONPATH": str(tree / "src")}
    command = [sys.executable, "-c", ASKED, str(worlds)]
    printed = subprocess.run(command, env=places, capture_output=True, check=True).stdout
    return {name: (cpu, wall) for name, (cpu, wall) in json.loads(printed).items()}


def main() -> None:
    """Print what each takes before and after, and the ratio."""
    reading = argparse.ArgumentParser(description=__doc__)
    reading.add_argument("before", type=Path)
    reading.add_argument("after", type=Path, nargs="?", default=HERE)
    reading.add_argument("--pairs", type=int, default=3)
    reading.add_argument("--worlds", type=int, default=10_000)
    asked = reading.parse_args()
    pairs = []
    for _ in range(asked.pairs):
        pairs.append([seconds(tree.resolve(), asked.worlds) for tree in (asked.before, asked.after)])
        for name in pairs[-1][0]:
            (cpu, wall), (now, wall_now) = (one[name] for one in pairs[-1])
            print(
                f"{name:9} {cpu:6.2f} s of processor, then {now:6.2f}; {wall:6.1f} s wall, then {wall_now:6.1f}",
                flush=True,
            )
    for name in pairs[0][0]:
        ratio = statistics.median(after[name][0] / before[name][0] for before, after in pairs)
        least = [min(pair[side][name][0] for pair in pairs) for side in (0, 1)]
        print(f"{name:9} least {least[0]:.2f} s, then {least[1]:.2f}; median ratio {ratio:.2f}")


if __name__ == "__main__":
    main()
