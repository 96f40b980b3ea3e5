"""What is said of an equilibrium beside its numbers: statements that hold, do not hold, or are not settled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from quandary.solve.consistency import Trembles
from quandary.solve.equilibria import Rules
from quandary.solve.extensive import Extensive
from quandary.solve.naming import Names
from quandary.solve.signalling import Signal


@dataclass(frozen=True)
class Statement:
    """``holds`` is ``None`` where it is not settled or does not apply; ``because`` says why in words, or is empty."""

    holds: bool | None
    because: str = ""


NOT_REACHED = Statement(None, "not reached in time")


@dataclass(frozen=True, eq=False)
class Judged:
    """The statements on one equilibrium.

    ``beliefs`` holds, where ``sequential`` is yes, the probability of each node of every set that is never reached, of
    which there are several, with the ``trembles`` that lead to them. ``filled`` holds the choices at sets that the
    equilibrium leaves open under which the statements hold. ``signals`` says who signals what.
    """

    subgame_perfect: Statement = NOT_REACHED
    sequential: Statement = NOT_REACHED
    logit_limit: Statement = NOT_REACHED
    trembling_hand: Statement = NOT_REACHED
    beliefs: Mapping[int, Mapping[int, float]] = field(default_factory=dict)
    trembles: Trembles | None = None
    filled: Rules = field(default_factory=dict)
    signals: tuple[Signal, ...] = ()


@dataclass(frozen=True, eq=False)
class Judgements:
    """One entry per equilibrium, in order; none where the concept is not one of Nash equilibria or ``reason`` says why.

    ``game`` is the tree that beliefs are about, with its sets' ``names`` (``None`` for a strategic form); ``stopped``
    is empty, or why the statements ended early; ``limit_missing`` why there is no logit limit to compare with.
    """

    listed: tuple[Judged, ...] = ()
    game: Extensive | None = None
    names: Names = field(default_factory=dict)
    stopped: str = ""
    reason: str = ""
    limit_missing: str = ""
