"""Does the headline depend on how finely options are listed? Each option's share of what is usual is doubled in turn.

Two clones of an option that nobody can tell apart, their owner later included, are chosen together as the one option is
with its share doubled. Clones that others can see would change the game: they make a channel of cheap talk.
"""

from __future__ import annotations

from dataclasses import dataclass

from quandary.ask.answer import Answer
from quandary.ask.changes.apart import found_apart
from quandary.ask.changes.variants import NO_RATIONALITY, choosing_by, with_clones
from quandary.ask.query.queries import Query
from quandary.ask.study import Study
from quandary.base.stopping import STOPS
from quandary.case.model import DecisionEvent
from quandary.game.diagram import Decision
from quandary.language.units import query_unit
from quandary.quantities.arithmetic import difference
from quandary.worlds.gathering import Progress

MOST_MOVED = 0.03
"""A chance that moves by more than this depends on how the options were listed."""

SAME = 1e-9
"""A chance that moves by no more is the same but for rounding."""


@dataclass(frozen=True)
class CloneMove:
    """An option listed twice: the answer then, 0 to 1, and how far that is from the answer as the case stands."""

    decision: str
    option: str
    mean: float
    move: float


@dataclass(frozen=True, eq=False)
class Clones:
    """An answer as the case stands, and with each option listed twice, the one that moves it most first.

    ``counted`` is the answer where nobody minds what is best: what counting options gives, each as often as is usual
    (``None`` where it has none).
    """

    before: float
    counted: float | None
    moves: tuple[CloneMove, ...]
    worlds: int
    complete: bool

    @property
    def moves_it(self) -> bool:
        """Return whether any of this moves the answer at all."""
        others = (*(move.mean for move in self.moves), *([] if self.counted is None else [self.counted]))
        return bool(self.moves) and any(abs(mean - self.before) > SAME for mean in others)

    @property
    def depends(self) -> tuple[CloneMove, ...]:
        """Return the options on whose listing the answer depends."""
        return tuple(move for move in self.moves if abs(move.move) > MOST_MOVED)

    @property
    def near_counted(self) -> bool:
        """Return whether the answer lies within so much of what counting options gives."""
        return self.counted is not None and abs(self.before - self.counted) <= MOST_MOVED


def clones(study: Study, query: Query, progress: Progress | None = None) -> Clones | None:
    """Return how far each option, listed twice, moves a chance; ``None`` for an answer that is no chance.

    Decisions that have nothing to choose are left out. Raises as ``Study.need`` does.
    """
    unit = query_unit(query.expression)
    if unit is not None and not unit.in_hundred:
        return None
    study.need([query])
    before = _chance(study.answer(query))
    if before is None:
        return None
    cloned = [
        (item.id, option)
        for item in study.case.story
        if isinstance(item, DecisionEvent) and isinstance(study.probe.diagram.variable(item.id), Decision)
        for option in item.options
        if len(item.options) > 1
    ]
    moves: list[CloneMove] = []
    counted = None
    complete = True
    try:
        if cloned:
            counted = _chance_in(choosing_by(study, NO_RATIONALITY), query)
        means = found_apart(study, len(cloned), lambda number: _chance_in(with_clones(study, *cloned[number]), query))
        done = 0
        for (decision, option), mean in zip(cloned, means, strict=False):
            if mean is not None:
                moves.append(CloneMove(decision, option, mean, difference(mean, before)))
            done += 1
            if progress is not None:
                progress(done, len(cloned))
        complete = done == len(cloned)
    except STOPS:
        complete = False
    moves.sort(key=lambda one: -abs(one.move))
    return Clones(before, counted, tuple(moves), study.worlds, complete and study.run.complete)


def _chance_in(variant: Study, query: Query) -> float | None:
    variant.need([query])
    return _chance(variant.answer(query))


def _chance(answer: Answer) -> float | None:
    return answer.share if answer.is_truth else answer.mean
