"""Small random games through every concept: no crash, and no answer whose regret is more than its claim.

The regret is computed here, in exact numbers from the text of the file, by loops over all strategies.
"""

from __future__ import annotations

import itertools
import json
import random
from fractions import Fraction
from pathlib import Path

import pytest
from tests.fuzz.harness import Tally, Trial, try_files, wanted

pytestmark = pytest.mark.slow

CONCEPTS = ("pure", "mixed", "zero_sum", "correlated", "sequential", "logit")
SIZES = ("1", "2", "3", "0", "0.5", "-1", "1e-9", "1000000000", "10000000000000000000", "999999999", "7.25")
CLAIMS = Fraction(1, 10**6)
"""What may be left of the payoffs that count, in any concept: limits and large programs are that exact."""


def _game(rng: random.Random) -> bytes:
    """Return a matrix game of two in Gambit's format, with payoffs of many sizes."""
    rows, columns = rng.randint(1, 3), rng.randint(1, 3)
    sizes = rng.sample(SIZES, 4)
    first = [rng.choice(sizes) for _ in range(rows * columns)]
    against = rng.random() < 0.4
    second = [str(-Fraction(v)) if against else rng.choice(sizes) for v in first]
    second = [v if "/" not in v else repr(float(Fraction(v))) for v in second]
    paid = " ".join(f"{a} {b}" for a, b in zip(first, second, strict=True))
    return f'NFG 1 R "fuzz" {{ "1" "2" }} {{ {rows} {columns} }}\n{paid}\n'.encode()


def _payoffs(given: bytes) -> list[list[list[Fraction]]]:
    """Return ``[player][row][column]`` from the text."""
    head, body = given.decode().split("\n")[:2]
    rows, columns = map(int, head.split("{")[-1].split("}")[0].split())
    numbers = [Fraction(v) for v in body.split()]
    return [
        [[numbers[2 * (column * rows + row) + who] for column in range(columns)] for row in range(rows)]
        for who in (0, 1)
    ]


def _regret_above_claim(given: bytes, trial: Trial) -> str:
    found = json.loads(trial.out)
    if found["concept"] == "logit":
        return ""
    table = _payoffs(given)
    for equilibrium in found["equilibria"]:
        wrong = (_advice if "correlation" in equilibrium else _strategies)(table, equilibrium)
        if wrong:
            return f"{found['concept']}: {wrong}"
    return ""


def _strategies(table: list[list[list[Fraction]]], equilibrium: dict[str, object]) -> str:
    behaviour = equilibrium["behaviour"]
    assert isinstance(behaviour, dict)
    mixed = []
    for sets in behaviour.values():
        (rule,) = sets.values()
        weights = [Fraction(p) for p in rule.values()]
        mixed.append([w / sum(weights) for w in weights])
    pairs = list(itertools.product(range(len(mixed[0])), range(len(mixed[1]))))
    for who in (0, 1):
        own = table[who]
        value = sum(mixed[0][r] * mixed[1][c] * own[r][c] for r, c in pairs)
        for other in range(len(mixed[who])):
            cells = [(w, (other, k) if who == 0 else (k, other)) for k, w in enumerate(mixed[1 - who])]
            gain = sum(w * own[r][c] for w, (r, c) in cells) - value
            counts = sum((mixed[0][r] * mixed[1][c] * abs(own[r][c] - value) for r, c in pairs), Fraction(0))
            counts += sum((w * abs(own[r][c] - value) for w, (r, c) in cells), Fraction(0))
            if gain > CLAIMS * counts:
                return f"player {who + 1} gains {float(gain):.3g}"
    return ""


def _advice(table: list[list[list[Fraction]]], equilibrium: dict[str, object]) -> str:
    told = equilibrium["correlation"]
    assert isinstance(told, list)
    chances = {tuple(int(s) - 1 for s in own["strategies"]): Fraction(own["probability"]) for own in told}
    for who in (0, 1):
        for advised, other in itertools.permutations(range(len(table[0]) if who == 0 else len(table[0][0])), 2):
            some = [(cell, p) for cell, p in chances.items() if cell[who] == advised]
            moved = [((other, c) if who == 0 else (r, other), p) for (r, c), p in some]
            before = sum(p * table[who][r][c] for (r, c), p in some)
            after = sum(p * table[who][r][c] for (r, c), p in moved)
            weight = sum(p for _, p in some) or Fraction(1)
            centre = (before + after) / (2 * weight)
            counts = sum(p * abs(table[who][r][c] - centre) for (r, c), p in [*some, *moved])
            if after - before > CLAIMS * counts:
                return f"player {who + 1}, advised {advised + 1}, gains {float(after - before):.3g}"
    return ""


def test_small_games_through_every_concept(tmp_path: Path) -> None:
    rng = random.Random(13)
    count = wanted(24)
    tally = Tally(tmp_path)
    for concept in CONCEPTS:
        games = [_game(rng) for _ in range(max(1, count // len(CONCEPTS)))]
        command = ("solve", "{}", "-c", concept, "--limit", "4s", "--json", "--quiet")
        try_files(tally, games, "game.nfg", *command, silent=_regret_above_claim)
    tally.check(least=len(CONCEPTS))
