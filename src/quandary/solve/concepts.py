"""The solution concepts by name: what each is, what it cannot do, and the function that solves any game with it.

Only the default is loaded with this file; the others are when they are asked for, since a run waits for its imports.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from quandary.base.arrays import Array, Mask
from quandary.base.problems import Problem, Refusal, nearest
from quandary.engine.playing.diagram_game import DiagramGame
from quandary.game.protocol import Game, Profile
from quandary.solve.branch.crossing import CROSSED, MET, of_worlds
from quandary.solve.logit import LogitSettings, logit


@dataclass(frozen=True, eq=False)
class ConceptResult:
    """What a concept found in a game: a profile, its residual ``(W,)``, which worlds converged, notes."""

    profile: Profile
    residual: Array
    converged: Mask
    notes: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Concept:
    """A named solution concept. ``forgetting`` says whether players may have forgotten what they knew."""

    name: str
    summary: str
    limits: str
    find: Callable[[Game, LogitSettings], ConceptResult]
    forgetting: bool = False


def _logit(game: Game, settings: LogitSettings) -> ConceptResult:
    result = logit(game, settings)
    failed = int((~result.converged).sum())
    warnings: tuple[str, ...] = (f"{failed} of {game.worlds} worlds did not converge",) if failed else ()
    for worlds, told in ((result.crossed, CROSSED), (result.met, MET)):
        if worlds is not None and (count := int(worlds.sum())):
            warnings += (of_worlds(count, game.worlds, told),)
    notes = {"sweeps": result.sweeps, "traced": int(result.traced.sum())}
    return ConceptResult(result.profile, result.residual, result.converged, notes, warnings)


def _subgame(game: Game, _settings: LogitSettings) -> ConceptResult:
    from quandary.solve.implied import with_memory_implied
    from quandary.solve.subgame import subgame

    warnings: tuple[str, ...] = ()
    try:
        profile = subgame(game)
    except Refusal:
        inner = game.plain
        fuller = with_memory_implied(inner) if isinstance(inner, DiagramGame) else None
        if fuller is None:
            raise
        profile, warnings = fuller
    settled = np.ones(game.worlds, dtype=np.bool_)
    return ConceptResult(profile, np.zeros(game.worlds), settled, {"ties": "split evenly"}, warnings)


def _sequential(game: Game, _settings: LogitSettings) -> ConceptResult:
    from quandary.solve.sequential import sequential

    result = sequential(game)
    settled = [limit for limit in result.limits if limit.converged]
    known = Counter(limit.trembling.value for limit in settled)
    kind = "a Nash equilibrium" if game.one_shot else "a sequential equilibrium"
    notes = {
        "limit": f"of the principal branch in {len(settled)} of {game.worlds} worlds, so {kind}",
        "trembling": {statement: known[statement] for statement in sorted(known)},
        "continuum": sum(limit.loose > 0 for limit in settled),
        "unreached": max((limit.unreached for limit in settled), default=0),
        "steepest": min((limit.steepest for limit in result.limits), default=0.0),
    }
    return ConceptResult(result.profile, result.gain, result.converged, notes, result.warnings)


ONE_BRANCH = (
    "one equilibrium, the one that the branch from uniform play (or what is usual) leads to; others are not searched"
)

CONCEPTS: Mapping[str, Concept] = {
    concept.name: concept
    for concept in (
        Concept(
            "logit",
            "agent logit quantal response equilibrium on the principal branch of the whole game",
            ONE_BRANCH,
            _logit,
            forgetting=True,
        ),
        Concept(
            "sequential",
            "the limit of the logit branch as rationality grows: an exact sequential equilibrium, with its beliefs",
            ONE_BRANCH,
            _sequential,
        ),
        Concept(
            "subgame",
            "backward induction: exact best choices, ties split evenly, or as is usual",
            "only where no two decisions rely on each other and nobody forgets",
            _subgame,
        ),
    )
}


def concept_named(name: str) -> Concept:
    """Return the concept, or raise ``Refusal`` (Q450)."""
    if name not in CONCEPTS:
        hint = nearest(name, CONCEPTS) or f"there are {', '.join(CONCEPTS)}"
        raise Refusal(Problem("Q450", f'there is no solution concept "{name}".', hint=hint))
    return CONCEPTS[name]
