"""What is said of an equilibrium beside its numbers: statements that hold, do not hold, or are not settled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from quandary.onegame.equilibria import Rules
from quandary.onegame.judging.extensive import Extensive
from quandary.onegame.judging.signalling import Signal
from quandary.onegame.judging.trembles.consistency import Trembles
from quandary.onegame.naming import Names


class StatementCause(Enum):
    """What lies behind a statement, where that matters beyond its words."""

    INAPPLICABLE = "it does not apply to such a game"
    TIME = "time ran out"
    WORK = "the work spent on it ran out"
    ANOTHER = "another statement settles it"
    IN_PLAY = "an equilibrium is the logit limit wherever play comes"
    JOINED = "an equilibrium lies in one continuum with the logit limit"


@dataclass(frozen=True)
class EquilibriumStatement:
    """``holds`` is ``None`` where it is not settled or does not apply; ``because`` says why in words, or is empty."""

    holds: bool | None
    because: str = ""
    cause: StatementCause | None = None

    @property
    def lacks(self) -> bool:
        """Return whether more work or time may settle it."""
        return self.cause in (StatementCause.TIME, StatementCause.WORK)


NOT_REACHED = EquilibriumStatement(None, "not reached in time", StatementCause.TIME)


@dataclass(frozen=True, eq=False)
class JudgedEquilibrium:
    """The statements on one equilibrium.

    ``beliefs`` holds, where ``sequential`` is yes, the probability of each node of every set that is never reached, of
    which there are several, with the ``trembles`` that lead to them. ``filled`` holds the choices at sets that the
    equilibrium leaves open under which the statements hold. ``signals`` says who signals what.
    """

    subgame_perfect: EquilibriumStatement = NOT_REACHED
    sequential: EquilibriumStatement = NOT_REACHED
    logit_limit: EquilibriumStatement = NOT_REACHED
    trembling_hand: EquilibriumStatement = NOT_REACHED
    beliefs: Mapping[int, Mapping[int, float]] = field(default_factory=dict)
    trembles: Trembles | None = None
    filled: Rules = field(default_factory=dict)
    signals: tuple[Signal, ...] = ()


@dataclass(frozen=True, eq=False)
class Judgements:
    """One entry per equilibrium, in order; none where the concept is not one of Nash equilibria or ``reason`` says why.

    ``game`` is the tree that beliefs are about, with its sets' ``names`` (``None`` for a strategic form); ``stopped``
    is empty, or why the statements ended early; ``limit_missing`` says why there is no logit limit to compare with.
    """

    listed: tuple[JudgedEquilibrium, ...] = ()
    game: Extensive | None = None
    names: Names = field(default_factory=dict)
    stopped: str = ""
    reason: str = ""
    limit_missing: EquilibriumStatement | None = None
