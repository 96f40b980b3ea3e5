"""``python -m quandary.solve.preparing`` compiles, once for this machine, all that large jobs run.

``make setup`` does it last; elsewhere the first large job does.
"""

from __future__ import annotations

import sys

import numpy as np

from quandary.base.arrays import Array
from quandary.engine.compilation import told_when_compiling
from quandary.engine.playing.diagram_game import DiagramGame
from quandary.engine.playing.fused import compiled_code_available
from quandary.game.diagram import Chance, Decision, Diagram, Utility
from quandary.game.table import Table
from quandary.solve.logit import LogitSettings, logit

LARGE = 10**12
"""Worlds of a job that is large, whatever its game."""

WORLDS = 16


def compile_all() -> bool:
    """Compile what is not kept yet, by following small games to their end; return whether code can be compiled here."""
    if not compiled_code_available():
        return False
    for diagram in (_simultaneous(), _one_after_the_other()):
        for traces in (False, True):
            logit(DiagramGame(diagram, job=LARGE), LogitSettings(always_trace=traces))
    return True


def _simultaneous() -> Diagram:
    """Return a game in which two choose at once: what a pass needs hangs on the state."""
    return _game((Decision("a", ("x", "y"), "A"), Decision("b", ("x", "y"), "B")), ("a", "b"))


def _one_after_the_other() -> Diagram:
    """Return a game with a type, a move that shows it, and a reply to both: most of a pass hangs on the scale only."""
    kind = Chance("kind", ("low", "high"))
    first = Decision("a", ("x", "y"), "A", ("kind",))
    second = Decision("b", ("x", "y"), "B", ("a",))
    last = Decision("c", ("x", "y", "z"), "A", ("kind", "a", "b"))
    return _game((kind, first, second, last), ("kind", "a", "b", "c"))


def _game(variables: tuple[Chance | Decision, ...], axes: tuple[str, ...]) -> Diagram:
    """Return the game with payoffs drawn for both players over all variables."""
    rng = np.random.default_rng(1)
    shape = tuple(len(v.states) for v in variables)
    utilities = tuple(Utility("payoff", p, Table(axes, rng.normal(size=(*shape, WORLDS)))) for p in "AB")
    even: Array = np.full((2, 1), 0.5)
    tables = {v.name: Table((v.name,), even) for v in variables if isinstance(v, Chance)}
    return Diagram(variables, tables, utilities, {p: np.full(WORLDS, 0.5) for p in "AB"}, WORLDS)


def main() -> None:
    """Compile, and say so first; nothing is said where all is kept already."""

    def tell() -> None:
        sys.stderr.write("Compiling for this machine, once ...\n")
        sys.stderr.flush()

    with told_when_compiling(tell):
        compile_all()


if __name__ == "__main__":
    main()
