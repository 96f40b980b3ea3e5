"""Does the solver end on the principal branch? Random steep games, each against slow tracing of the whole curve.

    python bench/engine/branches.py [worlds] [tables|alone]

prints, for each kind of game, how many worlds were walked or traced, in how many the branch turns back in precision on
its way, and how many ended elsewhere than slow tracing. The solver runs as compiled code where numba is installed,
unless ``tables`` is said, or ``alone``, by which each world is solved as a game of its own; slow tracing always goes by
tables.
"""

from __future__ import annotations

import sys

import numpy as np

from quandary.engine import DiagramGame, compiled_code_available
from quandary.game import Chance, Decision, Diagram, Table, Utility
from quandary.solve import LogitResult, LogitSettings, Pace, Sweep, Tracer, agenda_of
from quandary.solve.logit import logit

SLOW = LogitSettings(always_trace=True, pace=Pace(first=0.05, longest=0.3, reach=0.02, bend=0.995, most=20_000))


def pair(worlds: int, spread: float, together: float, seed: int) -> Diagram:
    """Return two simultaneous movers with three options; ``together`` adds a prize for choosing alike."""
    rng = np.random.default_rng(seed)
    mine, theirs = (rng.uniform(-spread, spread, (3, 3, worlds)) for _ in range(2))
    prize = together * np.eye(3)[..., None]
    if together:
        mine, theirs = 0.3 * mine, 0.3 * mine + 0.1 * theirs
    return Diagram(
        (Decision("row", ("x", "y", "z"), "a"), Decision("column", ("x", "y", "z"), "b")),
        {},
        (
            Utility("a", "a", Table(("row", "column"), mine + prize)),
            Utility("b", "b", Table(("row", "column"), theirs + prize)),
        ),
        {"a": np.ones(1), "b": np.ones(1)},
        worlds,
    )


def signalling(worlds: int, spread: float | None, seed: int) -> Diagram:
    """Return a stage of three types, three moves, three replies, chance and a second move.

    Payoffs are unit-normal, or uniform on (-spread, spread).
    """
    rng = np.random.default_rng(seed)
    shape = (3, 3, 3, 2, 2, worlds)
    draw = [rng.normal(size=shape) if spread is None else rng.uniform(-spread, spread, shape) for _ in range(2)]
    kinds = np.moveaxis(rng.dirichlet((2.0,) * 3, worlds), -1, 0)
    luck = np.moveaxis(rng.dirichlet((2.0,) * 2, (3, worlds)), -1, 1)
    three = ("x", "y", "z")
    axes = ("type", "move", "reply", "luck", "second")
    return Diagram(
        (
            Chance("type", three),
            Decision("move", three, "a", ("type",)),
            Decision("reply", three, "b", ("move",)),
            Chance("luck", ("bad", "good"), ("reply",)),
            Decision("second", ("u", "v"), "a", axes[:4]),
        ),
        {"type": Table(("type",), kinds.copy()), "luck": Table(("reply", "luck"), luck.copy())},
        (Utility("a", "a", Table(axes, draw[0])), Utility("b", "b", Table(axes, draw[1]))),
        {"a": np.ones(1), "b": np.ones(1)},
        worlds,
    )


def turning(game: DiagramGame) -> np.ndarray:
    """Return in which worlds the branch runs back in precision somewhere."""
    agenda = agenda_of(game)
    sweep = Sweep(game, agenda)
    tracer = Tracer(game, agenda, np.arange(game.worlds), Pace())
    tracer.begin(np.zeros(game.worlds), sweep.start(sweep.profile))
    turned = np.zeros(game.worlds, dtype=bool)
    for _ in range(Pace().most):
        done, lost = tracer.advance()
        turned[tracer.worlds] |= tracer.tangent[-1] < 0.0
        if (done | lost).all():
            break
        if (done | lost).any():
            tracer = tracer.smaller(game, agenda, ~(done | lost))
    return turned


def alone(game: DiagramGame) -> LogitResult:
    """Return what the solver finds where each world is a game of its own; ``traced`` marks the curves followed."""
    parts = [logit(game.in_worlds(np.array([world]))) for world in range(game.worlds)]
    profile = [np.concatenate([part.profile[k] for part in parts], axis=-1) for k in range(len(game.points))]
    residual, converged, traced = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("residual", "converged", "traced")
    )
    return LogitResult(profile, residual, converged, traced, sum(part.sweeps for part in parts))


def compare(name: str, diagram: Diagram, way: str) -> None:
    """Print how many worlds end elsewhere than slow tracing."""
    game, slow_game = DiagramGame(diagram), DiagramGame(diagram)
    game.compiled, slow_game.compiled = way == "compiled code", False
    found, slow = alone(game) if way == "alone" else logit(game), logit(slow_game, SLOW)
    gaps = [np.abs(a - b).max(axis=(0, 1)) for a, b in zip(found.profile, slow.profile, strict=True)]
    elsewhere = (np.max(gaps, axis=0) > 1e-7) & slow.converged
    walked = ~found.traced
    print(
        f"{name}: {game.worlds} worlds, walked {walked.mean():.1%}, turning {turning(slow_game).sum()},"
        f" not converged {(~found.converged).sum()},"
        f" elsewhere: {(elsewhere & walked).sum()} walked, {(elsewhere & ~walked & found.converged).sum()} traced"
        f" (slow tracing failed in {(~slow.converged).sum()})",
        flush=True,
    )


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    asked = next((word for word in ("tables", "alone") if word in sys.argv), "compiled code")
    fast = asked if asked != "compiled code" or compiled_code_available() else "tables"
    print(fast)
    for seed, spread in enumerate((1.0, 2.0, 5.0, 8.0)):
        compare(f"pair, payoffs uniform to {spread}", pair(count, spread, 0.0, seed), fast)
    for seed, spread in enumerate((1.0, 2.0, 3.0)):
        compare(f"coordination of size {spread}", pair(count, spread, spread, seed), fast)
    compare("signalling, unit-normal", signalling(count // 2, None, 1), fast)
    compare("signalling, uniform to 5", signalling(count // 2, 5.0, 1), fast)
