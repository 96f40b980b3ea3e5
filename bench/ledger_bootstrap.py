"""How often the bootstrap intervals of the ledger hold the true difference, in simulation.

Two forecasters' Brier scores on the same questions, and how sure somebody was beside what came: as they are, skewed
(rare events), with linked questions (clusters of one to five that end alike), and scores of numbers (skewed, linked).
Prints the share of 95 % intervals that hold the truth, which is known by construction; it should be 0.90 to 0.98.
``python bench/ledger_bootstrap.py [RUNS]``.
"""

from __future__ import annotations

import sys

import numpy as np

from quandary.ledger import difference

RUNS = 1_000
COUNTS = (10, 30, 100)


def brier_of_two(
    source: np.random.Generator, count: int, *, rare: bool
) -> tuple[np.ndarray, np.ndarray, float, np.ndarray]:
    """Return two forecasters' Brier scores, the true mean difference, and theirs had all come the other way."""
    truth = source.beta(0.5, 8.0, count) if rare else source.beta(1.0, 1.0, count)
    came = source.random(count) < truth
    noise = source.normal(size=(2, count)) * np.array([[0.5], [1.0]])
    said = 1 / (1 + np.exp(-(np.log(truth / (1 - truth)) + noise)))
    first, second = np.square(said - came)
    turned = np.square(said - ~came)
    return first, second, _expected(rare), turned[0] - turned[1]


def _expected(rare: bool, seed: int = 999, many: int = 2_000_000) -> float:
    """Return the expected difference by a large sample, computed once."""
    if rare not in _KNOWN:
        source = np.random.default_rng(seed)
        truth = source.beta(0.5, 8.0, many) if rare else source.beta(1.0, 1.0, many)
        noise = source.normal(size=(2, many)) * np.array([[0.5], [1.0]])
        said = 1 / (1 + np.exp(-(np.log(truth / (1 - truth)) + noise)))
        gaps = np.square(said - truth)  # the noise of what came is the same for both
        _KNOWN[rare] = float((gaps[0] - gaps[1]).mean())
    return _KNOWN[rare]


_KNOWN: dict[bool, float] = {}


def sure_and_right(
    source: np.random.Generator, count: int, *, rare: bool
) -> tuple[np.ndarray, np.ndarray, float, np.ndarray]:
    """Return how sure somebody was and whether that side came: over-confident by 0.05 throughout."""
    sure = source.choice([0.95, 0.97, 0.99], count) if rare else source.uniform(0.6, 0.95, count)
    right = (source.random(count) < sure - 0.05).astype(float)
    return sure, right, 0.05, sure - (1 - right)


def numbers(source: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """Return skewed scores of linked questions, ``count`` clusters of one to five, and the number of each cluster."""
    of = np.repeat(np.arange(count), source.integers(1, 6, count))
    shared, own = source.exponential(1.0, count)[of], source.normal(size=len(of))
    return shared + 0.3 * own, np.zeros(len(of)), of.astype(np.float64), 1.0


def linked(source: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, float, np.ndarray]:
    """Return how sure and whether right where linked questions end alike; over-confident by 0.05."""
    of = np.repeat(np.arange(count), source.integers(1, 6, count))
    sure = source.uniform(0.6, 0.95, count)[of]
    right = (source.random(count)[of] < sure - 0.05).astype(float)
    return sure, right, of.astype(np.float64), 0.05, sure - (1 - right)


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    for count in COUNTS:
        held: dict[str, int] = {}
        for run in range(runs):
            for name, make in (("Brier of two", brier_of_two), ("sure and right", sure_and_right)):
                for rare in (False, True):
                    first, second, truth, turned = make(np.random.default_rng((run, count)), count, rare=rare)
                    found = difference(first, second, np.arange(count, dtype=float), seed=run, turned=turned)
                    told = f"{name}{', rare' if rare else ''}"
                    held[told] = held.get(told, 0) + (found.low <= truth <= found.high)
            first, second, of, truth, turned = linked(np.random.default_rng((run, count)), count)
            found = difference(first, second, of, seed=run, turned=turned)
            held["linked, yes or no"] = held.get("linked, yes or no", 0) + (found.low <= truth <= found.high)
            first, second, of, truth = numbers(np.random.default_rng((run, count)), count)
            found = difference(first, second, of, seed=run)
            held["linked, numbers"] = held.get("linked, numbers", 0) + (found.low <= truth <= found.high)
        for name, times in held.items():
            print(f"{count:4} {name:22} {times / runs:.3f}", flush=True)


if __name__ == "__main__":
    main()
