"""Every history of a small case, enumerated from the definitions alone: no code of the program, no dummy option.

Variables are gone through in order. At a decision whose condition is false in the history so far nobody moves. Where it
is true the owner is at the information set of all histories in which it is true and it sees the same: so being asked
tells it that the condition holds and no more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from tests.meaning.reference import descendants, separated
from tests.meaning.stories import Chance, Condition, Decision, Story, holds, known, names_in

Array = NDArray[np.float64]
Settings = Mapping[str, str]
Set = tuple[str, tuple[str | None, ...]]
"""An information set: a decision that arises, and what its owner knows there."""

Rules = Mapping[Set, Mapping[str, float]]


@dataclass(frozen=True)
class History:
    """What happens in one course of events: values, the probability of chance's part, who moved where."""

    values: Mapping[str, str | None]
    chance: float
    moves: tuple[tuple[Set, str], ...]


@dataclass(frozen=True)
class Tree:
    """All histories that have a chance, with some variables set from outside. A decision is set where it arises."""

    story: Story
    settings: Settings = field(default_factory=dict)
    held: dict[Condition | None, NDArray[np.bool_]] = field(default_factory=dict)

    @cached_property
    def knows(self) -> dict[str, tuple[str, ...]]:
        return {item.name: known(self.story, item.name) for item in self.story.decisions}

    @cached_property
    def followed(self) -> dict[str, tuple[str, ...]]:
        """Return what each decision's rule can follow of what its owner knows: the requisite observations.

        What is known cannot matter where it is d-separated from the owner's payoffs below it, given the decision itself
        and all else that is known there (Koller & Milch 2003, section 6). What `when` and `only` look at is followed.
        """
        graph = self._graph()
        while idle := next(((d, p) for d in self.knows for p in graph[d] if self._idle(graph, d, p)), None):
            graph[idle[0]] = tuple(p for p in graph[idle[0]] if p != idle[1])
        return {d: tuple(p for p in graph[d] if p in self.knows[d]) for d in self.knows}

    def _graph(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for item in self.story.items:
            if isinstance(item, Chance):
                found[item.name] = () if item.name in self.settings else item.given
                continue
            named, seen = names_in(item.when), self.knows[item.name]
            if named <= set(seen):
                found[item.name] = seen
            else:
                found[f"asked {item.name}"] = tuple(named)
                found[item.name] = (*seen, f"asked {item.name}")
        return found

    def _idle(self, graph: dict[str, tuple[str, ...]], decision: str, seen: str) -> bool:
        item = self.story.item(decision)
        assert isinstance(item, Decision)
        looked_at = names_in(item.when).union(*(names_in(condition) for condition, _ in item.only))
        if seen in looked_at or seen == f"asked {decision}":
            return False
        payoffs = [
            {name for condition, _ in worth for name in names_in(condition)}
            for (actor, _), worth in self.story.stakes.items()
            if actor == item.by
        ]
        given, below = {decision, *graph[decision]} - {seen}, descendants(graph, [decision])
        return all(
            separated({**graph, "payoff": tuple(axes)}, {seen}, {"payoff"}, given) for axes in payoffs if axes & below
        )

    @cached_property
    def histories(self) -> list[History]:
        return list(self._from(History({}, 1.0, ()), 0))

    def _from(self, so_far: History, number: int) -> Iterator[History]:
        if number == len(self.story.items):
            yield so_far
            return
        item = self.story.items[number]
        for state, chance, move in self._steps(item, so_far.values):
            values = {**so_far.values, item.name: state}
            moves = (*so_far.moves, move) if move else so_far.moves
            yield from self._from(History(values, so_far.chance * chance, moves), number + 1)

    def _steps(
        self, item: Chance | Decision, values: Mapping[str, str | None]
    ) -> Iterator[tuple[str | None, float, tuple[Set, str] | None]]:
        if isinstance(item, Decision) and not holds(item.when, values):
            yield None, 1.0, None
        elif item.name in self.settings:
            yield self.settings[item.name], 1.0, None
        elif isinstance(item, Chance):
            for state, chance in odds_of(item, values).items():
                if chance > 0:
                    yield state, chance, None
        else:
            for option in open_options(item, values):
                yield option, 1.0, (self.set_at(item, values), option)

    def set_at(self, item: Decision, values: Mapping[str, str | None]) -> Set:
        return item.name, tuple(values[name] for name in self.knows[item.name])

    @cached_property
    def sets(self) -> dict[Set, dict[str, float]]:
        """Return every information set that can be reached, with what is usual there."""
        found: dict[Set, dict[str, float]] = {}
        for history in self.histories:
            for which, option in history.moves:
                item = self.story.item(which[0])
                assert isinstance(item, Decision)
                shares = dict(zip(item.options, item.usual or (1,) * len(item.options), strict=True))
                found.setdefault(which, {})[option] = float(shares[option])
        for which, open_there in found.items():
            item = self.story.item(which[0])
            assert isinstance(item, Decision)
            for kind in item.kinds:
                there = [option for option in kind if option in open_there]
                open_there.update({option: 1 / len(there) for option in there})
        return found

    def owner(self, which: Set) -> str:
        item = self.story.item(which[0])
        assert isinstance(item, Decision)
        return item.by

    @cached_property
    def paid(self) -> dict[str, Array]:
        """Return what each actor gets in every history."""
        found = {actor: np.zeros(len(self.histories)) for actor in self.story.actors}
        for (actor, _), worth in self.story.stakes.items():
            found[actor] += [next(points for c, points in worth if holds(c, h.values)) for h in self.histories]
        return found

    def holding(self, condition: Condition | None) -> NDArray[np.bool_]:
        """Return in which histories a condition holds."""
        if condition not in self.held:
            self.held[condition] = np.array(
                [holds(condition, history.values) for history in self.histories], dtype=bool
            )
        return self.held[condition]

    @cached_property
    def asked_at(self) -> dict[Set, NDArray[np.bool_]]:
        """Return for each information set in which histories its owner is there."""
        found = {which: np.zeros(len(self.histories), dtype=bool) for which in self.sets}
        for number, history in enumerate(self.histories):
            for which, _ in history.moves:
                found[which][number] = True
        return found


def odds_of(item: Chance, values: Mapping[str, str | None]) -> dict[str, float]:
    """Return the odds of a chance variable's states."""
    percent = next(shares for condition, shares in item.odds if holds(condition, values))
    return dict(zip(item.states, [*(p / 100 for p in percent), 1 - sum(percent) / 100], strict=True))


def open_options(item: Decision, values: Mapping[str, str | None]) -> tuple[str, ...]:
    return next((options for condition, options in item.only if holds(condition, values)), item.options)
