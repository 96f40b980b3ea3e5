"""How often sign algebra is refuted: random structures, many fillings and corners of each, tables by enumeration.

    PYTHONPATH=src python bench/follows.py [--structures 300] [--fillings 100000] [--claims 12] [--seed 20]

Prints how many claims were asked, how many of them are proved one way or the other, and every counter-example; beside
that, how many of the others come out one way in all fillings tried (what algebra leaves to search).
Ends with 1 where a proved claim has a counter-example.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
from tests.ask.signed_structures import differences, random_claims, random_structure

ROUNDING = 1e-10
AT_ONCE = 20_000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--structures", type=int, default=300)
    parser.add_argument("--fillings", type=int, default=100_000)
    parser.add_argument("--claims", type=int, default=12)
    parser.add_argument("--seed", type=int, default=20)
    asked = parser.parse_args()
    counts = {"claims": 0, "proved higher or lower": 0, "proved equal": 0, "not proved, one way in all tried": 0}
    refuted = 0
    for number in range(asked.structures):
        generator = np.random.default_rng([asked.seed, number])
        structure = random_structure(generator)
        network = structure.network()
        claims = [
            (c, network.difference(c.left, c.right, c.aim)) for c in random_claims(structure, asked.claims, generator)
        ]
        ends = dict.fromkeys(range(len(claims)), (np.inf, -np.inf))
        for start in range(0, asked.fillings, AT_ONCE):
            size = min(AT_ONCE, asked.fillings - start)
            tables = structure.tables(size, generator)
            for i, (claim, sign) in enumerate(claims):
                if sign is None and start:
                    continue
                found = differences(structure, tables, claim)
                found = found[~np.isnan(found)]
                if len(found):
                    ends[i] = min(ends[i][0], float(found.min())), max(ends[i][1], float(found.max()))
        for i, (claim, sign) in enumerate(claims):
            low, high = ends[i]
            counts["claims"] += 1
            counts["proved equal"] += sign == 0
            counts["proved higher or lower"] += bool(sign)
            counts["not proved, one way in all tried"] += sign is None and (low >= -ROUNDING or high <= ROUNDING)
            wrong = {1: low < -ROUNDING, -1: high > ROUNDING, 0: max(-low, high) > ROUNDING, None: False}[sign]
            if wrong and low <= high:
                refuted += 1
                print(f"REFUTED structure {number}: {claim} proved {sign}, found {low:.3g} to {high:.3g}")
    for name, count in counts.items():
        print(f"{name:>36}: {count}")
    print(f"{'refuted':>36}: {refuted} ({asked.structures} structures, {asked.fillings:,} fillings each)")
    return 1 if refuted else 0


if __name__ == "__main__":
    raise SystemExit(main())
