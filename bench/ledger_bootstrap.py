"""How often the bootstrap intervals of the ledger hold the true difference, in simulation.

Two forecasters' Brier scores on the same questions, and how sure somebody was beside what came: as they are, skewed
(rare events), and with linked questions (clusters of one to five that mostly end alike). Prints the share of 90 %
intervals that hold the truth, which is known by construction. ``python bench/ledger_bootstrap.py [RUNS]``.
"""

from __future__ import annotations

import sys

import numpy as np

from quandary.ledger.scores.skill import difference

RUNS = 1_000
COUNTS = (10, 30, 100)


def brier_of_two(source: np.random.Generator, count: int, *, rare: bool) -> tuple[np.ndarray, np.ndarray, float]:
    """Return two forecasters' Brier scores, and the true mean difference given how questions come."""
    truth = source.beta(0.5, 8.0, count) if rare else source.beta(1.0, 1.0, count)
    came = source.random(count) < truth
    noise = source.normal(size=(2, count)) * np.array([[0.5], [1.0]])
    said = 1 / (1 + np.exp(-(np.log(truth / (1 - truth)) + noise)))
    first, second = np.square(said - came)
    return first, second, _expected(rare)


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


def sure_and_right(source: np.random.Generator, count: int, *, rare: bool) -> tuple[np.ndarray, np.ndarray, float]:
    """Return how sure somebody was and whether that side came: over-confident by 0.05 throughout."""
    sure = source.choice([0.95, 0.97, 0.99], count) if rare else source.uniform(0.6, 0.95, count)
    right = source.random(count) < sure - 0.05
    return sure, right.astype(float), 0.05


def clustered(source: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """Return scores of linked questions, ``count`` clusters of one to five, and the number of each one's cluster."""
    sizes = source.integers(1, 6, count)
    of = np.repeat(np.arange(count), sizes)
    shared, own = source.exponential(1.0, count)[of], source.normal(size=len(of))
    return shared + 0.3 * own, np.zeros(len(of)), of.astype(np.float64), 1.0


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    kinds = [
        (f"{name}{', rare' if rare else ''}", make, rare)
        for name, make in (("Brier of two", brier_of_two), ("sure and right", sure_and_right))
        for rare in (False, True)
    ]
    for count in COUNTS:
        for name, make, rare in kinds:
            held = 0
            for run in range(runs):
                first, second, truth = make(np.random.default_rng((run, count)), count, rare=rare)
                found = difference(first, second, np.arange(count, dtype=np.float64), run)
                held += found.low <= truth <= found.high
            print(f"{count:4} questions  {name:22} {held / runs:.3f}")
        held = 0
        for run in range(runs):
            first, second, of, truth = clustered(np.random.default_rng((run, count)), count)
            found = difference(first, second, of, run)
            held += found.low <= truth <= found.high
        print(f"{count:4} clusters   {'linked, skewed':22} {held / runs:.3f}")


if __name__ == "__main__":
    main()
