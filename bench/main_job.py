"""The flagship from a cold start: help, solving, claims, and how cost and memory grow with worlds."""

from __future__ import annotations

import os
from importlib.util import find_spec

from measure import QUANDARY, measure

CASE = "kazakhstan-2022"


def main() -> None:
    for way in ("numpy", "compiled") if find_spec("numba") else ("numpy",):
        os.environ["QUANDARY_KERNEL"] = "" if way == "compiled" else "numpy"
        print(f"-- passes by {'tables (NumPy only)' if way == 'numpy' else 'compiled code (numba)'}", flush=True)
        measured()


def measured() -> None:
    for arguments in (["--help"], ["explain", "Q104"]):
        print(f"quandary {' '.join(arguments):42}", measure([*QUANDARY, *arguments], runs=7))
    for worlds, runs in ((1_000, 3), (10_000, 3), (100_000, 1)):
        counted = ["--worlds", str(worlds), "--quiet"]
        solved = measure([*QUANDARY, "ask", CASE, "P(invasion)", *counted], runs)
        print(f"{worlds:>7,} worlds, one question               ", solved)
        claims = measure([*QUANDARY, "run", CASE, *counted, "--no-search"], runs)
        print(f"{worlds:>7,} worlds, all claims                 ", claims)
    whole = measure([*QUANDARY, "run", CASE, "--quiet"], runs=3)
    print(" 10,000 worlds, claims and by-construction   ", whole)


if __name__ == "__main__":
    main()
