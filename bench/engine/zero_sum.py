"""Small zero-sum games by our own simplex method and by HiGHS alone, in turns: what does a user feel?

    python bench/engine/zero_sum.py FOLDER

takes every game file of the folder that is one for a constant sum, the largest last, and random matrices up to the
largest that count as small; it prints processor time a game (the least of five) and whether the answers are one.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from quandary.base.problems import Refusal
from quandary.game.strategic import StrategicForm
from quandary.game.trees.tree import Tree
from quandary.onegame.equilibria import EquilibriaFound
from quandary.onegame.formats.files import read_game
from quandary.onegame.listing import zero_sum as listing

RUNS = 5


def games(folder: Path) -> Iterator[tuple[str, Tree | StrategicForm]]:
    """Yield games for a constant sum by name."""
    found: list[tuple[int, str, Tree | StrategicForm]] = []
    for path in sorted(folder.glob("*.?fg")):
        try:
            game = read_game(path)
            if isinstance(game, Tree | StrategicForm) and listing.sums_to_constant(game):
                found.append((path.stat().st_size, path.name, game))
        except Refusal:
            continue
    for _, name, game in sorted(found, key=lambda one: one[:2]):
        yield name, game
    rng = np.random.default_rng(0)
    for size in (3, 10, 30, 60, 99):
        own = rng.normal(size=(size, size))
        names = tuple(str(k) for k in range(size))
        yield f"random {size} x {size}", StrategicForm(("a", "b"), (names, names), np.stack([own, -own])[..., None])


def best(game: Tree | StrategicForm) -> tuple[float, EquilibriaFound]:
    """Return the least processor time of one solution, and the solution."""
    took, found = [], listing.zero_sum(game)
    for _ in range(RUNS):
        begun = time.process_time()
        found = listing.zero_sum(game)
        took.append(time.process_time() - begun)
    return min(took), found


def main(folder: Path) -> None:
    """Print a line for each game."""
    by_pivots = listing._Duel.by_pivots
    total = np.zeros(2)
    for name, game in games(folder):
        try:
            own, first = best(game)
            listing._Duel.by_pivots = lambda duel: None  # type: ignore[method-assign]
            other, second = best(game)
        except Refusal as fault:
            print(f"{name}: {fault}")
            continue
        finally:
            listing._Duel.by_pivots = by_pivots  # type: ignore[method-assign]
        ours, theirs = (list(found.found[0].values.values())[0] for found in (first, second))
        total += (own, other)
        print(f"{name:45} {1e3 * own:8.2f} ms, by HiGHS {1e3 * other:8.2f} ms; values differ by {abs(ours - theirs):.0e}")
    print(f"together {1e3 * total[0]:.0f} ms and {1e3 * total[1]:.0f} ms")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
