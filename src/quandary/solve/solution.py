"""What a solver hands back: the behaviour, and everything needed to trust or repeat it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from quandary.base.arrays import Array, Mask
from quandary.game.diagram import Behaviour, Diagram
from quandary.game.table import Table


@dataclass(frozen=True, eq=False)
class Solution:
    """A solved game in W worlds.

    ``behaviour`` is over each decision's *full* parents or a requisite subset of them (see ``diagram``: the pruned
    diagram that was solved; probabilities of any event are the same in both). ``residual`` is per world the largest
    absolute difference between the behaviour and the concept's fixed point (0 for exact concepts), shape ``(W,)``.
    ``converged`` says which worlds met the tolerance; the others are reported, never dropped silently. ``in_play``
    holds per decision a 0/1 table over its parents: 0 where no full-support behaviour reaches the information set.
    """

    diagram: Diagram
    behaviour: Behaviour
    concept: str
    residual: Array
    converged: Mask
    in_play: Mapping[str, Table]
    settings: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
